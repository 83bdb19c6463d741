import FlashBytes
import SystemPackage

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// Directories that output files are put into.
enum DirectoryDestination {
    /// What systems put onto every card by themselves.
    private static let housekeeping: Set<String> = [
        "System Volume Information", "$RECYCLE.BIN", "RECYCLER", "LOST.DIR", "lost+found", "Android",
    ]

    /// What is in a directory but what systems put into every one, sorted; nothing where there is no directory yet.
    static func strangers(in path: String) throws -> [String] {
        var status = stat()
        guard unsafe stat(path, &status) == 0 else { return [] }
        guard status.st_mode & S_IFMT == S_IFDIR else {
            throw FileError(action: "create", path: path, errno: .fileExists)
        }
        return try DirectoryNames.visible(in: path).filter { !housekeeping.contains($0) }
    }

    /// Begins a directory of files that appear together, or not at all.
    ///
    /// - Parameters:
    ///   - mayExist: whether the directory may be there already.
    ///   - replacing: whether files in it may be replaced.
    static func begin(_ path: String, mayExist: Bool, replacing: Bool) throws -> OutputDirectory {
        do {
            return try OutputDirectory(path: path, mayExist: mayExist, replacing: replacing)
        } catch {
            guard error.errno == .fileExists else { throw error }
            throw Failure("\(path): exists already; -f writes into it, -d names another folder")
        }
    }
}
