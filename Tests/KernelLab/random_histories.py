"""Histories of flashes from a seed: what people's programs do to a flash, with the dice deciding the details.

`plan(seed)` is a job of the kernel lab, `written()` are those of histories/*.sh. A history never fails: what a full flash
refuses is refused, and the verdict is what a fresh mount shows of what came of it."""
import random, re, subprocess, tempfile
from pathlib import Path
import kernellab as lab

COMPRESSORS = ["", "", "compr=zlib", "compr=lzo", "compr=none"]
NAMES = ["a", "b", "conf", "conf.new", "log", "log.1", "db", "db-journal", "etc", "lib", "home", "x y", "%c3%a9t%c3%a9",
         "bad%ff", "tab%09", "back%5cslash", ".hidden", "wpa_supplicant.conf", "resolv.conf", "n" * 60, "l" * 254]


class History:
    """A script under way: operations for `guest play`, and lines of shell between them."""

    def __init__(self, dice, room):
        self.dice, self.room, self.text, self.open = dice, room, [], False

    def op(self, *words):
        if not self.open:
            self.text.append("cat >/tmp/play <<'!'")
            self.open = True
        self.text.append(" ".join(map(str, words)))

    def sh(self, line):
        if self.open:
            self.text += ["!", "guest play /tmp/play"]
            self.open = False
        self.text.append(line)

    def seed(self):
        return self.dice.randrange(1, 1 << 30)

    def kind(self):
        return self.dice.choice("rtttz")

    def some(self, low, high):
        """A number of which the small ones are as likely as the large ones."""
        return int(low * (high / low) ** self.dice.random())

    def share(self, part):
        """Bytes: up to so much of the flash's room."""
        return max(64, int(self.room * part * self.dice.random()))

    def pause(self):
        """What happens between the writes of programs."""
        roll = self.dice.random()
        if roll < .25: self.op("S")
        elif roll < .5: self.op("L", self.dice.randrange(1, 4000))
        elif roll < .56: self.op("p", 20000)

    def event(self):
        """What happens to the whole flash now and then."""
        roll = self.dice.random()
        if roll < .30: self.sh("remount" + self.dice.choice(["", "", " compr=none", " compr=zlib", " compr=lzo"]))
        elif roll < .45: self.sh(f"collect {self.dice.randrange(3, 60)}")
        elif roll < .60: self.sh("crash")
        elif roll < .70: self.sh("before")
        elif roll < .78: self.sh(f"[ ! -e /tmp/before ] || crash {self.dice.randrange(0, 1001)}")
        else: self.pause()

    def script(self):
        self.sh("true")
        return "set +e\n" + "\n".join(self.text) + "\n"


def snaps(h, at, count, names=("early", "half", "late")):
    """Snapshots on the way, some without a sync."""
    for part, name in zip((.2, .5, .85), names):
        if at == int(count * part) and h.dice.random() < .6:
            h.sh(f"cut {name}" if h.dice.random() < .4 else f"snap {name}")


