import FileTree
import FlashBytes
import JFFS2

/// What happened in an image in the order of time, in several forms.
struct TimelineListing {
    let history: FlashHistory
    /// What is listed; nil for all.
    let inodes: Set<InodeNumber>?

    /// An event in JSON.
    struct Entry: Encodable {
        var time: UInt32
        var event: String
        var path: String
        var pathBytes: [UInt8]?
        var oldPath: String?
        var oldPathBytes: [UInt8]?
        var ino: UInt32?
        var version: UInt32?
        var type: String?
        var mode: String?
        var uid: UInt16?
        var gid: UInt16?
        var size: UInt32?
        var deleted: Bool
    }

    /// The events, made one by one.
    var entries: some Sequence<Entry> { events.lazy.map(entry) }

    private var events: [TimelineEvent] {
        let events = history.timeline()
        guard let inodes else { return events }
        return events.filter { event in event.inode.map { inodes.contains($0) } ?? false }
    }

    private func entry(_ event: TimelineEvent) -> Entry {
        let change = event.name.map { history.names[$0] }
        let path = PrintedPath(history.path(of: event))
        var entry = Entry(
            time: event.time, event: event.kind.rawValue, path: path.text, pathBytes: path.bytes,
            ino: event.inode?.rawValue, version: event.version?.version, deleted: isDeleted(event))
        if event.kind == .rename, let old = change?.counterpart {
            let old = PrintedPath(history.path(of: history.names[old]))
            (entry.oldPath, entry.oldPathBytes) = (old.text, old.bytes)
        }
        if let version = event.version {
            let raw = history.raw(of: version)
            entry.type = FileKind(mode: raw.mode)?.word
            entry.mode = raw.permissionText
            (entry.uid, entry.gid, entry.size) = (raw.uid, raw.gid, raw.isize)
        }
        return entry
    }

    /// The path that was printed last: most files have several events in a row, and one path.
    private struct LastPath {
        private var file: Int?
        private var text = ""

        mutating func text(of event: TimelineEvent, in history: FlashHistory) -> String {
            if event.file == nil || event.file != file {
                text = history.path(of: event).description
                file = event.file.flatMap { history.hasOnePath(file: $0) ? $0 : nil }
            }
            return text
        }
    }

    private func isDeleted(_ event: TimelineEvent) -> Bool {
        if let file = event.file { return history.isGone(history.files[file]) }
        return event.inode.map { !history.shown.contains($0) } ?? true
    }

    // MARK: - Text and CSV

    /// A line for each event.
    func writeText() {
        var last = LastPath()
        for event in events {
            let kind = event.kind.rawValue
            var line = CalendarTime(Int64(event.time)).text(.seconds) + "  " + kind
            line += String(repeating: " ", count: 12 - kind.count) + last.text(of: event, in: history)
            if event.kind == .rename, let name = event.name, let old = history.names[name].counterpart {
                line += " from \(history.path(of: history.names[old]))"
            }
            var notes: [String] = []
            if let inode = event.inode { notes.append("inode \(inode)") }
            if let version = event.version {
                notes.append("version \(version.version)")
                notes.append("\(history.raw(of: version).isize) bytes")
            }
            if isDeleted(event), event.kind != .delete { notes.append("deleted since") }
            if !notes.isEmpty { line += " (" + notes.joined(separator: ", ") + ")" }
            StandardStreams.print(line)
        }
    }

    /// A head line and a row for each event.
    func writeCSV() {
        let columns = [
            "time", "event", "path", "oldPath", "inode", "version", "type", "mode", "uid", "gid", "size", "deleted",
        ]
        StandardStreams.write(Array(CommaSeparatedValues.row(columns).utf8))
        var last = LastPath()
        for event in events {
            var old = ""
            if event.kind == .rename, let name = event.name, let index = history.names[name].counterpart {
                old = history.path(of: history.names[index]).description
            }
            var fields = [
                CalendarTime(Int64(event.time)).text(.standard), event.kind.rawValue, last.text(of: event, in: history),
                old,
                event.inode.map { "\($0)" } ?? "",
            ]
            if let version = event.version {
                let raw = history.raw(of: version)
                fields += [
                    "\(version.version)", FileKind(mode: raw.mode)?.word ?? "", raw.permissionText, "\(raw.uid)",
                    "\(raw.gid)", "\(raw.isize)",
                ]
            } else {
                fields += [String](repeating: "", count: 6)
            }
            fields.append(isDeleted(event) ? "yes" : "no")
            StandardStreams.write(Array(CommaSeparatedValues.row(fields).utf8))
        }
    }

