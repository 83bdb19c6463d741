internal import FlashBytes

/// Reads logs and transcripts, part by part.
final class LogReader {
    let log = LogInterpreter()
    /// What a transcript of an acquisition says about its blocks.
    private(set) var blocks: RecordedBlocks?
    /// Whether a log was read that has not come to its end, as far as anybody knows.
    private var isOpen = false
    /// Its last line, if that has no end.
    private var rest: [UInt8]?

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

    /// All logs are read.
    func finish() { endLog() }

    /// The log before has come to its end, and the next one does not go on where it stops.
    private func endLog() {
        guard isOpen else { return }
        isOpen = false
        if let rest { log.line(rest[...], isTerminated: false) }
        rest = nil
        log.finish()
    }

    /// The first lines of a log that is no transcript.
    ///
    /// - Parameter isBehindLine: whether an end of a line stands in front of them.
    private func begin(_ first: ArraySlice<UInt8>?, isTerminated: Bool, isBehindLine: Bool = false) {
        if isOpen, let first, isBehindLine, let rest, log.goesOn(with: rest[...]) {
            log.line(rest[...])
            self.rest = nil
            log.join(isWithinLine: true)
            return take(first, isTerminated: isTerminated)
        }
        if isOpen, let first {
            let joined = (rest ?? []) + first
            if log.goesOn(with: joined[...]) {
                log.join(isWithinLine: rest != nil)
                rest = nil
                return take(joined[...], isTerminated: isTerminated)
            }
        }
        endLog()
        isOpen = true
        if let first { take(first, isTerminated: isTerminated) }
    }

    /// A line of a log. One that has no end waits for the next log, which may go on in it.
    private func take(_ line: ArraySlice<UInt8>, isTerminated: Bool) {
        if isTerminated { log.line(line) } else { rest = Array(line) }
    }

    /// One file of them.
    private final class File {
        private let reader: LogReader
        private var lines = LogLines()
        private var isTranscript: Bool?
        /// Whether it begins with the end of a line.
        private var isBehindLine = false
        /// Of a transcript, a line that has not ended.
        private var rest: [UInt8] = []
        private var unpacker = LineUnpacker()
        private var filter = LineFilter()
        /// Whether no line of it was handed on yet.
        private var isFirst = true

        init(_ reader: LogReader) { self.reader = reader }

        func add(_ part: [UInt8]) {
            if isTranscript == nil {
                isTranscript = part.starts(with: #"{"at":"#.utf8)
                isBehindLine = part.first.map(BoardConsole.isLineEnd) ?? false
                if isTranscript == true { reader.begin(nil, isTerminated: true) }
            }
            if isTranscript == true {
                rest += part
                var start = 0
                while let end = rest[start...].firstIndex(of: 0x0a) {
                    record(rest[start..<end])
                    start = end + 1
                }
                rest.removeFirst(start)
            } else {
                lines.add(part) { unpack($0, isTerminated: true) }
            }
        }

        func finish() {
            // The last line of a transcript may be cut.
            if isTranscript == true {
                record(rest[...])
                lines.finish { reader.log.line($0, isTerminated: false) }
            } else {
                lines.finish { unpack($0, isTerminated: false) }
                unpacker.finish { pass($0, isTerminated: $1) }
                filter.finish { hand($0, isTerminated: $1) }
            }
        }

        private func unpack(_ line: ArraySlice<UInt8>, isTerminated: Bool) {
            unpacker.add(line, isTerminated: isTerminated) { pass($0, isTerminated: $1) }
        }

        private func pass(_ line: ArraySlice<UInt8>, isTerminated: Bool) {
            // What PuTTY writes in front of a log is no line of it.
            if isFirst, line.starts(with: "=~=~=~=".utf8) { return }
            filter.add(line, isTerminated: isTerminated) { hand($0, isTerminated: $1) }
        }

        /// Whether a line has told something of a dump.
        private func hand(_ line: ArraySlice<UInt8>, isTerminated: Bool) -> Bool {
            let known = reader.log.knownLines
            if isFirst {
                reader.begin(line, isTerminated: isTerminated, isBehindLine: isBehindLine)
            } else {
                reader.take(line, isTerminated: isTerminated)
            }
            isFirst = false
            return reader.log.knownLines > known
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
