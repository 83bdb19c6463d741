package import FileTree

/// Reproducible changes to a tree: what a user may do to an image, and more.
package struct RandomEdits {
    private var random: LinearCongruence

    package init(seed: UInt64) { random = LinearCongruence(state: seed &* 0x9e37_79b9 &+ 12345) }

    private mutating func number(below limit: Int) -> Int {
        let bytes = random.bytes(4)
        let value = bytes.reduce(0) { $0 << 8 | Int($1) }
        return limit > 0 ? value % limit : 0
    }

    private mutating func text(_ count: Int) -> [UInt8] {
        let words = ["alpha ", "bravo ", "charlie=", "delta\n", "echo; ", "0x1234 ", "ssid ", "value "]
        var bytes: [UInt8] = []
        while bytes.count < count { bytes += Array(words[number(below: words.count)].utf8) }
        return Array(bytes.prefix(count))
    }

    private mutating func content(_ count: Int) -> [UInt8] {
        switch number(below: 4) {
        case 0: random.bytes(count)
        case 1: [UInt8](repeating: 0, count: count)
        default: text(count)
        }
    }

    /// All names with the directory that they are in. A directory of a damaged flash may have several names, and lie in itself.
    private func names(_ tree: FileTree) -> [(directory: InodeID, entry: DirectoryEntry)] {
        var all: [(InodeID, DirectoryEntry)] = []
        var directories = [FileTree.root]
        var seen: Set<InodeID> = [FileTree.root]
        while let directory = directories.popLast() {
            for entry in tree[directory].entries {
                all.append((directory, entry))
                if tree[entry.inode].kind == .directory, seen.insert(entry.inode).inserted {
                    directories.append(entry.inode)
                }
            }
        }
        return all
    }

    /// Does `count` of them; says what was done.
    package mutating func apply(_ count: Int, to tree: inout FileTree) -> [String] {
        (0..<count).map { _ in apply(to: &tree) }
    }

    private mutating func apply(to tree: inout FileTree) -> String {
        let names = names(tree)
        let files = names.filter { tree[$0.entry.inode].kind == .regular }
        let directories = [FileTree.root] + names.map(\.entry.inode).filter { tree[$0].kind == .directory }
        let directory = directories[number(below: directories.count)]
        let time = Int64(1_700_000_000 + number(below: 1_000_000))
        guard !names.isEmpty else { return add(to: directory, time, &tree) }
        let any = names[number(below: names.count)]
        switch number(below: 13) {
        case 0:
            tree.unlink(any.entry.name, from: any.directory)
            return "delete \(any.entry.name)"
        case 1...4:
            guard !files.isEmpty else { return add(to: directory, time, &tree) }
            return change(files[number(below: files.count)].entry, time, &tree)
        case 5:
            tree[any.entry.inode].metadata.permissions ^= 0o022
            tree[any.entry.inode].metadata.owner = UInt32(number(below: 65536))
            tree[any.entry.inode].metadata.changeTime = time
            return "chmod \(any.entry.name)"
        case 6:
            guard tree[any.entry.inode].kind != .directory else { return "nothing" }
            let name = FileName(text(4 + number(below: 20)).map { $0 == 0x2f || $0 == 0x0a ? 0x2d : $0 })
            tree.unlink(any.entry.name, from: any.directory)
            tree.link(any.entry.inode, name: name, to: directory)
            return "rename \(any.entry.name) to \(name)"
        case 7: return add(to: directory, time, &tree)
        case 8:
            guard !files.isEmpty else { return "nothing" }
            let file = files[number(below: files.count)]
            tree.link(file.entry.inode, name: FileName("link\(number(below: 50))"), to: directory)
            return "link \(file.entry.name)"
        case 9: return changeAttributes(any.entry, &tree)
        case 10:
            guard case .symbolicLink = tree[any.entry.inode].payload else { return "nothing" }
            tree[any.entry.inode].payload = .symbolicLink(text(1 + number(below: 100)))
            return "retarget \(any.entry.name)"
        case 11:
            let metadata = Metadata(permissions: 0o750, owner: 1, group: 2, time: time)
            let new = tree.add(
                Inode(metadata: metadata, payload: .directory([])), name: FileName("folder\(number(below: 50))"),
                to: directory)
            return "new folder, " + add(to: new, time, &tree)
        default:
            tree[directory].metadata.modificationTime = time
            tree[directory].metadata.changeTime = time + Int64(number(below: 2))
            return "touch a folder"
        }
    }

    private mutating func add(to directory: InodeID, _ time: Int64, _ tree: inout FileTree) -> String {
        let metadata = Metadata(permissions: 0o640, owner: 3, group: 4, time: time)
        let name = FileName("file\(number(below: 100))")
        let bytes = content(number(below: 9000))
        tree.add(Inode(metadata: metadata, payload: .regular(MemoryContents(bytes))), name: name, to: directory)
        return "add \(name) of \(bytes.count) bytes"
    }

    private mutating func change(_ entry: DirectoryEntry, _ time: Int64, _ tree: inout FileTree) -> String {
        guard case .regular(let contents) = tree[entry.inode].payload, var bytes = try? contents.readAll() else {
            return "nothing"
        }
        let what: String
        switch number(below: 4) {
        case 0:
            let at = number(below: bytes.count + 1)
            let new = text(number(below: 300))
            let end = min(bytes.count, at + new.count)
            bytes.replaceSubrange(at..<end, with: new)
            what = "overwrite"
        case 1:
            bytes += content(number(below: 6000))
            what = "append to"
        case 2:
            bytes = Array(bytes.prefix(number(below: bytes.count + 1)))
            what = "truncate"
        default:
            bytes = content(number(below: 9000))
            what = "replace"
        }
        tree[entry.inode].payload = .regular(MemoryContents(bytes))
        tree[entry.inode].metadata.modificationTime = time
        return "\(what) \(entry.name)"
    }

    private mutating func changeAttributes(_ entry: DirectoryEntry, _ tree: inout FileTree) -> String {
        // No kernel has attributes of this kind for anything else.
        guard [.regular, .directory].contains(tree[entry.inode].kind) else { return "nothing" }
        var attributes = tree[entry.inode].metadata.extendedAttributes
        let name = Array("user.test\(number(below: 3))".utf8)
        if !attributes.isEmpty, number(below: 2) == 0 {
            attributes.remove(at: number(below: attributes.count))
        } else {
            attributes.removeAll { $0.name == name }
            attributes.append(ExtendedAttribute(name: name, value: text(number(below: 60))))
        }
        tree[entry.inode].metadata.extendedAttributes = attributes
        return "attributes of \(entry.name)"
    }
}
