import Foundation
import TestSupport
import Testing

/// From an image to a directory, through somebody's hands, and back to an image.
@Suite(.enabled(if: geteuid() == 0)) struct UnpackRepackTests {
    private let directory: Scratch

    init() throws {
        directory = try Scratch()
        try directory.shell(
            """
            chmod 777 .; mkdir -p root/dev root/etc root/bin
            mknod root/dev/console c 5 1; mknod root/dev/mtd b 31 3; mkfifo root/dev/pipe
            echo root > root/etc/passwd; echo pass > root/etc/back.bin; chmod 600 root/etc/back.bin
            head -c 50000 /dev/urandom > root/bin/busybox; ln root/bin/busybox root/bin/sh; ln -s busybox root/bin/ls
            chown 7:8 root/bin/busybox; chmod 4755 root/bin/busybox; chmod 555 root/etc; chown 3:4 root/etc
            find root -depth -exec touch -h -d @1111111111 {} +
            mkfs.jffs2 -r root -o image -b -e 16KiB -n -p
            chmod 644 image
            """)
    }

    @Test func withoutRootAndWithoutChangesNothingIsLost() throws {
        _ = try directory.nobody("unpack image").checked()
        let text = try directory.nobody("repack -r jffs2-root -o again").checked().text
        #expect(text.contains("jffs2-root.mtree: metadata used (9 as they were, 2 that the folder could not hold)"))
        #expect(text.contains("big-endian") && text.contains("16 KiB"))
        #expect(try directory.listing("again") == directory.listing("image"))
        // A second time, from what we wrote, to the byte.
        _ = try directory.nobody("unpack again -d second").checked()
        _ = try directory.nobody("repack -r second/ -o third").checked()
        #expect(try directory.read("third") == directory.read("again"))
    }

    @Test func theDirectoryWinsWhereItWasChanged() throws {
        _ = try directory.nobody("unpack image").checked()
        try directory.shell(
            """
            cd jffs2-root; printf other > etc/back.bin; chmod 640 etc/back.bin; rm etc/passwd; echo new > etc/new
            touch -d @1222222222 etc/back.bin etc/new etc; chmod 700 bin/busybox
            """)
        _ = try directory.nobody("repack -r jffs2-root -o again").checked()
        let before = try directory.listing("image").split(separator: "\n")
        let after = try directory.listing("again").split(separator: "\n")
        #expect(
            after.filter { !before.contains($0) }.map { $0.split(separator: " ").joined(separator: " ") } == [
                "-rws------ 2 7 8 50000 2005-03-18 01:58 bin/busybox", "-rws------ 2 7 8 50000 2005-03-18 01:58 bin/sh",
                "dr-xr-xr-x 2 3 4 0 2008-09-24 02:10 etc", "-rw-r----- 1 0 0 5 2008-09-24 02:10 etc/back.bin",
                "-rw-r--r-- 1 0 0 4 2008-09-24 02:10 etc/new",
            ])
        #expect(before.count == after.count)
    }

    @Test func aManifestCanBeIgnoredAndABadOneIsAnError() throws {
        _ = try directory.nobody("unpack image").checked()
        _ = try directory.nobody("repack -r jffs2-root -o plain --no-mtree -U").checked()
        #expect(try !directory.listing("plain").contains("console"))
        try directory.write("jffs2-root.mtree", Array("#mtree\n./a/../b type=file\n".utf8))
        let bad = try Tool.run("repack", "-r", "jffs2-root", "-o", "bad", in: directory)
        #expect(
            bad.isOneLine(2, "jffs2-root.mtree: /a/../b: an entry of a manifest cannot be called '..'", "--no-mtree"))
        #expect(try !directory.names.contains("bad"))
    }

    @Test func excludedPathsAreLeftOutAndTheDeviceTableAddsNodes() throws {
        try directory.write("table", Array("/dev/tty c 620 0 5 4 64 1 1 2\n/ d 711 9 9\n".utf8))
        _ = try Tool.run(
            "repack", "-r", "root", "-o", "out", "--exclude", "/bin", "--exclude", "m*", "-D", "table", in: directory
        )
        .checked()
        let list = try directory.listing("out")
        #expect(
            list.contains("4, 64 ") && list.contains("dev/tty2") && !list.contains("busybox") && !list.contains("mtd"))
        try directory.write("table", Array("/dev/tty c 620\n/none/x p 600\n".utf8))
        let bad = try Tool.run("repack", "-r", "root", "-o", "bad", "-D", "table", in: directory)
        #expect(bad.isOneLine(2, "table: line 2: /none/x: there is no folder /none"))
        #expect(try !directory.names.contains("bad"))
    }

    @Test func aTarOfAnImageLosesNothing() throws {
        _ = try directory.nobody("unpack image --tar out.tar").checked()
        _ = try directory.nobody("repack --tar out.tar -b -e 16KiB -n -o again").checked()
        #expect(try directory.listing("again") == directory.listing("image"))
        // Through a pipe, compressed, and only a part.
        try directory.shell("\(Tool.path) unpack image --tar - --only /dev | gzip > dev.tgz")
        #expect(try directory.shell("tar -tzf dev.tgz") == "./\n./dev/\n./dev/console\n./dev/mtd\n./dev/pipe\n")
        _ = try Tool.run("repack", "--tar", "dev.tgz", "-o", "dev", in: directory).checked()
        #expect(try directory.listing("dev").contains("31, 3"))
        let there = try Tool.run("unpack", "image", "--tar", "out.tar", in: directory)
        #expect(there.isOneLine(2, "out.tar: exists already; -f replaces it"))
        let bad = try Tool.run("repack", "--tar", "image", "-o", "bad", in: directory)
        #expect(bad.isOneLine(2, "image: Unrecognized archive format"))
        #expect(try Tool.run("repack", "--tar", "out.tar", "-r", "root", "-o", "bad", in: directory).status == 64)
        #expect(try !directory.names.contains("bad"))
    }
}
