import Testing

@testable import Scrub

/// Program text of which no name says what it is.
@Suite struct SourceLanguageTests {
    private static let python = """
        class Login:
            def __init__(self, password):
                self.password = password
            def dump(self):
                return {"password": self.password, "token": self.get_token(), "n": 1}

        """
    private static let script = """
        export function send(f){
          return post("/login",{user:f.user,password:f.pw.value,token:getToken(f)});
        }

        """
    private static let header = """
        #include <stdio.h>
        static int login(struct o *o) {
            return set("password", o->password) + login(.password = o->password);
        }

        """

    @Test func theLinesSayTheLanguage() {
        #expect(SourceLanguage.guess(Array(Self.python.utf8)) == "py")
        #expect(SourceLanguage.guess(Array(Self.script.utf8)) == "js")
        #expect(SourceLanguage.guess(Array(Self.header.utf8)) == "c")
        for text in [
            "", "ssid=Garten\npsk=wurzelwerk\n", "user:\n  name: joe\n  class: b\n", "server {\n  listen 80;\n}\n",
            "Dear all,\nimport duties are due.\nreturn to sender\n", "from here\nto there\n",
            "[section]\nexport = yes\n", "interface eth0\n ip address 10.0.0.1\n!\n",
        ] { #expect(SourceLanguage.guess(Array(text.utf8)) == nil, "\(text)") }
    }

    @Test(arguments: [python, script, header, "blob 153\u{0}" + python, "PASSWORD=$(cat /etc/pw)\nexport PASSWORD\n"])
    func expressionsOfProgramsAreNoValues(_ text: String) throws {
        for path in ["pkg/noextlogin", "repo/.git/objects/00/deadbeef"] {
            #expect(try !KindsOfSettingsTests.gone(Array(text.utf8), path: path).contains(true), "\(text)")
        }
    }

    @Test(arguments: ["f.erb", "f.ejs", "f.tf", "f.nim", "f.coffee", "f.graphql"])
    func endingsOfProgramsSaySo(_ name: String) throws {
        let text = "x = 1\npassword = var.password\ntoken = self.get_token()\n"
        #expect(try !KindsOfSettingsTests.gone(Array(text.utf8), path: "src/\(name)").contains(true))
    }
}
