import Foundation
import TestSupport
import Testing

struct FlashMapTests {
    private let directory: Scratch

    init() throws { directory = try Scratch() }

    private func image(_ name: String) throws -> [UInt8] {
        try [UInt8](Data(contentsOf: URL(filePath: Checkout.path("TestImages/\(name)"))))
    }

    private func contents(_ path: String, swapped: Bool = false) throws -> [[String: Any]] {
        let output = try Tool.run("info", "--json", path, in: directory).checked()
        let object = try JSONSerialization.jsonObject(with: Data(output.standardOutput)) as? [String: Any]
        return try #require(object?["regions"] as? [[String: Any]])
    }

    @Test func everyPartOfAWholeFlashIsFoundAndReadsAsItDoesAlone() throws {
        let flash = try WholeFlash(in: directory)
        try directory.write("flash", flash.bytes)
        let found = try contents("flash").map { entry in
            Part(
                kind: entry["kind"] as? String ?? "", offset: entry["offset"] as? Int ?? -1,
                end: (entry["offset"] as? Int ?? 0) + (entry["size"] as? Int ?? 0))
        }
        func end(_ name: String) -> Int { flash.ends[name] ?? -1 }
        #expect(
            found == [
                Part(kind: "unknown", offset: 0, end: end("boot")),
                Part(kind: "erased", offset: end("boot"), end: 0x40000),
                Part(kind: "environment", offset: 0x40000, end: 0x50000),
                Part(kind: "uImage", offset: 0x50000, end: end("kernel")),
                Part(kind: "erased", offset: end("kernel"), end: 0x1d0000),
                Part(kind: "squashfs", offset: 0x1d0000, end: end("rootfs")),
                Part(kind: "erased", offset: end("rootfs"), end: 0x3b0000),
                Part(kind: "jffs2", offset: 0x3b0000, end: 0x590000),
                Part(kind: "jffs2", offset: 0x590000, end: 0xa00000),
                Part(kind: "jffs2", offset: 0xa00000, end: 0x1000000),
            ])
        // Each file system reads as it does alone.
        for (number, name) in [("1", "sys_demo.swapped"), ("2", "lived-camera-16k.jffs2")] {
            let alone = try Tool.run("ls", "-R", Checkout.path("TestImages/\(name)"), in: directory).checked()
            #expect(try Tool.run("ls", "-R", "--select", number, "flash", in: directory).checked().text == alone.text)
            _ = try Tool.run("repack", "--from", "flash", "--select", number, "--force", "-o", "again", in: directory)
                .checked()
            #expect(try Tool.run("ls", "-R", "again", in: directory).checked().text == alone.text)
        }
        let files = try Tool.run("cat", "--select", "3", "flash", "/file", in: directory).checked()
        #expect(try files.standardOutput == directory.read("tree/file"))
    }

    private struct Part: Equatable {
        var kind: String
        var offset: Int
        var end: Int
    }

    @Test(arguments: ["sys_demo.swapped", "home_demo", "good-big-endian.jffs2", "lived-camera-16k.jffs2"])
    func wrappedImageReadsAsTheBareOne(name: String) throws {
        try directory.write("bare", image(name))
        _ = try Program.run(
            "mkimage",
            [
                "-A", "arm", "-O", "linux", "-T", "filesystem", "-C", "none", "-n", "0001-hi3518-home", "-d", "bare",
                "w",
            ],
            in: directory.path
        ).checked()
        let bare = try Tool.run("ls", "-R", "bare", in: directory).checked()
        let wrapped = try directory.read("w")
        try directory.write("wrapped", wrapped)
        try directory.write("padded", wrapped + [UInt8](repeating: 0xff, count: 200_000))
        var changed = wrapped
        changed[changed.count - 1] ^= 1
        for file in ["wrapped", "padded"] {
            #expect(try Tool.run("ls", "-R", file, in: directory).checked().text == bare.text)
            let info = try Tool.run("info", file, in: directory).checked().text
            #expect(info.hasPrefix("\(file): JFFS2, "))
            #expect(info.contains("in a uImage '0001-hi3518-home'"))
        }
    }

    @Test func aWordSwappedFlashHoldsTheSamePartsAsThePlainOne() throws {
        let flash = try WholeFlash(in: directory)
        try directory.write("flash", flash.bytes)
        _ = try Tool.run("swap", "-i", "flash", "-o", "swapped", in: directory).checked()
        let plain = try contents("flash")
        let swapped = try contents("swapped")
        #expect(plain.map { $0["text"] as? String } == swapped.map { $0["text"] as? String })
        #expect(plain.map { $0["offset"] as? Int } == swapped.map { $0["offset"] as? Int })
    }

    @Test func aFlashWithoutJFFS2IsAnErrorThatSaysWhatItHolds() throws {
        let flash = try WholeFlash(in: directory)
        try directory.write("flash", flash.bytes[0x40000..<0x3b0000])
        let output = try Tool.run("info", "flash", in: directory)
        #expect(output.isOneLine(2, "no JFFS2 in it", "it holds U-Boot environment, 3 variables at 0x0 and 2 more"))
    }
}
