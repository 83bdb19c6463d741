import FlashBytes

/// The bytes of an image as numbers of one byte order. What lies behind the end are zeros.
struct ImageWords {
    var bytes: [UInt8]
    let order: ByteOrder

    /// A byte.
    func uint8(_ offset: Int) -> UInt8 { bytes.indices.contains(offset) ? bytes[offset] : 0 }

    /// A 16-bit number.
    func uint16(_ offset: Int) -> UInt16 {
        let (first, second) = (UInt16(uint8(offset)), UInt16(uint8(offset + 1)))
        return order == .little ? second << 8 | first : first << 8 | second
    }

    /// A 32-bit number.
    func uint32(_ offset: Int) -> UInt32 {
        let (first, second) = (UInt32(uint16(offset)), UInt32(uint16(offset + 2)))
        return order == .little ? second << 16 | first : first << 16 | second
    }

    /// The part of a range that is there.
    func clamped(_ range: Range<Int>) -> Range<Int> { range.clamped(to: 0..<bytes.count) }

    /// JFFS2's sum over the part of a range that is there.
    func sum(_ range: Range<Int>, seed: UInt32 = 0) -> UInt32 {
        CRC32.jffs2(unsafe bytes.span.bytes.extracting(clamped(range)), seed: seed)
    }

    /// The sum over the first bytes of a node as it was before it became obsolete, which is what the stored sums are of.
    ///
    /// - Parameter type: with the ACCURATE bit set.
    func nodeSum(at offset: Int, type: UInt16, count: Int) -> UInt32 {
        var header = ByteWriter(order, capacity: 8)
        header.uint16(uint16(offset))
        header.uint16(type)
        header.uint32(uint32(offset + 4))
        let sum = CRC32.jffs2(header.bytes)
        return count > 8 ? self.sum(offset + 8..<offset + count, seed: sum) : sum
    }
}

/// Where the numbers of a node lie, for what looks at the bytes of an image and not at what they mean.
enum JFFS2NodeLayout {
    /// The sizes of the fields of a node's fixed part, in their order (bytes).
    ///
    /// - Parameter type: with the ACCURATE bit set.
    static func fields(of type: UInt16) -> [Int] {
        let header = [2, 2, 4, 4]
        switch type {
        case 0xe001: return header + [4, 4, 4, 4, 1, 1, 1, 1, 4, 4]
        case 0xe002: return header + [4, 4, 4, 2, 2, 4, 4, 4, 4, 4, 4, 4, 1, 1, 2, 4, 4]
        case 0xe008: return header + [4, 4, 1, 1, 2, 4, 4]
        case 0xe009: return header + [4, 4, 4, 4]
        case 0x2006: return header + [4, 4, 4, 4, 4]
        default: return header
        }
    }

    /// The sizes of the fields of a line of a summary; nil for a type that has none.
    static func summaryFields(of type: UInt16) -> [Int]? {
        switch type {
        case 0xe001: [2, 4, 4, 4, 4, 4, 1, 1]
        case 0xe002, 0xe008: [2, 4, 4, 4, 4]
        case 0xe009: [2, 4]
        default: nil
        }
    }
}
