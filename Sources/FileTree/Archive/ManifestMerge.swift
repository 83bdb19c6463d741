package import FlashBytes
/// A directory that was unpacked and perhaps worked on, joined with the manifest that tells what it could not hold.
///
/// The directory wins where the user changed something; the manifest knows the rest:
///
/// - Content and names come from the directory. What the manifest lists and the directory lacks was deleted, unless unpack
///   could not create it.
/// - Permission bits that are not what unpack left come from the directory, the other ones from the manifest. (Handing a
///   directory over takes set-uid away; that is not counted then, see owners.)
/// - Times come from the manifest, unless size or SHA-256 of a file differ, a symlink has another target, or a directory
///   other names.
/// - Owners come from the manifest, unless unpack set them and they are not the same any more. When the root itself
///   has another owner, the whole directory was copied or handed over, and its owners mean nothing.
/// - Extended attributes come from the manifest, unless unpack set them and they are read: then from the directory.
/// - Hard links that a copy has torn apart are joined again while content and metadata are the same.
/// - What is new has its own permissions and time, and belongs to root.
///
/// A manifest that unpack has not written (without `#unpacked`) holds for all metadata of what it lists.
public struct ManifestMerge {
    /// What to do where there is a choice.
    public struct Configuration: Sendable {
        /// Whether new files keep the owner that they have on the host.
        public var keepsOwners = false
        /// Whether the directory was read with its extended attributes.
        public var hasExtendedAttributes = false

        /// New files belong to root, and extended attributes come from the manifest.
        public init() {}
    }

    /// What was found, in numbers of names.
    public struct Summary: Sendable, Hashable {
        /// In directory and manifest, content as it was.
        public var unchanged = 0
        /// In directory and manifest, with other content.
        public var changed = 0
        /// In the directory only.
        public var new = 0
        /// In the manifest only, and deleted therefore.
        public var deleted = 0
        /// In the manifest only, since unpack could not create them.
        public var restored = 0
        /// Files that unpack could not create either, and that no manifest can restore.
        public var lost: [FilePathBytes] = []

        /// Nothing lost.
        public init() {}
    }

    private let directory: FileTree
    private let manifest: MtreeManifest
    private let listed: FileTree
    private let configuration: Configuration
    private let trustsOwners: Bool

    /// For each inode of the directory, the one in the manifest that it was.
    private var partners: [InodeID?]
    private var digests: [InodeID: [UInt8]] = [:]
    private var result = GrowingFileTree()
    private var summary = Summary()
    private var fromDirectory: [InodeID: InodeID] = [:]
    /// For each inode of the manifest, what has become of it, with the inode of the directory that is behind that.
    private var fromManifest: [InodeID: [(directory: InodeID?, result: InodeID)]] = [:]

    private struct Place {
        let path: FilePathBytes
        let directory: InodeID?
        let listed: InodeID?
        let result: InodeID
    }

    /// Joins a directory, as `HostDirectoryReader` gives it, with a manifest.
    ///
    /// - Throws: `ContentsError` when a file cannot be read to see whether it was changed.
    package static func merge(
        _ directory: FileTree, with manifest: MtreeManifest, configuration: Configuration = Configuration()
    ) throws(ContentsError) -> (tree: FileTree, summary: Summary) {
        var merge = ManifestMerge(directory: directory, manifest: manifest, configuration: configuration)
        merge.findPartners()
        try merge.run()
        return (merge.result.finish(), merge.summary)
    }

    private init(directory: FileTree, manifest: MtreeManifest, configuration: Configuration) {
        self.directory = directory
        self.manifest = manifest
        self.configuration = configuration
        listed = manifest.tree
        partners = [InodeID?](repeating: nil, count: directory.inodes.count)
        let root = directory[FileTree.root].metadata
        let listedRoot = manifest.tree[FileTree.root].metadata
        trustsOwners =
            manifest.unpacked?.setsOwners == true && root.owner == listedRoot.owner && root.group == listedRoot.group
    }

    /// Any name of an inode may be the one that the manifest knows, so all are looked at before the first is used.
    private mutating func findPartners() {
        var stack = [(FileTree.root, FileTree.root)]
        partners[0] = FileTree.root
        while let (inDirectory, inList) = stack.popLast() {
            for entry in directory[inDirectory].entries {
                guard let match = listed.child(entry.name, of: inList),
                    listed[match].kind == directory[entry.inode].kind
                else { continue }
                if partners[entry.inode.index] == nil { partners[entry.inode.index] = match }
                if listed[match].kind == .directory { stack.append((entry.inode, match)) }
            }
        }
    }

