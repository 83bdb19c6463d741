import FileTree
import FlashBytes
import Foundation
import ImageFile
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

        /// The dump.
        var dump: [UInt8] { Self.joined(blocks) }

        private static func joined(_ blocks: [[UInt8]]) -> [UInt8] {
            blocks.reduce(into: []) { $0.append(contentsOf: $1) }
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
            return Self.joined(blocks)
        }
    }

    /// Flashes of the lab; of those with a dump with spare areas, the small ones.
    static let sources = RecordedFlash.sources.filter { $0.contains("-nand-") }

    /// One flash of a source, and which it is of all; nil if the source has none that fits.
    private func sample(_ source: String) throws -> (RecordedFlash, Flash, number: Int)? {
        let number = Self.sources.firstIndex(of: source) ?? 0
        let flashes = try RecordedFlash.read(source).filter { flash in
            guard let dump = flash.withSpareAreas, !flash.about.damaged else { return false }
            return dump.count < (flash.about.pageSize > 2048 ? 2 << 20 : 13 << 16) && !flash.isErased
        }
        guard !flashes.isEmpty else { return nil }
        let flash = flashes[number % flashes.count]
        let dump = try #require(flash.withSpareAreas)
        let stride = dump.count / (flash.image.count / flash.about.pageSize)
        let area = try #require(SpareArea(pageSize: flash.about.pageSize, spareSize: stride - flash.about.pageSize))
        return (flash, Flash(dump, area, eraseSize: flash.about.eraseSize, name: flash.name), number)
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

    /// Kinds and places that go round, so that each meets each.
    private func bad(_ kinds: [Kind], _ number: Int, count: Int) -> [(Kind, Place)] {
        (0..<count).map { index in
            let turn = number * count + index
            return (kinds[turn % kinds.count], Place.allCases[(turn + turn / kinds.count) % Place.allCases.count])
        }
    }

    @Test(arguments: sources) func withSpareAreasTheMarkerTellsBadBlocks(source: String) throws {
        guard let (flash, blocks, number) = try sample(source) else { return }
        let plain = try ImageOpener.openAll(FileBytes(flash.image), path: flash.name)[0]
        for (kind, place) in bad(Kind.allCases, number, count: flash.image.count > 1 << 19 ? 1 : 2) {
            let what = "\(flash.name): \(kind), \(place)"
            let image = try check(flash, blocks.dump(kind, place), what)
            #expect(image.badBlocks == bad(blocks, kind, place), "\(what)")
            // No damage that the flash has not.
            #expect(image.fileSystem.findings.isDamaged == plain.fileSystem.findings.isDamaged, "\(what)")
        }
    }

    /// Where the data of a dump has bad blocks with a mark.
    private func bad(_ blocks: Flash, _ kind: Kind, _ place: Place) -> [Range<Int>] {
        let count = blocks.blocks.count
        let numbers =
            switch place {
            case .front: [0]
            case .middle: [count / 2]
            case .end: [count]
            case .several: [0, count / 3 + 1, count + 2]
            }
        return kind.isMarked ? numbers.map { $0 * blocks.eraseSize..<($0 + 1) * blocks.eraseSize } : []
    }

    @Test(arguments: ["links-nand-be-16k-p512-s1025.tar.xz", "rwmap-nand-128k-p2048-zlib-s1012.tar.xz"])
    func theMarkerTellsBadBlocksInWordSwappedDumps(source: String) throws {
        let (flash, blocks, _) = try #require(try sample(source))
        for (kind, group) in [(Kind.noise, 4), (.stale, 2)] {
            let dump = WordSwap.swapped(blocks.dump(kind, .middle).span.bytes, group: group)
            let what = "\(flash.name): \(kind), reversed in groups of \(group)"
            let image = try check(flash, dump, what)
            #expect(image.swapGroup == group, "\(what)")
            #expect(image.badBlocks == bad(blocks, kind, .middle), "\(what)")
        }
    }

    /// Whatever is in the bad blocks of a flash that Linux erased: it is empty.
    @Test(arguments: [Kind.marked, .zeros, .noise, .stale]) func anErasedFlashWithBadBlocksIsEmpty(kind: Kind) throws {
        let source = "names-nand-16k-p512-s1060.tar.xz"
        let (flash, blocks, _) = try #require(try sample(source))
        var erased = blocks
        erased.blocks = blocks.blocks.map { _ in
            var block = [UInt8](repeating: 0xff, count: blocks.blocks[0].count)
            block.replaceSubrange(520..<528, with: [0x85, 0x19, 0x03, 0x20, 8, 0, 0, 0])
            return block
        }
        erased.blocks.insert(blocks.bad(kind), at: 3)
        let image = try ImageOpener.open(FileBytes(erased.dump), path: flash.name)
        #expect(image.fileSystem.tree[FileTree.root].entries.isEmpty)
        #expect(image.badBlocks == [3 * blocks.eraseSize..<4 * blocks.eraseSize])
    }

    /// Some controllers keep sums in the place of the marker.
    @Test func whatIsInTheSpareAreaOfGoodBlocksMarksNone() throws {
        let (flash, blocks, _) = try #require(try sample("rwmap-nand-128k-p2048-zlib-s1012.tar.xz"))
        var dump = blocks.dump
        var random = LinearCongruence(state: 5)
        for page in 0..<dump.count / blocks.area.stride {
            let start = page * blocks.area.stride
            guard dump[start..<start + blocks.area.pageSize].contains(where: { $0 != 0xff }) else { continue }
            dump[start + blocks.area.pageSize] = random.bytes(1)[0]
        }
        let image = try check(flash, dump, "sums in the place of the marker")
        #expect(image.badBlocks == [])
    }

    @Test(arguments: sources) func withoutSpareAreasABadBlockDoesNotCutTheFileSystem(source: String) throws {
        guard let (flash, blocks, number) = try sample(source) else { return }
        for (kind, place) in bad([.noise, .zeros, .padded, .marked], number, count: 1) {
            let dump = blocks.dump(kind, place)
            try check(flash, blocks.area.data(of: dump.span.bytes), "\(flash.name): \(kind), \(place)")
        }
    }

    /// `--bb=skipbad` leaves out bad blocks; here some that were never written.
    @Test(arguments: sources) func blocksThatAreLeftOutAreNotMissed(source: String) throws {
        guard let (flash, whole, number) = try sample(source) else { return }
        var blocks = whole
        let erased = [UInt8](repeating: 0xff, count: flash.about.eraseSize)
        let isErased = { (block: [UInt8]) in blocks.area.data(of: block.span.bytes) == erased }
        guard let index = blocks.blocks.lastIndex(where: { isErased($0) }) else { return }
        blocks.blocks.remove(at: index)
        let dump = blocks.dump
        if number % 2 == 0 {
            try check(flash, dump, "\(flash.name): with spare areas")
        } else {
            try check(flash, blocks.area.data(of: dump.span.bytes), "\(flash.name): without")
        }
    }
}
