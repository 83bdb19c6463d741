import Testing

@testable import Scrub

/// Secrets where the manual of a command says that one stands. « and » stand around what goes.
@Suite struct CommandSecretTests {
    private static func expect(_ marked: String, path: String) throws {
        let (text, isSecret) = KindsOfSettingsTests.parts(marked)
        #expect(try KindsOfSettingsTests.gone(text, path: path) == isSecret, "\(path): \(marked)")
    }

    @Test(arguments: [
        "useradd -m -p «Kq7xvmZp29w» root", "usermod -p '«Kq7xvmZp29w»' root", "openssl passwd -1 «Kq7xvmZp29w»",
        "H=$(openssl passwd -6 -salt ab «Kq7xvmZp29w»)", "openssl enc -aes-256-cbc -k «Kq7xvmZp29w» -in a",
        "ldapsearch -x -D cn=admin -w «Kq7xvmZp29w» -b dc=a", "slappasswd -s «Kq7xvmZp29w»",
        "snmpget -v3 -l authPriv -a SHA -A «Kq7xvmZp29w» -x AES -X «Rm4ktbLw81z» 10.0.0.9 sysName.0",
        "snmpwalk -v2c -c «Kq7xvmZp29w» 10.0.0.9 .1", "ncftpget -u root -p «Kq7xvmZp29w» h . /x",
        "docker login -u root -p «Kq7xvmZp29w» reg.lan", "htpasswd -cb /etc/x root «Kq7xvmZp29w»",
        "htpasswd -nb root «Kq7xvmZp29w»", "smbclient //nas/share «Kq7xvmZp29w» -c ls",
        "smbclient -U root%«Kq7xvmZp29w» //nas/share", "lftp -u root,«Kq7xvmZp29w» h.lan",
        "mariadb -u root -p«Kq7xvmZp29w» db", "redis-cli AUTH «Kq7xvmZp29w»", "ipmitool -U root -P «Kq7xvmZp29w» sdr",
        "sqlplus root/«Kq7xvmZp29w»@orcl", "rar a -hp«Kq7xvmZp29w» a.rar x", "ssh-keygen -q -N \"«Kq7xvmZp29w»\" -f k",
        "echo «Kq7xvmZp29w» | cryptsetup luksOpen /dev/a x", "vncpasswd -f <<< «Kq7xvmZp29w»",
        "echo \"«Kq7xvmZp29w»\" | docker login --password-stdin -u root", "mkpasswd -m sha-512 «Kq7xvmZp29w»",
        "rabbitmqctl add_user root «Kq7xvmZp29w»", "rabbitmqctl -n x change_password root '«Kq7xvmZp29w»'",
        "PsExec.exe h -u root -p «Kq7xvmZp29w» cmd", "net user root «Kq7xvmZp29w»",
        "vault login -method=userpass username=root password=«Kq7xvmZp29w»",
        "PASSWORD=${1:-«Kq7xvmZp29w»}", "PASSWORD=\"${1:-«Kq7xvmZp29w»}\"",
        "rclone obscure «Kq7xvmZp29w»", "0 3 * * * root sshpass -p «Kq7xvmZp29w» ssh h",
    ])
    func commandsOfAShell(_ command: String) throws {
        try Self.expect("#!/bin/sh\n\(command)\necho done\n", path: "opt/x.sh")
    }

    @Test(arguments: [
        ("a.py", "run(['mysqldump', '-p«Kq7xvmZp29w»', 'db'])\n"),
        ("a.c", "execl(\"x\", \"sshpass\", \"-p\", \"«Kq7xvmZp29w»\", 0);\n"),
        ("a.json", "{\"x\":[\"login\",\"--password\",\"«Kq7xvmZp29w»\",\"--x\"]}\n"),
        ("a.go", "exec.Command(\"sshpass\", \"-p\", \"«Kq7xvmZp29w»\", \"ssh\")\n"),
        ("a.rs", "Command::new(\"sshpass\").arg(\"-p\").arg(\"«Kq7xvmZp29w»\").spawn();\n"),
        ("a.js", "spawn(\"mysql\", [\"-u\", \"root\", \"-p«Kq7xvmZp29w»\"])\n"),
        ("a.yml", "command:\n  - mysql\n  - -p«Kq7xvmZp29w»\n  - db\n"),
        ("a.yaml", "args: [\"--password\", \"«Kq7xvmZp29w»\", \"--x\"]\n"),
    ])
    func listsOfArguments(_ name: String, _ marked: String) throws { try Self.expect(marked, path: "opt/\(name)") }

