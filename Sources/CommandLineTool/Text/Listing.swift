import FlashBytes
import FileTree

/// Files of a tree as rows of a table.
enum Listing {
    struct Row {
        var path: FilePathBytes
        var name: String
        var inode: Inode
        var links: UInt32

        /// Made when it is printed: the attributes of many files may be one.
        var json: Entry { Entry(self) }
    }

    /// A file in JSON. `path` is printable (octal escapes for what is not); `pathBytes` is there when they differ.
    struct Entry: Encodable {
        var path: String
        var pathBytes: [UInt8]?
        var type: String
        var mode: String
        var uid: UInt32
        var gid: UInt32
        var nlink: UInt32
        var size: UInt64
        var mtime: Int64
        var ctime: Int64
        var atime: Int64
        var ino: UInt32?
        var target: String?
        var device: [UInt32]?
        var xattrs: [String: String]?
    }

    /// The entries of a directory.
    static func rows(_ tree: FileTree, in id: InodeID, at start: FilePathBytes, order: Order) -> [Row] {
        let rows = tree[id].entries.map { entry in
            var path = start
            path.append(entry.name)
            return row(tree, id: entry.inode, path: path, name: entry.name.description)
        }
        return order.isUsual ? rows : order.sorted(rows)
    }

    /// All that is below a directory, each directory before what is in it.
    static func walk(
        _ tree: FileTree, from id: InodeID, at start: FilePathBytes, order: Order = Order(),
        body: (PathTrail, InodeID) throws -> Void
    ) rethrows {
        var trail = PathTrail(start)
        guard tree[id].kind == .directory else { return try body(trail, id) }
        try tree.walk(from: id, ordering: { order.sorted($0, in: tree) }) {
            (path: FilePathBytes, child: InodeID) throws in
            if let name = path.components.last { trail.move(to: name, depth: path.components.count) }
            try body(trail, child)
        }
    }

    /// The name of each file, a line each, as `tar -v` says what it takes.
    static func printNames(of tree: FileTree) {
        walk(tree, from: FileTree.root, at: FilePathBytes()) { trail, _ in
            StandardStreams.print(trail.relativeDescription)
        }
    }

    static func row(_ tree: FileTree, id: InodeID, path: FilePathBytes, name: String?) -> Row {
        let inode = tree[id]
        return Row(
            path: path, name: name ?? path.relativeDescription, inode: inode, links: inode.linkCount ?? 1)
    }

    /// Aligned columns.
    ///
    /// - Parameter human: whether sizes have units.
    static func lines(_ rows: [Row], human: Bool = false) -> [String] {
        var columns = Columns(human: human)
        for row in rows { columns.add(row.inode, links: row.links) }
        return rows.map { columns.line($0.inode, links: $0.links, name: $0.name) }
    }

    /// How wide the columns of a list are: known when all files were added, and before the first line is printed.
    struct Columns {
        let human: Bool
        private var widths = [0, 0, 0, 0]

        init(human: Bool) { self.human = human }

        private func cells(_ inode: Inode, links: UInt32) -> [String] {
            let size: String
            switch inode.payload {
            case .characterDevice(let device), .blockDevice(let device): size = device.description
            default: size = human ? HumanSize.text(inode.size) : String(inode.size)
            }
            return [String(links), String(inode.metadata.owner), String(inode.metadata.group), size]
        }

        mutating func add(_ inode: Inode, links: UInt32) {
            for (column, cell) in cells(inode, links: links).enumerated() {
                widths[column] = max(widths[column], cell.utf8.count)
            }
        }

        func line(_ inode: Inode, links: UInt32, name: String) -> String {
            let padded = zip(cells(inode, links: links), widths).map { cell, width in
                String(repeating: " ", count: max(0, width - cell.utf8.count)) + cell
            }
            var line = modeString(inode) + " " + padded.joined(separator: " ")
            line += " " + time(inode.metadata.modificationTime) + " " + name
            if case .symbolicLink(let target) = inode.payload { line += " -> " + printable(target) }
            return line
        }
    }

    /// `-rwxr-sr-x`, as ls writes it.
    static func modeString(_ inode: Inode) -> String {
        modeString(inode.metadata.permissions, kind: inode.kind)
    }

    /// `-rwxr-sr-x`; `?` in front for what is of no known kind.
    static func modeString(_ bits: UInt16, kind: FileKind?) -> String {
        var text = kind.map { String($0.letter) } ?? "?"
        for (shift, special, letter) in [(6, 0o4000, "s"), (3, 0o2000, "s"), (0, 0o1000, "t")] {
            text += bits >> shift & 4 != 0 ? "r" : "-"
            text += bits >> shift & 2 != 0 ? "w" : "-"
            let runs = bits >> shift & 1 != 0
            if bits & UInt16(special) != 0 {
                text += runs ? letter : letter.uppercased()
            } else {
                text += runs ? "x" : "-"
            }
        }
        return text
    }

    /// `2023-11-14 22:13`, UTC.
    static func time(_ seconds: Int64) -> String { CalendarTime(seconds).text(.minutes) }
}

extension Listing.Entry {
    init(_ row: Listing.Row) {
        let inode = row.inode
        let text = row.path.relativeDescription
        self.init(
            path: text, type: inode.kind.word, mode: inode.metadata.permissionText,
            uid: inode.metadata.owner, gid: inode.metadata.group, nlink: row.links, size: inode.size,
            mtime: inode.metadata.modificationTime, ctime: inode.metadata.changeTime,
            atime: inode.metadata.accessTime, ino: inode.number?.rawValue)
        if Array(text.utf8) != row.path.bytes { pathBytes = row.path.bytes }
        switch inode.payload {
        case .symbolicLink(let target): self.target = printable(target)
        case .characterDevice(let device), .blockDevice(let device): self.device = [device.major, device.minor]
        default: break
        }
        if !inode.metadata.extendedAttributes.isEmpty {
            xattrs = Dictionary(
                inode.metadata.extendedAttributes.map { (printable($0.name), hexadecimal($0.value)) },
                uniquingKeysWith: { first, _ in first })
        }
    }
}

extension Metadata {
    /// `0644`
    var permissionText: String {
        let digits = String(permissions & 0o7777, radix: 8)
        return String(repeating: "0", count: max(0, 4 - digits.count)) + digits
    }
}
