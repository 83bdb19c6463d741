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

    /// The file itself, or the entries of a directory; with `recursive` all below it.
    static func rows(
        _ tree: FileTree, from id: InodeID, at start: FilePathBytes, recursive: Bool, order: Order = Order()
    ) -> [Row] {
        guard tree[id].kind == .directory else { return [row(tree, id: id, path: start, name: start.description)] }
        var rows: [Row] = []
        if recursive {
            tree.walk(from: id) { path, child in
                rows.append(row(tree, id: child, path: FilePathBytes(start.components + path.components), name: nil))
            }
            return order.isUsual ? rows : order.sortedTree(rows, below: start.components.count)
        } else {
            for entry in tree[id].entries {
                var path = start
                path.append(entry.name)
                rows.append(row(tree, id: entry.inode, path: path, name: entry.name.description))
            }
        }
        return order.isUsual ? rows : order.sorted(rows)
    }

    static func row(_ tree: FileTree, id: InodeID, path: FilePathBytes, name: String?) -> Row {
        let inode = tree[id]
        return Row(
            path: path, name: name ?? String(path.description.dropFirst()), inode: inode, links: inode.linkCount ?? 1)
    }

    /// Aligned columns.
    ///
    /// - Parameter human: whether sizes have units.
    static func lines(_ rows: [Row], human: Bool = false) -> [String] {
        let cells = rows.map { row -> [String] in
            let size: String
            switch row.inode.payload {
            case .characterDevice(let device), .blockDevice(let device): size = device.description
            default: size = human ? HumanSize.text(row.inode.size) : String(row.inode.size)
            }
            return [
                String(row.links), String(row.inode.metadata.owner), String(row.inode.metadata.group), size,
            ]
        }
        var widths = [0, 0, 0, 0]
        for row in cells { for (column, cell) in row.enumerated() { widths[column] = max(widths[column], cell.count) } }
        return zip(rows, cells).map { row, cells in
            let padded = zip(cells, widths).map { String(repeating: " ", count: $1 - $0.count) + $0 }
            var line = modeString(row.inode) + " " + padded.joined(separator: " ")
            line += " " + time(row.inode.metadata.modificationTime) + " " + row.name
            if case .symbolicLink(let target) = row.inode.payload { line += " -> " + printable(target) }
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
        let text = String(row.path.description.dropFirst())
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
