import Foundation
import TestSupport
import Testing

@testable import Acquisition

/// A line that plays back a transcript: what the device said once the same has been typed.
final class TranscriptTransport: Transport {
    let name = "transcript"
    var baudRate: Int? { 115_200 }
    private var records: [(isHost: Bool, bytes: [UInt8])] = []
    /// What was typed that was not typed then.
    private(set) var difference: String?

    init(_ text: String) throws {
        for line in text.split(separator: "\n") {
            let record = try #require(try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
            if record["from"] as? String == "note" { continue }
            let bytes = try #require(record["bytes"] as? String).unicodeScalars.map {
                UInt8(truncatingIfNeeded: $0.value)
            }
            records.append((record["from"] as? String == "host", bytes))
        }
    }

    /// Whether all of it was played.
    var isFinished: Bool { records.isEmpty }

    let otherUsers: [String] = []

    func open() throws(AcquisitionError) {}
    func close() {}
    func setBaudRate(_ rate: Int) throws(AcquisitionError) { throw .rateRefused(port: name, rate: rate) }

    /// Silence costs no time here.
    func read(timeout: Duration) throws(AcquisitionError) -> [UInt8] {
        guard let first = records.first, !first.isHost else { return [] }
        records.removeFirst()
        return first.bytes
    }

    func write(_ bytes: [UInt8]) throws(AcquisitionError) {
        guard let first = records.first, first.isHost, first.bytes.starts(with: bytes) else {
            difference = difference ?? "\(String(decoding: bytes, as: UTF8.self)), not \(records.first as Any)"
            throw .interrupted
        }
        records[0].bytes.removeFirst(bytes.count)
        if records[0].bytes.isEmpty { records.removeFirst() }
    }
}

/// Sessions with boards, played back.
@Suite struct ReplayTests {
    /// Plays an acquisition back; the image.
    private func replay(_ transcript: String, _ source: MemorySource) throws -> [UInt8] {
        let directory = FileManager.default.temporaryDirectory.appending(path: "jffs2-replay-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: directory) }
        let path = directory.appending(path: "image").path(percentEncoded: false)
        let transport = try TranscriptTransport(transcript)
        let acquisition = Acquisition(
            request: .init(source: source), transport: transport, transcript: nil, observer: nil)
        do {
            try acquisition.connect()
            _ = try acquisition.plan()
            let report = try acquisition.run(
                into: AcquiredImage(path: path, size: Int(source.size), resuming: false),
                journal: Journal(path: path + ".journal", continuing: nil))
            #expect(report.doubts.isEmpty && report.interruptions == 0)
        } catch {
            Issue.record("\(error); typed: \(transport.difference ?? "nothing else")")
        }
        #expect(transport.isFinished)
        return [UInt8](try Data(contentsOf: URL(filePath: path)))
    }

    @Test(arguments: [["--hush", "--style", "2023"], ["--saves"], ["--big-endian", "--style", "2010"]])
    func aTranscriptOfTheSimulatorReplaysToTheSameImage(board: [String]) throws {
        let flash = trappedFlash(size: 20_001)
        let lab = try SerialLab(flash: flash, board: board)
        try #require(try lab.acquire("--flash", "0+20001").status == 0)
        let transcript = try String(contentsOfFile: lab.image + ".transcript", encoding: .utf8)
        #expect(try replay(transcript, .flash(.spi, offset: 0, size: 20_001)) == flash)
    }

    /// Debian's U-Boot 2023.01 in QEMU, as it answered once: the beginning of a flash that begins with
    /// `trappedFlash(size: 3000)`.
    @Test func aTranscriptOfTheRealUBootReplaysToItsFlash() throws {
        let transcript = try String(
            contentsOfFile: Checkout.path("Tests/SerialLab/transcripts/u-boot-2023.01-qemu"), encoding: .utf8)
        #expect(try replay(transcript, .memory(0x400_0000..<0x400_0000 + 3000)) == trappedFlash(size: 3000))
    }
}
