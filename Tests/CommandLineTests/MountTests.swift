import Foundation
import TestSupport
import Testing

/// `jffs2 mount` through FUSE: what a kernel shows of it equals what `unpack` writes.
@Suite(.enabled(if: FUSE.isThere, "FUSE is not to be had here"), .serialized)
struct MountTests {
    private let directory: Scratch

    init() throws { directory = try Scratch() }

    private func image(_ name: String) -> String { Checkout.path("TestImages/\(name)") }

    /// Every input that `unpack` takes: swapped, of either byte order, with spare areas, lived in.
    @Test(arguments: [
        "sys_demo", "sys_demo.swapped", "home_demo", "good-big-endian.jffs2", "good-nand.jffs2",
        "lived-camera-16k.jffs2",
        "lived-links-beold-16k.jffs2", "lived-special-be-16k.jffs2", "lived-spare-area-16k.jffs2",
        "lived-xattrs-be-16k.jffs2",
        "lived-truncate-nand-16k.jffs2", "good-nothing-in-it.jffs2",
    ])
    func aMountedTreeIsTheUnpackedOne(name: String) throws {
        _ = try Tool.run("unpack", "--quiet", image(name), "-d", "u", in: directory).checked()
        let mounted = try MountPoint([image(name)], in: directory)
        #expect(mounted.said.text.contains("read-only; 'fusermount3 -u m' unmounts it"))
        #expect(try directory.seen("m") == directory.seen("u"))
        #expect(try directory.shell("find m -mindepth 1 | wc -l") == directory.shell("find u -mindepth 1 | wc -l"))
    }

