import Testing

@testable import Scrub

/// Passwords that scripts and programs hand over. « and » stand around what goes.
@Suite struct ProgramSecretTests {
    /// Calls and constants.
    @Test(arguments: [
        (
            "src/a.c",
            "void f(void){\n strcpy(cfg.password, \"«wurzelwerk»\");\n strncpy(cfg->wifi_pass, \"«blattkeks»\","
                + " 32);\n strcpy(cfg.name, \"stays\");\n}\n"
        ),
        (
            "src/b.c",
            "void f(void){\n snprintf(cfg.passwd, sizeof(cfg.passwd), \"%s\", \"«wurzelwerk»\");\n snprintf(pw,"
                + " n, \"%s\", \"«Kq7xvm»\");\n sprintf(conf.psk, \"«blattkeks»\");\n memcpy(g->ap_password, \"«kekswerk»\","
                + " 8);\n strlcpy(wifi_config.sta.password, \"«Wurzelzwerg»\", 64);\n}\n"
        ),
        (
            "src/c.c",
            "void f(void){\n strcpy(password, \"\");\n strcpy(cfg.password, buf);\n sprintf(password_prompt,"
                + " \"stays\");\n snprintf(password, n, \"%s:%d\", a, b);\n strcpy(pw, \"N/A\");\n}\n"
        ),
        (
            "src/t.c",
            "strcpy(password, \"password\"); sprintf(msg, \"password\"); strncpy(pass, \"stays\"+1, 3); strcpy(passwd_file,"
                + " \"/etc/passwd\"); memcpy(pw, \"\\0\\0\\0\", 3); strcpy(user_password, user_pw);\n"
        ),
        (
            "src/t2.c",
            "snprintf(pwbuf, sizeof(pwbuf), \"%s/%s\", dir, \"stays\"); strcpy(psk_str, \"WPA-PSK\"); strcpy(pass,"
                + " \"PASS\"); strcpy(cipher_password, \"NULL\"); strcpy(ssid, \"any\");\n"
        ),
        (
            "www/x.php",
            "<?php define('SECRET_KEY', 'put your unique phrase here'); define('API_KEY', ''); define('API_KEY',"
                + " 'YOUR_API_KEY'); const API_KEY = 'api_key'; const ACCESS_TOKEN = 'access_token'; define('CLIENT_SECRET',"
                + " $x['stays']); define('X_SECRET', 'client_secret');\n"
        ),
        (
            "src/a.c",
            "struct c x = { .ssid = \"«Garten»\", .password = \"«wurzelwerk»\", .name = \"stays\" };\n"
        ),
        (
            "src/a.ino",
            "void setup() { strcpy(config.wifi_ssid, \"«Garten»\"); strlcpy(config.wifi_password, \"«wurzelwerk»\","
                + " sizeof(config.wifi_password)); strcpy(config.host, \"stays\"); }\n"
        ),
        (
            "www/a.php",
            "<?php\ndefine('API_KEY', '«wurzelwerk»');\nconst API_KEY = '«blattkeks»';\ndefine('APP_NAME',"
                + " 'stays');\n"
        ),
        (
            "www/b.php",
            "<?php\nclass A { const SECRET_KEY = '«wurzelwerk»'; private const AUTH_TOKEN = \"«blattwerker»\"; "
                + "const TOKEN_NAME = 'stays'; }\ndefine(\"SECRET_TOKEN\", \"«ab-wurzel»\");\n"
        ),
        (
            "www/c.php",
            "<?php define('API_KEY', '«_0+|T*qDhK^dqw{»'); define('NAME', 'stays');\n"
        ),
    ])
    func programs(_ path: String, _ marked: String) throws { try KindsOfSettingsTests.expect(marked, path: path) }

