package import FileTree

/// A path that the user wants out of an image, and how.
package enum NamedPlace: Sendable, Hashable {
    /// The name goes; of a directory, all that is below it.
    case delete(FilePathBytes)
    /// The file stays, without content.
    case empty(FilePathBytes)

    /// The path.
    package var path: FilePathBytes {
        switch self {
        case .delete(let path), .empty(let path): path
        }
    }
}

extension FileTree {
    /// Does to this tree what the user named; all paths are looked up before the first one goes.
    ///
    /// - Returns: what the user should know: further names of a file that lost one.
    mutating func apply(_ places: [NamedPlace]) throws(ScrubError) -> [String] {
        var found: [(place: NamedPlace, id: InodeID)] = []
        for place in places {
            guard !place.path.components.isEmpty else { throw .root }
            guard let id = find(place.path) else { throw .missingPath(place.path) }
            if case .empty = place, self[id].kind != .regular {
                throw .unfitPath(place.path, reason: "a \(self[id].kind.word) has no content to empty; delete it")
            }
            found.append((place, id))
        }
        for (place, id) in found {
            switch place {
            case .empty: self[id].payload = .regular(MemoryContents([]))
            case .delete(let path): delete(path)
            }
        }
        return found.compactMap { place, id in
            guard case .delete(let path) = place, self[id].kind == .regular, let other = self.path(of: id) else {
                return nil
            }
            return "\(path) was only one name of its file: the content is still there as \(other)"
        }
    }

    /// Takes out names such as `..` that only an image can hold, with all below them.
    ///
    /// - Returns: their paths.
    mutating func deleteImpossibleNames() -> [FilePathBytes] {
        var found: [FilePathBytes] = []
        walk { path, _ in
            guard let name = path.components.last, !name.isSafe else { return }
            found.append(path)
        }
        for path in found { delete(path) }
        return found
    }

    /// Takes the last name of a path out of its directory.
    mutating func delete(_ path: FilePathBytes) {
        var directory = path
        directory.removeLast()
        guard let name = path.components.last, let parent = find(directory) else { return }
        unlink(name, from: parent)
    }

    /// One of the paths of an inode; nil if it has none.
    func path(of id: InodeID) -> FilePathBytes? {
        struct Found: Error { let path: FilePathBytes }
        do throws(Found) {
            try walk { (path, at) throws(Found) in if at == id { throw Found(path: path) } }
            return nil
        } catch {
            return error.path
        }
    }
}
