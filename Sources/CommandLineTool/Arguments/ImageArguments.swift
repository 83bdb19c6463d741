import ArgumentParser
import FileTree
import FirmwareImage
import FlashBytes
import JFFS2
import Synchronization

/// How an image is to be written: the options of mkfs.jffs2 under their own names, and a few more.
struct ImageArguments: ParsableArguments {
    @Flag(name: [.customShort("l"), .long], help: "Little-endian (default, or as in the source image).")
    var littleEndian = false

    @Flag(name: [.customShort("b"), .long], help: "Big-endian.")
    var bigEndian = false

    @Option(
        name: [.customShort("e"), .customLong("eraseblock"), .customLong("erase-size")],
        help: ArgumentHelp(
            "Erase size of the flash; a bare number below 0x1000 counts KiB (default: 64, or as in the source image).",
            valueName: "size"), transform: SizeArgument.eraseSize)
    var eraseBlock: Int?

    @Option(
        name: [.customShort("s"), .customLong("pagesize"), .customLong("page-size")],
        help: ArgumentHelp("Data in one node at most: the memory page of the device.", valueName: "size"),
        transform: SizeArgument.size)
    var pageSize = 4096

    @Option(
        name: [.customShort("p"), .long],
        help: ArgumentHelp(
            "Pad with 0xFF to SIZE, or without one to whole erase blocks; an image larger than SIZE is an error.",
            valueName: "size"), transform: Pad.init)
    var pad: Pad?

    @Option(
        name: [.customShort("c"), .long],
        help: ArgumentHelp("Size of the cleanmarkers (default: 12).", valueName: "size"),
        transform: SizeArgument.size)
    var cleanmarker: Int?

    @Flag(
        name: [.customShort("n"), .long], help: "No cleanmarkers: for NAND. (On NOR, Linux crashes on such an image.)")
    var noCleanmarkers = false

    @Option(
        help: ArgumentHelp(
            """
            For NAND: write the spare area too, as nandwrite -o takes it: pages and spare areas such as 2048+64, with \
            cleanmarkers in the spare area of each erase block's first page, and none in the data. ECC is left to the driver \
            that writes. (Default of -e then: 64 pages, or 32 of 512 bytes or less.)
            """, valueName: "page+spare"), transform: Self.spareArea)
    var oob: SpareArea?

    @Option(
        help: ArgumentHelp(
            """
            With --oob: where the spare area's free bytes begin, if the driver has a layout of its own (default: as in Linux, \
            2; 8 of 16 bytes; 3, 4, 6, 7 of 8).
            """, valueName: "offset"), transform: SizeArgument.size)
    var oobFree: Int?

    @Option(
        help: ArgumentHelp("Refuse to write more, and name the largest files.", valueName: "size"),
        transform: SizeArgument.size)
    var maxSize: Int?

    @Option(
        help: ArgumentHelp("As --max-size, with the size of this partition of --table.", valueName: "name"))
    var partition: String?

    @Option(
        help: ArgumentHelp(
            "For --partition: a file (console log, /proc/mtd, device tree, flash dump) or the table itself (mtdparts=…).",
            valueName: "file|text"), completion: .file())
    var table: String?

    @Flag(help: "End each erase block with a summary node, for faster mounting.")
    var sum = false

    @Flag(
        name: [.customShort("q"), .long], help: "Squash permissions and owners: -P and -U; what -D and edits set stays."
    )
    var squash = false

    @Flag(name: [.customShort("U"), .long], help: "Make root the owner of everything.")
    var squashUids = false

    @Flag(
        name: [.customShort("P"), .long], help: "Take write permission from group and others, and set-uid and set-gid.")
    var squashPerms = false

    @Flag(
        name: [.customShort("f"), .long],
        help: "Set all times to 0. (SOURCE_DATE_EPOCH is an upper bound for all times.)")
    var faketime = false

    @Option(help: "Effort of compression, 1 (fast) to 12 (small).")
    var level: Int?

    @Flag(help: "The smallest image that takes no longer than mkfs.jffs2 would: level 10.")
    var best = false

    @Option(name: [.customShort("m"), .long], help: "How a codec is chosen: none, priority, size or favourlzo.")
    var compressionMode: CompressorChoice.Mode?

    @Option(
        name: [.customShort("x"), .long], help: ArgumentHelp("Do not use a codec.", valueName: "name"),
        transform: CompressorChoice.name)
    var disableCompressor: [Compression] = []

    @Option(
        name: [.customShort("X"), .long],
        help: ArgumentHelp("Use a codec: \(CompressorChoice.names).", valueName: "name"),
        transform: CompressorChoice.name)
    var enableCompressor: [Compression] = []

    @Option(
        name: [.customShort("y"), .long], help: ArgumentHelp("Set the priority of a codec.", valueName: "prio:name"),
        transform: CompressorChoice.Priority.init)
    var compressorPriority: [CompressorChoice.Priority] = []

    @Option(help: "Write the same bytes as another tool: mkfs.jffs2 (version 2.1.5).")
    var compat: Compatibility?

    @Option(help: "How many pages are compressed at a time (default: one for each processor). The image is the same.")
    var jobs: Int?

    /// `--compat`.
    enum Compatibility: String, ExpressibleByArgument, CaseIterable {
        case mkfs = "mkfs.jffs2"
    }

