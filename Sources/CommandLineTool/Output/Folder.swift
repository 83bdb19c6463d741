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
    /// Begins a folder of files that appear together, or not at all.
    ///
    /// - Parameters:
    ///   - mayExist: whether the folder may be there already.
    ///   - replacing: whether files in it may be replaced.
    static func begin(_ path: String, mayExist: Bool, replacing: Bool) throws -> OutputDirectory {
        do {
            return try OutputDirectory(path: path, mayExist: mayExist, replacing: replacing)
        } catch {
            guard error.errno == .fileExists else { throw error }
            throw Failure("\(path): exists already; -f writes into it, -d names another folder")
        }
    }

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

    /// Writes the files of a folder; all of them appear, or none.
    static func write(
        _ files: [(name: String, bytes: [UInt8])], to path: String, mayExist: Bool = false, replacing: Bool = false
    ) throws {
        let folder = try begin(path, mayExist: mayExist, replacing: replacing)
        for file in files { try folder.file(file.name).write(file.bytes) }
        try folder.commit()
    }
}
