/// Why a file could not be read by its path.
public enum PathError: Error, Sendable, CustomStringConvertible {
    /// There is nothing at the path, or something on the way is no directory.
    case notFound(FilePathBytes)
    /// It is there, and no regular file.
    case notRegular(FilePathBytes, FileKind)
    /// Not all of it can be had; the error holds what can.
    case damaged(FilePathBytes, DamagedContents)

    /// The path and why it cannot be read, without full stop.
    public var description: String {
        switch self {
        case .notFound(let path): "\(path): there is no such file"
        case .notRegular(let path, let kind): "\(path): is a \(kind.word), not a regular file"
        case .damaged(let path, let contents): "\(path): \(contents)"
        }
    }
}

extension FileTree {
    /// A name in the tree, with what is behind it.
    public struct File {
        /// From the root of the tree.
        public let path: FilePathBytes
        /// What the name stands for; a symlink itself, not its target.
        public let inode: Inode

        /// What `stat` shows as st_size (bytes).
        public var size: UInt64 { inode.size }
    }

    /// All names below the root, directories before what is in them, siblings ascending by bytes.
    public var files: [File] {
        var files: [File] = []
        walk { path, id in files.append(File(path: path, inode: self[id])) }
        return files
    }

    /// The content of a regular file. Symlinks are not followed.
    ///
    /// - Throws: also where a part of it is damaged: never is less returned than the file has.
    public func read(_ path: FilePathBytes) throws(PathError) -> [UInt8] {
        guard let id = find(path) else { throw .notFound(path) }
        guard case .regular(let contents) = self[id].payload else { throw .notRegular(path, self[id].kind) }
        do {
            return try contents.readAll()
        } catch {
            throw .damaged(path, error)
        }
    }

    /// Gives a regular file a content, or makes one in a directory that is there. No symlink is followed.
    ///
    /// A file that was there keeps its owner, its times and its other names; a new one belongs to root and has time 0.
    ///
    /// - Parameter permissions: the lower twelve bits of the mode; nil for what the file has, 0644 for a new one.
    public mutating func write(
        _ bytes: [UInt8], to path: FilePathBytes, permissions: UInt16? = nil
    ) throws(TreeEditError) {
        guard let name = path.components.last else { throw TreeEditError("the root is no file") }
        var parent = path
        parent.removeLast()
        let directory = try directory(parent)
        guard let id = child(name, of: directory) else {
            let inode = Inode(
                metadata: Metadata(permissions: permissions ?? 0o644), payload: .regular(MemoryContents(bytes)))
            add(inode, name: name, to: directory)
            return
        }
        guard self[id].kind == .regular else { throw TreeEditError("\(path) is a \(self[id].kind.word)") }
        self[id].payload = .regular(MemoryContents(bytes))
        if let permissions { self[id].metadata.permissions = permissions }
    }

    /// Takes a name out; of a directory, all that is in it.
    public mutating func remove(_ path: FilePathBytes) throws(TreeEditError) { _ = try apply(.delete(path)) }
}
