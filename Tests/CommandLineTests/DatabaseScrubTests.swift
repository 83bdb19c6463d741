import Foundation
import TestSupport
import Testing

/// Databases of SQLite in an image are opened: their cells are settings, and deleted rows go.
@Suite struct DatabaseScrubTests {
    private static let maker = #"""
        import os, sqlite3, sys
        root, key = sys.argv[1], sys.argv[2]
        os.makedirs(root + "/etc")
        db = sqlite3.connect(root + "/etc/config.db")
        if sys.argv[3]: db.execute(sys.argv[3])
        db.execute("CREATE TABLE settings (name TEXT PRIMARY KEY, value TEXT) WITHOUT ROWID")
        db.execute("CREATE TABLE wifi (id INTEGER PRIMARY KEY, ssid TEXT, psk TEXT UNIQUE, pin INTEGER, raw BLOB)")
        db.execute("CREATE INDEX by_psk ON wifi (psk)")
        db.execute("CREATE TABLE pages (n INTEGER, body TEXT)")
        db.executemany("INSERT INTO settings VALUES (?, ?)", [
            ("admin_password", key), ("hostname", "camera"), ("mqtt", '{"host":"a.b","password":"' + key + '"}')])
        db.execute("INSERT INTO wifi VALUES (7, 'Garten-7C11', ?, 4711, ?)", (key, b"\0\1" + key.encode() + b"\0"))
        db.executemany("INSERT INTO pages VALUES (?, ?)", [(n, "text %d " % n * 40) for n in range(200)])
        db.execute("INSERT INTO wifi VALUES (8, 'Old-Flat-22', 'gestern-War-9-da', 1, NULL)")
        db.commit()
        db.execute("DELETE FROM wifi WHERE id = 8"); db.execute("DELETE FROM pages WHERE n > 50")
        db.commit(); db.close()
        """#

    private static let reader = #"""
        import sqlite3, sys
        db = sqlite3.connect("file:" + sys.argv[1] + "?immutable=1", uri=True)
        print(db.execute("PRAGMA integrity_check").fetchone()[0])
        for row in db.execute("SELECT * FROM settings ORDER BY name"): print(row)
        for row in db.execute("SELECT id, ssid, psk, pin, raw FROM wifi"): print(row)
        print(db.execute("SELECT count(*), sum(length(body)) FROM pages").fetchone())
        """#

    @Test(arguments: ["", "PRAGMA journal_mode=WAL", "PRAGMA encoding='UTF-16le'", "PRAGMA page_size=512"])
    func secretsInCellsAndDeletedRowsAreGoneAndTheRestIsReadAsBefore(_ pragma: String) throws {
        let directory = try Scratch()
        let key = "Zaun3-Koenig!"
        _ = try Program.run("python3", ["-c", Self.maker, directory("root"), key, pragma]).checked()
        let input = try Data(contentsOf: URL(filePath: directory("root/etc/config.db")))
        try #expect(Tool.run("repack", "-r", directory("root"), "-o", directory("image"), "-e", "0x10000").status == 0)
        let list = try Tool.run("scrub", "--list", directory("image"))
        #expect(list.status == 1 && !list.messages.contains("not searched"), "\(list.messages)")
        #expect(list.text.contains("/etc/config.db: table wifi, column psk at byte 0"))
        #expect(list.text.contains("database-deleted-rows") && !list.text.contains(key))
        let done = try Tool.run("scrub", directory("image"), "-o", directory("clean"))
        #expect(done.status == 0, "\(done.messages)")
        try #expect(Tool.run("unpack", directory("clean"), "-d", directory("out")).status == 0)
        let output = try Data(contentsOf: URL(filePath: directory("out/etc/config.db")))
        for value in [key, "Garten-7C11", "gestern-War-9-da", "Old-Flat-22", "text 199"] {
            for encoding in [String.Encoding.utf8, .utf16LittleEndian] {
                let bytes = try #require(value.data(using: encoding))
                #expect(output.range(of: bytes) == nil, "\(value)")
            }
        }
        #expect(output[16..<20] == input[16..<20])
        let text = try Program.run("python3", ["-c", Self.reader, directory("out/etc/config.db")]).checked().text
        let mask = String(repeating: "X", count: key.count)
        #expect(
            text == """
                ok
                ('admin_password', '\(mask)')
                ('hostname', 'camera')
                ('mqtt', '{"host":"a.b","password":"\(mask)"}')
                (7, 'XXXXXXXXXXX', '\(mask)', 0, b'\\x00\\x01\(mask)\\x00')
                (51, \(51 * 40 * 7 + 40 * 41))

