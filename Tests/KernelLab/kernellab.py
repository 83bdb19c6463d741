"""The kernel as the judge: jobs go in, verdicts come out. Used by kernel-mount, kernel-age, kernel-batch, histories.

A job is an image to be mounted, or a flash to be aged by a script. One boot does many jobs (a boot costs seconds, a
job some tenths); when the guest hangs, panics or stumbles, the job at fault is marked and the rest gets a new boot."""
import concurrent.futures, dataclasses, hashlib, json, os, re, shlex, shutil, stat, subprocess, sys, tempfile, time
from pathlib import Path

HERE = Path(__file__).resolve().parent
CACHE = Path(os.environ.get("JFFS2_KERNEL_LAB_CACHE")
             or Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "jffs2-kernel-lab")
CLOCK = 1700000000  # the guest's clock at the start of each job, so that times are near-reproducible
VARIANTS = ["stock", "be", "old", "beold", "rtime", "rubin"]
# (erase KiB, bytes of a page) -> nandsim id; the first of an erase size is what it means when no page is named.
NAND = {(16, 512): "0x20,0x33", (128, 2048): "0x20,0xaa,0x00,0x15", (256, 4096): "0x20,0xdc,0x00,0x26",
        (256, 2048): "0x20,0xaa,0x00,0x25", (512, 4096): "0x20,0xdc,0x00,0x36"}
TYPES = {stat.S_IFREG: "file", stat.S_IFDIR: "dir", stat.S_IFLNK: "symlink", stat.S_IFCHR: "char",
         stat.S_IFBLK: "block", stat.S_IFIFO: "fifo", stat.S_IFSOCK: "socket"}
# The second is about a block that Linux itself is filling, and not what it reads; whether there is room for its summary depends
# on the moment (fs/jffs2/summary.c calls it non-fatal).
ROUTINE = re.compile(r"complete building xattr subsystem|jffs2_sum_write_data: Summary too big")
BOOT_SECONDS, JOB_SECONDS = 300, 900  # without an end for so long: it has hung; a busy machine takes a tenth of it
# A busy host may let the guest wait for seconds: no check of its timers, no alarm because it stood still.
PATIENT = "no_timer_check nosoftlockup nowatchdog rcupdate.rcu_cpu_stall_suppress=1"