    /// Compressed, in a uImage, in the middle of a file; of several file systems each in a folder of its own.
    @Test func layersArePeeledOffAsUnpackDoes() throws {
        try directory.shell(
            """
            cp \(image("home_demo")) home; cp \(image("lived-camera-16k.jffs2")) lived; gzip -k home
            \(Tool.path) uimage wrap -q -d home wrapped
            head -c 65536 /dev/zero >shifted; cat home >>shifted
            cp home several; truncate -s 262144 several; cat lived >>several
            """)
        _ = try Tool.run("unpack", "--quiet", "home", "-d", "u", in: directory).checked()
        let wanted = try directory.seen("u")
        for arguments in [["home.gz"], ["wrapped"], ["shifted"], ["shifted", "--offset", "64K"]] {
            let mounted = try MountPoint(arguments, in: directory)
            #expect(try directory.seen("m") == wanted, "\(arguments)")
            withExtendedLifetime(mounted) {}
        }
        _ = try Tool.run("unpack", "--quiet", "several", "-d", "each", in: directory)
        let mounted = try MountPoint(["several"], in: directory, name: "all")
        #expect(try directory.shell("ls all") == "1\n2\n")
        for number in 1...2 { #expect(try directory.seen("all/\(number)") == directory.seen("each-\(number)")) }
        let second = try MountPoint(["several", "--select", "2"], in: directory, name: "second")
        #expect(try directory.seen("second") == directory.seen("each-2"))
        withExtendedLifetime((mounted, second)) {}
    }

    @Test func randomReadsAreThoseOfTheUnpackedFile() throws {
        try directory.shell(
            """
            mkdir t; head -c 700000 /dev/urandom >t/noise; seq 300000 >t/text; head -c 1000000 /dev/zero >t/zeros
            cat t/noise t/text >t/mixed; truncate -s 3000000 t/mixed; cat t/noise >>t/mixed
            """)
        _ = try Tool.run("repack", "-r", "t", "-o", "image", "-l", "-e", "64K", "--quiet", in: directory).checked()
        let mounted = try MountPoint(["image"], in: directory)
        let text = try directory.shell(
            """
            python3 - <<'EOF'
            import mmap, os, random
            random.seed(7)
            files = [(name, os.open("m/" + name, os.O_RDONLY), open("t/" + name, "rb").read()) for name in sorted(os.listdir("t"))]
            for turn in range(4000):
                name, file, wanted = random.choice(files)
                if turn % 200 == 0:
                    os.posix_fadvise(file, 0, 0, os.POSIX_FADV_DONTNEED)
                at = random.randrange(len(wanted) + 10)
                size = random.choice([1, 10, 4095, 4096, 4097, 50000, 300000])
                assert os.pread(file, size, at) == wanted[at:at + size], (name, at, size)
            for name, file, wanted in files:
                with mmap.mmap(file, 0, access=mmap.ACCESS_READ) as mapped:
                    assert mapped[:] == wanted, name
                assert os.pread(file, 10, len(wanted)) == b""
            print("equal")
            EOF
            """)
        #expect(text == "equal\n")
        withExtendedLifetime(mounted) {}
    }

    @Test func holesStayHoles() throws {
        try directory.shell(
            "mkdir t; truncate -s 40000 t/holes; printf x | dd of=t/holes bs=1 seek=20480 conv=notrunc 2>/dev/null; : >t/empty"
        )
        _ = try Tool.run("repack", "-r", "t", "-o", "image", "-l", "-e", "64K", "--quiet", in: directory).checked()
        let mounted = try MountPoint(["image"], in: directory)
        let text = try directory.shell(
            """
            python3 - <<'EOF'
            import os
            file = os.open("m/holes", os.O_RDONLY)
            print(os.lseek(file, 0, os.SEEK_HOLE), os.lseek(file, 0, os.SEEK_DATA), os.lseek(file, 20480, os.SEEK_HOLE))
            print(os.fstat(file).st_blocks < 40000 // 512, os.pread(file, 3, 20479))
            EOF
            cp --sparse=auto m/holes copy; cmp copy t/holes; [ $(stat -c %b copy) -lt 78 ]; stat -c '%s %b' m/empty
            """)
        let lines = text.split(separator: "\n")
        #expect(lines == ["0 20480 24576", "True b'\\x00x\\x00'", "0 0"])
        withExtendedLifetime(mounted) {}
    }

    /// Those that the kernel showed, which are in the image's manifest.
    @Test func extendedAttributesAreThoseOfTheKernel() throws {
        let name = "lived-xattrs-be-16k.jffs2"
        let mounted = try MountPoint([image(name)], in: directory)
        let text = try directory.shell(
            """
            python3 - \(image(name)).json <<'EOF'
            import json, os, sys
            count = 0
            for path, entry in json.load(open(sys.argv[1]))["entries"].items():
                place = os.path.join("m", path)
                # What only root may see is not listed for others.
                wanted = {k: v for k, v in entry.get("xattrs", {}).items() if os.geteuid() == 0 or not k.startswith("trusted.")}
                names = os.listxattr(place, follow_symlinks=False)
                shown = {each: os.getxattr(place, each, follow_symlinks=False).hex() for each in names}
                assert shown == wanted, (path, shown, wanted)
                count += len(wanted)
            print(count > 3)
            EOF
            """)
        #expect(text == "True\n")
        withExtendedLifetime(mounted) {}
    }

    @Test func tenThousandFilesAreShown() throws {
        try directory.shell(
            """
            mkdir t && cd t && for d in $(seq 100); do mkdir d$d; for f in $(seq 99); do echo $d $f >d$d/f$f; done; done
            mkdir flat && cd flat && seq 10000 | xargs touch
            """)
        _ = try Tool.run("repack", "-r", "t", "-o", "image", "-l", "-e", "64K", "--quiet", in: directory).checked()
        let mounted = try MountPoint(["image"], in: directory)
        let sums =
            "find . -type f -size +0 | sort | xargs cat | sha256sum; ls -f flat | sort | sha256sum; find . | wc -l"
        #expect(try directory.shell("cd m; \(sums)") == directory.shell("cd t; \(sums)"))
        withExtendedLifetime(mounted) {}
    }

    /// A byte of one page is wrong: reading there is an error, all else is as it was.
    @Test func aDamagedPageIsAnErrorAndTheRestIsNot() throws {
        try directory.shell("mkdir t; head -c 200000 /dev/urandom >t/noise; echo good >t/other")
        _ = try Tool.run(
            "repack", "-r", "t", "-o", "image", "-l", "-e", "64K", "--quiet", "-m", "none", in: directory
        ).checked()
        var bytes = try directory.read("image")
        let noise = try directory.read("t/noise")
        let place = try #require(bytes.firstRange(of: noise[81_920 + 100..<81_920 + 132])).lowerBound
        bytes[place] ^= 0x10
        try directory.write("image", bytes)
        let mounted = try MountPoint(["image"], in: directory)
        #expect(mounted.said.messages.contains("wrong data CRC"))
        let text = try directory.shell(
            """
            python3 - <<'EOF'
            import errno, os
            file, wanted = os.open("m/noise", os.O_RDONLY), open("t/noise", "rb").read()
            bad = []
            for at in range(0, len(wanted), 4096):
                try:
                    assert os.pread(file, 4096, at) == wanted[at:at + 4096], at
                except OSError as error:
                    bad.append((at, error.errno == errno.EIO))
            print(bad, len(wanted))
            EOF
            cat m/other; ! cat m/noise >/dev/null 2>&1
            """)
        #expect(text == "[(81920, True)] 200000\ngood\n")
        withExtendedLifetime(mounted) {}
    }

    @Test(arguments: ["bad-names.jffs2", "bad-data-crc.jffs2", "bad-symlink-crc.jffs2", "bad-header-crc.jffs2"])
    func whatIsHostileIsShownAsUnpackWritesIt(name: String) throws {
        _ = try Tool.run("unpack", "--quiet", image(name), "-d", "u", in: directory)
        let mounted = try MountPoint([image(name)], in: directory)
        let names = "find . -mindepth 1 -printf '%P %y%m %l\\0' | sort -z | sha256sum"
        #expect(try directory.shell("cd m; \(names)") == directory.shell("cd u; \(names)"))
        if name.contains("names") {
            #expect(mounted.said.messages.contains("a name that no folder can hold; left out"))
        }
    }

    @Test func nothingCanBeWritten() throws {
        let mounted = try MountPoint([image("home_demo")], in: directory)
        let text = try directory.shell(
            "for c in 'touch m/x' 'mkdir m/y' 'rm -r m/.' 'chmod 0 m'; do $c 2>&1 || true; done")
        #expect(text.split(separator: "\n").count { $0.contains("Read-only file system") } >= 3)
        withExtendedLifetime(mounted) {}
    }
}

/// How a mount begins and ends, and what is in it besides the files of now.
@Suite(.enabled(if: FUSE.isThere, "FUSE is not to be had here"), .serialized)
struct MountLifeTests {
    private let directory: Scratch

