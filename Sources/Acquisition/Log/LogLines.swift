internal import FlashBytes
internal import SystemPackage

/// Hands out the lines of a log one after the other, in whatever encoding a terminal program has written it, without
/// what a terminal would obey.
struct LogLines {
    /// How wide a character is (bytes), and in which order its bytes stand.
    private struct Encoding: Equatable {
        var width = 1
        var isLittle = true
    }

    private var encoding: Encoding?
    private var filter = ControlSequenceFilter()
    /// The beginning of a wide character.
    private var begun: [UInt8] = []
    /// The line that has not ended yet.
    private var rest: [UInt8] = []
    /// How much of it has been searched for its end.
    private var searched = 0
    /// No line that says anything is longer: `base64 -w0` prints a whole flash in one.
    private static let longest = 1 << 26

    /// Takes in a part of the log.
    mutating func add(_ chunk: [UInt8], body: (ArraySlice<UInt8>) -> Void) {
        var chunk = chunk
        if encoding == nil {
            encoding = Self.encoding(of: chunk)
            if chunk.starts(with: [0xef, 0xbb, 0xbf]) { chunk.removeFirst(3) }
        }
        if let encoding, encoding.width > 1 { chunk = narrow(chunk, from: encoding) }
        rest += filter.filter(chunk)
        var start = 0
        while let end = rest[max(start, searched)...].firstIndex(where: BoardConsole.isLineEnd) {
            if end > start { body(Self.shown(rest[start..<end])) }
            start = end + 1
        }
        rest.removeFirst(start)
        if rest.count > Self.longest { rest.removeAll() }
        searched = rest.count
    }

    /// Hands out what stands behind the last line end.
    mutating func finish(_ body: (ArraySlice<UInt8>) -> Void) {
        if !rest.isEmpty { body(Self.shown(rest[...])) }
        rest = []
        searched = 0
    }

    /// A line as a terminal shows it: behind a backspace the next character stands in the place of the last one.
    private static func shown(_ line: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        guard line.contains(backspace) else { return line }
        var shown: [UInt8] = []
        var column = 0
        for byte in line {
            if byte == backspace {
                column = max(0, column - 1)
            } else {
                if column < shown.count { shown[column] = byte } else { shown.append(byte) }
                column += 1
            }
        }
        return shown[...]
    }
    private static let backspace: UInt8 = 0x08

    private static func encoding(of beginning: [UInt8]) -> Encoding {
        let marks: [([UInt8], Encoding)] = [
            ([0xff, 0xfe, 0, 0], Encoding(width: 4)), ([0, 0, 0xfe, 0xff], Encoding(width: 4, isLittle: false)),
            ([0xff, 0xfe], Encoding(width: 2)), ([0xfe, 0xff], Encoding(width: 2, isLittle: false)),
        ]
        if let known = marks.first(where: { beginning.starts(with: $0.0) }) { return known.1 }
        let sample = beginning.prefix(512)
        guard sample.count >= 16 else { return Encoding() }
        // Letters of the Latin alphabet: all but one of their bytes are zero.
        for width in [4, 2] {
            let zeros = (0..<width).map { place in sample.indices.count { $0 % width == place && sample[$0] == 0 } }
            for (letter, isLittle) in [(0, true), (width - 1, false)] {
                let isFilled = zeros.indices.allSatisfy { $0 == letter || zeros[$0] * 2 * width > sample.count }
                if isFilled, zeros[letter] == 0 { return Encoding(width: width, isLittle: isLittle) }
            }
        }
        return Encoding()
    }

    /// The low bytes of wide characters; what has no place in a log becomes a question mark.
    private mutating func narrow(_ chunk: [UInt8], from encoding: Encoding) -> [UInt8] {
        let bytes = begun + chunk
        let width = encoding.width
        begun = Array(bytes.suffix(bytes.count % width))
        var text: [UInt8] = []
        text.reserveCapacity(bytes.count / width)
        for at in stride(from: 0, to: bytes.count - width + 1, by: width) {
            let unit = (0..<width).reduce(UInt32(0)) {
                $0 << 8 | UInt32(bytes[encoding.isLittle ? at + width - 1 - $1 : at + $1])
            }
            if unit == 0xfeff { continue }
            text.append(UInt8(exactly: unit) ?? 0x3f)
        }
        return text
    }

    /// Reads a file in parts.
    static func parts(of path: String, _ body: ([UInt8]) -> Void) throws(FileError) {
        do {
            let file = try FileDescriptor.open(FilePath(path), .readOnly, options: [.closeOnExec])
            defer { try? file.close() }
            var buffer = [UInt8](repeating: 0, count: 1 << 18)
            while true {
                let count = try unsafe buffer.withUnsafeMutableBytes { unsafe try file.read(into: $0) }
                if count == 0 { return }
                body(Array(buffer[..<count]))
            }
        } catch {
            throw FileError(action: "read", path: path, errno: error as? Errno ?? .ioError)
        }
    }
}
