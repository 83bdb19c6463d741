import TestSupport
import Testing

/// What people type who come from other programs, or in a hurry: one line, the right status, the right next step.
struct WrongUsageTests {
    /// A command line, what it ends with, and what its line says.
    struct Usage: Sendable, CustomTestStringConvertible {
        let line: String
        let says: String
        let status: Int32

        init(_ line: String, says: String, status: Int32 = 64) {
            self.line = line
            self.says = says
            self.status = status
        }

        var testDescription: String { line }
    }

    private static let image = Checkout.path("TestImages/lived-camera-16k.jffs2")

    static let commands = [
        Usage("unpak a.jffs2", says: "there is no command 'unpak'; did you mean 'jffs2 unpack'?"),
        Usage("extract a.jffs2", says: "did you mean 'jffs2 unpack'?"),
        Usage("-x a.jffs2", says: "did you mean 'jffs2 unpack'?"),
        Usage("-d out a.jffs2", says: "did you mean 'jffs2 unpack'?"),
        Usage("x a.jffs2", says: "did you mean 'jffs2 unpack'?"),
        Usage("list a.jffs2", says: "did you mean 'jffs2 ls'?"),
        Usage("-l a.jffs2", says: "did you mean 'jffs2 ls'?"),
        Usage("create -r .", says: "did you mean 'jffs2 repack'?"),
        Usage("pack -r .", says: "did you mean 'jffs2 repack'?"),
        Usage("mkfs.jffs2 -r .", says: "did you mean 'jffs2 repack'?"),
        Usage("repak -r .", says: "did you mean 'jffs2 repack'?"),
        Usage("check a.jffs2", says: "did you mean 'jffs2 verify'?"),
        Usage("fsck a.jffs2", says: "did you mean 'jffs2 verify'?"),
        Usage("verfiy a.jffs2", says: "did you mean 'jffs2 verify'?"),
        Usage("clean a.jffs2", says: "did you mean 'jffs2 scrub'?"),
        Usage("jffs2dump a.jffs2", says: "did you mean 'jffs2 dump'?"),
        Usage("undelete a.jffs2", says: "did you mean 'jffs2 recover'?"),
        Usage("Info a.jffs2", says: "did you mean 'jffs2 info'?"),
        Usage("frobnicate a.jffs2", says: "'jffs2 --help' lists the commands"),
        Usage("a.jffs2", says: "'a.jffs2' is a file where a command is wanted; 'jffs2 info a.jffs2' says what it is"),
        Usage("help unpak", says: "help: there is no command 'unpak'; did you mean 'jffs2 unpack'?"),
        Usage("help uimage wrp", says: "did you mean 'jffs2 uimage wrap'?"),
        Usage("uimage wrp a.jffs2", says: "uimage: there is no command 'wrp'; did you mean 'jffs2 uimage wrap'?"),
        Usage("uimage a.jffs2", says: "'jffs2 uimage --help' lists the commands"),
    ]

    static let options = [
        Usage("unpack a.jffs2 --forec", says: "unpack: there is no option '--forec'; did you mean '--force'?"),
        Usage("unpack a.jffs2 --overwrite", says: "did you mean '--force'?"),
        Usage("unpack a.jffs2 -o out", says: "did you mean '--directory'?"),
        Usage("unpack a.jffs2 -C out", says: "did you mean '--directory'?"),
        Usage("unpack a.jffs2 --dest out", says: "did you mean '--directory'?"),
        Usage("unpack a.jffs2 --outdir=out", says: "did you mean '--directory'?"),
        Usage("unpack -l a.jffs2", says: "did you mean '--list'?"),
        Usage("unpack a.jffs2 --threads 2", says: "did you mean '--jobs'?"),
        Usage("unpack a.jffs2 --include etc", says: "did you mean '--only'?"),
        Usage("unpack a.jffs2 --skip 4", says: "did you mean '--offset'?"),
        Usage("unpack a.jffs2 --direct out", says: "did you mean '--directory'?"),
        Usage("ls a.jffs2 --xyzzy", says: "ls: there is no option '--xyzzy'; see 'jffs2 ls --help'"),
        Usage("ls a.jffs2 --recurse", says: "did you mean '--recursive'?"),
        Usage("dump a.jffs2 -e 64", says: "did you mean '--erase-size'?"),
        Usage("verify a.jffs2 --eraseblock=64", says: "did you mean '--erase-size'?"),
        Usage("verify a.jffs2 -b", says: "did you mean '--endian'?"),
        Usage("verify a.jffs2 --silent", says: "did you mean '--quiet'?"),
        Usage("scrub a.jffs2 -n", says: "did you mean '--dry-run'?"),
        Usage("scrub a.jffs2 --rm etc", says: "did you mean '--delete'?"),
        Usage("scrub a.jffs2 --inplace", says: "did you mean '--in-place'?"),
        Usage("repack -r . -o x --squsah", says: "did you mean '--squash'?"),
        Usage("kit some --swp", says: "did you mean '--swap'?"),
        Usage("uimage info --jsno a.jffs2", says: "uimage info: there is no option '--jsno'; did you mean '--json'?"),
        Usage("info a.jffs2 --quiet=1", says: "'--quiet' does not take any value"),
        Usage("find a.jffs2 -nam x", says: "find: there is no test '-nam'; see 'jffs2 find --help'"),
    ]

