"""Partition tables as people have them, and what is made of them."""

import os
import random

from lib import case

PARTITIONS = [("boot", 0, 0x40000), ("env", 0x40000, 0x10000), ("kernel", 0x50000, 0x200000),
              ("rootfs", 0x250000, 0x500000), ("rootfs_data", 0x750000, 0xB0000)]
LOG = ['Creating 5 MTD partitions on "hi_sfc":'] + [
    f'0x{start:012x}-0x{start + size:012x} : "{name}"' for name, start, size in PARTITIONS]
ARGUMENT = "mtdparts=hi_sfc:256k(boot),64k(env),2048k(kernel),5120k(rootfs),704k(rootfs_data)"


def partitions(t, name, status=0, *options):
    """What `partitions --json` gives: name, offset and size."""
    import json

    result = t.status(status, "partitions", "--json", name, *options)
    try:
        return [(part["name"], part["offset"], part.get("size")) for part in json.loads(result.text)["partitions"]]
    except ValueError:
        t.fault(f"{name}: no JSON: {result.text[:200]} {result.messages[:300]}")
        return []


@case
def partition_sources(t):
    """Encodings, noise, cut lines, HTML, and what other boot loaders say."""
    russian = "Эта камера собрана на процессоре фирмы, прошивка снимается через последовательный порт. "
    chinese = "这个摄像头的固件可以通过串口读取，下面是启动日志。"
    body = "\r\n".join(["U-Boot 2010.06 (Oct 2019)", "Hit any key to stop autoboot:  0"]
                       + [f"some line {number}" for number in range(100)] + LOG + ["done"] * 20)
    noise = bytes(random.Random(2).choice([0, 0x80, 0xF8, 0xFF, 0xFE, 0x1C, 0xE0, 0x78, 6]) for _ in range(600))
    t.write("utf8.txt", f"{russian * 20}\nsetenv bootargs 'mem=32M console=ttyAMA0,115200 {ARGUMENT}'\n{russian * 20}\n")
    t.write("utf8zh.txt", chinese * 40 + "\n" + "\n".join(LOG) + "\n" + chinese * 40)
    t.write("noise.log", noise + b"\r\n" + body.encode())
    t.write("utf8bom.log", b"\xef\xbb\xbf" + body.encode())
    t.write("utf16.log", body.encode("utf-16"))
    t.write("latin1.log", ("grüße " * 300 + "\n" + body).encode("latin1"))
    t.write("page.html", "<pre>" + "<br>\n".join(line.replace('"', "&quot;") for line in LOG) + "</pre>")
    for name in ("utf8.txt", "utf8zh.txt", "noise.log", "utf8bom.log", "utf16.log", "latin1.log", "page.html"):
        t.equal(partitions(t, name), PARTITIONS, name)
    # The terminal cut the kernel's command line off; its own table follows.
    t.write("cutline.log", "Kernel command line: console=ttyAMA0 mtdparts=hi_sfc:256k(boot),64k(env),2048k(kernel\n"
            + "\n".join(LOG) + "\n")
    t.equal(partitions(t, "cutline.log", 1), PARTITIONS, "cutline.log")
    t.write("rockchip.txt", "FIRMWARE_VER: 1.0\nMACHINE_MODEL: rk3308\nMAGIC: 0x5041524B\nTYPE: GPT\n"
            "CMDLINE: mtdparts=rk29xxnand:0x00002000@0x00002000(uboot),0x00002000@0x00004000(trust),"
            "0x00008000@0x00006000(boot),-@0x0000e000(rootfs:grow)\n")
    found = partitions(t, "rockchip.txt")
    t.equal(found[:3], [("uboot", 0x400000, 0x400000), ("trust", 0x800000, 0x400000), ("boot", 0xC00000, 0x1000000)],
            "sectors of 512 bytes")
    t.equal([start for _, start, _ in found[3:]], [0x1C00000], "the rest")
    t.write("fis.txt", """RedBoot> fis list
Name              FLASH addr  Mem addr    Length      Entry point
RedBoot           0xA8000000  0xA8000000  0x00030000  0x00000000
vmlinux.bin.l7    0xA8030000  0x80041000  0x00100000  0x80041000
rootfs            0xA8130000  0x80041000  0x006A0000  0x80041000
FIS directory     0xA87E0000  0xA87E0000  0x0000F000  0x00000000
""")
    found = partitions(t, "fis.txt")
    t.equal(found[:3], [("RedBoot", 0, 0x30000), ("vmlinux.bin.l7", 0x30000, 0x100000), ("rootfs", 0x130000, 0x6A0000)],
            "fis list")
    t.write("part.dts", """&spi0 {
	flash@0 {
		compatible = "jedec,spi-nor";
		partitions {
			compatible = "fixed-partitions";
			#address-cells = <1>;
			#size-cells = <1>;
			partition@0 { label = "u-boot"; reg = <0x0 0x30000>; read-only; };
			partition@30000 { label = "u-boot-env"; reg = <0x30000 0x10000>; };
			factory: partition@40000 { label = "factory"; reg = <0x40000 0x10000>; };
			partition@50000 { compatible = "denx,uimage"; label = "firmware"; reg = <0x50000 0xfb0000>; };
		};
	};
};
""")
    t.equal(partitions(t, "part.dts"), [("u-boot", 0, 0x30000), ("u-boot-env", 0x30000, 0x10000),
                                        ("factory", 0x40000, 0x10000), ("firmware", 0x50000, 0xFB0000)], "part.dts")
    # /proc/mtd tells no offsets, and these lie in each other.
    t.write("procmtd", """dev:    size   erasesize  name
mtd0: 00030000 00010000 "u-boot"
mtd1: 00010000 00010000 "u-boot-env"
mtd2: 00010000 00010000 "factory"
mtd3: 00fb0000 00010000 "firmware"
mtd4: 0018a3c5 00010000 "kernel"
mtd5: 00e25c3b 00010000 "rootfs"
mtd6: 00a10000 00010000 "rootfs_data"
""")
    result = t.status(1, "partitions", "procmtd")
    t.expect("sf read" not in result.text, "no commands to copy from guesses", result)
    t.expect("offset" in result.text + result.messages, "it is said that offsets are guesses", result)


