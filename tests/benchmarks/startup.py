"""How long commands take from the start of the process to its end, and their memory. Prints; asserts nothing.

    python -m tests.benchmarks.startup [PHOTO] [--times 5] [--project DIR]

Commands take turns, so that a busy machine slows all of them down alike; the first turn, which compiles the modules and
fills the page cache, does not count. RapidOCR's own command line reads the same photo with the same networks.
"""

from __future__ import annotations

import argparse
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path

from ocr_studio.core import resources
from tests.benchmarks.machine import processor

_OURS = [sys.executable, "-m", "ocr_studio"]


@dataclass(slots=True)
class Measured:
    """Seconds by the clock and of the processor, and megabytes at most, of each run."""

    seconds: list[float] = field(default_factory=list)
    processor: list[float] = field(default_factory=list)
    memory: list[float] = field(default_factory=list)

    def row(self, title: str, rival: Measured) -> str:
        """Return medians, and the ratio of the processor's time to the rival's."""
        seconds, processor, memory = map(statistics.median, (self.seconds, self.processor, self.memory))
        ratio = processor / statistics.median(rival.processor)
        return f"{title:<28}{seconds:8.2f}{min(self.seconds):8.2f}{processor:8.2f}{ratio:8.2f}{memory:8.0f}"


def run(command: list[str], environment: dict[str, str], into: Measured) -> None:
    """Run a command to its end. Raises CalledProcessError if it fails."""
    start = time.perf_counter()
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=environment) as process:
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise subprocess.CalledProcessError(process.returncode, command)
    into.seconds.append(time.perf_counter() - start)
    into.processor.append(usage.ru_utime + usage.ru_stime)
    into.memory.append(usage.ru_maxrss / 1024)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("photo", type=Path, nargs="?", default=resources.sample_photo())
    parser.add_argument("--times", type=int, default=5, help="runs of each command")
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="ocr-studio-startup-") as folder:
        photos = Path(folder) / "photos"
        photos.mkdir()
        photo = str(shutil.copy(chosen.photo, photos))
        # As an installed program has it: compiled, by the first turn.
        compiled = {"PYTHONDONTWRITEBYTECODE": "", "PYTHONPYCACHEPREFIX": str(Path(folder) / "compiled")}
        environment = {**os.environ, **compiled, "OCR_STUDIO_HOME": str(Path(folder) / "home")}
        read = [*_OURS, "read", photo]
        subprocess.run([*read, "--keep"], env=environment, check=True, capture_output=True)
        rapid = Path(sys.executable).with_name("rapidocr")
        commands: dict[str, tuple[list[str], dict[str, str]]] = {
            "rapidocr -img PHOTO": ([str(rapid), "-img", photo], environment),
            "read PHOTO (ONNX Runtime)": (read, {**environment, "OCR_STUDIO_RUNTIME": "onnx"}),
            "read PHOTO (TensorFlow)": (read, {**environment, "OCR_STUDIO_RUNTIME": "tensorflow"}),
            "--help": ([*_OURS, "--help"], environment),
            "search WORD": ([*_OURS, "search", "the", "--project", str(photos)], environment),
            "export PROJECT": (
                [*_OURS, "export", str(photos), "--format", "text", "--out", str(Path(folder) / "out"), "--overwrite"],
                environment,
            ),
        }
        measured = {title: Measured() for title in commands}
        for turn in range(chosen.times + 1):
            for title, (command, surroundings) in commands.items():
                run(command, surroundings, measured[title] if turn else Measured())
    print(f"{processor()}; {chosen.times} runs each, medians\n")
    print(f"{'':<28}{'s':>8}{'least':>8}{'CPU s':>8}{'ratio':>8}{'MB':>8}")
    rival = measured["rapidocr -img PHOTO"]
    for title, each in measured.items():
        print(each.row(title, rival))


if __name__ == "__main__":
    main()
