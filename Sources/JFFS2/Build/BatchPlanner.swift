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
    /// Whether there is nothing but zeros in it, which nobody has to read.
    var isHole = false

    /// How much of it is read (bytes).
    var contentCount: Int { isHole ? 0 : range.count }
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
    /// A file whose content is not yet all in batches.
    private var open: OpenFile?

    private struct OpenFile {
        let inode: InodeID
        /// Where to go on (bytes).
        var offset: UInt64 = 0
        /// From there on, in whole pages, ascending.
        var holes: ArraySlice<Range<UInt64>>
    }

    /// A smaller file is read as a whole, and a smaller hole as zeros (bytes).
    private static let leastSparse: UInt64 = 1 << 20

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
            if let file = open {
                addSlice(file, to: &batch, room: &room)
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
                open = OpenFile(inode: id, holes: holes(in: contents)[...])
            } else {
                batch.steps.append(.inode(id))
            }
        }
        if batch.steps.isEmpty { return nil }
        count += 1
        return batch
    }

    private mutating func addSlice(_ file: OpenFile, to batch: inout BuildBatch, room: inout UInt64) {
        let size = tree[file.inode].contentSize
        var next = file
        var slice: FileSlice
        if let hole = file.holes.first, hole.lowerBound == file.offset {
            slice = FileSlice(inode: file.inode, range: hole)
            slice.isHole = true
            next.holes = file.holes.dropFirst()
        } else {
            let length = min(file.holes.first?.lowerBound ?? size, size) - file.offset
            slice = FileSlice(inode: file.inode, range: file.offset..<file.offset + min(length, room))
            // In whole pages, so that the next file begins at a page of the budget.
            let pages = (slice.range.upperBound - file.offset + pageSize - 1) / pageSize
            room -= min(room, pages * pageSize)
        }
        next.offset = slice.range.upperBound
        batch.steps.append(.slice(batch.slices.count, isLast: next.offset == size))
        batch.slices.append(slice)
        open = next.offset == size ? nil : next
    }

    /// Large holes of a large file, in whole pages: an image of a few hundred bytes can have files of 4 GiB that are nothing else.
    private func holes(in contents: any FileContents) -> [Range<UInt64>] {
        // What cannot be opened says so when it is read.
        guard contents.size >= Self.leastSparse, let ranges = try? contents.makeReader().dataRanges() else { return [] }
        var holes: [Range<UInt64>] = []
        var end: UInt64 = 0
        func add(upTo limit: UInt64) {
            let start = (end + pageSize - 1) / pageSize * pageSize
            let stop = limit == contents.size ? limit : limit / pageSize * pageSize
            if stop > start, stop - start >= Self.leastSparse { holes.append(start..<stop) }
        }
        for range in ranges {
            add(upTo: range.lowerBound)
            end = max(end, range.upperBound)
        }
        add(upTo: contents.size)
        return holes
    }
}

extension Inode {
    /// The size of a regular file's content, 0 for anything else (bytes).
    var contentSize: UInt64 {
        if case .regular(let contents) = payload { return contents.size }
        return 0
    }
}
