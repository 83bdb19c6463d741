internal import FlashBytes
internal import SystemPackage

#if canImport(Glibc)
    internal import Glibc
#elseif canImport(Musl)
    internal import Musl
#else
    internal import Darwin
#endif

/// The folder that is being filled: a new one under a temporary name beside its place, or an existing one.
final class DestinationFolder {
    let folder: OpenFolder
    /// Whether it was there before.
    let existed: Bool

    private let path: String
    private var parent: OpenFolder?
    private var temporaryName: FileName = ""
    private var name: FileName = ""

    /// - Throws: `FileError`; `EEXIST` when something is at `path` and `mayExist` is not set.
    init(path: String, mayExist: Bool) throws(FileError) {
        self.path = path
        var status = stat()
        existed = unsafe lstat(path, &status) == 0
        do throws(Errno) {
            if existed {
                if !mayExist { throw .fileExists }
                folder = try OpenFolder.open(path: path)
                if !folder.isWritable { throw .permissionDenied }
                return
            }
            // Bytes, not FilePath, so that a name in no encoding works as well.
            var bytes = Array(path.utf8)
            while bytes.count > 1, bytes.last == 0x2f { bytes.removeLast() }
            let start = bytes.lastIndex(of: 0x2f).map { $0 + 1 } ?? 0
            name = FileName(Array(bytes[start...]))
            let parentPath = start == 0 ? "." : String(decoding: bytes[..<start], as: UTF8.self)
            let parent = try OpenFolder.open(path: parentPath)
            self.parent = parent
            temporaryName = try Self.makeFolder(beside: name, in: parent)
            folder = try parent.openFolder(temporaryName)
        } catch {
            throw FileError("create", path, error)
        }
    }

    private static func makeFolder(beside name: FileName, in parent: OpenFolder) throws(Errno) -> FileName {
        var attempt = 0
        while true {
            let suffix = attempt == 0 ? ".\(getpid()).tmp" : ".\(getpid()).\(attempt).tmp"
            let temporaryName = FileName(name.bytes + Array(suffix.utf8))
            do throws(Errno) {
                try parent.makeFolder(temporaryName)
                return temporaryName
            } catch {
                attempt += 1
                if error != .fileExists || attempt > 100 { throw error }
            }
        }
    }

    /// Puts a new folder into its place.
    func commit() throws(FileError) {
        guard let parent else { return }
        do {
            try parent.rename(temporaryName, to: name)
            self.parent = nil
        } catch {
            throw FileError("create", path, error)
        }
    }

    /// Takes a new folder away with all that is in it; an existing one stays as it is by now.
    func discard() {
        guard let parent else { return }
        self.parent = nil
        try? FolderRemover.remove(temporaryName, from: parent)
    }
}

/// Takes a folder away with all that is in it.
enum FolderRemover {
    /// Does not follow symlinks; copes with any depth and with folders that forbid everything.
    static func remove(_ name: FileName, from parent: OpenFolder) throws(Errno) {
        try? parent.setPermissions(name, 0o700)
        let root = try parent.openFolder(name)
        let folders = OpenFolders(root: root)
        var stack: [(number: OpenFolders.Number, name: FileName, subfolders: [FileName])] = []
        stack.append((0, name, try removeFiles(in: root)))
        while let top = stack.last {
            let folder = try folders.open(top.number)
            guard let next = top.subfolders.last else {
                stack.removeLast()
                let above = try stack.last.map { above throws(Errno) in try folders.open(above.number) } ?? parent
                try above.removeFolder(top.name)
                continue
            }
            stack[stack.count - 1].subfolders.removeLast()
            try? folder.setPermissions(next, 0o700)
            let inner = try folder.openFolder(next)
            stack.append((folders.add(inner, name: next, in: top.number), next, try removeFiles(in: inner)))
        }
    }

    /// Takes all but the folders away; gives back their names.
    private static func removeFiles(in folder: OpenFolder) throws(Errno) -> [FileName] {
        var subfolders: [FileName] = []
        for name in try folder.names() {
            do {
                try folder.unlink(name)
            } catch {
                // EPERM on macOS.
                if error != .isDirectory && error != .notPermitted { throw error }
                subfolders.append(name)
            }
        }
        return subfolders
    }
}
