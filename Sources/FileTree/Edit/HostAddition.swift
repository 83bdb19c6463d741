internal import FlashBytes

/// A file or directory of the host that is put into a tree.
///
/// A symlink comes in as a symlink. A name that is there already gets the content and the times of the host's file (for
/// all of its hard links) and keeps mode, owner and extended attributes; a directory is filled up with what is in the host's
/// one. What is new has the host's mode and belongs to root.
package struct HostAddition: Sendable {
    /// The path on the host.
    package var host: String
    /// Where it goes.
    package var path: FilePathBytes
    /// Whether `path` is the directory in which it gets the name that it has on the host.
    package var keepsName: Bool
    /// Whether what is new keeps its owner.
    package var keepsOwners = false
    /// Whether extended attributes are those of the host.
    package var hasExtendedAttributes = false

    /// - Parameters:
    ///   - host: when it ends with a slash, or with a dot for a name, all that is in the directory is meant.
    ///   - path: when it ends with a slash, the directory in which the name stays as it is on the host.
    package init(host: String, path: String) {
        self.host = host
        self.path = FilePathBytes(printed: path)
        keepsName = path.hasSuffix("/") || self.path.components.isEmpty
    }

    /// What a host's path names.
    struct HostPath {
        /// The directory to open.
        let directory: String
        /// The name in it; nil when it is the directory itself.
        let name: String?

        init(_ path: String) {
            let parts = path.split(separator: "/", omittingEmptySubsequences: false)
            if let last = parts.last, !last.isEmpty, last != ".", last != ".." {
                name = String(last)
                directory =
                    parts.count == 1
                    ? "." : parts.count == 2 && parts[0].isEmpty ? "/" : parts.dropLast().joined(separator: "/")
            } else {
                name = nil
                directory = path
            }
        }
    }

    /// The names and metadata of the host: a tree whose root holds the one name, or is the directory itself.
    func read() throws(FileError) -> FileTree {
        var configuration = HostDirectoryReader.Configuration()
        configuration.readsExtendedAttributes = hasExtendedAttributes
        let place = HostPath(host)
        configuration.onlyName = place.name.map { FileName($0) }
        var tree = try HostDirectoryReader.read(place.directory, configuration: configuration)
        for index in tree.inodes.indices {
            let time = tree.inodes[index].metadata.modificationTime
            tree.inodes[index].metadata.accessTime = time
            tree.inodes[index].metadata.changeTime = time
        }
        return tree
    }
}

extension FileTree {
    /// - Returns: what was done, in words.
    mutating func add(_ addition: HostAddition) throws(TreeEditError) -> [String] {
        let source: FileTree
        do {
            source = try addition.read()
        } catch {
            throw TreeEditError(error.description)
        }
        var graft = Graft(source: source, addition: addition)
        if let own = source[Self.root].entries.first, HostAddition.HostPath(addition.host).name != nil {
            var path = addition.path
            var name = own.name
            if !addition.keepsName, let last = path.components.last {
                name = last
                path.removeLast()
            }
            guard name.isSafe, name.bytes.count <= 254 else { throw TreeEditError("a file cannot be called '\(name)'") }
            try graft.add(own.inode, name: name, in: path, to: &self)
        } else {
            _ = try directory(addition.path)
            try graft.addAll(of: Self.root, in: addition.path, to: &self)
        }
        return graft.words
    }
}

/// Takes the files of one tree over into another.
private struct Graft {
    private let source: FileTree
    private let addition: HostAddition
    /// What has become of files with several names.
    private var copies: [InodeID: InodeID] = [:]
    private var first: FilePathBytes?
    private var added = 0
    private var replaced = 0

    init(source: FileTree, addition: HostAddition) {
        self.source = source
        self.addition = addition
    }

    /// What was done.
    var words: [String] {
        var parts: [String] = []
        if added > 0 { parts.append("\(added) added") }
        if replaced > 0 { parts.append("\(replaced) replaced") }
        return [
            "\(first ?? addition.path): from \(addition.host), \(parts.isEmpty ? "nothing new" : parts.joined(separator: ", "))"
        ]
    }

    mutating func addAll(of directory: InodeID, in path: FilePathBytes, to tree: inout FileTree) throws(TreeEditError) {
        // An explicit stack: directories of the host may be deep.
        var stack = [(directory, path)]
        while let (directory, path) = stack.popLast() {
            for entry in source[directory].entries {
                if let inner = try addOne(entry.inode, name: entry.name, in: path, to: &tree) {
                    stack.append((entry.inode, inner))
                }
            }
        }
    }

    mutating func add(
        _ id: InodeID, name: FileName, in path: FilePathBytes, to tree: inout FileTree
    ) throws(TreeEditError) {
        first = path
        first?.append(name)
        if let inner = try addOne(id, name: name, in: path, to: &tree) { try addAll(of: id, in: inner, to: &tree) }
    }

    /// - Returns: the path of a directory, which has to be filled.
    private mutating func addOne(
        _ id: InodeID, name: FileName, in parent: FilePathBytes, to tree: inout FileTree
    ) throws(TreeEditError) -> FilePathBytes? {
        let directory = try tree.directory(parent)
        var path = parent
        path.append(name)
        let new = source[id]
        if let old = tree.child(name, of: directory) {
            let isDirectory = tree[old].kind == .directory
            if isDirectory != (new.kind == .directory) {
                throw TreeEditError(
                    isDirectory
                        ? "\(path) is a folder; write \(path)/ to put \(addition.host) into it, or delete it first"
                        : "\(path) is no folder, but \(addition.host) has a folder for it; delete it first")
            }
            if isDirectory { return path }
            replaced += 1
            if let copy = copies[id] {
                tree.link(copy, name: name, to: directory)
            } else if tree[old].kind == new.kind {
                copies[id] = old
                replace(&tree[old], with: new)
            } else {
                var inode = new
                inode.metadata.owner = tree[old].metadata.owner
                inode.metadata.group = tree[old].metadata.group
                copies[id] = tree.add(inode, name: name, to: directory)
            }
            return nil
        }
        added += 1
        if let copy = copies[id] {
            tree.link(copy, name: name, to: directory)
            return nil
        }
        var inode = new
        if case .directory = inode.payload { inode.payload = .directory([]) }
        if !addition.keepsOwners { (inode.metadata.owner, inode.metadata.group) = (0, 0) }
        copies[id] = tree.add(inode, name: name, to: directory)
        return new.kind == .directory ? path : nil
    }

    private func replace(_ old: inout Inode, with new: Inode) {
        old.payload = new.payload
        old.declaredSize = nil
        old.metadata.accessTime = new.metadata.accessTime
        old.metadata.modificationTime = new.metadata.modificationTime
        old.metadata.changeTime = new.metadata.changeTime
        if addition.hasExtendedAttributes { old.metadata.extendedAttributes = new.metadata.extendedAttributes }
    }
}
