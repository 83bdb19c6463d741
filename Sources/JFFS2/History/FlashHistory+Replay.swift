package import FileTree
import FlashBytes

/// An earlier state of a file system, put together from what is left of it.
package struct ReconstructedState: Sendable {
    /// What Linux would have shown, as far as the nodes are there.
    package let fileSystem: FileSystem
    /// Names in it that may have been gone by then: their dirents are dead, and what took them away is not on the flash any
    /// more.
    package internal(set) var doubtfulNames: [FilePathBytes] = []
    /// Files of which the name of that time is gone, under the name that they had next.
    package internal(set) var laterNames: [FilePathBytes] = []
    /// Files of which parts may be older than the time, since versions in between are gone.
    package internal(set) var doubtfulFiles: [FilePathBytes] = []
    /// Files of that time of which no name is left. They may have been deleted by then.
    package internal(set) var nameless: [InodeNumber] = []
}

extension FlashHistory {
    /// The file system as it was at a time, by the clock of the device.
    ///
    /// Of files that had one inode number, only the one of that time is in it. The garbage collector gives names and directories
    /// that it copies the time that the directory has then; where the older node is gone, the later one stands for it.
    ///
    /// - Parameter time: seconds since 1970, inclusive.
    package func state(at time: UInt32) -> ReconstructedState {
        let newest = log.entries.lazy.filter(\.isReadable).compactMap(\.time).max() ?? 0
        if time >= newest { return ReconstructedState(fileSystem: log.fileSystem) }
        var moment = HistoryMoment(self, time: time)
        moment.addLaterNames()
        let (left, added) = (moment.left, moment.added)
        let fileSystem = log.state { entry in
            if left.contains(entry.offset) { return false }
            return entry.time.map { $0 <= time } ?? true || added.contains(entry.offset)
        }
        var state = ReconstructedState(fileSystem: fileSystem)
        state.doubtfulNames = moment.current.filter { names[$0].isGoneWithoutTrace }.map {
            path(of: names[$0], at: time)
        }
        state.laterNames = moment.laterNames.map { path(of: names[$0], at: time) }
        state.doubtfulFiles = doubtfulFiles(in: fileSystem, at: time)
        state.nameless = moment.present.filter { $0 != .root && !isNamed($0) }.sorted()
        return state
    }

    private func doubtfulFiles(in state: FileSystem, at time: UInt32) -> [FilePathBytes] {
        var doubtful: Set<InodeNumber> = []
        for inode in state.tree.inodes {
            guard case .regular(let contents) = inode.payload, let number = inode.number,
                let file = files(of: number).first(where: { $0.nextUse ?? .max > time }),
                let last = file.versions.last(where: { raw(of: $0).ctime <= time })
            else { continue }
            if !doubtfulRanges(of: contents, in: file, after: last.version).isEmpty { doubtful.insert(number) }
        }
        if doubtful.isEmpty { return [] }
        var paths: [FilePathBytes] = []
        state.tree.walk { path, id in
            if let number = state.tree[id].number, doubtful.contains(number) { paths.append(path) }
        }
        return paths
    }
}

/// Which nodes make the state of a time.
private struct HistoryMoment {
    private let history: FlashHistory
    private let time: UInt32
    /// Inodes that were there.
    private(set) var present: Set<InodeNumber> = [.root]
    /// The changes that decide about the names of that time, as indices in `FlashHistory.names`.
    private(set) var current: [Int] = []
    /// Changes after the time that give names to what was there without one.
    private(set) var laterNames: [Int] = []
    /// Where nodes of that time lie that are no part of it (bytes).
    private(set) var left: Set<Int> = []
    /// Where later nodes lie that stand for older ones (bytes).
    private(set) var added: Set<Int> = []
    private var pending: [InodeNumber] = []

    init(_ history: FlashHistory, time: UInt32) {
        self.history = history
        self.time = time
        for file in history.files {
            let isOver = file.nextUse.map { $0 <= time } ?? false
            for version in file.versions where history.raw(of: version).ctime <= time {
                if isOver {
                    left.insert(history.log.entries[version.entry].offset)
                } else if present.insert(file.inode).inserted {
                    pending.append(file.inode)
                }
            }
        }
        findCurrentNames()
    }

    private mutating func findCurrentNames() {
        var last: Int?
        for (index, change) in history.names.enumerated() {
            let isKnown = change.time != 0 || change.inode == 0 || isDirectory(change.inode)
            // A copy of a name whose time was not kept says nothing of a file that was not there yet.
            if change.time <= time, isKnown || present.contains(change.inode) {
                last = index
            } else if change.time == 0 {
                left.insert(history.log.entries[change.entry].offset)
            }
            if !change.isSucceeded {
                if let last, history.names[last].inode != 0 { current.append(last) }
                last = nil
            }
        }
    }

    private func isDirectory(_ inode: InodeNumber) -> Bool {
        let version = history.files(of: inode).last?.versions.last
        return version.map { history.raw(of: $0).mode & 0o170000 == 0o040000 } ?? false
    }

    /// Takes a directory for one that was there: names that were in it, or its own, tell of it.
    private mutating func addDirectory(_ inode: InodeNumber) {
        guard present.insert(inode).inserted else { return }
        pending.append(inode)
        if let first = history.files(of: inode).last?.versions.first {
            added.insert(history.log.entries[first.entry].offset)
        }
    }

    /// For each file that was there and has no name, the first one that it had later; with the directories on the way.
    mutating func addLaterNames() {
        var named: Set<InodeNumber> = [.root]
        for index in current {
            let change = history.names[index]
            named.insert(change.inode)
            addDirectory(change.directory)
            if isDirectory(change.inode) { addDirectory(change.inode) }
        }
        while let inode = pending.popLast() {
            if named.contains(inode) { continue }
            let all = history.names(of: inode)
            // A name that was there by then was taken away again.
            guard let first = all.first(where: { history.names[$0].counterpart == nil }) ?? all.first,
                all.allSatisfy({ history.names[$0].time > time }), named.insert(inode).inserted
            else { continue }
            laterNames.append(first)
            added.insert(history.log.entries[history.names[first].entry].offset)
            addDirectory(history.names[first].directory)
        }
        laterNames.sort()
    }
}
