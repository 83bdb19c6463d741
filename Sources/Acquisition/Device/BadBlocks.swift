/// The blocks of a NAND chip that `nand read` leaves out.
struct BadBlocks: Hashable {
    /// Where they begin.
    let offsets: Set<UInt64>
    /// What is left out for each.
    let eraseSize: UInt64

    /// - Parameters:
    ///   - list: the answer of `nand bad`: a line `Device 0 bad blocks:`, then an offset a line.
    ///   - info: the answer of `nand info`, with `sector size 128 KiB`.
    /// - Returns: nil if either says something else.
    init?(list: [String], info: [String]) {
        guard list.contains(where: { $0.lowercased().contains("bad blocks") }),
            let size = info.lazy.compactMap(Self.sectorSize).first
        else { return nil }
        offsets = Set(
            list.compactMap { line in
                let digits = line.split(whereSeparator: \.isWhitespace)
                guard digits.count == 1, digits[0].count >= 8, let offset = UInt64(digits[0], radix: 16) else {
                    return nil
                }
                // What no chip has is what the line has made of one.
                return offset < 1 << 48 ? offset : nil
            })
        eraseSize = size
    }

    private static func sectorSize(_ line: String) -> UInt64? {
        guard let range = line.firstRange(of: "sector size ") else { return nil }
        let words = line[range.upperBound...].split(separator: " ")
        guard words.count >= 2, words[1].hasPrefix("KiB"), let size = UInt64(words[0]), size > 0, size <= 1 << 16 else {
            return nil
        }
        return size << 10
    }

    /// Where on the chip a byte of a partition lies.
    ///
    /// - Parameters:
    ///   - index: of the byte, counted without what is left out.
    ///   - start: where the partition begins.
    func place(of index: UInt64, from start: UInt64) -> UInt64 {
        var at = start
        var left = index
        while true {
            let next = at - at % eraseSize + eraseSize
            if offsets.contains(next - eraseSize) {
                at = next
            } else if left < next - at {
                return at + left
            } else {
                left -= next - at
                at = next
            }
        }
    }

    /// How many bytes are left of a range of the chip.
    func goodBytes(in range: Range<UInt64>) -> UInt64 {
        offsets.reduce(range.upperBound - range.lowerBound) { left, block in
            let bad = range.clamped(to: block..<block + eraseSize)
            return left - (bad.upperBound - bad.lowerBound)
        }
    }

    /// Those that a reading of `size` bytes leaves out.
    func inside(_ start: UInt64, size: UInt64) -> [UInt64] {
        let end = place(of: size - 1, from: start)
        return offsets.filter { $0 + eraseSize > start && $0 <= end }.sorted()
    }
}
