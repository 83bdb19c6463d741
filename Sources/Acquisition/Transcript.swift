public import FlashBytes
internal import SystemPackage

/// Everything that went over the line, with times: JSON lines `{"at":1.5,"from":"device","bytes":"…"}`, one character
/// a byte (ISO 8859-1). It holds the whole dump, so only its owner may read it.
public final class Transcript {
    enum Side: String {
        case device, host
    }

    private let file: FileDescriptor
    private let path: String
    private let start = ContinuousClock.now
    private var side = Side.device
    private var waiting: [UInt8] = []
    private var since = 0.0

    /// Creates the file with mode 0600, or appends to it when an acquisition is resumed.
    public init(path: String, appending: Bool) throws(FileError) {
        self.path = path
        do {
            file = try FileDescriptor.open(
                FilePath(path), .writeOnly, options: appending ? [.create, .append] : [.create, .truncate],
                permissions: .ownerReadWrite)
        } catch {
            throw FileError("create", path, error as? Errno ?? .ioError)
        }
    }

    deinit {
        try? flush()
        try? file.close()
    }

    func record(_ side: Side, _ bytes: [UInt8]) throws(AcquisitionError) {
        if side != self.side || waiting.count > 4096 { try flush() }
        if waiting.isEmpty { since = (ContinuousClock.now - start).inSeconds }
        self.side = side
        waiting += bytes
    }

    func flush() throws(AcquisitionError) {
        guard !waiting.isEmpty else { return }
        var line = JSONLine()
        line.append("at", seconds: since)
        line.append("from", side.rawValue)
        line.append("bytes", String(latin1: waiting))
        waiting.removeAll(keepingCapacity: true)
        do {
            try file.writeAll((line.text + "\n").utf8)
        } catch {
            throw .file(FileError("write", path, error as? Errno ?? .ioError))
        }
    }

    /// The device's bytes of a transcript; nil if `text` is none.
    static func deviceBytes(_ text: String) -> [UInt8]? {
        var bytes: [UInt8] = []
        var isTranscript = false
        for line in text.split(separator: "\n") {
            guard let record = JSONLine(line), let side = record.string("from"), let text = record.string("bytes")
            else {
                // The last line may be cut.
                if isTranscript { continue }
                return nil
            }
            isTranscript = true
            if side == Side.device.rawValue { bytes += text.unicodeScalars.map { UInt8(truncatingIfNeeded: $0.value) } }
        }
        return isTranscript ? bytes : nil
    }
}

extension String {
    /// One character a byte.
    init(latin1 bytes: [UInt8]) {
        var scalars = String.UnicodeScalarView()
        scalars.append(contentsOf: bytes.lazy.map { Unicode.Scalar($0) })
        self.init(scalars)
    }
}
