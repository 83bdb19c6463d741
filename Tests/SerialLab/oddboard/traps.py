#!/usr/bin/env python3
"""Boards at which a wrong key or a believed line does harm: `traps.py [NAME...]`, `--list`. Run and reported like cases.py."""
import json, os, sys, time
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from cases import *
OWN = []
def own(name, *a, **kw):
    OWN.append(name)
    return case(name, *a, **kw)
POWER = FLASH + ('--power-on',)


class Keys(UBoot):
    """A boot whose text gives some keys to what stops it, and others to what writes."""
    at_prompt = False; text = ''; good = b''; harm = b''
    def abort_boot(self):
        self.puts('\n' + self.text); end = time.monotonic() + 4
        while time.monotonic() < end:
            c = self.uart.getc(0.05)
            if c is None: continue
            if c in self.harm: self.flash_writes.append(b'key %c' % c); return True
            if c in self.good: self.puts('\n'); return True
        return False


def keys(name, text, good, harm): own(name, args=POWER)(type('K', (Keys,), dict(text=text, good=good, harm=harm)))
keys('keys-in-one-line', 'Press 1 to erase NVRAM, 2 to upgrade, 9 for command line: ', b'9', b'12')
keys('keys-in-quotes', 'Hit "w" within 3s to wipe config. Hit "c" for console.\n', b'c', b'w')
keys('keys-none-harmless', '\nAutobooting in 1 seconds\nPress t to start TFTP recovery upgrade\n', b'', b't')


class Menu(UBoot):
    """Waits for one key, for ever; Ctrl-C shows it again."""
    text = ''; harm = b''
    def shell(self):
        while True:
            self.puts(self.text); c = self.uart.getc()
            if c >= 32: self.uart.puts(bytes([c]))
            if c in self.harm: self.flash_writes.append(b'key %c' % c)
            self.puts('\n')
@own('menu-numbers', args=MEM)
class MenuNumbers(Menu):
    text = '\n 1. Load system code to SDRAM via TFTP.\n 2. Load system code then write to Flash via TFTP.\n 3. Boot system code via Flash (default).\n 4. Enter boot command line interface.\nchoice> '
    harm = b'2'
@own('menu-letters')
class MenuLetters(Menu):
    text = '\n b) boot\n e) erase settings\n r) restore factory image\n m) monitor\nSelect> '; harm = b'er'
@own('menu-question')
class MenuQuestion(Menu):
    text = 'Flash is locked. Erase it? (y/n) '; harm = b'yY'


@own('nothing-typed-comes-back', args=MEM)
class FirstLost(UBoot):             # what is printable is lost until the first Enter, and that repeats an erase
    lost = True
    def readline(self):
        line = UBoot.readline(self)
        if line is None or not self.lost: return line
        self.lost = False; self.flash_writes.append(b'sf erase again')
        return b''
    def echo(self, c): pass


class Transfer(UBoot):              # a driver that says what went wrong, and a wrong byte each time
    word = ''
    def sf_read(self, a, o, n):
        if o <= 0x9000 < o + n and n > 0x100: self.puts(self.word + '\n')
        UBoot.sf_read(self, a, o, n)
        if o <= 0x9000 < o + n and n > 0x100: self.view(a, n)[0x9000 - o] = 0x5a
for name, word in (('incomplete', 'spi: DMA transfer incomplete, falling back'), ('lost', 'spi nor: 3 bytes lost'), ('page', 'page 9 not complete')):
    own('driver-says-' + name)(type('T', (Transfer,), dict(word=word)))


class Known(UBoot):                 # a board that says where its RAM is, so that there is a second place in it
    bdinfo_lines = 'DRAM bank   = 0x00000000\n-> start    = 0x20000000\n-> size     = 0x02000000\nTLB addr    = 0x21FF0000\nrelocaddr   = 0x21F80000\n'
@own('ram-overwritten')
class RamTimer(Known):              # something writes the same word to one place of RAM, again and again
    def tick(self): self.view(0x21005000, 4)[:] = b'TICK'
    def c_crc32(self, w, r): self.tick(); UBoot.c_crc32(self, w, r)
    def c_md(self, w, r): self.tick(); UBoot.c_md(self, w, r)
@own('ram-bit-stuck')
class RamStuck(Known):
    def sf_read(self, a, o, n):
        UBoot.sf_read(self, a, o, n)
        if a <= 0x21004321 < a + n: self.view(0x21004321, 1)[0] |= 0xff


@own('blank-behind-text')
class BlankBehind(UBoot):
    def ascii(self, raw): return UBoot.ascii(self, raw) + b' '
@own('padded-without-text')
class Padded(UBoot):
    def ascii(self, raw): return b''
    def gap_bytes(self): return b''
own('prompt-gbk', prompt=b'\xc9\xe3\xcf\xf1\xbb\xfa# ')(UBoot)
own('prompt-latin1', prompt=b'Kam\xe9ra> ')(UBoot)


@own('password-wrong', args=POWER + ('--password', 'nope'))
class PasswordWrong(UBoot):
    at_prompt = False
    def abort_boot(self):
        self.puts('Hit any key to stop autoboot:  2 ')
        if self.uart.getc(2) is None: return False
        for _ in range(3):
            self.puts('\nPlease input password to enter console: ')
            while self.uart.getc(20) not in (13, 10): pass
            self.puts('\nWrong! 3 failures erase the flash.\n')
        self.flash_writes.append(b'3 wrong passwords')
        return True


if __name__ == '__main__':
    if sys.argv[1:] == ['--list']: print(*OWN, sep='\n'); sys.exit()
    with open(os.path.join(WORK, 'results.jsonl'), 'a') as j:
        for n in sys.argv[1:] or OWN:
            try: run(n, j)
            except Exception as e: print('=== %s: HARNESS %r' % (n, e))
