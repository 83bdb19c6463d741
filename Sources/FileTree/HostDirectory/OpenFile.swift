internal import FlashBytes
internal import Synchronization
internal import SystemPackage

#if canImport(Glibc)
    internal import Glibc
#elseif canImport(Musl)
    internal import Musl
#else
    internal import Darwin
#endif

// Linux and macOS number them differently, and glibc shows them to GNU programs only.
#if canImport(Darwin)
    private let seekHole: CInt = 3
    private let seekData: CInt = 4
#else
    private let seekData: CInt = 3
    private let seekHole: CInt = 4
#endif

/// A file of the host held open; closed when nobody holds it any more.
final class OpenFile: Sendable {
    let descriptor: CInt
    private let isClosed = Atomic(false)

    /// Takes over an open descriptor.
    init(descriptor: CInt) { self.descriptor = descriptor }

    deinit {
        if !isClosed.load(ordering: .relaxed) { close(descriptor) }
    }

    func status() throws(Errno) -> HostStatus { try HostMetadata.status(descriptor) }

    /// Writes all of `bytes` at `offset`.
    func write(_ bytes: UnsafeRawBufferPointer, at offset: UInt64) throws(Errno) {
        var done = 0
        while done < bytes.count {
            let part = unsafe UnsafeRawBufferPointer(rebasing: bytes[done...])
            let count = unsafe pwrite(descriptor, part.baseAddress, part.count, off_t(offset) + off_t(done))
            if count < 0 {
                if errno == EINTR { continue }
                throw Errno(rawValue: errno)
            }
            done += count
        }
    }

    /// Fills `buffer` from `offset` on, as far as the file goes; says how many bytes there were.
    func read(into buffer: UnsafeMutableRawBufferPointer, at offset: UInt64) throws(Errno) -> Int {
        var done = 0
        while done < buffer.count {
            let part = unsafe UnsafeMutableRawBufferPointer(rebasing: buffer[done...])
            let count = unsafe pread(descriptor, part.baseAddress, part.count, off_t(offset) + off_t(done))
            if count < 0 {
                if errno == EINTR { continue }
                throw Errno(rawValue: errno)
            }
            if count == 0 { break }
            done += count
        }
        return done
    }

    /// Sets the size; what is new is a hole.
    func setSize(_ size: UInt64) throws(Errno) {
        guard let size = off_t(exactly: size) else { throw .fileTooLarge }
        try SystemCall.retrying { ftruncate(descriptor, size) }
    }

    /// Closes the file, with which nothing can be done from then on: some file systems tell only now that they could not
    /// keep what was written.
    func finish() throws(Errno) {
        isClosed.store(true, ordering: .relaxed)
        try SystemCall.close(descriptor)
    }

    /// The parts that hold data, as the host's file system tells; the whole file where it does not.
    func dataRanges(size: UInt64) throws(Errno) -> [Range<UInt64>] {
        var ranges: [Range<UInt64>] = []
        var offset = off_t(0)
        while offset < off_t(clamping: size) {
            let start = lseek(descriptor, offset, seekData)
            if start < 0 {
                if errno == ENXIO { break }  // nothing but a hole up to the end
                if errno == EINVAL { return [0..<size] }  // cannot tell
                throw Errno(rawValue: errno)
            }
            var end = lseek(descriptor, start, seekHole)
            if end <= start { end = off_t(clamping: size) }
            let range = min(UInt64(start), size)..<min(UInt64(end), size)
            if !range.isEmpty { ranges.append(range) }
            offset = end
        }
        return ranges
    }
}

/// What can be asked of and set on a file or directory that is held open, whatever its name is by now.
enum HostMetadata {
    static func status(_ descriptor: CInt) throws(Errno) -> HostStatus {
        var status = stat()
        if unsafe fstat(descriptor, &status) != 0 { throw Errno(rawValue: errno) }
        guard let status = HostStatus(status) else { throw .notSupported }
        return status
    }

    static func setOwner(_ descriptor: CInt, owner: UInt32, group: UInt32) throws(Errno) {
        try SystemCall.retrying { fchown(descriptor, owner, group) }
    }

    static func setPermissions(_ descriptor: CInt, permissions: UInt16) throws(Errno) {
        try SystemCall.retrying { fchmod(descriptor, mode_t(permissions)) }
    }

    static func setTimes(_ descriptor: CInt, access: Int64, modification: Int64) throws(Errno) {
        let times = hostTimes(access: access, modification: modification)
        try SystemCall.retrying { unsafe futimens(descriptor, times) }
    }
}
