/// How `-printf` sets one value: flags, width and precision, as printf(3) has them.
struct FindLayout: Sendable {
    private var isLeft = false
    private var isZeroFilled = false
    private var isAlternate = false
    private var sign: Unicode.Scalar?
    private var width = 0
    private var precision: Int?

    /// Wider ones are not meant.
    private static let widest = 4096

    /// Takes what stands between `%` and the letter.
    init(reading rest: inout Substring.UnicodeScalarView) {
        while let next = rest.first, ["-", "0", " ", "+", "#"].contains(next) {
            switch next {
            case "-": isLeft = true
            case "0": isZeroFilled = true
            case "#": isAlternate = true
            default: if sign != "+" { sign = next }
            }
            rest.removeFirst()
        }
        width = Self.number(&rest) ?? 0
        if rest.first == "." {
            rest.removeFirst()
            precision = Self.number(&rest) ?? 0
        }
    }

    private static func number(_ rest: inout Substring.UnicodeScalarView) -> Int? {
        var number: Int?
        while let next = rest.first, ("0"..."9").contains(next) {
            number = min((number ?? 0) * 10 + Int(next.value & 15), widest)
            rest.removeFirst()
        }
        return number
    }

    /// A text, of which the precision is the greatest length.
    func text(_ value: some Collection<UInt8>) -> [UInt8] { padded(Array(value.prefix(precision ?? .max))) }

    /// A text of parts, each printed in its own way; width and precision count what is in the file system, as find counts.
    func text(_ parts: [FindText]) -> [UInt8] {
        var left = precision ?? .max
        var text: [UInt8] = []
        var count = 0
        for part in parts {
            let cut = Array(part.bytes.prefix(left))
            left -= cut.count
            count += cut.count
            text += part.printed(cut)
        }
        return padded(text, count: count)
    }

    /// A decimal number, of which the precision is the least count of digits.
    func decimal(_ value: Int) -> [UInt8] {
        let mark = value < 0 ? "-" : sign.map { String($0) } ?? ""
        return number(Array(String(value.magnitude).utf8), mark: Array(mark.utf8))
    }

    /// An octal number, with a 0 in front where `#` wants one.
    func octal(_ value: Int) -> [UInt8] {
        let digits = Array(String(value, radix: 8).utf8)
        let isMarked = isAlternate && value != 0 && (precision ?? 0) <= digits.count
        return number((isMarked ? [0x30] : []) + digits, mark: [])
    }

    private func number(_ digits: [UInt8], mark: [UInt8]) -> [UInt8] {
        // Zeros fill the width only where nothing else says how many digits there are.
        let least = precision ?? (isZeroFilled && !isLeft ? width - mark.count : 1)
        return padded(mark + [UInt8](repeating: 0x30, count: max(0, least - digits.count)) + digits)
    }

    private func padded(_ value: [UInt8], count: Int? = nil) -> [UInt8] {
        let fill = [UInt8](repeating: 0x20, count: max(0, width - (count ?? value.count)))
        return isLeft ? value + fill : fill + value
    }
}
