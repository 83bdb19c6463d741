/// Rows that some programs write in another way.
enum LogRowForm {
    /// A line as most programs would write it; nil if it is no such row.
    ///
    ///     0x82000010 <_start+16>:	0x03020100	0x07060504
    ///     [82000000]: 85 19 03 20 0c 00 00 00
    ///     82000000: 85 19 03 20 0c 00 00 00    *... ....*
    static func usual(_ line: ArraySlice<UInt8>) -> [UInt8]? {
        guard line.count >= 12, line.count < 400 else { return nil }
        if let close = line.firstIndex(of: 0x3e), close + 1 < line.endIndex, line[close + 1] == 0x3a,
            let open = line[..<close].lastIndex(of: 0x3c), open - line.startIndex >= 4, line[open - 1] == 0x20
        {
            return Array(line[..<(open - 1)] + line[(close + 1)...])
        }
        if let close = line.firstIndex(of: 0x5d), let open = line[..<close].lastIndex(of: 0x5b) {
            let digits = line[(open + 1)..<close]
            if (6...18).contains(digits.count), close + 1 < line.endIndex,
                digits.allSatisfy({ hexadecimalValue($0) != nil || $0 | 0x20 == 0x78 })
            {
                let colon: [UInt8] = line[close + 1] == 0x3a ? [] : [0x3a]
                return Array(line[..<open] + digits) + colon + line[(close + 1)...]
            }
        }
        if line.last == 0x2a, let open = line.firstIndex(of: 0x2a), open > line.startIndex, open < line.endIndex - 1,
            MemoryRow.isBlank(line[open - 1])
        {
            var barred = Array(line)
            barred[open - line.startIndex] = 0x7c
            barred[barred.count - 1] = 0x7c
            return barred
        }
        return nil
    }

    /// The row of `xxd -g0`, with blanks between its bytes.
    static func withBlanks(_ line: ArraySlice<UInt8>) -> [UInt8]? {
        guard line.count > 30, let colon = line.prefix(20).firstIndex(of: 0x3a), colon + 1 < line.endIndex,
            MemoryRow.isBlank(line[colon + 1]), colon > line.startIndex, hexadecimalValue(line[colon - 1]) != nil
        else { return nil }
        let rest = line[(colon + 1)...].drop(while: MemoryRow.isBlank)
        guard rest.count > 16, rest.prefix(17).allSatisfy({ hexadecimalValue($0) != nil }) else { return nil }
        var row = Array(line[...colon])
        var place = rest.startIndex
        // Groups with one blank between, the last of which may be shorter.
        while place < rest.endIndex, case let digits = rest[place...].prefix(while: { hexadecimalValue($0) != nil }),
            digits.count % 2 == 0, !digits.isEmpty, digits.count > 16 || place > rest.startIndex,
            digits.endIndex == rest.endIndex || MemoryRow.isBlank(rest[digits.endIndex])
        {
            for at in stride(from: digits.startIndex, to: digits.endIndex, by: 2) {
                row += [0x20] + digits[at..<at + 2]
            }
            place = digits.endIndex
            guard place + 1 < rest.endIndex, !MemoryRow.isBlank(rest[place + 1]) else { break }
            place += 1
        }
        return place > rest.startIndex ? row + rest[place...] : nil
    }

    /// The row of `xxd -b`, with hexadecimal digits in place of binary ones; nil if it is no such row.
    ///
    ///     00000000: 10000101 00011001 00000011 00100000 00001100 00000000  ... ..
    static func withoutBits(_ line: ArraySlice<UInt8>) -> [UInt8]? {
        guard line.count > 18, let colon = line.prefix(20).firstIndex(of: 0x3a), colon > line.startIndex,
            hexadecimalValue(line[colon - 1]) != nil
        else { return nil }
        var bytes: [UInt8] = []
        var at = colon + 1
        while at + 8 < line.endIndex, line[at] == 0x20 {
            let digits = line[(at + 1)...(at + 8)]
            guard digits.allSatisfy({ $0 == 0x30 || $0 == 0x31 }) else { break }
            bytes.append(digits.reduce(UInt8(0)) { $0 << 1 | $1 & 1 })
            at += 9
        }
        // Words of `md.l` may have no other digits; the text tells that each stands for one byte here.
        let text = line[at...].suffix(bytes.count)
        guard !bytes.isEmpty, line.endIndex - at >= bytes.count + 2,
            line[at..<text.startIndex].allSatisfy({ $0 == 0x20 }),
            zip(text, bytes).allSatisfy({ $0 == ((0x20...0x7e).contains($1) ? $1 : 0x2e) })
        else { return nil }
        let row = bytes.flatMap { Array((($0 < 16 ? " 0" : " ") + String($0, radix: 16)).utf8) }
        return Array(line[...colon]) + row + [0x20, 0x20] + text
    }

    /// A row with a decimal address, as one with a hexadecimal one; nil if it is no row.
    static func decimal(_ line: ArraySlice<UInt8>) -> [UInt8]? {
        let line = LogInterpreter.trimmed(line)
        let digits = line.prefix { (0x30...0x39).contains($0) }
        guard (6...16).contains(digits.count), digits.endIndex < line.endIndex, line[digits.endIndex] == 0x3a,
            let address = UInt64(String(decoding: digits, as: UTF8.self))
        else { return nil }
        let text = String(address, radix: 16)
        return Array((String(repeating: "0", count: max(0, 8 - text.count)) + text).utf8) + line[digits.endIndex...]
    }

    /// A row with bars around its digits, as most programs would write it; none where in front of the first one stands no
    /// address, which begins the line or follows a time stamp in brackets. Two where a bar at the end may be of the text.
    ///
    ///     82000000 | 85 19 03 20 0c 00 00 00 | ... ....
    static func withoutBars(_ line: ArraySlice<UInt8>) -> [[UInt8]] {
        guard line.count < 400, let bar = line.firstIndex(of: 0x7c), bar + 1 < line.endIndex,
            MemoryRow.isBlank(line[bar + 1])
        else { return [] }
        let front = LogInterpreter.trimmed(line[..<bar])
        let address = front.lastIndex(where: MemoryRow.isBlank).map { front[($0 + 1)...] } ?? front
        let before = LogInterpreter.trimmed(front[..<address.startIndex])
        let isPrefixed = address.count > 2 && address[address.startIndex + 1] | 0x20 == 0x78
        guard before.isEmpty || before.last == 0x5d, (6...18).contains(address.count),
            address.dropFirst(isPrefixed ? 2 : 0).allSatisfy({ hexadecimalValue($0) != nil })
        else { return [] }
        let row = Array(address) + [0x3a] + line[(bar + 1)...]
        // The bar behind the digits, which hold none.
        guard let second = row.firstIndex(of: 0x7c) else { return [row] }
        var open = row
        open[second] = 0x20
        return row.last == 0x7c && second < row.count - 1 ? [row, open] : [open]
    }
}
