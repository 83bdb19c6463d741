/// The lines of mails: the text of each part is taken out of the form in which it is sent. What is base64 and no text
/// stays as it is, as it may be a dump.
///
///     Content-Transfer-Encoding: base64
///
///     PT4gbWQuYiA4MjAwMDAwMCAxMDAwDQo4MjAwMDAwMDogODUgMTkgMDMgMjAgMGMgMDAg
struct MailLines {
    private enum Transfer { case plain, quotedPrintable, base64 }
    private enum Content { case unknown, text, other }

    private var transfer = Transfer.plain
    private var isHTML = false
    private var boundaries: Set<[UInt8]> = []
    /// What the base64 of the part holds.
    private var content = Content.unknown
    /// Lines of base64 of which that is not known yet.
    private var held: [[UInt8]] = []
    /// Whether a part was a text, and no page.
    private var hasText = false
    private var lines = LogLines()
    /// A line that goes on in the next one.
    private var begun: [UInt8] = []

    /// Whether a line is in the head of a mail, and says how its text is sent.
    static func isHeader(_ line: ArraySlice<UInt8>) -> Bool { value(of: "content-transfer-encoding:", in: line) != nil }

    private static func value(of header: String, in line: ArraySlice<UInt8>) -> String? {
        guard line.count < 200, line.count > header.utf8.count, let first = line.first, first | 0x20 == 0x63 else {
            return nil
        }
        let text = String(decoding: line, as: UTF8.self).lowercased()
        return text.hasPrefix(header) ? String(text.dropFirst(header.count)) : nil
    }

    /// Takes in a line.
    mutating func add(_ line: ArraySlice<UInt8>, isTerminated: Bool, body: LineUnpacker.Taker) {
        if takeHead(line, body: body) { return body(line, isTerminated) }
        switch transfer {
        case .plain: body(line, isTerminated)
        case .quotedPrintable:
            let text = LogInterpreter.withoutBlanksBehind(line)
            begun += LineUnpacker.printable(text.last == 0x3d ? text.dropLast() : text)
            if text.last == 0x3d, isTerminated { return }
            body(begun[...], isTerminated)
            begun = []
        case .base64: take(line, isTerminated: isTerminated, body: body)
        }
    }

    /// No more lines come.
    mutating func finish(_ body: LineUnpacker.Taker) { endPart(body) }

    /// Whether a line is one between parts, or says what the next one is.
    private mutating func takeHead(_ line: ArraySlice<UInt8>, body: LineUnpacker.Taker) -> Bool {
        if line.starts(with: "--".utf8), let known = boundaries.first(where: { line.dropFirst(2).starts(with: $0) }) {
            endPart(body)
            (transfer, isHTML) = (.plain, false)
            return known.count + 4 >= line.count
        }
        if line.count < 200, line.contains(0x3d), let boundary = Self.boundary(line) { boundaries.insert(boundary) }
        if let type = Self.value(of: "content-type:", in: line) {
            isHTML = type.contains("text/html")
            return true
        }
        guard let value = Self.value(of: "content-transfer-encoding:", in: line) else { return false }
        endPart(body)
        transfer = value.contains("base64") ? .base64 : value.contains("quoted-printable") ? .quotedPrintable : .plain
        return true
    }

    /// `Content-Type: multipart/mixed; boundary="0000000000002f"`
    private static func boundary(_ line: ArraySlice<UInt8>) -> [UInt8]? {
        let text = String(decoding: line, as: UTF8.self)
        guard let name = text.lowercased().firstRange(of: "boundary=") else { return nil }
        let rest = text.dropFirst(text.lowercased().distance(from: text.lowercased().startIndex, to: name.upperBound))
        let boundary = rest.first == "\"" ? rest.dropFirst().prefix { $0 != "\"" } : rest.prefix { !"; ".contains($0) }
        return boundary.isEmpty ? nil : Array(boundary.utf8)
    }

    private mutating func take(_ line: ArraySlice<UInt8>, isTerminated: Bool, body: LineUnpacker.Taker) {
        let text = LogInterpreter.withoutBlanksBehind(line)
        if let bytes = TextCode.base64(text) {
            switch content {
            case .unknown:
                held.append(Array(text))
                if held.count >= 4 { decide(body) }
            case .text: if !isHidden { lines.add(bytes) { body($0, true) } }
            case .other: body(line, isTerminated)
            }
        } else if content == .text, text.count >= 20, text.count(where: TextDump.isCharacter) * 8 >= text.count * 7 {
            // What it holds is lost, and so are the rows of which it was a part.
            if !isHidden { lines.add([UInt8](repeating: 0x3f, count: 57)) { body($0, true) } }
        } else {
            // Lines of the head, or those behind the part.
            if !held.isEmpty || content != .unknown { endPart(body) }
            body(line, isTerminated)
        }
    }

    /// Whether it is the page of a text that was there.
    private var isHidden: Bool { isHTML && hasText }

    private mutating func decide(_ body: LineUnpacker.Taker) {
        let first = held
        held = []
        let bytes = first.flatMap { TextCode.base64($0[...]) ?? [] }
        content = Self.isText(bytes) ? .text : .other
        if content == .other {
            for line in first { body(line[...], true) }
        } else if !isHidden {
            hasText = hasText || !isHTML
            lines.add(bytes) { body($0, true) }
        }
    }

    /// Whether bytes are a text, in one byte a sign or two.
    private static func isText(_ bytes: [UInt8]) -> Bool {
        let signs =
            bytes.starts(with: [0xff, 0xfe]) || bytes.starts(with: [0xfe, 0xff]) ? bytes.filter { $0 != 0 } : bytes
        let other = signs.count { !(0x20...0x7e).contains($0) && ![0x09, 0x0a, 0x0d, 0x1b, 0x08].contains($0) }
        return signs.count >= 16 && other * 20 <= signs.count
    }

    private mutating func endPart(_ body: LineUnpacker.Taker) {
        if !held.isEmpty { decide(body) }
        if content == .text { lines.finish { body($0, true) } }
        (content, lines) = (.unknown, LogLines())
        if !begun.isEmpty { body(begun[...], false) }
        begun = []
    }
}
