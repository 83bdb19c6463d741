internal import FlashBytes

/// The order of bytes in words about which no text says anything: by sums in the log, by nodes of JFFS2 whose own sum
/// holds, else as most devices have it.
enum LogOrder {
    /// Puts all words into memory.
    ///
    /// - Parameter digests: what the log says about files.
    /// - Returns: whether the order was guessed.
    static func resolve(_ picture: inout LogPicture, log: LogInterpreter, digests: [LogDigest]) -> Bool {
        defer {
            for cut in picture.cuts { _ = picture.memory.take(cut) }
            picture.cuts = []
        }
        let units = Set(picture.words.map(\.unit))
        guard !units.isEmpty else { return false }
        var isGuessed = false
        var orders: [Int: Bool] = [:]
        // A file's own texts come first; its device shows words of files as those of memory.
        let reversed = picture.reversed.isEmpty ? log.reversed : picture.reversed
        for unit in units where (reversed[unit] ?? reversed.values.first ?? 0) == 0 {
            let score = [true, false].map { evidence(picture, unit: unit, reversed: $0, digests: digests) }
            if score[0] == score[1] { isGuessed = true }
            orders[unit] = score[0] == score[1] ? !log.isBigEndian : score[0] > score[1]
        }
        for row in picture.words {
            let votes = reversed[row.unit] ?? reversed.values.first ?? 0
            let isReversed = votes == 0 ? orders[row.unit] ?? true : votes > 0
            picture.memory.add(
                MemoryReader.ordered(row.digits, unit: row.unit, reversed: isReversed), at: row.address,
                hasText: row.hasText, age: row.age)
        }
        picture.words = []
        return isGuessed
    }

    private static func evidence(
        _ picture: LogPicture, unit: Int, reversed: Bool, digests: [LogDigest]
    ) -> Int {
        var memory = picture.memory
        for word in picture.words where word.unit == unit {
            memory.add(
                MemoryReader.ordered(word.digits, unit: unit, reversed: reversed), at: word.address, age: word.age)
        }
        for cut in picture.cuts { _ = memory.take(cut) }
        var score = 0
        if let segment = memory.segments.first, segment.lowerBound == 0, memory.segments.count == 1 {
            let bytes = memory.read(segment)
            if digests.contains(where: { $0.isProof && $0.holds(for: bytes) ?? false }) { score += 1000 }
        }
        for sum in picture.sums where sum.end >= sum.start && sum.end - sum.start < 1 << 28 {
            let bytes = memory.read(sum.start..<sum.end + 1)
            if CRC32.zlib(unsafe bytes.span.bytes) == sum.sum { score += 1000 }
        }
        for segment in memory.segments where segment.count >= 12 { score += nodes(memory.read(segment)) }
        return score
    }

    /// Headers of JFFS2 nodes, in either byte order, whose sum holds.
    private static func nodes(_ bytes: [UInt8]) -> Int {
        var count = 0
        for at in stride(from: 0, to: bytes.count - 11, by: 4) {
            let isLittle = bytes[at] == 0x85 && bytes[at + 1] == 0x19
            guard isLittle || bytes[at] == 0x19 && bytes[at + 1] == 0x85 else { continue }
            let stored = bytes[at + 8..<at + 12]
            let sum = (isLittle ? stored.reversed() : Array(stored)).reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
            if CRC32.jffs2(Array(bytes[at..<at + 8])) == sum { count += 1 }
        }
        return count
    }
}
