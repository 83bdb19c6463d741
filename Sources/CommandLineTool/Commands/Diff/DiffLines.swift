import FileTree
import FlashBytes
import JFFS2

/// What differs under one path, as a line.
struct DiffLines {
    let old: FileTree
    let new: FileTree

    /// `changed  /etc/passwd: content (120 -> 134 bytes), mode 0644 -> 0600`
    func line(_ difference: FileDifference) -> String {
        let start = Self.start(difference)
        guard let one = difference.old, let two = difference.new else { return start }
        if difference.kind == .unreadable { return start + ": content, which cannot be read" }
        var aspects = difference.orderedAspects
        // They mostly change together; JSON has all of them.
        if aspects.contains(.modificationTime) { aspects.removeAll { $0 == .accessTime || $0 == .changeTime } }
        return start + ": "
            + aspects.map { text($0, of: difference, old: old[one], new: new[two]) }.joined(separator: ", ")
    }

    /// `changed  /etc/passwd  120 -> 134 bytes (+14)`
    func sizes(_ difference: FileDifference) -> String {
        func size(_ inode: Inode?) -> UInt64? { inode?.kind == .regular ? inode?.size : nil }
        let before = size(difference.old.map { old[$0] })
        let after = size(difference.new.map { new[$0] })
        let start = Self.start(difference) + "  "
        switch (before, after) {
        case (nil, nil):
            let inode = difference.new.map { new[$0] } ?? difference.old.map { old[$0] }
            return start + (inode?.kind.word ?? "")
        case (let size?, nil), (nil, let size?): return start + "\(size) bytes"
        case (let one?, let two?):
            if one == two { return start + "\(one) bytes" }
            return start + "\(one) -> \(two) bytes (\(two > one ? "+\(two - one)" : "-\(one - two)"))"
        }
    }

    private static func start(_ difference: FileDifference) -> String {
        let word = difference.kind.rawValue
        return word + String(repeating: " ", count: max(1, 9 - word.count)) + difference.path.description
    }

    private func text(_ aspect: FileAspect, of difference: FileDifference, old one: Inode, new two: Inode) -> String {
        func pair(_ before: some StringProtocol, to after: some StringProtocol) -> String {
            "\(aspect.word) \(before) -> \(after)"
        }
        func time(_ seconds: Int64) -> String { CalendarTime(seconds).text(.seconds) }
        let (before, after) = (one.metadata, two.metadata)
        switch aspect {
        case .type: return pair(one.kind.word, to: two.kind.word)
        case .content:
            return "content (" + (one.size == two.size ? "\(one.size)" : "\(one.size) -> \(two.size)") + " bytes)"
        case .target: return pair(Self.target(one), to: Self.target(two))
        case .device: return pair(Self.device(one), to: Self.device(two))
        case .mode: return pair(before.permissionText, to: after.permissionText)
        case .owner: return pair("\(before.owner):\(before.group)", to: "\(after.owner):\(after.group)")
        case .modificationTime: return pair(time(before.modificationTime), to: time(after.modificationTime))
        case .accessTime: return pair(time(before.accessTime), to: time(after.accessTime))
        case .changeTime: return pair(time(before.changeTime), to: time(after.changeTime))
        case .links: return pair(Self.list(difference.oldNames), to: Self.list(difference.newNames))
        case .attributes: return "xattrs " + Self.attributes(before, new: after).joined(separator: " ")
        }
    }

    private static func target(_ inode: Inode) -> String {
        if case .symbolicLink(let target) = inode.payload { return printable(target) }
        return ""
    }

    private static func device(_ inode: Inode) -> String {
        switch inode.payload {
        case .characterDevice(let number), .blockDevice(let number): "\(number.major):\(number.minor)"
        default: ""
        }
    }

    private static func list(_ names: [FilePathBytes]) -> String {
        if names.isEmpty { return "none" }
        return names.prefix(4).map(\.description).joined(separator: " ")
            + (names.count > 4 ? " and \(names.count - 4) more" : "")
    }

    /// `+user.new -user.old ~user.other`
    private static func attributes(_ old: Metadata, new: Metadata) -> [String] {
        func values(_ metadata: Metadata) -> [[UInt8]: [UInt8]] {
            Dictionary(
                metadata.extendedAttributes.map { ($0.name, $0.value) }, uniquingKeysWith: { first, _ in first })
        }
        let (before, after) = (values(old), values(new))
        let names = Set(before.keys).union(after.keys).sorted { $0.lexicographicallyPrecedes($1) }
        return names.compactMap { name in
            if before[name] == after[name] { return nil }
            return (before[name] == nil ? "+" : after[name] == nil ? "-" : "~") + printable(name)
        }
    }
}
