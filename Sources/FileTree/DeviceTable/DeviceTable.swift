/// A device table that cannot be used.
package struct DeviceTableError: Error, Sendable, Hashable, CustomStringConvertible {
    /// Counted from 1.
    package let line: Int
    /// What is wrong, as a sentence without capital and full stop.
    package let reason: String

    /// The line and what is wrong with it, without full stop.
    package var description: String { "line \(line): \(reason)" }
}

/// The device table of mkfs.jffs2 and genext2fs (`-D`): devices and other files that nobody but root may create, and
/// owners and modes for files that are there.
///
/// One entry a line, fields apart by blanks. A field of `-` ends the entry, as does a comment (`#`) behind a path and a
/// type; what is missing counts as 0 (mode: 0755, inc: 1). What follows the tenth field is not read:
///
///     PATH TYPE MODE UID GID MAJOR MINOR START INC COUNT
///     /dev/hda b 640 0 6 3 1 1 1 4
///
/// The types are `f` and `l` (a file, a symlink that must be there), `d`, `c`, `b`, `p` and `s` (created where
/// they are not). With a COUNT, devices are made with the numbers from START on behind their names, the minor number
/// growing by INC. Where mkfs.jffs2 skips a line that it cannot use, this is an error.
package struct DeviceTable: Sendable {
    /// One line.
    struct Entry: Sendable {
        var line: Int
        var path: FilePathBytes
        var kind: FileKind
        var permissions: UInt16 = 0o755
        var owner: UInt32 = 0
        var group: UInt32 = 0
        var major: UInt32 = 0
        var minor: UInt32 = 0
        var start: UInt32 = 0
        var increment: UInt32 = 1
        var count: UInt32 = 0

        /// Whether it stands for several devices.
        var isCounted: Bool { (kind == .characterDevice || kind == .blockDevice) && count > 0 }
    }

    let entries: [Entry]

    /// As many minor numbers as JFFS2 (and Linux) can tell apart; all lines together create no more devices.
    private static let countLimit: UInt32 = 1 << 20

    /// Reads the text of a table.
    package init(parsing text: [UInt8]) throws(DeviceTableError) {
        var entries: [Entry] = []
        var (number, counted) = (0, 0)
        for line in text.split(separator: 0x0a, omittingEmptySubsequences: false) {
            number += 1
            // The blanks of C's isspace.
            let fields = line.split { $0 == 0x20 || (0x09...0x0d).contains($0) }.map { Array($0) }
            guard let first = fields.first, first.first != UInt8(ascii: "#") else { continue }
            let entry = try Self.entry(Self.fieldsThatCount(fields), line: number)
            if entry.isCounted { counted += Int(entry.count) }
            guard counted <= Self.countLimit else {
                throw DeviceTableError(
                    line: number, reason: "with it the counts of all lines are more than \(Self.countLimit) devices")
            }
            entries.append(entry)
        }
        self.entries = entries
    }

    /// Those that mkfs.jffs2 reads: it takes ten, and stops at the first one behind the type that is no number.
    private static func fieldsThatCount(_ fields: [[UInt8]]) -> [[UInt8]] {
        let end = fields.indices.dropFirst(2).first {
            fields[$0] == [UInt8(ascii: "-")] || fields[$0].first == UInt8(ascii: "#")
        }
        return Array(fields[..<min(end ?? fields.count, 10)])
    }

    private static func entry(_ fields: [[UInt8]], line: Int) throws(DeviceTableError) -> Entry {
        func refuse(_ reason: String) -> DeviceTableError { DeviceTableError(line: line, reason: reason) }
        guard fields[0].first == UInt8(ascii: "/") else {
            throw refuse("'\(printable(fields[0]))' does not begin with a slash")
        }
        let path = FilePathBytes(fields[0])
        if path.components.contains(where: { !$0.isSafe }) {
            throw refuse("'\(printable(fields[0]))' is no path in the image")
        }
        guard fields.count > 1 else { throw refuse("there is no type (one of f d c b p l s)") }
        guard let kind = kind(fields[1]) else {
            throw refuse("'\(printable(fields[1]))' is no type (one of f d c b p l s)")
        }
        var entry = Entry(line: line, path: path, kind: kind)
        func number(_ index: Int, name: String, radix: Int = 10, limit: UInt32 = .max) throws(DeviceTableError)
            -> UInt32?
        {
            guard index < fields.count else { return nil }
            let text = printable(fields[index])
            guard let value = UInt32(text, radix: radix), value <= limit else {
                throw refuse(
                    "\(name) '\(text)' is no \(radix == 8 ? "octal " : "")number up to \(String(limit, radix: radix))")
            }
            return value
        }
        let mode = try number(2, name: "mode", radix: 8, limit: 0o177777) ?? 0o755
        // Some tables have the bits of the type in it.
        guard mode <= 0o7777 || mode & 0o170000 == UInt32(kind.rawValue) else {
            throw refuse("mode '\(printable(fields[2]))' is that of another type than \(printable(fields[1]))")
        }
        entry.permissions = UInt16(mode & 0o7777)
        entry.owner = try number(3, name: "uid") ?? 0
        entry.group = try number(4, name: "gid") ?? 0
        entry.major = try number(5, name: "major") ?? 0
        entry.minor = try number(6, name: "minor") ?? 0
        entry.start = try number(7, name: "start") ?? 0
        entry.increment = try number(8, name: "inc") ?? 1
        entry.count = try number(9, name: "count", limit: countLimit) ?? 0
        return entry
    }

    private static func kind(_ field: [UInt8]) -> FileKind? {
        switch String(decoding: field, as: UTF8.self) {
        case "f": .regular
        case "d": .directory
        case "c": .characterDevice
        case "b": .blockDevice
        case "p": .fifo
        case "l": .symbolicLink
        case "s": .socket
        default: nil
        }
    }
}

