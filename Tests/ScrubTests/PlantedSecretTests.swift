import FileTree
import FlashBytes
import Foundation
import ImageFile
import JFFS2
import TestSupport
import Testing

@testable import Scrub

/// A secret in every notation in every hiding place: found, and gone.
@Suite struct PlantedSecretTests {
    static let secret = Hiding.content.secret

    @Test(arguments: Hiding.allCases)
    func aPlantedSecretIsFoundAndGoneInAllForms(_ hiding: Hiding) throws {
        var residue = Residue()
        for form in WrittenForm.allCases where hiding.takes(form) {
            let written = form.write(hiding.secret)
            let bytes = try Planted.image(written, hiding)
            let images = try ImageOpener.openAll(FileBytes(bytes), path: "planted")
            var scrubber = try Scrubber(images: images, options: InputOptions())
            scrubber.rules.secrets = [try #require(KnownSecret(Array(hiding.secret.utf8)))]
            scrubber.jobs = 1
            let found = scrubber.list().findings.filter { $0.rule == ScrubFinding.knownSecretRule }
            #expect(!found.isEmpty, "\(form)")
            #expect(found.contains { $0.place.isLive } == hiding.isLive, "\(form)")
            let result = try scrubber.run()
            #expect(result.report.report.proof.holds, "\(form): \(result.left) \(result.remains)")
            #expect(result.bytes.count == bytes.count)
            try residue.add(result.bytes, written)
            let tree = try ImageOpener.open(FileBytes(result.bytes), path: "out").fileSystem.tree
            #expect(tree.find("/plain") != nil)
            #expect(tree.inodes.count == images[0].fileSystem.tree.inodes.count)
        }
        #expect(try residue.check().isEmpty)
    }

    @Test func theIndependentSearchSeesWhatIsThere() throws {
        var residue = Residue()
        for hiding in Hiding.allCases {
            let secret = Array(hiding.secret.utf8)
            try residue.add(try Planted.image(secret, hiding), secret)
        }
        let lines = try residue.check()
        for (index, hiding) in Hiding.allCases.enumerated() {
            #expect(lines.contains { $0.hasPrefix("\(index): ") }, "\(hiding)")
        }
    }

    @Test func thePublicReportHoldsNoSecretAndThePrivateOneProves() throws {
        let bytes = try Planted.image(Array("wpa_psk=\(Self.secret)\n".utf8), .content)
        let images = try ImageOpener.openAll(FileBytes(bytes), path: "planted")
        var scrubber = try Scrubber(images: images, options: InputOptions())
        scrubber.rules.secrets = [try #require(KnownSecret(Array(Self.secret.utf8)))]
        let result = try scrubber.run()
        let text = String(decoding: try JSONEncoder().encode(result.report.report), as: UTF8.self)
        #expect(!text.contains("Tr0ub4dor"))
        #expect(result.report.values.contains { $0.text == Self.secret && $0.isSearchedEverywhere })
        // Again elsewhere: with the private report the old image fails, the new one holds.
        let check = try ProofCheck(report: result.report.report, values: result.report.values, rules: RuleSet())
        #expect(!check.run(images, options: InputOptions()).holds)
        let again = check.run(
            try ImageOpener.openAll(FileBytes(result.bytes), path: "out"), options: InputOptions())
        #expect(again.holds && again.isTheOutput)
    }
}

/// A search by a program that shares no code with ours: Tests/ScrubTests/residue.py.
struct Residue {
    private var arguments: [String] = []
    private let directory = FileManager.default.temporaryDirectory.appending(path: "jffs2-residue-\(UUID().uuidString)")

    /// Puts an image on the list, and what must not be in it.
    mutating func add(_ image: [UInt8], _ needle: [UInt8]) throws {
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
        let file = directory.appending(path: "\(arguments.count / 2)")
        try Data(image).write(to: file)
        arguments += [file.path(percentEncoded: false), needle.map { String(format: "%02x", $0) }.joined()]
    }

    /// Where something is left, in raw bytes and in the data of nodes: the number of the image and the place.
    func check() throws -> [String] {
        defer { try? FileManager.default.removeItem(at: directory) }
        let output = try Program.run("python3", [Checkout.path("Tests/ScrubTests/residue.py")] + arguments).checked()
        return output.text.split(separator: "\n").map(String.init)
    }
}
