internal import FlashBytes

/// Finds partition tables in text: logs of a console, `mtdparts=`, `/proc/mtd`, lists of `NAME=OFFSET+SIZE`.
public enum PartitionText {
    /// All tables: those of logs first, then those of `mtdparts`; the same table said twice is told once.
    public static func tables(in text: String) throws(PartitionTable.Malformed) -> [PartitionTable] {
        let lines = text.split(omittingEmptySubsequences: false) { $0 == "\n" || $0 == "\r\n" || $0 == "\r" }
            .map { plain($0) }
        var tables: [PartitionTable] = []
        func add(_ table: PartitionTable?) {
            guard let table, !table.partitions.isEmpty else { return }
            let isKnown = tables.contains { $0.device == table.device && $0.partitions == table.partitions }
            if !isKnown { tables.append(table) }
        }
        for (index, line) in lines.enumerated() {
            if line.contains("MTD partitions on ") || line.contains("MTD partition on ") {
                add(try bootLog(lines, index))
            }
        }
        // What the kernel made of its arguments comes first.
        for (index, line) in lines.enumerated() {
            for table in try mtdparts(line, index) { add(table) }
        }
        add(try procMTD(lines))
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

    /// `Creating 5 MTD partitions on "hi_sfc":` and the lines behind it.
    private static func bootLog(_ lines: [String], _ start: Int) throws(PartitionTable.Malformed) -> PartitionTable? {
        let header = lines[start]
        guard let announced = header.range(after: "Creating ").flatMap({ Int($0.prefix { $0.isNumber }) }) else {
            return nil
        }
        let device = header.split(separator: "\"", omittingEmptySubsequences: false).dropFirst().first ?? ""
        var partitions: [Partition] = []
        // Other messages may stand in between.
        for line in lines.dropFirst(start + 1) {
            if partitions.count == announced || line.contains("MTD partitions on ") { break }
            guard let partition = try logLine(line) else { continue }
            partitions.append(partition)
        }
        return PartitionTable(
            device: String(device), source: "boot log, line \(start + 1)", partitions: partitions)
    }

    /// `0x000000040000-0x0000002c0000 : "kernel"`
    private static func logLine(_ line: String) throws(PartitionTable.Malformed) -> Partition? {
        guard let place = line.range(of: "0x"), let quote = line.firstIndex(of: "\""),
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
        guard var rest = line.range(after: "mtdparts=") else { return [] }
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
        return try partition(name, offset, size)
    }

    private static func partition(
        _ name: String, _ offset: UInt64, _ size: UInt64?
    ) throws(PartitionTable.Malformed) -> Partition {
        let start = try PartitionTable.place(offset, "the start of '\(name)'")
        guard let size else { return Partition(name: name, offset: start, size: nil) }
        let length = try PartitionTable.place(size, "the size of '\(name)'")
        _ = try PartitionTable.place(UInt64(start + length), "the end of '\(name)'")
        return Partition(name: name, offset: start, size: length)
    }

    // MARK: - /proc/mtd

    /// `mtd2: 001e0000 00010000 "ROOTFS"`: the partitions follow one another.
    private static func procMTD(_ lines: [String]) throws(PartitionTable.Malformed) -> PartitionTable? {
        var partitions: [Partition] = []
        var eraseSize: Int?
        var at: UInt64 = 0
        for line in lines {
            guard let start = line.range(of: "mtd"), let quote = line.firstIndex(of: "\""),
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
            partitions.append(try partition(name, at, size))
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
                partitions.append(try partition(String(text[..<equals]), offset, size))
            }
        }
        return partitions.isEmpty ? nil : PartitionTable(device: "", source: "list", partitions: partitions)
    }
}

extension String {
    /// What follows the first `text`; nil where it does not occur.
    fileprivate func range(after text: String) -> Substring? {
        range(of: text).map { self[index($0, offsetBy: text.count)...] }
    }

    /// Where `text` begins.
    fileprivate func range(of text: String) -> Index? {
        var at = startIndex
        while at < endIndex {
            if self[at...].hasPrefix(text) { return at }
            at = index(after: at)
        }
        return nil
    }
}
