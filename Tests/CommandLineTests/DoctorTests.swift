import Foundation
import TestSupport
import Testing

/// `doctor` as a user meets it: what it says, and that its commands work when they are pasted.
@Suite struct DoctorTests {
    private let scratch: Scratch
    private let image: [UInt8]

    init() throws {
        scratch = try Scratch()
        try FileManager.default.createDirectory(atPath: scratch("root/etc"), withIntermediateDirectories: true)
        var random = LinearCongruence(state: 3)
        try scratch.write("root/etc/random", random.bytes(100_000))
        try scratch.write("root/etc/text", Array(String(repeating: "hello ", count: 5000).utf8))
        _ = try Tool.run("repack", "-r", "root", "-l", "-e", "16K", "-p", "-o", "image", in: scratch).checked()
        image = try scratch.read("image")
    }

    private struct Report: Decodable {
        struct Entry: Decodable {
            var code: String
            var message: String
            var evidence: [String]
            var commands: [String]
        }
        var healthy: Bool
        var diagnoses: [Entry]
    }

    private func report(_ arguments: String...) throws -> (Report, Int32) {
        let output = try Program.run(Tool.path, ["doctor", "--json"] + arguments, in: scratch.path)
        return (try JSONDecoder().decode(Report.self, from: Data(output.standardOutput)), output.status)
    }

    /// Runs the first command and gives the folder or file that it made.
    private func paste(_ report: Report) throws {
        let command = try #require(report.diagnoses.first?.commands.first)
        let directory = (Tool.path as NSString).deletingLastPathComponent
        _ = try Program.run(
            "bash", ["-ec", command],
            environment: ["PATH": directory + ":" + (ProcessInfo.processInfo.environment["PATH"] ?? "")],
            in: scratch.path
        ).checked()
    }

    @Test func aSoundImageIsHealthyWithStatusZero() throws {
        let (report, status) = try report("image")
        #expect(report.healthy && status == 0)
        #expect(report.diagnoses.map(\.code) == ["healthy"])
        #expect(try Tool.run("doctor", "nowhere", in: scratch).status == 2)
    }

    @Test(arguments: ["plain", "it's off set", "-dash", "a$b`c", "new\nline"]) func theCommandOpensAFileOfAnyName(
        _ name: String
    ) throws {
        var random = LinearCongruence(state: 8)
        try scratch.write(name, random.bytes(0x5000) + image)
        let (report, status) = try report("--", name)
        #expect(status == 1)
        #expect(report.diagnoses.first?.code == "offset")
        try paste(report)
        #expect(try scratch.read("\(name).files/etc/text").count == 30_000)
    }

    @Test(arguments: [
        ["--bits"], ["--invert"], ["--bits", "--invert"], ["--bits", "-b", "2"], ["-b", "4", "--unit", "2"],
    ])
    func turnedBitsAreTurnedBack(_ options: [String]) throws {
        _ = try Program.run(Tool.path, ["swap", "image", "-o", "turned"] + options, in: scratch.path).checked()
        #expect(try scratch.read("turned") != image)
        let (report, status) = try report("turned")
        #expect(status == 1)
        try paste(report)
        #expect(try scratch.read("turned.turned") == image)
        // Packed besides: what is unpacked is turned.
        try scratch.write(
            "packed.gz", Program.run("gzip", ["-9nc", "turned"], in: scratch.path).checked().standardOutput)
        try pasteAll(self.report("packed.gz").0)
        #expect(try scratch.read("packed.gz.turned") == image)
    }

    @Test(arguments: [1, 2]) func twoChipsArePutTogether(_ width: Int) throws {
        for isFirst in [true, false] {
            let half = image.indices.filter { ($0 / width % 2 == 0) == isFirst }.map { image[$0] }
            try scratch.write(isFirst ? "low" : "high", half)
        }
        let (one, _) = try report("low")
        #expect(one.diagnoses.map(\.code) == ["interleavedHalf"])
        for pair in [["low", "high"], ["high", "low"]] {
            let (both, status) = try report(pair[0], pair[1])
            #expect(status == 1)
            #expect(both.diagnoses.map(\.code) == ["interleavedHalves"])
            try paste(both)
            #expect(try scratch.read(pair[0] + ".both") == image)
        }
        try scratch.write("short", [1, 2])
        #expect(try Tool.run("swap", "low", "--interleave", "short", "-o", "x", in: scratch).status == 2)
    }

