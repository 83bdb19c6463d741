import Foundation
import TestSupport
import Testing

/// Run as `mkfs.jffs2` and as `sumtool`, beside the real ones (JFFS2_PEERS).
@Suite struct DropInTests {
    private let scratch: Scratch
    static let hasPeers = ProcessInfo.processInfo.environment["JFFS2_PEERS"] != nil

    init() throws {
        scratch = try Scratch()
        try FileManager.default.createDirectory(atPath: scratch("bin"), withIntermediateDirectories: true)
        try FileManager.default.createDirectory(atPath: scratch("root/d"), withIntermediateDirectories: true)
        for name in ["mkfs.jffs2", "sumtool"] {
            try FileManager.default.createSymbolicLink(
                atPath: scratch("bin/\(name)"), withDestinationPath: Tool.path)
        }
        var random = LinearCongruence(state: 6)
        try scratch.write("root/d/random", random.bytes(30_000))
        try scratch.write("root/text", Array(String(repeating: "hello ", count: 5000).utf8))
        // What unpack leaves beside a directory means nothing to mkfs.jffs2.
        try scratch.write("root.mtree", Array("#mtree\n".utf8))
    }

    private func run(_ name: String, _ arguments: String) throws -> Program.Output {
        try Program.run(
            scratch("bin/\(name)"), arguments.split(separator: " ").map(String.init), in: scratch.path)
    }

