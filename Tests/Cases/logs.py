"""Recorded sessions: rows of memory as boot loaders and shells print them."""

import base64
import binascii
import json
import os
import quopri
import random
import struct

from images import Image
from lib import case

BASE = 0x82000000


def printable(data):
    return "".join(chr(byte) if 32 <= byte < 127 else "." for byte in data)


def rows(data, size=16):
    return [(at, data[at:at + size]) for at in range(0, len(data), size)]


def words(data, unit, order="little"):
    return [int.from_bytes(data[at:at + unit], order) for at in range(0, len(data), unit)]


def hexadecimal(data, form="%02x", unit=1, separator=" "):
    return separator.join(form % word for word in words(data, unit))


@case
def md_gap2_leading_space(t):
    """U-Boot of 2020 and later has two blanks in front of the text; here the data begins with blanks too."""
    data = (b"   indented line" b" one blank first" b"no blank at all." b"  \ttwo, then tab")[:64]
    for unit in (1, 2, 4, 8):
        lines = [f"{BASE + at:08x}: {hexadecimal(row, f'%0{2 * unit}x', unit)}  {printable(row)}\n" for at, row in rows(data)]
        t.write(f"md{unit}.log", "=> md 82000000 40\n" + "".join(lines) + "=> \n")
        t.status(0, "acquire", "--log", f"md{unit}.log", "-o", f"md{unit}")
        t.equal(t.read(f"md{unit}") if t.exists(f"md{unit}") else None, data, f"groups of {unit}")


