import FlashBytes
import TestSupport
import Testing

@testable import Scrub

/// What texts with escapes say, and where it is written.
@Suite struct EscapedTextTests {
    @Test(arguments: [
        (#"a\"b\\c\/d\u00fce\x41\101\n"#, "a\"b\\c/d\u{fc}eAA\n", EscapedText.Syntax.backslashes),
        (#"\ud83d\ude00 \u{1f600}"#, "\u{1f600} \u{1f600}", .backslashes),
        ("&amp;&#38;&#x26;&uuml;&szlig;&apos;&nothing;", "&&&\u{fc}\u{df}'&nothing;", .entities),
        ("%41%c3%BC+b%zz", "A\u{fc}+b%zz", .percents), ("a+b%26c", "a b&c", .form),
        (#"\41\000042 C\zz"#, #"ABC\zz"#, .hexBackslashes), (#"\65\066C\999"#, #"ABC\999"#, .decimalBackslashes),
        (#"x "ab" "cd", 'e' + 'f' g'h'i ]]><![CDATA[j]]>k<!-- c -->l"#, #"x "abcdef' g'h'i jkl"#, .pieces),
        ("g'h'i j'", "ghi j'", .words), (#"a'&'b"|"c'('d "x":"y" f("z")"#, #"a&b|c(d "x":"y" f("z")"#, .words),
        ("a^&b^^c^d", "a&b^c^d", .carets), ("a`$b``c`n", "a$b`c`n", .backquotes),
        ("a=3Db=\r\nc=C3=BC", "a=bc\u{fc}", .quotedPrintable), (#"it''s "" '\'' '"'"'"#, #"it's " ' '"#, .quotes),
    ])
    func textIsReadAsItsSyntaxSays(_ source: String, _ read: String, _ syntax: EscapedText.Syntax) throws {
        let text = try #require(EscapedText(Array(source.utf8), syntax: syntax))
        #expect(String(decoding: text.bytes, as: UTF8.self) == read)
        #expect(text.source(of: 0..<text.bytes.count) == 0..<source.utf8.count)
    }

    @Test func textWithoutEscapesIsNotRead() {
        for syntax in EscapedText.Syntax.allCases where syntax != .literalBackslashes {
            #expect(EscapedText(Array("plain text, 100 % and AT&T \\o/ =".utf8), syntax: syntax) == nil)
        }
    }

    /// Any of the characters of a secret, each in any way that a syntax has for it, and that once more in another.
    @Test func secretsAreFoundHoweverTheirCharactersAreWritten() throws {
        var random = SeededGenerator()
        let secret = #"Gar"ten&7 'Zaun\%/x"#
        let search = SecretSearch(rules: [], allowlists: [], secrets: [try #require(KnownSecret(Array(secret.utf8)))])
        let state = try #require(SecretSearch.State(search))
        for _ in 0..<300 {
            let first = Int.random(in: 0..<4, using: &random)
            var written = Self.written(secret, way: first, using: &random)
            var ways = [first]
            if Bool.random(using: &random) {
                ways.append(Int.random(in: 0..<4, using: &random))
                written = Self.written(written, way: ways[1], using: &random)
            }
            let text = Array(("name=" + written + "\n").utf8)
            let matches = search.search(unsafe text.span.bytes, in: 0..<text.count, path: nil, state: state)
            let covered = Set(matches.flatMap { Array($0.secret) }) == Set(5..<text.count - 1)
            #expect(covered || written == secret && !matches.isEmpty, "seed \(random.seed): \(ways) \(written)")
        }
    }

    private static func written(
        _ text: String, way: Int, using random: inout SeededGenerator
    ) -> String {
        text.unicodeScalars.map { scalar -> String in
            let code = String(scalar.value, radix: 16)
            let digits = String(repeating: "0", count: 2 - code.count) + code
            let forms: [String] =
                switch way {
                case 0: ["\\u00\(digits)", "\\x\(digits)", "\\\(String(scalar.value, radix: 8).leftPadded(to: 3))"]
                case 1: ["&#\(scalar.value);", "&#x\(code);"]
                case 2: ["%\(digits)", "%\(digits.uppercased())"]
                default: ["=\(digits.uppercased())"]
                }
            // Signs that mean something in the syntax must be written otherwise.
            let isSpecial = ["\\", "&", "%", "="].contains(String(scalar)) || "\"'".unicodeScalars.contains(scalar)
            let isPlain = !isSpecial && Bool.random(using: &random)
            return isPlain ? String(scalar) : forms.randomElement(using: &random) ?? ""
        }.joined()
    }
}

extension String {
    fileprivate func leftPadded(to count: Int) -> String {
        String(repeating: "0", count: max(0, count - self.count)) + self
    }
}
