"""Names and links that lead elsewhere: to other places of the disk, or out of the text on a terminal."""

import json
import os
import re
import struct
import zlib

import images
from images import DIR, LINK, Image, uimage
from lib import case

# Escapes, C1 controls, what turns the direction of text, the ends of lines that some programs know.
HOSTILE = b"n\x1b]0;x\x07\x1b[2J\xe2\x80\xaex\xc2\x9b\xe2\x80\xa8"
CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]|[\ud800-\udfff]")


@case
def control_characters(t):
    """Names, labels and errors show no control character, whatever is in an image, a header, a tree, a table, an archive."""
    image = Image()
    image.add(1, HOSTILE, 2, b"root:$1$abcdefgh$Q7bQm0n1pXcVbN2mKlPoI.:0:0::/:/bin/sh\n")
    image.add(1, b"d" + HOSTILE, 3, mode=DIR | 0o755)
    image.add(3, b"in\xff\xfe\x80", 4, b"x")
    image.add(1, "link", 5, b"../" + HOSTILE, mode=LINK | 0o777, compressed=False)
    image.put(image.xattr(1, "attr\x1b[2J", b"\x1b[31mvalue"))
    image.put(image.xref(2, 1))
    damaged = bytearray(image.inode(2, 2, data=b"more"))
    damaged[-1] ^= 1
    image.put(bytes(damaged))
    whole = image.finish(5)
    t.write("c.img", whole)
    t.write("ui", uimage(whole, HOSTILE[:32]))
    names = b"type\0data\0compression\0description\0"
    offset = names.index
    label = HOSTILE + b"\0"
    t.write("fit", images.device_tree(images.tree_node(b"", images.tree_property(offset(b"description"), label)
            + images.tree_node(b"images", images.tree_node(b"fs-1" + HOSTILE,
                images.tree_property(offset(b"type"), b"filesystem\0") + images.tree_property(offset(b"description"), label)
                + images.tree_property(offset(b"compression"), b"none\0") + images.tree_property(offset(b"data"), whole)))), names))
    variables = b"bootargs=mtdparts=sfc:64K(" + HOSTILE + b"),-(x)\0"
    variables += bytes(65532 - len(variables))
    t.write("env", struct.pack("<I", zlib.crc32(variables)) + variables + whole)
    t.write("other", uimage(b"no file system", HOSTILE[:32]))
    t.write("list", HOSTILE + b"=0x0+64K\nb=64K+-\n")
    t.write("log", b'U-Boot\n0x000000000000-0x000000040000 : "bo\x1b[31mot"\n0x000000040000-0x000000080000 : "x\xe2\x80\xaey"\n')
    t.write("rules", b'[[rules]]\nid="a\\u001b[31m"\nregex=\'\'\'(\x7f\'\'\'\n')
    t.write("devices", b"/a\x1b[2J q 0 0 0\n")
    t.write("manifest", b"#mtree\n./a\\033[2J type=file size=3\n./b\x1b[31m type=zz\n")
    commands = [["info", "-v"], ["info", "--json"], ["ls", "-R"], ["ls", "-R", "--json"], ["tree"], ["tree", "--json"],
                ["verify", "-v"], ["verify", "--json", "-v"], ["dump", "-v"], ["dump", "--json"],
                ["scrub", "--list", "-v"], ["scrub", "--list", "--json"], ["partitions", "-v"], ["partitions", "--json"],
                ["uimage", "info"], ["uimage", "info", "--json"]]
    lines = [command + [name] for command in commands for name in ("c.img", "ui", "other", "fit", "env", "list", "log")] + [
        ["unpack", "-v", "-d", "D", "c.img"], ["unpack", "--tar", "tar", "c.img"],
        ["repack", "-v", "--from", "c.img", "-o", "n1"], ["repack", "--json", "-v", "--from", "c.img", "-o", "n2"],
        ["repack", "-v", "-r", "D", "-o", "n3"], ["repack", "-v", "--tar", "tar", "-o", "n4"],
        ["scrub", "--yes", "-v", "--private-report", "n5.secret", "-o", "n5", "c.img"], ["sum", "-v", "c.img", "-o", "n6"],
        ["cat", "c.img", "/nothere\x1b[2J"], ["ls", "c.img", "/x\x1b[31m"],
        ["repack", "--from", "c.img", "--delete", "/zz\x1b[1m", "-o", "n7"],
        ["repack", "-r", "D", "-D", "devices", "-o", "n8"], ["repack", "--mtree", "manifest", "-o", "n9"],
        ["scrub", "--list", "--rules", "rules", "c.img"], ["scrub", "--list", "--secret", "a\x1b[31mb", "c.img"],
        ["partitions", "--split", "-d", "P1", "env"], ["partitions", "--split", "-t", "list", "-d", "P2", "env"]]
    for line in lines:
        result = t.jffs2(*line)
        for text in (result.out, result.err):
            found = CONTROL.search(text.decode("utf-8", "surrogateescape"))
            what = text.decode("utf-8", "surrogateescape")[max(0, found.start() - 40):found.end() + 10] if found else ""
            t.expect(not found, f"{' '.join(line)}: {what!r}")
        if "--json" in line and result.out:
            try:
                json.loads(result.text)
            except ValueError as error:
                t.fault(f"{' '.join(line)}: {error}")
    for name in ("D.mtree", "n5.scrub.json", "n5.secret"):
        found = t.exists(name) and CONTROL.search(t.read(name).decode("utf-8", "surrogateescape"))
        t.expect(t.exists(name) and not found, f"{name}: {found!r}")


