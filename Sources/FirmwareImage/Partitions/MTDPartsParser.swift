internal import FlashBytes

/// `mtdparts=hi_sfc:256K(boot),2560K(kernel),-(rest);other:…`, as Linux's `drivers/mtd/parsers/cmdlinepart.c` and
/// U-Boot read it, in a kernel's arguments, an environment or a file by itself.
///
/// Rockchip's parameter files have the same form with sectors of 512 bytes.
struct MTDPartsParser: TableParser {
    private(set) var tables: [PartitionTable] = []
    private(set) var problems: [TableProblem] = []

    /// A value that ends with its line, but not as a list ends: a terminal may have broken it.
    private struct Unfinished {
        var value: [UInt8]
        var line: Int
        var areSectors: Bool
        var linesLeft: Int
    }

    private var unfinished: Unfinished?
    /// Whether the file is one of Rockchip's.
    private var isRockchip = false

    private static let name: StaticString = "mtdparts="
    /// The sectors in which Rockchip counts (bytes).
    private static let sectorSize: UInt64 = 512
    /// A value is broken into at most so many lines, and is no longer than Linux's command line then (bytes).
    private static let mostLines = 16
    private static let longestBroken = 4096
    /// Longer values are none (bytes); Linux's command line has 4096 at most.
    private static let longestValue = 1 << 16
    /// Linux takes no smaller partitions; an unnamed one is a number that was cut (bytes).
    private static let smallest: UInt64 = 4096

    mutating func read(_ line: TextLine) {
        if unfinished != nil { resume(line) }
        var rest = line.bytes
        if rest.contains("0x5041524B") || rest.contains("MACHINE_MODEL:") && rest.contains("RK") { isRockchip = true }
        while let found = rest.firstRange(of: Self.name) {
            let isParameter = rest[..<found.lowerBound].trimmed.hasSuffix("CMDLINE:")
            rest = rest[found.upperBound...]
            // In an environment the value may repeat the name: mtdparts=mtdparts=…
            while rest.hasPrefix(Self.name) { rest = rest.dropFirst(Self.name.utf8CodeUnitCount) }
            var value = Self.value(isParameter ? ArraySlice(rest.filter { !$0.isBlank }) : rest)
            let end = isParameter ? rest.endIndex : value.endIndex
            if value.count > Self.longestValue { value = value.prefix(Self.longestValue) }
            take(
                Array(value), line: line.number, endsWithLine: end == rest.endIndex,
                areSectors: isParameter || isRockchip)
            rest = rest[min(max(end, rest.startIndex), rest.endIndex)...]
        }
    }

    mutating func finish() { giveUp() }

