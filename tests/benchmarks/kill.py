"""Kills an editing session at random moments and looks at what is left: ``python -m tests.benchmarks.kill --kills 50``.

The session is the real document, autosave and project in a program of its own, making random edits of every kind on two
photos, in bursts and pauses, while another thread opens them. It says through a pipe what each edit made. After each
kill the project is opened again: every page must be just as it was after some edit, that edit being no older than one
second, and no file damaged.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import random
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
from PySide6.QtCore import QCoreApplication, QObject, Qt, QTimer

from ocr_studio.core.editing import edits
from ocr_studio.core.images import photo_file
from ocr_studio.core.page import Alternative, Edit, Page, Quad, TextSource, Transcription, Word, new_id, now
from ocr_studio.core.plain_text import one_line
from ocr_studio.core.project import page_file
from ocr_studio.core.project.project import PageDamaged, Project
from ocr_studio.ui.document.autosave import Autosave
from ocr_studio.ui.document.document import Document

ROOT = Path(__file__).resolve().parents[2]
PHOTOS = ("board.png", "notes.png")
WIDTH, HEIGHT = 3000, 2000
ALPHABET = "abcdefghijklmnopqrstuvwxyzäéß0123456789 =;'\"{}[],\\/€→"

# Seconds: an edit older than this must be there after a kill.
PROMISE = 1.0


def digest(page: Page) -> str:
    return hashlib.blake2b(page_file.encode(page), digest_size=12).hexdigest()


# The session: what the killed program does.


class Session(QObject):
    """Random edits of two photos until somebody kills it; says each on standard output."""

    def __init__(self, photos: Path, seed: int) -> None:
        super().__init__()
        self.random = random.Random(seed)
        self.project = Project.open(photos)
        self.project.lock()
        self.document = Document(self)
        self.autosave = Autosave(self.document, self)
        self.autosave.set_project(self.project)
        self.autosave.saved.connect(lambda: self.say("saved"))
        self.number = 0
        self.timer = QTimer(self)
        self.timer.setSingleShot(True)
        self.timer.setTimerType(Qt.TimerType.PreciseTimer)
        self.timer.timeout.connect(self.step)
        self.photo = np.zeros((2, 2, 3), np.uint8)
        self.ids = {name: photo_file.compute_content_id(photos / name) for name in PHOTOS}
        self.show(PHOTOS[0])
        # Photos are opened in a thread of their own, which locks and reads while another saves.
        threading.Thread(target=self.open_photos, daemon=True).start()
        self.timer.start(0)

    def open_photos(self) -> None:
        """Lock and look, again and again, as every opening of a photo does."""
        while True:
            for page_id in self.ids.values():
                self.project.lock()
                self.project.load_page(page_id)
                self.project.summaries()
                time.sleep(0.01)

    def say(self, *what: object) -> None:
        # One write call, so that a line is there whole or not at all.
        os.write(1, (" ".join(map(str, (time.monotonic(), *what))) + "\n").encode())

    def show(self, name: str) -> None:
        page = self.project.load_page(self.ids[name]) or Page(self.ids[name], name, WIDTH, HEIGHT)
        self.document.open(page, self.photo)

    def step(self) -> None:
        chance = self.random.random()
        stack = self.document.undo_stack
        page = before = self.document.page
        assert page
        if chance < 0.04:
            self.show(self.random.choice(PHOTOS))
            before = self.document.page
        elif chance < 0.12:
            stack.undo()
        elif chance < 0.16:
            stack.redo()
        elif chance < 0.18:
            self.document.set_read_at(f"{now()} {self.number}")
        else:
            self.document.push(random_edit(page, self.random), join=self.random.choice(("", "drag")))
        if (after := self.document.page) and after is not before:
            self.number += 1
            self.say("edit", self.number, after.id, digest(after))
        pause = self.random.random() < 0.08
        self.timer.start(self.random.randint(300, 1200) if pause else self.random.randint(0, 60))


def read_word(rng: random.Random) -> Word:
    text = one_line("".join(rng.choice(ALPHABET) for _ in range(rng.randint(1, 12)))) or "x"
    x, y = rng.uniform(0, WIDTH - 300), rng.uniform(0, HEIGHT - 60)
    readings = tuple(Alternative(one_line(text[:-1] + rng.choice(ALPHABET)), rng.random()) for _ in range(5))
    letters = tuple((index + 0.5) / len(text) for index in range(len(text)))
    machine = Transcription(text, TextSource.MODEL, rng.random(), "kill", now(), readings, letters)
    return Word(new_id(), Quad.from_box(x, y, x + 20 * len(text), y + 40), machine=machine)


def random_edit(page: Page, rng: random.Random) -> Edit:
    keys = sorted(page.words)
    if len(keys) < 30:
        return edits.reread(page, [read_word(rng) for _ in range(40)], earlier=None if rng.random() < 0.2 else ())
    one, some = rng.choice(keys), rng.sample(keys, rng.randint(1, 6))
    word, other = page.words[one], read_word(rng)
    kinds: list[Callable[[], Edit]] = [
        lambda: edits.write(page, one, other.text),
        lambda: edits.accept(page, some),
        lambda: edits.unaccept(page, some),
        lambda: edits.choose_alternative(page, one, rng.randrange(5)),
        lambda: edits.move(page, some, rng.uniform(-50, 50), rng.uniform(-50, 50)),
        lambda: edits.reshape(page, one, other.quad),
        lambda: edits.rotate(page, some, rng.uniform(-30, 30)),
        lambda: edits.add(page, other.quad, text=rng.choice((None, other.text))),
        lambda: edits.split(page, one, rng.uniform(0.1, 0.9)),
        lambda: edits.split(page, one, letter=rng.randrange(12)),
        lambda: edits.merge(page, some[:2]),
        lambda: edits.reread(page, [other], earlier=()),
        lambda: edits.refresh(page, [replace(word, machine=other.machine)]),
    ]
    if len(keys) < 150:
        kinds.append(lambda: edits.paste(page, [page.words[key] for key in some], offset=(9, 9)))
    else:
        kinds.append(lambda: edits.delete(page, rng.sample(keys, 60)))
    return rng.choice(kinds)()


def run_session(photos: Path, seed: int) -> None:
    app = QCoreApplication([])
    session = Session(photos, seed)
    app.exec()
    del session


# The killer, and what it finds.


@dataclass
class Told:
    """What a session said: for each page its states in order, with when they were made."""

    states: dict[str, list[tuple[float, str]]] = field(default_factory=dict)
    saved_at: float = 0.0  # when it last said that all was saved
    begun: threading.Event = field(default_factory=threading.Event)

    def hear(self, line: str) -> None:
        moment, what, *rest = line.split()
        if what == "saved":
            self.saved_at = float(moment)
        else:
            _, page_id, state = rest
            self.states.setdefault(page_id, []).append((float(moment), state))
        self.begun.set()


@dataclass(frozen=True)
class Finding:
    """What was left after one kill. lost: edits that should be there; oldest: seconds of the oldest edit not there."""

    seconds: float
    edits: int
    lost: int
    lost_though_saved: int
    oldest: float
    unknown: int
    damaged: int


def kill_one(photos: Path, seed: int, seconds: float, before: dict[str, str]) -> Finding:
    """Start a session, kill it ``seconds`` after its first edit, and look. before: page id -> its state so far."""
    command = [sys.executable, "-m", "tests.benchmarks.kill", "--session", str(photos), "--seed", str(seed)]
    environment = os.environ | {"QT_QPA_PLATFORM": "offscreen"}
    told = Told()
    with subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True) as session:
        listener = threading.Thread(target=_listen, args=(session, told))
        listener.start()
        begun = told.begun.wait(60)
        time.sleep(seconds)
        killed = time.monotonic()
        session.kill()
        session.wait()
        listener.join()
    if not begun:
        raise RuntimeError("the session did not begin; what it said is above")
    return look(photos, told, killed, before, seconds)


def _listen(session: subprocess.Popen[str], told: Told) -> None:
    assert session.stdout
    for line in session.stdout:
        if line.endswith("\n"):
            told.hear(line)
    told.begun.set()


def look(photos: Path, told: Told, killed: float, before: dict[str, str], seconds: float) -> Finding:
    """Open the project again and compare; ``before`` becomes what is there now."""
    project = Project.open(photos)
    project.lock()
    lost = lost_though_saved = unknown = damaged = 0
    oldest = 0.0
    for page_id in {*before, *told.states}:
        try:
            page = project.load_page(page_id)
        except PageDamaged:
            damaged += 1
            continue
        made = told.states.get(page_id, [])
        shown = digest(page) if page else ""
        states = [before.get(page_id, ""), *(state for _, state in made)]
        if shown not in states:
            unknown += 1
            continue
        before[page_id] = shown
        place = len(states) - 1 - states[::-1].index(shown)
        missing = [moment for moment, _ in made[place:] if moment <= killed]
        lost += sum(killed - moment > PROMISE for moment in missing)
        lost_though_saved += sum(moment < told.saved_at for moment in missing)
        oldest = max([oldest, *(killed - moment for moment in missing)])
    for path in project.folder.rglob("*"):
        damaged += path.is_file() and not _sound(path)
    project.unlock()
    count = sum(map(len, told.states.values()))
    return Finding(seconds, count, lost, lost_though_saved, oldest, unknown, damaged)


def _sound(path: Path) -> bool:
    if path.parent.name == "pages":
        try:
            return page_file.decode(path.read_bytes()).id == path.stem
        except ValueError:
            return False
    return path.name in {"project.json", "lock"}


def make_photos(folder: Path) -> None:
    for name in PHOTOS:
        (folder / name).write_bytes(name.encode() * 1000)


def kill_many(folder: Path, *, kills: int, longest: float, seed: int) -> list[Finding]:
    """Sessions one after the other on the same photos, each killed; prints a row for each."""
    make_photos(folder)
    photos = {name: (folder / name).read_bytes() for name in PHOTOS}
    rng, before, findings = random.Random(seed), dict[str, str](), []
    print("kill  after s  edits  lost >1 s  oldest unsaved s  unknown  damaged")
    for number in range(kills):
        found = kill_one(folder, rng.randrange(2**31), rng.uniform(0, longest), before)
        findings.append(found)
        columns = f"{found.lost:>9}  {found.oldest:>16.2f}  {found.unknown:>7}  {found.damaged:>7}"
        print(f"{number + 1:>4}  {found.seconds:>7.2f}  {found.edits:>5}  {columns}", flush=True)
    if any((folder / name).read_bytes() != data for name, data in photos.items()):
        raise RuntimeError("a photo was written")
    return findings


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=50)
    parser.add_argument("--longest", type=float, default=4.0, help="seconds after the first edit, at most")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--session", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.session:
        run_session(options.session, options.seed)
        return 0
    with tempfile.TemporaryDirectory() as folder:
        found = kill_many(Path(folder), kills=options.kills, longest=options.longest, seed=options.seed)
    total = {
        f"lost though older than {PROMISE:g} s": sum(each.lost for each in found),
        "lost though said to be saved": sum(each.lost_though_saved for each in found),
        "pages in a state they never had": sum(each.unknown for each in found),
        "files damaged": sum(each.damaged for each in found),
    }
    print(f"{len(found)} kills, {sum(each.edits for each in found)} edits")
    for name, count in total.items():
        print(f"{name}: {count}")
    print(f"oldest edit not on the disk: {max(each.oldest for each in found):.2f} s")
    return 1 if any(total.values()) else 0


if __name__ == "__main__":
    sys.exit(main())
