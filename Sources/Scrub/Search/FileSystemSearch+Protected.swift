import FileTree
import FlashBytes
import JFFS2

/// Files in which nothing is changed: programs, libraries, pages, manuals, examples.
extension FileSystemSearch {
    /// Larger ones are not looked at (bytes).
    private static let largest: UInt64 = 32 << 20

    /// What looks like a secret in a file, if it is one of those; nothing else.
    func protected(_ id: InodeID, path: FilePathBytes, state: SecretSearch.State) -> [ScrubFinding] {
        guard case .regular(let contents) = fileSystem.tree[id].payload, contents.size <= Self.largest,
            let reader = try? contents.makeReader()
        else { return [] }
        let pathBytes = path.lastBytes(SecretRule.longestPath)
        let isNamed =
            PackedFileSearch.isCompiled(pathBytes)
            || [StructuredRules.manuals, BuiltInRules.documentation].contains { pattern in
                pattern.map { state.matcher.matches($0, text: pathBytes) } ?? false
            }
        var isWhole = true
        if !isNamed,
            !BinaryFormat.isProgram(
                Self.read(reader, range: 0..<min(contents.size, UInt64(BinaryFormat.headSize)), isWhole: &isWhole))
        {
            return []
        }
        let bytes = Self.read(reader, range: 0..<contents.size, isWhole: &isWhole)
        return text(bytes, from: 0, in: 0..<bytes.count, path: path, pathBytes: pathBytes, state: state)
    }
}
