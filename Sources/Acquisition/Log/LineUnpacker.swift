/// Takes the lines of a log out of what programs put them into, learned from the first ones: objects and texts of JSON, texts
/// of Python, mails, and their quoted-printable form alone.
///
///     {"t": 0.5, "line": "82000000: 85 19 03 20"}
///     2026-11-29 10:00:00,123 DEBUG rx: b'82000000: 85 19 03 20\r\n'
///     82000000: 85 19 03 20 0c 00 00 00 3d 20 65 66 ff ff ff ff    ... ....=3D ef=
///     ....
struct LineUnpacker {
    private enum Form: Equatable {
        case plain
        /// A member of an object on each line.
        case member(String)
        case quoted, quotedPrintable, mail
    }

    /// Nil as long as lines are gathered that tell it.
    private var form: Form?
    private var sample: [(line: [UInt8], isTerminated: Bool)] = []
    private var sampled = 0
    /// Of texts that hold line ends: they may be parts of lines.
    private var lines: LogLines?
    /// A line that goes on in the next one.
    private var begun: [UInt8] = []
    private var mail = MailLines()

    typealias Taker = (_ line: ArraySlice<UInt8>, _ isTerminated: Bool) -> Void

    mutating func add(_ line: ArraySlice<UInt8>, isTerminated: Bool, body: Taker) {
        if form != nil { return unpack(line, isTerminated: isTerminated, body: body) }
        sample.append((Array(line), isTerminated))
        sampled += line.count
        if sample.count == 200 || sampled >= 1 << 16 { learn(body) }
    }

    /// No more lines come.
    mutating func finish(_ body: Taker) {
        if form == nil { learn(body) }
        if form == .mail { mail.finish(body) }
        lines?.finish { body($0, false) }
        if !begun.isEmpty { body(begun[...], false) }
        begun = []
    }

    private mutating func learn(_ body: Taker) {
        let lines = sample.map { $0.line[...] }
        let form = Self.form(of: lines)
        self.form = form
        if lines.contains(where: { Self.content($0, form: form)?.contains { $0 == 0x0a || $0 == 0x0d } ?? false }) {
            self.lines = LogLines()
        }
        for (line, isTerminated) in sample { unpack(line[...], isTerminated: isTerminated, body: body) }
        sample = []
    }

    private static func form(of lines: [ArraySlice<UInt8>]) -> Form {
        guard let first = lines.first(where: { !$0.allSatisfy(MemoryRow.isBlank) }) else { return .plain }
        if lines.contains(where: MailLines.isHeader) { return .mail }
        if isQuotedPrintable(lines) { return .quotedPrintable }
        func isMost(_ form: Form) -> Bool {
            lines.count >= 4 && lines.count { content($0, form: form) != nil } * 10 >= lines.count * 9
        }
        if first.first == 0x7b, let key = member(of: lines), isMost(.member(key)) { return .member(key) }
        return isMost(.quoted) ? .quoted : .plain
    }

    /// The member of objects with the longest texts.
    private static func member(of lines: [ArraySlice<UInt8>]) -> String? {
        var lengths: [String: Int] = [:]
        for line in lines {
            guard line.first == 0x7b, let object = JSONLine(String(decoding: line, as: UTF8.self)) else { continue }
            for (key, value) in object.fields {
                if case .string(let text) = value { lengths[key, default: 0] += text.utf8.count }
            }
        }
        return lengths.max { ($0.value, $1.key) < ($1.value, $0.key) }?.key
    }

    /// What a line holds; nil if it is not of that form.
    private static func content(_ line: ArraySlice<UInt8>, form: Form) -> [UInt8]? {
        switch form {
        case .plain, .quotedPrintable, .mail: nil
        case .member(let key):
            line.first == 0x7b
                ? JSONLine(String(decoding: line, as: UTF8.self))?.string(key).map { Array($0.utf8) } : nil
        case .quoted: unquoted(line)
        }
    }

    private mutating func unpack(_ line: ArraySlice<UInt8>, isTerminated: Bool, body: Taker) {
        guard let form, form != .plain else { return body(line, isTerminated) }
        if form == .mail { return mail.add(line, isTerminated: isTerminated, body: body) }
        if form == .quotedPrintable {
            let text = LogInterpreter.withoutBlanksBehind(line)
            begun += Self.printable(text.last == 0x3d ? text.dropLast() : text)
            if text.last == 0x3d, isTerminated { return }
            body(begun[...], isTerminated)
            begun = []
        } else if let content = Self.content(line, form: form) {
            if lines != nil { lines?.add(content) { body($0, true) } } else { body(content[...], true) }
        } else {
            body(line, isTerminated)
        }
    }

    // MARK: Quotes

    /// The text between the first quote of a line and the same one at its end.
    private static func unquoted(_ line: ArraySlice<UInt8>) -> [UInt8]? {
        var line = LogInterpreter.withoutBlanksBehind(line)
        if line.last == 0x2c { line.removeLast() }
        guard let open = line.prefix(64).firstIndex(where: { $0 == 0x22 || $0 == 0x27 }), line.endIndex - open >= 2,
            line.last == line[open]
        else { return nil }
        if open > line.startIndex, case let before = line[open - 1], before != 0x62, !MemoryRow.isBlank(before) {
            return nil
        }
        return unescaped(line[(open + 1)..<(line.endIndex - 1)])
    }

    private static func unescaped(_ text: ArraySlice<UInt8>) -> [UInt8] {
        var result: [UInt8] = []
        var rest = text
        while let byte = rest.popFirst() {
            guard byte == 0x5c, let code = rest.popFirst() else {
                result.append(byte)
                continue
            }
            let digits = code == 0x78 ? 2 : code == 0x75 ? 4 : 0
            if digits > 0, let value = UInt32(String(decoding: rest.prefix(digits), as: UTF8.self), radix: 16) {
                rest = rest.dropFirst(digits)
                result += UInt8(exactly: value).map { [$0] } ?? [0x3f]
            } else {
                result.append(signs[code] ?? code)
            }
        }
        return result
    }
    private static let signs: [UInt8: UInt8] = [
        0x6e: 0x0a, 0x72: 0x0d, 0x74: 0x09, 0x62: 0x08, 0x66: 0x0c, 0x76: 0x0b, 0x61: 0x07, 0x30: 0,
    ]

    // MARK: Quoted-printable

    /// Whether all its signs are used that way.
    private static func isQuotedPrintable(_ lines: [ArraySlice<UInt8>]) -> Bool {
        var count = 0
        for line in lines {
            let line = LogInterpreter.withoutBlanksBehind(line)
            for at in line.indices where line[at] == 0x3d {
                let isEnd = at + 1 == line.endIndex && (60...76).contains(line.count)
                guard isEnd || escaped(line[(at + 1)...]) != nil else { return false }
                count += 1
            }
        }
        return count >= 3
    }

    private static func escaped(_ rest: ArraySlice<UInt8>) -> UInt8? {
        let digits = rest.prefix(2)
        guard digits.count == 2, digits.allSatisfy({ (0x30...0x39).contains($0) || (0x41...0x46).contains($0) }) else {
            return nil
        }
        return UInt8(String(decoding: digits, as: UTF8.self), radix: 16)
    }

    static func printable(_ text: ArraySlice<UInt8>) -> [UInt8] {
        guard text.contains(0x3d) else { return Array(text) }
        var result: [UInt8] = []
        var rest = text
        while let byte = rest.popFirst() {
            if byte == 0x3d, let value = escaped(rest) {
                result.append(value)
                rest = rest.dropFirst(2)
            } else {
                result.append(byte)
            }
        }
        return result
    }
}
