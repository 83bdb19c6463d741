#!/usr/bin/env python3
import os
"""Odd consoles: `cases.py [NAME...]`. Prints what `jffs2 acquire` made of each."""
import json, sys
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from oddboard import *
FL = trapped()
N = '0x0+0x10000'
FLASH = ('--flash', N, '--ram', '0x21000000')
MEM = ('--memory', '0x21000000+0x4000')
CASES = {}
def case(name, args=FLASH, want=None, timeout=150, **kw):
    def deco(cls): CASES[name] = (cls, args, want, timeout, kw); return cls
    return deco
def simple(name, args=FLASH, want=None, timeout=150, **kw): CASES[name] = (UBoot, args, want, timeout, kw)

# --- prompts and formats
simple('prompt-coloured', prompt=b'\x1b[1;32mMStar #\x1b[0m ')
simple('prompt-colour-behind', prompt=b'MStar # \x1b[0m')
simple('prompt-el-cpr', prompt=b'\x1b[KMStar # \x1b[K\x1b[6n')
simple('prompt-osc-title', prompt=b'\x1b]0;u-boot\x07=> ')
simple('prompt-hash', prompt=b'# ')
simple('prompt-gt', prompt=b'> ')
simple('prompt-no-blank', prompt=b'anyka$')
simple('prompt-two-lines', prompt=b'--- board ---\n=> ')
simple('prompt-utf8', prompt='→ '.encode())
simple('upper-hex', upper=True, addr=b'%08X')
simple('addr16', addr=b'%016x')
simple('addr-no-zeros', addr=b'%x')
simple('gap8', gap=8)
simple('gap1', gap=1)
@case('tab-before-ascii')
class TabAscii(UBoot):
    def gap_bytes(self): return b'\t'
@case('tab-everywhere')
class TabAll(UBoot):
    sep = b'\t'
@case('ascii-bars')
class Bars(UBoot):
    def gap_bytes(self): return b'  |'
    def ascii(self, raw): return UBoot.ascii(self, raw) + b'|'
@case('ascii-star-nonprint')        # shows bytes >= 0x80 as they are (latin-1 terminals)
class Latin(UBoot):
    def ascii(self, raw): return bytes(c if 32 <= c < 127 or c >= 0xa0 else 46 for c in raw)
@case('ascii-word-order')           # the text column in the order of the words, not of memory
class WordAscii(UBoot):
    def ascii(self, raw): return UBoot.ascii(self, b''.join(raw[i:i + 4][::-1] for i in range(0, len(raw), 4)))
@case('row32')
class Row32(UBoot):
    width = 32
simple('big-endian', order='big')
simple('eol-cr', eol=b'\r')
simple('eol-lfcr', eol=b'\n\r')
simple('eol-crcrlf', eol=b'\r\r\n')
simple('eol-lf', eol=b'\n')
simple('no-crc32', missing=('crc32',))
simple('no-version', missing=('version',))
simple('no-mw', missing=('mw',))
simple('md-missing', missing=('md',))
simple('only-md-b')
class OnlyB(UBoot):
    def c_md(self, w, r):
        if w[0] != b'md.b' and w[0] != b'md': return self.unknown(w[0])
        UBoot.c_md(self, w, r)
CASES['only-md-b'] = (OnlyB, FLASH, None, 150, {})
simple('no-bdinfo-no-ram', args=('--flash', N))
simple('bdinfo-mips', args=('--flash', N), ram_base=0x80000000, bdinfo_lines='boot_params = 0x83F2FFB0\nmemstart    = 0x80000000\nmemsize     = 0x02000000\nflashstart  = 0x00000000\nflashsize   = 0x00000000\nflashoffset = 0x00000000\nethaddr     = 00:d0:56:f2:b5:12\nip_addr     = 192.168.1.10\nbaudrate    = 115200 bps\n')
simple('bdinfo-old-arm', args=('--flash', N), ram_base=0x80000000, bdinfo_lines='arch_number = 0x00001F40\nenv_t       = 0x00000000\nboot_params = 0x80000100\nDRAM bank   = 0x00000000\n-> start    = 0x80000000\n-> size     = 0x02000000\nethaddr     = 00:00:23:34:45:66\nip_addr     = 192.168.1.10\nbaudrate    = 115200 bps\nTLB addr    = 0x81FF0000\nrelocaddr   = 0x81F80000\n')
simple('cbsize-100', hush=True, cbsize=100)
simple('cbsize-64', cbsize=64)
simple('cbsize-32', cbsize=32)

