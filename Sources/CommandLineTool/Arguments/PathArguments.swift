import FileTree
import ImageFile
import JFFS2

/// Paths in an image as a user writes them.
enum PathArguments {
    /// The paths that are meant, in the order in which they were given, each once; the root where there are none.
    ///
    /// - Throws: for what is not in the image.
    static func expand(_ texts: [String], in image: OpenedImage) throws -> [FilePathBytes] {
        if texts.isEmpty { return [FilePathBytes()] }
        var met: Set<FilePathBytes> = []
        return try texts.flatMap { text in
            let found = image.fileSystem.tree.paths(meantBy: text)
            if found.isEmpty { throw missing(text, in: image) }
            return found.filter { met.insert($0).inserted }
        }
    }

    /// Why there is no such path.
    private static func missing(_ text: String, in image: OpenedImage) -> Failure {
        let path = FilePathBytes(text)
        if let entry = image.fileSystem.unreadable.first(where: { $0.path == path }) {
            return Failure("\(image.path): \(path) (inode \(entry.inode)) cannot be read: \(entry.reason)")
        }
        return Failure("\(image.path): \(path): not in the image")
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
