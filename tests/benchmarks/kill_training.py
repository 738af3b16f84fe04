"""Kills a training at random moments and looks at what is left.

    python -m tests.benchmarks.kill_training [--what recognizer|detector] [--kills 20]

The training is the command itself, in a program of its own, on drawn words, or on drawn boards. Each time it is killed
with -9, soon after it was started, after its first step or after it was examined, and gone on with. After each kill the
model it began with must be there, byte for byte, and no other that anybody could choose; in the end what came of it is
compared with trainings on the same that nobody disturbed, of several seeds, which show how much results differ anyway.
The first of these has the same seed: how far its weights lie from those of the killed one is said, too.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from safetensors.numpy import load_file

from ocr_studio.core.images import photo_file
from ocr_studio.engine.training import rehearsal
from tests.benchmarks.learning_detector import rings
from tests.engine import made_boards

ROOT = Path(__file__).resolve().parents[2]
BASE, NAME = "before", "after"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of a training, of words held out and of general ones, 0..1: how many letters are read wrongly, or the
    F of finding them.
    """

    held_out: float
    general: float
    seconds: float

    def row(self, what: str) -> str:
        """One line of the table."""
        return f"{what:28} {100 * self.held_out:9.1f} % {100 * self.general:9.1f} % {self.seconds:9.0f} s"


def draw_words(folder: Path) -> None:
    """A dataset as ``deep-text-recognition-benchmark`` wants it: a hundred crops and gt.txt."""
    labels = []
    for number, lesson in enumerate(rehearsal.generate_words(100, ("en",), seed=11)):
        photo_file.save_png(folder / f"{number}.png", lesson.crop)
        labels.append(f"{number}.png\t{lesson.text}\n")
    (folder / "gt.txt").write_text("".join(labels), encoding="utf-8")


def draw_boards(folder: Path) -> None:
    """A dataset as PPOCRLabel leaves it: two boards full of small rings, and Label.txt with the words on them."""
    labels = []
    maker = made_boards.maker(seed=7)
    for number in (700, 701):
        board = maker.at(number)
        photo_file.save_png(folder / f"{number}.png", rings(board.image))
        words = [
            {"transcription": word.text, "points": word.quad.array().tolist(), "difficult": word.ignore}
            for word in board.words
        ]
        labels.append(f"{number}.png\t{json.dumps(words)}\n")
    (folder / "Label.txt").write_text("".join(labels), encoding="utf-8")


@dataclass(frozen=True, slots=True)
class What:
    """What learns. draw: writes the dataset; flags: for the command; figure: of what it says; title: of that."""

    draw: Callable[[Path], None]
    flags: tuple[str, ...]
    figure: str
    title: str


WHAT: Mapping[str, What] = {
    "recognizer": What(draw_words, (), "cer", "letters wrong of words"),
    "detector": What(draw_boards, ("--detector",), "f", "F of finding words"),
}


def command(*arguments: str) -> list[str]:
    return [sys.executable, "-m", "ocr_studio", *arguments]


def told(events: str, name: str) -> dict[str, Any] | None:
    """The first event of this name among the lines that a training has said; None where there is none."""
    found = (json.loads(line) for line in events.splitlines() if line.endswith("}"))
    return next((event for event in found if event["event"] == name), None)


def outcome(events: str) -> Outcome | None:
    """What came of a training by what it has said; None where it did not come to its end."""
    event = told(events, "trained")
    if event is None:
        return None
    figures = [next(event[side][each.figure]["after"] for each in WHAT.values() if each.figure in event[side])
               for side in ("held_out", "general")]  # fmt: skip
    return Outcome(figures[0], figures[1], event["seconds"])


def training(data: Path, name: str, *more: str) -> list[str]:
    """The command that trains and says everything. data: its folder's name says what learns."""
    flags = ("--keep", "always", "--events", "jsonl", *WHAT[data.name].flags)
    return command("train", "--dataset", str(data), "--name", name, *flags, *more)


def trained(data: Path, name: str, *more: str) -> Outcome:
    """Train without being disturbed. Raises RuntimeError where that fails."""
    done = subprocess.run(training(data, name, *more), cwd=ROOT, capture_output=True, text=True, check=False)
    if (found := outcome(done.stdout)) is None:
        raise RuntimeError(done.stderr[-2000:])
    return found


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


def apart(one: str, other: str) -> float:
    """How far the weights of two models are apart, at most."""
    home = Path(os.environ["OCR_STUDIO_HOME"])
    first, second = (load_file(next(home.rglob(f"{name}/weights.safetensors"))) for name in (one, other))
    return max(float(np.abs(first[key] - second[key]).max()) for key in first)


