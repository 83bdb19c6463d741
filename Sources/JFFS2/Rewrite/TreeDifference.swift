import FileTree

/// What has to change on the flash so that it shows another tree: by inode number, and by name within a directory.
struct TreeDifference {
    /// A name in a directory.
    struct NameKey: Hashable {
        /// The inode number of the directory.
        var directory: InodeNumber
        var name: [UInt8]
    }

    /// An inode that needs new nodes.
    struct Change {
        /// In the wanted tree.
        var id: InodeID
        var number: InodeNumber
        /// In the original tree; nil for a new one.
        var original: InodeID?
        /// Whether owner, mode or times differ.
        var hasNewMetadata = false
        /// Whether target or device number differ.
        var isReplaced = false
        /// Pages in which the content differs, up to the larger of both sizes.
        var pages: [Range<UInt64>] = []
    }

    /// The inode number of each inode of the wanted tree; 0 for those without a name.
    private(set) var numbers: [InodeNumber]
    /// Where each inode of the original stands in its tree.
    private(set) var originals: [InodeNumber: InodeID] = [:]
    /// Ascending by place in the wanted tree.
    private(set) var changes: [Change] = []
    /// Inodes of the original that have no name any more.
    private(set) var removedInodes: Set<InodeNumber> = []
    /// Names that are no longer in their directory.
    private(set) var removedNames: Set<NameKey> = []
    /// Names that stand for another inode now.
    private(set) var replacedNames: Set<NameKey> = []
    /// Names that are new in their directory, or stand for another inode; directories in the order of the walk.
    private(set) var newNames: [(directory: InodeID, entry: DirectoryEntry)] = []
    /// All names of the wanted tree.
    private(set) var wantedNames: [NameKey: InodeNumber] = [:]
    /// Removed names that no file has any more, wherever.
    private(set) var vanishedNames: Set<[UInt8]> = []

    private let original: FileTree
    private let wanted: FileTree
    /// Names that Linux lists but cannot open: they are in no tree, and stay.
    private let unreadableNames: Set<[UInt8]>

    /// - Parameters:
    ///   - highest: the highest inode number on the flash.
    ///   - dropsUnreadable: whether files that Linux lists but cannot open go, with their names.
    init(
        fileSystem: FileSystem, wanted: FileTree, above highest: InodeNumber, configuration: ImageConfiguration,
        dropsUnreadable: Bool
    ) throws(LayoutError) {
        original = fileSystem.tree
        let unreadable = dropsUnreadable ? [] : fileSystem.unreadable
        unreadableNames = Set(unreadable.compactMap { $0.path.components.last?.bytes })
        self.wanted = wanted
        numbers = [InodeNumber](repeating: 0, count: wanted.inodes.count)
        guard wanted.inodes.first?.kind == .directory else {
            throw .build(.configuration("the tree has no root folder"))
        }
        for (index, inode) in original.inodes.enumerated() {
            if let number = inode.number { originals[number] = InodeID(index) }
        }
        try assignNumbers(above: highest)
        if dropsUnreadable {
            removedInodes.formUnion(
                fileSystem.unreadable.lazy.map(\.inode).filter { [originals] in originals[$0] == nil })
        }
        compareNames()
        try compareInodes(configuration)
    }

    var isEmpty: Bool { changes.isEmpty && removedNames.isEmpty && newNames.isEmpty }

    // MARK: - Numbers

    /// Gives each inode that has a name a number: its own, that of the file which had its place, or a new one.
    private mutating func assignNumbers(above highest: InodeNumber) throws(LayoutError) {
        let directories = reachableDirectories()
        var order: [(directory: InodeID, entry: DirectoryEntry)] = []
        for directory in directories { order += wanted[directory].entries.map { (directory, $0) } }
        numbers[0] = .root
        var taken: Set<InodeNumber> = [.root]
        func fits(_ number: InodeNumber, id: InodeID) -> Bool {
            guard let old = originals[number] else { return false }
            return original[old].kind == wanted[id].kind
        }
        for (_, entry) in order where numbers[entry.inode.index] == 0 {
            guard let number = wanted[entry.inode].number, number != .root, fits(number, id: entry.inode),
                taken.insert(number).inserted
            else { continue }
            numbers[entry.inode.index] = number
        }
        var next = UInt64(highest.rawValue) + 1
        for (directory, entry) in order where numbers[entry.inode.index] == 0 {
            // A file that took the place of another one becomes a new content of it: its name need not be written.
            if let old = originals[numbers[directory.index]].flatMap({ original.child(entry.name, of: $0) }),
                let number = original[old].number, number != .root, fits(number, id: entry.inode),
                taken.insert(number).inserted
            {
                numbers[entry.inode.index] = number
                continue
            }
            guard next < UInt32.max else { throw .exhausted("the inode numbers") }
            let number = InodeNumber(rawValue: UInt32(next))
            numbers[entry.inode.index] = number
            next += 1
        }
        removedInodes = Set(originals.keys).subtracting(taken)
    }

