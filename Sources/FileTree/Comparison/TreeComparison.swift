internal import FlashBytes

/// Finds what differs between two trees, name by name in the order of a walk. Inode numbers do not count.
package struct TreeComparison {
    private let old: ComparedTree
    private let new: ComparedTree
    /// The aspects that both know and somebody wants to know.
    private let aspects: Set<FileAspect>
    private let links: LinkComparison
    /// Contents of files with several names, which are compared once.
    private var compared: [InodePair: (isDifferent: Bool, damage: [ContentDifference.Damage])] = [:]
    /// Device files that one of the trees lacks because nobody could make them.
    package private(set) var missingDevices = 0

    /// Prepares the comparison of two trees.
    ///
    /// - Parameter ignored: what may differ.
    package init(_ old: ComparedTree, new: ComparedTree, ignoring ignored: Set<FileAspect> = []) {
        self.old = old
        self.new = new
        aspects = Set(FileAspect.allCases).subtracting(ignored).subtracting(old.unknown).subtracting(new.unknown)
        links = LinkComparison(old.tree, new: new.tree)
    }

    /// Hands over what differs, directories before what is in them, siblings ascending by bytes.
    ///
    /// - Parameters:
    ///   - start: what is compared, a directory with all that is in it.
    ///   - report: gives back whether the search goes on.
    package mutating func run(from start: FilePathBytes = FilePathBytes(), report: (FileDifference) -> Bool) {
        var walk = PairedWalk(old.tree, new: new.tree, from: start)
        while let visit = walk.next() {
            guard let difference = difference(visit) else { continue }
            if !report(difference) { return }
        }
    }

    // MARK: - One name

    private mutating func difference(_ visit: PairedWalk.Visit) -> FileDifference? {
        switch (visit.old, visit.new) {
        case (let one?, let two?):
            var difference = FileDifference(path: visit.path, kind: .changed, old: one, new: two)
            compare(one, new: two, into: &difference)
            if !difference.aspects.isEmpty { return difference }
            if difference.damage.isEmpty { return nil }
            var unreadable = FileDifference(path: visit.path, kind: .unreadable, old: one, new: two)
            unreadable.damage = difference.damage
            return unreadable
        case (let one?, nil):
            if new.mayLackDevices, isDevice(old.tree[one]) {
                missingDevices += 1
                return nil
            }
            return FileDifference(path: visit.path, kind: .removed, old: one, new: nil)
        case (nil, let two?):
            if old.mayLackDevices, isDevice(new.tree[two]) {
                missingDevices += 1
                return nil
            }
            return FileDifference(path: visit.path, kind: .added, old: nil, new: two)
        case (nil, nil): return nil
        }
    }

    private func isDevice(_ inode: Inode) -> Bool { inode.kind == .characterDevice || inode.kind == .blockDevice }

    private mutating func compare(_ one: InodeID, new two: InodeID, into difference: inout FileDifference) {
        let (before, after) = (old.tree[one], new.tree[two])
        func note(_ aspect: FileAspect, where differs: Bool) {
            if differs, aspects.contains(aspect) { difference.aspects.insert(aspect) }
        }
        note(.type, where: before.kind != after.kind)
        let hasModes = before.kind != .symbolicLink && after.kind != .symbolicLink
        if hasModes || old.hasSymlinkModes && new.hasSymlinkModes {
            note(.mode, where: (before.metadata.permissions ^ after.metadata.permissions) & 0o7777 != 0)
        }
        note(
            .owner,
            where: before.metadata.owner != after.metadata.owner || before.metadata.group != after.metadata.group)
        note(.modificationTime, where: before.metadata.modificationTime != after.metadata.modificationTime)
        note(.accessTime, where: before.metadata.accessTime != after.metadata.accessTime)
        note(.changeTime, where: before.metadata.changeTime != after.metadata.changeTime)
        note(.links, where: links.differ(one, new: two))
        if difference.aspects.contains(.links) {
            (difference.oldNames, difference.newNames) = links.names(one, new: two)
        }
        note(.attributes, where: attributes(before.metadata) != attributes(after.metadata))
        switch (before.payload, after.payload) {
        case (.regular(let left), .regular(let right)) where aspects.contains(.content):
            let (isDifferent, damage) = contents(left, new: right, pair: InodePair(old: one, new: two))
            note(.content, where: isDifferent)
            difference.damage = damage
        case (.symbolicLink(let left), .symbolicLink(let right)): note(.target, where: left != right)
        case (.characterDevice(let left), .characterDevice(let right)),
            (.blockDevice(let left), .blockDevice(let right)):
            note(.device, where: left != right)
        default: break
        }
    }

    /// The attributes that both sides know.
    private func attributes(_ metadata: Metadata) -> Set<ExtendedAttribute> {
        if metadata.extendedAttributes.isEmpty { return [] }
        return Set(
            metadata.extendedAttributes.filter {
                old.isAttributeKnown?($0.name) != false && new.isAttributeKnown?($0.name) != false
            })
    }

    // MARK: - Contents

    private mutating func contents(
        _ left: any FileContents, new right: any FileContents, pair: InodePair
    ) -> (isDifferent: Bool, damage: [ContentDifference.Damage]) {
        if let known = compared[pair] { return known }
        let result =
            if left.size != right.size {
                (isDifferent: true, damage: [ContentDifference.Damage]())
            } else if let digests = old.digests {
                told(digests[pair.old], side: .old, other: right, digest: new.digests.map { $0[pair.new] })
            } else if let digests = new.digests {
                told(digests[pair.new], side: .new, other: left, digest: nil)
            } else {
                ContentDifference.isDifferent(left, new: right)
            }
        if links.haveSeveralNames(pair) { compared[pair] = result }
        return result
    }

    /// Compares a content of which only the SHA-256 is told with another one of the same size.
    ///
    /// - Parameter digest: of the other one, where that is only told as well.
    private func told(
        _ own: [UInt8]?, side: ContentDifference.Side, other: any FileContents, digest: [UInt8]??
    ) -> (isDifferent: Bool, damage: [ContentDifference.Damage]) {
        if other.size == 0 { return (false, []) }
        func unknown(_ side: ContentDifference.Side, reason: String) -> (Bool, [ContentDifference.Damage]) {
            (false, [.init(ContentDamage(range: 0..<other.size, reason: reason), of: side)])
        }
        let otherSide: ContentDifference.Side = side == .old ? .new : .old
        guard let own else { return unknown(side, reason: "the manifest has no SHA-256 of it") }
        if case .some(let told) = digest {
            guard let told else { return unknown(otherSide, reason: "the manifest has no SHA-256 of it") }
            return (own != told, [])
        }
        if !other.losses.isEmpty { return (false, other.losses.map { .init($0, of: otherSide) }) }
        do throws(ContentsError) {
            guard let computed = try SHA256.digest(other) else {
                return unknown(side, reason: "libarchive was built without SHA-256")
            }
            return (own != computed, [])
        } catch {
            return unknown(otherSide, reason: error.description)
        }
    }
}

/// Two files under one name.
struct InodePair: Hashable {
    var old: InodeID
    var new: InodeID
}
