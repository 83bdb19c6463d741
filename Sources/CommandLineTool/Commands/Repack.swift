import ArgumentParser
import FileTree
import FlashBytes
import ImageInput
import JFFS2

/// `jffs2 repack -r DIR -o OUT`
struct Repack: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Pack a folder, or the files of another image, into an image.",
        discussion: """
            All options of mkfs.jffs2 have its meaning, also clustered and joined (-lqn, -e64). Before the image is put \
            in its place it is read back and compared with its source.
            """)

    @Option(
        name: [.customShort("r"), .customShort("d"), .long],
        help: ArgumentHelp("The folder to pack.", valueName: "dir"),
        completion: .directory)
    var root: String?

    @Option(
        help: ArgumentHelp(
            "Pack the files of this image; erase size, byte order and cleanmarkers are its own unless given.",
            valueName: "image"), completion: .file())
    var from: String?

    @Option(name: .shortAndLong, help: ArgumentHelp("The image to write.", valueName: "file"), completion: .file())
    var output: String?

    @OptionGroup var image: ImageArguments

    @Flag(name: [.customLong("with-xattr")], help: "Pack extended attributes of the folder's files.")
    var withXattr = false

    @Flag(help: "Do not read the image back before it is put in its place.")
    var noCheck = false

    @Flag(name: [.customShort("L"), .long], help: "Show the codecs and their priorities.")
    var listCompressors = false

    @Flag(
        name: [.customShort("t"), .long],
        help: "Check that all data can be decompressed (always done unless --no-check).")
    var testCompression = false

    @Flag(help: "Say nothing but errors.")
    var quiet = false

    @Flag(name: .shortAndLong, help: "Say more.")
    var verbose = false

    @Flag(help: "Print one JSON object instead of text.")
    var json = false

    /// What is packed.
    private struct Source {
        var name: String
        var tree: FileTree
        var like: ImageConfiguration?
        var isDamaged = false
    }

    func validate() throws {
        if listCompressors { return }
        if (root == nil) == (from == nil) { throw ValidationError("Pack what? Give -r DIR or --from IMAGE.") }
        if output == nil { throw ValidationError("Where to? Give -o OUT.") }
    }

    func run() throws {
        if listCompressors { return CompressorList.print() }
        guard let output else { return }
        let source = try open()
        let configuration = try image.configuration(source.like)
        let builder: ImageBuilder
        do {
            builder = try ImageBuilder(configuration)
        } catch {
            throw Failure(error.description, status: .usage)
        }
        let report = try build(source.tree, builder, output)
        warn(source, configuration, report)
        if json {
            try JSON.print(RepackDescription(source.name, output, configuration, report))
        } else if !quiet {
            Console.print(RepackDescription(source.name, output, configuration, report).line)
        }
        if source.isDamaged || !report.damage.isEmpty { throw Failure.damaged }
    }

    private func open() throws -> Source {
        if let root {
            var configuration = FolderReader.Configuration()
            configuration.readsExtendedAttributes = withXattr
            var tree = try FolderReader.read(root, configuration: configuration)
            tree.setAllTimesToModification()
            return Source(name: root, tree: tree)
        }
        guard let from else { throw ValidationError("Pack what? Give -r DIR or --from IMAGE.") }
        let opened = try ImageOpener.open(path: from)
        let findings = opened.fileSystem.findings
        if !quiet { FindingReport.print(findings, of: from, verbose: verbose) }
        return Source(
            name: from, tree: opened.fileSystem.tree, like: ImageConfiguration(like: opened.fileSystem),
            isDamaged: findings.isDamaged)
    }

    /// Writes, reads back, and puts the image in its place.
    private func build(_ tree: FileTree, _ builder: ImageBuilder, _ output: String) throws -> BuildReport {
        let file = try OutputFile(path: output)
        let report = try builder.write(tree) { bytes throws(FileError) in try file.write(bytes) }
        for damaged in report.damage { Console.error("\(damaged.path): \(damaged.damage); written as zeros") }
        if !noCheck, report.damage.isEmpty, let written = try file.written() {
            let configuration = builder.configuration
            let fileSystem = FileSystem(
                ByteRegion(written), byteOrder: configuration.byteOrder, eraseSize: configuration.eraseSize)
            let problems = ImageCheck.problems(of: fileSystem, against: tree, configuration, report)
            if !problems.isEmpty {
                throw Failure(
                    "\(output): the image is not what was meant to be written: " + problems.joined(separator: "; "))
            }
        }
        try file.commit()
        return report
    }

    private func warn(_ source: Source, _ configuration: ImageConfiguration, _ report: BuildReport) {
        if let like = source.like, like.eraseSize != configuration.eraseSize {
            Console.error(
                "warning: the erase size of \(source.name) is \(SizeExpression.readable(like.eraseSize)), "
                    + "that of the new image \(SizeExpression.readable(configuration.eraseSize))")
        }
        guard let size = configuration.flashSize else { return }
        let budget = FlashBudget(size: size, eraseSize: configuration.eraseSize)
        if let warning = budget.warning(usedBlocks: report.usedBlocks) { Console.error("warning: \(warning)") }
    }
}

extension FileTree {
    /// Makes the modification time the only one, as mkfs.jffs2 does: of a host's file the others say when somebody read
    /// it, and when it was copied here.
    fileprivate mutating func setAllTimesToModification() {
        for index in inodes.indices {
            inodes[index].metadata.accessTime = inodes[index].metadata.modificationTime
            inodes[index].metadata.changeTime = inodes[index].metadata.modificationTime
        }
    }
}

extension ImageConfiguration {
    /// The size of the partition, where the user gave one (bytes).
    fileprivate var flashSize: UInt64? {
        if case .toSize(let size) = padding { return size }
        return maximumSize
    }
}
