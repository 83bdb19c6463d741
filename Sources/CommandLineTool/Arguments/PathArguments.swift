import FileTree
import ImageFile
import JFFS2

/// Paths in an image as a user writes them.
enum PathArguments {
    /// The paths that are meant, in the order in which they were given, each once; the root where there are none.
    ///
    /// - Throws: for what is not in the image.
    static func expand(_ texts: [String], in image: OpenedImage) throws -> [FilePathBytes] {
        try expand(texts, of: image.fileSystem.tree, in: image)
    }

    /// The same for commands that list: what is not there is said, and the others are listed all the same.
    ///
    /// - Throws: where nothing is left, or one error is all that may be printed.
    /// - Returns: the paths, and whether something was missing: the status tells of it at the end.
    static func found(
        _ texts: [String], in image: OpenedImage, isAllOrNone: Bool
    ) throws -> (paths: [FilePathBytes], isIncomplete: Bool) {
        if isAllOrNone || texts.count < 2 { return (try expand(texts, in: image), false) }
        var met: Set<FilePathBytes> = []
        var paths: [FilePathBytes] = []
        var missing: [Failure] = []
        for text in texts {
            do {
                paths += try expand([text], in: image).filter { met.insert($0).inserted }
            } catch let failure as Failure {
                missing.append(failure)
            }
        }
        guard let first = missing.first else { return (paths, false) }
        if paths.isEmpty, missing.count == 1 { throw first }
        for failure in missing { StandardStreams.error(failure.description) }
        return (paths, true)
    }

    /// The same for another tree of the image: one with what no name leads to, perhaps.
    static func expand(_ texts: [String], of tree: FileTree, in image: OpenedImage) throws -> [FilePathBytes] {
        if texts.isEmpty { return [FilePathBytes()] }
        var met: Set<FilePathBytes> = []
        return try texts.flatMap { text in
            let found = tree.paths(meantBy: text)
            if found.isEmpty {
                guard let path = followed(text, in: tree) else { throw missing(text, of: tree, in: image) }
                return [path].filter { met.insert($0).inserted }
            }
            return found.filter { met.insert($0).inserted }
        }
    }

    /// What options name that take a path each, where patterns may stand: what is spelled so, or else all that match.
    ///
    /// - Parameter trees: in any of which it may be.
    /// - Throws: for a pattern that nothing matches. A plain path stays as it is: whoever takes it knows what it is for.
    static func expand(option: String, _ texts: [String], in trees: [FileTree]) throws -> [FilePathBytes] {
        try texts.flatMap { text in
            guard PathPattern.isOne(text) else { return [FilePathBytes(text)] }
            var met: Set<FilePathBytes> = []
            let found = trees.flatMap { $0.paths(meantBy: text) }.filter { met.insert($0).inserted }
            if found.isEmpty {
                throw Failure("\(option) \(text): no file in the image matches; 'jffs2 ls -R IMAGE' lists them")
            }
            return found
        }
    }

    /// What a path names that leads through symlinks to folders; the last name is taken as it is.
    private static func followed(_ text: String, in tree: FileTree) -> FilePathBytes? {
        for path in FilePathBytes.meanings(of: text) {
            guard let last = path.components.last else { continue }
            var parent = path
            parent.removeLast()
            guard case .file(_, var folder) = tree.following(parent) else { continue }
            folder.append(last)
            if tree.find(folder) != nil { return folder }
        }
        return nil
    }

    /// Why there is no such path.
    private static func missing(_ text: String, of tree: FileTree, in image: OpenedImage) -> Failure {
        let path = FilePathBytes(text)
        if let entry = image.fileSystem.unreadable.first(where: { $0.path == path }) {
            return Failure("\(image.path): \(path) (inode \(entry.inode)) cannot be read: \(entry.reason)")
        }
        let advice = nearest(to: path, of: tree).map { "; did you mean \($0)?" }
        return Failure(
            "\(image.path): \(path): not in the image\(advice ?? "; 'jffs2 ls -R' lists what is")")
    }

    /// A path with the same last name elsewhere, or else with a name in the same folder that is like it.
    private static func nearest(to path: FilePathBytes, of tree: FileTree) -> FilePathBytes? {
        guard let last = path.components.last else { return nil }
        var found: FilePathBytes?
        tree.walk { other, _ in
            if found == nil, other.components.last == last { found = other }
        }
        if let found { return found }
        var folder = FilePathBytes()
        for name in path.components.dropLast() { folder.append(name) }
        guard let id = tree.find(folder) else { return nil }
        let entries = tree[id].entries
        guard let name = NearestWord.of(last.description, among: entries.map(\.name.description)),
            let entry = entries.first(where: { $0.name.description == name })
        else { return nil }
        folder.append(entry.name)
        return folder
    }
}

extension FlashHistory {
    /// The inodes that ever had the path that a user writes, raw or as it is printed, and that path; none where there is none.
    func inodes(meantBy text: String) -> (path: FilePathBytes, inodes: [InodeNumber]) {
        for path in FilePathBytes.meanings(of: text) {
            let found = inodes(at: path)
            if !found.isEmpty { return (path, found) }
        }
        return (FilePathBytes(text), [])
    }
}
