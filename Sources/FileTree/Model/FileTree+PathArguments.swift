extension FilePathBytes {
    /// What a text can mean that a user writes: a path as it is printed (`\ooo` for a byte), or else the bytes that it has.
    package static func meanings(of text: String) -> [FilePathBytes] {
        let raw = FilePathBytes(text)
        return text.utf8.contains(0x5c) ? [FilePathBytes(printed: text), raw] : [raw]
    }
}

extension FileTree {
    /// The path that a text spells, as it is printed or raw; nil where there is none.
    package func path(spelledBy text: String) -> FilePathBytes? {
        FilePathBytes.meanings(of: text).first { find($0) != nil }
    }

    /// The paths that a user means by a text: the one that it spells, as it is printed (`\ooo` for a byte) or raw; else all that
    /// match it as a pattern, in the order of a walk. Empty where there is none.
    ///
    /// A pattern counts from the root: `/etc/*.conf`, `/etc/**/passwd`; names with a dot in front match, too.
    package func paths(meantBy text: String) -> [FilePathBytes] {
        if let path = path(spelledBy: text) { return [path] }
        guard PathPattern.isOne(text) else { return [] }
        let pattern = PathPattern("/" + text)
        var paths: [FilePathBytes] = []
        walk { path, id in
            if pattern.matches(path, isDirectory: self[id].kind == .directory) { paths.append(path) }
        }
        return paths
    }
}
