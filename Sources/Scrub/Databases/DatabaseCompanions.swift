import FileTree

/// What SQLite keeps beside a database: its log and its journal.
///
/// They are read together with it, and whoever writes the database anew has to empty them: what they say is about pages that are no
/// more, and applied to the new ones it would destroy them.
enum DatabaseCompanions {
    private static let endings = ["-wal", "-journal"].map { Array($0.utf8) }
    /// Larger files are not read together (bytes).
    private static let largest: UInt64 = 64 << 20

    /// A database as SQLite reads it.
    struct Current {
        var bytes: [UInt8]
        /// Whether there is anything beside it.
        var hasCompanions = false
    }

    /// - Parameters:
    ///   - bytes: all of the file.
    ///   - path: its path; without one of a database nothing is looked for.
    /// - Returns: nil where what is beside it cannot be applied.
    static func current(_ bytes: [UInt8], at path: FilePathBytes, in tree: FileTree) -> Current? {
        guard bytes.isEmpty || bytes.starts(with: Database.magic) else { return Current(bytes: bytes) }
        var current = Current(bytes: bytes)
        if let journal = contents(of: path, endings[1], in: tree), RollbackJournal.isOne(journal) {
            guard let undone = RollbackJournal.undone(journal, in: current.bytes) else { return nil }
            current = Current(bytes: undone, hasCompanions: true)
        }
        if let log = contents(of: path, endings[0], in: tree), WriteAheadLog.isOne(log) {
            guard let applied = WriteAheadLog.applied(log, to: current.bytes) else { return nil }
            current = Current(bytes: applied, hasCompanions: true)
        }
        return current
    }

    /// The database beside which a file stands, if it is its log or its journal.
    static func database(of path: FilePathBytes, in tree: FileTree) -> FilePathBytes? {
        guard var name = path.components.last?.bytes,
            let ending = endings.first(where: { name.suffix($0.count) == $0[...] })
        else { return nil }
        name.removeLast(ending.count)
        var database = path
        database.removeLast()
        database.append(FileName(name))
        guard !name.isEmpty, let id = tree.find(database), case .regular(let contents) = tree[id].payload,
            contents.size > 0, contents.size <= largest
        else { return nil }
        return database
    }

    private static func contents(of path: FilePathBytes, _ ending: [UInt8], in tree: FileTree) -> [UInt8]? {
        var companion = path
        guard let name = path.components.last else { return nil }
        companion.removeLast()
        companion.append(FileName(name.bytes + ending))
        guard let id = tree.find(companion), case .regular(let contents) = tree[id].payload, contents.size > 0,
            contents.size <= largest
        else { return nil }
        return try? contents.readAll()
    }
}
