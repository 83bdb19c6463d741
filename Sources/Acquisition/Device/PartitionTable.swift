/// A named part of a flash chip.
public struct FlashPartition: Hashable, Sendable {
    public var name: String
    /// Bytes from the beginning of the chip.
    public var offset: UInt64
    /// Bytes; nil for the rest of a chip of unknown size.
    public var size: UInt64?
}

/// Partition tables as consoles and boot logs show them.
public enum PartitionTable {
    /// The partitions that a text tells, whichever way: the kernel's `0x000000040000-0x000000200000 : "kernel"`,
    /// the environment's `mtdparts=nor0:256k(boot),1536k(kernel)ro,-(root)`, or the answer of `mtdparts`.
    public static func partitions(in text: String) -> [FlashPartition] {
        var found: [FlashPartition] = []
        for line in text.split(whereSeparator: \.isNewline) {
            found += kernelLine(line).map { [$0] } ?? []
        }
        if !found.isEmpty { return unique(found) }
        for line in text.split(whereSeparator: \.isNewline) {
            let part = definition(in: line)
            if !part.isEmpty { return unique(part) }
        }
        return unique(text.split(whereSeparator: \.isNewline).compactMap(listLine))
    }

    private static func unique(_ partitions: [FlashPartition]) -> [FlashPartition] {
        var seen: Set<FlashPartition> = []
        return partitions.filter { seen.insert($0).inserted }
    }

    /// `[    1.2] 0x000000040000-0x000000200000 : "kernel"`
    private static func kernelLine(_ line: Substring) -> FlashPartition? {
        guard let start = line.firstRange(of: "0x")?.lowerBound else { return nil }
        let parts = line[start...].split(separator: " ", omittingEmptySubsequences: true)
        guard parts.count >= 3, parts[1] == ":" else { return nil }
        let limits = parts[0].split(separator: "-")
        let quoted = line[start...].split(separator: "\"", omittingEmptySubsequences: false)
        guard limits.count == 2, quoted.count >= 3, let from = number(limits[0]), let to = number(limits[1]), to > from
        else { return nil }
        return FlashPartition(name: String(quoted[1]), offset: from, size: to - from)
    }

    /// ` 1: kernel              0x00180000      0x00040000      0`
    private static func listLine(_ line: Substring) -> FlashPartition? {
        let parts = line.split(whereSeparator: \.isWhitespace)
        guard parts.count == 5, parts[0].last == ":", Int(parts[0].dropLast()) != nil, let size = number(parts[2]),
            let offset = number(parts[3]), parts[2].hasPrefix("0x"), parts[3].hasPrefix("0x")
        else { return nil }
        return FlashPartition(name: String(parts[1]), offset: offset, size: size)
    }

    /// The kernel's own syntax; sizes with k, m, g, an offset behind `@`, `-` for the rest.
    private static func definition(in line: Substring) -> [FlashPartition] {
        guard let open = line.firstIndex(of: "("), let colon = line[..<open].lastIndex(of: ":") else { return [] }
        let rest = line[line.index(after: colon)...].prefix { !$0.isWhitespace && $0 != ";" && $0 != "\"" }
        var partitions: [FlashPartition] = []
        var at: UInt64 = 0
        for part in rest.split(separator: ",") {
            guard let open = part.firstIndex(of: "("), let close = part.firstIndex(of: ")"), open < close else { break }
            let place = part[..<open].split(separator: "@", omittingEmptySubsequences: false)
            guard let size = place.first else { break }
            if place.count > 1 {
                guard let offset = bytes(place[1]) else { break }
                at = offset
            }
            let name = String(part[part.index(after: open)..<close])
            if size == "-" {
                partitions.append(FlashPartition(name: name, offset: at, size: nil))
                break
            }
            guard let bytes = bytes(size) else { break }
            partitions.append(FlashPartition(name: name, offset: at, size: bytes))
            at = at &+ bytes
        }
        return partitions
    }

    private static func number(_ text: Substring) -> UInt64? {
        text.hasPrefix("0x") ? UInt64(text.dropFirst(2), radix: 16) : UInt64(text, radix: 16)
    }

    private static func bytes(_ text: Substring) -> UInt64? {
        let units: [Character: UInt64] = ["k": 1 << 10, "m": 1 << 20, "g": 1 << 30]
        let unit = text.last.flatMap { units[Character($0.lowercased())] }
        let digits = unit == nil ? text : text.dropLast()
        let value = digits.hasPrefix("0x") ? UInt64(digits.dropFirst(2), radix: 16) : UInt64(digits)
        guard let value else { return nil }
        let (bytes, overflow) = value.multipliedReportingOverflow(by: unit ?? 1)
        return overflow ? nil : bytes
    }
}
