import FileTree
import FirmwareImage
import FlashBytes
import ImageFile
import JFFS2
import TestSupport
import Testing

@testable import Scrub

/// Which erase blocks have to be flashed after a change, whatever lies around the file systems.
@Suite struct ChangedBlockTests {
    /// A flash and what is in it.
    struct Flash: CustomTestStringConvertible, Sendable {
        var name: String
        var bytes: [UInt8]
        var eraseSize = 16384
        var hasUImage = false
        var options = InputOptions()
        var testDescription: String { name }
    }

    private static let firstIsLost: [FlashSketch.Content] = [
        .deletedSecret, .file, .file, .secret, .file, .deletions, .file,
    ]
    private static let lastIsLost: [FlashSketch.Content] = [.file, .secret, .file, .deletions, .file, .deletedSecret]
    private static let bothAreLost: [FlashSketch.Content] = [
        .deletedSecret, .deletedSecret, .file, .secret, .deletions, .pieceBehindTheEnd, .file,
    ]

    private static func noise(_ count: Int) -> [UInt8] {
        var random = LinearCongruence(state: 99)
        return random.bytes(count)
    }

    private static func wrapped(_ data: [UInt8]) -> [UInt8] {
        var header = UImageHeader()
        header.type = 7
        header.dataSize = UInt32(data.count)
        header.dataCRC = CRC32.zlib(data.span.bytes)
        header.headerCRC = header.computedHeaderCRC
        return header.bytes + data
    }

    static let flashes: [Flash] = {
        var flashes: [Flash] = []
        for (name, blocks) in [("first", firstIsLost), ("last", lastIsLost), ("both", bothAreLost)] {
            for isNAND in [false, true] {
                let image = FlashSketch.bytes(blocks, hasCleanmarkers: !isNAND)
                func add(_ what: String, _ bytes: [UInt8], _ change: (inout Flash) -> Void = { _ in }) {
                    var flash = Flash(name: "\(name) block lost, \(isNAND ? "NAND" : "NOR"), \(what)", bytes: bytes)
                    flash.options.eraseSize = 16384
                    change(&flash)
                    flashes.append(flash)
                }
                let loader = noise(0x8000)
                add("alone", image)
                add("at 0x40000", noise(0x40000) + image)
                add("in the middle", loader + image + loader)
                add("an odd piece behind it", loader + image + noise(5000))
                add("a neighbour in front", loader + FlashSketch.bytes(lastIsLost, seed: 5) + loader + image)
                add("in a uImage", wrapped(image)) { $0.hasUImage = true }
                add("in a uImage in a flash", loader + wrapped(image)) { $0.hasUImage = true }
                add("swapped", WordSwap.swapped((loader + image).span.bytes, group: 4))
                add("at a given offset", noise(0x1234) + image) { $0.options.offset = 0x1234 }
                add("of a given length", loader + image + loader) {
                    $0.options.offset = loader.count
                    $0.options.length = image.count
                }
            }
        }
        return flashes
    }()

    /// Holds a list against the two files: whole blocks, each of them different, and nothing else is.
    private func check(_ comparison: FlashComparison, _ before: [UInt8], _ after: [UInt8], _ flash: Flash) {
        #expect(before.count == after.count)
        var rest = before
        for block in comparison.blocks {
            #expect(before[block.range] != after[block.range], "\(block)")
            rest.replaceSubrange(block.range, with: after[block.range])
            let isCut = block.range.upperBound == after.count || block.range.lowerBound == 0
            #expect(isCut || block.range.count == flash.eraseSize, "\(block)")
            #expect(block.range.lowerBound == 0 || (block.range.lowerBound - comparison.shift) % flash.eraseSize == 0)
            #expect(block.area == nil || !block.reasons.isEmpty, "\(block)")
        }
        #expect(rest == after, "something differs that is not listed")
        #expect(Set(comparison.blocks.map(\.range)).count == comparison.blocks.count)
    }

    @Test(arguments: flashes) func scrubListsTheBlocksThatDiffer(_ flash: Flash) throws {
        let images = try ImageOpener.openAll(FileBytes(flash.bytes), path: "flash", options: flash.options)
        var scrubber = try Scrubber(images: images, options: flash.options)
        scrubber.keepsLayout = true
        scrubber.jobs = 1
        let result = try scrubber.run()
        #expect(result.report.report.proof.holds, "\(result.left) \(result.remains)")
        let comparison = try #require(result.comparison)
        check(comparison, flash.bytes, result.bytes, flash)
        // The blocks of the passwords at least, and not all of them.
        let inside = comparison.blocks.filter { $0.area != nil }
        #expect(inside.count >= 2 && inside.count < images.reduce(0) { $0 + $1.range.count } / flash.eraseSize)
        #expect(comparison.blocks.contains { $0.area == nil } == flash.hasUImage)
    }

    @Test(arguments: flashes) func randomEditsListTheBlocksThatDiffer(_ flash: Flash) throws {
        let images = try ImageOpener.openAll(FileBytes(flash.bytes), path: "flash", options: flash.options)
        for seed in 0..<3 {
            var frame = InputFrame(images: images, options: flash.options)
            let input = frame
            var rewritten: [[ChangedBlock]] = []
            for image in images {
                var edits = RandomEdits(seed: UInt64(seed))
                var wanted = image.fileSystem.tree
                _ = edits.apply(2, to: &wanted)
                let original = image.fileSystem
                let rewriter = try LayoutRewriter(
                    original: original, configuration: ImageConfiguration(like: original), mayGrow: false)
                let result = try rewriter.write(wanted)
                frame.replace(image.range, with: result.bytes)
                rewritten.append(result.changedBlocks)
            }
            let output = frame.assembled()
            check(try input.comparison(with: output, rewritten: rewritten), flash.bytes, output, flash)
        }
    }

    @Test func aChangeThatNobodyPlannedIsRefused() throws {
        let before = Self.noise(0x10000)
        let planned = ChangedBlock(index: 1, range: 0x4000..<0x8000, reasons: [.newNodes])
        let area = FlashComparison.Area(range: 0x4000..<0xc000, eraseSize: 0x4000, rewritten: [planned])
        func compare(_ offsets: [Int]) throws -> [FlashComparison.Block] {
            var after = before
            for offset in offsets { after[offset] ^= 1 }
            return try FlashComparison(of: before.span.bytes, with: after.span.bytes, areas: [area]).blocks
        }
        #expect(try compare([]).isEmpty)
        #expect(try compare([0x9000, 0xffff]).map(\.range) == [0x8000..<0xc000, 0xc000..<0x10000])
        #expect(throws: LayoutError.self) { try compare([0x4000]) }
        #expect(throws: LayoutError.self) {
            try FlashComparison(of: before.span.bytes, with: Array(before.dropLast()).span.bytes, areas: [area])
        }
    }

    /// A file system that ends within an erase block shares it with what follows: the whole block is flashed.
    @Test func aBlockThatIsSharedIsListedWhole() throws {
        let before = Self.noise(0x10000)
        let planned = ChangedBlock(index: 1, range: 0x4000..<0x5000, reasons: [.removedName])
        let area = FlashComparison.Area(range: 0x4000..<0x9000, eraseSize: 0x4000, rewritten: [planned])
        var after = before
        after[0x8800] ^= 1
        after[0xa000] ^= 1
        let blocks = try FlashComparison(of: before.span.bytes, with: after.span.bytes, areas: [area]).blocks
        #expect(blocks.map(\.range) == [0x8000..<0xc000])
        #expect(blocks[0].index == 1 && blocks[0].reasons == [.removedName])
    }
}
