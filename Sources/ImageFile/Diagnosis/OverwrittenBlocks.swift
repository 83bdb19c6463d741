import FlashBytes
import JFFS2

/// Erase blocks between those with nodes that hold nothing: a tool has zeroed or erased them, or could not read them.
enum OverwrittenBlocks {
    /// What is wrong; nil where nothing is.
    ///
    /// Zeros are never right. Erased blocks are, with their cleanmarkers, and on NAND flash without: there they tell something
    /// only where things are missing, in an image whose other blocks have cleanmarkers or that was written in one go.
    static func diagnosis(_ fileSystem: FileSystem, losses: BlockFaults.Losses) -> Diagnosis? {
        let empty = emptyBlocks(fileSystem)
        if !empty.zeros.isEmpty { return diagnosis(empty.zeros, of: 0, in: fileSystem, losses: losses) }
        guard !empty.erased.isEmpty, losses.isAny, losses.damaged == 0 else { return nil }
        var places = empty.erased
        if fileSystem.scan.cleanmarkers == 0 {
            let sequence = BlockSequence(fileSystem)
            guard sequence.isOrdered, !sequence.isTurned else { return nil }
            // Those behind which numbers and versions go on, but not where they stopped.
            let size = fileSystem.eraseSize
            let gaps = Set(sequence.gaps)
            places = places.filter { place in
                sequence.blocks.first { $0.start > place }.map { gaps.contains($0.start) && $0.start >= size } ?? false
            }
            if places.isEmpty { return nil }
        }
        return diagnosis(places, of: 0xff, in: fileSystem, losses: losses)
    }

    /// The first blocks, if they are zeroed and files have lost something with them; nil if not. The image was opened behind
    /// them.
    static func front(_ image: OpenedImage) -> Diagnosis? {
        let losses = BlockFaults.Losses(image.fileSystem.findings)
        let (start, size) = (image.range.lowerBound, image.eraseSize.bytes)
        guard losses.isAny, start > 0, start % size == 0, image.spareArea == nil, image.swapGroup == nil,
            !image.isWrapped
        else { return nil }
        let zeros = image.file.withBytes { bytes in
            stride(from: 0, to: start, by: size).filter { bytes.isFilled(with: 0, in: $0..<$0 + size) }
        }
        guard zeros.count * size == start else { return nil }
        return Diagnosis(
            .blocksOverwritten(at: zeros, 0),
            text: zeros.count == 1
                ? "the first erase block is zeroed" : "the first \(zeros.count) erase blocks are zeroed",
            for: ["in front of the first node, at \(hex(start)), there are whole blocks of zeros"] + losses.reasons,
            against: ["it may begin at \(hex(start)), and have lost something else"])
    }

    /// Where those begin that hold nothing but zeros, or nothing at all and no cleanmarker (bytes).
    private static func emptyBlocks(_ fileSystem: FileSystem) -> (zeros: [Int], erased: [Int]) {
        let size = fileSystem.eraseSize
        let used = Set(fileSystem.scan.nodes.lazy.map { Int($0.offset) / size })
        var (zeros, erased): ([Int], [Int]) = ([], [])
        guard let first = used.min(), let last = used.max() else { return ([], []) }
        fileSystem.image.withBytes { bytes in
            for block in first...last where !used.contains(block) {
                let range = block * size..<min((block + 1) * size, bytes.byteCount)
                if bytes.isFilled(with: 0, in: range) { zeros.append(range.lowerBound) }
                if bytes.isFilled(with: 0xff, in: range) { erased.append(range.lowerBound) }
            }
        }
        return (zeros, erased)
    }

    private static func diagnosis(
        _ places: [Int], of byte: UInt8, in fileSystem: FileSystem, losses: BlockFaults.Losses
    ) -> Diagnosis {
        let (one, fill) = (places.count == 1, byte == 0 ? "zeros" : "0xFF, as if it were erased")
        var reasons = ["between blocks with nodes, nothing but \(fill) stands at \(BlockFaults.list(places))"]
        if byte != 0, fileSystem.scan.cleanmarkers > 0 {
            reasons.append("Linux begins each block that it erases with a cleanmarker here, and there is none")
        }
        if byte == 0 { reasons.append("erased flash is 0xFF, and nobody writes zeros") }
        return Diagnosis(
            .blocksOverwritten(at: places, byte),
            text: byte == 0
                ? one
                    ? "an erase block in the middle is zeroed" : "\(places.count) erase blocks in the middle are zeroed"
                : one
                    ? "an erase block in the middle was erased"
                    : "\(places.count) erase blocks in the middle were erased",
            for: reasons + losses.reasons,
            against: losses.isAny ? [] : ["no file seems to have lost anything: the block may have held none"])
    }
}
