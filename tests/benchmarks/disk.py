"""Times what a project costs on the disk: ``python -m tests.benchmarks.disk [--pages 300] [--rounds 5]``.

Opening photos and pages, saving pages with their history, listing, indexing from nothing and once more. To compare two
versions of the program, run it in turns in both checkouts; the fastest of several rounds is told, in processor time, as
it depends least on what else the machine does.
"""

from __future__ import annotations

import argparse
import platform
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path

import numpy as np

from ocr_studio.core.editing import edits
from ocr_studio.core.images import photo_file
from ocr_studio.core.page import Page, apply
from ocr_studio.core.project import undo_log
from ocr_studio.core.project.project import Project
from ocr_studio.core.project.undo_log import Step
from ocr_studio.core.search.index import Index
from tests.core.made_pages import page_of, read_word

WORDS = ("map", "the", "queue", "build", "hash", "tree", "node", "edge", "graph", "heap")


def _page(number: int, words: int) -> Page:
    rows = [read_word(WORDS[(number + at) % 10], 100 * (at % 10), 40 * (at // 10), key=f"w{at}") for at in range(words)]
    return replace(page_of(*rows), id=f"{number:032x}", image=f"{number}.jpg")


def _fastest(work: Callable[[], object], rounds: int, before: Callable[[], object] = lambda: None) -> float:
    times = []
    for _ in range(rounds):
        before()
        began = time.process_time()
        work()
        times.append(time.process_time() - began)
    return min(times)


def _timed(folder: Path, pages: int, rounds: int) -> dict[str, float]:
    """Milliseconds for each."""
    found: dict[str, float] = {}
    picture = np.random.default_rng(1).integers(0, 255, (1200, 1600, 3), np.uint8)
    for kind in ("png", "jpg"):
        path = folder / f"photo.{kind}"
        photo_file.save_png(path, picture)
        if kind == "jpg":
            from PIL import Image

            Image.fromarray(picture).save(path)
        found[f"open a photo of 2 megapixels, {kind}"] = 1e3 * _fastest(
            partial(photo_file.open_photo_with_id, path), rounds
        )
    project = Project.open(folder)
    project.lock()
    made = [_page(number, 100) for number in range(pages)]

    def saved() -> None:
        for page in made:
            project.save_page(page)

    found["save a page"] = 1e3 * _fastest(saved, 1) / pages

    def edited() -> None:
        for page in made[:50]:
            edit = edits.write(page, "w0", "other")
            project.save_together([apply(page, edit)], undo_log.done_line(Step("Write", {page.id: edit})))
            project.save_page(page)

    found["save a page with its history, and once more"] = 1e3 * _fastest(edited, rounds) / 50
    found["load a page"] = (
        1e3 * _fastest(lambda: [Project.open(folder).load_page(each.id) for each in made], rounds) / pages
    )
    found["list all pages, from nothing"] = 1e3 * _fastest(lambda: Project.open(folder).summaries(), rounds)
    project.summaries()
    found["list all pages, known"] = 1e3 * _fastest(project.summaries, rounds)
    index = Index(project)
    found["index all pages, from nothing"] = 1e3 * _fastest(lambda: list(index.refresh()), 1)
    found["index all pages, known"] = 1e3 * _fastest(lambda: list(index.refresh()), rounds)
    found["find a word"] = 1e3 * _fastest(lambda: index.find("graph"), rounds)
    index.close()
    project.unlock()
    return found


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pages", type=int, default=300)
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args()
    print(f"{platform.processor() or platform.machine()}, {options.pages} pages of 100 words; processor time, ms")
    with tempfile.TemporaryDirectory() as folder:
        for name, taken in _timed(Path(folder), options.pages, options.rounds).items():
            print(f"{name:<46} {taken:>9.2f}", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
