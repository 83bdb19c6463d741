internal import FileTree

/// One thing to write, in order.
enum BuildStep: Sendable {
    /// The name with this index in a directory.
    case dirent(directory: InodeID, index: Int)
    /// The node of anything but a regular file with content, and its extended attributes.
    case inode(InodeID)
    /// A part of a regular file's content, as the n-th slice of the batch; `isLast` in its file.
    case slice(Int, isLast: Bool)
}

/// Some pages of one file.
struct FileSlice: Sendable {
    let inode: InodeID
    /// The bytes of the file; begins at a page.
    let range: Range<UInt64>
}

/// A stretch of the work, small enough to be held in memory several times, large enough to be worth a task.
struct BuildBatch: Sendable {
    let index: Int
    var steps: [BuildStep] = []
    var slices: [FileSlice] = []
}

/// Cuts a tree into batches, in the order of writing: a directory's names, each with its inode, then the directories in it.
struct BatchPlanner: Sendable {
    private let tree: FileTree
    private let pageSize: UInt64
    private var order = DirectoryOrder()
    private var directory: InodeID?
    private var entry = 0
    private var written: [Bool]
    /// How many batches were made so far.
    private(set) var count = 0
    /// A file whose content is not yet all in batches, and where to go on.
    private var open: (inode: InodeID, offset: UInt64)?

    /// How much content a batch holds (bytes).
    static let contentSize: UInt64 = 64 << 10
    /// How many names a batch holds.
    static let stepCount = 512

    init(_ tree: FileTree, pageSize: Int) {
        self.tree = tree
        self.pageSize = UInt64(pageSize)
        written = [Bool](repeating: false, count: tree.inodes.count)
    }

    /// The next batch; nil at the end.
    mutating func next() -> BuildBatch? {
        var batch = BuildBatch(index: count)
        // Whole pages, whatever their size.
        var room = max(Self.contentSize / pageSize * pageSize, pageSize)
        if count == 0 {
            written[0] = true
            batch.steps.append(.inode(FileTree.root))
        }
        while room > 0, batch.steps.count < Self.stepCount {
            if let (inode, offset) = open {
                addSlice(inode, from: offset, to: &batch, room: &room)
                continue
            }
            guard let directory = directory ?? order.next(tree) else { break }
            self.directory = directory
            let entries = tree[directory].entries
            guard entry < entries.count else {
                self.directory = nil
                entry = 0
                continue
            }
            batch.steps.append(.dirent(directory: directory, index: entry))
            let id = entries[entry].inode
            entry += 1
            if written[id.index] { continue }
            written[id.index] = true
            if case .regular(let contents) = tree[id].payload, contents.size > 0 {
                open = (id, 0)
            } else {
                batch.steps.append(.inode(id))
            }
        }
        if batch.steps.isEmpty { return nil }
        count += 1
        return batch
    }

    private mutating func addSlice(
        _ inode: InodeID, from offset: UInt64, to batch: inout BuildBatch, room: inout UInt64
    ) {
        let size = tree[inode].contentSize
        let length = min(size - offset, room)
        let end = offset + length
        batch.steps.append(.slice(batch.slices.count, isLast: end == size))
        batch.slices.append(FileSlice(inode: inode, range: offset..<end))
        open = end == size ? nil : (inode, end)
        // In whole pages, so that the next file begins at a page of the budget.
        room -= min(room, (length + pageSize - 1) / pageSize * pageSize)
    }
}

extension Inode {
    /// The size of a regular file's content, 0 for anything else (bytes).
    var contentSize: UInt64 {
        if case .regular(let contents) = payload { return contents.size }
        return 0
    }
}
