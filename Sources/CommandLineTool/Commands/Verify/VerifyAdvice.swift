import FlashBytes
import ImageFile
import JFFS2

/// What a user should know of an image that is sound: it never changes the exit status.
enum VerifyAdvice {
    /// Each a sentence without capital and full stop.
    static func sentences(_ image: OpenedImage, check: ImageVerification) -> [String] {
        let scan = image.fileSystem.scan
        var advice: [String] = []
        if scan.blockCount >= ImageVerification.fewestBlocks, !check.space.hasRoom {
            advice.append(
                "in a partition of just this size, Linux has no room to write"
                    + (check.space.canDelete ? ", but can delete files" : "")
                    + ": it wants \(check.space.reservedBlocks) free erase blocks, and \(check.space.freeBlocks) are free"
            )
        }
        let hasNodes = scan.nodes.contains { !$0.type.isFiller }
        if scan.cleanmarkers == 0, hasNodes, image.spareArea == nil, CleanmarkerAdvice.isNOR(eraseSize: scan.eraseSize)
        {
            advice.append(
                "no cleanmarkers: that is for NAND; if this is NOR flash, a kernel with summaries crashes at the second mount after "
                    + "it wrote to it ('jffs2 repack -c 12' writes them)")
        }
        if image.eraseSize.confidence == .low {
            advice.append("the erase size is only a guess; --erase-size says it")
        }
        return advice
    }
}
