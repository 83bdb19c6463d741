import FlashBytes
import JFFS2

/// Recognises what one of two chips on one bus holds: of each word one half.
///
/// Of a node header one half is there, magic or type with it, and half of the length and of the sum. What the other half
/// must be follows from the sum, but for a few choices; one of them leads to where the next such header stands.
struct InterleavedHalf {
    /// How many bytes of each word are in the file: 1 or 2.
    let width: Int
    /// Whether it has the first bytes of each word.
    let isFirst: Bool
    /// Of the nodes.
    let byteOrder: ByteOrder
    /// How many headers lead to the next one.
    private(set) var links = 0

    /// The one that fits best; nil where none does.
    static func best(_ bytes: RawSpan) -> InterleavedHalf? {
        var best: InterleavedHalf?
        for width in [1, 2] {
            for isFirst in [true, false] {
                for order in ByteOrder.allCases {
                    var half = InterleavedHalf(width: width, isFirst: isFirst, byteOrder: order)
                    half.count(bytes)
                    if half.links > best?.links ?? fewest - 1 { best = half }
                }
            }
        }
        return best
    }

    /// So many links are no accident.
    private static let fewest = 4
    /// So many headers are looked at.
    private static let most = 4000
    /// Nodes are no longer (bytes).
    private static let longest = 1 << 16

    private init(width: Int, isFirst: Bool, byteOrder: ByteOrder) {
        (self.width, self.isFirst, self.byteOrder) = (width, isFirst, byteOrder)
    }

    /// Where the bytes of a header stand that this chip has.
    private var visible: [Int] { (0..<NodeHeader.size).filter { $0 / width % 2 == (isFirst ? 0 : 1) } }

    /// A header with its sum, written into `bytes`.
    private func write(_ type: NodeType, length: Int, into bytes: inout [UInt8]) {
        func put(_ value: UInt32, at place: Int, count: Int) {
            for index in 0..<count {
                let shift = UInt32(8 * (byteOrder == .little ? index : count - 1 - index))
                bytes[place + index] = UInt8(truncatingIfNeeded: value >> shift)
            }
        }
        put(UInt32(NodeHeader.magic), at: 0, count: 2)
        put(UInt32(type.rawValue), at: 2, count: 2)
        put(UInt32(truncatingIfNeeded: length), at: 4, count: 4)
        put(CRC32.jffs2(unsafe bytes.span.bytes.extracting(0..<8)), at: 8, count: 4)
    }

    private mutating func count(_ bytes: RawSpan) {
        let types = NodeType.known
        let visible = visible
        var header = [UInt8](repeating: 0, count: NodeHeader.size)
        func half(_ type: NodeType, length: Int, count: Int = 6) -> UInt64 {
            write(type, length: length, into: &header)
            return visible.prefix(count).reduce(0) { $0 << 8 | UInt64(header[$1]) }
        }
        // What all lengths make of the half of a header: made once, looked up for each place.
        var lengths: [UInt64: [Int]] = [:]
        let starts = Set(types.map { half($0, length: 12, count: 2) })
        // The upper half of the length is 0.
        let zeros = byteOrder == .little ? 6..<8 : 4..<6
        let upper = visible.indices.filter { zeros.contains(visible[$0]) }
        var places: [Int] = []
        for at in stride(from: 0, to: bytes.byteCount - 6 + 1, by: 2) where places.count < Self.most {
            guard let start = try? bytes.uint16(at: at, .big), starts.contains(UInt64(start)),
                upper.allSatisfy({ (try? bytes.uint8(at: at + $0)) == 0 })
            else { continue }
            places.append(at)
        }
        guard places.count >= Self.fewest else { return }
        let wanted = Set(places.map { key(bytes, at: $0) })
        for type in types {
            for length in 12..<Self.longest {
                let found = half(type, length: length)
                if wanted.contains(found) { lengths[found, default: []].append(length) }
            }
        }
        let heads = Set(places.filter { lengths[key(bytes, at: $0)] != nil })
        for place in places {
            let next = (lengths[key(bytes, at: place)] ?? []).first { length in
                heads.contains(place + padded(UInt32(length)) / 2)
            }
            if next != nil { links += 1 }
        }
    }

    private func key(_ bytes: RawSpan, at offset: Int) -> UInt64 {
        guard let high = try? bytes.uint16(at: offset, .big), let low = try? bytes.uint32(at: offset + 2, .big) else {
            return 0
        }
        return UInt64(high) << 32 | UInt64(low)
    }
}
