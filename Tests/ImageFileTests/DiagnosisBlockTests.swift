import FileTree
import FlashBytes
import ImageFile
import JFFS2
import TestSupport
import Testing

/// What `doctor` says of erase blocks: missing, cut, there twice, zeroed, erased, or with flipped bits.
@Suite struct DiagnosisBlockTests {
    private func kinds(_ bytes: [UInt8]) throws -> [Diagnosis.Kind] { try Diagnosed.kinds(bytes) }

    /// On NAND flash, where erased blocks have no cleanmarkers: no other data is in front.
    @Test func bitsThatFlipInErasedBlocksAreNoBeginning() throws {
        var flash = SimulatedFlash(eraseSize: 16384, pageSize: 512)
        flash.writeFiles(60, flushingEach: 7)
        var bytes = [UInt8](repeating: 0xff, count: 3 * 16384) + flash.bytes
        for place in stride(from: 5, to: 3 * 16384, by: 1711) { bytes[place] ^= 4 }
        #expect(!(try kinds(bytes)).contains { if case .offset = $0 { true } else { false } })
    }

    @Test(arguments: [1, 2, 3]) func zeroedFirstBlocksAreNamed(_ count: Int) throws {
        var image = WrittenInOneGo().bytes
        image.replaceSubrange(..<(count * 8192), with: [UInt8](repeating: 0, count: count * 8192))
        let found = try kinds(image)
        #expect(found.first == .blocksOverwritten(at: (0..<count).map { $0 * 8192 }, 0), "\(found)")
        let isOther = found.contains {
            if case .offset = $0 { true } else if case .beginsLate = $0 { true } else { false }
        }
        #expect(!isOther, "\(found)")
    }

