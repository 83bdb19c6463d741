import Foundation
import TestSupport
import Testing

/// What `-v` says besides in commands that say one line without it.
@Suite struct VerboseTests {
    private let image = Checkout.path("TestImages/sys_demo")

    /// The lines that are there with `-v` alone, which begin with blanks.
    private func details(_ arguments: String..., output: String) throws -> [String] {
        let short = try Program.run(Tool.path, arguments + ["-o", output])
        try FileManager.default.removeItem(atPath: output)
        let long = try Program.run(Tool.path, arguments + ["-o", output, "-v"])
        #expect(short.status == long.status)
        let known = Set(short.text.split(separator: "\n"))
        return long.text.split(separator: "\n").filter { !known.contains($0) }.map(String.init)
    }

    @Test func padNamesBytesAndEraseBlocks() throws {
        let directory = try Scratch()
        #expect(
            try details("pad", image, "--to", "0x200000", output: directory("a")) == ["  bytes 0x1e0000 to 0x200000"])
        #expect(
            try details("pad", image, "--block", "0x40000", output: directory("b")) == [
                "  bytes 0x1e0000 to 0x200000", "  in erase block 7 of 256 KiB",
            ])
        #expect(try details("pad", image, "--block", "0x10000", output: directory("c")) == [])
    }

    @Test func swapShowsSomeBytes() throws {
        let directory = try Scratch()
        #expect(
            try details("swap", image, output: directory("a")) == [
                "  0x0: 200319850000000ce41eb0b1e0011985 -> 851903200c000000b1b01ee4851901e0"
            ])
    }

    @Test func scrubNamesEachPlace() throws {
        let directory = try Scratch()
        let lines = try details("scrub", image, "-f", output: directory("a"))
        #expect(lines.contains("  live  struct-wifi-key  /etc/back.bin at byte 40: ********"), "\(lines)")
        #expect(!lines.joined().contains("correct-horse"))
        let check = try Tool.run("scrub", directory("a"), "--check", "--report", directory("a.scrub.json"), "-v")
        #expect(check.status == 0)
        #expect(check.text.contains("\n  rules: private-key, ") && check.text.contains("\n  notations: plain; "))
    }

    @Test func partitionsNameEraseBlocksAndFiles() throws {
        let directory = try Scratch()
        try directory.write("flash", LinearCongruence.bytes(0x80000))
        try directory.write(
            "table",
            Array(
                "dev: size erasesize name\nmtd0: 00030000 00010000 \"boot\"\nmtd1: 00050000 00010000 \"kernel\"\n".utf8)
        )
        let shown = try Tool.run("partitions", directory("flash"), "--table", directory("table"), "-v")
        #expect(
            shown.text.contains(
                "\n  boot: 196608 bytes, erase blocks 0 to 2\n  kernel: 327680 bytes, erase blocks 3 to 7\n"))
        #expect(
            try Tool.run(
                "partitions", directory("flash"), "--table", directory("table"), "--split", "-d", directory("parts")
            )
            .status == 0)
        #expect(
            try details("partitions", "--join", directory("parts"), output: directory("joined")) == [
                "  0x0 to 0x30000: \(directory("parts"))/00-boot.bin",
                "  0x30000 to 0x80000: \(directory("parts"))/01-kernel.bin",
            ])
    }
}

extension LinearCongruence {
    fileprivate static func bytes(_ count: Int) -> [UInt8] {
        var numbers = LinearCongruence(state: 5)
        return numbers.bytes(count)
    }
}
