import Foundation
import TestSupport
import Testing

struct SwapTests {
    private let folder: Scratch
    private let noise: [UInt8] = (0..<(3 << 20) + 8).map { UInt8(truncatingIfNeeded: $0 &* 167 ^ $0 >> 7) }

    init() throws { folder = try Scratch() }

    @Test(arguments: [(2, "H"), (4, "I"), (8, "Q")])
    func equalsPythonsArraySwap(group: Int, code: String) throws {
        let input = try folder.write("in", noise)
        let output = try Tool.run("swap", "-i", input, "-o", folder("out"), "--bytes", "\(group)").checked()
        #expect(output.text == "\(folder("out")): \(noise.count) bytes, reversed in groups of \(group)\n")
        let script = """
            import array, sys
            a = array.array('\(code)', open(sys.argv[1], 'rb').read()); a.byteswap()
            open(sys.argv[2], 'wb').write(a.tobytes())
            """
        _ = try Program.run("python3", ["-c", script, input, folder("expected")]).checked()
        #expect(try folder.read("out") == folder.read("expected"))
        _ = try Tool.run("swap", "-i", folder("out"), "-o", folder("back"), "-b", "\(group)", "-q").checked()
        #expect(try folder.read("back") == noise)
    }

    @Test func fourBytesAreTheDefaultAsDdDoesItWithTwo() throws {
        try folder.write("in", Array("abcdefgh".utf8))
        _ = try Tool.run("swap", "-i", "in", "-o", "four", in: folder).checked()
        #expect(try folder.read("four") == Array("dcbahgfe".utf8))
        _ = try Tool.run("swap", "four", "-o", "back", in: folder).checked()
        #expect(try folder.read("back") == folder.read("in"))
        #expect(try Tool.run("swap", "four", "-i", "in", "-o", "back", in: folder).status == 64)
        #expect(try Tool.run("swap", "-o", "back", in: folder).status == 64)
        _ = try Tool.run("swap", "-i", "in", "-o", "two", "--bytes", "2", in: folder).checked()
        _ = try Program.run("dd", ["if=in", "of=dd", "conv=swab"], in: folder.path).checked()
        #expect(try folder.read("two") == folder.read("dd"))
    }

    @Test func lengthThatIsNoMultipleIsRefused() throws {
        try folder.write("in", Array("abcdefghij".utf8))
        let output = try Tool.run("swap", "-i", "in", "-o", "out", in: folder)
        #expect(output.isOneLine(2, "in: 10 bytes are no multiple of 4"))
        #expect(try folder.names == ["in"])
    }

    @Test func inPlaceOnlyWithForce() throws {
        try folder.write("in", Array("abcd".utf8))
        for arguments in [["-i", "in"], ["-i", "in", "-o", "in"], ["-i", "in", "-o", "./in"]] {
            let output = try Program.run(Tool.path, ["swap"] + arguments, in: folder.path)
            #expect(output.status == 64)
            #expect(try folder.read("in") == Array("abcd".utf8))
        }
        try FileManager.default.setAttributes([.posixPermissions: 0o640], ofItemAtPath: folder("in"))
        try FileManager.default.createSymbolicLink(atPath: folder("link"), withDestinationPath: "in")
        _ = try Tool.run("swap", "-f", "-i", "link", in: folder).checked()
        #expect(try folder.read("in") == Array("dcba".utf8))
        let attributes = try FileManager.default.attributesOfItem(atPath: folder("in"))
        #expect(attributes[.posixPermissions] as? Int == 0o640)
        #expect(try FileManager.default.destinationOfSymbolicLink(atPath: folder("link")) == "in")
        #expect(try folder.names == ["in", "link"])
    }

    @Test func badInputIsOneLineAndNothingWritten() throws {
        try folder.write("empty", [])
        #expect(try Tool.run("swap", "-i", "missing", "-o", "out", in: folder).isOneLine(2, "missing: cannot open"))
        #expect(try Tool.run("swap", "-i", ".", "-o", "out", in: folder).isOneLine(2, ".: cannot"))
        #expect(try Tool.run("swap", "-i", "empty", "-o", "out", in: folder).isOneLine(2, "empty: the file is empty"))
        #expect(try Tool.run("swap", "-i", "empty", "-o", "out", "-b", "3", in: folder).status == 64)
        #expect(try folder.names == ["empty"])
        try folder.write("in", Array("abcd".utf8))
        #expect(try Tool.run("swap", "-i", "in", "-o", "no/out", in: folder).isOneLine(2, "no/out: cannot create"))
        #expect(try Tool.run("swap", "-i", "in", "-o", "/dev/full", in: folder).isOneLine(2, "/dev/full: cannot write"))
    }

    @Test func json() throws {
        try folder.write("in", Array("abcd".utf8))
        let output = try Tool.run("swap", "-i", "in", "-o", "out", "--json", in: folder).checked()
        let object = try JSONSerialization.jsonObject(with: Data(output.standardOutput)) as? [String: Any]
        #expect(object?["size"] as? Int == 4)
        #expect(object?["group"] as? Int == 4)
        #expect(object?["output"] as? String == "out")
    }
}
