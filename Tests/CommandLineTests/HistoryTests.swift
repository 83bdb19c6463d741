import Foundation
import JFFS2
import TestSupport
import Testing

/// `history`, `recover` and older states, on a flash that a kernel wrote and one with names that mean harm.
struct HistoryTests {
    private let directory: Scratch

    init() throws {
        directory = try Scratch()
        let flashes = try RecordedFlash.read("rename-8k.tar.xz")
        for name in ["rename-8k", "rename-8k.before-last"] {
            try directory.write("\(name).img", try #require(flashes.first { $0.name == name }).image)
        }
        try FileManager.default.copyItem(
            atPath: Checkout.path("TestImages/bad-names.jffs2"), toPath: directory("names"))
    }

    @Test func theVersionsOfAFileThatWasSavedByRenamingAreListed() throws {
        let text = try Tool.run("history", "rename-8k.img", "/etc/passwd", in: directory).checked().text
        #expect(text.contains("/home/etc/passwd (inode 7, deleted): 2 versions\n"))
        #expect(text.contains("renamed /etc/passwd.new to /etc/passwd (inode 8) in place of inode 7\n"))
        #expect(text.contains("/home/etc/passwd (inode 18): "))
        let unknown = try Tool.run("history", "rename-8k.img", "/nothing", in: directory)
        #expect(unknown.isOneLine(2, "/nothing"))
    }

    /// guest txt SEED 900 of Tests/KernelLab/histories/rename.sh: each deleted one is what `cat --file-version` writes.
    @Test func deletedFilesAreRecovered() throws {
        let output = try Tool.run("recover", "rename-8k.img", "-d", "found", "/etc/passwd", in: directory).checked()
        #expect(output.text.hasSuffix("found: 11 files recovered\n"))
        #expect(try directory.read("found/home/etc/passwd").count == 900)
        let oldest = try Tool.run("cat", "rename-8k.img", "--file-version", "2", "lost+found/inode-7", in: directory)
        #expect(try directory.read("found/home/etc/passwd.~1~") == oldest.checked().standardOutput)
        for command in [["cat", "rename-8k.img"], ["recover", "-d", "none", "rename-8k.img"]] {
            let never = try Tool.run(command + ["--file-version", "99", "lost+found/inode-7"], in: directory)
            #expect(never.isOneLine(2, "there is no version 99"))
        }
        let again = try Tool.run("recover", "rename-8k.img", "-d", "found", in: directory)
        #expect(again.isOneLine(2, "exists already"))
    }

    @Test func theTreeOfATimeIsListedAndUnpacked() throws {
        let then = try Tool.run("ls", "-R", "--at", "@1700000084", "rename-8k.img", in: directory).checked()
        #expect(then.messages.contains("warning: the tree of 2023-11-14 22:14:44 UTC, put together"))
        let names = { (text: String) in text.split(separator: "\n").compactMap { $0.split(separator: " ").last } }
        #expect(names(then.text) == names(try directory.listing("rename-8k.before-last.img")))
        _ = try Tool.run("unpack", "--at", "@1700000084", "rename-8k.img", "-d", "then", in: directory).checked()
        #expect(try directory.read("then/etc/passwd").count == 900)
        #expect(try Tool.run("ls", "--at", "yesterday", "rename-8k.img", in: directory).status == 64)
        #expect(try Tool.run("cat", "--at", "@1", "--file-version", "2", "names", "/x", in: directory).status == 64)
    }

    /// The file was written again after the clock had gone back: one line says so, whatever is asked for.
    @Test(arguments: ["ls --at @1500", "unpack -d then --at @1500", "history", "history --timeline", "history --json"])
    func aClockThatWentBackIsNamed(command: String) throws {
        var flash = FlashAssembler()
        flash.append(flash.inode(2, version: 1, isize: 0, time: 1000))
        flash.append(flash.dirent("a", 2, version: 1, time: 1000))
        flash.append(flash.inode(2, version: 2, isize: 3, data: Array("TRE".utf8), time: 30))
        flash.append(flash.inode(2, version: 3, isize: 4, data: Array("four".utf8), time: 2000))
        flash.finishBlock()
        try directory.write("clock", flash.bytes + [UInt8](repeating: 0xff, count: 3 * 16384))
        let output = try Tool.run(arguments(command) + ["clock"], in: directory)
        #expect(output.status == 0, "\(output.messages)")
        let lines = output.messages.split(separator: "\n").filter { $0.contains("the clock of the device went back") }
        #expect(lines.count == 1, "\(output.messages)")
        #expect(lines.first?.contains("(/a: 1970-01-01 00:16:40, then 1970-01-01 00:00:30 UTC)") == true)
    }

    @Test(arguments: ["history", "history --timeline", "history --csv", "history --body", "history --json"])
    func namesDoNoHarm(command: String) throws {
        for image in ["names", "rename-8k.img"] {
            let output = try Tool.run(arguments(command) + [image], in: directory)
            #expect(!output.standardOutput.isEmpty)
            #expect(output.standardOutput.allSatisfy { $0 >= 0x20 && $0 != 0x7f || $0 == 0x0a || $0 == 0x0d })
            #expect(output.text.unicodeScalars.allSatisfy { !(0x202a...0x202e).contains($0.value) })
            switch command {
            case "history --csv":
                // No field begins like a formula.
                let rows = output.text.split(separator: "\r\n")
                #expect(
                    rows.allSatisfy { row in row.split(separator: ",").allSatisfy { !"=+-@".contains($0.first ?? " ") }
                    })
            case "history --body":
                let lines = output.text.split(separator: "\n")
                #expect(lines.allSatisfy { $0.split(separator: "|", omittingEmptySubsequences: false).count == 11 })
            case "history --json":
                _ = try JSONSerialization.jsonObject(with: Data(output.standardOutput))
            default: break
            }
        }
    }

