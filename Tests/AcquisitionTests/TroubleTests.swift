import Foundation
import TestSupport
import Testing

/// What goes wrong with boards, ports and users.
@Suite struct TroubleTests {
    /// Every second `sf read` has one wrong bit, and RAM agrees with itself.
    @Test func aFlashThatReadsDifferentlyAtTimesIsReadRightWithADoubt() throws {
        let flash = trappedFlash(size: 32_768)
        let lab = try SerialLab(flash: flash, board: ["--sf-bad", "2"])
        let output = try lab.acquire("--flash", "0+32768")
        #expect(output.status == 1)
        #expect(output.messages.contains("did not read the same"))
        #expect(lab.bytes == flash)
    }

    @Test func aFlashThatNeverReadsTheSameGivesNoImage() throws {
        let lab = try SerialLab(flash: trappedFlash(size: 4096), board: ["--sf-bad", "1"])
        let output = try lab.acquire("--flash", "0+4096")
        #expect(output.status == 2)
        #expect(output.messages.contains("reads differently each time"))
        #expect(lab.bytes == nil)
    }

    /// Readings that do nothing, without a word: the pattern in RAM shows.
    @Test(arguments: [[], ["--hush", "--style", "2023"], ["--big-endian"], ["--no-crc32"]])
    func aReadThatSilentlyDoesNothingIsNoticed(board: [String]) throws {
        let lab = try SerialLab(flash: trappedFlash(size: 20_000), board: ["--sf-silent", "1"] + board)
        let output = try lab.acquire("--flash", "5+19000")
        #expect(output.status == 2)
        #expect(output.messages.contains("left RAM as it was"), "\(output.messages)")
        #expect(lab.bytes == nil)
    }

    /// The first reading works, no other does: two that left RAM alone are not two that agree.
    @Test func twoReadsThatLeaveRAMAloneAreNotTwoThatAgree() throws {
        let lab = try SerialLab(flash: trappedFlash(size: 4096), board: ["--sf-silent", "-1", "--style", "2010"])
        let output = try lab.acquire("--flash", "0+4096")
        #expect(output.status == 2)
        #expect(output.messages.contains("left RAM as it was"), "\(output.messages)")
        #expect(lab.bytes == nil)
    }

    @Test func aReadThatFailsSilentlyAtTimesIsRepeatedWithADoubt() throws {
        let flash = trappedFlash(size: 20_000)
        let lab = try SerialLab(flash: flash, board: ["--sf-silent", "2"])
        let output = try lab.acquire("--flash", "0+20000")
        #expect(output.status == 1)
        #expect(output.messages.contains("failed 1 times"), "\(output.messages)")
        #expect(lab.bytes == flash)
    }

    /// Without mw nothing tells a reading that did nothing from one that read the same.
    @Test func withoutMwTheImageHasADoubt() throws {
        let flash = trappedFlash(size: 4096)
        let lab = try SerialLab(flash: flash, board: ["--missing", "mw"])
        let output = try lab.acquire("--flash", "0+4096")
        #expect(output.status == 1)
        #expect(output.messages.contains("no mw"), "\(output.messages)")
        #expect(lab.bytes == flash)
    }

    /// Killed at any moment, in the set-up, in a block and between two, it goes on where it was.
    @Test(arguments: [1, 2])
    func aKilledRunResumesWithoutReadingABlockTwice(seed: Int) throws {
        let flash = trappedFlash(size: 65_536)
        let lab = try SerialLab(
            flash: flash, board: seed == 1 ? ["--hush"] : ["--saves", "--hush"], line: ["--baud", "400000"])
        var generator = SeededGenerator(seed: seed)
        for _ in 0..<6 {
            let isBegun = FileManager.default.fileExists(atPath: lab.image + ".partial")
            let process = try lab.beginAcquire(["--flash", "0+65536"] + (isBegun ? ["--resume"] : []))
            Thread.sleep(forTimeInterval: Double.random(in: 0.1...2.2, using: &generator))
            kill(process.processIdentifier, SIGKILL)
            process.waitUntilExit()
        }
        let output = try lab.acquire("--flash", "0+65536", "--resume")
        #expect(output.status == 0, "\(output.messages)")
        #expect(lab.bytes == flash)
        let offsets = lab.journal.filter { $0["event"] as? String == "block" }.compactMap { $0["offset"] as? Int }
        #expect(Set(offsets).count == offsets.count, "no verified block is transferred twice")
        #expect(offsets.count == 16)
        // Once more: the sums are compared, nothing is transferred.
        let again = try lab.acquire("--flash", "0+65536", "--resume", "--json")
        let report = try JSONDecoder().decode(BoardTests.Report.self, from: Data(again.standardOutput))
        #expect(report.kept == 65_536 && report.transferred == 0)
        #expect(lab.bytes == flash)
    }

