public import SystemPackage

#if canImport(Glibc)
    internal import Glibc
#elseif canImport(Musl)
    internal import Musl
#else
    internal import Darwin
#endif

/// A file that appears whole or not at all: written under a temporary name beside its place, synced, renamed.
///
/// A file that is replaced hands its permission bits on; a symbolic link stays, and what it points to is replaced. An
/// existing device, FIFO or socket (`/dev/stdout`) is written directly, since it cannot be replaced.
public final class OutputFile {
    /// Where the file will be.
    public let path: String
    /// Where the file is put: `path`, with symbolic links followed.
    private let place: String
    private let temporaryPath: String?
    private let file: FileDescriptor
    private var isDone = false

    /// Creates the temporary file.
    ///
    /// - Parameters:
    ///   - path: the final place.
    ///   - permissions: of the new file, before the umask.
    ///   - replacing: whether an existing file may be replaced; if not, one is refused as `EEXIST`.
    public init(
        path: String, permissions: FilePermissions = [.ownerReadWrite, .groupReadWrite, .otherReadWrite],
        replacing: Bool = true
    ) throws(FileError) {
        var status = stat()
        let exists = unsafe path.withCString { unsafe stat($0, &status) } == 0
        let kind = status.st_mode & S_IFMT
        if exists, !replacing { throw FileError("create", path, .fileExists) }
        if exists, kind == S_IFDIR { throw FileError("create", path, .isDirectory) }
        place = exists ? Self.resolved(path) : path
        do {
            if exists, kind != S_IFREG {
                temporaryPath = nil
                file = try FileDescriptor.open(FilePath(path), .writeOnly, options: [.closeOnExec])
            } else {
                let name = place + ".\(getpid()).tmp"
                temporaryPath = name
                file = try FileDescriptor.open(
                    FilePath(name), .readWrite, options: [.create, .exclusiveCreate, .closeOnExec],
                    permissions: permissions)
                if exists { fchmod(file.rawValue, status.st_mode & 0o7777) }
            }
        } catch {
            throw FileError("create", path, error as? Errno ?? .ioError)
        }
        self.path = path
    }

    /// Standard output: written directly, closed by nobody.
    public static func standardOutput() -> OutputFile { OutputFile(.standardOutput, "standard output") }

    private init(_ file: FileDescriptor, _ name: String) {
        path = name
        place = name
        temporaryPath = nil
        self.file = file
    }

    deinit {
        if file != .standardOutput { try? file.close() }
        if !isDone, let temporaryPath { unsafe unlink(temporaryPath) }
    }

    /// `path` without symbolic links.
    private static func resolved(_ path: String) -> String {
        guard let real = unsafe realpath(path, nil) else { return path }
        defer { unsafe free(real) }
        return unsafe String(cString: real)
    }

    /// Appends all of `bytes`.
    public func write(_ bytes: RawSpan) throws(FileError) {
        do {
            _ = unsafe try bytes.withUnsafeBytes { unsafe try file.writeAll($0) }
        } catch {
            throw FileError("write", path, error as? Errno ?? .ioError)
        }
    }

    /// Appends all of `bytes`.
    public func write(_ bytes: [UInt8]) throws(FileError) { try write(unsafe bytes.span.bytes) }

    /// What was written so far, read from the file system again; nil for a device, FIFO or socket.
    public func written() throws(FileError) -> FileBytes? {
        guard let temporaryPath else { return nil }
        // Nobody else knows the file, so it can be read where it lies.
        return try FileBytes(path: temporaryPath, mappingThreshold: 0)
    }

    /// Syncs the file and puts it in its place.
    public func commit() throws(FileError) {
        guard let temporaryPath else {
            isDone = true
            return
        }
        if fsync(file.rawValue) != 0 { throw FileError("sync", path, Errno(rawValue: errno)) }
        if unsafe rename(temporaryPath, place) != 0 {
            throw FileError("rename into place", path, Errno(rawValue: errno))
        }
        isDone = true
    }
}
