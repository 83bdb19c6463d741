import ArgumentParser
import FileTree
import FlashBytes
import ImageFile
import JFFS2

/// `jffs2 cat IMAGE PATH…`
struct Cat: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Write the bytes of files to standard output.",
        discussion: """
            A symbolic link is not followed: its target is written. What of a file is damaged is written as Linux \
            shows it (zeros, or what was there before) and named on standard error; the exit status is 1 then.
            """)

    @OptionGroup var input: InputArguments

    @Argument(help: "Files in the image.")
    var paths: [String]

    func run() throws {
        let image = try input.open()
        let tree = image.fileSystem.tree
        var isDamaged = false
        // All paths are looked up before the first byte is written.
        let files = try paths.map { text in
            let path = FilePathBytes(text)
            guard let id = tree.find(path) else {
                if let entry = image.fileSystem.unreadable.first(where: { $0.path == path }) {
                    throw Failure("\(image.path): \(path) (inode \(entry.inode)) cannot be read: \(entry.reason)")
                }
                throw Failure("\(image.path): \(path): not in the image")
            }
            return (path, tree[id])
        }
        for (path, inode) in files {
            switch inode.payload {
            case .regular(let contents):
                let damage = contents.losses + (try write(contents))
                for part in damage { StandardStreams.error("\(image.path): damage: \(path): \(part)") }
                isDamaged = isDamaged || !damage.isEmpty
            case .symbolicLink(let target): StandardStreams.write(target)
            default: throw Failure("\(image.path): \(path) is no file but a \(inode.kind.word)")
            }
        }
        // A file may be whole and the image damaged elsewhere: that is for `verify` to say.
        if isDamaged { throw Failure.damaged }
    }

    /// How much is read at once (bytes).
    private static let chunk: UInt64 = 1 << 16

    /// Writes a file, holes as zeros; returns what is missing.
    private func write(_ contents: any FileContents) throws -> [ContentDamage] {
        let reader = try contents.makeReader()
        var damage: [ContentDamage] = []
        var at: UInt64 = 0
        while at < contents.size {
            var bytes = [UInt8](repeating: 0, count: Int(min(Self.chunk, contents.size - at)))
            var span = bytes.mutableSpan
            var buffer = unsafe span.mutableBytes
            damage += try reader.read(into: &buffer, at: at)
            StandardStreams.write(bytes)
            at += UInt64(bytes.count)
        }
        return damage
    }
}
