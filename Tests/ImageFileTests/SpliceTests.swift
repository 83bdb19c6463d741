import FirmwareImage
import FlashBytes
import Foundation
import ImageFile
import JFFS2
import Testing

/// Bytes that a transfer lost or doubled: where they are, and what the dump is without that.
@Suite struct SpliceTests {
    private static let image = WrittenInOneGo(files: 60).bytes
    private static let size = WrittenInOneGo.eraseSize

    private func diagnoses(_ bytes: [UInt8]) throws -> [Diagnosis] {
        let path = FileManager.default.temporaryDirectory.appending(path: "jffs2-splice-\(UUID().uuidString)")
        try Data(bytes).write(to: path)
        defer { try? FileManager.default.removeItem(at: path) }
        return Examination.diagnoses(of: try InputFile(path: path.path(percentEncoded: false)))
    }

    private func splices(_ bytes: [UInt8]) throws -> [Splice]? {
        let found = try diagnoses(bytes)
        for case .shifted(let splices) in found.map(\.kind) { return splices }
        return nil
    }

    /// The dump without what is too many, and with erased bytes for what is missing.
    private func joined(_ bytes: [UInt8], splices: [Splice]) -> [UInt8] {
        var (joined, at): ([UInt8], Int) = ([], 0)
        for splice in splices {
            joined += bytes[at..<splice.offset]
            switch splice.change {
            case .surplus(let count): at = splice.offset + count
            case .missing(let count):
                joined += [UInt8](repeating: 0xff, count: count)
                at = splice.offset
            }
        }
        return joined + bytes[at...]
    }

    /// Places all over the image: in headers, in contents, between nodes and in erased ends of blocks.
    private static let places = stride(from: size + 1, to: image.count - 3 * size, by: 1999)

    @Test(arguments: [1, 2, 3, 4, 100, 512]) func bytesThatAreTooManyAreTakenOut(_ count: Int) throws {
        var flash = SimulatedFlash(eraseSize: Self.size, seed: UInt64(count))
        for place in Self.places {
            let image = Self.image
            let dump = Array(image[..<place]) + flash.noise(count) + Array(image[place...])
            let found = try #require(try splices(dump), "\(count) at \(place)")
            #expect(found.count == 1 && found[0].change == .surplus(count), "\(count) at \(place): \(found)")
            let whole = joined(dump, splices: found)
            // Erased bytes tell nothing of where the others are among them.
            #expect(found[0].isProven ? whole == image : whole.count == image.count, "\(count) at \(place): \(found)")
        }
    }

