"""A project of very many photos: is it still quick? Prints; asserts nothing.

    python tests/benchmarks/many_photos.py [--pages 10000] [--words 150] [--keep DIR] [--stage make|index|ask|window …]

Photos (64 × 48 pixels) and pages are made: words drawn by Zipf's law from 40,000 made ones, four further readings each,
every tenth page checked. Then it is timed, each stage in a process of its own: index: made from nothing, brought up to
date with nothing and with ten pages changed. ask: what the first question takes, then 300 questions (words of the
vocabulary with a slip, their beginnings, two words), the rows of all photos, one after an edit. window: from the
beginning of the process until the project is open, gaps between ticks of a 10 ms timer meanwhile and while the index is
made, memory (resident, no TensorFlow). replace: rules change some words of every photo, that is taken back and done
again; seconds, gaps between ticks, what the disk says at the end. ``--keep``: make the project there, or take the one
that is there.
"""

from __future__ import annotations

import argparse
import io
import json
import os
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Final, TypeVar

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

import numpy as np
from PIL import Image

from ocr_studio.core.images import photo_file
from ocr_studio.core.page import Transcription
from ocr_studio.core.project import page_file
from ocr_studio.core.project.project import Project
from ocr_studio.core.search import index_location
from ocr_studio.core.search.index import Index
from tests.benchmarks import main_thread
from tests.benchmarks.main_thread import resident

STAGES: Final = ("make", "index", "ask", "window", "replace")
_DISTINCT: Final = 40_000
_QUESTIONS: Final = 300
_Answer = TypeVar("_Answer")


def main() -> None:
    """Each stage in a process of its own, so that none finds warm what another has left."""
    options = _options()
    if options.only:
        _STAGES[options.only](options)
        return
    with tempfile.TemporaryDirectory(prefix="many-photos-") as folder:
        keep = options.keep or Path(folder) / "photos"
        home = os.environ.get("OCR_STUDIO_HOME", str(keep.with_name(f"{keep.name}-home")))  # the index is kept there
        for stage in options.stage:
            given = [f"--{name}={getattr(options, name)}" for name in ("pages", "words")]
            subprocess.run(
                [sys.executable, __file__, *given, f"--keep={keep}", f"--only={stage}"],
                check=True,
                env=os.environ | {"OCR_STUDIO_HOME": home},
            )


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--pages", type=int, default=10_000)
    parser.add_argument("--words", type=int, default=150)
    parser.add_argument("--keep", type=Path)
    parser.add_argument("--stage", nargs="+", choices=STAGES, default=STAGES)
    parser.add_argument("--only", choices=STAGES, help=argparse.SUPPRESS)
    return parser.parse_args()


# ---------------------------------------------------------------------------------------------------------------- make


def vocabulary() -> list[str]:
    """Made words, the short ones first, which Zipf's law makes the frequent ones."""
    rng = random.Random(7)
    syllables = [a + b + c for a in "bcdfghklmnprstvw" for b in "aeiou" for c in ("", "n", "r", "s", "l")]
    found: dict[str, None] = {}
    while len(found) < _DISTINCT:
        found["".join(rng.choice(syllables) for _ in range(rng.choices((1, 2, 3, 4), (1, 6, 6, 2))[0]))] = None
    return sorted(found, key=len)


def _make(options: argparse.Namespace) -> None:
    photos = options.keep
    if (photos / "ocr-studio-project" / "pages").is_dir():
        print(f"taken as it is: {photos}")
        return
    pages = photos / "ocr-studio-project" / "pages"
    pages.mkdir(parents=True)
    (pages.parent / "project.json").write_text('{"format": 1, "photos": ".."}')
    words, rng = vocabulary(), np.random.default_rng(3)
    begun = time.perf_counter()
    for number in range(options.pages):
        name = f"board {number + 1:05}.jpg"
        picture = io.BytesIO()
        Image.fromarray(rng.integers(0, 255, (6, 8, 3), np.uint8)).resize((64, 48)).save(picture, "JPEG")
        (photos / name).write_bytes(picture.getvalue())
        page_id = photo_file.compute_content_id(photos / name)
        chosen = [words[index] for index in np.minimum(rng.zipf(1.15, options.words), len(words)) - 1]
        (pages / f"{page_id}.json").write_bytes(make_page(page_id, name, chosen, rng, checked=number % 10 == 0))
    print(f"{options.pages} pages made in {time.perf_counter() - begun:.0f} s")


