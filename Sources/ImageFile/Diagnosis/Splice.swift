import FlashBytes
import JFFS2

/// A place in a dump where bytes are missing, or too many, so that all erase blocks behind it lie elsewhere.
package struct Splice: Sendable, Hashable {
    /// What happened there; in bytes.
    package enum Change: Sendable, Hashable {
        /// So many bytes do not belong there.
        case surplus(Int)
        /// So many bytes were lost.
        case missing(Int)
    }

    /// Where the bytes that do not belong there begin, or in front of which the lost ones were (bytes).
    package let offset: Int
    /// What happened.
    package let change: Change
    /// Whether a node whose sums are wrong is whole without the bytes that are too many, or tells by its length how many are
    /// missing.
    package let isProven: Bool

    /// `1 byte in the middle is too many, at 0x7a120`.
    package var text: String {
        switch change {
        case .surplus(let count): "\(Self.bytes(count)) too many, at \(hex(offset))"
        case .missing(let count): "\(Self.bytes(count)) missing, at about \(hex(offset))"
        }
    }

    private static func bytes(_ count: Int) -> String {
        "\(count) byte\(count == 1 ? "" : "s") in the middle \(count == 1 ? "is" : "are")"
    }
}

extension Splice {
    /// All splices of a dump, ascending; none where one grid of blocks fits all nodes.
    ///
    /// - Parameter census: of one byte order.
    static func all(_ bytes: RawSpan, census: NodeCensus, runs: BlockRuns) -> [Splice] {
        zip(runs.runs, runs.runs.dropFirst()).enumerated().map { index, pair in
            SpliceSearch(
                census: census, runs: runs, before: pair.0, behind: pair.1, canProve: index < mostProofs
            ).splice(in: bytes)
        }
    }

    /// So many splices are proven, so that the time stays linear.
    private static let mostProofs = 16
}

/// Looks for the bytes between two runs of blocks that were lost, or do not belong there.
private struct SpliceSearch {
    let census: NodeCensus
    let runs: BlockRuns
    let before: BlockRuns.Run
    let behind: BlockRuns.Run
    /// Whether nodes are put together again.
    let canProve: Bool

    private var sightings: [NodeCensus.Sighting] { census.sightings }

    /// So many damaged places are tried.
    private static let mostSuspects = 4
    /// Nodes of more bytes are not put together again.
    private static let longestNode = 1 << 13

    /// What happened.
    func splice(in bytes: RawSpan) -> Splice {
        let size = runs.eraseSize
        let surplus = (behind.phase - before.phase + size) % size
        let suspects = runs.damage(between: before, and: behind, in: bytes).suffix(Self.mostSuspects)
        for suspect in canProve ? suspects : [] {
            guard let place = surplusPlace(suspect, count: surplus, in: bytes),
                surplus <= size - surplus || !isNode(at: suspect.offset + surplus, in: bytes)
            else { continue }
            if let lost = lossPlace(suspect, split: place, surplus: surplus, in: bytes) {
                return Splice(offset: lost, change: .missing(size - surplus), isProven: false)
            }
            return Splice(offset: place, change: .surplus(surplus), isProven: true)
        }
        let (last, next) = (sightings[behind.nodes.lowerBound - 1], sightings[behind.nodes.lowerBound].offset)
        let suspect = suspects.last ?? BlockRuns.Damage(offset: min(last.nextOffset, next), header: nil, next: next)
        // Of two that are as near, the one that takes nothing out of the dump.
        if surplus < size - surplus {
            return Splice(
                offset: max(min(suspect.offset, suspect.next - surplus), 0), change: .surplus(surplus), isProven: false)
        }
        // Behind the header, so that the node keeps its length and is seen for what it is: damaged.
        let place = suspect.header == nil ? suspect.offset : suspect.offset + NodeHeader.size
        return Splice(offset: min(place, suspect.next), change: .missing(size - surplus), isProven: false)
    }

    /// Whether an undamaged node stands somewhere. Nearly a block behind a damaged one, it is what is put together of both where
    /// their headers are alike: that proves nothing.
    private func isNode(at offset: Int, in bytes: RawSpan) -> Bool {
        let index = sightings.partitionPoint { $0.offset < offset }
        return index < sightings.count && sightings[index].offset == offset && sightings[index].isIntact(in: bytes)
    }

