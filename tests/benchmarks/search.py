"""How well words on photos are found again by typing them. Prints; asserts nothing.

    python -m tests.benchmarks.search [--data ../shared/data] [--set boards|scene] [--mistakes] [--beginnings]

Each photo is read as the program reads it; then each distinct true word is typed, and looked for on all photos.
recall: of the true words that stand on the photos, those at whose place there is a hit. precision: of all hits, those
at whose place the word stands that was typed, or one that has it as a piece ("loop", "hasLoop"); case, accents and
punctuation around it left aside; places that nobody can read do not count. Rows: what was read, letter by letter; with
second choices; with slips; all, as the program does. --mistakes: hits that are none, and words without one.
"""

from __future__ import annotations

import argparse
import tempfile
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import numpy as np

from ocr_studio.core.evaluation.metrics import Labelled
from ocr_studio.core.geometry import quads as geometry
from ocr_studio.core.images import photo_file
from ocr_studio.core.page import Page
from ocr_studio.core.project.project import Project
from ocr_studio.core.search import folding
from ocr_studio.core.search.index import Index
from ocr_studio.core.search.matching import Hit, MatchedSide
from ocr_studio.core.settings import ReaderOptions
from ocr_studio.jobs.reading import read as reading
from tests.benchmarks.boards import SETS, truth

# A hit is at a word's place if it covers so much of it: its box may be a line's, or of two words that were read as one.
_COVERED: Final = 0.5
_EXACT: Final = 0.999

MODES: Final[dict[str, Callable[[Hit], bool]]] = {
    "what was read": lambda hit: hit.score > _EXACT,
    "with second choices": lambda hit: hit.score > _EXACT or hit.side is MatchedSide.CHOICE,
    "with slips": lambda hit: hit.side is not MatchedSide.CHOICE,
    "all": lambda _: True,
}


@dataclass
class Tally:
    """Words found, hits that are right, hits in all."""

    found: int = 0
    right: int = 0
    hits: int = 0
    wrong: Counter[str] = field(default_factory=Counter)
    lost: Counter[str] = field(default_factory=Counter)


def main(arguments: Sequence[str] | None = None) -> None:
    """Read, look for every word, print."""
    parser = argparse.ArgumentParser(description="How well words on photos are found again.")
    parser.add_argument("--data", type=Path, default=Path("../shared/data"))
    parser.add_argument("--set", choices=SETS, default="boards", dest="kind")
    parser.add_argument("--mistakes", action="store_true")
    parser.add_argument("--beginnings", action="store_true", help="as while typing: beginnings of words as well")
    options = parser.parse_args(arguments)
    folder = options.data / SETS[options.kind]
    labels = truth(folder)
    with tempfile.TemporaryDirectory(prefix="search-") as home:
        project = Project.open(Path(home))
        words = _read(folder, labels, project)
        index = Index(project)
        for _ in index.refresh():
            pass
        _measure(index, words, options)
        index.close()
        project.unlock()


def _read(folder: Path, labels: dict[str, tuple[Labelled, ...]], project: Project) -> dict[str, tuple[Labelled, ...]]:
    """Page id → true words; the pages, read, are in the project."""
    ocr_service = reading.OcrService(ReaderOptions())
    words: dict[str, tuple[Labelled, ...]] = {}
    for name, known in labels.items():
        photo, page_id = photo_file.open_photo_with_id(folder / name)
        found = {
            word.id: word
            for event in reading.read_page(ocr_service, photo)
            if isinstance(event, reading.WordsRead)
            for word in event.words
        }
        project.save_page(Page(page_id, Path(name).name, photo.shape[1], photo.shape[0], found))
        words[page_id] = known
    return words


def _measure(index: Index, words: dict[str, tuple[Labelled, ...]], options: argparse.Namespace) -> None:
    counted = [(page, word) for page, known in words.items() for word in known if not word.ignore]
    wanted = sorted({typed for _, word in counted if (typed := _typed(word.text))})
    tallies = {name: Tally() for name in MODES}
    for typed in wanted:
        hits = index.find(f"{typed} " if options.beginnings else typed, limit=10_000, typing=False)
        if options.beginnings:
            hits = index.find(typed, limit=10_000, typing=True)
        places = [(page, word) for page, word in counted if _typed(word.text) == typed]
        for name, wants in MODES.items():
            _count(tallies[name], typed, [hit for hit in hits if wants(hit)], places, words)
    stand = sum(1 for _, word in counted if _typed(word.text))
    print(f"{len(words)} photos, {stand} words, {len(wanted)} distinct")
    for name, tally in tallies.items():
        recall, precision = tally.found / stand, tally.right / max(1, tally.hits)
        print(f"{name:22} recall {recall:.3f}   precision {precision:.3f}   {tally.hits} hits")
    if options.mistakes:
        print("no word:", ", ".join(f"{what} ×{count}" for what, count in tallies["all"].wrong.most_common(150)))
        print("not found:", ", ".join(f"{what} ×{count}" for what, count in tallies["all"].lost.most_common(150)))


def _count(
    tally: Tally,
    typed: str,
    hits: Sequence[Hit],
    places: Sequence[tuple[str, Labelled]],
    words: dict[str, tuple[Labelled, ...]],
) -> None:
    for page, word in places:
        if any(hit.page_id == page and _covers(hit, word) for hit in hits):
            tally.found += 1
        else:
            tally.lost[typed] += 1
    for hit in hits:
        there = [word for word in words[hit.page_id] if _covers(hit, word)]
        if any(typed in (_typed(word.text), *folding.tokenize(word.text)) for word in there if not word.ignore):
            tally.right += 1
        elif any(word.ignore for word in there):
            continue
        else:
            tally.wrong[f"{typed}: {hit.text}{'?' if hit.side is MatchedSide.CHOICE else ''}"] += 1
        tally.hits += 1


def _covers(hit: Hit, word: Labelled) -> bool:
    """Whether a hit is at the place of a true word."""
    covered = geometry.compute_cover_matrix(np.stack([word.quad.array()]), np.stack([hit.words[0].quad.array()]))
    return bool(covered[0, 0] >= _COVERED)


def _typed(text: str) -> str:
    return " ".join(folded for each in text.split() if (folded := folding.fold_word(each)))


if __name__ == "__main__":
    main()
