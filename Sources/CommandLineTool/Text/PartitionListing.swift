import FirmwareImage
import FlashBytes

/// A partition table as columns of text.
struct PartitionListing {
    private let table: PartitionTable
    private let eraseSize: Int
    private let contents: [String?]

    /// - Parameters:
    ///   - eraseSize: to count blocks (bytes).
    ///   - contents: what lies in each partition, in their order; empty where that is not known.
    init(_ table: PartitionTable, eraseSize: Int = 0x10000, contents: [String?] = []) {
        self.table = table
        self.eraseSize = max(eraseSize, 1)
        self.contents = contents
    }

    func print() {
        let device = table.device.isEmpty ? "" : " of '\(Printable.text(table.device))'"
        let count = table.partitions.count
        StandardStreams.print(
            "\(count) partition\(count == 1 ? "" : "s")\(device), from \(Printable.text(table.source))")
        // Offsets that are guesses are never shown as if they were known.
        let mark = table.doubt == nil ? "" : "?"
        var rows = [["name", "offset", "size", "end", "blocks", "contents"]]
        for (index, partition) in table.partitions.enumerated() {
            let description = contents.indices.contains(index) ? contents[index] : nil
            rows.append([
                Printable.text(partition.name), hex(partition.offset) + mark,
                partition.size.map { hex($0) } ?? "rest", partition.end.map { hex($0) + mark } ?? "",
                partition.size.map { "\(Self.blocks($0, eraseSize: eraseSize))" } ?? "",
                description.map { Printable.text($0) } ?? "",
            ])
        }
        if contents.isEmpty { rows = rows.map { $0.dropLast() } }
        TextTable.lines(rows, right: [1, 2, 3, 4]).forEach(StandardStreams.print)
    }

    /// How many erase blocks the bytes take.
    static func blocks(_ size: Int, eraseSize: Int) -> Int {
        let block = max(eraseSize, 1)
        return size / block + (size % block == 0 ? 0 : 1)
    }
}
