internal import FlashBytes

/// Reading through the root shell of a running system.
extension Acquisition {
    /// A flash device of the system that runs at the console, by name; nil if it is no shell.
    public func shellPartition(named name: String) throws(AcquisitionError) -> MemorySource? {
        guard kind == .shell else { return nil }
        let device = try shell.device(named: name)
        return .flash(
            .mtd(number: device.number), offset: 0, size: device.range.upperBound - device.range.lowerBound)
    }

    func planShell() throws(AcquisitionError) -> (lines: [String], seconds: Double?) {
        let (device, offset) = try shell.place(of: request.source)
        guard let printer = shell.printer else { throw .noMemoryDisplay("no base64, xxd, hexdump or od") }
        let size = request.source.size
        let proof = shell.summer.map { ", each block proved by \($0.rawValue)" } ?? ", each block twice"
        var lines = [
            "read \(SizeExpression.readable(size)) of \(shell.path(of: device)) '\(device.name)' at \(hex(offset)), "
                + "in a shell with \(printer.rawValue)\(proof)"
        ]
        let bytes = Double(size) * printer.overhead * (shell.summer == nil ? 2 : 1)
        let seconds = console.transport.baudRate.map { bytes / (Double($0) / 10) }
        if let seconds { lines.append("at most \(Self.time(seconds)), less what is blank") }
        lines += try shell.fasterWays(device)
        lines.append("nothing on the device is written or saved; what the system itself writes meanwhile is noticed")
        return (lines, seconds)
    }

    /// One go over all that is missing.
    func shellPass(_ layout: BlockLayout, _ image: ImageFile, _ journal: Journal) throws(AcquisitionError) {
        try shell.setUp()
        let (device, start) = try shell.place(of: request.source)
        for block in layout.blocks where !done.contains(block.lowerBound) {
            try Interruption.check()
            let begin = ContinuousClock.now
            let before = shell.corrected
            let blank = [UInt8](repeating: 0xff, count: block.count)
            let kept = journal.earlier[block.lowerBound].flatMap { $0.size == block.count ? image.read(block) : nil }
            let known = [("blank", blank)] + (kept.map { [("kept", $0)] } ?? []) + haves(block).map { ("have", $0) }
            let (bytes, index) = try shell.read(
                device, start + UInt64(block.lowerBound), block.count, known: known.map(\.1))
            let method = index.map { known[$0].0 } ?? shell.printer?.rawValue ?? ""
            try put(bytes, block, method, shell.corrected - before, begin, image, journal)
        }
        try checkShell(device, start, image)
    }

    /// A mounted file system may have been written between two blocks: all of it once more, as far as it can be summed.
    private func checkShell(
        _ device: ShellReader.Device, _ start: UInt64, _ image: ImageFile
    ) throws(AcquisitionError) {
        for at in stride(from: 0, to: report.size, by: 1 << 20) {
            let part = at..<min(at + 1 << 20, report.size)
            guard shell.summer != nil, let own = image.read(part) else { return }
            guard try shell.isStill(own, device, start + UInt64(at)) == false else { continue }
            let (first, end) = (hex(start + UInt64(at)), hex(start + UInt64(part.upperBound)))
            note(
                doubt:
                    "\(shell.path(of: device)) was written between \(first) and \(end) while it was read: blocks may be "
                    + "of different age (stop what writes there, or mount it read-only)")
        }
    }

    /// The block in the user's files, at the same place in the range or in the flash.
    func haves(_ block: Range<Int>) -> [[UInt8]] {
        request.have.flatMap { file in
            Set([block.lowerBound, Int(clamping: request.source.start) + block.lowerBound]).sorted().compactMap {
                start in
                guard start >= 0, start <= file.count, block.count <= file.count - start else { return nil }
                return Array(file[start..<start + block.count])
            }
        }
    }

    /// Puts a block that is proved into the image and the journal.
    func put(
        _ bytes: [UInt8], _ block: Range<Int>, _ method: String, _ retries: Int, _ begin: ContinuousClock.Instant,
        _ image: ImageFile, _ journal: Journal
    ) throws(AcquisitionError) {
        done.insert(block.lowerBound)
        let seconds = (ContinuousClock.now - begin).inSeconds
        if method == "kept" {
            report.kept += block.count
            return advance(block.count, 0, nil)
        }
        switch method {
        case "blank": report.blank += block.count
        case "have": report.reused += block.count
        default: report.transferred += block.count
        }
        var entry = Journal.Block(
            offset: block.lowerBound, size: block.count, sum: CRC32.zlib(unsafe bytes.span.bytes), method: method)
        entry.retries = retries
        entry.seconds = seconds
        try image.write(bytes, at: block.lowerBound)
        try journal.block(entry)
        try tell(entry, nil, image)
        advance(block.count, seconds, method)
    }
}
