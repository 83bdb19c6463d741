import FileTree
import FirmwareImage
import FlashBytes

/// Something compressed that stands somewhere in a file: behind a script or a header, in a cell or an attribute.
struct EmbeddedStream {
    /// Where it stands.
    let range: Range<Int>
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

    /// Whether bytes begin as one of these does.
    static func begins(_ bytes: [UInt8]) -> Bool { sign(bytes, at: 0) != nil }

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
                range: place..<place + stream.count, members: [PackedContents.Member(path: [], bytes: stream.bytes)],
                isWhole: stream.isWhole)
        }
        if sign.form == .archive {
            guard budget.archives > 0 else { return nil }
            budget.archives -= 1
        }
        if bytes[place] == 0xfd, budget.take((bytes.count - place) / 8) {
            for end in ends(ofXZ: bytes, from: place) where budget.take(2 * (end - place)) {
                guard let contents = try? PackedContents(Array(bytes[place..<end]), limit: left),
                    !contents.members.isEmpty
                else { continue }
                return EmbeddedStream(range: place..<end, members: contents.members, isWhole: true)
            }
        }
        guard budget.take(2 * (bytes.count - place)),
            let contents = try? PackedContents(Array(bytes[place...]), limit: left, hasTail: true),
            !contents.members.isEmpty
        else { return nil }
        let count = sign.form == .archive ? bytes.count - place : contents.consumed
        return EmbeddedStream(
            range: place..<min(bytes.count, place + max(count, sign.bytes.count)), members: contents.members,
            isWhole: true)
    }

    /// Tries at the end of one stream of xz.
    private static let mostEnds = 4

    /// Where a stream of xz may end: with the flags that it begins with, and two letters (xz-file-format.txt, 2.1.2).
    private static func ends(ofXZ bytes: [UInt8], from place: Int) -> [Int] {
        let (header, footer) = (12, 12)
        var found: [Int] = []
        var at = place + header + footer
        while at <= bytes.count, found.count < mostEnds {
            if bytes[at - 1] == 0x5a, bytes[at - 2] == 0x59, bytes[at - 4] == bytes[place + 6],
                bytes[at - 3] == bytes[place + 7]
            {
                found.append(at)
            }
            at += 1
        }
        return found
    }
}
