import FileTree

/// Brings what happened within one second into an order that agrees with all that is known besides the clock: the versions of
/// what happened in a directory, those of a file, that a directory comes before what is in it, and goes after it.
struct TimelineOrder {
    private let history: FlashHistory
    private let events: [TimelineEvent]
    /// What came before an event: a list for each.
    private var before: [(event: Int, next: Int)] = []
    /// In `before`; -1 for none.
    private var first: [Int]

    /// Sorts events whose times ascend; where nothing else is known, their order stays.
    static func sort(_ events: inout [TimelineEvent], in history: FlashHistory) {
        var start = 0
        while start < events.count {
            var end = start + 1
            while end < events.count, events[end].time == events[start].time { end += 1 }
            let file = events[start].file
            let isOneFile = file != nil && events[start..<end].allSatisfy { $0.file == file }
            if end - start > 1, !isOneFile {
                var order = TimelineOrder(of: Array(events[start..<end]), in: history)
                order.findRules()
                events.replaceSubrange(start..<end, with: order.sorted())
            }
            start = end
        }
    }

    private init(of events: [TimelineEvent], in history: FlashHistory) {
        self.history = history
        self.events = events
        first = [Int](repeating: -1, count: events.count)
    }

    private mutating func add(_ earlier: Int, before later: Int) {
        if earlier == later { return }
        before.append((earlier, first[later]))
        first[later] = before.count - 1
    }

    /// An event in a directory, and the version of the directory where it has one.
    private struct Place {
        var directory: InodeNumber
        var version: UInt32?
        var event: Int
    }

    private mutating func findRules() {
        let places = events.indices.flatMap { self.places(of: $0) }
        addVersions(places)
        addFiles()
        var made: [InodeNumber: Int] = [:]
        var gone: [InodeNumber: Int] = [:]
        for (index, event) in events.enumerated() {
            guard let inode = event.inode else { continue }
            if event.kind == .create, made[inode] == nil { made[inode] = index }
            // What is moved has its old name up to then.
            if event.kind == .rename || event.kind == .delete, gone[inode] == nil { gone[inode] = index }
        }
        for place in places {
            if let made = made[place.directory] { add(made, before: place.event) }
            if let gone = gone[place.directory] { add(place.event, before: gone) }
        }
    }

    private func places(of index: Int) -> [Place] {
        let event = events[index]
        if let name = event.name {
            let change = history.names[name]
            let place = Place(directory: change.directory, version: change.version, event: index)
            guard event.kind == .rename, let other = change.counterpart else { return [place] }
            let old = history.names[other]
            return [place, Place(directory: old.directory, version: old.version, event: index)]
        }
        guard let file = event.file, let name = history.name(ofFile: file, at: event.time) else { return [] }
        let change = history.names[name]
        // The first name is given with the file.
        let isFirst = event.kind == .create && change.time == event.time
        return [Place(directory: change.directory, version: isFirst ? change.version : nil, event: index)]
    }

    private mutating func addVersions(_ places: [Place]) {
        let numbered = places.filter { $0.version != nil }.sorted {
            ($0.directory, $0.version ?? 0, $0.event) < ($1.directory, $1.version ?? 0, $1.event)
        }
        for (one, two) in zip(numbered, numbered.dropFirst()) where one.directory == two.directory {
            add(one.event, before: two.event)
        }
    }

    /// What happened to the content of a file stays in its order, and comes before its name is changed.
    private mutating func addFiles() {
        var last: [Int: Int] = [:]
        var lastOf: [InodeNumber: Int] = [:]
        for (index, event) in events.enumerated() {
            guard let file = event.file else { continue }
            if let before = last[file] { add(before, before: index) }
            last[file] = index
            if let inode = event.inode { lastOf[inode] = index }
        }
        for (index, event) in events.enumerated() where event.name != nil && event.kind != .create {
            if let inode = event.inode, let content = lastOf[inode] { add(content, before: index) }
        }
    }

    /// Each event behind all that came before it; of what contradicts itself, something is left out.
    private func sorted() -> [TimelineEvent] {
        var sorted: [TimelineEvent] = []
        sorted.reserveCapacity(events.count)
        var next = first
        var isMet = [Bool](repeating: false, count: events.count)
        var way: [Int] = []
        for start in events.indices where !isMet[start] {
            isMet[start] = true
            way.append(start)
            while let event = way.last {
                if next[event] < 0 {
                    way.removeLast()
                    sorted.append(events[event])
                    continue
                }
                let rule = before[next[event]]
                next[event] = rule.next
                if !isMet[rule.event] {
                    isMet[rule.event] = true
                    way.append(rule.event)
                }
            }
        }
        return sorted
    }
}
