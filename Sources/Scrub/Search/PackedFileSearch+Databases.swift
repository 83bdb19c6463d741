import FileTree
import FlashBytes

/// Databases of SQLite: what is in their cells, and what deleted rows have left.
extension PackedFileSearch {
    /// In place of the index of a cell: what is found is in none.
    static let noCell = -1
    /// A smaller value of a table holds no stream and nothing encoded (bytes).
    private static let smallestStream = 18

    /// What is found in the tables of a database of SQLite, and whether it holds deleted rows.
    func database(
        _ bytes: [UInt8], at place: Place, left: inout Int, state: SecretSearch.State
    ) -> [ScrubFinding] {
        let prefix = place.shown.isEmpty ? "" : place.shown + ": "
        guard let database = Database(bytes) else {
            state.note(notSearched: "\(place.name) is a database that SQLite cannot open")
            return []
        }
        let text = DatabaseText(database, limit: DatabaseRedaction.limit)
        if !text.isWhole { state.note(notSearched: "\(place.name) is a database that cannot be read as a whole") }
        func member(_ index: Int) -> Place {
            let (_, row, cell) = text.cells[index]
            var inner = place
            inner.shown =
                "\(prefix)table \(printable(Array(text.rows[row].table.utf8))), "
                + "column \(printable(Array(cell.column.utf8)))"
            inner.members.append(index)
            return inner
        }
        let span = unsafe text.bytes.span.bytes
        var found: [ScrubFinding] = search.search(span, in: 0..<text.bytes.count, path: place.plain, state: state)
            .compactMap { match in
                guard let index = text.cell(at: match.secret) else { return nil }
                let offset = match.secret.lowerBound - text.cells[index].range.lowerBound
                let inner = member(index)
                var finding = ScrubFinding(
                    match: match, in: span, search: search, place: inner.place(at: offset))
                finding.range = offset..<offset + match.secret.count
                finding.member = inner.members
                return finding
            }
        found += text.documents.flatMap { document(text.cells[$0].cell.bytes, at: member($0), state: state) }
        for index in text.cells.indices where text.cells[index].cell.kind != .number {
            let bytes = text.cells[index].cell.bytes
            guard bytes.count >= Self.smallestStream else { continue }
            found += embedded(in: bytes, from: 0, at: member(index), left: &left, state: state)
        }
        guard let rule = search.rules.first(where: { $0.finder == .leftovers }) else {
            // Without that rule, what is packed in deleted rows stands there still.
            return found + embedded(in: bytes, from: 0, at: place, left: &left, state: state)
        }
        guard DatabaseLeftovers.isAny(in: bytes) else { return found }
        // Pages that SQLite has just written have stale copies of what is in them, and nothing else.
        guard let fresh = database.vacuumed() else {
            state.note(notSearched: "\(place.name) is a database whose deleted rows cannot be taken out")
            return found
        }
        if !DatabaseLeftovers.isSame(bytes, as: fresh) {
            var finding = ScrubFinding(
                rule, place: .member(place.file, member: prefix + "deleted rows", offset: 0), size: bytes.count)
            finding.member = place.members + [Self.noCell]
            found.append(finding)
        }
        return found
    }

    /// What is found in a value that is a text of its own.
    private func document(_ bytes: [UInt8], at place: Place, state: SecretSearch.State) -> [ScrubFinding] {
        let span = unsafe bytes.span.bytes
        return search.search(span, in: 0..<span.byteCount, path: nil, state: state).map { match in
            var finding = ScrubFinding(
                match: match, in: span, search: search, place: place.place(at: match.secret.lowerBound))
            finding.range = match.secret
            finding.member = place.members
            return finding
        }
    }
}
