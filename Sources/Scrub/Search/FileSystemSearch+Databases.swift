import FileTree
import JFFS2

/// Databases that are read together with the log or the journal beside them.
extension FileSystemSearch {
    /// A file as it is searched, and what is to be done because of what stands beside it: a database is written anew, its log and
    /// its journal are emptied.
    func companions(
        of bytes: [UInt8], path: FilePathBytes, state: SecretSearch.State
    ) -> (bytes: [UInt8], found: [ScrubFinding]) {
        let rule = search.rules.first { $0.finder == .leftovers }
        if WriteAheadLog.isOne(bytes) || RollbackJournal.isOne(bytes),
            let database = DatabaseCompanions.database(of: path, in: fileSystem.tree), isRead(database), let rule
        {
            var finding = ScrubFinding(rule, place: .file(path), size: bytes.count)
            finding.action = .empty
            return (bytes, [finding])
        }
        if WriteAheadLog.isOne(bytes) { PackedFileSearch(search: search).note(logOf: "\(path)", state: state) }
        guard let current = DatabaseCompanions.current(bytes, at: path, in: fileSystem.tree) else { return (bytes, []) }
        guard current.hasCompanions, current.bytes.starts(with: Database.magic), let rule else { return (bytes, []) }
        var finding = ScrubFinding(
            rule, place: .member(path, member: "what stands beside it", offset: 0), size: current.bytes.count)
        finding.member = [PackedFileSearch.noCell]
        return (current.bytes, [finding])
    }

    /// Whether a database can be read together with what is beside it.
    private func isRead(_ path: FilePathBytes) -> Bool {
        guard let id = fileSystem.tree.find(path), case .regular(let contents) = fileSystem.tree[id].payload,
            let bytes = try? contents.readAll(),
            let current = DatabaseCompanions.current(bytes, at: path, in: fileSystem.tree)
        else { return false }
        return Database(current.bytes) != nil
    }
}
