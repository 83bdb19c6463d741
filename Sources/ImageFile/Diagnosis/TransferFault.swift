import FlashBytes
import JFFS2

/// What a transfer that took a dump for text has done to all of it: a terminal, FTP in ASCII mode, a paste.
enum TransferFault {
    /// What is wrong; nil where nothing is.
    static func diagnosis(_ bytes: RawSpan) -> Diagnosis? {
        WideText(bytes)?.diagnosis ?? lineEnds(bytes) ?? transcoded(bytes) ?? replaced(bytes) ?? sevenBits(bytes)
    }

    /// Of less, nothing can be told.
    private static let fewest = 16

    private static func headers(_ bytes: borrowing [UInt8]) -> Int {
        NodeCensus(unsafe bytes.span.bytes).sightings.count
    }

    private static func gain(_ headers: Int) -> String {
        "turned back, there are \(headers) node headers with right sums"
    }

    /// How many nodes end where the next one begins.
    private static func chained(_ bytes: RawSpan) -> Int {
        let sightings = NodeCensus(bytes).sightings
        return zip(sightings, sightings.dropFirst()).count { $0.nextOffset == $1.offset }
    }

    // MARK: - Line ends

    /// A CR in front of each LF.
    private static func lineEnds(_ bytes: RawSpan) -> Diagnosis? {
        var count = 0
        var last: UInt8 = 0
        for index in 0..<bytes.byteCount {
            let byte = unsafe bytes.unsafeLoad(fromByteOffset: index, as: UInt8.self)
            if byte == 0x0a {
                guard last == 0x0d else { return nil }
                count += 1
            }
            last = byte
        }
        guard count >= fewest else { return nil }
        var undone: [UInt8] = []
        undone.reserveCapacity(bytes.byteCount)
        for index in 0..<bytes.byteCount {
            let byte = unsafe bytes.unsafeLoad(fromByteOffset: index, as: UInt8.self)
            if byte == 0x0a { undone.removeLast() }
            undone.append(byte)
        }
        let found = chained(unsafe undone.span.bytes)
        guard found >= 2, found > chained(bytes) else { return nil }
        return Diagnosis(
            .lineEnds, text: "line ends were translated in it: each byte 0x0A became 0x0D 0x0A",
            for: [
                "in front of all \(count) bytes 0x0A stands a 0x0D, by chance in front of one in 256",
                "turned back, there are \(found) nodes that end where the next one begins",
                "FTP in ASCII mode, and terminals, do that",
            ])
    }

    // MARK: - UTF-8

    /// Each byte from 0x80 on became the two bytes that UTF-8 has for the character of Latin-1.
    private static func transcoded(_ bytes: RawSpan) -> Diagnosis? {
        var undone: [UInt8] = []
        var pairs = 0
        var at = 0
        while at < bytes.byteCount {
            let byte = unsafe bytes.unsafeLoad(fromByteOffset: at, as: UInt8.self)
            at += 1
            guard byte >= 0x80 else {
                undone.append(byte)
                continue
            }
            guard byte == 0xc2 || byte == 0xc3, let next = try? bytes.uint8(at: at), next & 0xc0 == 0x80 else {
                return nil
            }
            undone.append(byte << 6 | next & 0x3f)
            pairs += 1
            at += 1
        }
        guard pairs >= fewest, case let found = headers(undone), found >= 2 else { return nil }
        return Diagnosis(
            .transcoded, text: "it was converted from Latin-1 to UTF-8: each byte from 0x80 on became two",
            for: [
                "all of it is UTF-8, and no character in it is above U+00FF (\(pairs) are above U+007F)", gain(found),
            ])
    }

    /// What is no UTF-8 became U+FFFD, and is lost.
    private static func replaced(_ bytes: RawSpan) -> Diagnosis? {
        let mark: [UInt8] = [0xef, 0xbf, 0xbd]
        let starts = [
            mark + [0x19, 0x01], mark + [0x19, 0x02], [0x19] + mark + mark + [0x01], [0x19] + mark + mark + [0x02],
        ]
        var marks = 0
        var nodes = 0
        var at = 0
        while at < bytes.byteCount {
            let byte = unsafe bytes.unsafeLoad(fromByteOffset: at, as: UInt8.self)
            if byte == 0xef || byte == 0x19 {
                func stands(_ text: [UInt8]) -> Bool { (try? bytes.bytes(in: at..<at + text.count)) == text }
                if stands(mark) { marks += 1 }
                if starts.contains(where: stands) { nodes += 1 }
            }
            at += 1
        }
        guard marks >= fewest, marks > bytes.byteCount / 64, nodes >= 2 else { return nil }
        return Diagnosis(
            .replacedBytes(marks),
            text: "it was read as UTF-8, and what is none was replaced by U+FFFD: those bytes are lost",
            for: [
                "the bytes EF BF BD stand in it \(marks) times",
                "at \(nodes) places, what is left of a node header stands around them",
            ])
    }

    // MARK: - Seven bits

    private static func sevenBits(_ bytes: RawSpan) -> Diagnosis? {
        guard bytes.byteCount >= 256 else { return nil }
        var nodes = 0
        var window: UInt32 = 0
        for index in 0..<bytes.byteCount {
            let byte = unsafe bytes.unsafeLoad(fromByteOffset: index, as: UInt8.self)
            if byte >= 0x80 { return nil }
            window = window << 8 | UInt32(byte)
            // Magic and type of dirents and inodes.
            if [0x0519_0160, 0x0519_0260, 0x1905_6001, 0x1905_6002].contains(window) { nodes += 1 }
        }
        guard nodes >= 2 else { return nil }
        return Diagnosis(
            .sevenBits,
            text: "the highest bit of each byte was cleared: it went over a line of 7 bits, and half of it is lost",
            for: [
                "no byte of \(bytes.byteCount) is above 0x7F",
                "at \(nodes) places stand magic and type of a node, without the highest bits",
            ])
    }
}
