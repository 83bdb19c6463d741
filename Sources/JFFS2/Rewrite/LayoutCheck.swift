import FileTree
import FlashBytes

/// Reads a changed image and compares it with the tree that it should show.
struct LayoutCheck {
    private let wanted: FileTree
    private let found: FileSystem
    private let difference: TreeDifference
    private var problems: [String] = []

    /// How many differences are told.
    private static let limit = 10

    /// What is wrong, a sentence each; empty for a sound image.
    static func problems(
        of bytes: [UInt8], _ original: FileSystem, wanted: FileTree, difference: TreeDifference
    ) -> [String] {
        let found = FileSystem(
            ByteRegion(bytes), byteOrder: original.byteOrder, eraseSize: original.eraseSize)
        var check = LayoutCheck(wanted: wanted, found: found, difference: difference)
        if let refusal = found.scan.refusal, original.scan.refusal == nil { check.problems.append(refusal) }
        let before = Set(original.unreadable.map(\.inode))
        for entry in found.unreadable where !before.contains(entry.inode) {
            check.problems.append("\(entry.path) cannot be read: \(entry.reason)")
        }
        check.compareDirectories()
        return Array(check.problems.prefix(limit))
    }

    private mutating func add(_ problem: String, of id: InodeID) {
        if problems.count < Self.limit { problems.append("\(wanted.path(of: id) ?? FilePathBytes()): \(problem)") }
    }

    private mutating func compareDirectories() {
        var pairs = [(FileTree.root, FileTree.root)]
        var seen: Set<InodeID> = [FileTree.root]
        var next = 0
        while next < pairs.count {
            let (id, partner) = pairs[next]
            next += 1
            compare(id, partner: partner)
            let names = wanted[id].entries
            let foundNames = found.tree[partner].entries
            if names.map(\.name) != foundNames.map(\.name) {
                add("\(foundNames.count) names were read back, \(names.count) were meant", of: id)
                continue
            }
            for (name, foundName) in zip(names, foundNames) {
                if found.tree[foundName.inode].number != difference.numbers[name.inode.index] {
                    add("the name '\(name.name)' leads to another inode", of: id)
                } else if seen.insert(name.inode).inserted {
                    pairs.append((name.inode, foundName.inode))
                }
            }
        }
    }

    private mutating func compare(_ id: InodeID, partner: InodeID) {
        let inode = wanted[id]
        let other = found.tree[partner]
        let isSameStat = inode.kind == other.kind && !inode.metadata.isStatDifferent(from: other.metadata)
        if !isSameStat { add("kind, mode, owner or times were not read back as they were meant", of: id) }
        if Set(inode.metadata.extendedAttributes) != Set(other.metadata.extendedAttributes) {
            add("extended attributes were not read back as they were meant", of: id)
        }
        let isSame: Bool
        switch (inode.payload, other.payload) {
        case (.regular(let one), .regular(let two)):
            isSame = one.size == two.size && (try? ContentDifference.pages(two, new: one, pageSize: 4096)) == []
        case (.symbolicLink(let one), .symbolicLink(let two)): isSame = one == two
        case (.characterDevice(let one), .characterDevice(let two)): isSame = one == two
        case (.blockDevice(let one), .blockDevice(let two)): isSame = one == two
        default: isSame = inode.kind == other.kind
        }
        if !isSame { add("was not read back as it was meant", of: id) }
    }
}
