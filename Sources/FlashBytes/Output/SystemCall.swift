package import SystemPackage

#if canImport(Glibc)
    internal import Glibc
#elseif canImport(Musl)
    internal import Musl
#else
    internal import Darwin
#endif

/// System calls that a signal may interrupt, and are called again then.
package enum SystemCall {
    /// Calls `body` until it is not interrupted; a negative result throws.
    @discardableResult
    package static func retrying(_ body: () -> CInt) throws(Errno) -> CInt {
        while true {
            let result = body()
            if result >= 0 { return result }
            let problem = Errno(rawValue: errno)
            if problem != .interrupted { throw problem }
        }
    }

    /// Waits until the disk has all of a file.
    package static func sync(_ descriptor: CInt) throws(Errno) { try retrying { fsync(descriptor) } }

    /// Waits until the disk has the names in a directory, as far as its file system can do so.
    static func sync(directory path: String) throws(Errno) {
        let descriptor = try open(path, flags: O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        defer { _ = closing(descriptor) }
        do {
            try sync(descriptor)
        } catch {
            // There is no such thing on some file systems.
            if ![.invalidArgument, .notSupported, .badFileDescriptor, .readOnlyFileSystem].contains(error) {
                throw error
            }
        }
    }

    /// Puts a file that grew under another name in its place, and what is there goes: the disk has the bytes before the name.
    ///
    /// - Parameters:
    ///   - descriptor: of the file.
    ///   - temporary: its name so far, in the directory of `path`.
    package static func place(_ descriptor: CInt, from temporary: String, at path: String) throws(FileError) {
        do throws(Errno) {
            try sync(descriptor)
        } catch {
            throw FileError(action: "sync", path: temporary, errno: error)
        }
        do throws(Errno) {
            try retrying { unsafe rename(temporary, path) }
            try sync(directory: OutputPlace.split(path).directory)
        } catch {
            throw FileError(action: "rename into place", path: path, errno: error)
        }
    }

    /// Closes a file that was written: some file systems tell only then that they could not keep it.
    package static func close(_ descriptor: CInt) throws(Errno) {
        // The descriptor is gone even if the call was interrupted.
        if closing(descriptor) != 0, errno != EINTR { throw Errno(rawValue: errno) }
    }

    /// Opens a file.
    ///
    /// - Parameters:
    ///   - flags: those of `open`.
    ///   - permissions: of a file that is created, before the umask.
    package static func open(_ path: String, flags: CInt, permissions: UInt32 = 0) throws(Errno) -> CInt {
        try retrying { Glue.open(path, flags: flags, mode: mode_t(truncatingIfNeeded: permissions)) }
    }

    /// Opens a file that is there, by the bytes of its path.
    package static func open(_ path: [UInt8], flags: CInt) throws(Errno) -> CInt {
        let name = path.map { CChar(bitPattern: $0) } + [0]
        return try retrying { Glue.open(name, flags: flags) }
    }

    private static func closing(_ descriptor: CInt) -> CInt { Glue.close(descriptor) }
}

private enum Glue {
    static func open(_ path: String, flags: CInt, mode: mode_t) -> CInt {
        #if canImport(Glibc)
            unsafe Glibc.open(path, flags, mode)
        #elseif canImport(Musl)
            unsafe Musl.open(path, flags: flags, mode: mode)
        #else
            unsafe Darwin.open(path, flags: flags, mode: mode)
        #endif
    }

    static func open(_ name: [CChar], flags: CInt) -> CInt {
        #if canImport(Glibc)
            unsafe Glibc.open(name, flags)
        #elseif canImport(Musl)
            unsafe Musl.open(name, flags)
        #else
            unsafe Darwin.open(name, flags)
        #endif
    }

    static func close(_ descriptor: CInt) -> CInt {
        #if canImport(Glibc)
            Glibc.close(descriptor)
        #elseif canImport(Musl)
            Musl.close(descriptor)
        #else
            Darwin.close(descriptor)
        #endif
    }
}
