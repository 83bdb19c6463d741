import FlashBytes
import ImageFile
import JFFS2
import Testing

/// Erase sizes of flashes that Linux has written to, and of damaged ones.
@Suite struct EraseBlockTests {
    private func open(_ bytes: [UInt8], eraseSize: Int? = nil) throws -> OpenedImage {
        var options = InputOptions()
        options.eraseSize = eraseSize
        return try ImageOpener.open(FileBytes(bytes), path: "x", options: options)
    }

    // MARK: - Nodes across boundaries

    /// A vendor's image for blocks of 4 KiB on a flash with blocks of 64 KiB, to which Linux has written: no number of
    /// cleanmarkers outvotes an intact node across a multiple of 4 KiB.
    @Test(arguments: [3, 8, 64, 256], [1, 2, 5])
    func aNodeAcrossABoundaryOutvotesAnyNumberOfCleanmarkers(small: Int, large: Int) throws {
        var vendor = SimulatedFlash(eraseSize: 4096)
        for block in 0..<small {
            if block == 0 { vendor.write(SimulatedFlash.dirent("old", version: 1, inode: 2)) }
            vendor.write(
                SimulatedFlash.inode(
                    2, version: UInt32(block + 1), offset: 400 * block, data: [UInt8](repeating: 0x6f, count: 400)))
            vendor.closeBlock()
        }
        vendor.fill(to: 65536)
        var flash = SimulatedFlash(eraseSize: 65536)
        flash.write(SimulatedFlash.dirent("new", version: 2, inode: 3))
        for page in 0..<15 * large {
            flash.write(
                SimulatedFlash.inode(3, version: UInt32(page + 1), offset: 4096 * page, data: flash.noise(4096)))
        }
        flash.fill(to: 65536)
        let image = try open(vendor.bytes + flash.bytes)
        #expect(image.eraseSize.bytes == 65536)
        #expect(names(image).sorted() == ["new", "old"])
        #expect(!image.fileSystem.findings.isDamaged)
    }

    // MARK: - NAND

    private struct Chip: Sendable, CustomStringConvertible {
        var page: Int
        var block: Int
        var description: String { "\(block) of \(page)" }
    }

    private static let chips = [
        Chip(page: 512, block: 16384), Chip(page: 2048, block: 131072), Chip(page: 2048, block: 262144),
        Chip(page: 4096, block: 262144), Chip(page: 4096, block: 524288),
    ]

    /// How often Linux had to fill a page differs; whatever it was, what we are sure of is right.
    @Test(arguments: chips, [0, 1, 2, 7, 40])
    private func anEraseSizeOfNANDThatWeAreSureOfIsRightAndNoFileIsLost(chip: Chip, each: Int) throws {
        for (seed, files) in [(1, 3), (2, 80)] {
            for longest in [300, 6000] {
                var flash = SimulatedFlash(eraseSize: chip.block, pageSize: chip.page, seed: UInt64(seed))
                flash.writeFiles(files, longest: longest, flushingEach: each)
                flash.erase(blocks: 5)
                let image = try open(flash.bytes)
                if image.eraseSize.confidence > .low || flash.bytes.count > 12 * chip.block {
                    #expect(image.eraseSize.bytes == chip.block, "\(files) up to \(longest): \(image.eraseSize)")
                }
                // No node is lost with a size that is too small or too large.
                #expect(names(image).count == files, "\(files) up to \(longest): \(image.eraseSize)")
                #expect(!image.fileSystem.findings.isDamaged)
            }
        }
    }

    /// Each record fills the same number of pages, so that all padding nodes seem to end larger pages.
    @Test(arguments: chips, [600, 1500, 5000])
    private func recordsOfOneLengthGiveTheRightEraseSizeOrALowConfidence(chip: Chip, length: Int) throws {
        var flash = SimulatedFlash(eraseSize: chip.block, pageSize: chip.page)
        flash.write(SimulatedFlash.dirent("log", version: 1, inode: 2))
        flash.flush()
        for record in 0..<120 {
            for part in stride(from: 0, to: length, by: 4096) {
                flash.write(
                    SimulatedFlash.inode(
                        2, version: UInt32(2 * record + part / 4096 + 1), offset: record * length + part,
                        data: flash.noise(min(4096, length - part))))
            }
            flash.flush()
        }
        flash.erase(blocks: 5)
        let size = try open(flash.bytes).eraseSize
        #expect(size.bytes == chip.block || size.confidence == .low, "\(size)")
        #expect(size.bytes >= 32 * chip.page)
    }

