/// Ranges of addresses that are left when others are taken away.
struct RangeList: Hashable {
    private(set) var ranges: [Range<UInt64>]

    init(_ ranges: [Range<UInt64>]) { self.ranges = ranges.filter { !$0.isEmpty } }

    var isEmpty: Bool { ranges.isEmpty }

    mutating func subtract(_ other: Range<UInt64>) {
        guard ranges.contains(where: { $0.overlaps(other) }) else { return }
        ranges = ranges.flatMap { range -> [Range<UInt64>] in
            guard range.overlaps(other) else { return [range] }
            let before = range.lowerBound..<max(range.lowerBound, min(other.lowerBound, range.upperBound))
            let behind = min(range.upperBound, max(other.upperBound, range.lowerBound))..<range.upperBound
            return [before, behind].filter { !$0.isEmpty }
        }
    }
}
