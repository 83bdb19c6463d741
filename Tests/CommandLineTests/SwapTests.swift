import Foundation
import TestSupport
import Testing

struct SwapTests {
    private let directory: Scratch
    private let noise: [UInt8] = (0..<(3 << 20) + 8).map { UInt8(truncatingIfNeeded: $0 &* 167 ^ $0 >> 7) }

    init() throws { directory = try Scratch() }

    @Test(arguments: [(2, "H"), (4, "I"), (8, "Q")])
    func swappingGivesTheBytesOfPythonsByteswap(group: Int, code: String) throws {
        let input = try directory.write("in", noise)
        let output = try Tool.run("swap", "-i", input, "-o", directory("out"), "--bytes", "\(group)").checked()
        #expect(output.text == "\(directory("out")): \(noise.count) bytes, reversed in groups of \(group)\n")
        let script = """
            import array, sys
            a = array.array('\(code)', open(sys.argv[1], 'rb').read()); a.byteswap()
            open(sys.argv[2], 'wb').write(a.tobytes())
            """
        _ = try Program.run("python3", ["-c", script, input, directory("expected")]).checked()
        #expect(try directory.read("out") == directory.read("expected"))
        _ = try Tool.run("swap", "-i", directory("out"), "-o", directory("back"), "-b", "\(group)", "-q").checked()
        #expect(try directory.read("back") == noise)
    }

    @Test func groupsOfFourAreTheDefaultAndGroupsOfTwoAreDdsSwab() throws {
        try directory.write("in", Array("abcdefgh".utf8))
        _ = try Tool.run("swap", "-i", "in", "-o", "four", in: directory).checked()
        #expect(try directory.read("four") == Array("dcbahgfe".utf8))
        _ = try Tool.run("swap", "four", "-o", "back", in: directory).checked()
        #expect(try directory.read("back") == directory.read("in"))
        #expect(try Tool.run("swap", "four", "-i", "in", "-o", "back", in: directory).status == 64)
        #expect(try Tool.run("swap", "-o", "back", in: directory).status == 64)
        _ = try Tool.run("swap", "-i", "in", "-o", "two", "--bytes", "2", in: directory).checked()
        _ = try Program.run("dd", ["if=in", "of=dd", "conv=swab"], in: directory.path).checked()
        #expect(try directory.read("two") == directory.read("dd"))
    }

    @Test func halvesOfWordsChangePlaces() throws {
        try directory.write("in", Array("abcdefgh".utf8))
        for (options, expected) in [
            (["--unit", "2"], "cdabghef"), (["-b", "4", "--unit", "2"], "cdabghef"),
            (["-b", "8", "--unit", "4"], "efghabcd"), (["-b", "8", "--unit", "2"], "ghefcdab"),
            (["-b", "4", "--unit", "1"], "dcbahgfe"),
        ] {
            _ = try Tool.run(["swap", "-f", "in", "-o", "out"] + options, in: directory).checked()
            #expect(try directory.read("out") == Array(expected.utf8), "\(options)")
            _ = try Tool.run(["swap", "-f", "out", "-o", "back"] + options, in: directory).checked()
            #expect(try directory.read("back") == directory.read("in"), "\(options)")
        }
        for options in [["--unit", "4"], ["--unit", "3"], ["--unit", "0"], ["-b", "2", "--unit", "2"]] {
            #expect(try Tool.run(["swap", "in", "-o", "no"] + options, in: directory).status == 64, "\(options)")
        }
    }

    @Test func lengthThatIsNoMultipleIsRefused() throws {
        try directory.write("in", Array("abcdefghij".utf8))
        let output = try Tool.run("swap", "-i", "in", "-o", "out", in: directory)
        #expect(output.isOneLine(2, "in: 10 bytes are no multiple of 4"))
        #expect(try directory.names == ["in"])
    }

    @Test func aFileIsSwappedInPlaceWithForceOnly() throws {
        try directory.write("in", Array("abcd".utf8))
        for arguments in [["-i", "in"], ["-i", "in", "-o", "in"], ["-i", "in", "-o", "./in"]] {
            let output = try Program.run(Tool.path, ["swap"] + arguments, in: directory.path)
            #expect(output.status == 64)
            #expect(try directory.read("in") == Array("abcd".utf8))
        }
        try FileManager.default.setAttributes([.posixPermissions: 0o640], ofItemAtPath: directory("in"))
        try FileManager.default.createSymbolicLink(atPath: directory("link"), withDestinationPath: "in")
        _ = try Tool.run("swap", "-f", "-i", "link", in: directory).checked()
        #expect(try directory.read("in") == Array("dcba".utf8))
        let attributes = try FileManager.default.attributesOfItem(atPath: directory("in"))
        #expect(attributes[.posixPermissions] as? Int == 0o640)
        #expect(try FileManager.default.destinationOfSymbolicLink(atPath: directory("link")) == "in")
        #expect(try directory.names == ["in", "link"])
    }

    @Test func badInputIsOneLineAndNothingWritten() throws {
        try directory.write("empty", [])
        #expect(try Tool.run("swap", "-i", "missing", "-o", "out", in: directory).isOneLine(2, "missing: cannot open"))
        #expect(try Tool.run("swap", "-i", ".", "-o", "out", in: directory).isOneLine(2, ".: cannot"))
        #expect(
            try Tool.run("swap", "-i", "empty", "-o", "out", in: directory).isOneLine(2, "empty: the file is empty"))
        #expect(try Tool.run("swap", "-i", "empty", "-o", "out", "-b", "3", in: directory).status == 64)
        #expect(try directory.names == ["empty"])
        try directory.write("in", Array("abcd".utf8))
        #expect(try Tool.run("swap", "-i", "in", "-o", "no/out", in: directory).isOneLine(2, "no/out: cannot create"))
        #expect(
            try Tool.run("swap", "-i", "in", "-o", "/dev/full", in: directory).isOneLine(2, "/dev/full: cannot write"))
    }

    @Test func jsonSaysSizeGroupAndOutput() throws {
        try directory.write("in", Array("abcd".utf8))
        let output = try Tool.run("swap", "-i", "in", "-o", "out", "--json", in: directory).checked()
        let object = try JSONSerialization.jsonObject(with: Data(output.standardOutput)) as? [String: Any]
        #expect(object?["size"] as? Int == 4)
        #expect(object?["group"] as? Int == 4)
        #expect(object?["output"] as? String == "out")
    }
}
