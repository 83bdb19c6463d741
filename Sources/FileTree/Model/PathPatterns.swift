/// A pattern over paths, as in `.gitignore`: `*` and `?` match within a name, `[a-z]` one of some bytes, `**` any
/// number of names; a slash in front or in the middle ties the pattern to the root, one at the end wants a directory;
/// `!` in front takes back what an earlier pattern matched; a backslash takes the meaning from the next character.
package struct PathPattern: Sendable, Hashable {
    /// Whether the pattern takes back instead of matching.
    package let isNegated: Bool
    private let wantsDirectory: Bool
    /// One for each name; nil stands for `**`.
    private let names: [Glob?]

    /// A pattern as a user writes it; every text is one.
    package init(_ text: String) {
        var rest = Array(text.utf8)[...]
        isNegated = rest.first == UInt8(ascii: "!")
        if isNegated { rest.removeFirst() }
        wantsDirectory = rest.last == UInt8(ascii: "/")
        if wantsDirectory { rest.removeLast() }
        let isTied = rest.contains(UInt8(ascii: "/"))
        let parts = rest.split(separator: UInt8(ascii: "/"))
        var names: [Glob?] = isTied ? [] : [nil]
        for part in parts where part != [UInt8(ascii: ".")] {
            names.append(part.elementsEqual("**".utf8) ? nil : Glob(part))
        }
        self.names = names
    }

    /// Whether a text may be one: plain paths have none of its signs.
    package static func isOne(_ text: String) -> Bool { text.contains { "*?[".contains($0) } }

    /// The pattern that one path matches, whatever bytes its names have.
    package init(exactly path: FilePathBytes) {
        isNegated = false
        wantsDirectory = false
        names = path.components.map { name in
            let special = Set("*?[]\\".utf8)
            return Glob(name.bytes.flatMap { special.contains($0) ? [UInt8(ascii: "\\"), $0] : [$0] }[...])
        }
    }

    /// Whether the pattern matches this very path; what lies in a matched directory is for the caller to know.
    package func matches(_ path: FilePathBytes, isDirectory: Bool) -> Bool {
        if wantsDirectory, !isDirectory { return false }
        let components = path.components
        // Only the latest `**` needs another try: what it took can always be taken by it instead of an earlier one.
        var at = 0
        var pattern = 0
        var retry: (at: Int, pattern: Int)?
        while at < components.count {
            if pattern < names.count, let glob = names[pattern] {
                if glob.matches(components[at].bytes) {
                    at += 1
                    pattern += 1
                    continue
                }
            } else if pattern < names.count {
                retry = (at, pattern + 1)
                pattern += 1
                continue
            }
            guard let last = retry else { return false }
            retry = (last.at + 1, last.pattern)
            at = last.at + 1
            pattern = last.pattern
        }
        while pattern < names.count, names[pattern] == nil { pattern += 1 }
        return pattern == names.count
    }
}

/// Patterns in order, the last one that matches decides.
package struct PathPatterns: Sendable, Hashable {
    /// In the order in which they were given.
    package var patterns: [PathPattern]

    /// The patterns of these texts, in their order.
    package init(_ texts: [String]) { patterns = texts.map(PathPattern.init) }

    /// Whether there is none, so that nothing matches.
    package var isEmpty: Bool { patterns.isEmpty }

    /// nil when no pattern says anything about this path.
    package func verdict(_ path: FilePathBytes, isDirectory: Bool) -> Bool? {
        patterns.last { $0.matches(path, isDirectory: isDirectory) }.map { !$0.isNegated }
    }
}

extension FileTree {
    /// The tree with a part of its names only; directories that lead to what is kept stay.
    ///
    /// - Parameters:
    ///   - only: what is kept, directories with all that is in them; empty: everything.
    ///   - exclude: what is left out of that, directories with all that is in them.
    package func filtered(only: PathPatterns, exclude: PathPatterns) -> FileTree {
        var kept: Set<EntryKey> = []
        // For each directory on the path: its inode, the entry that led to it, and what was decided.
        var above: [(directory: InodeID, key: EntryKey?, isChosen: Bool, isExcluded: Bool)] = [
            (Self.root, nil, only.isEmpty, false)
        ]
        walk { path, id in
            above.removeLast(above.count - path.components.count)
            guard let name = path.components.last, let parent = above.last else { return }
            let isDirectory = self[id].kind == .directory
            let key = EntryKey(directory: parent.directory, name: name)
            let isExcluded = parent.isExcluded || exclude.verdict(path, isDirectory: isDirectory) == true
            let isChosen = only.isEmpty || only.verdict(path, isDirectory: isDirectory) ?? parent.isChosen
            if isChosen, !isExcluded {
                kept.insert(key)
                for directory in above.reversed() {
                    guard let key = directory.key, kept.insert(key).inserted else { break }
                }
            }
            above.append((id, key, isChosen, isExcluded))
        }
        var tree = self
        for index in inodes.indices {
            guard case .directory(let entries) = inodes[index].payload else { continue }
            let remaining = entries.filter { kept.contains(EntryKey(directory: InodeID(index), name: $0.name)) }
            if remaining.count < entries.count { tree.inodes[index].payload = .directory(remaining) }
        }
        return tree
    }
}
