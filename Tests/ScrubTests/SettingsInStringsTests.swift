import Testing

@testable import Scrub

/// Settings, commands, forms and addresses inside the strings of JSON, programs and settings: the value goes as its own text
/// ends it, and nothing else. « and » stand around it.
@Suite struct SettingsInStringsTests {
    /// What a string says, with the value in marks.
    private static let inner: [String] = [
        "login --user admin --password '«Kq7xvmZp29w»' --x 1", "http://h.lan/?password=«Kq7xvmZp29w»&z=1",
        "password=«Kq7xvmZp29w»", "password=«Kq7xvmZp29w»\nhello=1\n", "Server=db;Uid=root;Pwd=«Kq7xvmZp29w»;Pooling=1",
        "psk=\"«Kq7xvmZp29w»\"", "wpa_passphrase=«Kq7xvmZp29w»\nx=1\n", "nvram set wl0_wpa_psk=«Kq7xvmZp29w»",
        "fw_setenv wifi_key '«Kq7xvmZp29w»'", "{\"password\":\"«Kq7xvmZp29w»\",\"x\":1}", "password: «Kq7xvmZp29w»",
        "rtsp://admin:«Kq7xvmZp29w»@10.0.0.9/live", "sshpass -p «Kq7xvmZp29w» ssh root@h.lan",
        "user=admin&password=«Kq7xvmZp29w»&go=1", "mount -t cifs //s/x /m -o user=root,password=«Kq7xvmZp29w»,vers=3",
        "<a><password>«Kq7xvmZp29w»</password></a>", "uci set wireless.@wifi-iface[0].key='«Kq7xvmZp29w»'",
        "echo root:«Kq7xvmZp29w» | chpasswd", "[wifi]\npsk=«Kq7xvmZp29w»\n",
        "curl -u admin:«Kq7xvmZp29w» http://h.lan/x",
    ]

    private static func escaped(_ text: String) -> String {
        text.reduce(into: "") { result, letter in
            switch letter {
            case "\n": result += "\\n"
            case "\"", "\\": result += "\\\(letter)"
            default: result.append(letter)
            }
        }
    }

    @Test(arguments: [
        ("opt/v.json", "{\"a\":1,\"cmd\":\"%\",\"b\":\"stays\"}\n"),
        ("opt/list.json", "{\"a\":1,\"cmds\":[\"stays\",\"%\",\"too\"]}\n"),
        ("opt/s.c", "#include <stdio.h>\nint main(void){\n  run(\"%\");\n  puts(\"stays\");\n}\n"),
        ("opt/v.c", "static const char *text = \"%\";\nint stays;\n"),
        ("opt/s.py", "import os\nos.system(\"%\")\nprint('stays')\n"),
        ("opt/d.py", "x = [\"%\", \"stays\"]\n"),
        ("opt/s.js", "function f() {\n  x.exec(\"%\");\n  return \"stays\";\n}\n"),
        ("opt/s.lua", "os.execute(\"%\")\nprint(\"stays\")\n"), ("opt/s.go", "func main() {\n\trun(\"%\")\n}\n"),
        ("opt/s.yaml", "a: 1\ncommand: \"%\"\nb: stays\n"), ("opt/s.toml", "a = 1\ncommand = \"%\"\nb = \"stays\"\n"),
        ("opt/s.ini", "[a]\ncommand = \"%\"\nb = stays\n"), ("opt/lost", "const char *text = \"%\";\nint stays;\n"),
    ])
    func theValueGoesAndNothingElse(_ path: String, _ frame: String) throws {
        let parts = frame.split(separator: "%", omittingEmptySubsequences: false)
        for inner in Self.inner {
            let marked = parts.joined(separator: Self.escaped(inner))
            let (text, isSecret) = KindsOfSettingsTests.parts(marked)
            let isGone = try KindsOfSettingsTests.gone(text, path: path)
            #expect(isGone == isSecret, "\(path): \(marked)")
        }
    }

    /// What is said to people, and what a program puts there.
    @Test(arguments: [
        ("opt/a.py", "x = f\"password={pw}&z=1\"\ny = \"token=%s&x=1\" % t\nprint(\"Password: must be 8 letters\")\n"),
        ("opt/a.js", "var u = \"http://h/?password=\" + p + \"&x=1\"; alert('wrong password: try again');\n"),
        ("opt/a.c", "printf(\"Password for %s: \", user);\nlog(\"password: changed\\n\");\n"),
        ("opt/a.pl", "my $f = \"is_$token\";\nprint \"x_$token\", \"y\";\n"),
        ("opt/a.json", "{\"help\":\"password: the password of the user\",\"x\":\"sshpass -p\"}"),
    ])
    func textsStay(_ path: String, _ text: String) throws {
        #expect(try !KindsOfSettingsTests.gone(Array(text.utf8), path: path).contains(true), "\(text)")
    }

    /// A string that was scrubbed is not taken for one with a longer value.
    @Test func whatIsGoneGoesNoFurther() throws {
        let text = Array("x \"password=XXXXXXXXXXX\\nhello=1\\n\";\n".utf8)
        #expect(try !KindsOfSettingsTests.gone(text, path: "opt/x.txt").contains(true))
    }
}
