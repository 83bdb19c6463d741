package import FileTree

/// A path of each inode, put together when it is asked for: kept whole, the paths of directories in directories take room by the
/// square of their depth.
package struct InodePaths: Sendable {
    private struct Place {
        /// In `places`; nil in the root directory.
        var directory: Int?
        var name: FileName
    }

    private var places: [Place] = []
    private var place: [InodeNumber: Int] = [:]

    /// The first path of each inode of a tree.
    init(of tree: FileTree) {
        // The places of the names on the way to where the walk is.
        var way: [Int] = []
        tree.walk { path, id in
            guard let name = path.components.last else { return }
            way.removeLast(max(0, way.count - path.components.count + 1))
            places.append(Place(directory: way.last, name: name))
            way.append(places.count - 1)
            if let number = tree[id].number, place[number] == nil { place[number] = places.count - 1 }
        }
    }

    /// The inodes that have a path.
    var inodes: Set<InodeNumber> { Set(place.keys) }

    /// Gives an inode a path, unless it has one: a name in a directory, or in the root where that has no path itself.
    mutating func add(_ inode: InodeNumber, name: FileName, in directory: InodeNumber) {
        if place[inode] != nil { return }
        places.append(Place(directory: place[directory], name: name))
        place[inode] = places.count - 1
    }

    /// The path of an inode; nil for one that has none.
    package subscript(inode: InodeNumber) -> FilePathBytes? {
        guard let last = place[inode] else { return nil }
        var components: [FileName] = []
        var at: Int? = last
        // A directory stands before what is in it, so that this ends.
        while let index = at {
            components.append(places[index].name)
            at = places[index].directory
        }
        return FilePathBytes(components.reversed())
    }
}
