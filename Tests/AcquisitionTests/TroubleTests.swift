import Foundation
import TestSupport
import Testing

/// What goes wrong with boards, ports and users.
@Suite struct TroubleTests {
    /// Every second `sf read` has one wrong bit, and RAM agrees with itself.
    @Test func flashThatReadsDifferently() throws {
        let flash = trappedFlash(size: 32_768)
        let lab = try SerialLab(flash: flash, board: ["--sf-bad", "2"])
        let output = try lab.acquire("--flash", "0+32768")
        #expect(output.status == 1)
        #expect(output.messages.contains("did not read the same"))
        #expect(lab.bytes == flash)
    }

    @Test func flashThatNeverReadsTheSame() throws {
        let lab = try SerialLab(flash: trappedFlash(size: 4096), board: ["--sf-bad", "1"])
        let output = try lab.acquire("--flash", "0+4096")
        #expect(output.status == 2)
        #expect(output.messages.contains("reads differently each time"))
        #expect(lab.bytes == nil)
    }

    /// Readings that do nothing, without a word: the pattern in RAM shows.
    @Test(arguments: [[], ["--hush", "--style", "2023"], ["--big-endian"], ["--no-crc32"]])
    func silentFailure(board: [String]) throws {
        let lab = try SerialLab(flash: trappedFlash(size: 20_000), board: ["--sf-silent", "1"] + board)
        let output = try lab.acquire("--flash", "5+19000")
        #expect(output.status == 2)
        #expect(output.messages.contains("left RAM as it was"), "\(output.messages)")
        #expect(lab.bytes == nil)
    }

    /// The first reading works, no other does: two that left RAM alone are not two that agree.
    @Test func silentFailureFromTheSecondOn() throws {
        let lab = try SerialLab(flash: trappedFlash(size: 4096), board: ["--sf-silent", "-1", "--style", "2010"])
        let output = try lab.acquire("--flash", "0+4096")
        #expect(output.status == 2)
        #expect(output.messages.contains("left RAM as it was"), "\(output.messages)")
        #expect(lab.bytes == nil)
    }

    @Test func silentFailureEverySecondTime() throws {
        let flash = trappedFlash(size: 20_000)
        let lab = try SerialLab(flash: flash, board: ["--sf-silent", "2"])
        let output = try lab.acquire("--flash", "0+20000")
        #expect(output.status == 1)
        #expect(output.messages.contains("failed 1 times"), "\(output.messages)")
        #expect(lab.bytes == flash)
    }

    /// Without mw nothing tells a reading that did nothing from one that read the same.
    @Test func noPattern() throws {
        let flash = trappedFlash(size: 4096)
        let lab = try SerialLab(flash: flash, board: ["--missing", "mw"])
        let output = try lab.acquire("--flash", "0+4096")
        #expect(output.status == 1)
        #expect(output.messages.contains("no mw"), "\(output.messages)")
        #expect(lab.bytes == flash)
    }

    @Test func killedAndResumed() throws {
        let flash = trappedFlash(size: 131_072)
        let lab = try SerialLab(flash: flash, board: ["--hush"], line: ["--baud", "400000"])
        var transferred = 0
        for _ in 0..<3 {
            let process = try lab.beginAcquire(
                ["--flash", "0+131072"] + (transferred > 0 ? ["--resume"] : []))
            Thread.sleep(forTimeInterval: 4)
            kill(process.processIdentifier, SIGKILL)
            process.waitUntilExit()
            transferred += 1
            #expect(lab.bytes == nil)
        }
        let output = try lab.acquire("--flash", "0+131072", "--resume")
        #expect(output.status == 0, "\(output.messages)")
        #expect(lab.bytes == flash)
        let offsets = lab.journal.filter { $0["event"] as? String == "block" }.compactMap { $0["offset"] as? Int }
        #expect(Set(offsets).count == offsets.count, "no verified block is transferred twice")
        #expect(offsets.count == 16)
    }

