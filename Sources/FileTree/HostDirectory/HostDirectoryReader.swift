public import FlashBytes
internal import SystemPackage

/// Reads a directory of the host as a tree; contents stay there until they are needed.
public enum HostDirectoryReader {
    /// How to read.
    public struct Configuration: Sendable {
        /// Whether extended attributes are read too.
        public var readsExtendedAttributes = false
        /// Whether they stay in the order in which the host lists them, instead of that of their names.
        public var keepsAttributeOrder = false
        /// Says of a path below the directory that it is left out, a directory with all that is in it.
        public var isExcluded: (@Sendable (_ path: FilePathBytes, _ kind: FileKind) -> Bool)?

        /// Takes in nothing but this name of the directory (and what is in it).
        var onlyName: FileName?

        /// Everything of the directory, but for extended attributes.
        public init() {}
    }

    /// Reads names and metadata of all that is in a directory, hard links joined, symlinks not followed.
    ///
    /// - Parameter path: the directory; may be a symlink to one.
    /// - Throws: `FileError` for whatever cannot be looked into: a part of a tree is no tree.
    public static func read(
        _ path: String, configuration: Configuration = Configuration()
    ) throws(FileError) -> FileTree {
        let root: OpenDirectory
        do {
            root = try OpenDirectory.open(path: path)
        } catch {
            throw FileError(action: "open", path: path, errno: error)
        }
        var walk = HostDirectoryReaderWalk(root: root, configuration: configuration)
        do {
            return try walk.run()
        } catch {
            throw FileError(
                action: "read", path: walk.at.components.isEmpty ? path : path + walk.at.description, errno: error)
        }
    }
}

/// One walk through a directory of the host.
private struct HostDirectoryReaderWalk {
    private struct Place {
        let inode: Int
        let number: OpenDirectories.Number
        /// What is still to be entered; the last one first.
        var subdirectories: [DirectoryEntry]
    }

    /// Where the walk is, for the error.
    private(set) var at = FilePathBytes()
    private let root: OpenDirectory
    private let directories: OpenDirectories
    private let configuration: HostDirectoryReader.Configuration
    private var inodes: [Inode] = []
    /// Files that have a name already and may have more.
    private var linked: [HostIdentity: InodeID] = [:]

    init(root: OpenDirectory, configuration: HostDirectoryReader.Configuration) {
        self.root = root
        self.configuration = configuration
        directories = OpenDirectories(root: root)
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
            guard let entry = place.subdirectories.last else {
                stack.removeLast()
                at.removeLast()
                continue
            }
            stack[stack.count - 1].subdirectories.removeLast()
            at.append(entry.name)
            let directory = try directories.open(place.number).openDirectory(entry.name)
            let number = directories.add(directory, name: entry.name, in: place.number)
            stack.append(try list(directory, inode: entry.inode.index, number: number))
        }
        return FileTree(inodes: inodes)
    }

    private func inOrder(_ attributes: [ExtendedAttribute]) -> [ExtendedAttribute] {
        if configuration.keepsAttributeOrder { return attributes }
        return attributes.sorted { $0.name.lexicographicallyPrecedes($1.name) }
    }

    /// Takes in all names of a directory.
    private mutating func list(
        _ directory: OpenDirectory, inode: Int, number: OpenDirectories.Number
    ) throws(Errno) -> Place {
        var entries: [DirectoryEntry] = []
        var subdirectories: [DirectoryEntry] = []
        let names = if number == 0, let name = configuration.onlyName { [name] } else { try directory.names() }
        entries.reserveCapacity(names.count)
        for name in names {
            at.append(name)
            let status = try directory.status(name)
            if configuration.isExcluded?(at, status.kind) == true {
                at.removeLast()
                continue
            }
            let entry = DirectoryEntry(name: name, inode: try add(name, status: status, in: directory, number: number))
            entries.append(entry)
            if status.kind == .directory { subdirectories.append(entry) }
            at.removeLast()
        }
        inodes[inode].payload = .directory(entries)
        subdirectories.reverse()
        return Place(inode: inode, number: number, subdirectories: subdirectories)
    }

    private mutating func add(
        _ name: FileName, status: HostStatus, in directory: OpenDirectory, number: OpenDirectories.Number
    ) throws(Errno) -> InodeID {
        if status.kind != .directory, status.linkCount > 1, let known = linked[status.identity] { return known }
        var metadata = status.metadata
        if configuration.readsExtendedAttributes {
            metadata.extendedAttributes = inOrder(try HostExtendedAttributes.all(of: name, in: directory))
        }
        let payload: Inode.Payload =
            switch status.kind {
            case .directory: .directory([])
            case .regular:
                .regular(HostFileContents(directories: directories, directory: number, name: name, status: status))
            case .symbolicLink: .symbolicLink(try directory.readLink(name))
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
