internal import FlashBytes

/// Which lines of two texts are not common to both.
///
/// The standard library finds the least number of them, but in a time that grows with the square: texts that are long are cut
/// first at lines that each has once, as in a patience diff. Of what is long and has no such line, all differs.
struct LineDifference {
    /// For each line of the old text, whether the new one lacks it.
    private(set) var isRemoved: [Bool]
    /// For each line of the new text, whether the old one lacks it.
    private(set) var isAdded: [Bool]

    private struct Part {
        var old: Range<Int>
        var new: Range<Int>
        var depth: Int
    }

    /// How many lines of both are compared at once.
    private static let most = 2000
    /// How much time there is for all parts, in pairs of lines.
    private static let budget = 100_000_000
    /// How often a part is cut.
    private static let deepest = 32

    /// - Parameters:
    ///   - old: the lines, alike ones with the same number.
    ///   - new: the same of the other text.
    init(_ old: [Int], new: [Int]) {
        isRemoved = [Bool](repeating: false, count: old.count)
        isAdded = [Bool](repeating: false, count: new.count)
        var left = Self.budget
        var parts = [Part(old: 0..<old.count, new: 0..<new.count, depth: 0)]
        while let part = parts.popLast() {
            let rest = Self.trimmed(part, old: old, new: new)
            if rest.old.isEmpty || rest.new.isEmpty {
                markAll(rest)
                continue
            }
            let lines = rest.old.count + rest.new.count
            if lines <= Self.most, lines * lines <= left {
                left -= lines * lines
                mark(rest, old: old, new: new)
            } else {
                let anchors = rest.depth < Self.deepest ? Self.anchors(rest, old: old, new: new) : []
                if anchors.isEmpty { markAll(rest) } else { parts += Self.cut(rest, at: anchors) }
            }
        }
    }

    /// Without what both have at start and end.
    private static func trimmed(_ part: Part, old: [Int], new: [Int]) -> Part {
        var (start, other) = (part.old.lowerBound, part.new.lowerBound)
        var (end, otherEnd) = (part.old.upperBound, part.new.upperBound)
        while start < end, other < otherEnd, old[start] == new[other] {
            start += 1
            other += 1
        }
        while start < end, other < otherEnd, old[end - 1] == new[otherEnd - 1] {
            end -= 1
            otherEnd -= 1
        }
        return Part(old: start..<end, new: other..<otherEnd, depth: part.depth)
    }

    private mutating func markAll(_ part: Part) {
        for index in part.old { isRemoved[index] = true }
        for index in part.new { isAdded[index] = true }
    }

    /// Of lines that are in one of the texts only, nothing has to be found out.
    private mutating func mark(_ part: Part, old: [Int], new: [Int]) {
        let (inOld, inNew) = (Set(old[part.old]), Set(new[part.new]))
        let before = part.old.filter { inNew.contains(old[$0]) }
        let after = part.new.filter { inOld.contains(new[$0]) }
        for index in part.old where !inNew.contains(old[index]) { isRemoved[index] = true }
        for index in part.new where !inOld.contains(new[index]) { isAdded[index] = true }
        for change in after.map({ new[$0] }).difference(from: before.map { old[$0] }) {
            switch change {
            case .remove(let offset, _, _): isRemoved[before[offset]] = true
            case .insert(let offset, _, _): isAdded[after[offset]] = true
            }
        }
    }

    /// The longest row of lines that both parts have once, in the same order.
    private static func anchors(_ part: Part, old: [Int], new: [Int]) -> [(old: Int, new: Int)] {
        var places: [Int: (old: Int?, new: Int?)] = [:]
        var repeated: Set<Int> = []
        for index in part.old where places.updateValue((index, nil), forKey: old[index]) != nil {
            repeated.insert(old[index])
        }
        for index in part.new {
            guard let place = places[new[index]] else { continue }
            if place.new != nil { repeated.insert(new[index]) }
            places[new[index]]?.new = index
        }
        var common: [(old: Int, new: Int)] = []
        for (line, place) in places where !repeated.contains(line) {
            if let one = place.old, let two = place.new { common.append((one, two)) }
        }
        return longestAscending(common.sorted { $0.old < $1.old })
    }

    /// The longest selection that ascends on both sides.
    private static func longestAscending(_ pairs: [(old: Int, new: Int)]) -> [(old: Int, new: Int)] {
        // For each length, the row of that length whose end is the smallest.
        var ends: [Int] = []
        var before = [Int?](repeating: nil, count: pairs.count)
        for index in pairs.indices {
            let place = ends.partitionPoint { pairs[$0].new < pairs[index].new }
            if place > 0 { before[index] = ends[place - 1] }
            if place < ends.count { ends[place] = index } else { ends.append(index) }
        }
        var row: [(old: Int, new: Int)] = []
        var at = ends.last
        while let index = at {
            row.append(pairs[index])
            at = before[index]
        }
        return row.reversed()
    }

    private static func cut(_ part: Part, at anchors: [(old: Int, new: Int)]) -> [Part] {
        var parts: [Part] = []
        var (start, other) = (part.old.lowerBound, part.new.lowerBound)
        for anchor in anchors + [(part.old.upperBound, part.new.upperBound)] {
            parts.append(Part(old: start..<anchor.old, new: other..<anchor.new, depth: part.depth + 1))
            (start, other) = (anchor.old + 1, anchor.new + 1)
        }
        return parts
    }
}
