internal import FlashBytes
internal import SystemPackage

#if canImport(Glibc)
    internal import Glibc
#elseif canImport(Musl)
    internal import Musl
#else
    internal import Darwin
#endif

/// Lines that are written as things happen, for their owner alone: a journal, a transcript.
///
/// No `OutputFile`, which appears when it is whole: what is here is there for the next run even if this one is killed. Only
/// where an old file has to stay until there is something better, the new one begins beside it, as `PATH.new`.
final class GrowingFile {
    let path: String
    private let file: FileDescriptor
    /// Where it is until `publish`; nil if it has its place.
    private var provisionalPath: String?

    /// Creates the file with mode 0600, or appends to it.
    ///
    /// - Parameter keepsOld: whether one that is there, and is not appended to, stays until `publish`.
    init(path: String, appending: Bool, keepsOld: Bool) throws(FileError) {
        self.path = path
        provisionalPath = keepsOld && !appending && Self.isRegularFile(path) ? path + ".new" : nil
        do {
            file = try FileDescriptor.open(
                FilePath(provisionalPath ?? path), .writeOnly,
                options: appending ? [.create, .append, .closeOnExec] : [.create, .truncate, .closeOnExec],
                permissions: .ownerReadWrite)
        } catch {
            throw FileError(action: "create", path: path, errno: error as? Errno ?? .ioError)
        }
        // One from before may have been readable for all.
        _ = fchmod(file.rawValue, 0o600)
    }

    deinit { try? file.close() }

    /// Whether it stands beside its place, where an old one is.
    var isProvisional: Bool { provisionalPath != nil }

    func write(_ text: String) throws(FileError) {
        do {
            try file.writeAll(text.utf8)
        } catch {
            throw FileError(action: "write", path: path, errno: error as? Errno ?? .ioError)
        }
    }

    /// Puts it in the place of the old one, if there is one.
    func publish() throws(FileError) {
        guard let provisionalPath else { return }
        try SystemCall.place(file.rawValue, from: provisionalPath, at: path)
        self.provisionalPath = nil
    }

    /// Takes it away; the old one stays.
    func remove() { _ = unsafe unlink(provisionalPath ?? path) }

    /// Whether there is a file that can be replaced, not a device.
    private static func isRegularFile(_ path: String) -> Bool {
        var status = stat()
        return unsafe stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFREG
    }
}
