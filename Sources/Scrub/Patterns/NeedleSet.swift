/// Literal byte strings that are all searched for in one pass.
///
/// A bitmap over the first bytes (upper and lower case folded) sorts out nearly every place of a text at the cost of one
/// look; what is left is compared. Time is linear in the text, whatever the number of needles.
struct NeedleSet: Sendable {
    struct Needle: Sendable, Hashable {
        /// At least two bytes.
        var bytes: [UInt8]
        /// Bytes that may be anything, where true; empty if there are none.
        var wildcards: [Bool] = []
        /// Where in `bytes` four bytes stand (two in a short needle) that are no wildcards.
        var anchor = 0
        /// How much before the first byte the whole begins (bytes).
        var lead = 0
        /// How much behind the last byte the whole ends (bytes).
        var trail = 0
        /// Of digits, what is written over them.
        var digits: DigitMask?
        /// ASCII letters match in both cases.
        var foldsCase = false
        /// Line ends between the bytes do not matter (base64, hex), indented or not, and written as `\n` either.
        var skipsLineEnds = false
        /// Whose needle this is.
        var owner: Int
    }

    private(set) var needles: [Needle]
    private var longFilter: [UInt64]
    private var shortFilter: [UInt64] = []
    /// Needles by a hash of their four bytes: of each slot where its needles begin in `longTable`, and at the end of all
    /// where the last one ends. A dictionary of lists would cost more than the whole search of a text with many values.
    private var slotStarts: [UInt32] = []
    private var longTable: [Int32] = []
    /// Of each entry of `longTable` the four bytes of its needle: most places of a slot are those of others.
    private var longKeys: [UInt32] = []
    private var tableBits = 0
    /// Of the slots that many needles share.
    private var crowded: [Int: Neighbors] = [:]
    private var shortTable: [UInt16: [Int32]] = [:]

    private static let (smallFilter, largeFilter) = (18, 23)
    private let filterBits: Int

    /// Needles with the same four bytes, by the four behind them, or else in front of them.
    private struct Neighbors {
        var behind: [UInt32: [Int32]] = [:]
        var before: [UInt32: [Int32]] = [:]
        /// What has neither.
        var others: [Int32] = []
    }

    /// So many needles are compared one by one.
    private static let few = 8

    /// What may be in or beside a line end, written or not: who skips those can not go by the bytes beside an anchor.
    private static let isAtLineEnd: [Bool] = (0..<256).map { "\n\r \t\\&;nr".utf8.contains(UInt8($0)) }

    init(_ needles: [Needle]) {
        self.needles = needles
        longest = needles.lazy.map { $0.bytes.count }.max() ?? 0
        tableBits = min(20, max(8, Int.bitWidth - needles.count.leadingZeroBitCount + 1))
        // A bitmap that is full sorts out nothing.
        filterBits = needles.count < 1 << 15 ? Self.smallFilter : Self.largeFilter
        longFilter = [UInt64](repeating: 0, count: 1 << (filterBits - 6))
        var counts = [UInt32](repeating: 0, count: 1 << tableBits)
        // Of each needle its slot; none for a short one.
        var slots = [Int32](repeating: -1, count: needles.count)
        for index in needles.indices {
            let bytes = needles[index].bytes
            if bytes.count >= 4 {
                let anchor = needles[index].wildcards.isEmpty ? rarest(bytes, counts: counts) : needles[index].anchor
                self.needles[index].anchor = anchor
                let key = Self.word(bytes, at: anchor) | 0x2020_2020
                let slot = Self.slot(key, bits: tableBits)
                slots[index] = Int32(truncatingIfNeeded: slot)
                counts[slot] &+= 1
                let place = Self.slot(key, bits: filterBits)
                longFilter[place >> 6] |= 1 << UInt64(place & 63)
            } else if bytes.count >= 2 {
                if shortFilter.isEmpty { shortFilter = [UInt64](repeating: 0, count: 1 << 10) }
                let key = (UInt16(bytes[0]) | UInt16(bytes[1]) << 8) | 0x2020
                shortTable[key, default: []].append(Int32(index))
                shortFilter[Int(key >> 6)] |= 1 << UInt64(key & 63)
            }
        }
        fillTable(counts, slots: slots)
    }

    /// Sorts the needles by their slots.
    private mutating func fillTable(_ counts: [UInt32], slots: [Int32]) {
        slotStarts.reserveCapacity(counts.count + 1)
        var sum: UInt32 = 0
        for count in counts {
            slotStarts.append(sum)
            sum &+= count
        }
        slotStarts.append(sum)
        longTable = [Int32](repeating: 0, count: Int(sum))
        longKeys = [UInt32](repeating: 0, count: Int(sum))
        var next = slotStarts
        for (index, slot) in slots.enumerated() where slot >= 0 {
            let place = Int(next[Int(slot)])
            longTable[place] = Int32(truncatingIfNeeded: index)
            longKeys[place] = Self.word(needles[index].bytes, at: needles[index].anchor) | 0x2020_2020
            next[Int(slot)] &+= 1
        }
        for (slot, count) in counts.enumerated() where count > Self.few {
            crowded[slot] = neighbors(longTable[candidates(slot)])
        }
    }

