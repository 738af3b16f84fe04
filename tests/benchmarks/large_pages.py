"""Seconds and memory of what follows from a page with as many words as a page may have.

    python -m tests.benchmarks.large_pages [--words 50000] [--kinds random nested …] [--steps order …]

Each kind of page runs in a process of its own, which is ended where a step takes longer than five minutes, or at 4 GB.
A table is printed: seconds of processor time for each step, and the most memory of all.
"""

from __future__ import annotations

import argparse
import multiprocessing
import multiprocessing.connection
import resource
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from ocr_studio.core.formats import FORMATS
from ocr_studio.core.formats.export_format import ExportFormat
from ocr_studio.core.geometry import quads as geometry
from ocr_studio.core.geometry import snapping
from ocr_studio.core.page import Alternative, Page, Quad, TextSource, Transcription, Word, WordOrder
from ocr_studio.core.project import page_file
from ocr_studio.core.reading_order import baselines, page_order
from ocr_studio.core.reading_order import layout as reading_order
from ocr_studio.core.review import fix_everywhere
from ocr_studio.core.search.page_search import PageSearch

SECONDS: Final = 300
MEMORY: Final = 4 << 30
SIDE: Final = 20_000

Boxes = NDArray[np.floating[Any]]


def _boxes(left: Any, top: Any, width: Any, height: Any) -> Boxes:
    left, top, width, height = np.broadcast_arrays(*(np.asarray(each, float) for each in (left, top, width, height)))
    right, bottom = left + width, top + height
    return np.stack([left, top, right, top, right, bottom, left, bottom], axis=-1).reshape(-1, 4, 2)


def _tilted(boxes: Boxes, degrees: NDArray[np.floating[Any]] | float) -> Boxes:
    turn, middle = np.radians(np.broadcast_to(degrees, len(boxes))), boxes.mean(axis=1, keepdims=True)
    cos, sin = np.cos(turn), np.sin(turn)
    matrix = np.stack([np.stack([cos, sin], -1), np.stack([-sin, cos], -1)], -2)
    return np.asarray((boxes - middle) @ matrix + middle)


def _random(rng: np.random.Generator, count: int) -> Boxes:
    size = SIDE * np.sqrt(1 / count)
    return _boxes(rng.uniform(0, SIDE, count), rng.uniform(0, SIDE, count), size, size / 3)


def _grid(_rng: np.random.Generator, count: int) -> Boxes:
    across = int(np.sqrt(count))
    row, column = np.divmod(np.arange(count), across)
    return _boxes(column * SIDE / across, row * SIDE / across, 0.8 * SIDE / across, 0.3 * SIDE / across)


