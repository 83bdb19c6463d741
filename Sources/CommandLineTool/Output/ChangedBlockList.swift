import FlashBytes
import ImageInput
import JFFS2
import SystemPackage

/// The erase blocks that have to be flashed, for people, scripts and U-Boot.
struct ChangedBlockList {
    /// One erase block.
    struct Block: Encodable, Hashable {
        /// Counted from the first block of the file system.
        var index: Int
        /// From the start of the output file (bytes).
        var offset: Int
        /// From the start of the file system (bytes).
        var fileSystemOffset: Int
        /// In bytes.
        var length: Int
        var reasons: [String]
    }

    /// Ascending.
    private(set) var blocks: [Block] = []
    /// The file that has them.
    let output: String
    let eraseSize: Int
    private let blockCount: Int
    private let isNAND: Bool
    private let swapGroup: Int?

    /// - Parameters:
    ///   - opened: what was changed.
    ///   - options: with which it was opened.
    ///   - isRaw: whether the output is the file system alone.
    init(
        _ changed: [ChangedBlock], _ opened: OpenedImage, _ options: InputOptions, output: String, isRaw: Bool = false
    ) {
        self.output = output
        eraseSize = opened.fileSystem.eraseSize
        blockCount = (opened.range.count + eraseSize - 1) / eraseSize
        isNAND = opened.fileSystem.scan.cleanmarkers == 0
        swapGroup = isRaw ? nil : opened.swapGroup
        // Of a dump with spare areas, the output is the data of the selected part alone.
        let start = isRaw ? 0 : opened.range.lowerBound + (opened.spareArea == nil ? options.offset ?? 0 : 0)
        blocks = changed.map { block in
            Block(
                index: block.index, offset: start + block.range.lowerBound, fileSystemOffset: block.range.lowerBound,
                length: block.range.count, reasons: block.reasons.map(\.rawValue))
        }
    }

    /// How many blocks are told on the terminal.
    private static let limit = 32

    /// `out.img: 3 of 30 erase blocks of 64 KiB changed`
    var summary: String {
        let size = SizeExpression.readable(eraseSize)
        return "\(output): \(blocks.count) of \(blockCount) erase blocks of \(size) changed"
    }

    /// Lines for what changed around the file systems.
    static func lines(outside: [Range<Int>]) -> [String] {
        outside.map { "  \(hex($0.lowerBound)): around the file system" }
    }

    /// A line for each block.
    var lines: [String] {
        let shown = blocks.prefix(Self.limit).map { block in
            "  \(hex(block.offset)) (block \(block.index)): "
                + block.reasons.map { $0.replacing("-", with: " ") }.joined(separator: ", ")
        }
        let rest = blocks.count - shown.count
        return rest > 0 ? shown + ["  and \(rest) more; --changed-blocks FILE lists them all"] : shown
    }

    /// Writes the file, of one list after the other; `-` is standard output.
    ///
    /// - Parameter outside: what changed around the file systems (bytes of the file).
    static func write(_ lists: [ChangedBlockList], outside: [Range<Int>], to path: String) throws {
        var text = lists.flatMap { Array($0.text.utf8) }
        for range in outside { text += Array("\(hex(range.lowerBound)) - \(hex(range.count)) outside\n".utf8) }
        if path == "-" { return Console.write(text) }
        let file = try OutputFile(path: path)
        try file.write(text)
        try file.commit()
    }

    /// The content of the file, as the manual page has it.
    private var text: String {
        var lines = ["# \(summary)"]
        lines.append("# offset in the file, offset in the file system, length, why")
        for block in blocks {
            lines.append(
                "\(hex(block.offset)) \(hex(block.fileSystemOffset)) \(hex(block.length)) "
                    + block.reasons.joined(separator: ","))
        }
        if !blocks.isEmpty { lines += commands }
        return lines.joined(separator: "\n") + "\n"
    }

    /// For U-Boot's prompt, one line for each run of blocks.
    private var commands: [String] {
        if let swapGroup {
            return [
                "#",
                "# The bytes of the file are reversed in groups of \(swapGroup), as in the input; 'jffs2 swap' puts them "
                    + "right for the flash.",
            ]
        }
        // Where the file is no copy of the flash, the offsets on the flash are those in the file system.
        let isAligned = blocks.allSatisfy { $0.offset % eraseSize == 0 }
        var lines = [
            "#",
            "# At U-Boot's prompt, with this file loaded to ${loadaddr}; ${base} is where the "
                + (isAligned ? "file" : "file system") + " begins on the flash:",
            "# setenv base 0x0",
        ]
        var index = 0
        while index < blocks.count {
            let first = blocks[index]
            var length = first.length
            index += 1
            while index < blocks.count, blocks[index].offset == first.offset + length {
                length += blocks[index].length
                index += 1
            }
            let target = isAligned ? first.offset : first.fileSystemOffset
            let chip = isNAND ? "nand" : "sf"
            lines.append(
                "# setexpr to ${base} + \(hex(target)); setexpr from ${loadaddr} + \(hex(first.offset)); "
                    + "\(chip) erase ${to} \(hex(length)); \(chip) write ${from} ${to} \(hex(length))")
        }
        return lines
    }
}