# --- boards with trouble
@case('sf-read-error-text')
class SfErr(UBoot):
    def sf_read(self, a, o, n): self.puts(b'SF: %d bytes @ 0x%x Read: ERROR -5\n' % (n, o))
@case('sf-read-timeout-text')       # a failure in words of its own, and RAM half written
class SfTmo(UBoot):
    def sf_read(self, a, o, n):
        self.view(a, n)[:n // 2] = self.flash[o:o + n // 2]
        self.puts('spi xfer timed out at 0x%x\n' % (o + n // 2))
@case('sf-progress-cr')
class SfProg(UBoot):
    def sf_read(self, a, o, n):
        for p in range(0, 101, 10): self.puts(b'Reading at 0x%x -- %3d%% complete.\r' % (o + n * p // 100, p)); self.uart.sleep(0.05)
        UBoot.sf_read(self, a, o, n)
@case('sf-wraps-behind-end', args=('--flash', '0x0+0x20000', '--ram', '0x21000000'))
class SfWrap(UBoot):                # 64 KiB chip; old drivers do not check, the chip wraps around
    probe_line = b'64 KiB hi_sfc at 0:0 is now current device\n'
    def sf_read(self, a, o, n):
        self.view(a, n)[:] = bytes(self.flash[(o + i) % len(self.flash)] for i in range(n)); self.reads += 1
@case('sf-3byte-limit', args=('--flash', '0x8000+0x10000', '--ram', '0x21000000'))
class SfLimit(UBoot):               # as above, with a MiB message
    probe_line = b'SF: Detected MX25L512 with page size 256 Bytes, erase size 4 KiB, total 64 KiB\n'
    sf_read = SfWrap.sf_read
@case('ram-changes-late')           # one byte in RAM changes after the copies were compared, and stays so
class RamLate(UBoot):
    hits = 0
    def c_md(self, w, r):
        if len(w) > 1 and self.num(w[1]) >= 0x21008000 and not self.hits:
            self.hits = 1; self.ram[0x21008123 - self.ram_base + 0] ^= 0x40; self.ram[0x2100c123 - self.ram_base] ^= 0x40
        UBoot.c_md(self, w, r)
@case('ram-counter')                # a live counter in the block
class RamLive(UBoot):
    def c_md(self, w, r):
        self.ram[0x1005000] = (self.ram[0x1005000] + 1) & 255; UBoot.c_md(self, w, r)
@case('silent-reset-clears')        # resets without a word in the middle; RAM comes up as zeros
class SilentReset(UBoot):
    n = 0
    def boot(self): self.puts(b'\n')
    def ram_after_reset(self): self.ram = bytearray(self.ram_size)
    def c_md(self, w, r):
        self.n += 1
        if self.n == 7: raise PowerCut
        UBoot.c_md(self, w, r)
@case('silent-reset-clears-upper')  # the same, but only what was not read yet is lost (the boot code used that RAM)
class SilentReset2(SilentReset):
    def ram_after_reset(self): self.ram[0x1008000:0x1010000] = bytes(0x8000)
@case('vendor-banner-reset')        # a reset that says nothing of U-Boot
class VendorReset(SilentReset):
    def boot(self): self.puts(b'\nSystem startup\n\nUncompress Ok!\n\nBooting...\n'); self.uart.sleep(0.3)
@case('watchdog-10s', timeout=400)
class Dog10(UBoot):
    watchdog = 10; baud = 115200
@case('watchdog-10s-manual', timeout=200)  # the same, but autoboot cannot be stopped
class Dog10b(Dog10):
    def abort_boot(self): self.puts('Loading kernel\n'); return False
simple('boot-retry-3s', boot_retry=3)
simple('crc32-3s-per-MiB-2M', args=('--flash', '0x0+0x200000', '--ram', '0x21000000'), crc_rate=(1 << 20) / 3, timeout=500, flash=bytes(0x10000) + FL + b'\xff' * (0x200000 - 0x20000))
simple('crc32-3s-per-MiB-hush-2M', args=('--flash', '0x0+0x200000', '--ram', '0x21000000'), crc_rate=(1 << 20) / 3, hush=True, timeout=500, flash=bytes(0x10000) + FL + b'\xff' * (0x200000 - 0x20000))
@case('crc32-no-zeros')
class CrcTiny(UBoot):
    def crc_line(self, a, n, v): self.puts(b'crc32 for %x ... %x ==> %x\n' % (a, a + n - 1, v & 0x0fffffff if False else v))
@case('crc32-upper')
class CrcUp(UBoot):
    def crc_line(self, a, n, v): self.puts(b'CRC32 for %08X ... %08X ==> %08X\n' % (a, a + n - 1, v))
@case('crc32-other-words')
class CrcWords(UBoot):
    def crc_line(self, a, n, v): self.puts(b'CRC32: 0x%08x\n' % v)
@case('crc32-0x')
class Crc0x(UBoot):
    def crc_line(self, a, n, v): self.puts(b'crc32 for 0x%08x ... 0x%08x ==> 0x%08x\n' % (a, a + n - 1, v))
@case('crc32-addr16')
class Crc16(UBoot):
    addr = b'%016x'
    def crc_line(self, a, n, v): self.puts(b'crc32 for %016x ... %016x ==> %08x\n' % (a, a + n - 1, v))
@case('crc32-broken')               # other polynomial
class CrcBad(UBoot):
    def crc_line(self, a, n, v): UBoot.crc_line(self, a, n, v ^ 0x1234)
@case('paging')
class Paging(UBoot):
    lines = 0
    def c_md(self, w, r):
        unit = {b'md': 4, b'md.b': 1, b'md.w': 2, b'md.l': 4}.get(w[0])
        if unit is None: return
        a, c = self.num(w[1]), self.num(w[2]); n = 0
        for at in range(a, a + c * unit, 16):
            k = min(16, a + c * unit - at)
            self.puts(self.row(at, bytes(self.view(at, k)), unit, 16) + b'\n'); n += 1
            if n % 24 == 0:
                self.puts('--More-- (any key)')
                if self.uart.getc() in (3, ord('q')): self.puts('\n'); return
                self.puts('\r                  \r')
@case('prompt-counter')
class Count(UBoot):
    k = 0
    def show_prompt(self): self.k += 1; self.puts(b'U-Boot[%d]> ' % self.k)
@case('prompt-clock')
class Clock(UBoot):
    def show_prompt(self): self.puts(time.strftime('[%H:%M:%S] => ').encode())
@case('long-line-64k')
class Long(UBoot):
    n = 0
    def c_md(self, w, r):
        self.n += 1
        if self.n in (5, 9): self.puts(b'[   12.345678] ' + b'A' * 65536 + b'\n')
        UBoot.c_md(self, w, r)
@case('long-line-64k-no-end')
class LongNoEnd(UBoot):
    n = 0
    def c_md(self, w, r):
        self.n += 1
        if self.n in (5, 9): self.puts(b'B' * 65536)
        UBoot.c_md(self, w, r)
@case('xon-xoff')
class Xon(UBoot):
    def puts(self, s):
        UBoot.puts(self, s)
        if len(s) > 60: self.uart.puts(b'\x13\x11')
@case('xon-xoff-in-echo')
class Xon2(UBoot):
    k = 0
    def echo(self, c):
        self.k += 1
        self.uart.puts(b'\x13' + bytes([c]) + b'\x11' if self.k % 16 == 0 else bytes([c]))
@case('garbage-at-start')
class Garb(UBoot):
    def main(self):
        self.uart.opened.wait(); time.sleep(0.2)
        self.uart.puts(bytes(random.Random(3).randrange(128, 256) for _ in range(3000)))
        UBoot.main(self)
simple('baud-57600', rate_value=57600)
simple('baud-9600', rate_value=9600)
simple('baud-1500000', rate_value=1500000)
simple('baud-74880', rate_value=74880, timeout=200)
simple('baud-1000000', rate_value=1000000, timeout=200)
simple('latency-400ms', latency=0.4, args=MEM)
simple('latency-1200ms', latency=1.2, args=MEM)
simple('latency-1200ms-timeout-3', latency=1.2, args=MEM + ('--timeout', '3'), timeout=300)
simple('fifo-1', fifo=1)
@case('double-echo')
class Double(UBoot):
    def echo(self, c): self.uart.puts(bytes([c, c]))
@case('redraw-echo')                # an editor that draws the whole line anew for each character
class Redraw(UBoot):
    def readline(self):
        self.cur = bytearray(); return UBoot.readline(self)
    def echo(self, c):
        self.cur.append(c); self.uart.puts(b'\r' + self.prompt + bytes(self.cur) + b'\x1b[K')
@case('wrap-80')                    # an editor that puts CR LF after 80 columns
class Wrap(UBoot):
    hush = True
    def readline(self):
        self.col = len(self.prompt); return UBoot.readline(self)
    def echo(self, c):
        self.uart.puts(bytes([c])); self.col += 1
        if self.col == 80: self.uart.puts(b'\r\n'); self.col = 0
@case('no-echo', args=MEM + ('--no-echo',))
class NoEcho(UBoot):
    def echo(self, c): pass
@case('no-echo-flash')
class NoEcho2(NoEcho): pass
@case('star-echo', args=MEM)
class StarEcho(UBoot):
    def echo(self, c): self.uart.puts(b'*')
@case('loopback', args=MEM)
class Loop(UBoot):
    def main(self):
        try:
            while True:
                c = self.uart.getc(); self.uart.puts(bytes([c]))
        except SystemExit: pass
@case('tx-not-connected', args=MEM)
class NoTx(UBoot):
    def main(self):
        try:
            self.uart.opened.wait()
            for i in range(40): self.puts('[%5d.%06d] dhd: wlan0 link event %d\n' % (i, i * 917, i)); self.uart.sleep(0.4)
            while True: self.uart.sleep(1)
        except SystemExit: pass
@case('chatter-in-prompt')
class Chat(UBoot):
    n = 0
    def show_prompt(self):
        self.n += 1
        if self.n % 3 == 0: self.puts('eth0: link down\n')
        UBoot.show_prompt(self)
        if self.n % 4 == 0: self.puts('eth0: link up, 100M\n'); UBoot.show_prompt(self)

# --- autoboot
@case('tpl-1s', args=FLASH + ('--power-on',))
class Tpl(UBoot):
    at_prompt = False; banner = b'U-Boot 1.1.4 (Apr 28 2014 - 11:15:29)'; prompt = b'ap143> '
    def abort_boot(self):
        self.puts('Autobooting in 1 seconds\n'); got = b''; end = time.monotonic() + 1
        while time.monotonic() < end:
            c = self.uart.getc(0.02)
            if c is not None:
                got += bytes([c])
                if got.endswith(b'tpl'): self.puts('\n'); return True
        return False
@case('tpl-1s-key', args=FLASH + ('--power-on', '--stop-key', 'tpl'))
class Tpl2(Tpl): pass
@case('press-slp', args=FLASH + ('--power-on',))
class Slp(Tpl):
    word = b'slp'; text = 'Press slp to abort autoboot in 2 seconds\n'
    def abort_boot(self):
        self.puts(self.text); got = b''; end = time.monotonic() + 2
        while time.monotonic() < end:
            c = self.uart.getc(0.02)
            if c is not None:
                got += bytes([c])
                if got.endswith(self.word): self.puts('\n'); return True
        return False
@case('press-slp-key', args=FLASH + ('--power-on', '--stop-key', 'slp'))
class SlpKey(Slp): pass
@case('press-quoted-word', args=FLASH + ('--power-on',))
class Quoted(Slp):
    word = b'stop'; text = 'Autobooting in 1 seconds, press "stop" to stop\n'
@case('press-quoted-capital', args=FLASH + ('--power-on',))
class QuotedCap(Slp):
    word = b'STOP'; text = 'Enter "STOP" to stop autoboot in 2 seconds\n'
@case('autoboot-interrupt-word', args=FLASH + ('--power-on',))
class IntWord(Slp):
    word = b'\x03'; text = 'Autobooting in 1 seconds, press "<INTERRUPT>" to stop\n'
@case('zero-delay', args=FLASH + ('--power-on',))
class Zero(UBoot):
    at_prompt = False
    def abort_boot(self):
        self.uart.sleep(0.2); self.puts(b'Hit any key to stop autoboot:  0 \n')
        return self.uart.getc(0) is not None
@case('zero-delay-no-fifo', args=FLASH + ('--power-on',))
class Zero2(UBoot):                 # only what comes in 5 ms counts
    at_prompt = False
    def abort_boot(self):
        with self.uart.cv: self.uart.rx.clear()
        self.puts(b'Hit any key to stop autoboot:  0 \n')
        return self.uart.getc(0.005) is not None
@case('power-on-at-prompt', args=FLASH + ('--power-on',))
class PoPrompt(UBoot): pass
@case('power-on-quiet-banner', args=FLASH + ('--power-on',))
class QuietBoot(UBoot):             # no banner, only a dot; space stops it
    at_prompt = False
    def boot(self):
        self.puts('...\n'); end = time.monotonic() + 2
        while time.monotonic() < end:
            if self.uart.getc(0.02) == 32: return
        self.linux()
@case('power-on-quiet-key', args=FLASH + ('--power-on', '--stop-key', ' '))
class QuietBoot2(QuietBoot): pass
@case('ctrl-c-spam-netboot', args=FLASH + ('--power-on',))
class Spam(UBoot):
    at_prompt = False
    def abort_boot(self):
        for what in ('mmc0', 'usb0', 'pxe', 'dhcp', 'tftp'):
            self.puts(b'Trying %s\nBOOTP broadcast 1\n' % what.encode())
            end = time.monotonic() + 3
            while time.monotonic() < end:
                c = self.uart.getc(0.3)
                if c == 3: self.puts('\nAbort\n'); break
                if c is None: self.puts('T ')
            self.uart.sleep(0.4)
        return True
@case('netboot-at-start')
class Spam2(Spam):                  # already in the loop when the tool is started without --power-on
    def main(self):
        self.uart.opened.wait(); self.at_prompt = True
        try: self.abort_boot()
        except SystemExit: return
        UBoot.main(self)
@case('ctrl-c-reboots', args=MEM)   # Ctrl-C at the prompt resets the board
class CcReboot(UBoot):
    def readline(self):
        l = UBoot.readline(self)
        if l is None: self.puts('resetting ...\n'); raise PowerCut
        return l
@case('password-prompt', args=FLASH + ('--power-on',))
class Pw(UBoot):
    at_prompt = False; pw = b'hi3518'
    def abort_boot(self):
        self.puts('Hit any key to stop autoboot:  1 ')
        if self.uart.getc(1) is None: return False
        for _ in range(3):
            self.puts('\nEnter password:'); got = b''
            while True:
                c = self.uart.getc(10)
                if c is None: return False
                if c in (13, 10): break
                got += bytes([c]); self.uart.puts(b'*')
            if got.endswith(self.pw): self.puts('\n'); return True
            self.puts('\npassword error!\n')
        return False
@case('ralink-menu', args=FLASH + ('--power-on',))
class Ralink(UBoot):
    at_prompt = False; prompt = b'MT7620 # '
    def abort_boot(self):
        self.puts('Please choose the operation: \n   1: Load system code to SDRAM via TFTP. \n   2: Load system code then write to Flash via TFTP. \n   3: Boot system code via Flash (default).\n   4: Entr boot command line interface.\n   7: Load Boot Loader code then write to Flash via Serial. \n   9: Load Boot Loader code then write to Flash via TFTP. \n')
        for s in range(4, -1, -1):
            self.puts(b'\b\b\b%2d ' % s)
            c = self.uart.getc(1)
            if c is not None:
                c = chr(c) if chr(c) in '123456789' else '3'
                self.puts('\n\nYou choosed %s\n\n' % c)
                if c in '2789': self.flash_writes.append(b'menu ' + c.encode())
                return c == '4'
        return False
@case('ralink-menu-key-4', args=FLASH + ('--power-on', '--stop-key', '4'))
class Ralink4(Ralink): pass

# --- no U-Boot at all
class Shell(UBoot):
    def readline(self):
        line = bytearray()
        while True:
            c = self.uart.getc()
            if c in (13, 10): self.puts(b'\n'); return bytes(line)
            if c == 3: self.puts('^C\n'); return b''
            if c == 21: self.uart.puts(b'\r' + self.prompt + b'\x1b[J'); line.clear(); continue
            if c in (8, 127):
                if line: line.pop(); self.uart.puts(b'\b \b')
            elif c >= 32: line.append(c); self.uart.puts(bytes([c]))
    def shell(self):
        while True:
            self.show_prompt(); line = self.readline()
            if line.strip():
                self.entered.append(line)
                if WRITERS.match(line): self.flash_writes.append(line)
                self.command(line.split())
    def command(self, w):
        if w == [b'cat', b'/proc/mtd']: self.puts('dev:    size   erasesize  name\nmtd0: 00008000 00001000 "BOOT"\nmtd1: 00008000 00001000 "ROOTFS"\n')
        else: self.puts(b'-sh: ' + w[0] + b': not found\n')
@case('busybox-root', args=('--partition', 'ROOTFS'))
class Busybox(Shell):
    prompt = b'/ # '
@case('busybox-root-flash')
class Busybox2(Busybox): prompt = b'/ # \x1b[6n'
@case('busybox-bash-message')
class Busybox3(Busybox):
    prompt = b'root@cam:~# '
    def command(self, w): self.puts(b'-bash: ' + w[0] + b': command not found\n')
@case('android-shell')
class Android(Busybox):
    prompt = b'console:/ # '
    def command(self, w): self.puts(b'/system/bin/sh: ' + w[0] + b': inaccessible or not found\n')
@case('login-prompt')
class Login(UBoot):
    def main(self):
        try: self.linux()
        except SystemExit: pass
@case('login-prompt-partition', args=('--partition', 'ROOTFS'))
class Login2(Login): pass
class Other(Shell):
    pass
@case('realtek', args=MEM)
class Realtek(Shell):
    prompt = b'<RealTek>'
    def command(self, w):
        if w[0] in (b'DW', b'DB') and len(w) == 3:
            a, n = self.num(w[1]), int(w[2])
            for i in range(0, n * 4, 16): self.puts(b'%08X:\t' % (a + i) + b'\t'.join(b'%08X' % int.from_bytes(self.view(a + i + k, 4), 'big') for k in (0, 4, 8, 12)) + b'\n')
        elif w[0] == b'?': self.puts('----------------- COMMAND MODE HELP ------------------\nHELP (?)\nDB <Address> <Len>\nDW <Address> <Len>\nFLR: FLR <dst><src><length>\nFLW <dst_ROM_offset><src_RAM_addr><length_Byte>\n')
        else: self.puts('Unknown command !\n')
@case('cfe', args=MEM)
class Cfe(Shell):
    prompt = b'CFE> '
    def command(self, w):
        if w[0] in (b'd', b'dm') and len(w) == 3:
            a, n = self.num(w[1]), self.num(w[2])
            for i in range(0, n, 16): self.puts(b'%08x: ' % (a + i) + b' '.join(b'%08x' % int.from_bytes(self.view(a + i + k, 4), 'big') for k in (0, 4, 8, 12)) + b'    ' + self.ascii(bytes(self.view(a + i, 16))) + b'\n')
            self.puts('*** command status = 0\n')
        else: self.puts(b'Invalid command: "' + w[0] + b'"\nAvailable commands: w, e, r, p, c, f, i, b, reset, dm, help\n\n*** command status = -1\n')
@case('redboot', args=MEM)
class Redboot(Shell):
    prompt = b'RedBoot> '
    def command(self, w):
        if w[0] == b'dump': 
            a, n = self.num(w[w.index(b'-b') + 1]), self.num(w[w.index(b'-l') + 1])
            for i in range(0, n, 16): b = bytes(self.view(a + i, 16)); self.puts(b'%08X: ' % (a + i) + b' '.join(b'%02X' % c for c in b[:8]) + b'  ' + b' '.join(b'%02X' % c for c in b[8:]) + b'  |' + self.ascii(b) + b'|\n')
        elif w[0] == b'version': self.puts('\nRedBoot(tm) bootstrap and debug environment [ROMRAM]\nNon-certified release, version v1.94 - built 15:09:27\n')
        else: self.puts(b'** Error: Illegal command: "' + w[0] + b'"\n')
@case('barebox', args=MEM)
class Barebox(UBoot):
    prompt = b'barebox@Board:/ '; banner = b'barebox 2018.07.0 #1 Tue Jul 10 09:00:00 UTC 2018'; missing = ('bdinfo',)
    def unknown(self, n): self.puts(n + b': No such file or directory\n')
@case('nand-dump-only', args=('--flash', N, '--device', 'nand', '--ram', '0x21000000'))
class NandDump(UBoot):
    missing = ('md', 'sf')
    def c_nand(self, w, r):
        if w[1] == b'dump': self.puts('Page 00000000 dump:\n' + '\n'.join('\t' + ' '.join('%02x' % b for b in FL[i:i + 16]) for i in range(0, 2048, 16)) + '\nOOB:\n' + '\tff ff ff ff ff ff ff ff\n' * 8)
        elif w[1] == b'read': self.view(self.num(w[2]), self.num(w[4]))[:] = self.flash[self.num(w[3]):self.num(w[3]) + self.num(w[4])]; self.puts(b'\nNAND read: device 0 offset 0x%x, size 0x%x\n %d bytes read: OK\n' % (self.num(w[3]), self.num(w[4]), self.num(w[4])))
        elif w[1] == b'bad': self.puts('\nDevice 0 bad blocks:\n')
        elif w[1] == b'info': self.puts('\nDevice 0: nand0, sector size 128 KiB\n  Page size      2048 b\n')
@case('nand-ecc-message', args=('--flash', N, '--device', 'nand', '--ram', '0x21000000'))
class NandEcc(NandDump):            # an uncorrectable page that reads the same twice
    missing = ('sf',)
    def c_nand(self, w, r):
        NandDump.c_nand(self, w, r)
        if w[1] == b'read':
            a = self.num(w[2]); self.view(a + 0x4321, 1)[0] ^= 1
            self.puts('')
    def puts(self, s):
        if isinstance(s, bytes) and b'bytes read: OK' in s: s = s.replace(b'\n 6', b'\nNAND read: uncorrectable ECC at page 8\n 6')
        UBoot.puts(self, s)
@case('hisilicon', args=('--flash', N, '--ram', '0x82000000'))
class Hisi(UBoot):
    prompt = b'hisilicon # '; banner = b'U-Boot 2010.06 (Aug 29 2013 - 21:00:21)'; ram_base = 0x80000000; ram_size = 64 << 20; need_probe_number = True
    crc_word = b'CRC32'; probe_line = b'16384 KiB hi_sfc at 0:0 is now current device\n'
    def sf_read(self, a, o, n): self.reads += 1; self.view(a, n)[:] = self.flash[o:o + n]; self.puts('\n')
    def c_getinfo(self, w, r): self.puts('version: U-Boot 2010.06 (Aug 29 2013 - 21:00:21)\n')
    def unknown(self, n): self.puts(b"Unknown command '" + n + b"' - try 'help'\n")
@case('isvp', args=('--flash', N))
class Isvp(UBoot):
    prompt = b'isvp_t31# '; banner = b'\n\nU-Boot 2013.07 (Mar 29 2021 - 20:07:13)'; ram_base = 0x80000000; ram_size = 64 << 20; missing = ('version',)
    probe_line = b'the manufacturer c8\nSF: Detected GD25Q128\n\n'
    def sf_read(self, a, o, n): self.reads += 1; self.view(a, n)[:] = self.flash[o:o + n]; self.puts(b'--->probe spend 4 ms\nSF: %d bytes @ 0x%x Read: OK\n--->read spend 29 ms\n' % (n, o))
    bdinfo_lines = 'boot_params = 0x83F62FB0\nmemstart    = 0x80000000\nmemsize     = 0x04000000\nflashstart  = 0x00000000\nflashsize   = 0x00000000\nflashoffset = 0x00000000\nethaddr     = 00:11:22:33:44:55\nip_addr     = 192.168.1.10\nbaudrate    = 115200 bps\n'
@case('anyka', args=('--flash', N, '--ram', '0x81000000'))
class Anyka(UBoot):
    prompt = b'anyka$'; banner = b'U-Boot 2013.10.0-AK_V2.0.03 (Nov 21 2017 - 18:01:11)'; ram_base = 0x80000000; ram_size = 64 << 20
    probe_line = b'SF: 8 MiB [page:256 Bytes] [sector:65536 Bytes] [count:128] (XM25QH64A)\n'
@case('mw-ram-is-flash', args=('--flash', N, '--ram', '0x9f000000'))
class RamFlash(UBoot):              # the user's RAM address is where the NOR flash is mapped
    map_base = 0x9f000000
    def sf_read(self, a, o, n): self.reads += 1; self.puts(b'SF: %d bytes @ 0x%x Read: OK\n' % (n, o))


def run(name, jlog=None):
    cls, args, want, timeout, kw = CASES[name]
    kw = dict(kw); flash = kw.pop('flash', FL)
    b = cls(flash, **kw)
    if args[0] == '--memory':
        a, n = [int(x, 0) for x in args[1].split('+')]
        if b.ram_base <= a: b.ram[a - b.ram_base:a - b.ram_base + n] = flash[:n]; want = flash[:n]
    elif want is None: want = flash
    code, text, got, dt = acquire(b, *args, timeout=timeout, out=os.path.join(WORK, name))
    same = got is not None and got == bytes(want)
    verdict = ('EQUAL' if same else 'no image' if got is None else 'DIFFERENT IMAGE (%d bytes, %d differ)' % (len(got), sum(x != y for x, y in zip(got, want))))
    silent = code == 0 and not same
    print('=== %s: exit %s, %s, %.1f s, %d in / %d out bytes, resets %d%s' % (name, code, verdict, dt, b.uart.bytes_out, b.uart.bytes_in, b.resets, '   <<< SILENT WRONG' if silent else ''))
    if b.flash_writes: print('   !!! WRITES: ', b.flash_writes[:6])
    if bytes(b.flash) != b.flash0: print('   !!! FLASH CHANGED')
    for l in text.replace('\r', '\n').splitlines()[-14:]: print('   |', l[:220])
    sys.stdout.flush()
    if jlog: jlog.write(json.dumps(dict(name=name, code=code, verdict=verdict, dt=round(dt, 1), text=text[-3000:], writes=[w.decode('latin-1') for w in b.flash_writes], entered=[e.decode('latin-1') for e in b.entered][:60], resets=b.resets)) + '\n'); jlog.flush()
    b.close()

if __name__ == '__main__':
    if sys.argv[1:] == ['--list']: print(*CASES, sep='\n'); sys.exit()
    names = sys.argv[1:] or list(CASES)
    with open(os.path.join(WORK, 'results.jsonl'), 'a') as j:
        for n in names:
            try: run(n, j)
            except Exception as e: print('=== %s: HARNESS %r' % (n, e))