    /// `-p`.
    enum Pad {
        case toEraseBlock
        case toSize(Int)

        init(_ text: String) throws {
            self = text == "block" ? .toEraseBlock : .toSize(try SizeArgument.size(text))
        }

        /// For the library.
        var padding: ImageConfiguration.Padding {
            switch self {
            case .toEraseBlock: .toEraseBlock
            // As mkfs.jffs2 has it.
            case .toSize(0): .none
            case .toSize(let size): .toSize(UInt64(size))
            }
        }
    }

    func validate() throws {
        if littleEndian, bigEndian { throw ValidationError("-l and -b are two things.") }
        if noCleanmarkers, cleanmarker != nil { throw ValidationError("-n and -c are two things.") }
        if oob != nil, cleanmarker != nil {
            throw ValidationError("--oob puts the cleanmarkers into the spare area; -c is for those in the data.")
        }
        if oob == nil, oobFree != nil { throw ValidationError("--oob-free goes with --oob.") }
        if partition != nil, maxSize != nil { throw ValidationError("--partition and --max-size are two sizes.") }
        if (partition == nil) != (table == nil) {
            throw ValidationError("--partition NAME and --table FILE go together.")
        }
        if best, level != nil { throw ValidationError("--best is a level; do not give another one.") }
        if let jobs, !(1...1024).contains(jobs) { throw ValidationError("--jobs takes a number from 1 to 1024.") }
    }

    private static func spareArea(_ text: String) throws -> SpareArea {
        guard let area = SpareArea(text) else {
            throw ValidationError("'\(text)' is no spare area; write page and spare size as 2048+64")
        }
        return area
    }

    /// `--oob`.
    private func spareAreaForm() throws -> SpareAreaForm? {
        guard let oob else { return nil }
        guard let oobFree else { return SpareAreaForm(linux: oob) }
        guard let form = SpareAreaForm(oob, freeOffset: oobFree) else {
            throw Failure("there is no room for a cleanmarker at \(oobFree) of \(oob.spareSize) bytes", status: .usage)
        }
        return form
    }

    /// Takes owners and permissions away as -q, -U and -P say.
    func applySquashing(to tree: inout FileTree) {
        tree.squash(owners: squash || squashUids, permissions: squash || squashPerms)
    }

    /// What squashing did, for people: -q, which is quiet elsewhere, must not do it without a word.
    var squashRemark: String? {
        switch (squash || squashUids, squash || squashPerms) {
        case (true, true):
            "squashed (-q): root owns everything, and only the owner may write"
                + (squash ? "; to say less, write --quiet" : "")
        case (true, false): "squashed (-U): root owns everything"
        case (false, true): "squashed (-P): only the owner may write, and there is no set-uid and set-gid"
        case (false, false): nil
        }
    }

    private func partitionSize() throws -> Int? {
        guard let partition, let table else { return nil }
        let found = try TableArguments.partition(partition, in: TableArguments.tables(table))
        return try TableArguments.size(of: found, orUse: "--max-size")
    }

    /// Whether the user chose codecs.
    var namesCodecs: Bool {
        compressionMode != nil || !disableCompressor.isEmpty || !enableCompressor.isEmpty
            || !compressorPriority.isEmpty
    }

    /// The checked configuration.
    ///
    /// - Parameter source: what the image is made from, where that says something about the flash.
    func configuration(_ source: ImageConfiguration?) throws -> ImageConfiguration {
        var result = source ?? ImageConfiguration()
        if littleEndian { result.byteOrder = .little }
        if bigEndian { result.byteOrder = .big }
        if let eraseBlock {
            result.eraseSize = eraseBlock
        } else if source == nil, let oob {
            result.eraseSize = max(4096, oob.pageSize * (oob.pageSize <= 512 ? 32 : 64))
        }
        if compat != nil, result.eraseSize < 8192 {
            StandardStreams.error("warning: mkfs.jffs2 writes no erase blocks below 8 KiB; taking 8 KiB")
            result.eraseSize = 8192
        }
        if compat != nil, !sum, result.writesSummaries {
            StandardStreams.error("warning: mkfs.jffs2 writes no summaries; leaving out those of the source")
            result.writesSummaries = false
        }
        result.pageSize = pageSize
        result.padding = pad?.padding ?? .none
        if let cleanmarker { result.cleanmarkerSize = cleanmarker }
        result.spareArea = try spareAreaForm()
        if noCleanmarkers || result.spareArea != nil { result.cleanmarkerSize = nil }
        result.maximumSize = try (maxSize ?? partitionSize()).map { UInt64($0) }
        if sum { result.writesSummaries = true }
        result.times = try faketime ? .fixed(0) : SourceDate.times()
        let choice = CompressorChoice(
            mode: compressionMode, disabled: disableCompressor, enabled: enableCompressor,
            priorities: compressorPriority)
        result.compression = choice.settings(isCompatible: compat != nil)
        if compat != nil, let codec = result.compression.codecs.first(where: { $0 == .lzo || $0 == .lzma }) {
            StandardStreams.error(
                "warning: the bytes of another \(codec) encoder than mkfs.jffs2's: the same files, but not the same image"
            )
        }
        result.compression.level = best ? 10 : level ?? CompressionSettings.defaultLevel
        result.isCompatible = compat != nil
        result.jobs = jobs ?? ProcessorCount.available
        return result
    }
}
