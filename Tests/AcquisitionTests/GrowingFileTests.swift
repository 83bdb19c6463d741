import Foundation
import Testing

@testable import Acquisition

/// Journals and transcripts, which are written while the program runs.
@Suite struct GrowingFileTests {
    private let directory: URL
    private let path: String

    init() throws {
        directory = FileManager.default.temporaryDirectory.appending(path: "jffs2-growing-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: false)
        path = directory.appending(path: "journal").path(percentEncoded: false)
    }

    private func text(_ path: String) throws -> String { try String(contentsOfFile: path, encoding: .utf8) }

    private var names: [String] {
        get throws {
            try FileManager.default.contentsOfDirectory(atPath: directory.path(percentEncoded: false)).sorted()
        }
    }

    @Test func anOldFileStaysUntilTheNewOneIsPublished() throws {
        defer { try? FileManager.default.removeItem(at: directory) }
        try "old\n".write(toFile: path, atomically: false, encoding: .utf8)
        chmod(path, 0o644)
        let file = try GrowingFile(path: path, appending: false, keepsOld: true)
        try file.write("one\n")
        #expect(try text(path) == "old\n")
        try file.publish()
        try file.write("two\n")
        try file.publish()
        #expect(try text(path) == "one\ntwo\n")
        #expect(try names == ["journal"])
        let mode = try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
        #expect(mode == 0o600)
    }

    @Test func aFileThatIsRemovedBeforeItIsPublishedLeavesTheOldOne() throws {
        defer { try? FileManager.default.removeItem(at: directory) }
        try "old\n".write(toFile: path, atomically: false, encoding: .utf8)
        let file = try GrowingFile(path: path, appending: false, keepsOld: true)
        try file.write("one\n")
        file.remove()
        #expect(try text(path) == "old\n")
        #expect(try names == ["journal"])
    }

    @Test func whatIsAppendedToStandsInItsPlaceAtOnce() throws {
        defer { try? FileManager.default.removeItem(at: directory) }
        try "old\n".write(toFile: path, atomically: false, encoding: .utf8)
        let file = try GrowingFile(path: path, appending: true, keepsOld: true)
        #expect(!file.isProvisional)
        try file.write("one\n")
        #expect(try text(path) == "old\none\n")
    }

    /// The name was taken by a directory meanwhile.
    @Test func aTranscriptThatCannotTakeItsPlaceIsAnError() throws {
        defer { try? FileManager.default.removeItem(at: directory) }
        try "old\n".write(toFile: path, atomically: false, encoding: .utf8)
        let transcript = try Transcript(path: path, appending: false, keepsOld: true)
        try FileManager.default.removeItem(atPath: path)
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: false)
        let error = #expect(throws: AcquisitionError.self) { try transcript.publish() }
        #expect("\(error.map { "\($0)" } ?? "")".contains("cannot rename into place"))
    }
}