def make_page(page_id: str, name: str, words: Sequence[str], rng: np.random.Generator, *, checked: bool) -> bytes:
    """A page's file, written directly as that is ten times faster."""
    lines = [_word(word, place, rng, checked=checked) for place, word in enumerate(words)]
    head: dict[str, object] = {"format": page_file.FORMAT, "id": page_id, "image": name, "width": 2000, "height": 1500}
    head["read_at"] = "2026-01-02T03:04:05+00:00"
    return (json.dumps(head)[:-1] + ', "words": [\n' + ",\n".join(lines) + "]}\n").encode()


def _word(text: str, place: int, rng: np.random.Generator, *, checked: bool) -> str:
    x, y = 20 + place % 10 * 195, 20 + place // 10 * 95
    width = 16 * len(text)
    spots, letters = rng.integers(0, len(text), 4).tolist(), rng.integers(97, 123, 4).tolist()
    others = [text[:spot] + chr(letter) + text[spot + 1 :] for spot, letter in zip(spots, letters, strict=True)]
    sure = round(float(rng.beta(6, 2)), 4)
    machine: dict[str, object] = {"text": text, "source": "model", "confidence": sure, "model": "small"}
    machine["alternatives"] = [[text, sure], *([other, round((1 - sure) / 5, 4)] for other in others)]
    machine["letters"] = [round((index + 0.5) / len(text), 3) for index in range(len(text))]
    fields: dict[str, object] = {
        "id": f"{int(rng.integers(0, 2**47)):012x}",
        "quad_source": "model",
        "machine": machine,
    }
    fields["quad"] = [[x, y], [x + width, y], [x + width, y + 40], [x, y + 40]]
    if checked:
        fields["human"] = {"text": text, "source": "human", "when": "2026-01-02T03:04:05+00:00"}
    return json.dumps(fields)


# --------------------------------------------------------------------------------------------------------------- index


def _index(options: argparse.Namespace) -> None:
    project = Project.open(options.keep)
    project.lock()
    file = index_location.find_index_path(project.folder)
    file.parent.mkdir(parents=True, exist_ok=True)
    index_location.delete_index(file)
    index = Index(project)
    begun, waits = time.perf_counter(), [time.perf_counter()]
    waits += (time.perf_counter() for _ in index.refresh())
    spent = time.perf_counter() - begun
    steps = np.diff(waits)
    print(
        f"index made from nothing: {spent:.1f} s, {options.pages / spent:.0f} pages/s, longest step {steps.max():.2f} s"
    )
    _timed("brought up to date, nothing changed", lambda: list(index.refresh()))
    for page_id in project.page_ids()[:10]:
        (project.folder / "pages" / f"{page_id}.json").touch()
    _timed("brought up to date, ten pages changed", lambda: list(index.refresh()))
    index.close()
    print(f"file {file.stat().st_size / 2**20:.0f} MB; memory {resident()}")
    project.unlock()


# ----------------------------------------------------------------------------------------------------------------- ask


