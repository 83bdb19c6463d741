/// The options of mount, with commas between them: `user=x,password=y,vers=3,rw`.
enum MountOptions {
    /// What stands there without a value.
    private static let flags: Set<String> = [
        "rw", "ro", "auto", "noauto", "user", "nouser", "users", "owner", "group", "exec", "noexec", "suid", "nosuid",
        "dev",
        "nodev", "sync", "async", "nofail", "defaults", "soft", "hard", "intr", "nointr", "noperm", "nounix", "nobrl",
        "noserverino", "serverino", "_netdev", "noatime", "relatime", "remount", "bind", "guest", "sfu", "mfsymlinks",
        "nolock", "lock", "tcp", "udp", "allow_other", "reconnect", "noac", "bg", "fg",
    ]

    /// Whether behind a comma another name of a list stands: `password=x,vers=3`, `password=x,rw`.
    static func follow(_ bytes: [UInt8], behind comma: Int, in range: Range<Int>) -> Bool {
        var start = comma + 1
        while true {
            var end = start
            while end < range.upperBound, ByteText.isName(bytes[end]) { end += 1 }
            if end == start { return false }
            if end < range.upperBound, bytes[end] == 0x3d { return true }
            guard flags.contains(String(decoding: bytes[start..<end], as: UTF8.self)) else { return false }
            guard end < range.upperBound, bytes[end] == 0x2c else { return true }
            start = end + 1
        }
    }
}
