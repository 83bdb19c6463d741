import FileTree
import Foundation
import Testing

/// Patterns over single names, with the shell and find as judges.
@Suite struct GlobTests {
    private static let names = [
        "a", "A", "ab", "aXb", "a.b", "b", "1", "a1", "-", "]", "[", "x[1]", "*", "a*", ".h", "Ünder", "a b", "_", "\\",
        "é.TXT", "É.txt", "ß", "日本", "٣",
    ]

    @Test(arguments: [
        "*", "?", "a*", "*b", "a?b", "[ab]", "[!a]", "[^a]*", "[a-c]*", "[[:digit:]]", "[[:upper:]]*", "[![:alnum:]]",
        "[]]", "[[]", "x\\[1\\]", "\\*", "a\\*", ".*", "*.b", "[[:alpha:]_]*", "[a-", "[-]", "*[[:space:]]*",
        "\\\\", "?.TXT", "[[:alpha:]].TXT", "É.txt", "é*", "ü*", "[[:lower:]]*",
        "[[:punct:]]*", "[[:alnum:]]", "[[:print:]]*",
    ])
    func patternsMatchAsThoseOfFind(pattern: String) throws {
        let temporary = TemporaryDirectory()
        for name in Self.names { try Data().write(to: URL(filePath: temporary.path + "/" + name)) }
        for word in ["-name", "-iname"] {
            let found = try shell(
                "cd \(temporary.path); LC_ALL=C.UTF-8 find . -mindepth 1 \(word) '\(pattern)' -printf '%f\\n' | LC_ALL=C sort"
            )
            let glob = Glob(Array(pattern.utf8))
            let ours = Self.names.filter { name in
                let bytes = Array(name.utf8)
                return word == "-name" ? glob.matches(bytes) : glob.ignoringCase.matches(bytes)
            }
            let theirs = found.split(separator: "\n").map(String.init)
            #expect(Set(ours) == Set(theirs), "\(word) \(pattern)")
        }
    }

    /// Of what is not UTF-8, the whole name is bytes, as it is for find.
    @Test func otherTextsAreBytes() {
        func matches(_ pattern: String, _ name: [UInt8]) -> Bool { Glob(Array(pattern.utf8)).matches(name) }
        // The C library also tries a name that is UTF-8 as bytes, so that it takes "Ünder" for "[é]*".
        #expect(matches("[é]*", Array("éx".utf8)))
        #expect(!matches("[é]*", Array("Ünder".utf8)))
        #expect(matches("[!é]*", Array("Ünder".utf8)))
        #expect(matches("[à-ï]", Array("é".utf8)))
        #expect(!matches("??", Array("é".utf8)))
        #expect(matches("?x", [0xff, 0x78]))
        #expect(matches("?x", [0xc3, 0xa9, 0x78]))
        #expect(!matches("??x", [0xc3, 0xa9, 0x78]))
        #expect(matches("???", [0xc3, 0xa9, 0xff]))
        #expect(!matches("[[:alpha:]]", [0xe9]))
        // Characters, as they are printed.
        #expect(matches("\\303\\251?", Array("éx".utf8)))
        #expect(matches("\\303*", Array("éx".utf8)))
        #expect(matches("[\\303\\251]x", Array("éx".utf8)))
        #expect(Glob(Array("ÉX".utf8)).ignoringCase.matches(Array("éx".utf8)))
        #expect(!Glob(Array("É".utf8)).matches(Array("é".utf8)))
        #expect(!Glob([0xc3]).ignoringCase.matches([0xe3]))
    }

    @Test func pathsAreMeantByNamesAndPatterns() {
        var tree = FileTree()
        let etc = tree.add(
            Inode(metadata: Metadata(permissions: 0o755), payload: .directory([])), name: "etc", to: FileTree.root)
        for name: FileName in ["a.conf", "b.conf", "x[1]", FileName([0x63, 0xff])] {
            tree.add(
                Inode(metadata: Metadata(permissions: 0o644), payload: .regular(MemoryContents([]))), name: name,
                to: etc)
        }
        func paths(_ text: String) -> [String] { tree.paths(meantBy: text).map(\.description) }
        #expect(paths("/etc/*.conf") == ["/etc/a.conf", "/etc/b.conf"])
        #expect(paths("etc/a.conf") == ["/etc/a.conf"])
        // A name that is there is no pattern.
        #expect(paths("/etc/x[1]") == ["/etc/x[1]"])
        // As it is printed.
        #expect(paths("/etc/c\\377") == ["/etc/c\\377"])
        #expect(paths("*.conf") == [])
        #expect(paths("**/b*") == ["/etc/b.conf"])
        #expect(paths("/") == ["/"])
        #expect(paths("/nothing") == [])
    }
}
