"""Kills the whole window at random moments and looks at what is left: ``python -m tests.benchmarks.kill_window``.

In it somebody does everything that changes anything, see ``window_person``. After each kill pages and history must be
as they were after one and the same deed, that deed being no older than a second; every file must be sound; and the next
start must offer to go on where they were, know the same words by its index, and take the same steps back and do them
again as the history of before tells.
"""

from __future__ import annotations

import argparse
import contextlib
import hashlib
import json
import logging
import os
import random
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ocr_studio.core.page import EditMismatch, Page, apply
from ocr_studio.core.project import page_file, undo_log
from ocr_studio.core.project.project import Project
from ocr_studio.core.project.undo_log import UndoLog
from tests.benchmarks.kill import PROMISE
from tests.benchmarks.window_ear import digest, item_digest, items
from tests.benchmarks.window_person import STEPS_BACK
from tests.ui import made_board

ROOT = Path(__file__).resolve().parents[2]
PHOTOS = 8
# Seconds: how old the place may be that the next start offers to go on at.
PLACE_AGE = 2.5


@dataclass
class Told:
    """All that a sitting said."""

    lines: list[dict[str, Any]] = field(default_factory=list)
    at_work: threading.Event = field(default_factory=threading.Event)

    def of(self, what: str) -> list[dict[str, Any]]:
        return [line for line in self.lines if line["what"] == what]


@dataclass
class Left:
    """What is on the disk: page id -> its state, and what the history tells."""

    pages: dict[str, str] = field(default_factory=dict)
    items: list[str] = field(default_factory=list)
    course: UndoLog = field(default_factory=UndoLog)
    whole: dict[str, Page] = field(default_factory=dict)


def sit(photos: Path, home: Path, seed: int, seconds: float | None) -> tuple[Told, float]:
    """A sitting that is killed so many seconds after somebody has begun to work; None: the window is closed then."""
    command = [sys.executable, "-m", "tests.benchmarks.window_person", str(photos), "--seed", str(seed)]
    environment = os.environ | {"QT_QPA_PLATFORM": "offscreen", "OCR_STUDIO_HOME": str(home)}
    told = Told()
    with subprocess.Popen(
        command + ["--leave"] * (seconds is None), cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True
    ) as window:
        listener = threading.Thread(target=_listen, args=(window, told))
        listener.start()
        begun = told.at_work.wait(60)
        if seconds is None or not begun:
            with contextlib.suppress(subprocess.TimeoutExpired):
                window.wait(30)
        else:
            time.sleep(seconds)
            if window.poll() is not None:
                raise RuntimeError("the window is gone, and nobody has killed it yet")
        killed = time.monotonic()
        window.kill()
        window.wait()
        listener.join()
    if not told.of("at work"):
        raise RuntimeError(f"nobody got to work; the last words were {told.lines[-3:]}")
    return told, killed


def _listen(window: subprocess.Popen[str], told: Told) -> None:
    assert window.stdout
    for text in window.stdout:
        if text.endswith("\n"):
            line = json.loads(text)
            told.lines.append(line)
            if line["what"] == "at work":
                told.at_work.set()
    told.at_work.set()


def look(photos: Path) -> tuple[Left, Counter[str]]:
    """What is there, as the next program finds it."""
    found: Counter[str] = Counter()
    project = Project.open(photos)
    project.lock()  # which brings to its end what was cut short
    left = Left(course=undo_log.load(project.files))
    for key in project.page_ids():
        with contextlib.suppress(Exception):
            if page := project.load_page(key, aside=False):
                left.whole[key], left.pages[key] = page, digest(page)
        found["pages damaged"] += key not in left.pages
    left.items = [item_digest(item) for item in items(project.folder)]
    project.unlock()
    return left, found