    @Test func interruptedCleanly() throws {
        let flash = trappedFlash(size: 65_536)
        let lab = try SerialLab(flash: flash, line: ["--baud", "300000"])
        let process = try lab.beginAcquire("--flash", "0+65536")
        Thread.sleep(forTimeInterval: 3.5)
        kill(process.processIdentifier, SIGINT)
        process.waitUntilExit()
        #expect(process.terminationStatus == 2)
        let output = try lab.acquire("--flash", "0+65536", "--resume")
        #expect(output.status == 0, "\(output.messages)")
        #expect(lab.bytes == flash)
    }

    @Test func resumeOfSomethingElse() throws {
        let lab = try SerialLab(flash: trappedFlash(size: 8192))
        #expect(try lab.acquire("--flash", "0+8192").status == 0)
        let other = try lab.acquire("--flash", "0+4096", "--resume")
        #expect(other.status == 2)
        #expect(other.messages.contains("is about 'sf 0x0+0x2000'"))
    }

    @Test func boardThatResets() throws {
        let flash = trappedFlash(size: 32_768)
        let lab = try SerialLab(
            flash: flash, board: ["--watchdog", "3", "--autoboot", "1"], line: ["--baud", "230400"])
        let output = try lab.acquire("--flash", "0+32768")
        #expect(output.status == 0, "\(output.messages)")
        #expect(lab.bytes == flash)
        #expect(output.messages.contains("reset"))
    }

    @Test func portThatVanishes() throws {
        let flash = trappedFlash(size: 32_768)
        let lab = try SerialLab(
            flash: flash, line: ["--fault", "disconnect@40000:1", "--fault", "disconnect@90000:0.5"])
        let output = try lab.acquire("--flash", "0+32768")
        #expect(output.status == 0, "\(output.messages)")
        #expect(lab.bytes == flash)
    }

    @Test func addressOutsideMemory() throws {
        let lab = try SerialLab(flash: trappedFlash(size: 4096), board: ["--autoboot", "1"])
        let output = try lab.acquire("--memory", "0x70000000+4096")
        #expect(output.status == 2)
        #expect(output.messages.contains("data abort") || output.messages.contains("reset"), "\(output.messages)")
        #expect(lab.bytes == nil)
    }

    @Test func portsThatDoNotWork() throws {
        func message(_ port: String) throws -> String {
            let output = try Program.run(
                SerialLab.program, ["acquire", port, "--yes", "--memory", "0+16", "--no-transcript"],
                in: FileManager.default.temporaryDirectory.path(percentEncoded: false))
            #expect(output.status == 2)
            return output.messages
        }
        #expect(try message("/dev/ttyNONE0").contains("--list"))
        #expect(try message("/dev/null").contains("no serial port"))
        #expect(try message("localhost:1").contains("cannot connect"))
        let lab = try SerialLab(flash: [0], board: ["--chatter", "0.3"])
        #expect(try message(lab.port).contains("no U-Boot prompt"))
    }

    @Test func silence() throws {
        let lab = try SerialLab(flash: [0], board: ["--chatter", "1000"])
        let output = try lab.acquire("--memory", "0+16")
        #expect(output.status == 2)
        #expect(output.messages.contains("nothing comes back"))
    }

    @Test func portThatIsBusy() throws {
        let flash = trappedFlash(size: 65_536)
        let lab = try SerialLab(flash: flash, line: ["--baud", "115200"])
        let process = try lab.beginAcquire("--flash", "0+65536")
        Thread.sleep(forTimeInterval: 2)
        let output = try Program.run(
            SerialLab.program, ["acquire", lab.port, "--yes", "--memory", "0+16", "-o", lab.image + "2"])
        kill(process.processIdentifier, SIGKILL)
        process.waitUntilExit()
        #expect(output.status == 2)
        #expect(output.messages.contains("busy"))
    }

    @Test func wantsConsent() throws {
        let output = try Program.run(SerialLab.program, ["acquire", "/dev/ttyS0", "--memory", "0+16"])
        #expect(output.status == 64)
        #expect(output.messages.contains("--yes"))
    }
}
