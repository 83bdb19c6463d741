import TestSupport
import Testing

@testable import Scrub

/// A secret that is given is found in what od, hexdump and xxd show of it, in any of their forms, and in lists of numbers of
/// two, four and eight bytes.
@Suite struct DumpedSecretTests {
    private static let secret = "Kq7xv!mZp29wQtR5"
    private static let text = "some text before \(secret) and behind it; ok\nmore lines\n"

    private static func isFound(_ dump: [UInt8], secret: String = secret) throws -> Bool {
        let known = try #require(KnownSecret(Array(secret.utf8)))
        let search = SecretSearch(rules: [], allowlists: [], secrets: [known], given: 1)
        let state = try #require(SecretSearch.State(search))
        return !search.search(dump.span.bytes, in: 0..<dump.count, path: nil, state: state).isEmpty
    }

    @Test(arguments: [
        "od", "od -c", "od -a", "od -An -c", "od -d", "od -x", "od -b", "od -tx1", "od -tu1", "od -tx4", "od -tx8",
        "od -A x -t x1z", "hexdump", "hexdump -C", "hexdump -b", "hexdump -c", "hexdump -d", "hexdump -o", "hexdump -x",
        "od -An -tx2", "od -An -tx4", "od -An -tx8", "od -An -tx1z", "od -b -c", "od -tc -tx1", "xxd -c1",
        "od -b | sed 's/^/ * /'", "od -An -tu1 | sed 's/^/[   12.300001] /'", "od -b -c | sed 's/^/# /'",
        "od -An -to1 | sed 's/^/Jan  3 10:11:12 host app: /'",
        "xxd", "xxd -b", "xxd -i", "xxd -p", "xxd -e", "xxd -g4", "xxd -c8", "xxd -u",
    ])
    func inADump(_ command: String) throws {
        // Bytes of all kinds around it, as memory has them.
        let run = try Program.run(
            "sh", ["-c", "(printf '%s' \"$1\"; seq -s '' 200 | tr 0-9 '\\000-\\011') | \(command)", "sh", Self.text]
        ).checked()
        try #require(run.standardOutput.count > 40, "\(command)")
        #expect(try Self.isFound(run.standardOutput), "\(command)")
    }

    @Test(arguments: [
        (4, "0x%08x", false), (4, "0x%08x", true), (2, "0x%04x", false), (8, "0x%016xULL", false),
    ])
    func inAListOfWords(_ size: Int, _ format: String, _ isBig: Bool) throws {
        let bytes = Array(Self.secret.utf8)
        let words = stride(from: 0, to: bytes.count, by: size).map { start in
            let word = bytes[start..<start + size]
            let digits = (isBig ? Array(word) : word.reversed()).map { byte in
                (byte < 16 ? "0" : "") + String(byte, radix: 16)
            }
            return "0x" + digits.joined() + (size == 8 ? "ULL" : "")
        }
        #expect(try Self.isFound(Array("k[] = {\(words.joined(separator: ", "))};\n".utf8)))
    }

    @Test(arguments: ["$%", "%h", "0%h"])
    func inAnAssembler(_ form: String) throws {
        let numbers = Self.secret.utf8.map { byte in
            form.replacing("%", with: (byte < 16 ? "0" : "") + String(byte, radix: 16))
        }
        #expect(try Self.isFound(Array("db \(numbers.joined(separator: ", "))\n".utf8)))
    }

