/// SHA-256 (FIPS 180-4), for comparing contents in tests; nothing here is fast or constant-time.
package struct SHA256 {
    private var state: [UInt32] = SHA256.initialState
    private var block: [UInt8] = []
    private var length: UInt64 = 0

    package init() {}

    /// The digest as lower-case hex.
    package static func hex(_ bytes: some Sequence<UInt8>) -> String {
        var hash = SHA256()
        hash.update(bytes)
        return hash.finish()
    }

    package mutating func update(_ bytes: some Sequence<UInt8>) {
        for byte in bytes {
            block.append(byte)
            length += 1
            if block.count == 64 {
                compress()
                block.removeAll(keepingCapacity: true)
            }
        }
    }

    /// Ends the message and returns the digest as lower-case hex.
    package mutating func finish() -> String {
        let bits = length * 8
        update([0x80])
        while block.count != 56 { update([0]) }
        update((0..<8).map { UInt8(truncatingIfNeeded: bits >> (56 - 8 * UInt64($0))) })
        return TestSupport.hex(
            state.flatMap { word in (0..<4).map { UInt8(truncatingIfNeeded: word >> (24 - 8 * UInt32($0))) } })
    }

    private mutating func compress() {
        var words = [UInt32](repeating: 0, count: 64)
        for i in 0..<16 {
            words[i] = block[4 * i..<4 * i + 4].reduce(0) { $0 << 8 | UInt32($1) }
        }
        for i in 16..<64 {
            let early = words[i - 15]
            let late = words[i - 2]
            let small0 = rotate(early, 7) ^ rotate(early, 18) ^ early >> 3
            let small1 = rotate(late, 17) ^ rotate(late, 19) ^ late >> 10
            words[i] = words[i - 16] &+ small0 &+ words[i - 7] &+ small1
        }
        var v = state
        for i in 0..<64 {
            let big1 = rotate(v[4], 6) ^ rotate(v[4], 11) ^ rotate(v[4], 25)
            let choice = (v[4] & v[5]) ^ (~v[4] & v[6])
            let first = v[7] &+ big1 &+ choice &+ SHA256.constants[i] &+ words[i]
            let big0 = rotate(v[0], 2) ^ rotate(v[0], 13) ^ rotate(v[0], 22)
            let majority = (v[0] & v[1]) ^ (v[0] & v[2]) ^ (v[1] & v[2])
            v = [first &+ big0 &+ majority, v[0], v[1], v[2], v[3] &+ first, v[4], v[5], v[6]]
        }
        for i in 0..<8 { state[i] &+= v[i] }
    }

    private func rotate(_ word: UInt32, _ by: UInt32) -> UInt32 { word >> by | word << (32 - by) }

    // The fractional parts of the square and cube roots of the first primes, by their definition.
    private static let primes: [Int] = (2...311).filter { n in !(2..<n).contains { n.isMultiple(of: $0) } }
    private static let initialState: [UInt32] = primes.prefix(8).map { fraction(of: $0, power: 2) }
    private static let constants: [UInt32] = primes.map { fraction(of: $0, power: 3) }

    private static func fraction(of prime: Int, power: Int) -> UInt32 {
        var low: UInt128 = 0
        var high: UInt128 = 20 << 32
        let target = UInt128(prime) << UInt128(32 * power)
        while high - low > 1 {
            let middle = (low + high) / 2
            let value = power == 3 ? middle * middle * middle : middle * middle
            if value <= target { low = middle } else { high = middle }
        }
        return UInt32(truncatingIfNeeded: low)
    }
}

/// Bytes as lower-case hex.
package func hex(_ bytes: some Sequence<UInt8>) -> String {
    let digits = Array("0123456789abcdef".utf8)
    return String(decoding: bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
}
