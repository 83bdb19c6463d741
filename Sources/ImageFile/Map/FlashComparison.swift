import FlashBytes
public import JFFS2

/// The erase blocks in which a changed flash differs from the original, found by comparing both byte by byte.
public struct FlashComparison: Sendable, Hashable {
    /// A file system that both have at the same place.
    package struct Area: Sendable, Hashable {
        /// In the original (bytes); in the changed flash one at the end may reach further.
        package var range: Range<Int>
        /// In bytes.
        package var eraseSize: Int
        /// Why blocks of it were rewritten, counted from its first block.
        package var rewritten: [ChangedBlock]

        /// A file system, and what was rewritten of it.
        package init(range: Range<Int>, eraseSize: Int, rewritten: [ChangedBlock]) {
            self.range = range
            self.eraseSize = eraseSize
            self.rewritten = rewritten
        }
    }

    /// An erase block in which at least one byte differs.
    public struct Block: Sendable, Hashable {
        /// In the changed flash (bytes): a whole erase block, unless the file begins or ends within it.
        public var range: Range<Int>
        /// The index of the area that it belongs to; nil for what lies around all areas.
        public var area: Int?
        /// Counted from the first block of the area; nil where the area does not begin at the start of an erase block.
        public var index: Int?
        /// In the order of `ChangedBlock.Reason`; empty around the areas.
        public var reasons: [ChangedBlock.Reason]
    }

    /// The blocks of each area in turn, then those around the areas; ascending in each.
    package private(set) var blocks: [Block] = []
    /// Where the first erase block begins in the file (bytes), less than an erase size. Not 0 where something that is not on
    /// the flash, such as the header of a uImage, stands in front of everything.
    package let shift: Int

    private let areas: [Area]
    /// What the changed flash holds, or the longer one of two that are just compared (bytes).
    private let size: Int
    /// Whether blocks may differ only where that was planned.
    private let isPlanned: Bool

    /// Compares.
    ///
    /// - Parameter areas: ascending, without overlaps.
    /// - Throws: `LayoutError.check` where a byte differs that lies in an area, but in no block that was rewritten, or where
    ///   the changed flash is shorter.
    package init(of original: RawSpan, with changed: RawSpan, areas: [Area]) throws(LayoutError) {
        guard changed.byteCount >= original.byteCount else {
            throw .check(["\(original.byteCount - changed.byteCount) bytes at its end are missing"])
        }
        size = changed.byteCount
        isPlanned = true
        shift = Self.shift(areas)
        self.areas = areas.map { area in
            var area = area
            // What follows nothing may grow.
            if area.range.upperBound == original.byteCount { area.range = area.range.lowerBound..<changed.byteCount }
            return area
        }
        for index in areas.indices { try addBlocks(ofArea: index, original: original, changed: changed) }
        addSurroundings(original: original, changed: changed)
    }

    /// Compares two flashes that nobody has planned. What is missing at the end of one of them counts as erased.
    ///
    /// - Parameter areas: ascending, without overlaps; what was rewritten of them does not count.
    package init(of original: RawSpan, and changed: RawSpan, areas: [Area]) {
        size = max(original.byteCount, changed.byteCount)
        isPlanned = false
        shift = Self.shift(areas)
        self.areas = areas.map { [size] area in
            var area = area
            area.range = area.range.clamped(to: 0..<size)
            return area
        }
        for index in areas.indices {
            // Nothing was planned, so nothing is thrown.
            try? addBlocks(ofArea: index, original: original, changed: changed)
        }
        addSurroundings(original: original, changed: changed)
    }

    /// Whether a part differs.
    private func differs(_ original: RawSpan, changed: RawSpan, in part: Range<Int>) -> Bool {
        if isPlanned { return original.differs(from: changed, in: part) }
        let common = part.clamped(to: 0..<min(original.byteCount, changed.byteCount))
        if original.differs(from: changed, in: common) { return true }
        let rest = max(part.lowerBound, common.upperBound)..<part.upperBound
        return !original.isFilled(with: 0xff, in: rest.clamped(to: 0..<original.byteCount))
            || !changed.isFilled(with: 0xff, in: rest.clamped(to: 0..<changed.byteCount))
    }

    /// Where erase blocks begin: at the start of the file if anything fits that, else where the first area begins if all
    /// others do so at whole erase blocks from there.
    private static func shift(_ areas: [Area]) -> Int {
        guard let first = areas.first else { return 0 }
        let candidates = [0, first.range.lowerBound % first.eraseSize]
        return candidates.first { shift in
            areas.allSatisfy { ($0.range.lowerBound - shift) % $0.eraseSize == 0 }
        } ?? 0
    }

    /// The erase block in which a byte lies, as far as it is in the file.
    private func block(at offset: Int, eraseSize: Int) -> Range<Int> {
        let inside = (offset - shift) % eraseSize
        let start = offset - (inside < 0 ? inside + eraseSize : inside)
        return max(0, start)..<min(start + eraseSize, size)
    }

    private mutating func addBlocks(ofArea number: Int, original: RawSpan, changed: RawSpan) throws(LayoutError) {
        let area = areas[number]
        let isOnGrid = (area.range.lowerBound - shift) % area.eraseSize == 0
        var planned = area.rewritten[...]
        var at = area.range.lowerBound
        while at < area.range.upperBound {
            let block = block(at: at, eraseSize: area.eraseSize)
            at = block.upperBound
            guard differs(original, changed: changed, in: block) else { continue }
            let inside = block.clamped(to: area.range)
            var reasons: Set<ChangedBlock.Reason> = []
            while let next = planned.first, next.range.upperBound + area.range.lowerBound <= inside.lowerBound {
                planned.removeFirst()
            }
            for rewritten in planned {
                guard rewritten.range.lowerBound + area.range.lowerBound < inside.upperBound else { break }
                reasons.formUnion(rewritten.reasons)
            }
            if isPlanned, reasons.isEmpty, original.differs(from: changed, in: inside) {
                throw .check(["the erase block at \(hex(inside.lowerBound)) differs, though it was not to be changed"])
            }
            if blocks.last?.range == block { continue }
            blocks.append(
                Block(
                    range: block, area: number,
                    index: isOnGrid ? (block.lowerBound - area.range.lowerBound) / area.eraseSize : nil,
                    reasons: ChangedBlock.Reason.allCases.filter(reasons.contains)))
        }
    }

    /// What differs outside of the areas and of the blocks that are known to differ.
    private mutating func addSurroundings(original: RawSpan, changed: RawSpan) {
        let unit = areas.map(\.eraseSize).max() ?? size
        var last: Range<Int>?
        var start = 0
        let known = (areas.map(\.range) + blocks.map(\.range)).sorted { $0.lowerBound < $1.lowerBound }
        for end in known + [size..<size] {
            while start < end.lowerBound {
                let block = block(at: start, eraseSize: unit)
                let part = start..<min(block.upperBound, end.lowerBound)
                if block != last, differs(original, changed: changed, in: part) {
                    blocks.append(Block(range: block, area: nil, index: nil, reasons: []))
                    last = block
                }
                start = part.upperBound
            }
            start = max(start, end.upperBound)
        }
    }
}
