import FlashBytes
import Foundation
import ImageFile
import JFFS2
import TestSupport
import Testing

/// `repack --oob`: images that `nandwrite -o` takes.
@Suite struct SpareAreaImageTests {
    private let scratch: Scratch

    init() throws {
        scratch = try Scratch()
        try FileManager.default.createDirectory(atPath: scratch("root/d"), withIntermediateDirectories: true)
        var random = LinearCongruence(state: 5)
        try scratch.write("root/d/random", random.bytes(300_000))
        try scratch.write("root/text", Array(String(repeating: "hello ", count: 5000).utf8))
    }

    private func run(_ arguments: String...) throws -> Program.Output {
        try Program.run(Tool.path, arguments, in: scratch.path)
    }

    /// The cleanmarker's place is that of Linux's drivers; 512+16 as a kernel wrote it to nandsim.
    static let layouts: [(area: String, erase: String, order: String, spare: String)] = [
        ("512+16", "16K", "-l", "ffffffffffffffff8519032008000000"),
        ("512+16", "16K", "-b", "ffffffffffffffff1985200300000008"),
        ("256+8", "8K", "-l", "ffffff8519ff0320"),
        ("2048+64", "128K", "-l", "ffff8519032008000000" + String(repeating: "f", count: 108)),
        ("4096+128", "256K", "-b", "ffff1985200300000008" + String(repeating: "f", count: 236)),
        ("2048+128", "128K", "-l", "ffff8519032008000000" + String(repeating: "f", count: 236)),
    ]

    @Test(arguments: layouts) func anImageWithSpareAreasIsReadAsTheSameTree(
        _ layout: (area: String, erase: String, order: String, spare: String)
    ) throws {
        let area = try #require(SpareArea(layout.area))
        let eraseSize = Int(try SizeExpression.bytes(layout.erase))
        let output = try run("repack", "-r", "root", layout.order, "--oob", layout.area, "-o", "image").checked()
        #expect(output.text.contains("ECC is left to the driver") && output.messages.isEmpty, "\(output.messages)")
        let image = try scratch.read("image")
        #expect(image.count % area.stride == 0)
        // The data are those of an image without spare area, in whole pages.
        _ = try run("repack", "-r", "root", layout.order, "-n", "-e", layout.erase, "-o", "plain").checked()
        let data = image.withUnsafeBytes { area.data(of: unsafe RawSpan(_unsafeBytes: $0)) }
        let plain = try scratch.read("plain")
        #expect(data.starts(with: plain) && data[plain.count...].allSatisfy { $0 == 0xff })
        for (page, range) in area.spareRanges(in: image.count).enumerated() {
            let isFirst = page * area.pageSize % eraseSize == 0
            let spare = image[range].map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined()
            #expect(
                spare == (isFirst ? layout.spare : String(repeating: "f", count: 2 * area.spareSize)), "page \(page)")
        }
        for arguments in [["ls", "-lR"], ["cat"], ["verify"]] {
            let files = arguments == ["cat"] ? ["/text", "/d/random"] : []
            let ours = try Program.run(Tool.path, arguments + ["image"] + files, in: scratch.path)
            let theirs = try Program.run(Tool.path, arguments + ["plain"] + files, in: scratch.path)
            #expect(ours.status == 0)
            if arguments != ["verify"] { #expect(ours.standardOutput == theirs.standardOutput) }
        }
        #expect(try ImageOpener.open(path: scratch("image")).spareArea == area)
    }

    @Test func paddedBlocksHaveACleanmarkerToo() throws {
        _ = try run("repack", "-r", "root", "--oob", "2048+64", "-p", "1M", "-o", "image").checked()
        let image = try scratch.read("image")
        #expect(image.count == (1 << 20) / 2048 * 2112)
        for block in 0..<8 {
            let spare = block * 64 * 2112 + 2048
            #expect(Array(image[spare..<spare + 10]) == [0xff, 0xff, 0x85, 0x19, 3, 0x20, 8, 0, 0, 0])
        }
    }

    @Test func theCleanmarkerGoesWhereTheDriverHasFreeSpareBytes() throws {
        _ = try run("repack", "-r", "root", "--oob", "2048+64", "--oob-free", "16", "-o", "image").checked()
        #expect(
            try Array(scratch.read("image")[2048 + 14..<2048 + 26]) == [
                0xff, 0xff, 0x85, 0x19, 3, 0x20, 8, 0, 0, 0, 0xff, 0xff,
            ])
        #expect(try run("ls", "image").status == 0)
        for (arguments, text) in [
            (["--oob", "2048"], "is no spare area"), (["--oob", "2048+64", "-c", "12"], "-c is for those in the data"),
            (["--oob-free", "2"], "goes with --oob"), (["--oob", "2048+64", "--oob-free", "60"], "no room"),
            (["--oob", "2048+64", "-e", "0x1004"], "whole pages"),
        ] {
            let output = try Program.run(Tool.path, ["repack", "-r", "root", "-o", "x"] + arguments, in: scratch.path)
            #expect(output.status == 64 && output.messages.contains(text), "\(arguments): \(output.messages)")
        }
    }

    @Test func aSourceWithSpareAreaLosesItWithAWarningOnly() throws {
        _ = try run("repack", "-r", "root", "--oob", "512+16", "-o", "image").checked()
        let output = try run("repack", "--from", "image", "-o", "plain").checked()
        #expect(output.messages.contains("make it with --oob 512+16"))
        _ = try run("repack", "--from", "image", "--oob", "512+16", "-o", "again").checked()
        #expect(try scratch.read("again") == scratch.read("image"))
    }

    /// On NOR, Linux crashes at the second mount after it wrote to an image without cleanmarkers.
    @Test func anImageForNORWithoutCleanmarkersIsWarnedOf() throws {
        for (arguments, isWarned) in [
            (["-n"], true), (["-n", "-e", "64"], true), (["-n", "-e", "4096"], true), (["-n", "-e", "128"], false),
            (["-n", "-e", "16KiB"], false), (["-e", "64"], false), (["--oob", "2048+64"], false),
        ] {
            let output = try Program.run(
                Tool.path, ["repack", "--force", "-r", "root", "-o", "image"] + arguments, in: scratch.path)
            #expect(output.status == 0)
            #expect(output.messages.contains("no cleanmarkers") == isWarned, "\(arguments): \(output.messages)")
        }
        // Taken over from the source.
        _ = try run("repack", "-r", "root", "-n", "--compat", "mkfs.jffs2", "-o", "none").checked()
        let output = try run("repack", "--force", "--from", "none", "-o", "image").checked()
        #expect(output.messages.contains("no cleanmarkers, since the source has none"))
        #expect(try run("repack", "--force", "--from", "none", "-c", "12", "-o", "image").checked().messages.isEmpty)
        #expect(try run("sum", "none", "-o", "summed").checked().messages.contains("no cleanmarkers"))
    }
}
