/// What the flash drivers of Anyka's kernels print, each value in a line of its own:
///
///     mtd_part[0]:
///     name = KERNEL
///     size = 0x180000
///     offset = 0x31000
struct AnykaListingParser: TableParser {
    private var table: PartitionTable?
    private var finishedTables: [PartitionTable] = []
    private var name: ArraySlice<UInt8>?
    private var size: UInt64?
    private var otherLines = 0
    private(set) var problems: [TableProblem] = []

    /// Other messages may stand in between, but the log goes on for long after the table (lines).
    private static let mostOtherLines = 20

    var tables: [PartitionTable] { (finishedTables + (table.map { [$0] } ?? [])).filter { !$0.partitions.isEmpty } }

    mutating func read(_ line: TextLine) {
        if let found = line.bytes.firstRange(of: "mtd_part[") {
            let index = line.bytes[found.upperBound...].prefix { $0.isDecimalDigit }.number(base: 10)
            (name, size, otherLines) = (nil, nil, 0)
            if index == 0 {
                close()
                table = PartitionTable(
                    device: "", source: "log of the flash driver, line \(line.number)", partitions: [])
            } else if index != table.map({ UInt64($0.partitions.count) }) {
                close()
            }
            return
        }
        guard table != nil else { return }
        if let value = Self.value("name", line: line.bytes) {
            name = value
        } else if let value = Self.value("size", line: line.bytes), name != nil {
            size = value.hexadecimal
        } else if let value = Self.value("offset", line: line.bytes), let offset = value.hexadecimal, let name, let size
        {
            (self.name, self.size) = (nil, nil)
            let count = table?.partitions.count
            do throws(PartitionTable.Malformed) {
                table?.partitions.append(
                    try PartitionTable.partition(name.text, offset: offset, size: size, number: count))
            } catch {
                problems.append(TableProblem(line: line.number, reason: error.description))
            }
        } else {
            otherLines += 1
            if otherLines > Self.mostOtherLines { close() }
        }
    }

    private mutating func close() {
        if let table { finishedTables.append(table) }
        table = nil
    }

    /// The value of `name = value` at the end of a line, behind a time stamp or not.
    private static func value(_ name: StaticString, line: ArraySlice<UInt8>) -> ArraySlice<UInt8>? {
        let words = line.words
        guard words.count >= 3, words[words.count - 2].elementsEqual([UInt8(ascii: "=")]),
            words[words.count - 3].count == name.utf8CodeUnitCount, words[words.count - 3].hasPrefix(name)
        else { return nil }
        return words[words.count - 1]
    }
}
