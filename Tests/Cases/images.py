"""Builds JFFS2 images that do what they are told: any field, with right CRCs unless said otherwise."""

import struct
import zlib

FILE, DIR, LINK, CHAR, BLOCK, FIFO, SOCKET = 0o100000, 0o040000, 0o120000, 0o020000, 0o060000, 0o010000, 0o140000
DIRENT_TYPE = {FILE: 8, DIR: 4, LINK: 10, CHAR: 2, BLOCK: 6, FIFO: 1, SOCKET: 12}
NONE, ZERO, RTIME, ZLIB = 0, 1, 2, 6


def crc(data, seed=0):
    """The kernel's crc32(0, …), without inversions."""
    return zlib.crc32(data, seed ^ 0xFFFFFFFF) ^ 0xFFFFFFFF


class Image:
    """An image that grows node by node; a node that does not fit begins the next erase block."""

    def __init__(self, erase_size=0x10000, order="<", cleanmarkers=True):
        self.erase_size, self.order, self.cleanmarkers = erase_size, order, cleanmarkers
        self.bytes = bytearray()
        self.dirent_versions = {}
        self.start_block()

    def pack(self, form, *values):
        return struct.pack(self.order + form, *values)

    def header(self, type, length, magic=0x1985):
        start = self.pack("HHI", magic, type, length & 0xFFFFFFFF)
        # The sum is that of the node as it was written, before it was marked obsolete.
        return start + self.pack("I", crc(self.pack("HHI", magic, type | 0x2000, length & 0xFFFFFFFF)))

    def start_block(self):
        if self.cleanmarkers and len(self.bytes) % self.erase_size == 0:
            self.bytes += self.header(0x2003, 12)

    @property
    def left(self):
        """What is left in the block."""
        return self.erase_size - len(self.bytes) % self.erase_size

    def put(self, node):
        size = (len(node) + 3) & ~3
        if size > self.left:
            self.end_block()
        self.start_block()
        at = len(self.bytes)
        self.bytes += node + b"\xff" * (size - len(node))
        return at

    def end_block(self):
        if len(self.bytes) % self.erase_size:
            self.bytes += b"\xff" * self.left

    def obsolete(self, node):
        """The node with its ACCURATE bit cleared, as Linux does it on NOR."""
        type, = struct.unpack_from(self.order + "H", node, 2)
        return node[:2] + self.pack("H", type & ~0x2000) + node[4:]

    def dirent(self, parent, inode, name, version=None, type=8, time=1000):
        name = name.encode() if isinstance(name, str) else name
        if version is None:
            version = self.dirent_versions.get(parent, 0) + 1
        self.dirent_versions[parent] = max(self.dirent_versions.get(parent, 0), version)
        body = self.header(0xE001, 40 + len(name))
        body += self.pack("IIIIBBH", parent, version, inode, time, len(name) & 255, type, 0)
        return body + self.pack("II", crc(body), crc(name)) + name

    def inode(self, number, version=1, mode=FILE | 0o644, isize=None, offset=0, data=b"", dsize=None, csize=None,
              codec=NONE, length=None, time=1000):
        csize = len(data) if csize is None else csize
        dsize = len(data) if dsize is None else dsize
        isize = offset + dsize if isize is None else isize
        body = self.header(0xE002, 68 + len(data) if length is None else length)
        body += self.pack("IIIHHIIIIIIIBBH", number, version, mode, 0, 0, isize & 0xFFFFFFFF, time, time, time,
                          offset, csize & 0xFFFFFFFF, dsize & 0xFFFFFFFF, codec, 0, 0)
        return body + self.pack("II", crc(data), crc(body)) + data

    def xattr(self, identifier, name, value, version=1, prefix=1):
        name = name.encode()
        data = name + b"\0" + value
        size = (32 + len(data) + 3) & ~3
        body = self.header(0xE008, size)
        body += self.pack("IIBBH", identifier, version, prefix, len(name), len(value)) + self.pack("I", crc(data))
        node = body + self.pack("I", crc(body)) + data
        return node + b"\xff" * (size - len(node))

    def xref(self, inode, identifier, sequence=2):
        body = self.header(0xE009, 28) + self.pack("III", inode, identifier, sequence)
        return body + self.pack("I", crc(body))

    def add(self, parent, name, number, data=b"", mode=FILE | 0o644, compressed=True):
        """A whole file or folder with its name."""
        self.put(self.dirent(parent, number, name, type=DIRENT_TYPE[mode & 0o170000]))
        self.add_content(number, data, mode, compressed)

    def add_content(self, number, data=b"", mode=FILE | 0o644, compressed=True):
        if not data:
            self.put(self.inode(number, 1, mode, isize=0))
        for version, offset in enumerate(range(0, len(data), 4096), 1):
            page = data[offset:offset + 4096]
            packed = zlib.compress(page) if compressed else page
            codec, stored = (ZLIB, packed) if len(packed) < len(page) else (NONE, page)
            self.put(self.inode(number, version, mode, len(data), offset, stored, len(page), codec=codec))

    def finish(self, blocks=0):
        """The image of whole blocks, at least so many."""
        self.end_block()
        while len(self.bytes) < blocks * self.erase_size:
            self.start_block()
            self.end_block()
        return bytes(self.bytes)


def uimage(data, name=b"n", size=None, type=7, codec=0):
    """A U-Boot legacy image."""
    header = bytearray(struct.pack(
        ">7I4B32s", 0x27051956, 0, 1, len(data) if size is None else size, 0, 0, zlib.crc32(data), 5, 2, type, codec, name))
    struct.pack_into(">I", header, 4, zlib.crc32(header))
    return bytes(header) + data


def device_tree(structure, strings=b""):
    """A flattened device tree of what `tree_node` and `tree_property` give."""
    structure += struct.pack(">I", 9)
    size = 40 + len(structure) + len(strings)
    return struct.pack(">10I", 0xD00DFEED, size, 40, 40 + len(structure), 40, 17, 16, 0, len(strings), len(structure)) \
        + structure + strings


def tree_node(name, inner=b""):
    name += b"\0"
    return struct.pack(">I", 1) + name + bytes(-len(name) % 4) + inner + struct.pack(">I", 2)


def tree_property(name, value):
    """A property; its name is an offset in the strings."""
    return struct.pack(">III", 3, len(value), name) + value + bytes(-len(value) % 4)
