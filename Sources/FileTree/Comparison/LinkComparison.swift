/// Which files of two trees have the same names.
struct LinkComparison {
    /// Of files with several names, by place in the tree.
    private let oldNames: [InodeID: [FilePathBytes]]
    private let newNames: [InodeID: [FilePathBytes]]

    init(_ old: FileTree, new: FileTree) {
        oldNames = Self.names(in: old)
        newNames = Self.names(in: new)
    }

    private static func names(in tree: FileTree) -> [InodeID: [FilePathBytes]] {
        let counts = tree.nameCounts()
        var names: [InodeID: [FilePathBytes]] = [:]
        guard counts.contains(where: { $0 > 1 }) else { return names }
        tree.walk { path, id in
            if counts[id.index] > 1, tree[id].kind != .directory { names[id, default: []].append(path) }
        }
        return names
    }

    /// Whether two files under one name have other names in one tree than in the other.
    func differ(_ old: InodeID, new: InodeID) -> Bool {
        switch (oldNames[old], newNames[new]) {
        case (nil, nil): false
        // Both are in the order of their walks, which is the same.
        case (let one?, let two?): one != two
        default: true
        }
    }

    /// All names of the two; empty for a file that has one.
    func names(_ old: InodeID, new: InodeID) -> (old: [FilePathBytes], new: [FilePathBytes]) {
        (oldNames[old] ?? [], newNames[new] ?? [])
    }

    func haveSeveralNames(_ pair: InodePair) -> Bool { oldNames[pair.old] != nil && newNames[pair.new] != nil }
}
