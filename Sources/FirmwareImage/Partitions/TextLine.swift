/// A line of a text, without its end.
struct TextLine {
    /// In the source, from 1.
    let number: Int
    let bytes: ArraySlice<UInt8>
}

/// What parsers of lines share. All of it takes one pass.
extension ArraySlice<UInt8> {
    /// Where the text stands first.
    func firstRange(of text: StaticString) -> Range<Int>? {
        let count = text.utf8CodeUnitCount
        return unsafe withUnsafeBufferPointer { bytes in
            guard count > 0, count <= bytes.count else { return nil }
            let wanted = unsafe UnsafeBufferPointer(start: text.utf8Start, count: count)
            for at in 0...bytes.count - count where unsafe bytes[at] == wanted[0] {
                if unsafe bytes[at..<at + count].elementsEqual(wanted) {
                    return startIndex + at..<startIndex + at + count
                }
            }
            return nil
        }
    }

    func contains(_ text: StaticString) -> Bool { firstRange(of: text) != nil }

    func hasPrefix(_ text: StaticString) -> Bool {
        guard text.utf8CodeUnitCount <= count else { return false }
        return unsafe prefix(text.utf8CodeUnitCount)
            .elementsEqual(UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
    }

    func hasSuffix(_ text: StaticString) -> Bool {
        guard text.utf8CodeUnitCount <= count else { return false }
        return unsafe suffix(text.utf8CodeUnitCount)
            .elementsEqual(UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
    }

    /// The words between blanks.
    var words: [ArraySlice<UInt8>] { split { $0 == 0x20 || $0 == 0x09 } }

    /// Without blanks at the ends.
    var trimmed: ArraySlice<UInt8> {
        var rest = drop { $0 == 0x20 || $0 == 0x09 }
        while let last = rest.last, last == 0x20 || last == 0x09 { rest = rest.dropLast() }
        return rest
    }

    var text: String { String(decoding: self, as: UTF8.self) }

    /// All of it as a number of this base; nil for anything else, also for what is too large.
    func number(base: UInt64) -> UInt64? {
        guard !isEmpty else { return nil }
        var number: UInt64 = 0
        for byte in self {
            guard let digit = byte.digit, digit < base else { return nil }
            let (product, isTooLarge) = number.multipliedReportingOverflow(by: base)
            let (sum, isLarger) = product.addingReportingOverflow(digit)
            guard !isTooLarge, !isLarger else { return nil }
            number = sum
        }
        return number
    }

    /// `0x…` as a number.
    var hexadecimal: UInt64? {
        hasPrefix("0x") || hasPrefix("0X") ? dropFirst(2).number(base: 16) : nil
    }

    /// `0x…` or decimal digits.
    var anyNumber: UInt64? { hexadecimal ?? number(base: 10) }

    /// What stands between the first quotes behind the start, and where it ends.
    var quoted: ArraySlice<UInt8>? {
        guard let open = firstIndex(of: UInt8(ascii: "\"")) else { return nil }
        let rest = self[(open + 1)...]
        return rest.firstIndex(of: UInt8(ascii: "\"")).map { rest[..<$0] }
    }
}

extension UInt8 {
    /// The value of a digit up to base 36.
    var digit: UInt64? {
        switch self {
        case 0x30...0x39: UInt64(self - 0x30)
        case 0x41...0x5a: UInt64(self - 0x41 + 10)
        case 0x61...0x7a: UInt64(self - 0x61 + 10)
        default: nil
        }
    }

    var isHexDigit: Bool { digit.map { $0 < 16 } ?? false }
    var isDecimalDigit: Bool { (0x30...0x39).contains(self) }
    var isLetterOrDigit: Bool { digit != nil }
    var isBlank: Bool { self == 0x20 || self == 0x09 }
}
