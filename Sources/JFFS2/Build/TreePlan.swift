internal import FileTree
internal import FlashBytes

/// What is settled before the first node is written: inode numbers, extended attributes, and that everything fits.
struct TreePlan: Sendable {
    /// The inode number of each inode of the tree; 0 for those without a name.
    private(set) var numbers: [InodeNumber]
    /// Names and inodes that will be written.
    private(set) var names = 0
    private(set) var inodes = 0

    /// Directories that are in the image in front already, with the highest version there.
    private(set) var existing: [InodeID: UInt32] = [:]

    /// Stands for a number that is given later.
    private static let unassigned = InodeNumber(rawValue: .max)

    /// The longest name and symlink target that Linux reads (bytes).
    static let maximumNameLength = 254

    init(tree: FileTree, configuration: ImageConfiguration) throws(BuildError) {
        numbers = [InodeNumber](repeating: 0, count: tree.inodes.count)
        guard tree.inodes.first?.kind == .directory else {
            throw .configuration("the tree has no root folder")
        }
        var problems: [BuildError.Unrepresentable] = []
        func check(_ path: FilePathBytes, inode: Inode) {
            if let reason = Self.problem(inode, configuration: configuration) {
                problems.append(BuildError.Unrepresentable(path: path, reason: reason))
            }
        }
        check(FilePathBytes(), inode: tree[FileTree.root])
        numbers[0] = .root
        inodes = 1
        let appendage = configuration.isCompatible ? nil : configuration.appendage
        if let root = appendage?.directories[FilePathBytes()] { existing[FileTree.root] = root.version }
        tree.walk { path, id in
            names += 1
            if let directory = appendage?.directories[path], tree[id].kind == .directory, numbers[id.index] == 0 {
                numbers[id.index] = directory.number
                existing[id] = directory.version
                return
            }
            if let name = path.components.last, let reason = Self.problem(name) {
                problems.append(BuildError.Unrepresentable(path: path, reason: reason))
            }
            if numbers[id.index] == 0 {
                numbers[id.index] = Self.unassigned
                inodes += 1
                check(path, inode: tree[id])
            } else if tree[id].kind == .directory {
                problems.append(
                    BuildError.Unrepresentable(path: path, reason: "the folder has a second name, or holds itself"))
            }
        }
        for (index, inode) in tree.inodes.enumerated() where numbers[index] != 0 {
            if let twice = Self.firstDisorder(inode.entries) {
                let path = tree.path(of: InodeID(index)) ?? FilePathBytes()
                problems.append(
                    BuildError.Unrepresentable(path: path, reason: "the name \(twice) is there twice or out of order"))
            }
        }
        if !problems.isEmpty { throw .unrepresentable(problems) }
        if !(configuration.keepsInodeNumbers && keepNumbers(tree)) {
            countNumbers(tree, from: configuration.appendage?.firstInode ?? 2, configuration: configuration)
        }
    }

    /// Takes the numbers of the tree, if all are there, differ, and leave 1 to the root.
    private mutating func keepNumbers(_ tree: FileTree) -> Bool {
        var seen: Set<InodeNumber> = [.root]
        var kept = numbers
        for index in tree.inodes.indices.dropFirst() where numbers[index] != 0 {
            guard let number = tree.inodes[index].number, number > .root, number < Self.unassigned,
                seen.insert(number).inserted
            else { return false }
            kept[index] = number
        }
        numbers = kept
        return true
    }

    /// Numbers in the order in which the inodes are written.
    private mutating func countNumbers(_ tree: FileTree, from first: InodeNumber, configuration: ImageConfiguration) {
        var next = first
        var order = DirectoryOrder(firstTableInode: configuration.firstTableInode)
        while let directory = order.next(tree) {
            for entry in order.entries(of: directory, tree) where numbers[entry.inode.index] == Self.unassigned {
                numbers[entry.inode.index] = next
                next.rawValue += 1
            }
        }
    }

    private static func firstDisorder(_ entries: [DirectoryEntry]) -> FileName? {
        for (left, right) in zip(entries, entries.dropFirst()) where !(left.name < right.name) { return right.name }
        return nil
    }

    /// Why JFFS2 cannot hold a name; nil if it can.
    static func problem(_ name: FileName) -> String? {
        if name.bytes.count > maximumNameLength {
            return "the name has \(name.bytes.count) bytes; JFFS2 holds \(maximumNameLength)"
        }
        return name.isSafe ? nil : "no system can hold a file of that name"
    }

