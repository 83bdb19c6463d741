package import SystemPackage

#if canImport(Glibc)
    internal import Glibc
#elseif canImport(Musl)
    internal import Musl
#else
    internal import Darwin
#endif

/// The names in a directory of the host.
package enum DirectoryNames {
    /// The names that are not hidden, sorted.
    package static func visible(in path: String) throws(FileError) -> [String] {
        var names: [String] = []
        try forEach(in: path) { name, _ in
            if name.first != UInt8(ascii: ".") { names.append(String(decoding: name, as: UTF8.self)) }
        }
        return names.sorted()
    }

    /// Calls `body` with each name but `.` and `..`, in the order of the file system. Names may be removed meanwhile.
    ///
    /// - Parameter body: is also told whether the file system says by itself that the name is a directory.
    package static func forEach(
        in path: String, body: (_ name: [UInt8], _ isDirectory: Bool) -> Void
    ) throws(FileError) {
        let descriptor: CInt
        do {
            descriptor = try SystemCall.open(path, flags: O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        } catch {
            throw FileError(action: "open", path: path, errno: error)
        }
        do {
            try forEach(takingOver: descriptor, body: body)
        } catch {
            throw FileError(action: "read", path: path, errno: error)
        }
    }

    /// The same for an open directory, which is closed at the end.
    package static func forEach(
        takingOver descriptor: CInt, body: (_ name: [UInt8], _ isDirectory: Bool) -> Void
    ) throws(Errno) {
        guard let stream = unsafe fdopendir(descriptor) else {
            let problem = Errno(rawValue: errno)
            try? SystemCall.close(descriptor)
            throw problem
        }
        defer { unsafe closedir(stream) }
        while true {
            errno = 0
            guard let entry = unsafe readdir(stream) else {
                if errno != 0 { throw Errno(rawValue: errno) }
                return
            }
            let name = unsafe self.name(of: entry)
            if name != [0x2e], name != [0x2e, 0x2e] {
                body(name, unsafe Int32(entry.pointee.d_type) == Int32(DT_DIR))
            }
        }
    }

    private static func name(of entry: UnsafeMutablePointer<dirent>) -> [UInt8] {
        // Through the address of the field: a copy of the struct would cut long names that lie behind its end.
        guard let offset = MemoryLayout<dirent>.offset(of: \.d_name) else { return [] }
        let start = unsafe UnsafeRawPointer(entry).advanced(by: offset).assumingMemoryBound(to: CChar.self)
        return unsafe UnsafeRawBufferPointer(start: start, count: strlen(start)).map { $0 }
    }
}