    private func candidates(_ slot: Int) -> Range<Int> { Int(slotStarts[slot])..<Int(slotStarts[slot + 1]) }

    var isEmpty: Bool { needles.isEmpty }
    /// The size of the longest needle (bytes).
    private(set) var longest = 0

    /// Where four bytes stand in a needle that the fewest others share: addresses of one maker begin alike.
    private func rarest(_ bytes: [UInt8], counts: [UInt32]) -> Int {
        var best = (anchor: 0, count: UInt32.max)
        for anchor in 0...bytes.count - 4 {
            let count = counts[Self.slot(Self.word(bytes, at: anchor) | 0x2020_2020, bits: tableBits)]
            if count == 0 { return anchor }
            if count < best.count { best = (anchor, count) }
        }
        return best.anchor
    }

    private static func word(_ bytes: [UInt8], at: Int) -> UInt32 {
        UInt32(bytes[at]) | UInt32(bytes[at + 1]) << 8 | UInt32(bytes[at + 2]) << 16 | UInt32(bytes[at + 3]) << 24
    }

    @inline(__always)
    private static func slot(_ key: UInt32, bits: Int) -> Int { Int((key &* 0x9e37_79b1) >> UInt32(32 - bits)) }

    /// Calls `found` with each needle and the range that its bytes take in `text`, ascending by place.
    func search(_ text: RawSpan, in range: Range<Int>, found: (_ needle: Needle, _ range: Range<Int>) -> Void) {
        if needles.isEmpty { return }
        let end = min(range.upperBound, text.byteCount)
        let lastWord = min(end, text.byteCount - 3)
        let filter = longFilter.span
        let hasShort = !shortFilter.isEmpty
        var at = range.lowerBound
        while at < lastWord {
            let key =
                unsafe UInt32(
                    littleEndian: text.unsafeLoadUnaligned(fromUncheckedByteOffset: at, as: UInt32.self)) | 0x2020_2020
            let place = Self.slot(key, bits: filterBits)
            if unsafe filter[unchecked: place >> 6] & (1 << UInt64(place & 63)) != 0 {
                let slot = Self.slot(key, bits: tableBits)
                let candidates = candidates(slot)
                if candidates.count > Self.few, let neighbors = crowded[slot] {
                    look(neighbors, text: text, at: at, found: found)
                } else {
                    for index in candidates where longKeys[index] == key {
                        compare(needles[Int(longTable[index])], text: text, place: at, found: found)
                    }
                }
            }
            if hasShort { searchShort(UInt16(truncatingIfNeeded: key), text: text, at: at, found: found) }
            at += 1
        }
        while hasShort, at < end, at + 2 <= text.byteCount {
            let key =
                unsafe UInt16(
                    littleEndian: text.unsafeLoadUnaligned(fromByteOffset: at, as: UInt16.self)) | 0x2020
            searchShort(key, text: text, at: at, found: found)
            at += 1
        }
    }

    private func neighbors(_ indices: ArraySlice<Int32>) -> Neighbors {
        indices.reduce(into: Neighbors()) { neighbors, index in
            let needle = needles[Int(index)]
            let anchor = needle.anchor
            if needle.wildcards.isEmpty, anchor + 8 <= needle.bytes.count {
                neighbors.behind[Self.word(needle.bytes, at: anchor + 4) | 0x2020_2020, default: []].append(index)
            } else if needle.wildcards.isEmpty, anchor >= 4 {
                neighbors.before[Self.word(needle.bytes, at: anchor - 4) | 0x2020_2020, default: []].append(index)
            } else {
                neighbors.others.append(index)
            }
        }
    }

    private func look(
        _ candidates: Neighbors, text: RawSpan, at place: Int, found: (Needle, Range<Int>) -> Void
    ) {
        func compare(_ indices: [Int32]) {
            for index in indices { self.compare(needles[Int(index)], text: text, place: place, found: found) }
        }
        /// Nil where a line end may be in between.
        func word(_ start: Int) -> UInt32? {
            for at in start..<start + 4 where Self.isAtLineEnd[Int(byte(text, at: at))] { return nil }
            return
                unsafe UInt32(
                    littleEndian: text.unsafeLoadUnaligned(fromUncheckedByteOffset: start, as: UInt32.self))
                | 0x2020_2020
        }
        compare(candidates.others)
        if place + 8 <= text.byteCount {
            if let key = word(place + 4) {
                if let behind = candidates.behind[key] { compare(behind) }
            } else {
                for behind in candidates.behind.values { compare(behind) }
            }
        }
        guard place >= 4 else { return }
        if let key = word(place - 4) {
            if let before = candidates.before[key] { compare(before) }
        } else {
            for before in candidates.before.values { compare(before) }
        }
    }

