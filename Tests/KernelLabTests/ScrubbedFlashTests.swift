import FileTree
import FlashBytes
import Foundation
import ImageFile
import JFFS2
import Scrub
import TestSupport
import Testing

/// Flashes on which a real kernel wrote, overwrote, renamed, cut, deleted and collected credentials
/// (histories/credentials.sh): all are found, none is left, and the kernel shows the rest as it was.
@Suite(.enabled(if: KernelLab.isEnabled, "make test sets JFFS2_KERNEL_LAB"), .serialized)
struct ScrubbedFlashTests {
    /// How the history writes all of its secrets.
    private static let pattern = "Secret-[0-9]{4}-zwo3!"

    @Test func everySecretIsFoundAndGoneAndLinuxShowsTheRest() throws {
        let flashes = try RecordedFlash.sources(of: "credentials").flatMap(RecordedFlash.read).filter {
            !$0.about.damaged
        }
        #expect(Set(flashes.map(\.about.build)) == ["stock", "old", "be", "rtime", "rubin"])
        let directory = FileManager.default.temporaryDirectory.appending(path: "jffs2-scrubbed-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: directory) }
        // What Python finds.
        let there = try Self.values(
            in: flashes.map { flash in
                let file = directory.appending(path: flash.name)
                try Data(flash.image).write(to: file)
                return file.path(percentEncoded: false)
            })
        var scrubbed: [String] = []
        var jobs: [KernelLab.Job] = []
        for (index, flash) in flashes.enumerated() {
            var options = InputOptions()
            options.eraseSize = flash.about.eraseSize
            let images = try ImageOpener.openAll(FileBytes(flash.image), path: flash.name, options: options)
            var scrubber = try Scrubber(images: images, options: options)
            scrubber.action = .redact
            let list = scrubber.list()
            let result = try scrubber.run()
            let found = Self.values(in: list.findings)
            #expect(there[index].subtracting(found) == [], "\(flash.name)")
            #expect(list.findings.contains { $0.place.isLive }, "\(flash.name)")
            if flash.name.hasSuffix("fresh") {
                #expect(there[index].count > 25, "\(flash.name)")
                let dead = Self.values(in: list.findings.filter { !$0.place.isLive })
                #expect(dead.count > 20, "\(flash.name)")
            }
            #expect(result.report.report.proof.holds, "\(flash.name): \(result.left) \(result.remains)")
            #expect(result.bytes.count == images[0].file.count)
            let file = directory.appending(path: "\(index)")
            try Data(result.bytes).write(to: file)
            scrubbed.append(file.path(percentEncoded: false))
            jobs.append(
                KernelLab.Job(
                    name: "\(index)", image: result.bytes, eraseSize: flash.about.eraseSize,
                    build: flash.about.build, nand: flash.about.nand))
        }
        #expect(try Self.values(in: scrubbed).allSatisfy(\.isEmpty))
        let verdicts = try KernelLab.judge(jobs)
        for (index, flash) in flashes.enumerated() {
            let verdict = try #require(verdicts["\(index)"])
            #expect(verdict.mounted && verdict.complaints == 0, "\(flash.name): \(verdict.log)")
            let before = try #require(flash.verdict.entries)
            #expect(Self.differences(before, verdict.entries ?? [:]) == [], "\(flash.name)")
        }
    }

    /// All differences but in the content of files that hold secrets or are logs.
    private static func differences(
        _ before: [String: KernelManifest.Entry], _ after: [String: KernelManifest.Entry]
    ) -> [String] {
        var lines: [String] = []
        for name in Set(before.keys).union(after.keys).sorted() {
            guard var old = before[name], var new = after[name] else {
                lines.append("\(name) is there \(before[name] == nil ? "afterwards" : "before") only")
                continue
            }
            let isSecret = ["etc/wpa", "etc/settings", "home/app/", "logs/"].contains { name.hasPrefix($0) }
            if isSecret, old.type == "file" {
                if old.sha256 == new.sha256 { lines.append("\(name) is as it was") }
                old.sha256 = nil
                new.sha256 = nil
            }
            if old != new { lines.append("\(name): \(old) -> \(new)") }
        }
        return lines
    }

    private static func values(in findings: [ScrubFinding]) -> Set<String> {
        guard let pattern = try? Regex(Self.pattern) else { return [] }
        return findings.reduce(into: []) { values, finding in
            for match in String(decoding: finding.secret, as: UTF8.self).matches(of: pattern) {
                values.insert(String(match.0 as Substring))
            }
        }
    }

    /// What a program finds that shares no code with ours.
    private static func values(in files: [String]) throws -> [Set<String>] {
        let script = Checkout.path("Tests/ScrubTests/residue.py")
        let output = try Program.run("python3", [script, "--values", pattern] + files).checked()
        var values = [Set<String>](repeating: [], count: files.count)
        for line in output.text.split(separator: "\n") {
            let parts = line.split(separator: " ", maxSplits: 1)
            guard parts.count == 2, let number = Int(parts[0].dropLast()), values.indices.contains(number) else {
                continue
            }
            values[number].insert(String(parts[1]))
        }
        return values
    }
}
