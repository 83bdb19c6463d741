import FileTree
import FlashBytes

extension NameChange {
    /// A dirent with the place of its name.
    private struct Item {
        var change: NameChange
        var name: Range<Int>
    }

    /// What all dirents of a log mean, by directory, name and version.
    static func changes(in log: FlashLog, _ bytes: RawSpan) -> [NameChange] {
        var items: [Item] = []
        for (index, entry) in log.entries.enumerated() where entry.isReadable {
            guard case .dirent(let raw) = entry.content else { continue }
            let name = raw.nameRange(at: entry.offset)
            let length = bytes.extracting(name).endOfName
            if length == 0 { continue }
            items.append(
                Item(
                    change: NameChange(
                        entry: index, directory: raw.parent, version: raw.version, time: raw.changeTime,
                        inode: raw.inode, kind: .link, isShown: entry.isShown),
                    name: name.lowerBound..<name.lowerBound + length))
        }
        items.sort { left, right in
            let (one, two) = (left.change, right.change)
            if one.directory != two.directory { return one.directory < two.directory }
            let order = bytes.order(of: left.name, right.name)
            if order != 0 { return order < 0 }
            // Of copies of one dirent, the one that Linux shows comes last.
            return (one.version, one.isShown ? 1 : 0, one.entry) < (two.version, two.isShown ? 1 : 0, two.entry)
        }
        var changes: [NameChange] = []
        changes.reserveCapacity(items.count)
        var last: Item?
        for item in items {
            var change = item.change
            if let before = last, before.change.directory == change.directory,
                bytes.order(of: before.name, item.name) == 0
            {
                if before.change.version == change.version, before.change.inode == change.inode {
                    changes.removeLast()
                    change.kind = before.change.kind
                    change.previousInode = before.change.previousInode
                } else {
                    changes[changes.count - 1].isSucceeded = true
                    change.follow(before.change)
                }
            } else if change.inode == 0 {
                change.kind = .removal
            }
            changes.append(change)
            last = Item(change: change, name: item.name)
        }
        return changes
    }

    /// Says what the dirent did after the one before it of this name.
    private mutating func follow(_ before: NameChange) {
        if inode == before.inode {
            kind = .copy
        } else if inode == 0 {
            kind = .removal
            previousInode = before.inode
        } else if before.inode != 0 {
            kind = .replacement
            previousInode = before.inode
        }
    }

    /// Finds what was moved: Linux gives the new name and takes the old one away at one time.
    static func findMoves(_ changes: inout [NameChange]) {
        var links: [Moment: [Int]] = [:]
        for (index, change) in changes.enumerated() where change.kind == .link || change.kind == .replacement {
            links[Moment(inode: change.inode, time: change.time), default: []].append(index)
        }
        // A number for each name: of changes to one, all but the last are succeeded.
        var numbers: [Int] = []
        numbers.reserveCapacity(changes.count)
        for index in changes.indices {
            let last = numbers.last ?? 0
            numbers.append(index > 0 && !changes[index - 1].isSucceeded ? last + 1 : last)
        }
        // Those of one directory first, whose versions tell more than the clock.
        for isNeighbor in [true, false] {
            for index in changes.indices where changes[index].kind == .removal && changes[index].counterpart == nil {
                let removal = changes[index]
                // An inode with many new names at one time is rare; looking at a few bounds the work.
                guard let inode = removal.previousInode, removal.time != 0,
                    let link = links[Moment(inode: inode, time: removal.time)]?.prefix(256).first(where: { place in
                        let link = changes[place]
                        guard link.counterpart == nil, numbers[place] != numbers[index] else { return false }
                        let isNext = link.directory == removal.directory && link.version &+ 1 == removal.version
                        return isNeighbor ? isNext : link.directory != removal.directory
                    })
                else { continue }
                changes[index].counterpart = link
                changes[link].counterpart = index
            }
        }
    }

    /// An inode at a time.
    private struct Moment: Hashable {
        var inode: InodeNumber
        var time: UInt32
    }
}