def going_on() -> tuple[str, ...]:
    """What the command needs to go on with what was killed, where there is anything of it."""
    begun = Path(os.environ["OCR_STUDIO_HOME"]) / "state" / "training" / NAME / "run.json"
    return ("--resume",) if begun.exists() else ()


@dataclass(frozen=True, slots=True)
class Kill:
    """A training that was killed. resumed_at: the step it had gone on from; None where it had not begun to learn.

    trouble: what was wrong afterwards. outcome: what came of it, where it was over before it could be killed.
    """

    seconds: float
    resumed_at: int | None
    trouble: str
    outcome: Outcome | None

    def row(self, number: int) -> str:
        """One line for a person."""
        begun = "before it learned" if self.resumed_at is None else f"gone on from step {self.resumed_at}"
        over = " (was over)" if self.outcome else ""
        return f"kill {number:2} after {self.seconds:5.1f} s, {begun}: {self.trouble or 'all well'}{over}"


def _learns(events: str) -> bool:
    """Whether a step was learned."""
    return told(events, "step") is not None


def _was_examined(events: str) -> bool:
    """Whether it was examined after a step, and so is about to keep how far it has come."""
    return '"event": "checked"' in events.partition('"event": "step"')[2]


# What is waited for before the moment of a kill is drawn. Making ready takes longer than most kills wait.
_AWAITED: Sequence[Callable[[str], bool]] = (lambda _: True, _learns, _was_examined, _was_examined)


def killed(data: Path, *, kills: int, longest: float, seed: int) -> Iterator[Kill]:
    """Begin or go on, be killed at a random moment, so many times, or until it is over all the same."""
    rng = random.Random(seed)
    home = Path(os.environ["OCR_STUDIO_HOME"])
    base = next(home.rglob(f"{BASE}/model.json")).parent
    before, models = digest(base), listed()
    events, said = home / "events.jsonl", home / "said.txt"
    for number in range(kills):
        start = time.monotonic()
        with events.open("wb") as out, said.open("wb") as errors:
            process = subprocess.Popen(
                training(data, NAME, "--base", BASE, *going_on()), cwd=ROOT, stdout=out, stderr=errors
            )
        awaited = _AWAITED[number % len(_AWAITED)]
        while process.poll() is None and not awaited(events.read_text(encoding="utf-8")):
            time.sleep(0.1)
        time.sleep(rng.uniform(0.0, longest))
        process.kill()  # which does nothing to one that is over
        failed = process.wait() not in (0, -signal.SIGKILL)
        text = events.read_text(encoding="utf-8")
        over = outcome(text) if told(text, "kept") else None
        trouble = [said.read_text(encoding="utf-8")[-300:]] if failed else []
        if digest(base) != before:
            trouble.append("the base is another")
        if over is None and (now := listed()) != models:
            trouble.append(f"models are {now}")
        started = told(text, "started")
        resumed_at = None if started is None else started["resumed_at"]
        yield Kill(time.monotonic() - start, resumed_at, ", ".join(trouble), over)
        if over is not None:
            return


def main() -> int:
    """Print what each kill left, and the table of results."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--what", choices=tuple(WHAT), default="recognizer")
    parser.add_argument("--kills", type=int, default=20)
    parser.add_argument(
        "--longest", type=float, default=10.0, help="seconds from a start, or a first step, to its kill"
    )
    parser.add_argument("--seeds", type=int, default=3, help="undisturbed trainings to compare with")
    parser.add_argument("--seed", type=int, default=7, help="of the moments at which it is killed")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as place:
        os.environ["OCR_STUDIO_HOME"] = str(Path(place) / "home")
        data = Path(place) / options.what
        data.mkdir()
        WHAT[options.what].draw(data)
        trained(data, BASE, "--epochs", "1")
        kills: list[Kill] = []
        for kill in killed(data, kills=options.kills, longest=options.longest, seed=options.seed):
            kills.append(kill)
            print(kill.row(len(kills)), flush=True)
        print(f"\n{WHAT[options.what].title:28} {'held out':>11} {'general':>11} {'took':>11}")
        over = kills[-1].outcome if kills else None
        last = over or trained(data, NAME, "--base", BASE, *going_on())
        print(last.row(f"killed {len(kills) - (over is not None)} times"), flush=True)
        for seed in range(options.seeds):
            outcome = trained(data, f"undisturbed {seed}", "--base", BASE, "--seed", str(seed))
            print(outcome.row(f"not disturbed, seed {seed}"), flush=True)
            if seed == 0:
                print(f"  its weights and those of the killed one differ by {apart(NAME, f'undisturbed {seed}'):.1g}")
    return 1 if any(kill.trouble for kill in kills) else 0


if __name__ == "__main__":
    raise SystemExit(main())