    @Test func anInterruptedRunKeepsWhatItReadForResume() throws {
        let flash = trappedFlash(size: 32_768)
        let lab = try SerialLab(flash: flash, line: ["--baud", "200000"])
        let process = try lab.beginAcquire("--flash", "0+32768")
        lab.waitForBlocks(2)
        kill(process.processIdentifier, SIGINT)
        process.waitUntilExit()
        #expect(process.terminationStatus == 2)
        #expect(lab.bytes == nil)
        // What it has read is not overwritten because an option was forgotten.
        let forgotten = try lab.acquire(["--flash", "0+32768"], replacing: false)
        #expect(forgotten.status == 2)
        #expect(forgotten.messages.contains("--resume"))
        let output = try lab.acquire("--flash", "0+32768", "--resume")
        #expect(output.status == 0, "\(output.messages)")
        #expect(lab.bytes == flash)
    }

    /// A finished image, its journal and its transcript stay, unless they are to be replaced; and a run that fails at once
    /// leaves them then, too.
    @Test func aFinishedImageIsReplacedByForceOnlyAndNotByAFailedRun() throws {
        let flash = trappedFlash(size: 4096)
        let lab = try SerialLab(flash: flash)
        #expect(try lab.acquire("--flash", "0+4096").status == 0)
        let names = [lab.image, lab.image + ".journal", lab.image + ".transcript"]
        let before = try names.map { try Data(contentsOf: URL(filePath: $0)) }
        let again = try lab.acquire(["--flash", "0+4096"], replacing: false)
        #expect(again.status == 2)
        #expect(again.messages.contains("--force"), "\(again.messages)")
        #expect(try names.map { try Data(contentsOf: URL(filePath: $0)) } == before)
        let failed = try lab.acquire("--memory", "0x21000001+0x7fffffff", "--timeout", "0.05")
        #expect(failed.status == 2)
        #expect(try names.map { try Data(contentsOf: URL(filePath: $0)) } == before)
        // Whatever was there, nobody else can read them.
        for name in names { chmod(name, 0o644) }
        #expect(try lab.acquire("--flash", "0+4096").status == 0)
        for name in names {
            let mode = try FileManager.default.attributesOfItem(atPath: name)[.posixPermissions] as? Int
            #expect(mode == 0o600, "\(name)")
        }
    }

