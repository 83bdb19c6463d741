import FileTree
import FlashBytes

/// Looks into packed files: backups of settings, rotated logs, archives in archives, and what is packed in a part of a file.
struct PackedFileSearch {
    let search: SecretSearch

    /// What all members of one file may have together, and how large a file may be (bytes).
    static let limits = (contents: 256 << 20, file: 64 << 20)
    /// Archives in archives.
    static let deepest = 4
    /// In place of the index of a member: what is found is in none, but in what the archive says of them.
    static let metadata = -2

    /// Some bytes that are looked into: a file, or a member of one.
    struct Place {
        let file: FilePathBytes
        /// Names of the members on the way, for people.
        var shown = ""
        /// The path that rules look at.
        var plain: [UInt8]
        /// See `ScrubFinding.member`.
        var members: [Int] = []
        /// How many streams are around it.
        var depth = 0

        var name: String { shown.isEmpty ? "\(file)" : "\(file): \(shown)" }

        func member(_ index: Int, path: [UInt8]) -> Place {
            let name = printable(path)
            return Place(
                file: file, shown: shown.isEmpty ? name : "\(shown): \(name)", plain: path, members: members + [index],
                depth: depth + 1)
        }

        func place(at offset: Int) -> ScrubPlace {
            members.isEmpty
                ? .content(file, offset: offset) : .member(file, member: shown, offset: offset)
        }
    }

    /// What is found in a file that is packed, or holds something packed.
    ///
    /// - Parameter size: of the whole file (bytes); `bytes` may be its beginning where it is larger than what is looked at.
    func run(_ bytes: [UInt8], size: UInt64, path: FilePathBytes, state: SecretSearch.State) -> [ScrubFinding] {
        let isDatabase = bytes.starts(with: Database.magic)
        if isDatabase || PackedContents.isPacked(bytes), size > UInt64(Self.limits.file) || bytes.count != Int(size) {
            state.note(
                notSearched:
                    "\(path) is \(isDatabase ? "a database" : "packed"), and larger than \(Self.limits.file >> 20) MiB")
            return []
        }
        var left = Self.limits.contents
        return inside(
            bytes, at: Place(file: path, plain: path.lastBytes(SecretRule.longestPath)), left: &left, state: state)
    }

    /// A log that stands alone, or in an archive.
    func note(logOf name: String, state: SecretSearch.State) {
        state.note(
            notSearched:
                "\(name) is the log of a database, in which only what stands there as it is was looked for; "
                + "where something is taken out of it, SQLite takes no change behind that")
    }

    /// What is packed in a value of an attribute, or in a piece of a large file.
    func embedded(in bytes: [UInt8], path: FilePathBytes, state: SecretSearch.State) -> [ScrubFinding] {
        var left = Self.limits.contents
        return embedded(
            in: bytes, from: 0, at: Place(file: path, plain: path.lastBytes(SecretRule.longestPath)), left: &left,
            state: state)
    }

    /// What is in some bytes besides themselves.
    private func inside(
        _ bytes: [UInt8], at place: Place, left: inout Int, state: SecretSearch.State
    ) -> [ScrubFinding] {
        if Self.isEncrypted(bytes) {
            state.note(notSearched: "\(place.name) is encrypted")
            return []
        }
        if place.members.isEmpty, place.depth == 0, Self.isFileSystem(bytes) {
            if SquashFSFiles.isOne(bytes[...]) {
                squashFS(bytes[...], name: place.name, left: &left, state: state)
            } else {
                state.note(notSearched: "\(place.name) is a file system of its own")
            }
            return []
        }
        if place.depth > 0, WriteAheadLog.isOne(bytes) { note(logOf: place.name, state: state) }
        if bytes.starts(with: Database.magic) { return database(bytes, at: place, left: &left, state: state) }
        guard PackedContents.isPacked(bytes) else {
            return embedded(in: bytes, from: 0, at: place, left: &left, state: state)
        }
        guard place.depth < Self.deepest else {
            state.note(notSearched: "\(place.name) is an archive in \(Self.deepest) others")
            return []
        }
        let packed: PackedContents
        do throws(PackedContents.Failure) {
            packed = try PackedContents(bytes, limit: left)
        } catch {
            state.note(notSearched: "\(place.name) \(error.description)")
            return []
        }
        return archive(packed, bytes: bytes, at: place, left: &left, state: state)
    }

    private func archive(
        _ packed: PackedContents, bytes: [UInt8], at place: Place, left: inout Int, state: SecretSearch.State
    ) -> [ScrubFinding] {
        // What begins with zeros is taken for an archive without files, whatever follows them.
        if packed.members.isEmpty { state.note(notSearched: "\(place.name) is packed, and shows no file") }
        var found = metadata(of: packed, at: place, left: left, state: state)
        for (index, member) in packed.members.enumerated() {
            left -= member.bytes.count
            let path = member.path.isEmpty ? Self.plainPath(place.plain) : Self.cleaned(member.path)
            let inner = place.member(index, path: path)
            found += content(member.bytes, at: inner, left: &left, state: state)
        }
        // A program in parts, which is signed: what rules find in it stays.
        if Self.isProgramPackage(place.plain) {
            found.removeAll { $0.knownSecret.map { !search.isUnmistakable($0) } ?? true }
        }
        return found + embedded(in: bytes, from: packed.consumed, at: place, left: &left, state: state)
    }

