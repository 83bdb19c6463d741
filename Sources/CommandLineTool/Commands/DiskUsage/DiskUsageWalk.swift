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

    /// What stands over the columns on a terminal.
    static let title = "bytes\tlive\tratio\tpath"

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
    /// Takes the lines, directories after what is in them.
    private let emit: (DiskUsageLine) throws -> Void

    /// A directory that is being added up.
    private struct Level {
        var room: FlashUsage.Room
        var size: UInt64

        mutating func add(_ other: Level) {
            room += other.room
            size = size.addingReportingOverflow(other.size).partialValue
        }
    }

    init(
        _ tree: FileTree, usage: FlashUsage, most: Int, listsFiles: Bool,
        emit: @escaping (DiskUsageLine) throws -> Void
    ) {
        self.emit = emit
        self.tree = tree
        self.usage = usage
        self.most = most
        self.listsFiles = listsFiles
    }

    /// Adds lines for a file or a directory.
    mutating func add(_ start: FilePathBytes) throws {
        guard let id = tree.find(start), met.insert(id).inserted else { return }
        var trail = PathTrail(start)
        var stack = [level(id)]
        if tree[id].kind == .directory {
            try tree.walk(from: id) { (path: FilePathBytes, child: InodeID) throws in
                let depth = path.components.count
                while stack.count > depth { try close(&stack, trail: &trail) }
                guard met.insert(child).inserted else { return }
                let level = level(child)
                if let name = path.components.last { trail.move(to: name, depth: depth) }
                if tree[child].kind == .directory {
                    stack.append(level)
                } else {
                    if listsFiles, depth <= most { try emit(line(level, at: trail)) }
                    stack[stack.count - 1].add(level)
                }
            }
        }
        while !stack.isEmpty { try close(&stack, trail: &trail) }
    }

    private func level(_ id: InodeID) -> Level {
        let inode = tree[id]
        return Level(
            room: inode.number.map { usage[$0] } ?? FlashUsage.Room(), size: inode.kind == .regular ? inode.size : 0)
    }

    private func line(_ level: Level, at trail: PathTrail) -> DiskUsageLine {
        let path = PrintedPath(trail.path)
        return DiskUsageLine(
            path: path.text, pathBytes: path.bytes, bytes: level.room.total, live: level.room.live, size: level.size)
    }

    private func close(_ stack: inout [Level], trail: inout PathTrail) throws {
        guard let level = stack.popLast() else { return }
        trail.cut(to: stack.count)
        if stack.count <= most { try emit(line(level, at: trail)) }
        if !stack.isEmpty { stack[stack.count - 1].add(level) }
    }
}