@case
def damaged_edge_row(t):
    """One digit of the first or the last row is wrong: a gap of 16 bytes that is named, and an image of full size."""
    data = bytes(65 + (at * 7 + at // 16) % 26 for at in range(256))
    for name, bad in (("first", 0), ("last", 240), ("middle", 128)):
        lines = []
        for at, row in rows(data):
            digits = bytearray(row)
            if at == bad:
                digits[3] ^= 0x20
            lines.append(f"{BASE + at:08x}: {hexadecimal(digits)}    {printable(row)}\n")
        t.write(name + ".log", "=> md.b 82000000 100\n" + "".join(lines) + "=> \n")
        result = t.status(1, "acquire", "--log", name + ".log", "-o", name)
        if not t.expect(t.exists(name), f"{name}: an image", result):
            continue
        image = t.read(name)
        t.equal(len(image), 256, f"{name}: size", result)
        t.equal(image[:bad] + image[bad + 16:], data[:bad] + data[bad + 16:], f"{name}: the other rows")
        t.expect("16 bytes" in result.text + result.messages or f"{bad:x}" in result.text + result.messages,
                 f"{name}: the gap is named", result)


@case
def states_and_ranges(t):
    """Two states of one memory are two files, pieces that meet are one; --flash and --partition take what was loaded; nothing is written without -o."""
    first, second = (random.Random(seed).randbytes(1024) for seed in (1, 2))

    def shown(data):
        lines = [f"{BASE + at:08x}: {hexadecimal(row)}    {printable(row)}\n" for at, row in rows(data)]
        return f"=> md.b {BASE:x} 400\n" + "".join(lines)

    t.write("one.log", shown(first) + f"=> mw.b {BASE:x} ff 400\n=> ")
    t.status(0, "acquire", "--log", "one.log", "-o", "one")
    t.equal(t.read("one"), first, "mw behind the dump")
    names = os.listdir(t.path("."))
    result = t.status(0, "acquire", "--log", "one.log")
    t.expect("nothing was written" in result.text, "it is said that nothing was written", result)
    t.equal(os.listdir(t.path(".")), names, "no file")
    t.status(0, "acquire", "--log", "one.log", "-o", "rows", "/dev/ttyUSB0", "115200", hex(BASE), hex(BASE + 0xf0))
    t.equal(t.read("rows"), first[:256], "PORT BAUD START END")

    loads = [f"=> sf read {BASE:x} {at:x} 400\n" for at in (0x100000, 0x100400)]
    table = "mtdparts=spi0.0:1M(boot),2K(home)\n"
    t.write("two.log", table + loads[0] + shown(first) + loads[1] + shown(second) + "=> ")
    result = t.status(0, "acquire", "--log", "two.log", "-o", "two")
    t.equal(t.read("two"), first + second, "pieces of the flash that meet", result)
    t.status(2, "acquire", "--log", "two.log", "-o", "two")
    apart = loads[1].replace("100400", "300000")
    t.write("apart.log", table + loads[0] + shown(first) + apart + shown(second) + "=> ")
    result = t.status(1, "acquire", "--log", "apart.log", "-o", "apart")
    t.equal(t.read("apart"), second, "the later state", result)
    t.equal(t.read("apart.1"), first, "the earlier state", result)
    t.status(1, "acquire", "--log", "apart.log", "-o", "apart", "-f")
    t.status(0, "acquire", "--log", "two.log", "-o", "flash", "--flash", "0x100000+2K")
    t.equal(t.read("flash"), first + second, "--flash")
    t.status(0, "acquire", "--log", "two.log", "-o", "home", "--partition", "home")
    t.equal(t.read("home"), first + second, "--partition")
    t.status(2, "acquire", "--log", "two.log", "-o", "no", "--flash", "0x500000+2K")
    t.status(64, "acquire", "--log", "two.log", "-o", "no", "--flash", "0+2K", "--memory", "0+2K")
    t.expect(not t.exists("no"), "nothing is written in vain")


@case
def later_rows_and_larger_loads(t):
    """What a command has put into memory counts in the dump behind it; a load larger than the dump is told, and no fault."""
    old = random.Random(3).randbytes(1024)
    new = old[:0x110] + bytes(16) + old[0x120:]

    def shown(data):
        lines = [f"{BASE + at:08x}: {hexadecimal(row)}    {printable(row)}\n" for at, row in rows(data)]
        return f"=> md.b {BASE:x} 400\n" + "".join(lines)

    load = f"=> sf read {BASE:x} 0 1000\nSF: 4096 bytes @ 0x0 Read: OK\n"
    t.write("patched.log", load + 2 * shown(old) + f"=> mw.b {BASE + 0x110:x} 0 10\n" + shown(new) + "=> ")
    result = t.status(0, "acquire", "--log", "patched.log", "-o", "patched")
    t.equal(t.read("patched"), new, "the later rows", result)
    t.expect("note: 'sf read" in result.text, "the larger load is told", result)
    t.expect("not verified" in result.text, "no sum is in the log", result)
    t.write("run.log", load + 2 * shown(old) + "=> go 81000000\n" + shown(new) + "=> ")
    result = t.status(1, "acquire", "--log", "run.log", "-o", "run")
    t.equal(t.read("run"), new, "the later rows behind what may have changed anything", result)
    t.expect("go 81000000" in result.messages, "the command is named", result)


@case
def mail_in_base64(t):
    """A log in the body of a mail that is sent in base64."""
    data = random.Random(4).randbytes(1024)
    lines = [f"{BASE + at:08x}: {hexadecimal(row)}    {printable(row)}\r\n" for at, row in rows(data)]
    text = "Hello,\r\n" + f"=> md.b {BASE:x} 400\r\n" + "".join(lines) + "=> \r\n"
    head = "From: a@example.org\nContent-Type: text/plain\nContent-Transfer-Encoding: base64\n\n"
    t.write("mail", head + base64.encodebytes(text.encode()).decode())
    t.status(0, "acquire", "--log", "mail", "-o", "image")
    t.equal(t.read("image"), data, "the image")


def console_logs(image):
    """A session for each way in which a flash of 64 KiB is shown."""
    logs = {}

    def add(name, lines, head="", tail="", end="\r\n"):
        logs[name] = (head + end.join(lines) + end + tail).encode()

    lines, last, is_repeated = [], None, False
    for at, row in rows(image):
        if row == last:
            lines += [] if is_repeated else ["*"]
            is_repeated = True
            continue
        last, is_repeated = row, False
        lines.append(f"{at:08x}  {hexadecimal(row[:8])}  {hexadecimal(row[8:])}  |{printable(row)}|")
    add("hexdump-C", lines + [f"{len(image):08x}"], "~ # hexdump -C /dev/mtdblock5\r\n", "~ # ")
    add("hexdump", [f"{at:07x} {hexadecimal(row, '%04x', 2)}" for at, row in rows(image)] + [f"{len(image):07x}"],
        "# hexdump -v /dev/mtd5\r\n", "# ")
    add("xxd", [f"{at:08x}: {' '.join(row[i:i + 2].hex() for i in range(0, 16, 2))}  {printable(row)}" for at, row in rows(image)],
        "# xxd /dev/mtd5\r\n", "# ")
    add("od", [f"{at:06x} {hexadecimal(row)}" for at, row in rows(image)] + [f"{len(image):06x}"],
        "# od -A x -t x1 -v /dev/mtd5\r\n", "# ")
    for gap in ("  ", "    "):
        for letter, unit in (("b", 1), ("w", 2), ("l", 4), ("q", 8)):
            add(f"md.{letter}-{len(gap)}",
                [f"{BASE + at:08x}: {hexadecimal(row, f'%0{2 * unit}x', unit)}{gap}{printable(row)}" for at, row in rows(image)],
                f"=> md.{letter} 82000000 {len(image) // unit:x}\r\n", "=> ")
    add("realtek-DW", [f"{BASE + at:08X}:\t{hexadecimal(row, '%08X', 4, chr(9))}" for at, row in rows(image)],
        "<RealTek>DW 82000000 4000\r\n", "<RealTek>")
    add("realtek-DB", [f"{BASE + at:08X}:\t{hexadecimal(row[:8], '%02X', 1, chr(9))}\t{hexadecimal(row[8:], '%02X', 1, chr(9))}"
                       for at, row in rows(image)], "<RealTek>DB 82000000 10000\r\n", "<RealTek>")
    add("cfe-dm", [f"{0xb8000000 + at:08x}: {hexadecimal(row, '%08x', 4)}    {printable(row)}" for at, row in rows(image)],
        "CFE> dm b8000000 65536\r\n", "*** command status = 0\r\nCFE> ")
    add("cfe-d", [f"{0xb8000000 + at:08X}: {hexadecimal(row[:8], '%02X')} - {hexadecimal(row[8:], '%02X')}  {printable(row)}"
                  for at, row in rows(image)], "CFE> d b8000000 65536\r\n", "CFE> ")
    add("redboot", [f"{BASE + at:08X}: {hexadecimal(row[:8], '%02X')}  {hexadecimal(row[8:], '%02X')} |{printable(row)}|"
                    for at, row in rows(image)], "RedBoot> dump -b 0x82000000 -l 0x10000\r\n", "RedBoot> ")
    add("ralink", [" ".join(f"{byte:x}" for byte in row) for _, row in rows(image)],
        "MT7628 # spi read 50000 10000\r\nread len: 65536\r\n", "MT7628 # ")
    lines = []
    for page, data in rows(image, 2048):
        lines.append(f"Page {page:08x} dump:")
        lines += ["\t" + hexadecimal(row[:8]) + "  " + hexadecimal(row[8:]) for _, row in rows(data)]
        lines += ["OOB:"] + ["\t" + " ".join(["ff"] * 8)] * 8
    add("nand-dump", lines, "=> nand dump 0\r\n", "=> ")
    add("barebox", [f"{BASE + at:08x}: {hexadecimal(row)}            {printable(row)}" for at, row in rows(image)],
        "barebox:/ md -b 0x82000000+0x10000\r\n", "barebox:/ ")
    add("barebox-l", [f"{BASE + at:08x}: {hexadecimal(row, '%08x', 4)}                {printable(row)}" for at, row in rows(image)],
        "barebox:/ md 0x82000000+0x10000\r\n", "barebox:/ ")
    add("zyxel", [f"{BASE + at:08X}: {hexadecimal(row, '%02X')}   {printable(row)}" for at, row in rows(image)],
        "ATDU 82000000,10000\r\n", "OK\r\n")
    add("pmon", [f"{BASE + at:08x} : {hexadecimal(row)}    {printable(row)}" for at, row in rows(image)],
        "PMON> d1 82000000 65536\r\n", "PMON> ")
    add("timestamps", [f"[2024-05-01 10:20:{at // 16 % 60:02}] {BASE + at:08x}: {hexadecimal(row)}    {printable(row)}"
                       for at, row in rows(image)], "=> md.b\r\n", "=> ")
    add("64-bit", [f"{0x4000000000 + at:016x}: {hexadecimal(row)}  {printable(row)}" for at, row in rows(image)],
        "=> md.b\r\n", "=> ")
    add("tiny-printf", [f"{BASE + at:x}: {hexadecimal(row, '%x')}    {printable(row)}" for at, row in rows(image)],
        "=> md.b\r\n", "=> ")
    add("base64", [base64.b64encode(row).decode() for _, row in rows(image, 57)], "# base64 /dev/mtd5\r\n", "# ")
    add("uuencode", ["begin 644 mtd5"] + [binascii.b2a_uu(row).decode().rstrip("\n") for _, row in rows(image, 45)] + ["`", "end"],
        "# uuencode /dev/mtd5 mtd5\r\n", "# ")
    add("md.l-no-text", [f"{BASE + at:08x}: {hexadecimal(row, '%08x', 4)}" for at, row in rows(image)],
        "=> md.l 82000000 4000\r\n", "=> ")
    add("putty", [f"{BASE + at:08x}: {hexadecimal(row)}    {printable(row)}" for at, row in rows(image)],
        "=~=~=~= PuTTY log 2024.05.01 10:00:00 =~=~=~=\r\nMStar # md.b 82000000 10000\r\n", "MStar # ")
    logs["putty-utf16"] = logs["putty"].decode().encode("utf-16")

    def record(address, row):
        data = bytes([len(row) + 5]) + struct.pack(">I", address) + row
        return "S3" + data.hex().upper() + f"{~sum(data) & 255:02X}"

    add("s-records", ["S0030000FC"] + [record(BASE + at, row) for at, row in rows(image, 32)] + ["S70500000000FA"],
        "=> saves 0 82000000 10000\r\n## Ready for S-Record upload ...\r\n", "\r\n## S-Record upload complete\r\n=> ")
    lines = []
    for at, row in rows(image):
        data = bytes([16, at >> 8 & 255, at & 255, 0]) + row
        lines.append(":" + data.hex().upper() + f"{-sum(data) & 255:02X}")
    add("intel-hex", lines + [":00000001FF"])
    add("openocd-mdb", [f"0x{BASE + at:08x}: {hexadecimal(row)} " for at, row in rows(image, 32)],
        "> mdb 0x82000000 0x10000\r\n", "> ")
    add("openocd-mdw", [f"0x{BASE + at:08x}: {hexadecimal(row, '%08x', 4)} " for at, row in rows(image, 32)],
        "> mdw 0x82000000 0x4000\r\n", "> ")
    add("gdb", [f"0x{BASE + at:08x}:\t{hexadecimal(row, '0x%02x', 1, chr(9))}" for at, row in rows(image)],
        "(gdb) x/65536bx 0x82000000\r\n", "(gdb) ")
    return logs


@case
def console_formats(t):
    """Every way of showing a flash gives its bytes; 0, or 1 where the format has nothing to check them by."""
    flash = Image()
    flash.add(1, "noise", 2, random.Random(5).randbytes(0x7000), compressed=False)
    flash.add(1, "text", 3, b"text with blanks   \n" * 400, compressed=False)
    flash.add(1, "zeros", 4, bytes(0x1000), compressed=False)
    image = flash.finish()
    for name, log in console_logs(image).items():
        t.write(name + ".log", log)
        result = t.jffs2("acquire", "--log", name + ".log", "-o", name)
        if t.expect(result.status in (0, 1) and t.exists(name), name, result):
            found = t.read(name)
            where = next((at for at in range(len(image)) if found[at:at + 1] != image[at:at + 1]), None)
            t.expect(found == image, f"{name}: {len(found)} bytes, the first difference at {where}", result)


@case
def what_loaders_say(t):
    """What commands beside a dump say of it counts: a sum, a comparison, a load or a transfer that does not fit is status 1, one that does is 0."""
    data = random.Random(6).randbytes(1024)
    wrong = bytes([data[0] ^ 0x80]) + data[1:]
    crc = "=> crc32 82000000 {0:x}\ncrc32 for 82000000 ... {1:x} ==> {2:08x}\n"

    def dump(data):
        lines = [f"{BASE + at:08x}: {hexadecimal(row)}    {printable(row)}\n" for at, row in rows(data)]
        return "=> md.b ${loadaddr} ${filesize}\n" + "".join(lines)

    front = "=> setenv loadaddr 82000000\n=> printenv filesize\nfilesize=400\n"
    logs = {
        "whole": (0, front + dump(data)),
        "rows-missing": (1, front + dump(data[:-64])),
        "unknown": (1, dump(data)),
        "sum": (0, front + dump(data) + crc.format(1024, BASE + 1023, binascii.crc32(data))),
        "other-sum": (1, front + dump(wrong) + crc.format(1024, BASE + 1023, binascii.crc32(data))),
        "sum-of-a-part": (1, front + dump(wrong) + crc.format(256, BASE + 255, binascii.crc32(data[:256]))),
        "sum-of-more": (1, front + dump(data) + crc.format(2048, BASE + 2047, binascii.crc32(data * 2))),
        "compared": (0, front + dump(data) + "=> cmp.b 82000000 83000000 400\nTotal of 1024 byte(s) were the same\n"),
        "differs": (1, front + dump(data) + "=> cmp.b 82000000 83000000 400\n"
                       "byte at 0x82000010 (0x12) != byte at 0x83000010 (0x13)\nTotal of 16 byte(s) were the same\n"),
        "sent": (0, front + dump(data) + "=> tftpput 82000000 400 10.0.0.1:fw\nBytes transferred = 1024 (400 hex)\n"),
        "more-sent": (1, front + dump(data) + "=> tftpput 82000000 800 10.0.0.1:fw\nBytes transferred = 2048 (800 hex)\n"),
        "less-loaded": (1, "=> sf read 82000000 0 200\nSF: 512 bytes @ 0x0 Read: OK\n" + front + dump(data)),
        # The dump is what its command asks for: a note.
        "more-loaded": (0, "=> sf read 82000000 0 800\nSF: 2048 bytes @ 0x0 Read: OK\n" + front + dump(data)),
    }
    for name, (status, log) in logs.items():
        t.write(name + ".log", log + "=> ")
        t.status(status, "acquire", "--log", name + ".log", "-o", name)


@case
def logs_in_envelopes(t):
    """A dump in a mail, in JSON, with line numbers or cut at a terminal's width gives its bytes, status 0."""
    data = random.Random(7).randbytes(2048)
    lines = ["=> md.b 82000000 800"] + [f"{BASE + at:08x}: {hexadecimal(row)}    {printable(row)}" for at, row in rows(data)] + ["=> "]
    text = "\n".join(lines) + "\n"
    mail = "Subject: dump\nContent-Transfer-Encoding: quoted-printable\n\n"
    logs = {
        "mail": mail + quopri.encodestring(text.encode()).decode(),
        "json": "".join(json.dumps({"t": at / 10, "line": line}) + "\n" for at, line in enumerate(lines)),
        "json-ends": "".join(json.dumps({"data": line + "\r\n"}) + "\n" for line in lines),
        "python": "".join("10:00:00 rx: " + repr((line + "\r\n").encode()) + "\n" for line in lines),
        "numbers": "".join(f"{at + 1:6}\t{line}\n" for at, line in enumerate(lines)),
        "wrapped": "".join(line[at:at + 40] + "\n" for line in lines for at in range(0, len(line), 40)),
    }
    for name, log in logs.items():
        t.write(name + ".log", log)
        result = t.status(0, "acquire", "--log", name + ".log", "-o", name)
        t.equal(t.read(name) if t.exists(name) else None, data, name, result)