    static func isProgramPackage(_ path: [UInt8]) -> Bool {
        [".jar", ".war", ".ear", ".jmod", ".apk", ".whl", ".egg", ".aar", ".xpi", ".crx", ".vsix", ".nupkg", ".pyz"]
            .contains { ending in
                path.count > ending.utf8.count && path.suffix(ending.utf8.count).elementsEqual(ending.utf8)
            }
    }

    /// What is found in a member, as it is and in what it holds.
    func content(
        _ bytes: [UInt8], at place: Place, left: inout Int, state: SecretSearch.State
    ) -> [ScrubFinding] {
        var found: [ScrubFinding] = []
        if let rule = search.placeRule(place.plain, state: state), bytes.contains(where: { $0 != 0 }),
            search.rules[rule].kind != .record || !Self.isPartOfProgram(place.plain)
        {
            var finding = ScrubFinding(search.rules[rule], place: place.place(at: 0), size: bytes.count)
            finding.member = place.members
            found.append(finding)
        }
        let text = unsafe bytes.span.bytes
        found += search.search(text, in: 0..<bytes.count, path: place.plain, state: state).map { match in
            var finding = ScrubFinding(
                match: match, in: text, search: search, place: place.place(at: match.secret.lowerBound))
            finding.member = place.members
            return finding
        }
        let inner = inside(bytes, at: place, left: &left, state: state)
        let deeper = inner.filter { $0.member != place.members }
        found += inner.filter { $0.member == place.members }
        return outsideOfSquashFS(
            found, bytes: bytes, name: place.name, isNamed: false, left: &left, state: state) + deeper
    }

    /// What an archive says of its files, and what stands between and behind them.
    private func metadata(
        of packed: PackedContents, at place: Place, left: Int, state: SecretSearch.State
    ) -> [ScrubFinding] {
        guard let archive = packed.archive(limit: left) else {
            // Of a form whose names are not where they can be overwritten.
            for member in packed.members {
                let name = unsafe member.path.span.bytes
                if !search.search(name, in: 0..<member.path.count, path: place.plain, state: state).isEmpty {
                    state.note(notSearched: "a name in \(place.name) holds what was found, and stays")
                }
            }
            return []
        }
        let text = unsafe archive.span.bytes
        return ArchiveLayout.metadata(of: archive).flatMap { range -> [ScrubFinding] in
            let part = text.extracting(range)
            return search.search(part, in: 0..<range.count, path: place.plain, state: state).map { match in
                let shown = place.shown.isEmpty ? "names and fields" : "\(place.shown): names and fields"
                var finding = ScrubFinding(
                    match: match, in: part, search: search,
                    place: .member(
                        place.file, member: shown, offset: range.lowerBound + match.secret.lowerBound))
                finding.member = place.members + [Self.metadata]
                return finding
            }
        }
    }

    /// A path without the ending that tells how it is packed: rules look at that of the file in it.
    private static func plainPath(_ path: [UInt8]) -> [UInt8] {
        let endings = [".gz", ".bz2", ".xz", ".zst", ".lz4", ".lzma", ".lz", ".Z"].map { Array($0.utf8) }
        let ending = endings.first { path.count > $0.count && path.suffix($0.count).elementsEqual($0) }
        return Array(path.dropLast(ending?.count ?? 0))
    }

    static func cleaned(_ path: [UInt8]) -> [UInt8] {
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

    /// Whether a name tells that a program or a library reads a file as a part of itself: none of those is a record, whatever
    /// directory it is in (`logs/models.py`).
    static func isPartOfProgram(_ path: [UInt8]) -> Bool {
        let name = String(decoding: path.split(separator: 0x2f).last ?? [], as: UTF8.self)
        return isCompiled(path)
            || [
                ".json.gz", ".rst", ".md", ".py", ".pyi", ".js", ".mjs", ".ts", ".css", ".html", ".php", ".lua", ".pl",
                ".pm", ".rb", ".c", ".h",
                ".go",
            ]
            .contains(where: name.hasSuffix)
    }

    /// Whether a name tells that a file was compiled: libraries, modules, Python's, catalogs of texts.
    static func isCompiled(_ path: [UInt8]) -> Bool {
        let name = String(decoding: path.split(separator: 0x2f).last ?? [], as: UTF8.self)
        return [".so", ".ko", ".a", ".o", ".pyc", ".mo", ".class"].contains(where: name.hasSuffix)
            || name.contains(".so.")
    }
}
