import FlashBytes

/// Finds the erase size of an image by what its nodes do at block boundaries.
///
/// - A summary ends its block and says where in the block it begins: proof.
/// - Cleanmarkers stand at the start of blocks: the erase size divides their distances.
/// - No node crosses a block boundary: every size whose multiples cut nodes is out.
/// - Free space ends at a boundary: where a node follows erased bytes, a block begins.
/// - A whole image ends at a boundary.
public struct EraseSizeInference: Sendable {
    /// The offset of the first erase block (bytes from the start of the bytes that were looked at).
    public let base: Int
    public let result: EraseSize

    private struct Evidence {
        var cleanmarkers: [Int] = []
        /// Starts of nodes behind erased bytes.
        var afterFree: [Int] = []
        /// Starts and ends of nodes.
        var nodes: [Range<Int>] = []
        var summarySizes: [Int: Int] = [:]
        var summaryBase: Int?
    }

    /// - Parameters:
    ///   - bytes: the bytes of the census.
    ///   - census: must not be empty.
    ///   - end: where the file system's file or partition ends (bytes), for the length as evidence.
    public init(_ bytes: RawSpan, _ census: NodeCensus, end: Int? = nil) {
        let evidence = Self.collect(bytes, census)
        let first = census.sightings.first?.offset ?? 0
        let length = end ?? bytes.byteCount
        if let (size, count) = evidence.summarySizes.max(by: { ($0.value, $1.key) < ($1.value, $0.key) }) {
            let start = (evidence.summaryBase ?? first) % size
            base = first - (first - start) % size < 0 ? start : first - (first - start) % size
            result = EraseSize(
                bytes: size, confidence: .certain,
                evidence: ["\(count) summar\(count == 1 ? "y says" : "ies say") so"])
            return
        }
        let anchor = evidence.cleanmarkers.first ?? first
        let sizes = Self.candidates(evidence, anchor)
        let possible = sizes.filter { Self.isPossible($0, evidence, anchor) }
        result = Self.choose(possible, evidence, anchor, length)
        let residue = anchor % result.bytes
        // The block that holds the first node; with foreign bytes in front it may be cut.
        let start = first - (first - residue + result.bytes) % result.bytes
        base = start >= 0 ? start : residue
    }

    private static func collect(_ bytes: RawSpan, _ census: NodeCensus) -> Evidence {
        var evidence = Evidence()
        var previousEnd = 0
        var previousWasMarker = false
        for sighting in census.sightings {
            let type = sighting.header.type.accurate
            let offset = sighting.offset
            if offset >= previousEnd + 4, !previousWasMarker, previousEnd > 0,
                bytes.isFilled(with: 0xff, in: max(previousEnd, offset - 8)..<offset)
            {
                evidence.afterFree.append(offset)
            }
            if type == .cleanmarker {
                // Obsolete ones too: flash that can clear bits marks them when the block fills.
                evidence.cleanmarkers.append(offset)
                evidence.nodes.append(offset..<offset + NodeHeader.size)
                previousEnd = offset + NodeHeader.size
            } else if sighting.end <= bytes.byteCount {
                evidence.nodes.append(offset..<sighting.end)
                previousEnd = offset + padded(sighting.header.totalLength)
            }
            previousWasMarker = type == .cleanmarker
            if type == .summary, let size = summarySize(bytes, sighting, census.byteOrder) {
                evidence.summarySizes[size, default: 0] += 1
                evidence.summaryBase = evidence.summaryBase ?? sighting.end - size
            }
        }
        return evidence
    }

    /// The size of the block that a summary closes, if its marker agrees.
    private static func summarySize(
        _ bytes: RawSpan, _ sighting: NodeCensus.Sighting, _ order: ByteOrder
    ) -> Int? {
        guard sighting.end <= bytes.byteCount, sighting.header.totalLength >= 40,
            let magic = try? bytes.uint32(at: sighting.end - 4, order), magic == SummaryNode.markerMagic,
            let offset = try? bytes.uint32(at: sighting.end - 8, order)
        else { return nil }
        let size = Int(offset) + Int(sighting.header.totalLength)
        return size <= 16 << 20 && size % 4 == 0 && sighting.end >= size ? size : nil
    }

    /// Powers of two, and what the distances of cleanmarkers and of ends of free space divide into.
    private static func candidates(_ evidence: Evidence, _ anchor: Int) -> [Int] {
        var sizes = Set((12...22).map { 1 << $0 })
        for positions in [evidence.cleanmarkers, evidence.afterFree] {
            let divisor = positions.reduce(0) { greatestDivisor($0, abs($1 - anchor)) }
            for part in 1...16 where divisor > 0 && divisor % part == 0 {
                let size = divisor / part
                if size >= 1 << 12, size <= 16 << 20, size % 1024 == 0 { sizes.insert(size) }
            }
        }
        return sizes.sorted()
    }

