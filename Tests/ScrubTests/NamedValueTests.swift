import Testing

@testable import Scrub

/// Values that get their name from a list, a map, a value beside them, or an address around them.
@Suite struct NamedValueTests {
    @Test(arguments: [
        ("a.json", "{\"users\":{\"root\":\"«Kq7xvmZp29w»\",\"x\":\"\"},\"z\":1}"),
        ("b.json", "{\"secrets\":{\"db\":\"«Kq7xvmZp29w»\"},\"z\":\"y\"}"),
        ("c.json", "{\"tokens\":[\"«Kq7xvmZp29w»\"],\"z\":\"stays77a\"}"),
        (
            "d.json",
            "{\"env\":[{\"value\":\"«Kq7xvmZp29w»\",\"name\":\"DB_PASSWORD\"},{\"name\":\"A\",\"value\":\"stays77a\"}]}"
        ),
        ("a.yml", "env:\n  - name: DB_PASSWORD\n    value: «Kq7xvmZp29w»\n  - name: DB_PORT\n    value: stays77a\n"),
        ("b.yml", "env:\n- value: \"«Kq7xvmZp29w»\"\n  name: DB_PASSWORD\n"),
        ("c.yml", "? db_password\n: «Kq7xvmZp29w»\n"),
        ("d.yml", "passwords:\n  root: «Kq7xvmZp29w»\nz: y\n"), ("e.yml", "tokens:\n  - «Kq7xvmZp29w»\nz: y\n"),
        ("f.yml", "environment:\n  - DB_PASSWORD=«Kq7xvmZp29w»\n  - TZ=Europe/Berlin\n"),
        ("e.json", "{\"users\":{\"alice\":\"«Kq7xvmZp29w»\",\"name\":\"stays77a\"},\"z\":\"y\"}"),
        ("g.yml", "users:\n  alice: «Kq7xvmZp29w»\n  group: stays77a\nz: y\n"),
        ("d.py", "USERS = {\"alice\": \"«Kq7xvmZp29w»\", \"carol\": \"«Rm4ktbLw81z»\"}\n"),
        ("b.ini", "[users]\nalice = «Kq7xvmZp29w»\n"),
        ("a.ini", "[passwords]\nroot=«Kq7xvmZp29w»\n"),
        ("a.tf", "env = [{ name = \"DB_PASSWORD\", value = \"«Kq7xvmZp29w»\" }]\n"),
        ("a.py", "users = {'root': '«Kq7xvmZp29w»', 'x': y}\nprint('hello')\n"),
        ("b.py", "API_KEYS = [\"«Kq7xvmZp29w»\"]\n"), ("a.php", "<?php $users = array('admin' => '«Kq7xvmZp29w»');\n"),
        ("a.go", "var users = map[string]string{\"admin\": \"«Kq7xvmZp29w»\"}\n"),
        ("a.js", "const users = { admin: \"«Kq7xvmZp29w»\" };\n"),
        ("c.py", "u = f\"http://root:«Kq7xvmZp29w»@{host}/x\"\n"),
        ("b.js", "const u = `http://root:«Kq7xvmZp29w»@${host}/x`;\n"),
        ("a.c", "sprintf(u, \"rtsp://root:«Kq7xvmZp29w»@%s:554/s\", ip);\n"),
        ("b.go", "sql.Open(\"mysql\", \"root:«Kq7xvmZp29w»@tcp(host:3306)/db?charset=utf8\")\n"),
        ("a.conf", "url=jdbc:oracle:thin:root/«Kq7xvmZp29w»@h:1521:orcl\n"),
    ])
    func theValueGoesAndNothingElse(_ name: String, _ marked: String) throws {
        let (text, isSecret) = KindsOfSettingsTests.parts(marked)
        #expect(try KindsOfSettingsTests.gone(text, path: "opt/\(name)") == isSecret, "\(name): \(marked)")
    }

    @Test(arguments: [
        ("a.yml", "secrets:\n  - db_password\n  - my-secret\nusers:\n  - root\n"),
        (
            "a.json",
            "{\"users\":{\"name\":\"bernd77a\",\"shell\":\"sh7abc\"},\"tokens\":[\"T_PLUS2\",\"T_MINUS77\"]}"
        ),
        ("b.json", "{\"secrets\":[{\"name\":\"regcred1a\"}],\"imagePullSecrets\":[{\"name\":\"regcred1a\"}]}"),
        ("c.yml", "spec:\n  secrets:\n    - name: regcred1a\n    - source: db_pass1\n      target: /run/x\n"),
        ("d.yml", "env:\n  PASSWORD: ${{ secrets.X1 }}\n  TOKEN: \"${{ secrets.TOKEN2 }}\"\n"),
        ("a.log", "PASS: test-name\nPASS: tests/foo_bar2\nFAIL: test-x1\nXPASS: other-test4\n# PASS:  12\n"),
        ("b.log", "PASS src/a1.test.js\nFAIL src/b1.test.js\n"),
        ("b.yml", "- name: DB_PASSWORD\n- value: stays77a\n"),
        ("c.py", "def f(\n    private_key: PKCS7PrivateKeyTypes,\n): pass\n"),
        ("a.py", "users = {'root': 0, 'admin': get_user(\"u77abc\")}\ntokens = ['IF', 'THEN', 'T_PLUS']\n"),
        ("b.py", "u = f\"http://{user}:{password}@{host}/\"\nv = \"http://%s:%s@%s/\" % (a, b, c)\n"),
    ])
    func otherValuesStay(_ name: String, _ text: String) throws {
        #expect(try !KindsOfSettingsTests.gone(Array(text.utf8), path: "opt/\(name)").contains(true), "\(text)")
    }

    /// Results of tests look like settings; these are some.
    @Test(arguments: [
        "USER: root\nPASS: «Kq7xvmZp29w»\n", "PASS: «Kq7xvmZp29w»\n", "ssid: home\npass: «Kq7xvm-Zp29w»\n",
    ])
    func passwordsAreNoResults(_ marked: String) throws {
        let (text, isSecret) = KindsOfSettingsTests.parts(marked)
        let gone = try KindsOfSettingsTests.gone(text, path: "opt/a.txt")
        #expect(zip(gone, isSecret).allSatisfy { $0 || !$1 }, "\(marked)")
    }
}
