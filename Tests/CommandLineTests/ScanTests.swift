import Foundation
import TestSupport
import Testing

/// `scan`: what it says of a file, that nothing ends it, and that all ways of doing it give the same lines.
@Suite struct ScanTests {
    private let scratch: Scratch

    init() throws { scratch = try Scratch() }

    /// A line of output.
    private struct Line: Decodable {
        struct Image: Decodable {
            struct Check: Decodable {
                var name: String
                var holds: Bool
            }
            struct Finding: Decodable { var code: String }
            var byteOrder: String
            var entryCounts: [String: Int]
            var findings: [Finding]
            var checks: [Check]
        }
        struct Rule: Decodable {
            var rule: String
            var secretKind: String
            var liveCount: Int
            var deadCount: Int
        }
        struct Trouble: Decodable {
            var message: String
            var exitStatus: Int
        }
        var file: String
        var fileBytes: [UInt8]?
        var fileSize: Int?
        var sha256: String?
        var format: String?
        var message: String?
        var damaged: Bool?
        var fileSystems: [Image]?
        var found: [Rule]?
        var secretCount: Int?
        var error: Trouble?
    }

    private func lines(_ output: Program.Output) throws -> [Line] {
        #expect(output.standardOutput.isEmpty || output.standardOutput.last == 0x0a)
        return try output.standardOutput.split(separator: 0x0a).map {
            try JSONDecoder().decode(Line.self, from: Data($0))
        }
    }

    private func scan(_ arguments: String..., input: String? = nil) throws -> Program.Output {
        try Program.run(
            Tool.path, ["scan"] + arguments, environment: ["LC_ALL": "C"], in: scratch.path,
            input: input.map { scratch($0) })
    }

    /// Puts a test image into the directory.
    private func copy(_ image: String, to name: String) throws {
        try scratch.write(name, [UInt8](Data(contentsOf: URL(filePath: Checkout.path("TestImages/\(image)")))))
    }

    /// The lines in any order.
    private func sorted(_ output: Program.Output) -> [String] {
        output.text.split(separator: "\n").map(String.init).sorted()
    }

    /// As `Scratch.shell`: this shell can wait where signals of children are blocked, as they are in threads of tests.
    @discardableResult
    private func bash(_ script: String) throws -> String {
        try Program.run("bash", ["-ec", script], environment: ["LC_ALL": "C"], in: scratch.path).checked().text
    }

    /// So many small images, some of them damaged, with secrets, or something else.
    private func makeImages(_ count: Int) throws {
        try scratch.shell(
            """
            mkdir root images; echo 'psk="swordfish77"' >root/wpa_supplicant.conf; seq 9000 >root/numbers
            mkfs.jffs2 -r root -o secret -l -e 16KiB; rm root/wpa_supplicant.conf
            mkfs.jffs2 -r root -o plain -b -e 16KiB; cp plain damaged
            printf '\\377\\000\\377' | dd of=damaged bs=1 seek=4000 conv=notrunc 2>/dev/null
            i=0; while [ $i -lt \(count) ]; do
                case $((i % 8)) in 0) cp secret images/$i;; 1) cp damaged images/$i;; 2) seq $i >images/$i;; *) cp plain images/$i;; esac
                i=$((i + 1))
            done
            """)
    }

    @Test func aLineHasWhatTheOtherCommandsSay() throws {
        try scratch.shell(
            "mkdir root; echo 'psk=\"swordfish77\"' >root/wpa_supplicant.conf; mkfs.jffs2 -r root -o image -b -e 16KiB -p"
        )
        let output = try scan("image")
        #expect(output.status == 1 && output.messages == "")
        let line = try #require(try lines(output).first)
        #expect(line.file == "image" && line.format == "jffs2" && line.damaged == false)
        #expect(try line.sha256 == scratch.shell("sha256sum image | cut -c 1-64 | tr -d '\\n'"))
        #expect(try line.fileSize == scratch.read("image").count)
        let image = try #require(line.fileSystems?.first)
        #expect(image.byteOrder == "big" && image.entryCounts["file"] == 1)
        #expect(image.checks.map(\.name).starts(with: ["checksums", "structure", "contents"]))
        let failed = image.checks.filter { !$0.holds }.map(\.name)
        #expect(failed == [])
        // The same findings as scrub has, by kind, and no value anywhere.
        let listed = try Tool.run("scrub", "--list", "--json", "image", in: scratch)
        struct Listed: Decodable {
            struct Finding: Decodable { var code: String }
            var findings: [Finding]
        }
        let findings = try JSONDecoder().decode(Listed.self, from: Data(listed.standardOutput)).findings
        #expect(line.secretCount == findings.count && findings.count > 0)
        let total = line.found?.reduce(0) { $0 + $1.liveCount + $1.deadCount }
        #expect(total == findings.count)
        let rules = Set(line.found?.map(\.rule) ?? [])
        #expect(rules == Set(findings.map(\.code)))
        #expect(!output.text.contains("swordfish"))
        // Without a search, the image is sound.
        let quick = try scan("--no-secrets", "image")
        #expect(quick.status == 0)
        #expect(try lines(quick).first?.secretCount == nil)
    }

