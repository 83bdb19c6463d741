"""Shared pieces of the serial test bench: ptys offered as serial ports,
baud pacing, running in the background with a hard time limit."""
import contextlib
import errno
import fcntl
import os
import pty
import select
import signal
import socket
import sys
import termios
import threading
import time
import tty


class Port:
    """A pty whose slave end is handed to the client as its "serial port".

    Bytes written while no client has the port open are thrown away, as on a
    line nobody listens to.  `link` is an optional symlink to the slave.
    """

    def __init__(self, link=None):
        self.link = link
        self.master = None
        self.create()

    def create(self):
        self.master, slave = pty.openpty()
        self.name = os.ttyname(slave)
        tty.setraw(slave)
        os.close(slave)          # from here on POLLHUP tells "no client"
        flags = fcntl.fcntl(self.master, fcntl.F_GETFL)
        fcntl.fcntl(self.master, fcntl.F_SETFL, flags | os.O_NONBLOCK)
        if self.link:
            tmp = self.link + ".new"
            if os.path.lexists(tmp):
                os.unlink(tmp)
            os.symlink(self.name, tmp)
            os.replace(tmp, self.link)

    def destroy(self):
        """Pull the plug: the client's open descriptor gets a hang-up."""
        if self.link:
            with contextlib.suppress(FileNotFoundError):
                os.unlink(self.link)
        if self.master is not None:
            os.close(self.master)
            self.master = None

    def has_client(self):
        if self.master is None:
            return False
        p = select.poll()
        p.register(self.master, 0)
        return not any(ev & select.POLLHUP for _, ev in p.poll(0))

    def read(self):
        """Bytes from the client, b'' when there are none."""
        try:
            return os.read(self.master, 4096)
        except OSError as e:
            if e.errno in (errno.EAGAIN, errno.EIO):
                return b""
            raise

    def write(self, data):
        """Write what fits; returns how many bytes were taken."""
        try:
            return os.write(self.master, data)
        except OSError as e:
            if e.errno in (errno.EAGAIN, errno.EIO):
                return 0
            raise


class TCPPort(Port):
    """A console server: one client at a time at a TCP port of this machine."""

    def create(self):
        self.server = socket.create_server(("127.0.0.1", 0))
        self.server.setblocking(False)
        self.name = "127.0.0.1:%d" % self.server.getsockname()[1]
        self.client = None

    @property
    def master(self):
        return self.client or self.server

    @master.setter
    def master(self, _):
        pass

    def destroy(self):
        self.server.close()
        self.drop()

    def drop(self):
        if self.client:
            self.client.close()
        self.client = None

    def has_client(self):
        if not self.client:
            try:
                self.client = self.server.accept()[0]
                self.client.setblocking(False)
            except BlockingIOError:
                return False
        return True

    def read(self):
        try:
            data = self.client.recv(4096)
        except BlockingIOError:
            return b""
        except OSError:
            data = b""
        if not data:
            self.drop()
        return data

    def write(self, data):
        try:
            return self.client.send(data) if self.client else 0
        except OSError:
            return 0


class Pace:
    """Lets through baud/10 bytes a second (8N1); baud 0 = no limit."""

    def __init__(self, baud):
        self.rate = baud / 10.0
        self.t = time.monotonic()
        self.credit = 0.0
        self.busy = False

    def allowed(self):
        if not self.rate:
            return 1 << 16
        now = time.monotonic()
        self.credit += (now - self.t) * self.rate
        # a line with nothing to send saves up at most 20 ms; one that waits
        # only because this process does not run goes on sending
        if not self.busy:
            self.credit = min(self.credit, max(1.0, self.rate * 0.02))
        self.t = now
        return int(self.credit)

    def used(self, n, more=False):
        """`more`: whether there is something else to be sent."""
        if self.rate:
            self.credit -= n
        self.busy = more

    def wait(self):
        """Seconds until a useful number of bytes may pass again."""
        return 0.004 if self.rate else 0.0


def alarm(seconds):
    """End this process after at most `seconds`, whatever happens."""
    # a test runner's threads hand down blocked signals
    signal.pthread_sigmask(signal.SIG_SETMASK, [])

    def stop(*_):
        for number in (signal.SIGALRM, signal.SIGTERM, signal.SIGINT):
            signal.signal(number, signal.SIG_IGN)
        raise SystemExit(0)
    signal.signal(signal.SIGALRM, stop)
    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    signal.alarm(max(1, int(seconds)))


def end_with_parent():
    """Ends this process by TERM when the one that started it is gone, even by
    kill -9.  Not PR_SET_PDEATHSIG: that one tells the end of a thread."""
    parent = os.getppid()

    def watch():
        while os.getppid() == parent:
            time.sleep(0.5)
        os.kill(os.getpid(), signal.SIGTERM)
    threading.Thread(target=watch, daemon=True).start()


def background(foreground, errlog=None):
    """Fork; returns announce(text) in the child.  The parent prints what the
    child announces and exits (exit status 1 when the child died first)."""
    if foreground:
        end_with_parent()

        def announce(text):
            print(text, flush=True)
        return announce
    r, w = os.pipe()
    pid = os.fork()
    if pid:
        os.close(w)
        out = b""
        while True:
            d = os.read(r, 4096)
            if not d:
                break
            out += d
        sys.stdout.write(out.decode())
        sys.stdout.flush()
        os._exit(0 if out else 1)
    os.close(r)
    os.setsid()
    null = os.open(os.devnull, os.O_RDWR)
    err = os.open(errlog, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644) \
        if errlog else null

    def announce(text):
        os.dup2(null, 0)
        os.dup2(null, 1)
        os.dup2(err, 2)
        os.write(w, (text + "\n").encode())
        os.close(w)
    return announce


def open_serial(path):
    """Open another bench pty as its client, raw."""
    fd = os.open(path, os.O_RDWR | os.O_NOCTTY | os.O_NONBLOCK)
    tty.setraw(fd)
    termios.tcflush(fd, termios.TCIOFLUSH)
    return fd


TCGETS2, TCSETS2 = 0x802c542a, 0x402c542b       # asm-generic/ioctls.h


def rate(fd):
    """The rate that is set at the other end of a pty, or at this end of a tty; any number, not only termios' table."""
    settings = bytearray(44)
    try:
        fcntl.ioctl(fd, TCGETS2, settings)
    except OSError:
        return 0
    flags = int.from_bytes(settings[8:12], "little")
    table = {getattr(termios, "B%d" % r): r for r in
             (9600, 19200, 38400, 57600, 115200, 230400, 460800, 921600, 1500000)}
    return table.get(flags & 0o10017) or int.from_bytes(settings[40:44], "little")


def set_rate(fd, value):
    """Sets any rate."""
    settings = bytearray(44)
    fcntl.ioctl(fd, TCGETS2, settings)
    flags = int.from_bytes(settings[8:12], "little") & ~0o10017 | 0o10000
    settings[8:12] = flags.to_bytes(4, "little")
    settings[36:40] = settings[40:44] = value.to_bytes(4, "little")
    fcntl.ioctl(fd, TCSETS2, settings)


def number(text):
    """12, 0x1d0000, 64K, 16M"""
    mult = {"k": 1 << 10, "m": 1 << 20, "g": 1 << 30}.get(text[-1:].lower())
    return int(text[:-1], 0) * mult if mult else int(text, 0)
