public import SystemPackage

#if canImport(Glibc)
    internal import Glibc
#elseif canImport(Musl)
    internal import Musl
#else
    internal import Darwin
#endif

/// A file that appears whole or not at all: written without a name (or under a temporary one beside its place), synced, then
/// put in its place.
///
/// A file that is replaced hands its permission bits on; a symbolic link stays, and what it points to is replaced. An
/// existing device, FIFO or socket, and what `/dev/stdout` and its like lead to, is written directly, since it cannot be
/// replaced; unless what was written has to be read again before: then a temporary file is filled first.
public final class OutputFile {
    /// What a file is for.
    public enum Role: Sendable {
        /// What the user asked for.
        case output
        /// What comes with an output of another name: no symbolic link leads it elsewhere.
        case sideFile
        /// A side file for its owner alone, whatever was there before.
        case secret
        /// The input itself, changed. It stays under the name `PATH~` until the output is proven.
        case changedInput
    }

    /// The file as the user named it.
    public let path: String
    let role: Role
    /// Where the file is put: `path`, with symbolic links followed where the role allows that.
    let place: OutputPlace
    /// What is written to: the new file, or the pipe or device itself.
    let descriptor: CInt
    /// The temporary name, where there is one.
    var temporaryPath: String?
    /// What goes to a pipe or a device in the end; -1 for none.
    private let spool: CInt
    /// How much was written (bytes).
    public private(set) var count = 0
    /// Whether the file is one that gets its place in the end.
    let isNew: Bool
    private let isBorrowed: Bool
    /// What has to be undone or cleared up.
    var placement = Placement()

    /// Begins the file.
    ///
    /// - Parameters:
    ///   - path: the final place.
    ///   - permissions: of the new file, before the umask.
    ///   - replacing: whether an existing file may be replaced; if not, one is refused as `EEXIST`.
    ///   - role: what it is for.
    ///   - isReadable: whether `written` is needed, also for what cannot be read.
    /// - Throws: also for a file that was read as an input (see `InputFiles`).
    public init(
        path: String, permissions: FilePermissions = [.ownerReadWrite, .groupReadWrite, .otherReadWrite],
        replacing: Bool = true, role: Role = .output, isReadable: Bool = false
    ) throws(FileError) {
        let place = try OutputPlace.check(path, replacing: replacing, role: role)
        self.path = path
        self.role = role
        self.place = place
        do throws(Errno) {
            switch place.kind {
            case .file:
                TemporaryNames.removeLeftOver(beside: place.name, in: place.directory)
                (descriptor, temporaryPath) = try Self.create(
                    place, permissions: role == .secret ? 0o600 : UInt32(permissions.rawValue))
                (isNew, isBorrowed) = (true, false)
                Self.takeOver(place.existing, role: role, descriptor: descriptor)
            case .descriptor(let number):
                descriptor = try SystemCall.retrying { fcntl(number, F_DUPFD_CLOEXEC, 3) }
                (isNew, isBorrowed) = (false, false)
            case .special:
                descriptor = try SystemCall.open(path, flags: O_WRONLY | O_CLOEXEC)
                (isNew, isBorrowed) = (false, false)
            }
        } catch {
            throw FileError(action: "create", path: path, errno: error)
        }
        spool = isReadable && !isNew ? try TemporaryFile.open().rawValue : -1
    }

    /// Refuses what cannot become an output, as `init` does, before there is anything to write.
    public static func check(_ path: String, replacing: Bool, role: Role = .output) throws(FileError) {
        _ = try OutputPlace.check(path, replacing: replacing, role: role)
    }

    /// Standard output: written directly, closed by nobody.
    public static func standardOutput(isReadable: Bool = false) throws(FileError) -> OutputFile {
        OutputFile(standardOutput: isReadable ? try TemporaryFile.open().rawValue : -1)
    }

