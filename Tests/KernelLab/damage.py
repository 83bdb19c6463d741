"""Copies of flashes, damaged as power, age and people's tools damage them."""
import random


def used_blocks(data, erase):
    """Offsets of the erase blocks in which more than a cleanmarker is."""
    return [b for b in range(0, len(data), erase) if any(c != 0xff for c in data[b + 12:b + erase])] or [0]


def flip(data, erase, dice):
    """Single bits."""
    count = dice.choice([1, 1, 2, 5, 12, 50, 200])
    for _ in range(count):
        data[dice.choice(used_blocks(data, erase)) + dice.randrange(erase)] ^= 1 << dice.randrange(8)
    return f"flip{count}"


def noise(data, erase, dice):
    """Single bytes."""
    count = dice.choice([1, 3, 20, 100])
    for _ in range(count):
        data[dice.choice(used_blocks(data, erase)) + dice.randrange(erase)] = dice.randrange(256)
    return f"noise{count}"


def burst(data, erase, dice):
    """A run of noise."""
    start, size = dice.choice(used_blocks(data, erase)) + dice.randrange(erase - 64), int(8 * 200 ** dice.random())
    data[start:start + size] = dice.randbytes(len(data[start:start + size]))
    return "burst"


def dup(data, erase, dice):
    """One erase block copied over another."""
    blocks = range(0, len(data), erase)
    at, to = dice.choice(used_blocks(data, erase)), dice.choice(blocks)
    data[to:to + erase] = data[at:at + erase]
    return "dup"


def swap(data, erase, dice):
    """Two erase blocks in each other's place."""
    at, to = (dice.choice(used_blocks(data, erase)) for _ in range(2))
    data[at:at + erase], data[to:to + erase] = data[to:to + erase], data[at:at + erase]
    return "swap"


def lost(data, erase, dice):
    """An erase block that was erased."""
    at = dice.choice(used_blocks(data, erase))
    data[at:at + erase] = b"\xff" * erase
    return "lost"


def zero(data, erase, dice):
    """A run of zeros."""
    size = dice.choice([4, 64, 256, 512, 2048])
    at = dice.choice(used_blocks(data, erase)) + dice.randrange(erase - size)
    data[at:at + size] = bytes(size)
    return "zero"


def end_of_block(data, at, erase):
    return max((i for i in range(erase) if data[at + i] != 0xff), default=0) + 1


def tear(data, erase, dice):
    """An erase block of which only the beginning was written."""
    at = dice.choice(used_blocks(data, erase))
    end = end_of_block(data, at, erase)
    keep = dice.randrange(end // 2, end)
    data[at + keep:at + erase] = b"\xff" * (erase - keep)
    return "tear"


def cut(data, erase, dice):
    """A dump that ends early."""
    del data[dice.randrange(len(data) // 4, len(data)):]
    return "cut"


def first(data, erase, dice):
    """A bit of the very first node's header."""
    data[used_blocks(data, erase)[0] + dice.randrange(12)] ^= 1 << dice.randrange(8)
    return "first"


def header(data, erase, dice):
    """A bit of one node's header."""
    at = dice.choice(used_blocks(data, erase))
    nodes = [p for p in range(at, at + end_of_block(data, at, erase) - 40, 4) if data[p:p + 2] in (b"\x85\x19", b"\x19\x85")]
    if nodes:
        data[dice.choice(nodes) + dice.randrange(40)] ^= 1 << dice.randrange(8)
    return "header"


KINDS = [flip, flip, flip, noise, noise, burst, dup, swap, lost, zero, tear, cut, first, header]


def spoilt(image, erase, seed):
    """-> (what was done, the damaged copy)"""
    dice = random.Random(seed)
    data = bytearray(image)
    how = dice.choice(KINDS)(data, erase, dice)
    return how, bytes(data)