    init() throws {
        directory = try Scratch()
        let flash = try #require(try RecordedFlash.read("rename-8k.tar.xz").first { $0.name == "rename-8k" })
        try directory.write("image", flash.image)
        try directory.shell("mkdir m")
    }

    /// Runs a script while the program serves in the foreground; `$pid` is its number.
    private func whileMounted(_ script: String) throws -> String {
        try directory.shell(
            """
            env --default-signal=INT,TERM,HUP \(Tool.path) mount -f image m >said & pid=$!
            for i in $(seq 400); do mountpoint -q m && break; sleep 0.05; done; mountpoint -q m
            \(script)
            """)
    }

    @Test(arguments: ["INT", "TERM", "HUP"])
    func aSignalUnmountsAndEndsWithStatusZero(signal: String) throws {
        let text = try whileMounted(
            "kill -\(signal) $pid; wait $pid; echo $?; mountpoint -q m || echo gone; ls -A m; cat said")
        #expect(text.hasPrefix("0\ngone\nm: image, read-only; Ctrl-C or 'fusermount3 -u m' unmounts it"))
    }

    @Test(arguments: ["INT", "TERM", "HUP"])
    func aSignalUnmountsInTheBackgroundToo(signal: String) throws {
        let text = try directory.shell(
            """
            env --default-signal=INT,TERM,HUP \(Tool.path) mount -q image "$PWD/m"; mountpoint -q m && echo there
            for process in /proc/[0-9]*; do
                [ "$(readlink $process/exe)" = "$(readlink -f \(Tool.path))" ] || continue
                tr '\\0' ' ' <$process/cmdline | grep -qF "$PWD/m" && kill -\(signal) ${process#/proc/}
            done
            for i in $(seq 400); do mountpoint -q m || break; sleep 0.05; done; mountpoint -q m || echo gone
            """)
        #expect(text == "there\ngone\n")
    }

    @Test func anUnknownOptionIsNamed() throws {
        let output = try Tool.run(["mount", "-o", "bogus", "image", "m"], in: directory)
        #expect(output.isOneLine(2, "-o bogus"), "\(output.messages)")
    }

    @Test func unmountingWhileBusySaysSoAndLazilyWorks() throws {
        let text = try whileMounted(
            """
            exec 9<m/home/etc/passwd
            fusermount3 -u m 2>&1 | grep -o busy; cat m/home/etc/passwd | wc -c
            fusermount3 -u -z m; mountpoint -q m || echo gone; cat <&9 | wc -c
            exec 9<&-; wait $pid; echo $?
            """)
        #expect(text == "busy\n900\ngone\n900\n0\n")
    }

