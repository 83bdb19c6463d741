/// Finds passwords and their hashes in lists of accounts: passwd and shadow, htpasswd, htdigest, smbpasswd, busybox's httpd
/// and lists that name user and password in the clear.
enum AccountLines {
    /// - Parameter path: without `/` in front; nil where it is not known any more.
    static func find(_ bytes: [UInt8], in range: Range<Int>, path: [UInt8]?) -> [Range<Int>] {
        let kind: Kind = path.map(kind) ?? (isPureList(bytes, in: range) ? .list : .other)
        var found: [Range<Int>] = []
        var start = range.lowerBound
        while start < range.upperBound {
            var end = start
            while end < range.upperBound, bytes[end] != 0x0a, bytes[end] != 0, bytes[end] != 0x0d { end += 1 }
            if end - start >= 5, end - start <= 1024, let secret = secret(bytes, line: start..<end, kind: kind) {
                found.append(secret)
            }
            start = end + 1
        }
        return found
    }

    /// What the names of lists of accounts have in them.
    private static let listWords: [[UInt8]] = [
        "htpasswd", "passwd", "userlist", "users", "user.txt", "lighttpd.user", "htdigest", "webpass", "rtsppass",
        "secrets", "pwfile", "psk.txt", "logins", "credentials",
    ].map { Array($0.utf8) }
    private static let serverWords = ["httpd", "nginx"].map { Array($0.utf8) }

    /// What a file's name says of its lines.
    private enum Kind {
        case other
        /// Lists of accounts, of which some have other fields.
        case list
        /// Nothing but a name and a password in each line, whatever that is made of.
        case pairs
        /// busybox's httpd: some lines are of other kinds.
        case server
    }

    private static func kind(_ path: [UInt8]) -> Kind {
        let path = path.map(ByteText.lower)
        let names = path.split(separator: 0x2f)
        guard let name = names.last.map(Array.init) else { return .other }
        if name.elementsEqual("httpd.conf".utf8) { return .server }
        if name.suffix(5).elementsEqual(".user".utf8), ByteText.contains(path, anyOf: pairWords) {
            return .pairs
        }
        return isList(name, in: names) ? .list : .other
    }

    private static let pairWords = ["lighttpd", "plain", "digest"].map { Array($0.utf8) }

    /// Whether a file's name says that it is a list of accounts.
    private static func isList(_ name: [UInt8], in names: [ArraySlice<UInt8>]) -> Bool {
        if ByteText.contains(name, anyOf: listWords) { return true }
        return name.starts(with: "user".utf8) && !name.reversed().starts(with: ".conf".utf8.reversed())
            && names.dropLast().contains { ByteText.contains(Array($0), anyOf: serverWords) }
    }

    /// Whether a text whose name is lost has nothing but lines of name and password, and the name of an account that every
    /// device has.
    private static func isPureList(_ bytes: [UInt8], in range: Range<Int>) -> Bool {
        guard range.count <= 4096 else { return false }
        let accounts: Set<String> = ["admin", "root", "user", "guest", "operator", "viewer", "camera", "cam"]
        var hasAccount = false
        for line in bytes[range].split(separator: 0x0a) {
            let parts = line.split(separator: 0x3a, omittingEmptySubsequences: false)
            guard parts.count == 2, !line.contains(where: { $0 <= 0x20 && $0 != 0x0d }) else { return false }
            if accounts.contains(String(decoding: parts[0], as: UTF8.self)) { hasAccount = true }
        }
        return hasAccount
    }