    @Test func onePaddingNodeGivesAnEraseSizeOfLowConfidence() throws {
        for chip in Self.chips {
            var flash = SimulatedFlash(eraseSize: chip.block, pageSize: chip.page)
            flash.writeFiles(2, longest: 500)
            flash.erase(blocks: 6)
            let size = try open(flash.bytes).eraseSize
            #expect(size.confidence == .low, "\(chip): \(size)")
        }
    }

    /// Linux mounts an erased flash as an empty file system, but nothing shows that it is one.
    @Test func anErasedFlashIsAnErrorUnlessItsEraseSizeIsGiven() throws {
        let bytes = [UInt8](repeating: 0xff, count: 8 * 131072)
        #expect(throws: InputError.erased(path: "x")) { _ = try open(bytes) }
        let image = try open(bytes, eraseSize: 131072)
        #expect(image.range == 0..<bytes.count)
        #expect(names(image).isEmpty)
        #expect(image.fileSystem.findings.findings.isEmpty)
        #expect(image.fileSystem.scan.blockCount == 8)
    }

    // MARK: - Damage at the beginning and at the end

    /// What is in front of the first intact node belongs to the file system.
    @Test(arguments: [16384, 131072]) func aDamagedBeginningBelongsToTheFileSystem(eraseSize: Int) throws {
        for hasCleanmarkers in [true, false] {
            for files in [3, 60] {
                var flash = SimulatedFlash(eraseSize: eraseSize, hasCleanmarkers: hasCleanmarkers)
                flash.writeFiles(files)
                flash.erase(blocks: 3)
                for bit in [0, 9, 20, 35, 70] {
                    var bytes = flash.bytes
                    bytes[bit / 8] ^= 1 << UInt8(bit % 8)
                    let image = try open(bytes)
                    let comment: Comment = "bit \(bit), \(files) files, cleanmarkers: \(hasCleanmarkers)"
                    #expect(image.range == 0..<bytes.count, comment)
                    #expect(image.fileSystem.findings.isDamaged, comment)
                    #expect(image.fileSystem.findings.findings.contains { $0.offset == 0 }, comment)
                    #expect(names(image).count >= files - 1, comment)
                }
                if files > 3 {
                    var bytes = flash.bytes
                    bytes.replaceSubrange(0..<2048, with: [UInt8](repeating: 0, count: 2048))
                    let image = try open(bytes)
                    #expect(image.range == 0..<bytes.count)
                    #expect(image.eraseSize.bytes == eraseSize)
                }
            }
        }
    }

    /// A block of which nothing is left, at the beginning or behind the last node, is damage of the same file system.
    @Test func aBlockOfWhichNothingIsLeftBelongsToTheFileSystem() throws {
        var flash = SimulatedFlash(eraseSize: 16384, hasCleanmarkers: false)
        flash.writeFiles(40)
        let end = flash.bytes.count
        flash.erase(blocks: 3)
        let last = (end - 1) / 16384 * 16384
        for (range, isZero) in [(last..<end, true), (last..<end, false), (0..<16384, false)] {
            var bytes = flash.bytes
            let damage = isZero ? [UInt8](repeating: 0, count: range.count) : flash.noise(range.count)
            bytes.replaceSubrange(range, with: damage)
            let image = try open(bytes)
            #expect(image.range == 0..<bytes.count, "\(range), zero: \(isZero)")
            #expect(image.eraseSize.bytes == 16384)
        }
        // In front of the first node of a wrapped log, and behind it, single bits of erased blocks.
        var bytes = [UInt8](repeating: 0xff, count: 65536) + flash.bytes
        for place in [100, 20_000, bytes.count - 5] { bytes[place] = 0xfe }
        #expect(try open(bytes).range == 0..<bytes.count)
    }
}
