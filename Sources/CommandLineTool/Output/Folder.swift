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
    /// What systems put onto every card by themselves.
    private static let housekeeping: Set<String> = [
        "System Volume Information", "$RECYCLE.BIN", "RECYCLER", "LOST.DIR", "lost+found", "Android",
    ]

    /// What is in a folder but what systems put into every one, sorted; nothing where there is no folder yet.
    static func strangers(in path: String) throws -> [String] {
        var status = stat()
        guard unsafe stat(path, &status) == 0 else { return [] }
        guard status.st_mode & S_IFMT == S_IFDIR else { throw FileError("create", path, .fileExists) }
        return try PartitionFiles.names(in: path).filter { !housekeeping.contains($0) }
    }

    /// Makes a folder with these files; all of them, or none.
    ///
    /// - Parameter intoExisting: whether the folder may be there already; files of the same names are replaced.
    static func write(
        _ files: [(name: String, bytes: [UInt8])], to path: String, intoExisting: Bool = false
    ) throws {
        var isNew = true
        if unsafe mkdir(path, 0o777) != 0 {
            let failure = Errno(rawValue: errno)
            guard intoExisting, failure == .fileExists else { throw FileError("create", path, failure) }
            isNew = false
        }
        do {
            // Whatever can fail for want of room fails before the first file is in its place.
            var outputs: [OutputFile] = []
            for file in files {
                let output = try OutputFile(path: "\(path)/\(file.name)")
                try output.write(file.bytes)
                outputs.append(output)
            }
            for output in outputs { try output.commit() }
        } catch {
            if isNew {
                for file in files { unsafe unlink("\(path)/\(file.name)") }
                unsafe rmdir(path)
            }
            throw error
        }
    }
}
