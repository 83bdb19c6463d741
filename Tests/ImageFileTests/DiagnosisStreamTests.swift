import FlashBytes
import ImageFile
import JFFS2
import Testing

/// What `doctor` says of compressed data that no magic number names, of files with nothing in them, and of texts of numbers.
@Suite struct DiagnosisStreamTests {
    private func told(_ bytes: [UInt8]) throws -> Diagnosis {
        let found = try Diagnosed.all(bytes)
        #expect(found.count == 1, "\(found.map(\.kind))")
        return try #require(found.first)
    }

    private func texts(_ diagnosis: Diagnosis) -> String { diagnosis.evidence.map(\.text).joined(separator: "; ") }

    // MARK: - Streams

    /// Deflated data in blocks that are stored (RFC 1951, 3.2.4): as random as what is in them.
    private static func deflated(_ bytes: [UInt8]) -> [UInt8] {
        let pieces = stride(from: 0, to: bytes.count, by: 60_000).map { bytes[$0..<min($0 + 60_000, bytes.count)] }
        return pieces.enumerated().flatMap { index, piece in
            let (low, high) = (UInt8(piece.count & 0xff), UInt8(piece.count >> 8))
            return [index + 1 == pieces.count ? 1 : 0, low, high, ~low, ~high] + piece
        }
    }

