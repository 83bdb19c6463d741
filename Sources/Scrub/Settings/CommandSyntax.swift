/// Where the arguments of a command are secrets, as its manual says: `-p secret`, `-u name:secret`, the second operand.
struct CommandSyntax {
    /// Words of which one must follow the command: `login` of docker. Operands are counted behind it.
    var subcommands: Set<String> = []
    /// Options whose argument is a secret.
    var secrets: Set<String> = []
    /// Options whose argument is a name and a secret.
    var accounts: Set<String> = []
    /// Options with two arguments, of which the second one is a secret.
    var pairs: Set<String> = []
    /// Options whose argument is a line of HTTP: `X-Api-Key: secret`.
    var headers: Set<String> = []
    /// What stands between the two of an account.
    var separator: UInt8 = 0x3a
    /// How an argument may stand behind an option of one letter.
    var joining = Joining.apart
    /// Operands that are secrets, from 0.
    var operands: [Int] = []
    /// Whether the last operand is one where an option has the letter `b`: htpasswd's batch mode.
    var isBatch = false
    /// Whether the first operand is a name and a secret.
    var isAccount = false
    /// Options with an argument that is none of the operands.
    var valued: Set<String> = []
    /// What an option begins with.
    var optionSign: UInt8 = 0x2d

    enum Joining {
        case apart, either, joined
    }

    /// What is known of a command, by its name without a path.
    static func all(of name: String) -> [CommandSyntax] { table[name] ?? [] }

    private static let table: [String: [CommandSyntax]] = syntaxes.reduce(into: [:]) { table, entry in
        for name in entry.names.split(separator: " ") { table[String(name), default: []].append(entry.syntax) }
    }

    private static func words(_ text: String) -> Set<String> { Set(text.split(separator: " ").map(String.init)) }

    /// Options by their names: one dash in front of a letter, two in front of a word, none where a sign is there already.
    private static func named(_ text: String) -> Set<String> {
        Set(
            words(text).map { name in
                name.hasPrefix("-") || name.hasPrefix("/") ? name : name.count == 1 ? "-" + name : "--" + name
            })
    }

    private static func options(
        _ secrets: String, joining: Joining = .apart, for subcommands: String = ""
    ) -> Self {
        CommandSyntax(subcommands: words(subcommands), secrets: named(secrets), joining: joining)
    }

    private static func accounts(_ options: String, separator: Character = ":") -> Self {
        CommandSyntax(accounts: named(options), separator: separator.asciiValue ?? 0x3a, joining: .either)
    }

    private static func operand(_ index: Int, behind subcommands: String, valued: String = "") -> Self {
        CommandSyntax(subcommands: words(subcommands), operands: [index], valued: named(valued))
    }

    private static let syntaxes: [(names: String, syntax: CommandSyntax)] = accountTools + networkTools + otherTools

    private static let accountTools: [(names: String, syntax: CommandSyntax)] = [
        ("useradd usermod", options("p password")),
        ("openssl", options("k K -hmac")), ("openssl", operand(0, behind: "passwd", valued: "-salt -in")),
        ("mkpasswd cryptpw", operand(0, behind: "", valued: "m S R P l d c C p method salt")),
        ("slappasswd", options("s")), ("ldappasswd", options("w s a", joining: .either)),
        (
            "ldapsearch ldapmodify ldapadd ldapdelete ldapwhoami ldapcompare ldapmodrdn ldapexop kadmin",
            options("w", joining: .either)
        ),
        ("htpasswd mosquitto_passwd", CommandSyntax(isBatch: true)),
        (
            "docker podman buildah skopeo nerdctl helm oras crane az oc cf",
            options("p password", joining: .either, for: "login")
        ),
        ("twine", options("p password", for: "upload")), ("caddy", options("p plaintext", for: "hash-password")),
        ("vault", operand(0, behind: "login")), ("virsh", operand(1, behind: "secret-set-value")),
        ("rclone", operand(0, behind: "obscure")), ("cloudflared", operand(0, behind: "install")),
        ("security", options("w p", for: "add-generic-password add-internet-password unlock-keychain")),
        ("signtool", options("/p")), ("schtasks", options("/rp /p")),
        ("ssh-keygen", options("N P")), ("gpg-preset-passphrase", options("P")),
        (
            "rabbitmqctl",
            operand(1, behind: "add_user change_password authenticate_user", valued: "n node t timeout vhost p")
        ),
        ("net NET", CommandSyntax(subcommands: ["user", "USER"], operands: [1], optionSign: 0x2f)),
    ]

