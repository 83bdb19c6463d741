import FlashBytes
import JFFS2

/// A file as a text of nothing but hexadecimal words, as `od -An -t x4` prints it: no address stands in it, and the order of the
/// bytes in a word is that of the machine that printed it.
package struct NumberDump: Sendable, Hashable {
    /// Bytes in a word: 1, 2, 4 or 8.
    package let unit: Int
    /// Whether the last byte of each word is shown first, as a little-endian machine does.
    package let isReversed: Bool
    /// How many headers of nodes there are in each order: as it is shown, and reversed.
    private let headers: (straight: Int, reversed: Int)
    /// Bytes that the words are.
    private let count: Int
    /// Whether `*` stands for lines that are repeated, nobody knows how often.
    package let isStarred: Bool

    /// So much of the text is turned into bytes to see which order is right (bytes).
    private static let sample = 1 << 22
    private static let fewestWords = 8

    /// Nil where a line is anything else.
    init?(_ text: [UInt8]) {
        var (unit, count, isStarred) = (0, 0, false)
        var bytes: [UInt8] = []
        for line in text.split(separator: 0x0a) {
            let words = line.split { $0 == 0x20 || $0 == 0x09 || $0 == 0x0d }
            if words.count == 1, words[0].elementsEqual([0x2a]) {
                isStarred = true
                continue
            }
            for word in words {
                if unit == 0 { unit = word.count / 2 }
                guard [1, 2, 4, 8].contains(unit), word.count == 2 * unit,
                    let value = FlashBytes.bytes(hexadecimal: word)
                else {
                    return nil
                }
                count += unit
                if bytes.count < Self.sample { bytes += value }
            }
        }
        guard unit > 0, count >= Self.fewestWords * unit else { return nil }
        self.unit = unit
        self.count = count
        self.isStarred = isStarred
        let turned = unit > 1 ? WordSwap.swapped(unsafe bytes.span.bytes, group: unit) : []
        headers = (
            NodeCensus(unsafe bytes.span.bytes).sightings.count, NodeCensus(unsafe turned.span.bytes).sightings.count
        )
        isReversed = unit > 1 && headers.reversed >= headers.straight
    }

    package static func == (left: NumberDump, right: NumberDump) -> Bool {
        (left.unit, left.isReversed, left.isStarred, left.count) == (
            right.unit, right.isReversed, right.isStarred, right.count
        )
    }

    package func hash(into hasher: inout Hasher) {
        hasher.combine(unit)
        hasher.combine(count)
    }

    /// The expression that makes its bytes of the text `d`, in Python.
    package var python: String {
        #"b"".join(bytes.fromhex(w.decode())\#(isReversed ? "[::-1]" : "") for w in d.split())"#
    }

    /// What it is.
    var diagnosis: Diagnosis {
        let best = max(headers.straight, headers.reversed)
        if unit == 1 {
            return diagnosis(text: "bytes in hexadecimal digits, as 'od -An -t x1' prints a file", best: best)
        }
        let order = isReversed ? "the last byte of each word shown first" : "bytes in the order of the file"
        return diagnosis(
            text: "hexadecimal words of \(unit) bytes, as 'od -An -t x\(unit)' prints a file, with \(order)", best: best
        )
    }

    private func diagnosis(text: String, best: Int) -> Diagnosis {
        Diagnosis(
            .numbers(self), text: "it is a text of \(text)",
            for: ["\(count) bytes stand in it, and nothing else"]
                + (best > 0 ? ["in that order, they have \(best) node headers with right sums"] : []),
            against: (best == 0 && unit > 1 ? ["no node header shows the order: that of most machines is assumed"] : [])
                + (isStarred
                    ? [
                        "a '*' stands for lines that are repeated, and nothing tells how many: dump it once more with -v"
                    ]
                    : []))
    }
}
