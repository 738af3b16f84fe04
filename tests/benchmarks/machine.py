"""What benchmarks say of the machine and of their process."""

from __future__ import annotations

import os
import platform
import re
from pathlib import Path

_FLAGS = ("avx2", "avx512f", "avx512_vnni", "avx512_bf16", "amx_bf16")


def processor() -> str:
    """Return the processor's name, the number of its cores and the instructions that matter."""
    try:
        text = Path("/proc/cpuinfo").read_text(encoding="ascii", errors="replace")
    except OSError:
        return platform.processor() or "unknown processor"
    name = re.search(r"model name\s*: (.*)", text)
    flags = [flag for flag in _FLAGS if re.search(rf"\b{flag}\b", text)]
    return f"{name[1] if name else 'unknown processor'}, {os.cpu_count()} cores, {' '.join(flags)}"


def resident() -> float:
    """Return the memory of this process, MiB; NaN where the system does not tell it (only Linux does)."""
    try:
        pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    except OSError:
        return float("nan")
    return pages * os.sysconf("SC_PAGE_SIZE") / 2**20
