import FlashBytes

/// Finds settings that are C structs: texts in fields of fixed width, the rest of each field NUL. A network's name in one
/// field and its key in the next is how cameras keep them (`back.bin`, the `conf` partition: 64 bytes each).
///
/// Only small binary files are looked at, of which most is NUL; programs and archives are full of such tables.
struct FixedWidthFields {
    /// A field with text in it.
    private struct Field {
        var text: Range<Int>
        /// Where the next byte that is not NUL follows.
        var end: Int
    }

    /// The largest file that is looked at (bytes).
    static let largest = 64 << 10
    /// More texts than this make a table of names.
    private static let mostFields = 24

    /// The places of names and keys of networks, and of what stands beside them.
    static func find(_ text: RawSpan) -> [(kind: SecretClass, range: Range<Int>)] {
        guard text.byteCount >= 48, text.byteCount <= largest, !isKnownFormat(text) else { return [] }
        guard let fields = fields(text), fields.count <= mostFields else { return [] }
        var found: [(SecretClass, Range<Int>)] = []
        for (name, key) in zip(fields, fields.dropFirst()) where isPair(name, key: key, text: text) {
            found.append((.network, name.text))
            found.append((.credential, key.text))
        }
        return found
    }

    private static func isKnownFormat(_ text: RawSpan) -> Bool {
        let magics: [[UInt8]] = [
            [0x7f, 0x45, 0x4c, 0x46], [0x1f, 0x8b], [0x89, 0x50, 0x4e, 0x47], [0x42, 0x5a, 0x68],
        ]
        let start = (try? text.bytes(in: 0..<4)) ?? []
        // tar has fields of fixed width, too.
        return magics.contains(start) || (try? text.bytes(in: 257..<262)) == Array("ustar".utf8)
    }

    /// All texts that NULs surround; nil for what is no struct.
    private static func fields(_ text: RawSpan) -> [Field]? {
        var fields: [Field] = []
        var zeros = 0
        var at = 0
        while at < text.byteCount {
            let byte = byte(text, at: at)
            if byte == 0 {
                zeros += 1
                at += 1
                continue
            }
            var start = at
            while at < text.byteCount, isPrintable(self.byte(text, at: at)) { at += 1 }
            // A field of numbers may end in front of a text, with bytes that no text has.
            if at > start, let run = try? text.bytes(in: start..<at), String(validating: run, as: UTF8.self) == nil,
                let last = run.lastIndex(where: { $0 >= 0x80 })
            {
                start = min(at, start + last + 1)
            }
            if at == start {
                if !isPrintable(self.byte(text, at: at)) { at += 1 }
                continue
            }
            let isTerminated = at < text.byteCount && self.byte(text, at: at) == 0
            let isAtFieldStart = start == 0 || start % 4 == 0 || self.byte(text, at: start - 1) == 0
            if isTerminated, isAtFieldStart {
                var end = at
                while end < text.byteCount, self.byte(text, at: end) == 0 { end += 1 }
                fields.append(Field(text: start..<at, end: end))
                if fields.count > mostFields { return nil }
            }
        }
        // One that is not half NUL has a few texts; settings that end with NUL are none.
        let assignments = fields.count { (try? text.bytes(in: $0.text))?.contains(0x3d) ?? false }
        let isDense = text.byteCount <= 8192 && fields.count <= 8 && assignments < 2
        return zeros * 2 >= text.byteCount || isDense ? fields : nil
    }

    /// Whether one field can be a network's name and the next one its key.
    private static func isPair(_ name: Field, key: Field, text: RawSpan) -> Bool {
        let width = key.text.lowerBound - name.text.lowerBound
        // Nothing but NULs between them, in a field of a common width; 33 and 65 are text and NUL.
        guard name.end == key.text.lowerBound, (32...256).contains(width),
            width % 4 == 0 || [33, 65, 129].contains(width)
        else { return false }
        guard (1...32).contains(name.text.count),
            [5, 10, 13, 26].contains(key.text.count) || (8...64).contains(key.text.count)
        else { return false }
        // The key's field is padded, too.
        guard key.end - key.text.lowerBound >= min(32, text.byteCount - key.text.lowerBound) else { return false }
        let words = [name, key].compactMap { try? text.bytes(in: $0.text) }
        return words.allSatisfy { !isPlaceholder($0) && $0.first != 0x2f && $0.first != 0x25 }
    }

    private static func isPrintable(_ byte: UInt8) -> Bool { (0x20..<0x7f).contains(byte) || byte >= 0xa0 }

    private static func byte(_ text: RawSpan, at: Int) -> UInt8 { (try? text.uint8(at: at)) ?? 0 }
}