    /// The same with the header and the sum of zlib (RFC 1950).
    private static func zlib(_ bytes: [UInt8], head: [UInt8] = [0x78, 0x01]) -> [UInt8] {
        var (a, b): (UInt32, UInt32) = (1, 0)
        for byte in bytes {
            a = (a + UInt32(byte)) % 65521
            b = (b + a) % 65521
        }
        let sum = b << 16 | a
        return head + deflated(bytes) + [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: sum >> $0) }
    }

    @Test(arguments: [[0x78, 0x01], [0x78, 0x5e], [0x78, 0x9c], [0x78, 0xda], [0x58, 0x85]] as [[UInt8]])
    func aZlibStreamIsNotEncrypted(_ head: [UInt8]) throws {
        let noise = Diagnosed.noise(150_000)
        let found = try told(Self.zlib(noise, head: head))
        #expect(found.kind == .foreign(word: "zlib", at: 0))
        #expect(found.text == "it is a zlib stream")
        #expect(texts(found).contains("unpack to 150000, and the sum behind them is right"), "\(texts(found))")
    }

    @Test func deflatedDataWithoutAHeaderAreNotEncrypted() throws {
        let stream = Self.deflated(Diagnosed.noise(150_000))
        for padding in [0, 5, 4096] {
            let found = try told(stream + [UInt8](repeating: 0xff, count: padding))
            #expect(found.kind == .foreign(word: "deflate", at: 0), "\(padding)")
            #expect(texts(found).contains("\(stream.count) bytes unpack to 150000"), "\(texts(found))")
        }
        let cut = try told(Array(stream.dropLast(20_000)))
        #expect(cut.kind == .foreign(word: "deflate", at: 0))
        #expect(texts(cut).contains("its end is missing"), "\(texts(cut))")
    }

    @Test func whatIsInAStreamIsSaid() throws {
        let text = Array(String(repeating: "a line of text\n", count: 500).utf8)
        #expect(try texts(told(Self.zlib(text))).contains("what comes out is a text"))
        let program: [UInt8] = [0x7f, 0x45, 0x4c, 0x46, 1, 1, 1] + Diagnosed.noise(9000)
        #expect(try texts(told(Self.zlib(program))).contains("what comes out begins like an ELF program"))
    }

    @Test func aZlibStreamBehindAHeaderIsFound() throws {
        let file = Diagnosed.noise(64, seed: 4) + Self.zlib(Diagnosed.noise(90_000))
        #expect(try told(file).kind == .foreign(word: "zlib", at: 64))
    }

    /// No chance makes a stream of noise, nor do bytes that repeat themselves.
    @Test(arguments: 1...20 as ClosedRange<UInt64>) func noiseIsNoStream(_ seed: UInt64) throws {
        #expect(try told(Diagnosed.noise(20_000, seed: seed)).kind == .random(isRepeating: false))
        let some = Diagnosed.noise(3 + Int(seed), seed: seed)
        let again = try Diagnosed.kinds((0..<2000).flatMap { _ in some })
        #expect(again.allSatisfy { $0 != .foreign(word: "deflate", at: 0) }, "\(again)")
    }

    // MARK: - Nothing

    @Test func aSingleByteIsNoText() throws {
        for byte: UInt8 in [0, 0x0a, 0x41, 0x85, 0xff] {
            let found = try told([byte])
            #expect(found.kind == .blank(byte))
            #expect(found.text == "it is a single byte, 0x\(hexadecimal([byte])), with nothing in it")
        }
    }

    @Test func nearlyOnlyZerosAreNoText() throws {
        let zeros = [UInt8](repeating: 0, count: 9216)
        #expect(try told(zeros).kind == .blank(0))
        for (bytes, place) in [
            (zeros + Array("x".utf8), 9216), (Array("hello\n".utf8) + zeros, 0),
            (zeros + Array("some words\n".utf8) + zeros, 9216), (zeros + [0x0a], 9216),
        ] {
            let found = try told(bytes)
            #expect(found.kind == .blank(0))
            #expect(found.text.hasPrefix("all bytes are zero but for "))
            #expect(found.text.hasSuffix(", the first of them at \(hex(place))"), "\(found.text)")
        }
        // A disk is mostly zeros, too.
        var disk = [UInt8](repeating: 0, count: 70_000)
        disk.replaceSubrange(0x10040..<0x10048, with: Array("_BHRfS_M".utf8))
        #expect(try Diagnosed.kinds(disk).first == .foreign(word: "btrfs", at: 0))
        #expect(try told([UInt8](repeating: 0x41, count: 9000)).text == "all bytes are 0x41")
    }

    // MARK: - Numbers

    private static func words(_ bytes: [UInt8], unit: Int, isReversed: Bool) -> [UInt8] {
        var text = ""
        for start in stride(from: 0, to: bytes.count, by: 16) {
            for at in stride(from: start, to: min(start + 16, bytes.count), by: unit) {
                let word = Array(bytes[at..<at + unit])
                text += " " + hexadecimal(isReversed ? word.reversed() : word)
            }
            text += "\n"
        }
        return Array(text.utf8)
    }

    @Test(arguments: [2, 4, 8], [true, false]) func wordsOfOdTellTheirOrder(_ unit: Int, isReversed: Bool) throws {
        for order in ByteOrder.allCases {
            let image = WrittenInOneGo(order).bytes
            let found = try told(Self.words(image, unit: unit, isReversed: isReversed))
            guard case .numbers(let numbers) = found.kind else {
                Issue.record("\(found.kind)")
                continue
            }
            #expect(numbers.unit == unit && numbers.isReversed == isReversed && !numbers.isStarred)
            #expect(numbers.python.contains("[::-1]") == isReversed)
            #expect(texts(found).hasPrefix("\(image.count) bytes stand in it"), "\(texts(found))")
        }
    }

    @Test func bytesOfOdWithoutAddressesHaveOneOrder() throws {
        let image = WrittenInOneGo().bytes
        let found = try told(Self.words(image, unit: 1, isReversed: false))
        guard case .numbers(let numbers) = found.kind else { return #expect(Bool(false), "\(found.kind)") }
        #expect(numbers.unit == 1 && !numbers.isReversed)
        #expect(found.text == "it is a text of bytes in hexadecimal digits, as 'od -An -t x1' prints a file")
    }

    @Test func linesThatOdLeavesOutAreSaid() throws {
        let image = WrittenInOneGo().bytes
        let text = Self.words(image, unit: 4, isReversed: true) + Array("*\n".utf8)
        #expect(try texts(told(text)).contains("dump it once more with -v"))
    }
}
