import ArgumentParser
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

/// What is packed, and what is known about it beforehand.
struct SourceArguments: ParsableArguments {
    @Option(
        name: [.customShort("r"), .customShort("d"), .long],
        help: ArgumentHelp(
            "The folder to pack; DIR.mtree beside it tells what the folder cannot hold.", valueName: "dir"),
        completion: .directory)
    var root: String?

    @Option(
        help: ArgumentHelp(
            "Pack the files of this image; erase size, byte order and cleanmarkers are its own unless given.",
            valueName: "image"), completion: .file())
    var from: String?

    @Option(
        help: ArgumentHelp(
            "With --from: which one of several file systems in the image: its number, from 1, or its partition's name.",
            valueName: "number or name"))
    var select: String?

    @Option(
        help: ArgumentHelp(
            "Pack the files in a tar, cpio or zip archive, compressed or not; - is standard input.", valueName: "file"),
        completion: .file())
    var tar: String?

    @Option(
        help: ArgumentHelp(
            "Pack what an mtree manifest lists; contents= names the files, in the current folder.",
            valueName: "file"), completion: .file())
    var mtree: String?

    @Flag(help: "With --mtree: contents= may name files outside of the current folder.")
    var anyContents = false

    @Flag(help: "Do not use DIR.mtree.")
    var noMtree = false

    @Flag(help: "With DIR.mtree and --add: files that are new keep their owner, instead of root.")
    var keepOwner = false

    @Option(
        name: [.customShort("D"), .long],
        help: ArgumentHelp("A table of devices, owners and modes that are put into the image.", valueName: "file"),
        completion: .file())
    var devtable: String?

    @Option(help: ArgumentHelp("Leave out what matches, as in .gitignore (repeatable).", valueName: "pattern"))
    var exclude: [String] = []

    @Flag(name: [.customLong("with-xattr")], help: "Pack extended attributes of the folder's files.")
    var withXattr = false

    @Flag(name: [.customLong("with-selinux")], help: "Pack security.* attributes of the folder's files.")
    var withSelinux = false

    @Flag(name: [.customLong("with-posix-acl")], help: "Pack access control lists of the folder's files.")
    var withPosixACL = false

    @Flag(
        help: """
            Make files of the same content, mode, owner, times and attributes one file with several names (hard links), as             the image will hold them (see -f, -U). What the device writes to one of them is then in all of them.
            """)
    var dedupe = false

    @OptionGroup(title: "Edits") var changes: EditArguments

    /// What there is to be packed.
    struct Source {
        var name: String
        var tree: FileTree
        /// How the image was made that this comes from.
        var like: ImageConfiguration?
        var isDamaged = false
        /// What the user should know about how the tree came to be.
        var remarks: [String] = []
        /// The image that it comes from.
        var opened: OpenedImage?
        /// The files that it stores without compression, and of each whether that is on purpose.
        var uncompressed: [FilePathBytes: Bool] = [:]
        /// The first of the inodes that the device table made.
        var firstTableInode: Int?
    }

    /// Refuses wrong usage.
    func check() throws {
        if [root, from, tar, mtree].count(where: { $0 != nil }) != 1 {
            throw ValidationError("Pack what? Give one of -r DIR, --from IMAGE, --tar FILE and --mtree FILE.")
        }
    }

    /// Reads names and metadata.
    ///
    /// - Parameters:
    ///   - options: what is known of an image.
    ///   - keepsAttributeOrder: for `HostDirectoryReader`.
    ///   - squash: applied before device table and edits, which know better.
    func open(
        quiet: Bool, verbose: Bool, _ options: InputOptions = InputOptions(), keepsAttributeOrder: Bool = false,
        squash: (inout FileTree) -> Void = { _ in }
    ) throws -> Source {
        var source =
            if let root {
                try openDirectory(root, keepsAttributeOrder: keepsAttributeOrder)
            } else if let tar {
                Source(name: tar, tree: try ArchiveReader.read(path: tar))
            } else if let mtree {
                try openManifest(mtree)
            } else {
                try openImage(options, quiet: quiet, verbose: verbose)
            }
        if source.opened == nil { source.uncompressed = source.tree.uncompressedFiles { _ in true } }
        if !exclude.isEmpty {
            source.tree = source.tree.filtered(only: PathPatterns([]), exclude: PathPatterns(exclude))
        }
        squash(&source.tree)
        source.firstTableInode = source.tree.inodes.count
        if let devtable { try apply(devtable, to: &source.tree) }
        for edit in try changes.edits(
            of: source.tree, keepsOwners: keepOwner, hasExtendedAttributes: readsAttributes)
        {
            source.remarks += try source.tree.apply(edit)
        }
        return source
    }

