import FileTree
import FlashBytes

/// One inode: what its nodes make of it (`jffs2_iget` in fs.c).
extension TreeBuilder {
    /// Why an inode cannot be opened.
    struct Unreadable: Error {
        let text: String
        init(_ text: String) { self.text = text }
    }

    mutating func inode(
        _ number: InodeNumber, content: InodeContent, in bytes: RawSpan
    ) -> Result<Inode, Unreadable> {
        guard let raw = content.metadata else {
            if number != .root, names(in: number, bytes).isEmpty {
                return .failure(Unreadable("no sound data node is left"))
            }
            if number != .root {
                findings.add(
                    .missingInode, severity: .damage,
                    at: directories.entries(of: number).first.map { offset(of: $0.node) },
                    inode: number,
                    message: "folder \(number) has names in it, but no node of its own is left; mode 0755 is assumed")
            }
            return .success(directory(number, content: content, in: bytes))
        }
        guard let kind = FileKind(mode: raw.mode) else {
            return .failure(Unreadable("its mode 0\(String(raw.mode, radix: 8)) is of no known kind"))
        }
        var inode = Inode(
            number: number, metadata: metadata(of: raw, number), payload: .fifo, linkCount: linkCount(number))
        switch kind {
        case .directory: inode = directory(number, content: content, in: bytes)
        case .regular: inode.payload = .regular(contents(number, content: content, raw: raw))
        case .fifo: inode.payload = .fifo
        case .socket: inode.payload = .socket
        case .symbolicLink, .characterDevice, .blockDevice:
            // fs.c and readinode.c refuse special files that are made of more than one piece.
            guard !content.hasSeparateMetadata, content.fragments.count == 1, content.fragments[0].start == 0,
                let node = content.metadataNode
            else {
                let count = content.fragments.count + (content.hasSeparateMetadata ? 1 : 0)
                return .failure(
                    Unreadable(
                        content.fragments.isEmpty
                            ? "it is a \(kind.word), and no node has data for it, which Linux wants"
                            : "Linux wants exactly one node for a \(kind.word), there are \(count)"))
            }
            let at = offset(of: node)
            do throws(Unreadable) {
                if kind == .symbolicLink {
                    let (target, size) = try target(raw, at: at, in: bytes)
                    inode.payload = .symbolicLink(target)
                    if size != UInt64(target.count) { inode.declaredSize = size }
                } else {
                    let device = try deviceNumber(raw, at: at, in: bytes)
                    inode.payload = kind == .blockDevice ? .blockDevice(device) : .characterDevice(device)
                    if raw.isize != 0 { inode.declaredSize = UInt64(raw.isize) }
                }
            } catch {
                return .failure(error)
            }
        }
        if kind == .fifo || kind == .socket, raw.isize != 0 { inode.declaredSize = UInt64(raw.isize) }
        if kind == .directory || kind == .fifo || kind == .socket { reportHiddenData(content, of: number, kind: kind) }
        return .success(inode)
    }

    /// Names data of what has no content: Linux never shows it, and nobody writes any.
    private mutating func reportHiddenData(_ content: InodeContent, of number: InodeNumber, kind: FileKind) {
        guard let last = content.fragments.last, case let end = last.end else { return }
        findings.add(
            .oddMode, severity: .damage, linux: .silent, at: offset(of: last.node), inode: number,
            message:
                "inode \(number) is a \(kind.word), and has nodes with data up to byte \(end), which Linux never shows")
    }

    /// A directory, still without its names.
    mutating func directory(_ number: InodeNumber, content: InodeContent, in bytes: RawSpan) -> Inode {
        var metadata =
            content.metadata.map { self.metadata(of: $0, number) }
            ?? Metadata(permissions: 0o755, extendedAttributes: attributes.attributes(of: number))
        var subdirectories: UInt32 = 0
        var newest: UInt32 = 0
        var time: UInt32 = 0
        // Of equal versions, the one that Linux meets first gives the time: the one that was scanned last.
        var source = NodeIndex(0)
        for entry in names(in: number, bytes) {
            if entry.raw.type == Dirent.typeDirectory, entry.raw.inode != 0 { subdirectories += 1 }
            guard entry.raw.changeTime != 0, (newest, source) < (entry.raw.version, entry.node), entry.raw.version > 0
            else { continue }
            (newest, source, time) = (entry.raw.version, entry.node, entry.raw.changeTime)
        }
        // The newest dirent tells the time, unless the directory's own node is newer still (readinode.c).
        if let raw = content.metadata, newest > raw.version {
            metadata.modificationTime = Int64(time)
            metadata.changeTime = Int64(time)
        }
        let isRoot: UInt32 = number == .root ? 1 : 0
        var inode = Inode(
            number: number, metadata: metadata, payload: .directory([]), linkCount: 2 + subdirectories + isRoot)
        if let isize = content.metadata?.isize, isize != 0 { inode.declaredSize = UInt64(isize) }
        return inode
    }

