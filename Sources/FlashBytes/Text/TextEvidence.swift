/// Tells texts from dumps.
///
/// A text consists of lines in which there is hardly a control character; noise in front of it or between does not
/// change that. In code, compressed data and erased flash no line is free of them.
struct TextEvidence {
    /// Characters in lines that are text, and in those that are not.
    private(set) var good = 0
    private(set) var bad = 0
    /// Characters in long rows of such lines.
    private var solid = 0
    /// The same as `good` and `bad` behind the first of these rows.
    private var goodBehind = 0
    private var badBehind = 0
    /// The lines since the last that are no text, and those in front of the first.
    private var row = Row()
    private var head: Row?

    private var length = 0
    private var controls = 0
    private var last: UInt32 = 0
    private var hasLetters = false
    private var hasNUL = false
    private var hasShort = false

    private struct Row {
        var lines = 0
        var characters = 0
    }

    /// Shorter pieces show nothing (characters).
    private static let shortest = 4
    /// So many lines in a row are found in texts only.
    private static let longRow = 20
    /// What begins or ends with so many lines, of so many characters together, is a text with noise.
    private static let shortRow = Row(lines: 4, characters: 64)
    /// With so much that is no text in front, hardly anything is expected to follow (characters).
    private static let enough = 1 << 20

    init(source: RawSpan, encoding: PlainText.Encoding) {
        TextScalars.forEach(source, encoding: encoding) { scalar, _ in
            add(scalar)
            return bad < Self.enough || good * 4 >= bad || solid > 0
        }
        endLine(isLineEnd: true)
    }

    /// Whether parts of it are no text.
    var isNoisy: Bool { bad > 0 }

    var isText: Bool {
        if bad == 0 { return good > 0 || hasShort && !hasNUL }
        // Noise in front of it or between, however long.
        if good >= bad || solid * 8 >= good + bad || solid > 0 && goodBehind >= 9 * badBehind { return true }
        let edges = Row(lines: row.lines + (head?.lines ?? 0), characters: row.characters + (head?.characters ?? 0))
        return edges.lines >= Self.shortRow.lines && edges.characters >= Self.shortRow.characters
            && edges.characters * 16 >= good + bad
    }

    @inline(__always)
    private mutating func add(_ scalar: UInt32) {
        switch scalar {
        case 0x0a, 0x0d: endLine(isLineEnd: true)
        case 0:
            endLine(isLineEnd: false)
            hasNUL = true
        case 0x20..<0x7f:
            length += 1
            hasLetters = true
        // Tab, and what terminals get.
        case 0x07, 0x08, 0x09, 0x0c, 0x1b: length += 1
        case ..<0x20, 0x7f, TextScalars.replacement, 0xfffe, 0xffff:
            length += 1
            controls += 1
        default:
            length += 1
            // Erased flash; a single one is a letter in Cyrillic encodings.
            if scalar == 0xff, last == 0xff { controls += 1 }
            // No single byte, but a sequence that is right.
            if scalar > 0xff { hasLetters = true }
        }
        last = scalar
    }

    private mutating func endLine(isLineEnd: Bool) {
        defer { (length, controls, hasLetters) = (0, 0, false) }
        if length == 0 { return }
        if controls * 20 > length {
            bad += length
            badBehind += solid > 0 ? length : 0
            if head == nil { head = row }
            row = Row()
            return
        }
        // Short pieces between NULs are found in code as well.
        if length < Self.shortest, !isLineEnd || !hasLetters {
            hasShort = true
            return
        }
        good += length
        goodBehind += solid > 0 ? length : 0
        if !hasLetters { return row = Row() }
        row.characters += length
        guard isLineEnd else { return row.lines = 0 }
        row.lines += 1
        if row.lines == Self.longRow { solid += row.characters } else if row.lines > Self.longRow { solid += length }
    }
}

extension PlainText.Encoding {
    /// The encoding that the bytes show.
    init(detecting source: RawSpan) {
        if let order = Self.wideOrder(source) {
            self = .utf32(order)
            return
        }
        let counts = UnitCounts(source)
        self = counts.order.map { .utf16($0) } ?? .utf8
    }