    private static func secret(_ bytes: [UInt8], line: Range<Int>, kind: Kind) -> Range<Int>? {
        var fields: [Range<Int>] = []
        var start = line.lowerBound
        for at in line where bytes[at] == 0x3a {
            fields.append(start..<at)
            start = at + 1
            if fields.count > 12 { break }
        }
        fields.append(start..<line.upperBound)
        guard fields.count >= 2, let name = fields.first, !name.isEmpty, name.count <= 64 else { return nil }
        // busybox httpd: `/directory:user:password`.
        if bytes[name.lowerBound] == 0x2f {
            if kind == .server, fields.count >= 3, !fields[1].isEmpty, isAccountName(bytes, range: fields[1]) {
                let password = fields[2].lowerBound..<line.upperBound
                return password.count >= 3 ? password : nil
            }
            guard fields.count == 3, !fields[1].isEmpty, isAccountName(bytes, range: fields[1]), !fields[2].isEmpty,
                !bytes[fields[2]].contains(0x20),
                !bytes[fields[2]].contains(0x2f) || bytes[fields[2].lowerBound] == 0x24,
                fields[2].count >= 3
            else { return nil }
            return fields[2]
        }
        guard isAccountName(bytes, range: name) else { return nil }
        let second = fields[1]
        // passwd and shadow.
        if fields.count >= 7, isHash(bytes, range: second) { return second }
        // smbpasswd: name, number, LM hash, NT hash.
        if fields.count >= 4, isHex(bytes, range: fields[3], count: 32), fields[2].count == 32 {
            let isUnset = bytes[fields[2]].allSatisfy { $0 == 0x58 }
            if isUnset { return fields[3] }
            if isHex(bytes, range: fields[2], count: 32) { return fields[2].lowerBound..<fields[3].upperBound }
        }
        // htdigest: name, realm, MD5.
        if fields.count == 3, isHex(bytes, range: fields[2], count: 32) { return fields[2] }
        if kind == .pairs, fields.count != 3 || !isHex(bytes, range: fields[2], count: 32) {
            let value = second.lowerBound..<line.upperBound
            return value.count >= 3 && SettingValue.isCredential(Array(bytes[value]), isCode: false) ? value : nil
        }
        guard fields.count == 2 || (fields.count <= 4 && isHash(bytes, range: second)) else { return nil }
        let rest = second.lowerBound..<line.upperBound
        // `{SSHA}…`, `{PLAIN}…`
        if fields.count == 2, second.count >= 8, bytes[second.lowerBound] == 0x7b,
            let close = ByteText.first(0x7d, bytes: bytes, in: second), close + 3 < second.upperBound,
            bytes[second.lowerBound + 1..<close].allSatisfy({
                (0x41...0x5a).contains($0) || ByteText.isDigit($0) || $0 == 0x2d
            })
        {
            return second
        }
        if bytes[second].starts(with: Array("$".utf8)), isHash(bytes, range: second) { return second }
        guard kind == .list, fields.count == 2 else { return nil }
        if isDES(bytes, range: second) { return second }
        let value = Array(bytes[rest])
        guard !value.contains(0x20), !value.contains(0x2f), SettingValue.isCredential(value, isCode: false) else {
            return nil
        }
        return rest
    }

    private static func isAccountName(_ bytes: [UInt8], range: Range<Int>) -> Bool {
        (1...64).contains(range.count)
            && bytes[range].allSatisfy { ByteText.isName($0) || $0 == 0x24 }
            && (ByteText.isLetter(bytes[range.lowerBound]) || bytes[range.lowerBound] == 0x5f
                || ByteText.isDigit(bytes[range.lowerBound]))
    }

    private static func isHash(_ bytes: [UInt8], range: Range<Int>) -> Bool {
        if isDES(bytes, range: range) { return true }
        return range.count >= 20 && bytes[range.lowerBound] == 0x24 && bytes[range].count { $0 == 0x24 } >= 3
    }

    /// crypt's first form: 13 signs of base64. A word of 13 letters is no hash.
    private static func isDES(_ bytes: [UInt8], range: Range<Int>) -> Bool {
        guard range.count == 13 else { return false }
        let text = bytes[range]
        guard text.allSatisfy({ ByteText.isLetter($0) || ByteText.isDigit($0) || $0 == 0x2e || $0 == 0x2f }) else {
            return false
        }
        return text.contains { (0x41...0x5a).contains($0) || ByteText.isDigit($0) || $0 == 0x2e || $0 == 0x2f }
            && !SettingValue.isRedacted(Array(text))
    }

    private static func isHex(_ bytes: [UInt8], range: Range<Int>, count: Int) -> Bool {
        range.count == count && bytes[range].allSatisfy(ByteText.isHexDigit) && Set(bytes[range]).count > 2
    }
}
