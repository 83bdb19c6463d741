import FlashBytes
import SystemPackage

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// Folders for output files.
enum Folder {
    /// Makes a folder unless it is there.
    static func create(_ path: String) throws(FileError) {
        if unsafe mkdir(path, 0o777) == 0 { return }
        let failure = Errno(rawValue: errno)
        var status = stat()
        guard unsafe stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFDIR else {
            throw FileError("create", path, failure)
        }
    }
}

extension Folder {
    /// Makes a new folder with these files; all of them, or none.
    static func write(_ files: [(name: String, bytes: [UInt8])], to path: String) throws {
        guard unsafe mkdir(path, 0o777) == 0 else { throw FileError("create", path, Errno(rawValue: errno)) }
        do {
            for file in files {
                let output = try OutputFile(path: "\(path)/\(file.name)")
                try output.write(file.bytes)
                try output.commit()
            }
        } catch {
            for file in files { unsafe unlink("\(path)/\(file.name)") }
            unsafe rmdir(path)
            throw error
        }
    }
}