    private func arguments(_ command: String) -> [String] { command.split(separator: " ").map(String.init) }

    @Test func formsOfATimelineExcludeEachOther() throws {
        #expect(try Tool.run("history", "--csv", "--body", "names", in: directory).status == 64)
        #expect(try Tool.run("recover", "names", in: directory).status == 64)
    }

    /// Owners, modes and what no host takes are in the manifest, and in the archive.
    @Test func whatIsRecoveredKeepsItsMetadata() throws {
        _ = try Tool.run("recover", "rename-8k.img", "-d", "found", in: directory)
        let manifest = String(decoding: try directory.read("found.mtree"), as: UTF8.self)
        #expect(manifest.hasPrefix("#mtree"))
        let again = try Tool.run("recover", "rename-8k.img", "-d", "other", "--no-mtree", in: directory)
        #expect(try !directory.names.contains("other.mtree"), "\(again.messages)")
        _ = try Tool.run("recover", "rename-8k.img", "--tar", "found.tar", in: directory)
        let list = "find . ! -type d | sort"
        let names = try directory.shell("mkdir all; tar --no-same-owner -xf found.tar -C all; cd all; \(list)")
        let files = try directory.shell("cd found; \(list)")
        #expect(names == files && !names.isEmpty)
        let diff = try Tool.run("diff", "found.tar", "found", "--ignore", "times,owner", in: directory)
        #expect(diff.text.isEmpty, "\(diff.text)")
        #expect(try Tool.run("recover", "rename-8k.img", in: directory).status == 64)
    }

    @Test func nothingToRecoverIsNoFailure() throws {
        try directory.shell("mkdir root; echo text > root/file")
        _ = try Tool.run("repack", "-r", "root", "-l", "-e", "16K", "-p0x20000", "-o", "new", in: directory).checked()
        let output = try Tool.run("recover", "new", "-d", "none", in: directory)
        #expect(output.status == 0)
        #expect(output.messages.contains("nothing that was deleted or lost is left"))
        #expect(try !directory.names.contains("none"))
        #expect(try Tool.run("recover", "new", "-d", "none", "/nowhere", in: directory).isOneLine(2, "/nowhere"))
    }
}
