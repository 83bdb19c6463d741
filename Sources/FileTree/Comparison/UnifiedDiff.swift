/// What differs between two texts, as `diff -u` writes it and `patch` reads it.
package struct UnifiedDiff {
    /// A line that differs, or one beside it.
    private struct Line {
        let mark: UInt8
        let text: ArraySlice<UInt8>
        /// How many lines of each text come before it.
        let old: Int
        let new: Int
    }

    /// How many common lines are shown around what differs.
    private static let context = 3

    /// Each a range of `lines`.
    private var hunks: [Range<Int>] = []
    private var lines: [Line] = []

    /// Compares two texts.
    package init(_ old: [UInt8], new: [UInt8]) {
        let (one, two) = (Self.lines(old), Self.lines(new))
        var numbers: [ArraySlice<UInt8>: Int] = [:]
        func number(_ line: ArraySlice<UInt8>) -> Int {
            if let known = numbers[line] { return known }
            numbers[line] = numbers.count
            return numbers.count - 1
        }
        let difference = LineDifference(one.map(number), new: two.map(number))
        var (at, other) = (0, 0)
        while at < one.count || other < two.count {
            if at < one.count, difference.isRemoved[at] {
                lines.append(Line(mark: UInt8(ascii: "-"), text: one[at], old: at, new: other))
                at += 1
            } else if other < two.count, difference.isAdded[other] {
                lines.append(Line(mark: UInt8(ascii: "+"), text: two[other], old: at, new: other))
                other += 1
            } else if at < one.count, other < two.count {
                lines.append(Line(mark: UInt8(ascii: " "), text: one[at], old: at, new: other))
                at += 1
                other += 1
            } else {
                break
            }
        }
        for index in lines.indices where lines[index].mark != UInt8(ascii: " ") {
            let hunk = max(0, index - Self.context)..<min(lines.count, index + Self.context + 1)
            if let last = hunks.last, hunk.lowerBound <= last.upperBound {
                hunks[hunks.count - 1] = last.lowerBound..<hunk.upperBound
            } else {
                hunks.append(hunk)
            }
        }
    }

    /// Lines with their ends; the last one may have none.
    private static func lines(_ text: [UInt8]) -> [ArraySlice<UInt8>] {
        var lines: [ArraySlice<UInt8>] = []
        var start = 0
        for (index, byte) in text.enumerated() where byte == 0x0a {
            lines.append(text[start...index])
            start = index + 1
        }
        if start < text.count { lines.append(text[start...]) }
        return lines
    }

    /// Whether nothing differs.
    package var isEmpty: Bool { hunks.isEmpty }

    /// How many lines are new, and how many are gone.
    package var counts: (added: Int, removed: Int) {
        (lines.count { $0.mark == UInt8(ascii: "+") }, lines.count { $0.mark == UInt8(ascii: "-") })
    }

    /// Hands over the lines of all hunks, each without its end.
    package func write(to sink: ([UInt8]) -> Void) {
        for hunk in hunks {
            guard let first = lines[hunk].first else { continue }
            let old = lines[hunk].count { $0.mark != UInt8(ascii: "+") }
            let new = lines[hunk].count { $0.mark != UInt8(ascii: "-") }
            sink(Array("@@ -\(Self.range(first.old, count: old)) +\(Self.range(first.new, count: new)) @@".utf8))
            for line in lines[hunk] {
                let isWhole = line.text.last == 0x0a
                sink([line.mark] + (isWhole ? line.text.dropLast() : line.text))
                if !isWhole { sink(Array("\\ No newline at end of file".utf8)) }
            }
        }
    }

    /// `12,3`: the first line, from 1, and how many; of none, the line in front.
    private static func range(_ start: Int, count: Int) -> String {
        count == 1 ? "\(start + 1)" : "\(count == 0 ? start : start + 1),\(count)"
    }
}
