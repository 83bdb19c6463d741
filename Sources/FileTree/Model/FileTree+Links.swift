extension FileTree {
    /// Where a path leads when the symlinks in it are followed.
    package enum Destination: Sendable, Hashable {
        /// An inode, and its path without a link in it.
        case file(InodeID, FilePathBytes)
        /// Nothing in the tree has that name.
        case missing
        /// Too many links, or links that lead to each other.
        case loop
    }

    /// As many links are followed as Linux follows (`MAXSYMLINKS` in include/linux/namei.h).
    private static let mostLinks = 40

    /// Follows a path as a kernel does that has this tree mounted at `/`: through symlinks, and through the last one too.
    package func following(_ path: FilePathBytes) -> Destination {
        var waiting = Array(path.components.reversed())
        // The folders that were entered, the root first.
        var trail: [(id: InodeID, name: FileName?)] = [(Self.root, nil)]
        var links = 0
        // A damaged flash has files named `..`, which the path may mean; the text of a symlink never does.
        var ownNames = waiting.count
        while let name = waiting.popLast() {
            let isOwn = waiting.count < ownNames
            if isOwn { ownNames = waiting.count }
            let isEntry = isOwn && trail.last.map { child(name, of: $0.id) != nil } ?? false
            if !isEntry, name.bytes == [0x2e] { continue }
            if !isEntry, name.bytes == [0x2e, 0x2e] {
                guard let at = trail.last?.id, self[at].kind == .directory else { return .missing }
                if trail.count > 1 { trail.removeLast() }
                continue
            }
            guard let at = trail.last?.id, let next = child(name, of: at) else { return .missing }
            guard case .symbolicLink(let target) = self[next].payload else {
                trail.append((next, name))
                continue
            }
            links += 1
            if links > Self.mostLinks { return .loop }
            if target.first == 0x2f { trail.removeSubrange(1...) }
            waiting += FilePathBytes(target).components.reversed()
        }
        guard let end = trail.last?.id else { return .missing }
        return .file(end, FilePathBytes(trail.compactMap(\.name)))
    }
}
