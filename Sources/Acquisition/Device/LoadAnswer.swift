/// What a board says to `sf probe`, `sf read` and their kin.
struct LoadAnswer {
    let lines: [String]

    private enum Kind { case usual, success, trouble, unknown }

    private static let troubles = [
        "error", "fail", "no spi flash", "exceed", "unknown command", "usage:", "bad device", "not found", "timed out",
        "timeout", "time out", "uncorrect", "ecc", "invalid", "abort", "unable", "cannot", "can't", "past ",
        "not ready",
        "no such", "mismatch", "corrupt", "wrong", "unrecogni", "not support", "illegal", "denied", "refused",
        "overrun",
    ]
    private static func kind(_ line: String) -> Kind {
        let lower = line.lowercased()
        if BoardConsole.isKernelMessage(line) { return .usual }
        if troubles.contains(where: { lower.contains($0) }) { return .trouble }
        if HarmlessLine.tellsSuccess(line) { return .success }
        return HarmlessLine.isHarmless(line) ? .usual : .unknown
    }

    /// The line by which the board says that it has not done it; none where it says at the end that all is well.
    var refusal: String? {
        guard let line = lines.first(where: { Self.kind($0) == .trouble }) else { return nil }
        let isSoft = lines.contains { Self.kind($0) == .success } || Self.isSoft(line)
        return isSoft ? nil : line
    }

    /// Trouble after which some of the data may be there.
    private static func isSoft(_ line: String) -> Bool {
        let lower = line.lowercased()
        return ["uncorrect", "ecc", "timed out", "timeout", "time out"].contains { lower.contains($0) }
            && !lower.contains("error")
    }

    /// Lines that do not belong to a reading that went well.
    var complaints: [String] {
        lines.filter { Self.kind($0) == .trouble || Self.kind($0) == .unknown }.map { String($0.prefix(100)) }
    }
}

/// How large a chip is, in the answer of `sf probe`.
enum ChipSize {
    ///     SF: Detected n25q128a13 with page size 256 Bytes, erase size 64 KiB, total 16 MiB
    ///     SF: Detected nor0 with total size 8 MiB
    ///     16384 KiB hi_sfc at 0:0 is now current device
    ///     SF: 8 MiB [page:256 Bytes] [sector:65536 Bytes] [count:128] (XM25QH64A)
    ///     Spi(cs1): Block:64KB Chip:8MB Name:"W25Q64"
    ///
    /// - Returns: bytes; nil if it does not say, or says what no chip has.
    static func find(in answer: [String]) -> UInt64? {
        said(answer).flatMap { $0 >= 32 << 10 ? $0 : nil }
    }

    private static func said(_ answer: [String]) -> UInt64? {
        for line in answer {
            let lower = line.lowercased()
            if let size = after("total size", line: lower) ?? after("total", line: lower) ?? after("chip:", line: lower)
                ?? after("flash size", line: lower) ?? after("size:", line: lower)
            {
                return size
            }
            if lower.contains("is now current") || lower.contains("[page"), let size = after("", line: lower) {
                return size
            }
        }
        return nil
    }

    /// What is no power of two may have been rounded down.
    private static func whole(_ number: UInt64, unit: UInt64) -> UInt64 {
        number & (number - 1) == 0 ? number * unit : (number + 1) * unit
    }

    /// The first size with a unit behind a word.
    private static func after(_ word: String, line: String) -> UInt64? {
        var rest = line[...]
        if !word.isEmpty {
            guard let found = line.firstRange(of: word) else { return nil }
            rest = line[found.upperBound...]
        }
        let tokens = rest.split { " :,=[](){}\t".contains($0) }
        for (index, token) in tokens.enumerated().prefix(word.isEmpty ? 8 : 2) {
            let digits = token.prefix { $0.isNumber }
            guard let number = UInt64(digits), number > 0, number <= 1 << 20 else { continue }
            let unit =
                digits.count < token.count ? token.dropFirst(digits.count) : tokens.dropFirst(index + 1).first ?? ""
            switch unit {
            case "mib", "mb", "mbytes", "mbyte", "m": return whole(number, unit: 1 << 20)
            case "kib", "kb", "kbytes", "kbyte", "k": return whole(number, unit: 1 << 10)
            default: continue
            }
        }
        return nil
    }
}
