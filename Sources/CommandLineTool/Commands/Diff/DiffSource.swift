import FileTree
import FlashBytes
import ImageFile
import JFFS2

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// One side of a comparison: an image, a directory, an archive or a manifest.
struct DiffSource {
    /// As the user named it.
    let name: String
    private(set) var compared: ComparedTree
    /// As it is on the flash; nil for what is no image.
    private(set) var image: OpenedImage?
    /// Names that are there, and nothing behind them.
    private(set) var unreadable: [UnreadableEntry] = []
    /// What the user should know about the comparison.
    private(set) var remark: String?

    /// - Parameters:
    ///   - options: what is known of an image.
    ///   - time: at which an image is looked at.
    static func open(
        _ path: String, options: InputOptions, at time: UInt32?, output: OutputArguments
    ) throws -> DiffSource {
        if isDirectory(path) { return try directory(path) }
        // Standard input comes once only.
        let input = path == "-" ? try InputFile(path: path, unpacking: false) : nil
        do {
            let file =
                try input?.unpacked(member: options.member, limits: InputFile.Limits())
                ?? ImageOpener.read(path, options: options)
            if let manifest = try manifest(file) { return DiffSource(name: file.name, compared: manifest) }
            return image(try ImageOpener.open(file, options: options), at: time, output: output)
        } catch let error as InputError {
            guard options.member == nil, let tree = try archive(path, input: input, after: error) else {
                throw error
            }
            return DiffSource(name: input?.name ?? path, compared: ComparedTree(archive: tree))
        }
    }

    /// The tree of an archive that holds no single image; nil for what is no archive.
    private static func archive(
        _ path: String, input: InputFile?, after error: InputError
    ) throws(ArchiveError) -> FileTree? {
        func read() throws(ArchiveError) -> FileTree {
            if let input { return try ArchiveReader.read(input.bytes, name: input.name) }
            return try ArchiveReader.read(path: path)
        }
        switch error {
        case .severalMembers, .emptyArchive: return try read()
        case .noFileSystem, .tooLarge, .erased, .nearlyErased:
            // Zeros would pass for an archive with nothing in it.
            guard let tree = try? read(), !tree[FileTree.root].entries.isEmpty else {
                return nil
            }
            return tree
        case .file, .empty, .several, .badOption, .noMember: return nil
        }
    }

    private init(name: String, compared: ComparedTree) {
        self.name = name
        self.compared = compared
    }

    private static func isDirectory(_ path: String) -> Bool {
        var status = stat()
        return unsafe stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
    }

    /// nil for what is no manifest.
    private static func manifest(_ file: InputFile) throws -> ComparedTree? {
        let mark = Array("#mtree".utf8)
        let isManifest = file.bytes.withBytes { bytes in
            bytes.byteCount >= mark.count && (try? bytes.bytes(in: 0..<mark.count)) == mark
        }
        if !isManifest { return nil }
        do {
            return ComparedTree(try MtreeManifest(reading: file.bytes))
        } catch {
            throw Failure("\(file.name): \(error)")
        }
    }

    private static func image(_ opened: OpenedImage, at time: UInt32?, output: OutputArguments) -> DiffSource {
        let then = time.map { opened.at($0) } ?? opened
        FindingReport.print(then, quiet: output.quiet, verbose: output.verbose)
        var source = DiffSource(name: opened.path, compared: ComparedTree(then.fileSystem.tree))
        source.image = opened
        source.unreadable = then.fileSystem.unreadable
        return source
    }

    private static func directory(_ path: String) throws -> DiffSource {
        var configuration = SourceDirectory.Configuration()
        configuration.reading.readsExtendedAttributes = true
        configuration.merging.hasExtendedAttributes = true
        let directory = try SourceDirectory(reading: path, configuration: configuration)
        let isPrivileged = geteuid() == 0
        var source = DiffSource(
            name: path, compared: ComparedTree(directory, isPrivileged: isPrivileged))
        if directory.manifest == nil, !isPrivileged {
            source.remark =
                "\(path): there is no \(SourceDirectory.manifestPath(beside: path)): owners, attributes but user.* and "
                + "device files that are missing are not compared"
        }
        return source
    }
}
