import FileTree
import FirmwareImage
import FlashBytes

/// Something compressed that stands somewhere in a file: behind a script or a header, in a cell or an attribute, in base64 or
/// hexadecimal in a setting.
struct EmbeddedStream {
    /// Where it is written.
    let range: Range<Int>
    /// How it is written there.
    let notation: Notation
    /// What is in it: one file without a name, or those of an archive.
    let members: [PackedContents.Member]
    /// Whether all of it could be read.
    let isWhole: Bool

    /// What is looked for: how it begins, and how it is read.
    private struct Sign {
        let bytes: [UInt8]
        let form: Form
    }

    private enum Form {
        /// gzip and zlib.
        case deflated
        /// A file that libarchive reads to its end.
        case stream
        /// Its directory is at the end of the file.
        case archive
    }

    private static let signs: [Sign] =
        [
            Sign(bytes: [0x1f, 0x8b, 0x08], form: .deflated), Sign(bytes: [0x78, 0x9c], form: .deflated),
            Sign(bytes: [0x78, 0xda], form: .deflated), Sign(bytes: [0x78, 0x01], form: .deflated),
            Sign(bytes: [0x78, 0x5e], form: .deflated),
            Sign(bytes: [0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00], form: .stream),
            Sign(bytes: [0x28, 0xb5, 0x2f, 0xfd], form: .stream), Sign(bytes: [0x04, 0x22, 0x4d, 0x18], form: .stream),
            Sign(bytes: [0x5d, 0x00, 0x00, 0x80, 0x00, 0xff, 0xff], form: .stream),
            Sign(bytes: [0x50, 0x4b, 0x03, 0x04], form: .archive),
            Sign(bytes: [0x37, 0x7a, 0xbc, 0xaf, 0x27, 0x1c], form: .archive),
        ]
        + (0x31...0x39).map { Sign(bytes: [0x42, 0x5a, 0x68, $0, 0x31, 0x41, 0x59, 0x26, 0x53, 0x59], form: .stream) }

    /// Which bytes any of them begins with.
    private static let firstBytes: [Bool] = (0..<256).map { byte in signs.contains { $0.bytes.first == UInt8(byte) } }
    /// The same in base64, by the first two digits: they say the first byte, and four bits of the second.
    private static let firstDigits: [Bool] = {
        var isFirst = [Bool](repeating: false, count: 1 << 16)
        for sign in signs {
            let high = KnownSecret.base64[Int(sign.bytes[0] >> 2)]
            let low = KnownSecret.base64[Int((sign.bytes[0] & 3) << 4 | sign.bytes[1] >> 4)]
            isFirst[Int(high) << 8 | Int(low)] = true
        }
        return isFirst
    }()
    /// A shorter text says nothing (digits).
    private static let shortest = (base64: 28, hex: 40)
    /// What attempts may cost, whatever they bring: a file can be full of beginnings that are none.
    private struct Budget {
        /// Bytes that are read.
        var bytes: Int
        /// libarchive takes an archive to the end of the file: what is in it begins like one, too.
        var archives = 2

        init(size: Int) { bytes = 16 << 20 + 16 * size }

        /// A try with so many bytes.
        mutating func take(_ count: Int) -> Bool {
            bytes -= count + Self.start
            return bytes >= 0
        }

        /// What it costs to begin one (bytes).
        private static let start = 8192
    }

    /// Everything of that kind in some bytes, ascending.
    ///
    /// - Parameters:
    ///   - start: what stands before is looked at elsewhere.
    ///   - left: what may come out of all of them (bytes).
    ///   - isComplete: becomes false where so much begins like a stream that not all was tried.
    static func find(in bytes: [UInt8], from start: Int, left: inout Int, isComplete: inout Bool) -> [EmbeddedStream] {
        var found: [EmbeddedStream] = []
        var budget = Budget(size: bytes.count)
        var at = start
        while at + 12 < bytes.count {
            var stream: EmbeddedStream?
            let byte = bytes[at]
            if firstBytes[Int(byte)], let sign = sign(bytes, at: at) {
                stream = read(bytes, at: at, sign: sign, left: left, budget: &budget)
            }
            let isText = firstDigits[Int(byte) << 8 | Int(bytes[at + 1])] || ByteText.isHexDigit(byte)
            if stream == nil, isText, isWordStart(bytes, at: at) {
                stream =
                    readBase64(bytes, at: at, left: left, budget: &budget)
                    ?? readHex(bytes, at: at, left: left, budget: &budget)
            }
            if let stream {
                left -= stream.members.reduce(0) { $0 + $1.bytes.count }
                found.append(stream)
                at = max(at + 1, stream.range.upperBound)
                if left <= 0 { break }
            } else {
                at += 1
            }
        }
        if budget.bytes < 0 || left <= 0 { isComplete = false }
        return found
    }

    private static func sign(_ bytes: [UInt8], at place: Int) -> Sign? {
        signs.first { sign in
            place + sign.bytes.count <= bytes.count
                && sign.bytes.indices.allSatisfy { bytes[place + $0] == sign.bytes[$0] }
        }
    }

