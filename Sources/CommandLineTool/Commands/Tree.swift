import ArgumentParser
import FileTree
import ImageFile
import JFFS2

/// `jffs2 tree IMAGE [PATH]`
struct Tree: ParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Draw the folders and files of an image as a tree.")

    @OptionGroup var input: InputArguments

    @Argument(help: "A folder in the image.")
    var path = "/"

    @OptionGroup var moment: MomentArguments
    @OptionGroup var output: OutputArguments

    func run() throws {
        let image = moment.apply(try input.open())
        let tree = image.fileSystem.tree
        let start = FilePathBytes(path)
        guard let id = tree.find(start) else { throw Failure("\(image.path): \(start): not in the image") }
        if output.json {
            let rows = Listing.rows(tree, from: id, at: start, recursive: true)
            try JSON.print("entries", list: rows.lazy.map(\.json))
        } else {
            draw(tree, start: id, path: start)
        }
        FindingReport.print(image, quiet: output.quiet, verbose: output.verbose)
        if image.fileSystem.findings.isDamaged { throw Failure.damaged }
    }

    private func draw(_ tree: FileTree, start: InodeID, path: FilePathBytes) {
        StandardStreams.print(path.description)
        var counts: [FileKind: Int] = [:]
        // Whether the entry at each level is the last one of its directory.
        var isLast: [Bool] = []
        var parents: [InodeID] = [start]
        tree.walk(from: start) { path, id in
            let depth = path.components.count
            isLast.removeLast(isLast.count - depth + 1)
            parents.removeLast(parents.count - depth)
            isLast.append(tree[parents[depth - 1]].entries.last?.name == path.components.last)
            parents.append(id)
            let inode = tree[id]
            counts[inode.kind, default: 0] += 1
            let stem = isLast.dropLast().map { $0 ? "    " : "│   " }.joined() + (isLast.last == true ? "└── " : "├── ")
            var line = stem + (path.components.last?.description ?? "")
            switch inode.payload {
            case .directory: line += "/"
            case .symbolicLink(let target): line += " -> " + printable(target)
            case .characterDevice(let number): line += " (char \(number))"
            case .blockDevice(let number): line += " (block \(number))"
            case .fifo: line += " (fifo)"
            case .socket: line += " (socket)"
            case .regular: break
            }
            StandardStreams.print(line)
        }
        let directories = counts[.directory] ?? 0
        let others = counts.values.reduce(0, +) - directories
        StandardStreams.print("")
        StandardStreams.print(
            "\(directories) folder\(directories == 1 ? "" : "s"), \(others) other\(others == 1 ? "" : "s")")
    }
}
