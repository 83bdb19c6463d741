import Foundation
import TestSupport
import Testing

/// A secret that the user names is found, and goes, in whatever it is written in or packed into. Python makes the files, and
/// looks into what comes out.
@Suite struct EncodedSecretTests {
    private static let secret = #"Schnee&"w'ittchen ü7%Zwerge"#

    /// Text that holds the secret with some or all of its characters escaped.
    private static let texts = #"""
        import html, json, os, quopri, subprocess, sys, urllib.parse
        root, text = sys.argv[1], sys.argv[2]; data = text.encode()
        os.makedirs(root)
        def put(name, data): open(root + "/" + name, "wb").write(data if isinstance(data, bytes) else data.encode())
        def some(form): return "".join(form(c) if c > 126 or c in b'"&' else chr(c) for c in data)
        put("ascii.json", json.dumps({"k": text}))
        put("mixed.json", '{"k":"%s"}' % text.replace('"', '\\"').replace("&", "\\u0026"))
        put("twice.json", json.dumps(json.dumps({"k": text})))
        put("hex.c", 'k="%s"' % some(lambda c: "\\x%02x" % c))
        put("octal.c", 'k="%s"' % some(lambda c: "\\%03o" % c))
        put("mixed.xml", "<k>%s</k>" % text.replace("&", "&#38;").replace('"', "&quot;").replace("'", "&#x27;").replace("ü", "&uuml;"))
        put("json.xml", "<k>%s</k>" % html.escape(json.dumps({"k": text})))
        put("query", "k=" + urllib.parse.quote(text)); put("form", "k=" + urllib.parse.quote_plus(text))
        put("query.twice", "k=" + urllib.parse.quote(urllib.parse.quote(text)))
        put("rows.sql", "insert into x values('%s');" % text.replace("'", "''"))
        put("rows.csv", 'a,"%s",b' % text.replace('"', '""'))
        put("shell.sh", "k='%s'\n" % text.replace("'", "'\\''"))
        put("mail.eml", quopri.encodestring(b"x" * 60 + data))
        rows = b"some text before " + data + b" and behind it, and more"
        put("dump.txt", "".join("%08x  %s  |%s|\n" % (at, " ".join("%02x" % c for c in rows[at:at + 16]),
            "".join(chr(c) if 32 <= c < 127 else "." for c in rows[at:at + 16])) for at in range(0, len(rows), 16)))
        put("other.txt", 'nothing, 100% & "sure" \\n\n' * 5)
        """#

    @Test func escapedSecretsAreGoneHoweverTheyAreMixedAndTheTextKeepsItsLength() throws {
        let directory = try Scratch()
        _ = try Program.run("python3", ["-c", Self.texts, directory("root"), Self.secret]).checked()
        try scrub(directory)
        for name in try FileManager.default.contentsOfDirectory(atPath: directory("root")).sorted() {
            let before = try directory.read("root/\(name)")
            let after = try directory.read("out/\(name)")
            #expect(before.count == after.count, "\(name)")
            if name == "other.txt" {
                #expect(before == after)
                continue
            }
            // What no escape hides, and its digits in the dump.
            for part in ["Schnee", "ittchen", "Zwerge"] {
                let text = String(decoding: after, as: UTF8.self)
                #expect(!text.contains(part), "\(name): \(text)")
                let digits = Data(part.utf8).map { String(format: "%02x", $0) }
                #expect(!text.contains(digits.prefix(3).joined(separator: " ")), "\(name)")
            }
        }
    }

    /// Two encodings around one another, each with its way back: what comes out of scrub is decoded again.
    private static let chains = #"""
        import base64, bz2, gzip, json, os, quopri, re, sys, urllib.parse, zlib
        mode, root, secret = sys.argv[1], sys.argv[2], sys.argv[3].encode()
        def join(pieces): return b"".join(pieces)
        def numbers(form, base): return lambda text: bytes(int(digits, base) for digits in re.findall(form, text))
        forms = {
            "base64": (base64.b64encode, base64.b64decode), "lines": (base64.encodebytes, base64.b64decode),
            "url": (base64.urlsafe_b64encode, base64.urlsafe_b64decode), "base32": (base64.b32encode, base64.b32decode),
            "hex": (lambda x: x.hex().encode(), lambda y: bytes.fromhex(y.decode())),
            "list": (lambda x: b", ".join(b"0x%02x" % c for c in x), numbers(rb"0x(..)", 16)),
            "decimal": (lambda x: json.dumps(list(x)).encode(), numbers(rb"\d+", 10)),
            "octal": (lambda x: b" ".join(b"%03o" % c for c in x), numbers(rb"[0-7]+", 8)),
            "escapes": (lambda x: join(b"\\x%02x" % c for c in x), numbers(rb"x(..)", 16)),
            "percents": (lambda x: join(b"%%%02X" % c for c in x), urllib.parse.unquote_to_bytes),
            "mail": (lambda x: join(b"=%02X" % c for c in x), quopri.decodestring),
            "lua": (lambda x: join(b"\\%03d" % c for c in x), numbers(rb"\\(\d+)", 10)),
            "gzip": (lambda x: gzip.compress(x, mtime=0), gzip.decompress), "zlib": (zlib.compress, zlib.decompress),
            "wide": (lambda x: x.decode().encode("utf-16-le"), lambda y: y.decode("utf-16-le").encode())}
        for outer in forms:
            for inner in forms:
                path, lead, tail = f"{root}/{inner}.{outer}", b"value = ", b"\n; end\n"
                if outer in ("gzip", "zlib", "wide"): lead = tail = b""
                if (inner, outer) in (("gzip", "wide"), ("zlib", "wide")): continue
                if mode == "make":
                    os.makedirs(root, exist_ok=True)
                    text = forms[outer][0](forms[inner][0](b"some text, then " + secret + b" and more of it\n"))
                    open(path, "wb").write(lead + text + tail)
                    continue
                text = open(path, "rb").read()[len(lead):]
                state = "gone"
                try:
                    if secret in forms[inner][1](forms[outer][1](text[:len(text) - len(tail)])): state = "held"
                except Exception: pass
                print(state, f"{inner}.{outer}")
        """#

    @Test func secretsThatAreEncodedTwiceAreGone() throws {
        let directory = try Scratch()
        let secret = "Gar7en-Zaun/Tor+9x"
        func run(_ mode: String, _ root: String) throws -> String {
            try Program.run("python3", ["-c", Self.chains, mode, directory(root), secret]).checked().text
        }
        _ = try run("make", "root")
        let before = try run("look", "root").split(separator: "\n")
        #expect(before.count > 200 && before.allSatisfy { $0.hasPrefix("held") })
        try scrub(directory, secret: secret)
        #expect(try run("look", "out").split(separator: "\n").filter { !$0.hasPrefix("gone") } == [])
    }

    /// Streams somewhere in files, in text and in archives, and what archives say of their files.
    private static let streams = #"""
        import base64, bz2, gzip, io, lzma, os, sqlite3, sys, tarfile, zipfile, zlib
        root, text = sys.argv[1], sys.argv[2]; data = text.encode()
        os.makedirs(root)
        noise = bytes((7 * n * n + 3 * n) % 251 for n in range(60))
        def put(name, data): open(root + "/" + name, "wb").write(data)
        def tar(content, name="a", pax={}):
            out = io.BytesIO()
            with tarfile.open(fileobj=out, mode="w", format=tarfile.PAX_FORMAT) as archive:
                info = tarfile.TarInfo(name); info.size = len(content); info.pax_headers = pax
                archive.addfile(info, io.BytesIO(content))
            return out.getvalue()
        stream = gzip.compress(b"wifi\n" + data + b"\n" + noise, mtime=0)
        archive = io.BytesIO()
        with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as file: file.writestr("x.txt", data * 3)
        put("setup.sh", b"#!/bin/sh\ntail -n +4 $0 | tar xz\nexit\n" + gzip.compress(tar(data)))
        put("setup.exe", b"MZ" + bytes(200) + archive.getvalue())
        put("header.zlib", noise + zlib.compress(b"b" * 20 + data) + noise)
        put("header.xz", b"HDR0" + bytes(28) + lzma.compress(b"xz" + data) + b"tail")
        put("middle.xz", b"#!/bin/sh\nx\n" + lzma.compress(b"xz" + data) + b"\nexit 0\n")
        put("here.sh", b"base64 -d <<EOF | xz -d\n" + base64.encodebytes(lzma.compress(b"xz" + data * 3)) + b"EOF\nexit 0\n")
        put("header.bz2", b"HDR0" + bytes(28) + bz2.compress(b"bz" + data) + b"tail")
        put("backup.json", b'{"backup":"' + base64.b64encode(stream) + b'","other":"stays"}')
        put("php.json", b'{"backup":"' + base64.b64encode(stream + b"/" * 3 + b"\xff" * 9).replace(b"/", b"\\/") + b'"}')
        put("lines.txt", b"-----BEGIN X-----\n" + base64.encodebytes(stream) + b"-----END X-----\n")
        put("zlib.conf", b"data = " + base64.b64encode(zlib.compress(b"cccc" + data)) + b"\n")
        put("url.conf", b"data = " + base64.urlsafe_b64encode(stream) + b"\n")
        put("hex.conf", b"blob=" + stream.hex().encode() + b"\n")
        put("padded.gz", gzip.compress(b"nothing here at all") + bytes(512) + stream)
        put("name.tgz", gzip.compress(tar(b"x", "etc/" + text))); put("name.tar", tar(b"x", "etc/" + text))
        put("remark.txz", lzma.compress(tar(b"x", pax={"comment": text})))
        put("attribute.tbz", bz2.compress(tar(b"x", pax={"SCHILY.xattr.user.key": text})))
        put("behind.tgz", gzip.compress(tar(b"x") + bytes(512) + data))
        put("nested.tar", tar(stream, "x.gz")); put("deep.tgz", gzip.compress(tar(gzip.compress(tar(data)), "a.tgz")))
        database = sqlite3.connect(root + "/blobs.db")
        database.executescript("create table t(id integer primary key, b blob, k text); create index i on t(k) where id = 1")
        database.executemany("insert into t(b, k) values(?, ?)", [(stream, text), (zlib.compress(data * 2), "b"), (b"x", "c")])
        database.commit()
        put("other.bin", zlib.compress(noise) + gzip.compress(noise) + base64.b64encode(gzip.compress(noise)))
        """#

    /// Prints, for each file, whether anything of the secret is in it, in what it holds, or in what that holds.
    private static let finder = #"""
        import base64, bz2, io, lzma, os, re, sqlite3, sys, tarfile, zipfile, zlib
        def inside(data):
            found = []
            def attempt(action):
                try: found.append(action())
                except Exception: pass
            for at in range(len(data) - 4):
                rest = data[at:]
                if rest[:3] == b"\x1f\x8b\x08": attempt(lambda: zlib.decompressobj(31).decompress(rest))
                elif rest[0] == 0x78 and rest[1] in (1, 0x5e, 0x9c, 0xda): attempt(lambda: zlib.decompressobj().decompress(rest))
                elif rest[:3] == b"BZh": attempt(lambda: bz2.BZ2Decompressor().decompress(rest))
                elif rest[:6] == b"\xfd7zXZ\0": attempt(lambda: lzma.LZMADecompressor().decompress(rest))
            for part in (re.findall(rb"[A-Za-z0-9+/\n]{24,}={0,2}", data) + re.findall(rb"[A-Za-z0-9=_-]{24,}", data)
                    + re.findall(rb"(?<=\n)[A-Za-z0-9+/]{60,}\n[A-Za-z0-9+/\n]*={0,2}", data)):
                text = part.replace(b"\n", b"").replace(b"-", b"+").replace(b"_", b"/")
                attempt(lambda: base64.b64decode(text + b"==="))
            if b"\\/" in data: found.append(data.replace(b"\\/", b"/"))
            for part in re.findall(rb"[0-9a-f]{40,}", data): attempt(lambda: bytes.fromhex(part.decode()))
            if b"PK\3\4" in data:
                try: found += [zipfile.ZipFile(io.BytesIO(data)).read("x.txt")]
                except Exception: pass
            return found
        def holds(data, depth=0):
            return any(part in data for part in (b"Schnee", b"ittchen", b"Zwerge")) or depth < 4 and any(
                holds(part, depth + 1) for part in inside(data) if part)
        root = sys.argv[1]
        for name in sorted(os.listdir(root)):
            data = open(root + "/" + name, "rb").read()
            notes = ["held" if holds(data) else "gone"]
            if name.split(".")[1] in ("tgz", "tar", "txz", "tbz"): notes.append("%d" % len(tarfile.open(root + "/" + name).getnames()))
            if name.endswith(".db"):
                database = sqlite3.connect(root + "/" + name)
                notes += [database.execute("pragma integrity_check").fetchone()[0], str(database.execute("select count(*) from t").fetchone()[0])]
            print(name, *notes)
        """#

    @Test func packedSecretsAreGoneWhereverTheStreamStandsAndArchivesStillOpen() throws {
        let directory = try Scratch()
        _ = try Program.run("python3", ["-c", Self.streams, directory("root"), Self.secret]).checked()
        let before = try Program.run("python3", ["-c", Self.finder, directory("root")]).checked().text
        #expect(before.components(separatedBy: " held").count == 23, "\(before)")
        try scrub(directory)
        let after = try Program.run("python3", ["-c", Self.finder, directory("out")]).checked().text
        #expect(after == before.replacingOccurrences(of: " held", with: " gone"))
        #expect(try directory.read("out/other.bin") == directory.read("root/other.bin"))
        let backup = String(decoding: try directory.read("out/backup.json"), as: UTF8.self)
        #expect(backup.hasPrefix(#"{"backup":"WFhY"#) && backup.hasSuffix(#"","other":"stays"}"#))
    }

    /// Found by its rule in a stream, a value is looked for everywhere; a program keeps what rules find in its streams.
    @Test func valuesInStreamsAreFoundByRulesAndProgramsStayAsTheyAre() throws {
        let directory = try Scratch()
        let script = #"""
            import gzip, os, sys
            root = sys.argv[1]; os.makedirs(root)
            stream = gzip.compress(b"[wifi]\nwpa_passphrase=Apfel3-baum&17x\n", mtime=0)
            open(root + "/setup.bin", "wb").write(b"HDR1" + bytes(60) + stream + bytes(40))
            open(root + "/notes", "wb").write(b"he said Apfel3-baum&17x to me\n")
            open(root + "/program", "wb").write(b"\x7fELF" + bytes(60) + gzip.compress(b"psk=Birne7-baum&18y\n", mtime=0))
            """#
        _ = try Program.run("python3", ["-c", script, directory("root")]).checked()
        try pack(directory)
        let list = try Tool.run("scrub", "--list", directory("image"))
        #expect(list.status == 1 && list.text.contains("/setup.bin at byte 64"), "\(list.text)")
        #expect(!list.text.contains("Apfel3") && !list.text.contains("/program"))
        let done = try Tool.run("scrub", directory("image"), "-o", directory("clean"))
        #expect(done.status == 0, "\(done.messages)")
        try #expect(Tool.run("unpack", directory("clean"), "-d", directory("out")).status == 0)
        #expect(try directory.read("out/notes") == Array("he said XXXXXXXXXXXXXXX to me\n".utf8))
        #expect(try directory.read("out/program") == directory.read("root/program"))
        let setup = try directory.read("out/setup.bin")
        let input = try directory.read("root/setup.bin")
        #expect(setup.prefix(64) == input.prefix(64) && setup.suffix(40) == input.suffix(40))
        #expect(setup[64..<setup.count - 40].allSatisfy { $0 == 0x58 })
    }

    /// Deleted backups and rotated logs are unpacked, too.
    @Test func packedContentsOfDeletedFilesAreTakenOutOfAKeptLayout() throws {
        let directory = try Scratch()
        let script =
            "import gzip, os, sys; os.makedirs(sys.argv[1]); "
            + "open(sys.argv[1] + '/old.gz', 'wb').write(gzip.compress(b'wpa_passphrase=Apfel3-baum&17x\\n', mtime=0)); "
            + "open(sys.argv[1] + '/other', 'wb').write(b'stays')"
        _ = try Program.run("python3", ["-c", script, directory("root")]).checked()
        let packed = try directory.read("root/old.gz")
        try pack(directory)
        // A dirent without an inode takes the name away (jffs2.h of Linux); nothing is collected.
        let removal = #"""
            import struct, sys, zlib
            def crc(data): return zlib.crc32(data, 0xffffffff) ^ 0xffffffff
            image = open(sys.argv[1], "rb").read().rstrip(b"\xff")
            image += b"\xff" * (-len(image) % 4)
            name = b"old.gz"
            head = struct.pack("<HHI", 0x1985, 0xe001, 40 + len(name))
            head += struct.pack("<I", crc(head)) + struct.pack("<IIIIBB2s", 1, 100, 0, 5, len(name), 0, b"\0\0")
            node = head + struct.pack("<II", crc(head), crc(name)) + name
            open(sys.argv[2], "wb").write((image + node).ljust(0x10000, b"\xff"))
            """#
        _ = try Program.run("python3", ["-c", removal, directory("image"), directory("aged")]).checked()
        let aged = try directory.read("aged")
        try #require(Data(aged).range(of: Data(packed)) != nil)
        try #expect(!Tool.run("ls", directory("aged")).text.contains("old.gz"))
        let done = try Tool.run(
            "scrub", directory("aged"), "-o", directory("clean"), "--keep-layout", "--erase-size", "0x10000")
        #expect(done.status == 0, "\(done.messages)")
        #expect(Data(try directory.read("clean")).range(of: Data(packed.dropFirst(10))) == nil)
    }

    private func pack(_ directory: Scratch) throws {
        try #expect(Tool.run("repack", "-r", directory("root"), "-o", directory("image"), "-e", "0x10000").status == 0)
    }

    private func scrub(_ directory: Scratch, secret: String = secret) throws {
        try pack(directory)
        let done = try Tool.run(
            "scrub", directory("image"), "-o", directory("clean"), "--secret", secret)
        #expect(done.status == 0, "\(done.messages)")
        try #expect(Tool.run("unpack", directory("clean"), "-d", directory("out")).status == 0)
    }
}
