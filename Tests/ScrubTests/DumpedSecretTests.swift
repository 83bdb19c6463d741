import TestSupport
import Testing

@testable import Scrub

/// A secret that is given is found in what od, hexdump and xxd show of it, in any of their forms, and in lists of numbers of
/// two, four and eight bytes.
@Suite struct DumpedSecretTests {
    private static let secret = "Kq7xv!mZp29wQtR5"
    private static let text = "some text before \(secret) and behind it; ok\nmore lines\n"

    private static func isFound(_ dump: [UInt8]) throws -> Bool {
        let known = try #require(KnownSecret(Array(secret.utf8)))
        let search = SecretSearch(rules: [], allowlists: [], secrets: [known], given: 1)
        let state = try #require(SecretSearch.State(search))
        return !search.search(dump.span.bytes, in: 0..<dump.count, path: nil, state: state).isEmpty
    }

    @Test(arguments: [
        "od", "od -c", "od -a", "od -An -c", "od -d", "od -x", "od -b", "od -tx1", "od -tu1", "od -tx4", "od -tx8",
        "od -A x -t x1z", "hexdump", "hexdump -C", "hexdump -b", "hexdump -c", "hexdump -d", "hexdump -o", "hexdump -x",
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