    private mutating func run() throws(ContentsError) {
        result[FileTree.root].metadata = metadata(
            FileTree.root, partner: FileTree.root, isChanged: hasOtherNames(FileTree.root))
        result[FileTree.root].number = listed[FileTree.root].number
        var stack = [
            Place(path: FilePathBytes(), directory: FileTree.root, listed: FileTree.root, result: FileTree.root)
        ]
        while let place = stack.popLast() {
            let here = place.directory.map { directory[$0].entries } ?? []
            for entry in here {
                if let inner = try add(entry, in: place) { stack.append(inner) }
            }
            guard let listedDirectory = place.listed else { continue }
            for entry in listed[listedDirectory].entries {
                if let inDirectory = place.directory, directory.child(entry.name, of: inDirectory) != nil { continue }
                if let inner = restore(entry, in: place) { stack.append(inner) }
            }
        }
    }

    // MARK: What is in the directory

    private mutating func add(_ entry: DirectoryEntry, in place: Place) throws(ContentsError) -> Place? {
        var path = place.path
        path.append(entry.name)
        let here = place.listed.flatMap { listed.child(entry.name, of: $0) }
        if let known = fromDirectory[entry.inode] {
            count(isNew: here == nil, isChanged: false)
            result.link(known, name: entry.name, to: place.result)
            return nil
        }
        do {
            let (inode, isChanged) = try inode(entry.inode)
            count(isNew: partners[entry.inode.index] == nil, isChanged: isChanged)
            let id: InodeID
            if let linked = try hardLink(to: entry.inode, inode) {
                id = linked
                result.link(id, name: entry.name, to: place.result)
            } else {
                id = result.add(inode, name: entry.name, to: place.result)
            }
            fromDirectory[entry.inode] = id
            if let partner = partners[entry.inode.index] {
                fromManifest[partner, default: []].append((entry.inode, id))
            }
            guard inode.kind == .directory else { return nil }
            let listedDirectory = partners[entry.inode.index]
            return Place(path: path, directory: entry.inode, listed: listedDirectory, result: id)
        } catch {
            throw ContentsError("\(path): \(error)")
        }
    }

    private mutating func count(isNew: Bool, isChanged: Bool) {
        if isNew {
            summary.new += 1
        } else if isChanged {
            summary.changed += 1
        } else {
            summary.unchanged += 1
        }
    }

    private mutating func inode(_ id: InodeID) throws(ContentsError) -> (Inode, isChanged: Bool) {
        var inode = directory[id]
        inode.linkCount = nil
        if case .directory = inode.payload { inode.payload = .directory([]) }
        guard let partner = partners[id.index] else {
            inode.number = nil
            if !configuration.keepsOwners {
                inode.metadata.owner = 0
                inode.metadata.group = 0
            }
            return (inode, false)
        }
        inode.staysUncompressed = listed[partner].staysUncompressed
        let isChanged = try isChanged(id, partner: partner)
        // A link that was broken is a file of its own.
        inode.number = fromManifest[partner] == nil ? listed[partner].number : nil
        inode.metadata = metadata(id, partner: partner, isChanged: isChanged)
        return (inode, isChanged)
    }

    /// Whether the content is another one than was unpacked.
    private mutating func isChanged(_ id: InodeID, partner: InodeID) throws(ContentsError) -> Bool {
        if manifest.unpacked == nil { return false }
        switch (directory[id].payload, listed[partner].payload) {
        case (.regular(let contents), .regular(let before)):
            if contents.size != before.size { return true }
            let time = directory[id].metadata.modificationTime
            let timeIsSet = manifest.unpacked?.notSet[partner]?.times != true
            // With the time that unpack gave it: nothing to find out, since that time stays in either case.
            if timeIsSet, time == listed[partner].metadata.modificationTime { return false }
            guard let digest = manifest.digests[partner] else { return timeIsSet }
            return try self.digest(id) != digest
        case (.directory, .directory): return hasOtherNames(id)
        case (.symbolicLink(let target), .symbolicLink(let before)): return target != before
        case (.characterDevice(let device), .characterDevice(let before)),
            (.blockDevice(let device), .blockDevice(let before)):
            return device != before
        default: return false
        }
    }

    private func hasOtherNames(_ id: InodeID) -> Bool {
        guard let partner = partners[id.index] else { return true }
        let before = listed[partner].entries.map(\.name).filter { name in
            manifest.unpacked?.missing.contains(EntryKey(directory: partner, name: name)) != true
        }
        return before != directory[id].entries.map(\.name)
    }

    private mutating func digest(_ id: InodeID) throws(ContentsError) -> [UInt8]? {
        if let known = digests[id] { return known }
        guard case .regular(let contents) = directory[id].payload else { return nil }
        let digest = try SHA256.digest(contents)
        digests[id] = digest
        return digest
    }

