import FlashBytes
import ImageFile
import JFFS2
import SystemPackage

/// The erase blocks that have to be flashed, for people, scripts and U-Boot.
struct ChangedBlockList {
    /// One erase block.
    struct Block: Encodable, Hashable {
        /// Counted from the first block of the file system; nil outside, and where the file system does not begin at the
        /// start of an erase block.
        var index: Int?
        /// From the start of the output file (bytes).
        var offset: Int
        /// From the start of the file system (bytes).
        var fileSystemOffset: Int?
        /// In bytes.
        var length: Int
        /// Those of `ChangedBlock.Reason`, or `outside` for what lies around the file systems.
        var reasons: [String]
    }

    /// The blocks of one file system.
    private struct Section {
        var blocks: [Block]
        var eraseSize: Int
        /// Erase blocks in all.
        var count: Int
        var isNAND: Bool
    }

    /// The file that has them.
    let output: String
    private let sections: [Section]
    private let outside: [Block]
    private let swapGroup: Int?
    /// Whether erase blocks begin at multiples of the erase size in the file, so that it may be a copy of the flash.
    private let isAligned: Bool

    /// - Parameters:
    ///   - comparison: of input and output.
    ///   - images: what was changed.
    ///   - isRaw: whether the output is the file system alone.
    init(_ comparison: FlashComparison, images: [OpenedImage], output: String, isRaw: Bool = false) {
        self.output = output
        sections = images.enumerated().map { number, image in
            let size = image.fileSystem.eraseSize
            let changed = comparison.blocks.filter { $0.area == number }
            // The file system may have grown.
            let last = changed.compactMap(\.index).max() ?? 0
            return Section(
                blocks: changed.map { Block($0, eraseSize: size) },
                eraseSize: size, count: max((image.range.count + size - 1) / size, last + 1),
                isNAND: image.fileSystem.scan.cleanmarkers == 0)
        }
        outside = comparison.blocks.filter { $0.area == nil }.map { Block($0, eraseSize: 1) }
        swapGroup = isRaw ? nil : images.first?.swapGroup
        isAligned = comparison.shift == 0
    }

    /// Why the file must not be flashed as it is; nil where it may be.
    var caution: String? { swapGroup.map(Self.reversed) }

    private static func reversed(_ group: Int) -> String {
        "the bytes of the file are reversed in groups of \(group), as in the input; 'jffs2 swap -b \(group)' puts them right, "
            + "and the offsets stay"
    }

    /// All of them.
    var blocks: [Block] { sections.flatMap(\.blocks) + outside }

    /// How many blocks of one file system are told on the terminal.
    private static let limit = 32

    /// `out.img: 3 of 30 erase blocks of 64 KiB changed`
    private func summary(_ section: Section) -> String {
        let size = SizeExpression.readable(section.eraseSize)
        return "\(output): \(section.blocks.count) of \(section.count) erase blocks of \(size) changed"
    }

    /// For the terminal.
    var lines: [String] {
        var lines = outside.map { "  \(hex($0.offset)): around the file system" }
        for section in sections {
            lines += section.blocks.prefix(Self.limit).map { block in
                "  \(hex(block.offset))\(block.index.map { " (block \($0))" } ?? ""): "
                    + block.reasons.map { $0.replacing("-", with: " ") }.joined(separator: ", ")
            }
            let more = section.blocks.count - Self.limit
            if more > 0 { lines.append("  and \(more) more; --changed-blocks FILE lists them all") }
            lines.append(summary(section))
        }
        return lines
    }

    /// The content of the file, as the manual page has it.
    var text: [UInt8] {
        var lines = caution.map { ["# Not for the flash as it is: \($0)"] } ?? []
        for section in sections {
            lines.append("# \(summary(section))")
            lines.append("# offset in the file, offset in the file system, length, why")
            lines += section.blocks.map(\.line)
        }
        lines += outside.map(\.line)
        lines += commands
        return Array((lines.joined(separator: "\n") + "\n").utf8)
    }

    /// Writes the file.
    ///
    /// - Returns: what is still to be put in its place; nil for standard output.
    func write(to place: Destination) throws -> OutputFile? {
        if place.isStandardOutput {
            StandardStreams.write(text)
            return nil
        }
        let file = try place.open()
        try file.write(text)
        return file
    }

    // MARK: - U-Boot

    /// For U-Boot's prompt, one line for each run of blocks.
    private var commands: [String] {
        guard sections.contains(where: { !$0.blocks.isEmpty }) || !outside.isEmpty else { return [] }
        // The head of the file says why there are none.
        guard swapGroup == nil else { return [] }
        var lines: [String] = []
        if isAligned {
            lines = Self.introduction("file")
            for section in sections { lines += Self.commands(section.blocks, section: section) { $0.offset } }
            if let largest = sections.max(by: { $0.eraseSize < $1.eraseSize }) {
                lines += Self.commands(outside, section: largest) { $0.offset }
            }
            return lines
        }
        // Where the file is no copy of the flash, the offsets on the flash are those in the file system.
        for section in sections where !section.blocks.isEmpty {
            lines += Self.introduction("file system")
            lines += Self.commands(section.blocks, section: section) { $0.fileSystemOffset ?? $0.offset }
        }
        return lines
    }

    private static func introduction(_ what: String) -> [String] {
        [
            "#",
            "# At U-Boot's prompt, with this file loaded to ${loadaddr}; ${base} is where the \(what) begins on the flash:",
            "# setenv base 0x0",
        ]
    }

    /// - Parameter target: where a block lies on the flash, from ${base} on.
    private static func commands(_ blocks: [Block], section: Section, target: (Block) -> Int) -> [String] {
        let chip = section.isNAND ? "nand" : "sf"
        var lines: [String] = []
        var rest = blocks[...]
        while let first = rest.popFirst() {
            var length = first.length
            while let next = rest.first, next.offset == first.offset + length {
                length += next.length
                rest.removeFirst()
            }
            // Only whole blocks can be erased, also where the file ends within one.
            let erased = (length + section.eraseSize - 1) / section.eraseSize * section.eraseSize
            lines.append(
                "# setexpr to ${base} + \(hex(target(first))); setexpr from ${loadaddr} + \(hex(first.offset)); "
                    + "\(chip) erase ${to} \(hex(erased)); \(chip) write ${from} ${to} \(hex(length))")
        }
        return lines
    }
}

extension ChangedBlockList.Block {
    fileprivate init(_ block: FlashComparison.Block, eraseSize: Int) {
        index = block.index
        offset = block.range.lowerBound
        fileSystemOffset = block.index.map { $0 * eraseSize }
        length = block.range.count
        reasons = block.area == nil ? ["outside"] : block.reasons.map(\.rawValue)
    }

    /// `0x30000 0x20000 0x10000 removed-content,new-nodes`
    fileprivate var line: String {
        "\(hex(offset)) \(fileSystemOffset.map { hex($0) } ?? "-") \(hex(length)) \(reasons.joined(separator: ","))"
    }
}
