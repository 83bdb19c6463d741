import FlashBytes
import ImageFile
import JFFS2

/// A check of an image for `verify`.
struct CheckDescription: Encodable {
    var name: String
    var holds: Bool
    var detail: String

    /// - Parameter sizes: how those in the detail are said; nil for bytes.
    init(_ result: ImageVerification.Result, sizes: SizeArguments? = nil) {
        func size(_ bytes: some BinaryInteger) -> String {
            HumanSize.words(bytes, isExact: sizes?.areExact ?? true)
        }
        holds = result.holds
        switch result {
        case .checksums(let nodes, let wrong):
            name = "checksums"
            detail = wrong == 0 ? "\(nodes) nodes" : "\(wrong) wrong CRC\(wrong == 1 ? "" : "s") found"
        case .structure(let faults):
            name = "structure"
            detail =
                faults == 0
                ? "no name without inode, no inode that cannot be read" : "\(faults) fault\(faults == 1 ? "" : "s")"
        case .contents(let files, let bytes, let unreadable):
            name = "contents"
            detail =
                unreadable == 0
                ? "\(files) files, \(size(bytes)) decompressed"
                : "\(unreadable) piece\(unreadable == 1 ? "" : "s") cannot be decompressed"
        case .summaries(let count, let wrong):
            name = "summaries"
            detail =
                wrong == 0 ? "\(count) agree with their blocks" : "\(wrong) entries do not agree with their blocks"
        case .lost(let count):
            name = "names"
            detail =
                "\(count) finding\(count == 1 ? "" : "s") of names, files or directories that are lost, with no path to them; "
                + "Linux removes or hides those without a word"
        case .alignment(let blocks, let eraseSize, let rest, _):
            name = "alignment"
            detail =
                rest == 0
                ? "\(blocks) whole erase blocks of \(SizeExpression.readable(eraseSize))"
                : "the last erase block has only \(rest) of \(eraseSize) bytes; 'jffs2 pad' fills it"
        case .refused(let reason):
            name = "mountable"
            detail = "Linux refuses to mount it: \(reason)"
        case .space(let space):
            name = "space"
            let total = space.total
            detail =
                "\(size(total.live)) live, \(size(total.obsolete)) obsolete, \(size(total.free)) free, "
                + "\(size(total.wasted)) wasted; "
                + "\(space.freeBlocks) of \(space.blocks.count) erase blocks free, of which Linux keeps "
                + "\(space.reservedBlocks) for garbage collection"
        case .small(let blocks):
            name = "size"
            detail =
                "\(blocks) erase block\(blocks == 1 ? "" : "s"); Linux wants a partition of at least \(ImageVerification.fewestBlocks)"
        }
    }

    /// `  ok    checksums: 9 nodes`
    var line: String { "  \(holds ? "ok  " : "FAIL")  \(name): \(detail)" }
}
