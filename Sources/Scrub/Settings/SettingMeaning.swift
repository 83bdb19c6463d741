/// What a setting's name says that its value is.
enum SettingMeaning: Sendable, Hashable, CaseIterable {
    /// Opens something, whatever stands around it.
    case credential
    /// The same, given by a program: a session, an interface of a service.
    case token
    /// The key of a network; of a name that says no more than `key` only where the file is about one.
    case key
    /// Names a network.
    case network
    /// Names an account: private beside a credential.
    case account
    /// An address of somebody: private if it looks like one.
    case mail
    /// A name of a host on the internet: private if it is somebody's own.
    case host
    case hardwareAddress
    /// A number that one device has.
    case device
    /// A number that a cloud gave: private beside its secret.
    case cloud
    case position

    static func namesCredential(_ name: [UInt8]) -> Bool {
        of(name).map { [.credential, .token].contains($0) } ?? false
    }

    /// What a name as it is written means.
    static func of(_ name: [UInt8]) -> SettingMeaning? { mayMean(name) ? of(SettingName(name)) : nil }

    /// Whether a name may mean something, or be that of a collection: most are seen at once to do neither.
    static func mayMean(_ name: [UInt8]) -> Bool { tails.mayEnd(name) }

    static func of(_ name: SettingName) -> SettingMeaning? {
        let compact = name.compact
        if compact.isEmpty || isAboutValue(name) || directives.contains(compact) { return nil }
        if name.ends(withAnyOf: plurals) { return .credential }
        if name.ends(withAnyOf: weakPlurals) { return .token }
        if namesNetwork(name), !name.has(anyOf: networkSwitches) { return .network }
        if isCredential(name) { return name.ends(withAnyOf: tokenEndings) ? .token : .credential }
        if compact == "key" || foreignKeys.contains(compact)
            || compact.hasSuffix("key") && name.words.count <= 2 && !publicKeys.contains(compact)
        {
            return .key
        }
        if name.ends(withAnyOf: hardwareEndings) || ["mac", "bssid"].contains(name.words.last) {
            return .hardwareAddress
        }
        if positions.contains(name.words.last ?? "") || positions.contains(compact) { return .position }
        if deviceNumbers.contains(compact) || name.ends(withAnyOf: deviceEndings)
            || ["sn", "did"].contains(name.words.last)
        {
            return .device
        }
        if cloudNumbers.contains(compact) { return .cloud }
        if mails.contains(name.words.last ?? "") || compact.hasSuffix("mail") { return .mail }
        if accounts.contains(name.words.last ?? "") || name.ends(withAnyOf: accountEndings) { return .account }
        if hosts.contains(name.words.last ?? "") || name.has(anyOf: ["ddns", "dyndns"]) { return .host }
        return nil
    }

    /// Words of configurations that end in a name of a credential, and are none: of nginx, what a request is passed on to, of
    /// sudoers, whether a password is asked for, of nslcd, where accounts are.
    private static let directives: Set<String> = [
        "fastcgipass", "uwsgipass", "scgipass", "proxypass", "grpcpass", "memcachedpass", "nopasswd", "nssbasepasswd",
        "proxypassreverse", "proxysetcookie",
        // Where the next page of a list begins, and whether a request is one that was sent before.
        "nexttoken", "pagetoken", "nextpagetoken", "continuationtoken", "clientrequesttoken", "starttoken",
    ]

    /// A word of its own, or behind what a network may be of: `refclassid` is none.
    private static func namesNetwork(_ name: SettingName) -> Bool {
        if name.ends(withAnyOf: networkEndings) { return true }
        guard name.compact.hasSuffix("ssid") else { return false }
        let last = name.words.last { $0.hasSuffix("ssid") } ?? name.compact
        let front = last.dropLast(4)
        return front.isEmpty || beforeNetwork.contains { $0.count == 1 ? front == $0 : front.hasSuffix($0) }
    }

    /// `password_file`, `use_password`: about a credential, but none.
    static func isAboutValue(_ name: SettingName) -> Bool {
        guard let first = name.words.first, let last = name.words.last else { return true }
        return abouts.contains(last) || switches.contains(first)
    }

