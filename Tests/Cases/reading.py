"""What is a file system, where it begins, and what is in it."""

import random
import struct

from images import DIR, FILE, Image, crc
from lib import case


@case
def nor_reused_numbers(t):
    """A camera on NOR that makes a temporary file at every start and deletes it again.

    On NOR Linux writes no deletion dirent but clears the ACCURATE bit of the old nodes; at the next mount the highest inode
    number and dirent version are counted from what is left, and given again. So (inode, version) and (parent, version)
    stand for different nodes, all of them obsolete but those of the last start.
    """
    for starts in (2, 60, 300):
        numbers = random.Random(7)
        image = Image()
        image.put(image.dirent(1, 2, "cfg", 1, type=4))
        image.put(image.inode(2, 1, DIR | 0o755, isize=0))
        image.put(image.dirent(1, 3, "passwd", 2))
        image.put(image.inode(3, 1, data=b"root:x:0:0::/:/bin/sh\n"))
        image.put(image.dirent(2, 4, "app.ini", 1))
        image.put(image.inode(4, 1, data=b"[app]\nvolume=3\n"))
        for start in range(starts):
            data = numbers.randbytes(numbers.randrange(400, 3000))
            dirent = image.dirent(2, 5, "net.tmp", 2, time=1000 + start)
            written = image.inode(5, 2, data=data, time=1000 + start)
            is_last = start == starts - 1
            image.put(dirent if is_last else image.obsolete(dirent))
            image.put(image.obsolete(image.inode(5, 1, isize=0, time=1000 + start)))
            image.put(written if is_last else image.obsolete(written))
        image.end_block()
        blocks = len(image.bytes) // image.erase_size
        t.write("flash", image.finish(blocks + 4))
        result = t.status(0, "info", "flash")
        t.equal(result.text.count("JFFS2,"), 1, f"{starts} starts: one file system", result)
        t.expect("erase size 64 KiB" in result.text, f"{starts} starts: erase size", result)
        t.equal(t.names("flash"), ["cfg", "cfg/app.ini", "cfg/net.tmp", "passwd"], f"{starts} starts: names")
        t.equal(t.jffs2("cat", "flash", "/cfg/net.tmp").out, data, f"{starts} starts: the last content")


@case
def small_blocks_on_big_device(t):
    """A vendor's image for small erase blocks on a device with large ones, where Linux then wrote nodes across."""
    for small, big, blocks in ((4, 64, 64), (16, 64, 24), (4, 64, 200), (8, 128, 64)):
        numbers = random.Random(3)
        old = Image(small << 10)
        old.put(old.dirent(1, 2, "old"))
        for index in range(blocks):
            old.put(old.inode(2, index + 1, isize=400 * (index + 1), offset=400 * index, data=b"o" * 400))
            old.end_block()
        bytes = old.finish()
        bytes += b"\xff" * (-len(bytes) % (big << 10))
        new = Image(big << 10)
        content = numbers.randbytes(2 * (big << 10) - 0x8000)
        new.dirent_versions[1] = 1
        new.add(1, "new.bin", 3, content, compressed=False)
        t.write("flash", bytes + new.finish())
        what = f"{small} KiB on {big} KiB"
        result = t.status(0, "info", "flash")
        t.expect(f"erase size {big} KiB" in result.text, f"{what}: erase size", result)
        t.equal(t.names("flash"), ["new.bin", "old"], f"{what}: names")
        t.equal(t.jffs2("cat", "flash", "/new.bin").out, content, f"{what}: /new.bin")
        t.equal(t.jffs2("cat", "flash", "/old").out, b"o" * 400 * blocks, f"{what}: /old")


@case
def orphans_only(t):
    """A dump that began too late: inodes without a name, and nodes in front of the first whole block."""
    t.write("t/bin/prog", random.Random(1).randbytes(150_000))
    t.write("t/etc/conf", "name=A\n" * 200)
    t.tool("mkfs.jffs2", "-l", "-e", "64", "-f", "-r", "t", "-o", "a.img", "-p")
    image = t.read("a.img")
    t.write("late.img", image[0x10000:])
    t.tool("mkimage", "-A", "arm", "-T", "filesystem", "-C", "none", "-n", "hirootfs", "-d", "a.img", "a.uimg")
    t.write("skip63.img", t.read("a.uimg")[63 * 512:])
    for name in ("late.img", "skip63.img"):
        result = t.status(1, "info", name)
        t.expect(result.messages.strip() != "", f"{name}: it is said without -v", result)
        t.status(1, "unpack", "-q", "-d", name + ".d", name)


