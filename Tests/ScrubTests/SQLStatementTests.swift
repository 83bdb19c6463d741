import Testing

@testable import Scrub

/// Passwords in statements of SQL, in all the ways to write a text there.
@Suite struct SQLStatementTests {
    @Test(arguments: [
        "INSERT INTO t (name, password) SELECT 'root', '«Kq7xvmZp29w»' FROM dual WHERE x='stays77a';",
        "INSERT INTO t (name, password) VALUES ('root', MD5('«Kq7xvmZp29w»')), ('x', NULL);",
        "INSERT INTO t (name, password) VALUES ('root', crypt('«Kq7xvmZp29w»', gen_salt('bf')));",
        "INSERT INTO t (name, password) VALUES (N'root', N'«Kq7xvmZp29w»');",
        "INSERT INTO t (name, password) VALUES ('root', E'«Kq7xvmZp29w»');",
        "INSERT INTO t (name, password) VALUES ('root', X'«4b713778766d5a»');",
        "INSERT INTO t (name, password) VALUES ('root', $$«Kq7xvmZp29w»$$);",
        "INSERT INTO t SET name='root', password=PASSWORD('«Kq7xvmZp29w»'), x='stays77a';",
        "INSERT INTO options VALUES (1,'mailserver_pass','«Kq7xvmZp29w»','yes');",
        "COPY public.t (id, name, password) FROM stdin;\n1\troot\t«Kq7xvmZp29w»\n2\tx\t\\N\n\\.\nselect 1;",
        "CREATE TABLE t (id int, password text);\nCOPY t FROM stdin;\n1\t«Kq7xvmZp29w»\n\\.\n",
        "update t set `password`='«Kq7xvmZp29w»' where name='stays77a';",
        "UPDATE t SET (name, password) = ('root', '«Kq7xvmZp29w»');",
        "ALTER USER 'root'@'localhost' IDENTIFIED WITH mysql_native_password BY '«Kq7xvmZp29w»';",
        "CREATE ROLE root LOGIN PASSWORD '«Kq7xvmZp29w»';", "create user root identified by «Kq7xvmZp29w»;",
        "GRANT ALL ON *.* TO 'root'@'%' IDENTIFIED BY '«Kq7xvmZp29w»' WITH GRANT OPTION;",
        "SET PASSWORD FOR 'root'@'localhost' = PASSWORD('«Kq7xvmZp29w»');", "PRAGMA key = '«Kq7xvmZp29w»';",
    ])
    func theValueGoesAndNothingElse(_ statement: String) throws {
        let (text, isSecret) = KindsOfSettingsTests.parts("-- dump\n\(statement)\nSELECT 1;\n")
        #expect(try KindsOfSettingsTests.gone(text, path: "opt/x.sql") == isSecret, "\(statement)")
    }

    @Test(arguments: [
        "INSERT INTO t (name, password) VALUES ('root', CONCAT('«Kq7xvm»', '«Zp29wa»'));",
        "DECLARE @id INT, @password NVARCHAR(50) = '«Kq7xvmZp29w»';", "SET @password = N'«Kq7xvmZp29w»';",
        "SELECT AES_DECRYPT(x, '«Kq7xvmZp29w»') FROM t;", "select pgp_sym_encrypt(x, '«Kq7xvmZp29w»', y);",
        "CREATE TABLE t (\n  id int,\n  name text DEFAULT 'a, b',\n  password text,\n  PRIMARY KEY (id)\n);\n"
            + "INSERT INTO t VALUES (1,'root','«Kq7xvmZp29w»'),(2,'x','«Rm4ktbLw81z»');",
    ])
    func theValueGoesAsItsPlaceSays(_ statement: String) throws {
        let (text, isSecret) = KindsOfSettingsTests.parts("-- dump\n\(statement)\nSELECT 1;\n")
        #expect(try KindsOfSettingsTests.gone(text, path: "opt/x.sql") == isSecret, "\(statement)")
    }

    /// Quotes, commas and what stands beside the value are none of it.
    @Test(arguments: [
        ("a.py", "cur.execute(\"UPDATE u SET password='«Kq7xvmZp29w»', note='stays77a' WHERE id=7\")\n"),
        ("b.py", "cur.execute('UPDATE u SET password=\\'«Kq7xvmZp29w»\\', note=\\'stays77a\\' WHERE id=7')\n"),
        ("a.js", "db.run('UPDATE u SET password=\"«Kq7xvmZp29w»\", note=\"stays77a\" WHERE id=7');\n"),
        ("a.php", "<?php q(\"UPDATE u SET passwd = '«Kq7xvmZp29w»', name = 'stays77a' WHERE id = 3\");\n"),
        ("a.c", "exec(db, \"UPDATE u SET password='«Kq7xvmZp29w»', note='stays77a', age=5\", 0, 0);\n"),
        ("a.json", "{\"q\":\"UPDATE u SET password='«Kq7xvmZp29w»', note='stays77a' WHERE id=7\",\"z\":\"y\"}\n"),
        ("a.sh", "#!/bin/sh\nmysql -e \"UPDATE u SET password='«Kq7xvmZp29w»', note='stays77a' WHERE id=7\"\n"),
        (
            "c.py",
            "db.execute(\"CREATE TABLE t (id INT, name TEXT, password TEXT)\")\n"
                + "db.execute(\"INSERT INTO t VALUES (1, 'root', '«Kq7xvmZp29w»')\")\n"
        ),
    ])
    func inAStringOfAProgram(_ name: String, _ marked: String) throws {
        let (text, isSecret) = KindsOfSettingsTests.parts(marked)
        #expect(try KindsOfSettingsTests.gone(text, path: "opt/\(name)") == isSecret, "\(name): \(marked)")
    }

    @Test(arguments: [
        "CREATE USER root IDENTIFIED BY '%s';", "ALTER TABLE t ADD COLUMN password VARCHAR(64) DEFAULT '';",
        "UPDATE t SET password = :password WHERE id = 77;", "INSERT INTO t (name, password) VALUES (?, ?);",
        "Create a password with 8 letters, as in by example77.",
    ])
    func otherStatementsStay(_ statement: String) throws {
        let text = Array("\(statement)\n".utf8)
        #expect(try !KindsOfSettingsTests.gone(text, path: "opt/x.sql").contains(true), "\(statement)")
    }
}