    /// Whether a name says that a person's password or the key of a network is its value, and no word of a program's own.
    static func isStrong(_ name: SettingName) -> Bool {
        if name.compact == "secret" || name.compact.hasSuffix("community") { return true }
        guard namesCredential(Array(name.compact.utf8)) else { return false }
        if name.ends(withAnyOf: foreignEndings) { return true }
        return ["pass", "pwd", "psw", "psk", "pw", "phrase", "wifikey", "wlankey", "wepkey", "wpakey", "networkkey"]
            .contains { name.compact.contains($0) }
    }

    private static func isCredential(_ name: SettingName) -> Bool {
        if name.words == ["ha"] { return true }
        if name.ends(withAnyOf: credentialEndings) || name.ends(withAnyOf: foreignEndings) { return true }
        if let last = name.words.last, lastWords.contains(last) {
            return last != "sid" || name.words.count > 1 && name.words[name.words.count - 2] == "session"
        }
        // `ftppass`, but not `bypass`.
        return name.compact.hasSuffix("pass") && !wordsWithPass.contains(name.words.last ?? "")
    }

    /// Words that name a credential where they are the last one (`sid` behind `session`).
    private static let lastWords: Set<String> = [
        "mdp", "pass", "pw", "psw", "pin", "puk", "psk", "pwd", "token", "sid",
    ]
    private static let credentialEndings: NameEndings = [
        "password", "passwd", "passwrd", "passwort", "passcode", "passphrase", "passphase", "passw", "pswd", "psword",
        "presharedkey", "wpapsk", "psk", "privatekey", "secretkey", "secret", "apikey", "appkey", "appsecret",
        "authkey",
        "authcode", "authtoken", "accesskey", "accesskeyid", "accesskeysecret", "accesstoken", "refreshtoken",
        "sessionkey",
        "sessionid", "sessid", "sessiontoken", "devicekey", "devicesecret", "devicetoken", "clientsecret", "localkey",
        "licensekey", "licencekey", "apilicense", "token", "cookie", "wepkey", "wpakey", "wifikey", "wlankey",
        "networkkey",
        "ssidkey", "encryptionkey", "encryptkey", "cryptkey", "masterkey", "signkey", "signingkey", "hmackey", "aeskey",
        "deskey", "sharedkey", "userpw", "adminpw", "userpwd", "pwd", "pincode", "wpspin", "simpin", "rocommunity",
        "rwcommunity", "passkey", "networkpasswd", "sharedsecret", "radiuskey", "authpsk", "p2pkey", "bindkey",
        "cipherkey", "assword", "bindpw", "rootpw", "authtok", "mdcred", "mdsecret", "loginpas", "setupcode",
        "serverkey", "accountkey", "accountsid", "p2plicense", "snmpcommunity", "trapcommunity", "communitystring",
        "servercommunity", "getcommunity", "setcommunity", "readcommunity", "writecommunity", "communityname",
        "seckey", "userpass", "authentication", "netkey", "appskey", "nwkskey", "idtoken", "authpas",
        "pmk", "pskvalue", "pskc", "mastercode", "usercode", "alarmcode", "installercode", "disarmcode", "doorcode",
        "entrycode", "accesscode", "unlockcode", "securitycode", "recoverycode", "backupcode", "pairingcode",
        "installcode",
        "clientkey", "linkkey", "linkkeykey", "longtermkeykey", "identityresolvingkeykey", "signaturekeykey", "jwtkey",
        "consumerkey", "sharedaccesskey", "subscriptionkey", "instrumentationkey", "writekey", "ingestionkey",
        "spendkey",
        "viewkey", "seedphrase", "macaroon", "privkey", "enrollmentkey", "securitykey", "recoverykey",
        "otpseed", "totpseed", "pairingkey",
    ]
    /// Passwords in other languages, with and without their accents, and as Latin-1 is read.
    private static let foreignEndings: NameEndings = [
        "kennwort", "passwort", "zugangscode", "geheimzahl", "wlanschluessel", "wlanschlüssel", "netzwerkschluessel",
        "netzwerkschlüssel", "wifischluessel", "contraseña", "contrasena", "contrase\u{fffd}a", "contrasenya",
        "clavewifi",
        "wificlave", "clavewpa", "clavedered", "motdepasse", "clewifi", "clewpa", "cléwifi", "cledereseau",
        "parolachiave", "chiavewifi", "chiavewpa", "paroladordine", "senha", "palavrapasse", "palavrachave",
        "chavewifi",
        "wachtwoord", "toegangscode", "wifisleutel", "haslo", "hasło", "heslo", "jelszo", "jelszó", "losenord",
        "lösenord", "sifre", "şifre", "salasana", "adgangskode", "kodeord", "passord", "parola", "lozinka", "geslo",
        "zaporka", "slaptazodis", "пароль", "密码", "密碼", "口令", "パスワード", "비밀번호", "κωδικός",
    ]
    /// The same for a word that says no more than `key`.
    private static let foreignKeys: Set<String> = [
        "clave", "chiave", "chave", "cle", "clé", "sleutel", "schluessel", "schlüssel", "klucz", "nyckel",
    ]
    /// Lists of them.
    private static let plurals: NameEndings = ["passwords", "passwds", "passphrases", "presharedkeys", "psks"]
    /// Lists of such as have names that say little else: their values must look like secrets.
    private static let weakPlurals: NameEndings = [
        "secrets", "tokens", "apikeys", "accesskeys", "authkeys", "credentials", "securitykeys", "encryptionkeys",
        "signingkeys",
    ]
    private static let accountPlurals: Set<String> = ["users", "accounts", "logins", "usernames"]

