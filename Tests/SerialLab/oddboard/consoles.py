#!/usr/bin/env python3
"""Consoles that are no U-Boot, as their own sources print: `consoles.py [NAME...]`, `--list`. Run and reported like cases.py.

RedBoot and Realtek's DB: rows of diag_vdump_buf (bytes, a gap in the middle, text between bars). CFE: dm in words and in
bytes. barebox: no md.l, areas START+SIZE, CRC32 for /dev/mem. Shells: programs that are missing, devices of one name,
kernel messages, flash that is written meanwhile."""
import base64, hashlib, json, os, re, sys
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from cases import *
OWN = []
def own(name, *a, **kw):
    OWN.append(name)
    return case(name, *a, **kw)
NOR = ('--flash', N, '--mapped', '0xbf000000')


class Loader(Shell):
    """A console whose flash the processor sees at 0xbf000000."""
    map_base = 0xbf000000
    greeting = b'Unknown command\n'
    def command(self, w):
        f = getattr(self, 'k_' + w[0].decode('latin-1').lower(), None)
        if f: f(w)
        else: self.puts(self.greeting)
    @staticmethod
    def auto(t): return int(t, 0)
    def bytes_rows(self, a, n, head=b'%08X: ', upper=True):
        for i in range(0, n, 16):
            b = bytes(self.view(a + i, min(16, n - i)))
            cells = [(b'%02X ' if upper else b'%02x ') % c for c in b] + [b'   '] * (16 - len(b))
            self.puts(head % (a + i) + b''.join(cells[:8]) + b' ' + b''.join(cells[8:]) + b' |' + self.ascii(b).ljust(16) + b'|\n')


@own('redboot-mapped', args=NOR)
class RedBootMapped(Loader):
    prompt = b'RedBoot> '; greeting = b'** Error: Illegal command: "x"\n'
    def k_version(self, w): self.puts('\nRedBoot(tm) bootstrap and debug environment [ROMRAM]\nNon-certified release, version v1.94\n\nRAM: 0x80000000-0x82000000\n')
    def k_dump(self, w):
        o = dict(zip(w[1::2], w[2::2])); self.bytes_rows(self.auto(o[b'-b']), self.auto(o[b'-l']))
@own('redboot-flash-unmapped')
class RedBootFlash(RedBootMapped): pass
@own('cfe-words', args=NOR)
class CfeWords(Loader):
    prompt = b'CFE> '; greeting = b'Invalid command: "x"\nAvailable commands: sm, dm, r, p, reset, help\n\n*** command status = -1\n'
    def k_dm(self, w):
        a, n = int(w[1], 16), int(w[2], 0)
        for i in range(0, n, 16):
            b = bytes(self.view(a + i, min(16, n - i)))
            self.puts(b'%08x: ' % (a + i) + b' '.join(b[k:k + 4].hex().encode() for k in range(0, len(b), 4)).ljust(35) + b'    ' + self.ascii(b) + b'\n')
        self.puts('\n*** command status = 0\n')
@own('cfe-bytes', args=NOR)
class CfeBytes(CfeWords):
    def k_dm(self, w):
        a, n = int(w[1], 16), int(w[2], 0)
        for i in range(0, n, 16):
            b = bytes(self.view(a + i, min(16, n - i)))
            self.puts(b'%08x: ' % (a + i) + b' '.join(b'%02x' % c for c in b).ljust(47) + b'    ' + self.ascii(b) + b'\n')
        self.puts('*** command status = 0\n')
@own('pmon', args=NOR)
class Pmon(Loader):
    prompt = b'PMON> '; greeting = b'version: command not found\n'
    def k_d1(self, w):
        a, n = int(w[1], 0), int(w[2], 0)
        for i in range(0, n, 16):
            b = bytes(self.view(a + i, min(16, n - i)))
            self.puts(b'%08x : ' % (a + i) + b' '.join(b'%02x' % c for c in b) + b'    ' + self.ascii(b) + b'\n')
@own('realtek-words', args=NOR)
class RealtekWords(Loader):
    prompt = b'<RealTek>'; greeting = b'Unknown command !\n'
    def k_dw(self, w):
        a, n = int(w[1], 16), int(w[2])
        for i in range(0, n * 4, 16):
            self.puts(b'%08X:\t' % (a + i) + b'\t'.join(bytes(self.view(a + i + k, 4)).hex().upper().encode() for k in range(0, 16, 4)) + b'\n')
    def k_db(self, w): self.bytes_rows(int(w[1], 16), int(w[2]), b'%08x: ', False)
@own('realtek-bytes-only', args=NOR)
class RealtekBytes(RealtekWords):
    def k_dw(self, w): self.puts(self.greeting)
