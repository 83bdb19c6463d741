import FileTree
import ImageFile

/// What stands in the root directory.
func names(_ image: OpenedImage) -> [String] {
    image.fileSystem.tree.inodes[0].entries.map(\.name.description)
}
