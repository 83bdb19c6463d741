/// Tables that boot loaders and drivers print: U-Boot's `mtdparts` and `mtd list`, Anyka's flash driver.
enum PartitionListings {
    /// All tables in the lines of a log.
    static func tables(in lines: [String]) throws(PartitionTable.Malformed) -> [PartitionTable] {
        var tables: [PartitionTable] = []
        for (index, line) in lines.enumerated() {
            if line.contains(", # parts = ") {
                tables.append(try mtdparts(lines[index...]))
            } else if line.contains("#: name"), index == 0 || !lines[index - 1].contains(", # parts = ") {
                tables.append(try mtdparts(lines[index...]))
            } else if line.contains("List of MTD devices:") {
                tables += try mtdList(lines[index...])
            } else if line.contains("mtd_part[0]:") {
                tables.append(try anyka(lines[index...]))
            }
        }
        return tables.filter { !$0.partitions.isEmpty }
    }

    /// What U-Boot's command `mtdparts` lists (`cmd/mtdparts.c`, `print_partition_table`):
    ///
    ///     device nor0 <hi_sfc>, # parts = 5
    ///      #: name                size            offset          mask_flags
    ///      0: boot                0x00040000      0x00000000      0
    private static func mtdparts(_ lines: ArraySlice<String>) throws(PartitionTable.Malformed) -> PartitionTable {
        let header = lines.first ?? ""
        let device = header.split(separator: "<").dropFirst().last?.prefix { $0 != ">" } ?? ""
        // With net sizes (without bad blocks) there is a column more in front of the offset.
        var numbersInFront = 1
        var partitions: [Partition] = []
        for line in lines.dropFirst(header.contains("#: name") ? 0 : 1) {
            let fields = line.split { $0 == " " || $0 == "\t" }
            if fields.first == "#:" {
                numbersInFront = line.contains("net size") ? 2 : 1
                continue
            }
            guard let first = fields.first, first.hasSuffix(":"), Int(first.dropLast()) == partitions.count else {
                // The table ends with an empty line, or where something else is said.
                if fields.isEmpty, partitions.isEmpty { continue }
                break
            }
            let numbers = fields.indices.filter { fields[$0].hasPrefix("0x") }
            guard numbers.count > numbersInFront, let size = number(fields[numbers[0]]),
                let offset = number(fields[numbers[numbersInFront]])
            else { break }
            let name = fields[1..<numbers[0]].joined(separator: " ")
            partitions.append(try PartitionTable.partition(name, offset, size))
        }
        return PartitionTable(
            device: String(device), source: "U-Boot's mtdparts, line \(lines.startIndex + 1)", partitions: partitions)
    }

    /// What U-Boot's command `mtd list` lists (`cmd/mtd.c`): under each device its parts, indented by depth.
    ///
    ///     * nor0
    ///       - 0x000000000000-0x000001000000 : "nor0"
    ///               - 0x000000000000-0x000000040000 : "boot"
    private static func mtdList(_ lines: ArraySlice<String>) throws(PartitionTable.Malformed) -> [PartitionTable] {
        var tables: [PartitionTable] = []
        for (index, line) in zip(lines.indices, lines).dropFirst() {
            let text = line.drop { $0 == " " || $0 == "\t" }
            if text.hasPrefix("* ") {
                tables.append(
                    PartitionTable(
                        device: String(text.dropFirst(2)), source: "U-Boot's mtd list, line \(index + 1)",
                        partitions: []))
            } else if tables.isEmpty {
                // The prompt again: the list was empty.
                if !text.isEmpty { break }
            } else if text.hasPrefix("- block size: "), let size = number(text.dropFirst("- block size: ".count)) {
                tables[tables.count - 1].eraseSize = Int(clamping: size)
            } else if text.hasPrefix("- 0x") {
                // The device itself is the first level; what parts have inside is not cut further.
                let depth = line.prefix(line.count - text.count).count { $0 == "\t" }
                if depth == 1, let partition = try PartitionText.logLine(String(text)) {
                    tables[tables.count - 1].partitions.append(partition)
                }
            } else if !text.hasPrefix("- ") {
                break
            }
        }
        return tables
    }

    /// What the flash drivers of Anyka's kernels print, each value in a line of its own:
    ///
    ///     mtd_part[0]:
    ///     name = KERNEL
    ///     size = 0x180000
    ///     offset = 0x31000
    private static func anyka(_ lines: ArraySlice<String>) throws(PartitionTable.Malformed) -> PartitionTable {
        var partitions: [Partition] = []
        var name: Substring?
        var size: UInt64?
        var ended = 0
        for line in lines {
            if line.contains("mtd_part[") {
                guard line.contains("mtd_part[\(partitions.count)]:") else { break }
                (name, size, ended) = (nil, nil, 0)
            } else if let value = value("name", line) {
                name = value
            } else if let value = value("size", line), name != nil {
                size = number(value)
            } else if let value = value("offset", line), let offset = number(value), let part = name, let bytes = size {
                partitions.append(try PartitionTable.partition(String(part), offset, bytes))
                (name, size) = (nil, nil)
            } else {
                // Other messages may stand in between, but the log goes on for long after the table.
                ended += 1
                if ended > 20 { break }
            }
        }
        return PartitionTable(
            device: "", source: "log of the flash driver, line \(lines.startIndex + 1)", partitions: partitions)
    }

    /// The value of `name = value` at the end of a line, behind a time stamp or not.
    private static func value(_ name: String, _ line: String) -> Substring? {
        let fields = line.split { $0 == " " || $0 == "\t" }
        guard fields.count >= 3, fields[fields.count - 2] == "=", fields[fields.count - 3] == name else { return nil }
        return fields[fields.count - 1]
    }

    private static func number(_ text: Substring) -> UInt64? {
        let digits = text.hasPrefix("0x") ? text.dropFirst(2).prefix(while: \.isHexDigit) : ""
        return UInt64(digits, radix: 16)
    }
}
