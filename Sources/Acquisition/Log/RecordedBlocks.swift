internal import FlashBytes

/// The image of an acquisition, block by block, as its transcript tells it.
struct RecordedBlocks {
    /// Where each block lies in the image, from the address or the flash offset of its first byte on.
    private(set) var range: Range<UInt64> = 0..<0
    private(set) var image = SparseMemory()
    private(set) var sums: [Range<UInt64>] = []

    /// One note.
    mutating func take(_ note: JSONLine, log: LogInterpreter) {
        switch note.string("event") {
        case "start":
            guard let start = note.integer("start"), let size = note.integer("size"), start >= 0, size > 0,
                size <= 1 << 31,
                start <= .max - size
            else { return }
            let range = UInt64(start)..<UInt64(start + size)
            if range != self.range { self = RecordedBlocks() }
            self.range = range
        case "block":
            guard let offset = note.integer("offset"), let size = note.integer("size"), offset >= 0, size > 0,
                size <= 1 << 24, UInt64(offset) + UInt64(size) <= UInt64(range.count),
                let sum = note.string("crc32").flatMap({ UInt32($0, radix: 16) })
            else { return }
            let place = range.lowerBound + UInt64(offset)..<range.lowerBound + UInt64(offset + size)
            _ = image.take(place)
            sums.removeAll { $0.overlaps(place) }
            guard let bytes = bytes(note, size: Int(size), sum: sum, log: log) else { return }
            image.add(bytes, at: place.lowerBound)
            sums.append(place)
        default: break
        }
    }

    /// The bytes of a block: in the note itself, blank, or as the rows have shown them.
    private func bytes(_ note: JSONLine, size: Int, sum: UInt32, log: LogInterpreter) -> [UInt8]? {
        func isRight(_ bytes: [UInt8]) -> Bool { bytes.count == size && CRC32.zlib(unsafe bytes.span.bytes) == sum }
        if let bytes = note.string("bytes")?.latin1, isRight(bytes) { return bytes }
        let blank = [UInt8](repeating: 0xff, count: size)
        if isRight(blank) { return blank }
        guard let address = note.integer("address"), address >= 0 else { return nil }
        return log.candidates(UInt64(address)..<UInt64(address) + UInt64(size)).first(where: isRight)
    }
}

extension LogInterpreter {
    /// What the rows so far can make of a range: words in either order, and whole.
    func candidates(_ range: Range<UInt64>) -> [[UInt8]] {
        let shown = picture.memory.read(range)
        var found: [[UInt8]] = []
        for reversed in [true, false] {
            var bytes = shown
            for row in picture.words where range.contains(row.address) {
                let ordered = MemoryReader.ordered(row.digits, unit: row.unit, reversed: reversed)
                for (index, byte) in ordered.enumerated() where row.address + UInt64(index) < range.upperBound {
                    bytes[Int(row.address - range.lowerBound) + index] = byte
                }
            }
            found.append(bytes)
        }
        return found
            + found.flatMap { bytes in [4, 8, 2].map { WordSwap.swapped(unsafe bytes.span.bytes, group: $0) } }
    }
}

extension String {
    /// The bytes of a text with one character a byte.
    var latin1: [UInt8] { unicodeScalars.map { UInt8(truncatingIfNeeded: $0.value) } }
}
