/// Bytes as text, without addresses: base64, uuencode and the arrays of `xxd -i`.
enum TextCode {
    /// The bytes of a line of base64; nil if it is none.
    static func base64(_ line: ArraySlice<UInt8>) -> [UInt8]? {
        guard line.count >= 4, line.count % 4 == 0 else { return nil }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(line.count / 4 * 3)
        var bits: UInt32 = 0
        var count = 0
        var padding = 0
        for byte in line {
            let value: UInt32
            switch byte {
            case 0x41...0x5a: value = UInt32(byte) - 0x41
            case 0x61...0x7a: value = UInt32(byte) - 0x61 + 26
            case 0x30...0x39: value = UInt32(byte) - 0x30 + 52
            case 0x2b: value = 62
            case 0x2f: value = 63
            case 0x3d:
                value = 0
                padding += 1
            default: return nil
            }
            if padding > 0, byte != 0x3d { return nil }
            bits = bits << 6 | value
            count += 1
            if count == 4 {
                bytes += [
                    UInt8(truncatingIfNeeded: bits >> 16), UInt8(truncatingIfNeeded: bits >> 8),
                    UInt8(truncatingIfNeeded: bits),
                ]
                bits = 0
                count = 0
            }
        }
        guard padding <= 2 else { return nil }
        bytes.removeLast(padding)
        return bytes
    }

    /// The bytes of a line of uuencode; nil if it is none.
    ///
    /// - Parameter isComplete: whether all characters must be there; else blanks at the end may be gone.
    /// - Returns: also whether their sum stands behind them; nil where that is a blank, which may be one at its end.
    static func uuencoded(_ line: ArraySlice<UInt8>, isComplete: Bool) -> (bytes: [UInt8], isSummed: Bool?)? {
        guard let first = line.first, (0x20...0x60).contains(first) else { return nil }
        let count = Int(first - 0x20) & 63
        let groups = (count + 2) / 3
        var body = Array(line.dropFirst())
        if isComplete, body.count < groups * 4 { return nil }
        while body.count > groups * 4 + 1, body.last == 0x20 { body.removeLast() }
        while body.count < groups * 4 { body.append(0x20) }
        guard body.count <= groups * 4 + 1, body.allSatisfy({ (0x20...0x60).contains($0) }) else { return nil }
        var bytes: [UInt8] = []
        for group in 0..<groups {
            let values = body[group * 4..<group * 4 + 4].map { UInt32($0 - 0x20) & 63 }
            let bits = values[0] << 18 | values[1] << 12 | values[2] << 6 | values[3]
            bytes += [
                UInt8(truncatingIfNeeded: bits >> 16), UInt8(truncatingIfNeeded: bits >> 8),
                UInt8(truncatingIfNeeded: bits),
            ]
        }
        // Some add the sum of the bytes, or a blank; anything else is a character too many.
        if body.count > groups * 4, body[groups * 4] != 0x20,
            UInt32(body[groups * 4] - 0x20) & 63 != bytes.reduce(0, { $0 + UInt32($1) }) & 63
        {
            return nil
        }
        let isSummed = body.count > groups * 4 ? body.last == 0x20 ? nil : true : false
        return (Array(bytes.prefix(count)), isSummed)
    }

    /// Whether a line has no character but those of uuencode.
    static func isUuencode(_ line: ArraySlice<UInt8>) -> Bool { line.allSatisfy { (0x20...0x60).contains($0) } }

    /// Whether most lines are full ones of uuencode, which all begin with the same character and have the same length.
    static func isUuencode(_ lines: [ArraySlice<UInt8>]) -> Bool {
        // 45 bytes, and perhaps their sum.
        let full = lines.count { $0.first == 0x4d && (61...62).contains($0.count) && isUuencode($0) }
        // Without the blanks at their ends, which stand for zeros.
        let short = lines.count { $0.first == 0x4d && $0.count < 61 && isUuencode($0) }
        return full > 0 && (full + short) * 10 >= lines.count * 9
    }

    /// The bytes of a row of an array: `0x85, 0x19, 0x03,`; nil if it is none.
    static func array(_ line: ArraySlice<UInt8>) -> [UInt8]? {
        var line = line
        // The last row may hold the end of the array.
        if line.last == 0x3b { line = LogInterpreter.withoutBlanksBehind(line.dropLast()) }
        if line.last == 0x7d { line = LogInterpreter.withoutBlanksBehind(line.dropLast()) }
        guard line.first == 0x30, line.count == 4 || line.count > 4 && line[line.startIndex + 4] == 0x2c else {
            return nil
        }
        var bytes: [UInt8] = []
        var parts = line.split(separator: 0x2c, omittingEmptySubsequences: false).map(LogInterpreter.trimmed)
        if parts.last?.isEmpty == true { parts.removeLast() }
        for part in parts {
            guard part.count == 4, part.first == 0x30, part[part.startIndex + 1] | 0x20 == 0x78,
                let high = hexadecimalValue(part[part.startIndex + 2]),
                let low = hexadecimalValue(part[part.startIndex + 3])
            else { return nil }
            bytes.append(high << 4 | low)
        }
        return bytes.isEmpty ? nil : bytes
    }

    /// The name of an array, and how many bytes it is declared to have, as its first line says: `static const uint8_t fw[4096] = {`.
    static func arrayDeclaration(_ line: ArraySlice<UInt8>) -> (name: ArraySlice<UInt8>, count: UInt64?)? {
        guard line.last == 0x7b, let open = line.firstIndex(of: 0x5b), let close = line[open...].firstIndex(of: 0x5d),
            line[close...].contains(0x3d)
        else { return nil }
        var words = line[..<open].split(separator: 0x20)
        guard let name = words.popLast(), let type = words.last.map({ String(decoding: $0, as: UTF8.self) }),
            ["char", "uint8_t", "u8", "u_char", "uchar", "byte", "BYTE", "UINT8", "int8_t"].contains(type)
        else { return nil }
        let digits = String(decoding: line[(open + 1)..<close], as: UTF8.self)
        return (name, digits.hasPrefix("0x") ? UInt64(digits.dropFirst(2), radix: 16) : UInt64(digits))
    }

    /// How many bytes an array has, as its last line says: `unsigned int mtd2_len = 1000;`
    static func arrayLength(_ line: ArraySlice<UInt8>) -> UInt64? {
        guard line.last == 0x3b, line.starts(with: "unsigned int ".utf8), let equals = line.lastIndex(of: 0x3d) else {
            return nil
        }
        let digits = LogInterpreter.trimmed(line[(equals + 1)..<(line.endIndex - 1)])
        return UInt64(String(decoding: digits, as: UTF8.self))
    }
}
