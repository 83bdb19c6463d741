/// The text of a saved HTML page: without tags, with line ends where a browser shows them.
struct HTMLText {
    /// Tags that end a line.
    private static let lineTags: Set<String> = [
        "br", "p", "div", "li", "tr", "pre", "h1", "h2", "h3", "h4", "table", "blockquote", "ul", "ol", "hr",
    ]
    /// Tags that are looked for at all: `<hi_sfc>` and `<5>` are text.
    private static let otherTags: Set<String> = [
        "html", "head", "body", "title", "meta", "link", "script", "style", "span", "a", "b", "i", "u", "em", "strong",
        "td",
        "th", "tbody", "thead", "font", "img", "tt", "kbd", "samp", "code", "small", "big", "center", "article",
        "section", "main",
        "header", "footer", "nav", "button", "form", "input", "svg", "path", "label", "textarea", "mark", "s", "sup",
        "sub",
    ]
    private static let entities: [String: String] = [
        "quot": "\"", "amp": "&", "lt": "<", "gt": ">", "apos": "'", "nbsp": " ", "ndash": "-", "minus": "-",
        "times": "x",
        "ldquo": "\"", "rdquo": "\"", "lsquo": "'", "rsquo": "'", "laquo": "\"", "raquo": "\"", "Prime": "\"",
    ]
    /// Longer tags and entities are none (bytes).
    private static let longestTag = 4096
    private static let longestEntity = 10

    /// Whether the text is a page or a piece of one.
    static func isPage(_ bytes: [UInt8]) -> Bool {
        let head = bytes[...].prefix(1 << 16)
        for mark: StaticString in ["<!DOCTYPE html", "<!doctype html", "<html", "<HTML", "<pre", "<PRE", "<br", "<BR"] {
            if head.contains(mark) { return true }
        }
        return bytes[...].contains("&quot;")
    }

    /// Calls `body` with each line as it is shown; several may have the number of one line of the source.
    static func forEachLine(_ bytes: [UInt8], body: (TextLine) -> Void) {
        var shown: [UInt8] = []
        var number = 1
        var at = 0
        // Scripts and styles are no text.
        var hidden: String?
        func end() {
            body(TextLine(number: number, bytes: shown[...]))
            shown.removeAll(keepingCapacity: true)
        }
        while at < bytes.count {
            let byte = bytes[at]
            switch byte {
            case 0x0a:
                if hidden == nil { end() }
                number += 1
                at += 1
            case UInt8(ascii: "<"):
                guard let tag = Tag(bytes: bytes, start: at, hidden: hidden) else { fallthrough }
                at = tag.end
                number += tag.lines
                if let inside = hidden {
                    if tag.isEnd, tag.name == inside { hidden = nil }
                } else if !tag.isEnd, tag.name == "script" || tag.name == "style" {
                    hidden = tag.name
                } else if lineTags.contains(tag.name) {
                    if !shown.isEmpty { end() }
                } else if tag.name == "td" || tag.name == "th" {
                    shown.append(0x20)
                }
            case UInt8(ascii: "&"):
                let (text, length) = entity(bytes, start: at)
                if hidden == nil { shown += Array(text.utf8).withPlainSigns }
                at += length
            default:
                if hidden == nil { shown.append(byte) }
                at += 1
            }
        }
        end()
    }

    private struct Tag {
        var name: String
        var isEnd: Bool
        /// Behind it.
        var end: Int
        /// Line ends in it.
        var lines: Int

        /// The known tag at a place.
        init?(bytes: [UInt8], start: Int, hidden: String?) {
            var at = start + 1
            guard at < bytes.count else { return nil }
            isEnd = bytes[at] == UInt8(ascii: "/")
            if isEnd { at += 1 }
            let word = bytes[at...].prefix(16).prefix { $0.isLetterOrDigit }
            let behind = bytes[word.endIndex...].first
            name = word.text.lowercased()
            guard !word.isEmpty, HTMLText.lineTags.contains(name) || HTMLText.otherTags.contains(name),
                hidden == nil || isEnd && name == hidden,
                behind.map({ $0 == UInt8(ascii: ">") || $0 == UInt8(ascii: "/") || $0.isBlank || $0 == 0x0a }) == true
            else { return nil }
            let rest = bytes[word.endIndex...].prefix(HTMLText.longestTag)
            guard let close = rest.firstIndex(of: UInt8(ascii: ">")) else { return nil }
            end = close + 1
            lines = rest[..<close].count { $0 == 0x0a }
        }
    }

    /// What an entity stands for, and its length; `&` itself where there is none.
    private static func entity(_ bytes: [UInt8], start: Int) -> (String, Int) {
        let rest = bytes[(start + 1)...].prefix(longestEntity)
        guard let end = rest.firstIndex(of: UInt8(ascii: ";")) else { return ("&", 1) }
        let name = rest[..<end]
        if name.first == UInt8(ascii: "#") {
            let digits = name.dropFirst()
            let code =
                digits.hasPrefix("x") || digits.hasPrefix("X")
                ? digits.dropFirst().number(base: 16) : digits.number(base: 10)
            if let code, code >= 0x20, code <= 0x10ffff, let scalar = Unicode.Scalar(UInt32(code)) {
                return (String(Character(scalar)), end - start + 1)
            }
        } else if let text = entities[name.text] {
            return (text, end - start + 1)
        }
        return ("&", 1)
    }
}

extension [UInt8] {
    /// With the quotes, dashes and signs that word processors and blogs put in place of ASCII's.
    var withPlainSigns: [UInt8] {
        guard contains(where: { $0 == 0xe2 || $0 == 0xc2 || $0 == 0xc3 || $0 == 0xe3 }) else { return self }
        var plain: [UInt8] = []
        plain.reserveCapacity(count)
        var at = 0
        while at < count {
            let (sign, width) = plainSign(at)
            plain.append(sign)
            at += width
        }
        return plain
    }

    /// The sign at a place, and how many bytes it takes.
    private func plainSign(_ at: Int) -> (UInt8, Int) {
        let next = at + 1 < count ? self[at + 1] : 0
        let third = at + 2 < count ? self[at + 2] : 0
        return switch (self[at], next, third) {
        // “ ” „ ‟ ″
        case (0xe2, 0x80, 0x9c...0x9f), (0xe2, 0x80, 0xb3): (UInt8(ascii: "\""), 3)
        case (0xe2, 0x80, 0x98...0x99): (UInt8(ascii: "'"), 3)
        // ‐ to ―, and the minus
        case (0xe2, 0x80, 0x90...0x95), (0xe2, 0x88, 0x92): (UInt8(ascii: "-"), 3)
        // Spaces of many widths
        case (0xe2, 0x80, 0x82...0x8a), (0xe2, 0x80, 0xaf), (0xe3, 0x80, 0x80): (0x20, 3)
        case (0xc2, 0xa0, _): (0x20, 2)
        // « »
        case (0xc2, 0xab, _), (0xc2, 0xbb, _): (UInt8(ascii: "\""), 2)
        // 0×40000
        case (0xc3, 0x97, _): (UInt8(ascii: "x"), 2)
        default: (self[at], 1)
        }
    }
}