    @Test func mkfsWritesToStandardOutputAndTakesTheCurrentDirectory() throws {
        let toFile = try run("mkfs.jffs2", "-r root -o image").checked()
        #expect(toFile.standardOutput.isEmpty && toFile.messages.isEmpty)
        let image = try scratch.read("image")
        #expect(try run("mkfs.jffs2", "-d root").checked().standardOutput == image)
        let here = try Program.run(scratch("bin/mkfs.jffs2"), [], in: scratch("root")).checked()
        #expect(here.standardOutput == image)
        #expect(
            try Tool.run("repack", "-r", "root", "--no-mtree", "--compat", "mkfs.jffs2", "-o", "-", in: scratch)
                .checked()
                .standardOutput == image)
    }

    @Test func theDropInEndsWithTheStatusesOfMkfs() throws {
        for (arguments, status) in [
            ("-r none -o x", 255), ("-Z", 1), ("-r root -o", 1), ("-r root -m foo -o x", 255), ("--help", 0), ("-V", 0),
            ("-r root -o none/x", 255), ("-r root -D none -o x", 255), ("-r root -e 8 -p4 -o x", 255), ("-L", 0),
        ] as [(String, Int32)] {
            let output = try run("mkfs.jffs2", arguments)
            #expect(output.status == status, "\(arguments): \(output.messages)")
            if status != 0 { #expect(output.messages.hasPrefix("mkfs.jffs2: "), "\(arguments): \(output.messages)") }
        }
        #expect(try run("mkfs.jffs2", "-V").text.hasPrefix("mkfs.jffs2 (jffs2 "))
        #expect(try !scratch.names.contains("x"))
        let small = try run("mkfs.jffs2", "-r root -e 5 -o y").checked()
        #expect(small.messages.contains("taking 8 KiB"))
    }

    @Test(
        .enabled(if: hasPeers), arguments: ["-l", "-b -n -e128 -p", "-lqf -e 16", "-l -p0x40000", "-l --pad -i base"])
    func mkfsWritesTheBytesOfTheRealOne(_ arguments: String) throws {
        _ = try Program.run("mkfs.jffs2", ["-l", "-r", "root/d", "-o", "base"], in: scratch.path).checked()
        let real = try Program.run(
            "mkfs.jffs2", ["-s", "4096", "-r", "root"] + arguments.split(separator: " ").map(String.init),
            in: scratch.path
        ).checked()
        #expect(try run("mkfs.jffs2", "-r root \(arguments)").checked().standardOutput == real.standardOutput)
    }

    @Test func theDropInTakesTheArgumentsOfSumtoolAndEndsWithItsStatuses() throws {
        _ = try run("mkfs.jffs2", "-r root -l -e 8 -o image").checked()
        let output = try run("sumtool", "-l -e 8KiB -i image -o out -p").checked()
        #expect(output.standardOutput.isEmpty && output.messages.isEmpty)
        let ours = try Tool.run("sum", "image", "-o", "-", "-p", in: scratch).checked().standardOutput
        #expect(try scratch.read("out") == ours)
        for (arguments, status) in [
            ("-i none -o x", 255), ("", 255), ("-Z", 1), ("-h", 0), ("-V", 0), ("-i root/text -o x", 255),
        ] as [(String, Int32)] {
            #expect(try run("sumtool", arguments).status == status, "\(arguments)")
        }
        if Self.hasPeers {
            _ = try Program.run("sumtool", ["-l", "-e", "8KiB", "-i", "image", "-o", "real", "-p"], in: scratch.path)
                .checked()
            // Block by block the same nodes, though ours come closer to the summary.
            #expect(
                try Tool.run("ls", "-R", "real", in: scratch).text == Tool.run("ls", "-R", "out", in: scratch).text)
            #expect(try scratch.read("out").count <= scratch.read("real").count)
        }
    }

    /// The options that a text names, at the beginning of its indented lines: `  -r, -d, --root=DIR   the tree`.
    private func options(in help: String) -> Set<String> {
        var found: Set<String> = []
        for line in help.split(separator: "\n") where line.hasPrefix(" ") {
            for word in line.drop(while: { $0 == " " }).split(separator: " ") {
                guard word.hasPrefix("-") else { break }
                found.insert(String(word.prefix { !"=[,".contains($0) }))
            }
        }
        return found.filter { $0.count > 1 }
    }

    @Test(arguments: ["jefferson", "mkfs.jffs2", "sumtool", "jffs2dump", "jffs2reader", "mkimage", "dumpimage"])
    func eachNameHasItsOwnHelpAndAManualPageWithAllOfIt(_ name: String) throws {
        let names = try DropInNames()
        let output = try names.run(name, "-h").checked()
        let help = output.text + output.messages
        #expect(help.hasPrefix("Usage: \(name) ") && help.contains("This is jffs2"))
        #expect(try names.run(name, "-V").checked().text == "\(name) (jffs2 0.1.0)\n")
        let page = try String(contentsOfFile: Checkout.path("man/drop-ins/\(name).1"), encoding: .utf8)
        let written = Set(
            page.split(separator: "\n").filter { $0.hasPrefix(".It Fl ") }.flatMap { line in
                line.split(separator: " ").enumerated().filter { $0.element == "Fl" }.compactMap { place, _ in
                    line.split(separator: " ").dropFirst(place + 1).first.map { "-\($0)" }
                }
            })
        let missing = options(in: help).subtracting(written)
        #expect(missing == [], "man/drop-ins/\(name).1")
        #expect(options(in: help).count >= 4)
        // Installed by the same names.
        let makefile = try String(contentsOfFile: Checkout.path("Makefile"), encoding: .utf8)
        let line = try #require(makefile.split(separator: "\n").first { $0.hasPrefix("DROP_IN_NAMES") })
        #expect(line.split(separator: " ").contains(Substring(name)))
    }

    @Test func mkfsLeavesListedFilesUncompressed() throws {
        try scratch.write("list", Array("/text\n".utf8))
        _ = try run("mkfs.jffs2", "-N list -r root -l -o image").checked()
        let nodes = try Tool.run("dump", "image", in: scratch).checked().text
        #expect(nodes.contains("compr=none"))
        #expect(try scratch.read("image").count > 60_000)
        #expect(
            try Tool.run("cat", "image", "/text", in: scratch).checked().standardOutput == scratch.read("root/text"))
    }
}
