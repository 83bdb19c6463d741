internal import FlashBytes
internal import SystemPackage

#if canImport(Glibc)
    internal import Glibc
#elseif canImport(Musl)
    internal import Musl
#else
    internal import Darwin
#endif

/// A directory of the host held open, and what can be done with the names in it.
///
/// Nothing here follows a symlink, and every name is one component: what is done, is done in this directory, whatever
/// becomes of the path that led to it. The caller has made sure that names are safe (`FileName.isSafe`).
/// Closed when nobody holds it any more.
final class OpenDirectory: Sendable {
    let descriptor: CInt
    let identity: HostIdentity

    /// Takes over an open descriptor of a directory.
    private init(descriptor: CInt) throws(Errno) {
        var status = stat()
        if unsafe fstat(descriptor, &status) != 0 {
            let problem = Errno(rawValue: errno)
            close(descriptor)
            throw problem
        }
        guard let status = HostStatus(status) else {
            close(descriptor)
            throw .notDirectory
        }
        self.descriptor = descriptor
        identity = status.identity
    }

    deinit { close(descriptor) }

    /// Opens the directory that a user named: here, and only here, symlinks are followed.
    static func open(path: String) throws(Errno) -> OpenDirectory {
        let opened = try SystemCall.open(path, flags: O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        return try OpenDirectory(descriptor: opened)
    }

    /// Opens a directory in this one.
    func openDirectory(_ name: FileName) throws(Errno) -> OpenDirectory {
        let opened = try unsafe call(name) {
            unsafe openat(descriptor, $0, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
        }
        return try OpenDirectory(descriptor: opened)
    }

    /// Creates a directory that nobody else can look into until its final permissions are set.
    func makeDirectory(_ name: FileName) throws(Errno) {
        try unsafe call(name) { unsafe mkdirat(descriptor, $0, 0o700) }
    }

    /// Creates a file for writing; an existing name, a symlink too, is `EEXIST`.
    ///
    /// - Parameter permissions: those that the host may take bits from.
    func createFile(_ name: FileName, permissions: UInt16 = 0o600) throws(Errno) -> OpenFile {
        OpenFile(
            descriptor: try unsafe call(name) {
                unsafe openat(descriptor, $0, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, mode_t(permissions))
            })
    }

    /// Opens a file for reading; a symlink is `ELOOP`. Does not wait for the other end of a FIFO.
    func openFile(_ name: FileName) throws(Errno) -> OpenFile {
        OpenFile(
            descriptor: try unsafe call(name) {
                unsafe openat(descriptor, $0, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC)
            })
    }

    /// Creates a symlink.
    func makeSymlink(_ name: FileName, target: [UInt8]) throws(Errno) {
        try unsafe call(name) { name in unsafe withCString(target) { unsafe symlinkat($0, descriptor, name) } }
    }

    /// Creates a device, FIFO or socket.
    func makeNode(_ name: FileName, kind: FileKind, device: DeviceNumber?) throws(Errno) {
        var number = dev_t(0)
        if let device {
            guard let hostNumber = device.hostNumber else { throw .invalidArgument }
            number = hostNumber
        }
        try unsafe call(name) { name in
            #if canImport(Darwin)
                // mkfifoat apart: macOS lets only root call mknodat.
                if kind == .fifo { return unsafe mkfifoat(descriptor, name, 0o600) }
            #endif
            return unsafe mknodat(descriptor, name, mode_t(kind.rawValue) | 0o600, number)
        }
    }

    /// Gives the file behind a name of this directory a further name in `directory`.
    func link(_ name: FileName, as newName: FileName, in directory: OpenDirectory) throws(Errno) {
        try unsafe call(name) { name in
            unsafe withCString(newName.bytes) { unsafe linkat(descriptor, name, directory.descriptor, $0, 0) }
        }
    }

    /// Takes away a name that is no directory.
    func unlink(_ name: FileName) throws(Errno) {
        try unsafe call(name) { unsafe unlinkat(descriptor, $0, 0) }
    }

    /// Takes away an empty directory.
    func removeDirectory(_ name: FileName) throws(Errno) {
        try unsafe call(name) { unsafe unlinkat(descriptor, $0, AT_REMOVEDIR) }
    }

    /// What is behind a name.
    func status(_ name: FileName) throws(Errno) -> HostStatus {
        var status = stat()
        try unsafe call(name) { unsafe fstatat(descriptor, $0, &status, AT_SYMLINK_NOFOLLOW) }
        guard let status = HostStatus(status) else { throw .notSupported }
        return status
    }

    /// What the directory itself is.
    func status() throws(Errno) -> HostStatus { try HostMetadata.status(descriptor) }

    /// Whether names can be added and taken away here.
    var isWritable: Bool { unsafe faccessat(descriptor, ".", W_OK | X_OK, AT_EACCESS) == 0 }

    /// Gives what is behind a name another name in this directory.
    func rename(_ name: FileName, to newName: FileName) throws(Errno) {
        try unsafe call(name) { name in
            unsafe withCString(newName.bytes) { unsafe renameat(descriptor, name, descriptor, $0) }
        }
    }

    /// The target of a symlink.
    func readLink(_ name: FileName) throws(Errno) -> [UInt8] {
        var target = [UInt8](repeating: 0, count: 256)
        while true {
            let length = try unsafe call(name) { name in
                unsafe target.withUnsafeMutableBytes { buffer in
                    let start = unsafe buffer.bindMemory(to: CChar.self)
                    guard let address = start.baseAddress else { return 0 }
                    return unsafe CInt(clamping: readlinkat(descriptor, name, address, start.count))
                }
            }
            if Int(length) < target.count {
                target.removeLast(target.count - Int(length))
                return target
            }
            // It may have been cut: again with more room.
            target = [UInt8](repeating: 0, count: target.count * 2)
        }
    }

    /// The names in the directory without `.` and `..`, ascending by bytes.
    func names() throws(Errno) -> [FileName] {
        var names: [FileName] = []
        try forEachName { name, _ in names.append(name) }
        names.sort()
        return names
    }

    /// About how many names there are in the directory and all below it: what cannot be looked into, or lies deeper than
    /// `depth` directories, is not counted.
    func countNames(depth: Int = 32) -> Int {
        var count = 0
        var directories: [FileName] = []
        try? forEachName { name, isDirectory in
            count += 1
            if isDirectory { directories.append(name) }
        }
        guard depth > 0 else { return count }
        for name in directories { count += (try? openDirectory(name))?.countNames(depth: depth - 1) ?? 0 }
        return count
    }

    /// Calls `body` with each name in the directory without `.` and `..`, and whether the system says by itself that it is
    /// a directory.
    private func forEachName(_ body: (_ name: FileName, _ isDirectory: Bool) -> Void) throws(Errno) {
        // A descriptor of its own: reading moves its position and closedir closes it.
        let copy = try SystemCall.retrying { unsafe openat(descriptor, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC) }
        try DirectoryNames.forEach(takingOver: copy) { body(FileName($0), $1) }
    }

    /// Sets the owner of what is behind a name.
    func setOwner(_ name: FileName, owner: UInt32, group: UInt32) throws(Errno) {
        try unsafe call(name) { unsafe fchownat(descriptor, $0, owner, group, AT_SYMLINK_NOFOLLOW) }
    }

    /// Sets the permissions of what is behind a name; no host can do so for a symlink without following it.
    func setPermissions(_ name: FileName, permissions: UInt16) throws(Errno) {
        try unsafe call(name) { unsafe fchmodat(descriptor, $0, mode_t(permissions), AT_SYMLINK_NOFOLLOW) }
    }

    /// Sets the times of what is behind a name.
    func setTimes(_ name: FileName, access: Int64, modification: Int64) throws(Errno) {
        let times = hostTimes(access: access, modification: modification)
        try unsafe call(name) { unsafe utimensat(descriptor, $0, times, AT_SYMLINK_NOFOLLOW) }
    }

    /// Calls `body` with the name as a C string until it is not interrupted; a negative result throws.
    @discardableResult
    private func call(_ name: FileName, body: (UnsafePointer<CChar>) -> CInt) throws(Errno) -> CInt {
        try SystemCall.retrying { unsafe withCString(name.bytes, body: body) }
    }
}

/// Calls `body` with the bytes and a closing NUL.
func withCString<Result>(_ bytes: [UInt8], body: (UnsafePointer<CChar>) -> Result) -> Result {
    unsafe body(bytes.map { CChar(bitPattern: $0) } + [0])
}

/// Access and modification time as `utimensat` and `futimens` take them.
func hostTimes(access: Int64, modification: Int64) -> [timespec] {
    [timespec(tv_sec: time_t(access), tv_nsec: 0), timespec(tv_sec: time_t(modification), tv_nsec: 0)]
}