    /// The file that the command makes is the image again.
    @Test func whatWasDoneToAllBytesIsUndone() throws {
        let key: [UInt8] = [0x13, 0x37, 0x42]
        let faults: [(code: String, bytes: [UInt8])] = [
            ("keyed", image.enumerated().map { $0.element ^ key[$0.offset % 3] }),
            ("lineEnds", image.flatMap { $0 == 0x0a ? [0x0d, 0x0a] : [$0] }),
            ("transcoded", image.flatMap { $0 < 0x80 ? [$0] : [0xc0 | $0 >> 6, 0x80 | $0 & 0x3f] }),
        ]
        for fault in faults {
            try scratch.write(fault.code, fault.bytes)
            let (report, status) = try report(fault.code)
            #expect(status == 1)
            #expect(report.diagnoses.map(\.code) == [fault.code])
            try paste(report)
            #expect(try scratch.read("\(fault.code).turned") == image, "\(fault.code)")
        }
    }

    /// Runs all commands of all diagnoses, in their order; each must work.
    private func pasteAll(_ report: Report) throws {
        let directory = (Tool.path as NSString).deletingLastPathComponent
        var done: Set<String> = []
        for command in report.diagnoses.flatMap(\.commands) where done.insert(command).inserted {
            // Whether what is made is healthy is not asked here.
            if command.hasPrefix("jffs2 doctor ") { continue }
            _ = try Program.run(
                "bash", ["-ec", command],
                environment: ["PATH": directory + ":" + (ProcessInfo.processInfo.environment["PATH"] ?? "")],
                in: scratch.path
            ).checked()
        }
    }

    @Test func allCommandsForASwappedUImageRunInTheirOrder() throws {
        _ = try Tool.run("uimage", "wrap", "-n", "n", "-d", "image", "wrapped", in: scratch).checked()
        _ = try Tool.run("swap", "wrapped", "-o", "swapped", in: scratch).checked()
        let (report, _) = try report("swapped")
        #expect(report.diagnoses.map(\.code) == ["wordSwapped", "container"])
        try pasteAll(report)
        #expect(try scratch.read("swapped.turned") == scratch.read("wrapped"))
        #expect(try scratch.read("swapped.jffs2") == image)
        #expect(try scratch.read("swapped.files/etc/text").count == 30_000)
    }

    @Test func whatTurnsAWholeFileIsUndone() throws {
        var magicless = image
        var sumless = image
        // Of headers: random contents have the magic, too.
        for at in stride(from: 0, to: image.count - 12, by: 4)
        where image[at] == 0x85 && image[at + 1] == 0x19 && [0xe0, 0x20].contains(image[at + 3]) {
            (magicless[at], magicless[at + 1]) = (0, 0)
            sumless[at + 9] ^= 0x10
        }
        let faults: [(code: String, name: String, bytes: [UInt8])] = [
            ("reversed", "bytes", image.reversed()),
            (
                "reversed", "bits",
                image.reversed().map { byte in (0..<8).reduce(0) { $0 << 1 | byte >> UInt8($1) & 1 } }
            ),
            ("nibblesSwapped", "nibbles", image.map { $0 << 4 | $0 >> 4 }), ("brokenHeaders", "magic", magicless),
            ("brokenHeaders", "sums", sumless),
            ("wideCharacters", "wide", [0xff, 0xfe] + image.flatMap { [$0, 0] }),
            ("wideCharacters", "lines", [0xff, 0xfe] + image.flatMap { $0 == 0x0a ? [0x0d, 0, 0x0a, 0] : [$0, 0] }),
        ]
        for fault in faults {
            try scratch.write(fault.name, fault.bytes)
            let (report, status) = try report(fault.name)
            #expect(status == 1)
            #expect(report.diagnoses.map(\.code) == [fault.code], "\(fault.name)")
            try pasteAll(report)
            #expect(try scratch.read("\(fault.name).turned") == image, "\(fault.name)")
        }
    }

    /// The commands get the image back out of what no command of ours reads.
    @Test(arguments: [
        ("zlib", "foreign", "unpacked", "import zlib; w(zlib.compress(d))"),
        ("deflate", "foreign", "unpacked", "import zlib; c=zlib.compressobj(9,8,-15); w(c.compress(d)+c.flush())"),
        ("words", "numbers", "turned", "for i in range(0,len(d),4): w(b' '+d[i:i+4][::-1].hex().encode())"),
        ("shorts", "numbers", "turned", "for i in range(0,len(d),2): w(b' '+d[i:i+2].hex().encode())"),
    ])
    func theCommandsGetTheImageBack(_ name: String, code: String, ending: String, script: String) throws {
        _ = try Program.run(
            "bash",
            [
                "-ec",
                "python3 -c \"import sys; d=open('image','rb').read(); w=sys.stdout.buffer.write\n\(script)\" > \(name)",
            ],
            in: scratch.path
        ).checked()
        let (report, status) = try report(name)
        #expect(status == 1)
        #expect(report.diagnoses.map(\.code) == [code], "\(report.diagnoses.map(\.message))")
        try pasteAll(report)
        #expect(try scratch.read("\(name).\(ending)") == image)
    }