    @inline(__always)
    private func searchShort(
        _ key: UInt16, text: RawSpan, at: Int, found: (Needle, Range<Int>) -> Void
    ) {
        guard shortFilter[Int(key >> 6)] & (1 << UInt64(key & 63)) != 0, let candidates = shortTable[key] else {
            return
        }
        for index in candidates { compare(needles[Int(index)], text: text, place: at, found: found) }
    }

    private func compare(_ needle: Needle, text: RawSpan, place: Int, found: (Needle, Range<Int>) -> Void) {
        // Both ways from the anchor.
        var start = place
        for index in stride(from: needle.anchor - 1, through: 0, by: -1) {
            if needle.skipsLineEnds { start = inFrontOfLineEnds(text, at: start) }
            start -= 1
            guard start >= 0, matches(needle, at: index, seen: byte(text, at: start)) else { return }
        }
        var at = place
        for index in needle.anchor..<needle.bytes.count {
            if needle.skipsLineEnds, index > needle.anchor { at = behindLineEnds(text, from: at) }
            guard at < text.byteCount, matches(needle, at: index, seen: byte(text, at: at)) else { return }
            at += 1
        }
        found(needle, max(0, start - needle.lead)..<min(text.byteCount, at + needle.trail))
    }

    @inline(__always)
    private func matches(_ needle: Needle, at index: Int, seen: UInt8) -> Bool {
        let wanted = needle.bytes[index]
        if wanted == seen || (!needle.wildcards.isEmpty && needle.wildcards[index]) { return true }
        return needle.foldsCase && wanted | 0x20 == seen | 0x20 && (0x61...0x7a).contains(wanted | 0x20)
    }

    @inline(__always)
    private func byte(_ text: RawSpan, at: Int) -> UInt8 {
        unsafe text.unsafeLoad(fromUncheckedByteOffset: at, as: UInt8.self)
    }

    private static let lineEndEntities = ["&#10;", "&#13;", "&#xA;", "&#xD;", "&#xa;", "&#xd;", "&#x0A;", "&#x0D;"].map
    {
        Array($0.utf8)
    }

    private func starts(_ text: RawSpan, with bytes: [UInt8], at place: Int) -> Bool {
        place + bytes.count <= text.byteCount && bytes.indices.allSatisfy { byte(text, at: place + $0) == bytes[$0] }
    }

    /// The same backwards: in front of line ends that end at a place, and of what indents the line behind them.
    private func inFrontOfLineEnds(_ text: RawSpan, at place: Int) -> Int {
        var at = place
        while at > 0 {
            switch byte(text, at: at - 1) {
            case 0x0a, 0x0d: at -= 1
            case 0x20, 0x09:
                var first = at - 1
                while first > 0, [0x20, 0x09].contains(byte(text, at: first - 1)) { first -= 1 }
                guard first > 0 else { return at }
                let isIndentation = [0x0a, 0x0d].contains(byte(text, at: first - 1))
                let before = isIndentation ? first : inFrontOfWrittenLineEnd(text, at: first)
                guard isIndentation || before < first else { return at }
                at = before
            default:
                let before = inFrontOfWrittenLineEnd(text, at: at)
                if before == at { return at }
                at = before
            }
        }
        return at
    }

    /// In front of a `\n` or `&#10;` that ends at a place; the place itself where none does.
    private func inFrontOfWrittenLineEnd(_ text: RawSpan, at place: Int) -> Int {
        if place > 1, [0x6e, 0x72].contains(byte(text, at: place - 1)), byte(text, at: place - 2) == 0x5c {
            var first = place - 2
            while first > 0, place - first < 4, byte(text, at: first - 1) == 0x5c { first -= 1 }
            return first
        }
        guard byte(text, at: place - 1) == 0x3b else { return place }
        let entity = Self.lineEndEntities.first { $0.count <= place && starts(text, with: $0, at: place - $0.count) }
        return place - (entity?.count ?? 0)
    }

    /// Behind line ends and what indents the next line; of `\n`, which a string of JSON or of a program has, too.
    @inline(__always)
    private func behindLineEnds(_ text: RawSpan, from start: Int) -> Int {
        var at = start
        var isBehindEnd = false
        while at < text.byteCount {
            switch byte(text, at: at) {
            case 0x0a, 0x0d:
                at += 1
                isBehindEnd = true
            case 0x20, 0x09:
                guard isBehindEnd else { return at }
                at += 1
            case 0x26:
                // `&#10;` and `&#xD;` of XML.
                guard let end = Self.lineEndEntities.first(where: { starts(text, with: $0, at: at) })?.count else {
                    return at
                }
                at += end
                isBehindEnd = true
            case 0x5c:
                var letter = at + 1
                while letter < text.byteCount, letter < at + 4, byte(text, at: letter) == 0x5c { letter += 1 }
                guard letter < text.byteCount, [0x6e, 0x72].contains(byte(text, at: letter)) else { return at }
                at = letter + 1
                isBehindEnd = true
            default: return at
            }
        }
        return at
    }
}