    private func openManifest(_ path: String) throws -> Source {
        do {
            return Source(name: path, tree: try ArchiveReader.read(manifest: path, mayLeadOutside: anyContents))
        } catch {
            throw Failure(error.description + (error.leadsOutside ? "; --any-contents allows that" : ""))
        }
    }

    private func openDirectory(_ root: String, keepsAttributeOrder: Bool) throws -> Source {
        var configuration = HostDirectoryReader.Configuration()
        configuration.keepsAttributeOrder = keepsAttributeOrder
        configuration.readsExtendedAttributes = readsAttributes
        if !exclude.isEmpty {
            let patterns = PathPatterns(exclude)
            configuration.isExcluded = { patterns.verdict($0, isDirectory: $1 == .directory) == true }
        }
        var source = SourceDirectory.Configuration()
        source.reading = configuration
        if !withXattr {
            let (security, acl) = (withSelinux, withPosixACL)
            source.keepsAttribute = { attribute in
                switch AttributePrefix.split(attribute.name)?.prefix {
                case .security: security
                case .accessACL, .defaultACL: acl
                default: false
                }
            }
        }
        source.usesManifest = !noMtree
        source.merging.keepsOwners = keepOwner
        source.merging.hasExtendedAttributes = readsAttributes
        let directory: SourceDirectory
        do {
            directory = try SourceDirectory(reading: root, configuration: source)
        } catch {
            if case .manifest = error { throw Failure("\(error) (--no-mtree packs without it)") }
            throw error
        }
        guard let manifest = directory.manifest else { return Source(name: root, tree: directory.tree) }
        for path in manifest.summary.lost {
            StandardStreams.error("\(root)\(path): not in the folder, and \(manifest.path) has no contents")
        }
        return Source(
            name: root, tree: directory.tree, like: ImageConfiguration(manifest.source),
            isDamaged: !manifest.summary.lost.isEmpty,
            remarks: ["\(manifest.path): metadata used (\(manifest.summary.words)); --no-mtree ignores it"])
    }

    private func openImage(_ options: InputOptions, quiet: Bool, verbose: Bool) throws -> Source {
        guard let from else { throw ValidationError("Pack what? Give -r DIR or --from IMAGE.") }
        let opened = try ImageOpener.open(path: from, options: options)
        let findings = opened.fileSystem.findings
        FindingReport.print(opened, quiet: quiet, verbose: verbose)
        let (tree, uncompressed) = opened.fileSystem.treeForWriting()
        return Source(
            name: opened.path, tree: tree, like: ImageConfiguration(like: opened.fileSystem),
            isDamaged: findings.isDamaged, opened: opened,
            uncompressed: tree.uncompressedFiles { uncompressed.onPurpose.contains($0) })
    }

    private var readsAttributes: Bool { withXattr || withSelinux || withPosixACL }

    private func apply(_ path: String, to tree: inout FileTree) throws {
        let bytes = try FileBytes(path: path)
        do {
            let table = try DeviceTable(parsing: bytes.withBytes { unsafe $0.withUnsafeBytes { unsafe Array($0) } })
            // A time that does not change from run to run.
            try table.apply(to: &tree, time: tree[FileTree.root].metadata.modificationTime)
        } catch {
            throw Failure("\(path): \(error)")
        }
    }
}

extension ManifestMerge.Summary {
    /// `120 files as they were, 2 changed, 1 new, 3 deleted, 4 that only it knows`.
    fileprivate var words: String {
        var parts = ["\(unchanged) as they were"]
        if changed > 0 { parts.append("\(changed) changed") }
        if new > 0 { parts.append("\(new) new") }
        if deleted > 0 { parts.append("\(deleted) deleted") }
        if restored > 0 { parts.append("\(restored) that the folder could not hold") }
        return parts.joined(separator: ", ")
    }
}

extension ImageConfiguration {
    /// What a manifest says about its image; nil when it says nothing.
    fileprivate init?(_ source: [String: String]) {
        guard let eraseSize = source["erasesize"].flatMap({ Int($0) }), (4096...1 << 30).contains(eraseSize),
            let byteOrder = source["endian"].flatMap(ByteOrder.init(rawValue:))
        else { return nil }
        self.init()
        self.eraseSize = eraseSize
        self.byteOrder = byteOrder
        if let text = source["cleanmarker"] { cleanmarkerSize = Int(text) }
        writesSummaries = source["summary"] == "yes"
    }
}
