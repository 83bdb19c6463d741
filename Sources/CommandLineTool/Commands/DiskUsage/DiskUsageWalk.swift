import FileTree
import JFFS2

/// A line of `du`.
struct DiskUsageLine: Encodable {
    var path: String
    var pathBytes: [UInt8]?
    /// All nodes (bytes).
    var bytes: Int
    /// Live ones (bytes).
    var live: Int
    /// Contents of regular files (bytes).
    var size: UInt64

    /// With tabs, as du has them.
    func text(human: Bool) -> String {
        func number(_ bytes: Int) -> String { human ? HumanSize.text(UInt64(max(bytes, 0))) : String(bytes) }
        return "\(number(bytes))\t\(number(live))\t\(Ratio.text(size, stored: UInt64(max(live, 0))))\t/\(path)"
    }
}

/// How many times larger something is than what is stored of it.
enum Ratio {
    /// `2.31`; `-` where nothing is stored.
    static func text(_ size: UInt64, stored: UInt64) -> String {
        guard stored > 0 else { return "-" }
        let (product, overflow) = size.multipliedReportingOverflow(by: 100)
        if overflow { return "\(size / stored)" }
        let hundredths = product / stored
        let rest = hundredths % 100
        return "\(hundredths / 100).\(rest < 10 ? "0" : "")\(rest)"
    }
}

/// Adds up the room of what is in directories, each inode once.
struct DiskUsageWalk {
    private let tree: FileTree
    private let usage: FlashUsage
    /// Deeper levels have no line.
    private let most: Int
    private let listsFiles: Bool
    private var met: Set<InodeID> = []
    /// Directories after what is in them.
    private(set) var lines: [DiskUsageLine] = []

    /// A directory that is being added up.
    private struct Level {
        var path: FilePathBytes
        var room: FlashUsage.Room
        var size: UInt64

        mutating func add(_ other: Level) {
            room += other.room
            size = size.addingReportingOverflow(other.size).partialValue
        }
    }

    init(_ tree: FileTree, usage: FlashUsage, most: Int, listsFiles: Bool) {
        self.tree = tree
        self.usage = usage
        self.most = most
        self.listsFiles = listsFiles
    }

    /// Adds lines for a file or a directory.
    mutating func add(_ start: FilePathBytes) {
        guard let id = tree.find(start), met.insert(id).inserted else { return }
        let depth = start.components.count
        var stack = [level(id, path: start)]
        if tree[id].kind == .directory {
            tree.walk(from: id) { path, child in
                while stack.count > path.components.count { close(&stack, below: depth) }
                guard met.insert(child).inserted else { return }
                let level = level(child, path: FilePathBytes(start.components + path.components))
                if tree[child].kind == .directory {
                    stack.append(level)
                } else {
                    if listsFiles, path.components.count <= most { append(level) }
                    stack[stack.count - 1].add(level)
                }
            }
        }
        while !stack.isEmpty { close(&stack, below: depth) }
    }

    private func level(_ id: InodeID, path: FilePathBytes) -> Level {
        let inode = tree[id]
        return Level(
            path: path, room: inode.number.map { usage[$0] } ?? FlashUsage.Room(),
            size: inode.kind == .regular ? inode.size : 0)
    }

    private mutating func append(_ level: Level) {
        let path = PrintedPath(level.path)
        lines.append(
            DiskUsageLine(
                path: path.text, pathBytes: path.bytes, bytes: level.room.total, live: level.room.live, size: level.size
            ))
    }

    private mutating func close(_ stack: inout [Level], below depth: Int) {
        guard let level = stack.popLast() else { return }
        if level.path.components.count - depth <= most { append(level) }
        if !stack.isEmpty { stack[stack.count - 1].add(level) }
    }
}
