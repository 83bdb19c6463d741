import FlashBytes

/// How random the bytes of a file are, erased and zero bytes apart.
struct Randomness {
    /// Bits of information in a byte, from 0 to 8, by how often each value occurs.
    let entropy: Double
    /// How many bytes were looked at.
    let count: Int
    /// How many of the groups of 16 bytes occur more than once: what a block cipher without chaining makes of what repeats.
    let repeated: Int

    /// At most so many bytes are looked at, spread over the file.
    private static let most = 4 << 20
    private static let piece = 4096

    init(_ bytes: RawSpan) {
        var counts = [Int](repeating: 0, count: 256)
        var total = 0
        var seen: Set<UInt64> = []
        var repeated = 0
        let pieces = max(1, bytes.byteCount / Self.piece)
        let step = max(1, pieces / (Self.most / Self.piece))
        for number in stride(from: 0, to: pieces, by: step) {
            let range = number * Self.piece..<min((number + 1) * Self.piece, bytes.byteCount)
            if bytes.isFilled(with: 0xff, in: range) || bytes.isFilled(with: 0, in: range) { continue }
            for at in stride(from: range.lowerBound, to: range.upperBound - 15, by: 16) {
                guard let low = try? bytes.uint32(at: at, .little), let high = try? bytes.uint32(at: at + 8, .little),
                    !bytes.isFilled(with: 0xff, in: at..<at + 16), !bytes.isFilled(with: 0, in: at..<at + 16)
                else { continue }
                total += 16
                guard seen.insert(UInt64(high) << 32 | UInt64(low)).inserted else {
                    repeated += 1
                    continue
                }
                // What repeats counts once.
                for index in at..<at + 16 {
                    counts[Int(unsafe bytes.unsafeLoad(fromByteOffset: index, as: UInt8.self))] += 1
                }
            }
        }
        let sum = Double(max(total - 16 * repeated, 1))
        entropy = counts.reduce(0) { entropy, count in
            guard count > 0 else { return entropy }
            let share = Double(count) / sum
            return entropy - share * Self.logarithm(share)
        }
        count = total
        self.repeated = repeated
    }

    /// The logarithm to the base 2 of a number above 0.
    private static func logarithm(_ value: Double) -> Double {
        // The exponent, and what is left of it by squaring.
        var rest = value.significand
        var result = Double(value.exponent)
        var bit = 0.5
        for _ in 0..<30 {
            rest *= rest
            if rest >= 2 {
                rest /= 2
                result += bit
            }
            bit /= 2
        }
        return result
    }

    /// Fewer bytes tell nothing.
    static let fewest = 4096

    /// Whether it is as random as encrypted or compressed data is; too few bytes tell nothing.
    var isHigh: Bool { count >= Self.fewest && entropy >= (count >= 1 << 16 ? 7.95 : 7.9) }

    /// `7.99`.
    var readable: String {
        let hundredths = Int((entropy * 100).rounded())
        return "\(hundredths / 100).\(hundredths % 100 / 10)\(hundredths % 10)"
    }
}
