internal import FlashBytes
internal import SystemPackage

/// One walk through a tree that creates everything in order, and hands out regular files to be filled.
///
/// Each directory gets its metadata when all of its names are there, so directories that forbid writing can be filled and
/// times stay as set. An inode with several names is created in a directory of its own first, and linked from there:
/// its first place may be closed to us by then.
final class HostDirectoryWriterWalk {
    private let tree: FileTree
    private let path: String
    private let configuration: HostDirectoryWriter.Configuration
    private let directories: OpenDirectories
    private let nameCounts: [UInt32]
    private var entered: [Bool]
    private var stack: [DirectoryPlace] = []
    private var at = FilePathBytes()
    private let root: OpenDirectory
    private var replacer: EntryReplacer
    private var links: LinkOrigins
    private var habits = CreationHabits()
    private(set) var report = HostDirectoryWriterReport()
    private var fillings = 0
    /// What has several names on a host that cannot link.
    private var copied: Set<InodeID> = []

    private struct DirectoryPlace {
        let inode: InodeID
        let number: OpenDirectories.Number
        var next = 0
    }

    init(
        tree: FileTree, into place: DestinationDirectory, path: String, configuration: HostDirectoryWriter.Configuration
    ) {
        self.tree = tree
        self.path = path
        self.configuration = configuration
        root = place.directory
        directories = OpenDirectories(root: place.directory)
        nameCounts = tree.nameCounts()
        entered = [Bool](repeating: false, count: tree.inodes.count)
        entered[0] = true
        stack = [DirectoryPlace(inode: FileTree.root, number: 0)]
        replacer = EntryReplacer(isOn: configuration.replacesExisting && place.existed)
        links = LinkOrigins(root: place.directory, taken: tree[FileTree.root].entries.map(\.name))
        report.setsOwners = configuration.isPrivileged
        report.setsExtendedAttributes = configuration.setsExtendedAttributes
    }

    var progress: HostDirectoryWriter.Progress {
        HostDirectoryWriter.Progress(files: report.created.values.reduce(0, +), contentBytes: report.contentBytes)
    }

    /// Goes on until there is a file to be filled; nil at the end.
    func next() throws(FileError) -> FileFilling? {
        while let place = stack.last {
            let entries = tree[place.inode].entries
            do throws(Errno) {
                if Termination.isRequested { throw .interrupted }
                guard place.next < entries.count else {
                    try leave(place)
                    stack.removeLast()
                    at.removeLast()
                    continue
                }
                stack[stack.count - 1].next += 1
                let entry = entries[place.next]
                at.append(entry.name)
                let filling = try create(entry, in: place)
                // A directory that was entered keeps its name in the path.
                if stack.count == at.components.count { at.removeLast() }
                if let filling { return filling }
            } catch {
                throw FileError(action: "write", path: at.components.isEmpty ? path : "\(path)\(at)", errno: error)
            }
        }
        return nil
    }

    /// Takes in what became of a file.
    func take(_ outcome: FileFilling.Outcome) throws(FileError) {
        let filling = outcome.filling
        if let failure = outcome.failure {
            throw FileError(action: "write", path: "\(path)\(filling.path)", errno: failure)
        }
        report.contentBytes += outcome.contentBytes
        report.digests[filling.inode] = outcome.digest
        note(outcome.notSet, of: filling.inode)
        for problem in outcome.findings {
            report.add(DirectoryFinding(path: filling.path, problem: problem))
        }
    }

    /// Sets the root's metadata, when all else is done.
    func finish() throws(FileError) {
        do throws(Errno) {
            try links.remove()
            try setMetadata(of: FileTree.root, root)
        } catch {
            throw FileError(action: "write", path: path, errno: error)
        }
    }

    /// Takes away what must not stay when the work stops.
    func abandon() { try? links.remove() }

    private func leave(_ place: DirectoryPlace) throws(Errno) {
        if place.inode != FileTree.root { try setMetadata(of: place.inode, directories.open(place.number)) }
    }

    private func setMetadata(of inode: InodeID, _ directory: OpenDirectory) throws(Errno) {
        var notSet = NotSet()
        var problems: [DirectoryFinding.Problem] = []
        try MetadataSetter(configuration: configuration).set(
            tree[inode].metadata, on: directory.descriptor, notSet: &notSet, into: &problems)
        note(notSet, of: inode)
        problems.forEach(find)
    }

    private func note(_ notSet: NotSet, of inode: InodeID) {
        if notSet.isEmpty { return }
        report.notSet[inode] = notSet
        let permissions = tree[inode].metadata.permissions
        if !configuration.setsSetID, notSet.permissions != nil, permissions & Metadata.setID != 0 {
            report.setIDsLeftOut += 1
        }
    }

    private func find(_ problem: DirectoryFinding.Problem) { report.add(DirectoryFinding(path: at, problem: problem)) }

    private func leaveOut(_ entry: DirectoryEntry, of directory: InodeID, because problem: DirectoryFinding.Problem?) {
        report.missing.insert(EntryKey(directory: directory, name: entry.name))
        if let problem { find(problem) }
    }

    private func leaveOut(_ entry: DirectoryEntry, of directory: InodeID, after failure: EntryFailure) throws(Errno) {
        switch failure {
        case .taken: leaveOut(entry, of: directory, because: .nameTaken)
        case .directoryInTheWay: leaveOut(entry, of: directory, because: .directoryInTheWay)
        case .inputInTheWay: leaveOut(entry, of: directory, because: .inputInTheWay)
        case .system(let errno):
            if errno.stopsWriting { throw errno }
            leaveOut(entry, of: directory, because: .notCreated(errno))
        }
    }

