import FirmwareImage
import FlashBytes

/// Name, offset and size of a partition; a size of -1 is "the rest of the flash".
struct Part: Equatable, CustomStringConvertible {
    var name: String
    var offset: Int
    var size: Int

    init(_ name: String, _ offset: Int, _ size: Int) {
        self.name = name
        self.offset = offset
        self.size = size
    }

    init(_ partition: Partition) { self.init(partition.name, partition.offset, partition.size ?? -1) }

    var description: String { "\(name) \(hex(offset))+\(hex(size))" }
}

extension PartitionTable {
    var parts: [Part] { partitions.map { Part($0) } }
}

/// What is read from a text, or from the bytes of a file.
enum Reading {
    static func of(_ text: String) -> TableReading { of(Array(text.utf8)) }

    static func of(_ bytes: [UInt8]) -> TableReading { FileBytes(bytes).withBytes { PartitionSource.read($0) } }

    static func kind(_ bytes: [UInt8]) -> PartitionSource.Kind {
        FileBytes(bytes).withBytes { PartitionSource.kind($0) }
    }

    /// The partitions of the first table.
    static func parts(_ text: String) -> [Part] { of(text).tables.first?.parts ?? [] }
}

/// Where the same table stands in most tests.
let camera = [
    Part("boot", 0, 0x50000), Part("kernel", 0x50000, 0x180000), Part("rootfs", 0x1d0000, 0x1e0000),
    Part("home", 0x3b0000, 0xc50000),
]
