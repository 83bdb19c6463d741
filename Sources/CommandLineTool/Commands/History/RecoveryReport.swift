import FileTree
import FlashBytes
import JFFS2

/// What `recover` says of what it found.
struct RecoveryReport {
    let recovery: Recovery
    let history: FlashHistory
    /// The folder that is written; nil for an archive.
    let directory: String?
    /// The archive that is written; nil for a folder.
    let tar: String?

    private var place: String { directory ?? tar ?? "" }

    /// What `--json` prints.
    struct Result: Encodable {
        var directory: String?
        var tar: String?
        var recovered: [File]
        var lost: [LostFile]
        var damaged: Bool
    }

    struct File: Encodable {
        var path: String
        var pathBytes: [UInt8]?
        var ino: UInt32
        var version: UInt32
        var deleted: Bool
        var type: String
        var mode: String
        var uid: UInt32
        var gid: UInt32
        var size: UInt64
        var mtime: Int64
        var ctime: Int64
        var missing: [Missing]?
        /// What may be older than the version.
        var doubtful: [[UInt64]]?
    }

    struct Missing: Encodable {
        var start: UInt64
        var end: UInt64
        var reason: String
    }

    struct LostFile: Encodable {
        var path: String
        var pathBytes: [UInt8]?
        var ino: UInt32
        var reason: String
    }

    /// Whether anything is there in part only, or not at all.
    var isPartial: Bool { !recovery.lost.isEmpty || recovery.files.contains { !$0.isCertain } }

    /// What cannot be had.
    var lostLines: [String] {
        recovery.lost.map { lost in
            let file = history.files[lost.file]
            return "\(history.path(of: file)) (inode \(file.inode)): \(lost.reason)"
        }
    }

    /// A line for each file and a last one for all.
    var lines: [String] {
        var lines: [String] = []
        var whole = 0
        var partial = 0
        var doubtful = 0
        for file in recovery.files where file.inode.kind != .directory {
            let number = history.files[file.file].inode
            var line = "\(directory ?? "")\(file.path)  inode \(number), version \(file.version), "
            line += CalendarTime(file.inode.metadata.modificationTime).text(.seconds) + ", \(file.inode.size) bytes"
            if file.isCertain { whole += 1 }
            if !file.missing.isEmpty {
                partial += 1
                line += "; missing: " + file.missing.prefix(8).map(\.description).joined(separator: "; ")
                if file.missing.count > 8 { line += "; and \(file.missing.count - 8) more" }
            }
            if !file.doubtful.isEmpty {
                if file.missing.isEmpty { doubtful += 1 }
                let ranges = file.doubtful.prefix(8).map { "bytes \($0.lowerBound)..<\($0.upperBound)" }
                line += "; perhaps older, since versions are gone: " + ranges.joined(separator: ", ")
                if file.doubtful.count > 8 { line += " and \(file.doubtful.count - 8) more" }
            }
            lines.append(line)
        }
        var parts = ["\(whole) file\(whole == 1 ? "" : "s") recovered"]
        if partial > 0 { parts.append("\(partial) in part") }
        if doubtful > 0 { parts.append("\(doubtful) perhaps older in part") }
        if !recovery.lost.isEmpty { parts.append("\(recovery.lost.count) of which nothing is left") }
        lines.append("\(place): " + parts.joined(separator: ", "))
        return lines
    }

    func result(isPartial: Bool) -> Result {
        Result(
            directory: directory, tar: tar, recovered: recovery.files.map(entry),
            lost: recovery.lost.map { lost in
                let file = history.files[lost.file]
                let path = PrintedPath(history.path(of: file))
                return LostFile(path: path.text, pathBytes: path.bytes, ino: file.inode.rawValue, reason: lost.reason)
            },
            damaged: isPartial)
    }

    private func entry(_ file: RecoveredFile) -> File {
        let (path, source) = (PrintedPath(file.path), history.files[file.file])
        let (inode, metadata) = (file.inode, file.inode.metadata)
        let mode = String(metadata.permissions & 0o7777, radix: 8)
        return File(
            path: path.text, pathBytes: path.bytes, ino: source.inode.rawValue, version: file.version,
            deleted: history.isGone(source), type: inode.kind.word,
            mode: String(repeating: "0", count: 4 - mode.count) + mode, uid: metadata.owner, gid: metadata.group,
            size: inode.size, mtime: metadata.modificationTime, ctime: metadata.changeTime,
            missing: file.missing.isEmpty
                ? nil
                : file.missing.map {
                    Missing(start: $0.range.lowerBound, end: $0.range.upperBound, reason: $0.reason)
                },
            doubtful: file.doubtful.isEmpty ? nil : file.doubtful.map { [$0.lowerBound, $0.upperBound] })
    }
}

extension RecoveredFile {
    /// Whether all of it is there, and as it was.
    fileprivate var isCertain: Bool { missing.isEmpty && doubtful.isEmpty }
}
