internal import FlashBytes

/// Content that can tell without being read that it is the same as another one.
package protocol RecognizableContents: FileContents {
    /// Whether the same bytes of the same input are behind both.
    func isSame(as other: any FileContents) -> Bool
}

/// What of the contents of two files differs. They are read piece by piece, without what is a hole in both.
package enum ContentDifference {
    /// Which of the two.
    package enum Side: Sendable, Hashable {
        case old, new
    }

    /// A part of one of the two that cannot be read.
    package struct Damage: Sendable, Hashable {
        /// Whose it is.
        package let side: Side
        /// What is missing, and why.
        package let damage: ContentDamage

        /// A part of the content of a side.
        package init(_ damage: ContentDamage, of side: Side) {
            self.side = side
            self.damage = damage
        }
    }

    /// How much is compared in one go (bytes); a multiple of all page sizes.
    private static let piece: UInt64 = 1 << 20

    /// The pages in which two contents differ, ascending and disjoint, ending at the larger of the two sizes. What is damaged
    /// counts as it reads.
    package static func pages(
        _ old: any FileContents, new: any FileContents, pageSize: Int
    ) throws(ContentsError) -> [Range<UInt64>] {
        if isSame(old, new: new) { return [] }
        let page = UInt64(pageSize)
        let common = min(old.size, new.size)
        let end = max(old.size, new.size)
        // The page in which the shorter one ends differs if the sizes do.
        let compared = old.size == new.size ? common : common / page * page
        var changed: [Range<UInt64>] = []
        var pair = try Pair(old, new: new)
        for range in try pair.dataRanges(page: page, end: compared) {
            var at = range.lowerBound
            while at < range.upperBound {
                let count = Int(min(Self.piece, range.upperBound - at))
                _ = try pair.read(at: at, count: count)
                for start in stride(from: 0, to: count, by: pageSize) {
                    let part = start..<min(start + pageSize, count)
                    if pair.differs(in: part) {
                        append(at + UInt64(part.lowerBound)..<at + UInt64(part.upperBound), to: &changed)
                    }
                }
                at += UInt64(count)
            }
        }
        if compared < end { append(compared..<end, to: &changed) }
        return changed
    }

    /// Whether two contents of the same size differ where both can be read, up to the first difference.
    ///
    /// - Returns: also what was met on the way that cannot be read: without a difference, the contents may be the same or not.
    package static func isDifferent(
        _ old: any FileContents, new: any FileContents
    ) -> (isDifferent: Bool, damage: [Damage]) {
        if isSame(old, new: new) { return (false, []) }
        var damage = old.losses.map { Damage($0, of: .old) } + new.losses.map { Damage($0, of: .new) }
        if old.size != new.size { return (true, damage) }
        do throws(SideError) {
            var pair = try Pair(opening: old, new: new)
            for range in try pair.dataRangesOfSides(page: 1, end: old.size) {
                var at = range.lowerBound
                while at < range.upperBound {
                    let count = Int(min(Self.piece, range.upperBound - at))
                    damage += try pair.readSides(at: at, count: count)
                    if pair.differs(from: at, count: count, without: damage) { return (true, damage) }
                    at += UInt64(count)
                }
            }
        } catch {
            damage.append(
                Damage(ContentDamage(range: 0..<old.size, reason: error.error.description), of: error.side))
        }
        return (false, damage)
    }

    private static func isSame(_ old: any FileContents, new: any FileContents) -> Bool {
        old === new || (old as? any RecognizableContents)?.isSame(as: new) == true
    }

    /// The same stretches, ascending, those that touch or overlap joined.
    package static func union(of ranges: [Range<UInt64>]) -> [Range<UInt64>] {
        var union: [Range<UInt64>] = []
        for range in ranges.sorted(by: { $0.lowerBound < $1.lowerBound }) { append(range, to: &union) }
        return union
    }

    /// Adds a range that begins at or behind the start of the last one.
    package static func append(_ range: Range<UInt64>, to ranges: inout [Range<UInt64>]) {
        if let last = ranges.last, range.lowerBound <= last.upperBound {
            ranges[ranges.count - 1] = last.lowerBound..<max(last.upperBound, range.upperBound)
        } else {
            ranges.append(range)
        }
    }
}

