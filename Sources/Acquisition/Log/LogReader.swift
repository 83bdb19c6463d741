internal import FlashBytes

/// Reads logs and transcripts, part by part.
final class LogReader {
    let log = LogInterpreter()
    /// What a transcript of an acquisition says about its blocks.
    private(set) var blocks: RecordedBlocks?

    /// A log that is in memory.
    func read(_ bytes: [UInt8]) {
        let file = File(self)
        for start in stride(from: 0, to: bytes.count, by: 1 << 18) {
            file.add(Array(bytes[start..<min(start + (1 << 18), bytes.count)]))
        }
        file.finish()
    }

    /// A log that came in one way or another.
    func read(_ bytes: FileBytes) {
        let file = File(self)
        bytes.withBytes { bytes in
            for start in stride(from: 0, to: bytes.byteCount, by: 1 << 18) {
                file.add((try? bytes.bytes(in: start..<min(start + (1 << 18), bytes.byteCount))) ?? [])
            }
        }
        file.finish()
    }

    /// A log in a file.
    func read(path: String) throws(FileError) {
        let file = File(self)
        try LogLines.parts(of: path) { file.add($0) }
        file.finish()
    }

    /// One file of them.
    private final class File {
        private let reader: LogReader
        private var lines = LogLines()
        private var isTranscript: Bool?
        /// Of a transcript, a line that has not ended.
        private var rest: [UInt8] = []

        init(_ reader: LogReader) { self.reader = reader }

        func add(_ part: [UInt8]) {
            if isTranscript == nil { isTranscript = part.starts(with: #"{"at":"#.utf8) }
            if isTranscript == true {
                rest += part
                var start = 0
                while let end = rest[start...].firstIndex(of: 0x0a) {
                    record(rest[start..<end])
                    start = end + 1
                }
                rest.removeFirst(start)
            } else {
                lines.add(part) { reader.log.line($0) }
            }
        }

        func finish() {
            // The last line of a transcript may be cut.
            if isTranscript == true { record(rest[...]) }
            lines.finish { reader.log.line($0, isTerminated: false) }
            reader.log.finish()
        }

        private func record(_ line: ArraySlice<UInt8>) {
            guard let record = JSONLine(String(decoding: line, as: UTF8.self)), let side = record.string("from") else {
                return
            }
            if side == Transcript.Side.device.rawValue, let text = record.string("bytes") {
                lines.add(text.latin1) { reader.log.line($0) }
            } else if side == Transcript.Side.note.rawValue {
                lines.finish { reader.log.line($0) }
                var blocks = reader.blocks ?? RecordedBlocks()
                blocks.take(record, log: reader.log)
                reader.blocks = blocks
            }
        }
    }
}

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
            for (address, unit, digits) in picture.words where range.contains(address) {
                let ordered = MemoryReader.ordered(digits, unit: unit, reversed: reversed)
                for (index, byte) in ordered.enumerated() where address + UInt64(index) < range.upperBound {
                    bytes[Int(address - range.lowerBound) + index] = byte
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
