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
        /// As it stands there.
        public var header: NodeHeader
        /// The one in which the header is valid.
        public var byteOrder: ByteOrder

        /// A header that was found elsewhere.
        public init(offset: Int, header: NodeHeader, byteOrder: ByteOrder) {
            self.offset = offset
            self.header = header
            self.byteOrder = byteOrder
        }

        /// The end of the node (bytes), without padding.
        public var end: Int { offset + Int(header.totalLength) }

        /// Where the next node may begin (bytes). A cleanmarker's length is not trusted, as Linux does not trust it.
        public var nextOffset: Int {
            offset + (header.type.accurate == .cleanmarker ? NodeHeader.size : padded(header.totalLength))
        }
    }

    /// The byte order of most headers.
    public let byteOrder: ByteOrder
    /// The magic number that was looked for.
    public let magic: UInt16
    /// Ascending.
    public private(set) var sightings: [Sighting] = []

    /// How many headers there are of each byte order.
    public var votes: [ByteOrder: Int] {
        let little = sightings.count { $0.byteOrder == .little }
        return [.little: little, .big: sightings.count - little]
    }

    /// The same with the sightings of one byte order in a range of indices, for the bytes from `start` on.
    public func part(_ range: Range<Int>, byteOrder order: ByteOrder, from start: Int = 0) -> NodeCensus {
        NodeCensus(
            byteOrder: order, magic: magic,
            sightings: sightings[range].lazy.filter { $0.byteOrder == order }.map {
                Sighting(offset: $0.offset - start, header: $0.header, byteOrder: order)
            })
    }

    private init(byteOrder: ByteOrder, magic: UInt16, sightings: [Sighting]) {
        self.byteOrder = byteOrder
        self.magic = magic
        self.sightings = sightings
    }

    /// Looks at every position that is a multiple of 4 behind a node, and at every byte where there was none yet or
    /// none for long, since a file system may begin anywhere in a file.
    ///
    /// - Parameter byteOrder: of the headers to look for; nil for both.
    public init(_ bytes: RawSpan, byteOrder: ByteOrder? = nil, magic: UInt16 = NodeHeader.magic) {
        self.magic = magic
        let low = UInt8(truncatingIfNeeded: magic)
        let high = UInt8(truncatingIfNeeded: magic >> 8)
        let starts = BytePairs(
            (byteOrder == .big ? [] : [(low, high)]) + (byteOrder == .little ? [] : [(high, low)]))
        let end = bytes.byteCount - NodeHeader.size
        var little = 0
        var at = 0
        while at <= end {
            at = starts.firstOffset(in: bytes, range: at..<end + 1)
            if at > end { break }
            let first = unsafe bytes.unsafeLoad(fromByteOffset: at, as: UInt8.self)
            let order: ByteOrder = first == low ? .little : .big
            guard let header = NodeHeader(reading: bytes, at: at, order, magic: magic),
                header.totalLength >= NodeHeader.size
            else {
                at += 1
                continue
            }
            let sighting = Sighting(offset: at, header: header, byteOrder: order)
            sightings.append(sighting)
            if order == .little { little += 1 }
            // A length that leads out of the bytes skips nothing.
            let isTrusted = Int(header.totalLength) <= bytes.byteCount - at
            at = isTrusted ? sighting.nextOffset : at + NodeHeader.size
        }
        self.byteOrder = byteOrder ?? (2 * little >= sightings.count ? .little : .big)
    }
}

extension NodeCensus.Sighting {
    /// Whether all sums of the node are right, those over its data included: then all its bytes are where they were written.
    public func isIntact(in bytes: RawSpan) -> Bool {
        guard end <= bytes.byteCount else { return false }
        switch header.type.accurate {
        case .inode:
            guard let raw = try? RawInode(reading: bytes, at: offset, byteOrder), raw.isIntact,
                case let data = raw.dataRange(at: offset), data.upperBound <= bytes.byteCount
            else { return false }
            return padded(header.totalLength) == padded(UInt32(clamping: RawInode.size + data.count))
                && CRC32.jffs2(bytes.extracting(data)) == raw.dataCRC
        case .dirent:
            guard let raw = try? Dirent(reading: bytes, at: offset, byteOrder), raw.isIntact,
                case let name = raw.nameRange(at: offset), name.upperBound <= end
            else { return false }
            return CRC32.jffs2(bytes.extracting(name)) == raw.nameCRC
        case .xattr:
            guard let raw = try? XattrNode(reading: bytes, at: offset, byteOrder), raw.isIntact,
                case let value = raw.valueRange(at: offset), value.upperBound <= end
            else { return false }
            return CRC32.jffs2(bytes.extracting(offset + XattrNode.size..<value.upperBound)) == raw.dataCRC
        default:
            return false
        }
    }
}
