"""A training killed (kill -9) again and again goes on and comes to what one that was left alone comes to.

    python -m tests.benchmarks.killed_training [--kills 20] [--net tiny|real] [--seconds 3]

Words are drawn, so that no data is needed. Each run is a process of its own, killed at a moment drawn between its first
step and so many seconds later, begun again on the same folder, until it has been killed so often and is left to end.
Before and after each kill the base's file is compared, and candidates are counted: there must be none.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import random
import signal
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Final

_RUN: Final = """
import sys
from pathlib import Path
from ocr_studio.core.charset import Charset
from ocr_studio.core.training import Recipe, Started, StepDone, Trained
from ocr_studio.engine import finetune, replay
from ocr_studio.engine.lessons import TrainingData
from tests.engine.tiny_recognizer import build_tiny

folder, net = Path(sys.argv[1]), sys.argv[2]
words = list(replay.general(50, ("en",), seed=99))
recipe = Recipe(epochs=16, patience=None)
if net == "tiny":
    known = Charset(tuple(sorted({letter for word in words for letter in word.text} | set(map(chr, range(33, 127))))))
    finetune._base = lambda recipe, data: finetune.Base(build_tiny(len(known)), known, "tiny")
    recipe = Recipe(what="all", epochs=60, learning_rate=2e-3, patience=None, average=1.0)
for event in finetune.finetune(
    TrainingData(words[:40], words[40:]), recipe, folder=folder, name="killed", stop=lambda: False
):
    if isinstance(event, Started):
        print("started", event.resumed_at, flush=True)
    if isinstance(event, StepDone) and event.step % 50 == 0:
        print("step", event.step, flush=True)
    if isinstance(event, Trained):
        comparison = event.comparison
        print("trained", event.steps, round(comparison.after.cer, 4), round(comparison.keep_after.cer, 4), flush=True)
"""


def begun(folder: Path, net: str, home: Path) -> subprocess.Popen[str]:
    """A process that trains."""
    root = Path(__file__).resolve().parents[2]
    environment = {**os.environ, "OCR_STUDIO_HOME": str(home), "TF_CPP_MIN_LOG_LEVEL": "3"}
    command = [sys.executable, "-c", _RUN, str(folder), net]
    return subprocess.Popen(
        command, cwd=root, env=environment, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    )


def told(process: subprocess.Popen[str], word: str) -> list[str]:
    """The words of its first line that begins so; none where it ended before."""
    assert process.stdout is not None
    for line in process.stdout:
        if line.startswith(word):
            return line.split()[1:]
    return []


def base_digest() -> str:
    """Of the file of the model that comes with the program."""
    from ocr_studio.engine import pretrained

    return hashlib.sha256(pretrained.locate(pretrained.RECOGNIZER).read_bytes()).hexdigest()


def candidates(home: Path) -> list[str]:
    """What lies where candidates lie."""
    folder = home / "data" / "models" / ".candidates"
    return [path.name for path in folder.iterdir()] if folder.is_dir() else []


def main() -> None:
    """Kill, look, and compare."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--kills", type=int, default=20)
    parser.add_argument("--net", choices=("tiny", "real"), default="tiny")
    parser.add_argument("--seconds", type=float, default=3.0, help="how long after its first step at most")
    options = parser.parse_args()
    chance = random.Random(0)
    before = base_digest()
    with tempfile.TemporaryDirectory() as place:
        home, folder = Path(place) / "home", Path(place) / "run"
        for number in range(options.kills):
            process = begun(folder, options.net, home)
            resumed = told(process, "started")
            try:
                process.wait(chance.uniform(0, options.seconds))
                print(f"kill {number + 1}: it had ended already")
                break
            except subprocess.TimeoutExpired:
                process.send_signal(signal.SIGKILL)
                process.wait()
            print(f"kill {number + 1}: had gone on from step {' '.join(resumed)}", flush=True)
            assert not candidates(home), candidates(home)
            assert base_digest() == before
        killed = told(begun(folder, options.net, home), "trained")
        alone = told(begun(Path(place) / "alone", options.net, home), "trained")
    print(f"killed: {killed[0]} steps, CER {killed[1]}, general {killed[2]}")
    print(f"left alone: {alone[0]} steps, CER {alone[1]}, general {alone[2]}")


if __name__ == "__main__":
    main()