def _ask(options: argparse.Namespace) -> None:
    project = Project.open(options.keep)
    project.lock()
    before = resident()
    index = Index(project)
    rows = _timed("rows of all photos, first", index.pages)
    _timed("rows of all photos, again", index.pages)
    first = _timed("first question", lambda: index.search("banana"))
    print(f"  {len(rows)} photos; memory {before} before, {resident()} after; {first.total} hits")
    words, rng = vocabulary(), random.Random(5)
    kinds: dict[str, Callable[[str], str]] = {
        "one word": lambda word: word,
        "with a slip": lambda word: word[:-1] + "e",
        "being typed": lambda word: word[: max(1, len(word) - 2)],
        "two words": lambda word: f"{word} {rng.choice(words)}",
        "two frequent words": lambda _: " ".join(rng.sample(words[:60], 2)),
    }
    for kind, change in kinds.items():
        spent = []
        for _ in range(_QUESTIONS // len(kinds)):
            query = change(rng.choice(words if rng.random() < 0.5 else words[:200]))
            begun = time.perf_counter()
            index.search(query, typing=kind == "being typed")
            spent.append(1000 * (time.perf_counter() - begun))
        p50, p95 = np.percentile(spent, (50, 95))
        print(f"{kind:20} p50 {p50:6.1f}  p95 {p95:6.1f}  most {max(spent):6.1f} ms")
    _timed("the least sure 50 of all words", lambda: index.words(unchecked_only=True, limit=50))
    for what, misread in (("a rare word", words[5000]), ("a frequent word", words[3]), ("one letter", "i")):
        _timed(f"words read alike, {what}", partial(index.read_alike, misread, misread[:-1] + "x", 80))
    _timed("pages with a text", lambda: index.pages_with("bana"))
    page = project.load_page(rows[0].page_id)
    assert page is not None
    key = next(iter(page.words))
    edited = replace(page, words={**page.words, key: replace(page.words[key], human=Transcription.by_human("zebra"))})
    _timed("an edit is told", lambda: index.update(edited))
    found = _timed("and found", lambda: index.search("zebra"))
    print(f"  {found.total} hits; memory {resident()}")
    index.close()
    project.unlock()


def _window(options: argparse.Namespace) -> None:
    from PySide6.QtWidgets import QApplication

    from ocr_studio.core import settings
    from ocr_studio.ui.app import app as window_app

    run_until = partial(main_thread.run_until, patience=240.0)
    main_thread.draw_without_screen()
    begun = time.perf_counter()
    app = QApplication(sys.argv[:1])
    window_app.use_theme("light")
    studio = window_app.Studio(replace(settings.Settings(), read_when_opened=False, hints_seen=("tour",)))
    studio.window.show()
    ticks = main_thread.Ticks()
    opened: list[float] = []
    studio.opening.opened.connect(lambda _: opened.append(time.perf_counter() - begun))
    studio.opening.open_paths([options.keep])
    run_until(app, lambda: bool(opened))
    print(f"project open {opened[0]:.2f} s after Qt was begun; {ticks.said()}")
    ticks.begin()
    run_until(app, lambda: not studio.busy)
    print(f"until all is at rest: {time.perf_counter() - begun:.1f} s; {ticks.said()}; memory {resident()}")
    studio.window.close()
    studio.stop()


def _replace(options: argparse.Namespace) -> None:
    from PySide6.QtWidgets import QApplication

    from ocr_studio.core import settings
    from ocr_studio.core.editing.changes import Change
    from ocr_studio.core.editing.replace_rules import Replacer, Rule
    from ocr_studio.ui.app import app as window_app
    from ocr_studio.ui.app import gc_tuning
    from ocr_studio.ui.document.apply_choices import Applied, Applying

    run_until = partial(main_thread.run_until, patience=600.0)
    main_thread.draw_without_screen()
    app = QApplication(sys.argv[:1])
    window_app.use_theme("light")
    studio = window_app.Studio(replace(settings.Settings(), read_when_opened=False, hints_seen=("tour",)))
    studio.window.show()
    studio.opening.open_paths([options.keep])
    run_until(app, lambda: studio.opening.project is not None and not studio.busy)
    gc_tuning.collect_here(studio)  # as the program does
    gc_tuning.freeze_loaded()
    project, stack = studio.opening.project, studio.document.undo_stack
    assert project is not None
    replacer = Replacer([Rule("ba", "bä")])
    found: list[Change] = [
        each
        for key in project.page_ids()
        if (page := project.load_page(key))
        for each in list(replacer.in_page(page))[:5]
        if isinstance(each, Change)
    ]
    ticks = main_thread.Ticks()

    def timed(what: str, begin: Callable[[], object], done: Callable[[], bool]) -> None:
        ticks.begin()
        begun = time.perf_counter()
        begin()
        run_until(app, lambda: done() and not studio.autosave.unsaved)
        print(f"{what:10} {time.perf_counter() - begun:6.1f} s; {ticks.said()}; memory {resident()}")

    ended: list[Applied] = []
    taking = Applying(studio.document, found, lambda *_: "Replace", studio)
    taking.ended.connect(ended.append)
    before = stack.index()
    timed(f"{len(found)} words", taking.start, lambda: bool(ended))
    parts = stack.index()
    print(
        f"  {ended[0].words} words on {ended[0].photos} photos in {parts - before} parts; {len(ended[0].skipped)} left"
    )
    timed("taken back", stack.undo, lambda: stack.index() == before)
    timed("done again", stack.redo, lambda: stack.index() == parts)
    timed("taken back", stack.undo, lambda: stack.index() == before)
    studio.window.close()
    studio.stop()
    fresh = Project.open(options.keep)
    left = sum(
        "bä" in word.text for key in fresh.page_ids() if (page := fresh.load_page(key)) for word in page.words.values()
    )
    print(f"  {left} words changed on the disk at the end")


def _timed(what: str, work: Callable[[], _Answer]) -> _Answer:
    begun = time.perf_counter()
    answer = work()
    print(f"{what:38} {1000 * (time.perf_counter() - begun):8.1f} ms")
    return answer


_STAGES: Final = {"make": _make, "index": _index, "ask": _ask, "window": _window, "replace": _replace}

if __name__ == "__main__":
    main()
