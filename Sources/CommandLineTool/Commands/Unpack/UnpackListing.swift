import FileTree
import FlashBytes
import ImageFile
import JFFS2

/// `unpack --list`: what would be written.
enum UnpackListing {
    /// Prints the names, a line each, as `tar -t` does; with `-v` the lines of `ls -R`.
    static func print(_ command: Unpack) throws {
        let images = try command.input.openAll(command.layout).map(command.moment.apply)
        var isDamaged = false
        var list = command.output.json ? JSON.List("entries") : nil
        for image in images {
            let tree = try command.tree(of: image)
            if images.count > 1, list == nil { StandardStreams.print("\(command.directory)-\(image.number):") }
            try print(tree, isLong: command.output.verbose, list: &list)
            FindingReport.print(image, quiet: command.output.quiet, verbose: command.output.verbose)
            isDamaged = isDamaged || image.fileSystem.findings.isDamaged
        }
        list?.finish()
        if isDamaged { throw Failure.damaged }
    }

    private static func print(_ tree: FileTree, isLong: Bool, list: inout JSON.List?) throws {
        var columns = Listing.Columns(human: false)
        if isLong {
            Listing.walk(tree, from: FileTree.root, at: FilePathBytes()) { _, id in
                columns.add(tree[id], links: tree[id].linkCount ?? 1)
            }
        }
        try Listing.walk(tree, from: FileTree.root, at: FilePathBytes()) { trail, id in
            let name = trail.relativeDescription
            if list != nil {
                try list?.add(Listing.row(tree, id: id, path: trail.path, name: "").json)
            } else if isLong {
                StandardStreams.print(columns.line(tree[id], links: tree[id].linkCount ?? 1, name: name))
            } else {
                StandardStreams.print(name)
            }
        }
    }
}
