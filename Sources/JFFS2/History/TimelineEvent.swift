package import FileTree
import FlashBytes

/// Something that happened to a file at a time, as forensic timelines list it.
package struct TimelineEvent: Sendable {
    /// What happened.
    package enum Kind: String, Sendable, Hashable, CaseIterable {
        case create
        case write
        /// Permissions, owner or times changed.
        case attributes
        case access
        /// A further name was given to a file.
        case link
        case rename
        case delete
    }

    /// Seconds since 1970, by the clock of the device.
    package let time: UInt32
    /// What happened.
    package let kind: Kind
    /// The inode that it happened to; nil where a name was taken away of which nothing else is left.
    package let inode: InodeNumber?
    /// The file, as an index in `FlashHistory.files`; nil for what happened to a name.
    package let file: Int?
    /// The version of the file after it; nil for what happened to a name.
    package internal(set) var version: FileVersion?
    /// The change to a name, as an index in `FlashHistory.names`.
    package let name: Int?
}

extension FlashHistory {
    /// All that happened whose time is known, the oldest first.
    ///
    /// Versions of a file that were written at one time are one event. What the garbage collector copied is none. Within a
    /// second, versions tell the order, as far as they do.
    package func timeline() -> [TimelineEvent] {
        var events: [TimelineEvent] = []
        events.reserveCapacity(files.count + names.count)
        for file in files.indices { addEvents(of: file, to: &events) }
        for index in names.indices {
            if let event = event(of: index) { events.append(event) }
        }
        let order = Dictionary(uniqueKeysWithValues: TimelineEvent.Kind.allCases.enumerated().map { ($1, $0) })
        let keys = events.enumerated().map { place, event in
            (
                event.time, event.inode?.rawValue ?? .max, order[event.kind, default: 0], event.version?.version ?? 0,
                place
            )
        }
        events = keys.sorted { $0 < $1 }.map { events[$0.4] }
        TimelineOrder.sort(&events, in: self)
        return events
    }

    private func addEvents(of index: Int, to events: inout [TimelineEvent]) {
        let file = files[index]
        // Where an event of a kind was added last for this file.
        var last: [TimelineEvent.Kind: Int] = [:]
        for version in file.versions {
            let raw = raw(of: version)
            func add(_ kind: TimelineEvent.Kind, at time: UInt32) {
                if let place = last[kind], events[place].time == time {
                    events[place].version = version
                    return
                }
                last[kind] = events.count
                events.append(
                    TimelineEvent(time: time, kind: kind, inode: file.inode, file: index, version: version, name: nil))
            }
            let change = version.change
            if change.isCreation { add(.create, at: raw.ctime) }
            let isRegular = raw.mode & 0o170000 == 0o100000
            if isRegular, !change.isCreation || change.written != nil,
                change.written != nil || change.previousSize != nil
            {
                add(.write, at: raw.mtime)
            }
            if !change.attributes.isDisjoint(with: [.mode, .owner, .modificationTime]) {
                add(.attributes, at: raw.ctime)
            }
            if change.attributes.contains(.accessTime) { add(.access, at: raw.atime) }
        }
    }

    /// What a change to a name tells; nil where it tells nothing, or its time is not known.
    private func event(of index: Int) -> TimelineEvent? {
        let change = names[index]
        guard change.time != 0 else { return nil }
        func event(_ kind: TimelineEvent.Kind, inode: InodeNumber?) -> TimelineEvent {
            TimelineEvent(time: change.time, kind: kind, inode: inode, file: nil, version: nil, name: index)
        }
        switch change.kind {
        case .copy: return nil
        case .removal: return change.counterpart == nil ? event(.delete, inode: change.previousInode) : nil
        case .link, .replacement:
            if change.counterpart != nil { return event(.rename, inode: change.inode) }
            // The first name of a file whose creation is known tells nothing more.
            let isFirst = names(of: change.inode).first == index
            let isCreationKnown = files(of: change.inode).contains { $0.versions.first?.change.isCreation == true }
            if isFirst, !isCreationKnown { return event(.create, inode: change.inode) }
            return isFirst ? nil : event(.link, inode: change.inode)
        }
    }
}