    @Test func theBitsOfXxdAreReadAsALog() throws {
        _ = try Program.run("bash", ["-ec", "head -c 20001 image | xxd -b > bits"], in: scratch.path).checked()
        let (report, _) = try report("bits")
        #expect(report.diagnoses.map(\.code) == ["text"])
        #expect(report.diagnoses.first?.evidence.contains { $0.contains("20001 bytes of memory") } == true)
        try paste(report)
        #expect(try scratch.read("bits.bin") == Array(image[..<20001]))
    }

    @Test func theFileSystemInACompressedUImageIsUnpacked() throws {
        _ = try Program.run("bash", ["-ec", "gzip -9n < image > image.gz"], in: scratch.path).checked()
        _ = try Tool.run("uimage", "wrap", "-n", "n", "-C", "gzip", "-d", "image.gz", "wrapped", in: scratch).checked()
        let (report, _) = try report("wrapped")
        #expect(report.diagnoses.map(\.code) == ["container"])
        try pasteAll(report)
        #expect(try scratch.read("wrapped.unpacked") == image)
        #expect(try scratch.read("wrapped.files/etc/text").count == 30_000)
        #expect(try Tool.run("ls", "wrapped", in: scratch).checked().text.contains("etc"))
    }

    @Test func noCommandIsToldTwice() throws {
        try scratch.write("cut", image[..<(image.count / 3)])
        let lines = try Tool.run("doctor", "cut", in: scratch).text.split(separator: "\n")
        let commands = lines.filter { $0.hasPrefix("  next") }
        #expect(!commands.isEmpty && Set(commands).count == commands.count)
    }

    @Test func aLogIsReadWithAcquire() throws {
        var log = "hisilicon # md.b 82000000 8000\n"
        for start in stride(from: 0, to: 0x8000, by: 16) {
            let row = image[start..<start + 16]
            let text = row.map { (0x20..<0x7f).contains($0) ? Character(UnicodeScalar($0)) : "." }
            log +=
                String(format: "%08x:", 0x8200_0000 + start) + row.map { String(format: " %02x", $0) }.joined()
                + "    " + String(text) + "\n"
        }
        try scratch.write("log", Array(log.utf8))
        let (report, status) = try report("log")
        #expect(status == 1)
        #expect(report.diagnoses.first?.evidence.contains { $0.contains("32768 bytes of memory") } == true)
        try paste(report)
        #expect(try scratch.read("log.bin") == Array(image[..<0x8000]))
    }

    @Test func textForPeopleHasReasonsAndTheNextStep() throws {
        _ = try Tool.run("swap", "image", "-o", "swapped", in: scratch).checked()
        let output = try Tool.run("doctor", "swapped", in: scratch)
        #expect(output.status == 1)
        let lines = output.text.split(separator: "\n")
        #expect(lines.first == "swapped: the bytes are reversed in groups of 4")
        #expect(lines.contains { $0.hasPrefix("  for      ") })
        #expect(lines.last == "  next     jffs2 swap -b 4 swapped -o swapped.turned")
    }
}

/// `verify --kernel-log`.
@Suite struct KernelLogOptionTests {
    @Test func aDevicesLogIsExplainedAndChangesNoStatus() throws {
        let scratch = try Scratch()
        try FileManager.default.createDirectory(atPath: scratch("root"), withIntermediateDirectories: true)
        try scratch.write("root/f", Array("content".utf8))
        _ = try Tool.run("repack", "-r", "root", "-l", "-e", "16K", "-p0x20000", "-o", "image", in: scratch).checked()
        let log = "[ 1.0] eth0: up\r\n[ 2.0] jffs2: Empty flash at 0x00001234 ends at 0x00002000\r\n"
        try scratch.write("log", Array(log.utf8))
        let output = try Tool.run("verify", "image", "--kernel-log", "log", in: scratch)
        #expect(output.status == 0)
        #expect(output.text.contains("  kernel  [ 2.0] jffs2: Empty flash at 0x00001234 ends at 0x00002000"))
        #expect(output.text.contains("no counterpart: "))
        #expect(!output.text.contains("eth0"))
        #expect(output.text.contains("  ok    space: "))
        #expect(try Tool.run("verify", "-", "--kernel-log", "-", in: scratch).status == 64)
        #expect(try Tool.run("verify", "image", "--kernel-log", "nowhere", in: scratch).status == 2)
    }
}