    private mutating func contents(_ number: InodeNumber, content: InodeContent, raw: RawInode) -> NodeContents {
        var fragments = content.fragments
        // A gap before a later piece is a hole; only what reaches behind the last piece is not there.
        let end = min(raw.isize, fragments.last?.end ?? 0)
        var losses = content.losses
        losses += gaps(in: fragments, upTo: end, number, explainedBy: losses)
        while let last = fragments.last, last.start >= raw.isize { fragments.removeLast() }
        if let last = fragments.last, last.end > raw.isize { fragments[fragments.count - 1].end = raw.isize }
        if end < raw.isize {
            losses.append(
                ContentDamage(range: UInt64(end)..<UInt64(raw.isize), reason: "no node is left; the file ends there"))
            findings.add(
                .sizeLowered, severity: .damage, at: content.metadataNode.map(offset(of:)), inode: number,
                message:
                    "inode \(number) is said to have \(raw.isize) bytes, but its nodes end at \(end); Linux shows \(end)"
            )
        }
        return NodeContents(
            image: image, byteOrder: scan.byteOrder, nodes: scan.nodes, size: UInt64(end), fragments: fragments,
            losses: losses)
    }

    /// Stretches that no node fills. No writer leaves any: a hole has a node of its own.
    private mutating func gaps(
        in fragments: [Fragment], upTo end: UInt32, _ number: InodeNumber, explainedBy losses: [ContentDamage]
    ) -> [ContentDamage] {
        let explained = ContentDifference.union(of: losses.map(\.range))
        var gaps: [ContentDamage] = []
        var at: UInt32 = 0
        for fragment in fragments where at < end {
            let range = UInt64(at)..<UInt64(max(at, min(fragment.start, end)))
            at = fragment.end
            let known = explained.partitionPoint { $0.upperBound < range.upperBound }
            if range.isEmpty || known < explained.count && explained[known].lowerBound <= range.lowerBound { continue }
            gaps.append(ContentDamage(range: range, reason: "no node is left; Linux shows zeros"))
            findings.add(
                .missingData, severity: .damage, linux: .silent, at: offset(of: fragment.node), inode: number,
                message:
                    "inode \(number): no node is left for bytes \(range.lowerBound)..<\(range.upperBound); Linux shows zeros"
            )
        }
        return gaps
    }

    private mutating func target(
        _ raw: RawInode, at offset: Int, in bytes: RawSpan
    ) throws(Unreadable) -> ([UInt8], UInt64) {
        guard raw.csize <= 254 else {
            throw Unreadable("its target of \(raw.csize) bytes is longer than 254 (ENAMETOOLONG)")
        }
        guard let stored = try? bytes.bytes(in: raw.dataRange(at: offset)) else {
            throw Unreadable("its target is cut off")
        }
        if raw.compression != .none {
            findings.add(
                .oddSymlink, severity: .damage, linux: .silent, at: offset, inode: raw.inode,
                message: "symlink target that is stored as \(raw.compression); Linux shows the stored bytes")
        }
        let target = stored.firstIndex(of: 0).map { Array(stored[..<$0]) } ?? stored
        if target.count < stored.count {
            findings.add(
                .oddSymlink, severity: .damage, linux: .silent, at: offset, inode: raw.inode,
                message:
                    "symlink target with a NUL byte: of \(stored.count) bytes, Linux shows the first \(target.count)")
        }
        return (target, UInt64(raw.isize != 0 ? raw.isize : raw.dsize))
    }

    private func deviceNumber(_ raw: RawInode, at offset: Int, in bytes: RawSpan) throws(Unreadable) -> DeviceNumber {
        let size = Int(raw.coveredSize)
        guard size == 2 || size == 4 else { throw Unreadable("a device number of \(size) bytes") }
        let data = NodeData(of: raw, storedAs: bytes.extracting(raw.dataRange(at: offset)), by: decompressor)
        if let problem = data.problem { throw Unreadable("its device number cannot be read: \(problem)") }
        guard let device = DeviceNumber(data: unsafe data.bytes.span.bytes, scan.byteOrder) else {
            throw Unreadable("no device number")
        }
        return device
    }

    private func metadata(of raw: RawInode, _ number: InodeNumber) -> Metadata {
        var metadata = Metadata(
            permissions: UInt16(raw.mode & 0o7777), owner: UInt32(raw.uid), group: UInt32(raw.gid),
            time: Int64(raw.mtime), extendedAttributes: attributes.attributes(of: number))
        metadata.accessTime = Int64(raw.atime)
        metadata.changeTime = Int64(raw.ctime)
        return metadata
    }

    /// st_nlink of anything but a directory: its names. A file that a name calls a directory (DT_DIR) has the number of
    /// that directory instead, since the kernel keeps the parent in the same field.
    private func linkCount(_ number: InodeNumber) -> UInt32 { links.entries[number]?.links ?? 1 }
}
