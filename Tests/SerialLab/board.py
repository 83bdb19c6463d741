"""The board behind fake-uboot: its memory, its commands and its shell. The options are those of fake-uboot."""
import json
import re
import struct
import time
import zlib

PRINTABLE = bytes(c if 32 <= c < 127 else 46 for c in range(256))


class Abort(Exception):
    pass


class Board:
    def __init__(self, a):
        self.a = a
        with open(a.flash, "rb") as f:
            self.flash = f.read()
        self.sf_reads = 0
        self.inq = bytearray()
        self.vars = {"baudrate": "115200", "bootdelay": str(a.autoboot),
                     "bootcmd": "sf probe;sf read 0x21000000 0x50000 0x180000;bootm 0x21000000"}
        self.audit_file = open(a.audit, "a") if a.audit else None
        self.status = 0
        self.rate = a.rate
        self.reset_state()

    def audit(self, **what):
        if self.audit_file:
            self.audit_file.write(json.dumps(what) + "\n")
            self.audit_file.flush()

    def store(self, addr, n, by):
        """The place in RAM for a write, and a line in the audit."""
        dst = self.view(addr, n)
        self.audit(write=addr, size=n, by=by)
        return dst

    def reset_state(self):
        self.ram = bytearray(self.a.ram_size)
        self.probed = False
        self.line = bytearray()
        self.last = None                    # (text, repeatable)
        self.md_next = None                 # address, width, count

    # memory -------------------------------------------------------------
    def view(self, addr, n):
        a = self.a
        if a.ram_base <= addr and addr + n <= a.ram_base + len(self.ram):
            o = addr - a.ram_base
            return memoryview(self.ram)[o:o + n]
        if a.map is not None and a.map <= addr and addr + n <= a.map + len(self.flash):
            o = addr - a.map
            return memoryview(self.flash)[o:o + n]
        raise Abort()

    # commands: generators of text ----------------------------------------
    def md(self, name, args, repeat):
        width = {"": self.a.default_width, ".b": 1, ".w": 2, ".l": 4}.get(name[2:])
        if width is None:
            return
        if repeat and self.md_next:
            addr, width, count = self.md_next
        else:
            if not 1 <= len(args) <= 2:
                yield ("md - memory display\n\nUsage:\nmd [.b, .w, .l%s] address [# of objects]\n"
                       % (", .q" if self.a.style == "2023" else ""))
                return
            addr = hexnum(args[0])
            count = hexnum(args[1]) if len(args) > 1 else 0x40
        a = self.a
        if a.strict_align and addr % width:
            raise Abort()
        row = max(width, a.row - a.row % width)
        per = row // width
        code = (">" if a.big_endian else "<") + {1: "B", 2: "H", 4: "I"}[width]
        word = " %0" + str(width * 2) + ("X" if a.upper else "x")
        left = count
        while left > 0:
            # a block of rows at once; input is looked at once a row
            rows = min(32, (left + per - 1) // per)
            text = []
            for _ in range(rows):
                n = min(per, left)
                try:
                    raw = bytes(self.view(addr, n * width))
                except Abort:
                    yield "".join(text)
                    raise
                s = a.addr_format % addr + ":"
                s += "".join(word % v for v in struct.unpack("%s%d%s" % (code[0], n, code[1]), raw))
                if not a.no_ascii:
                    s += " " * ((per - n) * (width * 2 + 1) + a.gap)
                    s += raw.translate(PRINTABLE).decode("ascii")
                text.append(s + "\n")
                addr += n * width
                left -= n
                if self.inq and not a.no_eat:       # U-Boot's ctrlc()
                    c = self.inq.pop(0)
                    if c == 3:
                        yield "".join(text) + "<INTERRUPT>\n"
                        self.md_next = (addr, width, count)
                        self.last = None
                        return
            yield "".join(text)
        self.md_next = (addr, width, count)

    def crc32(self, name, args, repeat):
        if len(args) < 2:
            yield ("crc32 - checksum calculation\n\nUsage:\ncrc32 address count [addr]\n"
                   "    - compute CRC32 checksum [save at addr]\n")
            return
        addr, n = hexnum(args[0]), hexnum(args[1])
        v = zlib.crc32(self.view(addr, n))
        if len(args) > 2:
            self.store(hexnum(args[2]), 4, "crc32")[:] = v.to_bytes(4, "little")
        yield "%s for %08x ... %08x ==> %08x\n" % (
            self.a.crc_word, addr, (addr + n - 1) & 0xffffffff, v)

    def sf(self, name, args, repeat):
        a = self.a
        size = len(self.flash)
        if args[:1] == ["probe"]:
            self.probed = True
            yield {"2010": "%d KiB hi_sfc at 0:0 is now current device\n" % (size >> 10),
                   "2015": "SF: Detected nor0 with total size %d MiB\n" % (size >> 20),
                   "2023": "SF: Detected n25q128a13 with page size 256 Bytes, erase size 64 KiB, "
                           "total %d MiB\n" % (size >> 20)}[a.style]
        elif args[:1] == ["read"] and len(args) == 4:
            if not self.probed:
                yield "No SPI flash selected. Please run `sf probe'\n"
                return
            addr, off, n = (hexnum(x) for x in args[1:])
            if off + n > size:
                yield {"2010": "SPI flash read failed\n",
                       "2015": "ERROR: attempting read past flash size (0x%x)\n" % size,
                       "2023": "Size exceeds partition or device limit\n"}[a.style]
                return
            self.sf_reads += 1
            if a.sf_silent and (self.sf_reads % a.sf_silent == 0 if a.sf_silent > 0 else self.sf_reads > -a.sf_silent):
                return                      # it failed, and does not say so
            dst = self.store(addr, n, "sf read")
            dst[:] = self.flash[off:off + n]
            if a.sf_bad and self.sf_reads % a.sf_bad == 0 and n:
                dst[(self.sf_reads * 2654435761) % n] ^= 1
            if a.style == "2023":
                yield "device 0 %s\n" % ("whole chip" if (off, n) == (0, size)
                                         else "offset 0x%x, size 0x%x" % (off, n))
            if a.style != "2010":
                yield "SF: %d bytes @ 0x%x Read: OK\n" % (n, off)
        elif args[:1] in (["write"], ["erase"], ["update"]):
            self.audit(flash=" ".join(args))
            yield "SF: this bench never writes\n"
        else:
            yield "sf - SPI flash sub-system\n\nUsage:\nsf probe [[bus:]cs] [hz] [mode]\nsf read addr offset len\n"

    def mw(self, name, args, repeat):
        width = {"": 4, ".b": 1, ".w": 2, ".l": 4}.get(name[2:])
        if width is None or len(args) < 2:
            return
        n = hexnum(args[2]) if len(args) > 2 else 1
        v = hexnum(args[1]).to_bytes(16, "big")[-width:]
        dst = self.store(hexnum(args[0]), n * width, "mw")
        dst[:] = (v if self.a.big_endian else v[::-1]) * n
        yield from ()

    def cp(self, name, args, repeat):
        width = {"": 4, ".b": 1, ".w": 2, ".l": 4}.get(name[2:])
        if width is None or len(args) < 3:
            return
        n = hexnum(args[2]) * width
        self.store(hexnum(args[1]), n, "cp")[:] = bytes(self.view(hexnum(args[0]), n))
        yield from ()

    def echo(self, name, args, repeat):
        yield " ".join(args) + "\n"

    def version(self, name, args, repeat):
        yield "\n" + self.a.version + "\n"

    def printenv(self, name, args, repeat):
        for k in args or sorted(self.vars):
            if k in self.vars:
                yield "%s=%s\n" % (k, self.vars[k])
            else:
                yield "## Error: \"%s\" not defined\n" % k

    def setenv(self, name, args, repeat):
        yield from ()
        if args[:1] == ["baudrate"]:
            rate = int(args[1]) if len(args) > 1 and args[1].isdigit() else 0
            if rate not in self.a.rates:
                yield "## Baudrate %s bps not supported\n" % " ".join(args[1:])
                return
            if rate != (self.rate or 115200):
                yield "## Switch baudrate to %d bps and press ENTER ...\n" % rate
                yield ("rate", rate)
                yield from self.wait_for_enter()
        if len(args) > 1:
            self.vars[args[0]] = " ".join(args[1:])
        elif args:
            self.vars.pop(args[0], None)

    def wait_for_enter(self):
        while True:
            while self.inq:
                if self.inq.pop(0) == 13:
                    return
            yield ""                        # the main loop waits a little

    def bdinfo(self, name, args, repeat):
        a = self.a
        end = a.ram_base + a.ram_size
        yield ("arch_number = 0x00000000\nboot_params = 0x%08x\nDRAM bank   = 0x00000000\n"
               "-> start    = 0x%08x\n-> size     = 0x%08x\nbaudrate    = %d bps\n"
               "TLB addr    = 0x%08x\nrelocaddr   = 0x%08x\nreloc off   = 0x%08x\n"
               "irq_sp      = 0x%08x\nsp start    = 0x%08x\n"
               % (a.ram_base + 0x100, a.ram_base, a.ram_size, self.rate or 115200, end - 0x10000,
                  end - 0x90000, end - 0x90000, end - 0x200000, end - 0x200010))

    def nand(self, name, args, repeat):
        if args[:1] == ["read"] and len(args) == 4:
            addr, off, n = (hexnum(x) for x in args[1:])
            yield "\nNAND read: device 0 offset 0x%x, size 0x%x\n" % (off, n)
            if off + n > len(self.flash):
                yield "Attempt to read outside the flash area\n 0 bytes read: ERROR\n"
                return
            erase, left, at, data = self.a.nand_erase, n, off, b""
            while left and at < len(self.flash):
                block = at - at % erase
                k = min(left, block + erase - at)
                if block not in self.a.nand_bad:
                    data += self.flash[at:at + k]
                    left -= k
                at = block + erase if block in self.a.nand_bad else at + k
            if left:
                yield "Attempt to read outside the flash area\n 0 bytes read: ERROR\n"
                return
            self.store(addr, n, "nand read")[:] = data
            yield " %d bytes read: OK\n" % n
        elif args == ["bad"]:
            yield "\nDevice 0 bad blocks:\n" + "".join("  %08x\n" % b for b in sorted(self.a.nand_bad))
        elif args == ["info"]:
            yield ("\nDevice 0: nand0, sector size %d KiB\n  Page size      2048 b\n  OOB size         64 b\n"
                   "  Erase size   %d b\n" % (self.a.nand_erase >> 10, self.a.nand_erase))
        elif args[:1] in (["write"], ["erase"]):
            self.audit(flash="nand " + " ".join(args))
            yield "NAND: this bench never writes\n"
        else:
            yield "nand - NAND sub-system\n\nUsage:\nnand read - addr off|partition size\n"

    def mmc(self, name, args, repeat):
        if args[:1] == ["read"] and len(args) == 4:
            addr, block, n = (hexnum(x) for x in args[1:])
            ok = (block + n) * 512 <= len(self.flash)
            yield "\nMMC read: dev # 0, block # %d, count %d ... " % (block, n)
            if ok:
                self.store(addr, n * 512, "mmc read")[:] = self.flash[block * 512:(block + n) * 512]
            yield "%d blocks read: %s\n" % (n if ok else 0, "OK" if ok else "ERROR")
        elif args[:1] in (["write"], ["erase"]):
            self.audit(flash="mmc " + " ".join(args))
            yield "MMC: this bench never writes\n"
        else:
            yield "mmc - MMC sub system\n\nUsage:\nmmc read addr blk# cnt\n"

    def sunxi_flash(self, name, args, repeat):
        if args[:1] == ["read"] and len(args) in (3, 4):
            if args[2] != "rootfs":
                yield "sunxi_flash: partition %s not found\n" % args[2]
                return
            n = min(hexnum(args[3]), len(self.flash)) if len(args) > 3 else len(self.flash)
            self.store(hexnum(args[1]), n, "sunxi_flash read")[:] = self.flash[:n]
            yield "partinfo: name %s, start 0x0, size 0x%x\nsunxi flash read :offset 0, %d bytes OK\n" % (
                args[2], len(self.flash), n)
        else:
            yield "sunxi_flash - sunxi_flash sub-system\n\nUsage:\nsunxi_flash read mem_addr part_name [size]\n"

    def itest(self, name, args, repeat):
        if len(args) == 3:
            a, b = hexnum(args[0]), hexnum(args[2])
            self.status = 0 if {"==": a == b, "!=": a != b, "<": a < b, ">": a > b,
                                "<=": a <= b, ">=": a >= b}.get(args[1], False) else 1
        yield from ()

    def setexpr(self, name, args, repeat):
        if len(args) == 4 and args[2] in "+-":
            a, b = hexnum(args[1]), hexnum(args[3])
            self.vars[args[0]] = "%x" % (a + b if args[2] == "+" else a - b)
        yield from ()

    def saves(self, name, args, repeat):
        addr = hexnum(args[0]) if args else 0
        n = hexnum(args[1]) if len(args) > 1 else 0
        yield "## Ready for S-Record upload, press ENTER to proceed ...\n"
        yield from self.wait_for_enter()
        yield "S0030000FC\n"
        end = addr + n
        while addr < end:
            text = []
            for _ in range(64):
                k = min(16, end - addr)
                if k <= 0:
                    break
                body = bytes([k + 5]) + addr.to_bytes(4, "big") + bytes(self.view(addr, k))
                text.append("S3%s%02X\n" % (body.hex().upper(), ~sum(body) & 0xff))
                addr += k
            if 3 in self.inq:
                self.inq.clear()
                yield "## S-Record upload aborted\n"
                return
            yield "".join(text)
        yield "S70500000000FA\n## S-Record upload complete\n"

    def mtdparts(self, name, args, repeat):
        yield "\ndevice nor0 <nor0>, # parts = %d\n #: name\t\tsize\t\toffset\t\tmask_flags\n" % len(self.a.mtdparts)
        for i, (part, offset, size) in enumerate(self.a.mtdparts):
            yield "%2d: %-20s0x%08x\t0x%08x\t0\n" % (i, part, size, offset)
        yield "\nactive partition: nor0,0\n"

    def saveenv(self, name, args, repeat):
        self.audit(flash="saveenv")
        yield "Saving Environment to SPI Flash... done\n"

    def help(self, name, args, repeat):
        for k in sorted(COMMANDS):
            if k not in self.a.missing:
                yield "%-8s- %s\n" % (k, k)

    # the shell -----------------------------------------------------------
    def execute(self, text, repeat):
        loop = self.a.hush and re.match(r"(.*?)\bwhile (.+?); *do (.+?); *done *;?(.*)$", text)
        if loop:
            before, condition, body, after = loop.groups()
            yield from self.execute(before, False)
            while True:
                yield from self.execute(condition, False)
                if self.status:
                    break
                yield from self.execute(body, False)
                if 3 in self.inq:
                    self.inq.clear()
                    yield "<INTERRUPT>\n"
                    return
            yield from self.execute(after, False)
            return
        for part in text.split(";"):
            if self.a.hush:
                part = re.sub(r"\$\{?(\w+)\}?", lambda m: self.vars.get(m[1], ""), part)
            words = part.split()
            if not words:
                continue
            name = words[0]
            base = name.split(".")[0]
            self.status = 0
            self.audit(command=" ".join(words))
            if base in NOT_REPEATED:
                self.last = None
            if base == "reset" and "reset" not in self.a.missing:
                yield "resetting ...\n"
                yield from self.boot()
                return
            if base not in COMMANDS or base in self.a.missing or (
                    base in ("itest", "setexpr") and not self.a.hush) or (
                    base == "saves" and not self.a.saves):
                yield "Unknown command '%s' - try 'help'\n" % name
                continue
            try:
                yield from COMMANDS[base](self, name, words[1:], repeat)
            except Abort:
                yield ("data abort\npc : [<23f0a1c4>]\t   lr : [<23f0a1a0>]\n"
                       "Resetting CPU ...\n\nresetting ...\n")
                yield from self.boot()
                return

    def boot(self):
        self.reset_state()
        self.rate = self.a.rate
        yield "\n\n" + self.a.version + "\n\nIn:    serial\nOut:   serial\nErr:   serial\n"
        if self.a.banner:
            yield self.a.banner + "\n"
        yield self.a.autoboot_text + "%2d " % self.a.autoboot
        for s in range(self.a.autoboot - 1, -2, -1):
            end = time.monotonic() + 1.0
            while time.monotonic() < end and s >= -1:
                if self.stopped():
                    yield "\b\b\b 0 \n"
                    yield ("prompt",)
                    return
                yield ""                    # the main loop waits a little
            if s >= 0:
                yield "\b\b\b%2d " % s
            if s <= 0:
                break
        yield "\nUncompressing Linux... done, booting the kernel.\n"
        yield "[    0.000000] Booting Linux on physical CPU 0x0\n\nroot login: "
        yield ("linux",)

    def stopped(self):
        key = self.a.stop_key
        if not key:
            if self.inq:
                del self.inq[:1]
                return True
        elif key in bytes(self.inq):
            self.inq.clear()
            return True
        return False


COMMANDS = {"md": Board.md, "crc32": Board.crc32, "sf": Board.sf, "mw": Board.mw,
            "cp": Board.cp, "echo": Board.echo, "version": Board.version,
            "printenv": Board.printenv, "setenv": Board.setenv,
            "help": Board.help, "reset": None, "bdinfo": Board.bdinfo, "nand": Board.nand,
            "mmc": Board.mmc, "sunxi_flash": Board.sunxi_flash, "itest": Board.itest,
            "setexpr": Board.setexpr, "saves": Board.saves, "mtdparts": Board.mtdparts, "saveenv": Board.saveenv}


# those that U-Boot declares so; an Enter behind them does nothing
NOT_REPEATED = {"saves", "setenv", "saveenv", "itest", "setexpr", "reset"}


def hexnum(s):
    """simple_strtoul(…, 16): takes the hex digits there are, never fails"""
    s = s.lower()
    if s.startswith("0x"):
        s = s[2:]
    v = 0
    for c in s:
        if c not in "0123456789abcdef":
            break
        v = v * 16 + int(c, 16)
    return v
