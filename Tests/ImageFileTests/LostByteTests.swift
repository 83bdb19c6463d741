import FileTree
import FlashBytes
import ImageFile
import JFFS2
import TestSupport
import Testing

/// Single bytes that a line lost at several places, with and without summaries: how many, and where.
@Suite struct LostByteTests {
    /// Files as mkfs.jffs2 writes them, with a summary at the end of each block.
    private static func image(_ size: Int, hasSummaries: Bool, hasCleanmarkers: Bool = true) -> [UInt8] {
        var flash = FlashAssembler(eraseSize: size)
        flash.hasCleanmarkers = hasCleanmarkers
        var numbers = LinearCongruence(state: UInt64(size))
        var room = 0
        func append(_ node: [UInt8]) {
            // A line of a summary for each node, and what is around them.
            if flash.bytes.count % size + node.count + room + 400 > size {
                if hasSummaries { flash.finishBlockWithSummary() } else { flash.finishBlock() }
                room = 0
            }
            room += 60
            flash.append(node)
        }
        for file in UInt32(2)..<UInt32(14 + size / 1024) {
            append(flash.dirent("f\(file)", InodeNumber(rawValue: file), version: file))
            let length = 500 + Int(file * 997 % 5000)
            for (piece, offset) in stride(from: 0, to: length, by: 1024).enumerated() {
                append(
                    flash.inode(
                        InodeNumber(rawValue: file), version: UInt32(piece + 1), isize: UInt32(length),
                        offset: UInt32(offset), data: numbers.bytes(min(1024, length - offset))))
            }
        }
        if hasSummaries { flash.finishBlockWithSummary() } else { flash.finishBlock() }
        return flash.bytes
    }

    private func without(_ places: [Int], of image: [UInt8]) -> [UInt8] {
        var bytes = image
        for place in places.sorted().reversed() { bytes.remove(at: place) }
        return bytes
    }

    private func splices(_ bytes: [UInt8]) throws -> [Splice] {
        for case .shifted(let splices) in try Diagnosed.kinds(bytes) { return splices }
        return []
    }

    @Test(arguments: [8192, 16384, 65536], [true, false]) func eachLostByteIsCounted(_ size: Int, hasSummaries: Bool)
        throws
    {
        let image = Self.image(size, hasSummaries: hasSummaries)
        let node = 1100
        // In the contents of nodes, a block apart or in the same one.
        for places in [
            [size + 300, 2 * size + 2000], [300, 5000], [2 * size + 200, 2 * size + 4000, 2 * size + 6500],
            [size + 777],
        ] where (places.last ?? 0) < image.count - size {
            let found = try splices(without(places, of: image))
            #expect(found.map(\.change).allSatisfy { $0 == .missing(1) }, "\(places): \(found)")
            #expect(found.count == places.count, "\(places): \(found)")
            for (lost, (place, splice)) in zip(places, found).enumerated() {
                #expect(abs(splice.offset - (place - lost)) <= node, "\(places): \(found)")
            }
        }
    }

    @Test func imagesWithoutCleanmarkersAreCountedToo() throws {
        let image = Self.image(16384, hasSummaries: true, hasCleanmarkers: false)
        let found = try splices(without([2000, 20_000, 40_000], of: image))
        #expect(found.map(\.change) == [.missing(1), .missing(1), .missing(1)], "\(found)")
    }

    /// What the places say together is what the message says.
    @Test func theMessageSaysHowManyAreMissing() throws {
        let image = Self.image(8192, hasSummaries: true)
        let found = try Diagnosed.all(without([9000, 18_000], of: image))
        #expect(found.first?.text == "2 bytes in the middle are missing, at 2 places", "\(found.map(\.text))")
        #expect(found.first?.evidence.allSatisfy(\.isFor) == true)
    }

    @Test(arguments: [true, false]) func soundOnesLackNothing(_ hasSummaries: Bool) throws {
        for size in [8192, 65536] {
            let found = try Diagnosed.kinds(Self.image(size, hasSummaries: hasSummaries))
            #expect(!found.contains { if case .shifted = $0 { true } else { false } }, "\(found)")
        }
    }
}