    @Test func unmountingEndsTheProgramInTheBackgroundToo() throws {
        let text = try directory.shell(
            """
            \(Tool.path) mount -q image m; ls -d m/home; pgrep -f '^\(Tool.path) mount -q image m$' >pids; fusermount3 -u m
            for i in $(seq 200); do kill -0 $(cat pids) 2>/dev/null || break; sleep 0.05; done
            kill -0 $(cat pids) 2>/dev/null || echo ended; ls -A m
            """)
        #expect(text == "m/home\nended\n")
    }

    @Test func theStateOfATimeIsMounted() throws {
        _ = try Tool.run("unpack", "--quiet", "--at", "@1700000084", "image", "-d", "u", in: directory)
        let mounted = try MountPoint(["--at", "@1700000084", "image"], in: directory)
        #expect(try directory.seen("m") == directory.seen("u"))
        withExtendedLifetime(mounted) {}
    }

    /// What `recover --all-versions` gets out, under names with versions.
    @Test func earlierVersionsAreInTheFolderOfTheHistory() throws {
        _ = try Tool.run("recover", "--all-versions", "image", "-d", "found", in: directory)
        let mounted = try MountPoint(["--history", "image"], in: directory)
        let sums = { (folder: String) in
            try directory.shell("cd \(folder) && find . -type f -exec sha256sum {} + | cut -d' ' -f1 | sort")
        }
        #expect(try sums("m/.history") == sums("found"))
        let names = try directory.shell("ls m/.history/home/etc").split(separator: "\n")
        #expect(!names.isEmpty && names.allSatisfy { $0.contains("@") })
        let version = try Tool.run("cat", "image", "--file-version", "2", "lost+found/inode-7", in: directory).checked()
        #expect(try names.contains { try directory.read("m/.history/home/etc/\($0)") == version.standardOutput })
        #expect(try directory.shell("ls -A m | head -n 1") == ".history\n")
        withExtendedLifetime(mounted) {}
    }

    @Test func optionsAreHandedOn() throws {
        let mounted = try MountPoint(["-o", "allow_other,noatime", "image"], in: directory)
        let line = try directory.shell("grep ' \(mounted.path) ' /proc/mounts")
        for word in ["image ", " fuse.jffs2 ", "ro,", "nosuid,nodev", "noatime", "allow_other", "default_permissions"] {
            #expect(line.contains(word), "\(word)")
        }
        let wrong = try Tool.run("mount", "-o", "no-such-option", "image", "m", in: directory)
        #expect(wrong.isOneLine(2, "no-such-option"))
    }
}

/// What is refused, in one line that says what works instead.
struct MountRefusalTests {
    private let directory: Scratch

    init() throws {
        directory = try Scratch()
        try FileManager.default.copyItem(atPath: Checkout.path("TestImages/home_demo"), toPath: directory("image"))
        try directory.shell("mkdir m; chmod 755 .; cp \(Checkout.path("TestImages/good-big-endian.jffs2")) big")
    }

    @Test(arguments: [
        ("mount image", "Where to?"), ("mount image m --rw", "--rw goes with --kernel"),
        ("mount image m --copy c", "--copy goes with --kernel"),
        ("mount --kernel --history image m", "without --kernel"),
        ("mount -o rw image m", "--kernel --rw changes a copy"), ("mount --umount image m", "one operand"),
        ("mount --umount m --kernel", "no other option"), ("mount -f --kernel image m", "foreground"),
    ])
    func wrongUsageIsOneLine(arguments: String, part: String) throws {
        let output = try Tool.run(arguments.split(separator: " ").map(String.init), in: directory)
        #expect(output.isOneLine(64, part), "\(output.messages)")
    }

    @Test func whatIsMissingIsSaid() throws {
        let noFolder = try Tool.run("mount", "image", "nowhere", in: directory)
        #expect(noFolder.isOneLine(2, "mount: "), "\(noFolder.messages)")
        if FUSE.isThere { #expect(noFolder.messages.contains("nowhere: is no folder; make it first")) }
        #if os(Linux)
            let notMounted = try Tool.run("mount", "--umount", "m", in: directory)
            #expect(notMounted.isOneLine(2, "m: not mounted with --kernel", "fusermount3 -u m"))
            guard geteuid() == 0 else { return }
            let user = try directory.nobody("mount --kernel image m")
            #expect(user.isOneLine(2, "--kernel needs root; without the kernel: jffs2 mount image m"))
            let order = try Tool.run("mount", "--kernel", "big", "m", in: directory)
            #expect(order.isOneLine(2, "is big-endian", "'jffs2 repack --from big -l -o NEW' turns it round"))
        #endif
    }
}