    /// Where the bytes were that a node has lost, if it can be explained so as well as by nearly a block that is too much; nil
    /// if not.
    ///
    /// Contents that repeat themselves each block make a node whole again of its beginning and of what stands a block later. If
    /// that is also what is here, but for as many bytes as are missing then, these few are missing.
    private func lossPlace(_ suspect: BlockRuns.Damage, split: Int, surplus: Int, in bytes: RawSpan) -> Int? {
        let missing = runs.eraseSize - surplus
        guard missing < surplus, let header = suspect.header else { return nil }
        let length = Int(header.totalLength)
        let whole = Self.joined(
            bytes, from: suspect.offset, split: split - suspect.offset, without: surplus, length: length)
        guard whole.count == length, missing < length,
            let here = try? bytes.bytes(in: suspect.offset..<suspect.offset + length - missing)
        else { return nil }
        let head = zip(whole, here).prefix { $0 == $1 }.count
        let tail = zip(whole.reversed(), here.reversed()).prefix { $0 == $1 }.count
        return head + tail + missing >= length ? suspect.offset + min(head, length - missing) : nil
    }

    /// Where `count` bytes have to be taken out so that the sums of the node at a place are right; nil if nowhere.
    private func surplusPlace(_ suspect: BlockRuns.Damage, count: Int, in bytes: RawSpan) -> Int? {
        if suspect.header == nil, suspect.next - suspect.offset == count { return suspect.offset }
        if let header = suspect.header {
            let node = Torn(offset: suspect.offset, header: header, surplus: count)
            return place(in: node, splits: NodeHeader.size...max(NodeHeader.size, node.length), bytes: bytes)
        }
        // The header itself is torn.
        for split in 1..<NodeHeader.size {
            guard suspect.offset + count + NodeHeader.size <= bytes.byteCount else { return nil }
            let head = Self.joined(bytes, from: suspect.offset, split: split, without: count, length: NodeHeader.size)
            guard
                let header = NodeHeader(
                    reading: unsafe head.span.bytes, at: 0, census.byteOrder, magic: census.magic),
                header.type.accurate.hasSums
            else { continue }
            let node = Torn(offset: suspect.offset, header: header, surplus: count)
            if let place = place(in: node, splits: split...split, bytes: bytes) { return place }
        }
        return nil
    }

    /// A node with bytes in it that do not belong there.
    private struct Torn {
        var offset: Int
        var header: NodeHeader
        var surplus: Int
        /// Without them (bytes).
        var length: Int { Int(header.totalLength) }
    }

    /// Behind how many of its bytes the others have to be taken out; the first place that does, in the dump.
    private func place(in torn: Torn, splits: ClosedRange<Int>, bytes: RawSpan) -> Int? {
        let (offset, length) = (torn.offset, torn.length)
        guard length >= NodeHeader.size, length <= Self.longestNode,
            offset + length + torn.surplus <= bytes.byteCount
        else { return nil }
        let node = NodeCensus.Sighting(offset: 0, header: torn.header, byteOrder: census.byteOrder)
        let first = splits.lowerBound
        var content = Self.joined(bytes, from: offset, split: first, without: torn.surplus, length: length)
        guard content.count == length else { return nil }
        for split in splits {
            if split > first {
                content[split - 1] = unsafe bytes.unsafeLoad(fromByteOffset: offset + split - 1, as: UInt8.self)
            }
            if node.isIntact(in: unsafe content.span.bytes) { return offset + split }
        }
        return nil
    }

    /// `length` bytes from a place on, without `count` of them behind the first `split`.
    private static func joined(
        _ bytes: RawSpan, from offset: Int, split: Int, without count: Int, length: Int
    ) -> [UInt8] {
        let (head, rest) = (offset..<offset + split, offset + split + count..<offset + count + length)
        guard let first = try? bytes.bytes(in: head), let last = try? bytes.bytes(in: rest) else { return [] }
        return first + last
    }
}
