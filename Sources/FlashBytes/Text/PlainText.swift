/// A text in any encoding, as clean UTF-8: the one reader of texts for boot logs, partition tables, profiles and lists.
///
/// UTF-8, UTF-16 and UTF-32 of either byte order, with or without a byte order mark, and the single-byte encodings are told apart by
/// the bytes themselves. Line ends become LF. NULs, terminals' control sequences, backspaces and other control characters
/// are left out; noise of a serial line stays as characters of no meaning.
package struct PlainText: Sendable {
    /// How the characters are stored.
    package enum Encoding: Sendable, Hashable {
        /// UTF-8; bytes that are no UTF-8 are read as Latin-1 (Windows-1252).
        case utf8
        case utf16(ByteOrder)
        case utf32(ByteOrder)
    }

    /// How the bytes were read.
    package let encoding: Encoding
    /// The text: UTF-8 with LF as line end, and no other control characters than tabs.
    package let bytes: [UInt8]
    /// Whether `bytes` are those of the source, byte for byte.
    package let isVerbatim: Bool
    /// Whether parts of the source are no text: noise of a serial line, or a dump with texts in it.
    package let isNoisy: Bool

    /// Longer inputs are never taken for a text (bytes).
    package static let largest = 256 << 20

    /// Reads a text; nil where the bytes are none.
    package init?(_ source: RawSpan) {
        guard source.byteCount <= Self.largest else { return nil }
        let encoding = Encoding(detecting: source)
        let evidence = TextEvidence(source: source, encoding: encoding)
        guard evidence.isText else { return nil }
        self.init(source: source, encoding: encoding, isNoisy: evidence.isNoisy)
    }

    /// Reads bytes that are known to be a text, or that have to be taken for one.
    package init(assuming source: RawSpan) {
        self.init(source: source, encoding: Encoding(detecting: source), isNoisy: false)
    }

    /// Reads bytes as a text in this encoding.
    package init(_ source: RawSpan, as encoding: Encoding) {
        self.init(source: source, encoding: encoding, isNoisy: false)
    }

    private init(source: RawSpan, encoding: Encoding, isNoisy: Bool) {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(source.byteCount)
        var isVerbatim = true
        TextScalars.forEachKept(source, encoding: encoding) { scalar, place in
            if isVerbatim, place != bytes.count { isVerbatim = false }
            bytes.append(scalar: scalar)
        }
        if bytes.count != source.byteCount || encoding != .utf8 { isVerbatim = false }
        if isVerbatim {
            // A lone CR became LF, or a byte of another encoding two.
            isVerbatim = source.isEqual(to: unsafe bytes.span.bytes)
        }
        self.encoding = encoding
        self.bytes = bytes
        self.isVerbatim = isVerbatim
        self.isNoisy = isNoisy
    }

    /// Whether the bytes are a text.
    package static func isText(_ source: RawSpan) -> Bool {
        source.byteCount <= largest && TextEvidence(source: source, encoding: Encoding(detecting: source)).isText
    }

    /// The text as a string.
    package var string: String { String(decoding: bytes, as: UTF8.self) }

    /// Where in the source characters of `bytes` begin.
    ///
    /// - Parameters:
    ///   - offsets: in `bytes`, ascending.
    ///   - source: what this text was read from.
    /// - Returns: as many offsets in the source (bytes); the end of the source for what lies behind the last character.
    package func sourceOffsets(of offsets: [Int], in source: RawSpan) -> [Int] {
        guard !isVerbatim else { return offsets.map { min($0, source.byteCount) } }
        var found: [Int] = []
        var at = 0
        TextScalars.forEachKept(source, encoding: encoding) { scalar, place in
            at += UTF8.width(scalar)
            while found.count < offsets.count, offsets[found.count] < at { found.append(place) }
        }
        while found.count < offsets.count { found.append(source.byteCount) }
        return found
    }
}

extension PlainText.Encoding: CustomStringConvertible {
    /// The encoding's usual name.
    package var description: String {
        switch self {
        case .utf8: "UTF-8"
        case .utf16(let order): "UTF-16, \(order)"
        case .utf32(let order): "UTF-32, \(order)"
        }
    }
}

extension RawSpan {
    /// Whether these are the same bytes; the counts are equal.
    fileprivate func isEqual(to other: RawSpan) -> Bool {
        for at in 0..<min(byteCount, other.byteCount) {
            let (left, right) = unsafe (
                unsafeLoad(fromUncheckedByteOffset: at, as: UInt8.self),
                other.unsafeLoad(fromUncheckedByteOffset: at, as: UInt8.self)
            )
            guard left == right else { return false }
        }
        return true
    }
}

extension UTF8 {
    /// How many bytes a scalar takes.
    @inline(__always)
    static func width(_ scalar: UInt32) -> Int { scalar < 0x80 ? 1 : scalar < 0x800 ? 2 : scalar < 0x10000 ? 3 : 4 }
}

extension [UInt8] {
    /// Appends a scalar as UTF-8.
    @inline(__always)
    fileprivate mutating func append(scalar: UInt32) {
        func tail(_ shift: UInt32) -> UInt8 { 0x80 | UInt8(truncatingIfNeeded: scalar >> shift & 0x3f) }
        switch UTF8.width(scalar) {
        case 1: append(UInt8(truncatingIfNeeded: scalar))
        case 2: append(contentsOf: [0xc0 | UInt8(truncatingIfNeeded: scalar >> 6), tail(0)])
        case 3: append(contentsOf: [0xe0 | UInt8(truncatingIfNeeded: scalar >> 12), tail(6), tail(0)])
        default: append(contentsOf: [0xf0 | UInt8(truncatingIfNeeded: scalar >> 18), tail(12), tail(6), tail(0)])
        }
    }
}
