package import FlashBytes

/// Compares each summary of an image with the nodes of its block.
///
/// The kernel believes a summary unread, so one that is wrong hides nodes or shows what is not there.
package enum SummaryCheck {
    /// One finding for each difference.
    package static func findings(_ image: RawSpan, byteOrder: ByteOrder, eraseSize: Int) -> FindingList {
        var findings = FindingList()
        for start in stride(from: 0, to: image.byteCount - eraseSize + 1, by: eraseSize) {
            let block = image.extracting(start..<start + eraseSize)
            guard let summary = try? SummaryNode(block: block, byteOrder) else { continue }
            let node = block.extracting(eraseSize - Int(summary.totalLength)..<eraseSize)
            compare(
                summary.entries(node, byteOrder: byteOrder), summary: node, block: block, start: start,
                byteOrder: byteOrder, into: &findings)
        }
        return findings
    }

    private static func compare(
        _ entries: [SummaryNode.Entry], summary: RawSpan, block: RawSpan, start: Int, byteOrder order: ByteOrder,
        into findings: inout FindingList
    ) {
        // With a type in it that Linux does not know, it scans the block (`jffs2_sum_process_sum_data` in summary.c).
        if entries.contains(where: { if case .unknown = $0 { true } else { false } }) { return }
        let scan = NodeScan(block, byteOrder: order, eraseSize: block.byteCount, usingSummaries: false)
        let sound = Set(scan.nodes.lazy.filter { $0.verdict == .sound }.map { Int($0.offset) })
        var listed: Set<Int> = []
        for entry in entries {
            guard let (offset, isRight) = check(entry, summary: summary, block: block, byteOrder: order) else {
                continue
            }
            listed.insert(offset)
            if !isRight {
                // A damaged node is found when it is read; as long as nobody needs it, Linux does not mind.
                let isDamaged = !sound.contains(offset)
                findings.add(
                    .summaryMismatch, severity: isDamaged ? .note : .warning, at: start + offset,
                    message: isDamaged
                        ? "the summary of block \(hex(start)) lists a node here, which is damaged"
                        : "the summary of block \(hex(start)) does not agree with the node here")
            }
        }
        for node in scan.nodes
        where node.type.isSummarized && node.verdict == .sound
            && !listed.contains(Int(node.offset))
        {
            findings.add(
                .summaryMismatch, severity: .warning, at: start + Int(node.offset),
                message: "\(node.type) node that the summary of block \(hex(start)) leaves out: Linux does not see it")
        }
    }

    /// Where the entry says that its node is, and whether that node is what the entry says.
    private static func check(
        _ entry: SummaryNode.Entry, summary: RawSpan, block: RawSpan, byteOrder order: ByteOrder
    ) -> (offset: Int, isRight: Bool)? {
        func header(_ offset: UInt32, type: NodeType) -> NodeHeader? {
            guard let header = NodeHeader(reading: block, at: Int(offset), order), header.type.accurate == type else {
                return nil
            }
            return header
        }
        switch entry {
        case .inode(let inode, let version, let offset, let length):
            let raw = try? RawInode(reading: block, at: Int(offset), order)
            let isRight =
                header(offset, type: .inode)?.totalLength == length && raw?.inode == inode && raw?.version == version
            return (Int(offset), isRight)
        case .dirent(let length, let offset, let parent, let version, let inode, let type, let name):
            let raw = try? Dirent(reading: block, at: Int(offset), order)
            let isRight =
                header(offset, type: .dirent)?.totalLength == length && raw?.parent == parent && raw?.version == version
                && raw?.inode == inode && raw?.type == type
                && raw.flatMap { try? block.bytes(in: $0.nameRange(at: Int(offset))) } == (try? summary.bytes(in: name))
            return (Int(offset), isRight)
        case .xattr(let identifier, let version, let offset, let length):
            let raw = try? XattrNode(reading: block, at: Int(offset), order)
            let isRight =
                header(offset, type: .xattr)?.totalLength == length && raw?.identifier == identifier
                && raw?.version == version
            return (Int(offset), isRight)
        case .xref(let offset):
            return (Int(offset), header(offset, type: .xref) != nil)
        case .unknown:
            return nil
        }
    }
}
