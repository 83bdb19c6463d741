import FlashBytes
import Foundation
import ImageFile
import JFFS2
import Testing

/// NAND dumps with the spare area in between, laid out as nandsim and real chips do it.
@Suite struct SpareAreaTests {
    static let directory = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().appending(path: "TestImages")

    static func testImage(_ name: String) throws -> [UInt8] {
        [UInt8](try Data(contentsOf: directory.appending(path: name)))
    }

    static func area(_ text: String) throws -> SpareArea { try #require(SpareArea(text)) }

    /// Puts spare areas between the pages: a sum over the data where Linux keeps it, and cleanmarkers.
    static func dump(
        _ data: [UInt8], _ area: SpareArea, eraseSize: Int, markers: ByteOrder? = .little, markerAt: Int? = nil
    ) -> [UInt8] {
        var dump: [UInt8] = []
        for start in stride(from: 0, to: data.count, by: area.pageSize) {
            var page = Array(data[start..<min(start + area.pageSize, data.count)])
            page += [UInt8](repeating: 0xff, count: area.pageSize - page.count)
            var spare = [UInt8](repeating: 0xff, count: area.spareSize)
            if page.contains(where: { $0 != 0xff }) {
                // The last bytes, 3 for each 256 of data, as far as there is room.
                let count = min(3 * max(1, area.pageSize / 256), area.spareSize - 10)
                for index in 0..<max(0, count) {
                    let sum = page[(index * 7919) % page.count] &+ page[(index * 104729) % page.count]
                    spare[area.spareSize - 1 - index] = sum &* 31 &+ UInt8(truncatingIfNeeded: index)
                }
            }
            if start % eraseSize == 0, let markers {
                let marker: [UInt8] =
                    markers == .little ? [0x85, 0x19, 0x03, 0x20, 8, 0, 0, 0] : [0x19, 0x85, 0x20, 0x03, 0, 0, 0, 8]
                let place = markerAt ?? (area.pageSize == 512 ? 8 : 2)
                spare.replaceSubrange(place..<place + 8, with: marker)
            }
            dump += page + spare
        }
        return dump
    }

    private func open(_ bytes: [UInt8], _ options: InputOptions = InputOptions()) throws -> OpenedImage {
        try ImageOpener.open(FileBytes(bytes), path: "dump", options: options)
    }

    private func bytes(_ image: OpenedImage) -> [UInt8] {
        image.fileSystem.image.withBytes { bytes in (try? bytes.bytes(in: 0..<bytes.byteCount)) ?? [] }
    }

    static let layouts = [
        "512+16", "2048+64", "2048+128", "4096+128", "4096+218", "4096+224", "8192+448", "8192+640", "16384+1280",
        "2048+96", "2048+112", "4096+208",
        // In no table.
        "1024+32", "2048+100", "4096+200", "512+20",
    ]

    /// A flash that a kernel wrote on NAND with blocks of 16 KiB.
    @Test(arguments: layouts.filter { !$0.hasPrefix("16384") })
    func aSpareAreaIsFoundByTheNodesAlone(layout: String) throws {
        let area = try Self.area(layout)
        let data = try Self.testImage("lived-truncate-nand-16k.jffs2")
        let opened = try open(Self.dump(data, area, eraseSize: 16384, markers: nil))
        #expect(opened.layers.first == .spareArea(area, cleanmarkers: 0))
        let isEqual = bytes(opened) == data
        #expect(isEqual)
    }

    @Test(arguments: layouts) func cleanmarkersSayTheEraseSize(layout: String) throws {
        let area = try Self.area(layout)
        let data = try Self.testImage("lived-truncate-nand-16k.jffs2")
        let opened = try open(Self.dump(data, area, eraseSize: 16384))
        #expect(opened.layers.first == .spareArea(area, cleanmarkers: data.count / 16384))
        #expect(opened.eraseSize.bytes == 16384)
        #expect(opened.eraseSize.confidence >= .high)
    }

    @Test(arguments: ["512+16", "2048+64", "4096+128"]) func aSpareAreaIsFoundInABigEndianDump(layout: String) throws {
        let area = try Self.area(layout)
        let data = try Self.testImage("lived-links-beold-16k.jffs2")
        let opened = try open(Self.dump(data, area, eraseSize: 16384, markers: .big))
        #expect(opened.layers.first == .spareArea(area, cleanmarkers: data.count / 16384))
        #expect(opened.fileSystem.byteOrder == .big)
        #expect(opened.eraseSize.bytes == 16384 && opened.eraseSize.confidence == .high)
        let isEqual = bytes(opened) == data
        #expect(isEqual)
    }

    /// Nothing crosses a page, so only the cleanmarkers tell.
    @Test(arguments: ["512+16", "2048+64", "4096+128", "4096+224"])
    func aSpareAreaOfANearlyEmptyFlashIsFoundByItsCleanmarkers(layout: String) throws {
        let area = try Self.area(layout)
        let eraseSize = area.pageSize * 32
        var node = ByteWriter(.little)
        Dirent(parent: 1, version: 1, inode: 2, changeTime: 0, nameLength: 4, type: 4).write(
            to: &node, name: Array("home".utf8))
        RawInode(inode: 2, version: 1, mode: 0o40755, uid: 0, gid: 0).write(to: &node)
        let data = node.bytes + [UInt8](repeating: 0xff, count: 8 * eraseSize - node.count)
        let opened = try open(Self.dump(data, area, eraseSize: eraseSize))
        #expect(opened.layers.first == .spareArea(area, cleanmarkers: 8))
        #expect(opened.eraseSize.bytes == eraseSize)
        #expect(opened.fileSystem.tree.inodes[0].entries.map(\.name.description) == ["home"])
    }

    @Test func aSpareAreaIsFoundInAWordSwappedDump() throws {
        let area = try Self.area("2048+64")
        let data = try Self.testImage("lived-truncate-nand-16k.jffs2")
        let dump = Self.dump(data, area, eraseSize: 16384)
        let opened = try open(WordSwap.swapped(dump.span.bytes, group: 4))
        #expect(opened.swapGroup == 4)
        let isEqual = bytes(opened) == data
        #expect(isEqual)
    }

    @Test func aSpareAreaIsFoundInADumpThatIsCutOff() throws {
        let area = try Self.area("2048+64")
        let data = try Self.testImage("lived-truncate-nand-16k.jffs2")
        let dump = Self.dump(data, area, eraseSize: 16384)
        let opened = try open(Array(dump[..<(2112 * 250 + 777)]))
        let isEqual = bytes(opened) == Array(data[..<(2048 * 250 + 777)])
        #expect(isEqual)
    }

    @Test func aSpareAreaThatTheUserGivesOrDeniesCounts() throws {
        let area = try Self.area("2048+64")
        let data = try Self.testImage("lived-truncate-nand-16k.jffs2")
        let dump = Self.dump(data, area, eraseSize: 16384)
        var options = InputOptions()
        options.spareArea = .layout(area)
        #expect(try open(dump, options).layers == [.spareArea(area, cleanmarkers: 32)])
        options.spareArea = .absent
        let plain = try open(dump, options)
        #expect(!plain.layers.contains { if case .spareArea = $0 { true } else { false } })
    }

    /// A dump of the kernel's NAND simulator: real sums, and cleanmarkers where the driver puts them.
    @Test func aDumpOfNandsimIsReadWithoutAFinding() throws {
        let image = try open(try Self.testImage("lived-spare-area-16k.jffs2"))
        #expect(image.layers == [.spareArea(try Self.area("512+16"), cleanmarkers: 16)])
        #expect(image.fileSystem.image.count == 16 * 16384)
        #expect(image.fileSystem.findings.findings.isEmpty)
    }

    /// No image without a spare area is taken for one with it.
    @Test func noImageWithoutSpareAreaIsTakenForOneWithIt() throws {
        for name in try FileManager.default.contentsOfDirectory(atPath: Self.directory.path) {
            guard let file = try? FileBytes(path: Self.directory.appending(path: name).path),
                let images = try? ImageOpener.openAll(file, path: name)
            else { continue }
            for image in images where !name.contains("spare-area") {
                for layer in image.layers {
                    if case .spareArea = layer { Issue.record("\(name): \(layer)") }
                }
            }
        }
    }

    @Test func aSpareAreaIsWrittenAsPagePlusSpareAndAllElseIsRefused() {
        #expect(SpareArea("2048+64")?.stride == 2112)
        #expect(SpareArea("4K+0xE0")?.description == "4096+224")
        for text in [
            "", "2048", "2048+", "+64", "64+2048", "2048+0", "0+0", "2048+64+1", "a+b", "99999999999999999999+1",
        ] {
            #expect(SpareArea(text) == nil, "\(text)")
        }
    }

    @Test func offsetsInDumpAndDataAreMappedToEachOther() throws {
        let area = try Self.area("512+16")
        for offset in 0..<2000 { #expect(area.dataOffset(of: area.dumpOffset(of: offset)) == offset) }
        #expect(area.dataOffset(of: 511) == 511)
        #expect(area.dataOffset(of: 512) == nil)
        #expect(area.dataOffset(of: 527) == nil)
        #expect(area.dataOffset(of: 528) == 512)
        let dump = (0..<1200).map { UInt8(truncatingIfNeeded: $0 / 3) }
        let data = area.data(of: dump.span.bytes)
        let expected = [dump[..<512], dump[528..<1040], dump[1056...]].flatMap(Array.init)
        #expect(data == expected)
        let cut = Array(dump[..<520])
        let cutData = area.data(of: cut.span.bytes)
        #expect(cutData == Array(dump[..<512]))
    }
}
