import FlashBytes

/// One block with a summary (`jffs2_sum_scan_sumnode` in summary.c).
extension NodeScan {
    /// Takes the nodes of a block from its summary; false where there is none that the kernel would use.
    mutating func readSummary(_ image: RawSpan, block: Range<Int>) -> Bool {
        let bytes = image.extracting(block)
        let summary: SummaryNode
        do {
            summary = try SummaryNode(block: bytes, byteOrder)
        } catch .absent {
            return false
        } catch {
            findings.add(
                .badSummary, severity: .warning, linux: .complains, at: block.lowerBound, linuxLine: LinuxLine.summary,
                message: "\(error); Linux scans the block itself")
            return false
        }
        let start = block.count - Int(summary.totalLength)
        let node = bytes.extracting(start..<block.count)
        let entries = summary.entries(node, byteOrder: byteOrder)
        if case .unknown(let type)? = entries.last {
            findings.add(
                .badSummary, severity: .warning, linux: .complains, at: block.lowerBound,
                message: "the summary of the block lists a node of \(type) type")
            if type.compatibility == .incompatible {
                refusal =
                    refusal ?? "an incompatible node of \(type) type in the summary of block \(hex(block.lowerBound))"
            }
            return false
        }
        summaries += 1
        if summary.cleanmarkerSize != 0 {
            cleanmarkers += 1
            cleanmarkerSize = cleanmarkerSize ?? summary.cleanmarkerSize
        }
        for entry in entries { add(entry, in: image, block: block, summary: start) }
        nodes.append(
            ScannedNode(
                offset: UInt32(block.lowerBound + start), totalLength: summary.totalLength, type: .summary,
                verdict: .sound))
        return true
    }

    private mutating func add(_ entry: SummaryNode.Entry, in image: RawSpan, block: Range<Int>, summary: Int) {
        let index = NodeIndex(nodes.count)
        func node(_ type: NodeType, at offset: UInt32, length: UInt32) -> ScannedNode? {
            guard Int(offset) < block.count else { return nil }
            return ScannedNode(
                offset: UInt32(block.lowerBound) + offset, totalLength: length, type: type, verdict: .sound,
                isSummarized: true)
        }
        switch entry {
        case .inode(let inode, _, let offset, let length):
            guard let node = node(.inode, at: offset, length: length) else { return }
            nodes.append(node)
            inodeNodes.append(InodeNode(inode: number(given: inode), node: index))
        case .dirent(let length, let offset, let parent, let version, let inode, let type, let name):
            guard let node = node(.dirent, at: offset, length: length) else { return }
            let at = block.lowerBound + summary + name.lowerBound
            let nameLength = image.extracting(at..<at + name.count).endOfName
            guard nameLength > 0 else {
                findings.add(
                    .emptyName, severity: .damage, at: Int(node.offset), inode: inode,
                    message: "dirent without a name in a summary: Linux refuses this image")
                refusal = refusal ?? "a dirent without a name in the summary of block \(hex(block.lowerBound))"
                return
            }
            nodes.append(node)
            direntNodes.append(
                DirentNode(
                    parent: number(given: parent), version: version, inode: inode, node: index,
                    nameOffset: UInt32(at), nameLength: UInt8(nameLength), type: type))
        case .xattr(let identifier, let version, let offset, let length):
            guard let node = node(.xattr, at: offset, length: length) else { return }
            nodes.append(node)
            xattrNodes.append(DatumNode(identifier: identifier, version: version, node: index))
        case .xref(let offset):
            guard let node = node(.xref, at: offset, length: UInt32(XrefNode.size)) else { return }
            nodes.append(node)
            xrefNodes.append(index)
        case .unknown:
            break
        }
    }
}