    private init(standardOutput spool: CInt) {
        path = "standard output"
        role = .output
        place = OutputPlace(standardOutput: ())
        descriptor = 1
        self.spool = spool
        (isNew, isBorrowed) = (false, true)
    }

    deinit {
        if spool >= 0 { try? SystemCall.close(spool) }
        if !isBorrowed, !placement.isClosed { try? SystemCall.close(descriptor) }
        removeTemporaryName()
    }

    /// A file without a name where the system has such, else one with a temporary name.
    private static func create(_ place: OutputPlace, permissions: UInt32) throws(Errno) -> (CInt, String?) {
        if let descriptor = try TemporaryFile.unnamed(in: place.directory, permissions: permissions) {
            return (descriptor, nil)
        }
        return try Termination.protected { () throws(Errno) in
            let path = place.temporaryPath()
            let descriptor = try SystemCall.open(
                path, flags: O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, permissions: permissions)
            TemporaryNames.lock(descriptor)
            TemporaryNames.add(path)
            return (descriptor, path)
        }
    }

    /// Gives a new file what the one that it replaces has.
    private static func takeOver(_ existing: stat?, role: Role, descriptor: CInt) {
        guard let existing, role != .secret, existing.st_mode & S_IFMT == S_IFREG else { return }
        if geteuid() == 0 { _ = fchown(descriptor, existing.st_uid, existing.st_gid) }
        _ = fchmod(descriptor, existing.st_mode & 0o7777)
    }

    func removeTemporaryName() {
        guard let temporaryPath else { return }
        unsafe unlink(temporaryPath)
        TemporaryNames.forget(temporaryPath)
        self.temporaryPath = nil
    }

    // MARK: - Writing

    /// Appends all of `bytes`.
    public func write(_ bytes: RawSpan) throws(FileError) {
        try write(bytes, to: spool >= 0 ? spool : descriptor)
        count += bytes.byteCount
    }

    /// Appends all of `bytes`.
    public func write(_ bytes: [UInt8]) throws(FileError) { try write(unsafe bytes.span.bytes) }

    private func write(_ bytes: RawSpan, to descriptor: CInt) throws(FileError) {
        do throws(Errno) {
            try unsafe bytes.withUnsafeBytes { (buffer: UnsafeRawBufferPointer) throws(Errno) in
                var rest = unsafe buffer[...]
                while unsafe !rest.isEmpty {
                    if Termination.isRequested { throw .interrupted }
                    let part = unsafe UnsafeRawBufferPointer(rebasing: rest)
                    #if canImport(Glibc)
                        let done = unsafe Glibc.write(descriptor, part.baseAddress, part.count)
                    #elseif canImport(Musl)
                        let done = unsafe Musl.write(descriptor, part.baseAddress, part.count)
                    #else
                        let done = unsafe Darwin.write(descriptor, part.baseAddress, part.count)
                    #endif
                    if done < 0 {
                        let problem = Errno(rawValue: errno)
                        if problem == .interrupted { continue }
                        throw problem
                    }
                    unsafe rest = rest.dropFirst(done)
                }
            }
        } catch {
            throw FileError(action: "write", path: path, errno: error)
        }
    }

    /// What was written so far, read from the file system again; nil for a pipe or device that was not opened as readable.
    public func written() throws(FileError) -> FileBytes? {
        guard isNew || spool >= 0 else { return nil }
        do {
            // Nobody else knows the file, so it can be mapped.
            return try FileBytes(mapping: FileDescriptor(rawValue: isNew ? descriptor : spool), count: count)
        } catch {
            throw FileError(action: "read", path: path, errno: error as? Errno ?? .ioError)
        }
    }

    /// Writes what was collected to the pipe or device.
    func flushSpool() throws(FileError) {
        guard spool >= 0, let bytes = try written() else { return }
        try bytes.withBytes { (bytes: RawSpan) throws(FileError) in try write(bytes, to: descriptor) }
    }

    /// Syncs the file and puts it in its place.
    public func commit() throws(FileError) { try OutputSet.commit([self]) }
}
