import Foundation
import TestSupport
import Testing

/// Sizes as people say them, and exact ones for whoever asks.
@Suite struct HumanSizeTests {
    private let image = Checkout.path("TestImages/sys_demo")

    @Test(arguments: [
        (1, "1 byte"), (9_999, "9999 bytes"), (10_000, "9.8 KiB"), (10_240, "10 KiB"), (65_536, "64 KiB"),
        (65_537, "64.0 KiB"), (1_966_080, "1.9 MiB"), (1 << 20, "1 MiB"), ((1 << 20) - 1, "1.0 MiB"),
        ((1 << 20) - 600, "1023.4 KiB"), (5 << 20, "5 MiB"),
    ])
    func aSizeInASentence(bytes: Int, text: String) throws {
        let scratch = try Scratch()
        try Data([0x85]).write(to: URL(fileURLWithPath: scratch("in")))
        let arguments = ["pad", scratch("in"), "--to", "\(bytes)", "--force", "-o", scratch("out")]
        let hex = String(bytes, radix: 16)
        let rounded = try Program.run(Tool.path, arguments)
        #expect(rounded.text.hasPrefix("\(scratch("out")): \(text) (0x\(hex)), "), "\(rounded.text)\(rounded.messages)")
        let exact = try Program.run(Tool.path, arguments + ["--bytes"])
        #expect(exact.text.hasPrefix("\(scratch("out")): \(bytes) byte\(bytes == 1 ? "" : "s") (0x\(hex)), "))
    }

    @Test func commandsRoundSizesUnlessAskedForBytes() throws {
        let scratch = try Scratch()
        let commands: [([String], rounded: String, exact: String)] = [
            (
                ["info", image], "\n  size          1.9 MiB (0x1e0000) at 0x0 of 1.9 MiB\n",
                "\n  size          1966080 bytes (0x1e0000) at 0x0 of 1966080 bytes\n"
            ),
            (["verify", image], " files, 669.7 KiB decompressed\n", " files, 685784 bytes decompressed\n"),
            (
                ["repack", "--force", "-v", "--from", image, "-o", scratch("a")], "\n  617.7 KiB in files take ",
                "\n  632536 bytes in files take "
            ),
        ]
        for (arguments, rounded, exact) in commands {
            let said = (
                try Program.run(Tool.path, arguments).text, try Program.run(Tool.path, arguments + ["--bytes"]).text
            )
            #expect(said.0.contains(rounded) && !said.0.contains(exact), "\(said.0)")
            #expect(said.1.contains(exact) && !said.1.contains(rounded), "\(said.1)")
        }
        // JSON is for programs.
        let details = try Program.run(Tool.path, ["verify", "--json", image]).text
        #expect(details.contains("685784 bytes decompressed"))
    }
}
