import FileTree
import FirmwareImage
package import FlashBytes
import JFFS2

/// What is in a part of a flash, in a few words.
package enum PartitionContents {
    /// `JFFS2, little-endian, erase size 64 KiB, 123 files`, `uImage '…'`, `erased`, `unknown`.
    ///
    /// - Parameter part: of the file (bytes).
    package static func describe(_ file: FileBytes, part: Range<Int>) -> String {
        let region = ByteRegion(file: file, range: part)
        guard region.count > 0 else { return "nothing" }
        let (isErased, structures) = region.withBytes { bytes in
            (bytes.isFilled(with: 0xff, in: 0..<bytes.byteCount), FlashStructure.all(in: bytes))
        }
        if isErased { return "erased" }
        var options = InputOptions()
        options.offset = region.range.lowerBound
        options.length = region.count
        // Spare areas and swapped words belong to whole dumps, not to a partition.
        options.swapGroup = 0
        let first = structures.first { $0.range.lowerBound == 0 }
        if let first, !first.isWrapper { return first.description }
        if let images = try? ImageOpener.openAll(file, path: "", options: options), let image = images.first {
            return (first.map { "\($0.word) with " } ?? "") + summary(image)
        }
        return first?.description ?? structures.first.map { "unknown, and \($0) at \(hex($0.range.lowerBound))" }
            ?? "unknown"
    }

    /// `JFFS2, little-endian, erase size 64 KiB, 123 files`
    package static func summary(_ image: OpenedImage) -> String {
        var files = 0
        image.fileSystem.tree.walk { _, id in
            if image.fileSystem.tree[id].kind == .regular { files += 1 }
        }
        return "JFFS2, \(image.fileSystem.byteOrder), erase size \(SizeExpression.readable(image.eraseSize.bytes)), "
            + "\(files) file\(files == 1 ? "" : "s")"
    }
}

extension FlashStructure {
    /// Whether it may be just the wrapping of a file system.
    fileprivate var isWrapper: Bool {
        if case .uImage(let image) = kind { return image.header.compression == 0 && image.header.type == 7 }
        return false
    }
}
