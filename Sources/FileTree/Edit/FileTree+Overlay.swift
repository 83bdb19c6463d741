extension FileTree {
    /// A directory of this tree that got names of another one.
    package struct JoinedDirectory: Sendable, Hashable {
        /// Where it is in this tree.
        package let directory: InodeID
        /// Where the names came from, in the other one.
        package let source: InodeID
    }

    /// Lays another tree over this one: directories that are in both are joined and keep their metadata, any other name gets
    /// the other tree's file.
    ///
    /// - Returns: the directories in both trees that got at least one name.
    package mutating func overlay(_ other: FileTree) -> [JoinedDirectory] {
        var joined: [JoinedDirectory] = []
        var copies: [InodeID: InodeID] = [Self.root: Self.root]
        var stack = [(Self.root, Self.root)]
        while let (theirs, ours) = stack.popLast() {
            let isNew = theirs != Self.root && copies[theirs] != nil
            var gotName = false
            for entry in other[theirs].entries {
                let inode = other[entry.inode]
                if inode.kind == .directory, let directory = child(entry.name, of: ours),
                    self[directory].kind == .directory
                {
                    stack.append((entry.inode, directory))
                    continue
                }
                gotName = true
                if let copy = copies[entry.inode] {
                    link(copy, name: entry.name, to: ours)
                } else {
                    var new = inode
                    if new.kind == .directory { new.payload = .directory([]) }
                    let copy = add(new, name: entry.name, to: ours)
                    copies[entry.inode] = copy
                    if new.kind == .directory { stack.append((entry.inode, copy)) }
                }
            }
            if gotName, !isNew { joined.append(JoinedDirectory(directory: ours, source: theirs)) }
        }
        return joined
    }
}