def compare(before: Left, told: Told, left: Left, killed: float | None) -> Counter[str]:
    """What should not be. killed: when; None if it was closed, so that everything must be there."""
    found: Counter[str] = Counter()
    (begun,) = told.of("begun")
    deeds = told.of("did")
    early = sum(deed["at"] < begun["at"] for deed in deeds)  # saved by then, as nothing was unsaved
    added = left.items[begun["items"] :]
    said = [item for deed in deeds[early:] for item in deed["items"]]
    found["history otherwise than told"] = added != said[: len(added)]
    states, count = {key: {state} for key, state in before.pages.items()}, 0
    for number, deed in enumerate(deeds):
        count += len(deed["items"]) if number >= early else 0
        there, is_step = number < early or count <= len(added), bool(deed["items"])
        for key, state in deed["pages"].items():
            if is_step and there:
                states[key] = {state}
            elif not is_step:
                states.setdefault(key, {""}).add(state)  # it is saved by itself, sooner or later than steps
        late = killed is None or killed - deed["at"] > PROMISE
        found["steps lost"] += late and is_step and not there
        found["pages lost"] += late and not is_step and any(left.pages.get(key, "") == "" for key in deed["pages"])
    for key in states.keys() | left.pages.keys():
        found["pages that are not as the history tells"] += left.pages.get(key, "") not in states.get(key, {""})
    return found


def continues(before: Left, told: Told) -> Counter[str]:
    """Whether steps taken back and done again after the start led where the history of before tells."""
    found: Counter[str] = Counter()
    pages, index = dict(before.whole), before.course.index
    found["steps refused"] = len([line for line in told.of("refused") if line["at"] < told.of("at work")[0]["at"]])
    if told.of("begun")[0]["steps"] != index:
        found["steps forgotten at the start"] += 1
        return found
    for walk in told.of("walked"):
        back = walk["index"] < index
        step = before.course.steps[index - 1 if back else index]
        try:
            for key, edit in (step.inverted() if back else step).edits.items():
                pages[key] = apply(pages[key], edit)
        except (EditMismatch, KeyError):
            found["steps that do not fit"] += 1
            return found
        index += -1 if back else 1
        meant = {key: digest(page) for key, page in pages.items()}
        found["steps that led elsewhere"] += walk["index"] != index or walk["pages"] != meant
    wanted = min(STEPS_BACK, before.course.index)
    found["steps not taken back"] += not before.course.steps[index:] and len(told.of("walked")) < wanted
    return found


def offered(last: Told, killed: float, told: Told) -> int:
    """1 where the start did not offer the photo that somebody was at; after a closed window it goes on by itself."""
    photos = last.of("photo")
    names = {photo["name"] for photo in photos[-1:]}
    for photo, following in zip(photos, [*photos[1:], {"at": killed}], strict=True):
        if following["at"] > killed - PLACE_AGE:
            names.add(photo["name"])
    return int((told.of("offer")[0]["photo"] or told.of("photo")[0]["name"]) not in names)


def files(home: Path, project: Path, told: Told, known: dict[str, set[str]]) -> Counter[str]:
    """What is damaged, or older than what was written. known: contents of small files, as they may be by now."""
    found: Counter[str] = Counter()
    for path in (*home.rglob("*"), *project.rglob("*")):
        if path.is_file() and not _sound(path):
            found["files damaged"] += 1
            print("damaged:", path)
    for line in told.lines:
        if line["what"] == "writing":
            known.setdefault(line["path"], {""}).add(line["content"])
        elif line["what"] == "written":
            known[line["path"]] = {line["content"]}
    for name, contents in known.items():
        path = Path(name)
        now = hashlib.blake2b(path.read_bytes(), digest_size=10).hexdigest() if path.exists() else ""
        found["small files not as written"] += now not in contents
        known[name] = {now}
    return found


