import FileTree
import FlashBytes
import JFFS2

/// What was written, for people and as JSON.
struct RepackDescription: Encodable {
    var source: String
    var output: String
    var byteOrder: String
    var eraseSize: Int
    var size: UInt64
    var usedSize: UInt64
    var usedBlocks: Int
    var names: Int
    var inodes: Int
    var nodes: Int
    var contentSize: UInt64
    var storedSize: UInt64
    var uncompressedFiles: [String]
    /// `2048+64`; null without one.
    var spareArea: String?

    init(
        source: String, output: String, configuration: ImageConfiguration, report: BuildReport, tree: FileTree
    ) {
        self.source = source
        self.output = output
        byteOrder = configuration.byteOrder.rawValue
        eraseSize = configuration.eraseSize
        size = report.imageSize
        usedSize = report.usedSize
        usedBlocks = report.usedBlocks
        names = report.names
        inodes = report.inodes
        nodes = report.nodes
        contentSize = report.dataSize
        storedSize = report.storedSize
        spareArea = configuration.spareArea?.area.description
        uncompressedFiles = tree.uncompressedFiles { _ in true }.keys.map(\.description).sorted()
    }

    /// `out.img: 353844 bytes (0x56634), 6 erase blocks of 64 KiB, little-endian, 322 names`
    var line: String {
        var parts = ["\(size) bytes (\(hex(size)))"]
        parts.append(
            "\(usedBlocks) erase block\(usedBlocks == 1 ? "" : "s") of \(SizeExpression.readable(eraseSize)) used")
        parts.append("\(byteOrder)-endian")
        parts.append("\(names) name\(names == 1 ? "" : "s")")
        if let spareArea {
            parts.append("with a spare area for each page (\(spareArea), for nandwrite -o; ECC is left to the driver)")
        }
        return "\(output): " + parts.joined(separator: ", ")
    }
}

/// `-L`.
enum CompressorList {
    static func print() {
        for entry in CompressorChoice().entries {
            StandardStreams.print(
                "\(entry.codec): priority \(entry.priority), \(entry.isEnabled ? "enabled" : "disabled")")
        }
    }
}
