/// A walk through two trees at once: each name that at least one of them has, directories before what is in them, siblings
/// ascending by bytes.
///
/// As in `FileTree.walk`, each tree enters a directory under its first two names, and never inside itself: what is not entered
/// is empty.
struct PairedWalk {
    struct Visit {
        let path: FilePathBytes
        let old: InodeID?
        let new: InodeID?
    }

    /// One of the two trees.
    private struct Side {
        let tree: FileTree
        var entered: [UInt8]
        var isOpen: [Bool]

        init(_ tree: FileTree) {
            self.tree = tree
            entered = [UInt8](repeating: 0, count: tree.inodes.count)
            isOpen = [Bool](repeating: false, count: tree.inodes.count)
        }

        /// Whether the names in it are walked through.
        mutating func enter(_ id: InodeID?) -> Bool {
            guard let id, tree[id].kind == .directory, !isOpen[id.index], entered[id.index] < 2 else { return false }
            entered[id.index] += 1
            isOpen[id.index] = true
            return true
        }

        mutating func leave(_ id: InodeID?) {
            if let id { isOpen[id.index] = false }
        }

        func entry(_ place: Int, of directory: InodeID?) -> DirectoryEntry? {
            guard let directory else { return nil }
            let entries = tree[directory].entries
            return place < entries.count ? entries[place] : nil
        }
    }

    private struct Level {
        var old: InodeID?
        var new: InodeID?
        var nextOld = 0
        var nextNew = 0
    }

    private var old: Side
    private var new: Side
    private var stack: [Level] = []
    private var path: FilePathBytes
    private var start: Visit?
    /// The name that was handed over last, and is to be entered.
    private var pending: Visit?

    init(_ old: FileTree, new: FileTree, from start: FilePathBytes) {
        self.old = Side(old)
        self.new = Side(new)
        path = start
        self.start = Visit(path: start, old: old.find(start), new: new.find(start))
    }

    mutating func next() -> Visit? {
        if let first = start {
            start = nil
            pending = first
            return first
        }
        if let visit = pending {
            pending = nil
            enter(visit)
        }
        while let level = stack.last {
            let (one, two) = (old.entry(level.nextOld, of: level.old), new.entry(level.nextNew, of: level.new))
            guard let name = [one, two].compactMap({ $0?.name }).min() else {
                old.leave(level.old)
                new.leave(level.new)
                stack.removeLast()
                path.removeLast()
                continue
            }
            let isInOld = one?.name == name
            let isInNew = two?.name == name
            if isInOld { stack[stack.count - 1].nextOld += 1 }
            if isInNew { stack[stack.count - 1].nextNew += 1 }
            path.append(name)
            let visit = Visit(path: path, old: isInOld ? one?.inode : nil, new: isInNew ? two?.inode : nil)
            pending = visit
            return visit
        }
        return nil
    }

    /// Goes into a directory; the path is that of the visit then, else that of what it lies in.
    private mutating func enter(_ visit: Visit) {
        let (one, two) = (old.enter(visit.old), new.enter(visit.new))
        if one || two {
            stack.append(Level(old: one ? visit.old : nil, new: two ? visit.new : nil))
        } else {
            path.removeLast()
        }
    }
}