                """, "\(text)")
    }

    @Test func aDatabaseWithoutSecretsAndDeletedRowsStaysToTheByte() throws {
        let directory = try Scratch()
        let script = #"""
            import os, sqlite3, sys
            os.makedirs(sys.argv[1]); db = sqlite3.connect(sys.argv[1] + "/x.db")
            db.execute("CREATE TABLE t (a INTEGER, b TEXT)"); db.execute("INSERT INTO t VALUES (1, 'nothing')")
            db.commit(); db.close()
            """#
        _ = try Program.run("python3", ["-c", script, directory("root")]).checked()
        try #expect(Tool.run("repack", "-r", directory("root"), "-o", directory("image"), "-e", "0x10000").status == 0)
        #expect(try Tool.run("scrub", "--list", directory("image")).status == 0)
        try #expect(Tool.run("scrub", directory("image"), "-o", directory("clean")).status == 0)
        let before = try Data(contentsOf: URL(filePath: directory("root/x.db")))
        #expect(try Tool.run("cat", directory("clean"), "/x.db").standardOutput == [UInt8](before))
    }

    /// Logs that were not yet written into their databases, journals of changes that came to no end, and such as stay with zeros
    /// in front: SQLite itself copied at that moment.
    private static let companionMaker = #"""
        import os, shutil, sqlite3, sys
        root = sys.argv[1]
        os.makedirs(root)
        def connect(pragmas):
            for end in ("", "-wal", "-shm", "-journal"):
                if os.path.exists(root + ".db" + end): os.remove(root + ".db" + end)
            db = sqlite3.connect(root + ".db", isolation_level=None)
            for pragma in pragmas: db.execute("PRAGMA " + pragma)
            db.execute("CREATE TABLE settings (name TEXT, value TEXT)")
            return db
        def copy(name, ends):
            for end in ends: shutil.copyfile(root + ".db" + end, root + "/" + name + ".db" + end)
        set_ = "UPDATE settings SET value = ? WHERE name = 'wifi_password'"
        for name, pragma in (("a", "page_size=4096"), ("b", "page_size=512"), ("u", "encoding='UTF-16le'")):
            db = connect((pragma, "journal_mode=wal", "wal_autocheckpoint=0"))
            db.execute("INSERT INTO settings VALUES ('wifi_password', 'first-Zaun3-old')")
            db.execute("PRAGMA wal_checkpoint(restart)")
            db.execute(set_, ("second-Kk9-mid",)); db.execute(set_, ("third-Qq7-new",))
            for n in range(40): db.execute("INSERT INTO settings VALUES (?, ?)", ("n%d" % n, "text %d" % n))
            copy(name, ("", "-wal", "-shm")); db.close()
        db = connect(("page_size=1024", "cache_size=2", "cache_spill=1"))
        db.execute("INSERT INTO settings VALUES ('wifi_password', 'first-Zaun3-old')")
        for n in range(300): db.execute("INSERT INTO settings VALUES (?, ?)", ("n%d" % n, "text %d" % n))
        db.execute("BEGIN"); db.execute(set_, ("second-Kk9-mid",))
        db.execute("UPDATE settings SET value = value || 'xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx' WHERE name LIKE 'n%'")
        copy("hot", ("", "-journal")); db.execute("ROLLBACK")
        db.execute("PRAGMA journal_mode=persist"); db.execute(set_, ("third-Qq7-new",))
        copy("kept", ("", "-journal")); db.close()
        """#

    private static let companionReader = #"""
        import glob, sqlite3, sys
        for path in sorted(glob.glob(sys.argv[1] + "/*.db")):
            db = sqlite3.connect(path)
            print(path.split("/")[-1], db.execute("PRAGMA integrity_check").fetchone()[0])
            for row in db.execute("SELECT * FROM settings ORDER BY name"): print(*row)
        """#

    @Test func logsAndJournalsAreReadWithTheirDatabasesAndEmptied() throws {
        let directory = try Scratch()
        _ = try Program.run("python3", ["-c", Self.companionMaker, directory("root")]).checked()
        try #expect(Tool.run("repack", "-r", directory("root"), "-o", directory("image"), "-e", "0x10000").status == 0)
        let list = try Tool.run("scrub", "--list", directory("image"))
        #expect(list.status == 1 && !list.messages.contains("not searched"), "\(list.messages)")
        let done = try Tool.run("scrub", directory("image"), "-o", directory("clean"))
        #expect(done.status == 0, "\(done.messages)")
        #expect(
            try Tool.run("scrub", directory("clean"), "--check", "--report", directory("clean.scrub.json")).status == 0)
        try #expect(Tool.run("unpack", directory("clean"), "-d", directory("out")).status == 0)
        for name in try FileManager.default.contentsOfDirectory(atPath: directory("out")) {
            let bytes = try Data(contentsOf: URL(filePath: directory("out/\(name)")))
            if name.hasSuffix("-wal") || name.hasSuffix("-journal") { #expect(bytes.isEmpty, "\(name)") }
            for value in ["first-Zaun3", "second-Kk9", "third-Qq7"] {
                for encoding in [String.Encoding.utf8, .utf16LittleEndian] {
                    #expect(bytes.range(of: try #require(value.data(using: encoding))) == nil, "\(name): \(value)")
                }
            }
        }
        // The reader closes what it opens, which changes the files that it reads: last.
        let before = try Program.run("python3", ["-c", Self.companionReader, directory("root")]).checked().text
        let after = try Program.run("python3", ["-c", Self.companionReader, directory("out")]).checked().text
        #expect(before.components(separatedBy: "wifi_password third-Qq7-new\n").count == 5)
        #expect(
            after
                == before.replacing("third-Qq7-new", with: String(repeating: "X", count: 13))
                .replacing("first-Zaun3-old", with: String(repeating: "X", count: 15)))
    }

    /// A log alone says nothing that can be read.
    @Test func aLogWithoutItsDatabaseIsNamed() throws {
        let directory = try Scratch()
        _ = try Program.run("python3", ["-c", Self.companionMaker, directory("root")]).checked()
        try FileManager.default.removeItem(atPath: directory("root/a.db"))
        try #expect(Tool.run("repack", "-r", directory("root"), "-o", directory("image"), "-e", "0x10000").status == 0)
        let list = try Tool.run("scrub", "--list", directory("image"))
        #expect(list.messages.contains("not searched: /a.db-wal is the log of a database"), "\(list.messages)")
    }

    /// A file that says it is one, and is damaged or locked by a password of its own.
    @Test func whatSQLiteCannotOpenIsNamed() throws {
        let directory = try Scratch()
        try FileManager.default.createDirectory(atPath: directory("root"), withIntermediateDirectories: true)
        var noise = LinearCongruence(state: 3)
        try directory.write("root/x.db", Array("SQLite format 3\0".utf8) + noise.bytes(8000))
        try #expect(Tool.run("repack", "-r", directory("root"), "-o", directory("image"), "-e", "0x10000").status == 0)
        let list = try Tool.run("scrub", "--list", directory("image"))
        #expect(
            list.status == 1 && list.messages.contains("not searched: /x.db is a database that"), "\(list.messages)")
    }
}
