internal import SystemPackage

#if canImport(Glibc)
    internal import Glibc
#elseif canImport(Musl)
    internal import Musl
#else
    internal import Darwin
#endif

/// Where an output goes, and what is there.
struct OutputPlace {
    enum Kind {
        /// A file, there or not.
        case file
        /// A device, FIFO or socket.
        case special
        /// What the program holds open already: `/dev/stdout`.
        case descriptor(CInt)
    }

    let kind: Kind
    /// Of a file, where it is put.
    let path: String
    let directory: String
    let name: String
    /// What is there; nil for nothing.
    let existing: stat?

    init(standardOutput: Void) {
        kind = .descriptor(1)
        path = ""
        directory = ""
        name = ""
        existing = nil
    }

    private init(kind: Kind, path: String, existing: stat?) {
        self.kind = kind
        self.path = path
        self.existing = existing
        (directory, name) = Self.split(path)
    }

    /// The directory of a path, and the name in it.
    static func split(_ path: String) -> (directory: String, name: String) {
        guard let slash = path.utf8.lastIndex(of: 0x2f) else { return (".", path) }
        let directory = slash == path.startIndex ? "/" : String(path[..<slash])
        return (directory, String(path[path.utf8.index(after: slash)...]))
    }

    /// A new temporary path beside the place.
    func temporaryPath() -> String {
        directory + "/" + String(decoding: TemporaryNames.make(for: Array(name.utf8)), as: UTF8.self)
    }

    /// Whether an output may go there; the one place that refuses it.
    ///
    /// - Throws: `FileError`: `EEXIST` for what is there and may not be replaced; `isInput` for what was read.
    static func check(_ path: String, replacing: Bool, role: OutputFile.Role) throws(FileError) -> OutputPlace {
        if let number = openDescriptor(path) {
            return OutputPlace(kind: .descriptor(number), path: path, existing: nil)
        }
        var status = stat()
        let followsLinks = role == .output || role == .changedInput
        let found = unsafe followsLinks ? stat(path, &status) : lstat(path, &status)
        guard found == 0 else {
            let problem = Errno(rawValue: errno)
            if problem != .noSuchFileOrDirectory { throw FileError(action: "create", path: path, errno: problem) }
            // Nothing is there, or a link that leads to nothing: what it names is made then.
            return OutputPlace(kind: .file, path: followsLinks ? target(path) : path, existing: nil)
        }
        if role != .changedInput, let identity = FileIdentity(status), InputFiles.contains(identity) {
            throw FileError(replacingInput: path)
        }
        if role == .changedInput { try checkFormer(path, status: status) }
        switch status.st_mode & S_IFMT {
        case S_IFDIR: throw FileError(action: "create", path: path, errno: .isDirectory)
        case S_IFREG, S_IFLNK:
            if !replacing { throw FileError(action: "create", path: path, errno: .fileExists) }
            return OutputPlace(kind: .file, path: followsLinks ? resolved(path) : path, existing: status)
        default:
            if !followsLinks { throw FileError(action: "create", path: path, errno: .fileExists) }
            return OutputPlace(kind: .special, path: path, existing: status)
        }
    }

    /// The name for the input itself must be free: what an interrupted run has left there may be the only copy.
    private static func checkFormer(_ path: String, status: stat) throws(FileError) {
        let former = resolved(path) + "~"
        var found = stat()
        guard unsafe lstat(former, &found) == 0 else { return }
        if found.st_dev == status.st_dev, found.st_ino == status.st_ino {
            // That run had replaced nothing yet.
            unsafe unlink(former)
            return
        }
        throw FileError(action: "create", path: former, errno: .fileExists)
    }

    /// The number of an open descriptor that a path names.
    private static func openDescriptor(_ path: String) -> CInt? {
        switch path {
        case "/dev/stdout": return 1
        case "/dev/stderr": return 2
        default:
            for start in ["/dev/fd/", "/proc/self/fd/"] where path.hasPrefix(start) {
                return CInt(path.dropFirst(start.count))
            }
            return nil
        }
    }

    /// `path` without symbolic links.
    private static func resolved(_ path: String) -> String {
        guard let real = unsafe realpath(path, nil) else { return path }
        defer { unsafe free(real) }
        return unsafe String(cString: real)
    }

    /// What a link names that leads to nothing.
    private static func target(_ path: String) -> String {
        var path = path
        for _ in 0..<40 {
            var buffer = [CChar](repeating: 0, count: 4096)
            let length = unsafe readlink(path, &buffer, buffer.count)
            guard length > 0, length < buffer.count else { return path }
            let link = String(decoding: buffer.prefix(length).map { UInt8(bitPattern: $0) }, as: UTF8.self)
            let here = path.utf8.lastIndex(of: 0x2f).map { String(path[...$0]) } ?? ""
            path = link.hasPrefix("/") ? link : here + link
        }
        return path
    }
}
