package import FileTree
import FlashBytes

/// A version of a file that is got out of a flash.
package struct RecoveredFile: Sendable {
    /// The file, as an index in `FlashHistory.files`.
    package let file: Int
    /// The version after which it is as it is here.
    package let version: UInt32
    /// Metadata and content.
    package let inode: Inode
    /// The stretches of its content that are missing.
    package let missing: [ContentDamage]
    /// The stretches that may be older than the version, since versions in between are gone.
    package let doubtful: [Range<UInt64>]
    /// Where it is in the tree.
    package internal(set) var path = FilePathBytes()
}

/// Gets deleted files and older versions out of a flash.
package struct Recovery {
    /// What is wanted.
    package enum Extent: Sendable, Hashable {
        /// The last version of each file that is not there any more: of one that is empty, the last that was not.
        case gone
        /// All versions after which content was overwritten, cut off or deleted, also of files that are there.
        case allVersions
        /// The state of every file after one version of its own.
        case version(UInt32)
    }

    /// How files at one path are told apart.
    package enum Naming: Sendable {
        /// The newest has the name, older ones get `.~1~`, `.~2~` and so on behind it.
        case backups
        /// Each gets `@` and its version behind its name.
        case versions
    }

    /// A file of which nothing can be had.
    package struct Lost: Sendable {
        /// The file, as an index in `FlashHistory.files`.
        package let file: Int
        /// A sentence without capital and full stop.
        package let reason: String
    }

    private let history: FlashHistory
    /// What a directory of most hosts, and of JFFS2, can hold (bytes).
    private static let longestName = 255
    /// What was found, in the order of `FlashHistory.files`; directories too.
    package private(set) var files: [RecoveredFile] = []
    /// Of what nothing can be had.
    package private(set) var lost: [Lost] = []

    /// Looks for files.
    ///
    /// - Parameters:
    ///   - naming: what the files are called.
    ///   - isWanted: whether to look at a file at all.
    package init(
        _ history: FlashHistory, extent: Extent, naming: Naming = .backups,
        where isWanted: (FileHistory) -> Bool = { _ in true }
    ) {
        self.history = history
        var reader = VersionReader(history)
        for (index, file) in history.files.enumerated() where file.inode != .root && isWanted(file) {
            if extent == .gone, !history.isGone(file) { continue }
            recover(index, versions: versions(of: file, extent: extent), by: &reader)
        }
        switch naming {
        case .backups: place()
        case .versions: placeByVersion()
        }
    }

    /// Which versions of a file are wanted, ascending.
    private func versions(of file: FileHistory, extent: Extent) -> [UInt32] {
        switch extent {
        case .allVersions: return history.savedVersions(of: file)
        case .version(let version):
            // Behind the last one nothing was written.
            guard let last = file.versions.last, version <= last.version else { return [] }
            return file.versions.last { $0.version <= version }.map { [$0.version] } ?? []
        case .gone:
            let full = file.versions.last { history.raw(of: $0).isize > 0 }
            return [full ?? file.versions.last].compactMap { $0?.version }
        }
    }

    private mutating func recover(_ index: Int, versions: [UInt32], by reader: inout VersionReader) {
        let file = history.files[index]
        // What can be seen before, and what came since: older nodes are hidden for good.
        var nodes: [Int] = []
        var next = 0
        for version in versions {
            while next < file.versions.count, file.versions[next].version <= version {
                nodes.append(file.versions[next].entry)
                next += 1
            }
            do throws(VersionReader.Unreadable) {
                let state = try reader.state(of: file, nodes: nodes)
                nodes = state.visible
                if state.hasContent {
                    files.append(
                        RecoveredFile(
                            file: index, version: version, inode: state.inode, missing: state.missing,
                            doubtful: state.doubtful))
                } else {
                    lost.append(Lost(file: index, reason: "no node of the content of version \(version) is left"))
                }
            } catch {
                lost.append(Lost(file: index, reason: error.description))
            }
        }
    }

    // MARK: - Names

    /// Gives each file a path of its own: of several at one path, the newest has it, and the others get `.~1~`, `.~2~` and
    /// so on behind it, the oldest first.
    private mutating func place() {
        var groups: [FilePathBytes: [Int]] = [:]
        var directories: Set<FilePathBytes> = []
        for index in files.indices {
            let path = safe(history.path(of: history.files[files[index].file]))
            files[index].path = path
            groups[path, default: []].append(index)
            var parent = path
            if files[index].inode.kind != .directory { parent.removeLast() }
            while !parent.components.isEmpty, directories.insert(parent).inserted { parent.removeLast() }
        }
        var taken = directories.union(groups.keys)
        for (path, indices) in groups.sorted(by: { $0.key.bytes.lexicographicallyPrecedes($1.key.bytes) }) {
            let own = indices.filter { files[$0].inode.kind != .directory }.sorted { age($0) < age($1) }
            let older = directories.contains(path) ? own[...] : own.dropLast()
            var number = 1
            for index in older {
                var name = path
                repeat {
                    name = Self.path(path, ending: ".~\(number)~")
                    number += 1
                } while !taken.insert(name).inserted
                files[index].path = name
            }
        }
    }

    /// Gives each file its version behind its name, and a number behind that where another one has both: two files had one path.
    private mutating func placeByVersion() {
        var taken: Set<FilePathBytes> = []
        for index in files.indices {
            var path = safe(history.path(of: history.files[files[index].file]))
            files[index].path = path
            if files[index].inode.kind != .directory { path.removeLast() }
            while !path.components.isEmpty, taken.insert(path).inserted { path.removeLast() }
        }
        for index in files.indices where files[index].inode.kind != .directory {
            let file = files[index]
            let number = history.files[file.file].inode
            var end = "@\(file.version)"
            var further = 1
            while !taken.insert(Self.path(file.path, ending: end)).inserted {
                end = "@\(file.version).inode-\(number)" + (further == 1 ? "" : ".\(further)")
                further += 1
            }
            files[index].path = Self.path(file.path, ending: end)
        }
    }

    /// A path with something behind its last name, which is cut off where both are too long.
    private static func path(_ path: FilePathBytes, ending end: String) -> FilePathBytes {
        var name = path
        name.removeLast()
        let last = path.components.last?.bytes ?? []
        name.append(FileName(last.prefix(longestName - end.utf8.count) + Array(end.utf8)))
        return name
    }

    /// By what the files at one path are ordered.
    private func age(_ index: Int) -> (Int64, UInt32, UInt32, Int) {
        let file = files[index]
        return (file.inode.metadata.changeTime, history.files[file.file].inode.rawValue, file.version, index)
    }

    /// The same path with names that any directory can hold.
    private func safe(_ path: FilePathBytes) -> FilePathBytes {
        if path.components.allSatisfy(\.isSafe) { return path }
        return FilePathBytes(
            path.components.map { name in
                if name.isSafe { return name }
                let bytes = name.bytes == [0x2e] || name.bytes == [0x2e, 0x2e] ? [0x5f] + name.bytes : name.bytes
                return FileName(bytes.map { $0 == 0x2f || $0 == 0 ? 0x5f : $0 })
            })
    }

    // MARK: - The tree

    /// The files in their directories, which have the metadata that they had last.
    package func tree() -> FileTree {
        var inodes = FileTree().inodes
        var entries: [[DirectoryEntry]] = [[]]
        var places: [FilePathBytes: Int] = [FilePathBytes(): 0]
        func add(_ inode: Inode, at path: FilePathBytes, in parent: Int) -> Int {
            entries[parent].append(DirectoryEntry(name: path.components.last ?? "", inode: InodeID(inodes.count)))
            inodes.append(inode)
            entries.append([])
            return inodes.count - 1
        }
        func directory(_ path: FilePathBytes) -> Int {
            var missing: [FilePathBytes] = []
            var parent = path
            while places[parent] == nil {
                missing.append(parent)
                parent.removeLast()
            }
            var at = places[parent] ?? 0
            for path in missing.reversed() {
                at = add(Inode(metadata: Metadata(permissions: 0o755), payload: .directory([])), at: path, in: at)
                places[path] = at
            }
            return at
        }
        for file in files.indices.sorted(by: { age($0) < age($1) }) {
            let (path, inode) = (files[file].path, files[file].inode)
            if inode.kind == .directory {
                inodes[directory(path)].metadata = inode.metadata
            } else {
                var parent = path
                parent.removeLast()
                _ = add(inode, at: path, in: directory(parent))
            }
        }
        for (index, names) in entries.enumerated() where inodes[index].kind == .directory {
            inodes[index].payload = .directory(names.sorted { $0.name < $1.name })
        }
        return FileTree(inodes: inodes)
    }
}
