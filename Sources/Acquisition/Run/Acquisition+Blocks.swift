internal import FlashBytes

/// How a block gets into the image, wherever it comes from.
extension Acquisition {
    /// Whether what an earlier run has read is what the device has now: another device, or another state of this one, may
    /// be at the line.
    func keeps(
        _ block: Range<Int>, sum: UInt32?, address: UInt64, image: AcquiredImage, journal: Journal
    ) throws(AcquisitionError) -> Bool {
        guard let kept = journal.earlier[block.lowerBound], kept.size == block.count,
            image.checksum(block) == kept.sum
        else { return false }
        if let sum { return sum == kept.sum }
        // Without the device's sum, one reading that is equal to the earlier ones says as much as two.
        guard reader.readsTwice else { return false }
        let bytes = try reader.readOnce(address..<address + UInt64(block.count))
        return CRC32.zlib(unsafe bytes.span.bytes) == kept.sum
    }

    /// The block in one of the user's files, at the same place in the range or in the flash.
    func owned(_ block: Range<Int>, sum: UInt32) -> [UInt8]? {
        haves(block).first { CRC32.zlib(unsafe $0.span.bytes) == sum }
    }

    /// Tells the transcript which block is in the image, so that it can be put together again from it.
    ///
    /// - Parameter address: at which the rows show it; nil if none do, then the bytes are told too.
    func tell(_ block: Journal.Block, address: UInt64?, image: AcquiredImage) throws(AcquisitionError) {
        guard let transcript = console.transcript else { return }
        var line = JSONLine()
        line.append("event", value: "block")
        line.append("offset", value: block.offset)
        line.append("size", value: block.size)
        line.append("crc32", value: hexadecimalDigits(block.sum))
        if let address { line.append("address", value: Int64(clamping: address)) }
        line.append("method", value: block.method)
        // What the line has damaged, or never carried, is not in the rows.
        if block.retries > 0 || block.method == "have" || address == nil && block.method != "blank" {
            line.append("bytes", value: image.read(block.offset..<block.offset + block.size).map { String(latin1: $0) })
        }
        try transcript.note(line)
    }

    func advance(_ size: Int, seconds: Double, method: String?) {
        let read = report.transferred + report.blank + report.reused + report.kept
        let isRead = method != nil && method != "blank" && method != "have"
        let rate = isRead && seconds > 0 ? Double(size) / seconds : 0
        let limit = console.transport.baudRate.map { Double($0) / 10 / reader.overhead }
        observer?.progress(
            AcquisitionProgress(
                done: read, total: report.size, rate: rate, share: rate > 0 ? limit.map { rate / $0 } : nil,
                left: Double(report.size - read) / max(1, rate > 0 ? rate : limit ?? 2836),
                corrected: reader.corrected + console.counters.retyped))
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
    ///
    /// - Parameter address: see `tell`.
    func put(
        _ bytes: [UInt8], as entry: Journal.Block, since begin: ContinuousClock.Instant, at address: UInt64? = nil,
        image: AcquiredImage, journal: Journal
    ) throws(AcquisitionError) {
        var entry = entry
        try image.write(bytes, at: entry.offset)
        switch entry.method {
        case "blank": report.blank += entry.size
        case "have": report.reused += entry.size
        default: report.transferred += entry.size
        }
        entry.seconds = (ContinuousClock.now - begin).inSeconds
        try journal.block(entry)
        try tell(entry, address: address, image: image)
        done.insert(entry.offset)
        advance(entry.size, seconds: entry.seconds, method: entry.method)
    }

    /// Counts a block that an earlier run has put into the image, and that the device still has.
    func keep(_ block: Range<Int>) {
        report.kept += block.count
        done.insert(block.lowerBound)
        advance(block.count, seconds: 0, method: nil)
    }
}
