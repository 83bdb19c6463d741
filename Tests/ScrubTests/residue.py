#!/usr/bin/env python3
"""residue.py IMAGE HEX [IMAGE HEX]...: where byte strings are left in JFFS2 images, one a line.
residue.py --values REGEX IMAGE...: all different values of a pattern that are in JFFS2 images, one a line.

An independent check of scrub: every position is tried for a node of either byte order, obsolete and damaged ones too;
its data is decompressed with Python's zlib (rtime, lzo, rubin: below), and searched beside the raw bytes. The data of each
inode is also searched joined, in the order of version and of place.
"""
import re
import struct
import sys
import zlib


def rtime(data, size):
    positions = [0] * 256
    out = bytearray()
    at = 0
    while len(out) < size and at + 1 < len(data):
        value, repeat = data[at], data[at + 1]
        at += 2
        out.append(value)
        back = positions[value]
        positions[value] = len(out)
        for _ in range(repeat):
            out.append(out[back])
            back += 1
    return bytes(out)


def lzo(data, size):
    """LZO1X, from the kernel's description of the stream (Documentation/staging/lzo.rst)."""
    out = bytearray()
    at = 0
    state = 0

    def length(bits, mask):
        nonlocal at
        value = bits & mask
        if value == 0:
            value = mask
            while data[at] == 0:
                value += 255
                at += 1
            value += data[at]
            at += 1
        return value

    def copy(distance, count):
        for _ in range(count):
            out.append(out[-distance])

    def literals(count):
        nonlocal at
        out.extend(data[at:at + count])
        at += count

    if data[0] > 17:
        count = data[0] - 17
        at = 1
        literals(count)
        state = min(count, 4)
    while True:
        code = data[at]
        at += 1
        if code < 16:
            if state == 0:
                literals(length(code, 15) + 3)
                state = 4
                continue
            high = data[at]
            at += 1
            if state < 4:
                copy((high << 2) + (code >> 2) + 1, 2)
            else:
                copy((high << 2) + (code >> 2) + 2049, 3)
            state = code & 3
        elif code < 64:
            far = code < 32
            count = length(code, 7 if far else 31) + 2
            low = data[at] | data[at + 1] << 8
            at += 2
            distance = (low >> 2) + (((code & 8) << 11) + 16384 if far else 1)
            if far and distance == 16384:
                return bytes(out)
            copy(distance, count)
            state = low & 3
        else:
            high = data[at]
            at += 1
            if code < 128:
                copy((high << 3) + ((code >> 2) & 7) + 1, 3 + ((code >> 5) & 1))
            else:
                copy((high << 3) + ((code >> 2) & 7) + 1, 5 + ((code >> 5) & 3))
            state = code & 3
        literals(state)


def rubin(data, size, start, zeros, total):
    """Both coders of 16-bit registers; bytes from their lowest bit on."""
    stream = int.from_bytes(data[start:], "big")
    left = 8 * len(data[start:])
    low, width, code = 0, 1 << 16, 0
    out = bytearray()

    def pull():
        nonlocal left, code
        left -= 1
        code = (code & 0x7fff) << 1 | (stream >> left & 1 if left >= 0 else 0)

    for _ in range(16):
        pull()
    while len(out) < size and left > -64:
        byte = 0
        for bit in range(8):
            while low >= 0x8000 or low + width <= 0x8000:
                low = (low & 0x7fff) << 1
                width <<= 1
                pull()
            split = min(max(zeros[bit] * width // total, 1), width - 1)
            if code >= low + split:
                low, width = low + split, width - split
                byte |= 1 << bit
            else:
                width = split
        out.append(byte)
    return bytes(out)


def decompress(codec, data, size):
    """All that the data may stand for."""
    try:
        if codec == 6:
            return [zlib.decompressobj().decompress(data)]
        if codec == 2:
            return [rtime(data, size)]
        if codec == 7:
            return [lzo(data, size)]
        if codec in (3, 5) and len(data) > 8:
            # Linux and other writers do not agree on which number is which.
            return [rubin(data, size, 8, [256 - b for b in data[:8]], 256),
                    rubin(data, size, 0, [766, 794, 753, 776, 814, 702, 831, 802], 1043)]
    except (zlib.error, IndexError):
        pass
    return [data]


def texts(image):
    """Where and what: raw bytes, the data of each node, and what the nodes of an inode are together."""
    yield "raw bytes", image
    for group in (2, 4):
        whole = image[:len(image) // group * group]
        yield (f"raw bytes, swapped by {group}",
               b"".join(whole[i:i + group][::-1] for i in range(0, len(whole), group)))
    inodes = {}
    for at in range(0, len(image) - 67, 4):
        if image[at:at + 2] not in (b"\x85\x19", b"\x84\x19", b"\x19\x85", b"\x19\x84"):
            continue
        for order in "<>":
            magic, kind, total = struct.unpack_from(order + "HHI", image, at)
            if magic not in (0x1985, 0x1984) or kind | 0x2000 != 0xe002:
                continue
            ino, version, = struct.unpack_from(order + "II", image, at + 12)
            offset, csize, dsize = struct.unpack_from(order + "III", image, at + 44)
            if csize > len(image) or dsize > 1 << 24:
                continue
            for data in decompress(image[at + 56], image[at + 68:at + 68 + csize], dsize):
                yield f"node at {at:#x}", data
                inodes.setdefault(ino, []).append((version, offset, data))
    for ino, pieces in inodes.items():
        yield f"inode {ino} by version", b"".join(p[2] for p in sorted(pieces))
        yield f"inode {ino} by place", b"".join(p[2] for p in sorted(pieces, key=lambda p: p[1:]))


def read(path):
    with open(path, "rb") as file:
        return file.read()


if sys.argv[1] == "--values":
    pattern = re.compile(sys.argv[2].encode())
    for number, path in enumerate(sys.argv[3:]):
        for value in sorted({m.group() for _, text in texts(read(path)) for m in pattern.finditer(text)}):
            print(f"{number}: {value.decode()}")
else:
    for number in range(len(sys.argv) // 2):
        needle = bytes.fromhex(sys.argv[2 + 2 * number])
        for place, text in texts(read(sys.argv[1 + 2 * number])):
            if needle in text:
                print(f"{number}: {place}")
