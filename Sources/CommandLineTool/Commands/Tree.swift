import ArgumentParser
import FileTree
import ImageFile
import JFFS2

/// `jffs2 tree IMAGE [PATH]`
struct Tree: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "tree", abstract: "Draw the folders and files of an image as a tree.")

    @OptionGroup var input: ImageInput

    @Argument(help: "A folder in the image.")
    var path = "/"

    @OptionGroup var moment: MomentArguments
    @OptionGroup var output: OutputArguments
    @OptionGroup var layout: LayoutArguments

    func run() throws {
        let image = moment.apply(try input.open(layout))
        let tree = image.fileSystem.tree
        guard let start = tree.path(spelledBy: path), let id = tree.find(start) else {
            throw Failure("\(image.path): \(FilePathBytes(path)): not in the image")
        }
        if output.json {
            var list = JSON.List("entries")
            try Listing.walk(tree, from: id, at: start) { trail, id in
                try list.add(Listing.row(tree, id: id, path: trail.path, name: "").json)
            }
            list.finish()
        } else {
            draw(tree, start: id, path: start)
        }
        FindingReport.print(image, quiet: output.quiet, verbose: output.verbose)
        if image.fileSystem.findings.isDamaged { throw Failure.damaged }
    }

    private func draw(_ tree: FileTree, start: InodeID, path: FilePathBytes) {
        StandardStreams.print(path.description)
        var counts: [FileKind: Int] = [:]
        // What is in front of a name, and how much of it the levels above have.
        var stem: [UInt8] = []
        var stems: [Int] = [0]
        var parents: [InodeID] = [start]
        tree.walk(from: start) { path, id in
            let depth = path.components.count
            stems.removeLast(stems.count - depth)
            stem.removeLast(stem.count - stems[depth - 1])
            parents.removeLast(parents.count - depth)
            let isLast = tree[parents[depth - 1]].entries.last?.name == path.components.last
            parents.append(id)
            let inode = tree[id]
            counts[inode.kind, default: 0] += 1
            var line = (isLast ? "└── " : "├── ") + (path.components.last?.description ?? "")
            switch inode.payload {
            case .directory: line += "/"
            case .symbolicLink(let target): line += " -> " + printable(target)
            case .characterDevice(let number): line += " (char \(number))"
            case .blockDevice(let number): line += " (block \(number))"
            case .fifo: line += " (fifo)"
            case .socket: line += " (socket)"
            case .regular: break
            }
            StandardStreams.write(stem + Array(line.utf8) + [0x0a])
            stem += (isLast ? "    " : "│   ").utf8
            stems.append(stem.count)
        }
        StandardStreams.print("")
        StandardStreams.print(KindCounts(counts).parts(always: [.regular, .directory]).joined(separator: ", "))
    }
}