    /// The byte order, if it is UTF-32: nearly all of the beginning are characters, most of which take one byte of the
    /// four where no mark stands in front.
    private static func wideOrder(_ source: RawSpan) -> ByteOrder? {
        let count = min(source.byteCount, 1 << 12) / 4
        guard count > 0 else { return nil }
        return ByteOrder.allCases.first { order in
            var known = 0
            var latin = 0
            for index in 0..<count {
                let scalar = TextScalars.utf32(source, at: 4 * index, byteOrder: order)
                if scalar != TextScalars.replacement, scalar != 0 { known += 1 }
                if scalar < 0x100, scalar > 0x08 { latin += 1 }
            }
            let isMarked = TextScalars.utf32(source, at: 0, byteOrder: order) == 0xfeff
            return known * 10 >= count * 9 && (isMarked || count >= 4 && latin * 4 >= count * 3)
        }
    }

    /// What the bytes are as UTF-16 of each byte order.
    private struct UnitCounts {
        /// Units in all.
        private var units = 0
        private var little = Order()
        private var big = Order()
        private var mark: ByteOrder?
        /// Bytes that are NUL, and those that are printable ASCII or end lines.
        private var nuls = 0
        private var printable = 0

        private struct Order {
            /// Printable ASCII, tabs, line ends.
            var ascii = 0
            /// Spaces and line ends.
            var blanks = 0
            /// What no text has.
            var odd = 0
        }

        /// How much is looked at (bytes).
        private static let sample = 1 << 20

        init(_ source: RawSpan) {
            let count = min(source.byteCount, Self.sample) & ~1
            guard count >= 2 else { return }
            func byte(_ at: Int) -> UInt32 {
                UInt32(unsafe source.unsafeLoad(fromUncheckedByteOffset: at, as: UInt8.self))
            }
            units = count / 2
            switch byte(0) << 8 | byte(1) {
            case 0xfffe: mark = .little
            case 0xfeff: mark = .big
            default: break
            }
            for at in stride(from: 0, to: count, by: 2) {
                let (first, second) = (byte(at), byte(at + 1))
                for value in [first, second] {
                    if value == 0 {
                        nuls += 1
                    } else if value == 0x0a || value == 0x0d || 0x20..<0x7f ~= value {
                        printable += 1
                    }
                }
                Self.count(second << 8 | first, order: &little)
                Self.count(first << 8 | second, order: &big)
            }
        }

        @inline(__always)
        private static func count(_ unit: UInt32, order: inout Order) {
            switch unit {
            case 0x0a, 0x0d, 0x20:
                order.ascii += 1
                order.blanks += 1
            case 0x09, 0x21..<0x7f: order.ascii += 1
            case 0: break
            case ..<0x20, 0x7f..<0xa0, 0xd800..<0xf900, 0xfffe, 0xffff: order.odd += 1
            default: break
            }
        }

        /// The byte order, if it is UTF-16.
        var order: ByteOrder? {
            guard units > 0 else { return nil }
            func fits(_ own: Order, isMarked: Bool) -> Bool {
                // Half of it in Latin letters, or another script with some of them and hardly anything that no text has.
                // Nothing but Latin letters: UTF-16, or a text of single bytes in which NULs are strewn.
                if printable * 8 >= (2 * units - nuls) * 7 {
                    return own.ascii * 4 >= units * 3 || own.ascii * 2 >= units && nuls * 5 >= units * 4
                }
                if own.ascii * 2 >= units { return true }
                guard own.ascii * 20 >= units || own.blanks * 100 >= units else { return false }
                return own.odd * (isMarked ? 10 : 50) <= units
            }
            let (isLittle, isBig) = (fits(little, isMarked: mark == .little), fits(big, isMarked: mark == .big))
            guard isLittle, isBig else { return isLittle ? .little : isBig ? .big : nil }
            return little.ascii >= big.ascii ? .little : .big
        }
    }
}
