internal import FlashBytes
internal import SystemPackage

#if canImport(Glibc)
    internal import Glibc
#elseif canImport(Musl)
    internal import Musl
#else
    internal import Darwin
#endif

/// Where inodes with several names are created first: a folder of their own in the destination, gone at the end.
struct LinkOrigins {
    struct Origin {
        let folder: OpenFolder
        let name: FileName
    }

    /// What its folder is called, but for what makes the name a temporary one.
    static let name: FileName = "links"

    private let root: OpenFolder
    private let taken: Set<FileName>
    private var folder: (name: FileName, folder: OpenFolder)?
    private var origins: [InodeID: FileName] = [:]
    private var count = 0

    /// - Parameter taken: the names that the tree wants in the root.
    init(root: OpenFolder, taken: [FileName]) {
        self.root = root
        self.taken = Set(taken)
    }

    func find(_ inode: InodeID) -> Origin? {
        guard let folder, let name = origins[inode] else { return nil }
        return Origin(folder: folder.folder, name: name)
    }

    /// Where the inode is, or is to be created.
    mutating func place(of inode: InodeID) throws(Errno) -> Origin {
        if let known = find(inode) { return known }
        if folder == nil { folder = try makeFolder() }
        guard let folder else { throw .noSuchFileOrDirectory }
        count += 1
        let name = FileName(String(count))
        origins[inode] = name
        return Origin(folder: folder.folder, name: name)
    }

    /// The next name of this inode starts anew.
    mutating func forget(_ inode: InodeID) { origins[inode] = nil }

    /// Takes the folder away; the files stay under their other names.
    mutating func remove() throws(Errno) {
        guard let folder else { return }
        self.folder = nil
        try FolderRemover.remove(folder.name, from: root)
    }

    private func makeFolder() throws(Errno) -> (name: FileName, folder: OpenFolder) {
        while true {
            let name = FileName(TemporaryNames.make(for: Self.name.bytes))
            if taken.contains(name) { continue }
            try root.makeFolder(name)
            let folder = try root.openFolder(name)
            TemporaryNames.lock(folder.descriptor)
            return (name, folder)
        }
    }
}