def fuzz(h):
    """Operations at random on a few names."""
    names = h.dice.sample(NAMES, h.dice.randrange(3, 12))
    folders = [""] + [f"d{i}/" for i in range(h.dice.randrange(1, 4))]
    count = h.some(20, 500)
    for f in folders[1:]: h.op("d", f[:-1])
    name = lambda: h.dice.choice(folders) + h.dice.choice(names)
    size = lambda: h.some(1, max(2, h.room // 12))
    for i in range(count):
        roll = h.dice.randrange(100)
        if roll < 16: h.op("c", name(), size(), h.seed(), h.kind())
        elif roll < 34: h.op("w", name(), h.dice.choice([-1, h.some(1, h.room // 8), 4096 * h.dice.randrange(8)]),
                             min(size(), 9000), h.seed(), h.kind())
        elif roll < 40: h.op("t", name(), h.some(1, h.room // 6) - 1)
        elif roll < 50: h.op("m", name(), name())
        elif roll < 56: h.op("l", name(), name())
        elif roll < 60: h.op("y", name(), "t" * h.some(1, 200))
        elif roll < 70: h.op("u", name())
        elif roll < 74: h.op("d", h.dice.choice([name(), name() + "/sub"]))
        elif roll < 76: h.op("D", h.dice.choice([name(), name() + "/sub"]))
        elif roll < 78: h.op("R", name())
        elif roll < 82: h.op("h", name(), "%o" % h.dice.randrange(0o10000))
        elif roll < 84: h.op("o", name(), h.dice.randrange(70000), h.dice.randrange(70000))
        elif roll < 86: h.op("i", name(), h.dice.choice([0, 1, 1 << 31, (1 << 32) - 1, h.seed()]))
        elif roll < 88: h.op("k", name(), h.dice.choice(["20644", "60600", "10600", "140755"]), h.dice.randrange(600),
                             h.dice.randrange(70000))
        elif roll < 91: h.op("x", name(), f"user.{h.dice.randrange(4)}", "%x" % h.seed() * 2 * h.some(1, 20))
        elif roll < 92: h.op("X", name(), f"user.{h.dice.randrange(4)}")
        elif roll < 95: h.op("f", name())
        else: h.event()
        snaps(h, i, count)


def applog(h):
    """Logs that grow line by line and are turned over: by renaming, or copied and cut."""
    h.op("d", "var"), h.op("d", "var/log")
    logs = [f"var/log/{n}" for n in ("messages", "current", "auth", "cron")[:h.dice.randrange(1, 5)]]
    each, keep, synced = h.share(.12), h.dice.randrange(1, 5), h.dice.random()
    count = h.some(60, 700)
    length = {}
    for i in range(count):
        log = h.dice.choice(logs)
        n = h.some(20, 900)
        h.op("w", log, -1, n, h.seed(), "t")
        if h.dice.random() < synced: h.op("f", log)
        length[log] = length.get(log, 0) + n
        if length[log] > each:
            length[log] = 0
            if h.dice.random() < .7:
                for k in range(keep, 0, -1): h.op("m", log + (f".{k - 1}" if k > 1 else ""), f"{log}.{k}")
            else:
                h.op("c", f"{log}.old", each, h.seed(), "t"), h.op("t", log, 0)
        if h.dice.random() < .1: h.op("L", h.dice.randrange(1, 900))
        if h.dice.random() < .015: h.event()
        snaps(h, i, count)


def applog2(h):
    """A database: pages written in place, a journal that is made, synced and deleted each time."""
    page, pages = h.dice.choice([512, 1024, 4096]), max(2, h.share(.2) // 4096)
    h.op("c", "db", page, h.seed(), "t")
    count = h.some(20, 300)
    for i in range(count):
        how = h.dice.random()
        h.op("c" if how < .6 else "w", "db-journal", *([] if how < .6 else [0]), h.some(28, 3 * page), h.seed(), h.kind())
        h.op("f", "db-journal")
        for _ in range(h.dice.randrange(1, 4)):
            h.op("w", "db", page * h.dice.randrange(pages), page, h.seed(), h.dice.choice("rt"))
        h.op("f", "db")
        if how < .4: h.op("u", "db-journal")
        elif how < .6: h.op("t", "db-journal", 0)
        if h.dice.random() < .1: h.op("w", "events", -1, h.some(10, 200), h.seed(), "t")
        if h.dice.random() < .1: h.op("L", h.dice.randrange(1, 100))
        if h.dice.random() < .02: h.event()
        snaps(h, i, count)


def churn(h):
    """Many times the flash is written: the garbage collector moves nodes all along."""
    h.op("d", "keep"), h.op("d", "work")
    h.op("c", "keep/text", h.share(.1), h.seed(), "t"), h.op("c", "keep/random", h.share(.1), h.seed(), "r")
    h.op("l", "keep/text", "keep/second"), h.op("y", "keep/link", "text"), h.op("k", "keep/dev", "20600", 4, 64)
    if h.dice.random() < .5: h.op("x", "keep/text", "user.mark", "313233")
    written, i = 0, 0
    wanted = h.room * h.some(1, 6)
    while written < wanted and i < 400:
        n = h.share(.12)
        h.op("c", f"work/{h.dice.randrange(4)}", n, h.seed(), h.kind())
        if h.dice.random() < .5: h.op("c", "work/new", n // 3 + 1, h.seed(), "t"), h.op("m", "work/new", "work/saved")
        if h.dice.random() < .5: h.op("w", "keep/random", h.some(1, 9000), h.some(1, 600), h.seed(), "r")
        if h.dice.random() < .3: h.op("u", f"work/{h.dice.randrange(4)}")
        h.pause()
        if h.dice.random() < .1: h.sh(f"collect {h.dice.randrange(2, 30)}")
        if h.dice.random() < .03: h.event()
        snaps(h, written * 100 // wanted, 100)
        written += n
        i += 1
    if h.dice.random() < .5: h.sh(f"collect {h.dice.randrange(20, 150)}")


def links(h):
    """Hard links made and broken, symlinks of all lengths, names that move between folders."""
    for d in ("bin", "sbin", "usr"): h.op("d", d)
    h.op("c", "bin/busybox", h.share(.1), h.seed(), "r")
    names = [f"{d}/{n}" for d in ("bin", "sbin", "usr") for n in ("sh", "ls", "cat", "mount", "ps", "vi", "init")]
    count = h.some(20, 200)
    for i in range(count):
        a, b = h.dice.choice(names), h.dice.choice(names)
        roll = h.dice.randrange(12)
        if roll < 4: h.op("l", "bin/busybox" if i < 8 else a, b)
        elif roll < 6: h.op("u", a)
        elif roll < 7: h.op("m", a, b)
        elif roll < 8: h.op("y", b, "t" * h.some(1, 253))
        elif roll < 9: h.op("w", a, -1, h.some(1, 800), h.seed(), "t")
        elif roll < 10: h.op("c", "new", h.some(1, 900), h.seed(), "t"), h.op("m", "new", a)
        elif roll < 11: h.op("h", a, "%o" % h.dice.randrange(0o10000))
        else: h.pause() if h.dice.random() < .7 else h.event()
        snaps(h, i, count)


def names(h):
    """Many names of all bytes and lengths; some are deleted, some renamed."""
    alphabet = ["%%%02x" % b for b in range(1, 256) if b not in (0x2f, 0x25)]
    made = ["n/" + "".join(h.dice.choices(alphabet, k=h.some(1, 80))) for _ in range(h.some(5, 60))]
    made += ["n/-rf", "n/...", "n/%20", "n/~", "n/" + "x" * 254] + [f"n/entry-{i}" for i in range(h.some(2, 120))]
    h.op("d", "n")
    for i, n in enumerate(made):
        h.op("c", n, h.some(1, 300) - 1, h.seed(), "t")
        snaps(h, i, len(made))
    for n in h.dice.sample(made, len(made) // 3):
        h.op(*h.dice.choice([("u", n), ("m", n, n[:40] + "%7e"), ("m", n, h.dice.choice(made)), ("d", n + "d")]))
        if h.dice.random() < .04: h.event()


def overwrite(h):
    """Writes into the middle of files: within a page, over borders, past the end, on top of each other."""
    files, size = ["a", "b", "c"][:h.dice.randrange(1, 4)], h.share(.2) + 5000
    for f in files: h.op("c", f, size, h.seed(), h.kind())
    count = h.some(20, 250)
    for i in range(count):
        f = h.dice.choice(files)
        at = h.dice.choice([h.dice.randrange(size), 4096 * h.dice.randrange(size // 4096 + 1), max(0, size - 3)])
        n = h.dice.choice([1, h.some(1, 100), 4096, 4097, h.some(1, 9000)])
        h.op("w", f, at, min(n, h.room // 8), h.seed(), h.kind())
        if h.dice.random() < .2: h.op("f", f)
        if h.dice.random() < .15: h.pause()
        if h.dice.random() < .03: h.event()
        snaps(h, i, count)


def rename(h):
    """The ways that editors and updaters save: written beside and renamed, to and fro, over links, between folders."""
    for d in ("etc", "home", "tmp"): h.op("d", d)
    count = h.some(10, 200)
    places = [f"{d}/{n}" for d in ("etc", "home", "tmp") for n in ("passwd", "shadow", "hosts", "conf")] + ["top"]
    for i in range(count):
        a, b = h.dice.choice(places), h.dice.choice(places)
        roll = h.dice.randrange(10)
        if roll < 5: h.op("c", a + ".new", h.some(1, 3000), h.seed(), "t"), h.op("m", a + ".new", a)
        elif roll < 7: h.op("m", a, b)
        elif roll < 8: h.op("l", a, b + "-"), h.op("m", b + "-", b)
        elif roll < 9: h.op("d", "moving"), h.op("m", "moving", "etc/moved"), h.op("m", "etc/moved", "home/moved")
        else: h.pause() if h.dice.random() < .5 else h.event()
        snaps(h, i, count)


def rwmap(h):
    """Tables with holes, records written at random places, as programs with a map of the file do."""
    tables = [(f"t{i}", h.share(.5) + 8192) for i in range(h.dice.randrange(1, 5))]
    count = h.some(20, 300)
    for i in range(count):
        f, size = h.dice.choice(tables)
        step = h.dice.choice([16, 64, 512, 4096])
        h.op("w", f, step * h.dice.randrange(max(1, size // step)), h.dice.choice([step, step, 3 * step, 5]), h.seed(), h.kind())
        if h.dice.random() < .25: h.op("f", f)
        if h.dice.random() < .05: h.op("t", f, h.dice.randrange(size))
        if h.dice.random() < .1: h.pause()
        if h.dice.random() < .03: h.event()
        snaps(h, i, count)


def tiny(h):
    """A handful of operations, and often nothing left at the end."""
    for i in range(h.dice.randrange(0, 7)):
        h.op(*h.dice.choice([("c", "a", h.some(1, 3000), h.seed(), "t"), ("d", "d"), ("y", "l", "target"), ("u", "a"),
                             ("m", "a", "b"), ("c", "d/x", h.some(1, 90), h.seed(), "t"), ("S",), ("f", "a"),
                             ("k", "null", "20666", 1, 3), ("x", "a", "user.u", "41"), ("h", ".", "711")]))
        if h.dice.random() < .2: h.event()
    if h.dice.random() < .3: h.op("R", "."), h.sh("snap empty0")
    if h.dice.random() < .4: h.op("c", "last", h.some(1, 200), h.seed(), "t")


def tiny2(h):
    """One or two settings, synced after each write."""
    for i in range(h.some(2, 60)):
        f = h.dice.choice(["s", "s", "s", "count", "uuid"])
        h.op(*h.dice.choice([("c", f, h.some(1, 200), h.seed(), "t"), ("w", f, 0, 16, h.seed(), "t"), ("w", f, -1, 9, h.seed(), "t")]))
        h.op("f", f)
        if h.dice.random() < .05: h.event()


def truncate(h):
    """Shorter, longer, shorter again: ends inside a page, holes, writes into them."""
    files = [f"f{i}" for i in range(h.dice.randrange(1, 8))]
    for f in files: h.op("c", f, h.share(.06) + 100, h.seed(), h.kind())
    count = h.some(10, 150)
    for i in range(count):
        f, at = h.dice.choice(files), h.dice.choice([0, 1, 4095, 4096, 4097, 12289, h.some(1, h.room // 3)])
        h.op(*h.dice.choice([("t", f, at), ("t", f, at), ("w", f, at, h.some(1, 5000), h.seed(), h.kind()), ("f", f),
                             ("c", f, h.some(1, 9000), h.seed(), "t")]))
        if h.dice.random() < .1: h.pause()
        if h.dice.random() < .03: h.event()
        snaps(h, i, count)


ACCESS = "0200000001000600ffffffff02000600%s04000400ffffffff10000600ffffffff20000400ffffffff"
DEFAULT = "0200000001000700ffffffff04000500ffffffff20000500ffffffff"


def xattr(h):
    """Extended attributes and ACLs: made, replaced, removed, shared, inherited; also the root's."""
    things = [".", "dir", "a", "b", "link", "pipe", "dir/c"]
    h.op("c", "a", 100, 1, "t"), h.op("c", "b", 4000, 2, "t"), h.op("d", "dir"), h.op("y", "link", "a"), h.op("k", "pipe", "10644", 0, 0)
    count = h.some(10, 160)
    for i in range(count):
        t = h.dice.choice(things)
        roll = h.dice.randrange(20)
        space = h.dice.choice(["user", "trusted", "security"])
        if roll < 8: h.op("x", t, f"{space}.{h.dice.randrange(4)}", "%02x" % h.dice.randrange(256) * h.some(1, 1200))
        elif roll < 9: h.op("x", t, f"{space}.empty")
        elif roll < 11: h.op("x", t, "user." + "n" * h.some(1, 240), "6c6f6e67")
        elif roll < 12: h.op("x", t, "user.counter", "%02x" % (i & 255))
        elif roll < 13: h.op("x", t, "system.posix_acl_access", ACCESS % h.dice.choice(["e8030000", "00000000", "ff000000"]))
        elif roll < 14: h.op("x", h.dice.choice([".", "dir"]), "system.posix_acl_default", DEFAULT)
        elif roll < 16: h.op("X", t, f"{space}.{h.dice.randrange(4)}")
        elif roll < 17: h.op("u", "dir/c"), h.op("c", "dir/c", 20, h.seed(), "t"), h.op("d", f"dir/{i}")
        elif roll < 18: h.op("m", "a", "e"), h.op("c", "a", 60, h.seed(), "t")
        elif roll < 19: h.op("c", "fill", h.share(.1), h.seed(), "r")
        else: h.pause() if h.dice.random() < .4 else h.event()
        snaps(h, i, count)


def special(h):
    """Devices, pipes, sockets, odd modes, owners and times, set and changed."""
    for i in range(h.some(5, 60)):
        n = f"n{h.dice.randrange(20)}"
        h.op(*h.dice.choice([
            ("k", n, "20600", h.dice.choice([1, 4, 255, 256, 300, 4095]), h.dice.choice([0, 3, 255, 256, 70000, 1048575])),
            ("k", n, "60660", h.dice.choice([8, 31, 259]), h.dice.randrange(300)), ("k", n, "10666", 0, 0), ("k", n, "140777", 0, 0),
            ("d", n), ("c", n, h.some(1, 400), h.seed(), "t"), ("h", n, "%o" % h.dice.randrange(0o10000)),
            ("o", n, h.dice.choice([0, 1000, 65534, 65535, 65536]), h.dice.randrange(65536)), ("u", n), ("l", n, n + "l"),
            ("i", n, h.dice.choice([0, 1, 1 << 31, (1 << 32) - 1])), ("h", ".", "1777"), ("o", ".", 3, 4)]))
        if h.dice.random() < .04: h.event()
    if h.dice.random() < .5: h.sh("snap late")


def full(h):
    """Filled until nothing more fits, deleted from, filled again."""
    h.op("d", "data")
    each = h.share(.05) + 500
    for turn in range(h.dice.randrange(1, 4)):
        for i in range(h.room // each + 2): h.op("c", f"data/{i}", each, h.seed(), h.dice.choice("rrt"))
        if turn == 0: h.sh("snap full")
        for i in h.dice.sample(range(h.room // each + 2), (h.room // each) // h.dice.randrange(2, 6) + 1): h.op("u", f"data/{i}")
        h.op("S")
        if h.dice.random() < .4: h.event()
    h.op("c", "text", 300, h.seed(), "t")


def recreate(h):
    """Deleted and made again under the same name, as something else, over restarts: numbers are used again."""
    for i in range(h.some(8, 120)):
        n = h.dice.choice(["key", "thing", "other", "wifi.conf"])
        h.op("R", n)
        h.op(*h.dice.choice([("c", n, h.some(1, 2000), h.seed(), "t"), ("c", n, h.some(1, 2000), h.seed(), "t"), ("d", n), ("y", n, "nowhere"),
                             ("k", n, "20600", 1, 5), ("u", n)]))
        if h.dice.random() < .3: h.op("c", f"{n}/in", h.some(1, 300), h.seed(), "t")
        if h.dice.random() < .15: h.op("S")
        if h.dice.random() < .12: h.sh(h.dice.choice(["remount", "remount", "crash"]))
        if h.dice.random() < .05: h.event()
    if h.dice.random() < .4: h.op("R", "."), h.sh("snap empty0"), h.op("c", "again", 100, h.seed(), "t")


def power(h):
    """The power goes while files are open, deleted ones among them; the flash goes on as it was left."""
    for boot in range(h.dice.randrange(1, 6)):
        h.op("O", 1, "open"), h.op("O", 2, f"deleted{boot}"), h.op("W", 2, 0, h.some(1, 6000), h.seed(), "t"), h.op("u", f"deleted{boot}")
        h.op("P", "before")
        for i in range(h.dice.randrange(1, 12)):
            h.op("W", h.dice.choice([1, 2]), -1, h.some(1, 3000), h.seed(), h.kind())
            h.op("c", f"f{h.dice.randrange(5)}", h.share(.04), h.seed(), h.kind())
            if h.dice.random() < .3: h.op("F", 1)
            if h.dice.random() < .3: h.op("u", f"f{h.dice.randrange(5)}")
            if h.dice.random() < .3: h.op("m", f"f{h.dice.randrange(5)}", "moved")
        if h.dice.random() < .5: h.op("P", f"cut{boot}")
        h.op("P", "after"), h.op("C", 1), h.op("C", 2)
        h.sh("crash" if h.dice.random() < .4 else f"crash {h.dice.randrange(1001)}")


def settings(h):
    """A camera's settings partition over many starts: a few files saved again and again."""
    files = ["wpa_supplicant.conf", "hostname", "time", "counter", "ring.bin", "web/users", "web/session"][:h.dice.randrange(2, 8)]
    h.op("d", "web")
    for boot in range(h.some(2, 30)):
        for f in h.dice.sample(files, h.dice.randrange(1, len(files) + 1)):
            how, n = h.dice.random(), h.some(2, 700)
            if how < .4: h.op("c", f + ".tmp", n, h.seed(), "t"), h.op("m", f + ".tmp", f)
            elif how < .6: h.op("c", f, n, h.seed(), "t")
            elif how < .7: h.op("u", f)
            elif how < .8: h.op("w", f, 32, 64, h.seed(), "t")
            else: h.op("w", f, -1, n, h.seed(), "t")
            if h.dice.random() < .3: h.op("S")
        h.op("L", h.dice.randrange(10, 90000))
        h.sh(h.dice.choice(["remount", "crash", "remount", "true"]))
        snaps(h, boot, 20)


def many(h):
    """A deep tree of many small files, a part of it removed."""
    folders = [""]
    for i in range(h.some(3, 30)):
        parent = h.dice.choice(folders)
        if parent.count("/") < 8:
            h.op("d", f"{parent}d{i}"), folders.append(f"{parent}d{i}/")
    made = []
    for i in range(h.some(10, 300)):
        made.append(f"{h.dice.choice(folders)}f{i}")
        h.op("c", made[-1], h.some(1, 400) - 1, h.seed(), "t")
        if h.dice.random() < .01: h.event()
    for n in h.dice.sample(made, len(made) // 3): h.op("u", n)
    if len(folders) > 2: h.op("R", h.dice.choice(folders[1:])[:-1])
    if h.dice.random() < .5: h.sh(f"collect {h.dice.randrange(5, 90)}")


def large(h):
    """One large file in large writes, cut, appended to, written over."""
    for i in range(h.dice.randrange(1, 6)):
        h.op("c", "firmware.bin", h.share(.4), h.seed(), h.kind())
        h.op("w", "firmware.bin", h.share(.3), h.share(.1), h.seed(), h.kind())
        if h.dice.random() < .5: h.op("t", "firmware.bin", h.share(.3))
        h.event()
    if h.dice.random() < .5: h.sh("snap late")


def factory(h):
    """Starts from an image of mkfs.jffs2, is used, and is reset."""
    for n in ("etc/conf", "etc/passwd", "new", "lib/a"):
        h.op(*h.dice.choice([("c", n, h.some(1, 2000), h.seed(), "t"), ("w", n, h.some(1, 500), 30, h.seed(), "t"), ("u", n), ("h", n, "600")]))
    h.op("c", "app.new", h.share(.05), h.seed(), "r"), h.op("m", "app.new", "app")
    for _ in range(h.dice.randrange(4)): h.event()
    h.sh("snap half")
    if h.dice.random() < .4: h.op("R", "."), h.sh("snap empty0")
    if h.dice.random() < .7: h.op("c", "etc/again", 50, h.seed(), "t"), h.op("x", ".", "user.root", "31")


def script(path):
    """A history that is written out, on a flash of another kind than its own ones."""
    def history(h):
        h.sh(path.read_text())
    history.__name__ = path.stem.replace("-", "_")
    return history


SCRIPTS = sorted((lab.HERE / "histories").glob("*.sh"))
HISTORIES = [*map(script, SCRIPTS), fuzz, fuzz, applog, applog2, churn, links, names, overwrite, rename, rwmap, rwmap, tiny, tiny2,
             truncate, xattr, special, full, recreate, power, power, settings, settings, many, large, factory]


def made_image(dice, erase, big, nand, page):
    """An image of mkfs.jffs2 of a small tree."""
    with tempfile.TemporaryDirectory() as top:
        root = Path(top) / "root"
        for d in ("etc", "lib", "empty"): (root / d).mkdir(parents=True)
        for i, n in enumerate(["etc/conf", "etc/passwd", "lib/a", "lib/b", "app", "readme"]):
            (root / n).write_bytes(dice.randbytes(dice.randrange(1, 200)) * dice.randrange(1, 60))
        (root / "link").symlink_to("etc/conf")
        out = Path(top) / "out"
        command = ["mkfs.jffs2", "-r", root, "-o", out, "-e", str(erase), "-b" if big else "-l"]
        command += ["-n", "-s", str(page)] if nand else []
        command += ["-q"] if dice.random() < .3 else []
        subprocess.run(command, check=True, capture_output=True)
        return out.read_bytes()


def plan(seed, history=None):
    """The job of a seed; its name begins with its history."""
    dice = random.Random(seed)
    history = history or dice.choice(HISTORIES)
    nand = dice.random() < .38
    if nand:
        kib, page = dice.choice([(16, 512), (16, 512), (128, 2048), (128, 2048), (256, 4096), (256, 2048), (512, 4096)])
        jffs2 = dice.choice(["stock"] * 5 + ["be", "old", "beold", "rtime", "rubin"])
    else:
        kib, page = dice.choice([4, 8, 8, 16, 16, 32, 32, 64, 64, 64, 128, 128, 256, 512]), 0
        jffs2 = dice.choice(["stock"] * 4 + ["old"] * 4 + ["be", "be", "beold", "beold", "rtime", "rubin"])
    if history is factory:  # what mkfs.jffs2 makes, and what reads its zlib
        kib, jffs2 = max(kib, 8), jffs2 if jffs2 not in ("rtime", "rubin") else "stock"
    erase = kib << 10
    blocks = dice.choice([6, 8, 10, 12, 16, 24, 32, 48, 64])
    if history in (tiny, tiny2): blocks = dice.choice([5, 6, 8, 16])
    blocks = max(6, min(blocks, (2 << 20) // erase))
    image = None
    if history is factory:
        image = made_image(dice, erase, jffs2.startswith("be"), nand, page)
        blocks = max(blocks, len(image) // erase + 7)
    options = dice.choice(COMPRESSORS) if jffs2 not in ("rtime", "rubin") else ""
    h = History(dice, max(4000, (blocks - 5) * erase))
    if dice.random() < .3: h.op("h", ".", "755")
    history(h)
    name = "-".join(filter(None, [history.__name__, "nand" if nand else "", jffs2 if jffs2 != "stock" else "", f"{kib}k",
                                  f"p{page}" if nand else "", options.removeprefix("compr="), f"s{seed}"]))
    return lab.Job(name, erase, image=image, script=h.script().encode(), flash_size=blocks * erase, jffs2=jffs2, nand=nand, page=page,
                   options=options)


def written():
    """The jobs of the "# run:" lines of histories/*.sh."""
    for path in SCRIPTS:
        text = path.read_text()
        for run in re.findall(r"^# run: (.*)$", text, re.M):
            o = dict((w.split("=", 1) + [True])[:2] for w in run.split())
            words = [path.stem, "nand" if o.get("nand") else "", o.get("jffs2", ""), o["erase"].lower(),
                     o.get("options", "").removeprefix("compr=")]
            yield lab.Job("-".join(filter(None, words)), lab.size(o["erase"]), script=("set +e\n" + text).encode(),
                          flash_size=lab.size(o["size"]), jffs2=o.get("jffs2", "stock"), nand=bool(o.get("nand")),
                          options=o.get("options", ""))
