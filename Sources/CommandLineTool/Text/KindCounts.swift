import FileTree

/// How many files there are of each kind, in words.
struct KindCounts {
    private var counts: [FileKind: Int]

    init(_ counts: [FileKind: Int]) { self.counts = counts }

    /// `12 files`, `1 folder`, `3 symlinks` and so on; what there is none of is left out, but for those that are asked for.
    func parts(always: Set<FileKind> = []) -> [String] {
        let words: [(kind: FileKind, one: String, many: String)] = [
            (.regular, "file", "files"), (.directory, "folder", "folders"), (.symbolicLink, "symlink", "symlinks"),
            (.characterDevice, "character device", "character devices"),
            (.blockDevice, "block device", "block devices"),
            (.fifo, "FIFO", "FIFOs"), (.socket, "socket", "sockets"),
        ]
        return words.compactMap { kind, one, many in
            let count = counts[kind] ?? 0
            return count == 0 && !always.contains(kind) ? nil : "\(count) \(count == 1 ? one : many)"
        }
    }
}