def _sound(path: Path) -> bool:
    """Whether a file is as it should be; those of a writing that was cut short and logs are of no account.

    Small pictures add up or are made again, which their own tests show.
    """
    if path.suffix in {".tmp", ".lock", ".log"} or {"log", "lock", "thumbnails"} & set(path.parts):
        return True
    try:
        if path.parent.name == "pages":
            return page_file.decode(path.read_bytes()).id == path.stem
        if path.name == undo_log.FILE:
            return all(json.loads(line) for line in path.read_bytes().split(b"\n")[:-1] if line)
        if path.suffix == ".json":
            return isinstance(json.loads(path.read_bytes()), dict)
    except ValueError:
        return False
    return path.suffix != ".sqlite" or _sound_database(path)


def _sound_database(path: Path) -> bool:
    with tempfile.TemporaryDirectory() as folder:
        for part in (path, path.with_name(f"{path.name}-wal")):
            if part.exists():
                (Path(folder) / part.name).write_bytes(part.read_bytes())
        with contextlib.closing(sqlite3.connect(Path(folder) / path.name)) as database:
            return bool(database.execute("PRAGMA integrity_check").fetchone() == ("ok",))


@dataclass
class Run:
    """Sittings one after the other on the same photos."""

    photos: Path
    home: Path
    before: Left = field(default_factory=Left)
    last: tuple[Told, float] | None = None
    small: dict[str, set[str]] = field(default_factory=dict)
    found: Counter[str] = field(default_factory=Counter)
    deeds: Counter[str] = field(default_factory=Counter)

    def once(self, seed: int, seconds: float | None) -> Mapping[str, int]:
        """One sitting, and what is wrong after it."""
        told, killed = sit(self.photos, self.home, seed, seconds)
        left, found = look(self.photos)
        found += compare(self.before, told, left, None if seconds is None else killed)
        if self.last:
            found += continues(self.before, told)
            found["photos not offered"] += offered(*self.last, told)
        found["pages otherwise in the index"] += told.of("index")[0]["wrong"]
        found["troubles told"] += len(told.of("trouble"))
        found += files(self.home, self.photos / "ocr-studio-project", told, self.small)
        self.before, self.last = left, (told, killed)
        self.deeds.update(line["deed"] for line in told.of("tick"))
        self.deeds["steps"] += len([deed for deed in told.of("did") if deed["items"]])
        self.deeds["steps of several photos"] += len([d for d in told.of("did") if d["items"] and len(d["pages"]) > 1])
        self.found += found
        return found


def kill_many(folder: Path, *, kills: int, longest: float, seed: int) -> Run:
    """Sittings that are killed, and one that is closed; prints a row for each."""
    for number in range(1, PHOTOS + 1):
        made_board.write_photo(folder / "boards" / f"board {number}.png", number)
    run, rng = Run(folder / "boards", folder / "home"), random.Random(seed)
    photos = {path: path.read_bytes() for path in run.photos.glob("*.png")}
    run.once(rng.randrange(2**31), None)  # somebody has all photos read
    print("kill  after s  steps  what is wrong")
    for number in range(kills):
        seconds, steps = rng.uniform(0, longest), run.deeds["steps"]
        found = {name: count for name, count in run.once(rng.randrange(2**31), seconds).items() if count}
        print(f"{number + 1:>4}  {seconds:>7.2f}  {run.deeds['steps'] - steps:>5}  {found or 'nothing'}", flush=True)
    run.once(rng.randrange(2**31), None)
    run.found["temporary files left"] += len([*run.photos.rglob("*.tmp")])  # others are removed after an hour
    if any(path.read_bytes() != data for path, data in photos.items()):
        raise RuntimeError("a photo was written")
    return run


def main() -> int:
    logging.disable()
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=50)
    parser.add_argument("--longest", type=float, default=5.0, help="seconds after somebody got to work, at most")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        run = kill_many(Path(folder), kills=options.kills, longest=options.longest, seed=options.seed)
    print("deeds:", ", ".join(f"{name} {count}" for name, count in sorted(run.deeds.items())))
    for name, count in sorted(run.found.items()):
        print(f"{name}: {count}")
    return 1 if any(run.found.values()) else 0


if __name__ == "__main__":
    sys.exit(main())