/// Which of two contents cannot be had at all.
private struct SideError: Error {
    var side: ContentDifference.Side
    var error: ContentsError
}

/// Two contents that are read side by side.
private struct Pair {
    private let old: any ContentReader
    private let new: any ContentReader
    private var one: [UInt8] = []
    private var two: [UInt8] = []

    init(_ old: any FileContents, new: any FileContents) throws(ContentsError) {
        do throws(SideError) {
            try self.init(opening: old, new: new)
        } catch {
            throw error.error
        }
    }

    init(opening old: any FileContents, new: any FileContents) throws(SideError) {
        self.old = try Self.on(.old) { () throws(ContentsError) in try old.makeReader() }
        self.new = try Self.on(.new) { () throws(ContentsError) in try new.makeReader() }
    }

    private static func on<Result>(
        _ side: ContentDifference.Side, body: () throws(ContentsError) -> Result
    ) throws(SideError) -> Result {
        do throws(ContentsError) {
            return try body()
        } catch {
            throw SideError(side: side, error: error)
        }
    }

    func dataRanges(page: UInt64, end: UInt64) throws(ContentsError) -> [Range<UInt64>] {
        do throws(SideError) {
            return try dataRangesOfSides(page: page, end: end)
        } catch {
            throw error.error
        }
    }

    /// What at least one of the two has as data, in whole pages.
    func dataRangesOfSides(page: UInt64, end: UInt64) throws(SideError) -> [Range<UInt64>] {
        let all =
            try Self.on(.old) { () throws(ContentsError) in try old.dataRanges() }
            + Self.on(.new) { () throws(ContentsError) in try new.dataRanges() }
        var joined: [Range<UInt64>] = []
        for range in all.sorted(by: { $0.lowerBound < $1.lowerBound }) {
            let start = range.lowerBound / page * page
            let stop = min((range.upperBound + page - 1) / page * page, end)
            if start < stop { ContentDifference.append(start..<stop, to: &joined) }
        }
        return joined
    }

    mutating func read(at offset: UInt64, count: Int) throws(ContentsError) -> [ContentDifference.Damage] {
        do throws(SideError) {
            return try readSides(at: offset, count: count)
        } catch {
            throw error.error
        }
    }

    /// Reads the same part of both.
    mutating func readSides(at offset: UInt64, count: Int) throws(SideError) -> [ContentDifference.Damage] {
        if one.count != count {
            one = [UInt8](repeating: 0, count: count)
            two = one
        }
        var damage: [ContentDifference.Damage] = []
        do throws(ContentsError) {
            damage += try Self.fill(&one, from: old, at: offset).map { .init($0, of: .old) }
        } catch {
            throw SideError(side: .old, error: error)
        }
        do throws(ContentsError) {
            damage += try Self.fill(&two, from: new, at: offset).map { .init($0, of: .new) }
        } catch {
            throw SideError(side: .new, error: error)
        }
        return damage
    }

    private static func fill(
        _ bytes: inout [UInt8], from reader: any ContentReader, at offset: UInt64
    ) throws(ContentsError) -> [ContentDamage] {
        var span = bytes.mutableSpan
        var buffer = unsafe span.mutableBytes
        return try reader.read(into: &buffer, at: offset)
    }

    /// Whether the bytes that were read last differ in a part of them.
    func differs(in part: Range<Int>) -> Bool {
        unsafe one.span.bytes.differs(from: two.span.bytes, in: part)
    }

    /// The same for all of them, but for what cannot be read on either side.
    func differs(from offset: UInt64, count: Int, without damage: [ContentDifference.Damage]) -> Bool {
        let end = offset + UInt64(count)
        var at = offset
        for hole in damage.map(\.damage.range).sorted(by: { $0.lowerBound < $1.lowerBound }) {
            let start = min(max(hole.lowerBound, at), end)
            if at < start, differs(in: Int(at - offset)..<Int(start - offset)) { return true }
            at = min(max(at, hole.upperBound), end)
        }
        return at < end && differs(in: Int(at - offset)..<Int(end - offset))
    }
}
