import FlashBytes

/// Finds the erase size of an image by what its nodes do at block boundaries.
///
/// - A summary ends its block and says where in the block it begins: proof.
/// - A cleanmarker stands at the start of a block, never inside one.
/// - No node crosses a boundary, and at a boundary inside the data a node begins, even where the block before it has
///   free space left. By accident a node begins at a given place once in some hundred times.
/// - An image that is padded ends at a boundary.
public struct EraseSizeInference: Sendable {
    /// The offset of the first erase block (bytes from the start of the bytes that were looked at).
    public let base: Int
    public let result: EraseSize

    /// - Parameters:
    ///   - bytes: the bytes of the census.
    ///   - census: must not be empty.
    ///   - blockStarts: where the spare area of NAND flash has cleanmarkers.
    public init(_ bytes: RawSpan, _ census: NodeCensus, blockStarts: [Int] = []) {
        let evidence = Evidence(bytes, census)
        let first = census.sightings.first?.offset ?? 0
        result = evidence.bestSummarySize ?? evidence.size(between: blockStarts) ?? evidence.chosen()
        let anchor = evidence.summaryBase ?? blockStarts.first ?? evidence.anchor
        let residue = anchor % result.bytes
        // The block that holds the first node; with foreign bytes in front it may be cut.
        let start = first - (first - residue + result.bytes) % result.bytes
        base = start >= 0 ? start : residue
    }

    /// How a candidate does at its boundaries.
    private struct Score {
        var size: Int
        /// Boundaries at which a node begins, the anchor included.
        var hits = 0
        /// Boundaries in free space.
        var misses = 0
        /// Boundaries inside nodes.
        var crossings = 0
        /// Cleanmarkers that are not at a boundary.
        var markersInside = 0

        /// Half as large for half and for twice the right size.
        var value: Double {
            let isPowerOfTwo = size & (size - 1) == 0
            return Double(hits * hits) / Double(max(1, hits + misses)) * (isPowerOfTwo ? 1.5 : 1)
        }
    }

    private struct Evidence {
        var cleanmarkers: [Int] = []
        /// Nodes, ascending by place.
        var nodes: [Range<Int>] = []
        var summarySizes: [Int: Int] = [:]
        var summaryBase: Int?
        /// Padding nodes: the flash is written in pages, and so its blocks are powers of two.
        var hasPadding = false
        /// Whether all bytes in front of the first node are erased, so that a block begins with the first byte too.
        var isErasedInFront: Bool
        /// Where all bytes end.
        var length: Int
        /// Whether the last bytes are erased.
        var isPadded: Bool

        /// A place that is the start of a block.
        var anchor: Int { cleanmarkers.first ?? nodes.first?.lowerBound ?? 0 }