extension DeviceTable {
    /// Puts the table's entries into a tree, line by line.
    ///
    /// - Parameter time: of the files that are created (seconds since 1970).
    /// - Throws: `DeviceTableError` for the first line that cannot be used; the tree is then partly changed.
    package func apply(to tree: inout FileTree, time: Int64 = 0) throws(DeviceTableError) {
        var growing = GrowingFileTree(tree)
        tree = FileTree()
        defer { tree = growing.finish() }
        for entry in entries { try apply(entry, to: &growing, time: time) }
    }

    private func apply(_ entry: Entry, to tree: inout GrowingFileTree, time: Int64) throws(DeviceTableError) {
        guard let name = entry.path.components.last else {
            if entry.isCounted { throw refuse(entry, reason: "the root is a folder") }
            return try change(FileTree.root, entry: entry, path: entry.path, minor: entry.minor, in: &tree)
        }
        // Once for all of a line's names: the path may be long.
        let place = Place(path: entry.path, parent: tree.find(entry.path.components.dropLast()))
        guard entry.isCounted else {
            return try put(entry, name: name, at: place, minor: entry.minor, into: &tree, time: time)
        }
        for index in 0..<entry.count {
            let (step, isTooBig) = index.multipliedReportingOverflow(by: entry.increment)
            let (minor, isTooLarge) = entry.minor.addingReportingOverflow(step)
            if isTooBig || isTooLarge { throw refuse(entry, reason: "the minor number grows beyond 32 bits") }
            let numbered = FileName(name.bytes + Array(String(UInt64(entry.start) + UInt64(index)).utf8))
            try put(entry, name: numbered, at: place, minor: minor, into: &tree, time: time)
        }
    }

    /// Where the names of a line belong.
    private struct Place {
        /// That of the line.
        let path: FilePathBytes
        /// What is there where their folder should be.
        let parent: InodeID?

        func path(of name: FileName) -> FilePathBytes { FilePathBytes(path.components.dropLast() + [name]) }
    }

    private func put(
        _ entry: Entry, name: FileName, at place: Place, minor: UInt32, into tree: inout GrowingFileTree, time: Int64
    ) throws(DeviceTableError) {
        guard let parent = place.parent, tree[parent].kind == .directory else {
            let folder = FilePathBytes(place.path.components.dropLast())
            throw refuse(
                entry,
                reason: "\(place.path(of: name)): there is no folder \(folder); an earlier line can create it")
        }
        if let known = tree.child(name, of: parent) {
            return try change(known, entry: entry, path: place.path(of: name), minor: minor, in: &tree)
        }
        guard let payload = payload(entry, minor: minor) else {
            let word = entry.kind == .regular ? "file" : "symlink"
            throw refuse(entry, reason: "\(place.path(of: name)): there is no such \(word)")
        }
        let metadata = Metadata(
            permissions: entry.permissions, owner: entry.owner, group: entry.group, time: time)
        tree.add(Inode(metadata: metadata, payload: payload), name: name, to: parent)
    }

    private func change(
        _ id: InodeID, entry: Entry, path: @autoclosure () -> FilePathBytes, minor: UInt32,
        in tree: inout GrowingFileTree
    ) throws(DeviceTableError) {
        let kind = tree[id].kind
        if kind != entry.kind {
            // An empty file often keeps a place for a device.
            guard let payload = payload(entry, minor: minor), kind != .directory, entry.kind != .directory else {
                throw refuse(entry, reason: "\(path()) is a \(kind.longWord), not a \(entry.kind.longWord)")
            }
            tree[id].payload = payload
            tree[id].declaredSize = nil
        } else if entry.kind == .characterDevice || entry.kind == .blockDevice, entry.major != 0 || minor != 0,
            let payload = payload(entry, minor: minor)
        {
            tree[id].payload = payload
        }
        tree[id].metadata.permissions = entry.permissions
        tree[id].metadata.owner = entry.owner
        tree[id].metadata.group = entry.group
    }

    /// nil for what a table cannot create.
    private func payload(_ entry: Entry, minor: UInt32) -> Inode.Payload? {
        switch entry.kind {
        case .regular, .symbolicLink: nil
        case .directory: .directory([])
        case .characterDevice: .characterDevice(DeviceNumber(major: entry.major, minor: minor))
        case .blockDevice: .blockDevice(DeviceNumber(major: entry.major, minor: minor))
        case .fifo: .fifo
        case .socket: .socket
        }
    }

    private func refuse(_ entry: Entry, reason: String) -> DeviceTableError {
        DeviceTableError(line: entry.line, reason: reason)
    }
}

extension FileKind {
    /// For sentences.
    fileprivate var longWord: String {
        switch self {
        case .fifo: "FIFO"
        case .characterDevice: "character device"
        case .directory: "folder"
        case .blockDevice: "block device"
        case .regular: "file"
        case .symbolicLink: "symlink"
        case .socket: "socket"
        }
    }
}