    // MARK: - mactime

    /// The body of The Sleuth Kit: a line for each version with times of its own, and for each name that went.
    func writeBody() {
        for (place, file) in history.files.enumerated() where inodes?.contains(file.inode) ?? true {
            let path = history.hasOnePath(file: place) ? history.path(of: file).description : nil
            let mark = history.isGone(file) ? " (deleted)" : ""
            let created = file.versions.first.flatMap { $0.change.isCreation ? history.raw(of: $0).ctime : nil } ?? 0
            // Times of which there is a line already.
            var told: Set<UInt32> = [0]
            for (index, version) in file.versions.enumerated() {
                let next = index + 1
                if next < file.versions.count, file.versions[next].change.hasSameTimes { continue }
                let raw = history.raw(of: version)
                let times = [raw.atime, raw.mtime, raw.ctime, created]
                if let path {
                    writeBodyLine(path + mark, inode: file.inode, raw: raw, times: times)
                    continue
                }
                writeBodyLines(of: place, raw: raw, times: times, told: told, mark: mark)
                told.formUnion(times)
            }
        }
        for change in history.names where change.time != 0 && change.inode == 0 {
            guard inodes.map({ $0.contains(change.previousInode ?? 0) }) ?? true else { continue }
            var name = history.path(of: change).description
            if let new = change.counterpart {
                name += " (renamed to \(history.path(of: history.names[new])))"
            } else {
                name += " (deleted)"
            }
            let inode = change.previousInode ?? 0
            let version = history.files(of: inode).last?.versions.last
            writeBodyLine(name, inode: inode, raw: version.map { history.raw(of: $0) }, times: [0, 0, change.time, 0])
        }
    }

    /// A line has one name: the times at which a file had another one are in lines of their own.
    ///
    /// - Parameters:
    ///   - place: in `FlashHistory.files`.
    ///   - times: of access, modification, change and creation.
    ///   - told: times of earlier lines.
    private func writeBodyLines(of place: Int, raw: RawInode, times: [UInt32], told: Set<UInt32>, mark: String) {
        var left = times
        for time in [raw.ctime, raw.mtime, raw.atime] where time == raw.ctime || !told.contains(time) {
            guard left.contains(time) else { continue }
            let name = history.path(ofFile: place, at: time)
            let isNamedSo = times.map { $0 == time || $0 != 0 && history.path(ofFile: place, at: $0) == name }
            let own = zip(left, isNamedSo).map { $1 ? $0 : 0 }
            left = zip(left, isNamedSo).map { $1 ? 0 : $0 }
            writeBodyLine(name.description + mark, inode: history.files[place].inode, raw: raw, times: own)
        }
    }

    /// - Parameter times: of access, modification, change and creation.
    private func writeBodyLine(_ name: String, inode: InodeNumber, raw: RawInode?, times: [UInt32]) {
        // A bar would begin the next field.
        let name = name.split(separator: "|", omittingEmptySubsequences: false).joined(separator: "\\174")
        let kind = raw.flatMap { FileKind(mode: $0.mode) }
        let letter = kind.map { $0 == .regular ? "r" : String($0.letter) } ?? "-"
        let mode = "\(letter)/\(letter)" + Listing.modeString(UInt16((raw?.mode ?? 0) & 0o7777), kind: kind).dropFirst()
        let fields =
            ["0", name, "\(inode)", mode, "\(raw?.uid ?? 0)", "\(raw?.gid ?? 0)", "\(raw?.isize ?? 0)"]
            + times.map { "\($0)" }
        StandardStreams.print(fields.joined(separator: "|"))
    }
}