    static let values = [
        Usage("unpack", says: "unpack: IMAGE is missing; see 'jffs2 unpack --help'"),
        Usage("cat a.jffs2", says: "cat: PATHS… is missing; see 'jffs2 cat --help'"),
        Usage("diff a.jffs2", says: "diff: B is missing"),
        Usage("kit", says: "kit: PROFILE is missing"),
        Usage("scrub a.jffs2 -o", says: "-o needs a value: -o OUTPUT"),
        Usage("unpack a.jffs2 -d", says: "-d needs a value: -d DIR"),
        Usage("info a.jffs2 a.jffs2", says: "'a.jffs2' is one argument too many; see 'jffs2 info --help'"),
        Usage("scrub a.jffs2 --action redac -o x", says: "did you mean 'redact'?"),
        Usage("repack -r . -X zlb -o x", says: "did you mean 'zlib'?"),
        Usage("verify a.jffs2 --endian litle", says: "it takes 'little' and 'big'; did you mean 'little'?"),
        Usage("info a.jffs2 --erase-size 12x", says: "--erase-size: '12x' is no size; write bytes as 65536"),
        Usage("info a.jffs2 --swap 3", says: "--swap: '3' is no group size; write 2, 4 or 8"),
        Usage("info a.jffs2 --oob 3", says: "write page and spare size as 2048+64"),
        Usage("unpack a.jffs2 --jobs 0", says: "--jobs takes a number from 1 to 1024"),
        Usage("unpack a.jffs2 --jobs many", says: "--jobs: 'many' is no value for it"),
        Usage("unpack a.jffs2 --list --tar x.tar", says: "--list and --tar exclude each other"),
        Usage("unpack a.jffs2 --tar a.jffs2", says: "give another name for the output"),
        Usage("repack -o x", says: "Give one of -r DIR, --from IMAGE"),
        Usage("repack --from a.jffs2", says: "Give -o OUT"),
        Usage("repack --from a.jffs2 -o a.jffs2 --force", says: "is the input itself; --in-place changes it"),
        Usage("pad a.jffs2", says: "Give -o OUT, or -i to change a.jffs2 itself"),
        Usage("scrub a.jffs2", says: "Say what to do: --list, -o OUT"),
        Usage("unpack missing.jffs2", says: "unpack: missing.jffs2: cannot open", status: 2),
        Usage("unpack a.jffs2 ect", says: "a.jffs2: /ect: not in the image; did you mean /etc?", status: 2),
        Usage("cat a.jffs2 back.bin", says: "did you mean /etc/back.bin?", status: 2),
        Usage("cat a.jffs2 nothing", says: "'jffs2 ls -R' lists what is", status: 2),
        Usage("cat a.jffs2 etc", says: "/etc is no file but a folder; 'jffs2 ls' lists it", status: 2),
        Usage(
            "scrub a.jffs2 --delete /etc/*.no -o x", says: "--delete /etc/*.no: no file in the image matches", status: 2
        ),
        Usage("repack --from a.jffs2 --delete /*.no -o x", says: "no file in the image matches", status: 2),
    ]

