import FileTree
import FirmwareImage
import FlashBytes
import Foundation
import ImageFile
import TestSupport
import Testing

@testable import Scrub

/// A dump of a whole flash: each part is changed in its place, and all sums are right again.
@Suite struct WholeFlashScrubTests {
    private static func file(_ name: String) throws -> [UInt8] {
        try FileBytes(path: Checkout.path("TestImages/\(name)")).withBytes { Array($0) }
    }

    private static func wrapped(_ data: [UInt8], type: UInt8, _ name: String) throws -> [UInt8] {
        var header = UImageHeader()
        header.type = type
        try header.setName(Array(name.utf8))
        header.dataSize = UInt32(data.count)
        header.dataCRC = CRC32.zlib(data.span.bytes)
        header.headerCRC = header.computedHeaderCRC
        return header.bytes + data
    }

    private static func environment(_ variables: [String], _ order: ByteOrder, flag: [UInt8]) -> [UInt8] {
        var body = Array((variables.joined(separator: "\0") + "\0\0").utf8)
        body += [UInt8](repeating: 0xff, count: 8192 - 4 - flag.count - body.count)
        var sum = ByteWriter(order)
        sum.uint32(CRC32.zlib(body.span.bytes))
        return sum.bytes + flag + body
    }

    @Test(arguments: [0, 4]) func allSumsOfAScrubbedWholeFlashAreRight(group: Int) throws {
        var flash: [UInt8] = []
        var places: [Int] = []
        func put(_ bytes: [UInt8]) {
            places.append(flash.count)
            flash += bytes
            flash += [UInt8](repeating: 0xff, count: -flash.count & 0xffff)
        }
        let variables = ["bootdelay=1", "ethaddr=C0:72:01:15:A9:08", "wifi_psk=correct-horse-9"]
        put(Self.environment(variables, .little, flag: []))
        put(Self.environment(variables, .big, flag: [1]))
        let kernel = (0..<70_000).map { UInt8(truncatingIfNeeded: $0 &* 31 ^ $0 >> 7) }
        put(try Self.wrapped(kernel + Array("root:$1$abcdefgh$0123456789abcdefghijkl:".utf8), type: 2, "Linux"))
        put(try Self.wrapped(kernel, type: 2, "untouched"))
        put(try Self.wrapped(Self.file("lived-camera-16k.jffs2"), type: 7, "rootfs"))
        put(try Self.wrapped(Self.file("good-summary.jffs2"), type: 7, "home"))
        let input = group > 0 ? WordSwap.swapped(flash.span.bytes, group: group) : flash
        let images = try ImageOpener.openAll(FileBytes(input), path: "flash")
        #expect(images.count == 2)
        let result = try Scrubber(images: images, options: InputOptions()).run()
        #expect(result.report.report.proof.holds, "\(result.left) \(result.remains)")
        let output = group > 0 ? WordSwap.swapped(result.bytes.span.bytes, group: group) : result.bytes
        #expect(output.count == flash.count)
        let whole = output.span.bytes
        for place in places[..<2] {
            let environment = UBootEnvironment(reading: whole, at: place)
            #expect(
                environment?.variables == ["bootdelay=1", "ethaddr=00:00:00:00:00:00", "wifi_psk=XXXXXXXXXXXXXXX"])
            #expect(environment?.size == 8192)
        }
        for place in places[2...] {
            let image = UImage(reading: whole, at: place)
            #expect(image?.faults == [])
        }
        let untouched = places[3]..<places[4]
        #expect(output[untouched] == flash[untouched])
        #expect(String(decoding: output, as: UTF8.self).contains("$1$") == false)
        let after = try ImageOpener.openAll(FileBytes(result.bytes), path: "out")
        #expect(after.map(\.range) == images.map(\.range))
        let settings = try #require(after[0].fileSystem.tree.find("/etc/back.bin"))
        #expect(after[0].fileSystem.tree[settings].size == 0)
    }

    /// An image at the end that is not padded may become shorter or longer.
    @Test func theHeaderOfAnImageThatChangesItsSizeIsRight() throws {
        let input = try Self.wrapped(Self.file("home_demo"), type: 7, "home")
        var scrubber = try Scrubber(
            images: try ImageOpener.openAll(FileBytes(input), path: "home"), options: InputOptions())
        scrubber.places = [.delete("/app")]
        let bytes = try scrubber.run().bytes
        let image = UImage(reading: bytes.span.bytes, at: 0)
        #expect(image?.faults == [] && image?.range == 0..<bytes.count)
    }
}