    private static func read(
        _ bytes: [UInt8], at place: Int, sign: Sign, left: Int, budget: inout Budget
    ) -> EmbeddedStream? {
        if sign.form == .deflated {
            guard budget.take(0), let stream = InflatedStream(unsafe bytes.span.bytes, at: place, limit: left),
                !stream.bytes.isEmpty
            else { return nil }
            return EmbeddedStream(
                range: place..<place + stream.count, notation: .plain,
                members: [PackedContents.Member(path: [], bytes: stream.bytes)], isWhole: stream.isWhole)
        }
        if sign.form == .archive {
            guard budget.archives > 0 else { return nil }
            budget.archives -= 1
        }
        guard budget.take(2 * (bytes.count - place)),
            let contents = try? PackedContents(Array(bytes[place...]), limit: left, hasTail: true),
            !contents.members.isEmpty
        else { return nil }
        let count = sign.form == .archive ? bytes.count - place : end(of: bytes, from: place, within: contents.consumed)
        return EmbeddedStream(
            range: place..<min(bytes.count, place + max(count, sign.bytes.count)), notation: .plain,
            members: contents.members, isWhole: true)
    }

    /// Where a stream ends of which libarchive has read `count` bytes: that of xz with its own last bytes (xz-file-format.txt,
    /// 2.1.2), whatever follows them.
    private static func end(of bytes: [UInt8], from place: Int, within count: Int) -> Int {
        guard bytes[place] == 0xfd else { return count }
        let part = bytes[place..<min(bytes.count, place + count)]
        guard let last = part.indices.dropLast().last(where: { part[$0] == 0x59 && part[$0 + 1] == 0x5a }) else {
            return count
        }
        return last + 2 - place
    }

    // MARK: - In texts

    private static func isWordStart(_ bytes: [UInt8], at place: Int) -> Bool {
        guard place > 0, ByteText.isAlphanumeric(bytes[place - 1]) else { return true }
        // `\n` in a string.
        return place > 1 && bytes[place - 2] == 0x5c
    }

    private static func readBase64(
        _ bytes: [UInt8], at place: Int, left: Int, budget: inout Budget
    ) -> EmbeddedStream? {
        guard firstDigits[Int(bytes[place]) << 8 | Int(bytes[place + 1])], startsStream(bytes, at: place) else {
            return nil
        }
        for isForURLs in [false, true] {
            let run = Base64Run(bytes, from: place, end: bytes.count, isForURLs: isForURLs)
            guard run.decoded.count >= shortest.base64 * 3 / 4, let sign = sign(run.decoded, at: 0),
                let stream = read(run.decoded, at: 0, sign: sign, left: left, budget: &budget)
            else { continue }
            let digits = run.pieces(first: (stream.range.count + 2) / 3 * 4)
            guard stream.isWhole || !isForURLs, let end = digits.last?.upperBound else { continue }
            return EmbeddedStream(
                range: place..<end, notation: .base64, members: stream.members, isWhole: stream.isWhole)
        }
        return nil
    }

    /// Whether eight digits give the beginning of a stream: most words that begin like one do not.
    private static func startsStream(_ bytes: [UInt8], at place: Int) -> Bool {
        let start = Base64Run(bytes, from: place, end: min(bytes.count, place + 8)).decoded
        return start.count < 3 || signs.contains { sign in zip(sign.bytes, start).allSatisfy { $0 == $1 } }
    }

    private static func readHex(
        _ bytes: [UInt8], at place: Int, left: Int, budget: inout Budget
    ) -> EmbeddedStream? {
        func byte(at place: Int) -> UInt8 {
            ByteText.hexValue(bytes[place]) << 4 | ByteText.hexValue(bytes[place + 1])
        }
        guard ByteText.isHexDigit(bytes[place]), ByteText.isHexDigit(bytes[place + 1]),
            firstBytes[Int(byte(at: place))]
        else { return nil }
        var decoded: [UInt8] = []
        var ends: [Int] = []
        var at = place
        while at + 1 < bytes.count {
            if bytes[at] == 0x0a || bytes[at] == 0x0d {
                at += 1
                continue
            }
            guard ByteText.isHexDigit(bytes[at]), ByteText.isHexDigit(bytes[at + 1]) else { break }
            decoded.append(byte(at: at))
            at += 2
            ends.append(at)
            // Of most words the first bytes tell that they are something else.
            if decoded.count == 4, sign(decoded + [0, 0, 0, 0, 0, 0], at: 0) == nil,
                !signs.contains(where: { $0.bytes.starts(with: decoded) })
            {
                return nil
            }
        }
        guard decoded.count >= shortest.hex / 2, let sign = sign(decoded, at: 0),
            let stream = read(decoded, at: 0, sign: sign, left: left, budget: &budget)
        else { return nil }
        return EmbeddedStream(
            range: place..<ends[stream.range.upperBound - 1], notation: .hex, members: stream.members,
            isWhole: stream.isWhole)
    }
}
