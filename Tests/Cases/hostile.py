"""Images, tables and archives that were made to hurt. Memory and growth of work are limited, not seconds."""

import bz2
import hashlib
import os
import random
import struct
import zlib

import images
from images import DIR, FILE, Image, uimage
from lib import case

MIB = 1 << 20


def allowed(t, name):
    """Four times the input and 64 MiB; a debug build's own memory is in it."""
    return 4 * len(t.read(name)) + 64 * MIB


def in_memory(t, name, *arguments, status=(0, 1, 2)):
    """Runs the program on a file, within the memory that a file of that size may take."""
    t.remove("o")
    result = t.jffs2(*[name if word == "INPUT" else word for word in arguments])
    line = f"jffs2 {' '.join(arguments)}"
    t.expect(result.status in status, line, result)
    t.expect(result.memory <= allowed(t, name), f"{line}: {result.memory >> 20} MiB for {len(t.read(name))} bytes")
    return result


@case
def alloc_8192x(t):
    """A node whose 400 KB are said to be 3.2 GB: memory by what comes out, not by what is said."""
    image = Image(0x80000)
    image.add(1, "a", 2, b"hello" * 100)
    data = random.Random(1).randbytes(400_000)
    image.put(image.dirent(1, 3, "b"))
    image.put(image.inode(3, 1, isize=8192 * len(data), data=data, dsize=8192 * len(data), codec=images.ZLIB))
    t.write("x.img", image.finish(5))
    for command in (["verify", "-q"], ["info"], ["scrub", "--list"], ["unpack", "-q", "-f", "-d", "U"]):
        in_memory(t, "x.img", *command, "INPUT", status=(1,) if command[0] in ("verify", "unpack") else (0, 1))
    t.equal(t.read("U/a"), b"hello" * 100, "a whole file beside it")


@case
def bzip2_bomb(t):
    """1 GiB out of 849 bytes."""
    data = bz2.compress(bytes(MIB)) * 1024
    t.write("x", uimage(data, type=2, codec=2))
    t.write("x.bz2", data)
    in_memory(t, "x", "uimage", "info", "INPUT", status=(0,))
    result = in_memory(t, "x", "uimage", "unwrap", "--decompress", "INPUT", "-o", "o", status=(2,))
    t.expect("more than 256 MiB" in result.messages, "the limit is said", result)
    t.expect(not t.exists("o"), "nothing is written")
    result = in_memory(t, "x.bz2", "info", "INPUT", status=(2,))
    t.expect("--max-input" in result.messages, "what to do is said", result)


def zlib_bomb_image(size, node=0x10000):
    """A file of zeros in nodes of so many bytes each: 1000 bytes for one."""
    image = Image()
    image.put(image.dirent(1, 2, "zeros"))
    stored = zlib.compress(bytes(node), 9)
    for version, offset in enumerate(range(0, size, node), 1):
        image.put(image.inode(2, version, isize=size, offset=offset, data=stored, dsize=node, codec=images.ZLIB))
    return image.finish(5)


@case
def zlib_bomb(t):
    """4 GiB out of 4 MiB, in one node and in many."""
    packer = zlib.compressobj(9)
    data = b"".join(packer.compress(bytes(MIB)) for _ in range(64)) + packer.flush()
    image = Image(0x100000)
    image.put(image.dirent(1, 2, "one"))
    image.put(image.inode(2, 1, isize=64 * MIB, data=data, dsize=64 * MIB, codec=images.ZLIB))
    t.write("one.img", image.finish(5))
    for command in (["verify", "-q", "INPUT"], ["unpack", "-q", "-d", "U1", "INPUT"],
                    ["repack", "--from", "INPUT", "-o", "o", "--quiet"], ["cat", "INPUT", "/one"]):
        in_memory(t, "one.img", *command, status=(0, 1))

    t.write("many.img", zlib_bomb_image(64 * MIB))
    for command in (["verify", "-q", "INPUT"], ["cat", "INPUT", "/zeros"],
                    ["repack", "--from", "INPUT", "-o", "o", "--quiet"]):
        in_memory(t, "many.img", *command, status=(0,))
    result = t.jffs2("unpack", "-q", "-d", "U2", "--max-size", "63M", "many.img")
    t.expect(result.status == 2 and "--max-size" in result.messages, "more than --max-size is refused", result)
    t.expect(not t.exists("U2") and not t.exists("U2.mtree"), "nothing is written")
    result = t.jffs2("unpack", "-q", "-d", "U3", "--max-files", "0", "many.img")
    t.expect(result.status == 2 and "--max-files" in result.messages, "more than --max-files is refused", result)

    def make(size):
        return t.write("n.img", zlib_bomb_image(size * MIB))

    t.grows_linearly(make, "repack", "--from", "INPUT", "-o", "o", "--quiet", sizes=(4, 16))