    /// Contents that come again at the same place of each block make a node whole of two blocks' halves.
    @Test(arguments: [1, 2, 3, 16, 100]) func contentsThatRepeatProveNoSurplus(_ count: Int) throws {
        let size = 8192
        var flash = SimulatedFlash(eraseSize: size, seed: UInt64(count))
        let page = flash.noise(4096)
        var image: [UInt8] = []
        for block in 0..<12 {
            var writer = ByteWriter(.little)
            var raw = RawInode(inode: 2, version: UInt32(block + 1), mode: 0o100644, uid: 0, gid: 0)
            (raw.csize, raw.dsize, raw.isize, raw.offset) = (4096, 4096, 12 * 4096, UInt32(block * 4096))
            raw.dataCRC = CRC32.jffs2(page)
            raw.write(to: &writer)
            image += writer.bytes + page + [UInt8](repeating: 0xff, count: size - writer.count - page.count)
        }
        for place in [5 * size + 100, 5 * size + 2000, 5 * size + 4100 - count] {
            let found = try #require(try splices(Array(image[..<place]) + Array(image[(place + count)...])))
            #expect(found.map(\.change) == [.missing(count)], "\(count) at \(place): \(found)")
            // By a multiple of 4, nodes stand where they may.
            if count % 4 == 0 { continue }
            let surplus = try #require(
                try splices(Array(image[..<place]) + flash.noise(count) + Array(image[place...])))
            #expect(surplus.map(\.change) == [.surplus(count)], "\(count) at \(place): \(surplus)")
        }
    }

    /// Of three blocks, one of which is whole behind the fault.
    @Test(arguments: [1, 4, 100, 512]) func fewBlocksAreEnough(_ count: Int) throws {
        var flash = SimulatedFlash(eraseSize: Self.size, seed: UInt64(count))
        let image = Array(Self.image[..<(3 * Self.size)])
        for place in stride(from: Self.size + 100, to: 2 * Self.size - 1200, by: 501) {
            let surplus = Array(image[..<place]) + flash.noise(count) + Array(image[place...])
            let found = try #require(try splices(surplus), "\(count) at \(place)")
            #expect(found.map(\.change) == [.surplus(count)], "\(count) at \(place): \(found)")
            let missing = Array(image[..<place]) + Array(image[(place + count)...])
            let other = try #require(try splices(missing), "\(count) less at \(place)")
            #expect(other.map(\.change) == [.missing(count)], "\(count) less at \(place): \(other)")
        }
    }

    /// Erased flash at the end of a block, in front of the next one's cleanmarker.
    @Test(arguments: [4, 12, 32]) func erasedBytesThatAreMissingAreSeen(_ count: Int) throws {
        let image = Self.image
        var tried = 0
        for block in 2..<image.count / Self.size - 3 {
            let end = block * Self.size
            guard image[end - count..<end].allSatisfy({ $0 == 0xff }) else { continue }
            tried += 1
            let found = try splices(Array(image[..<(end - count)]) + Array(image[end...]))
            #expect(found?.map(\.change) == [.missing(count)], "\(count) at \(end): \(String(describing: found))")
        }
        #expect(tried > 3)
    }

    /// What Linux would read of it begins where the dump does, however many blocks stand elsewhere.
    @Test func theFirstBlocksSayWhereItBegins() throws {
        let image = Self.image
        for place in [3 * Self.size + 555, 4 * Self.size + 100] {
            let opened = try ImageOpener.open(
                FileBytes(Array(image[..<place]) + [0x58] + Array(image[place...])), path: "dump")
            #expect(opened.range.lowerBound == 0)
            #expect(opened.fileSystem.scan.nodes.first?.offset == 0)
        }
    }

    @Test func aDumpThatIsTurnedRoundIsPutTogether() throws {
        let image = Self.image
        for distance in [Self.size + 1024, 3 * Self.size + 333 * 4] {
            let found = try diagnoses(Array(image[distance...] + image[..<distance]))
            let start = Self.size - distance % Self.size
            #expect(found.first?.kind == .rotated(by: start), "\(found)")
        }
    }

    @Test func aDumpThatBeginsInsideABlockIsSaid() throws {
        let found = try diagnoses(Array(Self.image[(Self.size + 3000)...]))
        #expect(found.first?.kind == .beginsInside(missing: 3000), "\(found)")
    }

    @Test(arguments: [
        ByteTransform(inverts: true), ByteTransform(reversesBits: true), ByteTransform(group: 4),
        ByteTransform(group: 2),
    ])
    func aPartThatIsTurnedRoundIsNamed(_ transform: ByteTransform) throws {
        let image = Self.image
        let half = image.count / Self.size / 2 * Self.size
        let turned = transform.applied(to: image.span.bytes)
        for range in [0..<half, half..<image.count, 2 * Self.size..<5 * Self.size] {
            let dump = Array(image[..<range.lowerBound]) + Array(turned[range]) + Array(image[range.upperBound...])
            let found = try diagnoses(dump)
            #expect(found.map(\.kind).contains(.partTurned(range, transform)), "\(range): \(found)")
        }
    }

    /// OpenWrt's build puts it behind its images.
    @Test(arguments: [4, 8192]) func anEndMarkIsNoDamage(_ count: Int) throws {
        let mark: [UInt8] = [0xde, 0xad, 0xc0, 0xde] + [UInt8](repeating: 0xff, count: count - 4)
        let found = try diagnoses(Self.image + mark)
        #expect(found.map(\.kind) == [.healthy])
        #expect(
            found[0].evidence.contains {
                $0.text.contains("deadc0de stands behind it, at 0x\(String(Self.image.count, radix: 16))")
            })
    }
}
