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
        self.eraseSize = eraseSize
        self.contents = contents
    }

    func print() {
        let device = table.device.isEmpty ? "" : " of '\(Printable.text(Array(table.device.utf8)))'"
        let count = table.partitions.count
        Console.print("\(count) partition\(count == 1 ? "" : "s")\(device), from \(table.source)")
        var rows = [["name", "offset", "size", "end", "blocks", "contents"]]
        for (index, partition) in table.partitions.enumerated() {
            let description = contents.indices.contains(index) ? contents[index] : nil
            rows.append([
                Printable.text(Array(partition.name.utf8)), hex(partition.offset),
                partition.size.map { hex($0) } ?? "rest", partition.end.map { hex($0) } ?? "",
                partition.size.map { "\(($0 + eraseSize - 1) / eraseSize)" } ?? "",
                description.map { Printable.text(Array($0.utf8)) } ?? "",
            ])
        }
        if contents.isEmpty { rows = rows.map { $0.dropLast() } }
        TextTable.lines(rows, right: [1, 2, 3, 4]).forEach(Console.print)
    }
}
