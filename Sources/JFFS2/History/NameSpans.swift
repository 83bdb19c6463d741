import FileTree
import FlashBytes

/// When each name of an inode was there, by the clock of the device. Only inodes that had several names are in it: one name is
/// that of all times.
struct NameSpans: Sendable {
    private struct Span: Sendable {
        /// In `FlashHistory.names`.
        var name: Int
        var start: UInt32
        /// The last time at which this name or an older one of the inode was there: it ascends, so that a search halves it.
        var latestEnd: UInt32
    }

    private struct Names: Sendable {
        /// In `spans`, the oldest first.
        var range: Range<Int>
        /// A name of which the garbage collector did not keep the time, in `FlashHistory.names`.
        var timeless: Int?
    }

    private var spans: [Span] = []
    private var inodes: [InodeNumber: Names] = [:]

    /// - Parameters:
    ///   - nameIndices: the changes that gave an inode a name, the oldest first.
    ///   - names: by directory, name and version.
    init(of nameIndices: [InodeNumber: [Int]], in names: [NameChange]) {
        for (inode, indices) in nameIndices where indices.count > 1 {
            let changes = indices.filter { names[$0].kind != .copy }
            if changes.count < 2 { continue }
            let timed = changes.filter { names[$0].time != 0 }
            let timeless = changes.filter { names[$0].time == 0 }
            let start = spans.count
            var latest: UInt32 = 0
            for (place, name) in timed.enumerated() {
                // A name that went without a trace is taken to have made room for the next one.
                let next = place + 1 < timed.count ? names[timed[place + 1]].time : .max
                let guess = timeless.isEmpty ? next : names[name].time
                latest = max(latest, Self.end(of: name, in: names) ?? guess)
                spans.append(Span(name: name, start: names[name].time, latestEnd: latest))
            }
            inodes[inode] = Names(
                range: start..<spans.count, timeless: timeless.last { names[$0].isShown } ?? timeless.last)
        }
    }

    /// When a name was taken away; nil where that is not known.
    private static func end(of name: Int, in names: [NameChange]) -> UInt32? {
        var last = name
        // Changes of one name stand behind each other. A copy says that it was there still.
        while names[last].isSucceeded, last + 1 < names.count, names[last + 1].kind == .copy { last += 1 }
        if names[last].isSucceeded, last + 1 < names.count {
            return names[last + 1].time == 0 ? nil : names[last + 1].time
        }
        return names[last].isShown ? .max : nil
    }

    /// Whether an inode had several names.
    func isKnown(_ inode: InodeNumber) -> Bool { inodes[inode] != nil }

    /// The name that an inode had at a time, as an index in `FlashHistory.names`: of several the oldest that was still there;
    /// where there was none, the one before, or else the first one. Within a second, it is the name that it had before.
    ///
    /// - Parameter since: when the inode's number was given to the file (seconds since 1970).
    /// - Returns: nil for an inode that did not have several names.
    func name(of inode: InodeNumber, at time: UInt32, since: UInt32 = 0) -> Int? {
        guard let names = inodes[inode] else { return nil }
        let range = names.range
        guard !range.isEmpty else { return names.timeless }
        let first = range.partitionPoint { spans[$0].start < since }
        let valid = max(range.partitionPoint { spans[$0].latestEnd < time }, first)
        if valid < range.upperBound, spans[valid].start <= time { return spans[valid].name }
        let later = max(range.partitionPoint { spans[$0].start <= time }, first)
        if later > first { return names.timeless ?? spans[later - 1].name }
        return spans[min(first, range.upperBound - 1)].name
    }
}