    private func metadata(_ id: InodeID, partner: InodeID, isChanged: Bool) -> Metadata {
        let now = directory[id].metadata
        let before = listed[partner].metadata
        guard let unpacked = manifest.unpacked else { return before }
        let notSet = unpacked.notSet[partner] ?? NotSet()
        var metadata = before
        if directory[id].kind != .symbolicLink {
            var changedBits = now.permissions ^ (notSet.permissions ?? before.permissions)
            if unpacked.setsOwners, !trustsOwners { changedBits &= ~(before.permissions & 0o7000) }
            metadata.permissions = now.permissions & changedBits | before.permissions & ~changedBits
        }
        if isChanged {
            metadata.modificationTime = now.modificationTime
            metadata.accessTime = now.modificationTime
            metadata.changeTime = now.modificationTime
        }
        if trustsOwners, !notSet.owner {
            metadata.owner = now.owner
            metadata.group = now.group
        }
        if configuration.hasExtendedAttributes, unpacked.setsExtendedAttributes {
            metadata.extendedAttributes = attributes(now, before: before, notSet: notSet)
        }
        return metadata
    }

    private func attributes(_ now: Metadata, before: Metadata, notSet: NotSet) -> [ExtendedAttribute] {
        var rest = now.extendedAttributes
        var attributes: [ExtendedAttribute] = []
        for attribute in before.extendedAttributes {
            if let place = rest.firstIndex(where: { $0.name == attribute.name }) {
                attributes.append(rest.remove(at: place))
            } else if notSet.extendedAttributes.contains(attribute.name) {
                attributes.append(attribute)
            }
        }
        // A label that the host puts on every file says nothing about the image.
        attributes += rest.filter { $0.name != Array("security.selinux".utf8) }
        return attributes
    }

    /// Another file that was the same inode, and has the same content and metadata still.
    private mutating func hardLink(to id: InodeID, _ inode: Inode) throws(ContentsError) -> InodeID? {
        guard let partner = partners[id.index], inode.kind != .directory else { return nil }
        for candidate in fromManifest[partner] ?? [] {
            let other = result[candidate.result]
            guard other.metadata == inode.metadata, let otherFile = candidate.directory else { continue }
            switch (other.payload, inode.payload) {
            case (.regular(let left), .regular(let right)):
                guard left.size == right.size, try digest(otherFile) == digest(id) else { continue }
            case (.symbolicLink(let left), .symbolicLink(let right)): guard left == right else { continue }
            case (.characterDevice(let left), .characterDevice(let right)),
                (.blockDevice(let left), .blockDevice(let right)):
                guard left == right else { continue }
            default: break
            }
            return candidate.result
        }
        return nil
    }

    // MARK: What is in the manifest only

    private mutating func restore(_ entry: DirectoryEntry, in place: Place) -> Place? {
        guard let listedDirectory = place.listed else { return nil }
        var path = place.path
        path.append(entry.name)
        let kind = listed[entry.inode].kind
        let key = EntryKey(directory: listedDirectory, name: entry.name)
        // What is in a directory that could not be created was not even tried. A manifest that no unpack has written
        // stands for one that could not create what takes root.
        let couldNotBe =
            place.directory == nil
            || manifest.unpacked?.missing.contains(key)
                ?? [.characterDevice, .blockDevice, .socket].contains(kind)
        guard couldNotBe else {
            summary.deleted += 1
            return nil
        }
        if kind == .regular, listed[entry.inode].size > 0 {
            summary.lost.append(path)
            return nil
        }
        summary.restored += 1
        if let known = fromManifest[entry.inode]?.first, kind != .directory {
            result.link(known.result, name: entry.name, to: place.result)
            return nil
        }
        var inode = listed[entry.inode]
        if kind == .directory { inode.payload = .directory([]) }
        if kind == .regular { inode.payload = .regular(MemoryContents([])) }
        let id = result.add(inode, name: entry.name, to: place.result)
        fromManifest[entry.inode, default: []].append((nil, id))
        return kind == .directory ? Place(path: path, directory: nil, listed: entry.inode, result: id) : nil
    }
}

extension SHA256 {
    /// The digest of a file's content, holes as zeros; nil when libarchive was built without it.
    package static func digest(_ contents: any FileContents) throws(ContentsError) -> [UInt8]? {
        let digest = SHA256()
        let reader = try contents.makeReader()
        var piece = [UInt8](repeating: 0, count: Int(min(contents.size, 1 << 18)))
        var offset: UInt64 = 0
        while offset < contents.size {
            let count = Int(min(UInt64(piece.count), contents.size - offset))
            if count < piece.count { piece.removeLast(piece.count - count) }
            var span = piece.mutableSpan
            var bytes = unsafe span.mutableBytes
            let damage = try reader.read(into: &bytes, at: offset)
            if let first = damage.first { throw ContentsError("damaged: \(first)") }
            digest.update(unsafe piece.span.bytes)
            offset += UInt64(count)
        }
        return digest.finish()
    }
}
