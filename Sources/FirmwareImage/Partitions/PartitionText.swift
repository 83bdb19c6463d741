internal import FlashBytes

/// Finds partition tables in text: logs of a console, `mtdparts=`, `/proc/mtd`, lists of `NAME=OFFSET+SIZE`.
public enum PartitionText {
    /// Whether the bytes are a text rather than a dump: flashes hold NULs, 0xFF and code early, and of a log's first
    /// kilobytes only noise of the line is no text.
    public static func isText(_ bytes: RawSpan) -> Bool {
        let head = (try? bytes.bytes(in: 0..<min(bytes.byteCount, 4096))) ?? []
        let controls = head.count { $0 < 0x07 || 0x0e..<0x1b ~= $0 || 0x1c..<0x20 ~= $0 || $0 == 0x7f || $0 == 0xff }
        return controls * 16 <= head.count && head.count { $0 >= 0x80 } * 4 <= head.count
    }

    /// All tables: those of logs first, then those of `mtdparts`; the same table said twice is told once.
    public static func tables(in text: String) throws(PartitionTable.Malformed) -> [PartitionTable] {
        let lines = text.split(omittingEmptySubsequences: false) { $0 == "\n" || $0 == "\r\n" || $0 == "\r" }
            .map { plain($0) }
        var tables: [PartitionTable] = []
        func add(_ table: PartitionTable?) {
            guard let table, !table.partitions.isEmpty else { return }
            // A log of several starts tells a table several times; a start may be cut off.
            let known = tables.firstIndex { known in
                known.device == table.device && zip(known.partitions, table.partitions).allSatisfy(==)
            }
            guard let known else { return tables.append(table) }
            if tables[known].partitions.count < table.partitions.count { tables[known] = table }
        }
        for table in try BootLogTables.tables(in: lines) { add(table) }
        for table in try PartitionListings.tables(in: lines) { add(table) }
        // What the kernel made of its arguments comes first.
        for (index, line) in lines.enumerated() {
            for table in try mtdparts(line, index) { add(table) }
        }
        add(try procMTD(lines))
        if tables.isEmpty { add(try BootLogTables.loosePartitions(lines)) }
        if tables.isEmpty { add(try list(lines)) }
        return tables
    }

    /// A line without terminal codes, control characters and the kernel's time stamp.
    private static func plain(_ line: Substring) -> String {
        var text = ""
        var escape = 0
        for scalar in line.unicodeScalars {
            switch (escape, scalar.value) {
            case (_, 0x1b): escape = 1
            case (1, 0x5b): escape = 2
            case (1, _): escape = 0
            case (2, 0x40...0x7e): escape = 0
            case (2, _): break
            case (_, 0x09), (_, 0x20...): text.unicodeScalars.append(scalar)
            default: break
            }
        }
        return text
    }

    // MARK: - Linux's log

    /// `0x000000040000-0x0000002c0000 : "kernel"`
    static func logLine(_ line: String) throws(PartitionTable.Malformed) -> Partition? {
        guard let place = line.firstRange(of: "0x")?.lowerBound, let quote = line.firstIndex(of: "\""),
            let last = line.lastIndex(of: "\""), quote < last, place < quote
        else { return nil }
        let numbers = line[place..<quote].split { "-: \t".contains($0) }
        guard numbers.count == 2, let start = number(numbers[0]), let end = number(numbers[1]) else { return nil }
        let name = String(line[line.index(after: quote)..<last])
        guard end >= start else {
            throw PartitionTable.Malformed(description: "'\(name)' ends at \(hex(end)), before its start \(hex(start))")
        }
        let offset = try PartitionTable.place(start, "the start of '\(name)'")
        return Partition(
            name: name, offset: offset, size: try PartitionTable.place(end, "the end of '\(name)'") - offset)
    }

    private static func number(_ text: Substring) -> UInt64? {
        text.lowercased().hasPrefix("0x") ? UInt64(text.dropFirst(2), radix: 16) : nil
    }

    // MARK: - mtdparts