    /// The default name says what is in the image, and when it was read.
    @Test func theDefaultNameSaysTheRangeAndTheTime() throws {
        let flash = trappedFlash(size: 4096)
        let lab = try SerialLab(flash: flash)
        let directory = lab.directory.appending(path: "names")
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: false)
        let output = try Program.run(
            Program.jffs2, ["acquire", lab.port, "--yes", "--flash", "0x100+0x800", "--timeout", "0.3"],
            in: directory.path(percentEncoded: false))
        #expect(output.status == 0, "\(output.messages)")
        let names = try FileManager.default.contentsOfDirectory(atPath: directory.path(percentEncoded: false)).sorted()
        #expect(names.count == 3 && names.allSatisfy { $0.hasPrefix("flash-100+800-2") }, "\(names)")
    }

    /// Blocks of another device, or of an older state of this one, are read anew.
    @Test(arguments: [[], ["--no-crc32"]])
    func resumingAtAnotherDeviceReadsBlocksThatDifferAnew(board: [String]) throws {
        let flash = trappedFlash(size: 8192)
        var other = flash
        for at in 1000..<1100 { other[at] ^= 0x55 }
        let first = try SerialLab(flash: other, board: board + ["--map", "0x30000000"])
        #expect(try first.acquire("--memory", "0x30000000+8192").status == 0)
        let second = try SerialLab(flash: flash, board: board + ["--map", "0x30000000"])
        for name in ["", ".journal", ".transcript"] {
            try FileManager.default.copyItem(atPath: first.image + name, toPath: second.image + name)
        }
        let output = try second.acquire("--memory", "0x30000000+8192", "--resume")
        #expect(output.status == 0, "\(output.messages)")
        #expect(second.bytes == flash)
    }

    @Test func resumingWithAnotherRangeIsRefused() throws {
        let lab = try SerialLab(flash: trappedFlash(size: 8192))
        #expect(try lab.acquire("--flash", "0+8192").status == 0)
        let other = try lab.acquire("--flash", "0+4096", "--resume")
        #expect(other.status == 2)
        #expect(other.messages.contains("is about 'sf 0x0+0x2000'"))
    }

    @Test func aBoardThatResetsIsReadToTheEnd() throws {
        let flash = trappedFlash(size: 65_536)
        let lab = try SerialLab(
            flash: flash, board: ["--watchdog-bytes", "90000", "--autoboot", "3"], line: ["--baud", "921600"])
        let output = try lab.acquire("--flash", "0+65536")
        #expect(output.status == 0, "\(output.messages)")
        #expect(lab.bytes == flash)
        #expect(output.messages.contains("reset"))
    }

    @Test func aPortThatVanishesForAWhileIsReadToTheEnd() throws {
        let flash = trappedFlash(size: 32_768)
        let lab = try SerialLab(
            flash: flash, line: ["--fault", "disconnect@40000:1", "--fault", "disconnect@90000:0.5"])
        let output = try lab.acquire("--flash", "0+32768")
        #expect(output.status == 0, "\(output.messages)")
        #expect(lab.bytes == flash)
    }

    @Test func anAddressOutsideMemoryIsAnErrorWithoutAnImage() throws {
        let lab = try SerialLab(flash: trappedFlash(size: 4096), board: ["--autoboot", "1"])
        let output = try lab.acquire("--memory", "0x70000000+4096")
        #expect(output.status == 2)
        #expect(output.messages.contains("data abort") || output.messages.contains("reset"), "\(output.messages)")
        #expect(lab.bytes == nil)
    }

    @Test func aPortThatDoesNotWorkIsAnErrorThatSaysWhy() throws {
        func message(_ port: String) throws -> String {
            let output = try Program.run(
                Program.jffs2, ["acquire", port, "--yes", "--memory", "0+16", "--no-transcript"],
                in: FileManager.default.temporaryDirectory.path(percentEncoded: false))
            #expect(output.status == 2)
            return output.messages
        }
        #expect(try message("/dev/ttyNONE0").contains("--list"))
        #expect(try message("/dev/null").contains("no serial port"))
        #expect(try message("localhost:1").contains("cannot connect"))
        let lab = try SerialLab(flash: [0], board: ["--chatter", "0.3"])
        #expect(try message(lab.port).contains("no prompt answers"))
    }

    @Test func aDeviceThatStaysSilentIsAnErrorThatSaysSo() throws {
        let lab = try SerialLab(flash: [0], board: ["--chatter", "1000"])
        let output = try lab.acquire("--memory", "0+16")
        #expect(output.status == 2)
        #expect(output.messages.contains("nothing comes back"))
    }

    /// A disk that is full is told before an hour has gone, and nothing passes for an image.
    @Test(.enabled(if: FileManager.default.fileExists(atPath: "/dev/full")), arguments: ["transcript", "journal"])
    func aFullDiskUnderTranscriptOrJournalGivesNoImage(file: String) throws {
        let lab = try SerialLab(flash: trappedFlash(size: 8192))
        try FileManager.default.createSymbolicLink(
            atPath: "\(lab.image).\(file)", withDestinationPath: "/dev/full")
        let output = try lab.acquire("--flash", "0+8192")
        #expect(output.status == 2)
        #expect(output.messages.contains("No space left"), "\(output.messages)")
        #expect(lab.bytes == nil)
    }

    /// The image's own disk: a file may not grow beyond 100 KiB.
    @Test func aDiskWithoutRoomForTheImageIsAnError() throws {
        let lab = try SerialLab(flash: trappedFlash(size: 262_144))
        let output = try Program.run(
            "/bin/sh",
            [
                "-c", #"ulimit -f 100; trap '' XFSZ; exec "$@""#, "sh", Program.jffs2, "acquire", lab.port, "--yes",
                "-o",
                lab.image, "--flash", "0+262144",
            ])
        #expect(output.status == 2)
        #expect(output.messages.contains("make room for"), "\(output.messages)")
        #expect(lab.bytes == nil)
    }

    /// Somebody who is not in the port's group learns which one it is.
    @Test(.enabled(if: getuid() == 0 && FileManager.default.fileExists(atPath: "/usr/bin/setpriv")))
    func aUserOutsideThePortsGroupIsToldTheGroup() throws {
        let lab = try SerialLab(flash: [0])
        // The program must be reachable for everybody.
        let directory = URL(filePath: "/tmp/jffs2-nobody-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: false)
        defer { try? FileManager.default.removeItem(at: directory) }
        try FileManager.default.setAttributes(
            [.posixPermissions: 0o755], ofItemAtPath: directory.path(percentEncoded: false))
        let program = directory.appending(path: "jffs2").path(percentEncoded: false)
        try FileManager.default.copyItem(atPath: Program.jffs2, toPath: program)
        let port = lab.board["PTY"] ?? ""
        _ = try Program.run("chgrp", ["dialout", port]).checked()
        let output = try Program.run(
            "/usr/bin/setpriv",
            [
                "--reuid=65534", "--clear-groups", program, "acquire", port, "--yes", "--memory", "0+16",
                "--no-transcript",
                "-o", "/dev/shm/jffs2-nobody",
            ])
        #expect(output.status == 2)
        #expect(!FileManager.default.fileExists(atPath: "/dev/shm/jffs2-nobody.journal"))
        #expect(output.messages.contains("usermod -a -G dialout"), "\(output.messages)")
    }

    @Test func aPortInUseByAnotherRunIsBusy() throws {
        let flash = trappedFlash(size: 65_536)
        let lab = try SerialLab(flash: flash, line: ["--baud", "115200"])
        let process = try lab.beginAcquire("--flash", "0+65536")
        lab.waitForBlocks(1)
        let output = try Program.run(
            Program.jffs2, ["acquire", lab.port, "--yes", "--memory", "0+16", "-o", lab.image + "2"])
        kill(process.processIdentifier, SIGKILL)
        process.waitUntilExit()
        #expect(output.status == 2)
        #expect(output.messages.contains("busy"))
    }

    @Test func acquireWantsConsentBeforeItTypes() throws {
        let output = try Program.run(Program.jffs2, ["acquire", "/dev/ttyS0", "--memory", "0+16"])
        #expect(output.status == 64)
        #expect(output.messages.contains("--yes"))
    }
}
