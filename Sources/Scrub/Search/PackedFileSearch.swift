import FileTree
import FlashBytes

/// Looks into packed files: backups of settings, rotated logs, archives in archives.
struct PackedFileSearch {
    let search: SecretSearch

    /// What all members of one file may have together, and how large a file may be (bytes).
    private static let limits = (contents: 256 << 20, file: 64 << 20)
    /// Archives in archives.
    private static let deepest = 4

    /// What is found in a file, if it is packed.
    ///
    /// - Parameter size: of the whole file (bytes); `bytes` may be its beginning where it is larger than what is looked at.
    func run(_ bytes: [UInt8], size: UInt64, path: FilePathBytes, state: SecretSearch.State) -> [ScrubFinding] {
        if Self.isEncrypted(bytes) {
            state.note(notSearched: "\(path) is encrypted")
            return []
        }
        if Self.isFileSystem(bytes) {
            state.note(notSearched: "\(path) is a file system of its own")
            return []
        }
        if bytes.starts(with: [0x37, 0x7f, 0x06, 0x82]) || bytes.starts(with: [0x37, 0x7f, 0x06, 0x83]) {
            state.note(
                notSearched:
                    "\(path) is the log of a database, in which only what stands there as it is was looked for; "
                    + "where something is taken out of it, SQLite takes no change behind that")
        }
        let isDatabase = bytes.starts(with: Database.magic)
        guard isDatabase || PackedContents.isPacked(bytes) else { return [] }
        guard size <= UInt64(Self.limits.file), bytes.count == Int(size) else {
            state.note(
                notSearched:
                    "\(path) is \(isDatabase ? "a database" : "packed"), and larger than \(Self.limits.file >> 20) MiB")
            return []
        }
        if isDatabase { return database(bytes, path: path, shown: "", plain: path.bytes, members: [], state: state) }
        var left = Self.limits.contents
        return look(
            bytes, path: path, shown: "", plain: Self.plainPath(path.bytes), members: [], left: &left, state: state)
    }

    private func look(
        _ bytes: [UInt8], path: FilePathBytes, shown: String, plain: [UInt8], members: [Int], left: inout Int,
        state: SecretSearch.State
    ) -> [ScrubFinding] {
        let name = shown.isEmpty ? "\(path)" : "\(path): \(shown)"
        guard members.count < Self.deepest else {
            state.note(notSearched: "\(name) is an archive in \(Self.deepest) others")
            return []
        }
        let packed: PackedContents
        do throws(PackedContents.Failure) {
            packed = try PackedContents(bytes, limit: left)
        } catch {
            state.note(notSearched: "\(name) \(error.description)")
            return []
        }
        var found: [ScrubFinding] = []
        // What begins with zeros is taken for an archive without files, whatever follows them.
        if packed.members.isEmpty { state.note(notSearched: "\(name) is packed, and shows no file") }
        for (index, member) in packed.members.enumerated() {
            left -= member.bytes.count
            let inner = members + [index]
            let memberPath = member.path.isEmpty ? plain : Self.cleaned(member.path)
            let memberName = printable(memberPath)
            let memberShown = shown.isEmpty ? memberName : "\(shown): \(memberName)"
            if let rule = search.placeRule(memberPath, state: state), member.bytes.contains(where: { $0 != 0 }) {
                var finding = ScrubFinding(
                    search.rules[rule], place: .member(path, member: memberShown, offset: 0), size: member.bytes.count)
                finding.member = inner
                found.append(finding)
            }
            let label = unsafe member.path.span.bytes
            if !search.search(label, in: 0..<member.path.count, path: plain, state: state).isEmpty {
                state.note(notSearched: "a name in \(name) holds what was found, and stays")
            }
            let text = unsafe member.bytes.span.bytes
            found += search.search(text, in: 0..<member.bytes.count, path: memberPath, state: state).map { match in
                var finding = ScrubFinding(
                    match: match, in: text, search: search,
                    place: .member(path, member: memberShown, offset: match.secret.lowerBound))
                finding.member = inner
                return finding
            }
            if Self.isEncrypted(member.bytes) {
                state.note(notSearched: "\(path): \(memberShown) is encrypted")
            } else if member.bytes.starts(with: Database.magic) {
                found += database(
                    member.bytes, path: path, shown: memberShown, plain: memberPath, members: inner, state: state)
            } else if PackedContents.isPacked(member.bytes) {
                found += look(
                    member.bytes, path: path, shown: memberShown, plain: Self.plainPath(memberPath), members: inner,
                    left: &left, state: state)
            }
        }
        return found
    }

