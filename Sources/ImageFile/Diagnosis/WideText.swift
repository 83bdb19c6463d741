package import FlashBytes
import JFFS2

/// A dump that went through a program which takes its bytes for characters and writes them with two bytes each, as `>` of Windows
/// PowerShell does with what other programs print.
package struct WideText: Sendable, Hashable {
    /// How bytes became characters.
    package enum CodePage: String, Sendable, Hashable, CaseIterable {
        case latin1 = "latin-1"
        case cp1252, cp437, cp850

        /// The characters of the bytes from 0x80 on, in their order; those of the last ones are their own numbers where fewer are here.
        private var characters: String {
            switch self {
            case .latin1: ""
            case .cp1252:
                "€\u{81}‚ƒ„…†‡ˆ‰Š‹Œ\u{8d}Ž\u{8f}\u{90}‘’“”•–—˜™š›œ\u{9d}žŸ"
            case .cp437:
                "ÇüéâäàåçêëèïîìÄÅÉæÆôöòûùÿÖÜ¢£¥₧ƒ"
                    + "áíóúñÑªº¿⌐¬½¼¡«»░▒▓│┤╡╢╖╕╣║╗╝╜╛┐"
                    + "└┴┬├─┼╞╟╚╔╩╦╠═╬╧╨╤╥╙╘╒╓╫╪┘┌█▄▌▐▀"
                    + "αßΓπΣσµτΦΘΩδ∞φε∩≡±≥≤⌠⌡÷≈°∙·√ⁿ²■\u{a0}"
            case .cp850:
                "ÇüéâäàåçêëèïîìÄÅÉæÆôöòûùÿÖÜø£Ø×ƒ"
                    + "áíóúñÑªº¿®¬½¼¡«»░▒▓│┤ÁÂÀ©╣║╗╝¢¥┐"
                    + "└┴┬├─┼ãÃ╚╔╩╦╠═╬¤ðÐÊËÈıÍÎÏ┘┌█▄¦Ì▀"
                    + "ÓßÔÒõÕµþÞÚÛÙýÝ¯´\u{ad}±‗¾¶§÷¸°¨·¹³²■\u{a0}"
            }
        }

        /// The bytes of all characters up to U+FFFF, and 256 for those that it does not have.
        package var bytes: [UInt16] {
            var table = [UInt16](repeating: 256, count: 1 << 16)
            for byte in 0..<256 { table[byte] = UInt16(byte) }
            let special = Array(characters.unicodeScalars)
            for byte in 0x80..<0x80 + special.count { table[byte] = 256 }
            for (index, scalar) in special.enumerated() { table[Int(scalar.value)] = UInt16(0x80 + index) }
            return table
        }

        /// As people call it.
        var name: String { self == .latin1 ? "Latin-1" : "code page \(rawValue.dropFirst(2))" }
    }

    /// How bytes became characters.
    package let codePage: CodePage
    /// Whether a CR stands in front of each LF.
    package let hasLineEnds: Bool
    /// Of the numbers of characters.
    package let byteOrder: ByteOrder
    /// Whether a byte order mark stands in front.
    package let hasMark: Bool
    /// How many characters there are.
    package let count: Int
    /// How many node headers there are without it.
    package let headers: Int

    /// So many headers are no accident.
    private static let fewest = 2

    /// Nil where the bytes are no such text, or show no node then.
    init?(_ bytes: RawSpan) {
        guard bytes.byteCount >= 512, bytes.byteCount % 2 == 0, let (order, hasMark) = Self.order(bytes) else {
            return nil
        }
        let start = hasMark ? 2 : 0
        for page in CodePage.allCases {
            guard let plain = Self.narrowed(bytes, from: start, order: order, page: page) else { continue }
            let undone = Self.withoutReturns(plain)
            let (found, better) = (Self.headers(plain), undone.map(Self.headers) ?? 0)
            guard max(found, better) >= Self.fewest else { continue }
            (codePage, byteOrder, self.hasMark, count) = (page, order, hasMark, plain.count)
            hasLineEnds = better >= found && undone != nil
            headers = max(found, better)
            return
        }
        return nil
    }

    private static func headers(_ bytes: [UInt8]) -> Int { NodeCensus(unsafe bytes.span.bytes).sightings.count }

    /// The byte order that a mark tells, or the zeros in the upper bytes of the first characters.
    private static func order(_ bytes: RawSpan) -> (ByteOrder, hasMark: Bool)? {
        for order in ByteOrder.allCases {
            if (try? bytes.uint16(at: 0, order)) == 0xfeff { return (order, true) }
            let first = (0..<256).compactMap { try? bytes.uint16(at: 2 * $0, order) }
            // Zeros and erased bytes alone tell nothing.
            if first.allSatisfy({ $0 < 0x100 }), first.count(where: { $0 != 0 }) >= 64 { return (order, false) }
        }
        return nil
    }

    private static func narrowed(_ bytes: RawSpan, from start: Int, order: ByteOrder, page: CodePage) -> [UInt8]? {
        let table = page.bytes
        var plain: [UInt8] = []
        plain.reserveCapacity(bytes.byteCount / 2)
        for at in stride(from: start, to: bytes.byteCount - 1, by: 2) {
            guard let unit = try? bytes.uint16(at: at, order), let byte = UInt8(exactly: table[Int(unit)]) else {
                return nil
            }
            plain.append(byte)
        }
        return plain
    }

    /// The bytes without the CR in front of each LF; nil where one has none.
    private static func withoutReturns(_ bytes: [UInt8]) -> [UInt8]? {
        var result: [UInt8] = []
        result.reserveCapacity(bytes.count)
        var count = 0
        for byte in bytes {
            if byte == 0x0a {
                guard result.last == 0x0d else { return nil }
                result[result.count - 1] = 0x0a
                count += 1
            } else {
                result.append(byte)
            }
        }
        return count > 0 ? result : nil
    }

    var diagnosis: Diagnosis {
        var reasons = [
            (hasMark ? "a byte order mark stands in front of it, and " : "")
                + "each of its \(count) characters is one of \(codePage.name)",
            "turned back, there are \(headers) node headers with right sums",
        ]
        if hasLineEnds { reasons.append("a CR stands in front of each LF") }
        return Diagnosis(
            .wideCharacters(self),
            text:
                "it is a binary dump that was written as a text in UTF-16: each byte became a character of two bytes, as with "
                + "'>' in PowerShell", for: reasons,
            against: hasLineEnds
                ? [
                    "where 0x0D and 0x0A are now, there was 0x0A, 0x0D or both, and nobody knows which: what is taken for 0x0A is "
                        + "wrong in a part of these places"
                ] : [])
    }
}

extension WideText {
    /// What turns the text `d` of Python back, where the code page is one of its own names.
    package var python: String {
        let encoding = hasMark ? "utf-16" : byteOrder == .little ? "utf-16-le" : "utf-16-be"
        let text = "d.decode(\"\(encoding)\")" + (hasLineEnds ? #".replace("\r\n","\n")"# : "")
        switch codePage {
        case .latin1, .cp437, .cp850: return "\(text).encode(\"\(codePage.rawValue)\")"
        // Python does not know the five bytes that are no character.
        case .cp1252: return "bytes(ord(c) if ord(c)<256 else c.encode(\"cp1252\")[0] for c in \(text))"
        }
    }
}
