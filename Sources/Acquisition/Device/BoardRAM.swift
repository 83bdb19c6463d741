/// Where U-Boot's RAM is, from `bdinfo`.
struct BoardRAM: Hashable {
    /// What may be used: not U-Boot's own place at the end.
    var usable: Range<UInt64>
    /// All of it.
    var all: Range<UInt64>

    /// Nil if the lines do not say.
    init?(bdinfo lines: [String]) {
        var start: UInt64?
        var size: UInt64?
        var limit = UInt64.max
        for line in lines {
            let parts = line.split(separator: "=", maxSplits: 1)
            guard parts.count == 2 else { continue }
            let name = parts[0].lowercased()
            let digits = parts[1].drop { $0 == " " }.prefix { $0.isHexDigit || $0 == "x" }
            guard let value = UInt64(digits.hasPrefix("0x") ? digits.dropFirst(2) : digits, radix: 16) else { continue }
            if name.contains("-> start") || name.contains("memstart") { start = start ?? value }
            if name.contains("-> size") || name.contains("memsize") { size = size ?? value }
            if name.contains("relocaddr") || name.contains("sp start") || name.contains("irq_sp")
                || name.contains("tlb addr")
            {
                limit = min(limit, value)
            }
        }
        guard let start, let size, size >= 8 << 20, let end = Optional(start &+ size), end > start else { return nil }
        // Below U-Boot lie its heap and, growing down, its stack.
        let top = limit > start && limit < end ? limit - (limit - start) / 16 : end - size / 4
        // The beginning often holds vectors, parameters and a secondary boot loader.
        let bottom = start + min(16 << 20, size / 4)
        guard bottom < top else { return nil }
        usable = bottom & ~0xfff..<top & ~0xfff
        all = start..<end
    }
}

/// Where the processor sees flash, as `bdinfo` and `flinfo` tell it: nothing may be written there.
struct MappedFlash: Hashable {
    private(set) var ranges: [Range<UInt64>] = []

    /// - Parameters:
    ///   - bdinfo: with `flashstart   = 0x9F000000`, `flashsize    = 0x01000000`.
    ///   - flinfo: with `Size: 32 MB in 256 Sectors` and the addresses of the sectors.
    init(bdinfo: [String], flinfo: [String]) {
        var start: UInt64?
        var size: UInt64?
        for line in bdinfo {
            let parts = line.split(separator: "=", maxSplits: 1)
            guard parts.count == 2, let word = parts[1].split(separator: " ").first,
                let value = ChecksumLine.number(word)
            else { continue }
            let name = parts[0].lowercased()
            if name.contains("flashstart") || name.contains("flash start") { start = value }
            if name.contains("flashsize") || name.contains("flash size") { size = value }
        }
        if let start, let size { add(start, size: size) }
        for (index, line) in flinfo.enumerated() {
            let lower = line.lowercased()
            guard let found = lower.firstRange(of: "size:") else { continue }
            let words = lower[found.upperBound...].split(separator: " ")
            guard words.count >= 2, let number = UInt64(words[0]), number <= 1 << 20 else { continue }
            let bytes = words[1].hasPrefix("m") ? number << 20 : number << 10
            // The sectors' addresses follow; the first one is the bank's.
            for row in flinfo[index...].dropFirst() {
                if let word = row.split(separator: " ").first, word.count == 8, let address = UInt64(word, radix: 16) {
                    add(address, size: bytes)
                    break
                }
            }
        }
    }

    private mutating func add(_ start: UInt64, size: UInt64) {
        if size > 0, start <= UInt64.max - size { ranges.append(start..<start + size) }
    }

    func overlaps(_ range: Range<UInt64>) -> Bool { ranges.contains { $0.overlaps(range) } }
}
