internal import FlashBytes
internal import SystemPackage

#if canImport(Glibc)
    internal import Glibc
#elseif canImport(Musl)
    internal import Musl
#else
    internal import Darwin
#endif

/// Where inodes with several names are created first: a directory of their own in the destination, gone at the end.
struct LinkOrigins {
    struct Origin {
        let directory: OpenDirectory
        let name: FileName
    }

    /// What its directory is called, but for what makes the name a temporary one.
    static let name: FileName = "links"

    private let root: OpenDirectory
    private let taken: Set<FileName>
    private var directory: (name: FileName, directory: OpenDirectory)?
    private var origins: [InodeID: FileName] = [:]
    private var count = 0

    /// - Parameter taken: the names that the tree wants in the root.
    init(root: OpenDirectory, taken: [FileName]) {
        self.root = root
        self.taken = Set(taken)
    }

    func find(_ inode: InodeID) -> Origin? {
        guard let directory, let name = origins[inode] else { return nil }
        return Origin(directory: directory.directory, name: name)
    }

    /// Where the inode is, or is to be created.
    mutating func place(of inode: InodeID) throws(Errno) -> Origin {
        if let known = find(inode) { return known }
        if directory == nil { directory = try makeDirectory() }
        guard let directory else { throw .noSuchFileOrDirectory }
        count += 1
        let name = FileName(String(count))
        origins[inode] = name
        return Origin(directory: directory.directory, name: name)
    }

    /// The next name of this inode starts anew.
    mutating func forget(_ inode: InodeID) { origins[inode] = nil }

    /// Takes the directory away; the files stay under their other names.
    mutating func remove() throws(Errno) {
        guard let directory else { return }
        self.directory = nil
        try DirectoryRemover.remove(directory.name, from: root)
    }

    private func makeDirectory() throws(Errno) -> (name: FileName, directory: OpenDirectory) {
        while true {
            let name = FileName(TemporaryNames.make(for: Self.name.bytes))
            if taken.contains(name) { continue }
            try root.makeDirectory(name)
            let directory = try root.openDirectory(name)
            TemporaryNames.lock(directory.descriptor)
            return (name, directory)
        }
    }
}
