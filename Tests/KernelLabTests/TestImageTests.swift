import FileTree
import FlashBytes
import Foundation
import ImageFile
import JFFS2
import TestSupport
import Testing

/// The images in TestImages: each is described, and read as the recorded verdict of the kernel says.
@Suite struct TestImageTests {
    private let directory = Checkout.path("TestImages")

    /// A recorded verdict, and the image beside it.
    struct Record: Decodable {
        var name: String
        var eraseSize: Int
        var jffs2: String
        var nand: Bool

        enum CodingKeys: String, CodingKey {
            case name, jffs2, nand
            case eraseSize = "erase_size"
        }
    }

    private func files() throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: directory).sorted()
    }

    private func records() throws -> [(record: Record, manifest: KernelManifest)] {
        try files().filter { $0.hasSuffix(".json") }.map { name in
            let data = try Data(contentsOf: URL(filePath: "\(directory)/\(name)"))
            return (try JSONDecoder().decode(Record.self, from: data), try KernelManifest(path: "\(directory)/\(name)"))
        }
    }

    @Test func everyImageIsDescribedAndNothingElse() throws {
        let text = try String(contentsOfFile: "\(directory)/README.md", encoding: .utf8)
        let described = text.split(separator: "\n").compactMap { line -> String? in
            let cells = line.split(separator: "`", omittingEmptySubsequences: false)
            return cells.count > 2 && cells[0] == "| " ? String(cells[1]) : nil
        }
        let there = try files().filter {
            !$0.hasSuffix(".json") && $0 != "README.md" && $0 != "build" && $0 != "__pycache__"
        }
        #expect(described.sorted() == there)
        for name in there where name.hasSuffix(".jffs2") {
            #expect(["good-", "bad-", "unsupported-", "lived-"].contains { name.hasPrefix($0) }, "\(name)")
        }
    }

    @Test func theDumpIsTheSwappedImageOfTheCamerasSize() throws {
        let dump = try FileBytes(path: "\(directory)/sys_demo")
        let image = try FileBytes(path: "\(directory)/sys_demo.swapped")
        #expect(dump.count == 0x1E0000)
        #expect(
            dump.withBytes { WordSwap.swapped($0, group: 4) } == image.withBytes { $0.withUnsafeBytes { Array($0) } })
        let opened = try ImageOpener.open(path: "\(directory)/sys_demo")
        #expect(opened.swapGroup == 4)
        #expect(opened.fileSystem.byteOrder == .little)
        #expect(opened.eraseSize.bytes == 0x10000)
        #expect(opened.fileSystem.findings.findings.isEmpty)
        let manifest = try KernelManifest(path: "\(directory)/sys_demo.swapped.json")
        #expect(differences(of: opened.fileSystem.tree, from: try #require(manifest.entries)) == [])
    }

    @Test func ourTreeIsWhatTheKernelShowed() throws {
        for (record, manifest) in try records() where manifest.mounted {
            var options = InputOptions()
            options.eraseSize = record.eraseSize
            let fileSystem = try ImageOpener.open(path: "\(directory)/\(record.name)", options: options).fileSystem
            let lines = differences(
                of: fileSystem.tree, unreadable: fileSystem.unreadable.map(\.path),
                from: try #require(manifest.entries, "\(record.name)"))
            #expect(lines == [], "\(record.name)")
            #expect(fileSystem.scan.refusal == nil, "\(record.name)")
        }
    }

    @Test func whatTheKernelRefusesIsRefusedOrSaidToBe() throws {
        for (record, manifest) in try records() where !manifest.mounted {
            do throws(InputError) {
                let opened = try ImageOpener.open(path: "\(directory)/\(record.name)")
                #expect(opened.fileSystem.scan.refusal != nil, "\(record.name)")
            } catch {
                #expect(error.description.contains("no JFFS2 in it"), "\(record.name): \(error)")
            }
        }
    }

    @Test(arguments: [("bad-empty.jffs2", "empty"), ("bad-erased.jffs2", "erased"), ("bad-noise.jffs2", "no JFFS2")])
    func whatIsNoJFFS2IsNamed(image: String, word: String) {
        #expect {
            try ImageOpener.open(path: "\(directory)/\(image)")
        } throws: { error in
            "\(error)".contains(word) && "\(error)".contains(image)
        }
    }

    @Test(.enabled(if: KernelLab.isEnabled, "make test sets JFFS2_KERNEL_LAB"))
    func theKernelStillGivesTheRecordedVerdicts() throws {
        let records = try records()
        let verdicts = try KernelLab.judge(
            records.map { record, _ in
                var bytes = try [UInt8](Data(contentsOf: URL(filePath: "\(directory)/\(record.name)")))
                // The lab writes data; the spare area is the simulated chip's.
                if let area = try? ImageOpener.open(path: "\(directory)/\(record.name)").spareArea {
                    bytes = area.data(of: bytes.span.bytes)
                }
                return .init(
                    name: record.name, image: bytes, eraseSize: record.eraseSize, build: record.jffs2,
                    nand: record.nand)
            })
        for (record, recorded) in records {
            let verdict = try #require(verdicts[record.name])
            #expect(verdict.mounted == recorded.mounted, "\(record.name)")
            #expect(verdict.entries == recorded.entries, "\(record.name)")
        }
    }
}
