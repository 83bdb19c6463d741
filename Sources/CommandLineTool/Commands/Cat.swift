import ArgumentParser
import FileTree
import FlashBytes
import ImageFile
import JFFS2

/// `jffs2 cat IMAGE PATH…`
struct Cat: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "cat",
        abstract: "Write the bytes of files to standard output.",
        discussion: """
            A symbolic link is not followed: its target is written. What of a file is damaged is written as Linux \
            shows it (zeros, or what was there before) and named on standard error; the exit status is 1 then.
            """)

    @OptionGroup var input: ImageInput

    @Argument(help: "Files in the image, or patterns (see ls).")
    var paths: [String]

    @OptionGroup var moment: MomentArguments

    @Option(
        help: ArgumentHelp(
            "The file as it was after this version of its nodes.",
            discussion: """
                'jffs2 history IMAGE PATH' lists them. The PATH may be one that the file had at any time; of several files \
                that had it, the last one is taken, lost+found/inode-NUMBER is any.
                """,
            valueName: "number"))
    var fileVersion: UInt32?

    @OptionGroup var layout: LayoutArguments

    func validate() throws {
        guard fileVersion != nil else { return }
        if moment.at != nil { throw ValidationError("--at and --file-version exclude each other.") }
        if paths.count != 1 { throw ValidationError("--file-version wants one PATH.") }
    }

    func run() throws {
        let image = moment.apply(try input.open(layout))
        let files = try fileVersion.map { [try older(after: $0, in: image)] } ?? current(image)
        FindingReport.print(image, of: .reconstructed)
        try write(files, of: image)
    }

    /// A file as it was.
    private func older(after version: UInt32, in image: OpenedImage) throws -> (FilePathBytes, Inode) {
        let history = FlashHistory(FlashLog(image.fileSystem))
        let (path, inodes) = history.inodes(meantBy: paths.first ?? "")
        guard let file = inodes.reversed().lazy.compactMap({ history.files(of: $0).last }).first
        else {
            throw Failure("\(image.path): \(path): no node in the image tells of its content")
        }
        guard let first = file.versions.first, version >= first.version else {
            throw Failure(
                "\(image.path): \(path): version \(version) is not in the flash any more"
                    + (file.versions.first.map { "; the first that is left is \($0.version)" } ?? ""))
        }
        if let last = file.versions.last, version > last.version {
            throw Failure("\(image.path): \(path): there is no version \(version); the last is \(last.version)")
        }
        var reader = VersionReader(history)
        do throws(VersionReader.Unreadable) {
            let state = try reader.state(of: file, after: version)
            for range in state.doubtful {
                StandardStreams.error(
                    "\(image.path): warning: \(path): bytes \(range.lowerBound)..<\(range.upperBound) may be older: "
                        + "versions before \(version) are gone")
            }
            return (path, state.inode)
        } catch {
            throw Failure("\(image.path): \(path): version \(version): \(error)")
        }
    }

    /// All paths are looked up before the first byte is written.
    private func current(_ image: OpenedImage) throws -> [(FilePathBytes, Inode)] {
        let tree = image.fileSystem.tree
        return try paths.flatMap { text in
            let found = try PathArguments.expand([text], in: image)
            return found.compactMap { path in tree.find(path).map { (path, tree[$0]) } }
        }
    }

    private func write(_ files: [(FilePathBytes, Inode)], of image: OpenedImage) throws {
        var isDamaged = false
        for (path, inode) in files {
            switch inode.payload {
            case .regular(let contents):
                try Self.checkTerminal(contents, path: path, image: image)
                let damage = try contents.writeToStandardOutput()
                for part in damage { StandardStreams.error("\(image.path): damage: \(path): \(part)") }
                isDamaged = isDamaged || !damage.isEmpty
            case .symbolicLink(let target): StandardStreams.write(target)
            default:
                throw Failure(
                    "\(image.path): \(path) is no file but a \(inode.kind == .directory ? "folder; 'jffs2 ls' lists it" : inode.kind.word)"
                )
            }
        }
        // A file may be whole and the image damaged elsewhere: that is for `verify` to say.
        if isDamaged { throw Failure.damaged }
    }
}

extension Cat {
    /// Refuses bytes that would set a terminal to rights of their own: programs, archives, keys.
    private static func checkTerminal(_ contents: any FileContents, path: FilePathBytes, image: OpenedImage) throws {
        guard OutputTerminal.isThere, contents.size > 0 else { return }
        var bytes = [UInt8](repeating: 0, count: Int(min(1 << 12, contents.size)))
        let reader = try contents.makeReader()
        var span = bytes.mutableSpan
        var buffer = unsafe span.mutableBytes
        _ = try reader.read(into: &buffer, at: 0)
        guard bytes.contains(where: { $0 == 0 || $0 == 0x1b }) else { return }
        throw Failure(
            "\(image.path): \(path): binary, which is not for a terminal; redirect the output, or pipe it into hexdump -C",
            status: .usage)
    }
}

extension FileContents {
    /// Writes a file to standard output, holes as zeros; returns what is missing.
    func writeToStandardOutput() throws -> [ContentDamage] {
        let reader = try makeReader()
        var damage = losses
        var at: UInt64 = 0
        while at < size {
            var bytes = [UInt8](repeating: 0, count: Int(min(1 << 16, size - at)))
            var span = bytes.mutableSpan
            var buffer = unsafe span.mutableBytes
            damage += try reader.read(into: &buffer, at: at)
            StandardStreams.write(bytes)
            at += UInt64(bytes.count)
        }
        return damage
    }
}
