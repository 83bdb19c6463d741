import FileTree
import FlashBytes
import JFFS2

/// What was written, for people and as JSON.
struct RepackDescription: Encodable {
    var input: String
    var output: String
    var byteOrder: String
    var eraseSize: Int
    var size: UInt64
    var usedSize: UInt64
    var usedBlocks: Int
    var nameCount: Int
    var inodeCount: Int
    var nodeCount: Int
    var contentSize: UInt64
    var storedSize: UInt64
    var uncompressedFiles: [String]
    /// `2048+64`; null without one.
    var spareArea: String?

    init(
        input: String, output: String, configuration: ImageConfiguration, report: BuildReport, tree: FileTree
    ) {
        self.input = input
        self.output = output
        byteOrder = configuration.byteOrder.rawValue
        eraseSize = configuration.eraseSize
        size = report.imageSize
        usedSize = report.usedSize
        usedBlocks = report.usedBlocks
        nameCount = report.names
        inodeCount = report.inodes
        nodeCount = report.nodes
        contentSize = report.dataSize
        storedSize = report.storedSize
        spareArea = configuration.spareArea?.area.description
        uncompressedFiles = tree.uncompressedFiles { _ in true }.keys.map { PrintedPath($0).text }.sorted()
    }

    /// `out.img: 345.6 KiB (0x56634), 6 erase blocks of 64 KiB, little-endian, 322 names`
    func line(_ sizes: SizeArguments) -> String {
        var parts = ["\(sizes.text(size)) (\(hex(size)))"]
        parts.append(
            "\(usedBlocks) erase block\(usedBlocks == 1 ? "" : "s") of \(SizeExpression.readable(eraseSize)) used")
        parts.append("\(byteOrder)-endian")
        parts.append("\(nameCount) name\(nameCount == 1 ? "" : "s")")
        if let spareArea {
            parts.append("with a spare area for each page (\(spareArea), for nandwrite -o; ECC is left to the driver)")
        }
        return "\(output): " + parts.joined(separator: ", ")
    }

    /// What there is to say besides `line`: with `--verbose`.
    func facts(_ sizes: SizeArguments) -> [String] {
        let share = contentSize == 0 ? "" : " (\(storedSize * 100 / contentSize) %)"
        return [
            "  \(inodeCount) inode\(inodeCount == 1 ? "" : "s") in \(nodeCount) nodes",
            "  \(sizes.text(contentSize)) in files take \(sizes.text(storedSize))\(share)",
            "  \(sizes.text(usedSize)) of \(sizes.text(size)) are used",
        ]
    }
}

/// `-L`.
enum CompressorList {
    private struct Entry: Encodable {
        var codec: String
        var priority: Int
        var enabled: Bool
    }

    static func print(asJSON: Bool) throws {
        if asJSON {
            let entries = CompressorChoice().entries.map {
                Entry(codec: "\($0.codec)", priority: $0.priority, enabled: $0.isEnabled)
            }
            return try JSON.print("compressors", list: entries)
        }
        for entry in CompressorChoice().entries {
            StandardStreams.print(
                "\(entry.codec): priority \(entry.priority), \(entry.isEnabled ? "enabled" : "disabled")")
        }
    }
}