    /// The characters of a row may look like digits, and a log may stand in front of each row.
    @Test(arguments: [
        "xxd", "xxd -e", "xxd -g4", "xxd -b", "xxd | sed 's/^/[    1.000037] kernel: /'",
        "hexdump -C | sed 's/^/Jan  1 00:00:01 h app: /'", "od -tx1 -tc", "od -tc -tx1", "od -An -tx1z", "xxd -c1",
        "od -tx1 -tc | sed 's/^/ * /'", "od -A x -t x1z | sed 's/</\\&lt;/; s/>/\\&gt;/'",
    ])
    func noCharacterIsLeft(_ command: String) throws {
        let run = try Program.run("sh", ["-c", "printf 'ab cdefghi\(Self.secret) end of line here' | \(command)"])
            .checked()
        let known = try #require(KnownSecret(Array(Self.secret.utf8)))
        let search = SecretSearch(rules: [], allowlists: [], secrets: [known], given: 1)
        let state = try #require(SecretSearch.State(search))
        let dump = run.standardOutput
        var isGone = [Bool](repeating: false, count: dump.count)
        for match in search.search(dump.span.bytes, in: 0..<dump.count, path: nil, state: state) {
            for at in match.secret { isGone[at] = true }
        }
        let left = String(decoding: zip(dump, isGone).map { $0.1 ? 0x58 : $0.0 }, as: UTF8.self)
        #expect(!left.contains("Kq7x") && !left.contains("29wQ"), "\(command): \(left)")
        #expect(left.contains("cd") || left.contains("63"), "\(command): \(left)")
    }

    /// Each byte in an item of its own, all of which look alike: `#` is its number, `%` its value, `$` the same in
    /// hexadecimal, `@` the character.
    @Test(arguments: [
        "a[#] = %;\n", "  buf[#] = 0x$;\n", "*p++ = %;\n", "(#,%),", "INSERT INTO t VALUES (#,%);\n", "\"%\",",
        "\"#\":%,", "  # => x\"$\",\n", "#,%\n", "  - %\n", "\t.byte %\n", "push(%);\n", "<i>%</i>", "b[#] = '@';\n",
    ])
    func inItems(_ form: String) throws {
        let bytes = Array("and \(Self.secret) is".utf8)
        var text = "int x = 7;\n"
        var (start, end) = (0, 0)
        for (index, byte) in bytes.enumerated() {
            if index == 4 { start = text.utf8.count }
            if index == 4 + Self.secret.utf8.count { end = text.utf8.count }
            text += form.replacing("#", with: "\(index)").replacing("%", with: "\(byte)")
                .replacing("$", with: String(byte, radix: 16))
                .replacing("@", with: String(decoding: [byte], as: UTF8.self))
        }
        let known = try #require(KnownSecret(Array(Self.secret.utf8)))
        let search = SecretSearch(rules: [], allowlists: [], secrets: [known], given: 1)
        let state = try #require(SecretSearch.State(search))
        let whole = Array(text.utf8)
        let places = search.search(whole.span.bytes, in: 0..<whole.count, path: nil, state: state).map(\.secret)
        #expect(!places.isEmpty, "\(form)")
        // The items beside it stay.
        #expect(places.allSatisfy { start <= $0.lowerBound && $0.upperBound <= end }, "\(form)")
        let covered = places.reduce(into: Set<Int>()) { $0.formUnion($1) }
        #expect(covered.count >= Self.secret.utf8.count, "\(form)")
    }

    @Test(arguments: ["\t.byte 0x%\n", "\tdb %h\n"])
    func oneALine(_ form: String) throws {
        let lines = Self.secret.utf8.map { form.replacing("%", with: String($0, radix: 16)) }
        #expect(try Self.isFound(Array(lines.joined().utf8)), "\(form)")
    }

    @Test func inAPaddedArray() throws {
        #expect(
            try Self.isFound(Array("u t[]={0x4b713778,0x7621315a,0x00000000,0x00000000};".utf8), secret: "Kq7xv!1Z"))
    }

    @Test func behindABackslashAndAZero() throws {
        let digits = Self.secret.utf8.map { byte in
            let octal = String(byte, radix: 8)
            return "\\0" + String(repeating: "0", count: 3 - octal.count) + octal
        }
        #expect(try Self.isFound(Array("x=\"\(digits.joined())\"\n".utf8)))
    }

    @Test func overALineThatGoesOn() throws {
        #expect(try Self.isFound(Array("x := Kq7xv!m\\\n    Zp29wQtR5\n".utf8)))
    }
}
