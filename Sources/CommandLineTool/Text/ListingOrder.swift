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

        /// Sorts what is in a directory.
        func sorted(_ entries: [DirectoryEntry], in tree: FileTree) -> [DirectoryEntry] {
            if isUsual { return entries }
            let sorted = entries.sorted { left, right in
                let (one, two) = (tree[left.inode], tree[right.inode])
                return switch key {
                case .time where one.metadata.modificationTime != two.metadata.modificationTime:
                    one.metadata.modificationTime > two.metadata.modificationTime
                case .size where one.size != two.size: one.size > two.size
                default: left.name < right.name
                }
            }
            return isReversed ? sorted.reversed() : sorted
        }
    }
}