@own('barebox-areas', args=NOR)
class BareboxAreas(Loader):
    prompt = b'barebox@TP-LINK:/ '
    def command(self, w):
        name = w[0].decode('latin-1')
        if name == 'version': self.puts('\nbarebox 2019.03.0 #1 Thu Mar 14 10:00:00 UTC 2019\n')
        elif name == 'md':
            unit = {b'-b': 1, b'-w': 2, b'-l': 4, b'-q': 8}[w[1]]; a, n = (int(x, 0) for x in w[2].split(b'+'))
            for i in range(0, n, 16): self.puts(self.row(a + i, bytes(self.view(a + i, min(16, n - i))), unit, 16) + b'\n')
        elif name == 'crc32':
            if b'+' not in w[1]: raise DataAbort        # a decimal address
            a, n = (int(x, 0) for x in w[1].split(b'+'))
            self.puts(b'CRC32 for /dev/mem 0x%08x ... 0x%08x ==> 0x%08x\n' % (a, a + n - 1, zlib.crc32(self.view(a, n))))
        else: self.puts(w[0] + b': No such file or directory\n')
@own('barebox-no-crc32', args=NOR)
class BareboxPlain(BareboxAreas):
    def command(self, w):
        if w[0] == b'crc32': self.puts('crc32: No such file or directory\n')
        else: BareboxAreas.command(self, w)


# --- NAND without md
class Pages(NandDump):
    bad = ()
    def c_nand(self, w, r):
        if w[1] == b'dump':
            at = self.num(w[2]) & ~2047; p = self.flash[at:at + 2048]
            self.puts('Page %08x dump:\n' % at + '\n'.join('\t' + '  '.join(' '.join('%02x' % b for b in p[i + k:i + k + 8]) for k in (0, 8)) for i in range(0, 2048, 16)) + '\nOOB:\n' + '\tff ff ff ff ff ff ff ff\n' * 8)
        elif w[1] == b'bad': self.puts('\nDevice 0 bad blocks:\n' + ''.join('  %08x\n' % b for b in self.bad))
        elif w[1] == b'info': self.puts('\nDevice 0: nand0, sector size 4 KiB\n  Page size      2048 b\n')
        else: NandDump.c_nand(self, w, r)
@own('nand-pages', args=('--flash', '0x800+0x6000', '--device', 'nand'), want=FL[0x800:0x6800], baud=0)
class NandPages(Pages): pass
@own('nand-pages-bad-block', args=('--flash', '0x0+0x4000', '--device', 'nand'), want=FL[:0x1000] + FL[0x2000:0x5000])
class NandPagesBad(Pages): bad = (0x1000,)
@own('nand-pages-first-only', args=('--flash', '0x0+0x4000', '--device', 'nand'), want=FL[:0x4000])
class NandPagesFirst(NandDump):
    def c_nand(self, w, r):
        if w[1] == b'info': return self.puts('\nDevice 0: nand0, sector size 4 KiB\n')
        NandDump.c_nand(self, w, r)


