import Foundation
import TestSupport
import Testing

/// U-Boot's own word on what `uimage wrap` writes.
@Suite(.enabled(if: ProcessInfo.processInfo.environment["JFFS2_PEERS"] != nil, "make test sets JFFS2_PEERS"))
struct UBootTests {
    @Test func iminfoAndImxtractFindBothSumsRight() throws {
        let directory = try Scratch()
        let home = Checkout.path("TestImages/home_demo")
        try directory.write("small", Array("hello, U-Boot\n".utf8))
        _ = try Tool.run("uimage", "wrap", "-n", "0001-hi3518-home", "-d", home, "single", in: directory).checked()
        _ = try Tool.run(
            "uimage", "wrap", "-T", "multi", "-n", "many", "-d", "\(home):small", "multi", in: directory
        ).checked()
        let single = try directory.read("single")
        let flash = single + [UInt8](repeating: 0xff, count: 0x100000 - single.count)
        try directory.write("flash", flash + directory.read("multi"))
        let output = try Program.run(
            "python3",
            [
                Checkout.path("Tests/UBootLab/uboot"), directory("flash"), "iminfo 4000000", "iminfo 4100000",
                "imxtract 4100000 1 41000000", "crc32 41000000 e",
            ]
        ).checked().text
        #expect(output.contains("Image Name:   0001-hi3518-home"))
        #expect(output.contains("Image Type:   ARM Linux Filesystem Image (uncompressed)"))
        #expect(output.contains("Image Type:   ARM Linux Multi-File Image (uncompressed)"))
        #expect(output.contains("Image 1: 14 Bytes"))
        #expect(output.split(separator: "\n").count { $0.contains("Verifying Checksum ... OK") } == 3)
        #expect(output.contains("Loading part 1 ... OK"))
        #expect(output.contains("==> \(try crc32(directory("small")))"))
    }

    /// As Python computes it.
    private func crc32(_ path: String) throws -> String {
        let script = "import sys, zlib; print('%08x' % zlib.crc32(open(sys.argv[1], 'rb').read()))"
        let output = try Program.run("python3", ["-c", script, path]).checked()
        return output.text.split(separator: "\n").map(String.init).first ?? ""
    }
}