@dataclasses.dataclass
class Job:
    """One flash. Either `image` is judged (and written to, with `rw`), or `script` ages it (from `image` on, if any)."""
    name: str
    erase_size: int
    image: bytes | None = None
    script: bytes | None = None
    flash_size: int = 0  # at least; ageing needs it
    spare: int = 0       # erased blocks to be added behind the image
    jffs2: str = "stock"
    nand: bool = False
    page: int = 0        # bytes of a NAND page; 0: the usual of the erase size
    spare_size: int = 0  # bytes of a page's spare area, if the image has it behind each page (then `page` is needed)
    options: str = ""
    rw: bool = False
    clock: int = CLOCK
    files: dict = dataclasses.field(default_factory=dict)  # name -> path: what the script finds in $JOB besides

    def __post_init__(self):
        if self.jffs2 not in VARIANTS:
            raise ValueError(f"{self.name}: no build of jffs2 is called {self.jffs2}; there are {', '.join(VARIANTS)}")
        if self.erase_size <= 0 or self.erase_size % 1024:
            raise ValueError(f"{self.name}: the erase size must be a multiple of 1 KiB")
        if self.nand and not self.nand_id:
            raise ValueError(f"{self.name}: NAND is one of (KiB of an erase block, bytes of a page) {sorted(NAND)}")

    @property
    def nand_id(self):
        return next((i for (kib, page), i in NAND.items()
                     if kib * 1024 == self.erase_size and self.page in (0, page)), None)

    @property
    def used_blocks(self):
        with_spare = self.erase_size // self.page * (self.page + self.spare_size) if self.spare_size else self.erase_size
        return -(-len(self.image or b"") // with_spare)

    @property
    def blocks(self):
        return max(self.used_blocks + self.spare, -(-self.flash_size // self.erase_size), 5)  # the kernel wants 5


def size(text):
    """'64K', '64KiB', '2M', '65536', '0x10000' -> bytes"""
    m = re.fullmatch(r"(0x[0-9a-f]+|\d+)(?:([km])(?:i?b)?)?", text.lower())
    if not m:
        raise ValueError(text)
    return int(m[1], 0) * {"k": 1 << 10, "m": 1 << 20, None: 1}[m[2]]


def printable(name):
    """Bytes as the project prints names: UTF-8 where it is valid; controls, backslashes and stray bytes as \\ooo."""
    text = name.decode("utf-8", "surrogateescape")
    return "".join("".join("\\%03o" % b for b in c.encode("utf-8", "surrogateescape"))
                   if c == "\\" or ord(c) < 32 or 0x7f <= ord(c) <= 0x9f or 0xdc80 <= ord(c) <= 0xdcff else c
                   for c in text)


def read_walk(path):
    """The guest's manifest -> {path: entry}; the root is '.'."""
    entries = {}
    for line in path.read_text().splitlines():
        raw = json.loads(line)
        del raw["_"]
        name = printable(bytes.fromhex(raw.pop("path"))) or "."
        if "mode" in raw:
            mode = raw["mode"]
            raw = {"type": TYPES.get(stat.S_IFMT(mode), "unknown"), **raw, "mode": "%04o" % stat.S_IMODE(mode)}
        if "target" in raw:
            raw["target"] = printable(bytes.fromhex(raw["target"]))
        if "xattrs" in raw:
            raw["xattrs"] = {printable(bytes.fromhex(x["name"])): x.get("value", f"errno {x.get('error')}")
                             for x in raw["xattrs"]}
        if name in entries:
            name = f"{name} (again)"
        entries[name] = raw
    return dict(sorted(entries.items()))


def difference(a, b, dirtimes=True):
    """Lines that say how manifest b differs from a. dirtimes=False: not in a directory's mtime and ctime, which
    jffs2 keeps in memory (the root's always, the others' after an unlink that left nothing on the flash)."""
    lines = []
    for name in sorted(a.keys() | b.keys()):
        if name not in b:
            lines.append(f"{name}: gone")
        elif name not in a:
            lines.append(f"{name}: new")
        else:
            skip = {"mtime", "ctime"} if a[name].get("type") == "dir" and not dirtimes else set()
            lines += [f"{name}: {k} {a[name].get(k)} -> {b[name].get(k)}"
                      for k in sorted((a[name].keys() | b[name].keys()) - skip) if a[name].get(k) != b[name].get(k)]
    return lines


def prepare():
    """Makes sure that the guest is there -> its initramfs."""
    if subprocess.run([HERE / "prepare"], stdin=subprocess.DEVNULL).returncode:
        raise SystemExit(2)  # it has said why
    stamp = hashlib.sha256(b"".join((HERE / n).read_bytes() for n in ("guest.c", "init", "job", "history", "prepare")))
    return CACHE / f"initrd-{stamp.hexdigest()[:16]}.cpio"


def boot(initrd, lab, jobs, repeatable):
    """One boot of the guest over the jobs in the folder `lab` -> what went wrong, or ''. Ends when the guest does."""
    accel = (CACHE / "accel").read_text().split()
    if accel[0] == "tcg" and repeatable:
        accel = ["tcg", "-icount", "shift=4,sleep=off"]  # time counted in instructions
    memory = 320 + 2 * max(j.blocks * j.erase_size >> 20 for j in jobs)
    console = lab / "console.log"
    qemu = ["qemu-system-x86_64", "-M", "q35", "-accel", *accel, "-cpu", "host" if accel[0] == "kvm" else "max",
            "-m", str(memory), "-nodefaults", "-no-user-config", "-display", "none", "-no-reboot",
            "-serial", f"file:{console}", "-kernel", CACHE / "vmlinux", "-initrd", initrd,
            "-append", f"console=ttyS0 quiet loglevel=4 panic=-1 oops=panic reboot=t nokaslr {PATIENT}",
            "-fsdev", f"local,id=lab,path={lab},security_model=none", "-device", "virtio-9p-pci,fsdev=lab,mount_tag=lab"]
    (lab / "booted").unlink(missing_ok=True)
    with open(lab / "qemu.log", "w+") as said:
        vm = subprocess.Popen(qemu, stdin=subprocess.DEVNULL, stdout=said, stderr=said)
        try:
            ended, moved = 0, time.monotonic()
            while vm.poll() is None:
                time.sleep(0.05)
                count = (lab / "booted").exists() + sum((lab / j.name / "done").exists() for j in jobs)
                if count != ended:
                    ended, moved = count, time.monotonic()
                elif time.monotonic() - moved > (JOB_SECONDS if count else BOOT_SECONDS):
                    return f"the guest hung ({time.monotonic() - moved:.0f} s without progress)"
        finally:
            vm.kill()
            vm.wait()
        said.seek(0)
        tail = console.read_text(errors="replace")[-2000:] if console.exists() else ""
        return f"the guest ended early\n{said.read()}{tail}"


def run_in(lab, initrd, jobs, repeatable):
    """Boots until each job is done or has failed."""
    idle = 0
    while True:
        rest = [j for j in jobs if not (lab / j.name / "done").exists() and not (lab / j.name / "failed").exists()]
        if not rest:
            return
        why = boot(initrd, lab, rest, repeatable)
        at_fault = [j for j in rest if (lab / j.name / "started").exists() and not (lab / j.name / "done").exists()]
        for j in at_fault:
            (lab / j.name / "failed").write_text(why)
        idle = 0 if at_fault or any((lab / j.name / "done").exists() for j in rest) else idle + 1
        if idle == 3:  # the boot itself fails
            for j in rest:
                (lab / j.name / "failed").write_text(why)


def lines(path):
    return path.read_text(errors="replace").splitlines() if path.exists() else []


def kernel_lines(path):
    return [l for l in lines(path) if not re.search(r"clocksource|tsc:", l)]


def complaints(log):
    return sum(not ROUTINE.search(l) for l in log)


def verdict(job, folder, version, seconds):
    """What the guest left in the job's folder -> the result for JSON."""
    log = kernel_lines(folder / "kernel.log")
    result = dict(name=job.name, kernel=version, jffs2=job.jffs2, flash="nand" if job.nand else "ram",
                  erase_size=job.erase_size, flash_size=job.blocks * job.erase_size, options=job.options,
                  seconds=seconds, mounted=(folder / "walk.1").exists(),
                  page_size=int((lines(folder / "page") or [0])[0]) if job.nand else 0,
                  mount_error="\n".join(lines(folder / "mount.err")),
                  complaints=complaints(log), log=log,
                  errors=lines(folder / "error") + (["\n".join(lines(folder / "failed"))] * (folder / "failed").exists()))
    if job.image is not None and job.script is None:
        result.update(image_size=len(job.image), erased_blocks_added=job.blocks - job.used_blocks)
    if not result["mounted"]:
        return result
    if job.script is not None:
        aged(folder, result)
        return result
    before = read_walk(folder / "walk.1")
    if job.rw:
        result["rw"] = written(folder, before)
    result["entries"] = before
    return result


def written(folder, before):
    """Whether the file system was healthy under writing, deleting and remounting."""
    if not (folder / "walk.3").exists():
        return dict(ok=False)
    deleted = printable((folder / "deleted").read_bytes()).removeprefix("./")
    live, after = read_walk(folder / "walk.2"), read_walk(folder / "walk.3")
    link = before.get(deleted, {}).get("ino")  # the other names of a deleted hard link lose one nlink
    expect = {n: e if e.get("ino") != link else {**e, "nlink": e["nlink"] - 1, "ctime": after.get(n, e).get("ctime")}
              for n, e in before.items() if n not in (deleted, ".")}
    ours = {n for n in after if n not in before}
    rw = dict(deleted=deleted,
              changed=difference(expect, {n: after[n] for n in expect if n in after}, dirtimes=False),
              lost_on_remount=difference(live, after, dirtimes=False))
    rw["ok"] = (not rw["changed"] and not rw["lost_on_remount"] and deleted not in after
                and ours == {".rw-test", ".rw-test/c", ".rw-test/d"})
    return rw


def aged(folder, result):
    """Adds what the script did, and a manifest for the flash and each snapshot of it."""
    result["script_status"] = int((folder / "script.rc").read_text()) if (folder / "script.rc").exists() else -1
    result["script_said"] = (folder / "script.out").read_text(errors="replace") if (folder / "script.out").exists() else ""
    live, fresh = (read_walk(folder / n) if (folder / n).exists() else {} for n in ("walk.1", "walk.2"))
    # Directory times excepted, a fresh mount has to show what was there before unmounting.
    result["lost_on_remount"] = difference(live, fresh, dirtimes=False)
    result["entries"] = fresh
    result["fresh_log"] = kernel_lines(folder / "fresh.log")  # of the mounts of what was there after the last unmount
    result["seen"] = {walk.stem.removeprefix("seen-"): read_walk(walk) for walk in sorted(folder.glob("seen-*.walk"))}
    result["snaps"] = {}
    for image in sorted(folder.glob("snap-*.img")):
        walk, seen = image.with_suffix(".walk"), image.with_suffix(".live")
        snap = dict(entries=read_walk(walk) if walk.exists() else None, fresh_log=kernel_lines(image.with_suffix(".log")))
        if seen.exists() and walk.exists():
            snap["lost_on_remount"] = difference(read_walk(seen), snap["entries"], dirtimes=False)
        result["snaps"][image.stem.removeprefix("snap-")] = snap


def run(jobs, keep=None, machines=None):
    """Runs the jobs -> their results, in order. `keep(job, folder, result)` may take files from the job's folder."""
    if len({j.name for j in jobs}) < len(jobs):
        raise ValueError("two jobs have the same name")
    if not jobs:
        return []
    initrd = prepare()
    version = (CACHE / "version").read_text().strip()
    machines = max(1, min(machines or 2, os.cpu_count() or 1, len(jobs)))
    repeatable = any(j.script is not None or j.rw for j in jobs)
    start = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="jffs2-kernel-lab-") as top:
        shares = [jobs[i::machines] for i in range(machines)]
        labs = [Path(top) / str(i) for i in range(machines)]
        for lab, share in zip(labs, shares):
            for j in share:
                folder = lab / j.name
                folder.mkdir(parents=True)
                kib = j.erase_size // 1024
                params = dict(MODE="age" if j.script is not None else "rw" if j.rw else "judge", VARIANT=j.jffs2,
                              ERASE_KIB=kib, TOTAL_KIB=kib * j.blocks, OPTS="," + j.options if j.options else "",
                              NAND=j.nand_id if j.nand else "", CLOCK=j.clock)
                (folder / "params").write_text("".join(f"{k}={shlex.quote(str(v))}\n" for k, v in params.items()))
                if j.spare_size:
                    (folder / "flash.oob").write_bytes(j.image)
                elif j.image is not None:
                    with open(folder / "flash.img", "wb") as f:
                        f.write(j.image)
                        f.write(b"\xff" * (j.blocks * j.erase_size - len(j.image)))
                if j.script is not None:
                    (folder / "script").write_bytes(j.script)
                for name, path in j.files.items():
                    shutil.copyfile(path, folder / name)
                    (folder / name).chmod(0o755)
        with concurrent.futures.ThreadPoolExecutor(machines) as pool:
            list(pool.map(lambda pair: run_in(pair[0], initrd, pair[1], repeatable), zip(labs, shares)))
        seconds = round(time.monotonic() - start, 2)
        results = []
        for i, j in enumerate(jobs):
            folder = labs[i % machines] / j.name
            result = verdict(j, folder, version, seconds)
            if keep:
                keep(j, folder, result)
            results.append(result)
    return results


def dump(result, path=None):
    text = json.dumps(result, indent=1) + "\n"
    if path is None:
        sys.stdout.write(text)
    else:
        partial = Path(f"{path}.partial")
        partial.write_text(text)
        partial.replace(path)
