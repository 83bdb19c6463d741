"""What the cases have in common: a scratch folder, the program under test, and what it used."""

import os
import shutil
import subprocess
import tempfile

CASES = {}


def case(function):
    """Registers a case under its name with dashes."""
    CASES[function.__name__.replace("_", "-")] = function
    return function


class Result:
    """How a run of a program ended."""

    def __init__(self, status, out, err, usage):
        self.status, self.out, self.err = status, out, err
        self.memory = usage.ru_maxrss * (1 if os.uname().sysname == "Darwin" else 1024)
        self.seconds = usage.ru_utime + usage.ru_stime

    @property
    def text(self):
        return self.out.decode(errors="replace")

    @property
    def messages(self):
        return self.err.decode(errors="replace")


class Test:
    """One run of a case, in a folder of its own."""

    def __init__(self, program):
        self.program = os.path.abspath(program)
        self.faults = []
        self.folder = tempfile.mkdtemp(prefix="jffs2-case-")

    def close(self):
        subprocess.run(["chmod", "-R", "u+rwx", self.folder], check=False)
        shutil.rmtree(self.folder, ignore_errors=True)

    def path(self, name):
        return os.path.join(self.folder, name)

    def write(self, name, content):
        os.makedirs(os.path.dirname(self.path(name)), exist_ok=True)
        mode = "w" if isinstance(content, str) else "wb"
        with open(self.path(name), mode) as file:
            file.write(content)
        return name

    def read(self, name):
        with open(self.path(name), "rb") as file:
            return file.read()

    def exists(self, name):
        return os.path.lexists(self.path(name))

    def remove(self, *names):
        """Makes room for outputs: those that exist are refused."""
        for name in filter(self.exists, names):
            os.unlink(self.path(name))

    def run(self, *command, input=b"", environment=None, keep=1 << 22):
        """Runs a program to its end; output behind `keep` bytes is dropped."""
        with tempfile.TemporaryFile() as source, tempfile.TemporaryFile() as err:
            source.write(input)
            source.seek(0)
            process = subprocess.Popen(
                command, cwd=self.folder, stdin=source, stdout=subprocess.PIPE, stderr=err,
                env={**os.environ, **(environment or {})})
            out = process.stdout.read(keep)
            while process.stdout.read(1 << 20):
                pass
            _, status, usage = os.wait4(process.pid, 0)
            process.returncode = os.waitstatus_to_exitcode(status)
            err.seek(0)
            return Result(process.returncode, out, err.read(), usage)

    def tool(self, *command):
        """Runs another program, which must succeed."""
        result = self.run(*command)
        if result.status != 0:
            raise RuntimeError(f"{' '.join(command)}: status {result.status}\n{result.messages}")
        return result

    def jffs2(self, *arguments, **options):
        """Runs the program; a trap is a fault at once."""
        result = self.run(self.program, *arguments, **options)
        if result.status < 0 or result.status not in (0, 1, 2, 64):
            self.fault(f"jffs2 {' '.join(arguments)}: ended with {result.status}: {result.messages[:300]}")
        return result

    def fault(self, message):
        self.faults.append(message)

    def expect(self, condition, message, result=None):
        """Notes a fault unless the condition holds."""
        if not condition:
            if result is not None:
                message += f"\n    status {result.status}; {result.text.strip()[:600]}\n    {result.messages.strip()[:600]}"
            self.fault(message)
        return condition

    def equal(self, value, right, message, result=None):
        return self.expect(value == right, f"{message}: {value!r:.400}, right is {right!r:.400}", result)

    def status(self, right, *arguments, **options):
        """Runs the program, which must end with a status."""
        result = self.jffs2(*arguments, **options)
        self.expect(result.status == right, f"jffs2 {' '.join(arguments)}: right is status {right}", result)
        return result

    def names(self, image, *options):
        """The paths that `ls -R` shows, sorted."""
        result = self.jffs2("ls", "-R", image, *options)
        lines = [line for line in result.text.splitlines() if line]
        return sorted(line.split(" -> ")[0].split()[-1] for line in lines)

    def grows_linearly(self, make, *arguments, sizes, factor=8, status=None):
        """Runs the program on inputs of two sizes, the second 4 times the first: the work may not grow as its square.

        What else the machine does may disturb one measurement, but not each of several."""
        for _ in range(5):
            small, large = self._work(make, arguments, sizes, status)
            if large < factor * small:
                break
        self.expect(
            large < factor * small,
            f"jffs2 {' '.join(arguments)}: {small:.2f} s of work for {sizes[0]}, {large:.2f} s for {sizes[1]}")

    def _work(self, make, arguments, sizes, status):
        """Seconds of work for inputs of two sizes, without those of the start."""
        seconds = []
        for size in sizes:
            input = make(size)
            results = []
            for _ in range(2):
                self.remove("o")
                results.append(self.jffs2(*[input if word == "INPUT" else word for word in arguments]))
            seconds.append(min(result.seconds for result in results))
            if status is not None:
                self.expect(results[0].status in status, f"jffs2 {' '.join(arguments)}", results[0])
        start = min(self.run(self.program, "--version").seconds for _ in range(2))
        return tuple(max(time - start, 0.02) for time in seconds)
