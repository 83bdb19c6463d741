/// What Linux makes of the data nodes of an inode some of which are damaged, or share a version: step by step as
/// `jffs2_add_tn_to_tree` and `jffs2_build_inode_fragtree` do (readinode.c).
///
/// Where all nodes are sound and each has a version of its own, painting them in the order of their versions gives the
/// same file in less time (`Fragments`). Else it matters which node Linux meets first, and which it never looks at.
struct NodeReplay {
    /// A node with data.
    struct Item {
        var version: UInt32
        var start: UInt64
        /// Exclusive.
        var end: UInt64
        /// Whether its data CRC is right.
        var isSound: Bool

        var size: UInt64 { end - start }
    }

    /// What came of it, as indices of the items.
    struct Outcome {
        /// The nodes that fill the file; each hides what the ones before it show.
        var painted: [Int] = []
        /// Nodes whose data CRC was found to be wrong.
        var faulty: [Int] = []
        /// Nodes that were given up for another one of the same version.
        var duplicates: [Int] = []
    }

    private let items: [Item]
    private var tree: NodeTree
    private var isOverlapped: [Bool]
    private var outcome = Outcome()
    /// How many steps may still be taken: a hostile image makes Linux take their number's square.
    private var budget: Int

    /// - Parameter items: in the order in which Linux meets them, which is from the last one scanned to the first.
    /// - Returns: nil when it would take too long.
    static func run(_ items: [Item]) -> Outcome? {
        var replay = NodeReplay(items)
        for index in items.indices {
            replay.add(index)
            if replay.budget < 0 { return nil }
        }
        replay.paint()
        return replay.outcome
    }

    private init(_ items: [Item]) {
        self.items = items
        tree = NodeTree(count: items.count)
        isOverlapped = [Bool](repeating: false, count: items.count)
        budget = 1_000_000 + 200 * items.count
    }

    /// Whether the data CRC is right; the answer is known of a node that stayed.
    private mutating func check(_ index: Int) -> Bool {
        if items[index].isSound { return true }
        outcome.faulty.append(index)
        return false
    }

    // MARK: - The tree of nodes

    private mutating func add(_ new: Int) {
        let item = items[new]
        var current = tree.descend { items[$0].start < item.start }
        if let found = current { current = earliestOverlapping(found) }
        while let this = current, items[this].start <= item.end {
            budget -= 1
            let other = items[this]
            if other.version == item.version {
                if check(this) {
                    outcome.duplicates.append(new)
                } else {
                    // The flag of the one that goes is not taken over.
                    tree.replace(this, with: new)
                }
                return
            }
            if other.version < item.version, other.start >= item.start, other.end <= item.end {
                guard check(new) else { return }
                current = removeCovered(from: this, by: item)
                continue
            }
            if other.version > item.version, other.start <= item.start, other.end >= item.end {
                if check(this) { return }
                tree.remove(this)
                break
            }
            current = tree.next(this)
        }
        tree.insert(new) { other in
            item.start > items[other].start || item.start == items[other].start && item.size >= items[other].size
        }
        markOverlaps(of: new)
    }

    private mutating func earliestOverlapping(_ node: Int) -> Int {
        var this = node
        while isOverlapped[this] {
            budget -= 1
            guard let previous = tree.previous(this) else {
                isOverlapped[this] = false
                break
            }
            this = previous
        }
        return this
    }

    private mutating func removeCovered(from first: Int, by item: Item) -> Int? {
        var current = Optional(first)
        while let this = current, items[this].end <= item.end {
            budget -= 1
            let next = tree.next(this)
            if items[this].version < item.version { tree.remove(this) }
            current = next
        }
        return current
    }

    private mutating func markOverlaps(of new: Int) {
        let item = items[new]
        var behind = tree.previous(new)
        while let this = behind {
            budget -= 1
            if items[this].end > item.start {
                isOverlapped[new] = true
                break
            }
            if !isOverlapped[this] { break }
            behind = tree.previous(this)
            if behind == nil { isOverlapped[this] = false }
        }
        var ahead = tree.next(new)
        while let this = ahead, items[this].start < item.end {
            budget -= 1
            isOverlapped[this] = true
            ahead = tree.next(this)
        }
    }

    // MARK: - The file

    /// From the end to the start of the file, each group of nodes that overlap in the order of their versions.
    private mutating func paint() {
        var group: [Int] = []
        let ordered = tree.ordered
        for (place, node) in ordered.enumerated().reversed() {
            group.append(node)
            if isOverlapped[node], place > 0 { continue }
            let byVersion = group.enumerated().sorted {
                (items[$0.element].version, $1.offset) < (items[$1.element].version, $0.offset)
            }
            for (_, node) in byVersion where check(node) { outcome.painted.append(node) }
            group.removeAll(keepingCapacity: true)
        }
    }
}