    @Test func aMissingBlockIsSaidAndWhere() throws {
        let blocks = WrittenInOneGo().blocks
        for gone in 1..<blocks.count - 1 {
            var rest = blocks
            rest.remove(at: gone)
            let found = try kinds(rest.flatMap(\.self))
            #expect(
                found.contains { kind in
                    guard case .blockMissing(let places, _) = kind else { return false }
                    return places == [gone * WrittenInOneGo.eraseSize]
                }, "block \(gone): \(found)")
        }
    }

    @Test func aMissingBeginningIsSaid() throws {
        for hasCleanmarkers in [true, false] {
            let image = WrittenInOneGo(hasCleanmarkers: hasCleanmarkers).bytes
            let found = try kinds(Array(image[WrittenInOneGo.eraseSize...]))
            #expect(found.contains { if case .beginsLate = $0 { true } else { false } }, "\(found)")
        }
    }

    @Test func aBlockThatIsThereTwiceIsSaid() throws {
        let blocks = WrittenInOneGo().blocks
        let image = (blocks[..<5] + blocks[4...]).flatMap(\.self)
        let size = WrittenInOneGo.eraseSize
        #expect(try kinds(image).contains(.blockTwice([Diagnosis.Pair(first: 4 * size, second: 5 * size)])))
    }

    @Test func anotherOrderIsSaid() throws {
        var blocks = WrittenInOneGo().blocks
        blocks.swapAt(3, 4)
        let size = WrittenInOneGo.eraseSize
        let found = try kinds(blocks.flatMap(\.self))
        #expect(found == [.reordered(at: [4 * size])], "\(found)")
    }

    @Test func aCutEndIsSaid() throws {
        let image = WrittenInOneGo().bytes
        for count in [image.count / 2 + 1234, image.count / 2 / 8192 * 8192] {
            let found = try kinds(Array(image[..<count]))
            #expect(found.contains(.cutShort), "\(count) of \(image.count): \(found)")
        }
    }

    @Test(arguments: [0, 0xff] as [UInt8], [true, false]) func aBlockThatIsOverwrittenIsNoMissingOne(
        _ byte: UInt8, hasCleanmarkers: Bool
    ) throws {
        let image = WrittenInOneGo(hasCleanmarkers: hasCleanmarkers)
        let size = WrittenInOneGo.eraseSize
        for block in 2..<image.blocks.count - 2 {
            var blocks = image.blocks
            blocks[block] = [UInt8](repeating: byte, count: size)
            let found = try kinds(blocks.flatMap(\.self))
            #expect(found.contains(.blocksOverwritten(at: [block * size], byte)), "block \(block): \(found)")
            #expect(!found.contains { if case .blockMissing = $0 { true } else { false } }, "block \(block): \(found)")
        }
    }

    @Test func tooFewBlocksAreSaid() throws {
        let image = WrittenInOneGo(files: 4).bytes
        let count = image.count / WrittenInOneGo.eraseSize
        try #require(count < 5)
        #expect(try kinds(image) == [.tooFewBlocks(count, eraseSize: WrittenInOneGo.eraseSize)])
        let room = [UInt8](repeating: 0xff, count: (5 - count) * WrittenInOneGo.eraseSize)
        #expect(try kinds(image + room) == [.healthy])
    }

    // MARK: - Starts

    /// The first bytes of a block are gone, and a summary at its end hides that.
    @Test(arguments: [0, 0xff] as [UInt8], [true, false]) func anOverwrittenStartIsNamed(
        _ byte: UInt8, hasSummaries: Bool
    ) throws {
        var flash = FlashAssembler(eraseSize: 16384)
        for file in UInt32(2)..<80 {
            let number = InodeNumber(rawValue: file)
            flash.append(flash.dirent("f\(file)", number, version: file))
            flash.append(flash.inode(number, version: 1, isize: 1000, data: Diagnosed.noise(1000, seed: UInt64(file))))
            if file % 12 == 0 { if hasSummaries { flash.finishBlockWithSummary() } else { flash.finishBlock() } }
        }
        flash.finishBlock()
        for (place, count) in [(0, 512), (0, 100), (16384, 512), (0, 2048)] {
            var bytes = flash.bytes
            bytes.replaceSubrange(place..<place + count, with: [UInt8](repeating: byte, count: count))
            let found = try Diagnosed.all(bytes)
            // Without a summary, Linux takes the block for erased.
            if byte == 0xff, count >= 256, !hasSummaries {
                #expect(found.first?.kind == .blocksHidden(at: [place]), "\(count) at \(place): \(found.map(\.kind))")
                continue
            }
            #expect(
                found.first?.kind == .blocksOverwritten(at: [place], byte), "\(count) at \(place): \(found.map(\.kind))"
            )
            let what = byte == 0 ? "zeroed" : "erased"
            // What stood behind them may be the same.
            let run = bytes[place...].prefix { $0 == byte }.count
            #expect(
                found.first?.text
                    == (place == 0
                        ? "the first \(run) bytes of it are \(what)"
                        : "the first \(run) bytes of the erase block at \(hex(place)) are \(what)"))
        }
    }

    /// What is left of the last node of a block that is cut off is no header of a vendor's.
    @Test(arguments: [true, false]) func aFrontThatIsCutOffInsideOfABlockIsNoHeader(_ hasCleanmarkers: Bool) throws {
        let image = WrittenInOneGo(hasCleanmarkers: hasCleanmarkers, files: 60).bytes
        let size = WrittenInOneGo.eraseSize
        for cut in stride(from: 2 * size + 500, to: 4 * size, by: 401) where cut % size != 0 {
            let found = try kinds(Array(image[cut...]))
            let isRight = found.contains {
                if case .beginsInside(let missing) = $0 { missing % size == cut % size } else { false }
            }
            let isHeader = found.contains { if case .header = $0 { true } else { false } }
            // Behind the last node of a block, nothing but erased bytes is left of it.
            #expect(isRight || image[cut..<(cut / size + 1) * size].allSatisfy { $0 == 0xff }, "\(cut): \(found)")
            #expect(!isHeader, "\(cut): \(found)")
        }
    }
}