    /// What the members of a list or a map are, as its own name says.
    enum Collection {
        case secrets
        /// Passwords by the names of accounts.
        case accounts
    }

    static func collection(_ name: SettingName) -> Collection? {
        if isAboutValue(name) { return nil }
        if name.ends(withAnyOf: plurals) || name.ends(withAnyOf: weakPlurals) { return .secrets }
        return accountPlurals.contains(name.words.last ?? "") ? .accounts : nil
    }

    /// Whether a member of a list or a map says something about what is in it, and is none of its secrets.
    static func isAttribute(_ name: SettingName, of outer: SettingName) -> Bool {
        guard attributes.contains(name.compact), let kind = collection(outer) else { return false }
        return kind == .accounts || isWeakPlural(outer)
    }

    private static let attributes: Set<String> = [
        "name", "username", "user", "login", "fullname", "shell", "home", "dir", "path", "id", "uid", "gid", "group",
        "role", "mail", "email", "color", "size", "type", "lang", "version", "date", "host", "url", "source", "target",
        "secretname", "description", "title", "label", "status", "created", "updated", "expires", "issuer", "kind",
        "scope", "namespace", "environment",
    ]

    static func isWeakPlural(_ name: SettingName) -> Bool {
        name.ends(withAnyOf: weakPlurals)
    }

    /// An account that every device has.
    static func isCommonAccount(_ name: [UInt8]) -> Bool {
        SettingValue.commonAccounts.contains(String(decoding: name, as: UTF8.self).lowercased())
    }

    private static let tokenEndings: NameEndings = [
        "secret", "apikey", "appkey", "authkey", "authtoken", "accesskey", "accesskeyid", "accesskeysecret", "token",
        "sessionid",
        "sessid", "sessionkey", "cookie", "secretkey", "devicekey", "localkey", "licensekey", "apilicense", "signkey",
    ]
    private static let wordsWithPass: Set<String> = [
        "bypass", "compass", "trespass", "lowpass", "highpass", "bandpass", "allpass", "onepass", "twopass",
        "multipass", "buypass",
        "encompass", "surpass", "overpass", "firstpass", "singlepass",
    ]
    private static let publicKeys: Set<String> = [
        "publickey", "pubkey", "hotkey", "primarykey", "foreignkey", "sortkey", "monkey", "turkey", "hockey", "donkey",
        "keykey", "softkey", "rekey", "noskey", "infokey", "mapkey",
    ]
    /// Words at the end of a name that make it something about the value.
    private static let abouts: Set<String> = [
        "file", "path", "dir", "directory", "url", "uri", "length", "len", "size", "min", "max", "count", "type",
        "mode",
        "format", "policy", "timeout", "expire", "expires", "expiry", "lifetime", "interval", "age", "hint", "prompt",
        "algorithm", "algo", "method", "mgmt", "index", "idx", "enable", "enabled", "disable", "disabled", "required",
        "query", "encoding", "hashing", "strength", "retries", "attempts", "label", "title", "message", "error", "help",
        "rounds", "warn", "tooltip", "placeholder", "class", "style", "icon", "regex", "pattern", "changed",
    ]
    /// Words at the start of a name that make it a switch.
    private static let switches: Set<String> = [
        "use", "enable", "disable", "is", "has", "need", "needs", "require", "requires", "allow", "min", "max", "show",
        "input", "output", "hide", "save", "remember", "forgot", "reset", "check", "verify", "no", "num", "with",
        "without", "permit",
    ]

