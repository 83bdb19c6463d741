import FileTree
import FlashBytes

/// What the scan checks of each node, and where it notes it.
extension NodeScan {
    /// Records a node with a valid header; says whether it is a cleanmarker.
    mutating func accept(
        _ header: NodeHeader, in image: RawSpan, at offset: Int, block: Range<Int>
    ) -> Bool {
        var node = ScannedNode(
            offset: UInt32(offset), totalLength: header.totalLength, type: header.type, verdict: .sound)
        if Int(header.totalLength) > block.upperBound - offset {
            if isCutOff(header, at: offset, block: block) {
                findings.add(
                    .nodeCutOff, severity: .damage, at: offset,
                    message: "\(header.type) node of \(header.totalLength) bytes is cut off by the end of the image")
            } else {
                node.verdict = .misfit
                nodes.append(node)
                findings.add(
                    .nodeCrossesBlock, severity: .damage, at: offset,
                    linuxLine: LinuxLine.crossesBlock(offset, length: header.totalLength),
                    message:
                        "\(header.type) node of \(header.totalLength) bytes would run over the end of its erase block "
                        + "(wrong erase size?)")
                return false
            }
        }
        guard header.type.isAccurate else {
            node.verdict = .obsolete
            nodes.append(node)
            findings.add(
                .obsoleteNode, severity: .note, at: offset,
                message: "\(header.type) node that is marked obsolete on the flash")
            return false
        }
        let index = NodeIndex(nodes.count)
        switch header.type {
        case .inode: node.verdict = addInode(image, at: offset, index: index)
        case .dirent: node.verdict = addDirent(image, at: offset, index: index)
        case .xattr: node.verdict = addXattr(image, at: offset, index: index)
        case .xref: node.verdict = addXref(image, at: offset, index: index)
        case .cleanmarker: addCleanmarker(header, at: offset, block: block)
        case .padding: break
        case .summary: reportUnmarked(header, in: image, at: offset, block: block)
        default: addUnknown(header, at: offset)
        }
        nodes.append(node)
        return header.type == .cleanmarker
    }

    private mutating func addCleanmarker(_ header: NodeHeader, at offset: Int, block: Range<Int>) {
        if offset == block.lowerBound {
            cleanmarkers += 1
            let usual = cleanmarkerSize ?? header.totalLength
            cleanmarkerSize = usual
            guard usual != header.totalLength else { return }
            findings.add(
                .oddCleanmarker, severity: .warning, linux: .complains, at: offset,
                linuxLine: LinuxLine.cleanmarkerSize(offset, length: header.totalLength, usual: usual),
                message: "cleanmarker of \(header.totalLength) bytes, and those of other blocks have \(usual)")
        } else {
            findings.add(
                .misplacedCleanmarker, severity: .warning, linux: .complains, at: offset,
                linuxLine: LinuxLine.cleanmarkerInside(offset, block: block.lowerBound),
                message: "cleanmarker that is not at the start of an erase block (wrong erase size?)")
        }
    }

    private mutating func addInode(_ image: RawSpan, at offset: Int, index: NodeIndex) -> ScannedNode.Verdict {
        guard let raw = try? RawInode(reading: image, at: offset, byteOrder), raw.isIntact else {
            findings.add(
                .badNodeCRC, severity: .damage, at: offset,
                linuxLine: LinuxLine.inodeCRC(image, at: offset, byteOrder: byteOrder),
                message: "inode node with a wrong node CRC, ignored")
            return .damaged
        }
        inodeNodes.append(InodeNode(inode: number(given: raw.inode), node: index))
        return .sound
    }

