import FlashBytes
import Scrub
import TestSupport
import Testing

/// A log with a Wi-Fi password and a root hash, as users' logs are.
struct TextEncodingTests {
    private static let log = String(
        repeating: """
            U-Boot 2010.06
            Kernel command line: console=ttyAMA0
            wpa_supplicant: ssid="HomeNet5G" psk="correcthorse77"
            root:$1$abcdefgh$Q7bQm0n1pXcVbN2mKlPoI.:0:0::/root:/bin/sh
            done

            """, count: 2)
    private static let secrets = ["HomeNet5G", "correcthorse77", "Q7bQm0n1pXcVbN2mKlPoI"]

    struct Sample: Sendable, CustomStringConvertible {
        var name: String
        var bytes: [UInt8]
        /// Whether the lines are those of the log.
        var hasSameLines = true
        var description: String { name }
    }

    private static func utf16(_ text: String, _ order: ByteOrder) -> [UInt8] {
        text.utf16.flatMap { unit -> [UInt8] in
            let (low, high) = (UInt8(truncatingIfNeeded: unit), UInt8(unit >> 8))
            return order == .little ? [low, high] : [high, low]
        }
    }

    private static func utf32(_ text: String, _ order: ByteOrder) -> [UInt8] {
        text.unicodeScalars.flatMap { scalar in
            let bytes = (0..<4).map { UInt8(truncatingIfNeeded: scalar.value >> UInt32(8 * $0)) }
            return order == .little ? bytes : bytes.reversed()
        }
    }

    private static func noise(_ count: Int) -> [UInt8] {
        var random = LinearCongruence(state: 11)
        return (0..<count).map { _ in [0, 0x80, 0xf8, 0xff, 0x1c, 0xe0][random.number(below: 6)] }
    }

    private static let samples: [Sample] = {
        let chinese = String(repeating: "这个摄像头的启动日志，请先去掉密码再分享。", count: 30)
        let latin = [UInt8](repeating: 0xe4, count: 600) + [0x0a]
        var samples = [
            Sample(name: "UTF-8", bytes: Array(log.utf8)),
            Sample(name: "UTF-8 with mark", bytes: [0xef, 0xbb, 0xbf] + Array(log.utf8)),
            Sample(name: "CRLF", bytes: Array(log.replacing("\n", with: "\r\n").utf8)),
            Sample(name: "Chinese", bytes: Array((log + chinese + "\n").utf8)),
            Sample(name: "Latin-1", bytes: Array(log.utf8) + latin),
            Sample(name: "noise behind", bytes: Array(log.utf8) + noise(800)),
            Sample(name: "noise in front", bytes: noise(800) + Array("\r\n\(log)".utf8), hasSameLines: false),
            Sample(name: "colours", bytes: Array(log.replacing("=\"", with: "=\u{1b}[1;33m\"").utf8)),
            Sample(name: "NULs", bytes: Array(log.replacing("horse", with: "ho\u{0}rse").utf8)),
            Sample(name: "coloured secret", bytes: Array(log.replacing("horse", with: "\u{1b}[7mhorse\u{1b}[0m").utf8)),
            // A script that appends in another encoding.
            Sample(name: "both", bytes: utf16(log, .little) + Array(log.utf8), hasSameLines: false),
            Sample(name: "the other way", bytes: Array(log.utf8) + utf16(log, .little), hasSameLines: false),
            // Noise shifts everything by a byte.
            Sample(
                name: "shifted", bytes: utf16(log + log, .little) + [0x80] + utf16(log, .little), hasSameLines: false),
        ]
        for order in ByteOrder.allCases {
            samples.append(Sample(name: "UTF-16 \(order)", bytes: utf16(log, order)))
            samples.append(Sample(name: "UTF-16 \(order) with mark", bytes: utf16("\u{feff}\(log)", order)))
            samples.append(Sample(name: "UTF-16 \(order) Chinese", bytes: utf16("\(log)\(chinese)\n", order)))
            samples.append(Sample(name: "UTF-32 \(order)", bytes: utf32("\u{feff}\(log)", order)))
        }
        return samples
    }()

    private func find(_ bytes: [UInt8]) throws -> [String] {
        let result = try TextScrubber(RuleSet(builtIn: true)).list(FileBytes(bytes))
        return result.findings.map { "\($0.rule) \($0.place)" }.sorted()
    }

    @Test(arguments: samples)
    func theFindingsAreTheSameInEveryEncoding(sample: Sample) throws {
        #expect(TextScrubber.isText(FileBytes(sample.bytes)))
        let expected = try find(Array(Self.log.utf8))
        #expect(expected.count == 6)
        let found = try find(sample.bytes)
        if sample.hasSameLines { #expect(found == expected) } else { #expect(found.count >= expected.count) }
    }

    /// Nothing of the secrets is left, in whatever encoding, and all else stays.
    @Test(arguments: samples)
    func nothingOfASecretIsLeftInAnyEncoding(sample: Sample) throws {
        let result = try TextScrubber(RuleSet(builtIn: true)).run(FileBytes(sample.bytes), path: "log")
        #expect(result.report.report.proof.holds)
        #expect(result.bytes.count == sample.bytes.count)
        #expect(try find(result.bytes).isEmpty)
        let letters = String(decoding: result.bytes.filter { $0 != 0 }, as: UTF8.self)
        for secret in Self.secrets { #expect(!letters.contains(secret)) }
        #expect(letters.contains("wpa_supplicant: ssid=") && letters.contains("console=ttyAMA0"))
        let changed = zip(result.bytes, sample.bytes).count { $0 != $1 }
        #expect(changed < 500)
    }

    /// An archive of texts has sums of its own; a text of lists from Windows has its values all the same.
    @Test func archivesAndFlashesAreNoTextsAndListsInUTF16AreRead() throws {
        var archive = Array("name".utf8) + [UInt8](repeating: 0, count: 253) + Array("ustar".utf8)
        archive += [UInt8](repeating: 0, count: 250) + Array(Self.log.utf8)
        #expect(!TextScrubber.isText(FileBytes(archive)))
        #expect(!TextScrubber.isText(FileBytes([UInt8](repeating: 0xff, count: 4096))))
        #expect(!TextScrubber.isText(FileBytes([])))
        for order in ByteOrder.allCases {
            let list = try KnownSecret.list(Self.utf16("\u{feff}first secret\r\nsecond\r\n", order), file: "list")
            #expect(list.map(\.bytes) == [Array("first secret".utf8), Array("second".utf8)])
        }
        let marked = try KnownSecret.list([0xef, 0xbb, 0xbf] + Array("first\n".utf8), file: "list")
        #expect(marked.map(\.bytes) == [Array("first".utf8)])
        let raw: [UInt8] = [0xe4, 0xf6, 0xfc, 0xdf]
        #expect(try KnownSecret.list(raw, file: "list").map(\.bytes) == [raw])
    }
}
