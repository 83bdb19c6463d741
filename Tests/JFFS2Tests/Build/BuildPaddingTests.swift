import FileTree
import JFFS2
import TestSupport
import Testing

/// How an image ends.
@Suite struct BuildPaddingTests {
    private static let cleanmarker: [UInt8] = [0x85, 0x19, 0x03, 0x20, 0x0c, 0, 0, 0, 0xb1, 0xb0, 0x1e, 0xe4]

    @Test func anEmptyTreeIsARootInode() throws {
        let (image, report) = try build(FileTree())
        #expect(image.count == 12 + 68)
        #expect(Array(image[..<12]) == Self.cleanmarker)
        #expect(report.nodes == 1)
        #expect(report.inodes == 1)
    }

    @Test func paddingToTheEraseBlockFillsItWith0xFF() throws {
        let plain = try build(tree([1, 2, 3])).image
        let padded = try build(tree([1, 2, 3])) { $0.padding = .toEraseBlock }.image
        #expect(padded.count == 65536)
        #expect(padded.starts(with: plain))
        #expect(padded[plain.count...].allSatisfy { $0 == 0xff })
    }

    @Test func paddingToASizePutsACleanmarkerIntoEachBlock() throws {
        let image = try build(tree([1, 2, 3])) { $0.padding = .toSize(4 * 65536) }.image
        #expect(image.count == 4 * 65536)
        for block in 1..<4 {
            #expect(Array(image[block * 65536..<block * 65536 + 12]) == Self.cleanmarker)
            #expect(image[block * 65536 + 12..<(block + 1) * 65536].allSatisfy { $0 == 0xff })
        }
    }

    @Test func paddingToASizeWithoutCleanmarkersIsAll0xFF() throws {
        let image = try build(tree([1, 2, 3])) {
            $0.padding = .toSize(4 * 65536)
            $0.cleanmarkerSize = nil
        }.image
        #expect(image.count == 4 * 65536)
        #expect(image[65536...].allSatisfy { $0 == 0xff })
    }

    @Test func aNANDImageEndsWithAPaddingNodeAtAPage() throws {
        let image = try build(tree([1, 2, 3])) {
            $0.cleanmarkerSize = nil
            $0.eraseSize = 16384
        }.image
        #expect(image.count == 512)
        #expect(read(image, eraseSize: 16384).scan.nodes.last?.type == .padding)
    }

    @Test func aLongCleanmarkerIsFilledUpWith0xFF() throws {
        let image = try build(tree([1, 2, 3])) { $0.cleanmarkerSize = 18 }.image
        #expect(image[4] == 18)
        #expect(image[12..<20].allSatisfy { $0 == 0xff })
        #expect(Array(image[20..<22]) == [0x85, 0x19])
    }
}