@case
def jobs_overflow(t):
    """A number that no machine has."""
    image = Image()
    image.add(1, "a", 2, b"x")
    t.write("x.img", image.finish(5))
    for jobs in ("9223372036854775807", "-1", "0", "4611686018427387904"):
        for command in (["repack", "--from", "x.img", "-o", "o"], ["unpack", "-d", "U", "x.img"]):
            t.status(64, *command, f"--jobs={jobs}")


@case
def tar_xattr_twice(t):
    """An attribute whose name libarchive writes in two ways."""
    image = Image()
    image.add(1, "f", 2, b"x")
    for identifier, name in enumerate(("a b=c%d", "a%20b", "a b", "plain"), 1):
        image.put(image.xattr(identifier, name, b"v"))
        image.put(image.xref(2, identifier))
    t.write("x.img", image.finish(5))
    t.status(0, "unpack", "-q", "--tar", "t.tar", "x.img")
    t.status(0, "repack", "--quiet", "--tar", "t.tar", "-o", "o")
    names = [line.split('"')[1] for line in t.jffs2("ls", "--json", "o").text.splitlines() if '"user.' in line]
    t.equal(sorted(names), ["user.a b", "user.a b=c%d", "user.a%20b", "user.plain"], "attributes")


@case
def uimage_storm(t):
    """A header every 64 bytes, each of them announcing all that follows."""
    def storm(size, count):
        header = uimage(b"", b"n", size)
        return header * count

    def endless(count):
        return t.write("x", storm(0xFFFFFFFF, count))

    def nested(count):
        # Each one's data ends with the file, and has a wrong sum.
        return t.write("x", b"".join(uimage(b"", b"n", 64 * (count - 1 - index)) for index in range(count)))

    for make in (endless, nested):
        for command in (["partitions", "-q"], ["info", "-q"], ["uimage", "info", "-q"]):
            t.grows_linearly(make, *command, "INPUT", sizes=(2_000, 8_000), status=(0, 1, 2))


@case
def xattr_bomb(t):
    """One attribute of 64 KB that thousands of inodes share."""
    def make(inodes):
        image = Image()
        image.put(image.xattr(1, "a", random.Random(1).randbytes(60_000)))
        for number in range(2, inodes + 2):
            image.add(1, f"f{number}", number)
            image.put(image.xref(number, 1))
        return t.write("x.img", image.finish(5))

    make(1000)
    for command in (["info", "INPUT"], ["verify", "-q", "INPUT"], ["ls", "-R", "INPUT"],
                    ["repack", "--from", "INPUT", "-o", "o", "--quiet"]):
        in_memory(t, "x.img", *command)
    make(200)
    for command in (["ls", "--json", "INPUT"], ["scrub", "--list", "INPUT"]):
        in_memory(t, "x.img", *command)
    result = t.jffs2("unpack", "-q", "-d", "U", "x.img", "--only", "f2")
    t.equal(result.status, 0, "unpack", result)
    t.grows_linearly(make, "info", "INPUT", sizes=(500, 2000))


@case
def mtree_contents(t):
    """A manifest of strangers: its paths and its claims are not believed."""
    content = b"root:secret\n"
    t.write("outside/shadow", content)
    t.write("inside/real", b"hello")
    t.write("inside/list", "#mtree\n./a type=file mode=0644 size=5 contents=real\n")
    folder = t.path("inside")
    os.symlink("../outside/shadow", t.path("inside/link"))
    os.mkfifo(t.path("inside/fifo"))
    program = ["sh", "-c", 'cd inside && exec "$@"', "sh", "timeout", "20", t.program]

    def repack(name, text, *options):
        t.write(f"inside/list-{name}", "#mtree\n" + text)
        return t.run(*program, "repack", "--quiet", "--mtree", f"list-{name}", "-o", "out", *options)

    result = repack("good", "./a type=file mode=0644 size=5 contents=real sha256=%s\n" % hashlib.sha256(b"hello").hexdigest())
    t.equal(result.status, 0, "a manifest that is right", result)
    size = len(content)
    for name, line in {
        "absolute": f"./a type=file mode=0644 size={size} contents={t.path('outside/shadow')}\n",
        "upwards": f"./a type=file mode=0644 size={size} contents=../outside/shadow\n",
        "link": f"./a type=file mode=0644 size={size} contents=link\n",
        "size": "./z type=file mode=0644 size=99 contents=real\n",
        "sum": "./z type=file mode=0644 size=5 contents=real sha256=%s\n" % ("ab" * 32),
        "fifo": "./z type=file mode=0644 size=10 contents=fifo\n",
        "missing": "./z type=file mode=0644 size=10 contents=missing\n",
    }.items():
        result = repack(name, line)
        t.expect(result.status == 2 and len(result.messages.splitlines()) == 1, f"{name}: one line, status 2", result)
    t.expect(os.path.isdir(folder), "the folder is there")

    def make(count):
        return t.write("lines", "#mtree\n" + "./a type=dir\n" * count)

    t.grows_linearly(make, "repack", "--quiet", "--mtree", "INPUT", "-o", "o", sizes=(10_000, 40_000), status=(0, 2))


