import FileTree
import FirmwareImage
import FlashBytes
import Foundation
import ImageFile
import JFFS2
import Testing

/// Files of which all nodes are there, and none is seen: they are not encrypted.
@Suite struct WholeTurnTests {
    private func diagnoses(_ bytes: [UInt8]) throws -> [Diagnosis] {
        let path = FileManager.default.temporaryDirectory.appending(path: "jffs2-turn-\(UUID().uuidString)")
        try Data(bytes).write(to: path)
        defer { try? FileManager.default.removeItem(at: path) }
        return Examination.diagnoses(of: try InputFile(path: path.path(percentEncoded: false)))
    }

    private func broken(_ bytes: [UInt8]) throws -> BrokenHeaders {
        let found = try diagnoses(bytes)
        #expect(found.count == 1)
        guard case .brokenHeaders(let headers)? = found.first?.kind else {
            throw WrongKind(found: found.map(\.text))
        }
        return headers
    }

    private struct WrongKind: Error { var found: [String] }

    @Test(arguments: ByteOrder.allCases) func wrongSumsOfHeadersAreNamed(_ order: ByteOrder) throws {
        let image = WrittenInOneGo(order)
        let count = image.headers.count
        let same = try broken(image.changingHeaders { $0[8] ^= 1 })
        #expect(same.byteOrder == order && same.magic == 0x1985 && same.count == count)
        let bits: UInt32 = order == .little ? 1 : 1 << 24
        #expect(same.sums == .wrong(bits: bits))
        var place = 0
        let others = try broken(
            image.changingHeaders {
                $0[8 + place % 4] ^= 1 << UInt8(place % 7)
                place += 1
            })
        #expect(others.sums == .wrong(bits: nil))
    }

    @Test(arguments: ByteOrder.allCases, [0, 0x2008] as [UInt16]) func anotherMagicNumberIsNamed(
        _ order: ByteOrder, magic: UInt16
    ) throws {
        var writer = ByteWriter(order)
        writer.uint16(magic)
        let stored = writer.bytes
        let image = WrittenInOneGo(order)
        let kept = try broken(image.changingHeaders { $0.replaceSubrange(0..<2, with: stored) })
        #expect(kept.magic == magic && kept.sums == .ofRealMagic && kept.byteOrder == order)
        let renewed = try broken(
            image.changingHeaders { header in
                header.replaceSubrange(0..<2, with: stored)
                var sum = ByteWriter(order)
                sum.uint32(CRC32.jffs2(Array(header[..<8])))
                header.replaceSubrange(8..<12, with: sum.bytes)
            })
        #expect(renewed.magic == magic && renewed.sums == .ofOwnMagic)
    }

    @Test(arguments: ByteOrder.allCases) func turnedFilesAreNamed(_ order: ByteOrder) throws {
        let image = WrittenInOneGo(order).bytes
        #expect(try diagnoses(image.reversed()).map(\.kind) == [.reversed(bits: false)])
        let bits = ByteTransform(reversesBits: true).applied(to: image.span.bytes)
        #expect(try diagnoses(bits.reversed()).map(\.kind) == [.reversed(bits: true)])
        #expect(try diagnoses(image.map { $0 << 4 | $0 >> 4 }).map(\.kind) == [.nibblesSwapped])
        #expect(try diagnoses(image.filter { $0 != 0 }).map(\.kind) == [.zerosStripped])
    }

    /// Nothing of that kind is in bytes that are random, or a file full of them.
    @Test func randomBytesAreNone() throws {
        var flash = SimulatedFlash(eraseSize: 8192, seed: 5)
        for count in [5000, 300_000] {
            #expect(try diagnoses(flash.noise(count)).map(\.kind) == [.random(isRepeating: false)])
        }
    }

    // MARK: - UTF-16

    @Test(arguments: WideText.CodePage.allCases, [true, false]) func aDumpThroughPowerShellIsNamed(
        _ page: WideText.CodePage, hasLineEnds: Bool
    ) throws {
        let image = WrittenInOneGo().bytes
        // The table says which byte a character is; here the way back is wanted.
        var characters = [UInt16](repeating: 0, count: 256)
        for (character, byte) in page.bytes.enumerated() where byte < 256 { characters[Int(byte)] = UInt16(character) }
        let plain = hasLineEnds ? image.flatMap { $0 == 0x0a ? [0x0d, 0x0a] : [$0] } : image
        let wide = ([0xfeff] + plain.map { characters[Int($0)] }).flatMap { [UInt8($0 & 0xff), UInt8($0 >> 8)] }
        let found = try diagnoses(wide)
        guard case .wideCharacters(let text)? = found.first?.kind, found.count == 1 else {
            throw WrongKind(found: found.map(\.text))
        }
        #expect(text.codePage == page && text.hasLineEnds == hasLineEnds && text.hasMark && text.byteOrder == .little)
        #expect(found.first?.evidence.contains { !$0.isFor } == hasLineEnds)
    }

    // MARK: - TRX

    /// A sum that is right proves the header, however few blocks lie in front of the file system.
    @Test(arguments: [1, 2, 3], [true, false]) func aSoundTRXIsNoDamage(_ blocks: Int, isNoise: Bool) throws {
        let image = WrittenInOneGo().bytes
        var flash = SimulatedFlash(eraseSize: 8192, seed: 4)
        let start = blocks * WrittenInOneGo.eraseSize
        let front = isNoise ? flash.noise(start - 28) : [UInt8](repeating: 0xff, count: start - 28)
        var behind = ByteWriter(.little)
        for word in [1 << 16, 28, UInt32(start), 0] { behind.uint32(word) }
        let covered = behind.bytes + front + image
        var header = ByteWriter(.little)
        header.append(Array("HDR0".utf8))
        header.uint32(UInt32(12 + covered.count))
        header.uint32(~CRC32.zlib(covered.span.bytes))
        let found = try diagnoses(header.bytes + covered)
        #expect(found.map(\.kind) == [.header(bytes: start, name: "TRX")], "\(found.map(\.text))")
        #expect(found.first?.evidence.allSatisfy(\.isFor) == true)
        let opened = try ImageOpener.open(FileBytes(header.bytes + covered), path: "x")
        #expect(opened.range.lowerBound == start)
        #expect(!opened.fileSystem.findings.isDamaged)
    }

    @Test func recordsAreNamed() throws {
        let intel = ":10010000214601360121470136007EFE09D2190140\n:00000001FF\n"
        #expect(try diagnoses(Array(intel.utf8)).first?.text == "it is Intel HEX (UTF-8)")
        let motorola = "S00F000068656C6C6F202020202000003C\nS9030000FC\n"
        #expect(try diagnoses(Array(motorola.utf8)).first?.text == "it is Motorola's S-records (UTF-8)")
        #expect(try diagnoses(Array(":-) hello\nnothing else\n".utf8)).first?.text == "it is a text (UTF-8)")
    }
}

extension WrittenInOneGo {
    /// Where headers of nodes are.
    var headers: [Int] { NodeCensus(bytes.span.bytes).sightings.map(\.offset) }

    /// The image with something done to the header of each node.
    func changingHeaders(_ change: (inout [UInt8]) -> Void) -> [UInt8] {
        var changed = bytes
        for offset in headers {
            var header = Array(bytes[offset..<offset + 12])
            change(&header)
            changed.replaceSubrange(offset..<offset + 12, with: header)
        }
        return changed
    }
}