    @Test(arguments: commands + options + values)
    func isOneLineThatSaysWhatToDo(usage: Usage) throws {
        let directory = try Scratch()
        try directory.shell("cp '\(Self.image)' a.jffs2")
        let output = try Tool.run(usage.line.split(separator: " ").map(String.init), in: directory)
        #expect(output.isOneLine(usage.status, usage.says), "\(output.status): \(output.messages)")
        #expect(output.text.isEmpty)
        #expect(try directory.names == ["a.jffs2"])
    }

    @Test func shortOptionsMayBeClusteredAndJoined() throws {
        let directory = try Scratch()
        try directory.shell("cp '\(Self.image)' a.jffs2")
        for line in ["unpack a.jffs2 -qdone", "unpack a.jffs2 -qd two", "unpack -fqdone a.jffs2"] {
            let output = try Tool.run(line.split(separator: " ").map(String.init), in: directory)
            #expect(output.status == 0 && output.text.isEmpty, "\(line): \(output.messages)")
        }
        #expect(try directory.names == ["a.jffs2", "one", "one.mtree", "two", "two.mtree"])
    }

    @Test func partsAreUnpackedListedAndPacked() throws {
        let directory = try Scratch()
        try directory.shell("cp '\(Self.image)' a.jffs2")
        let list = try Tool.run("unpack", "--list", "a.jffs2", "/etc/*.bin", in: directory).checked()
        #expect(list.text == "etc\netc/back.bin\n")
        _ = try Tool.run("unpack", "-q", "a.jffs2", "/etc/*.bin", "-d", "out", in: directory).checked()
        #expect(try directory.shell("find out -type f") == "out/etc/back.bin\n")
        #expect(try directory.read("out/etc/back.bin").count == 252)
        let all = try Tool.run("ls", "-R", "a.jffs2", in: directory).checked().text
        let starts: [(String, [UInt8])] = [
            ("x.tar.gz", [0x1f, 0x8b]), ("x.tgz", [0x1f, 0x8b]), ("x.tar.xz", [0xfd, 0x37]),
            ("x.tar.zst", [0x28, 0xb5]),
        ]
        for (name, start) in starts {
            _ = try Tool.run("unpack", "-q", "a.jffs2", "--tar", name, in: directory).checked()
            #expect(try directory.read(name).starts(with: start))
            _ = try Tool.run("repack", "--quiet", "--tar", name, "--force", "-o", "b.jffs2", in: directory).checked()
            #expect(try Tool.run("ls", "-R", "b.jffs2", in: directory).checked().text == all, "\(name)")
        }
    }

    @Test func anUnknownOptionIsNamedBeforeWhatIsMissing() throws {
        let directory = try Scratch()
        for line in ["repack -z", "sum -z", "pad --zap", "swap --zap"] {
            let output = try Tool.run(line.split(separator: " ").map(String.init), in: directory)
            #expect(output.isOneLine(64, "there is no option '-"), "\(line): \(output.messages)")
        }
    }

    #if os(Linux)
        @Test func binaryIsNotForATerminal() throws {
            let directory = try Scratch()
            try directory.shell("cp '\(Self.image)' a.jffs2")
            let line = "script -qec '\(Tool.path) cat a.jffs2 /etc/back.bin' /dev/null || echo status $?"
            let shown = try directory.shell(line)
            #expect(shown.contains("/etc/back.bin: binary, which is not for a terminal; redirect the output"))
            #expect(shown.hasSuffix("status 64\n"))
            #expect(
                try Tool.run("cat", "a.jffs2", "/etc/back.bin", in: directory).checked().standardOutput.count == 252)
        }
    #endif

    @Test(arguments: ["unpack", "repack", "ls", "scrub", "info", "verify", "history", "uimage", "acquire", "find"])
    func helpEndsWithExamples(command: String) throws {
        let help = try Tool.run(command, "--help").checked().text
        #expect(help.contains("\n\nEXAMPLES:\n  jffs2 \(command) "))
        #expect(try Tool.run("help", command).checked().text == help)
    }

    @Test func squashingIsSaid() throws {
        let directory = try Scratch()
        try directory.shell("cp '\(Self.image)' a.jffs2")
        let output = try Tool.run("repack", "--from", "a.jffs2", "-q", "-o", "b.jffs2", in: directory).checked()
        #expect(output.text.contains("a.jffs2: squashed (-q): root owns everything"))
    }
}
