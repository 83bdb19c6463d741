public import FlashBytes
internal import SystemPackage

/// Reads a folder of the host as a tree; contents stay there until they are needed.
public enum FolderReader {
    /// How to read.
    public struct Configuration: Sendable {
        public var readsExtendedAttributes = false
        /// Whether they stay in the order in which the host lists them, instead of that of their names.
        public var keepsAttributeOrder = false
        /// Says of a path below the folder that it is left out, a folder with all that is in it.
        public var isExcluded: (@Sendable (_ path: FilePathBytes, _ kind: FileKind) -> Bool)?

        /// Takes in nothing but this name of the folder (and what is in it).
        var onlyName: FileName?

        public init() {}
    }

    /// Reads names and metadata of all that is in a folder, hard links joined, symlinks not followed.
    ///
    /// - Parameter path: the folder; may be a symlink to one.
    /// - Throws: `FileError` for whatever cannot be looked into: a part of a tree is no tree.
    public static func read(
        _ path: String, configuration: Configuration = Configuration()
    ) throws(FileError) -> FileTree {
        let root: OpenFolder
        do {
            root = try OpenFolder.open(path: path)
        } catch {
            throw FileError("open", path, error)
        }
        var walk = FolderReaderWalk(root: root, configuration: configuration)
        do {
            return try walk.run()
        } catch {
            throw FileError("read", walk.at.components.isEmpty ? path : path + walk.at.description, error)
        }
    }
}

/// One walk through a folder of the host.
private struct FolderReaderWalk {
    private struct Place {
        let inode: Int
        let number: OpenFolders.Number
        /// What is still to be entered; the last one first.
        var subfolders: [DirectoryEntry]
    }

    /// Where the walk is, for the error.
    private(set) var at = FilePathBytes()
    private let root: OpenFolder
    private let folders: OpenFolders
    private let configuration: FolderReader.Configuration
    private var inodes: [Inode] = []
    /// Files that have a name already and may have more.
    private var linked: [HostIdentity: InodeID] = [:]

    init(root: OpenFolder, configuration: FolderReader.Configuration) {
        self.root = root
        self.configuration = configuration
        folders = OpenFolders(root: root)
    }

    mutating func run() throws(Errno) -> FileTree {
        let status = try root.status()
        var metadata = status.metadata
        if configuration.readsExtendedAttributes {
            metadata.extendedAttributes = inOrder(try HostExtendedAttributes.all(of: root.descriptor))
        }
        // An array that grows is there twice for a while.
        if configuration.onlyName == nil { inodes.reserveCapacity(1 + root.countNames()) }
        inodes.append(Inode(metadata: metadata, payload: .directory([])))
        var stack = [try list(root, inode: 0, number: 0)]
        while let place = stack.last {
            guard let entry = place.subfolders.last else {
                stack.removeLast()
                at.removeLast()
                continue
            }
            stack[stack.count - 1].subfolders.removeLast()
            at.append(entry.name)
            let folder = try folders.open(place.number).openFolder(entry.name)
            let number = folders.add(folder, name: entry.name, in: place.number)
            stack.append(try list(folder, inode: entry.inode.index, number: number))
        }
        return FileTree(inodes: inodes)
    }

    private func inOrder(_ attributes: [ExtendedAttribute]) -> [ExtendedAttribute] {
        if configuration.keepsAttributeOrder { return attributes }
        return attributes.sorted { $0.name.lexicographicallyPrecedes($1.name) }
    }

    /// Takes in all names of a folder.
    private mutating func list(
        _ folder: OpenFolder, inode: Int, number: OpenFolders.Number
    ) throws(Errno) -> Place {
        var entries: [DirectoryEntry] = []
        var subfolders: [DirectoryEntry] = []
        let names = if number == 0, let name = configuration.onlyName { [name] } else { try folder.names() }
        entries.reserveCapacity(names.count)
        for name in names {
            at.append(name)
            let status = try folder.status(name)
            if configuration.isExcluded?(at, status.kind) == true {
                at.removeLast()
                continue
            }
            let entry = DirectoryEntry(name: name, inode: try add(name, status, in: folder, number))
            entries.append(entry)
            if status.kind == .directory { subfolders.append(entry) }
            at.removeLast()
        }
        inodes[inode].payload = .directory(entries)
        subfolders.reverse()
        return Place(inode: inode, number: number, subfolders: subfolders)
    }

    private mutating func add(
        _ name: FileName, _ status: HostStatus, in folder: OpenFolder, _ number: OpenFolders.Number
    ) throws(Errno) -> InodeID {
        if status.kind != .directory, status.linkCount > 1, let known = linked[status.identity] { return known }
        var metadata = status.metadata
        if configuration.readsExtendedAttributes {
            metadata.extendedAttributes = inOrder(try HostExtendedAttributes.all(of: name, in: folder))
        }
        let payload: Inode.Payload =
            switch status.kind {
            case .directory: .directory([])
            case .regular: .regular(HostFileContents(folders: folders, folder: number, name: name, status: status))
            case .symbolicLink: .symbolicLink(try folder.readLink(name))
            case .characterDevice: .characterDevice(status.device)
            case .blockDevice: .blockDevice(status.device)
            case .fifo: .fifo
            case .socket: .socket
            }
        if status.kind == .regular { InputFiles.noteInDirectory(FileIdentity(status.identity)) }
        let id = InodeID(inodes.count)
        inodes.append(Inode(metadata: metadata, payload: payload))
        if status.kind != .directory, status.linkCount > 1 { linked[status.identity] = id }
        return id
    }
}
