import Acquisition
import FlashBytes

extension Acquire {
    private struct Summary: Encodable {
        var output: String
        var size: Int
        var start: UInt64
        var method: String
        var verification: String
        var crc32: String
        var sha256: String
        var transferred: Int
        var blank: Int
        var reused: Int
        var kept: Int
        var corrected: Int
        var interruptions: Int
        var bytesIn: Int
        var bytesOut: Int
        var commandCount: Int
        var seconds: Double
        var doubts: [String]
        var notes: [String]
    }

    /// Says what an acquisition has brought, and what is doubtful about it.
    func tell(_ report: AcquisitionReport, path: String, source: MemorySource) throws {
        var doubts = report.doubts.map(\.sentence)
        if report.verification == .rowsOnly {
            doubts.append("nothing was verified but addresses and text of the rows, since --once was given")
        }
        if messages.json {
            try JSON.print(
                Summary(
                    output: path, size: report.size, start: source.start, method: report.method,
                    verification: report.verification.rawValue, crc32: hexadecimalDigits(report.crc32),
                    sha256: report.sha256, transferred: report.transferred, blank: report.blank, reused: report.reused,
                    kept: report.kept, corrected: report.corrected, interruptions: report.interruptions,
                    bytesIn: report.bytesIn, bytesOut: report.bytesOut, commandCount: report.commands,
                    seconds: report.seconds, doubts: doubts, notes: report.notes))
        } else if !messages.quiet {
            let proof =
                switch report.verification {
                case .deviceSums: "every block agrees with the device's crc32"
                case .deviceDigests: "every block agrees with a digest that the device's shell gives"
                case .readTwice: "the device has no sum that can be used; everything was read twice, equal"
                case .rowsOnly: "not verified"
                }
            StandardStreams.print(
                "\(path): \(SizeExpression.readable(report.size)) in \(Acquisition.time(report.seconds)); \(proof)")
            StandardStreams.print("  sha256 \(report.sha256)")
            StandardStreams.print("  crc32  \(hexadecimalDigits(report.crc32))")
            var parts = ["\(report.transferred) bytes read with \(report.method)"]
            if report.blank > 0 { parts.append("\(report.blank) blank") }
            if report.reused > 0 { parts.append("\(report.reused) from --have") }
            if report.kept > 0 { parts.append("\(report.kept) from before") }
            if report.corrected > 0 { parts.append("\(report.corrected) errors corrected") }
            if report.interruptions > 0 { parts.append("\(report.interruptions) interruptions survived") }
            StandardStreams.print("  " + parts.joined(separator: ", "))
            for note in report.notes { StandardStreams.print("  note: \(note)") }
        }
        for doubt in doubts { StandardStreams.error("\(path): \(doubt)") }
        if !doubts.isEmpty { throw Failure.damaged }
    }
}
