import FileTree
import FlashBytes
import JFFS2

/// In which order the nodes of a file system were written, as far as it was written in one go, by mkfs.jffs2 or by us: files
/// one behind the other, their numbers ascending, each behind its name.
///
/// A kernel writes an inode before its name, and puts blocks in any order.
struct BlockSequence {
    /// A node's place in the order.
    struct Key: Comparable, Hashable {
        var inode: InodeNumber
        var version: UInt32

        static func < (left: Key, right: Key) -> Bool {
            (left.inode, left.version) < (right.inode, right.version)
        }

        /// Whether the other node comes right behind this one.
        func isFollowed(by next: Key) -> Bool {
            next.inode == inode
                ? next.version == version &+ 1
                : next.inode.rawValue == inode.rawValue &+ 1 && next.version <= 1
        }
    }

    /// An erase block with inodes.
    struct Block {
        /// Where it begins (bytes).
        var start: Int
        var first: Key
        var last: Key
    }

    /// Those with inodes, by place.
    private(set) var blocks: [Block] = []
    /// Whether all was written in one go.
    private(set) var isOrdered = false

    /// Names with their inode right behind, at least.
    private static let fewest = 3

    init(_ fileSystem: FileSystem) {
        let scan = fileSystem.scan
        var names: [NodeIndex: InodeNumber] = [:]
        for dirent in scan.direntNodes { names[dirent.node] = dirent.inode }
        let inodes = Set(scan.inodeNodes.map(\.node))
        var (adjacent, apart, backwards) = (0, 0, 0)
        var name: InodeNumber?
        var last: Key?
        fileSystem.image.withBytes { bytes in
            for (place, node) in scan.nodes.enumerated() {
                let index = NodeIndex(rawValue: UInt32(truncatingIfNeeded: place))
                if let inode = names[index] {
                    name = inode
                    continue
                }
                guard inodes.contains(index),
                    let raw = try? RawInode(reading: bytes, at: Int(node.offset), scan.byteOrder), raw.inode != .root
                else { continue }
                let key = Key(inode: raw.inode, version: raw.version)
                let start = Int(node.offset) / scan.eraseSize * scan.eraseSize
                if blocks.last?.start == start {
                    if let last, key <= last { backwards += 1 }
                    if raw.inode != last?.inode {
                        if name == raw.inode { adjacent += 1 } else { apart += 1 }
                    }
                    blocks[blocks.count - 1].last = key
                } else {
                    blocks.append(Block(start: start, first: key, last: key))
                }
                (last, name) = (key, nil)
            }
        }
        isOrdered =
            adjacent >= Self.fewest && apart * 50 <= adjacent && backwards == 0
            && !scan.nodes.contains { $0.verdict == .obsolete }
    }

    /// Starts of blocks in front of which nodes are missing.
    var gaps: [Int] {
        zip(blocks, blocks.dropFirst()).filter { $0.last < $1.first && !$0.last.isFollowed(by: $1.first) }
            .map { $1.start }
    }

    /// Starts of blocks that were written before the one in front of them.
    var breaks: [Int] { zip(blocks, blocks.dropFirst()).filter { $1.first < $0.last }.map { $1.start } }

    /// Whether it goes on at the first block behind the last one: a log that a kernel began in the midst of a flash.
    var isTurned: Bool {
        guard breaks.count == 1, let first = blocks.first, let last = blocks.last else { return false }
        return last.last < first.first
    }

    /// Whether the first block is not the beginning.
    var beginsLate: Bool {
        guard let first = blocks.first?.first, !isTurned else { return false }
        return first.version > 1 || first.inode.rawValue > 2
    }
}
