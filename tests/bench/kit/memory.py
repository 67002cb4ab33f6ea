"""How much memory a process has held."""

import resource
from pathlib import Path


def peak_mb() -> float:
    """The most memory that this process has held, in megabytes of 10^6 bytes.

    From the kernel where it tells: ``getrusage`` counts what the parent held before this program began.
    """
    status = Path("/proc/self/status")
    if status.exists():
        told = dict(line.split(":", 1) for line in status.read_text().splitlines() if ":" in line)
        return int(told["VmHWM"].split()[0]) * 1024 / 1e6
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 / 1e6
