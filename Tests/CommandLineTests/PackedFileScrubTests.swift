import Foundation
import TestSupport
import Testing

/// Packed files in an image are looked into and packed again; what cannot be is named, and is not called clean.
@Suite struct PackedFileScrubTests {
    /// Packs settings in all forms, in each other too; `sums` has what must be the same afterwards.
    private static let maker = #"""
        import bz2, gzip, io, lzma, os, sys, tarfile, zipfile
        root, key = sys.argv[1], sys.argv[2].encode()
        os.makedirs(root + "/etc")
        wireless = b"config wifi-iface\n\toption ssid 'Garden-7C11'\n\toption encryption 'psk2'\n\toption key '" + key + b"'\n"
        def put(name, data): open(root + "/" + name, "wb").write(data)
        def tar(members, mode="w"):
            out = io.BytesIO()
            with tarfile.open(fileobj=out, mode=mode) as archive:
                for name, data in members:
                    info = tarfile.TarInfo(name); info.size = len(data); info.mode = 0o640; info.mtime = 86400
                    archive.addfile(info, io.BytesIO(data))
            return out.getvalue()
        members = [("./etc/config/wireless", wireless), ("./etc/hostname", b"camera\n")]
        put("sysupgrade.tgz", tar(members, "w:gz"))
        put("plain.tar", tar(members))
        put("nested.tar", tar([("inner.tgz", tar(members, "w:gz")), ("readme", b"keep me\n")]))
        put("hostapd.conf.1.gz", gzip.compress(b"interface=wlan0\nwpa_passphrase=" + key + b"\nchannel=6\n", mtime=0))
        put("hostapd.conf.2.xz", lzma.compress(b"interface=wlan0\nwpa_passphrase=" + key + b"\nchannel=6\n"))
        put("hostapd.conf.3.bz2", bz2.compress(b"interface=wlan0\nwpa_passphrase=" + key + b"\nchannel=6\n"))
        with zipfile.ZipFile(root + "/backup.zip", "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr("wireless", wireless); archive.writestr("hostname", "camera\n")
        put("clean.gz", gzip.compress(b"nothing to see here\n" * 40, mtime=0))
        """#

    /// Prints, for each packed file, what its members hold.
    private static let reader = #"""
        import bz2, gzip, io, lzma, sys, tarfile, zipfile
        root = sys.argv[1]
        def show(name, data):
            print(name, data.hex() if b"\0" in data else data.decode("latin-1").replace("\n", "|"))
        def tar(name, data):
            for member in tarfile.open(fileobj=io.BytesIO(data)):
                content = tarfile.open(fileobj=io.BytesIO(data)).extractfile(member).read()
                if member.name.endswith("tgz"): tar(name + "/" + member.name, content)
                else: show(name + "/" + member.name + " %o %d" % (member.mode, member.mtime), content)
        def data(name): return open(root + "/" + name, "rb").read()
        for name in ("sysupgrade.tgz", "plain.tar", "nested.tar"): tar(name, data(name))
        show("gz", gzip.decompress(data("hostapd.conf.1.gz")))
        show("xz", lzma.decompress(data("hostapd.conf.2.xz")))
        show("bz2", bz2.decompress(data("hostapd.conf.3.bz2")))
        with zipfile.ZipFile(root + "/backup.zip") as archive:
            assert archive.testzip() is None
            for name in archive.namelist(): show("zip/" + name, archive.read(name))
        show("clean", gzip.decompress(data("clean.gz"))[:20])
        """#

    private func python(_ script: String, _ arguments: String...) throws -> String {
        try Program.run("python3", ["-c", script] + arguments).checked().text
    }

    @Test func secretsInPackedFilesAreTakenOutAndEverythingElseInThemStays() throws {
        let directory = try Scratch()
        let key = "Apfel3-baum&17x"
        _ = try python(Self.maker, directory("root"), key)
        let before = try python(Self.reader, directory("root"))
        #expect(before.components(separatedBy: key).count == 8)
        try #expect(Tool.run("repack", "-r", directory("root"), "-o", directory("image"), "-e", "0x10000").status == 0)
        let list = try Tool.run("scrub", "--list", directory("image"))
        #expect(list.status == 1)
        #expect(!list.text.contains(key) && !list.messages.contains("not searched"))
        #expect(list.text.contains("/nested.tar: inner.tgz: etc/config/wireless at byte"))
        let done = try Tool.run("scrub", directory("image"), "-o", directory("clean"))
        #expect(done.status == 0, "\(done.messages)")
        try #expect(Tool.run("unpack", directory("clean"), "-d", directory("out")).status == 0)
        let after = try python(Self.reader, directory("out"))
        let mask = String(repeating: "X", count: key.count)
        #expect(
            after
                == before.replacingOccurrences(of: key, with: mask)
                .replacingOccurrences(of: "Garden-7C11", with: "XXXXXXXXXXX"))
        // What holds no secret is the same file, to the byte.
        let clean = try Data(contentsOf: URL(filePath: directory("root/clean.gz")))
        #expect(try Data(contentsOf: URL(filePath: directory("out/clean.gz"))) == clean)
        let check = try Tool.run(
            "scrub", "--check", directory("clean"), "--report", directory("clean.scrub.json"))
        #expect(check.status == 0)
    }

    /// In a file of its own, and in a flash beside the JFFS2.
    @Test(arguments: [true, false])
    func whatIsFoundInSquashFSIsNamedAndAnEmptyOneIsClean(_ isFile: Bool) throws {
        let directory = try Scratch()
        try directory.shell("mkdir -p root/etc clean/etc private/etc")
        try directory.write("root/etc/name", Array("camera\n".utf8))
        try directory.write("clean/etc/na me", Array("nothing here\n".utf8))
        try directory.write("private/etc/wpa supplicant.conf", Array("network={\n\tpsk=\"Gar7enZaun\"\n}\n".utf8))
        for (name, status) in [("clean", CInt(0)), ("private", 1)] {
            let squash = ["mksquashfs", directory(name), directory("\(name).sq")]
            _ = try Program.run(squash[0], Array(squash[1...]) + ["-quiet", "-no-progress", "-noappend"]).checked()
            let system = try directory.read("\(name).sq")
            if isFile { try directory.write("root/rom.sq", system) }
            _ = try Tool.run("repack", "-r", directory("root"), "-o", directory("image"), "-e", "0x10000", "--force")
            var flash = try directory.read("image")
            if !isFile {
                flash += [UInt8](repeating: 0xff, count: 0x20000 - flash.count % 0x20000) + system
            }
            try directory.write("flash", flash)
            let list = try Tool.run("scrub", "--list", directory("flash"), "--erase-size", "0x10000")
            #expect(list.status == status, "\(list.messages)")
            #expect(list.messages.contains("SquashFS") == (status == 1))
            #expect(list.messages.contains("in /etc/wpa supplicant.conf") == (status == 1), "\(list.messages)")
            #expect(!list.messages.contains("Gar7en"))
        }
    }

    /// Its blocks are streams like any other; one that is overwritten takes all files in it away.
    @Test func squashFSBehindAHeaderIsNamedAndNoByteOfItChanges() throws {
        let directory = try Scratch()
        try directory.shell("mkdir -p root private/etc")
        try directory.write("private/etc/other", Array(repeating: Array("harmless line\n".utf8), count: 400).joined())
        try directory.write("private/etc/wpa", Array("network={\n\tpsk=\"Gar7enZaun\"\n}\n".utf8))
        _ = try Program.run(
            "mksquashfs", [directory("private"), directory("sq"), "-quiet", "-no-progress", "-noappend"]
        ).checked()
        let system = Array("HDR0".utf8) + [UInt8](repeating: 7, count: 61) + (try directory.read("sq"))
        try directory.write("root/firmware.bin", system)
        try directory.write("root/wpa", Array("psk=\"Gar7enZaun\"\n".utf8))
        _ = try Tool.run("repack", "-r", directory("root"), "-o", directory("image"), "-e", "0x10000", "--force")
        let done = try Tool.run("scrub", directory("image"), "-o", directory("clean"), "--secret", "Gar7enZaun")
        #expect(done.status == 1)
        #expect(done.messages.contains("of /firmware.bin is a SquashFS file system"), "\(done.messages)")
        _ = try Tool.run("unpack", directory("clean"), "-d", directory("out"))
        #expect(try directory.read("out/firmware.bin") == system)
        #expect(try !String(decoding: directory.read("out/wpa"), as: UTF8.self).contains("Gar7en"))
    }

    /// What nobody can look into: its first bytes, and how the program names it.
    static let closed: [(name: String, head: [UInt8], word: String)] = [
        ("backup.enc", Array("Salted__\u{1}\u{2}\u{3}\u{4}\u{5}\u{6}\u{7}\u{8}".utf8), "is encrypted"),
        ("mail.asc", Array("-----BEGIN PGP MESSAGE-----\n\n".utf8), "is encrypted"),
        ("root.squashfs", Array("hsqs".utf8), "is a SquashFS file system, and unsquashfs"),
        ("root.romfs", Array("-rom1fs-".utf8), "is a file system of its own"),
        ("cut.gz", [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3, 0x4b], "cut.gz"),
        ("cut.7z", [0x37, 0x7a, 0xbc, 0xaf, 0x27, 0x1c, 0, 4], "cut.7z"),
    ]

    @Test(arguments: closed)
    func whatCannotBeSearchedIsNamedAndIsNotCalledClean(_ name: String, _ head: [UInt8], _ word: String) throws {
        let directory = try Scratch()
        try FileManager.default.createDirectory(atPath: directory("root"), withIntermediateDirectories: true)
        var noise = LinearCongruence(state: 7)
        try directory.write("root/" + name, head + noise.bytes(3000))
        try #expect(Tool.run("repack", "-r", directory("root"), "-o", directory("image"), "-e", "0x10000").status == 0)
        let list = try Tool.run("scrub", "--list", directory("image"))
        #expect(list.status == 1)
        #expect(list.messages.contains("not searched: /\(name)") && list.messages.contains(word), "\(list.messages)")
        #expect(!list.text.contains("nothing found\n"))
        let done = try Tool.run("scrub", directory("image"), "-o", directory("clean"))
        #expect(done.status == 1)
        #expect(done.messages.contains("not searched: /\(name)"))
        #expect(!done.text.contains("nothing found in it"))
        let report = String(decoding: try directory.read("clean.scrub.json"), as: UTF8.self)
        #expect(report.contains(name))
    }

    /// Parts of the file that were not selected, and nodes that belong to no file system that was read.
    @Test func partsThatWereNotSelectedAreNamedAndAreNotCalledClean() throws {
        let directory = try Scratch()
        let image = try Data(contentsOf: URL(filePath: Checkout.path("TestImages/home_demo")))
        let other = try Data(contentsOf: URL(filePath: Checkout.path("TestImages/sys_demo")))
        try directory.write("flash", other + image)
        let done = try Tool.run(
            "scrub", directory("flash"), "-o", directory("clean"), "--offset", "\(other.count)", "--length",
            "\(image.count)")
        #expect(done.status == 1)
        #expect(done.messages.contains("from 0x0 to 0x\(String(other.count, radix: 16)) was not selected"))
    }

    /// Names of members are UTF-8, of an older character set, or marked as UTF-8 without being it.
    @Test func namesOfMembersMayBeOfAnyCharacterSet() throws {
        let directory = try Scratch()
        let maker = #"""
            import os, sys, zipfile
            os.makedirs(sys.argv[1])
            content = b"wpa_passphrase=" + sys.argv[2].encode() + b"\nchannel=6\n"
            def put(name, members, old=b"", new=b""):
                with zipfile.ZipFile(f"{sys.argv[1]}/{name}", "w", zipfile.ZIP_DEFLATED) as archive:
                    for member in members: archive.writestr(member, content)
                data = open(f"{sys.argv[1]}/{name}", "rb").read()
                open(f"{sys.argv[1]}/{name}", "wb").write(data.replace(old, new) if old else data)
            put("utf8.zip", ["etc/\u00fc.conf", "\u65e5\u672c/\u8a9e.conf", "plain.conf"])
            put("older.zip", ["etc/QQ.conf"], b"QQ", b"\xfcx")
            put("wrong.zip", ["etc/\u00fc.conf"], "\u00fc".encode(), b"\xff\xfe")
            """#
        let reader = #"""
            import sys, zipfile
            for name in ("utf8.zip", "older.zip"):
                for each in zipfile.ZipFile(f"{sys.argv[1]}/{name}").infolist():
                    print(name, ascii(each.filename), bool(each.flag_bits & 0x800), zipfile.ZipFile(f"{sys.argv[1]}/{name}").read(each))
            """#
        let key = "Apfel3-baum&17x"
        _ = try python(maker, directory("root"), key)
        let before = try python(reader, directory("root"))
        try #expect(Tool.run("repack", "-r", directory("root"), "-o", directory("image"), "-e", "0x10000").status == 0)
        #expect(try Tool.run("scrub", directory("image"), "-o", directory("clean")).status == 0)
        try #expect(Tool.run("unpack", directory("clean"), "-d", directory("out")).status == 0)
        let after = try python(reader, directory("out"))
        #expect(before.contains(#"'etc/\xfc.conf' True"#) && before.contains(#"'etc/\u207fx.conf' False"#))
        #expect(after == before.replacingOccurrences(of: key, with: String(repeating: "X", count: key.count)))
        // No name can be written for this one.
        #expect(try directory.read("out/wrong.zip") == [])
        #expect(
            try Tool.run("repack", "--from", directory("root/utf8.zip"), "-o", directory("x")).messages.contains(
                "etc/ü.conf"))
    }
}
