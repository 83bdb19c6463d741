import FileTree
import Foundation
import Testing

@Suite struct PathPatternTests {
    let paths: [(FilePathBytes, isDirectory: Bool)] = [
        ("a", true), ("a/b", true), ("a/b/c.txt", false), ("a/c.txt", false), ("b", true), ("b/a", false),
        ("c.txt", false), ("x[1]", false), ("x1", false), (".hidden", false), ("a/b/deep", true), ("a/b/deep/b", false),
    ]

    /// git itself is the judge.
    @Test(arguments: [
        "a", "b", "/b", "b/", "a/b", "/a/b", "*.txt", "/*.txt", "a/*.txt", "a/**", "**/b", "**/c.txt", "a/**/c.txt",
        "a/**/b", "?", "x?", "x[0-9]", "x[!0-9]", "x[^1]", "x\\[1\\]", "x[[]1]", "*", "**", "a*", "*a", "*.*", ".*",
        "c.tx", "*/c.txt", "a/*/c.txt", "**/deep/", "**/b/", "/", "x[", "b/deep/b", "a/b/**/b", "*i*d*n", "[]x]1",
    ])
    func patternsMatchAsThoseOfGitignore(pattern: String) throws {
        let temporary = TemporaryDirectory()
        try shell("cd \(temporary.path) && git init -q . && mkdir -p a/b/deep b")
        try Data((pattern + "\n").utf8).write(to: URL(fileURLWithPath: temporary(".gitignore")))
        for (path, isDirectory) in paths {
            // git also says so of all that is in an ignored directory; asked about the path itself only.
            let parents = (1..<max(path.components.count, 1)).map { FilePathBytes(Array(path.components.prefix($0))) }
            if parents.contains(where: { PathPattern(pattern).matches($0, isDirectory: true) }) { continue }
            let text = path.components.map { String(decoding: $0.bytes, as: UTF8.self) }.joined(separator: "/")
            let asked = isDirectory ? text + "/" : text
            let answer = try shell("cd \(temporary.path) && git check-ignore --no-index -q '\(asked)'; echo $?")
            #expect(
                PathPattern(pattern).matches(path, isDirectory: isDirectory) == (answer == "0\n"), "\(pattern) \(path)")
        }
    }

    @Test func onlyAndExcludePatternsFilterATree() {
        var tree = FileTree()
        for (path, isDirectory) in paths.sorted(by: { $0.0.components.count < $1.0.components.count }) {
            tree.add(isDirectory ? .directory([]) : .fifo, path)
        }
        func names(_ only: [String], _ exclude: [String]) -> [String] {
            var names: [String] = []
            tree.filtered(only: PathPatterns(only), exclude: PathPatterns(exclude)).walk { path, _ in
                names.append(path.description)
            }
            return names
        }
        #expect(names([], []).count == paths.count)
        #expect(names(["a/b"], []) == ["/a", "/a/b", "/a/b/c.txt", "/a/b/deep", "/a/b/deep/b"])
        #expect(names(["a/b", "!deep"], []) == ["/a", "/a/b", "/a/b/c.txt"])
        #expect(names(["*.txt"], ["/c.txt"]) == ["/a", "/a/b", "/a/b/c.txt", "/a/c.txt"])
        #expect(names([], ["a", "x*", ".*", "*.txt"]) == ["/b"])
        #expect(names(["nothing"], []) == [])
    }

    @Test func longPatternsStayFast() {
        let pattern = PathPattern(String(repeating: "*a", count: 60) + "b")
        let path = FilePathBytes(String(repeating: "a", count: 250))
        #expect(!pattern.matches(path, isDirectory: false))
        let deep = PathPattern(String(repeating: "**/a/", count: 60) + "b")
        #expect(!deep.matches(FilePathBytes(Array(repeating: "a", count: 250)), isDirectory: false))
    }
}