        init(_ bytes: RawSpan, _ census: NodeCensus) {
            length = bytes.byteCount
            isPadded = length >= 4 && bytes.isFilled(with: 0xff, in: length - 4..<length)
            let first = census.sightings.first?.offset ?? 0
            isErasedInFront = first >= 4096 && bytes.isFilled(with: 0xff, in: 0..<first)
            for sighting in census.sightings {
                let type = sighting.header.type.accurate
                if type == .padding { hasPadding = true }
                if type == .cleanmarker {
                    // Obsolete ones too: flash that can clear bits marks them when the block fills.
                    cleanmarkers.append(sighting.offset)
                    nodes.append(sighting.offset..<sighting.offset + NodeHeader.size)
                } else if sighting.end <= length {
                    nodes.append(sighting.offset..<sighting.end)
                }
                guard type == .summary, let size = Self.summarySize(bytes, sighting, census.byteOrder) else { continue }
                summarySizes[size, default: 0] += 1
                summaryBase = summaryBase ?? sighting.end - size
            }
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

        /// What the summaries say.
        var bestSummarySize: EraseSize? {
            guard let (size, count) = summarySizes.max(by: { ($0.value, $1.key) < ($1.value, $0.key) }) else {
                return nil
            }
            return EraseSize(
                bytes: size, confidence: .certain, evidence: ["\(count) summar\(count == 1 ? "y says" : "ies say") so"])
        }

        /// What cleanmarkers in the spare area say: every block in use has one, and so has every erased one.
        func size(between blockStarts: [Int]) -> EraseSize? {
            let size = zip(blockStarts, blockStarts.dropFirst()).reduce(0) { Self.greatestDivisor($0, $1.1 - $1.0) }
            let isCrossed = nodes.contains { node in
                guard let anchor = blockStarts.first, size > 0, node.lowerBound >= anchor else { return false }
                return (node.lowerBound - anchor) / size != (node.upperBound - 1 - anchor) / size
            }
            guard size >= 4096, !isCrossed else { return nil }
            return EraseSize(
                bytes: size, confidence: blockStarts.count > 2 ? .high : .medium,
                evidence: [
                    "\(blockStarts.count) cleanmarkers in the spare area stand \(SizeExpression.readable(size)) "
                        + "or multiples apart"
                ])
        }

        /// Powers of two, multiples of 4 KiB, and what the distances of cleanmarkers divide into.
        private var candidates: [Int] {
            var sizes = Set((12...22).map { 1 << $0 })
            sizes.formUnion((1...256).map { $0 << 12 })
            let divisor = cleanmarkers.reduce(0) { Self.greatestDivisor($0, abs($1 - anchor)) }
            for part in 1...64 where divisor > 0 && divisor % part == 0 {
                let size = divisor / part
                if size >= 1 << 12, size <= 16 << 20, size % 4 == 0 { sizes.insert(size) }
            }
            if isErasedInFront, (12...22).contains(anchor.trailingZeroBitCount) {
                sizes = sizes.filter { anchor % $0 == 0 }
            }
            return sizes.filter { !hasPadding || $0 & ($0 - 1) == 0 }.sorted()
        }

        private static func greatestDivisor(_ left: Int, _ right: Int) -> Int {
            var (left, right) = (left, right)
            while right != 0 { (left, right) = (right, left % right) }
            return left
        }

        private func score(_ size: Int) -> Score {
            var score = Score(size: size)
            let start = nodes.first?.lowerBound ?? 0
            let end = nodes.last?.upperBound ?? 0
            var boundary = anchor - (anchor - start) / size * size
            var index = 0
            while boundary < end {
                while index < nodes.count, nodes[index].upperBound <= boundary { index += 1 }
                if index < nodes.count, nodes[index].lowerBound == boundary {
                    score.hits += 1
                } else if index < nodes.count, nodes[index].lowerBound < boundary {
                    score.crossings += 1
                } else {
                    score.misses += 1
                }
                boundary += size
            }
            score.markersInside = cleanmarkers.count { ($0 - anchor) % size != 0 }
            return score
        }

        func chosen() -> EraseSize {
            let scores = candidates.map(score)
            let possible = scores.filter {
                $0.crossings * 20 <= $0.hits && $0.markersInside * 20 <= cleanmarkers.count
            }
            let ranked = possible.sorted { $0.value != $1.value ? $0.value > $1.value : $0.size < $1.size }
            guard let best = ranked.first else { return leastBad(scores) }
            if best.hits < 2 { return byLength(possible.map(\.size)) }
            let runnerUp = ranked.dropFirst().first
            let isClear = best.value >= 1.4 * (runnerUp?.value ?? 0)
            // One boundary at an odd size is met by accident once in some ten images.
            let isOdd = best.size & (best.size - 1) != 0
            let confidence: EraseSize.Confidence =
                best.hits >= 4 && isClear ? .high : best.hits > 2 || !isOdd ? .medium : .low
            let text = SizeExpression.readable(best.size)
            var reasons = ["a node begins at \(best.hits) multiples of \(text) and none crosses one"]
            if cleanmarkers.count > 1 {
                reasons.insert(
                    "\(cleanmarkers.count - best.markersInside) of \(cleanmarkers.count) cleanmarkers stand \(text) "
                        + "or multiples apart", at: 0)
            }
            if (length - anchor) % best.size == 0 { reasons.append("the length is a multiple of it") }
            return EraseSize(
                bytes: best.size, confidence: confidence, evidence: reasons, runnerUp: runnerUp?.size)
        }

        /// No size fits: bytes were cut out or put in. What most blocks agree on.
        private func leastBad(_ scores: [Score]) -> EraseSize {
            let distances = zip(cleanmarkers, cleanmarkers.dropFirst()).map { $1 - $0 }
            var counts: [Int: Int] = [:]
            for distance in distances { counts[distance, default: 0] += 1 }
            if let (size, count) = counts.max(by: { ($0.value, $1.key) < ($1.value, $0.key) }), size >= 4096, count > 1
            {
                return EraseSize(
                    bytes: size, confidence: .medium,
                    evidence: ["\(count) of \(distances.count) neighbouring cleanmarkers are that far apart"])
            }
            let best = scores.max { first, second in
                first.hits * (second.crossings + 1) < second.hits * (first.crossings + 1)
            }
            return EraseSize(
                bytes: best.map { $0.hits > 1 ? $0.size : EraseSize.usual } ?? EraseSize.usual, confidence: .low,
                evidence: ["no size fits all nodes"])
        }

        /// For images with no boundary between their nodes.
        private func byLength(_ possible: [Int]) -> EraseSize {
            let whole = length - anchor
            let isPowerOfTwo = whole & (whole - 1) == 0
            let end = (nodes.last?.upperBound ?? 0) - anchor
            if isErasedInFront, let size = possible.last(where: { $0 & ($0 - 1) == 0 }), size >= end, size <= 1 << 18 {
                return EraseSize(
                    bytes: size, confidence: .low,
                    evidence: [
                        "the erased bytes in front of the first node are a multiple of it, and no node crosses one"
                    ],
                    runnerUp: possible.last { $0 < size })
            }
            if isPadded, isPowerOfTwo, whole >= 8192, whole <= 1 << 20, possible.contains(whole) {
                let text = SizeExpression.readable(whole)
                return EraseSize(
                    bytes: whole, confidence: cleanmarkers.count == 1 ? .medium : .low,
                    evidence: ["\(cleanmarkers.count) cleanmarker, and the image is padded to just \(text)"],
                    runnerUp: possible.first { $0 != whole })
            }
            let size = end <= EraseSize.usual ? EraseSize.usual : possible.first { $0 >= end && $0 & ($0 - 1) == 0 }
            return EraseSize(
                bytes: size ?? EraseSize.usual, confidence: .low,
                evidence: ["all nodes fit into one block; nothing shows where it ends"],
                runnerUp: possible.first { $0 >= end && $0 != size })
        }
    }
}
