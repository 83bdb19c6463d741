import Foundation
import TestSupport
import Testing

/// Where a machine has too little of something, the end is quick, said, and leaves nothing behind.
@Suite struct ScarceResourceTests {
    private let image = Checkout.path("TestImages/sys_demo")

    @Test(arguments: ["help", "--version", "unpack --help", "help scrub"])
    func anAnswerThatCannotBeWrittenIsAnError(_ arguments: String) throws {
        for target in [">/dev/full", ">&-"] {
            let output = try Program.run("bash", ["-c", "\(Tool.path) \(arguments) \(target)"])
            #expect(output.status == 2, "\(arguments) \(target)")
            #expect(output.messages.contains("standard output: cannot write"), "\(output.messages)")
        }
        #expect(try Program.run("bash", ["-c", "\(Tool.path) \(arguments) | wc -c"]).text != "0\n")
    }

    @Test(arguments: [6, 7, 8, 9, 10, 12])
    func fewDescriptorsLeaveNoTemporaryFolder(_ count: Int) throws {
        let scratch = try Scratch()
        let output = try Program.run(
            "bash",
            [
                "-c",
                "mkdir here; (ulimit -n \(count); exec \(Tool.path) unpack \(image) -d here/out); e=$?; ls -A here; exit $e",
            ],
            in: scratch.path)
        if output.status == 0 { return }
        #expect(!output.text.contains(".tmp"), "\(output.text)")
        #expect(output.messages.contains("Too many open files"), "\(output.messages)")
    }

    #if !SANITIZER
        /// Swift's backtracer would stop the other threads first, and hang without memory.
        @Test func aFaultEndsTheProgramAtOnce() throws {
            let output = try Program.run(
                "bash",
                [
                    "-c",
                    "sleep 60 | timeout -k 1 20 \(Tool.path) info - & sleep 1; pkill -SEGV -x -P $(pgrep -n -x timeout) jffs2; wait $!",
                ])
            #expect(output.status == 139 || output.status == 128 + 11, "\(output.status)")
            #expect(!output.messages.contains("crashed"), "\(output.messages)")
        }
    #endif

    /// A part costs its image again and again: none is there twice, and no name is one that cannot be seen.
    @Test(arguments: [
        ("[image]\nfile = a\n[image]\nfile = b\n", "line 3: [image] is there twice"),
        ("[a]\nfile = x\n[b]\nfile = x\n", "[b] needs another name for its file than 'x'"),
        ("[a]\nfile = ..\n", "[a] needs another name for its file than '..'"),
        ("[a]\nfile = SHA256SUMS\n", "[a] needs another name for its file than 'SHA256SUMS'"),
        ("[a]\nfile = e\u{202e}x\n", "[a] needs another name for its file than"),
    ])
    func profilesWithOddPartsAreRefused(_ profile: String, reason: String) throws {
        let scratch = try Scratch()
        try scratch.write("profile", Array(profile.utf8))
        let output = try Tool.run("kit", "./profile", "a=\(image)", "-d", "kit", in: scratch)
        #expect(output.status == 2 || output.status == 64)
        #expect(output.messages.contains(reason), "\(output.messages)")
    }
}
