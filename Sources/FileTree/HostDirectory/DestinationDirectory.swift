internal import FlashBytes
internal import SystemPackage

#if canImport(Glibc)
    internal import Glibc
#elseif canImport(Musl)
    internal import Musl
#else
    internal import Darwin
#endif

/// The directory that is being filled: a new one under a temporary name beside its place, or an existing one.
///
/// As long as it is there, a signal does not end the program at once: whoever fills it looks at
/// `Termination.isRequested`, and gives up.
final class DestinationDirectory {
    let directory: OpenDirectory
    /// Whether it was there before.
    let existed: Bool

    private let path: String
    private let parent: OpenDirectory?
    private let parentPath: String
    private let temporaryName: FileName
    private let name: FileName
    private var isPlaced = false
    /// What opens the way for taking it away again where no more may be opened: `DirectoryRemover` needs as many.
    private var reserve: [OpenDirectory] = []
    private static let reserved = 3

    /// - Throws: `FileError`; `EEXIST` when something is at `path` and `mayExist` is not set.
    init(path: String, mayExist: Bool) throws(FileError) {
        self.path = path
        var status = stat()
        existed = unsafe lstat(path, &status) == 0
        Termination.begin()
        do throws(Errno) {
            if existed {
                if !mayExist { throw .fileExists }
                (parent, parentPath, name, temporaryName) = (nil, "", "", "")
                directory = try OpenDirectory.open(path: path)
                if !directory.isWritable { throw .permissionDenied }
                LeftOvers.remove(beside: LinkOrigins.name, in: directory)
                return
            }
            // Bytes, not FilePath, so that a name in no encoding works as well.
            var bytes = Array(path.utf8)
            while bytes.count > 1, bytes.last == 0x2f { bytes.removeLast() }
            let start = bytes.lastIndex(of: 0x2f).map { $0 + 1 } ?? 0
            name = FileName(Array(bytes[start...]))
            parentPath = start == 0 ? "." : String(decoding: bytes[..<start], as: UTF8.self)
            let parent = try OpenDirectory.open(path: parentPath)
            self.parent = parent
            LeftOvers.remove(beside: name, in: parent)
            for _ in 0..<Self.reserved { reserve.append(try OpenDirectory.open(path: parentPath)) }
            temporaryName = FileName(TemporaryNames.make(for: name.bytes))
            try parent.makeDirectory(temporaryName)
            do throws(Errno) {
                directory = try parent.openDirectory(temporaryName)
            } catch {
                try? parent.removeDirectory(temporaryName)
                throw error
            }
            TemporaryNames.lock(directory.descriptor)
        } catch {
            Termination.end()
            throw FileError(action: "create", path: path, errno: error)
        }
    }

    /// Takes a new directory away with all that is in it, unless it is in its place; an existing one stays as it is by now.
    deinit {
        reserve = []
        if let parent, !isPlaced { try? DirectoryRemover.remove(temporaryName, from: parent) }
        Termination.end()
    }
}

extension DestinationDirectory: PendingOutput {
    var isRevocable: Bool { true }

    func sync() throws(FileError) {}

    func place(isAlone: Bool) throws(FileError) {
        guard let parent else { return }
        do throws(Errno) {
            // An empty directory would be replaced without a word.
            if (try? parent.status(name)) != nil { throw .fileExists }
            try parent.rename(temporaryName, to: name)
            isPlaced = true
        } catch {
            throw FileError(action: "create", path: path, errno: error)
        }
    }

    func verify() throws(FileError) {}

    func takeBack() {
        guard let parent, isPlaced else { return }
        isPlaced = (try? parent.rename(name, to: temporaryName)) == nil
    }

    func finish() {}
}

/// What programs have left behind that were killed.
enum LeftOvers {
    /// Takes away what lies under temporary names beside `name`, and nobody uses.
    static func remove(beside name: FileName, in directory: OpenDirectory) {
        for candidate in (try? directory.names()) ?? [] where TemporaryNames.matches(candidate.bytes, name: name.bytes)
        {
            if let inner = try? directory.openDirectory(candidate) {
                if TemporaryNames.isLeftOver(inner.descriptor) {
                    try? DirectoryRemover.remove(candidate, from: directory)
                }
            } else if let file = try? directory.openFile(candidate), TemporaryNames.isLeftOver(file.descriptor) {
                try? directory.unlink(candidate)
            }
        }
    }
}

/// Takes a directory away with all that is in it.
enum DirectoryRemover {
    /// Does not follow symlinks; copes with any depth and with directories that forbid everything.
    static func remove(_ name: FileName, from parent: OpenDirectory) throws(Errno) {
        try? parent.setPermissions(name, permissions: 0o700)
        let root = try parent.openDirectory(name)
        let directories = OpenDirectories(root: root)
        var stack: [(number: OpenDirectories.Number, name: FileName, subdirectories: [FileName])] = []
        stack.append((0, name, try removeFiles(in: root)))
        while let top = stack.last {
            let directory = try directories.open(top.number)
            guard let next = top.subdirectories.last else {
                stack.removeLast()
                let above = try stack.last.map { above throws(Errno) in try directories.open(above.number) } ?? parent
                try above.removeDirectory(top.name)
                continue
            }
            stack[stack.count - 1].subdirectories.removeLast()
            try? directory.setPermissions(next, permissions: 0o700)
            let inner = try directory.openDirectory(next)
            stack.append((directories.add(inner, name: next, in: top.number), next, try removeFiles(in: inner)))
        }
    }

    /// Takes all but the directories away; gives back their names.
    private static func removeFiles(in directory: OpenDirectory) throws(Errno) -> [FileName] {
        var subdirectories: [FileName] = []
        for name in try directory.names() {
            do {
                try directory.unlink(name)
            } catch {
                // EPERM on macOS.
                if error != .isDirectory && error != .notPermitted { throw error }
                subdirectories.append(name)
            }
        }
        return subdirectories
    }
}
