package import FlashBytes

#if canImport(Glibc)
    internal import Glibc
#elseif canImport(Musl)
    internal import Musl
#else
    internal import Darwin
#endif

/// Everything that went over the line, with times: JSON lines `{"at":1.5,"from":"device","bytes":"…"}`, one character
/// a byte (ISO 8859-1). It holds the whole dump, so only its owner may read it.
package final class Transcript {
    enum Side: String {
        case device, host, note
    }

    private let file: GrowingFile
    private let start = ContinuousClock.now
    /// Whether it is new and nothing stands in it.
    private var isEmpty: Bool
    private var side = Side.device
    private var waiting: [UInt8] = []
    private var since = 0.0

    /// Creates the file with mode 0600, or appends to it when an acquisition is resumed.
    ///
    /// - Parameter keepsOld: whether one that is there stays until `publish`, so that a run that fails at once leaves it.
    package init(path: String, appending: Bool, keepsOld: Bool = false) throws(FileError) {
        isEmpty = unsafe access(path, F_OK) != 0
        file = try GrowingFile(path: path, appending: appending, keepsOld: keepsOld)
    }

    /// Puts it in the place of an old one.
    package func publish() throws(AcquisitionError) {
        do throws(FileError) {
            try file.publish()
        } catch {
            throw .file(error)
        }
    }

    deinit {
        try? flush()
        if file.isProvisional || isEmpty { file.remove() }
    }

    func record(_ side: Side, bytes: [UInt8]) throws(AcquisitionError) {
        if side != self.side || waiting.count > 4096 { try flush() }
        if waiting.isEmpty { since = (ContinuousClock.now - start).inSeconds }
        self.side = side
        waiting += bytes
    }

    func flush() throws(AcquisitionError) {
        guard !waiting.isEmpty else { return }
        var line = JSONLine()
        line.append("at", seconds: since)
        line.append("from", value: side.rawValue)
        line.append("bytes", value: String(latin1: waiting))
        waiting.removeAll(keepingCapacity: true)
        try write(line)
    }

    /// Says what has been made of what the device sent: which block is in the image.
    func note(_ fields: JSONLine) throws(AcquisitionError) {
        try flush()
        var line = JSONLine()
        line.append("at", seconds: (ContinuousClock.now - start).inSeconds)
        line.append("from", value: Side.note.rawValue)
        line.append(contentsOf: fields)
        try write(line)
    }

    private func write(_ line: JSONLine) throws(AcquisitionError) {
        isEmpty = false
        do throws(FileError) {
            try file.write(line.text + "\n")
        } catch {
            throw .file(error)
        }
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
