import FlashBytes
import JFFS2

/// Looks for node headers in bytes to which a short key was added, over and over (XOR).
///
/// A key shows where the same byte is nearly everywhere: in erased space, or in zeros. Where there is neither, headers tell
/// it themselves: magic, type and the upper half of the length are known, and each must say the same of the key.
enum KeySearch {
    /// A key that fits.
    struct Result {
        /// As it is added from the first byte of the file on.
        var key: [UInt8]
        /// How many headers with right sums there are without it; `enough` of them are not counted any further.
        var headers: Int
    }

    /// The longest key (bytes).
    private static let longest = 64
    /// So much is looked at (bytes).
    private static let sample = 4 << 20
    private static let piece = 1 << 16
    /// So many headers are enough.
    private static let enough = 16
    /// So many are no accident: each is one in 2^48.
    private static let fewest = 2
    /// In how many of a hundred places the most frequent byte must stand.
    private static let share = 2

    /// The shortest key under which there are node headers; nil for none.
    static func best(_ bytes: RawSpan) -> Result? {
        guard bytes.byteCount >= 256 else { return nil }
        for length in 1...longest {
            var candidates = length <= 4 ? voted(bytes, length: length) : []
            if let frequent = frequent(bytes, length: length) {
                candidates += [frequent.map { $0 ^ 0xff }, frequent]
            }
            for key in candidates where key.contains(where: { $0 != 0 }) {
                let count = headers(bytes, without: key)
                if count >= fewest { return Result(key: key, headers: count) }
            }
        }
        return nil
    }

    /// The most frequent byte at each place of the key; nil where none is frequent.
    private static func frequent(_ bytes: RawSpan, length: Int) -> [UInt8]? {
        var counts = [Int](repeating: 0, count: 256 * length)
        var total = 0
        let step = max(piece, bytes.byteCount / (sample / piece))
        for start in stride(from: 0, to: bytes.byteCount, by: step) {
            let end = min(start + piece, bytes.byteCount)
            var place = start % length
            for index in start..<end {
                counts[place << 8 | Int(unsafe bytes.unsafeLoad(fromByteOffset: index, as: UInt8.self))] += 1
                place = place + 1 == length ? 0 : place + 1
            }
            total += end - start
        }
        var key: [UInt8] = []
        var sum = 0
        for place in 0..<length {
            var best = 0
            for byte in 1..<256 where counts[place << 8 | byte] > counts[place << 8 | best] { best = byte }
            sum += counts[place << 8 | best]
            key.append(UInt8(truncatingIfNeeded: best))
        }
        return sum * 100 >= total * share ? key : nil
    }

    /// Keys of which several headers say the same.
    private static func voted(_ bytes: RawSpan, length: Int) -> [[UInt8]] {
        let known: [[(place: Int, byte: UInt8)]] = [
            [(0, 0x85), (1, 0x19), (2, 0x01), (3, 0xe0), (6, 0), (7, 0)],
            [(0, 0x85), (1, 0x19), (2, 0x02), (3, 0xe0), (6, 0), (7, 0)],
            [(0, 0x19), (1, 0x85), (2, 0xe0), (3, 0x01), (4, 0), (5, 0)],
            [(0, 0x19), (1, 0x85), (2, 0xe0), (3, 0x02), (4, 0), (5, 0)],
        ]
        var votes: [[UInt8]: Int] = [:]
        var key = [Int](repeating: -1, count: length)
        // Two places for which the same byte of the key counts.
        let (left, right) = length == 4 ? (2, 6) : (0, length)
        let differences = known.map { header in
            header.filter { $0.place == left || $0.place == right }.reduce(0) { $0 ^ $1.byte }
        }
        for at in 0..<max(0, min(bytes.byteCount, sample) - 8) {
            let difference =
                unsafe bytes.unsafeLoad(fromByteOffset: at + left, as: UInt8.self)
                ^ bytes.unsafeLoad(fromByteOffset: at + right, as: UInt8.self)
            for (header, wanted) in zip(known, differences) where wanted == difference {
                for place in key.indices { key[place] = -1 }
                let isAgreed = header.allSatisfy { place, byte in
                    let found = Int(unsafe bytes.unsafeLoad(fromByteOffset: at + place, as: UInt8.self) ^ byte)
                    let index = (at + place) % length
                    defer { key[index] = found }
                    return key[index] < 0 || key[index] == found
                }
                if isAgreed { votes[key.map { UInt8(truncatingIfNeeded: $0) }, default: 0] += 1 }
            }
        }
        return votes.filter { $0.value >= fewest }.sorted { $0.value > $1.value }.prefix(4).map(\.key)
    }

    private static func headers(_ bytes: RawSpan, without key: [UInt8]) -> Int {
        var count = 0
        var place = 0
        var header = [UInt8](repeating: 0, count: NodeHeader.size)
        for at in 0..<max(0, min(bytes.byteCount, sample) - NodeHeader.size) {
            defer { place = place + 1 == key.count ? 0 : place + 1 }
            let first = unsafe bytes.unsafeLoad(fromByteOffset: at, as: UInt8.self) ^ key[place]
            guard first == 0x85 || first == 0x19 else { continue }
            for index in header.indices {
                header[index] =
                    unsafe bytes.unsafeLoad(fromByteOffset: at + index, as: UInt8.self) ^ key[(at + index) % key.count]
            }
            let span = unsafe header.span.bytes
            guard ByteOrder.allCases.contains(where: { NodeHeader(reading: span, at: 0, $0) != nil }) else { continue }
            count += 1
            if count >= enough { break }
        }
        return count
    }
}
