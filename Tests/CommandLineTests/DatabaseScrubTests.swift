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
