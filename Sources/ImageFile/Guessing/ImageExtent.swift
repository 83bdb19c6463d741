import FileTree
import FirmwareImage
import FlashBytes
import JFFS2

/// Where a file system begins and ends in the bytes that were searched for it.
///
/// Erased blocks around the nodes belong to it, and so does what damage made of a block: where the dump is the flash of one
/// file system, what is no node is damage. What is in front of the first block, or behind the last one, and looks like
/// something else is no part of it.
struct ImageExtent {
    let range: Range<Int>

    /// - Parameters:
    ///   - bytes: of the census.
    ///   - census: of the file system's byte order.
    ///   - base: where the block begins that holds the first node (bytes; negative where its start is cut off).
    ///   - eraseSize: in bytes.
    ///   - isWholeInput: whether nothing else is in the input.
    ///   - ownsErasedFront: whether erased blocks in front belong to it.
    init(
        bytes: RawSpan, census: NodeCensus, base: Int, eraseSize: Int, isWholeInput: Bool, ownsErasedFront: Bool
    ) {
        let start = Self.start(
            bytes, census: census, base: base, eraseSize: eraseSize, isWholeInput: isWholeInput,
            ownsErasedFront: ownsErasedFront)
        let last = census.sightings.last.map { min($0.end, bytes.byteCount) } ?? bytes.byteCount
        let blocks = (max(last - start, 0) + eraseSize - 1) / eraseSize
        var end = min(start + blocks * eraseSize, bytes.byteCount)
        if !isWholeInput, end < start + blocks * eraseSize, let node = census.sightings.last {
            // The last block is not whole, because something else follows.
            end = bytes.endOfRun(of: 0xff, in: min(node.nextOffset, end)..<end)
        }
        range = start..<Self.end(bytes, behind: end, start: start, eraseSize: eraseSize, isWholeInput: isWholeInput)
    }

    private static func start(
        _ bytes: RawSpan, census: NodeCensus, base: Int, eraseSize: Int, isWholeInput: Bool,
        ownsErasedFront: Bool
    ) -> Int {
        // The block whose start is cut off cannot be read as a block; the next one can.
        let start = base >= 0 ? base : min(base + eraseSize, bytes.byteCount)
        guard base >= 0, ownsErasedFront else { return start }
        let front = start % eraseSize
        if bytes.isFilled(with: 0xff, in: front..<start) { return front }
        guard isWholeInput, front == 0, bytes.byteCount % 4096 == 0 else { return start }
        // A bare compressed kernel is nobody's damage.
        if PackedForm(bytes.extracting(0..<start)) != nil { return start }
        let used = blocksInUse(bytes, range: 0..<start, eraseSize: eraseSize)
        let isDamaged =
            used.count <= mostDamagedBlocks && used.allSatisfy { isDamage(bytes, block: $0) }
            || used.count == 1 && isMissing(census, in: bytes)
        return isDamaged ? 0 : start
    }

    /// So many blocks around a file system may be what damage made of erased or used ones; more are something else.
    private static let mostDamagedBlocks = 2

    /// The blocks in a range that are not erased, or but for some bytes.
    private static func blocksInUse(_ bytes: RawSpan, range: Range<Int>, eraseSize: Int) -> [Range<Int>] {
        stride(from: range.lowerBound, to: range.upperBound, by: eraseSize).map {
            $0..<min($0 + eraseSize, range.upperBound)
        }.filter { !isNearlyErased(bytes, block: $0) }
    }

    /// Whether a block is erased, but for some bytes that damage made of others.
    static func isNearlyErased(_ bytes: RawSpan, block: Range<Int>) -> Bool {
        bytes.isFilled(with: 0xff, in: block) || counts(bytes, range: block)[0xff] * 64 >= 63 * block.count
    }

    /// Whether a block may be what damage made of one: most of it is erased, or it is random, or zero to some place and erased
    /// from there on, or all that.
    private static func isDamage(_ bytes: RawSpan, block: Range<Int>) -> Bool {
        let counts = counts(bytes, range: block)
        if counts[0xff] * 2 >= block.count { return true }
        let others = block.count - counts[0xff] - counts[0]
        if others == 0 { return counts[0xff] >= 4 }
        guard others >= 4096 else { return false }
        // Chi-square with 253 degrees of freedom: out of these bounds once in 10^8 times. Patterns are too even.
        let expected = Double(others) / 254
        let deviation = counts[1..<255].reduce(0.0) {
            $0 + (Double($1) - expected) * (Double($1) - expected) / expected
        }
        return (145..<400).contains(deviation)
    }

    /// How often each byte value occurs.
    private static func counts(_ bytes: RawSpan, range: Range<Int>) -> [Int] {
        var counts = [Int](repeating: 0, count: 256)
        for offset in range { counts[Int(unsafe bytes.unsafeLoad(fromByteOffset: offset, as: UInt8.self))] += 1 }
        return counts
    }

    private static func end(
        _ bytes: RawSpan, behind end: Int, start: Int, eraseSize: Int, isWholeInput: Bool
    ) -> Int {
        let whole = bytes.byteCount
        let erased = bytes.endOfRun(of: 0xff, in: end..<whole)
        if erased == whole { return whole }
        // Only whole erased blocks belong here.
        let foreign = end + (erased - end) / eraseSize * eraseSize
        guard isWholeInput, start == 0, whole % eraseSize == 0, foreign + eraseSize <= whole,
            KnownFormat(bytes, at: foreign) != .openWrtEndMark
        else { return foreign }
        // Blocks that damage has made something else of: with erased flash behind, in the same block or in others.
        let used = blocksInUse(bytes, range: foreign..<whole, eraseSize: eraseSize)
        let isDamaged =
            used.count <= mostDamagedBlocks && used.allSatisfy { isDamage(bytes, block: $0) }
            || used.count == 1
                && (used[0].upperBound < whole || bytes.isFilled(with: 0xff, in: whole - 4..<whole))
        return isDamaged ? whole : foreign
    }

    /// Whether names lack their inode or their directory.
    private static func isMissing(_ census: NodeCensus, in bytes: RawSpan) -> Bool {
        var inodes: Set<InodeNumber> = [.root]
        var wanted: Set<InodeNumber> = []
        for sighting in census.sightings {
            if sighting.header.type == .inode,
                let raw = try? RawInode(reading: bytes, at: sighting.offset, census.byteOrder)
            {
                inodes.insert(raw.inode)
            } else if sighting.header.type == .dirent,
                let raw = try? Dirent(reading: bytes, at: sighting.offset, census.byteOrder), raw.isIntact
            {
                wanted.insert(raw.parent)
            }
        }
        return !wanted.isSubset(of: inodes)
    }
}
