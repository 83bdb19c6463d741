package import SystemPackage

#if canImport(Glibc)
    internal import Glibc
#elseif canImport(Musl)
    internal import Musl
#else
    internal import Darwin
#endif

/// What the host says of a file, by the bytes of its path: they need not be UTF-8.
package struct HostFileStatus: Sendable, Hashable {
    /// What it is.
    package enum Kind: Sendable, Hashable {
        case regular, directory, symbolicLink, fifo, socket, device
    }

    package let kind: Kind
    /// In bytes.
    package let size: Int
    /// When the content was changed last (nanoseconds since 1970).
    package let modified: Int
    /// Which file it is, whatever it is called.
    package let identity: FileIdentity

    /// - Parameter followingLinks: whether a symlink stands for what it leads to.
    package init(of path: [UInt8], followingLinks: Bool) throws(Errno) {
        var status = stat()
        let name = path.map { CChar(bitPattern: $0) } + [0]
        try SystemCall.retrying { unsafe followingLinks ? stat(name, &status) : lstat(name, &status) }
        self.init(status)
    }

    /// Of an open file.
    package init(of descriptor: CInt) throws(Errno) {
        var status = stat()
        try SystemCall.retrying { unsafe fstat(descriptor, &status) }
        self.init(status)
    }

    private init(_ status: stat) {
        kind =
            switch status.st_mode & S_IFMT {
            case S_IFREG: .regular
            case S_IFDIR: .directory
            case S_IFLNK: .symbolicLink
            case S_IFIFO: .fifo
            case S_IFSOCK: .socket
            default: .device
            }
        size = Int(clamping: status.st_size)
        #if canImport(Darwin)
            let time = status.st_mtimespec
        #else
            let time = status.st_mtim
        #endif
        modified = Int(time.tv_sec).multipliedReportingOverflow(by: 1_000_000_000).partialValue &+ Int(time.tv_nsec)
        identity = FileIdentity(
            device: UInt64(truncatingIfNeeded: status.st_dev), inode: UInt64(truncatingIfNeeded: status.st_ino))
    }
}
