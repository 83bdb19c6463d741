import Acquisition
import FlashBytes
import ImageFile
import JFFS2

extension FuzzTarget {
    /// Any bytes as lines of a memory dump.
    static let rows = FuzzTarget("rows", largest: 2048) { bytes throws(FuzzFailure) in
        for line in bytes.split(separator: 0x0a, omittingEmptySubsequences: true) {
            for expected in [nil, 16, 4] {
                guard let row = MemoryRow(line, expected: expected, trimmed: expected == 16) else { continue }
                let straight = row.bytes(reversed: false)
                try expect(straight.count == row.bytes(reversed: true).count, "\(row)")
                _ = row.agrees(reversed: true)
            }
        }
    }

    /// Any bytes as a recorded session, whole and cut in two.
    static let log = FuzzTarget("log", largest: 16384) { bytes throws(FuzzFailure) in
        for logs in [[bytes], [Array(bytes[..<(bytes.count / 2)]), Array(bytes[(bytes.count / 2)...])]] {
            for wanted in [nil, 0x1000..<0x1100] as [Range<UInt64>?] {
                guard let session = try? RecordedSession(logs: logs, range: wanted, isFlash: wanted != nil) else {
                    continue
                }
                try expect(
                    UInt64(session.bytes.count) == session.range.upperBound - session.range.lowerBound,
                    "\(session.bytes.count) bytes in \(session.range)")
                for gap in session.gaps {
                    try expect(
                        session.range.lowerBound <= gap.lowerBound && gap.upperBound <= session.range.upperBound,
                        "gap \(gap) in \(session.range)")
                }
                _ = session.isVerified
            }
        }
    }

    /// Any bytes as a kernel's log about a small flash.
    static let kernelLog = FuzzTarget("kernel-log", largest: 8192) { bytes throws(FuzzFailure) in
        var options = InputOptions()
        options.eraseSize = 4096
        guard let image = try? ImageOpener.open(FileBytes(smallFlash), path: "x", options: options) else {
            throw FuzzFailure("the small flash does not open")
        }
        let comparison = FileBytes(bytes).withBytes { KernelLogComparison(log: $0, image: image) }
        _ = comparison.entries.count
    }

    /// A flash with one file.
    private static let smallFlash: [UInt8] = {
        var input = FuzzInput([])
        var mixer = NodeMixer(&input)
        mixer.addFile()
        return mixer.finished()
    }()
}
