import Testing

@testable import Scrub

/// Passwords in addresses, with signs that nobody escapes. « and » stand around them.
@Suite struct AddressLoginTests {
    /// The last `@` in front of the host ends a password.
    @Test(arguments: [
        (
            "etc/a.json",
            "{\"url\":\"rtsp://user:«p@ss»@host/live\",\"x\":\"stays\"}"
        ),
        (
            "etc/a.json",
            "{\"url\":\"rtsp://user:«p/a@s/s»@10.0.0.1:554/live?x=a\",\"x\":\"stays\"}"
        ),
        (
            "etc/a.conf",
            "url=rtsp://user:«p@s/s»@host/live@1\nx=stays\n"
        ),
        (
            "etc/a.xml",
            "<a><url>rtsp://user:«p@s#s»@host.lan/a</url><b>http://x.lan/a@b</b></a>"
        ),
        (
            "etc/a.yaml",
            "url: \"rtsp://user:«p@ss/w»@cam1/live\"\nother: http://h:80/@x\n"
        ),
        (
            "etc/b.json",
            "{\"a\":\"rtsp://u7:«p'a`s7»@h/x\"}"
        ),
        (
            "etc/c.json",
            "{\"a\":[\"rtsp://ab:«k@q7»@h/x\",\"http://b/c@d\"]}"
        ),
        (
            "etc/c.conf",
            "url2=http://host:8080/a@b\ng=git+ssh://git@github.com:org/repo.git@v1.2.3\n"
        ),
        (
            "etc/d.json",
            "{\"url\":\"ftp://user:«p,a;s»@host\",\"m\":\"x@y.lan\"}"
        ),
        (
            "etc/d.json",
            "{\"url\":\"rtsp:\\/\\/user:«p@ss»@host\\/live\"}"
        ),
        (
            "etc/e.json",
            "{\"url\":\"rtsp://long@mail.lan:«p@ss7»@host/live\"}"
        ),
        (
            "etc/u.yaml",
            "url: http://user:{{ pw }}@host/x@y\nimage: reg.lan:5000/a/b@sha256:abcdef\nrepo: git@github.com:a/b.git\n"
                + "mail: a:b@c.lan\n"
        ),
        (
            "etc/u.md",
            "see https://medium.com/@user/x:y@z.lan and ssh://git@h.lan:22/x@y.lan or ftp://h.lan:21/@x.lan\n"
        ),
        (
            "bin/a.sh",
            "#!/bin/sh\nffmpeg -i rtsp://user:«p@ss»@10.0.0.2/live -f x stays\nURL=\"rtsp://user:«p@s/s»@cam.lan:554/x\"\n"
        ),
        (
            "src/a.c",
            "char *u = \"rtsp://user:«p@s/s»@cam.lan:554/x\"; puts(\"stays\");\n"
        ),
        (
            "www/a.php",
            "<?php $u = 'mysql://user:«p@s/s\"x»@db.lan/x'; echo 'stays';\n"
        ),
        (
            "etc/a.toml",
            "u = 'amqp://user:«p@ss»@db.lan/x'\nb = \"stays\"\n"
        ),
        (
            "etc/a.json",
            "{\"a\":\"http://u:«pw7x»@h.lan/a?mail=x@y.lan\",\"b\":\"http://h/@scope/pkg@1.0\",\"c\":\"https://cdn.lan:443/npm/x@3/y@z.js\"}"
        ),
    ])
    func upToTheLastSign(_ path: String, _ marked: String) throws {
        try KindsOfSettingsTests.expect(marked, path: path)
    }
}
