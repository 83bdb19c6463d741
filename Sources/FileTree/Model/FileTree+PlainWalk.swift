extension FileTree {
    /// Takes all names of a directory away but the first one that a walk meets, as when the tree is unpacked.
    ///
    /// After a power cut a renamed directory can have its old and its new name; no system can write such a tree.
    ///
    /// - Returns: the names that are gone.
    package mutating func dropFurtherDirectoryNames() -> [FilePathBytes] {
        var further: [(directory: InodeID, name: FileName, path: FilePathBytes)] = []
        walkPlainly(
            leftOut: { visit, problem in
                if problem == .furtherDirectoryName { further.append((visit.directory, visit.entry.name, visit.path)) }
            }, { _ in })
        for place in further { unlink(place.name, from: place.directory) }
        return further.map(\.path)
    }

    /// A name that was met in a plain walk.
    struct PlainVisit {
        let path: FilePathBytes
        /// How many bytes the path has, slashes between names counted.
        let pathLength: Int
        let directory: InodeID
        let entry: DirectoryEntry
    }

    /// Why a name is not part of a plain tree.
    enum PlainProblem {
        case unsafeName
        case furtherDirectoryName
    }

    /// Walks through that part of the tree which a host directory or an archive can hold: each directory under its first
    /// name only, and safe names only. What is no part of it goes to `leftOut`.
    func walkPlainly<Failure: Error>(
        leftOut: ((PlainVisit, PlainProblem) -> Void)? = nil,
        _ body: (PlainVisit) throws(Failure) -> Void
    ) throws(Failure) {
        var entered = [Bool](repeating: false, count: inodes.count)
        entered[0] = true
        var stack: [(directory: InodeID, next: Int, pathLength: Int)] = [(Self.root, 0, 0)]
        var path = FilePathBytes()
        while let (directory, next, pathLength) = stack.last {
            let entries = self[directory].entries
            guard next < entries.count else {
                stack.removeLast()
                path.removeLast()
                continue
            }
            stack[stack.count - 1].next += 1
            let entry = entries[next]
            path.append(entry.name)
            let length = pathLength + (pathLength == 0 ? 0 : 1) + entry.name.bytes.count
            let visit = PlainVisit(path: path, pathLength: length, directory: directory, entry: entry)
            let isDirectory = self[entry.inode].kind == .directory
            if !entry.name.isSafe {
                leftOut?(visit, .unsafeName)
            } else if isDirectory, entered[entry.inode.index] {
                leftOut?(visit, .furtherDirectoryName)
            } else {
                try body(visit)
                if isDirectory {
                    entered[entry.inode.index] = true
                    stack.append((entry.inode, 0, length))
                    continue
                }
            }
            path.removeLast()
        }
    }
}