@case
def first_node_damaged(t):
    """Damage at the very beginning, or at the end, of a dump of NAND is damage, and no other beginning."""
    numbers = random.Random(1)
    image = Image(16384, cleanmarkers=False)
    image.put(image.dirent(1, 2, "etc", type=4))
    image.put(image.inode(2, 1, DIR | 0o755, isize=0))
    image.add(2, "passwd", 3, b"root:x:0:0\n" * 20)
    for index in range(40):
        image.add(1, f"f{index:02}", 4 + index, numbers.randbytes(numbers.randrange(3000, 9000)), compressed=False)
    good = image.finish()
    end = len(good.rstrip(b"\xff"))
    block = end // 16384 * 16384
    last = good.rfind(b"\x85\x19\x02\xe0")

    def write(name, at, data):
        t.write(name, good[:at] + data + good[at + len(data):])

    t.write("good.img", good)
    write("first.img", 5, bytes([good[5] ^ 1]))
    write("page.img", 0, bytes(2048))
    write("last.img", last + 5, bytes([good[last + 5] ^ 1]))
    write("lastblock0.img", block, bytes(end - block))
    write("lastblockrandom.img", block, numbers.randbytes(end - block))
    t.status(0, "verify", "-q", "good.img")
    for name in ("first", "page", "last", "lastblock0", "lastblockrandom"):
        result = t.status(1, "info", name + ".img")
        t.expect(f"({len(good):#x}) at 0x0" in result.text, f"{name}: it begins at 0", result)
        t.expect("erase size 16 KiB" in result.text, f"{name}: erase size", result)
        t.expect("damage at 0x" in result.messages, f"{name}: the damage is named", result)
        t.status(1, "verify", "-q", name + ".img")
        t.status(1, "unpack", "-q", "-d", name, name + ".img")


@case
def lone_cleanmarker(t):
    """The 12 bytes of a cleanmarker in a program (OpenWrt's mtd, flash_eraseall -j) are no file system."""
    numbers = random.Random(4)
    marker = Image().header(0x2003, 12)
    for front in (24392, 24576, 65536 - 8):
        t.write("program", b"\x7fELF\1\1\1\0" + numbers.randbytes(front) + marker + numbers.randbytes(1700))
        t.status(2, "info", "program")


@case
def two_endians(t):
    """A big-endian file system behind a little-endian one: two of them."""
    t.write("t/a", "".join(f"{number}\n" for number in range(1, 20001)))
    t.tool("mkfs.jffs2", "-l", "-e", "64", "-f", "-p", "-r", "t", "-o", "little")
    t.tool("mkfs.jffs2", "-b", "-e", "64", "-f", "-p", "-r", "t", "-o", "big")
    for first, second in (("little", "big"), ("big", "little")):
        t.write("both", t.read(first) + t.read(second))
        result = t.status(0, "info", "both")
        t.expect("2 JFFS2 file systems" in result.text, f"{first}, then {second}", result)
        for number, order in enumerate((first, second), 1):
            result = t.status(0, "info", "--select", str(number), "both")
            t.expect(f"{order}-endian" in result.text, f"{first}, then {second}: number {number}", result)
            t.equal(t.jffs2("cat", "--select", str(number), "both", "/a").out, t.read("t/a"), f"/a of number {number}")


@case
def verify_findings_limit(t):
    """Damage behind 200 findings of its kind that are none."""
    for notes in (5, 199, 200, 201, 1000):
        image = Image()
        image.add(1, "a", 2, b"x" * 4096)
        image.put(image.dirent(1, 3, "b"))
        for version in range(1, notes + 1):
            # Wrong sums that a newer node hides.
            node = bytearray(image.inode(3, version, isize=4096, data=b"old"))
            node[-1] ^= 1
            image.put(bytes(node))
        image.put(image.inode(3, notes + 1, isize=8192, data=b"y" * 4096))
        node = bytearray(image.inode(3, notes + 2, isize=8192, offset=4096, data=b"z" * 100))
        node[-1] ^= 1
        image.put(bytes(node))
        t.write("x.img", image.finish(5))
        t.status(1, "verify", "-q", "x.img")


