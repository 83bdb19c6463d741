import FileTree
import Foundation
import TestSupport
import Testing

/// Line by line differences, with diff and patch as judges.
@Suite struct UnifiedDiffTests {
    private let temporary = TemporaryDirectory()

    private func lines(_ old: String, new: String) -> [String] {
        var lines: [String] = []
        UnifiedDiff(Array(old.utf8), new: Array(new.utf8)).write { lines.append(String(decoding: $0, as: UTF8.self)) }
        return lines
    }

    @Test func hunksAreThoseOfDiff() throws {
        let numbers = (1...40).map { "\($0)\n" }
        var changed = numbers
        changed[3] = "four\n"
        changed.remove(at: 20)
        changed.append("more")
        for (old, new) in [
            (numbers.joined(), changed.joined()), (changed.joined(), numbers.joined()), ("", "a\nb\n"), ("a\nb\n", ""),
            ("a", "a\n"), ("a\nb\nc\n", "a\nB\nc\n"), ("x\n", "x\n"), ("a\n\n\nb", "a\n\nb"),
        ] {
            try Data(old.utf8).write(to: URL(filePath: temporary.path + "/old"))
            try Data(new.utf8).write(to: URL(filePath: temporary.path + "/new"))
            let theirs = try shell("cd \(temporary.path); diff -u old new; true")
            let expected = theirs.split(separator: "\n", omittingEmptySubsequences: false).dropFirst(2).dropLast()
            #expect(lines(old, new: new) == expected.map(String.init), "\(old.count) \(new.count)")
        }
    }

    /// Too long for the least number of lines, with moved parts and lines that come again and again.
    @Test func longTextsBecomePatchesThatFit() throws {
        var random = SeededGenerator()
        var old: [String] = []
        for index in 0..<6000 { old.append(index % 3 == 0 ? "}\n" : "line \(index % 4000)\n") }
        var new = old
        new.removeSubrange(100..<300)
        new.insert(contentsOf: old[4000..<4400], at: 50)
        for _ in 0..<200 {
            new[Int.random(in: 0..<new.count, using: &random)] = "other \(Int.random(in: 0..<50, using: &random))\n"
        }
        try Data(old.joined().utf8).write(to: URL(filePath: temporary.path + "/text"))
        try Data(new.joined().utf8).write(to: URL(filePath: temporary.path + "/wanted"))
        let patch = ["--- text", "+++ text"] + lines(old.joined(), new: new.joined())
        try Data((patch.joined(separator: "\n") + "\n").utf8).write(to: URL(filePath: temporary.path + "/patch"))
        #expect(
            try shell("cd \(temporary.path); patch -s -p0 text patch && cmp text wanted && echo same") == "same\n",
            "seed \(random.seed)")
    }

    @Test func textsWithoutACommonLineTakeNoLongTime() {
        let old = (0..<60_000).map { "a\($0 % 7)\n" }.joined()
        let new = (0..<60_000).map { "b\($0 % 5)\n" }.joined()
        let counts = UnifiedDiff(Array(old.utf8), new: Array(new.utf8)).counts
        #expect(counts.added == 60_000 && counts.removed == 60_000)
    }
}
