#!/usr/bin/env python3
import os
"""`acquire --log` on logs as other programs leave them. Formats after public samples (OpenIPC's recipe: md.b and screen -L; yi-hack: PuTTY;
HiSilicon 2010.06's unpadded last row; elinux' indented rows; mailing lists' quoted rows; tio, minicom, grabserial, ts time stamps)."""
import os, random, subprocess, sys, zlib, time
W = os.environ.get('ACQWORK')
if W: os.makedirs(W, exist_ok=True); os.chdir(W)
J = os.environ.get('JFFS2', 'jffs2')
r = random.Random(4)
SIZE = 4096
def data(seed=4):
    r = random.Random(seed); d = bytearray(r.randbytes(SIZE))
    d[0x200:0x400] = b'\xff' * 0x200
    d[0x400:0x500] = (b'root:$1$abc:0:0::/root:/bin/sh\n' * 9)[:256]
    d[0x500:0x520] = b'MStar # => 00: 1 21000000: 00112'
    d[0x600:0x700] = b' ' * 256
    return bytes(d)
D = data(); BASE = 0x21000000
def asc(b): return bytes(c if 32 <= c < 127 else 46 for c in b)
def rows(d=D, start=0, end=None, unit=4, gap=4, base=BASE, pad=True, upper=False, big=False, addr=b'%08x', text=True):
    out = []
    end = len(d) if end is None else end
    for i in range(start, end, 16):
        b = d[i:min(i + 16, end)]
        g = [(b'%0' + b'%d' % (2 * unit) + (b'X' if upper else b'x')) % int.from_bytes(b[k:k + unit], 'big' if big or unit == 1 else 'little') for k in range(0, len(b), unit)]
        s = addr % (base + i) + b': ' + b' '.join(g)
        if pad: s += b' ' * ((16 - len(b)) // unit * (2 * unit + 1))
        out.append(s + ((b' ' * gap + asc(b)) if text else b''))
    return out
def crlf(l): return b'\r\n'.join(l) + b'\r\n'
def sess(l, cmd=b'md.l 21000000 400', prompt=b'MStar # '): return prompt + cmd + b'\r\n' + crlf(l) + prompt
CASES = {}
def case(name, want=D, note='', args=()):
    def deco(f): CASES[name] = (f, want, note, args)
    return deco
def simple(name, text, **kw): case(name, **kw)(lambda: [text])
simple('md.l-4', sess(rows())); simple('md.l-2', sess(rows(gap=2))); simple('md.b-4', sess(rows(unit=1))); simple('md.b-2', sess(rows(unit=1, gap=2)))
simple('md.w', sess(rows(unit=2))); simple('md.q-2', sess(rows(unit=8, gap=2))); simple('upper', sess(rows(upper=True))); simple('big-endian', sess(rows(big=True)))
simple('addr16', sess(rows(addr=b'%016x'))); simple('no-text', sess(rows(text=False)), note='order must be reported as guessed')
simple('putty-append', b'=~=~=~=~=~=~=~=~=~=~=~= PuTTY log 2024.01.01 10:00:00 =~=~=~=~=~=~=~=~=~=~=~=\r\n' + sess(rows(end=2048)) + b'\r\n=~=~=~=~=~=~=~=~=~=~=~= PuTTY log 2024.01.01 11:00:00 =~=~=~=~=~=~=~=~=~=~=~=\r\n' + sess(rows(start=2048), b'md.l 21000800 200'))
def stamp(fmt): return b''.join(fmt % i + l + b'\r\n' for i, l in enumerate(rows(gap=2)))
simple('ts-minicom', stamp(b'[2024-01-01 12:00:%02d] ')); simple('ts-tio', stamp(b'[12:00:%02d.123] ')); simple('ts-tio-iso', stamp(b'[2024-01-01T12:00:%02d.123] '))
simple('ts-grabserial', stamp(b'[%d.000002 0.000102] ')); simple('ts-moreutils', stamp(b'Jan 01 12:00:%02d ')); simple('ts-teraterm', stamp(b'[Mon Jan 01 12:00:%02d.123 2024] '))
simple('ts-labgrid', stamp(b'[%6d.123456] ')); simple('ts-space-colon', stamp(b'12:00:%02d: '))
simple('indented-4', b''.join(b'    ' + l + b'\n' for l in rows(unit=1))); simple('indented-1', b''.join(b' ' + l + b'\n' for l in rows(unit=1))); simple('quoted-mail', b''.join(b'> ' + l + b'\n' for l in rows(unit=1)))
simple('tab-indent', b''.join(b'\t' + l + b'\n' for l in rows()))
simple('trimmed', b'\n'.join(l.rstrip() for l in rows()) + b'\n')
simple('nbsp', crlf(rows()).replace(b'    ', '\u00a0\u00a0\u00a0 '.encode()))
simple('html-escaped', crlf(rows()).replace(b'&', b'&amp;').replace(b'<', b'&lt;').replace(b'>', b'&gt;'))
simple('wrapped-80', b''.join(l[:80] + b'\r\n' + (l[80:] + b'\r\n' if len(l) > 80 else b'') for l in rows(unit=1, addr=b'%016x')))
simple('cr-only', sess(rows()).replace(b'\r\n', b'\r')); simple('lf-only', sess(rows()).replace(b'\r\n', b'\n')); simple('crcrlf', sess(rows()).replace(b'\r\n', b'\r\r\n'))
simple('utf16le-bom', b'\xff\xfe' + sess(rows()).decode('latin-1').encode('utf-16le')); simple('utf8-bom', b'\xef\xbb\xbf' + crlf(rows()))
simple('ansi-colour', b'\x1b[2J\x1b[H' + b''.join(b'\x1b[0m' + l + b'\x1b[K\r\n' for l in rows()))
simple('script', b'Script started on 2024-01-01 10:00:00+00:00 [TERM="xterm"]\n' + sess(rows()) + b'\nScript done on 2024-01-01\n')
simple('dump.py-log', crlf(rows()))
simple('opens-in-mid-row', rows()[0][20:] + b'\r\n' + crlf(rows()))
simple('ends-in-mid-row', crlf(rows()) + rows()[3][:30])
simple('unpadded-last-row', sess(rows(D[:4088], pad=False), b'md.l 21000000 3fe'), want=D[:4088]); simple('padded-last-row', sess(rows(D[:4088]), b'md.l 21000000 3fe'), want=D[:4088])
simple('dup-rows', crlf(sorted(rows() + rows()[10:60]))); simple('any-order', crlf(random.Random(1).sample(rows(), 256)))
simple('row-missing-mid', sess(rows()[:100] + rows()[101:]), want=None, note='gap must be reported, exit 1')
simple('row-missing-first', sess(rows()[1:]), want=None, note='the command says 21000000 400: must be reported')
simple('row-missing-last', sess(rows()[:-1]), want=None, note='the command says 21000000 400: must be reported')
simple('row-missing-first-last-8', sess(rows()[8:-8]), want=None, note='the same, 8 rows each')
def flip(l, row, col, ch): l = list(l); x = bytearray(l[row]); x[col:col + 1] = ch; l[row] = bytes(x); return l
# a byte >= 0x80 that becomes another byte >= 0x80: the text column shows a dot for both
R = rows(); hi = next(i for i in range(256) if D[i * 16 + 3] >= 0x90 and D[i * 16 + 3] < 0xf0 and i > 8)
pos = 10
old = R[hi][pos:pos + 1]; new = b'9' if old != b'9' else b'a'
simple('flip-digit-unseen', sess(flip(R, hi, pos, new)), want=None, note='nothing can tell; must not claim that the image is verified')
lo = next(i for i in range(0x40, 0x50))
simple('flip-digit-seen', sess(flip(R, lo, 10, b'f')), want=None, note='text contradicts: gap')
simple('wrong-text', sess(flip(R, lo, 50, b'#')), want=None, note='text contradicts: gap')
case('flip-unseen-two-logs', want=None, note='contradiction')(lambda: [sess(flip(R, hi, pos, new)), sess(R)])
case('flip-unseen-three-logs')(lambda: [sess(flip(R, hi, pos, new)), sess(R), sess(R)])
simple('flip-unseen-with-crc32', sess(flip(R, hi, pos, new)) + b'crc32 21000000 1000\r\ncrc32 for 21000000 ... 21000fff ==> %08x\r\n' % zlib.crc32(D), want=None, note='the sum must show it')
simple('with-crc32', sess(R) + b'crc32 21000000 1000\r\nCRC32 for 21000000 ... 21000fff ==> %08x\r\n' % zlib.crc32(D))
O = data(99)
simple('looked-twice-before-sf-read', b'MStar # md 21000000\r\n' + crlf(rows(O, end=256)) + b'MStar # md 21000000\r\n' + crlf(rows(O, end=256)) + b'MStar # sf probe\r\nMStar # sf read 0x21000000 0x1d0000 0x1000\r\n' + sess(rows()), note='the first 256 bytes are older than the sf read')
simple('looked-once-before-sf-read', b'MStar # md 21000000\r\n' + crlf(rows(O, end=256)) + b'MStar # sf probe\r\nMStar # sf read 0x21000000 0x1d0000 0x1000\r\n' + sess(rows()), note='as above, a draw')
simple('sys-and-home-in-one-log', b'MStar # sf read 0x21000000 0x1d0000 0x1000\r\n' + sess(rows()) + b'sf read 0x21000000 0x3b0000 0x1000\r\n' + sess(rows(O)), want=None, note='two dumps over the same RAM')
case('sys-sys-home')(lambda: [sess(rows()), sess(rows()), b'MStar # sf read 0x21000000 0x3b0000 0x1000\r\n' + sess(rows(O))])
simple('two-far-ranges', sess(rows()) + b'md.l 22000000 400\r\n' + crlf(rows(O, base=0x22000000)[:255]), note='the other range must be mentioned')
simple('stray-single-rows', sess(rows()) + b'md.l 20111050 1\r\n20111050: 00000016    ....\r\n')
simple('row-by-row', b''.join(b'MStar # md.l %x 4\r\n' % (BASE + 16 * i) + l + b'\r\n' for i, l in enumerate(rows())))
simple('kernel-between', b''.join(l + b'\r\n' + (b'[   12.%06d] usb 1-1: new device\r\n' % i if i % 7 == 0 else b'') for i, l in enumerate(rows())))
simple('prompt-before-row', b''.join((b'MStar # ' if i % 64 == 0 else b'') + l + b'\r\n' for i, l in enumerate(rows())), note='a terminal that lost the CR LF after the prompt / Enter repeat')
simple('echo-newline-eaten', b'MStar # md.l 21000000 400' + crlf(rows()))
simple('nand-dump', b'=> nand dump 0\r\nPage 00000000 dump:\r\n' + b''.join(b'\t' + b' '.join(b'%02x' % c for c in D[i:i + 8]) + b'  ' + b' '.join(b'%02x' % c for c in D[i + 8:i + 16]) + b'\r\n' for i in range(0, 2048, 16)) + b'OOB:\r\n' + b'\tff ff ff ff ff ff ff ff\r\n' * 8, want=None, note='not supported; message?')
simple('hexdump-C', b'~ # hexdump -C /dev/mtd2\r\n' + b''.join(b'%08x  ' % i + b' '.join(b'%02x' % c for c in D[i:i + 8]) + b'  ' + b' '.join(b'%02x' % c for c in D[i + 8:i + 16]) + b'  |' + asc(D[i:i + 16]) + b'|\r\n' for i in range(0, SIZE, 16)) + b'%08x\r\n' % SIZE, want=None)
simple('hexdump-plain', b''.join(b'%07x ' % i + b' '.join(b'%04x' % int.from_bytes(D[k:k + 2], 'little') for k in range(i, i + 16, 2)) + b'\n' for i in range(0, SIZE, 16)), want=None)
simple('xxd', b''.join(b'%08x: ' % i + b' '.join(D[k:k + 2].hex().encode() for k in range(i, i + 16, 2)) + b'  ' + asc(D[i:i + 16]) + b'\n' for i in range(0, SIZE, 16)), note='md.w on big-endian looks the same')
simple('realtek-DW', b'<RealTek>DW 21000000 1024\r\n' + b''.join(b'%08X:\t' % (BASE + i) + b'\t'.join(D[k:k + 4].hex().upper().encode() for k in range(i, i + 16, 4)) + b'\r\n' for i in range(0, SIZE, 16)), want=None)
simple('cfe-dm', b'CFE> dm 21000000 1000\r\n' + crlf(rows(big=True)))
simple('redboot-dump', b''.join(b'%08X: ' % (BASE + i) + b' '.join(b'%02X' % c for c in D[i:i + 8]) + b'  ' + b' '.join(b'%02X' % c for c in D[i + 8:i + 16]) + b'  |' + asc(D[i:i + 16]) + b'|\r\n' for i in range(0, SIZE, 16)), want=None)
simple('empty', b'', want=None); simple('only-text', b'hello\r\n' * 100, want=None)
simple('srec', b'S0030000FC\r\n' + b''.join((lambda b: b'S3%s%02X\r\n' % (b.hex().upper().encode(), ~sum(b) & 255))(bytes([21]) + (BASE + i).to_bytes(4, 'big') + D[i:i + 16]) for i in range(0, SIZE, 16)) + b'S70500000000FA\r\n')
def run(name):
    f, want, note, args = CASES[name]
    files = []
    for i, t in enumerate(f()):
        files.append('%s.%d.log' % (name, i)); open(files[-1], 'wb').write(t)
    out = name + '.out'
    if os.path.exists(out): os.unlink(out)
    cmd = [J, 'acquire'] + sum([['--log', x] for x in files], []) + ['-o', out] + list(args)
    t = time.monotonic(); p = subprocess.run(cmd, capture_output=True, text=True, timeout=120, stdin=subprocess.DEVNULL)
    got = open(out, 'rb').read() if os.path.exists(out) else None
    v = 'no image' if got is None else 'EQUAL' if got == D or got == want else 'DIFFERS (%d bytes, %s differ)' % (len(got), sum(a != b for a, b in zip(got, want or D)))
    bad = p.returncode == 0 and got is not None and got != D and got != want
    print('%-28s exit %d  %s%s%s' % (name, p.returncode, v, '   <<< SILENT' if bad else '', ('   (' + note + ')') if note else ''))
    for l in (p.stderr + p.stdout).splitlines()[:6]: print('      |', l[:200])
def write(folder):
    """The logs and what is right, for a test that reads them itself: NAME.0.log …, NAME.right, and a line NAME N."""
    os.makedirs(folder, exist_ok=True)
    for name, (f, want, note, args) in CASES.items():
        logs = f()
        for i, t in enumerate(logs): open(os.path.join(folder, '%s.%d.log' % (name, i)), 'wb').write(t)
        open(os.path.join(folder, name + '.right'), 'wb').write(D if want is None else want)
        print(name, len(logs))
if sys.argv[1:2] == ['--write']: write(sys.argv[2])
else:
    for n in sys.argv[1:] or CASES: run(n)
