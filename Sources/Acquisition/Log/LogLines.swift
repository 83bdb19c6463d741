internal import FlashBytes
internal import SystemPackage

/// Hands out the lines of a log one after the other, in whatever encoding a terminal program has written it, without
/// what a terminal would obey.
struct LogLines {
    private enum Encoding { case bytes, littleEndian16, bigEndian16 }

    private var encoding: Encoding?
    private var filter = ControlSequenceFilter()
    /// Half a character of 16 bits.
    private var half: UInt8?
    /// The line that has not ended yet.
    private var rest: [UInt8] = []
    /// How much of it has been searched for its end.
    private var searched = 0
    /// No line that says anything is longer: `base64 -w0` prints a whole flash in one.
    private static let longest = 1 << 26

    /// Takes in a part of the log.
    mutating func add(_ chunk: [UInt8], _ body: (ArraySlice<UInt8>) -> Void) {
        var chunk = chunk
        if encoding == nil {
            encoding = Self.encoding(of: chunk)
            if chunk.starts(with: [0xef, 0xbb, 0xbf]) { chunk.removeFirst(3) }
        }
        if encoding != .bytes { chunk = narrow(chunk) }
        rest += filter.filter(chunk)
        var start = 0
        while let end = rest[max(start, searched)...].firstIndex(where: Console.isLineEnd) {
            if end > start { body(rest[start..<end]) }
            start = end + 1
        }
        rest.removeFirst(start)
        if rest.count > Self.longest { rest.removeAll() }
        searched = rest.count
    }

    /// Hands out what stands behind the last line end.
    mutating func finish(_ body: (ArraySlice<UInt8>) -> Void) {
        if !rest.isEmpty { body(rest[...]) }
        rest = []
        searched = 0
    }

    private static func encoding(of beginning: [UInt8]) -> Encoding {
        if beginning.starts(with: [0xff, 0xfe]) { return .littleEndian16 }
        if beginning.starts(with: [0xfe, 0xff]) { return .bigEndian16 }
        let sample = beginning.prefix(512)
        let zeros = (0...1).map { parity in sample.indices.count { $0 % 2 == parity && sample[$0] == 0 } }
        if sample.count >= 16, zeros[1] * 4 > sample.count, zeros[0] == 0 { return .littleEndian16 }
        if sample.count >= 16, zeros[0] * 4 > sample.count, zeros[1] == 0 { return .bigEndian16 }
        return .bytes
    }

    /// The low bytes of characters of 16 bits; what has no place in a log becomes a question mark.
    private mutating func narrow(_ chunk: [UInt8]) -> [UInt8] {
        let bytes = (half.map { [$0] } ?? []) + chunk
        half = bytes.count % 2 == 1 ? bytes.last : nil
        var text: [UInt8] = []
        text.reserveCapacity(bytes.count / 2)
        for at in stride(from: 0, to: bytes.count - 1, by: 2) {
            let (low, high) = encoding == .littleEndian16 ? (bytes[at], bytes[at + 1]) : (bytes[at + 1], bytes[at])
            if high == 0xfe, low == 0xff { continue }
            text.append(high == 0 ? low : 0x3f)
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
            throw FileError("read", path, error as? Errno ?? .ioError)
        }
    }
}
