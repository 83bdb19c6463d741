#if Mount
    import FileTree
    import ImageFile
    import JFFS2
    import TreeMount

    #if canImport(Glibc)
        import Glibc
    #elseif canImport(Musl)
        import Musl
    #endif

    /// What is to be seen of the file systems in a file.
    struct MountedImages {
        let images: [OpenedImage]
        let moment: MomentArguments
        let withHistory: Bool

        /// The name of the folder with earlier versions.
        private static let historyName: FileName = ".history"

        /// The tree of the only one, or a folder for each.
        func tree() throws -> FileTree {
            if images.count == 1, let image = images.first { return try tree(of: image) }
            var root = Metadata(permissions: 0o755)
            (root.owner, root.group) = (geteuid(), getegid())
            var all = FileTree(root: root)
            for image in images {
                _ = all.graft(try tree(of: image), name: FileName("\(image.number)"), to: FileTree.root)
            }
            return all
        }

        private func tree(of image: OpenedImage) throws -> FileTree {
            var tree = moment.apply(image).fileSystem.tree
            guard withHistory else { return tree }
            let recovery = Recovery(FlashHistory(FlashLog(image.fileSystem)), extent: .allVersions, naming: .versions)
            var versions = recovery.tree()
            for index in versions.inodes.indices {
                // Numbers and link counts are those of the files as they are now.
                versions.inodes[index].number = nil
                versions.inodes[index].linkCount = nil
            }
            let doubtful = recovery.files.count { !$0.doubtful.isEmpty }
            if doubtful > 0 {
                StandardStreams.error(
                    "\(image.path): \(doubtful) version\(doubtful == 1 ? "" : "s") in .history may have parts that are older; "
                        + "'jffs2 recover' names them")
            }
            guard tree.graft(versions, name: Self.historyName, to: FileTree.root) else {
                throw Failure("\(image.path): has a file .history of its own; mount it without --history")
            }
            return tree
        }
    }
#endif