    private static func greatestDivisor(_ left: Int, _ right: Int) -> Int {
        var (left, right) = (left, right)
        while right != 0 { (left, right) = (right, left % right) }
        return left
    }

    /// Whether (nearly) no node crosses a boundary and no cleanmarker lies inside a block. A few may: damage.
    private static func isPossible(_ size: Int, _ evidence: Evidence, _ anchor: Int) -> Bool {
        var crossings = 0
        for node in evidence.nodes
        where block(node.lowerBound, size, anchor) != block(node.upperBound - 1, size, anchor) {
            crossings += 1
        }
        let inside = evidence.cleanmarkers.count { isInside($0, size, anchor) }
        return crossings <= evidence.nodes.count / 200 && inside <= evidence.cleanmarkers.count / 20
    }

    private static func block(_ offset: Int, _ size: Int, _ anchor: Int) -> Int {
        // Floor division: nodes may lie before the anchor.
        (offset - anchor % size + size) / size
    }

    private static func isInside(_ offset: Int, _ size: Int, _ anchor: Int) -> Bool {
        (offset - anchor) % size != 0
    }

    private static func choose(
        _ possible: [Int], _ evidence: Evidence, _ anchor: Int, _ length: Int
    ) -> EraseSize {
        guard !possible.isEmpty else {
            return EraseSize(
                bytes: EraseSize.usual, confidence: .low,
                evidence: ["no size fits all nodes; \(SizeExpression.readable(EraseSize.usual)) is usual"])
        }
        let last = evidence.nodes.last?.upperBound ?? 0
        let markers = evidence.cleanmarkers
        if markers.count >= 2 {
            // Each used or erased block has one: the largest possible size is theirs.
            let size = possible.last { $0 <= (markers.last ?? 0) - anchor } ?? possible[0]
            let aligned = markers.count { !isInside($0, size, anchor) }
            let spans = (max(last, markers.last ?? 0) - anchor) / size + 1
            return EraseSize(
                bytes: size, confidence: aligned * 2 >= spans ? .high : .medium,
                evidence: [
                    "\(aligned) of \(markers.count) cleanmarkers stand \(SizeExpression.readable(size)) or multiples apart",
                    "no node crosses a boundary",
                ],
                runnerUp: possible.last { $0 < size })
        }
        let ends = evidence.afterFree.filter { $0 > anchor }
        if let size = possible.last(where: { size in
            !ends.isEmpty && ends.count { !isInside($0, size, anchor) } * 10 >= ends.count * 9
        }), size <= (ends.last ?? 0) - anchor {
            return EraseSize(
                bytes: size, confidence: ends.count >= 3 ? .high : .medium,
                evidence: [
                    "free space ends \(ends.count) time\(ends.count == 1 ? "" : "s") at multiples of it",
                    "no node crosses a boundary",
                ],
                runnerUp: possible.first { $0 > size })
        }
        return chooseByLength(possible, evidence, anchor, length, last)
    }

    /// For images of one block, or of blocks that are filled to the last byte.
    private static func chooseByLength(
        _ possible: [Int], _ evidence: Evidence, _ anchor: Int, _ length: Int, _ last: Int
    ) -> EraseSize {
        let whole = length - anchor
        if evidence.cleanmarkers.count == 1, whole >= 8192, whole <= 1 << 20, whole & (whole - 1) == 0,
            possible.contains(whole)
        {
            return EraseSize(
                bytes: whole, confidence: .medium,
                evidence: ["one cleanmarker, and the image is just \(SizeExpression.readable(whole)) long"],
                runnerUp: possible.first { $0 != whole })
        }
        if possible.contains(EraseSize.usual) {
            return EraseSize(
                bytes: EraseSize.usual, confidence: .low,
                evidence: [
                    last - anchor <= EraseSize.usual
                        ? "all nodes fit into one block of the usual size" : "no node crosses a boundary"
                ],
                runnerUp: possible.first { $0 != EraseSize.usual })
        }
        // Too small sizes cut nodes: the smallest one that does not is the best guess.
        let size = possible.first { $0 > EraseSize.usual } ?? possible[possible.count - 1]
        let isAligned = whole % size == 0
        return EraseSize(
            bytes: size, confidence: isAligned ? .medium : .low,
            evidence: ["the smallest size at which no node crosses a boundary"]
                + (isAligned ? ["the length is a multiple"] : []),
            runnerUp: possible.first { $0 > size })
    }
}