@case
def scrub_sparse_ranges(t):
    """A file of many single bytes far from each other, and files that are nearly all hole."""
    def fragments(count):
        image = Image(0x20000)
        image.put(image.dirent(1, 2, "a"))
        for index in range(count):
            image.put(image.inode(2, index + 1, isize=0xFFFF0000, offset=index * 0x40000, data=b"x"))
        return t.write("x.img", image.finish(6))

    def holes(count):
        image = Image()
        for number in range(2, count + 2):
            image.put(image.dirent(1, number, f"f{number}"))
            image.put(image.inode(number, 1, isize=32 * MIB - 1, offset=4096, data=b"psk"))
            image.put(image.inode(number, 2, isize=32 * MIB - 1, offset=4096, data=b"pst"))
        return t.write("x.img", image.finish(6))

    t.grows_linearly(fragments, "scrub", "--list", "INPUT", sizes=(250, 1000), status=(0, 1))
    t.grows_linearly(holes, "scrub", "--list", "INPUT", sizes=(25, 100), status=(0, 1))
    in_memory(t, "x.img", "scrub", "--list", "INPUT")


@case
def scrub_torn_headers(t):
    """Thousands of headers of nodes that are not there, each said to be 4 GiB."""
    def make(codec):
        def image(count):
            start = Image()
            header = start.header(0xE002, 0xFFFFFFFF)
            torn = bytearray(header + b"\xff" * 56)
            struct.pack_into("<I", torn, 8, 0)
            struct.pack_into("<I", torn, 4 * 13, 0x7FFFFFFF)
            torn[56] = codec
            return t.write("x.img", start.header(0x2003, 12) + bytes(torn + b"\0" * 4) * count)
        return image

    def dense(count):
        start = Image()
        return t.write("x.img", start.header(0x2003, 12) + start.header(0xE002, 0xFFFFFFFF) * count)

    for images_of in (dense, make(6), make(8), make(3)):
        t.grows_linearly(images_of, "scrub", "--list", "INPUT", sizes=(100, 400), status=(0, 1, 2))


@case
def dtb_name_bomb(t):
    """Thousands of properties that share one name of 400 KB."""
    def make(count):
        name = b"x" * 400_000 + b"\0"
        inner = images.tree_property(0, b"v") * count
        return t.write("x.dtb", images.device_tree(images.tree_node(b"", inner), name))

    make(4000)
    for command in (["partitions"], ["uimage", "info"], ["info"]):
        in_memory(t, "x.dtb", *command, "INPUT", status=(0, 1, 2))
    t.grows_linearly(make, "partitions", "INPUT", sizes=(500, 2000), status=(0, 1, 2))


@case
def dtb_nested(t):
    """Device trees in each other, each of them all that follows."""
    def make(count):
        trees = b"".join(
            struct.pack(">10I", 0xD00DFEED, left * 176, 40, left * 176 - 8, 40, 17, 16, 0, 8, left * 176 - 48)
            + struct.pack(">II", 1, 0) + struct.pack(">I", 4) * 32 for left in range(count, 0, -1))
        return t.write("x", trees)

    for command in (["info", "-q"], ["partitions", "-q"], ["uimage", "info", "-q"]):
        t.grows_linearly(make, *command, "INPUT", sizes=(1000, 4000), status=(0, 1, 2))


