import FlashBytes
import JFFS2
import Testing

@Suite struct NodeDataTests {
    private func data(
        of stored: [UInt8], _ compression: Compression, dsize: UInt32, _ extent: NodeData.Extent = .whole
    ) -> NodeData {
        var raw = RawInode(inode: 2, version: 1, mode: 0o100644, uid: 0, gid: 0)
        raw.csize = UInt32(stored.count)
        raw.dsize = dsize
        raw.compression = compression
        return NodeData(of: raw, storedAs: stored.span.bytes, by: Decompressor(), extent)
    }

    @Test func aSizeThatNoCodecReachesTakesNoMemory() {
        let refused = data(of: [1, 0], .rtime, dsize: 1 << 30)
        #expect(refused.bytes.isEmpty)
        #expect(refused.problem == .impossible(size: 1 << 30, stored: 2, .rtime))
        let beginning = data(of: [1, 0], .rtime, dsize: 1 << 30, .beginning)
        #expect(beginning.bytes.count == 512)
        #expect(beginning.good == [1])
        #expect(!beginning.isWhole)
    }

    @Test func dataLargerThanTheLimitIsRefusedOrCut() {
        let stored: [UInt8] = [1, 2, 3, 4]
        #expect(data(of: stored, .none, dsize: 4, .whole(limit: 3)).problem == .tooLarge(4))
        let beginning = data(of: stored, .none, dsize: 4, .beginning(limit: 3))
        #expect(beginning.good == [1, 2, 3])
        #expect(beginning.problem == .tooLarge(4))
        #expect(data(of: stored, .none, dsize: 4).good == stored)
    }

    @Test func storedDataShorterThanItsDsizeIsDamage() {
        #expect(data(of: [1, 2], .none, dsize: 4).problem == .undecodable(.damaged(.none, produced: 2)))
        #expect(data(of: [1, 2], .none, dsize: 4, .beginning).good == [1, 2])
    }

    /// The memory is used again, whatever its size was.
    @Test func reusedMemoryHoldsNothingOfTheLastNode() {
        var raw = RawInode(inode: 2, version: 1, mode: 0o100644, uid: 0, gid: 0)
        raw.csize = 1
        raw.dsize = 3
        raw.compression = Compression(rawValue: 0x77)
        for count in [0, 2, 9] {
            let old = [UInt8](repeating: 0xee, count: count)
            let stored: [UInt8] = [7]
            let new = NodeData(of: raw, storedAs: stored.span.bytes, by: Decompressor(), reusing: old)
            #expect(new.bytes == [0, 0, 0])
            #expect(new.goodCount == 0)
        }
    }
}