    /// Why JFFS2 cannot hold an inode; nil if it can.
    static func problem(_ inode: Inode, configuration: ImageConfiguration) -> String? {
        let metadata = inode.metadata
        for (what, value) in [("owner", metadata.owner), ("group", metadata.group)]
        where value > UInt32(UInt16.max) {
            return "\(what) \(value) does not fit; JFFS2 holds 0 to 65535"
        }
        for time in [metadata.modificationTime, metadata.changeTime, metadata.accessTime] {
            let time = configuration.times.applied(to: time)
            if UInt32(exactly: time) == nil {
                return "the time \(time) (seconds since 1970) does not fit; JFFS2 holds 0 to \(UInt32.max)"
            }
        }
        switch inode.payload {
        case .regular(let contents):
            if contents.size > UInt64(UInt32.max) {
                return "the file has \(contents.size) bytes; JFFS2 holds less than 4 GiB"
            }
            // A page takes two versions.
            if contents.size / UInt64(configuration.nodeDataSize) >= 1 << 30 {
                return "the file has too many pages of \(configuration.nodeDataSize) bytes (\(contents.size) bytes)"
            }
        case .symbolicLink(let target):
            if target.isEmpty { return "the symbolic link has no target" }
            if target.count > maximumNameLength {
                return "the target of the symbolic link has \(target.count) bytes; JFFS2 holds \(maximumNameLength)"
            }
        case .characterDevice(let device), .blockDevice(let device):
            if device.data(configuration.byteOrder) == nil {
                return "device \(device) does not fit; JFFS2 holds major numbers to 4095 and minor numbers to 1048575"
            }
        case .directory, .fifo, .socket: break
        }
        return metadata.extendedAttributes.lazy.compactMap { problem($0, configuration: configuration) }.first
    }

    private static func problem(_ attribute: ExtendedAttribute, configuration: ImageConfiguration) -> String? {
        let shown = printable(attribute.name)
        guard let (prefix, name) = AttributePrefix.split(attribute.name) else {
            return "the extended attribute \(shown) is of a kind that JFFS2 does not know"
        }
        if prefix.isACL, AccessControlList(host: attribute.value) == nil {
            return "the extended attribute \(shown) is no access control list"
        }
        let room = configuration.eraseSize - configuration.firstNodeOffset - XattrNode.size - 1 - 64
        if name.count > 255 || name.count + attribute.value.count > min(room, 65535) {
            return "the extended attribute \(shown) has \(attribute.value.count) bytes; a node must fit an erase block"
        }
        return nil
    }
}

/// Directories in the order in which they are written: a directory, then those in it, each with all that is below it.
struct DirectoryOrder: Sendable {
    private var stack: [InodeID] = [FileTree.root]
    private let firstTableInode: Int?

    /// - Parameter firstTableInode: see `ImageConfiguration`.
    init(firstTableInode: Int? = nil) { self.firstTableInode = firstTableInode }

    /// The names of a directory in the order in which they are written.
    func entries(of directory: InodeID, _ tree: FileTree) -> [DirectoryEntry] {
        let entries = tree[directory].entries
        guard let first = firstTableInode else { return entries }
        return entries.filter { $0.inode.index < first }
            + entries.filter { $0.inode.index >= first }.sorted { $0.inode.index < $1.inode.index }
    }

    /// The next directory.
    mutating func next(_ tree: FileTree) -> InodeID? {
        guard let directory = stack.popLast() else { return nil }
        for entry in entries(of: directory, tree).reversed() where tree[entry.inode].kind == .directory {
            stack.append(entry.inode)
        }
        return directory
    }
}

extension FileTree {
    /// The first path of an inode; nil for one without a name.
    func path(of wanted: InodeID) -> FilePathBytes? {
        if wanted == Self.root { return FilePathBytes() }
        var found: FilePathBytes?
        walk { path, id in
            if found == nil, id == wanted { found = path }
        }
        return found
    }
}

extension ImageConfiguration.Times {
    /// What is written for a time of the tree (seconds since 1970).
    func applied(to time: Int64) -> Int64 {
        switch self {
        case .asTheyAre: time
        case .fixed(let all): all
        case .notAfter(let last): min(time, last)
        }
    }
}
