/// `crc32 for 21000000 ... 2100ffff ==> 29058c73`: what U-Boot's crc32 answers.
struct ChecksumLine: Hashable {
    var start: UInt64
    /// Of the last byte.
    var end: UInt64
    var sum: UInt32

    /// Nil if the line is anything else.
    init?(_ line: [UInt8]) {
        let words = String(decoding: line, as: UTF8.self).split(separator: " ")
        guard words.count == 7, words[0].lowercased() == "crc32", words[1] == "for", words[3] == "...",
            words[5] == "==>", words[6].count == 8,
            let start = UInt64(words[2], radix: 16), let end = UInt64(words[4], radix: 16),
            let sum = UInt32(words[6], radix: 16)
        else { return nil }
        self.start = start
        self.end = end
        self.sum = sum
    }

    /// Whether it is about these bytes.
    func covers(_ address: UInt64, _ size: Int) -> Bool { start == address && end &- start &+ 1 == UInt64(size) }
}
