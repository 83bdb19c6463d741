internal import FileTree
import FlashBytes

/// Older states: the tree that Linux would have shown, as far as the nodes of that time are still there.
///
/// No number counts through the whole log. Versions order what happened to one inode, or in one directory (a directory's own
/// nodes and the names in it are one sequence), `xseqno` what happened to extended attributes; between inodes, only the
/// clock of the device tells. Where a node lies tells nothing: the garbage collector copies nodes to the end of the log.
/// It gives the copy of data a new version, but the inode's times; where an inode changed afterwards, what was copied since
/// is missing of its older states.
extension FlashLog {
    /// The file system as it was when its numbers had counted so far.
    ///
    /// - Parameter numbers: of the same flash at an earlier time. What was half written then, and so damaged, must not have
    ///   been counted: Linux gives its version again.
    package func state(upTo numbers: FlashNumbers) -> FileSystem { state { numbers.includes($0) } }

    /// The file system as it was at a time, by the clock of the device. Extended attributes, whose nodes have no times, are
    /// all there.
    ///
    /// - Parameter time: seconds since 1970, inclusive.
    package func state(at time: UInt32) -> FileSystem { state { $0.time.map { $0 <= time } ?? true } }

    /// The file system that some nodes of the log make, dead ones included; of those that can be read.
    package func state(where isKept: (FlashLogEntry) -> Bool) -> FileSystem {
        fileSystem.image.withBytes { bytes in
            FileSystem(fileSystem.image, bytes: bytes, scan: replayedScan(bytes, where: isKept))
        }
    }

    /// A scan that met no other nodes.
    func replayedScan(_ bytes: RawSpan, where isKept: (FlashLogEntry) -> Bool) -> NodeScan {
        var scan = NodeScan(like: fileSystem.scan)
        for entry in entries where entry.isReadable && isKept(entry) {
            guard let type = entry.type else { continue }
            let node = NodeIndex(scan.nodes.count)
            switch entry.content {
            case .inode(let raw): scan.inodeNodes.append(NodeScan.InodeNode(inode: raw.inode, node: node))
            case .dirent(let raw):
                let name = raw.nameRange(at: entry.offset)
                let length = bytes.extracting(name).endOfName
                if length == 0, raw.inode != 0 { continue }
                scan.direntNodes.append(
                    NodeScan.DirentNode(
                        parent: raw.parent, version: raw.version, inode: raw.inode, node: node,
                        nameOffset: UInt32(truncatingIfNeeded: name.lowerBound), nameLength: UInt8(length),
                        type: raw.type))
            case .xattr(let raw):
                scan.xattrNodes.append(
                    NodeScan.DatumNode(identifier: raw.identifier, version: raw.version, node: node))
            case .xref: scan.xrefNodes.append(node)
            default: continue
            }
            scan.nodes.append(
                ScannedNode(
                    offset: UInt32(truncatingIfNeeded: entry.offset),
                    totalLength: UInt32(truncatingIfNeeded: entry.end - entry.offset), type: type, verdict: .sound))
        }
        return scan
    }
}

extension NodeScan {
    /// A scan of the same flash that met nothing, and takes a cleared ACCURATE bit for set.
    init(like other: NodeScan) {
        byteOrder = other.byteOrder
        eraseSize = other.eraseSize
        magic = other.magic
        cleanmarkers = other.cleanmarkers
        cleanmarkerSize = other.cleanmarkerSize
        blockCount = other.blockCount
        highestInode = other.highestInode
        takesObsoleteNodes = true
    }

    /// Whether the header of a node that was met is one of this type, at the time that the scan stands for.
    func isHeader(_ header: NodeHeader, of type: NodeType) -> Bool {
        (takesObsoleteNodes ? header.type.accurate : header.type) == type
    }
}
