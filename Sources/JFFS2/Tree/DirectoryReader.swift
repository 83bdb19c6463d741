import FileTree
import FlashBytes

/// Reads the dirents of a directory as the kernel's `read_direntry` does when the directory is first used (readinode.c).
///
/// The mount went by what a summary says of a dirent, where there is one; here Linux reads the dirent itself, and shows
/// the name that it has.
struct DirectoryReader {
    let scan: NodeScan
    let checks: ReadChecks

    /// A name; inode 0 deletes it.
    struct Entry {
        var raw: Dirent
        /// Where the name lies (bytes from the start of the image), up to its first NUL.
        var name: Range<Int>
        var node: NodeIndex
    }

    /// - Parameters:
    ///   - dirents: those that won, deletions included, whose inode has a node.
    ///   - status: set for each of them.
    /// - Returns: deletions included, ascending by name.
    func read(
        _ dirents: some Collection<NodeScan.DirentNode>, in image: RawSpan, status: inout [NodeStatus],
        into findings: inout FindingList
    ) -> [Entry] {
        var entries: [Entry] = []
        entries.reserveCapacity(dirents.count)
        var isOrdered = true
        for dirent in dirents {
            guard let entry = entry(dirent.node, in: image, status: &status, into: &findings) else { continue }
            status[dirent.node] = .live
            if let last = entries.last { isOrdered = isOrdered && image.order(of: last.name, entry.name) < 0 }
            entries.append(entry)
        }
        // Names come in the order of what the mount took them for, each once.
        return isOrdered ? entries : unique(entries, in: image, status: &status)
    }

    /// Of each name the entry that wins (`jffs2_add_fd_to_list`): Linux meets the one that was scanned last first.
    private func unique(_ entries: [Entry], in image: RawSpan, status: inout [NodeStatus]) -> [Entry] {
        let sorted = entries.sorted { left, right in
            let order = image.order(of: left.name, right.name)
            return order != 0 ? order < 0 : left.node > right.node
        }
        var kept: [Entry] = []
        for entry in sorted {
            guard let last = kept.last, image.order(of: last.name, entry.name) == 0 else {
                kept.append(entry)
                continue
            }
            if entry.raw.version < last.raw.version {
                status[entry.node] = .superseded
            } else {
                status[last.node] = .superseded
                kept[kept.count - 1] = entry
            }
        }
        return kept
    }

    private func entry(
        _ node: NodeIndex, in image: RawSpan, status: inout [NodeStatus], into findings: inout FindingList
    ) -> Entry? {
        let offset = scan.offset(of: node)
        func fail(_ code: Finding.Code, message: String, inode: InodeNumber? = nil) -> Entry? {
            status[node] = .damaged
            findings.add(code, severity: .damage, at: offset, inode: inode, message: message)
            return nil
        }
        guard let header = NodeHeader(reading: image, at: offset, scan.byteOrder, magic: scan.magic),
            scan.isHeader(header, of: .dirent), let raw = try? Dirent(reading: image, at: offset, scan.byteOrder),
            raw.isIntact
        else { return fail(.badNodeCRC, message: "dirent with a wrong header or node CRC, ignored") }
        if scan[node].isSummarized,
            padded(UInt32(raw.nameLength) + UInt32(Dirent.size)) != padded(raw.totalLength)
        {
            return fail(
                .badLength, message: "dirent of \(raw.totalLength) bytes with a name of \(raw.nameLength), ignored",
                inode: raw.inode)
        }
        let range = raw.nameRange(at: offset)
        guard range.upperBound <= image.byteCount else { return fail(.badNameCRC, message: "the name is cut off") }
        let name = image.extracting(range)
        guard name.endOfName > 0 || raw.inode == 0 else {
            return fail(.emptyName, message: "dirent without a name, ignored", inode: raw.inode)
        }
        if CRC32.jffs2(name) != raw.nameCRC {
            guard checks.leavesNameUnchecked(raw, node: node, in: image) else {
                return fail(.badNameCRC, message: "dirent with a wrong name CRC, ignored", inode: raw.inode)
            }
            findings.add(
                .badNameCRC, severity: .damage, linux: .silent, at: offset, inode: raw.inode,
                message: "dirent with a wrong name CRC, which Linux does not check behind a summary on NAND flash")
        }
        if raw.version == .max {
            findings.add(
                .lastVersion, severity: .warning, at: offset, inode: raw.parent,
                message:
                    "dirent of version 0xffffffff: the next name that Linux writes in folder \(raw.parent) gets version 0, "
                    + "and counts as older than all that are there")
        }
        return Entry(
            raw: raw, name: range.lowerBound..<range.lowerBound + name.endOfName, node: node)
    }
}

extension RawSpan {
    /// Below, at or above zero, as strcmp orders two stretches (bytes; both must be inside).
    func order(of left: Range<Int>, _ right: Range<Int>) -> Int {
        for index in 0..<min(left.count, right.count) {
            let one = unsafe unsafeLoad(fromByteOffset: left.lowerBound + index, as: UInt8.self)
            let two = unsafe unsafeLoad(fromByteOffset: right.lowerBound + index, as: UInt8.self)
            if one != two { return one < two ? -1 : 1 }
        }
        return left.count - right.count
    }
}
