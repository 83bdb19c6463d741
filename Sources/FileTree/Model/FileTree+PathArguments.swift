extension FileTree {
    /// The paths that a user means by a text: the one that it spells, raw or as it is printed (`\ooo` for a byte); else all that
    /// match it as a pattern, in the order of a walk. Empty where there is none.
    ///
    /// A pattern counts from the root: `/etc/*.conf`, `/etc/**/passwd`; names with a dot in front match, too.
    package func paths(meantBy text: String) -> [FilePathBytes] {
        for path in [FilePathBytes(text), FilePathBytes(printed: text)] where find(path) != nil { return [path] }
        guard text.contains(where: { "*?[".contains($0) }) else { return [] }
        let pattern = PathPattern("/" + text)
        var paths: [FilePathBytes] = []
        walk { path, id in
            if pattern.matches(path, isDirectory: self[id].kind == .directory) { paths.append(path) }
        }
        return paths
    }
}
