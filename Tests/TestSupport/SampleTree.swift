package import FileTree

/// A tree with everything that JFFS2 can hold and that writers get wrong.
package func sampleTree(large: Int = 200_000) -> FileTree {
    var random = LinearCongruence(state: 42)
    var tree = FileTree(root: Metadata(permissions: 0o751, owner: 12, group: 34, time: 1_000_000_001))

    func metadata(_ permissions: UInt16 = 0o644, owner: UInt32 = 0, time: Int64 = 1_234_567_890) -> Metadata {
        var metadata = Metadata(permissions: permissions, owner: owner, group: owner / 2, time: time)
        metadata.accessTime = time + 1
        metadata.changeTime = time + 2
        return metadata
    }
    func directory(_ name: FileName, in parent: InodeID, _ permissions: UInt16 = 0o755) -> InodeID {
        tree.add(Inode(metadata: metadata(permissions), payload: .directory([])), name: name, to: parent)
    }
    @discardableResult func file(_ name: FileName, in parent: InodeID, _ content: [UInt8]) -> InodeID {
        tree.add(Inode(metadata: metadata(), payload: .regular(MemoryContents(content))), name: name, to: parent)
    }
    func special(_ name: FileName, in parent: InodeID, _ payload: Inode.Payload) {
        tree.add(Inode(metadata: metadata(0o600, owner: 65535), payload: payload), name: name, to: parent)
    }

    let etc = directory("etc", in: FileTree.root)
    let passwd = file("passwd", in: etc, Array("root:x:0:0::/root:/bin/sh\n".utf8))
    tree.link(passwd, name: "passwd-", to: etc)
    tree.link(passwd, name: "hard", to: directory("deep", in: directory("down", in: etc, 0o1777), 0o2750))
    file("empty", in: etc, [])
    for size in [1, 3, 4, 12, 4095, 4096, 4097, 8192] {
        file(FileName("size\(size)"), in: etc, (0..<size).map { UInt8(truncatingIfNeeded: $0 / 7) })
    }
    file(FileName([0xff, 0xfe, 0x0a]), in: etc, [0x71])
    file(FileName([UInt8](repeating: 0x6e, count: 254)), in: etc, [0x72])
    special("link", in: etc, .symbolicLink(Array("../etc/passwd".utf8)))
    special("longlink", in: etc, .symbolicLink([UInt8](repeating: 0x74, count: 254)))

    let dev = directory("dev", in: FileTree.root)
    special("console", in: dev, .characterDevice(DeviceNumber(major: 5, minor: 1)))
    special("mtdblock255", in: dev, .blockDevice(DeviceNumber(major: 255, minor: 255)))
    special("wide", in: dev, .blockDevice(DeviceNumber(major: 259, minor: 300)))
    special("widest", in: dev, .characterDevice(DeviceNumber(major: 4095, minor: 0xfffff)))
    special("fifo", in: dev, .fifo)
    special("socket", in: dev, .socket)

    let data = directory("data", in: FileTree.root, 0o700)
    file("random", in: data, random.bytes(large))
    file("text", in: data, Array(String(repeating: "all work and no play ", count: large / 20).utf8))
    file("zeros", in: data, [UInt8](repeating: 0, count: 20_001))
    let zeros = [UInt8](repeating: 0, count: 12_288)
    file("holes", in: data, zeros + random.bytes(5_000) + zeros + zeros + [1, 2, 3] + zeros)
    for index in 0..<100 {
        file(FileName("small\(index)"), in: data, Array(String(repeating: "\(index) ", count: index).utf8))
    }
    directory("empty", in: FileTree.root, 0o4755).discard()

    let attribute = ExtendedAttribute(name: Array("user.comment".utf8), value: Array("kept".utf8))
    let list = ExtendedAttribute(
        name: Array("system.posix_acl_access".utf8),
        value: [2, 0, 0, 0] + entry(1, 6) + entry(2, 7, 1000) + entry(4, 4) + entry(16, 7) + entry(32, 4))
    tree[passwd].metadata.extendedAttributes = [attribute, list]
    tree[data].metadata.extendedAttributes = [
        attribute, ExtendedAttribute(name: Array("trusted.big".utf8), value: random.bytes(1000)),
    ]
    // As a kernel has it that shows the list: the group bits are the mask's.
    tree[passwd].metadata.permissions = 0o674
    return tree
}

/// One entry of an access control list as getxattr returns it.
private func entry(_ tag: UInt8, _ permissions: UInt8, _ identifier: UInt32 = .max) -> [UInt8] {
    [tag, 0, permissions, 0] + (0..<4).map { UInt8(truncatingIfNeeded: identifier >> (8 * $0)) }
}

extension InodeID {
    fileprivate func discard() {}
}

/// Compares two trees by path, kind, metadata, hard links and content.
///
/// - Returns: a line for each difference; empty when they are equal.
package func differences(of tree: FileTree, from wanted: FileTree) -> [String] {
    var lines: [String] = []
    var ours: [FilePathBytes: InodeID] = [FilePathBytes(): FileTree.root]
    tree.walk { path, id in ours[path] = id }
    // Which of our inodes stands for which wanted one.
    var partner: [InodeID: InodeID] = [:]
    func compare(_ path: FilePathBytes, _ id: InodeID) {
        guard let own = ours.removeValue(forKey: path) else {
            lines.append("\(path): missing")
            return
        }
        if let known = partner[id] {
            if known != own { lines.append("\(path): not the same inode as its other names") }
            return
        }
        partner[id] = own
        lines += differences(of: tree[own], from: wanted[id]).map { "\(path): \($0)" }
    }
    compare(FilePathBytes(), FileTree.root)
    wanted.walk(compare)
    return lines + ours.keys.map { "\($0): not wanted" }.sorted()
}

private func differences(of inode: Inode, from wanted: Inode) -> [String] {
    var lines: [String] = []
    if inode.mode != wanted.mode {
        lines.append("mode is \(String(inode.mode, radix: 8)), wanted \(String(wanted.mode, radix: 8))")
    }
    var metadata = inode.metadata
    var wantedMetadata = wanted.metadata
    metadata.extendedAttributes.sort { $0.name.lexicographicallyPrecedes($1.name) }
    wantedMetadata.extendedAttributes.sort { $0.name.lexicographicallyPrecedes($1.name) }
    if metadata != wantedMetadata { lines.append("metadata is \(metadata), wanted \(wantedMetadata)") }
    switch (inode.payload, wanted.payload) {
    case (.regular(let own), .regular(let other)):
        let content = (try? own.readAllThatIsLeft().bytes) ?? []
        if content != (try? other.readAllThatIsLeft().bytes) {
            lines.append("content differs (\(content.count) bytes)")
        }
    case (.symbolicLink(let own), .symbolicLink(let other)) where own != other: lines.append("target differs")
    case (.characterDevice(let own), .characterDevice(let other)) where own != other,
        (.blockDevice(let own), .blockDevice(let other)) where own != other:
        lines.append("device is \(own), wanted \(other)")
    default: break
    }
    return lines
}
