import Foundation
import TestSupport
import Testing

/// Consoles that are no U-Boot: those of Tests/SerialLab/oddboard/consoles.py, and BusyBox itself.
@Suite struct ConsoleTests {
    /// Consoles from which no image can come, and what the message says.
    private static let refused: [String: String] = [
        "redboot-flash-unmapped": "--mapped", "nand-pages-first-only": "it shows the page at 0x0",
        "root-nothing": "no base64, xxd, hexdump or od that reads /dev/mtd0",
        "root-two-of-one-name": "--device mtdN", "root-place-unknown": "the offsets are guesses",
    ]
    /// Images about which there is a doubt, by a word of it.
    private static let doubted: [String: String] = [
        "nand-pages": "bits that have flipped", "nand-pages-bad-block": "bits that have flipped",
        "root-written-meanwhile": "was written between 0x0 and 0x8000 while it was read",
    ]
    /// What else must be said.
    private static let said: [String: String] = [
        "redboot-mapped": "everything was read twice, equal",
        "barebox-areas": "every block agrees with the device's crc32",
        "root-base64": "a digest that the device's shell gives", "root-od-alone": "everything was read twice, equal",
        "root-without-dd": "a digest that the device's shell gives", "root-hexdump-without-dd": "read with base64",
        "root-mtd1": "'nc ADDRESS 5000 </dev/mtd1'", "nand-pages-bad-block": "bad blocks at 0x1000",
    ]

    @Test func otherConsolesGiveAnEqualImageOrSayWhyNotAndAreNotWrittenTo() throws {
        let names = try OddBoard.names(in: "consoles.py")
        #expect(names.count == 26)
        let complaints = OddBoard.complaints(about: names, of: "consoles.py") { result in
            if !result.writes.isEmpty { return "WRITES \(result.writes)" }
            if let word = Self.refused[result.name] {
                return result.code == 2 && result.text.contains(word) ? nil : "should say '\(word)' with status 2"
            }
            if result.verdict != "EQUAL" { return "not equal" }
            if let word = Self.said[result.name], !result.text.contains(word) { return "does not say '\(word)'" }
            let word = Self.doubted[result.name] ?? ""
            if word.isEmpty { return result.code == 0 ? nil : "has a doubt" }
            return result.code == 1 && result.text.contains(word) ? nil : "should doubt: '\(word)'"
        }
        for complaint in complaints { Issue.record(Comment(rawValue: complaint)) }
    }

    /// The kernel lab's guest with a BusyBox root shell on its serial line, with all programs and with only one.
    @Test(
        .enabled(if: SerialLab.hasGuest),
        arguments: [
            ("", "base64"), ("base64,xxd,md5sum", "hexdump"), ("base64,xxd,hexdump,md5sum,sha256sum,cksum", "od"),
        ])
    func aBusyBoxShellIsReadWithWhicheverProgramsItHas(missing: String, printer: String) throws {
        let flash = trappedFlash(size: 32_768)
        let lab = try SerialLab(flash: flash, board: ["--missing", missing], tool: "start-busybox")
        let output = try lab.acquire(["--partition", "mtdram test device"])
        #expect(output.status == 0, "\(output.messages)")
        #expect(lab.bytes == flash)
        #expect(output.text.contains("read with \(printer)"), "\(output.text)")
        let proof = missing.contains("cksum") ? "read twice, equal" : "a digest that the device's shell gives"
        #expect(output.text.contains(proof), "\(output.text)")
        // Its transcript gives the same image back.
        let again = lab.directory.appending(path: "again").path(percentEncoded: false)
        _ = try Program.run(Program.jffs2, ["acquire", "--log", "\(lab.image).transcript", "-o", again]).checked()
        #expect(try [UInt8](Data(contentsOf: URL(filePath: again))) == flash)
    }

    /// A program that has the port open without a lock is named.
    @Test func aProgramThatHasThePortOpenTooIsNamed() throws {
        let lab = try SerialLab(flash: trappedFlash(size: 4096))
        let reader = Process()
        reader.executableURL = URL(filePath: "/bin/sh")
        reader.arguments = ["-c", "exec 3<\(lab.port); exec sleep 100"]
        try reader.run()
        defer { reader.terminate() }
        // It is sleep as soon as it has the port.
        while (try? String(contentsOfFile: "/proc/\(reader.processIdentifier)/comm", encoding: .utf8)) != "sleep\n" {
            Thread.sleep(forTimeInterval: 0.01)
        }
        let output = try lab.acquire("--flash", "0+4096")
        #expect(output.status == 0, "\(output.messages)")
        #expect(output.messages.contains("sleep (process \(reader.processIdentifier)) has the port open too"))
    }

    /// One that has locked it, too.
    @Test func aPortLockedByAnotherProcessIsRefusedAndTheProcessNamed() throws {
        let lab = try SerialLab(flash: trappedFlash(size: 4096))
        let holder = Process()
        holder.executableURL = URL(filePath: "/usr/bin/env")
        holder.arguments = ["flock", lab.port, "sleep", "100"]
        try holder.run()
        defer { holder.terminate() }
        var output = try lab.acquire("--flash", "0+4096")
        for _ in 0..<50 where output.status == 0 {
            Thread.sleep(forTimeInterval: 0.1)
            output = try lab.acquire("--flash", "0+4096")
        }
        #expect(output.status == 2)
        #expect(output.messages.contains("busy: "), "\(output.messages)")
        #expect(output.messages.contains("(process \(holder.processIdentifier)"), "\(output.messages)")
    }
}