@case
def folders_with_two_names(t):
    """Folders in a row, each with two names in the one before: 2^400 paths, of which each folder is shown once."""
    def make(depth):
        image = Image()
        for number in range(2, depth + 2):
            for name in ("a", "b"):
                image.put(image.dirent(number - 1, number, name, type=4))
            image.put(image.inode(number, 1, mode=DIR | 0o755))
        image.add(depth + 1, "good", depth + 2, b"good")
        return t.write("x.img", image.finish(5))

    make(400)
    for command in (["info"], ["ls", "-R"], ["tree"], ["verify", "-q"], ["scrub", "--list"], ["unpack", "-q", "-d", "D"]):
        in_memory(t, "x.img", *command, "INPUT", status=(0, 1))
    t.equal(t.read("D/" + "a/" * 400 + "good"), b"good", "what is in the last one")
    for command in (["repack", "--quiet", "--from", "INPUT", "-o", "o"], ["unpack", "-q", "-f", "--tar", "o", "INPUT"]):
        t.grows_linearly(make, *command, sizes=(100, 400), status=(0, 1, 2))


@case
def long_paths(t):
    """Names of 254 bytes in each other: a path is longer than any program takes, and what is in it comes out all the same."""
    image = Image()
    for number in range(2, 32):
        image.add(number - 1, "n" * 254, number, mode=DIR | 0o755)
    image.add(31, "good", 32, b"good")
    image.add(1, "beside", 33, b"beside")
    t.write("x.img", image.finish(5))
    for command in (["info"], ["ls", "-R"], ["verify", "-q"], ["scrub", "--list"]):
        in_memory(t, "x.img", *command, "INPUT", status=(0,))
    t.status(0, "unpack", "-q", "-d", "D", "x.img")
    t.status(0, "repack", "--quiet", "-r", "D", "-o", "o")
    t.expect(any(len(line) > 7000 for line in t.jffs2("ls", "-R", "o").text.splitlines()), "the whole path is in the new image")
    result = t.status(1, "unpack", "-q", "--tar", "t.tar", "x.img")
    t.expect("left out" in result.messages, "what tar's users cannot unpack is named", result)
    t.expect("beside" in t.tool("bsdtar", "-tf", "t.tar").text, "the rest is in the archive")


@case
def deep_folders(t):
    """Folders in each other without end: memory by how many there are, not by the square of that."""
    image = Image()
    for number in range(2, 6_002):
        image.put(image.dirent(number - 1, number, "d", type=4))
        image.put(image.inode(number, 1, mode=DIR | 0o755))
    image.add(6_001, "good", 6_002, b"good")
    image.add(1, "vmlinux", 6_003, b"plain", compressed=False)
    t.write("x.img", image.finish(5))
    for command in (["info"], ["verify", "-q"], ["history"], ["repack", "--quiet", "-o", "o", "--from"],
                    ["repack", "--quiet", "--no-compress", "vmlinux", "-o", "o", "--from"]):
        in_memory(t, "x.img", *command, "INPUT", status=(0,))
    t.equal(t.jffs2("cat", "o", "/vmlinux").out, b"plain", "a file of the new image")


@case
def few_open_files(t):
    """A user who may have few files open unpacks and cuts all the same, with many jobs, too."""
    image = Image()
    for number in range(2, 202):
        image.add(1, f"d{number}", number, mode=DIR | 0o755)
        image.add(number, "file", 1000 + number, b"%d" % number)
    t.write("x.img", image.finish(5))
    for most in (48, 256):
        result = t.run("sh", "-c", 'ulimit -n "$1"; shift; exec "$@"', "sh", str(most), t.program,
                       "unpack", "-q", "--jobs", "64", "-d", f"D{most}", "x.img")
        t.equal(result.status, 0, f"{most} open files", result)
        for number in range(2, 202):
            t.equal(t.read(f"D{most}/d{number}/file"), b"%d" % number, f"{most} open files: d{number}")
    table = "".join(f"p{number}={number}K+1K\n" for number in range(300))
    t.write("table", table)
    t.write("flash", random.Random(2).randbytes(300 << 10))
    result = t.run("sh", "-c", 'ulimit -S -n 256; exec "$@"', "sh", t.program,
                   "partitions", "-q", "--split", "-t", "table", "-d", "P", "flash")
    t.equal(result.status, 0, "300 partitions", result)
    parts = sorted((name for name in os.listdir(t.path("P")) if name.endswith(".bin")), key=lambda name: int(name.split("-")[0]))
    t.equal(len(parts), 300, "files")
    t.equal(b"".join(t.read(f"P/{name}") for name in parts), t.read("flash"), "their bytes")