    @Test(arguments: [
        ("a.exp", "expect \"Enter passphrase for key\"\nsleep 1\nsend \"«Kq7xvmZp29w»\\r\"\nsend \"ls\\r\"\n"),
        ("a.py", "c.expect(\"assword:\")\nc.sendline(\"«Kq7xvmZp29w»\")\nc.sendline(\"ls -la\")\n"),
        ("b.py", "tn.read_until(b\"Password: \")\ntn.write(b\"«Kq7xvmZp29w»\\n\")\ntn.write(b\"ls\\n\")\n"),
        ("b.exp", "expect \"assword:\"\nsend \"«Kq7$xv\\[mZp29w»\\r\"\nexpect \"#\"\n"),
        ("c.py", "c.expect('assword:')\nc.sendline('«Kq7$xv\"mZp29w»')\nc.sendline('ls')\n"),
        ("a.chat", "ABORT BUSY\nssword: «Kq7xvmZp29w»\n"),
    ])
    func answersOfADialog(_ name: String, _ marked: String) throws { try Self.expect(marked, path: "opt/\(name)") }

    /// Calls that take a password at a place of its own.
    @Test(arguments: [
        ("a.py", "imap.login(\"root\",\"«Kq7xvmZp29w»\")\nimap.select(\"INBOX\")\n"),
        ("b.py", "r = requests.get(u, auth=(\"root\", \"«Kq7xvmZp29w»\"))\n"),
        (
            "a.go",
            "req.SetBasicAuth(\"root\", \"«Kq7xvmZp29w»\")\na := smtp.PlainAuth(\"\", \"root\", \"«Rm4ktbLw81z»\", h)\n"
        ),
        ("a.cs", "var c = new NetworkCredential(\"root\", \"«Kq7xvmZp29w»\", \"DOMAIN\");\n"),
        ("a.java", "new PasswordAuthentication(\"root\", \"«Kq7xvmZp29w»\".toCharArray());\n"),
        ("a.php", "<?php ftp_login($c, $user, '«Kq7xvmZp29w»'); ldap_bind($l, $dn, '«Rm4ktbLw81z»');\n"),
        ("b.php", "<?php curl_setopt($c, CURLOPT_USERPWD, 'root:«Kq7xvmZp29w»'); echo 'stays77a';\n"),
        ("a.c", "curl_easy_setopt(h, CURLOPT_PASSWORD, \"«Kq7xvmZp29w»\");\n"),
        ("a.json", "{\"code\":\"imap.login(\\\"root\\\",\\\"«Kq7xvmZp29w»\\\")\",\"z\":\"y\"}\n"),
    ])
    func argumentsOfCalls(_ name: String, _ marked: String) throws { try Self.expect(marked, path: "opt/\(name)") }

    /// A value ends where its word does.
    @Test(arguments: [
        ("a.mk", "PASSWORD ::= «Kq7xvmZp29w»\noverride WIFI_PSK :::= «Rm4ktbLw81z»\nKEEP ?= stays77a\n"),
        ("a.yml", "run: >-\n  tool --name x\n  --password=«Kq7xvmZp29w» shop\n  --verbose\nz: y\n"),
        ("b.yml", "run: >-\n  tool --name x\n  --password «Kq7xvmZp29w» shop\nz: y\n"),
    ])
    func wordsOfACommand(_ name: String, _ marked: String) throws { try Self.expect(marked, path: "opt/\(name)") }

    /// Variables, places for a value, names of files, and other options of the same letter.
    @Test(arguments: [
        "useradd -p \"$PW\" root", "useradd -p ${PW} root", "usermod -p PASSWORD root", "openssl passwd -1 -stdin",
        "openssl passwd <password>", "mkpasswd %s", "docker run -p 8080:80 image1", "mysql -p db1 -u root",
        "htpasswd -b FILE USER PASSWORD", "htpasswd /etc/users1 root", "smbclient //nas/share -N",
        "ldapsearch -w {{pw}}", "ldapsearch -y /etc/secret.txt -b dc=a", "snmpget -c public 10.0.0.9 .1",
        "curl -u \"$U:$P\" http://h/", "mkdir -p /etc/dir77a", "lftp -u root h.lan",
        "docker login -u root -p ${{ secrets.PW1 }} reg.lan", "net user root /delete", "net user root *",
        "ssh -p 2222 root@h.lan",
        "echo \"$PW\" | passwd --stdin root", "echo 'Enter your password' | passwd root", "rclone obscure --help",
    ])
    func otherArgumentsStay(_ command: String) throws {
        try Self.expect("#!/bin/sh\n\(command)\n", path: "opt/x.sh")
    }
}
