import FlashBytes

/// What comes out of the stored bytes of an inode node: the one way to a node's data, with its limits.
package struct NodeData: Sendable {
    /// The data; zeros in place of what could not be had.
    package private(set) var bytes: [UInt8]
    /// How many of the bytes are right, from the first on.
    package private(set) var goodCount = 0
    /// Why that is not all of the node's data; nil when it is.
    package private(set) var problem: Problem?

    /// How much is wanted.
    package enum Extent: Sendable {
        /// All of it, up to so many bytes, or nothing.
        case whole(limit: Int)
        /// As much as there may be, up to so many bytes.
        case beginning(limit: Int)

        /// All of it, if Linux could read it.
        package static let whole = Extent.whole(limit: NodeData.largest)
        /// As much as there may be.
        package static let beginning = Extent.beginning(limit: .max)
    }

    /// Why data could not be had.
    package enum Problem: Error, Hashable, CustomStringConvertible {
        /// No codec makes so much of so little (bytes).
        case impossible(size: Int, stored: Int, Compression)
        /// More than is wanted (bytes).
        case tooLarge(Int)
        /// What is stored cannot be decompressed.
        case undecodable(Decompressor.Failure)

        /// Why there are no data, without full stop.
        package var description: String {
            switch self {
            case .impossible(let size, let stored, let compression):
                "dsize \(size) cannot come out of \(stored) bytes of \(compression)"
            case .tooLarge(let size): "a dsize of \(size) bytes, more than Linux has room for"
            case .undecodable(let failure): "\(failure)"
            }
        }
    }

    /// The most data that Linux can read of a compressed node, since it takes that much memory in one piece (`kmalloc`, with
    /// pages of 4 KiB; bytes). Writers put a page or a few into a node.
    package static let largest = 4 << 20

    /// Decompresses the data of a node. Takes no more memory than the stored bytes can fill.
    ///
    /// - Parameters:
    ///   - raw: the fixed part of the node; its sums are not looked at.
    ///   - stored: the bytes behind it, as many as its csize, or as are left of them.
    ///   - buffer: memory to be used again.
    package init(
        of raw: RawInode, storedAs stored: RawSpan, by decompressor: Decompressor, _ extent: Extent = .whole,
        reusing buffer: consuming [UInt8] = []
    ) {
        let declared = Int(raw.coveredSize)
        var size = declared
        let possible = raw.compression.largestOutput(of: stored.byteCount)
        if declared > possible {
            problem =
                raw.compression == .none
                ? .undecodable(.damaged(.none, produced: possible))
                : .impossible(size: declared, stored: stored.byteCount, raw.compression)
            size = possible
        }
        switch extent {
        case .whole(let limit):
            if problem == nil, declared > limit { problem = .tooLarge(declared) }
            if problem != nil { size = 0 }
        case .beginning(let limit):
            if size > limit {
                problem = problem ?? .tooLarge(declared)
                size = limit
            }
        }
        bytes = buffer
        if bytes.count > size { bytes.removeLast(bytes.count - size) }
        if bytes.count < size { bytes.append(contentsOf: repeatElement(0, count: size - bytes.count)) }
        if size == 0 { return }
        goodCount = size
        do throws(Decompressor.Failure) {
            try bytes.withPart(0..<size) { part throws(Decompressor.Failure) in
                try decompressor.decompress(stored, compression: raw.compression, into: &part)
            }
        } catch {
            goodCount = 0
            if case .damaged(_, let produced) = error { goodCount = produced }
            problem = .undecodable(error)
        }
    }

    /// Whether it is all of the node's data.
    package var isWhole: Bool { problem == nil }

    /// The bytes that are right.
    package var good: [UInt8] { goodCount == bytes.count ? bytes : Array(bytes.prefix(goodCount)) }
}

extension RawInode {
    /// Whether the stored data of the node at `offset` is there, and `data_crc` is right. Linux does not check the sum of
    /// nothing.
    package func hasSoundData(in image: RawSpan, at offset: Int) -> Bool {
        if csize == 0 { return true }
        let range = dataRange(at: offset)
        return range.upperBound <= image.byteCount && CRC32.jffs2(image.extracting(range)) == dataCRC
    }
}
