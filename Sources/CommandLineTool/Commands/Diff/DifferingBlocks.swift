import FileTree
import FlashBytes
import ImageFile
import JFFS2

/// The erase blocks in which two flashes differ.
struct DifferingBlocks {
    /// One of them in JSON.
    struct Block: Encodable {
        /// Counted from the first block of the file system; nil for what lies around it.
        var index: Int?
        /// In the flash, after swapping (bytes).
        var offset: Int
        /// In bytes.
        var length: Int
        /// Files of which the block holds nodes that count, in A and in B.
        var oldPaths: [String]
        var newPaths: [String]
    }

    let blocks: [Block]
    private let count: Int
    private let eraseSize: Int

    var isEmpty: Bool { blocks.isEmpty }

    /// Flashes whose file systems begin at the same place are compared as a whole, else just the file systems.
    init(_ one: DiffSource, new two: DiffSource) throws {
        guard let old = one.image, let new = two.image else {
            throw Failure("--blocks compares two images", status: .usage)
        }
        let size = old.fileSystem.eraseSize
        guard size == new.fileSystem.eraseSize else {
            throw Failure(
                "\(two.name): its erase size is \(SizeExpression.readable(new.fileSystem.eraseSize)), that of \(one.name) "
                    + "\(SizeExpression.readable(size)); if that is not so, --erase-size says what it is")
        }
        let (before, after) = (old.fileSystem.image, new.fileSystem.image)
        let isWhole = before.range.lowerBound == after.range.lowerBound
        let start = isWhole ? before.range.lowerBound : 0
        let length = max(before.count, after.count)
        let area = FlashComparison.Area(range: start..<start + length, eraseSize: size, rewritten: [])
        let comparison = Self.bytes(before, isWhole: isWhole) { one in
            Self.bytes(after, isWhole: isWhole) { two in FlashComparison(of: one, and: two, areas: [area]) }
        }
        let files = (BlockFiles(old.fileSystem), BlockFiles(new.fileSystem))
        blocks = comparison.blocks.map { block in
            let index = block.area == nil ? nil : block.index ?? (block.range.lowerBound - start) / size
            return Block(
                index: index, offset: block.range.lowerBound, length: block.range.count,
                oldPaths: index.map { files.0.names(in: $0) } ?? [],
                newPaths: index.map { files.1.names(in: $0) } ?? [])
        }
        count = (length + size - 1) / size
        eraseSize = size
    }

    private static func bytes<Result>(_ region: ByteRegion, isWhole: Bool, body: (RawSpan) -> Result) -> Result {
        isWhole ? region.file.withBytes(body) : region.withBytes(body)
    }

    /// For the terminal.
    var lines: [String] {
        var lines = blocks.map { block in
            let place = "block    \(hex(block.offset))"
            guard let index = block.index else { return "\(place): around the file system" }
            let (old, new) = (Self.text(block.oldPaths), Self.text(block.newPaths))
            return "\(place) (block \(index)): " + (old == new ? old : "\(old) -> \(new)")
        }
        let inside = blocks.count { $0.index != nil }
        lines.append("\(inside) of \(count) erase blocks of \(SizeExpression.readable(eraseSize)) differ")
        return lines
    }

    private static func text(_ names: [String]) -> String {
        if names.isEmpty { return "no files" }
        return names.prefix(4).map { "/\($0)" }.joined(separator: ", ")
            + (names.count > 4 ? " and \(names.count - 4) more" : "")
    }
}

/// Of which files the erase blocks of a file system hold nodes that are shown.
private struct BlockFiles {
    private var paths: [Int: [FilePathBytes]] = [:]

    init(_ fileSystem: FileSystem) {
        let log = FlashLog(fileSystem)
        let histories = InodeHistories(log)
        var met: [Int: Set<InodeNumber>] = [:]
        for entry in log.entries where entry.isShown {
            // A name is part of what it stands for.
            guard let inode = entry.isDeletion ? nil : entry.namedInode ?? entry.inode,
                let path = histories.paths[inode]
            else { continue }
            let block = entry.offset / fileSystem.eraseSize
            if met[block, default: []].insert(inode).inserted { paths[block, default: []].append(path) }
        }
    }

    func names(in block: Int) -> [String] { (paths[block] ?? []).map { PrintedPath($0).text }.sorted() }
}

extension FlashLogEntry {
    /// What a name stands for.
    fileprivate var namedInode: InodeNumber? {
        if case .dirent(let raw) = content { return raw.inode }
        return nil
    }
}
