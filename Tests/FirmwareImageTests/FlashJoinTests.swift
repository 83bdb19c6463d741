import FirmwareImage
import FlashBytes
import Foundation
import Testing

/// Cutting a flash into files, and joining them again.
@Suite struct FlashJoinTests {
    private let flash = (0..<4096).map { UInt8(truncatingIfNeeded: $0 &* 7 &+ $0 >> 8) }

    private func table(_ text: String) throws -> PartitionTable {
        let reading = FileBytes(Array(text.utf8)).withBytes { PartitionText.read(PlainText(assuming: $0)) }
        return try #require(reading.tables.first)
    }

    private func join(
        _ files: [String: [UInt8]], _ text: String, flashSize: Int? = nil, takesGuesses: Bool = false
    ) throws -> FlashJoin {
        try FlashJoin(
            directory: "own", names: files.keys.sorted(), given: table(text), flashSize: flashSize,
            takesGuesses: takesGuesses
        ) { path in FileBytes(try #require(files[String(path.dropFirst(4))])) }
    }

    private func written(_ join: FlashJoin) throws -> [UInt8] {
        let path = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString).path
        defer { try? FileManager.default.removeItem(atPath: path) }
        let file = try OutputFile(path: path, replacing: false)
        try join.write(to: file)
        try file.commit()
        return [UInt8](try Data(contentsOf: URL(filePath: path)))
    }

    @Test func whatWasCutBecomesTheSameFlash() throws {
        let path = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString).path
        defer { try? FileManager.default.removeItem(atPath: path) }
        let directory = try OutputDirectory(path: path, mayExist: false)
        let cut = FlashCut(try table("boot=0+0x400,all=0+0x1000,data=0x800+0x2000"), flashSize: flash.count)
        try cut.write(FileBytes(flash), into: directory)
        try directory.commit()
        let names = try FileManager.default.contentsOfDirectory(atPath: path).sorted()
        #expect(names == ["00-boot.bin", "01-all-0x400.bin", "02-data.bin", "partitions"])
        let join = try FlashJoin(directory: path, names: names, given: nil, flashSize: nil, takesGuesses: false) {
            try FileBytes(path: $0)
        }
        #expect(join.gaps.isEmpty && join.size == flash.count && join.fileCount == 3)
        #expect(try written(join) == flash)
    }

    @Test func smallerPartitionGivesTheBytesThatTwoFilesHave() throws {
        var inner = Array(flash[1024..<2048])
        inner[5] ^= 1
        let join = try join(["mtd0": flash, "mtd1": inner], "all=0+0x1000,boot=0x400+0x400")
        let disagreements = join.disagreements()
        try #require(disagreements.count == 1)
        #expect(disagreements[0].path == "own/mtd0" && disagreements[0].taken == "own/mtd1")
        #expect(disagreements[0].offset == 1029)
        var wanted = flash
        wanted.replaceSubrange(1024..<2048, with: inner)
        #expect(try written(join) == wanted)
    }

    @Test func bytesThatNoFileHasAreErased() throws {
        let join = try join(["mtd1": Array(flash[..<1024])], "a=0+0x400,b=0x400+0x400", flashSize: 4096)
        #expect(join.gaps == [0..<1024, 2048..<4096])
        var wanted = [UInt8](repeating: 0xff, count: 4096)
        wanted.replaceSubrange(1024..<2048, with: flash[..<1024])
        #expect(try written(join) == wanted)
    }

    @Test func filesThatDoNotFitAreErrors() {
        let short = FlashJoinError.wrongSize(path: "own/mtd0", partition: "a", found: 3, wanted: 1024)
        #expect(throws: short) { try join(["mtd0": [1, 2, 3]], "a=0+0x400") }
        let ambiguous = FlashJoinError.ambiguous(path: "own/mtd0", other: "own/mtd0.bin", partition: "a")
        #expect(throws: ambiguous) {
            try join(
                ["mtd0": Array(flash[..<1024]), "mtd0.bin": Array(flash[1024..<2048])], "a=0+0x400")
        }
        let behind = FlashJoinError.beyondFlash(path: "own/mtd0", partition: "a", end: 1024, flash: 512)
        #expect(throws: behind) { try join(["mtd0": Array(flash[..<1024])], "a=0+0x400", flashSize: 512) }
    }
}
