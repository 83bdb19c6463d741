#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// Shannon's entropy of the bytes, in bits a byte: how little they look like words.
func entropy(of bytes: some Collection<UInt8>) -> Double {
    if bytes.isEmpty { return 0 }
    var counts = [Int](repeating: 0, count: 256)
    for byte in bytes { counts[Int(byte)] += 1 }
    let total = Double(bytes.count)
    return counts.reduce(0.0) { sum, count in
        guard count > 0 else { return sum }
        let share = Double(count) / total
        return sum - share * log2(share)
    }
}

/// What so many bytes can have of it at the most, in bits a byte: each of them another one.
func largestEntropy(of count: Int) -> Double { log2(Double(min(max(count, 1), 256))) }
