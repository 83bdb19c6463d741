import Foundation
import TestSupport
import Testing

/// Images that come through a pipe, compressed, or without an end.
struct InputTests {
    private let directory: Scratch

    init() throws {
        directory = try Scratch()
        try FileManager.default.copyItem(
            atPath: Checkout.path("TestImages/lived-camera-16k.jffs2"), toPath: directory("dump"))
        _ = try shell("gzip -k dump").checked()
    }

    /// Runs a shell's line in the directory; `$J` is the program.
    private func shell(_ line: String) throws -> Program.Output {
        try Program.run("bash", ["-c", line], environment: ["J": Tool.path], in: directory.path)
    }

    /// All commands that read an image; INPUT is the image, and OUT what is written.
    static let commands = [
        "info INPUT", "ls -R INPUT", "tree INPUT", "cat INPUT /etc/back.bin", "verify INPUT", "dump INPUT",
        "history INPUT", "history --timeline INPUT", "ls -R --at @1 INPUT",
        "unpack --tar OUT INPUT", "scrub --list INPUT", "scrub --yes INPUT -o OUT",
        "repack --from INPUT -o OUT", "repack --from INPUT --keep-layout --delete /etc/back.bin -o OUT",
        "sum INPUT -o OUT", "sum -i INPUT -o OUT", "swap INPUT -o OUT", "swap -i INPUT -o OUT",
        "pad INPUT --to 0x80000 -o OUT", "partitions INPUT",
    ]

    @Test(arguments: commands) func aPipeAndACompressedFileGiveTheSameAsAPlainFile(command: String) throws {
        func line(_ input: String, _ output: String) -> String {
            "$J " + command.replacing("INPUT", with: input).replacing("OUT", with: output)
        }
        let plain = try shell(line("dump", "plain"))
        for (number, run) in ["cat dump.gz | \(line("-", "out1"))", line("<(cat dump)", "out2")].enumerated() {
            let output = try shell(run)
            #expect(output.status == plain.status, "\(run): \(output.messages)")
            // Names, and what is said of the packing, differ.
            let lines = output.text.split(separator: "\n").count
            #expect(lines == plain.text.split(separator: "\n").count, "\(run)")
            if !plain.text.contains("dump"), !plain.text.contains("plain") { #expect(output.text == plain.text) }
            if command.contains("OUT") { #expect(try directory.read("out\(number + 1)") == directory.read("plain")) }
            let isPacked = number == 0 && command.contains("OUT") && !command.hasPrefix("unpack")
            #expect(output.messages.contains("gzip-compressed") == isPacked, "\(run): \(output.messages)")
        }
    }

    @Test func infoSaysHowAnImageWasPacked() throws {
        #expect(try Tool.run("info", "dump.gz", in: directory).text.contains("gzip-compressed"))
        let json = try Tool.run("info", "--json", "dump.gz", in: directory)
        #expect(json.text.contains("gzip-compressed"))
    }

    @Test func uImagesAreReadFromACompressedFileAndAPipe() throws {
        _ = try Tool.run("uimage", "wrap", "-n", "n", "-d", "dump", "wrapped", in: directory).checked()
        _ = try shell("gzip -k wrapped").checked()
        let plain = try Tool.run("uimage", "info", "wrapped", in: directory).checked()
        #expect(try Tool.run("uimage", "info", "wrapped.gz", in: directory).checked().text == plain.text)
        _ = try shell("cat wrapped | $J uimage unwrap - -o out").checked()
        #expect(try directory.read("out") == directory.read("dump"))
        #expect(try shell("$J uimage verify - <wrapped.gz").status == 0)
    }

    /// A kernel is flashed as it is compressed.
    @Test func aCompressedFileThatIsNoDumpIsChangedAsItIs() throws {
        _ = try shell("seq 20000 | gzip -n >kernel.gz; truncate -s %8 kernel.gz").checked()
        _ = try Tool.run("pad", "kernel.gz", "--to", "0x20000", "-o", "out", in: directory).checked()
        let kernel = try directory.read("kernel.gz")
        #expect(try Array(directory.read("out").prefix(kernel.count)) == kernel)
        _ = try Tool.run("swap", "kernel.gz", "-f", "-o", "out", in: directory).checked()
        #expect(try directory.read("out").count == kernel.count)
        _ = try Tool.run("uimage", "wrap", "-C", "gzip", "-d", "kernel.gz", "wrapped", in: directory).checked()
        #expect(try Array(directory.read("wrapped").dropFirst(64)) == kernel)
    }

    @Test func aCompressedFileIsNotChangedInPlace() throws {
        let before = try directory.read("dump.gz")
        for arguments in [["swap", "-f", "dump.gz"], ["pad", "-i", "--to", "0x80000", "dump.gz"]] {
            let output = try Program.run(Tool.path, arguments, in: directory.path)
            #expect(output.isOneLine(64, "gzip-compressed", "-o OUT"))
        }
        #expect(try shell("$J swap -f - <dump").isOneLine(64, "standard input cannot be changed"))
        #expect(try directory.read("dump.gz") == before)
        #expect(try directory.names == ["dump", "dump.gz"])
    }

    @Test func anArchiveOfSeveralFilesIsAnErrorThatSaysHowToChoose() throws {
        _ = try shell("cp dump other; bsdtar --format=zip -cf two.zip dump other").checked()
        let output = try Tool.run("info", "two.zip", in: directory)
        #expect(output.isOneLine(2, "2 files in the zip archive (dump, other)", "--member NAME"))
        _ = try Tool.run("info", "--member", "other", "two.zip", in: directory).checked()
    }

    /// `/dev/zero` never ends.
    @Test func aDeviceWithoutEndIsReadUpToALimit() throws {
        let limited = try Tool.run("info", "--max-input", "4M", "/dev/zero")
        #expect(limited.isOneLine(2, "/dev/zero: more than 4 MiB, with no end in sight; --max-input SIZE"))
        #expect(try Tool.run("info", "--length", "4M", "/dev/zero").isOneLine(2, "all bytes are zero"))
        let measured = try Program.measured(Tool.path, ["info", "--max-input", "200M", "/dev/zero"])
        #expect(measured.status == 2)
        #expect(measured.peakMemory < 128 << 20, "\(measured)")
    }

    /// 1 GiB out of some KiB.
    @Test func aDecompressionBombIsRefusedWithoutTakingMemory() throws {
        let script = """
            import bz2, struct, zlib
            data = bz2.compress(bytes(1 << 20)) * 1024
            open('bomb.bz2', 'wb').write(data)
            header = bytearray(struct.pack('>7I4B32s', 0x27051956, 0, 1, len(data), 0, 0, zlib.crc32(data), 5, 2, 2, 2, b'n'))
            struct.pack_into('>I', header, 4, zlib.crc32(header))
            open('wrapped', 'wb').write(header + data)
            """
        _ = try Program.run("python3", ["-c", script], in: directory.path).checked()
        for arguments in [["info", "bomb.bz2"], ["uimage", "unwrap", "--decompress", "wrapped", "-o", "out"]] {
            let measured = try Program.measured(Tool.path, arguments, in: directory.path)
            #expect(measured.status == 2)
            #expect(measured.messages.contains("to more than 256 MiB; --max-input SIZE allows more"))
            #expect(measured.peakMemory < 128 << 20, "\(measured)")
        }
        #expect(try !directory.names.contains("out"))
    }
}
