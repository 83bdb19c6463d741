/// Digits of base64, base32 or hexadecimal in a text, over lines or not.
struct DigitRun {
    private let source: [UInt8]
    /// Where each digit stands.
    private var places: [Int] = []
    /// Behind the last one, with `=`.
    private(set) var end: Int

    /// A line has at least so many digits (bytes).
    static let shortestLine = 16

    init(_ source: [UInt8], from start: Int) {
        self.source = source
        end = start
        var at = start
        var width: Int?
        var isForURLs: Bool?
        while at < source.count {
            let count = places.count
            at = readLine(from: at, isForURLs: &isForURLs)
            let line = places.count - count
            end = at
            if at < source.count, source[at] == 0x3d {
                while end < source.count, source[end] == 0x3d, end - at < 6 { end += 1 }
                return
            }
            // The lines of one text are as long as its first; what follows a shorter one is something else.
            guard line >= Self.shortestLine, line == width ?? line else { return }
            width = line
            let next = behindLineEnd(from: at)
            guard next > at, next + 1 < source.count, Base64Run.isDigit(source[next]) else { return }
            // A longer line is none of it.
            var tail = next
            while tail < source.count, tail - next <= line, Self.value(source[tail]) != nil { tail += 1 }
            guard tail - next <= line else { return }
            at = next
        }
    }

    /// Digits up to something else.
    private mutating func readLine(from start: Int, isForURLs: inout Bool?) -> Int {
        var at = start
        while at < source.count {
            // `\/`, as PHP writes JSON.
            var place = at
            if source[at] == 0x5c, at + 1 < source.count, source[at + 1] == 0x2f { place += 1 }
            let byte = source[place]
            guard Self.value(byte) != nil else { break }
            if !ByteText.isAlphanumeric(byte) {
                // `-` and `_` are digits of one alphabet, `+` and `/` of the other.
                let isOfURLs = byte == 0x2d || byte == 0x5f
                guard isOfURLs == isForURLs ?? isOfURLs else { break }
                isForURLs = isOfURLs
            }
            places.append(place)
            at = place + 1
        }
        return at
    }

    /// Behind a line end, which may be written as `\n` or `&#10;`, and what ends a string and begins the next.
    private func behindLineEnd(from start: Int) -> Int {
        var at = start
        var isLineEnd = false
        while at < source.count, at - start <= 64 {
            let byte = source[at]
            if byte == 0x5c, at + 1 < source.count, "nrt".utf8.contains(source[at + 1]) {
                at += 2
                isLineEnd = true
            } else if ByteText.has("&#10;", bytes: source, at: at) || ByteText.has("&#xa;", bytes: source, at: at) {
                at += 5
                isLineEnd = true
            } else if byte == 0x0a || byte == 0x0d {
                at += 1
                isLineEnd = true
            } else if ByteText.isBlank(byte) || "\"',\\;+.#>*".utf8.contains(byte) {
                at += 1
            } else {
                break
            }
        }
        return isLineEnd ? at : start
    }

    /// What the digits say: of hexadecimal and of base32 those too that base64 has.
    var readings: [WrittenBytes] {
        let digits = places.map { source[$0] }
        var readings: [WrittenBytes] = []
        // A word behind the last line is none of it.
        let hexDigits = digits.firstIndex { !ByteText.isHexDigit($0) } ?? digits.count
        if hexDigits >= Self.shortestLine {
            var reading = WrittenBytes(notation: .hex)
            for index in stride(from: 0, to: hexDigits - 1, by: 2) {
                let byte = ByteText.hexValue(digits[index]) << 4 | ByteText.hexValue(digits[index + 1])
                reading.append(byte, at: places[index]..<places[index + 1] + 1)
            }
            readings.append(reading)
        }
        if digits.count >= Self.shortestLine {
            readings.append(reading(digits, bits: 6, value: Self.value))
            let isLower = digits.first { ByteText.isLetter($0) }.map { $0 & 0x20 != 0 } ?? false
            let base32 = digits.prefix {
                Self.base32($0) != nil && (ByteText.isDigit($0) || ($0 & 0x20 != 0) == isLower)
            }
            if base32.count >= Self.shortestLine {
                readings.append(reading(Array(base32), bits: 5, value: Self.base32))
            }
        }
        return readings
    }

    /// Digits of five or six bits, the first one the highest.
    private func reading(_ digits: [UInt8], bits: Int, value: (UInt8) -> UInt8?) -> WrittenBytes {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(digits.count * bits / 8)
        var (collected, count): (UInt32, Int) = (0, 0)
        for digit in digits {
            collected = collected << UInt32(bits) | UInt32(value(digit) ?? 0)
            count += bits
            guard count >= 8 else { continue }
            count -= 8
            bytes.append(UInt8(truncatingIfNeeded: collected >> UInt32(count)))
        }
        return WrittenBytes(bytes, digits: Array(places.prefix(digits.count)), bits: bits)
    }

    /// What a digit of base64 says, in either alphabet (RFC 4648, sections 4 and 5).
    static func value(_ byte: UInt8) -> UInt8? {
        switch byte {
        case 0x41...0x5a: byte - 0x41
        case 0x61...0x7a: byte - 0x61 + 26
        case 0x30...0x39: byte - 0x30 + 52
        case 0x2b, 0x2d: 62
        case 0x2f, 0x5f: 63
        default: nil
        }
    }

    /// RFC 4648, section 6, in either case.
    static func base32(_ byte: UInt8) -> UInt8? {
        switch byte {
        case 0x41...0x5a: byte - 0x41
        case 0x61...0x7a: byte - 0x61
        case 0x32...0x37: byte - 0x32 + 26
        default: nil
        }
    }
}
