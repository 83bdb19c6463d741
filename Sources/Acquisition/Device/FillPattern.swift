internal import FlashBytes

/// What RAM is filled with before flash is copied there, so that what a copy left out shows: another word for each
/// reading, or a part that is left out each time would look like flash that reads the same.
struct FillPattern: Hashable {
    let word: UInt32

    /// - Parameter reading: which reading of the flash comes next.
    init(reading: Int) { word = 0x5aa5_c33c ^ (UInt32(truncatingIfNeeded: reading) &* 0x0101_0101) }

    /// The bytes in RAM as either kind of board writes them, from a place that is `phase` bytes behind the first.
    private func bytes(_ count: Int, phase: Int) -> [[UInt8]] {
        let big = (0..<4).map { UInt8(truncatingIfNeeded: word >> UInt32(24 - 8 * $0)) }
        return [big, big.reversed()].map { word in (phase..<phase + count).map { word[$0 % 4] } }
    }

    /// The sums that `count` bytes of it can have.
    func checksums(_ count: Int, phase: Int) -> Set<UInt32> {
        Set(bytes(count, phase: phase).map { CRC32.zlib(unsafe $0.span.bytes) })
    }

    /// Whether 16 bytes in a row, from a multiple of 16 on, are nothing but the pattern.
    func isVisible(in block: [UInt8], phase: Int) -> Bool {
        let rows = bytes(16, phase: phase)
        return stride(from: 0, to: block.count - 15, by: 16).contains { start in
            rows.contains { $0.elementsEqual(block[start..<start + 16]) }
        }
    }
}
