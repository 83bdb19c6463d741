import Foundation
import Testing

@testable import Acquisition

/// Files of text that programs make of a dump, without any prompt or command in them.
@Suite struct LogFileFormTests {
    /// Half of it is zero, so that lines of it begin and look alike.
    private let bytes: [UInt8] = (0..<32_768).map { place in
        place % 512 < 256 ? 0 : UInt8(truncatingIfNeeded: place &* 37 &+ place >> 8)
    }

    private func session(_ text: String) throws -> RecordedSession {
        try RecordedSession(logs: [Array(text.utf8)], range: nil)
    }

    private func expectWhole(_ text: String) throws {
        let session = try session(text)
        #expect(session.bytes == bytes)
        #expect(session.gaps.isEmpty && session.doubts.isEmpty && session.contradictions.isEmpty, "\(session.doubts)")
    }

    /// All full lines begin with an M, and many go on with the same blanks.
    @Test(arguments: [" ", "`"]) func uuencodeWithEitherZeroIsRead(zero: Character) throws {
        func character(_ value: UInt32) -> Character {
            value & 63 == 0 ? zero : Character(UnicodeScalar(UInt8(value & 63) + 32))
        }
        var text = "begin 644 flash.bin\n"
        for start in stride(from: 0, to: bytes.count, by: 45) {
            let row = Array(bytes[start..<min(start + 45, bytes.count)])
            var line = String(character(UInt32(row.count)))
            for group in stride(from: 0, to: row.count, by: 3) {
                let word = (0..<3).reduce(UInt32(0)) {
                    $0 << 8 | (group + $1 < row.count ? UInt32(row[group + $1]) : 0)
                }
                for shift in [18, 12, 6, 0] as [UInt32] { line.append(character(word >> shift)) }
            }
            text += line + "\n"
        }
        try expectWhole(text + "\(zero)\nend\n")
    }

    /// `od -A d`: the second address shows how they count.
    @Test(arguments: [(10, 1), (10, 4), (8, 1), (8, 2), (16, 2)]) func addressesOfAnyRadixAreRead(
        _ form: (radix: Int, unit: Int)
    ) throws {
        func address(_ place: Int) -> String {
            let digits = String(place, radix: form.radix)
            return String(repeating: "0", count: max(0, 7 - digits.count)) + digits
        }
        // One byte of each word is not zero, so that the order of their bytes is known.
        let plain = bytes.enumerated().map { form.unit > 1 && $0.offset % form.unit == 0 ? 1 : $0.element }
        var text = ""
        for start in stride(from: 0, to: plain.count, by: 16) {
            text += address(start)
            for word in stride(from: start, to: start + 16, by: form.unit) {
                text += " " + plain[word..<word + form.unit].map { String(format: "%02x", $0) }.joined()
            }
            text += "\n"
        }
        let session = try session(text + address(plain.count) + "\n")
        #expect(session.range == 0..<UInt64(plain.count))
        #expect(session.gaps.isEmpty)
    }

    @Test func decimalAddressesBehindAStarAreRead() throws {
        let row = [String](repeating: "ff", count: 16).joined(separator: " ")
        let other = [String](repeating: "a5", count: 16).joined(separator: " ")
        let session = try session("0000000 \(row)\n*\n0065536 \(other)\n0065552\n")
        #expect(session.range == 0..<65552)
        #expect(session.bytes.suffix(16).allSatisfy { $0 == 0xa5 })
        #expect(session.bytes.prefix(65536).allSatisfy { $0 == 0xff })
    }

    @Test(arguments: [
        "const unsigned char d[]={\n", "static const uint8_t fw[32768] = {\n", "unsigned char x[0x8000] = {\n",
    ]) func anArrayWhoseEndStandsInItsLastRowIsRead(start: String) throws {
        let rows = stride(from: 0, to: bytes.count, by: 12).map { start in
            bytes[start..<min(start + 12, bytes.count)].map { String(format: "0x%02x", $0) }.joined(separator: ",")
        }
        try expectWhole(start + rows.joined(separator: ",\n") + "};\n")
        try expectWhole(start + rows.joined(separator: ",\n") + "\n};\n")
        let cut = try session(start + rows.dropLast(2).joined(separator: ",\n") + ",\n")
        #expect(!cut.doubts.isEmpty)
    }
}