    // MARK: Creating

    private func create(_ entry: DirectoryEntry, in place: DirectoryPlace) throws(Errno) -> FileFilling? {
        guard entry.name.isSafe else {
            leaveOut(entry, of: place.inode, because: .unsafeName)
            return nil
        }
        let kind = tree[entry.inode].kind
        if kind == .directory, entered[entry.inode.index] {
            leaveOut(entry, of: place.inode, because: .furtherDirectoryName)
            return nil
        }
        if !configuration.isPrivileged, kind == .characterDevice || kind == .blockDevice || kind == .socket {
            report.privilegedFilesLeftOut += 1
            leaveOut(entry, of: place.inode, because: nil)
            return nil
        }
        do throws(EntryFailure) {
            let directory = try EntryFailure.wrap { () throws(Errno) in try directories.open(place.number) }
            if kind == .directory {
                try enter(entry, in: place, directory: directory)
                return nil
            }
            if nameCounts[entry.inode.index] > 1 { return try createLinked(entry, in: place, directory: directory) }
            let filling = try createFile(entry.inode, name: entry.name, in: directory)
            report.created[kind, default: 0] += 1
            return filling
        } catch {
            try leaveOut(entry, of: place.inode, after: error)
            return nil
        }
    }

    private func enter(_ entry: DirectoryEntry, in place: DirectoryPlace, directory: OpenDirectory)
        throws(EntryFailure)
    {
        let inner = try replacer.makeDirectory(entry.name, in: directory)
        entered[entry.inode.index] = true
        report.created[.directory, default: 0] += 1
        let number = directories.add(inner, name: entry.name, in: place.number)
        stack.append(DirectoryPlace(inode: entry.inode, number: number))
    }

    /// Creates whatever is no directory, with one name.
    private func createFile(
        _ id: InodeID, name: FileName, in directory: OpenDirectory
    ) throws(EntryFailure) -> FileFilling? {
        let inode = tree[id]
        if case .regular(let contents) = inode.payload {
            let permissions = creationPermissions(inode.metadata)
            let file = try replacer.createFile(name, in: directory, permissions: permissions)
            fillings += 1
            return FileFilling(
                number: fillings - 1, inode: id, path: at, file: file, contents: contents, metadata: inode.metadata,
                created: try? habits.metadata(of: file, in: directory, permissions: permissions),
                configuration: configuration)
        }
        try replacer.create(name, in: directory) { () throws(Errno) in
            switch inode.payload {
            case .symbolicLink(let target):
                // The system ends it at a NUL as the kernel does when it follows such a link in the image.
                try directory.makeSymlink(name, target: Array(target.prefix { $0 != 0 }))
            case .characterDevice(let device), .blockDevice(let device):
                try directory.makeNode(name, kind: inode.kind, device: device)
            default: try directory.makeNode(name, kind: inode.kind, device: nil)
            }
        }
        var notSet = NotSet()
        var problems: [DirectoryFinding.Problem] = []
        try EntryFailure.wrap { () throws(Errno) in
            try MetadataSetter(configuration: configuration).set(
                inode.metadata, on: name, in: directory, kind: inode.kind, notSet: &notSet, into: &problems)
        }
        note(notSet, of: id)
        problems.forEach(find)
        return nil
    }

    /// In a directory that we made, which nobody else can look into yet, a file may have its final permissions at once; set-uid
    /// and the like wait for the owner.
    private func creationPermissions(_ metadata: Metadata) -> UInt16 {
        replacer.isOn || metadata.permissions & 0o7000 != 0 ? 0o600 : metadata.permissions & 0o777
    }

    /// Creates one of several names of an inode.
    private func createLinked(
        _ entry: DirectoryEntry, in place: DirectoryPlace, directory: OpenDirectory
    ) throws(EntryFailure) -> FileFilling? {
        let id = entry.inode
        if copied.contains(id) {
            find(.copiedInsteadOfLinked(.notSupported))
            return try createFile(id, name: entry.name, in: directory)
        }
        var filling: FileFilling?
        let isFirst = links.find(id) == nil
        let origin = try EntryFailure.wrap { () throws(Errno) in try links.place(of: id) }
        if isFirst {
            filling = try createFile(id, name: origin.name, in: origin.directory)
            report.created[tree[id].kind, default: 0] += 1
        }
        do throws(EntryFailure) {
            try replacer.create(entry.name, in: directory) { () throws(Errno) in
                try origin.directory.link(origin.name, as: entry.name, in: directory)
            }
            if !isFirst { report.links += 1 }
            return filling
        } catch {
            switch error {
            case .system(.tooManyLinks) where !isFirst:
                find(.copiedInsteadOfLinked(.tooManyLinks))
                links.forget(id)
                return try createLinked(entry, in: place, directory: directory)
            case .system(.notPermitted), .system(.notSupported), .system(.tooManyLinks):
                // The host cannot link: each name becomes a file of its own, and nobody has seen the one without.
                copied.insert(id)
                if filling != nil { fillings -= 1 }
                return try createFile(id, name: entry.name, in: directory)
            default:
                // The file is there without this name; it wants its content for the next one.
                guard let filling else { throw error }
                try EntryFailure.wrap { () throws(Errno) in try leaveOut(entry, of: place.inode, after: error) }
                return filling
            }
        }
    }
}
