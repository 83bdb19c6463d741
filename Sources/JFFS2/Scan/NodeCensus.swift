public import FlashBytes

/// All valid node headers in some bytes, found without knowing the erase size.
///
/// A valid header is no accident: magic and CRC leave one in 2^48. Nodes are stepped over by their length, so that an
/// image inside a file of the image does not count.
public struct NodeCensus: Sendable {
    /// A valid header.
    public struct Sighting: Sendable, Hashable {
        /// From the start of the bytes (bytes).
        public var offset: Int
        public var header: NodeHeader

        /// The end of the node (bytes), without padding.
        public var end: Int { offset + Int(header.totalLength) }
    }

    public let byteOrder: ByteOrder
    public let magic: UInt16
    /// Ascending.
    public private(set) var sightings: [Sighting] = []

    /// The same with some of the sightings only (a range of their indices), for the bytes from `start` on.
    public func part(_ range: Range<Int>, from start: Int = 0) -> NodeCensus {
        var part = self
        part.sightings = sightings[range].map { Sighting(offset: $0.offset - start, header: $0.header) }
        return part
    }

    /// Looks at every position that is a multiple of 4 behind a node, and at every byte where there was none yet or
    /// none for long, since a file system may begin anywhere in a file.
    public init(_ bytes: RawSpan, byteOrder: ByteOrder, magic: UInt16 = NodeHeader.magic) {
        self.byteOrder = byteOrder
        self.magic = magic
        let first = UInt8(truncatingIfNeeded: byteOrder == .little ? magic : magic >> 8)
        let end = bytes.byteCount - NodeHeader.size
        var at = 0
        while at <= end {
            guard unsafe bytes.unsafeLoad(fromByteOffset: at, as: UInt8.self) == first,
                let header = NodeHeader(reading: bytes, at: at, byteOrder, magic: magic),
                header.totalLength >= NodeHeader.size
            else {
                at += 1
                continue
            }
            sightings.append(Sighting(offset: at, header: header))
            // A length that leads out of the bytes, or a cleanmarker's, which Linux does not trust, skips nothing.
            let isTrusted = header.type.accurate != .cleanmarker && Int(header.totalLength) <= bytes.byteCount - at
            at += isTrusted ? padded(header.totalLength) : NodeHeader.size
        }
    }
}
