import FlashBytes
import Foundation
import ImageFile
import JFFS2
import TestSupport
import Testing

/// The erase size of images that mkfs.jffs2 made, for which the right answer is known.
@Suite struct EraseSizeTests {
    /// A directory with files of all sizes, half of them random.
    private static func makeTree(_ total: Int) throws -> String {
        let directory = FileManager.default.temporaryDirectory.appending(path: "jffs2-erase-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
        var random = LinearCongruence(state: 1)
        var written = 0
        var index = 0
        while written < total {
            let size = min([100, 700, 3000, 9000, 30000][index % 5], total - written + 1)
            let bytes = (0..<size).map { position -> UInt8 in
                if index % 2 == 0 { return UInt8(truncatingIfNeeded: position / 50) }
                return random.byte()
            }
            try Data(bytes).write(to: directory.appending(path: "file\(index)"))
            written += size
            index += 1
        }
        return directory.path(percentEncoded: false)
    }

    private static let sizes = [8, 12, 16, 24, 32, 64, 96, 128, 256, 512]

    @Test(arguments: [500, 20_000, 150_000, 700_000], ["", "-n", "-p", "-p -n", "-c 64", "-b"])
    func theEraseSizeIsThatOfMkfsWhereThereAreSeveralBlocks(_ total: Int, _ options: String) throws {
        let directory = try Self.makeTree(total)
        defer { try? FileManager.default.removeItem(atPath: directory) }
        for size in Self.sizes {
            let image = directory + "/../erase-\(UUID().uuidString).img"
            defer { try? FileManager.default.removeItem(atPath: image) }
            let arguments = ["-l", "-e", "\(size)KiB", "-r", directory, "-o", image]
            _ = try Program.run("mkfs.jffs2", arguments + options.split(separator: " ").map(String.init)).checked()
            let found = try ImageOpener.open(path: image).eraseSize
            let length = try #require(try FileManager.default.attributesOfItem(atPath: image)[.size] as? Int)
            let hasSeveralBlocks = length > size << 10
            // Where there is more than one block, the answer is right; where not, it may be wrong, but says so.
            if hasSeveralBlocks || found.confidence > .low {
                #expect(found.bytes == size << 10, "\(size) KiB, \(options), \(total) bytes: \(found)")
            }
        }
    }

    @Test func summariesMakeTheEraseSizeCertain() throws {
        let directory = try Self.makeTree(600_000)
        defer { try? FileManager.default.removeItem(atPath: directory) }
        for size in [16, 64, 128] {
            let image = directory + "/../plain-\(UUID().uuidString).img"
            let summed = image + ".sum"
            defer { [image, summed].forEach { try? FileManager.default.removeItem(atPath: $0) } }
            _ = try Program.run("mkfs.jffs2", ["-l", "-e", "\(size)", "-n", "-r", directory, "-o", image]).checked()
            _ = try Program.run("sumtool", ["-l", "-e", "\(size)", "-n", "-i", image, "-o", summed]).checked()
            let opened = try ImageOpener.open(path: summed)
            #expect(opened.eraseSize.bytes == size << 10)
            #expect(opened.eraseSize.confidence == .certain)
            #expect(opened.fileSystem.scan.summaries > 0)
            #expect(opened.fileSystem.findings.worst ?? .note == .note)
        }
    }
}
