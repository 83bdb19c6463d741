import Foundation
import TestSupport
import Testing

struct ReportTests {
    private let directory: Scratch

    init() throws { directory = try Scratch() }

    /// A browser, where there is one.
    private static let browser = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"]
        .first { FileManager.default.isExecutableFile(atPath: $0) }

    /// An image with names that want to be something else.
    private func build() throws {
        let script = #"""
            import os
            os.makedirs(b"tree/etc/deep")
            names = [b"<img src=x onerror=document.title='owned'>", b"</script><script>document.title=1", b"=cmd()", b"<!--<script>",
                     b"\xff\xfe.bin", "turn\u202eed".encode(), b"\x1b[31mred", "line\u2028end".encode(), b"@DATA@", b"'\"&amp;"]
            for index, name in enumerate(names):
                name = name.replace(b"/", b"_") if b"/" in name else name
                open(b"tree/" + name, "wb").write(b"x" * index)
            os.symlink(b"</script><b>", b"tree/link")
            open("tree/etc/passwd", "w").write("root:x:0:0::/:/bin/sh\n")
            open("tree/etc/wpa_supplicant.conf", "w").write('network={\n  ssid="home"\n  psk="correct horse battery"\n}\n')
            for index in range(250):
                open("tree/etc/deep/file%03d" % index, "wb").write(os.urandom(index * 10))
            """#
        _ = try Program.run("python3", ["-c", script], in: directory.path).checked()
        _ = try Tool.run(
            "repack", "-r", "tree", "-o", "image", "-l", "-e", "64KiB", "-p", "1MiB", in: directory
        ).checked()
    }

    private func data(_ page: String) throws -> [String: Any] {
        let opening = #"type="application/json" id="data">"#
        let start = try #require(page.range(of: opening)?.upperBound)
        let end = try #require(page.range(of: "</script>", range: start..<page.endIndex)?.lowerBound)
        let text = page[start..<end]
        #expect(!text.contains("<") && !text.contains("\u{2028}") && !text.contains("\u{202e}"))
        return try #require(try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
    }

    @Test func pageHoldsEverythingAndNothingOfItIsMarkup() throws {
        try build()
        _ = try Tool.run("report", "image", "-o", "page.html", in: directory).checked()
        let page = try String(decoding: directory.read("page.html"), as: UTF8.self)
        // Template, data and script alone.
        #expect(page.components(separatedBy: "</script>").count == 3)
        #expect(!page.contains("<img") && !page.contains("http://") && !page.contains("https://"))
        let data = try data(page)
        let image = try #require((data["images"] as? [[String: Any]])?.first)
        let paths = try #require((image["files"] as? [String: Any])?["path"] as? [String])
        #expect(paths.contains("/<img src=x onerror=document.title='owned'>"))
        #expect(paths.contains("/=cmd()"))
        #expect(paths.contains("/@DATA@"))
        #expect(paths.count == 10 + 1 + 1 + 1 + 2 + 250)
        // What scrub finds is told, its value is not.
        let secrets = try #require((data["secrets"] as? [String: Any])?["rows"] as? [[String]])
        #expect(secrets.contains { $0.contains { $0.contains("wpa_supplicant.conf") } })
        #expect(!page.contains("correct horse battery"))
        // Sums of the cells are the flash.
        let sections = try #require(data["sections"] as? [[String: Any]])
        let cells = try #require(sections.first?["cells"] as? String).split(separator: ",")
        #expect(cells.count == 16)
        let bytes = cells.flatMap { cell in
            cell.split(separator: " ").enumerated().compactMap { $0.offset % 2 == 1 ? Int($0.element, radix: 36) : nil }
        }
        #expect(bytes.reduce(0, +) == 1 << 20)
    }

    @Test func pageIsNotWrittenOverAnotherFile() throws {
        try build()
        try directory.write("page.html", Array("mine".utf8))
        #expect(try Tool.run("report", "image", "-o", "page.html", in: directory).isOneLine(2, "page.html"))
        #expect(try directory.read("page.html") == Array("mine".utf8))
        #expect(try Tool.run("report", "image", "-o", "image", "-f", in: directory).status != 0)
    }

    @Test func withoutSearchThePageSaysSo() throws {
        try build()
        _ = try Tool.run("report", "--no-secrets", "image", "-o", "page.html", in: directory).checked()
        let data = try data(String(decoding: directory.read("page.html"), as: UTF8.self))
        #expect((data["secrets"] as? [String: Any])?["summary"] as? String == "They were not searched for.")
    }

    /// The page as a browser has it after its script ran, and what that complained about.
    private func shown(_ fragment: String) throws -> (page: String, complaints: [String]) {
        let browser = try #require(Self.browser)
        let output = try Program.run(
            browser,
            [
                "--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--enable-logging=stderr",
                "--user-data-dir=\(directory("profile"))", "--virtual-time-budget=10000", "--dump-dom",
                "file://\(directory("page.html"))#\(fragment)",
            ], in: directory.path
        ).checked()
        return (output.text, output.messages.split(separator: "\n").map(String.init).filter { $0.contains("CONSOLE") })
    }

    /// The paths in the table of files, as they are shown.
    private func rows(_ page: String) throws -> [String] {
        let start = try #require(page.range(of: #"<table id="files">"#)?.upperBound)
        let end = try #require(page.range(of: "</table>", range: start..<page.endIndex)?.lowerBound)
        return page[start..<end].components(separatedBy: #"<td class="path">"#).dropFirst().map {
            $0.components(separatedBy: "</td>")[0]
        }
    }

    @Test(.enabled(if: ReportTests.browser != nil))
    func tableIsSortedAndSearchedAsTheAddressSays() throws {
        try build()
        _ = try Tool.run("report", "image", "-o", "page.html", in: directory).checked()
        let plain = try shown("")
        #expect(plain.complaints == [])
        #expect(plain.page.contains("<title>image – flash report</title>"))
        #expect(!plain.page.contains("<img"))
        #expect(try rows(plain.page).count == 100)
        #expect(plain.page.contains("265 of 265"))

        let sorted = try shown("sort=size&desc=1&search=deep%20file")
        #expect(sorted.complaints == [])
        #expect(try rows(sorted.page).prefix(3) == ["/etc/deep/file249", "/etc/deep/file248", "/etc/deep/file247"])
        #expect(sorted.page.contains("250 of 265"))
        #expect(sorted.page.contains(#"aria-sort="descending""#))

        let second = try shown("search=file&page=2&block=0&folder=/etc")
        #expect(second.complaints == [])
        #expect(try rows(second.page).first == "/etc/deep/file200")
        #expect(second.page.contains("0x0: erase block 0"))

        // What nobody would choose.
        let odd = try shown("page=-1&sort=__proto__&block=99999&image=7&folder=/../x&from=abc&search=%3Cimg%20src")
        #expect(odd.complaints == [])
        #expect(try rows(odd.page) == ["/&lt;img src=x onerror=document.title='owned'&gt;"])
    }

    /// What `Tests/Browser/open-page` prints.
    private struct Opened: Decodable {
        var violations: [Violation]
        var rulesPassed: Int
        var complaints: [String]
    }

    /// A rule of axe-core, how bad it is, what it asks for and where that is missing.
    private struct Violation: Decodable, CustomStringConvertible {
        var description: String

        init(from decoder: any Decoder) throws {
            var fields = try decoder.unkeyedContainer()
            description = try [
                fields.decode(String.self), fields.decode(String.self), fields.decode(String.self),
                fields.decode([String].self).joined(separator: " | "),
            ].joined(separator: ": ")
        }
    }

    @Test(
        .enabled(if: ReportTests.browser != nil),
        arguments: [
            [], ["--dark"], ["--fragment", "block=0&folder=/etc&search=nowhere"],
            ["--dark", "--fragment", "block=1&search=%3Cimg&from=0"],
        ])
    func contrastAndNamesAreAsTheRulesOfAxeAskFor(options: [String]) throws {
        try build()
        // A damaged node, for the table of findings.
        var image = try directory.read("image")
        image[0x20001] ^= 1
        image[0x400] ^= 1
        try directory.write("image", image)
        #expect(try Tool.run("report", "image", "-o", "page.html", in: directory).status == 1)
        let script = Checkout.path("Tests/Browser/open-page")
        let output = try Program.run(
            "python3", [script, "--axe", "--ready", "#files thead th"] + options + ["page.html"], in: directory.path)
        let opened = try JSONDecoder().decode(Opened.self, from: Data(output.checked().standardOutput))
        #expect(opened.violations.map(\.description) == [])
        #expect(opened.rulesPassed > 30)
        #expect(opened.complaints == [])
    }
}
