import Foundation
import TestSupport
import Testing

/// A system whose image was scrubbed still runs: no program, no library and no script of it was written into.
@Suite struct ScrubbedProgramTests {
    /// Whether there is a root file system of Debian packages: `make test` makes it.
    private static let debianRoot = ProcessInfo.processInfo.environment["JFFS2_DEBIAN_ROOT"]

    /// Runs programs of two trees with the libraries of each, and compares what they say of themselves. Prints how many said
    /// something, and the names of those that say something else.
    private static let comparison = #"""
        import glob, os, subprocess, sys
        def run(root, program):
            libraries = ":".join(sorted(set(map(os.path.dirname, glob.glob(root + "/**/lib/**/*.so*", recursive=True)))))
            for argument in ("--version", "--help", "-h"):
                try:
                    done = subprocess.run([root + "/" + program, argument], capture_output=True, timeout=20,
                        stdin=subprocess.DEVNULL, env={"LD_LIBRARY_PATH": libraries, "PATH": "/usr/bin:/bin", "LC_ALL": "C"})
                except (OSError, subprocess.TimeoutExpired): return None
                text = (done.stdout + done.stderr).replace(root.encode(), b"")
                if done.returncode == 0 and text: return text
        before, after = sys.argv[1:]
        count = 0
        for path in sorted(glob.glob(before + "/**/*bin/*", recursive=True)):
            program = os.path.relpath(path, before)
            if os.path.islink(path) or not os.access(path, os.X_OK) or count >= 80: continue
            said = run(before, program)
            if said is None: continue
            count += 1
            if run(after, program) != said: print("differs", program)
        print(count)
        """#

    @Test(.enabled(if: debianRoot != nil, "make test sets JFFS2_DEBIAN_ROOT"))
    func programsOfAScrubbedSystemSayWhatTheySaidBefore() throws {
        let directory = try Scratch()
        let root = try #require(Self.debianRoot)
        try #expect(
            Tool.run("repack", "-r", root, "-o", directory("image"), "-e", "0x10000", "--force").status == 0)
        _ = try Tool.run("scrub", directory("image"), "-o", directory("clean"))
        try #expect(Tool.run("unpack", "-q", directory("image"), "-d", directory("before")).status == 0)
        try #expect(Tool.run("unpack", "-q", directory("clean"), "-d", directory("after")).status == 0)
        let lines = try Program.run("python3", ["-c", Self.comparison, directory("before"), directory("after")])
            .checked().text.split(separator: "\n").map(String.init)
        #expect(lines.dropLast().isEmpty, "\(lines)")
        #expect(try #require(lines.last.flatMap { Int($0) }) >= 50)
    }
}
