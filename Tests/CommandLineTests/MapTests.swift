import Foundation
import TestSupport
import Testing

struct MapTests {
    private let directory: Scratch

    init() throws { directory = try Scratch() }

    private func object(_ arguments: String...) throws -> [String: Any] {
        let output = try Tool.run(arguments, in: directory)
        return try #require(try JSONSerialization.jsonObject(with: Data(output.standardOutput)) as? [String: Any])
    }

    private func blocks(_ map: [String: Any]) throws -> [[String: Int]] {
        let sections = try #require(map["sections"] as? [[String: Any]])
        return try sections.flatMap { try #require($0["cells"] as? [[String: Int]]) }
    }

    /// A file of 300 000 bytes that no codec makes smaller, in 8 erase blocks of 64 KiB.
    private func build(_ name: String = "image") throws {
        var noise = LinearCongruence(state: 11)
        try FileManager.default.createDirectory(atPath: directory("tree"), withIntermediateDirectories: true)
        try directory.write("tree/file", noise.bytes(300_000))
        _ = try Tool.run(
            "repack", "-r", "tree", "-o", name, "-l", "-e", "64KiB", "-p", "512KiB", in: directory
        ).checked()
    }

    @Test func lettersAreThoseOfTheBlocks() throws {
        try build()
        let text = try Tool.run("map", "image", in: directory).checked().text
        let lines = text.split(separator: "\n")
        #expect(lines.first?.hasPrefix("0x0  JFFS2, little-endian") == true)
        #expect(lines.first?.hasSuffix("8 erase blocks of 64 KiB") == true)
        #expect(lines.count > 1 && lines[1] == "0x0         DDDDD...")
        #expect(!text.contains("\u{1b}"))
        // The sums are those of verify.
        let share = try #require(
            (try object("verify", "--json", "image")["space"] as? [String: Any])?["total"] as? [String: Int])
        let total = try #require(try object("map", "--json", "image")["kindBytes"] as? [String: Int])
        #expect(total["free"] == share["free"])
        #expect(total["data", default: 0] > 300_000)
        #expect(total["data", default: 0] + total["metadata", default: 0] == share["live"])
        #expect(total.values.reduce(0, +) == 512 << 10)
        #expect(text.contains("\(total["data", default: 0])"))
    }

    @Test(arguments: [
        "lived-camera-16k.jffs2", "good-summary.jffs2", "good-big-endian.jffs2", "bad-node-crc.jffs2",
        "good-nand.jffs2",
        "sys_demo.swapped", "home_demo",
    ])
    func everyBlockHasTheSumsOfVerify(name: String) throws {
        let path = Checkout.path("TestImages/\(name)")
        let shares = try #require(
            (try object("verify", "--json", path)["space"] as? [String: Any])?["blocks"] as? [[String: Int]])
        let map = try object("map", "--json", path)
        let blocks = try blocks(map)
        #expect(blocks.count == shares.count)
        for (block, share) in zip(blocks, shares) {
            func sum(_ kinds: String...) -> Int { kinds.reduce(0) { $0 + block[$1, default: 0] } }
            #expect(sum("obsolete", "damaged") == share["obsolete"])
            #expect(sum("free") == share["free"])
            #expect(sum("data", "metadata", "waste") == share["live", default: 0] + share["wasted", default: 0])
        }
    }

    @Test(arguments: [
        "bad-node-crc.jffs2", "bad-header-crc.jffs2", "bad-data-crc.jffs2", "bad-name-crc.jffs2",
        "bad-truncated-in-node.jffs2",
    ])
    func damageIsSeenHoweverSmall(name: String) throws {
        let output = try Tool.run("map", Checkout.path("TestImages/\(name)"), in: directory)
        #expect(output.status == 1)
        #expect(output.text.contains("\n0x0         X") || output.text.contains("\n0x0         DX"))
        #expect(output.text.contains("damaged nodes"))
    }

    @Test func aBadBlockOfANANDDumpIsOne() throws {
        try build("unused")
        _ = try Tool.run(
            "repack", "-r", "tree", "-o", "nand", "-l", "--oob", "2048+64", "-e", "128KiB", "-p", "1MiB", in: directory
        ).checked()
        var dump = try directory.read("nand")
        for page in [0, 1] { dump[(5 * 64 + page) * 2112 + 2048] = 0 }
        try directory.write("nand", dump)
        let text = try Tool.run("map", "nand", in: directory).checked().text
        #expect(text.contains("\n0x0         DD...B..\n"))
        #expect(text.contains("(offsets without spare areas)"))
    }

    @Test func severalBlocksInACellAreSaidSo() throws {
        try build()
        let text = try Tool.run("map", "--per-cell", "4", "image", in: directory).checked().text
        #expect(text.split(separator: "\n").dropFirst().first == "0x0         D.")
        #expect(text.contains("A cell is 4 erase blocks"))
        #expect(try Tool.run("map", "--per-cell", "0", "image", in: directory).status == 64)
    }

    @Test func aWholeFlashShowsWhatLiesAroundFileSystems() throws {
        let flash = try WholeFlash(in: directory)
        try directory.write("flash", flash.bytes)
        let map = try object("map", "--json", "flash")
        let kinds = try #require(map["sections"] as? [[String: Any]]).map { $0["kind"] as? String }
        #expect(
            kinds == [
                "unknown", "erased", "environment", "uImage", "erased", "squashfs", "erased", "jffs2", "jffs2", "jffs2",
            ])
        #expect((map["kindBytes"] as? [String: Int])?.values.reduce(0, +) == flash.bytes.count)
        let text = try Tool.run("map", "flash", in: directory).text
        #expect(text.split(separator: "\n").contains("0x40000     E"))
        #expect(text.contains("KKKKKK") && text.contains("SSSSSS"))
    }

    @Test func colorsAreForTerminalsThatWantThem() throws {
        try build()
        func terminal(_ setting: String) throws -> String {
            try directory.shell(
                """
                \(setting) TERM=xterm python3 -c 'import pty, sys; pty.spawn(sys.argv[1:])' '\(Tool.path)' map image </dev/null
                """)
        }
        let colored = try terminal("env -u NO_COLOR")
        #expect(colored.contains("\u{1b}[30;42mDDDDD"), "\(colored.debugDescription)")
        #expect(try !terminal("NO_COLOR=1").contains("\u{1b}["))
    }

    @Test func drawingIsWellFormedAndSaysWhatItShows() throws {
        try build("<img src=x>&\"\u{202e}")
        _ = try Tool.run("map", "<img src=x>&\"\u{202e}", "-o", "map.svg", in: directory).checked()
        let check = """
            import sys, xml.etree.ElementTree as tree
            root = tree.parse(sys.argv[1]).getroot()
            space = '{http://www.w3.org/2000/svg}'
            print(root.get('role'), root.find(space + 'title').text)
            print(root.find(space + 'desc').text)
            print(len([r for r in root.iter(space + 'rect') if r.find(space + 'title') is not None]))
            """
        let lines = try Program.run("python3", ["-c", check, directory("map.svg")]).checked().text
            .split(separator: "\n")
        #expect(lines.first == "img Map of the flash <img src=x>&\"\\342\\200\\256")
        #expect(lines.dropFirst().first?.contains("live data") == true)
        #expect(lines.last == "8")
        #expect(try Tool.run("map", "<img src=x>&\"\u{202e}", "-o", "map.svg", in: directory).status == 2)
    }
}