    /// `mtdparts=hi_sfc:256K(boot),2560K(kernel),-(rest);other:…`, as Linux's `cmdlinepart.c` reads it.
    private static func mtdparts(_ line: String, _ index: Int) throws(PartitionTable.Malformed) -> [PartitionTable] {
        guard var rest = line.firstRange(of: "mtdparts=").map({ line[$0.upperBound...] }) else { return [] }
        // In an environment the value may repeat the name: mtdparts=mtdparts=…
        while rest.hasPrefix("mtdparts=") { rest = rest.dropFirst("mtdparts=".count) }
        var tables: [PartitionTable] = []
        let value = rest.prefix { !$0.isWhitespace && $0 != "'" }.filter { $0 != "\"" }
        for chip in value.split(separator: ";") {
            // A chip's name may contain colons itself: spi0.0:…
            guard let brace = chip.firstIndex(of: "("), let colon = chip[..<brace].lastIndex(of: ":") else { continue }
            var partitions: [Partition] = []
            var at: UInt64 = 0
            for part in chip[chip.index(after: colon)...].split(separator: ",") {
                guard let partition = try mtdpart(part, at, partitions.count) else {
                    throw PartitionTable.Malformed(description: "mtdparts: '\(part)' is no partition")
                }
                partitions.append(partition)
                at = UInt64(partition.end ?? partition.offset)
            }
            tables.append(
                PartitionTable(
                    device: String(chip[..<colon]), source: "mtdparts, line \(index + 1)", partitions: partitions))
        }
        return tables
    }

    /// `2560K@0x40000(kernel)ro`
    private static func mtdpart(
        _ text: Substring, _ next: UInt64, _ count: Int
    ) throws(PartitionTable.Malformed) -> Partition? {
        let open = text.firstIndex(of: "(")
        var name = "Partition_\(count)"
        if let open {
            guard let close = text[open...].firstIndex(of: ")") else { return nil }
            name = String(text[text.index(after: open)..<close])
        }
        var place = text[..<(open ?? text.endIndex)]
        if open == nil {
            for flag in ["ro", "lk"] where place.hasSuffix(flag) { place = place.dropLast(2) }
        }
        let parts = place.split(separator: "@", omittingEmptySubsequences: false)
        guard parts.count <= 2, let sizeText = parts.first else { return nil }
        var size: UInt64?
        if sizeText != "-" {
            guard let bytes = try? SizeExpression.bytes(String(sizeText)) else { return nil }
            size = bytes
        }
        var offset = next
        if parts.count == 2 {
            guard let bytes = try? SizeExpression.bytes(String(parts[1])) else { return nil }
            offset = bytes
        }
        return try PartitionTable.partition(name, offset, size)
    }

    // MARK: - /proc/mtd

    /// `mtd2: 001e0000 00010000 "ROOTFS"`: the partitions follow one another.
    private static func procMTD(_ lines: [String]) throws(PartitionTable.Malformed) -> PartitionTable? {
        var partitions: [Partition] = []
        var eraseSize: Int?
        var at: UInt64 = 0
        for line in lines {
            guard let start = line.firstRange(of: "mtd")?.lowerBound, let quote = line.firstIndex(of: "\""),
                let last = line.lastIndex(of: "\""), quote < last, start < quote
            else { continue }
            let fields = line[start..<quote].split { $0 == " " || $0 == "\t" || $0 == ":" }
            guard fields.count == 3, fields[0].dropFirst(3).allSatisfy(\.isNumber),
                let number = Int(fields[0].dropFirst(3)), fields[1].count >= 8,
                let size = UInt64(fields[1], radix: 16), let erase = UInt64(fields[2], radix: 16)
            else { continue }
            // The file said a second time.
            if number == 0, !partitions.isEmpty { break }
            let name = String(line[line.index(after: quote)..<last])
            partitions.append(try PartitionTable.partition(name, at, size))
            at = UInt64(partitions.last?.end ?? 0)
            if number == 0 { eraseSize = Int(clamping: erase) }
        }
        return partitions.isEmpty
            ? nil : PartitionTable(device: "", source: "/proc/mtd", partitions: partitions, eraseSize: eraseSize)
    }

    // MARK: - The user's own

    /// `NAME=OFFSET+SIZE`, one a line or separated by commas; `SIZE` may be `-`. `#` begins a comment.
    private static func list(_ lines: [String]) throws(PartitionTable.Malformed) -> PartitionTable? {
        var partitions: [Partition] = []
        for line in lines {
            for item in line.prefix(while: { $0 != "#" }).split(separator: ",") {
                let text = item.filter { $0 != " " && $0 != "\t" }
                guard let equals = text.lastIndex(of: "="), equals > text.startIndex else { continue }
                let place = text[text.index(after: equals)...].split(separator: "+", omittingEmptySubsequences: false)
                guard place.count == 2, let offset = try? SizeExpression.bytes(String(place[0])) else { continue }
                var size: UInt64?
                if place[1] != "-" {
                    guard let bytes = try? SizeExpression.bytes(String(place[1])) else { continue }
                    size = bytes
                }
                partitions.append(try PartitionTable.partition(String(text[..<equals]), offset, size))
            }
        }
        return partitions.isEmpty ? nil : PartitionTable(device: "", source: "list", partitions: partitions)
    }
}