    private mutating func addDirent(_ image: RawSpan, at offset: Int, index: NodeIndex) -> ScannedNode.Verdict {
        guard let dirent = try? Dirent(reading: image, at: offset, byteOrder), dirent.isIntact else {
            findings.add(
                .badNodeCRC, severity: .damage, at: offset, linuxLine: LinuxLine.direntCRC(offset, isName: false),
                message: "dirent with a wrong node CRC, ignored")
            return .damaged
        }
        let range = dirent.nameRange(at: offset)
        guard range.upperBound <= image.byteCount else {
            findings.add(
                .badNameCRC, severity: .damage, at: offset, inode: dirent.inode,
                message: "the name is cut off; dirent ignored")
            return .damaged
        }
        let name = image.extracting(range)
        let length = name.endOfName
        // Linux ends the name at the NUL before it takes the sum.
        guard CRC32.jffs2(name.extracting(0..<length)) == dirent.nameCRC else {
            findings.add(
                .badNameCRC, severity: .damage, at: offset, inode: dirent.inode,
                linuxLine: LinuxLine.direntCRC(offset, isName: true),
                message: "dirent with a wrong name CRC, ignored")
            return .damaged
        }
        if length == 0 {
            findings.add(
                .emptyName, severity: .damage, at: offset, inode: dirent.inode,
                message: "dirent without a name, ignored")
            // A node that is zero behind its header has right sums. Linux takes it for a deletion in directory 0.
            guard dirent.inode == 0 else { return .damaged }
        }
        if length < range.count {
            findings.add(
                .nameWithNUL, severity: .warning, linux: .complains, at: offset, inode: dirent.inode,
                message: "name with a NUL byte; it ends there")
        }
        direntNodes.append(
            DirentNode(
                parent: number(given: dirent.parent), version: dirent.version, inode: dirent.inode, node: index,
                nameOffset: UInt32(range.lowerBound), nameLength: UInt8(length), type: dirent.type))
        return .sound
    }

    /// The number under which Linux keeps an inode: of each 0 that it meets it makes the next number that is free so far
    /// (`jffs2_add_ino_cache` in nodelist.c).
    mutating func number(given inode: InodeNumber) -> InodeNumber {
        highestInode = inode == 0 ? InodeNumber(rawValue: highestInode.rawValue &+ 1) : max(highestInode, inode)
        return inode == 0 ? highestInode : inode
    }

    private mutating func addXattr(_ image: RawSpan, at offset: Int, index: NodeIndex) -> ScannedNode.Verdict {
        guard let raw = try? XattrNode(reading: image, at: offset, byteOrder), raw.isIntact,
            Int(raw.totalLength) == raw.paddedLength
        else {
            findings.add(
                .badNodeCRC, severity: .damage, at: offset,
                message: "xattr node with a wrong node CRC or length, ignored")
            return .damaged
        }
        xattrNodes.append(DatumNode(identifier: raw.identifier, version: raw.version, node: index))
        return .sound
    }

    private mutating func addXref(_ image: RawSpan, at offset: Int, index: NodeIndex) -> ScannedNode.Verdict {
        guard let raw = try? XrefNode(reading: image, at: offset, byteOrder), raw.isSound else {
            findings.add(
                .badNodeCRC, severity: .damage, at: offset,
                message: "xref node with a wrong node CRC or length, ignored")
            return .damaged
        }
        xrefNodes.append(index)
        return .sound
    }

    /// Names a summary that reaches to the end of its block, where the mark is missing by which Linux finds it. Of one whose mark is
    /// there, or that is made for other blocks, something else is told.
    private mutating func reportUnmarked(_ header: NodeHeader, in image: RawSpan, at offset: Int, block: Range<Int>) {
        let bytes = image.extracting(block)
        guard block.count == eraseSize, offset + Int(header.totalLength) == block.upperBound,
            SummaryNode.markedOffset(bytes, byteOrder: byteOrder) == nil
        else { return }
        findings.add(
            .badSummary, severity: .warning, linux: .silent, at: offset,
            message:
                "summary without its end mark: the block does not end with \(hex(Int(SummaryNode.markerMagic))), and Linux "
                + "scans it as if there were no summary")
    }

    private mutating func addUnknown(_ header: NodeHeader, at offset: Int) {
        switch header.type.compatibility {
        case .incompatible:
            findings.add(
                .incompatibleNode, severity: .warning, linux: .complains, at: offset,
                linuxLine: LinuxLine.unknownNode(header.type, at: offset),
                message: "node of \(header.type) type that forbids mounting: Linux refuses this image")
            refusal = refusal ?? "an incompatible node of \(header.type) type at \(hex(offset))"
        case .readOnly:
            findings.add(
                .readOnlyNode, severity: .warning, linux: .complains, at: offset,
                linuxLine: LinuxLine.unknownNode(header.type, at: offset),
                message: "node of \(header.type) type that Linux mounts only read-only")
        case .readWriteCopy, .readWriteDelete:
            findings.add(.unknownNode, severity: .note, at: offset, message: "node of \(header.type) type, ignored")
        }
    }
}

extension RawSpan {
    /// The length of a name: up to the first NUL (bytes).
    var endOfName: Int {
        for index in 0..<byteCount where unsafe unsafeLoad(fromByteOffset: index, as: UInt8.self) == 0 {
            return index
        }
        return byteCount
    }
}