    /// What a command is given, and what it is fed with.
    @Test(arguments: [
        (
            "bin/x.sh",
            "#!/bin/sh\ncurl -H 'X-Api-Key: «lettersonly»' http://h/\ncurl -H \"Authorization: Bearer «lettersonly»\" "
                + "http://h/\ncurl -H \"X-Auth-Token: $TOKEN\" http://h\n"
        ),
        (
            "bin/y.sh",
            "#!/bin/sh\nwget --header='Authorization: Bearer «lettersonly»' http://h/\nwget --header \"X-Api-Key: "
                + "«Keyletters»\" http://h\n"
        ),
        (
            "bin/z.sh",
            "#!/bin/sh\ncurl -H 'PRIVATE-TOKEN: «lettersonly»' -H 'Accept: text/html' http://h/\ncurl -H "
                + "'apikey: «wurzelwerk»' http://h\n"
        ),
        (
            "bin/n.md",
            "curl -H 'X-Api-Key: YOUR_API_KEY' -H 'Authorization: Bearer <token>' http://h/\n"
        ),
        (
            "bin/a.sh",
            "#!/bin/sh\ncurl --oauth2-bearer «lettersonly» http://h/\ncurl -E c.pem:«wurzel» --pass «blattwerk» "
                + "h\n"
        ),
        (
            "bin/a.sh",
            "#!/bin/sh\nPASS=$'«wur\\'zel7»'\nexport WIFI_PSK=$'«Kq7xvm»'\nUSER=root\necho $'stays'\n"
        ),
        (
            "bin/b.sh",
            "#!/bin/bash\npasswd admin <<EOF\n«wurzel»\n«wurzel»\nEOF\necho stays\n"
        ),
        (
            "bin/c.sh",
            "#!/bin/sh\nchpasswd <<'EOF'\nroot:«wur`zel»\nadmin:«bla:tt$x»\nEOF\necho stays\n"
        ),
        (
            "bin/d.sh",
            "#!/bin/sh\nmysql -u root -p\"$P\" <<EOF\nCREATE USER 'x' IDENTIFIED BY '«wurzel»';\nSET PASSWORD "
                + "FOR 'y' = PASSWORD('«blatt;x»');\nEOF\necho stays\n"
        ),
        (
            "bin/e.sh",
            "#!/bin/sh\nsudo chpasswd <<-END\n\troot:«wurzel»\n\tEND\nsmbpasswd -s -a max <<X\n«blattw»\n"
                + "«blattw»\nX\n"
        ),
        (
            "bin/f.sh",
            "#!/bin/sh\nchpasswd <<EOF\nroot:$PW\nEOF\npasswd <<EOF\n$A\n$A\nEOF\n"
        ),
        (
            "bin/g.sh",
            "#!/bin/sh\n/usr/sbin/chpasswd -c SHA512 << EOF\nroot:«wurzel»\nmax:«blatt werk»\nEOF\nssh h "
                + "<<EOF\nls stays\nEOF\n"
        ),
        (
            "bin/t.sh",
            "#!/bin/sh\nchpasswd <<EOF\n$USER:$PASS\nEOF\npasswd <<EOF\n${PW}\n$(cat pw)\nEOF\ncurl -H \"X-Api-Key: "
                + "${KEY}\" -H 'Content-Type: text/plain' -H 'X-Token-Type: stays' h\nwget --header=\"Authorization: "
                + "$AUTH\" h\n"
        ),
        (
            "bin/a.sh",
            "#!/bin/sh\npsql <<EOF\nALTER USER x WITH PASSWORD '«wurzel»';\nEOF\nftp -n h <<EOF\nuser «max77» "
                + "«blattw»\nput stays\nEOF\n"
        ),
        (
            "bin/a.sh",
            "#!/bin/sh\nwpa_passphrase «Garten» <<EOF\n«wurzelkeks»\nEOF\n"
        ),
        (
            "bin/a.sh",
            "#!/bin/sh\nkinit max <<EOF\n«wurzelkeks»\nEOF\ncat <<EOF | chpasswd\nroot:«wurz7»\nEOF\ncat "
                + "<<EOF\npassword: what you like stays\nEOF\n"
        ),
        (
            "bin/a.sh",
            "#!/bin/sh\n{ echo «wurzelk»; echo «wurzelk»; } | passwd root\nPW=$'«ab cd7»' ./x --stays\necho "
                + "stays\n"
        ),
    ])
    func scripts(_ path: String, _ marked: String) throws { try KindsOfSettingsTests.expect(marked, path: path) }
}
