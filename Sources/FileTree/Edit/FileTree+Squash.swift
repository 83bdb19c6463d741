extension FileTree {
    /// Takes away what does not matter on a device, as `-q`, `-U` and `-P` of mkfs.jffs2 do.
    ///
    /// - Parameters:
    ///   - owners: makes root the owner and group of everything.
    ///   - permissions: takes write permission from group and others, and set-uid and set-gid from everybody.
    package mutating func squash(owners: Bool, permissions: Bool) {
        for index in inodes.indices {
            if owners { (inodes[index].metadata.owner, inodes[index].metadata.group) = (0, 0) }
            if permissions, inodes[index].kind != .symbolicLink { inodes[index].metadata.permissions &= ~0o6022 }
        }
    }
}