    private static let networkTools: [(names: String, syntax: CommandSyntax)] = [
        (
            "snmpget snmpwalk snmpset snmpgetnext snmpbulkget snmpbulkwalk snmptrap snmpinform snmptable snmpstatus",
            options("c A X", joining: .either)
        ),
        ("check_snmp", options("C A X", joining: .either)), ("check_ldap check_smtp", options("P")),
        (
            "ncftpget ncftpput ncftpls ncftp ftpget ftpput sshpass check_mysql check_pgsql upscmd upsrw",
            options("p", joining: .either)
        ),
        (
            "rdesktop racadm esxcli hydra medusa crackmapexec netexec nxc evil-winrm openfortivpn airdecap-ng psexec "
                + "PsExec psexec64 vncdo vncdotool",
            options("p")
        ),
        (
            "smbclient",
            CommandSyntax(
                accounts: named("U user"), separator: 0x25, joining: .either, operands: [1],
                valued: named("U c W I p D m n l s O d i t A T E b R user command"))
        ),
        ("rpcclient smbget winexe net smbcacls smbtree wmic", accounts("U user", separator: "%")),
        ("mosquitto_pub mosquitto_sub mosquitto_rr", options("P pw", joining: .either)),
        ("lftp", accounts("u user", separator: ",")),
        (
            "curl",
            CommandSyntax(
                secrets: named("oauth2-bearer pass proxy-pass tlspassword"),
                accounts: named("u U user proxy-user E cert"), headers: named("H header proxy-header"),
                joining: .either)
        ),
        ("wget", CommandSyntax(headers: named("header"))), ("http https xh xhs check_http", accounts("a auth")),
        ("ab", accounts("A P")), ("nikto", accounts("-id")), ("etcdctl", accounts("user")),
        ("ipmitool", options("P k y", joining: .either)), ("ipmitool", operand(1, behind: "password")),
        ("plink pscp psftp putty xe", options("-pw")), ("xfreerdp wlfreerdp sdl-freerdp", options("/p:")),
        ("edge n2n", options("k", joining: .either)), ("sipp swaks ssmtp", options("-ap")), ("onvif-cli", options("a")),
        ("openRTSP testRTSPClient", CommandSyntax(pairs: named("u"))),
        ("radtest", CommandSyntax(operands: [1, 4])),
    ]

    private static let otherTools: [(names: String, syntax: CommandSyntax)] = [
        (
            "mysql mysqldump mysqladmin mysqlcheck mysqlimport mysqlshow mysqlbinlog mysqlslap mysql_upgrade mariadb "
                + "mariadb-dump mariadb-admin mariadb-check mariadb-import mariadb-show 7z 7za 7zr",
            options("p", joining: .joined)
        ),
        ("rar unrar", options("p -hp", joining: .joined)), ("zip unzip", options("P", joining: .either)),
        ("redis-cli valkey-cli", options("a pass")), ("redis-cli valkey-cli", operand(0, behind: "auth AUTH")),
        (
            "mongo mongosh mongodump mongorestore mongoexport mongoimport mongostat cqlsh",
            options("p")
        ),
        ("sqlcmd bcp isql tsql osql fisql", options("P", joining: .either)),
        ("sqlplus sqlldr expdp impdp rman", CommandSyntax(separator: 0x2f, isAccount: true)),
    ]

    /// Commands that take a secret from their environment, besides those above.
    private static let others = words(
        "rsync psql pg_dump pg_dumpall pg_restore createdb restic borg duplicity ssh scp sftp sh bash ash git ansible "
            + "ansible-playbook python python3 node npm terraform make java php ruby perl gpg aws rclone")

    /// Whether a text begins with the name of a command.
    static func takesEnvironment(_ text: ArraySlice<UInt8>) -> Bool {
        let word = text.prefix { $0 > 0x20 }
        guard word.count < text.count, word.count <= 24, let first = word.first, ByteText.isLetter(first) else {
            return false
        }
        let name = String(decoding: word, as: UTF8.self)
        return table[name] != nil || others.contains(name)
    }

    /// Commands that read a password from their input.
    static func readsSecret(_ name: String, words: some Collection<String>) -> Bool {
        switch name {
        case "cryptsetup", "kinit", "passwd", "smbpasswd", "vncpasswd", "wpa_passphrase": true
        case "gpg", "gpg2": words.contains { $0.hasSuffix("-passphrase-fd") }
        case "docker", "podman", "helm", "oras", "skopeo", "crane", "nerdctl":
            words.contains { $0.hasSuffix("-password-stdin") }
        case "sudo": words.contains("-S")
        case "openssl": words.contains("-stdin")
        case "mkpasswd": words.contains("-s") || words.contains { $0.hasSuffix("-stdin") }
        case "htpasswd": words.contains("-i") || words.contains("-ni")
        default: false
        }
    }
}