@case
def fake_summary(t):
    """A summary that stands alone against all other evidence."""
    image = Image(1 << 20, cleanmarkers=False)
    image.add(1, "a", 2, b"x" * 100)
    tail = struct.pack("<II", 256 - 40, 0x02851885)
    start = image.header(0x2006, 40) + image.pack("III", 0, 0, 0)
    image.bytes += b"\xff" * (256 - 40 - len(image.bytes))
    image.bytes += start + image.pack("II", crc(tail), crc(start)) + tail
    image.add(1, "b", 3, b"y" * 100)
    t.write("x.img", image.finish())
    result = t.jffs2("info", "x.img")
    t.expect("(certain)" not in result.text and "erase size 256 bytes" not in result.text, "erase size", result)
    t.equal(t.names("x.img"), ["a", "b"], "names")


@case
def magic_bit_flip(t):
    """One bit of a node's magic or type: a file or a part of it is lost, which is damage."""
    image = Image(16384)
    image.add(1, "a", 2, b"hello" * 100)
    image.add(1, "b", 3, bytes(range(256)) * 40, compressed=False)
    good = image.finish(5)
    t.write("good.img", good)
    name = good.rfind(b"\x85\x19\x01\xe0")
    data = good.rfind(b"\x85\x19\x02\xe0", 0, good.rfind(b"\x85\x19\x02\xe0"))
    t.status(0, "verify", "-q", "good.img")
    for label, at, bit in (("name", name, 1), ("data", data, 1), ("type", data + 3, 0x20), ("high", data + 1, 0x80)):
        bytes_ = bytearray(good)
        bytes_[at] ^= bit
        t.write(label + ".img", bytes(bytes_))
        t.status(1, "verify", "-q", label + ".img")
        t.status(1, "unpack", "-q", "-d", label, label + ".img")


@case
def split_hides_files(t):
    """Names and inodes that contradict each other inside one erase block are no second file system."""
    image = Image()
    for index in range(12):
        # Folder here, symlink there, under the same numbers.
        image.put(image.dirent(1, 10 + index, "d", type=4))
        image.put(image.inode(10 + index, 1, DIR | 0o755, isize=0))
        image.put(image.dirent(1, 10 + index, "d", type=10))
        image.put(image.inode(10 + index, 2, 0o120777, data=b"/nowhere"))
    for index, name in enumerate("emrtz"):
        image.add(1, name, 50 + index, b"content of " + name.encode())
    t.write("x.img", image.finish(5))
    result = t.jffs2("info", "x.img")
    t.equal(result.text.count("JFFS2,"), 1, "one file system", result)
    t.equal(t.names("x.img"), ["d", "e", "m", "r", "t", "z"], "names")


@case
def shrinking_input(t):
    """A dump that is cut while it is read: an error, and no signal."""
    numbers = random.Random(1)
    image = Image(131072)
    for index in range(70):
        image.add(1, f"f{index}", 2 + index, numbers.randbytes(1 << 20), compressed=False)
    t.write("big.img", image.finish())
    for delay in ("0.05", "0.2", "0.5", "1.0"):
        script = f"""cp big.img cut.img; "$0" repack --quiet --from cut.img -o out & sleep {delay}
            truncate -s 4096 cut.img; wait $!"""
        result = t.run("bash", "-c", script, t.program)
        t.expect(result.status in (0, 1, 2), f"cut after {delay} s", result)
    t.expect(not any(name.endswith(".tmp") for name in __import__("os").listdir(t.folder)), "no temporary file stays")


@case
def erased_but_for_a_bit(t):
    """A NAND flash that Linux erased, and one bit that flipped since: an empty file system where somebody gives its blocks."""
    flash = bytearray(b"\xff" * (6 << 18))
    flash[0x264D0] = 0xFB
    t.write("flash", bytes(flash))
    result = t.status(2, "info", "flash")
    t.expect("all but 1 byte are erased" in result.messages and "--erase-size" in result.messages, "what it is", result)
    t.status(0, "verify", "-q", "--erase-size", "256K", "flash")
    t.equal(t.names("flash", "--erase-size", "256K"), [], "nothing in it")
    # Linux refuses a flash without a node in which a block begins with something else.
    flash[2 << 18] = 0
    t.write("flash", bytes(flash))
    t.status(1, "verify", "-q", "--erase-size", "256K", "flash")
