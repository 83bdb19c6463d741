import FlashBytes
import Foundation
import ImageInput
import JFFS2
import TestSupport
import Testing

/// Dumps of NAND flashes with bad blocks, as `nanddump` makes them: Linux passes the bad blocks over, so the tree is that of
/// the flash without them.
@Suite struct BadBlockTests {
    /// What is in a bad block, and so in the dump.
    enum Kind: String, CaseIterable {
        /// `--bb=padbad`: data and spare areas are 0xFF.
        case padded
        /// `--bb=dumpbad`: erased, with the marker that Linux or the maker wrote.
        case marked
        /// It cannot be written any more.
        case zeros, noise
        /// Of the file system, from before it went bad; without spare areas nothing tells it from a good one.
        case stale
        /// Half of it is left of that.
        case torn

        var isMarked: Bool { self != .padded }
    }

    /// Where the bad blocks are.
    enum Place: String, CaseIterable {
        case front, middle, end, several
    }

    /// A flash with spare areas, block by block.
    struct Flash {
        var name: String
        var area: SpareArea
        var eraseSize: Int
        var blocks: [[UInt8]]

        init(_ dump: [UInt8], _ area: SpareArea, eraseSize: Int, name: String) {
            (self.name, self.area, self.eraseSize) = (name, area, eraseSize)
            let size = eraseSize / area.pageSize * area.stride
            blocks = stride(from: 0, to: dump.count, by: size).map { Array(dump[$0..<min($0 + size, dump.count)]) }
        }

        /// A bad block; pages as in the others.
        func bad(_ kind: Kind) -> [UInt8] {
            let size = blocks[0].count
            var random = LinearCongruence(state: 99)
            var block: [UInt8]
            switch kind {
            case .padded, .marked: block = [UInt8](repeating: 0xff, count: size)
            case .zeros: block = [UInt8](repeating: 0, count: size)
            case .noise: block = random.bytes(size)
            case .stale: block = blocks[blocks.count / 2]
            case .torn:
                block = blocks[blocks.count / 2]
                block.replaceSubrange(size / 2..<size, with: random.bytes(size - size / 2))
            }
            if kind.isMarked {
                for page in 0..<2 { block[page * area.stride + area.pageSize + (area.pageSize <= 512 ? 5 : 0)] = 0 }
            }
            return block
        }

        /// The dump with bad blocks put in.
        func dump(_ kind: Kind, _ place: Place) -> [UInt8] {
            var blocks = blocks
            let block = bad(kind)
            switch place {
            case .front: blocks.insert(block, at: 0)
            case .middle: blocks.insert(block, at: blocks.count / 2)
            case .end: blocks.append(block)
            case .several:
                for at in [blocks.count, blocks.count / 3, 0] { blocks.insert(block, at: at) }
            }
            return Array(blocks.joined())
        }
    }

    /// Flashes of the lab; of those with a dump with spare areas, the small ones.
    static let sources = RecordedFlash.sources.filter { $0.contains("-nand-") }

    private func flashes(_ source: String) throws -> [(RecordedFlash, Flash)] {
        try RecordedFlash.read(source).compactMap { flash in
            guard let dump = flash.withSpareAreas, !flash.isErased, !flash.about.damaged, dump.count < 3 << 20
            else { return nil }
            let stride = dump.count / (flash.image.count / flash.about.pageSize)
            let area = try #require(SpareArea(pageSize: flash.about.pageSize, spareSize: stride - flash.about.pageSize))
            return (flash, Flash(dump, area, eraseSize: flash.about.eraseSize, name: flash.name))
        }
    }

    @discardableResult
    private func check(_ flash: RecordedFlash, _ dump: [UInt8], _ what: String) throws -> OpenedImage {
        let entries = try #require(flash.verdict.entries, "\(what)")
        let images = try ImageOpener.openAll(FileBytes(dump), path: flash.name)
        #expect(images.count == 1, "\(what): \(images.map(\.range))")
        let image = try #require(images.first)
        let lines = differences(
            of: image.fileSystem.tree, unreadable: image.fileSystem.unreadable.map(\.path), from: entries)
        #expect(lines == [], "\(what): \(image.layers)")
        return image
    }

    /// Each kind once, at places that go round.
    private func places(_ flash: RecordedFlash, _ kinds: [Kind]) -> [(Kind, Place)] {
        let places = Place.allCases
        return kinds.enumerated().map { ($1, places[($0 + flash.image.count / flash.about.eraseSize) % places.count]) }
    }

    @Test(arguments: sources) func withSpareAreasTheMarkerTells(source: String) throws {
        for (flash, blocks) in try flashes(source) {
            let plain = try ImageOpener.openAll(FileBytes(flash.image), path: flash.name)[0]
            for (kind, place) in places(flash, Kind.allCases) {
                let what = "\(flash.name): \(kind), \(place)"
                let image = try check(flash, blocks.dump(kind, place), what)
                #expect(image.badBlocks.count == (!kind.isMarked ? 0 : place == .several ? 3 : 1), "\(what)")
                // No damage that the flash has not.
                #expect(image.fileSystem.findings.isDamaged == plain.fileSystem.findings.isDamaged, "\(what)")
            }
        }
    }

    @Test(arguments: sources) func withoutSpareAreasTheFileSystemIsNotCut(source: String) throws {
        for (flash, blocks) in try flashes(source) {
            for (kind, place) in places(flash, [.noise, .zeros, .padded, .marked]) {
                let dump = blocks.dump(kind, place)
                try check(flash, blocks.area.data(of: dump.span.bytes), "\(flash.name): \(kind), \(place)")
            }
        }
    }

    /// `--bb=skipbad` leaves out bad blocks; here some that were never written.
    @Test(arguments: sources) func blocksThatAreLeftOutAreNotMissed(source: String) throws {
        for (flash, var blocks) in try flashes(source) {
            let isErased = { (block: [UInt8]) in blocks.area.data(of: block.span.bytes).allSatisfy { $0 == 0xff } }
            guard let index = blocks.blocks.lastIndex(where: { isErased($0) }) else { continue }
            blocks.blocks.remove(at: index)
            let dump = Array(blocks.blocks.joined())
            try check(flash, dump, "\(flash.name): with spare areas")
            try check(flash, blocks.area.data(of: dump.span.bytes), "\(flash.name): without")
        }
    }
}
