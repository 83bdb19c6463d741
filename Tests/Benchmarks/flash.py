"""Writes the nodes of a little-endian JFFS2 flash, block after block, as the scripts beside it want them."""
import os, struct, zlib

REGULAR, DIRECTORY, SYMLINK = 8, 4, 10


def crc(data):
    return zlib.crc32(data, 0xFFFFFFFF) ^ 0xFFFFFFFF


class Flash:
    """`cleanmarkers`: as on NOR flash; NAND has them in the spare area."""

    def __init__(self, erase_size, cleanmarkers=True, clock=1_700_000_000):
        self.erase_size, self.cleanmarkers, self.clock = erase_size, cleanmarkers, clock
        self.bytes, self.versions, self.count = bytearray(), {}, 0

    def append(self, node):
        if len(self.bytes) % self.erase_size + len(node) > self.erase_size:
            self.bytes.extend(b"\xff" * (-len(self.bytes) % self.erase_size))
        self.begin_block()
        self.bytes.extend(node + b"\xff" * (-len(node) % 4))
        self.count += 1

    def begin_block(self):
        if self.cleanmarkers and len(self.bytes) % self.erase_size == 0:
            head = struct.pack("<HHI", 0x1985, 0x2003, 12)
            self.bytes.extend(head + struct.pack("<I", crc(head)))

    def version(self, number):
        self.versions[number] = self.versions.get(number, 0) + 1
        return self.versions[number]

    def inode(self, ino, mode, data=b"", offset=0, size=None, compress=False):
        """`size`: of the whole file; without it, the data ends it."""
        stored, codec = zlib.compress(data, 9) if compress else data, 6 if compress else 0
        if len(stored) >= len(data):
            stored, codec = data, 0
        head = struct.pack("<HHI", 0x1985, 0xE002, 68 + len(stored))
        covered = head + struct.pack("<I", crc(head)) + struct.pack(
            "<IIIHHIIIIIIIBBH", ino, self.version(ino), mode, 0, 0, offset + len(data) if size is None else size,
            self.clock, self.clock, self.clock, offset, len(stored), len(data), codec, 0, 0)
        self.append(covered + struct.pack("<II", crc(stored), crc(covered)) + stored)

    def name(self, parent, text, ino, kind=REGULAR):
        """`ino` 0: the name goes."""
        head = struct.pack("<HHI", 0x1985, 0xE001, 40 + len(text))
        covered = head + struct.pack("<I", crc(head)) + struct.pack(
            "<IIIIBBH", parent, self.version(parent), ino, self.clock, len(text), kind, 0)
        self.append(covered + struct.pack("<II", crc(covered), crc(text)) + text)

    def file(self, ino, data, mode=0o100644, page=4096):
        """A whole file, a node for each page, as Linux writes it."""
        for at in range(0, max(len(data), 1), page):
            self.inode(ino, mode, data[at:at + page], at, compress=True)

    def fill(self, size):
        """Erased blocks up to `size`; each has its cleanmarker."""
        self.bytes.extend(b"\xff" * (-len(self.bytes) % self.erase_size))
        while len(self.bytes) < size:
            self.begin_block()
            self.bytes.extend(b"\xff" * (-len(self.bytes) % self.erase_size or self.erase_size))

    def save(self, path):
        with open(f"{path}.partial", "wb") as file:
            file.write(self.bytes)
        os.replace(f"{path}.partial", path)


class Numbers:
    """Numbers that look random, the same ones on every machine and with every Python."""

    def __init__(self, seed):
        self.state = seed

    def below(self, limit):
        self.state = (self.state * 6364136223846793005 + 1442695040888963407) % 2**64
        return (self.state >> 33) % limit

    def bytes(self, count):
        return b"".join(self.below(1 << 31).to_bytes(4, "little") for _ in range((count + 3) // 4))[:count]
