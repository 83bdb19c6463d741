/// A change to a tree, as a user asks for it.
package enum TreeEdit: Sendable {
    /// The name goes; of a directory, all that is in it.
    case delete(FilePathBytes)
    /// A file or a directory of the host comes in.
    case add(HostAddition)
    case changeMode(ModeChange, FilePathBytes)
    /// What is nil stays.
    case changeOwner(owner: UInt32?, group: UInt32?, FilePathBytes)
}

/// A change that does not fit its tree.
public struct TreeEditError: Error, Sendable, Hashable, CustomStringConvertible {
    /// What is wrong, with the path, as a sentence without full stop.
    public let description: String

    /// An error with this sentence.
    public init(_ description: String) { self.description = description }
}

extension FileTree {
    /// Does one change.
    ///
    /// No symlink of the tree is followed. Directories keep their times.
    ///
    /// - Returns: what was done, in words.
    /// - Throws: with the tree as it was, but for an addition: what came in before the error stays.
    package mutating func apply(_ edit: TreeEdit) throws(TreeEditError) -> [String] {
        switch edit {
        case .delete(let path): return try delete(path)
        case .add(let addition): return try add(addition)
        case .changeMode(let change, let path):
            let id = try existing(path)
            let old = self[id].metadata.permissions
            guard self[id].kind != .symbolicLink else {
                throw TreeEditError("\(path) is a symbolic link, whose permissions mean nothing")
            }
            let new = change.applied(to: old, isDirectory: self[id].kind == .directory)
            self[id].metadata.permissions = new
            return ["\(path): permissions \(octal(old)) → \(octal(new))"]
        case .changeOwner(let owner, let group, let path):
            let id = try existing(path)
            let old = self[id].metadata
            if let owner { self[id].metadata.owner = owner }
            if let group { self[id].metadata.group = group }
            let new = self[id].metadata
            return ["\(path): owner \(old.owner):\(old.group) → \(new.owner):\(new.group)"]
        }
    }

    private mutating func delete(_ path: FilePathBytes) throws(TreeEditError) -> [String] {
        let id = try existing(path)
        guard let name = path.components.last else { throw TreeEditError("the root folder cannot be deleted") }
        var below = 0
        if self[id].kind == .directory { walk(from: id) { _, _ in below += 1 } }
        var directory = path
        directory.removeLast()
        unlink(name, from: try self.directory(directory))
        var lines = ["\(path): deleted" + (below > 0 ? " with \(below) names in it" : "")]
        if self[id].kind != .directory, let other = firstPath(of: id) {
            lines.append("\(path) was only one name of its file: the file is still there as \(other)")
        }
        return lines
    }

    /// The inode at a path.
    func existing(_ path: FilePathBytes) throws(TreeEditError) -> InodeID {
        guard let name = path.components.last else { return Self.root }
        var parent = path
        parent.removeLast()
        guard let id = child(name, of: try directory(parent)) else { throw TreeEditError("there is no \(path)") }
        return id
    }

    /// The directory at a path; says which part of the path is none.
    func directory(_ path: FilePathBytes) throws(TreeEditError) -> InodeID {
        var at = Self.root
        var here = FilePathBytes()
        for name in path.components {
            here.append(name)
            guard let next = child(name, of: at) else { throw TreeEditError("there is no folder \(here)") }
            if case .symbolicLink(let target) = self[next].payload {
                throw TreeEditError("\(here) is a symbolic link to \(printable(target)); name the folder itself")
            }
            guard self[next].kind == .directory else { throw TreeEditError("\(here) is no folder") }
            at = next
        }
        return at
    }

    private func firstPath(of wanted: InodeID) -> FilePathBytes? {
        var found: FilePathBytes?
        walk { path, id in
            if found == nil, id == wanted { found = path }
        }
        return found
    }
}

private func octal(_ permissions: UInt16) -> String { "0" + String(permissions, radix: 8) }