    private static let beforeNetwork = [
        "e", "wifi", "wlan", "wl", "ap", "sta", "wireless", "home", "guest", "net", "network", "router", "my", "rt",
        "ra",
        "ath", "main", "station", "client", "host", "new", "old", "cur", "current", "default", "conn", "connect",
        "target",
        "remote", "primary", "mesh", "hotspot", "factory", "g", "a", "phone", "h",
    ]
    /// Beside `ssid` itself, in front of which not everything may stand.
    private static let networkEndings: NameEndings = [
        "ssidname", "ssidstr", "apname", "wifiname", "wlanname", "networkname",
    ]
    private static let networkSwitches: Set<String> = [
        "ignore", "scan", "hide", "hidden", "broadcast", "max", "num", "multi", "enable", "disable", "bssid", "count",
    ]
    private static let hardwareEndings: NameEndings = [
        "macaddr", "macaddress", "hwaddr", "hwaddress", "ethaddr", "bssid", "wlanaddr", "wifimac", "ethmac", "btmac",
        "wlanmac", "lanmac", "wanmac", "nicaddr", "hwnicaddr",
    ]
    private static let positions: Set<String> = [
        "lat", "latitude", "lon", "long", "lng", "longitude", "gpslat", "gpslon", "gpslng", "location", "position",
        "gps",
        "coordinates", "coords", "geo", "latlon", "latlng", "gpsposition",
    ]
    private static let deviceNumbers: Set<String> = [
        "serial", "sn", "uid", "did", "imei", "iccid", "imsi", "meid", "uuid", "deviceid", "devid", "cloudid", "p2pid",
        "p2puid", "tutkuid", "qrcode", "deviceuuid", "ppcsid", "msisdn", "phonenumber",
    ]
    private static let deviceEndings: NameEndings = [
        "serialno", "serialnumber", "serialnum", "deviceid", "devicesn", "devicesn", "devsn", "p2pid", "p2puid",
        "deviceserial", "imei", "imsi", "iccid",
    ]
    private static let cloudNumbers: Set<String> = [
        "productkey", "devicename", "chatid", "clientid", "appid", "userid", "homeid", "thingname",
    ]
    private static let mails: Set<String> = [
        "mail", "email", "mailto", "mailfrom", "from", "to", "cc", "bcc", "sender", "recipient", "recipients", "root",
        "postmaster",
        "receiver",
        "rcpt", "mailbox", "replyto",
    ]
    private static let accounts: Set<String> = [
        "user", "username", "login", "loginname", "identity", "account", "usr", "uname", "nickname", "realname",
        "fullname", "ogin", "loginuse", "authname", "authuser", "authid",
    ]
    private static let accountEndings: NameEndings = [
        "username", "useraccount", "accountname", "loginname", "loginuser", "ftpuser", "authuser", "authname",
        "authid", "loginuse",
    ]
    private static let hosts: Set<String> = ["host", "hostname", "domain", "endpoint", "ddns", "fqdn"]

    /// Of all words above, and those that are taken off a name before it is looked at.
    private static let tails: NameTails = {
        let endings: [NameEndings] = [
            plurals, weakPlurals, credentialEndings, foreignEndings, networkEndings, hardwareEndings, deviceEndings,
            accountEndings,
        ]
        let words: [Set<String>] = [
            accountPlurals, foreignKeys, positions, deviceNumbers, cloudNumbers, mails, accounts, hosts,
            SettingName.notes, lastWords, ["ssid", "pass", "key", "mail", "name", "mac"],
        ]
        return NameTails(endings.flatMap(\.words) + words.flatMap { $0 })
    }()
}
