import Testing

@testable import Scrub

/// Values that a text writes in several pieces: each of them goes, and what joins them stays. « and » stand around them.
@Suite struct PiecedValueTests {
    @Test(arguments: [
        ("src/a.c", "char *password = \"«Kq7xv»\" \"«mZp29w»\";\nint x;\n"),
        ("src/b.h", "#define WIFI_PASS \"«Kq7xv»\" \\\n   L\"«mZp29w»\"\n#define OTHER \"stays\"\n"),
        ("src/c.c", "char *password = \"«Kq7xv»\" /* and */\n  \"«mZp29w»\" // so\n \"«tail7q»\";\nputs(\"stays\");\n"),
        ("www/a.js", "var password = \"«Kq7xv»\" + \"«mZp29w»\"; alert(\"stays\");\n"),
        ("www/b.js", "var password = '«Kq7xv»' +\n  \"«mZp29w»\" +\n `«tail7q»`;\nalert(\"stays\");\n"),
        ("www/c.js", "var password = \"«Kq7xv»\" + sep + \"«mZp29w»\";\nalert(\"stays\");\n"),
        ("www/d.js", "var u = base +\n \"&password=«Kq7xv»\" + \"«mZp29w»&x=1\"; log(\"stays\");\n"),
        ("app/c.rb", "password = \"«Kq7xv»\" << \"«mZp29w»\"\nputs \"stays\"\n"),
        ("www/e.js", "var password = \"«Kq7xv»\".concat(\"«mZp29w»\"); log(\"stays\");\n"),
        ("etc/e.xml", "<a><password>«Kq7xv»<?pi x?>«mZp29w»</password><x>stays</x></a>"),
        ("etc/b.sh", "#!/bin/sh\nPASSWORD=\"«Zx9kTr44q»\\\n«We71mLp»\"\nAFTER=\"stays\"\n"),
        ("www/a.php", "<?php $cfg['db_pass'] = '«Kq7xv»' . '«mZp29w»'; echo 'stays';\n"),
        ("bin/a.lua", "local psk = \"«Kq7xv»\" .. \"«mZp29w»\"\nprint(\"stays\")\n"),
        ("app/a.py", "password = (\"«Kq7xv»\"\n   \"«mZp29w»\")\nprint(\"stays\")\n"),
        ("app/b.py", "password = \"«Kq7xv»\" \\\n  b\"«mZp29w»\"\nprint(\"stays\")\n"),
        ("app/short.js", "var password = \"«K»\" + \"«q7xvmZp29w»\"; log(\"stays\");\n"),
        ("etc/a.sh", "#!/bin/sh\nftpput -p '«Kq7xv»''«mZp29w»' host x\necho stays\n"),
        ("etc/a.xml", "<a><password><![CDATA[«Kq7xv»]]><![CDATA[«mZp29w»]]></password><x>stays</x></a>"),
        ("etc/b.xml", "<a><password>«Kq7xv»<![CDATA[«mZp29w»]]></password><x>stays</x></a>"),
        ("etc/c.xml", "<a><password>«Kq7xv»<!-- c -->«mZp29w»</password><x>stays</x></a>"),
        ("etc/d.xml", "<a><password><![CDATA[«Kq7xv»]]>«mZp29w»</password>\n<x>stays</x></a>"),
    ])
    func allPiecesGoAndNothingElse(_ path: String, _ marked: String) throws {
        let (text, isSecret) = KindsOfSettingsTests.parts(marked)
        let isGone = try KindsOfSettingsTests.gone(text, path: path)
        let left = zip(text, zip(isSecret, isGone)).filter { $1.0 && !$1.1 }.map(\.0)
        let harmed = zip(text, zip(isSecret, isGone)).filter { !$1.0 && $1.1 }.map(\.0)
        #expect(left.isEmpty, "\(marked): left \(String(decoding: left, as: UTF8.self))")
        // The quotes of a shell's word may go with it.
        #expect(harmed.allSatisfy { $0 == 0x27 }, "\(marked): harmed \(String(decoding: harmed, as: UTF8.self))")
    }

