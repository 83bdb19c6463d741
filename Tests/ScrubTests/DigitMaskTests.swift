import Foundation
import Testing

@testable import Scrub

/// What is written over digits of base64 leaves what stands beside the secret as it was.
@Suite struct DigitMaskTests {
    @Test(arguments: 0..<9, 1..<9)
    func neighborsOfASecretKeepTheirBits(_ front: Int, _ count: Int) throws {
        let text =
            Array("\"stays:".utf8.suffix(front)) + Array("Kq7xvmZp".utf8.prefix(count)) + Array("\",\"too\"}  ".utf8)
        let digits = Array(Data(text).base64EncodedData())
        let secret = min(front, 7)..<min(front, 7) + count
        let mask = DigitMask(bits: 6, of: secret)
        let place = secret.lowerBound * 8 / 6..<(secret.upperBound * 8 + 5) / 6
        let masked = digits[..<place.lowerBound] + mask.masked(Array(digits[place])) + digits[place.upperBound...]
        var wanted = text
        for at in secret { wanted[at] = 0x58 }
        #expect(Data(base64Encoded: Data(masked)).map(Array.init) == wanted)
    }

    @Test func digitsOverLinesAreOneText() throws {
        let text = Array("{\"a\":\"stays\",\"psk\":\"schwarter Tee, heiss\",\"b\":\"stays too\"}".utf8)
        let digits = Array(Data(text).base64EncodedData())
        let secret = text.firstRange(of: Array("schwarter Tee, heiss".utf8))
        let place = try #require(secret)
        for join in ["\n", "\\n\"\n  \"", "\r\n\t"] {
            let lines = stride(from: 0, to: digits.count, by: 20).map { Array(digits[$0..<min($0 + 20, digits.count)]) }
            let source = Array(lines.joined(separator: Array(join.utf8)))
            let written = try #require(
                WrittenBytes.all(in: source, from: 0..<source.count).first { $0.bytes.starts(with: text) }, "\(join)")
            var masked = source
            for part in written.parts(of: place, in: source) {
                let digits = try #require(part.digits)
                masked.replaceSubrange(part.place, with: digits.masked(Array(source[part.place])))
            }
            var wanted = text
            for at in place { wanted[at] = 0x58 }
            let again = WrittenBytes.all(in: masked, from: 0..<masked.count).map(\.bytes)
            #expect(again.contains { $0.starts(with: wanted) }, "\(join): \(String(decoding: masked, as: UTF8.self))")
        }
    }
}
