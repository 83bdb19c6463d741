import FileTree
import FlashBytes
import JFFS2

/// The versions of files for people and in JSON.
struct FileHistoryListing {
    let history: FlashHistory
    let isVerbose: Bool

    // MARK: - JSON

    /// A file in JSON.
    struct Entry: Encodable {
        var path: String
        var pathBytes: [UInt8]?
        var ino: UInt32
        var deleted: Bool
        var versions: [Version]
        var nameChanges: [Name]
    }

    struct Version: Encodable {
        var version: UInt32
        var missingBefore: UInt32?
        var status: String
        var copies: Int
        var offset: Int
        var type: String?
        var mode: String
        var uid: UInt16
        var gid: UInt16
        var size: UInt32
        var mtime: UInt32
        var ctime: UInt32
        var atime: UInt32
        var changes: [String]
        var previousSize: UInt32?
        var written: [UInt64]?
    }

    struct Name: Encodable {
        var change: String
        var path: String
        var pathBytes: [UInt8]?
        var oldPath: String?
        var oldPathBytes: [UInt8]?
        /// nil where it is not known.
        var time: UInt32?
        var ino: UInt32?
        var version: UInt32
    }

    func entry(_ file: FileHistory) -> Entry {
        let path = PrintedPath(history.path(of: file))
        return Entry(
            path: path.text, pathBytes: path.bytes, ino: file.inode.rawValue, deleted: history.isGone(file),
            versions: file.versions.map(version), nameChanges: nameChanges(of: file).map(name))
    }

    private func version(_ version: FileVersion) -> Version {
        let (raw, change) = (history.raw(of: version), version.change)
        return Version(
            version: version.version, missingBefore: change.missingVersions > 0 ? change.missingVersions : nil,
            status: version.fate.word, copies: version.copies, offset: history.log.entries[version.entry].offset,
            type: FileKind(mode: raw.mode)?.word, mode: raw.permissionText, uid: raw.uid, gid: raw.gid, size: raw.isize,
            mtime: raw.mtime, ctime: raw.ctime, atime: raw.atime, changes: words(change, size: raw.isize),
            previousSize: change.previousSize, written: change.written.map { [$0.lowerBound, $0.upperBound] })
    }

    private func words(_ change: FileChange, size: UInt32) -> [String] {
        var words: [String] = []
        if change.isCreation { words.append("create") }
        if change.written != nil { words.append(change.isHole ? "hole" : "write") }
        if let previous = change.previousSize { words.append(previous > size ? "truncate" : "extend") }
        if change.attributes.contains(.mode) { words.append("mode") }
        if change.attributes.contains(.owner) { words.append("owner") }
        if change.attributes.contains(.modificationTime) { words.append("mtime") }
        if change.attributes.contains(.accessTime) { words.append("atime") }
        return words
    }

    private func name(_ index: Int) -> Name {
        let change = history.names[index]
        let path = PrintedPath(history.path(of: change))
        var name = Name(
            change: word(change), path: path.text, pathBytes: path.bytes, time: change.time == 0 ? nil : change.time,
            ino: (change.inode == 0 ? change.previousInode : change.inode)?.rawValue, version: change.version)
        if change.kind != .removal, let old = change.counterpart {
            let old = PrintedPath(history.path(of: history.names[old]))
            (name.oldPath, name.oldPathBytes) = (old.text, old.bytes)
        }
        return name
    }

    private func word(_ change: NameChange) -> String {
        switch change.kind {
        case .link, .copy: change.counterpart == nil ? "link" : "rename"
        case .replacement: change.counterpart == nil ? "replace" : "rename"
        case .removal: "delete"
        }
    }

    /// The changes to the names of a file, and, of a directory, to those in it; a removal that is part of a move is told
    /// with the new name.
    private func nameChanges(of file: FileHistory) -> [Int] {
        let own = history.changesOfNames(of: file)
        let inside = file.isEarlierUse ? [] : history.names(in: file.inode).filter { history.names[$0].kind != .copy }
        return (own + history.inOrder(Array(inside))).filter {
            history.names[$0].kind != .removal || history.names[$0].counterpart == nil
        }
    }

    // MARK: - Text

