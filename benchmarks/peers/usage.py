"""Time and memory of a process, told by itself; also runs where only the peers are installed."""

import json
import resource
import sys
import time
from pathlib import Path

STATUS = Path("/proc/self/status")


def memory_mb(key):
    """Resident memory now (VmRSS) or at its highest (VmHWM), MB.

    getrusage would tell the highest of the process that started this one, too, so it only
    serves where the kernel shows no status file.
    """
    if STATUS.exists():
        lines = STATUS.read_text(encoding="utf-8").splitlines()
        return next(int(line.split()[1]) for line in lines if line.startswith(key)) / 1024
    unit = 2**20 if sys.platform == "darwin" else 2**10
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / unit


def cpu_seconds():
    """Seconds of all threads and of children that have ended."""
    who = (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    used = [resource.getrusage(one) for one in who]
    return sum(one.ru_utime + one.ru_stime for one in used)


class Clock:
    """Wall and CPU seconds, and memory, since everything was imported."""

    def __init__(self):
        self.memory = memory_mb("VmRSS")
        self.restart()

    def restart(self):
        """Begin to measure."""
        self.wall, self.cpu = time.perf_counter(), cpu_seconds()

    def read(self):
        """Wall and CPU seconds since then."""
        return time.perf_counter() - self.wall, cpu_seconds() - self.cpu

    def memory_above_import(self):
        """Highest memory so far less that after the imports, MB; largest child included."""
        children = 0.0
        if STATUS.exists():
            children = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
        return memory_mb("VmHWM") - self.memory + children


def tell(**numbers):
    """Print what was measured as the last line of the output."""
    print(json.dumps(numbers))
