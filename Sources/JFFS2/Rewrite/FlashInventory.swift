import FlashBytes

/// Everything on a flash, sorted by what it can still tell: nodes with their fields, and bytes that are no readable node.
struct FlashInventory {
    /// What a stretch holds.
    enum Content {
        case inode(RawInode)
        /// The name ends at its first NUL.
        case dirent(Dirent, name: [UInt8])
        case xattr(XattrNode)
        case xref(XrefNode)
        case summary
        /// A cleanmarker or a padding node.
        case furniture
        /// A node of a type that is not known.
        case unknown(NodeType)
        /// A node with wrong sums, or bytes that are no node and not erased: nobody can say what is in them.
        case undecodable
    }

    /// A stretch of an erase block.
    struct Item {
        /// From the start of the image, padding to 4 included (bytes).
        var range: Range<Int>
        var content: Content
        /// The index in `NodeScan.nodes`, for what the kernel sees.
        var node: UInt32?
    }

    /// Ascending by place. Erased stretches and zeros are left out.
    let items: [Item]
    /// The highest version of each inode's nodes and of each directory's dirents, dead ones included.
    private(set) var versions: [UInt32: UInt32] = [:]
    /// The highest inode number that any node names.
    private(set) var highestInode: UInt32 = 1
    /// The highest xid that any node names.
    private(set) var highestIdentifier: UInt32 = 0
    /// The highest `xseqno`.
    private(set) var highestSequence: UInt32 = 0

    init(_ fileSystem: FileSystem) {
        var places: [UInt32: UInt32] = [:]
        for (index, node) in fileSystem.scan.nodes.enumerated() where node.verdict == .sound {
            places[node.offset] = UInt32(index)
        }
        var items: [Item] = []
        let layout = NodeLayout(fileSystem)
        let order = fileSystem.byteOrder
        fileSystem.image.withBytes { bytes in
            for item in layout.items {
                switch item.kind {
                case .erased, .zeros: continue
                case .dirt: items.append(Item(range: item.range, content: .undecodable))
                case .node(let node, _):
                    let content = Self.content(of: node, bytes, order)
                    items.append(Item(range: item.range, content: content, node: places[node.offset]))
                }
            }
        }
        self.items = items
        for item in items { note(item.content) }
    }

    private mutating func note(_ content: Content) {
        switch content {
        case .inode(let raw):
            highestInode = max(highestInode, raw.inode)
            versions[raw.inode] = max(versions[raw.inode] ?? 0, raw.version)
        case .dirent(let raw, _):
            highestInode = max(highestInode, raw.inode, raw.parent)
            versions[raw.parent] = max(versions[raw.parent] ?? 0, raw.version)
        case .xattr(let raw):
            highestIdentifier = max(highestIdentifier, raw.identifier)
        case .xref(let raw):
            // All ones were written by old kernels for what is deleted.
            if raw.inode != .max { highestInode = max(highestInode, raw.inode) }
            if raw.identifier != .max { highestIdentifier = max(highestIdentifier, raw.identifier) }
            highestSequence = max(highestSequence, raw.sequence)
        case .summary, .furniture, .unknown, .undecodable: break
        }
    }

    private static func content(of node: ScannedNode, _ bytes: RawSpan, _ order: ByteOrder) -> Content {
        let offset = Int(node.offset)
        let end = min(offset + Int(node.totalLength), bytes.byteCount)
        if node.verdict == .misfit { return .undecodable }
        switch node.type.accurate {
        case .inode:
            guard let raw = try? RawInode(reading: bytes, at: offset, order), raw.isIntact,
                raw.dataRange(at: offset).upperBound <= end
            else { return .undecodable }
            return .inode(raw)
        case .dirent:
            guard let raw = try? Dirent(reading: bytes, at: offset, order), raw.isIntact,
                raw.nameRange(at: offset).upperBound <= end,
                let name = try? bytes.bytes(in: raw.nameRange(at: offset)),
                CRC32.jffs2(name) == raw.nameCRC || node.verdict == .sound
            else { return .undecodable }
            return .dirent(raw, name: name.firstIndex(of: 0).map { Array(name[..<$0]) } ?? name)
        case .xattr:
            guard let raw = try? XattrNode(reading: bytes, at: offset, order), raw.isIntact,
                raw.valueRange(at: offset).upperBound <= end
            else { return .undecodable }
            return .xattr(raw)
        case .xref:
            guard let raw = try? XrefNode(reading: bytes, at: offset, order), raw.isIntact else {
                return .undecodable
            }
            return .xref(raw)
        case .summary: return .summary
        case .cleanmarker, .padding: return .furniture
        default: return .unknown(node.type)
        }
    }
}
