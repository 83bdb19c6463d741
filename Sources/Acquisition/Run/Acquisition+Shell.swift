internal import FlashBytes

/// Reading through the root shell of a running system.
extension Acquisition {
    /// A flash device of the system that runs at the console, by name; nil if it is no shell.
    package func shellPartition(named name: String) throws(AcquisitionError) -> MemorySource? {
        guard kind == .shell else { return nil }
        let device = try shell.device(named: name)
        return .flash(
            .mtd(number: device.number), offset: 0, size: device.range.upperBound - device.range.lowerBound)
    }

    /// A flash device of the system that runs at the console, by number.
    package func shellPartition(number: Int) throws(AcquisitionError) -> MemorySource {
        guard kind == .shell else {
            throw .noShell(device: number, console: kind.rawValue)
        }
        let device = try shell.device(number)
        return .flash(.mtd(number: number), offset: 0, size: device.range.upperBound - device.range.lowerBound)
    }

    func planShell() throws(AcquisitionError) -> (lines: [AcquisitionRemark], seconds: Double?) {
        let (device, offset) = try shell.place(of: request.source)
        guard let printer = shell.printer else { throw .noMemoryDisplay("no base64, xxd, hexdump or od") }
        let size = request.source.size
        let proof = shell.summer.map { ", each block proved by \($0.rawValue)" } ?? ", each block twice"
        var lines = [
            AcquisitionRemark(
                "read \(SizeExpression.readable(size)) of \(shell.path(of: device)) '\(device.name)' at \(hex(offset)), "
                    + "in a shell with \(printer.rawValue)\(proof)")
        ]
        let bytes = Double(size) * printer.overhead * (shell.summer == nil ? 2 : 1)
        let seconds = console.transport.baudRate.map { bytes / (Double($0) / 10) }
        if let seconds { lines.append("at most \(Self.time(seconds)), less what is blank") }
        lines += try shell.fasterWays(device)
        lines.append("nothing on the device is written or saved; what the system itself writes meanwhile is noticed")
        return (lines, seconds)
    }

    /// One go over all that is missing.
    func shellPass(_ layout: BlockLayout, image: AcquiredImage, journal: Journal) throws(AcquisitionError) {
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
                device, at: start + UInt64(block.lowerBound), size: block.count, known: known.map(\.1))
            let method = index.map { known[$0].0 } ?? shell.printer?.rawValue ?? ""
            if method == "kept" {
                keep(block)
                continue
            }
            let entry = Journal.Block(
                offset: block.lowerBound, size: block.count, sum: CRC32.zlib(unsafe bytes.span.bytes), method: method,
                retries: shell.corrected - before)
            try put(bytes, as: entry, since: begin, image: image, journal: journal)
        }
        try checkShell(device, start: start, image: image)
    }

    /// A mounted file system may have been written between two blocks: all of it once more, as far as it can be summed.
    private func checkShell(
        _ device: ShellReader.Device, start: UInt64, image: AcquiredImage
    ) throws(AcquisitionError) {
        for at in stride(from: 0, to: report.size, by: 1 << 20) {
            let part = at..<min(at + 1 << 20, report.size)
            guard shell.summer != nil, let own = image.read(part) else { return }
            guard try shell.isStill(own, device: device, at: start + UInt64(at)) == false else { continue }
            let (first, end) = (hex(start + UInt64(at)), hex(start + UInt64(part.upperBound)))
            note(
                doubt:
                    "\(shell.path(of: device)) was written between \(first) and \(end) while it was read: blocks may be "
                    + "of different age (stop what writes there, or mount it read-only)")
        }
    }
}
