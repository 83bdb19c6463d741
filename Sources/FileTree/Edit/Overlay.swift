extension FileTree {
    /// Lays another tree over this one: folders that are in both are joined, any other name gets the other tree's file.
    /// Folders of this tree keep their metadata, but for their times where they get a name.
    public mutating func overlay(_ other: FileTree) {
        var copies: [InodeID: InodeID] = [Self.root: Self.root]
        var stack = [(Self.root, Self.root)]
        while let (theirs, ours) = stack.popLast() {
            for entry in other[theirs].entries {
                let inode = other[entry.inode]
                if inode.kind == .directory, let folder = child(entry.name, of: ours), self[folder].kind == .directory {
                    stack.append((entry.inode, folder))
                    continue
                }
                self[ours].metadata.modificationTime = other[theirs].metadata.modificationTime
                self[ours].metadata.changeTime = other[theirs].metadata.modificationTime
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
        }
    }
}
