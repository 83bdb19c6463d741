import Testing

@testable import Scrub

/// A value ends where its syntax ends it: nothing before or behind it goes. « and » stand around it.
@Suite struct ValueEndTests {
    @Test(arguments: [
        (
            "bin/a.sh",
            "#!/bin/sh\nPASSWORD=${password:-'«Kq7xvmZp29w»'}\nPASSWORD=\"${PASSWORD:-«Kq7xvmZp29w»}\"\necho x\n"
        ),
        ("bin/b.sh", "#!/bin/sh\n(echo «Kq7xvmZp29w»; echo «Kq7xvmZp29w») | passwd root\n"),
        ("bin/c.sh", "#!/bin/sh\n(echo '«Kq7xvmZp29w»'; sleep 1; echo '«Kq7xvmZp29w»') | passwd\n"),
        ("bin/d.sh", "#!/bin/sh\necho password=«Kq7xvmZp29w»>/tmp/f\necho \"password=«Kq7xvmZp29w»\" >> /tmp/f\n"),
        ("bin/e.sh", "#!/bin/sh\nmount -t cifs //s/x /m -o password=«Kq7xvmZp29w»,vers=3\n"),
        ("bin/f.sh", "#!/bin/sh\nmount -t cifs //s/x /m -o vers=3,username=root,password=«Kq7xvmZp29w» /y\n"),
        ("bin/g.sh", "#!/bin/sh\nmount.cifs //s/x /m -o pass=«Kq7xvmZp29w»,rw,uid=0\n"),
        (
            "bin/h.sh",
            "#!/bin/sh\ncurl --user 'admin:«Kq7xvmZp29w»' -o /x http://h\ncurl -u \"admin:«Kq7xvmZp29w»\" http://h\n"
        ),
        ("bin/i.sh", "#!/bin/sh\nPASSWORD='«Kq7xvmZp29w»' ./run --x\nexport PASSWORD='«Kq7xvmZp29w»'; ls\n"),
        ("etc/fstab", "//srv/x /mnt cifs username=root,password=«Kq7xvmZp29w»,vers=3 0 0\n"),
        ("etc/a.toml", "passwords = [\"«Kq7xvmZp29w»\", \"«Zw8tYn41c»\"]\nname = \"stays\"\n"),
        (
            "etc/b.toml",
            "[db]\npassword = \"«Kq7xvmZp29w»\" # x\nx = { password = \"«Kq7xvmZp29w»\", stays = \"yes\" }\n"
        ),
        ("src/Makefile", "WIFI_PASSWORD := «Kq7xvmZp29w»\\\n  «Zw8tYn41c»\nall:\n\techo x\n"),
        ("etc/a.yaml", "wifi:\n  password: «Kq7xvmZp29w»\n    «Zw8tYn41c»\n  stays: yes\n"),
        ("etc/b.yaml", "wifi:\n  password:\n    «Kq7xvmZp29w»\n  stays: yes\n"),
        ("etc/c.yaml", "wifi:\n  password: \"«Kq7xvmZp29w»\n    «Zw8tYn41c»\"\n  stays: yes\n"),
        ("etc/d.yaml", "wifi:\n  password: |\n    «Kq7xvmZp29w»\n  other: stays\n"),
        ("src/CMakeLists.txt", "set(WIFI_PASSWORD \"«Kq7xvmZp29w»\")\nmessage(STATUS stays)\n"),
        ("src/a.rs", "const PASSWORD: &str = \"«Kq7xvmZp29w»\";\nstatic PSK: &'static str = \"«Kq7xvmZp29w»\";\n"),
        ("etc/a.tf", "variable \"db_password\" {\n  default = \"«Kq7xvmZp29w»\"\n}\nx = \"stays\"\n"),
        ("www/a.html", "<input value=\"«Kq7xvmZp29w»\" type=\"password\"><input name=\"stays\" value=\"yes\">\n"),
        ("etc/a.bat", "net use \\\\srv\\x /user:admin «Kq7xvmZp29w»\r\necho stays\r\n"),
        ("etc/b.bat", "net use Z: \\\\h\\s «Kq7xvmZp29w» /user:admin\r\nnet use \\\\h /user:root\r\nnet use x\r\n"),
        ("etc/c.bat", "set \"PASSWORD=«Kq7xvmZp29w»\"\r\necho stays\r\n"),
        ("bin/j.sh", "#!/bin/sh\nopenssl enc -aes-256-cbc -pass pass:«Kq7xvmZp29w» -in stays\n"),
        ("bin/k.sh", "#!/bin/sh\nprintf '«Kq7xvmZp29w»\\n«Zw8tYn41c»\\n' | passwd root\n"),
        ("bin/l.sh", "#!/bin/sh\npasswd root <<< \"«Kq7xvmZp29w»\"\nchpasswd <<EOF\nroot:«Zw8tYn41c»\nEOF\n"),
        ("etc/c.toml", "cmd = \"mysqldump --password=«Kq7xvmZp29w» stays\"\n"),
        ("etc/d.toml", "passwords = [\n  \"«Kq7xvmZp29w»\",\n  \"«Zw8tYn41c»\",\n]\nname = \"stays\"\n"),
        ("app/a.py", "PASSWORDS = ['«Kq7xvmZp29w»',\n  '«Zw8tYn41c»']\nprint('stays')\n"),
        ("app/b.py", "passwords = ('«Kq7xvmZp29w»', \"«Zw8tYn41c»\")\n"),
        ("src/a.c", "char *passwords[] = {\"«Kq7xvmZp29w»\", \"«Zw8tYn41c»\"};\nint stays;\n"),
        ("etc/e.yaml", "passwords:\n  - «Kq7xvmZp29w»\n  - '«Zw8tYn41c»'\nstays: yes\n"),
        ("etc/f.yaml", "passwords: [«Kq7xvmZp29w», '«Zw8tYn41c»']\nstays: yes\n"),
        ("etc/g.yaml", "password: !!str «Kq7xvmZp29w»\nother: &a stays\n"),
        ("etc/h.yaml", "password: |2-\n    «Kq7xvmZp29w»\nother: stays\n"),
        ("etc/a.ps1", "$p = ConvertTo-SecureString \"«Kq7xvmZp29w»\" -AsPlainText -Force\n"),
        ("etc/a.json", "{\"passwords\":[\"«Kq7xvmZp29w»\",\"«Zw8tYn41c»\"],\"a\":[\"stays\"]}"),
        (
            "etc/a.sql",
            "INSERT INTO users (name, password) VALUES ('admin', '«Kq7xvmZp29w»'), ('root', '«Zw8tYn41c»');\n"
        ),
        (
            "etc/b.sql",
            "CREATE TABLE IF NOT EXISTS u (id INTEGER PRIMARY KEY, n TEXT, psk VARCHAR(10,2));\n"
                + "INSERT INTO u VALUES (1,'it''s','«Kq7xvmZp29w»');\n"
        ),
    ])
    func theValueGoesAndNothingElse(_ path: String, _ marked: String) throws {
        let (text, isSecret) = KindsOfSettingsTests.parts(marked)
        let isGone = try KindsOfSettingsTests.gone(text, path: path)
        #expect(isGone == isSecret, "\(marked)")
    }

    /// Notes on how to write a setting are none.
    @Test(arguments: [
        (
            "etc/openssl.cnf",
            "# input_password = secret\nchallengePassword = A challenge password\nchallengePassword_min = 4\n"
        ),
        ("src/a.mk", "KEY=$(PASSWORD)\nexport TOKEN\n"),
        ("app/x.py", "def f(a, private_key: ed25519.Ed25519PrivateKey):\n    \"\"\"password only once.\"\"\"\n"),
        ("etc/x.yaml", "password:\n  description: the password of the user\n  type: string\n"),
    ])
    func nothingGoes(_ path: String, _ text: String) throws {
        #expect(try !KindsOfSettingsTests.gone(Array(text.utf8), path: path).contains(true), "\(text)")
    }
}
