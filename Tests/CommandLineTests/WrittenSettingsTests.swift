import Foundation
import TestSupport
import Testing

/// Rules find settings whose names or values are written with escapes, in digits or as lists of numbers, and what stays is
/// still what it was: JSON parses, texts in base64 decode. Python reads what comes out.
@Suite struct WrittenSettingsTests {
    private static let files = #"""
        import base64, html, json, os, sys, urllib.parse
        root = sys.argv[1]; os.makedirs(root)
        inner = {"ssid": "Heimnetz7", "password": "Kq7xvmZp29w", "x": "stays"}
        text = json.dumps(inner).encode()
        def put(name, data): open(root + "/" + name, "w").write(data)
        put("base64.txt", "data: " + base64.b64encode(text).decode() + "\n")
        put("lines.txt", base64.encodebytes(b"# some lines of text in front of it\n" * 3 + b"wifi_password=Kq7xvmZp29w\nstays=1\n").decode())
        put("base32.txt", base64.b32encode(text).decode() + "\n")
        put("hex.txt", text.hex() + "\n")
        put("array.c", "char password[] = {%s};\nint stays = 7;\n" % ",".join("'%s'" % c for c in inner["password"]))
        put("hex.c", "unsigned char wifi_key[11] = { %s };\nint stays = 7;\n" % ", ".join("0x%02x" % c for c in inner["password"].encode()))
        put("array.json", json.dumps({"password": list(inner["password"].encode()), "stays": 7}))
        put("number.json", '{"password":73519264,"latitude":52.519812,"pin":12345678,"stays":7}')
        put("xml.xml", "<log>%s</log>" % html.escape("<ssid>Heimnetz7</ssid><psk>Kq7xvmZp29w</psk><x>stays</x>"))
        put("url.txt", "GET /l?u=" + urllib.parse.quote("http://h/l?user=bob77&password=Kq7xvmZp29w&x=stays", safe="") + " HTTP/1.1\n")
        put("page.html", '<img src="data:text/plain;base64,%s">\n' % base64.b64encode(b"wifi_password=Kq7xvmZp29w\n").decode())
        put("de.json", json.dumps({"password": "Passwort", "wifi_password": "WLAN-Passwort", "ssid": "Netzwerkname"}))
        put("form.html", '<input type="password" name="pw"><button>Login</button><p>Password: see the label.</p>\n')
        """#

    private static let reader = #"""
        import base64, html, json, re, sys, urllib.parse
        root = sys.argv[1]
        def get(name): return open(root + "/" + name).read()
        def numbers(form, base, text): return bytes(int(n, base) for n in re.findall(form, text)).decode()
        print("base64", json.dumps(json.loads(base64.b64decode(get("base64.txt")[6:]))))
        print("lines", base64.b64decode(get("lines.txt")).decode().split("\n")[3:])
        print("base32", json.dumps(json.loads(base64.b32decode(get("base32.txt").strip()))))
        print("hex", json.dumps(json.loads(bytes.fromhex(get("hex.txt")))))
        print("array", get("array.c").split("\n")[1], "".join(re.findall("'(.)'", get("array.c"))))
        print("hex.c", get("hex.c").split("\n")[1], numbers("0x(..)", 16, get("hex.c")))
        array = json.loads(get("array.json")); print("json", array["stays"], len(array["password"]), 113 in array["password"])
        number = json.loads(get("number.json")); print("number", number["stays"], number["password"], number["latitude"], number["pin"])
        print("xml", html.unescape(get("xml.xml")))
        print("url", urllib.parse.unquote(get("url.txt")).strip())
        print("page", base64.b64decode(get("page.html").split(",")[1].split('"')[0]).decode().strip())
        print(get("de.json")); print(get("form.html").strip())
        """#

    @Test func whatIsWrittenInDigitsAndEscapesGoesAndTheRestCanBeRead() throws {
        let directory = try Scratch()
        _ = try Program.run("python3", ["-c", Self.files, directory("root")]).checked()
        #expect(try Tool.run("repack", "-r", directory("root"), "-o", directory("image")).status == 0)
        #expect(try Tool.run("scrub", directory("image"), "-o", directory("clean")).status == 0)
        #expect(try Tool.run("unpack", directory("clean"), "-d", directory("out")).status == 0)
        let shown = try Program.run("python3", ["-c", Self.reader, directory("out")]).checked().text
        let settings = #"{"ssid": "XXXXXXXXX", "password": "XXXXXXXXXXX", "x": "stays"}"#
        #expect(
            shown.split(separator: "\n").map(String.init) == [
                "base64 \(settings)", "lines ['wifi_password=XXXXXXXXXXX', 'stays=1', '']", "base32 \(settings)",
                "hex \(settings)", "array int stays = 7; XXXXXXXXXXX", "hex.c int stays = 7; XXXXXXXXXXX",
                "json 7 11 False", "number 7 11111111 11.111111 11111111",
                "xml <log><ssid>XXXXXXXXX</ssid><psk>XXXXXXXXXXX</psk><x>stays</x></log>",
                "url GET /l?u=http://h/l?user=XXXXX&password=XXXXXXXXXXX&x=stays HTTP/1.1",
                "page wifi_password=XXXXXXXXXXX",
                #"{"password": "Passwort", "wifi_password": "WLAN-Passwort", "ssid": "Netzwerkname"}"#,
                #"<input type="password" name="pw"><button>Login</button><p>Password: see the label.</p>"#,
            ])
    }
}
