internal import FlashBytes

/// Reading through the root shell of a running system.
extension Acquisition {
    func planShell() throws(AcquisitionError) -> (lines: [String], seconds: Double?) {
        guard case .flash(_, let offset, let size) = request.source else {
            throw .badRange("a shell shows no memory: name a partition, or give a part of the flash")
        }
        guard let device = shell.device(for: offset..<offset + size), let printer = shell.printer else {
            throw .badRange("no device of /proc/mtd has all of \(hex(offset)) to \(hex(offset + size))")
        }
        let overhead = printer == .base64 ? 1.4 : printer == .xxd ? 4.3 : 5.0
        let bytes = Double(size) * overhead * (shell.summer == nil ? 2 : 1)
        let seconds = console.transport.baudRate.map { bytes / (Double($0) / 10) }
        var lines = [
            "read \(SizeExpression.readable(size)) of \(device.path) at \(hex(offset - device.range.lowerBound)) in a root "
                + "shell, with \(printer.rawValue)\(shell.summer.map { " and \($0.rawValue)" } ?? ", each block twice")"
        ]
        if let seconds { lines.append("at most \(Self.time(seconds)), less what is blank") }
        lines.append("nothing on the device is written or saved; what the system itself writes meanwhile is noticed")
        return (lines, seconds)
    }

    /// One go over all that is missing.
    func shellPass(_ layout: BlockLayout, _ image: ImageFile, _ journal: Journal) throws(AcquisitionError) {
        try shell.setUp()
        for block in layout.blocks where !done.contains(block.lowerBound) {
            try Interruption.check()
            try takeFromShell(block, image, journal)
        }
        try checkWhole(image)
    }

    private func takeFromShell(
        _ block: Range<Int>, _ image: ImageFile, _ journal: Journal
    ) throws(AcquisitionError) {
        let begin = ContinuousClock.now
        let before = shell.corrected
        let start = request.source.start + UInt64(block.lowerBound)
        var known = [[UInt8](repeating: 0xff, count: block.count)]
        let kept = journal.earlier[block.lowerBound].flatMap { $0.size == block.count ? image.read(block) : nil }
        if let kept { known.append(kept) }
        let haves = request.have.flatMap { file in
            [block.lowerBound, Int(clamping: start)].compactMap { at -> [UInt8]? in
                at >= 0 && at <= file.count && block.count <= file.count - at ? Array(file[at..<at + block.count]) : nil
            }
        }
        let (bytes, index) = try shell.read(start..<start + UInt64(block.count), known: known + haves)
        var entry = Journal.Block(
            offset: block.lowerBound, size: block.count, sum: CRC32.zlib(unsafe bytes.span.bytes), method: "")
        switch index {
        case 0?:
            entry.method = "blank"
            report.blank += block.count
        case 1? where kept != nil:
            report.kept += block.count
            done.insert(block.lowerBound)
            advance(block.count, 0, nil)
            return
        case .some:
            entry.method = "have"
            report.reused += block.count
        case nil:
            entry.method = shell.printer?.rawValue ?? ""
            report.transferred += block.count
        }
        try image.write(bytes, at: block.lowerBound)
        entry.retries = shell.corrected - before
        entry.seconds = (ContinuousClock.now - begin).inSeconds
        try journal.block(entry)
        done.insert(block.lowerBound)
        advance(block.count, entry.seconds, entry.method)
    }

    /// A mounted file system may have been written between two blocks: all of it once more, as far as it can be summed.
    private func checkWhole(_ image: ImageFile) throws(AcquisitionError) {
        let step = 1 << 20
        for at in stride(from: 0, to: report.size, by: step) {
            let part = at..<min(at + step, report.size)
            guard shell.summer != nil, let own = image.read(part) else { return }
            let start = request.source.start + UInt64(at)
            let isSame = try shell.isStill(own, at: start..<start + UInt64(part.count))
            if isSame == false {
                note(
                    doubt:
                        "the flash between \(hex(start)) and \(hex(start + UInt64(part.count))) was written while it was "
                        + "read: blocks may be of different age (stop what writes there, or mount it read-only)")
            }
        }
    }
}
