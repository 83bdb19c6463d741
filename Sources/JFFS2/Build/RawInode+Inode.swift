internal import FileTree

extension RawInode {
    /// What all nodes of an inode have in common. That everything fits was checked before.
    init(_ inode: Inode, number: InodeNumber, version: UInt32 = 1, times: ImageConfiguration.Times) {
        func seconds(_ time: Int64) -> UInt32 { UInt32(truncatingIfNeeded: times.applied(to: time)) }
        let metadata = inode.metadata
        self.init(
            inode: number, version: version, mode: inode.mode, uid: UInt16(truncatingIfNeeded: metadata.owner),
            gid: UInt16(truncatingIfNeeded: metadata.group))
        isize = UInt32(truncatingIfNeeded: inode.contentSize)
        atime = seconds(metadata.accessTime)
        mtime = seconds(metadata.modificationTime)
        ctime = seconds(metadata.changeTime)
    }
}
