#if canImport(Glibc)
    internal import Glibc
#elseif canImport(Musl)
    internal import Musl
#else
    internal import Darwin
#endif

/// The same characters in other bytes: composed or not, and in the encodings that devices have.
extension KnownSecret {
    /// Encodings besides UTF-8, UTF-16 and Latin-1, as iconv calls them.
    private static let encodings = [
        "GBK", "BIG5", "SHIFT_JIS", "EUC-JP", "EUC-KR", "ISO-8859-2", "ISO-8859-5", "ISO-8859-7", "ISO-8859-9",
        "ISO-8859-15", "WINDOWS-1250", "WINDOWS-1251", "WINDOWS-1252", "KOI8-R",
        "CP437", "CP850", "CP852", "MACINTOSH",
    ]
    /// Combining marks of European languages, and Latin letters that have one in them.
    private static let marks: [UInt32] = Array(0x300...0x30c) + [0x31b, 0x323, 0x327, 0x328]
    private static let composed: [UInt32] = Array(0xc0...0x24f) + Array(0x1e00...0x1eff)

    /// Nothing for a secret in ASCII without blanks.
    var otherSpellings: [KnownSecret] {
        // The words of a mail's header (RFC 2047, section 4.2), and names of files.
        let underlined =
            bytes.contains(0x20) && bytes.count >= 8
            ? [KnownSecret(bytes.map { $0 == 0x20 ? 0x5f : $0 })].compactMap(\.self) : []
        return underlined + otherEncodings
    }

    private var otherEncodings: [KnownSecret] {
        guard bytes.contains(where: { $0 >= 0x80 }) else { return [] }
        guard let text = String(validating: bytes, as: UTF8.self) else {
            // Given in the encoding of some device: what any of them takes it for, in UTF-8.
            return Set(Self.encodings.compactMap { Self.converted(bytes, from: $0, to: "UTF-8") })
                .sorted { $0.lexicographicallyPrecedes($1) }.compactMap { KnownSecret($0) }
        }
        var texts: [String] = []
        for other in [Self.composed(text), Self.decomposed(text)] where !other.utf8.elementsEqual(text.utf8) {
            texts.append(other)
        }
        let encoded = ([text] + texts).flatMap { text in
            Self.encodings.compactMap { Self.converted(Array(text.utf8), from: "UTF-8", to: $0) }
        }
        // Programs that know ASCII alone put a sign in the place of what they lack.
        let reduced = text.unicodeScalars.map { $0.isASCII ? UInt8(truncatingIfNeeded: $0.value) : 0x3f }
        let isReadable = reduced.count { $0 != 0x3f } >= 6
        return (texts.map { Array($0.utf8) } + encoded + (isReadable ? [reduced] : [])).filter { $0 != bytes }
            .compactMap { KnownSecret($0) }
    }

    /// With one character for a letter and its mark, as keyboards give it.
    private static func composed(_ text: String) -> String {
        var scalars = String.UnicodeScalarView()
        for scalar in text.unicodeScalars {
            // Swift compares texts by what they look like.
            if marks.contains(scalar.value), let last = scalars.last,
                let both = composed.lazy.compactMap(Unicode.Scalar.init).first(where: {
                    String($0) == String(last) + String(scalar)
                })
            {
                scalars.removeLast()
                scalars.append(both)
            } else {
                scalars.append(scalar)
            }
        }
        return String(scalars)
    }

    /// With a mark behind its letter, as macOS writes names.
    private static func decomposed(_ text: String) -> String {
        var scalars = String.UnicodeScalarView()
        for scalar in text.unicodeScalars {
            guard composed.contains(scalar.value), let parts = parts(of: scalar) else {
                scalars.append(scalar)
                continue
            }
            scalars.append(contentsOf: parts)
        }
        return String(scalars)
    }

    private static func parts(of scalar: Unicode.Scalar) -> [Unicode.Scalar]? {
        let letters = (Array(0x41...0x5a) + Array(0x61...0x7a)).compactMap { Unicode.Scalar(UInt32($0)) }
        for mark in marks.compactMap(Unicode.Scalar.init) {
            for letter in letters where String(letter) + String(mark) == String(scalar) { return [letter, mark] }
        }
        return nil
    }

    /// A text in another encoding; nil where it lacks one of the characters, or the system lacks the encoding.
    private static func converted(_ text: [UInt8], from source: String, to target: String) -> [UInt8]? {
        let converter = unsafe iconv_open(target, source)
        guard unsafe converter != iconv_t(bitPattern: -1) else { return nil }
        defer { unsafe iconv_close(converter) }
        var input = text.map { CChar(bitPattern: $0) }
        var output = [CChar](repeating: 0, count: input.count * 4)
        var (inputLeft, outputLeft) = (input.count, output.count)
        let result = unsafe input.withUnsafeMutableBufferPointer { source in
            unsafe output.withUnsafeMutableBufferPointer { target in
                var (from, to) = (source.baseAddress, target.baseAddress)
                return unsafe iconv(converter, &from, &inputLeft, &to, &outputLeft)
            }
        }
        guard result == 0, inputLeft == 0 else { return nil }
        return output.prefix(output.count - outputLeft).map { UInt8(bitPattern: $0) }
    }
}
