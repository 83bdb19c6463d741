import FlashBytes

/// One erase block without a usable summary (`jffs2_scan_eraseblock` in scan.c).
extension NodeScan {
    /// What was met in the block so far.
    private struct Progress {
        var hasCleanmarker = false
        var hasOther = false
        var dirt = Dirt()

        /// A block of which Linux takes the rest for erased, once some bytes are.
        var isFree: Bool { hasCleanmarker && !hasOther }
    }

    mutating func scanBlock(_ block: Range<Int>, of image: RawSpan) {
        let looked = min(block.lowerBound + Self.emptyScanSize, block.upperBound)
        var at = image.endOfRun(of: 0xff, in: block.lowerBound..<looked) & ~3
        if at >= looked & ~3 {
            endEmptyBlock(
                block, from: looked, in: image,
                what: "data behind \(Self.emptyScanSize) erased bytes at the start of a block, which Linux does not see"
            )
            return
        }
        var progress = Progress()
        progress.hasOther = at > block.lowerBound
        while at + NodeHeader.size <= block.upperBound {
            if let word = try? image.uint32(at: at, .little), word == 0xffff_ffff {
                guard let end = endOfErased(from: at, block, in: image, progress: &progress) else { return }
                at = end
                continue
            }
            guard let header = NodeHeader(reading: image, at: at, byteOrder, magic: magic), header.totalLength >= 12
            else {
                progress.dirt.add(at, magic: (try? image.uint16(at: at, byteOrder)) ?? 0)
                progress.hasOther = true
                at += 4
                continue
            }
            report(&progress.dirt, until: at, in: image)
            let isCleanmarker = accept(header, in: image, at: at, block: block)
            at += advance(past: header, at: at, block, in: image)
            if isCleanmarker, !progress.hasOther, !progress.hasCleanmarker,
                at == block.lowerBound + padded(cleanmarkerSize ?? 0)
            {
                progress.hasCleanmarker = true
            } else {
                progress.hasOther = true
            }
        }
        if progress.dirt.start == nil, block.count < eraseSize, at < block.upperBound,
            !image.isFilled(with: 0xff, in: at..<block.upperBound)
        {
            findings.add(
                .nodeCutOff, severity: .damage, at: at,
                message: "a node is cut off by the end of the image, within its header")
        }
        report(&progress.dirt, until: block.upperBound, in: image)
    }

    private mutating func endEmptyBlock(_ block: Range<Int>, from start: Int, in image: RawSpan, what: String) {
        emptyBlocks += 1
        let end = image.endOfRun(of: 0xff, in: start..<block.upperBound) & ~3
        if end < block.upperBound & ~3 {
            findings.add(.hiddenBehindCleanmarker, severity: .warning, at: end, message: what)
        }
    }

    /// Where erased words end; nil when Linux looks no further.
    private mutating func endOfErased(
        from start: Int, _ block: Range<Int>, in image: RawSpan, progress: inout Progress
    ) -> Int? {
        report(&progress.dirt, until: start, in: image)
        let end = image.endOfRun(of: 0xff, in: start..<block.upperBound) & ~3
        // Linux takes a block for free when a cleanmarker is all it has and the bytes up to 32 are erased.
        if progress.isFree, end >= block.lowerBound + Self.emptyScanSize / 8 {
            endEmptyBlock(
                block, from: start, in: image,
                what: "data behind a cleanmarker and erased bytes, which Linux does not see")
            return nil
        }
        if end < block.upperBound & ~3 {
            progress.hasOther = true
            findings.add(
                .erasedGap, severity: .warning, linux: .complains, at: start,
                linuxLine: LinuxLine.emptyFlash(start..<end),
                message: "\(end - start) erased bytes with something behind them")
        }
        return max(end, start + 4)
    }

    /// How far the kernel moves on behind a valid header (bytes).
    private func advance(past header: NodeHeader, at offset: Int, _ block: Range<Int>, in image: RawSpan) -> Int {
        let fits = Int(header.totalLength) <= block.upperBound - offset || isCutOff(header, at: offset, block: block)
        if !fits { return 4 }
        guard header.type == .cleanmarker else { return padded(header.totalLength) }
        // Other sizes than 12 are for flash with a write buffer: erased bytes follow.
        let size = padded(header.totalLength)
        let isUsual = offset == block.lowerBound && header.totalLength == cleanmarkerSize && size <= block.count
        let isErased = isUsual && image.isFilled(with: 0xff, in: offset + NodeHeader.size..<offset + size)
        return isErased ? size : NodeHeader.size
    }

    /// Whether a node ends behind the image, but inside the block that was cut off.
    func isCutOff(_ header: NodeHeader, at offset: Int, block: Range<Int>) -> Bool {
        block.count < eraseSize && Int(header.totalLength) > block.upperBound - offset
            && Int(header.totalLength) <= block.lowerBound + eraseSize - offset
    }
}
