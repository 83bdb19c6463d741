/// Tables that U-Boot's commands `mtdparts` and `mtd list` print.
///
///     device nor0 <hi_sfc>, # parts = 5
///      #: name                size            offset          mask_flags
///      0: boot                0x00040000      0x00000000      0
///
///     * nor0
///       - 0x000000000000-0x000001000000 : "nor0"
///               - 0x000000000000-0x000000040000 : "boot"
struct UBootListingParser: TableParser {
    private enum Listing {
        /// `print_partition_table` in `cmd/mtdparts.c`.
        case mtdparts
        /// `cmd/mtd.c`; parts are indented by their depth.
        case mtdList
    }

    private var listing: Listing?
    private var table: PartitionTable?
    /// With net sizes (without bad blocks) there is a column more in front of the offset.
    private var numbersInFront = 1
    private var finished: [PartitionTable] = []
    private(set) var problems: [TableProblem] = []

    var tables: [PartitionTable] { (finished + (table.map { [$0] } ?? [])).filter { !$0.partitions.isEmpty } }

    mutating func read(_ line: TextLine) {
        if line.bytes.contains(", # parts = ") {
            let device = line.bytes.split(separator: UInt8(ascii: "<")).dropFirst().last ?? []
            begin(.mtdparts, device: device.prefix { $0 != UInt8(ascii: ">") }.text, command: "mtdparts", line: line)
        } else if line.bytes.contains("#: name") {
            if listing != .mtdparts || table?.partitions.isEmpty != true {
                begin(.mtdparts, device: "", command: "mtdparts", line: line)
            }
            numbersInFront = line.bytes.contains("net size") ? 2 : 1
        } else if line.bytes.contains("List of MTD devices:") {
            end()
            listing = .mtdList
        } else if let listing {
            switch listing {
            case .mtdparts: row(line)
            case .mtdList: entry(line)
            }
        }
    }

    private mutating func begin(_ kind: Listing, device: String, command: String, line: TextLine) {
        end()
        listing = kind
        table = PartitionTable(device: device, source: "U-Boot's \(command), line \(line.number)", partitions: [])
        numbersInFront = 1
    }

    private mutating func end() {
        if let table, !table.partitions.isEmpty { finished.append(table) }
        table = nil
        listing = nil
    }

    /// ` 0: boot                0x00040000      0x00000000      0`
    private mutating func row(_ line: TextLine) {
        let fields = line.bytes.words
        let count = table?.partitions.count ?? 0
        // The table ends with an empty line, or where something else is said.
        if fields.isEmpty, count == 0 { return }
        guard let first = fields.first, first.last == UInt8(ascii: ":"),
            first.dropLast().number(base: 10) == UInt64(count)
        else { return end() }
        let numbers = fields.indices.filter { fields[$0].hasPrefix("0x") }
        guard numbers.count > numbersInFront, let size = fields[numbers[0]].hexadecimal,
            let offset = fields[numbers[numbersInFront]].hexadecimal
        else { return end() }
        let name = fields[1..<numbers[0]].map(\.text).joined(separator: " ")
        do throws(PartitionTable.Malformed) {
            table?.partitions.append(try PartitionTable.partition(name, offset: offset, size: size, number: count))
        } catch {
            problems.append(TableProblem(line: line.number, reason: error.description))
            end()
        }
    }

    private mutating func entry(_ line: TextLine) {
        let text = line.bytes.drop { $0.isBlank }
        if text.hasPrefix("* ") {
            begin(.mtdList, device: text.dropFirst(2).text, command: "mtd list", line: line)
        } else if table == nil {
            // The prompt again: the list was empty.
            if !text.isEmpty { end() }
        } else if text.hasPrefix("- block size: ") {
            let number = text.dropFirst("- block size: ".utf8.count).prefix { !$0.isBlank }
            table?.eraseSize = number.hexadecimal.map { Int(clamping: $0) }
        } else if text.hasPrefix("- 0x") {
            // The device itself is the first level; what parts have inside is not cut further.
            let depth = line.bytes.prefix(line.bytes.count - text.count).count { $0 == 0x09 }
            var rest = text
            guard depth == 1, let part = LogPartition(&rest) else { return }
            do throws(PartitionTable.Malformed) {
                table?.partitions.append(try part.partition())
            } catch {
                problems.append(TableProblem(line: line.number, reason: error.description))
            }
        } else if !text.hasPrefix("- ") {
            end()
        }
    }
}
