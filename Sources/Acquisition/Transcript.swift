package import FlashBytes
internal import SystemPackage

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

    private let file: FileDescriptor
    private let path: String
    /// Where it is written as long as nothing is read, so that a run that fails at once leaves an old one.
    private var provisionalPath: String?
    private let start = ContinuousClock.now
    /// Whether it is new and nothing stands in it.
    private var isEmpty: Bool
    private var side = Side.device
    private var waiting: [UInt8] = []
    private var since = 0.0

    /// Creates the file with mode 0600, or appends to it when an acquisition is resumed.
    ///
    /// - Parameter keepsOld: whether one that is there stays until `publish`.
    package init(path: String, appending: Bool, keepsOld: Bool = false) throws(FileError) {
        self.path = path
        isEmpty = unsafe access(path, F_OK) != 0
        provisionalPath = keepsOld && !appending && isRegularFile(path) ? path + ".new" : nil
        do {
            file = try FileDescriptor.open(
                FilePath(provisionalPath ?? path), .writeOnly,
                options: appending ? [.create, .append] : [.create, .truncate],
                permissions: .ownerReadWrite)
        } catch {
            throw FileError(action: "create", path: path, errno: error as? Errno ?? .ioError)
        }
        // One from before may have been readable for all.
        _ = fchmod(file.rawValue, 0o600)
    }

    /// Puts it in the place of an old one.
    package func publish() {
        if let provisionalPath, unsafe rename(provisionalPath, path) == 0 { self.provisionalPath = nil }
    }

    deinit {
        try? flush()
        try? file.close()
        if let provisionalPath { _ = unsafe unlink(provisionalPath) } else if isEmpty { _ = unsafe unlink(path) }
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
        do {
            try file.writeAll((line.text + "\n").utf8)
        } catch {
            throw .file(FileError(action: "write", path: path, errno: error as? Errno ?? .ioError))
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
