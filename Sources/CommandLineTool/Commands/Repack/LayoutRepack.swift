import ArgumentParser
import FileTree
import FlashBytes
import ImageFile
import JFFS2

/// `jffs2 repack --from IMAGE --keep-layout`
struct LayoutRepack {
    let opened: OpenedImage
    let options: InputOptions
    let arguments: ImageArguments

    /// What was written, as JSON.
    struct Description: Encodable {
        var input: String
        var output: String
        var eraseSize: Int
        var size: Int
        var eraseBlocks: Int
        var freeBlocks: Int
        var newNodes: Int
        var changedBlocks: [ChangedBlockList.Block]
    }

    /// What came out.
    struct Outcome {
        var list: ChangedBlockList
        var result: KeptLayout
        /// The whole output.
        var bytes: [UInt8]
        /// A file that stays uncompressed, and was changed.
        var changedBootFile: FilePathBytes?
    }

    /// Refuses options that would change every block.
    static func check(_ arguments: ImageArguments) throws {
        let wrong: [(Bool, String)] = [
            (arguments.littleEndian, "-l"), (arguments.bigEndian, "-b"), (arguments.pad != nil, "-p"),
            (arguments.cleanmarker != nil, "-c"), (arguments.noCleanmarkers, "-n"), (arguments.sum, "--sum"),
            (arguments.squash, "-q"), (arguments.squashUids, "-U"), (arguments.squashPerms, "-P"),
            (arguments.faketime, "-f"), (arguments.oob != nil, "--oob"), (arguments.compat != nil, "--compat"),
        ]
        if let name = wrong.first(where: \.0)?.1 {
            throw ValidationError(
                "--keep-layout leaves the image as it is but for what the edits say; \(name) does not fit.")
        }
    }

    /// Makes the new image.
    func run(_ wanted: FileTree, output: String) throws -> Outcome {
        let original = opened.fileSystem
        try checkInput()
        var configuration = try arguments.configuration(ImageConfiguration(like: original))
        if !arguments.namesCodecs {
            let level = configuration.compression.level
            configuration.compression = CompressionSettings(like: original)
            configuration.compression.level = level
        }
        let changed: LayoutChange.Outcome
        do {
            changed = try LayoutChange(of: opened, options: options).write(
                clamped(wanted, original: original.tree, times: configuration.times), configuration: configuration)
        } catch {
            throw Failure("\(opened.path): \(error)\(error.remedy(takesSize: true))")
        }
        let size = changed.result.bytes.count
        if let limit = configuration.maximumSize, size > Int(clamping: limit) {
            throw Failure("\(output): the image needs \(size) bytes, more than \(limit)")
        }
        return Outcome(
            list: ChangedBlockList(changed.comparison, images: [opened], output: output), result: changed.result,
            bytes: changed.bytes, changedBootFile: changedBootFile(wanted))
    }

    /// The first file that stays uncompressed and got another content or time.
    private func changedBootFile(_ wanted: FileTree) -> FilePathBytes? {
        var known: [InodeNumber: Inode] = [:]
        for inode in opened.fileSystem.tree.inodes { if let number = inode.number { known[number] = inode } }
        var found: FilePathBytes?
        wanted.walk { path, id in
            let inode = wanted[id]
            guard found == nil, inode.staysUncompressed, case .regular(let contents) = inode.payload else { return }
            if let before = inode.number.flatMap({ known[$0] }), case .regular(let old) = before.payload,
                old === contents,
                before.metadata.modificationTime == inode.metadata.modificationTime
            {
                return
            }
            found = path
        }
        return found
    }

    private func checkInput() throws {
        if let uncertainty = opened.eraseSize.uncertainty {
            throw Failure("\(opened.path): \(uncertainty); give it with -e", status: .usage)
        }
        for case .flattenedImage(let member, _) in opened.layers {
            throw Failure(
                "\(opened.path): the file system is '\(member)' of a FIT image, whose sums only mkimage can make anew; "
                    + "'jffs2 uimage unwrap' takes it out")
        }
    }

    /// SOURCE_DATE_EPOCH: no time that is new is later.
    private func clamped(_ wanted: FileTree, original: FileTree, times: ImageConfiguration.Times) -> FileTree {
        guard case .notAfter(let last) = times else { return wanted }
        var known: [InodeNumber: Metadata] = [:]
        for inode in original.inodes { if let number = inode.number { known[number] = inode.metadata } }
        var clamped = wanted
        for index in clamped.inodes.indices {
            let old = clamped.inodes[index].number.flatMap { known[$0] }
            func limited(_ time: Int64, before: Int64?) -> Int64 { time == before ? time : min(time, last) }
            clamped.inodes[index].metadata.accessTime = limited(
                clamped.inodes[index].metadata.accessTime, before: old?.accessTime)
            clamped.inodes[index].metadata.modificationTime = limited(
                clamped.inodes[index].metadata.modificationTime, before: old?.modificationTime)
            clamped.inodes[index].metadata.changeTime = limited(
                clamped.inodes[index].metadata.changeTime, before: old?.changeTime)
        }
        return clamped
    }

    /// What the user should know about the room that is left.
    func warnings(_ outcome: Outcome) -> [String] {
        var warnings: [String] = []
        let original = opened.fileSystem
        let isWholeFlash = original.image.count % original.eraseSize == 0
        let budget = FlashBudget(size: UInt64(outcome.result.bytes.count), eraseSize: original.eraseSize)
        if isWholeFlash, outcome.result.freeBlocks < outcome.result.originalFreeBlocks,
            let warning = budget.warning(usedBlocks: outcome.result.blockCount - outcome.result.freeBlocks)
        {
            warnings.append(warning)
        }
        if let path = outcome.changedBootFile {
            warnings.append(
                "\(path) is stored without compression, most likely for a boot loader; Broadcom's looks for the time of the "
                    + "file in its name too, which --keep-layout leaves as it is: without it all of that is made anew")
        }
        if opened.spareArea != nil {
            warnings.append(
                "the spare area is left out of the output: write it in a way that makes a new one, such as nandwrite "
                    + "without --oob")
        }
        if opened.uImage != nil {
            warnings.append("the header of the uImage around the file system has new sums, and belongs to what changed")
        }
        return warnings
    }
}
