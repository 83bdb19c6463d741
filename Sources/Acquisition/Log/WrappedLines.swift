/// Lines that a terminal has cut at its width: each but the last part of one is as long as that.
///
///     82000000: 85 19 03 20 0c 00 00 00 b1 b0
///     1e e4 ff ff ff ff    ... ............
enum WrappedLines {
    /// The width at which lines are cut; nil if they are not, as far as their rows tell.
    static func width(of lines: [ArraySlice<UInt8>]) -> Int? {
        guard let width = lines.map(\.count).max(), (20...200).contains(width) else { return nil }
        // How many full lines stand in front of a shorter one.
        var runs: [Int: Int] = [:]
        var full = 0
        var (joined, alone) = (0, 0)
        for (index, line) in lines.enumerated() {
            if line.count == width {
                full += 1
                continue
            }
            defer { full = 0 }
            guard full > 0, !line.elementsEqual([0x2a]) else { continue }
            runs[full, default: 0] += 1
            guard full <= 6 else { continue }
            let parts = lines[(index - full)...index]
            joined += value(Array(parts.joined())[...])
            alone += parts.reduce(0) { $0 + value($1) }
        }
        guard let most = runs.max(by: { $0.value < $1.value }), most.key <= 6, most.value >= 4,
            most.value * 5 >= runs.values.reduce(0, +) * 4
        else { return nil }
        return joined > 0 && joined >= alone ? width : nil
    }

    /// How much speaks for a line being a whole row.
    private static func value(_ line: ArraySlice<UInt8>) -> Int {
        func isWhole(_ count: Int) -> Bool { count >= 8 && count & (count - 1) == 0 }
        let trimmed = LogInterpreter.trimmed(line)
        if let row = MemoryRow(trimmed, trimmed: true) ?? HexdumpRow(trimmed)?.row {
            return row.hasText ? 2 : isWhole(row.digits.count) ? 1 : 0
        }
        if let bytes = PageDump.bytes(trimmed)?.bytes { return isWhole(bytes.count) ? 1 : 0 }
        if TextCode.uuencoded(line, isComplete: true).map({ $0.bytes.count >= 15 }) ?? false { return 1 }
        return trimmed.count >= 40 && TextCode.base64(trimmed) != nil ? 1 : 0
    }
}
