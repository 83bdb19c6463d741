internal import FlashBytes

/// Whether a chip ends before the range that is read, and begins anew behind its end: drivers with addresses of three
/// bytes, and chips that are smaller than their driver thinks, do so.
struct WrapCheck {
    let loader: FlashLoader
    let reader: MemoryReader
    /// RAM for two pieces.
    let address: UInt64

    private static let piece: UInt64 = 512

    /// Where the chip may end: the first power of two behind which stands what stands at 0, and before the range what
    /// stands in it.
    func end(for range: Range<UInt64>) throws(AcquisitionError) -> UInt64? {
        var end: UInt64 = 64 << 10
        while end < range.upperBound {
            let inside = max(end, range.lowerBound)
            if range.upperBound - inside >= Self.piece, try isSame(inside, b: inside - end), try isSame(end, b: 0) {
                return end
            }
            end <<= 1
        }
        return nil
    }

    private func isSame(_ a: UInt64, b: UInt64) throws(AcquisitionError) -> Bool {
        if a == b { return false }
        do throws(AcquisitionError) {
            let first = try piece(a, place: address)
            let second = try piece(b, place: address + Self.piece)
            return first == second && first != Self.blank && first != Self.zeros
        } catch .commandFailed {
            return false
        }
    }

    private func piece(_ offset: UInt64, place: UInt64) throws(AcquisitionError) -> UInt32? {
        try loader.load(offset: offset, size: Self.piece, to: place)
        let range = place..<place + Self.piece
        return try reader.sums.confirmed([range])[place]
    }

    private static let blank: UInt32 = sum(0xff)
    private static let zeros: UInt32 = sum(0)

    private static func sum(_ byte: UInt8) -> UInt32 {
        let bytes = [UInt8](repeating: byte, count: Int(piece))
        return CRC32.zlib(unsafe bytes.span.bytes)
    }
}
