internal import FlashBytes

/// Reading NAND through `nand dump`, where the board has no md.
extension Acquisition {
    /// The plan with `nand dump`; nil if the board does not have that either.
    func planPages() throws(AcquisitionError) -> (lines: [AcquisitionRemark], seconds: Double?)? {
        guard case .flash(.nand, let offset, let size) = request.source, try pages.learn(at: offset) else { return nil }
        let seconds = console.transport.baudRate.map { Double(size) * 6.2 / (Double($0) / 10) }
        var lines: [AcquisitionRemark] = [
            """
            read \(SizeExpression.readable(size)) of flash (nand) at \(hex(offset)) with 'nand dump', \
            pages of \(pages.pageSize) bytes, each twice
            """
        ]
        if let seconds { lines.append("some \(Self.time(seconds))") }
        note(doubt: "nand dump shows pages as the chip has them: bits that have flipped there are not corrected")
        lines.append("nothing on the device is written or saved")
        return (lines, seconds)
    }

    /// One go over all that is missing.
    func pagePass(_ layout: BlockLayout, image: AcquiredImage, journal: Journal) throws(AcquisitionError) {
        guard case .flash(let device, let offset, _) = request.source else { return }
        let loader = FlashLoader(console: console, device: device, chip: request.chip)
        for block in layout.blocks where !done.contains(block.lowerBound) {
            try Interruption.check()
            let begin = ContinuousClock.now
            let before = pages.corrected
            var bytes: [UInt8] = []
            while bytes.count < block.count {
                let at = try place(of: block.lowerBound + bytes.count, from: offset, loader)
                let skip = Int(at % UInt64(pages.pageSize))
                let page = try pages.page(at: at - UInt64(skip))
                bytes += page.dropFirst(skip).prefix(block.count - bytes.count)
            }
            let entry = Journal.Block(
                offset: block.lowerBound, size: block.count, sum: CRC32.zlib(unsafe bytes.span.bytes),
                method: "nand dump", retries: pages.corrected - before)
            try put(bytes, as: entry, since: begin, image: image, journal: journal)
        }
    }
}