@case
def extraction_stays_inside(t):
    """Names with slashes and dots, and folders that are links: nothing is written, changed or read outside of the folder."""
    t.write("outside/keep", b"kept")
    before = sorted(os.listdir(t.path("outside"))), os.stat(t.path("outside")).st_mtime_ns
    makers = {}

    def image_of(function):
        makers[function.__name__] = function
        return function

    @image_of
    def names(image):
        for number, name in enumerate((b"..", b".", b"../outside/new", b"/outside", b"a/b", b"a\0b", b"", b"../../x"), 2):
            image.add(1, name, number, b"hostile")
        image.add(1, b"good", 30, b"good")

    @image_of
    def link_then_folder(image):
        # Link and folder under one name, and a file in the folder: on the disk it would be in what the link names.
        image.add(1, "d", 2, t.path("outside").encode(), mode=LINK | 0o777, compressed=False)
        image.add(1, "d", 3, mode=DIR | 0o755)
        image.add(3, "new", 4, b"hostile")
        image.add(1, b"good", 30, b"good")

    @image_of
    def file_in_link(image):
        # The link's own inode is said to be the folder of a file.
        image.add(1, "l", 2, t.path("outside").encode(), mode=LINK | 0o777, compressed=False)
        image.add(2, "new", 3, b"hostile")
        image.add(2, "keep", 4, b"hostile")
        image.add(1, b"good", 30, b"good")

    @image_of
    def cycle(image):
        image.add(1, "a", 2, mode=DIR | 0o755)
        image.add(2, "b", 3, mode=DIR | 0o755)
        image.put(image.dirent(3, 2, "a", type=4))
        image.put(image.dirent(3, 1, "root", type=4))
        image.add(1, b"good", 30, b"good")

    for name, make in makers.items():
        image = Image()
        make(image)
        t.write(name, image.finish(5))
        for options in ([], ["-f"]):
            result = t.jffs2("unpack", "-q", *options, "-d", "D", name)
            t.expect(result.status in (0, 1), f"{name} {options}", result)
        t.equal(t.read("D/good") if t.exists("D/good") else None, b"good", f"{name}: what is sound")
        after = sorted(os.listdir(t.path("outside"))), os.stat(t.path("outside")).st_mtime_ns
        t.equal(after, before, f"{name}: the folder outside")
        t.equal(t.read("outside/keep"), b"kept", f"{name}: a file outside")
        t.jffs2("repack", "--quiet", "-r", "D", "-o", "n")
        t.tool("rm", "-rf", "D", "D.mtree", "n")


@case
def side_files(t):
    """Reports and manifests replace a link that is in their place, and take over neither its target nor its mode."""
    image = Image()
    image.add(1, "passwd", 2, b"root:$1$abcdefgh$Q7bQm0n1pXcVbN2mKlPoI.:0:0::/:/bin/sh\n")
    t.write("x.img", image.finish(5))
    t.write("victim", b"")
    os.chmod(t.path("victim"), 0o666)
    for name, command in {
        "o.secret": ["scrub", "-q", "--yes", "-f", "--private-report", "o.secret", "-o", "o", "x.img"],
        "o.scrub.json": ["scrub", "-q", "--yes", "-f", "-o", "o", "x.img"],
        "D.mtree": ["unpack", "-q", "-f", "-d", "D", "x.img"],
    }.items():
        t.remove("o", "o.scrub.json", "o.secret", "D.mtree")
        os.symlink("victim", t.path(name))
        result = t.jffs2(*command)
        t.equal(t.read("victim"), b"", f"{name}: what a link named", result)
        if result.status in (0, 1):
            t.expect(not os.path.islink(t.path(name)), f"{name}: the link is replaced", result)
            if "private" in name:
                t.equal(os.lstat(t.path(name)).st_mode & 0o777, 0o600, f"{name}: mode")
