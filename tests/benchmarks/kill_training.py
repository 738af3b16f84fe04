"""Kills a training at random moments and looks at what is left.

    python -m tests.benchmarks.kill_training [--kills 20]

The training is the command itself, in a program of its own, on drawn words. Each time it is killed with
-9 and gone on with. After each kill the model it began with must be there, byte for byte, and no other that anybody
could choose; in the end what came of it is compared with trainings on the same words that nobody disturbed, of several
seeds, which show how much results differ anyway.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from ocr_studio.core import images
from ocr_studio.engine import replay

ROOT = Path(__file__).resolve().parents[2]
BASE, NAME = "before", "after"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of a training: of words held out and of general ones, how many letters are read wrongly, 0..1."""

    held_out: float
    general: float
    seconds: float

    def row(self, what: str) -> str:
        """One line of the table."""
        return f"{what:28} {100 * self.held_out:9.1f} % {100 * self.general:9.1f} % {self.seconds:9.0f} s"


def draw(folder: Path, *, words: int, seed: int) -> None:
    """A dataset as ``deep-text-recognition-benchmark`` wants it: crops and gt.txt."""
    labels = []
    for number, lesson in enumerate(replay.general(words, ("en",), seed=seed)):
        images.save_png(folder / f"{number}.png", lesson.crop)
        labels.append(f"{number}.png\t{lesson.text}\n")
    (folder / "gt.txt").write_text("".join(labels), encoding="utf-8")


def command(*arguments: str) -> list[str]:
    return [sys.executable, "-m", "ocr_studio", *arguments]


def trained(data: Path, name: str, *more: str) -> Outcome:
    """Train without being disturbed. Raises RuntimeError where that fails."""
    arguments = command("train", "--dataset", str(data), "--name", name, "--keep", "always", "--events", "jsonl", *more)
    done = subprocess.run(arguments, cwd=ROOT, capture_output=True, text=True, check=False)
    events = [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]
    for event in events:
        if event["event"] == "trained":
            return Outcome(event["held_out"]["cer"]["after"], event["general"]["cer"]["after"], event["seconds"])
    raise RuntimeError(done.stderr[-2000:])


def listed() -> list[str]:
    """The models that can be chosen."""
    done = subprocess.run(command("models", "list"), cwd=ROOT, capture_output=True, text=True, check=True)
    return [line.lstrip("* ").split()[0] for line in done.stdout.splitlines() if line.strip()]


def digest(folder: Path) -> str:
    """Of all files in it, their names included."""
    found = hashlib.sha256()
    for path in sorted(path for path in folder.rglob("*") if path.is_file()):
        found.update(str(path.relative_to(folder)).encode() + path.read_bytes())
    return found.hexdigest()


def killed(data: Path, *, kills: int, longest: float, seed: int) -> Iterator[str]:
    """Begin or go on, be killed after a random time, so many times; says what was wrong after each kill."""
    rng = random.Random(seed)
    home = Path(os.environ["OCR_STUDIO_HOME"])
    base = next(home.rglob(f"{BASE}/model.json")).parent
    before, models = digest(base), listed()
    for number in range(kills):
        more = ("--resume",) if number and (home / "state" / "training" / NAME / "run.json").exists() else ()
        arguments = command("train", "--dataset", str(data), "--name", NAME, "--keep", "always", "--base", BASE, *more)
        with (home / "said.txt").open("wb") as said:
            process = subprocess.Popen(arguments, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=said)
        delay = rng.uniform(0.5, longest)
        time.sleep(delay)
        over = process.poll() is not None
        process.kill()
        process.wait()
        trouble = [] if digest(base) == before else ["the base is another"]
        if over and process.returncode != 0:
            trouble.append((home / "said.txt").read_text(encoding="utf-8")[-300:])
        if not over and listed() != models:
            trouble.append(f"models are {listed()}")
        ending = " (was over)" if over else ""
        yield f"kill {number + 1:2} after {delay:5.1f} s: {', '.join(trouble) or 'all well'}{ending}"
        if over:
            return


def main() -> int:
    """Print what each kill left, and the table of results."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=20)
    parser.add_argument("--longest", type=float, default=25.0, help="seconds from a start to its kill, at most")
    parser.add_argument("--words", type=int, default=100)
    parser.add_argument("--seeds", type=int, default=3, help="undisturbed trainings to compare with")
    parser.add_argument("--seed", type=int, default=7, help="of the moments at which it is killed")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as place:
        os.environ["OCR_STUDIO_HOME"] = str(Path(place) / "home")
        data = Path(place) / "data"
        data.mkdir()
        draw(data, words=options.words, seed=11)
        trained(data, BASE, "--epochs", "1")
        good = True
        for line in killed(data, kills=options.kills, longest=options.longest, seed=options.seed):
            print(line, flush=True)
            good &= "all well" in line
        print(f"\n{'letters wrong of words':28} {'held out':>11} {'general':>11} {'took':>11}")
        print(trained(data, NAME, "--base", BASE, "--resume").row(f"killed {options.kills} times"), flush=True)
        for seed in range(options.seeds):
            outcome = trained(data, f"undisturbed {seed}", "--base", BASE, "--seed", str(seed))
            print(outcome.row(f"not disturbed, seed {seed}"), flush=True)
    return 0 if good else 1


if __name__ == "__main__":
    raise SystemExit(main())
