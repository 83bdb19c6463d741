package import FileTree
import FlashBytes

/// An earlier state of a file system, put together from what is left of it.
package struct ReconstructedState: Sendable {
    /// What Linux would have shown, as far as the nodes are there.
    package let fileSystem: FileSystem
    /// Names in it that may have been gone by then: their dirents are dead, and what took them away is not on the flash any
    /// more.
    package let doubtfulNames: [FilePathBytes]
    /// Files of which the name of that time is gone, under the name that they had next.
    package let laterNames: [FilePathBytes]
}

extension FlashHistory {
    /// The file system as it was at a time, by the clock of the device.
    ///
    /// Of files that had one inode number, only the one of that time is in it. The garbage collector gives a name that it
    /// copies the time of the directory; where that is later than the time and the first name is gone, the file keeps it.
    ///
    /// - Parameter time: seconds since 1970, inclusive.
    package func state(at time: UInt32) -> ReconstructedState {
        let newest = log.entries.lazy.filter(\.isReadable).compactMap(\.time).max() ?? 0
        if time >= newest {
            return ReconstructedState(fileSystem: log.fileSystem, doubtfulNames: [], laterNames: [])
        }
        var present: Set<InodeNumber> = []
        var otherUses: Set<Int> = []
        for file in files {
            let isOver = file.nextUse.map { $0 <= time } ?? false
            for version in file.versions {
                if raw(of: version).ctime > time { continue }
                if isOver { otherUses.insert(version.entry) } else { present.insert(file.inode) }
            }
        }
        let isCurrent = currentNames(at: time, present: present)
        let later = laterNames(at: time, present: present, current: isCurrent)
        // A copy of a name whose time was not kept says nothing of a file that was not there yet.
        let early = names.filter { $0.time == 0 && $0.inode != 0 && !present.contains($0.inode) }
        let left = Set(otherUses.map { log.entries[$0].offset } + early.map { log.entries[$0.entry].offset })
        let added = Set(later.map { log.entries[names[$0].entry].offset })
        let state = log.state { entry in
            if left.contains(entry.offset) { return false }
            return entry.time.map { $0 <= time } ?? true || added.contains(entry.offset)
        }
        let doubtful = names.indices.filter { isCurrent[$0] && names[$0].isGoneWithoutTrace }
        return ReconstructedState(
            fileSystem: state, doubtfulNames: doubtful.map { path(of: names[$0]) },
            laterNames: later.map { path(of: names[$0]) })
    }

    /// Of each change to a name whether it decides at a time.
    private func currentNames(at time: UInt32, present: Set<InodeNumber>) -> [Bool] {
        var isCurrent = [Bool](repeating: false, count: names.count)
        var last: Int?
        for (index, change) in names.enumerated() {
            if change.time <= time, change.time != 0 || change.inode == 0 || present.contains(change.inode) {
                last = index
            }
            if !change.isSucceeded {
                if let last { isCurrent[last] = true }
                last = nil
            }
        }
        return isCurrent
    }

    /// For each file that was there and has no name at that time, the first one that it had later.
    private func laterNames(at time: UInt32, present: Set<InodeNumber>, current isCurrent: [Bool]) -> [Int] {
        var named: Set<InodeNumber> = [.root]
        for (index, change) in names.enumerated() where isCurrent[index] { named.insert(change.inode) }
        var later: [Int] = []
        for inode in present.subtracting(named).sorted() {
            // One that was there already when the time came was taken away again.
            let all = names(of: inode)
            if all.contains(where: { names[$0].time <= time }) { continue }
            guard let first = all.first(where: { names[$0].time > time }), names[first].counterpart == nil else {
                continue
            }
            later.append(first)
        }
        return later
    }
}
