/// Reads the arguments of calls that take a password at a place of its own: `ftp_login($c, 'user', 'x')`,
/// `SetBasicAuth("user", "x")`, `AES_DECRYPT(data, 'x')`.
struct LoginCalls {
    /// Where a call has the name of an account, and where its password, from 0.
    private struct Places {
        var account: Int?
        var password: Int
        /// How many arguments it has at the most.
        var most = 8
    }

    private static let calls: [[UInt8]: Places] = {
        var calls: [[UInt8]: Places] = [:]
        func add(_ names: String, with places: Places) {
            for name in names.split(separator: " ") { calls[Array(name.utf8)] = places }
        }
        add(
            "setbasicauth basicauth httpbasicauth networkcredential passwordauthentication usernamepasswordcredentials "
                + "passwordcredential plaincredential",
            with: Places(account: 0, password: 1, most: 3))
        add(
            "plainauth ftp_login ldap_bind ldap_bind_s ssh2_auth_password imap_open odbc_connect oci_connect ftp ftp_tls "
                + "getconnection ldap_simple_bind_s",
            with: Places(account: 1, password: 2))
        add("crammd5auth", with: Places(account: 0, password: 1, most: 2))
        add(
            "aes_decrypt aes_encrypt des_decrypt des_encrypt pgp_sym_decrypt pgp_sym_encrypt pgp_sym_encrypt_bytea "
                + "pgp_sym_decrypt_bytea",
            with: Places(password: 1))
        add("encryptbypassphrase decryptbypassphrase", with: Places(password: 0))
        return calls
    }()

    private static let longestName = 28
    /// How far the arguments are read (bytes).
    private static let reach = 1024

    static func read(_ bytes: [UInt8], in range: Range<Int>) -> [Setting] {
        var settings: [Setting] = []
        for at in range where bytes[at] == 0x28 {
            guard let places = call(bytes, before: at, in: range) ?? tuple(bytes, before: at, in: range) else {
                continue
            }
            let arguments = arguments(bytes, from: at + 1, limit: min(range.upperBound, at + reach))
            if arguments.count <= places.most { settings += self.settings(arguments, places: places) }
        }
        return settings
    }

    /// By the name in front of a bracket.
    private static func call(_ bytes: [UInt8], before place: Int, in range: Range<Int>) -> Places? {
        var start = place
        // A longer name is none of these.
        while start > range.lowerBound, place - start <= longestName,
            ByteText.isAlphanumeric(bytes[start - 1]) || bytes[start - 1] == 0x5f
        {
            start -= 1
        }
        guard place - start >= 3, place - start <= longestName, ends[Int(ByteText.lower(bytes[place - 1]))] else {
            return nil
        }
        return calls[bytes[start..<place].map(ByteText.lower)]
    }

    /// Which bytes a name of them ends with.
    private static let ends: [Bool] = (0..<256).map { byte in calls.keys.contains { $0.last == UInt8(byte) } }

    /// Python's `auth=("user", "x")`.
    private static func tuple(_ bytes: [UInt8], before place: Int, in range: Range<Int>) -> Places? {
        var at = place
        while at > range.lowerBound, ByteText.isBlank(bytes[at - 1]) { at -= 1 }
        guard at > range.lowerBound, bytes[at - 1] == 0x3d else { return nil }
        at -= 1
        while at > range.lowerBound, ByteText.isBlank(bytes[at - 1]) { at -= 1 }
        guard tuples.contains(where: { ByteText.has($0, bytes: bytes, at: at - $0.utf8CodeUnitCount) }) else {
            return nil
        }
        return Places(account: 0, password: 1, most: 2)
    }

    private static let tuples: [StaticString] = ["auth", "credentials", "login", "creds"]

    private static func settings(_ arguments: [Range<Int>?], places: Places) -> [Setting] {
        guard places.password < arguments.count, let password = arguments[places.password] else { return [] }
        var settings = [Setting(names: [Array("password".utf8)], value: password, isLiteral: true)]
        if let place = places.account, let account = arguments[place] {
            settings.append(Setting(names: [Array("user".utf8)], value: account, isLiteral: true))
        }
        return settings
    }

    /// The arguments of a call: the text of those that are one literal, nil for others.
    private static func arguments(_ bytes: [UInt8], from start: Int, limit: Int) -> [Range<Int>?] {
        var arguments: [Range<Int>?] = []
        var literal: Range<Int>?
        var (at, depth) = (start, 0)
        while at < limit {
            switch bytes[at] {
            case 0x28, 0x5b, 0x7b: depth += 1
            case 0x29 where depth == 0, 0x3b:
                return bytes[at] == 0x29 ? arguments + [literal] : []
            case 0x29, 0x5d, 0x7d: depth -= 1
            case 0x2c where depth == 0:
                arguments.append(literal)
                literal = nil
            case 0x22, 0x27:
                guard let end = ByteText.closingQuote(of: at, bytes: bytes, limit: limit) else { return [] }
                if depth == 0, literal == nil { literal = at + 1..<end }
                at = end
            default: break
            }
            at += 1
        }
        return []
    }
}
