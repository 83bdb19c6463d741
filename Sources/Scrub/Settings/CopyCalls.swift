/// Reads what C puts into a field: `strcpy(cfg.password, "…")`, `snprintf(pw, n, "%s", "…")`, `memcpy(c->psk, "…", 8)`.
struct CopyCalls {
    private let bytes: [UInt8]
    private let range: Range<Int>

    private static let copies: Set<String> = [
        "strcpy", "strncpy", "strlcpy", "stpcpy", "strcpy_s", "strncpy_s", "strscpy", "lstrcpy", "lstrcpya", "memcpy",
        "memmove", "memcpy_s", "wcscpy", "g_strlcpy", "os_strlcpy", "os_memcpy", "os_strcpy", "os_strncpy",
        "rt_strncpy", "rt_strcpy", "safe_strncpy", "safe_strcpy", "qstrncpy", "av_strlcpy", "xstrncpy",
    ]
    private static let prints: Set<String> = [
        "sprintf", "snprintf", "sprintf_s", "snprintf_s", "_snprintf", "os_sprintf", "os_snprintf", "rt_sprintf",
        "rt_snprintf",
    ]
    private static let longestName = 16
    /// How far the arguments are read (bytes).
    private static let reach = 1024

    static func read(_ bytes: [UInt8], in range: Range<Int>) -> [Setting] {
        let reader = CopyCalls(bytes: bytes, range: range)
        return range.lazy.filter { bytes[$0] == 0x28 }.compactMap { reader.setting($0) }
    }

    private struct Argument {
        var whole: Range<Int>
        /// What it says, if it is one string.
        var literal: Range<Int>?
    }

    private func setting(_ open: Int) -> Setting? {
        // All of their names end so: `…cpy`, `…cpy_s`, `…printf`, `memmove`, `lstrcpyA`.
        guard open > range.lowerBound, "yYsSfFeEaA".utf8.contains(bytes[open - 1]) else { return nil }
        var start = open
        while start > range.lowerBound, open - start <= Self.longestName,
            ByteText.isAlphanumeric(bytes[start - 1]) || bytes[start - 1] == 0x5f
        {
            start -= 1
        }
        let call = String(decoding: bytes[start..<open].map(ByteText.lower), as: UTF8.self)
        let isPrint = Self.prints.contains(call)
        guard isPrint || Self.copies.contains(call) else { return nil }
        let arguments = arguments(from: open + 1)
        guard arguments.count >= 2, let field = field(arguments[0].whole),
            let value = value(arguments.dropFirst(), isPrint: isPrint)
        else { return nil }
        let name = SettingName(Array(bytes[field]))
        switch SettingMeaning.of(name) {
        case .credential where SettingMeaning.isStrong(name) && isSecret(value):
            return Setting(names: [Array(bytes[field])], value: value, isLiteral: true, isArgument: true)
        case .network where !isPrint || value.count >= 3:
            return Setting(names: [Array(bytes[field])], value: value, isLiteral: true)
        default: return nil
        }
    }

    private func isSecret(_ value: Range<Int>) -> Bool {
        let text = Array(bytes[value])
        return text.count >= 4 && !BuiltInRules.common.contains(text.map(ByteText.lower)) && !text.contains(0x25)
    }

    /// The last name of what is written to: of `(char *)cfg->sta.password` the last word.
    private func field(_ argument: Range<Int>) -> Range<Int>? {
        var end = argument.upperBound
        // `psk[0]`
        if end > argument.lowerBound, bytes[end - 1] == 0x5d,
            let open = ByteText.last(0x5b, bytes: bytes, in: argument)
        {
            end = open
        }
        var start = end
        while start > argument.lowerBound, ByteText.isAlphanumeric(bytes[start - 1]) || bytes[start - 1] == 0x5f {
            start -= 1
        }
        return (2...64).contains(end - start) ? start..<end : nil
    }

    /// The string that is copied; of a format the one that it puts there.
    private func value(_ arguments: ArraySlice<Argument>, isPrint: Bool) -> Range<Int>? {
        guard let first = arguments.firstIndex(where: { $0.literal != nil }), let text = arguments[first].literal else {
            return nil
        }
        guard isPrint else { return text }
        let next = first + 1 < arguments.endIndex ? arguments[first + 1] : nil
        if bytes[text].elementsEqual("%s".utf8) { return next?.literal }
        return next == nil ? text : nil
    }

    /// Whether an argument is a string and nothing else: `"x" + 1` is none.
    private func isString(_ whole: Range<Int>) -> Bool {
        guard whole.count >= 3, bytes[whole.upperBound - 1] == 0x22 else { return false }
        let first = bytes[whole.lowerBound] == 0x4c ? whole.lowerBound + 1 : whole.lowerBound
        // Escapes in front are bytes of a test.
        return bytes[first] == 0x22 && bytes[first + 1] != 0x5c
    }

    private func arguments(from start: Int) -> [Argument] {
        var found: [Argument] = []
        var literal: Range<Int>?
        var (first, at, depth) = (start, start, 0)
        let limit = min(range.upperBound, start + Self.reach)
        while at < limit {
            switch bytes[at] {
            case 0x28, 0x5b, 0x7b: depth += 1
            case 0x29 where depth == 0, 0x2c where depth == 0:
                let whole = ByteText.trimmed(bytes, range: first..<at)
                found.append(Argument(whole: whole, literal: isString(whole) ? literal : nil))
                if bytes[at] == 0x29 { return found }
                literal = nil
                first = at + 1
            case 0x3b, 0: return []
            case 0x29, 0x5d, 0x7d: depth -= 1
            case 0x22:
                guard let end = ByteText.closingQuote(of: at, bytes: bytes, limit: limit) else { return [] }
                if depth == 0, literal == nil { literal = at + 1..<end }
                at = end
            case 0x27:
                at = ByteText.closingQuote(of: at, bytes: bytes, limit: limit) ?? at
            default: break
            }
            at += 1
        }
        return []
    }
}
