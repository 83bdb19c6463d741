/// Sizes as `ls -h` and `du -h` write them: powers of 1024, rounded up, one digit behind the point below 10.
enum HumanSize {
    static func text(_ bytes: UInt64) -> String {
        if bytes < 1024 { return "\(bytes)" }
        var unit: UInt64 = 1024
        for letter in ["K", "M", "G", "T", "P"] {
            let (quotient, rest) = bytes.quotientAndRemainder(dividingBy: unit)
            if quotient < 10 {
                // Tenths, rounded up; 9.95 and more are 10.
                let tenths = quotient * 10 + (rest * 10 + unit - 1) / unit
                if tenths < 100 { return "\(tenths / 10).\(tenths % 10)\(letter)" }
                return "10\(letter)"
            }
            let whole = quotient + (rest > 0 ? 1 : 0)
            if whole < 1024 { return "\(whole)\(letter)" }
            unit <<= 10
        }
        return "\(bytes / (unit >> 10))P"
    }

    /// A size in a sentence: `64 KiB`, `1.9 MiB`, rounded to the nearest tenth (one that is not rounded has no point); `9216 bytes`
    /// below 10,000, and wherever it has to be exact.
    static func words(_ bytes: some BinaryInteger, isExact: Bool) -> String {
        if isExact || bytes < 10_000 { return "\(bytes) byte\(bytes == 1 ? "" : "s")" }
        var (unit, name) = (UInt64(1 << 10), "KiB")
        let count = UInt64(clamping: bytes)
        for (larger, itsName) in [(UInt64(1 << 20), "MiB"), (1 << 30, "GiB"), (1 << 40, "TiB")]
        where count >= larger - larger / 2048 {
            (unit, name) = (larger, itsName)
        }
        if count.isMultiple(of: unit) { return "\(count / unit) \(name)" }
        let (whole, rest) = count.quotientAndRemainder(dividingBy: unit)
        let tenths = whole * 10 + (rest * 10 + unit / 2) / unit
        return "\(tenths / 10).\(tenths % 10) \(name)"
    }
}
