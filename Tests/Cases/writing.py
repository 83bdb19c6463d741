"""Options of the tools whose place the program takes, and what must not change on the way."""

import os

from lib import case


def codecs(t, image):
    """How the nodes of each inode are stored."""
    found = {}
    for line in t.jffs2("dump", image).text.splitlines():
        words = dict(word.split("=", 1) for word in line.split() if "=" in word)
        if " inode " in line and "compr" in words and words.get("dsize") != "0":
            found.setdefault(words["ino"], set()).add(words["compr"])
    return found


@case
def broadcom_nocompress(t):
    """Broadcom's boot loader reads cferam.000 out of the JFFS2 and cannot decompress: what is stored plain stays so."""
    t.write("plain/cferam.000", ("cfe ram code\n" * 9300)[:120_000])
    t.write("packed/etc/rc", ("shell script text\n" * 3400)[:60_000])
    t.tool("mkfs.jffs2", "-b", "-n", "-e", "16", "-m", "none", "-p", "-r", "plain", "-o", "first")
    t.status(0, "repack", "--quiet", "-b", "-n", "-e", "16", "-r", "packed", "-i", "first", "-o", "second")
    t.write("a.img", t.read("first") + t.read("second"))
    before = codecs(t, "a.img")
    t.equal(sorted(map(sorted, before.values())), [["none"], ["zlib"]], "the source has both kinds")
    t.write("big", ("text\n" * 8000)[:40_000])
    t.status(0, "repack", "--quiet", "--from", "a.img", "--add", "big:/etc/big", "-o", "b.img")
    entries = {}
    for line in t.jffs2("dump", "b.img").text.splitlines():
        words = dict(word.split("=", 1) for word in line.split() if "=" in word)
        if "name" in words:
            entries[words["name"]] = words["ino"]
    after = codecs(t, "b.img")
    for name, right in (("cferam.000", ["none"]), ("rc", ["zlib"]), ("big", ["zlib"])):
        t.equal(sorted(after.get(entries.get(name), [])), right, f"nodes of {name}")
    t.equal(t.jffs2("cat", "b.img", "/cferam.000").out, t.read("plain/cferam.000"), "its content")


@case
def repack_pagesize_256(t):
    """Vendors' manuals give -s 256 (Anyka) and -s 0x100 (V3s, XM, Ingenic): mkfs.jffs2 takes it."""
    t.write("t/a", "".join(f"{number}\n" for number in range(1, 2001)))
    for size in ("0x100", "256", "512", "1024", "2048"):
        t.remove("o.img")
        t.status(0, "repack", "-d", "t", "-s", size, "-e", "0x10000", "--pad=0xAF0000", "-o", "o.img")
        t.equal(len(t.read("o.img")), 0xAF0000, f"-s {size}: size")
        t.equal(t.jffs2("cat", "o.img", "/a").out, t.read("t/a"), f"-s {size}: content")


@case
def table_comment(t):
    """A device table line with a comment behind its ten fields."""
    os.mkdir(t.path("t"))
    t.write("table", "/dev d 755 0 0 - - - - -\n/dev/a c 640 1 2 3 4 0 0 -   # comment\n/dev/b c 640 0 0 1 5 0 0 - more\n")
    t.status(0, "repack", "-f", "-l", "-e", "64", "-D", "table", "-r", "t", "-o", "c.img")
    listing = t.jffs2("ls", "c.img", "/dev").text
    t.equal([line.split()[0] for line in listing.splitlines()], ["crw-r-----"] * 2, "devices")
    t.expect("3, 4" in listing and "1, 5" in listing, f"numbers: {listing}")


@case
def sumtool_longopts(t):
    """Under the name sumtool, its own long options."""
    t.write("t/a", "a")
    os.symlink(t.program, t.path("sumtool"))
    for order, option in (("-l", "--littleendian"), ("-b", "--bigendian")):
        t.tool("mkfs.jffs2", order, "-e", "128KiB", "-p", "-r", "t", "-o", "in")
        result = t.run("./sumtool", option, "-e", "128KiB", "-i", "in", "-o", "out")
        t.equal(result.status, 0, option, result)
        t.equal(t.jffs2("cat", "out", "/a").out, b"a", f"{option}: content")


@case
def keep_layout_blocks(t):
    """Changed blocks are those that differ, whatever lies around the file system."""
    import random

    from images import Image

    numbers = random.Random(1)
    for front in (0, 1, 4):
        for first in (1, 2):
            image = Image(cleanmarkers=False)
            for version in range(1, first + 1):
                # A block of nothing but a deleted file with a secret.
                image.put(image.dirent(1, 2, "wpa.conf", version))
                image.add_content(2, b'network={\n ssid="home"\n psk="correct horse battery"\n}\n')
                image.end_block()
            for number in range(3, 6):
                image.add(1, f"f{number}", number, numbers.randbytes(40_000), compressed=False)
                image.end_block()
            image.put(image.dirent(1, 0, "wpa.conf", 99, type=0))
            image.add(1, "cfg", 9, b'psk="another secret value"\nssid="x"\n', compressed=False)
            before = numbers.randbytes(front * 0x10000) + image.finish()
            t.write("flash", before)
            result = t.jffs2("scrub", "--keep-layout", "--yes", "--changed-blocks", "list", "-o", "out", "--erase-size", "64K",
                             "flash")
            what = f"{front} blocks in front, {first} that go"
            if not t.expect(result.status in (0, 1) and t.exists("out"), what, result):
                continue
            after = t.read("out")
            differ = [at for at in range(0, len(before), 0x10000) if before[at:at + 0x10000] != after[at:at + 0x10000]]
            lines = [line.split() for line in t.read("list").decode().splitlines() if line and line[0] != "#"]
            t.equal(sorted(int(line[0], 16) for line in lines), differ, f"{what}: blocks", result)
            t.expect(all(int(line[2], 16) == 0x10000 for line in lines), f"{what}: whole blocks: {lines}")
            t.expect(b"secret value" not in after and b"battery" not in after, f"{what}: the secret is gone")
            t.remove("out", "out.scrub.json", "list")
