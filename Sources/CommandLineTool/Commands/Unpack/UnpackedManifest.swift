import FileTree
import FlashBytes
import ImageFile
import JFFS2

/// The manifest beside a folder that was unpacked: all metadata, also what the host did not take.
enum UnpackedManifest {
    /// Writes it under a temporary name.
    ///
    /// - Parameters:
    ///   - image: where the tree comes from.
    ///   - written: what became of the tree in the folder.
    static func write(
        _ path: String, of tree: FileTree, from image: OpenedImage, written: HostDirectoryWriterReport, replacing: Bool
    ) throws(FileError) -> OutputFile {
        var source = [
            "endian": image.fileSystem.byteOrder.rawValue, "erasesize": String(image.eraseSize.bytes),
        ]
        let like = ImageConfiguration(like: image.fileSystem)
        source["cleanmarker"] = like.cleanmarkerSize.map { String($0) } ?? "none"
        source["summary"] = like.writesSummaries ? "yes" : "no"
        if let digest = image.file.withBytes({ SHA256.digest($0) }) { source["sha256"] = hexadecimal(digest) }
        var manifest = MtreeManifest(
            tree: tree, digests: written.digests, source: source, unpacked: MtreeManifest.Unpacked(written))
        manifest.maker = Version.text
        let file = try OutputFile(path: path, replacing: replacing, role: .sideFile)
        let omissions = try manifest.write { (piece) throws(FileError) in try file.write(piece) }
        if omissions.tooDeep > 0 {
            StandardStreams.error("\(path): \(omissions.tooDeep) files lie too deep to be named; they are not in it")
        }
        return file
    }
}