    /// Directories before what is in them.
    private func reachableDirectories() -> [InodeID] {
        var directories = [FileTree.root]
        var seen: Set<InodeID> = [FileTree.root]
        var next = 0
        while next < directories.count {
            for entry in wanted[directories[next]].entries
            where wanted[entry.inode].kind == .directory && seen.insert(entry.inode).inserted {
                directories.append(entry.inode)
            }
            next += 1
        }
        return directories
    }

    // MARK: - Names

    private mutating func compareNames() {
        for directory in reachableDirectories() {
            for entry in wanted[directory].entries {
                let key = NameKey(directory: numbers[directory.index], name: entry.name.bytes)
                let number = numbers[entry.inode.index]
                wantedNames[key] = number
                let old = originals[key.directory].flatMap { original.child(entry.name, of: $0) }
                if let old, original[old].number == number { continue }
                if old != nil { replacedNames.insert(key) }
                newNames.append((directory, entry))
            }
        }
        var present = unreadableNames
        for key in wantedNames.keys { present.insert(key.name) }
        for inode in original.inodes {
            guard let number = inode.number else { continue }
            for entry in inode.entries {
                let key = NameKey(directory: number, name: entry.name.bytes)
                if wantedNames[key] != nil { continue }
                removedNames.insert(key)
                if !present.contains(key.name) { vanishedNames.insert(key.name) }
            }
        }
    }

    // MARK: - Inodes

    private mutating func compareInodes(_ configuration: ImageConfiguration) throws(LayoutError) {
        var problems: [BuildError.Unrepresentable] = []
        func path(_ index: Int) -> FilePathBytes { wanted.path(of: InodeID(index)) ?? FilePathBytes() }
        for (directory, entry) in newNames {
            if let reason = TreePlan.problem(entry.name) {
                var place = path(directory.index)
                place.append(entry.name)
                problems.append(BuildError.Unrepresentable(path: place, reason: reason))
            }
        }
        for (index, number) in numbers.enumerated() where number != 0 {
            let inode = wanted.inodes[index]
            var change = Change(id: InodeID(index), number: number, original: originals[number])
            guard let old = change.original else {
                if let reason = TreePlan.problem(inode, configuration: configuration) {
                    problems.append(BuildError.Unrepresentable(path: path(index), reason: reason))
                }
                change.hasNewMetadata = true
                change.isReplaced = true
                if inode.contentSize > 0 { change.pages = [0..<inode.contentSize] }
                changes.append(change)
                continue
            }
            change.hasNewMetadata = inode.metadata.isStatDifferent(from: original[old].metadata)
            do {
                change.compare(inode.payload, old: original[old].payload, pageSize: configuration.nodeDataSize)
                if case .regular(let new) = inode.payload, case .regular(let before) = original[old].payload {
                    change.pages = try ContentDifference.pages(before, new: new, pageSize: configuration.nodeDataSize)
                }
            } catch {
                throw .build(.contents(path: path(index), error))
            }
            let isChanged = change.hasNewMetadata || change.isReplaced || !change.pages.isEmpty
            let hasNewAttributes =
                Set(inode.metadata.extendedAttributes) != Set(original[old].metadata.extendedAttributes)
            guard isChanged || hasNewAttributes else { continue }
            if let reason = TreePlan.problem(inode, configuration: configuration) {
                problems.append(BuildError.Unrepresentable(path: path(index), reason: reason))
            }
            if isChanged { changes.append(change) }
        }
        if !problems.isEmpty { throw .build(.unrepresentable(problems)) }
    }
}

extension TreeDifference.Change {
    fileprivate mutating func compare(_ new: Inode.Payload, old: Inode.Payload, pageSize: Int) {
        switch (new, old) {
        case (.symbolicLink(let one), .symbolicLink(let two)): isReplaced = one != two
        case (.characterDevice(let one), .characterDevice(let two)): isReplaced = one != two
        case (.blockDevice(let one), .blockDevice(let two)): isReplaced = one != two
        default: break
        }
    }
}

extension Metadata {
    /// Whether anything but the extended attributes differs.
    func isStatDifferent(from other: Metadata) -> Bool {
        permissions != other.permissions || owner != other.owner || group != other.group
            || accessTime != other.accessTime || modificationTime != other.modificationTime
            || changeTime != other.changeTime
    }
}