    /// What stands behind a value, and is none of it.
    @Test(arguments: [
        ("etc/a.json", #"{"password":"«Kq7xvmZp29w»","x":"stays","y":["a","b"]}"#),
        ("www/a.js", "send({password: \"«Kq7xvmZp29w»\"}, \"stays\"); s = \"stays\" + \"too\";\n"),
        ("www/b.js", "var password = \"«Kq7xvmZp29w»\"; var b = \"stays\";\n"),
        ("etc/a.sh", "#!/bin/sh\nmosquitto_pub -P '«Kq7xvmZp29w»' -t 'stays' \"too\"\n"),
        ("etc/a.xml", "<a><password>«Kq7xvmZp29w»</password><!-- x --><x>stays</x></a>"),
        ("etc/a.txt", "cam: {\"password\":\"«Kq7xvmZp29w»\",\"h\":\"stays\"} ok\n"),
        ("etc/b.txt", "password=\"«Kq7xvmZp29w»\",h=\"stays\"\n"),
        ("etc/b.sh", "#!/bin/sh\nsh -c 'export password=«Kq7xvmZp29w»'\nnvram set \"password=«Kq7xvmZp29w»\"\n"),
        ("etc/c.sh", "#!/bin/sh\necho '{\"password\":\"«Kq7xvmZp29w»\",\"host\":\"stays\"}' >f\n"),
        ("etc/a.sql", "update t set password='«Kq7xvmZp29w»' where a='stays';\n"),
    ])
    func whatFollowsAValueStays(_ path: String, _ marked: String) throws {
        let (text, isSecret) = KindsOfSettingsTests.parts(marked)
        #expect(try KindsOfSettingsTests.gone(text, path: path) == isSecret, "\(marked)")
    }

    /// A secret that is given is found in pieces inside of a string, and the escapes of its quotes stay.
    @Test(arguments: [
        #"{"text":"x = \"«AbcTr44»\" \"«qqW71x»\"; y"}"#, #"{"text":"puts(\"keep\", \"«AbcTr44qqW71x»\")"}"#,
        #"k = L"«AbcTr44»" L"«qqW71x»";"#, "k = b'«AbcTr44»'  # c\n b'«qqW71x»'", "k = `«AbcTr44»` + `«qqW71x»`;",
        "k = $'«AbcTr44»'$'«qqW71x»'", "<k>«AbcTr44»<?pi?>«qqW71x»</k>", #"k = "«AbcTr44»" << "«qqW71x»""#,
    ])
    func piecesOfAGivenSecretGo(_ marked: String) throws {
        let (text, isSecret) = KindsOfSettingsTests.parts(marked)
        let secret = try #require(KnownSecret(Array("AbcTr44qqW71x".utf8)))
        let search = SecretSearch(rules: [], allowlists: [], secrets: [secret], given: 1)
        let state = try #require(SecretSearch.State(search))
        var isGone = [Bool](repeating: false, count: text.count)
        for match in search.search(text.span.bytes, in: 0..<text.count, path: nil, state: state) {
            for at in match.secret { isGone[at] = true }
        }
        #expect(isGone == isSecret, "\(marked)")
    }

    /// The value is looked for elsewhere as a whole, and its pieces are not.
    @Test func thePiecesAreOneValue() throws {
        let text = Array("var password = \"Kq7xv\" + \"mZp29w\";".utf8)
        let search = RuleSet().forImages.search()
        let state = try #require(SecretSearch.State(search))
        let found = search.search(text.span.bytes, in: 0..<text.count, path: Array("a.js".utf8), state: state).map {
            ScrubFinding(match: $0, in: text.span.bytes, search: search, place: .line(1))
        }
        #expect(found.count == 2)
        #expect(Set(found.flatMap(\.searchedValues)) == [Array("Kq7xvmZp29w".utf8)])
    }
}
