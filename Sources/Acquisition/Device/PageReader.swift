internal import FlashBytes

/// Reads NAND page by page with U-Boot's `nand dump`, where there is no command that shows memory.
///
/// Neither a sum nor a text proves a row, so each page is read until two readings agree.
final class PageReader {
    private let console: BoardConsole
    /// Bytes in a page; 0 as long as none has been read.
    private(set) var pageSize = 0
    /// Which other pages were shown instead.
    private var others: [UInt64] = []
    /// Pages that had to be read again.
    private(set) var corrected = 0

    init(console: BoardConsole) { self.console = console }

    /// Reads the page in which `offset` lies, to learn how large pages are.
    ///
    /// - Returns: whether the board has `nand dump`.
    func learn(at offset: UInt64) throws(AcquisitionError) -> Bool {
        guard pageSize == 0 else { return true }
        var seen: [Int] = []
        for _ in 0..<4 {
            // A page begins at a multiple of any size that pages have.
            let size = try reading(offset - offset % 16384)?.count ?? 0
            guard size >= 512, size <= 16384, size & (size - 1) == 0 else { continue }
            if seen.contains(size) {
                pageSize = size
                return true
            }
            seen.append(size)
        }
        return false
    }

    /// The page at `offset`, as two readings show it.
    func page(at offset: UInt64) throws(AcquisitionError) -> [UInt8] {
        var readings: [[UInt8]] = []
        others = []
        for attempt in 0..<8 {
            if attempt > 1 { corrected += 1 }
            guard let bytes = try reading(offset), bytes.count == pageSize else { continue }
            if readings.contains(bytes) { return bytes }
            readings.append(bytes)
        }
        // A build that takes no offset shows the first page each time.
        if let other = others.last, others.count(where: { $0 == other }) > 2 {
            throw .commandFailed(
                command: "nand dump \(MemoryReader.digits(offset))", answer: "it shows the page at \(hex(other))")
        }
        throw .unreadable(
            address: offset, size: pageSize,
            reason: "'nand dump \(MemoryReader.digits(offset))' never shows that page twice the same")
    }

    /// One `nand dump`; nil if it shows no page, or another one.
    private func reading(_ offset: UInt64) throws(AcquisitionError) -> [UInt8]? {
        var start: UInt64?
        var bytes: [UInt8] = []
        var isSpare = false
        var isDamaged = false
        var refusal: String?
        try console.run("nand dump \(MemoryReader.digits(offset))", attempts: nil) { line in
            let text = line.drop(while: MemoryRow.isBlank)
            if let found = PageDump.start(text) {
                start = found
            } else if text.starts(with: Array("OOB".utf8)) {
                isSpare = true
            } else if start != nil, !isSpare {
                if let row = PageDump.bytes(text)?.bytes, row.count == 16 { bytes += row } else { isDamaged = true }
            } else if start == nil, BoardConsole.isUnknownCommand(line) {
                refusal = BoardConsole.shown(line)
            }
            return .more
        }
        if refusal != nil || isDamaged { return nil }
        guard let start else { return nil }
        guard start == offset else {
            others.append(start)
            return nil
        }
        return bytes
    }
}
