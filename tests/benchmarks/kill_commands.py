"""Kills commands with -9 at random moments, and looks at what is left: ``python -m tests.benchmarks.kill_commands``.

    python -m tests.benchmarks.kill_commands [--kind read|export|dataset|synth|shared …] [--kills 50] [--seed 1]

read: ``read FOLDER --keep --again`` by the real recognizer. export, dataset, synth: the commands of these names,
writing over what they have written before. shared: two programs that save into one project in turns; either is killed
while the other goes on. After each kill every file must be sound, what the command has said to be kept must be there,
nothing may be left that keeps the next one from its work, and the same command must bring it to its end.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import random
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from ocr_studio.core.datasets import dataset
from ocr_studio.core.editing import edits
from ocr_studio.core.errors import StudioError
from ocr_studio.core.images import photo_file
from ocr_studio.core.page import Page, apply
from ocr_studio.core.project import page_file, undo_log
from ocr_studio.core.project.project import FOLDER, Project
from ocr_studio.core.project.undo_log import Step
from tests.core.made_pages import page_of, read_word
from tests.ui import made_board

ROOT = Path(__file__).resolve().parents[2]
STUDIO = (sys.executable, "-m", "ocr_studio")


@dataclass
class Outcome:
    """What was found after all kills of one kind."""

    kills: int = 0
    in_time: int = 0  # killed while it worked, not before and not after
    kept: int = 0  # pages, or saves, that a command said to be kept
    torn: list[str] = field(default_factory=list)
    lost: list[str] = field(default_factory=list)
    stuck: list[str] = field(default_factory=list)

    @property
    def bad(self) -> list[str]:
        return [*self.torn, *self.lost, *self.stuck]


def _killed(command: Sequence[str], seconds: float, *, after_lines: int = 0) -> tuple[list[str], bool]:
    """Run a command and kill it.

    Args:
        command: With its arguments.
        seconds: So long after it has said so many lines on standard output, or after its start.
        after_lines: So many lines.

    Returns:
        The lines that it said, and whether it was still at work.
    """
    said: list[str] = []
    enough = threading.Event()
    with subprocess.Popen(
        command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, encoding="utf-8"
    ) as child:

        def listen() -> None:
            assert child.stdout
            for line in child.stdout:
                said.append(line)
                if len(said) >= after_lines:
                    enough.set()
            enough.set()

        listener = threading.Thread(target=listen)
        listener.start()
        if after_lines:
            enough.wait(120)
        time.sleep(seconds)
        at_work = child.poll() is None
        child.kill()
        child.wait()
        listener.join()
    return said, at_work


def _run(command: Sequence[str]) -> tuple[int, float]:
    began = time.monotonic()
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    return done.returncode, time.monotonic() - began


def _check_project(folder: Path, out: Outcome) -> None:
    """Whether every page is whole and nothing is left that was begun."""
    project = Project.open(folder)
    try:
        project.lock()
    except StudioError as error:
        out.stuck.append(str(error))
        return
    for page_id in project.page_ids():
        try:
            project.read_page(page_id)
        except (OSError, ValueError) as error:
            out.torn.append(f"{page_id}: {error}")
    undo_log.load(project.files)
    out.torn.extend(str(path) for path in project.folder.rglob("*.tmp"))
    project.unlock()


def kill_read(folder: Path, kills: int, rng: random.Random) -> Outcome:
    """Batch reading: what was printed is kept."""
    photos = [made_board.write_photo(folder / f"{number}.png", number) for number in range(5)]
    ids = {str(photo): photo_file.compute_content_id(photo) for photo in photos}
    command = (*STUDIO, "read", str(folder), "--keep", "--again")
    out = Outcome()
    for _ in range(kills):
        before = {key: _read_at(folder, key) for key in ids.values()}
        said, at_work = _killed(command, rng.uniform(0, 0.6), after_lines=rng.choice((0, 1, 1, 4, 7, 10)) or 1)
        out.kills, out.in_time = out.kills + 1, out.in_time + at_work
        _check_project(folder, out)
        named = [line.strip().removesuffix(":") for line in said if line.strip().removesuffix(":") in ids]
        # A name is printed once its page is kept.
        for name in named:
            out.kept += 1
            if _read_at(folder, ids[name]) in ("", before[ids[name]]):
                out.lost.append(f"{name} was printed and is not kept")
    status, _ = _run(command)
    if status:
        out.stuck.append(f"read ended with {status} after the kills")
    return out


def _read_at(folder: Path, page_id: str) -> str:
    path = folder / FOLDER / "pages" / f"{page_id}.json"
    try:
        return page_file.decode(path.read_bytes()).read_at or ""
    except (OSError, ValueError):
        return ""


def _known(folder: Path, pages: int) -> Project:
    """A project whose words are all checked."""
    project = Project.open(folder)
    for number in range(pages):
        photo = made_board.write_photo(folder / f"{number}.png", number % 200)
        words = {word.id: word for word in made_board.words(f"-{number}")}
        page = Page(photo_file.compute_content_id(photo), photo.name, 480, 240, words, "2026-01-01T00:00:00+00:00")
        project.save_page(apply(page, edits.accept(page, tuple(words))))
    project.unlock()
    return project


def _kill_writer(
    command: Sequence[str], out_folder: Path, kills: int, rng: random.Random, whole: Callable[[Path], str]
) -> Outcome:
    """Kill what writes a folder; between two kills it is done to its end now and then.

    Args:
        command: That writes.
        out_folder: Where it writes.
        kills: How often it is killed.
        rng: When.
        whole: Says what is torn in the folder, or nothing.
    """
    out = Outcome()
    _, seconds = _run(command)
    wanted = _contents(out_folder)
    for number in range(kills):
        if number % 2:  # half of them begin from nothing
            _emptied(out_folder)
        _, at_work = _killed(command, rng.uniform(0.2 * seconds, seconds))
        out.kills, out.in_time = out.kills + 1, out.in_time + at_work
        if wrong := whole(out_folder):
            out.torn.append(wrong)
        if number % 5 == 4:
            status, _ = _run(command)
            if status or _contents(out_folder) != wanted:
                out.stuck.append(f"the same command ended with {status}, and left other files than it should")
    status, _ = _run(command)
    if status or _contents(out_folder) != wanted:
        out.stuck.append(f"the same command ended with {status} at last")
    return out


def _contents(folder: Path) -> dict[str, str]:
    files = (path for path in folder.rglob("*") if path.is_file() and not path.name.startswith("."))
    return {str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


def _emptied(folder: Path) -> None:
    for path in sorted(folder.rglob("*"), reverse=True):
        path.rmdir() if path.is_dir() and not path.is_symlink() else path.unlink()


def kill_export(folder: Path, kills: int, rng: random.Random) -> Outcome:
    """Each file is whole: JSON that can be read."""
    _known(folder / "photos", 150)
    command = (*STUDIO, "export", str(folder / "photos"), "--format", "json", "--out", str(folder / "out"))

    def whole(out: Path) -> str:
        for path in out.glob("*.json"):
            try:
                json.loads(path.read_bytes())
            except ValueError as error:
                return f"{path.name}: {error}"
        return ""

    return _kill_writer(command, folder / "out", kills, rng, whole)


def kill_dataset(folder: Path, kills: int, rng: random.Random) -> Outcome:
    """There is a whole dataset or none."""
    _known(folder / "photos", 60)
    command = (*STUDIO, "dataset", str(folder / "photos"), "--out", str(folder / "out"))
    return _kill_writer(command, folder / "out", kills, rng, _whole_dataset)


def kill_synth(folder: Path, kills: int, rng: random.Random) -> Outcome:
    """There is a whole dataset or none; what was begun goes on."""
    command = (*STUDIO, "synth", "--out", str(folder / "out"), "--words", "150", "--boards", "1", "--seed", "3")
    return _kill_writer(command, folder / "out", kills, rng, _whole_dataset)


def _whole_dataset(folder: Path) -> str:
    if not (folder / "dataset.json").exists():
        return ""
    try:
        found = dataset.read(folder)
    except StudioError as error:
        return str(error)
    return "; ".join(found.trouble)


def _hear(command: Sequence[str], seconds: float, said: list[str]) -> None:
    said += _killed(command, seconds, after_lines=2)[0]


def kill_shared(folder: Path, kills: int, rng: random.Random) -> Outcome:
    """Two programs save into one project in turns; what either said to be saved is there, or something newer."""
    folder.mkdir(exist_ok=True)
    out, newest = Outcome(), 0
    command = (sys.executable, "-m", "tests.benchmarks.kill_commands", "--saver", str(folder))
    for _ in range(kills):
        heard: list[list[str]] = [[], []]
        first = threading.Thread(target=_hear, args=(command, rng.uniform(0.1, 1.0), heard[0]))
        first.start()
        _hear(command, rng.uniform(0.5, 1.5), heard[1])
        first.join()
        numbers = [int(line) for line in heard[0] + heard[1] if line.endswith("\n")]
        out.kills, out.in_time, out.kept = out.kills + 1, out.in_time + bool(numbers), out.kept + len(numbers)
        newest = max([newest, *numbers])
        _check_project(folder, out)
        page = Project.open(folder).load_page(_SHARED.id)
        there = int(page.words[_KEY].text) if page else 0
        if there < newest:
            out.lost.append(f"{newest} was saved, {there} is there")
        if len(set(numbers)) != len(numbers):
            out.lost.append("two programs saved the same number: neither saw what the other did")
    return out


_SHARED = replace(page_of(read_word("0", 100)), id="1" * 32, image="board.png")
_KEY = "0-100"


def save_for_ever(folder: Path) -> None:
    """Take the project when it is free, count on by one, and say so."""
    while True:
        project = Project.open(folder)
        try:
            project.lock(create=True)
            for _ in range(random.randint(1, 5)):
                page = project.load_page(_SHARED.id) or _SHARED
                number = int(page.words[_KEY].text) + 1
                edit = edits.write(page, _KEY, str(number))
                project.save_together([apply(page, edit)], undo_log.done_line(Step("Write", {page.id: edit})))
                print(number, flush=True)
        except StudioError:  # the other one has it
            pass
        finally:
            project.unlock()
        time.sleep(random.uniform(0, 0.05))


KINDS: dict[str, Callable[[Path, int, random.Random], Outcome]] = {
    "read": kill_read,
    "export": kill_export,
    "dataset": kill_dataset,
    "synth": kill_synth,
    "shared": kill_shared,
}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--kind", choices=tuple(KINDS), action="append", help="default: all")
    parser.add_argument("--kills", type=int, default=50)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--saver", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.saver:
        save_for_ever(options.saver)
    print("kind      kills  at work  said to be kept  torn  lost  stuck")
    bad: list[str] = []
    for kind in options.kind or KINDS:
        with tempfile.TemporaryDirectory() as folder:
            found = KINDS[kind](Path(folder) / kind, options.kills, random.Random(options.seed))
        counts = f"{len(found.torn):>4}  {len(found.lost):>4}  {len(found.stuck):>5}"
        print(f"{kind:<8}  {found.kills:>5}  {found.in_time:>7}  {found.kept:>15}  {counts}", flush=True)
        bad += [f"{kind}: {each}" for each in found.bad]
    print("\n".join(bad))
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
