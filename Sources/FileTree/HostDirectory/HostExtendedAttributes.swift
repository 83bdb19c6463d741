internal import CExtendedAttributes
internal import SystemPackage

#if canImport(Glibc)
    internal import Glibc
#elseif canImport(Musl)
    internal import Musl
#else
    internal import Darwin
#endif

/// Extended attributes of files of the host.
///
/// No system has calls that take a directory's descriptor and a name. Linux gets there through `/proc/self/fd`, which
/// leads to the directory itself, so that only the last name counts and is not followed; macOS opens the file, a symlink
/// as itself.
enum HostExtendedAttributes {
    /// Sets one attribute of a file that is held open.
    static func set(_ attribute: ExtendedAttribute, on descriptor: CInt) throws(Errno) {
        guard !attribute.name.contains(0) else { throw .invalidArgument }
        let result = unsafe withCString(attribute.name) { name in
            unsafe attribute.value.withUnsafeBytes { value in
                #if canImport(Darwin)
                    unsafe fsetxattr(descriptor, name, value.baseAddress, value.count, 0, 0)
                #else
                    unsafe fsetxattr(descriptor, name, value.baseAddress, value.count, 0)
                #endif
            }
        }
        if result != 0 { throw Errno(rawValue: errno) }
    }

    /// Sets one attribute of what is behind a name in a directory, of a symlink itself.
    static func set(_ attribute: ExtendedAttribute, on name: FileName, in directory: OpenDirectory) throws(Errno) {
        #if canImport(Darwin)
            let file = try openItself(name, in: directory)
            try set(attribute, on: file.descriptor)
        #else
            guard !attribute.name.contains(0) else { throw .invalidArgument }
            let result = unsafe withCString(path(name, in: directory)) { path in
                unsafe withCString(attribute.name) { attributeName in
                    unsafe attribute.value.withUnsafeBytes { value in
                        unsafe lsetxattr(path, attributeName, value.baseAddress, value.count, 0)
                    }
                }
            }
            if result != 0 { throw Errno(rawValue: errno) }
        #endif
    }

    /// All attributes of a file that is held open, in the host's order.
    static func all(of descriptor: CInt) throws(Errno) -> [ExtendedAttribute] {
        try unsafe all(
            list: { unsafe listAttributes(descriptor, list: $0, size: $1) },
            get: { unsafe getAttribute(descriptor, name: $0, value: $1, size: $2) })
    }

    /// All attributes of what is behind a name in a directory, in the host's order.
    static func all(of name: FileName, in directory: OpenDirectory) throws(Errno) -> [ExtendedAttribute] {
        #if canImport(Darwin)
            let file = try openItself(name, in: directory)
            return try all(of: file.descriptor)
        #else
            let path = path(name, in: directory)
            return try unsafe all(
                list: { list, size in unsafe withCString(path) { unsafe llistxattr($0, list, size) } },
                get: { name, value, size in unsafe withCString(path) { unsafe lgetxattr($0, name, value, size) } })
        #endif
    }

    #if canImport(Darwin)
        private static func listAttributes(_ descriptor: CInt, list: UnsafeMutablePointer<CChar>?, size: Int) -> Int {
            unsafe flistxattr(descriptor, list, size, 0)
        }

        private static func getAttribute(
            _ descriptor: CInt, name: UnsafePointer<CChar>, value: UnsafeMutableRawPointer?, size: Int
        ) -> Int {
            unsafe fgetxattr(descriptor, name, value, size, 0, 0)
        }

        private static func openItself(_ name: FileName, in directory: OpenDirectory) throws(Errno) -> OpenFile {
            let descriptor = unsafe withCString(name.bytes) {
                unsafe openat(directory.descriptor, $0, O_RDONLY | O_SYMLINK | O_NONBLOCK | O_CLOEXEC)
            }
            if descriptor < 0 { throw Errno(rawValue: errno) }
            return OpenFile(descriptor: descriptor)
        }
    #else
        private static func listAttributes(_ descriptor: CInt, list: UnsafeMutablePointer<CChar>?, size: Int) -> Int {
            unsafe flistxattr(descriptor, list, size)
        }

        private static func getAttribute(
            _ descriptor: CInt, name: UnsafePointer<CChar>, value: UnsafeMutableRawPointer?, size: Int
        ) -> Int {
            unsafe fgetxattr(descriptor, name, value, size)
        }

        private static func path(_ name: FileName, in directory: OpenDirectory) -> [UInt8] {
            Array("/proc/self/fd/\(directory.descriptor)/".utf8) + name.bytes
        }
    #endif

    private static func all(
        list: (UnsafeMutablePointer<CChar>?, Int) -> Int,
        get: (UnsafePointer<CChar>, UnsafeMutableRawPointer?, Int) -> Int
    ) throws(Errno) -> [ExtendedAttribute] {
        let names = try unsafe filled { buffer in
            unsafe list(buffer.baseAddress?.assumingMemoryBound(to: CChar.self), buffer.count)
        }
        var attributes: [ExtendedAttribute] = []
        for name in names.split(separator: 0) {
            let name = Array(name)
            do {
                let value = try unsafe filled { buffer in
                    unsafe withCString(name) { unsafe get($0, buffer.baseAddress, buffer.count) }
                }
                attributes.append(ExtendedAttribute(name: name, value: value))
            } catch {
                // Gone since the list was made, or not for us to read (trusted.*).
                if error.rawValue != noAttribute && error != .permissionDenied && error != .notPermitted { throw error }
            }
        }
        return attributes
    }

    #if canImport(Darwin)
        private static let noAttribute = ENOATTR
    #else
        private static let noAttribute = ENODATA
    #endif

    /// Asks for the size, makes room, asks again; a file system without attributes has none.
    private static func filled(_ call: (UnsafeMutableRawBufferPointer) -> Int) throws(Errno) -> [UInt8] {
        while true {
            let size = unsafe call(UnsafeMutableRawBufferPointer(start: nil, count: 0))
            if size < 0 {
                if errno == ENOTSUP { return [] }
                throw Errno(rawValue: errno)
            }
            if size == 0 { return [] }
            var bytes = [UInt8](repeating: 0, count: size)
            let got = unsafe bytes.withUnsafeMutableBytes { unsafe call($0) }
            if got >= 0 {
                bytes.removeLast(bytes.count - got)
                return bytes
            }
            if errno != ERANGE { throw Errno(rawValue: errno) }
        }
    }
}
