import FileTree

extension Listing {
    /// In which order files are listed.
    struct Order {
        enum Key {
            case name, time, size
        }

        var key = Key.name
        var isReversed = false

        /// Whether it is the one that a tree has.
        var isUsual: Bool { key == .name && !isReversed }

        /// Sorts files; where the key is the same, by name.
        func sorted(_ rows: [Row]) -> [Row] {
            let sorted = rows.sorted { left, right in
                switch key {
                case .time where left.inode.metadata.modificationTime != right.inode.metadata.modificationTime:
                    left.inode.metadata.modificationTime > right.inode.metadata.modificationTime
                case .size where left.inode.size != right.inode.size: left.inode.size > right.inode.size
                default: left.path.components.lexicographicallyPrecedes(right.path.components)
                }
            }
            return isReversed ? sorted.reversed() : sorted
        }

        /// Sorts the names in each directory; what is in a directory stays behind it.
        ///
        /// - Parameters:
        ///   - rows: in the order of a walk.
        ///   - depth: how many names the path of the walk's start has.
        func sortedTree(_ rows: [Row], below depth: Int) -> [Row] {
            var children: [Int: [Int]] = [:]
            // The row of each directory on the path.
            var above: [Int] = [-1]
            for (index, row) in rows.enumerated() {
                above.removeLast(above.count - (row.path.components.count - depth))
                children[above.last ?? -1, default: []].append(index)
                above.append(index)
            }
            func ordered(_ parent: Int) -> [Int] {
                let indices = children[parent] ?? []
                let places = Dictionary(
                    indices.map { (rows[$0].path, $0) }, uniquingKeysWith: { first, _ in first })
                return sorted(indices.map { rows[$0] }).compactMap { places[$0.path] }
            }
            var result: [Row] = []
            var stack: [[Int]] = [ordered(-1).reversed()]
            while var level = stack.popLast() {
                guard let index = level.popLast() else { continue }
                stack.append(level)
                result.append(rows[index])
                if children[index] != nil { stack.append(ordered(index).reversed()) }
            }
            return result
        }
    }
}
