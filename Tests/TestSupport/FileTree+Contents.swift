package import FileTree

extension FileTree {
    /// The paths of all that is in it.
    package var paths: [String] {
        var paths: [String] = []
        walk { path, _ in paths.append(path.description) }
        return paths
    }

    /// The content of a file; nil where there is none.
    package func text(of path: String) throws -> String? {
        guard let id = find(FilePathBytes(path)), case .regular(let contents) = self[id].payload else { return nil }
        return String(decoding: try contents.readAllThatIsLeft().bytes, as: UTF8.self)
    }
}
