import FirmwareImage
import FlashBytes
import JFFS2

/// Compressed data that no magic number names: a stream of zlib, or deflated data without any header. As random as what is
/// encrypted, but it can be unpacked.
enum UnmarkedStream {
    /// What the file is; nil for anything else.
    ///
    /// - Parameter isThorough: whether all of it is unpacked, however large it is.
    static func diagnosis(_ bytes: RawSpan, isThorough: Bool) -> Diagnosis? {
        let limit = isThorough ? most : glance
        if hasZlibHeader(bytes, at: 0), let stream = InflatedStream(bytes, at: 0, limit: limit, header: .zlib),
            stream.isWhole || stream.bytes.count >= fewest
        {
            return diagnosis(stream, word: "zlib", name: "a zlib stream", at: 0, of: bytes, limit: limit)
        }
        guard let stream = InflatedStream(bytes, at: 0, limit: limit, header: .none),
            isBare(stream, of: bytes, limit: limit)
        else { return nil }
        return diagnosis(
            stream, word: "deflate", name: "deflated data without a header", at: 0, of: bytes, limit: limit)
    }

    /// A stream of zlib behind other bytes; only a whole one, whose sum is right.
    static func diagnosis(_ bytes: RawSpan, behind offset: Int) -> Diagnosis? {
        guard hasZlibHeader(bytes, at: offset),
            let stream = InflatedStream(bytes, at: offset, limit: most, header: .zlib), stream.isWhole,
            stream.bytes.count >= fewest
        else { return nil }
        return diagnosis(stream, word: "zlib", name: "a zlib stream", at: offset, of: bytes, limit: most)
    }

    /// So much is unpacked (bytes).
    private static let most = 1 << 26
    private static let glance = 1 << 16
    /// What comes out of a stream that is no accident (bytes).
    private static let fewest = 512

    /// Method 8, a window of 32 KiB at most, no preset dictionary, and both bytes a multiple of 31 (RFC 1950, 2.2).
    private static func hasZlibHeader(_ bytes: RawSpan, at offset: Int) -> Bool {
        guard let head = try? bytes.uint16(at: offset, .big) else { return false }
        return head >> 8 & 0xf == 8 && head >> 12 <= 7 && head & 0x20 == 0 && head % 31 == 0
    }

    /// Without a sum, only that nearly all of the file makes sense tells such data from others.
    private static func isBare(_ stream: InflatedStream, of bytes: RawSpan, limit: Int) -> Bool {
        guard stream.count >= 16, !stream.bytes.isEmpty else { return false }
        if stream.isWhole {
            let rest = stream.count..<bytes.byteCount
            return rest.count <= bytes.byteCount / 32 || bytes.isFilled(with: 0xff, in: rest)
                || bytes.isFilled(with: 0, in: rest)
        }
        // Cut off, or more than was wanted. Bytes that repeat themselves can be taken for codes that do.
        return Randomness(bytes).entropy >= 7 && stream.count >= fewest && stream.bytes.count >= fewest
            && (stream.count == bytes.byteCount || stream.bytes.count >= limit)
    }

    private static func diagnosis(
        _ stream: InflatedStream, word: String, name: String, at offset: Int, of bytes: RawSpan, limit: Int
    ) -> Diagnosis {
        let isEnough = !stream.isWhole && stream.bytes.count >= limit
        var reasons = [
            "\(stream.count) bytes unpack to \(stream.bytes.count)\(isEnough ? " and more" : "")"
                + (word == "zlib" && stream.isWhole ? ", and the sum behind them is right" : ""),
            contents(unsafe stream.bytes.span.bytes),
        ]
        let rest = bytes.byteCount - offset - stream.count
        if stream.isWhole, rest > 0 { reasons.append("\(rest) bytes stand behind it") }
        return Diagnosis(
            .foreign(word: word, at: offset),
            text: offset == 0 ? "it is \(name)" : "there is \(name) at \(hex(offset)), behind other bytes",
            for: reasons, against: stream.isWhole || isEnough ? [] : ["it is cut off, or damaged: its end is missing"])
    }

    /// What came out.
    private static func contents(_ bytes: RawSpan) -> String {
        let nodes = NodeCensus(bytes).sightings.count
        if nodes > 0 {
            return "what comes out has \(nodes) node header\(nodes == 1 ? "" : "s") of JFFS2"
        }
        if let format = KnownFormat(bytes) { return "what comes out begins like \(format)" }
        if PlainText.isText(bytes) { return "what comes out is a text" }
        let first = (try? bytes.bytes(in: 0..<min(8, bytes.byteCount))) ?? []
        return "what comes out begins with the bytes \(hexadecimal(first))"
    }
}
