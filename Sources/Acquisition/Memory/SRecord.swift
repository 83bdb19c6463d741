/// A line of Motorola's S-records, as `saves` prints them: type, length, address, data, checksum.
struct SRecord: Hashable {
    var address: UInt64
    /// Empty in the header and at the end.
    var data: [UInt8]
    var isData: Bool

    /// Nil if the line is no record or its checksum does not hold.
    init?(_ line: [UInt8]) {
        guard line.count >= 10, line.count % 2 == 0, line[0] == 0x53,
            line.dropFirst(2).allSatisfy({ Character(Unicode.Scalar($0)).isHexDigit })
        else { return nil }
        let addressSize: Int
        switch line[1] {
        case 0x30, 0x31, 0x39, 0x35: addressSize = 2
        case 0x32, 0x38: addressSize = 3
        case 0x33, 0x37: addressSize = 4
        default: return nil
        }
        isData = (0x31...0x33).contains(line[1])
        var bytes: [UInt8] = []
        var index = 2
        while index < line.count {
            guard let byte = UInt8(String(decoding: line[index..<index + 2], as: UTF8.self), radix: 16) else {
                return nil
            }
            bytes.append(byte)
            index += 2
        }
        guard bytes.count == Int(bytes[0]) + 1, bytes.count >= addressSize + 2,
            bytes.reduce(0, &+) == 0xff
        else { return nil }
        address = bytes[1...addressSize].reduce(0) { $0 << 8 | UInt64($1) }
        data = isData ? Array(bytes[(addressSize + 1)..<(bytes.count - 1)]) : []
    }
}
