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
}
