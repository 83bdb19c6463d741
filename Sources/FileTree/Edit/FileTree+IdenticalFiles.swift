internal import FlashBytes
/// How many files were merged.
package struct MergedFiles: Sendable, Hashable {
    /// Files that are now further names of other ones.
    package var files = 0
    /// The files that they are names of.
    package var kept = 0
    /// The content that is there once less (bytes).
    package var size: UInt64 = 0
}

extension FileTree {
    /// Makes regular files with the same content and metadata one file with several names.
    ///
    /// Empty files stay apart, since nothing would be won, and so do damaged ones.
    ///
    /// - Parameter metadata: what is compared of an inode's metadata.
    package mutating func mergeIdenticalFiles(_ metadata: (Inode) -> Metadata) -> MergedFiles {
        struct Key: Hashable {
            var size: UInt64
            var metadata: Metadata
        }
        var order: [Key] = []
        var alike: [Key: [InodeID]] = [:]
        var seen = [Bool](repeating: false, count: inodes.count)
        walk { _, id in
            guard !seen[id.index], case .regular(let contents) = self[id].payload, contents.size > 0 else { return }
            seen[id.index] = true
            let key = Key(size: contents.size, metadata: metadata(self[id]))
            if alike[key] == nil { order.append(key) }
            alike[key, default: []].append(id)
        }
        // For each inode, the one that it becomes.
        var partner: [InodeID: InodeID] = [:]
        var merged = MergedFiles()
        for key in order {
            guard let candidates = alike[key], candidates.count > 1 else { continue }
            var first: [[UInt8]: InodeID] = [:]
            var kept: Set<InodeID> = []
            for id in candidates {
                guard let digest = digest(of: id) else { continue }
                if let same = first[digest] {
                    partner[id] = same
                    kept.insert(same)
                    merged.files += 1
                    merged.size += key.size
                } else {
                    first[digest] = id
                }
            }
            merged.kept += kept.count
        }
        if partner.isEmpty { return merged }
        for (id, same) in partner where self[id].staysUncompressed { self[same].staysUncompressed = true }
        for index in inodes.indices {
            guard case .directory(var entries) = inodes[index].payload else { continue }
            for place in entries.indices {
                if let same = partner[entries[place].inode] { entries[place].inode = same }
            }
            inodes[index].payload = .directory(entries)
        }
        return merged
    }

    /// SHA-256 of the content; nil where a part of it cannot be read (which whoever writes it will report).
    private func digest(of id: InodeID) -> [UInt8]? {
        guard case .regular(let contents) = self[id].payload else { return nil }
        return try? SHA256.digest(contents)
    }
}
