package import FileTree
import FlashBytes

/// Paths as they were: a directory on the way has the name that it had at the time, as far as its names are known.
extension FlashHistory {
    /// The path that a change to a name is about, at its time; where that is not known, its directory has the name that it has
    /// now, or had last.
    package func path(of change: NameChange) -> FilePathBytes { path(of: change, at: change.time) }

    /// The path that a change to a name is about, where its directory was at a time.
    func path(of change: NameChange, at time: UInt32) -> FilePathBytes {
        var path = path(ofDirectory: change.directory, at: time)
        path.append(name(of: change))
        return path
    }

    /// The path that a file had at a time: of several, the oldest that was still there; its first one before that.
    ///
    /// - Parameter index: in `files`.
    package func path(ofFile index: Int, at time: UInt32) -> FilePathBytes {
        guard let name = name(ofFile: index, at: time) else { return path(of: files[index]) }
        return path(of: names[name], at: time)
    }

    /// The path of what happened, at its time.
    package func path(of event: TimelineEvent) -> FilePathBytes {
        if let name = event.name { return path(of: names[name]) }
        return event.file.map { path(ofFile: $0, at: event.time) } ?? FilePathBytes()
    }

    /// Whether a file had one path at all times.
    ///
    /// - Parameter index: in `files`.
    package func hasOnePath(file index: Int) -> Bool {
        let inode = files[index].inode
        if nameSpans.isKnown(inode) || files(of: inode).count > 1 { return false }
        return names(of: inode).first.map { !movedDirectories.contains(names[$0].directory) } ?? true
    }

    /// The name that a file had at a time, as an index in `names`; nil where none is left.
    func name(ofFile index: Int, at time: UInt32) -> Int? {
        let file = files[index]
        let isFirst = index == 0 || files[index - 1].inode != file.inode
        let start = isFirst ? 0 : files[index - 1].nextUse ?? 0
        let name = nameSpans.name(of: file.inode, at: time, since: start) ?? names(of: file.inode).first
        // The name of another file that had the number.
        return name.flatMap { names[$0].time < file.nextUse ?? .max && (isFirst || names[$0].time >= start) ? $0 : nil }
    }

    private func path(ofDirectory directory: InodeNumber, at time: UInt32) -> FilePathBytes {
        let known = directoryPaths[directory] ?? Self.withoutName(directory)
        guard time != 0, movedDirectories.contains(directory) else { return known }
        var components: [FileName] = []
        var at = directory
        while movedDirectories.contains(at), let name = nameSpans.name(of: at, at: time) ?? names(of: at).first {
            components.append(self.name(of: names[name]))
            at = names[name].directory
            // Also where directories were in each other.
            if components.count > Self.deepest { return known }
        }
        let above = directoryPaths[at] ?? Self.withoutName(at)
        return FilePathBytes(above.components + components.reversed())
    }
}
