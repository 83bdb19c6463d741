/// Finds passwords in addresses that hold signs which an address has to escape, and which nobody escapes:
/// `rtsp://user:p@ss/w@host/live`. The last `@` in front of the host ends them.
struct AddressLogins {
    private let bytes: [UInt8]
    private let range: Range<Int>

    /// The longest login that is read (bytes).
    private static let longest = 300
    private static let longestScheme = 16

    static func find(_ bytes: [UInt8], in range: Range<Int>) -> [Range<Int>] {
        let reader = AddressLogins(bytes: bytes, range: range)
        var found: [Range<Int>] = []
        var at = range.lowerBound
        while let colon = ByteText.first(0x3a, bytes: bytes, in: at..<range.upperBound) {
            at = colon + 1
            guard let start = reader.behindSlashes(at), let password = reader.password(colon, from: start)
            else { continue }
            found.append(password)
            at = max(at, password.upperBound)
        }
        return found
    }

    /// Behind `//`, which JSON may write as `\/\/`.
    private func behindSlashes(_ place: Int) -> Int? {
        let slashes: [StaticString] = ["//", #"\/\/"#]
        let found = slashes.first { ByteText.has($0, bytes: bytes, at: place) }
        return found.map { place + $0.utf8CodeUnitCount }.flatMap { $0 + 2 < range.upperBound ? $0 : nil }
    }

    /// - Parameters:
    ///   - scheme: where its colon is.
    ///   - start: of the login.
    private func password(_ scheme: Int, from start: Int) -> Range<Int>? {
        var first = scheme
        while first > range.lowerBound, scheme - first <= Self.longestScheme,
            ByteText.isAlphanumeric(bytes[first - 1]) || "+.-".utf8.contains(bytes[first - 1])
        {
            first -= 1
        }
        guard scheme - first >= 2, scheme - first <= Self.longestScheme, ByteText.isLetter(bytes[first]) else {
            return nil
        }
        let end = end(from: start, quote: first > range.lowerBound ? bytes[first - 1] : 0)
        guard let colon = accountEnd(start..<end) else { return nil }
        let isMail = bytes[start..<colon].contains(0x40)
        guard let sign = lastSign(colon + 1..<end, isMail: isMail) else { return nil }
        let value = colon + 1..<sign
        let text = Array(bytes[value])
        // All others are found by what they are in an address.
        guard isMail || text.contains(where: { "@/'`".utf8.contains($0) }), (1...96).contains(text.count),
            !ByteText.contains(text, anyOf: Self.places), !SettingValue.isReference(text),
            !SettingValue.isRedacted(text)
        else { return nil }
        return value
    }

    /// What stands where a program or a template puts something else.
    private static let places = ["${", "$(", "{{", "%s", "%d", "{}"].map { Array($0.utf8) }

    /// Where an address ends: at the quote in front of it, or at any sign that none has.
    private func end(from start: Int, quote: UInt8) -> Int {
        let limit = min(range.upperBound, start + Self.longest)
        let isQuoted = quote == 0x22 || quote == 0x27 || quote == 0x60
        var at = start
        while at < limit {
            let byte = bytes[at]
            if byte <= 0x20 || byte == 0x7f || byte == 0x3c || byte == 0x3e { return at }
            if isQuoted ? byte == quote : byte == 0x22 || byte == 0x27 { return at }
            // Another address.
            if byte == 0x3a, at + 2 < limit, bytes[at + 1] == 0x2f, bytes[at + 2] == 0x2f { return at }
            at += 1
        }
        return at
    }

    /// The colon behind the account, which may be an address of mail.
    private func accountEnd(_ login: Range<Int>) -> Int? {
        guard let colon = ByteText.first(0x3a, bytes: bytes, in: login), colon - login.lowerBound <= 128 else {
            return nil
        }
        let account = Array(bytes[login.lowerBound..<colon])
        if account.contains(where: { "/?#\\$".utf8.contains($0) }) { return nil }
        if account.contains(0x40), !SettingValue.isMail(account) { return nil }
        // A port.
        let digits = (colon + 1..<login.upperBound).prefix { ByteText.isDigit(bytes[$0]) }
        if (1...5).contains(digits.count), let last = digits.last,
            last + 1 == login.upperBound || "/?#".utf8.contains(bytes[last + 1])
        {
            return nil
        }
        return colon
    }

    private enum Host {
        /// With a dot, or a number of an address.
        case certain
        case possible
    }

    /// The `@` in front of the host: the first one that a host follows. Behind one that may be a host or none, such as
    /// `ss` of `p@ss/w@host`, another one counts.
    private func lastSign(_ rest: Range<Int>, isMail: Bool) -> Int? {
        var found: Int?
        var hasPath = false
        for at in rest {
            if bytes[at] == 0x2f {
                if isMail { break }
                hasPath = true
            }
            if found != nil, bytes[at] == 0x3f || bytes[at] == 0x23 { break }
            guard bytes[at] == 0x40, let host = host(at + 1..<rest.upperBound) else { continue }
            if host == .certain { return at }
            if found == nil, hasPath { continue }
            found = at
        }
        return found
    }

    private func host(_ rest: Range<Int>) -> Host? {
        var at = rest.lowerBound
        var (dots, letters) = (0, 0)
        while at < rest.upperBound, ByteText.isAlphanumeric(bytes[at]) || "._-".utf8.contains(bytes[at]) {
            if bytes[at] == 0x2e { dots += 1 }
            if ByteText.isLetter(bytes[at]) { letters += 1 }
            at += 1
        }
        guard at > rest.lowerBound else { return nil }
        let isAddress = letters == 0 && dots == 3
        guard letters > 0 || isAddress else { return nil }
        if at < rest.upperBound, bytes[at] == 0x3a {
            let port = at + 1
            at = port
            while at < rest.upperBound, ByteText.isDigit(bytes[at]) { at += 1 }
            if at == port { return nil }
        }
        guard at == rest.upperBound || "/?#,;)\\".utf8.contains(bytes[at]) else { return nil }
        return isAddress || dots > 0 && letters > 0 ? .certain : .possible
    }
}