def _text(rng: np.random.Generator, count: int) -> Boxes:
    """A page of print in columns of twelve words a line, with a blank line now and then."""
    per_line, columns = 12, max(1, round((count / 125) ** 0.5))
    line, place = np.divmod(np.arange(count), per_line)
    rows = -(-(line[-1] + 1) // columns)
    column, row = np.divmod(line, rows)
    pitch, step = SIDE / rows / 1.1, SIDE / columns / (per_line + 1)
    blanks = np.cumsum(rng.random(line[-1] + 1) < 0.05)
    down = row + blanks[line] - blanks[column * rows]
    return _boxes(
        column * SIDE / columns + place * step, down * pitch + rng.normal(0, pitch / 30, count), 0.8 * step, pitch * 0.6
    )


KINDS: Final[Mapping[str, Callable[[np.random.Generator, int], Boxes]]] = {
    "text": _text,
    "grid": _grid,
    "random": _random,
    "overlapping": lambda rng, n: _boxes(rng.uniform(0, 400, n), rng.uniform(0, 400, n), 90, 30),
    "identical": lambda _, n: _boxes(np.full(n, 100), 100, 90, 30),
    "one line": lambda _, n: _boxes(np.arange(n) * SIDE / n, 100, 0.8 * SIDE / n, 30),
    "one line, no gaps": lambda rng, n: _boxes(rng.uniform(0, SIDE, n), 100, 90, 30),
    "one column": lambda _, n: _boxes(100, np.arange(n) * SIDE / n, 90, 0.8 * SIDE / n),
    "uneven column": lambda rng, n: _boxes(100, np.cumsum(rng.uniform(1, 3, n)) * SIDE / n, 90, 0.5 * SIDE / n),
    "overlapping column": lambda rng, n: _boxes(100, rng.uniform(0, SIDE, n), 90, 30),
    "nested": lambda _, n: _boxes(
        np.arange(n) / n * SIDE / 2, np.arange(n) / n * SIDE / 2, *2 * [SIDE - np.arange(n) / n * SIDE]
    ),
    "tiny": lambda rng, n: _boxes(rng.uniform(0, SIDE, n), rng.uniform(0, SIDE, n), 0.01, 0.01),
    "huge": lambda rng, n: _boxes(rng.uniform(0, 100, n), rng.uniform(0, 100, n), SIDE, SIDE),
    "sizes of all kinds": lambda rng, n: _boxes(
        rng.uniform(0, SIDE, n), rng.uniform(0, SIDE, n), 10 ** rng.uniform(0, 4, n), 10 ** rng.uniform(0, 4, n)
    ),
    "tilted": lambda rng, n: _tilted(_random(rng, n), 40.0),
    "every way": lambda rng, n: _tilted(_random(rng, n), rng.uniform(-180, 180, n)),
    "staircase": lambda _, n: _boxes(np.arange(n) * SIDE / n, np.arange(n) * SIDE / n, 90, 30),
    "flat and wide": lambda rng, n: _boxes(0, rng.uniform(0, SIDE, n), SIDE, 0),
    "corners anywhere": lambda rng, n: rng.uniform(-2 * SIDE, 3 * SIDE, (n, 4, 2)),
}


def page_of(kind: str, count: int, *, seed: int = 0) -> Page:
    """A page of so many words, read by a model; one word in ten checked."""
    rng = np.random.default_rng(seed)
    corners = KINDS[kind](rng, count)
    letters = np.array(list("etaoinshrdlu"))
    texts = ["".join(rng.choice(letters, rng.integers(1, 9))) for _ in range(min(count, 5000))]
    words = {}
    for index, quad in enumerate(corners):
        text, sure, key = texts[index % len(texts)], float(rng.random()), f"{index:012x}"
        others = (Alternative(text, sure), Alternative(text[::-1] + "e", sure / 2))
        places = tuple((np.arange(len(text)) + 0.5) / len(text))
        read = Transcription(text, TextSource.MODEL, sure, "board-reader", "2026-01-01T00:00:00+00:00", others, places)
        human = Transcription.by_human(text) if index % 10 == 0 else None
        words[key] = Word(key, Quad.from_array(quad), machine=read, human=human)
    return Page("large", "large.jpg", SIDE, SIDE, words)


@dataclass(frozen=True, slots=True)
class Given:
    """A page and its file."""

    page: Page
    data: bytes


def _index(given: Given) -> object:
    # Before the rest of the program SQLite must be loaded from Python's own build.
    from ocr_studio.core.project.project import Project
    from ocr_studio.core.search.index import Index

    with tempfile.TemporaryDirectory() as folder:
        project = Project.open(Path(folder), create=True)
        project.save_page(given.page)
        index = Index(project)
        for _ in index.refresh():
            pass
        return index.find("etao", 100)


def _ordered_by_hand(given: Given) -> object:
    """A person has put half of the words in another order; then one more word is moved."""
    ids = list(given.page.words)
    order = tuple(tuple(ids[at : at + 10]) for at in range(len(ids) // 2, len(ids), 10))
    page = replace(given.page, order=WordOrder(order, arranged=True))
    page_order.compose_text(page)
    return page_order.move_words(page, {ids[-1]}, ids[0])


def _snap(given: Given) -> object:
    quads = np.array([word.quad.corners for word in given.page.words.values()])
    return snapping.snap_edges(snapping.box_edges(next(iter(given.page.words.values())).quad), quads, 10.0)


def _alike(given: Given) -> object:
    words = list(given.page.words.values())
    read = words[1].machine
    assert read is not None
    corrected = fix_everywhere.Correction(("large", words[1].id), read.text, read.text + "x")
    return fix_everywhere.select_candidates(words, corrected, read)


def _rendered(kind: ExportFormat, given: Given) -> str | bytes:
    return kind.render([given.page])


STEPS: Final[Mapping[str, Callable[[Given], object]]] = {
    "encode": lambda given: page_file.encode(given.page),
    "decode": lambda given: page_file.decode(given.data),
    "order": lambda given: reading_order.order_words(given.page.words.values()),
    **{name: partial(_rendered, each) for name, each in FORMATS.items()},
    "given order": _ordered_by_hand,
    "baselines": lambda given: baselines.find_baselines(given.page.words.values()),
    "search": lambda given: PageSearch(given.page).find("etaoin"),
    "index": _index,
    "snap": _snap,
    "alike": _alike,
    "areas": lambda given: [geometry.measure_area(word.quad) for word in list(given.page.words.values())[:1000]],
}


def _measure(kind: str, count: int, steps: list[str], told: multiprocessing.connection.Connection) -> None:
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY + (4 << 30), MEMORY + (4 << 30)))
    page = page_of(kind, count)
    given = Given(page, page_file.encode(page))
    for step in steps:
        start = time.process_time()
        try:
            STEPS[step](given)
            said = f"{time.process_time() - start:.1f}"
        except MemoryError:
            said = "memory"
        told.send((said, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss >> 10))


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--words", type=int, default=page_file.MAX_WORDS)
    parser.add_argument("--kinds", nargs="+", default=list(KINDS), choices=list(KINDS))
    parser.add_argument("--steps", nargs="+", default=list(STEPS), choices=list(STEPS))
    options = parser.parse_args()
    print(f"{options.words} words | " + " | ".join(options.steps) + " | MB")
    spawned = multiprocessing.get_context("spawn")
    for kind in options.kinds:
        ours, theirs = spawned.Pipe(duplex=False)
        process = spawned.Process(target=_measure, args=(kind, options.words, options.steps, theirs), daemon=True)
        process.start()
        theirs.close()
        said: list[str] = []
        most = 0
        try:
            for _ in options.steps:
                if not ours.poll(SECONDS):
                    said.append(f"> {SECONDS}")
                    break
                seconds, most = ours.recv()
                said.append(seconds)
        except EOFError:
            said.append("killed")
        process.kill()
        said += ["-"] * (len(options.steps) - len(said))
        print(f"{kind} | " + " | ".join(said) + f" | {most}")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
