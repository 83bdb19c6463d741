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
/// existing device, FIFO or socket (`/dev/stdout`) is written directly, since it cannot be replaced, unless what was written
/// has to be read again before: then a temporary file is filled first.
public final class OutputFile {
    /// Where the file will be.
    public let path: String
    /// Where the file is put: `path`, with symbolic links followed.
    private let place: String
    private let temporaryPath: String?
    private let file: FileDescriptor
    /// What is written to the file in the end, and how much that is (bytes).
    private let spool: FileDescriptor?
    private var spooled = 0
    private var isDone = false

    /// Creates the temporary file.
    ///
    /// - Parameters:
    ///   - path: the final place.
    ///   - permissions: of the new file, before the umask.
    ///   - replacing: whether an existing file may be replaced; if not, one is refused as `EEXIST`.
    ///   - isReadable: whether `written` is needed, also for what cannot be read.
    public init(
        path: String, permissions: FilePermissions = [.ownerReadWrite, .groupReadWrite, .otherReadWrite],
        replacing: Bool = true, isReadable: Bool = false
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
        spool = isReadable && temporaryPath == nil ? try TemporaryFile.open() : nil
    }

    /// Standard output: written directly, closed by nobody.
    public static func standardOutput(isReadable: Bool = false) throws(FileError) -> OutputFile {
        OutputFile(.standardOutput, "standard output", spool: isReadable ? try TemporaryFile.open() : nil)
    }

    private init(_ file: FileDescriptor, _ name: String, spool: FileDescriptor?) {
        path = name
        place = name
        temporaryPath = nil
        self.file = file
        self.spool = spool
    }

    deinit {
        try? spool?.close()
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
        try write(bytes, to: spool ?? file)
        if spool != nil { spooled += bytes.byteCount }
    }

    private func write(_ bytes: RawSpan, to file: FileDescriptor) throws(FileError) {
        do {
            _ = unsafe try bytes.withUnsafeBytes { unsafe try file.writeAll($0) }
        } catch {
            throw FileError("write", path, error as? Errno ?? .ioError)
        }
    }

    /// Appends all of `bytes`.
    public func write(_ bytes: [UInt8]) throws(FileError) { try write(unsafe bytes.span.bytes) }

    /// What was written so far, read from the file system again; nil for a device, FIFO or socket that was not opened as
    /// readable.
    public func written() throws(FileError) -> FileBytes? {
        if let spool {
            do {
                return try FileBytes(mapping: spool, count: spooled)
            } catch {
                throw FileError("read", path, error as? Errno ?? .ioError)
            }
        }
        guard let temporaryPath else { return nil }
        // Nobody else knows the file, so it can be read where it lies.
        return try FileBytes(path: temporaryPath, mappingThreshold: 0)
    }

    /// Syncs the file and puts it in its place.
    public func commit() throws(FileError) {
        guard let temporaryPath else {
            if let spooled = try written() {
                try spooled.withBytes { (bytes: RawSpan) throws(FileError) in try write(bytes, to: file) }
            }
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
