"""Fix everywhere: of the words that are offered after a correction, how many truly are that word; how many are missed.

    python -m tests.benchmarks.fix_everywhere [--data ../shared/data] [--show]

Every wrong word of our own reading of the five boards is corrected on a copy of its own, as if it were the first one;
all other words of all boards are as they were read. A mistake has company if the same true word was misread elsewhere,
too. The recognizer reads the boards once; nothing of the method was fitted to them.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from ocr_studio.core import fix_everywhere
from ocr_studio.core.fix_everywhere import TICKED, Correction, LookAlike
from ocr_studio.core.page import Page
from ocr_studio.jobs import fixing_everywhere
from tests.benchmarks import main_thread, read_boards
from tests.benchmarks.read_boards import ReadBoards


@dataclass
class Counts:
    """offered, ticked: words, and how many of them were truly the corrected one; company: such words there were."""

    corrections: int = 0
    with_company: int = 0
    company: int = 0
    offered: int = 0
    offered_same: int = 0
    ticked: int = 0
    ticked_same: int = 0


def measure(boards: ReadBoards, *, show: bool) -> Counts:
    """Correct every wrong word, each on its own."""
    pages = {key: boards.project.load_page(key) for key in boards.project.page_ids()}
    known = {key: page for key, page in pages.items() if page}
    wrong = {place: true for place, true in boards.truths.items() if true and _read(known, place) != true}
    counts = Counts()
    for place, true in wrong.items():
        company = {other for other, text in wrong.items() if text == true and other != place}
        corrected = Correction(place, _read(known, place), true)
        events = fixing_everywhere.find(boards.project, corrected)
        found = fix_everywhere.offer(each for each in events if isinstance(each, LookAlike))
        same = [each for each in found if each.place in company]
        ticked = [each for each in found if each.likelihood >= TICKED]
        counts.corrections += 1
        counts.with_company += bool(company)
        counts.company += len(company)
        counts.offered += len(found)
        counts.offered_same += len(same)
        counts.ticked += len(ticked)
        counts.ticked_same += sum(each.place in company for each in ticked)
        if show and (found or company):
            offers = ", ".join(f"{each.text} {each.likelihood:.2f}{'*' if each in same else ''}" for each in found)
            print(f"{corrected.misread} -> {true}: company {len(company)}; offered {offers or 'none'}")
    return counts


def _read(pages: dict[str, Page], place: tuple[str, str]) -> str:
    return pages[place[0]].words[place[1]].text


def _share(part: int, whole: int) -> str:
    return f"{part} of {whole}" + (f" ({part / whole:.0%})" if whole else "")


def main(arguments: Sequence[str] | None = None) -> None:
    """Read the boards, correct, print."""
    parser = argparse.ArgumentParser(description="Fix everywhere: what is offered, and what of it is right.")
    parser.add_argument("--data", type=Path, default=Path("../shared/data"), help="folder with boards/")
    parser.add_argument("--show", action="store_true", help="each correction and what was offered; * truly the same")
    chosen = parser.parse_args(arguments)
    with main_thread.temporary_home() as home:
        counts = measure(read_boards.read(chosen.data, home / "boards"), show=chosen.show)
    print(f"wrong words corrected, each on its own: {counts.corrections}; with company: {counts.with_company}")
    print(f"offered that truly were the same word:  {_share(counts.offered_same, counts.offered)}")
    print(f"ticked that truly were the same word:   {_share(counts.ticked_same, counts.ticked)}")
    print(f"same-word mistakes that were offered:   {_share(counts.offered_same, counts.company)}")
    print(f"same-word mistakes that were ticked:    {_share(counts.ticked_same, counts.company)}")


if __name__ == "__main__":
    main()
