internal import FlashBytes

/// A whole file system in memory, contents excepted: the neutral form between all sources and sinks.
///
/// Inodes lie in one array, directories name them by index. A sound tree has the root at index 0, each directory under one
/// name only, and no cycle; `walk` copes with a tree that breaks the latter two.
public struct FileTree: Sendable {
    /// All inodes; the root directory first.
    public var inodes: [Inode]

    /// An empty tree: a root directory with `metadata`.
    public init(root metadata: Metadata = Metadata(permissions: 0o755)) {
        inodes = [Inode(metadata: metadata, payload: .directory([]))]
    }

    /// Takes inodes that were put together elsewhere; the first one must be the root directory.
    public init(inodes: [Inode]) { self.inodes = inodes }

    /// The root directory.
    public static let root = InodeID(0)

    /// The inode behind an identifier of this tree.
    public subscript(id: InodeID) -> Inode {
        get { inodes[id.index] }
        set { inodes[id.index] = newValue }
    }

    /// Adds an inode under a name in a directory; an entry of the same name is replaced.
    @discardableResult
    public mutating func add(_ inode: Inode, name: FileName, to directory: InodeID) -> InodeID {
        let id = InodeID(inodes.count)
        inodes.append(inode)
        link(id, name: name, to: directory)
        return id
    }

    /// Gives an inode a further name (a hard link); an entry of the same name is replaced.
    public mutating func link(_ id: InodeID, name: FileName, to directory: InodeID) {
        guard case .directory(var entries) = inodes[directory.index].payload else { return }
        // Taken out while it is changed, so that the array is not copied.
        inodes[directory.index].payload = .directory([])
        let place = Self.place(of: name, in: entries)
        if place < entries.count, entries[place].name == name {
            entries[place].inode = id
        } else {
            entries.insert(DirectoryEntry(name: name, inode: id), at: place)
        }
        inodes[directory.index].payload = .directory(entries)
    }

    /// Takes a name out of a directory; says whether it was there. The inode stays in the array, without a name.
    @discardableResult
    public mutating func unlink(_ name: FileName, from directory: InodeID) -> Bool {
        guard case .directory(var entries) = inodes[directory.index].payload else { return false }
        let place = Self.place(of: name, in: entries)
        guard place < entries.count, entries[place].name == name else { return false }
        entries.remove(at: place)
        inodes[directory.index].payload = .directory(entries)
        return true
    }

    /// The inode of a name in a directory.
    public func child(_ name: FileName, of directory: InodeID) -> InodeID? {
        index(of: name, in: directory).map { self[directory].entries[$0].inode }
    }

    /// Which of the entries of a directory has a name.
    public func index(of name: FileName, in directory: InodeID) -> Int? {
        let entries = self[directory].entries
        let place = Self.place(of: name, in: entries)
        return place < entries.count && entries[place].name == name ? place : nil
    }

    /// The sizes of all regular files together, of one with several names once; the largest number where they are more (bytes).
    package var contentSize: UInt64 {
        inodes.reduce(0) { sum, inode in
            guard case .regular(let contents) = inode.payload else { return sum }
            let (total, isTooMuch) = sum.addingReportingOverflow(contents.size)
            return isTooMuch ? .max : total
        }
    }

    /// The inode at a path; symlinks are not followed.
    public func find(_ path: FilePathBytes) -> InodeID? {
        var at = Self.root
        for name in path.components {
            guard let next = child(name, of: at) else { return nil }
            at = next
        }
        return at
    }

    /// How many names there are for each inode (the root counts one); what is 0 hangs nowhere.
    public func nameCounts() -> [UInt32] {
        var counts = [UInt32](repeating: 0, count: inodes.count)
        if !counts.isEmpty { counts[0] = 1 }
        walk { _, id in counts[id.index] += 1 }
        return counts
    }

    /// Calls `body` for every name below a directory (the root), directories before what is in them, siblings ascending by
    /// bytes. Paths count from that directory.
    ///
    /// A directory that is met inside itself is reported but not entered; one with several names is entered under the
    /// first two of them, as a kernel shows it, so that the walk ends in linear time for every tree.
    public func walk<Failure: Error>(
        from start: InodeID = Self.root,
        _ body: (_ path: FilePathBytes, _ id: InodeID) throws(Failure) -> Void
    ) throws(Failure) {
        try walk(from: start, ordering: { $0 }, body)
    }

    /// The same, with siblings in another order.
    ///
    /// - Parameter order: takes what is in a directory, and gives it back in the order in which it is to be met.
    package func walk<Failure: Error>(
        from start: InodeID = Self.root, ordering order: ([DirectoryEntry]) -> [DirectoryEntry],
        _ body: (_ path: FilePathBytes, _ id: InodeID) throws(Failure) -> Void
    ) throws(Failure) {
        var entered = [UInt8](repeating: 0, count: inodes.count)
        var isOpen = [Bool](repeating: false, count: inodes.count)
        isOpen[start.index] = true
        // An explicit stack: a hostile image nests directories deeper than a thread's stack.
        var stack: [(directory: InodeID, entries: [DirectoryEntry], next: Int)] = [
            (start, order(self[start].entries), 0)
        ]
        var path = FilePathBytes()
        while let (directory, entries, next) = stack.last {
            guard next < entries.count else {
                isOpen[directory.index] = false
                stack.removeLast()
                path.removeLast()
                continue
            }
            stack[stack.count - 1].next += 1
            let entry = entries[next]
            path.append(entry.name)
            try body(path, entry.inode)
            if self[entry.inode].kind == .directory, !isOpen[entry.inode.index], entered[entry.inode.index] < 2 {
                entered[entry.inode.index] += 1
                isOpen[entry.inode.index] = true
                stack.append((entry.inode, order(self[entry.inode].entries), 0))
            } else {
                path.removeLast()
            }
        }
    }

    private static func place(of name: FileName, in entries: [DirectoryEntry]) -> Int {
        // Names mostly arrive in order.
        if let last = entries.last, last.name < name { return entries.count }
        return entries.partitionPoint { $0.name < name }
    }
}
