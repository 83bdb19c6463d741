internal import SystemPackage

/// What a file of the host was created with.
struct CreatedMetadata: Sendable, Hashable {
    let owner: UInt32
    let group: UInt32
    let permissions: UInt16
}

/// What files get when they are created in a directory, so that it need not be set once more.
///
/// Who owns a new file, and whether it gets the permissions that were asked for, depends on the directory, the umask, lists
/// of access rights that are inherited, and how the file system is mounted. So one file tells for all files of the same
/// directory that were created with the same permissions. It holds for the latest directory alone.
struct CreationHabits {
    private var directory: HostIdentity?
    private var known: [UInt16: CreatedMetadata] = [:]

    /// What `file` has, which was created just now.
    mutating func metadata(
        of file: OpenFile, in directory: OpenDirectory, permissions: UInt16
    ) throws(Errno) -> CreatedMetadata {
        if directory.identity != self.directory {
            self.directory = directory.identity
            known = [:]
        }
        if let found = known[permissions] { return found }
        let metadata = try file.status().metadata
        let created = CreatedMetadata(
            owner: metadata.owner, group: metadata.group, permissions: metadata.permissions)
        known[permissions] = created
        return created
    }
}
