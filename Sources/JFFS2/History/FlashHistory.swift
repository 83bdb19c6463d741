package import FileTree
import FlashBytes

/// What happened on a flash, as far as its nodes are still there: by file every version, by directory every change to a name.
///
/// The garbage collector takes old nodes away, and gives what it copies a new version; so there are gaps, and the oldest that
/// is known of a file need not be its beginning.
package struct FlashHistory: Sendable {
    /// Where all of it comes from.
    package let log: FlashLog
    /// Ascending by inode number; of files that had one number, the older one first.
    package let files: [FileHistory]
    /// By directory, name and version.
    package let names: [NameChange]
    /// Where in `files` the files of an inode number are.
    private let fileRanges: [InodeNumber: Range<Int>]
    /// Where in `names` those of a directory are.
    private let directoryRanges: [InodeNumber: Range<Int>]
    /// The changes that gave an inode a name, as indices in `names`, the oldest first; copies too.
    private let nameIndices: [InodeNumber: [Int]]
    /// The changes that took a name from an inode, as indices in `names`.
    private let lostNameIndices: [InodeNumber: [Int]]
    /// Inodes that have a path now.
    package let shown: Set<InodeNumber>
    /// The paths that directories have now, or had last.
    let directoryPaths: [InodeNumber: FilePathBytes]
    /// The directories of which the path was another one before: they or one that they are in had several names.
    let movedDirectories: Set<InodeNumber>
    /// Of inodes that had several names, which one was there when.
    let nameSpans: NameSpans

    /// How many names a path may have; what lies deeper is shown as if its directory had no name.
    static let deepest = 128

    /// Reads the history out of a log.
    package init(_ log: FlashLog) {
        self.log = log
        shown = Set(log.fileSystem.tree.inodes.lazy.compactMap(\.number))
        var nodes: [InodeNumber: [Int]] = [:]
        for (index, entry) in log.entries.enumerated() where entry.isReadable {
            if case .inode(let raw) = entry.content { nodes[raw.inode, default: []].append(index) }
        }
        var names = log.fileSystem.image.withBytes { NameChange.changes(in: log, $0) }
        NameChange.findMoves(&names)
        var nameIndices: [InodeNumber: [Int]] = [:]
        var lostNameIndices: [InodeNumber: [Int]] = [:]
        var directoryRanges: [InodeNumber: Range<Int>] = [:]
        for (index, change) in names.enumerated() {
            if change.inode != 0 { nameIndices[change.inode, default: []].append(index) }
            if let inode = change.previousInode { lostNameIndices[inode, default: []].append(index) }
            directoryRanges[change.directory] = (directoryRanges[change.directory]?.lowerBound ?? index)..<index + 1
        }
        for inode in nameIndices.keys where nameIndices[inode, default: []].count > 1 {
            nameIndices[inode]?.sort { left, right in
                // Of one second, versions of two directories tell nothing; but what was moved had another name before.
                func key(_ name: NameChange) -> (UInt32, Int, UInt32) {
                    (name.time, name.counterpart == nil ? 0 : 1, name.version)
                }
                return key(names[left]) < key(names[right])
            }
        }
        var files: [FileHistory] = []
        files.reserveCapacity(nodes.count)
        var fileRanges: [InodeNumber: Range<Int>] = [:]
        log.fileSystem.image.withBytes { bytes in
            for inode in nodes.keys.sorted() {
                let found = FileHistory.histories(
                    of: inode, nodes: nodes[inode, default: []], in: log, bytes, isNamed: nameIndices[inode] != nil)
                fileRanges[inode] = files.count..<files.count + found.count
                files += found
            }
        }
        self.files = files
        self.names = names
        self.fileRanges = fileRanges
        self.directoryRanges = directoryRanges
        self.nameIndices = nameIndices
        self.lostNameIndices = lostNameIndices
        nameSpans = NameSpans(of: nameIndices, in: names)
        (directoryPaths, movedDirectories) = Self.paths(
            of: directoryRanges.keys, names: names, nameIndices, spans: nameSpans, in: log)
    }

    /// The files that had an inode number, the oldest first; empty where no node is left.
    package func files(of inode: InodeNumber) -> ArraySlice<FileHistory> { files[fileRanges[inode] ?? 0..<0] }

    /// The changes to names in a directory, by name and version.
    package func names(in directory: InodeNumber) -> Range<Int> { directoryRanges[directory] ?? 0..<0 }

    /// The changes that gave an inode a name, as indices in `names`, the oldest first.
    package func names(of inode: InodeNumber) -> [Int] { nameIndices[inode] ?? [] }

    /// All changes that gave a file a name or took one from it, but for copies, as indices in `names`, the oldest first.
    package func changesOfNames(of file: FileHistory) -> [Int] {
        let gained = names(of: file.inode).filter { names[$0].kind != .copy }
        let indices = gained + (lostNameIndices[file.inode] ?? [])
        let start = file.isEarlierUse ? 0 : files(of: file.inode).dropLast().last?.nextUse ?? 0
        return inOrder(
            indices.filter {
                names[$0].time >= start && names[$0].time < file.nextUse ?? .max || !file.isEarlierUse && start == 0
            })
    }

    /// Sorts changes of names: those of one directory by version, which counts up also where the clock went back; between
    /// directories, the clock tells.
    package func inOrder(_ changes: [Int]) -> [Int] {
        let byVersion = changes.sorted {
            (names[$0].directory, names[$0].version, $0) < (names[$1].directory, names[$1].version, $1)
        }
        var latest: (directory: InodeNumber, time: UInt32)?
        let keys = byVersion.enumerated().map { place, index in
            let (directory, time) = (names[index].directory, names[index].time)
            latest = (directory, latest.map { $0.directory == directory ? max($0.time, time) : time } ?? time)
            return (latest?.time ?? time, names[index].version, place)
        }
        return keys.sorted { $0 < $1 }.map { byVersion[$0.2] }
    }

    /// Whether a file is not there any more.
    package func isGone(_ file: FileHistory) -> Bool { file.isEarlierUse || !shown.contains(file.inode) }

    /// The fields of a version.
    package func raw(of version: FileVersion) -> RawInode {
        guard case .inode(let raw) = log.entries[version.entry].content else {
            return RawInode(inode: 0, version: version.version, mode: 0, uid: 0, gid: 0)
        }
        return raw
    }

    /// The name that a change is about.
    package func name(of change: NameChange) -> FileName {
        log.fileSystem.image.withBytes { log.entries[change.entry].name(in: $0) } ?? FileName([])
    }

    // MARK: - Paths

    /// The path that a name would have now: its directory has the name that it has now, or had last.
    private func lastPath(of change: NameChange) -> FilePathBytes {
        var path = directoryPaths[change.directory] ?? Self.withoutName(change.directory)
        path.append(name(of: change))
        return path
    }

    /// The path that an inode has, or had last; one in `lost+found` where no name of it is left.
    package func path(of inode: InodeNumber) -> FilePathBytes {
        if let known = directoryPaths[inode] { return known }
        guard let index = Self.lastName(nameIndices[inode] ?? [], of: names) else {
            return inode == .root ? FilePathBytes() : Self.withoutName(inode)
        }
        return lastPath(of: names[index])
    }

    /// The path that a file has, or had last.
    package func path(of file: FileHistory) -> FilePathBytes {
        guard let end = file.nextUse else { return path(of: file.inode) }
        let name = names(of: file.inode).last { names[$0].time < end }
        return name.map { lastPath(of: names[$0]) } ?? Self.withoutName(file.inode)
    }

    /// Whether any name of an inode is left.
    package func isNamed(_ inode: InodeNumber) -> Bool { inode == .root || nameIndices[inode] != nil }

    /// `lost+found/inode-12`
    package static func withoutName(_ inode: InodeNumber) -> FilePathBytes {
        FilePathBytes(["lost+found", FileName("inode-\(inode)")])
    }

    /// The name that an inode has now, or had last: of several, the one that was taken away last.
    private static func lastName(_ indices: [Int], of names: [NameChange]) -> Int? {
        func end(_ index: Int) -> UInt32 {
            let (name, next) = (names[index], index + 1)
            // Changes of one name stand behind each other.
            guard name.isSucceeded, next < names.count, names[next].directory == name.directory else {
                return name.time
            }
            return max(name.time, names[next].time)
        }
        if let shown = indices.last(where: { names[$0].isShown }) { return shown }
        return indices.enumerated().max { (end($0.element), $0.offset) < (end($1.element), $1.offset) }?.element
    }

    private static func paths(
        of directories: some Sequence<InodeNumber>, names: [NameChange], _ nameIndices: [InodeNumber: [Int]],
        spans: NameSpans, in log: FlashLog
    ) -> (last: [InodeNumber: FilePathBytes], moved: Set<InodeNumber>) {
        var moved: Set<InodeNumber> = []
        var paths: [InodeNumber: FilePathBytes] = [.root: FilePathBytes()]
        log.fileSystem.image.withBytes { bytes in
            for directory in directories {
                // Up to one whose path is known, then down again.
                var chain: [(inode: InodeNumber, name: Int)] = []
                var met: Set<InodeNumber> = []
                var at = directory
                while paths[at] == nil, met.insert(at).inserted, let name = lastName(nameIndices[at] ?? [], of: names) {
                    chain.append((at, name))
                    at = names[name].directory
                }
                var path = paths[at] ?? withoutName(at)
                if paths[at] == nil { paths[at] = path }
                for (inode, name) in chain.reversed() where paths[inode] == nil {
                    path.append(log.entries[names[name].entry].name(in: bytes) ?? FileName([]))
                    if path.components.count > deepest { path = withoutName(inode) }
                    paths[inode] = path
                    if spans.isKnown(inode) || moved.contains(names[name].directory) { moved.insert(inode) }
                }
            }
        }
        return (paths, moved)
    }
}

