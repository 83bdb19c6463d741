/// What people bring along from other programs.
enum Habits {
    /// Names that other programs have for what a command does.
    static let commands = [
        "extract": "unpack", "x": "unpack", "-x": "unpack", "e": "unpack", "unsquashfs": "unpack",
        "jefferson": "unpack",
        "-d": "unpack", "-e": "unpack", "-f": "unpack", "unjffs2": "unpack", "carve": "unpack", "restore": "kit",
        "list": "ls", "l": "ls", "-l": "ls", "-t": "ls", "-tf": "ls", "-ll": "ls", "dir": "ls", "ll": "ls",
        "-xf": "unpack", "-xvf": "unpack", "create": "repack", "pack": "repack", "build": "repack", "mkfs": "repack",
        "mkfs.jffs2": "repack", "-c": "repack", "-cf": "repack", "-r": "repack", "mksquashfs": "repack",
        "make": "repack", "check": "verify", "fsck": "verify", "test": "verify", "validate": "verify", "clean": "scrub",
        "anonymize": "scrub", "redact": "scrub", "sumtool": "sum", "summary": "sum", "jffs2dump": "dump",
        "nodes": "dump", "jffs2reader": "cat", "print": "cat", "show": "cat", "undelete": "recover", "log": "history",
        "compare": "diff", "cmp": "diff", "binwalk": "info", "file": "info", "identify": "info",
        "diagnose": "doctor", "repair": "doctor", "fix": "doctor", "mkimage": "uimage wrap",
        "dumpimage": "uimage unwrap", "split": "partitions", "join": "partitions", "byteswap": "swap", "size": "du",
        "usage": "du", "html": "report", "dumpflash": "acquire", "read": "acquire", "search": "find", "grep": "find",
    ]

    /// Options of other programs, with ours in the order in which they are meant.
    static let options = [
        "-o": ["--output", "--directory", "-d"], "-C": ["--directory", "-d"], "--dest": ["--directory", "-d"],
        "--output": ["--directory", "-d"], "--out": ["--output", "--directory"], "--outdir": ["--directory"],
        "-d": ["--directory", "--root"], "-e": ["--erase-size"], "--eraseblock": ["--erase-size"],
        "--erasesize": ["--erase-size"], "--block-size": ["--erase-size"], "-b": ["--endian", "--block"],
        "-l": ["--list", "--endian", "--long"], "--big-endian": ["--endian"], "--little-endian": ["--endian"],
        "-t": ["--list"], "-n": ["--dry-run"], "--no-act": ["--dry-run"], "-y": ["--yes"], "--overwrite": ["--force"],
        "--recurse": ["--recursive"], "-p": ["--only"], "--include": ["--only"], "--rm": ["--delete"],
        "--remove": ["--delete"], "-x": ["--exclude"], "--silent": ["--quiet"], "-s": ["--quiet"],
        "--human": ["--human-readable"], "-j": ["--jobs"], "--threads": ["--jobs"], "--inplace": ["--in-place"],
        "-i": ["--in-place"], "--byteswap": ["--swap"], "--skip": ["--offset"], "-V": ["--version"],
    ]
}