@case
def whole_flash_partition(t):
    """A partition that is the whole flash is no fault; cut and joined, the flash is the same."""
    t.write("flash", random.Random(1).randbytes(1 << 20))
    for table in ("mtdparts=f:256k(BOOT),1m@0(ALL),256k@256k(KERNEL),512k@512k(ROOTFS)",
                  "mtdparts=f:1m@0(ALL),256k@0(BOOT),256k@256k(KERNEL),512k@512k(ROOTFS)",
                  "mtdparts=f:256k(BOOT),768k@256k(firmware),256k@256k(KERNEL),512k@512k(ROOTFS)"):
        t.status(0, "partitions", "flash", "--table", table, "-q")
        t.status(0, "partitions", "flash", "--table", table, "--split", "-d", "parts", "-q")
        t.status(0, "partitions", "--join", "parts", "-o", "joined", "-q")
        t.equal(t.read("joined") == t.read("flash"), True, f"{table}: the joined flash is the same")
        t.tool("rm", "-r", "parts", "joined")


@case
def proc_mtd_numbers(t):
    """Numbers that cannot be: nothing is divided or added without a look."""
    for name, line in {
        "zero": 'mtd0: 00010000 00000000 "x"', "huge": 'mtd0: ffffffffffffffff 00010000 "x"\nmtd1: ffffffffffffffff 1 "y"',
        "large": 'mtd0: 7fffffffffffffff 7fffffffffffffff "x"\nmtd1: 7fffffffffffffff 10000 "y"',
    }.items():
        t.write(name, line + "\n")
        result = t.jffs2("partitions", name)
        t.expect(result.status in (1, 2), f"{name}: not taken for good", result)
        t.expect(len(result.messages.splitlines()) >= 1, f"{name}: a line says so", result)


@case
def kit_allwinner(t):
    """Yi cameras of the Allwinner-v2 family, and an owner's own backup with small blocks."""
    t.write("t/init.sh", "x\n")
    t.status(0, "repack", "-r", "t", "-e", "4096", "-p0x130000", "-l", "-o", "backup.img")
    t.status(0, "kit", "yi-hack-allwinner", "--id", "y21ga", "backup=backup.img", "-d", "kit")
    made = t.read("kit/backup_y21ga") if t.exists("kit/backup_y21ga") else b""
    t.tool("mkimage", "-A", "arm", "-O", "linux", "-T", "filesystem", "-C", "none", "-a", "0", "-e", "0",
           "-n", "xiaoyi-backup", "-d", "backup.img", "right")
    right = t.read("right")
    # Time and the header's own sum differ.
    t.equal((made[:4], made[12:24], made[24:]), (right[:4], right[12:24], right[24:]), "the header of mkimage, and the data")
    result = t.status(0, "kit", "yi-hack-allwinner", "--id", "y20ga", "home=backup.img", "--like", "home=backup.img", "-d", "kit2")
    t.expect("warning" in result.text + result.messages, "small blocks are a warning", result)


@case
def scrub_text(t):
    """A boot log with a password and a hash: the same findings in every encoding."""
    chinese = "这个摄像头的启动日志，请先去掉密码再分享。" * 30 + "\n"
    log = ('U-Boot 2010.06\nKernel command line: console=ttyAMA0\nwpa_supplicant: ssid="HomeNet5G" psk="correcthorse77"\n'
           "root:$1$abcdefgh$Q7bQm0n1pXcVbN2mKlPoI.:0:0::/root:/bin/sh\ndone\n") * 2
    noise = bytes(random.Random(1).choice([0, 0x80, 0xF8, 0xFF, 0x1C, 0xE0]) for _ in range(800))
    texts = {
        "ascii": (log.encode(), "ascii"), "utf8": ((chinese + log + chinese).encode(), "utf-8"),
        "utf16": (log.encode("utf-16"), "utf-16"), "utf16be": (b"\xfe\xff" + log.encode("utf-16-be"), "utf-16"),
        "latin1": (("grüße äöü " * 200 + "\n" + log).encode("latin1"), "latin1"),
        "noise": (noise + b"\r\n" + log.encode(), "latin1"),
    }
    first = None
    for name, (content, encoding) in texts.items():
        t.write(name, content)
        result = t.status(1, "scrub", "--list", name)
        count = result.text.strip().splitlines()[-1] if result.text.strip() else ""
        first = first or count
        t.equal(count, first, f"{name}: findings", result)
        t.status(0, "scrub", "--yes", "-q", name, "-o", name + ".clean")
        if t.exists(name + ".clean"):
            clean = t.read(name + ".clean").decode(encoding, errors="replace")
            for secret in ("correcthorse77", "HomeNet5G", "Q7bQm0n1pXcVbN2mKlPoI"):
                t.expect(secret not in clean, f"{name}: {secret} is gone")
            t.expect("U-Boot 2010.06" in clean, f"{name}: the rest stays")