# --- root shells
class Root(Shell):
    """A shell with the programs in `has`; the flash is two devices."""
    prompt = b'~ # '; has = ('dd', 'base64', 'md5sum', 'cat', 'type'); paths = b'/dev/mtd'; noise = 0; n = 0; parentheses = True
    table = 'mtd0: 00008000 00001000 "BOOT"\nmtd1: 00008000 00001000 "ROOTFS"\n'
    parts = {b'0': (0, 0x8000), b'1': (0x8000, 0x8000)}
    def command(self, w):
        self.n += 1
        if self.noise and self.n % self.noise == 0: self.puts('[   75.344341] mmc0: error -110 whilst initialising SD card\n')
        line = b' '.join(w)
        m = self.parentheses and re.match(rb'\((.*?)\)2>/dev/null$', line)
        try:
            out = b''
            for part in (m.group(1) if m else line).split(b'|'): out = self.program(part.split(), out)
            self.puts(out)
        except LookupError as e:
            if not m: self.puts(str(e.args[0]) + '\n')
    def device(self, path):
        if not re.fullmatch(re.escape(self.paths) + rb'\d+', path) or path[len(self.paths):] not in self.parts: raise LookupError("%s: No such file or directory" % path.decode())
        at, n = self.parts[path[len(self.paths):]]; return bytes(self.flash[at:at + n])
    def program(self, w, data):
        name = w[0].decode('latin-1')
        if name not in self.has: raise LookupError('-sh: %s: not found' % name)
        def option(o, default=None): return w[w.index(o) + 1] if o in w else default
        if name == 'cat': return ('dev:    size   erasesize  name\n' + self.table).encode() if w[1] == b'/proc/mtd' else b''
        if name == 'type': return b''.join(x + (b' is /bin/' + x if x.decode() in self.has else b': not found') + b'\n' for x in w[1:])
        if name == 'dd':
            o = dict(x.split(b'=') for x in w[1:]); bs = int(o[b'bs']); d = self.device(o[b'if'])
            return d[int(o[b'skip']) * bs:(int(o[b'skip']) + int(o[b'count'])) * bs]
        if name == 'tail': return self.device(w[3])[int(w[2]) - 1:]
        if name == 'head': return data[:int(w[2])]
        if name == 'base64': return b''.join(base64.b64encode(data[i:i + 57]) + b'\n' for i in range(0, len(data), 57))
        if name in ('md5sum', 'sha256sum'): return getattr(hashlib, name[:-3])(data).hexdigest().encode() + b'  -\n'
        if name == 'cksum':
            import subprocess
            return subprocess.run(['cksum'], input=data, stdout=subprocess.PIPE).stdout
        d = self.device(w[-1]); at = int(option(b'-s') or option(b'-j') or 0); n = int(option(b'-n') or option(b'-N') or option(b'-l')); d = d[at:at + n]
        rows = [(at + i, d[i:i + 16]) for i in range(0, len(d), 16)]
        if name == 'hexdump': return b''.join(b'%08x  ' % a + b' '.join(b'%02x' % c for c in b[:8]) + b'  ' + b' '.join(b'%02x' % c for c in b[8:]) + b'  |' + self.ascii(b) + b'|\n' for a, b in rows) + b'%08x\n' % (at + len(d))
        if name == 'od': return b''.join(b'%06x' % a + b''.join(b' %02x' % c for c in b) + b'\n' for a, b in rows) + b'%06x\n' % (at + len(d))
        if name == 'xxd': return b''.join(b'%08x: ' % a + b' '.join(b[k:k + 2].hex().encode() for k in range(0, len(b), 2)).ljust(39) + b'  ' + self.ascii(b) + b'\n' for a, b in rows)
PART = ('--partition', 'ROOTFS')
@own('root-base64', args=PART, want=FL[0x8000:])
class RootBase64(Root): pass
@own('root-mtd1', args=('--flash', '0x1000+0x3000', '--device', 'mtd1'), want=FL[0x9000:0xc000])
class RootMtd(Root): has = Root.has + ('nc', 'sx', 'tftp')
@own('root-hexdump-cksum', args=PART, want=FL[0x8000:])
class RootHexdump(Root): has = ('dd', 'hexdump', 'cksum', 'cat')
@own('root-od-alone', args=('--flash', '0x0+0x2000', '--device', 'mtd1'), want=FL[0x8000:0xa000])
class RootOd(Root): has = ('od', 'cat')
@own('root-xxd-sha256', args=PART, want=FL[0x8000:])
class RootXxd(Root): has = ('dd', 'xxd', 'sha256sum', 'cat')
@own('root-mtdblock', args=PART, want=FL[0x8000:])
class RootBlock(Root): paths = b'/dev/mtdblock'
@own('root-noise', args=PART, want=FL[0x8000:])
class RootNoise(Root): noise = 2
@own('root-without-parentheses', args=PART, want=FL[0x8000:])
class RootPlain(Root): parentheses = False; has = Root.has + ('tail', 'head')
@own('root-without-dd', args=PART, want=FL[0x8000:])
class RootTail(Root): has = ('base64', 'cksum', 'cat', 'tail', 'head')
@own('root-hexdump-without-dd', args=PART, want=FL[0x8000:])
class RootHexdumpTail(Root): has = ('hexdump', 'base64', 'cksum', 'cat', 'tail', 'head')
@own('root-nothing', args=PART, want=FL[0x8000:])
class RootNothing(Root): has = ('cat', 'dd')
@own('root-two-of-one-name', args=PART, want=FL[0x8000:])
class RootTwins(Root): table = 'mtd0: 00008000 00001000 "ROOTFS"\nmtd1: 00008000 00001000 "ROOTFS"\n'
@own('root-place-unknown', want=FL)
class RootPlace(Root): pass
@own('root-written-meanwhile', args=PART, want=FL[0x8000:])
class RootWritten(Root):
    def program(self, w, data):
        if w[0] == b'dd' and self.n == 18: self.flash[0x8010] ^= 1
        return Root.program(self, w, data)


if __name__ == '__main__':
    if sys.argv[1:] == ['--list']: print(*OWN, sep='\n'); sys.exit()
    with open(os.path.join(WORK, 'results.jsonl'), 'a') as j:
        for n in sys.argv[1:] or OWN:
            try: run(n, j)
            except Exception as e: print('=== %s: HARNESS %r' % (n, e))
