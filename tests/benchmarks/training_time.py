"""How long a fine-tuning takes, from the start of the process to the compared model. Prints; asserts nothing.

    python -m tests.benchmarks.training_time [--words 100] [--what neck+head upper] [--dataset DIR]

Words are generated (``ocr-studio synth``); with those held out for the comparison there are a quarter more. --dataset:
another dataset instead.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
from pathlib import Path

from ocr_studio.core.training.events import PARTS, Recipe
from tests.benchmarks.machine import processor
from tests.benchmarks.startup import Measured, run

_OURS = [sys.executable, "-m", "ocr_studio"]
_HELD_OUT = 0.2


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--words", type=int, default=100, help="words to train on")
    parser.add_argument("--what", nargs="+", choices=PARTS, default=[Recipe().what], help="trained layers")
    parser.add_argument("--dataset", type=Path, help="a dataset instead of generated words")
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="ocr-studio-training-") as folder:
        environment = {**os.environ, "OCR_STUDIO_HOME": str(Path(folder) / "home")}
        dataset = chosen.dataset or Path(folder) / "dataset"
        if chosen.dataset is None:
            words = ["--words", str(round(chosen.words / (1 - _HELD_OUT))), "--held-out", str(_HELD_OUT)]
            command = [*_OURS, "synth", "--out", str(dataset), *words]
            subprocess.run(command, env=environment, check=True, capture_output=True)
        print(f"{processor()}\n\n{'':<12}{'s':>8}{'CPU s':>8}{'MB':>8}")
        for what in chosen.what:
            measured = Measured()
            train = [*_OURS, "train", "--dataset", str(dataset), "--name", what, "--what", what, "--keep", "always"]
            run(train, environment, measured)
            print(f"{what:<12}{measured.seconds[0]:8.1f}{measured.processor[0]:8.1f}{measured.memory[0]:8.0f}")


if __name__ == "__main__":
    main()