    /// What is found in the tables of a database of SQLite, and whether it holds deleted rows.
    private func database(
        _ bytes: [UInt8], path: FilePathBytes, shown: String, plain: [UInt8], members: [Int], state: SecretSearch.State
    ) -> [ScrubFinding] {
        let name = shown.isEmpty ? "\(path)" : "\(path): \(shown)"
        let prefix = shown.isEmpty ? "" : shown + ": "
        guard let database = Database(bytes) else {
            state.note(notSearched: "\(name) is a database that SQLite cannot open")
            return []
        }
        let text = DatabaseText(database, limit: DatabaseRedaction.limit)
        if !text.isWhole { state.note(notSearched: "\(name) is a database that cannot be read as a whole") }
        let span = unsafe text.bytes.span.bytes
        var found: [ScrubFinding] = search.search(span, in: 0..<text.bytes.count, path: plain, state: state)
            .compactMap { match in
                guard let index = text.cell(at: match.secret) else { return nil }
                let (range, cell) = text.cells[index]
                let offset = match.secret.lowerBound - range.lowerBound
                let place =
                    "\(prefix)table \(printable(Array(cell.table.utf8))), "
                    + "column \(printable(Array(cell.column.utf8)))"
                var finding = ScrubFinding(
                    match: match, in: span, search: search, place: .member(path, member: place, offset: offset))
                finding.range = offset..<offset + match.secret.count
                finding.member = members + [index]
                return finding
            }
        guard let rule = search.rules.first(where: { $0.finder == .leftovers }), DatabaseLeftovers.isAny(in: bytes)
        else {
            return found
        }
        // Pages that SQLite has just written have stale copies of what is in them, and nothing else.
        guard let fresh = database.vacuumed() else {
            state.note(notSearched: "\(name) is a database whose deleted rows cannot be taken out")
            return found
        }
        if !DatabaseLeftovers.isSame(bytes, as: fresh) {
            var finding = ScrubFinding(
                rule, place: .member(path, member: prefix + "deleted rows", offset: 0), size: bytes.count)
            finding.member = members + [Self.noCell]
            found.append(finding)
        }
        return found
    }

    /// In place of the index of a cell: what is found is in none.
    private static let noCell = -1

    /// A path without the ending that tells how it is packed: rules look at that of the file in it.
    private static func plainPath(_ path: [UInt8]) -> [UInt8] {
        let endings = [".gz", ".bz2", ".xz", ".zst", ".lz4", ".lzma", ".lz", ".Z"].map { Array($0.utf8) }
        let ending = endings.first { path.count > $0.count && path.suffix($0.count).elementsEqual($0) }
        return Array(path.dropLast(ending?.count ?? 0))
    }

    private static func cleaned(_ path: [UInt8]) -> [UInt8] {
        var path = path[...]
        while path.starts(with: "./".utf8) { path = path.dropFirst(2) }
        return Array(path.drop { $0 == 0x2f })
    }

    private static func isEncrypted(_ bytes: [UInt8]) -> Bool {
        ["Salted__", "-----BEGIN PGP MESSAGE", "age-encryption.org/v1", "LUKS\u{ba}\u{be}"].contains { sign in
            bytes.starts(with: sign.unicodeScalars.map { UInt8(truncatingIfNeeded: $0.value) })
        }
    }

    private static func isFileSystem(_ bytes: [UInt8]) -> Bool {
        ["hsqs", "sqsh", "-rom1fs-", "UBI#"].contains { bytes.starts(with: $0.utf8) }
            || bytes.starts(with: [0x45, 0x3d, 0xcd, 0x28]) || bytes.starts(with: [0x28, 0xcd, 0x3d, 0x45])
    }
}