extension FlashHistory {
    /// The inodes that ever had a path, in the order in which they got it; the directories on the way may have had their names
    /// at any time. `lost+found/inode-12` is inode 12.
    package func inodes(at path: FilePathBytes) -> [InodeNumber] {
        if let number = Self.number(path), !files(of: number).isEmpty || !names(in: number).isEmpty { return [number] }
        var found: [InodeNumber] = [.root]
        log.fileSystem.image.withBytes { bytes in
            for name in path.components {
                var next: [(time: UInt32, version: UInt32, inode: InodeNumber)] = []
                var met: Set<InodeNumber> = []
                for directory in found {
                    let range = names(in: directory)
                    let first = range.lowerBound
                    let start = names[range].partitionPoint { change in
                        (log.entries[change.entry].name(in: bytes) ?? FileName([])) < name
                    }
                    for index in max(first, start)..<range.upperBound {
                        let change = names[index]
                        guard log.entries[change.entry].name(in: bytes) == name else { break }
                        for inode in [change.previousInode ?? 0, change.inode]
                        where inode != 0 && met.insert(inode).inserted {
                            next.append((change.time, change.version, inode))
                        }
                    }
                }
                found = next.sorted { ($0.time, $0.version) < ($1.time, $1.version) }.map(\.inode)
            }
        }
        return found
    }

    /// The number in `lost+found/inode-12`.
    private static func number(_ path: FilePathBytes) -> InodeNumber? {
        let prefix = "inode-"
        guard path.components.count == 2, path.components[0] == "lost+found",
            let text = String(validating: path.components[1].bytes, as: UTF8.self), text.hasPrefix(prefix)
        else { return nil }
        return UInt32(text.dropFirst(prefix.count)).map(InodeNumber.init(rawValue:))
    }
}
