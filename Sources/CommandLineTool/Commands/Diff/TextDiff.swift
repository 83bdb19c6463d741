import FileTree
import FlashBytes

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// How text files differ, for people and `patch`.
struct TextDiff {
    private let old: ComparedTree
    private let new: ComparedTree
    /// Whether what a terminal would obey is escaped; a file or a pipe gets the bytes.
    private let isForTerminal = isatty(STDOUT_FILENO) != 0

    /// Larger files are not compared line by line (bytes).
    private static let largest: UInt64 = 4 << 20

    init(_ old: ComparedTree, new: ComparedTree) { (self.old, self.new) = (old, new) }

    /// Writes what differs in the content of a regular file.
    func write(_ difference: FileDifference) {
        guard difference.damage.isEmpty else { return }
        let before = contents(difference.old, in: old)
        let after = contents(difference.new, in: new)
        switch difference.kind {
        case .added: if after == nil { return }
        case .removed: if before == nil { return }
        case .changed: guard difference.aspects.contains(.content) || before == nil || after == nil else { return }
        case .unreadable: return
        }
        guard let one = text(before), let two = text(after) else {
            StandardStreams.print("\(difference.path): binary, or too long")
            return
        }
        let diff = UnifiedDiff(one, new: two)
        if diff.isEmpty, (before == nil) == (after == nil) { return }
        writeHeader(difference, comes: before == nil, goes: after == nil, isEmpty: diff.isEmpty)
        if diff.isEmpty { return }
        StandardStreams.print("--- \(before == nil ? "/dev/null" : Self.name("a", path: difference.path))")
        StandardStreams.print("+++ \(after == nil ? "/dev/null" : Self.name("b", path: difference.path))")
        diff.write { line in
            StandardStreams.write(isForTerminal ? Self.escaped(line) : line)
            StandardStreams.write([0x0a])
        }
    }

    /// What `git diff` prints in front of each file: of an empty one that comes or goes there is no line to show, and `git apply` and
    /// `patch` make or remove it. In front of one file alone it would take the next one's lines for its own.
    private func writeHeader(_ difference: FileDifference, comes: Bool, goes: Bool, isEmpty: Bool) {
        let (from, to) = (Self.name("a", path: difference.path), Self.name("b", path: difference.path))
        StandardStreams.print("diff --git \(from) \(to)")
        if comes == goes { return }
        let side = goes ? old : new
        let mode = (goes ? difference.old : difference.new).map { side.tree[$0].metadata.permissions } ?? 0
        StandardStreams.print("\(goes ? "deleted" : "new") file mode 100\(mode & 0o111 != 0 ? "755" : "644")")
        // Git's name of an empty content, and of none.
        if isEmpty { StandardStreams.print(goes ? "index e69de29..0000000" : "index 0000000..e69de29") }
    }

    private func contents(_ id: InodeID?, in side: ComparedTree) -> (any FileContents)? {
        guard let id, side.digests == nil, case .regular(let contents) = side.tree[id].payload else { return nil }
        return contents
    }

    /// nil for what is no text; of what is not there, nothing.
    private func text(_ contents: (any FileContents)?) -> [UInt8]? {
        guard let contents else { return [] }
        guard contents.size <= Self.largest, let bytes = try? contents.readAll(), !bytes.contains(0) else { return nil }
        return bytes.isEmpty || PlainText.isText(unsafe bytes.span.bytes) ? bytes : nil
    }

    /// As git writes names: in quotes where they have bytes that are not printable.
    private static func name(_ side: String, path: FilePathBytes) -> String {
        let printed = side + path.description
        return printed.contains("\\") || printed.contains("\"") || printed.contains(" ")
            ? "\"" + printed.replacing("\"", with: "\\\"") + "\"" : printed
    }

    /// A line without what a terminal would obey; tabs stay.
    private static func escaped(_ line: [UInt8]) -> [UInt8] {
        let parts = line.split(separator: 0x09, omittingEmptySubsequences: false)
        return Array(parts.map { part in Array(Self.visible(part).utf8) }.joined(separator: [0x09]))
    }

    /// As `printable`, but backslashes are common in texts and stay.
    private static func visible(_ bytes: ArraySlice<UInt8>) -> String {
        bytes.split(separator: 0x5c, omittingEmptySubsequences: false).map { printable($0) }.joined(separator: "\\")
    }
}
