package import FileTree

/// Compares our tree with the kernel's, name by name and field by field.
///
/// - Parameter unreadable: the names that our reader lists without an inode, as the kernel does where lstat fails.
/// - Returns: a line for each difference, ours first; empty when they are equal.
package func differences(
    of tree: FileTree, unreadable: [FilePathBytes] = [], from kernel: [String: KernelManifest.Entry]
) -> [String] {
    var lines: [String] = []
    var ours: [FilePathBytes: InodeID] = [FilePathBytes(): FileTree.root]
    tree.walk { path, id in ours[path] = id }
    var theirs: Set<FilePathBytes> = []
    let counts = tree.nameCounts()
    for (name, entry) in kernel.sorted(by: { $0.key < $1.key }) {
        let path = FilePathBytes(unprintable(name))
        theirs.insert(path)
        if let errno = entry.statError {
            if !unreadable.contains(path) {
                lines.append("\(path): not unreadable, for the kernel with errno \(errno)")
            }
            continue
        }
        guard let id = ours[path] else {
            lines.append("\(path): missing")
            continue
        }
        lines += differences(of: tree[id], names: counts[id.index], from: entry).map { "\(path): \($0)" }
    }
    lines += ours.keys.filter { !theirs.contains($0) }.map { "\($0): not in the kernel's tree" }.sorted()
    return lines
}

private func differences(of inode: Inode, names: UInt32, from kernel: KernelManifest.Entry) -> [String] {
    var lines: [String] = []
    func compare<Value: Equatable>(_ field: String, _ ours: Value, _ theirs: Value) {
        if ours != theirs { lines.append("\(field) is \(ours), for the kernel \(theirs)") }
    }
    let word = inode.kind == .symbolicLink ? "symlink" : inode.kind.word
    compare("type", word, kernel.type)
    guard word == kernel.type else { return lines }
    let mode = String(inode.metadata.permissions, radix: 8)
    compare("mode", String(repeating: "0", count: max(0, 4 - mode.count)) + mode, kernel.mode)
    compare("owner", inode.metadata.owner, kernel.uid)
    compare("group", inode.metadata.group, kernel.gid)
    compare("link count", inode.linkCount ?? names, kernel.nlink)
    compare("size", inode.size, kernel.size)
    compare("mtime", inode.metadata.modificationTime, kernel.mtime)
    compare("ctime", inode.metadata.changeTime, kernel.ctime)
    if let number = inode.number { compare("inode number", UInt64(number.rawValue), kernel.ino) }
    var attributes: [String: String] = [:]
    for attribute in inode.metadata.extendedAttributes {
        attributes[printable(attribute.name)] = hex(attribute.value)
    }
    compare("extended attributes", attributes, kernel.xattrs ?? [:])
    switch inode.payload {
    case .characterDevice(let device), .blockDevice(let device):
        compare("device", [device.major, device.minor], kernel.rdev)
    case .symbolicLink(let target):
        compare("target", printable(target), kernel.target)
    case .regular(let contents):
        let read = Result { try digest(of: contents) }
        switch (read, kernel.readError) {
        case (.success((let digest, _)), nil): compare("SHA-256", digest, kernel.sha256)
        // The kernel's read fails at the damaged page; ours goes on and says so.
        case (.success((_, let damage)), let errno?):
            if damage.isEmpty { lines.append("reads without a finding, for the kernel with errno \(errno)") }
        case (.failure(let error), nil): lines.append("cannot be read: \(error)")
        case (.failure, _?): break
        }
    default: break
    }
    return lines
}

private func digest(of contents: any FileContents) throws -> (String, [ContentDamage]) {
    let reader = try contents.makeReader()
    var hash = SHA256()
    var damage: [ContentDamage] = []
    var at: UInt64 = 0
    while at < contents.size {
        var part = [UInt8](repeating: 0, count: Int(min(1 << 16, contents.size - at)))
        var span = part.mutableSpan
        var raw = unsafe span.mutableBytes
        damage += try reader.read(into: &raw, at: at)
        hash.update(part)
        at += UInt64(part.count)
    }
    return (hash.finish(), damage)
}