    @Test func damageIsTold() throws {
        try copy("bad-data-crc.jffs2", to: "image")
        let output = try scan("--no-secrets", "image")
        #expect(output.status == 1)
        let line = try #require(try lines(output).first)
        #expect(line.damaged == true)
        #expect(line.fileSystems?.first?.findings.first?.code == "badDataCRC")
        #expect(line.fileSystems?.first?.checks.first { $0.name == "checksums" }?.holds == false)
    }

    @Test func whatIsNoJFFS2SaysWhatItIs() throws {
        try scratch.write("empty", [])
        try scratch.write("text", Array("nothing but a text\n".utf8))
        try scratch.write("zeros", [UInt8](repeating: 0, count: 10_000))
        try scratch.write("squash", Array("hsqs".utf8) + [UInt8](repeating: 7, count: 4000))
        try scratch.shell("echo a >a; echo b >b; tar -cf archive a b; gzip -c text >packed; head -c 20 packed >cut")
        let output = try scan("--jobs", "1", "empty", "text", "zeros", "squash", "archive", "packed", "cut")
        #expect(output.status == 0 && output.messages == "")
        let found = try lines(output)
        #expect(found.map(\.format) == ["empty", "text", "blank", "squashfs", "tar", "text", "text"])
        for line in found { #expect(line.message?.isEmpty == false && line.error == nil && line.fileSystems == nil) }
        #expect(found[5].message?.contains("gzip-compressed") == true)
        #expect(found[6].message?.contains("cut off") == true)
    }

    @Test func foldersAreWalkedAndSymlinksInThemAreNot() throws {
        try copy("good-rtime.jffs2", to: "image")
        try scratch.shell(
            """
            mkdir -p tree/a/b; cp image tree/a/b/one; cp image tree/z; ln -s .. tree/a/loop; ln -s ../image tree/link
            ln -s tree other; mkfifo tree/pipe; python3 -c 'import socket; socket.socket(socket.AF_UNIX).bind("tree/socket")'
            """)
        let walked = try scan("--jobs", "1", "--no-secrets", "tree")
        #expect(try walked.status == 0 && lines(walked).map(\.file) == ["tree/a/b/one", "tree/z"])
        // What is named itself is meant.
        let named = try scan("--jobs", "1", "--no-secrets", "tree/link", "other/")
        #expect(try named.status == 0 && lines(named).map(\.file) == ["tree/link", "other/a/b/one", "other/z"])
        // What is written is not looked at.
        let output = try scratch.shell(
            "\(Tool.path) scan --no-secrets --state tree/state tree >tree/output; wc -l <tree/output; ls tree/state")
        #expect(output.split(whereSeparator: \.isWhitespace) == ["2", "tree/state"])
    }

    @Test func hostileNamesStayWhole() throws {
        try copy("good-rtime.jffs2", to: "image")
        try scratch.shell(
            #"""
            mkdir tree; for name in 'a b' '-0' 'new
            line' '"quote"' '\134' "$(printf 'latin\344')" "$(printf 'esc\033[31m')"; do cp image "tree/$name"; done
            """#)
        let output = try scan("--jobs", "1", "--no-secrets", "tree")
        #expect(output.status == 0)
        let found = try lines(output)
        #expect(found.allSatisfy { $0.format == "jffs2" })
        #expect(
            Set(found.map(\.file)) == [
                "tree/a b", "tree/-0", "tree/new\nline", "tree/\"quote\"", "tree/\\134", "tree/latin\\344",
                "tree/esc\u{1b}[31m",
            ])
        #expect(!output.standardOutput.contains(0x1b))
        #expect(found.first { $0.fileBytes != nil }?.fileBytes == Array("tree/latin".utf8) + [0xe4])
        // The same by name, from a list with NULs, and as an argument.
        try scratch.shell("find tree -type f -print0 | sort -z >names")
        #expect(try sorted(scan("--no-secrets", "-0", "-", input: "names")) == sorted(output))
        #expect(try sorted(scan("--no-secrets", "-0", "--files-from", "names")) == sorted(output))
        let argument = try Program.run(
            "sh", ["-c", "exec \(Tool.path) scan --no-secrets tree/latin*"], in: scratch.path)
        #expect(try argument.status == 0 && lines(argument).first?.fileBytes?.last == 0xe4)
    }

    @Test func whatCannotBeReadIsALineAndStopsNothing() throws {
        try copy("good-rtime.jffs2", to: "image")
        try scratch.shell("mkfifo pipe; cp image secret; chmod 0 secret; mkdir closed; chmod 0 closed; chmod 755 .")
        let arguments = "scan --no-secrets --jobs 1 pipe secret closed nowhere /dev/zero image"
        let output =
            getuid() == 0
            ? try scratch.nobody(arguments)
            : try Tool.run(arguments.split(separator: " ").map(String.init), in: scratch)
        #expect(output.status == 2)
        let found = try lines(output)
        #expect(found.map(\.file) == ["pipe", "secret", "closed", "nowhere", "/dev/zero", "image"])
        #expect(found[0].error?.message.contains("FIFO") == true)
        #expect(found[1].error?.message.contains("Permission denied") == true)
        #expect(found[2].error?.message.contains("Permission denied") == true)
        #expect(found[3].error?.message.contains("No such file") == true)
        #expect(found[4].error?.message.contains("device") == true)
        #expect(found[5].format == "jffs2" && found[5].error == nil)
        #expect(output.messages.split(separator: "\n").count == 5)
        #expect(output.messages.hasPrefix("jffs2: scan: pipe: is a FIFO"))
    }

    @Test func whatTakesTooMuchIsGivenUpAndTheNextIsRead() throws {
        try copy("good-rtime.jffs2", to: "image")
        try scratch.shell("truncate -s 60M large; cp image after; truncate -s 2M image2")
        let memory = try scan("--jobs", "1", "--no-secrets", "--memory-limit", "64M", "image", "large", "after")
        #expect(memory.status == 2)
        let found = try lines(memory)
        #expect(found.map(\.file) == ["image", "large", "after"])
        #expect(found[1].error?.message.contains("--memory-limit") == true)
        #expect(found[0].format == "jffs2" && found[2].format == "jffs2")
        // With more, the same file is read; what was given up is done again when it may take more.
        let time = try scan("--jobs", "1", "--time-limit", "0.001", "--state", "state", "large", "large")
        #expect(try time.status == 2 && lines(time)[0].error?.message.contains("--time-limit") == true)
        let again = try scan("--jobs", "1", "--state", "state", "large")
        #expect(try again.status == 0 && lines(again)[0].format == "blank")
        let size = try scan("--max-input", "1M", "image2", "after")
        #expect(try size.status == 2 && lines(size).contains { $0.error?.message.contains("--max-input") == true })
    }

    @Test func allNumbersOfJobsGiveTheSameLines() throws {
        try makeImages(200)
        let one = try scan("--jobs", "1", "images")
        #expect(one.status == 1)
        #expect(try lines(one).map(\.file) == (0..<200).map { "images/\($0)" }.sorted())
        let four = try scan("--jobs", "4", "-v", "images")
        #expect(sorted(one).count == 200 && sorted(one) == sorted(four))
        #expect(four.messages == "jffs2: scan: 200 files: 175 JFFS2 (25 damaged, 25 with secrets), 25 of other kinds\n")
        // One after the other as names come, each whole: a line for a name, before the next name is there.
        let asked = try bash(
            """
            mkfifo names lines; \(Tool.path) scan --jobs 1 --no-secrets - <names >lines & exec 3>names 4<lines
            for i in 0 1 2; do echo images/$i >&3; read -r line <&4; echo "$line" | jq -r .file; done; exec 3>&-; wait
            """)
        #expect(asked == "images/0\nimages/1\nimages/2\n")
    }

    @Test func aScanThatWasKilledGoesOn() throws {
        try makeImages(120)
        let whole = try scan("images")
        // Killed at some time, again and again: what is done stays done.
        var counts: [Int] = []
        for _ in 0..<3 {
            try bash(
                """
                lines() { if [ -e state ]; then wc -l <state; else echo 0; fi; }
                before=$(lines); \(Tool.path) scan --jobs 2 --state state images >part & pid=$!
                for i in {1..3000}; do if [ $(lines) -ge $((before + 12)) ]; then break; fi; sleep 0.01; done
                kill -9 $pid; wait $pid || true
                """)
            counts.append(try scratch.read("state").count { $0 == 0x0a })
        }
        #expect(counts == counts.sorted() && counts[0] >= 12 && counts[2] < 121)
        // As if the power had gone within a line.
        try scratch.write("state", scratch.read("state") + Array("1234abcd 0123 6162 sound 1".utf8))
        let rest = try scan("--state", "state", "-v", "images")
        #expect(sorted(rest) == sorted(whole) && rest.status == 1)
        #expect(rest.messages.contains("\(counts[2] - 1) of them done before"))
        let lines = try scratch.read("state").count { $0 == 0x0a }
        #expect(lines == 121)
        // Nothing is left to do; what changed is done again, and only that.
        try scratch.shell("cp images/3 images/0; touch -d 2001-01-01 images/4")
        let changed = try scan("--state", "state", "-v", "images")
        #expect(changed.messages.contains("118 of them done before"))
        #expect(try sorted(changed) == sorted(scan("images")))
        // Other results are not taken for these.
        let other = try scan("--state", "state", "-v", "--no-secrets", "images")
        #expect(!other.messages.contains("done before"))
    }

    @Test func aStateIsUsedByOneScanAndNothingElseIsTakenForOne() throws {
        try makeImages(8)
        try scratch.write("precious", Array("something else\n".utf8))
        let foreign = try scan("--state", "precious", "images")
        #expect(foreign.isOneLine(3, "precious: holds no results of scan"))
        #expect(try scratch.read("precious") == Array("something else\n".utf8))
        let locked = try bash(
            """
            mkfifo names; \(Tool.path) scan --state state - <names >/dev/null & exec 3>names
            for i in {1..3000}; do if [ -s state ]; then break; fi; sleep 0.01; done
            \(Tool.path) scan --state state images 2>&1 >/dev/null || echo $?; exec 3>&-; wait
            """)
        #expect(locked == "jffs2: scan: state: another scan uses it; give each a file of its own\n3\n")
    }

    @Test func aDiskThatIsFullEndsItWithAStatusOfItsOwn() throws {
        try makeImages(8)
        let output = try Program.run(
            "sh", ["-c", "exec \(Tool.path) scan --no-secrets images >/dev/full"], in: scratch.path)
        #expect(output.isOneLine(3, "standard output: cannot write"))
    }

    /// GNU parallel, and an array of jobs, as the manual shows them.
    @Test func manyMachinesGiveTheSameLines() throws {
        try makeImages(60)
        try scratch.shell("find images -type f -print0 >names")
        let whole = try sorted(scan("images"))
        let environment = ["JFFS2": Tool.path, "BATCH": "7"]
        let parallel = try Program.run(
            Checkout.path("Packaging/cluster/parallel"), [], environment: environment, in: scratch.path,
            input: scratch("names")
        ).checked()
        #expect(sorted(parallel) == whole)
        for task in 4..<7 {
            let variables = [
                "SLURM_ARRAY_TASK_ID": "\(task)", "SLURM_ARRAY_TASK_MIN": "4", "SLURM_ARRAY_TASK_COUNT": "3",
            ]
            _ = try Program.run(
                "bash", [Checkout.path("Packaging/cluster/slurm"), "names", "results"],
                environment: environment.merging(variables) { $1 }, in: scratch.path
            ).checked()
        }
        let array = try scratch.shell("cat results/*.jsonl")
        #expect(array.split(separator: "\n").map(String.init).sorted() == whole)
    }
}