    /// The characters that belong to the value.
    private static func value(_ rest: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        let isQuoted = rest.first == UInt8(ascii: "\"") || rest.first == UInt8(ascii: "'")
        let text = isQuoted ? rest.dropFirst() : rest
        return text.prefix { byte in
            switch byte {
            case UInt8(ascii: "'"), UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "`"), UInt8(ascii: "<"),
                UInt8(ascii: "|"):
                false
            default: byte > 0x20
            }
        }
    }

    // MARK: - Values in several lines

    private mutating func take(_ value: [UInt8], line: Int, endsWithLine: Bool, areSectors: Bool) {
        guard value.contains(UInt8(ascii: "(")) || endsWithLine && value.contains(UInt8(ascii: ":")) else { return }
        giveUp()
        if endsWithLine {
            unfinished = Unfinished(value: value, line: line, areSectors: areSectors, linesLeft: Self.mostLines)
        } else {
            add(Self.parse(value, line: line, areSectors: areSectors))
        }
    }

    /// Goes on with the line behind an unfinished value, if that makes one of it.
    private mutating func resume(_ line: TextLine) {
        guard var open = unfinished else { return }
        guard open.value.count <= Self.longestBroken else { return giveUp() }
        let isWhole = Self.parse(open.value, line: open.line, areSectors: open.areSectors).isWhole
        let token = Self.value(line.bytes.trimmed)
        let startsAfresh = token.first == UInt8(ascii: ",") || token.first == UInt8(ascii: ";")
        guard !token.isEmpty, !isWhole || startsAfresh, open.linesLeft > 0, !token.contains(Self.name),
            open.value.count + token.count <= Self.longestBroken
        else { return giveUp() }
        open.value += token
        open.linesLeft -= 1
        let parsed = Self.parse(open.value, line: open.line, areSectors: open.areSectors)
        if parsed.isWhole, token.count < line.bytes.trimmed.count {
            unfinished = nil
            add(parsed)
        } else if token.count == line.bytes.trimmed.count {
            // Kept as it was, in case that nothing good comes.
            if parsed.isWhole || open.linesLeft > 0 && parsed.isOpen {
                unfinished = open
            } else {
                giveUp()
            }
        } else {
            giveUp()
        }
    }

    /// Takes the unfinished value as it is.
    private mutating func giveUp() {
        guard let open = unfinished else { return }
        unfinished = nil
        add(Self.parse(open.value, line: open.line, areSectors: open.areSectors))
    }

    private mutating func add(_ parsed: Parsed) {
        tables += parsed.tables
        problems += parsed.problems
    }

    // MARK: - The list

    private struct Parsed {
        var tables: [PartitionTable] = []
        var problems: [TableProblem] = []
        var isLastBad = false

        var isWhole: Bool { problems.isEmpty && !tables.isEmpty }
        /// Whether nothing but the last partition is wrong or missing, so that more of the value may follow.
        var isOpen: Bool { problems.isEmpty || problems.count == 1 && isLastBad }
    }

    private static func parse(_ value: [UInt8], line: Int, areSectors: Bool) -> Parsed {
        var parsed = Parsed()
        for chip in value[...].split(separator: UInt8(ascii: ";")) {
            // A chip's name may contain colons itself: spi0.0:…
            guard let brace = chip.firstIndex(of: UInt8(ascii: "(")),
                let colon = chip[..<brace].lastIndex(of: UInt8(ascii: ":"))
            else { continue }
            let device = chip[..<colon]
            let unit = areSectors || device.hasPrefix("rk29xxnand") ? sectorSize : 1
            var table = PartitionTable(device: device.text, source: "mtdparts, line \(line)", partitions: [])
            // nil behind a bad partition: where the next one begins is not known.
            var at: UInt64? = 0
            var filler: Partition?
            let parts = chip[(colon + 1)...].split(separator: UInt8(ascii: ","), omittingEmptySubsequences: true)
            for (index, part) in parts.enumerated() {
                do throws(PartitionTable.Malformed) {
                    guard let found = try partition(part, next: at, index: index, unit: unit) else {
                        throw .init(description: "'\(part.text)' is no partition")
                    }
                    if let filler {
                        throw .init(
                            description: "'\(part.text)' stands behind '\(filler.name)', which takes the rest of the "
                                + "device: Linux refuses such a list")
                    }
                    guard let placed = found.placed else { continue }
                    if placed.size == nil { filler = placed }
                    table.partitions.append(placed)
                    at = UInt64(placed.end ?? placed.offset)
                } catch {
                    parsed.problems.append(TableProblem(line: line, reason: "mtdparts: \(error)"))
                    parsed.isLastBad = index == parts.count - 1
                    at = nil
                }
            }
            parsed.tables.append(table)
        }
        return parsed
    }

    private struct Found {
        /// nil where it follows one whose end is not known.
        var placed: Partition?
    }

    /// `2560K@0x40000(kernel)ro`
    private static func partition(
        _ text: ArraySlice<UInt8>, next: UInt64?, index: Int, unit: UInt64
    ) throws(PartitionTable.Malformed) -> Found? {
        let open = text.firstIndex(of: UInt8(ascii: "("))
        var name = "Partition_\(index)"
        if let open {
            guard let close = text[open...].firstIndex(of: UInt8(ascii: ")")) else { return nil }
            let words = text[(open + 1)..<close]
            // Rockchip: (rootfs:grow)
            name = (unit > 1 ? words.prefix { $0 != UInt8(ascii: ":") } : words).text
        }
        var place = text[..<(open ?? text.endIndex)]
        if open == nil {
            if place.hasSuffix("ro") || place.hasSuffix("lk") { place = place.dropLast(2) }
        }
        let parts = place.split(separator: UInt8(ascii: "@"), omittingEmptySubsequences: false)
        guard parts.count <= 2, let sizeText = parts.first else { return nil }
        var size: UInt64?
        if !sizeText.elementsEqual([UInt8(ascii: "-")]) {
            guard let bytes = try? SizeExpression.bytes(sizeText.text) else { return nil }
            size = try scaled(bytes, text: sizeText, unit: unit)
            if open == nil, bytes < smallest { return nil }
        }
        var offset = next
        if parts.count == 2 {
            guard let bytes = try? SizeExpression.bytes(parts[1].text) else { return nil }
            offset = try scaled(bytes, text: parts[1], unit: unit)
        }
        guard let offset else { return Found() }
        return Found(placed: try PartitionTable.partition(name, offset: offset, size: size, number: index))
    }

    /// A number in bytes; those with a unit of their own are in bytes already.
    private static func scaled(
        _ number: UInt64, text: ArraySlice<UInt8>, unit: UInt64
    ) throws(PartitionTable.Malformed) -> UInt64 {
        let isBare = text.last.map { $0.isHexDigit || !$0.isLetterOrDigit } ?? true
        guard unit > 1, isBare else { return number }
        let (bytes, isTooLarge) = number.multipliedReportingOverflow(by: unit)
        guard !isTooLarge else { throw .init(description: "\(hex(number)) sectors are more than any flash has") }
        return bytes
    }
}
