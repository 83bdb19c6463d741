import FileTree
import FlashBytes
import Foundation
import ImageFile
import JFFS2
import Testing

/// What `verify` says of an image.
@Suite struct VerificationTests {
    private func verification(_ flash: SimulatedFlash) throws -> ImageVerification {
        ImageVerification(try ImageOpener.open(FileBytes(flash.bytes), path: "image"), isAlignmentWanted: false)
    }

    /// Whatever cannot be unpacked as it is makes a check fail.
    @Test(arguments: InsideFault.allCases) func whatCannotBeUnpackedFails(_ fault: InsideFault) throws {
        var flash = SimulatedFlash(eraseSize: 8192)
        flash.writeFiles(20, first: 10)
        var sound = flash
        sound.erase(blocks: 2)
        #expect(try verification(sound).holds)
        fault.write(to: &flash)
        flash.erase(blocks: 2)
        #expect(try !verification(flash).holds)
    }

    /// The names that the tree of a flash can have, and no folder of a host.
    @Test(arguments: ["a/b", "/", ".", "..", String(repeating: "n", count: 255)]) func namesThatNobodyCanOpenFail(
        _ name: String
    ) throws {
        var flash = SimulatedFlash(eraseSize: 8192)
        flash.writeFiles(20, first: 10)
        flash.write(SimulatedFlash.dirent(name, version: 9999, inode: 200))
        flash.write(SimulatedFlash.inode(200, data: [1]))
        flash.erase(blocks: 2)
        let found = try verification(flash)
        #expect(!found.holds)
        #expect(found.fileSystem.findings.counts[.unsafeName] == 1)
        let paths = found.fileSystem.findings.findings.filter { $0.code == .unsafeName }
        #expect(paths.first?.inode == 200)
        #expect(paths.first?.linux == .silent)
    }

    /// Only so many findings of a kind are kept; the verdict is that of all.
    @Test func oneFaultBehindManyHarmlessFindingsFails() throws {
        func file(_ number: UInt32, isDamaged: Bool, isHidden: Bool) -> [[UInt8]] {
            let inode = InodeNumber(rawValue: number)
            var raw = RawInode(inode: inode, version: 1, mode: 0o100644, uid: 0, gid: 0)
            (raw.csize, raw.dsize, raw.isize) = (3, 3, 3)
            raw.dataCRC = CRC32.jffs2([1, 2, 3]) ^ (isDamaged ? 1 : 0)
            var writer = ByteWriter(.little)
            raw.write(to: &writer)
            let name = SimulatedFlash.dirent("f\(number)", version: number, inode: inode)
            return [name, writer.bytes + [1, 2, 3]]
                + (isHidden ? [SimulatedFlash.inode(inode, version: 2, data: [4, 5, 6])] : [])
        }
        var flash = SimulatedFlash(eraseSize: 65536)
        for number in UInt32(2)..<UInt32(2 + FindingList.limit + 50) {
            file(number, isDamaged: true, isHidden: true).forEach { flash.write($0) }
        }
        var harmless = flash
        harmless.erase(blocks: 5)
        let before = try verification(harmless)
        #expect(before.holds)
        #expect(before.fileSystem.findings.counts[.badDataCRC] == FindingList.limit + 50)
        file(5000, isDamaged: true, isHidden: false).forEach { flash.write($0) }
        flash.erase(blocks: 5)
        let after = try verification(flash)
        #expect(!after.holds)
        #expect(after.results.contains { if case .checksums(_, let wrong) = $0 { wrong == 1 } else { false } })
    }
}