    /// A head line, the versions, the names.
    func lines(_ file: FileHistory) -> [String] {
        let count = file.versions.count
        let state = history.isGone(file) ? (history.isNamed(file.inode) ? ", deleted" : ", no name is left") : ""
        var lines = [
            "\(history.path(of: file)) (inode \(file.inode)\(state)): \(count) version\(count == 1 ? "" : "s")"
        ]
        let rows = rows(file).map { row in
            let raw = history.raw(of: row.last)
            let versions =
                row.first.version == row.last.version
                ? "\(row.last.version)" : "\(row.first.version)-\(row.last.version)"
            return [
                versions, CalendarTime(Int64(raw.ctime)).text(.seconds),
                Listing.modeString(UInt16(raw.mode & 0o7777), kind: FileKind(mode: raw.mode)), "\(raw.uid):\(raw.gid)",
                "\(raw.isize)", row.last.fate.word, text(row),
            ]
        }
        lines += TextTable.lines(rows, right: [4])
        for index in nameChanges(of: file) { lines.append("  " + text(history.names[index])) }
        return lines
    }

    /// Versions that are told together.
    private struct Row {
        var first: FileVersion
        var last: FileVersion
        var written: Range<UInt64>?
        var count = 1
    }

    private func rows(_ file: FileHistory) -> [Row] {
        var rows: [Row] = []
        for version in file.versions {
            let written = version.change.written
            if !isVerbose, let row = rows.last, version.continues(row.last), let written, let before = row.written,
                written.lowerBound <= before.upperBound, written.upperBound >= before.upperBound
            {
                rows[rows.count - 1].last = version
                rows[rows.count - 1].written = before.lowerBound..<written.upperBound
                rows[rows.count - 1].count += 1
            } else {
                rows.append(Row(first: version, last: version, written: written))
            }
        }
        return rows
    }

    private func text(_ row: Row) -> String {
        let change = row.first.change
        var parts: [String] = []
        if change.missingVersions > 0 {
            let plural = change.missingVersions == 1 ? "version before is" : "versions before are"
            parts.append("\(change.missingVersions) \(plural) gone")
        }
        if change.isCreation { parts.append("created") }
        let size = history.raw(of: row.last).isize
        if let previous = change.previousSize, previous > size { parts.append("truncated from \(previous)") }
        if let written = row.written {
            let what = change.isHole ? "hole" : "written"
            parts.append("bytes \(written.lowerBound)..<\(written.upperBound) \(what)")
            if change.hasSameTimes, row.count == 1, change.previousSize == nil {
                parts.append("times as before, so perhaps a copy")
            }
        }
        if change.attributes.contains(.mode) { parts.append("mode") }
        if change.attributes.contains(.owner) { parts.append("owner") }
        if change.attributes.contains(.modificationTime) { parts.append("mtime") }
        if change.attributes.contains(.accessTime) { parts.append("atime") }
        return parts.isEmpty ? "nothing else" : parts.joined(separator: ", ")
    }

    private func text(_ change: NameChange) -> String {
        let time = change.time == 0 ? "at some time" : CalendarTime(Int64(change.time)).text(.seconds)
        let path = history.path(of: change)
        var text = "\(time)  "
        switch change.kind {
        case .removal: text += "deleted \(path)"
        case .link, .replacement, .copy:
            if let old = change.counterpart {
                text += "renamed \(history.path(of: history.names[old])) to \(path)"
            } else {
                text += "named \(path)"
            }
        }
        if change.inode != 0 { text += " (inode \(change.inode))" }
        if change.kind == .replacement, let old = change.previousInode { text += " in place of inode \(old)" }
        if change.isGoneWithoutTrace { text += "; gone since then, when is not known" }
        return text
    }
}

extension FileVersion {
    /// Whether it was written in one go with another version.
    fileprivate func continues(_ before: FileVersion) -> Bool {
        change.hasSameTimes && change.missingVersions == 0 && fate == before.fate && change.attributes.isEmpty
            && !change.isHole && !before.change.isHole && version == before.version &+ 1
    }
}

extension NodeFate {
    /// For people and JSON.
    var word: String {
        switch self {
        case .unseen: "unseen"
        case .live: "live"
        case .superseded: "superseded"
        case .obsolete: "obsolete"
        case .deleted: "deleted"
        case .damaged: "damaged"
        case .orphan: "orphan"
        }
    }
}

extension RawInode {
    /// The lower twelve bits of the mode: `0644`.
    var permissionText: String {
        let digits = String(mode & 0o7777, radix: 8)
        return String(repeating: "0", count: 4 - digits.count) + digits
    }
}

/// A path in JSON: without a slash in front, and with its bytes where those are others.
struct PrintedPath {
    let text: String
    /// nil where the text says as much.
    let bytes: [UInt8]?

    init(_ path: FilePathBytes) {
        text = path.relativeDescription
        let bytes = path.bytes
        self.bytes = text.utf8.elementsEqual(bytes) ? nil : bytes
    }
}
