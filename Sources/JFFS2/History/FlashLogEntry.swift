package import FileTree
import FlashBytes

/// A stretch of the flash: a node with its fields and what became of it, or what lies between nodes.
package struct FlashLogEntry: Sendable {
    /// What is there.
    package enum Content: Sendable {
        case inode(RawInode)
        case dirent(Dirent)
        case xattr(XattrNode)
        case xref(XrefNode)
        case summary
        /// A cleanmarker or a padding node.
        case filler
        /// A node of a type that is not known.
        case unknown
        /// A node of a known type of which not even the fixed part is there.
        case cutOff
        /// 0xFF: free space.
        case erased
        /// 0x00.
        case zeros
        /// No node, and not erased.
        case dirt
    }

    /// What lies there.
    package let content: Content
    /// Where it lies (bytes from the start of the image), with the bytes that pad a node to a multiple of 4.
    package let range: Range<Int>
    /// Where it ends (bytes): a node by its length, within the image.
    package internal(set) var end: Int
    /// The type of a node as it was written, with the ACCURATE bit; nil for what is no node.
    package let type: NodeType?
    /// What became of a node.
    package let status: NodeStatus
    /// Whether the fields and what hangs on them (a name) can be believed. Not the sum over data.
    package let isReadable: Bool
    /// Whether a node does not fit into its erase block.
    package let isMisfit: Bool
    /// The sound node that Linux takes it for, where it looks at it.
    package let node: NodeIndex?
    /// Whether a live inode node holds data that is not shown: newer nodes cover it, or the file ends before. Known where the
    /// log was read for every header.
    package internal(set) var isPartlyShown = false

    /// Where it begins (bytes from the start of the image).
    package var offset: Int { range.lowerBound }

    /// Whether it is erased, or zeros.
    package var isFree: Bool {
        switch content {
        case .erased, .zeros: true
        default: false
        }
    }

    /// A stretch without a node.
    init(_ content: Content, range: Range<Int>) {
        self.content = content
        self.range = range
        end = range.upperBound
        type = nil
        status = .none
        if case .dirt = content { isReadable = false } else { isReadable = true }
        isMisfit = false
        node = nil
    }

    /// Reads a node.
    ///
    /// - Parameters:
    ///   - verdict: nil where nobody looked at more than its header.
    ///   - known: what it is to Linux.
    init(
        reading type: NodeType, at range: Range<Int>, length: UInt32, in bytes: RawSpan, _ order: ByteOrder,
        verdict: ScannedNode.Verdict?, status: NodeStatus, node: NodeIndex?
    ) {
        self.type = type.accurate
        self.range = range
        self.status = status
        self.node = node
        end = min(range.lowerBound + Int(length), bytes.byteCount)
        isMisfit = verdict == .misfit
        content = Content(reading: type.accurate, at: range.lowerBound, in: bytes, order)
        isReadable =
            !isMisfit
            && content.isReadable(range.lowerBound..<end, in: bytes, isNameSound: verdict == .sound)
    }

    /// The inode that a node is about: its own, that of the directory in which a name is, or whose attribute it is.
    package var inode: InodeNumber? {
        switch content {
        case .inode(let raw): raw.inode
        case .dirent(let raw): raw.parent
        case .xref(let raw): raw.inode
        default: nil
        }
    }

    /// The version of a node, which counts up for its inode, directory or attribute.
    package var version: UInt32? {
        switch content {
        case .inode(let raw): raw.version
        case .dirent(let raw): raw.version
        case .xattr(let raw): raw.version
        case .xref(let raw): raw.sequence
        default: nil
        }
    }

    /// When a node was written, by the clock of the device (seconds since 1970); nil for what has no time.
    ///
    /// The garbage collector keeps the time of what it copies.
    package var time: UInt32? {
        switch content {
        case .inode(let raw): raw.ctime
        case .dirent(let raw): raw.changeTime
        default: nil
        }
    }

    /// Whether it is a dirent that takes a name away.
    package var isDeletion: Bool {
        if case .dirent(let raw) = content { return raw.inode == 0 }
        return false
    }
}

extension FlashLogEntry.Content {
    fileprivate init(reading type: NodeType, at offset: Int, in bytes: RawSpan, _ order: ByteOrder) {
        do {
            switch type {
            case .inode: self = .inode(try RawInode(reading: bytes, at: offset, order))
            case .dirent: self = .dirent(try Dirent(reading: bytes, at: offset, order))
            case .xattr: self = .xattr(try XattrNode(reading: bytes, at: offset, order))
            case .xref: self = .xref(try XrefNode(reading: bytes, at: offset, order))
            case .summary: self = .summary
            case .cleanmarker, .padding: self = .filler
            default: self = .unknown
            }
        } catch {
            self = .cutOff
        }
    }

    /// The fixed part of a node of a known type.
    var fixedPart: (any LoggedNode)? {
        switch self {
        case .inode(let raw): raw
        case .dirent(let raw): raw
        case .xattr(let raw): raw
        case .xref(let raw): raw
        default: nil
        }
    }

    /// - Parameter isNameSound: whether the name of a dirent was found to be right, up to a NUL in it.
    fileprivate func isReadable(_ range: Range<Int>, in bytes: RawSpan, isNameSound: Bool) -> Bool {
        let offset = range.lowerBound
        switch self {
        case .cutOff, .dirt: return false
        case .dirent(let raw):
            let name = raw.nameRange(at: offset)
            return raw.isIntact && name.upperBound <= range.upperBound
                && (isNameSound || CRC32.jffs2(bytes.extracting(name)) == raw.nameCRC)
        case .inode(let raw): return raw.isIntact && raw.dataRange(at: offset).upperBound <= range.upperBound
        default:
            guard let part = fixedPart else { return true }
            return part.isIntact && part.contentEnd(at: offset) <= range.upperBound
        }
    }
}
