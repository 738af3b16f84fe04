"""Fix everywhere: of the words that are offered after a correction, how many truly are that word; how many are missed.

    python -m tests.benchmarks.fix_everywhere [--data ../shared/data] [--only boards writers] [--show]

Every wrong word of our own reading, at most some of each project, is corrected on a copy of its own, as if it were the
first one; all other words are as they were read. A mistake has company if the same true word was misread elsewhere in
the project, too. What is measured:

- boards: the five labelled boards as one project, found and read as the program does it.
- handwritten: 150 words by a dozen hands.
- writers: four UNIPEN writers a project, who repeat words; other people than those that the constants are fitted to.
- letters: passages of Python's manual, set out of single letters by two writers; other people, too.
- drawn boards: whole synthetic boards, found and read as the program does it.

Where case is not labelled reliably (handwritten, writers) it does not count, and a word that differs in case alone is
neither right nor wrong. Intervals are of 95 %, projects drawn anew (bootstrap); of a single project, its corrections. A
miss is put down to what first kept a word from being offered: it was read too differently to be looked at (or lies
beyond the limit of words), it looked too different, or nothing of the correction was likely enough to be ticked.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import numpy as np

from ocr_studio.core.page import Page, Transcription
from ocr_studio.core.review import fix_everywhere
from ocr_studio.core.review.fix_everywhere import TICKED, Correction, LookAlike
from ocr_studio.core.review.queue import Place
from ocr_studio.core.search.index import Index
from ocr_studio.jobs.review import find_similar
from ocr_studio.jobs.review.find_similar import CorrectedLooks
from tests.benchmarks import main_thread, read_boards, written_projects
from tests.benchmarks.read_boards import ReadBoards
from tests.benchmarks.words import our_recognizer
from tests.benchmarks.written_projects import Photos, ReadProject
from tests.benchmarks.written_words import Crop

SETS: Final = ("boards", "handwritten", "writers", "letters", "drawn boards")

UNCASED: Final = ("handwritten", "writers")


@dataclass
class Counts:
    """offered, ticked: words, and how many of them were truly the corrected one; company: such words there were."""

    with_company: int = 0
    company: int = 0
    offered: int = 0
    offered_same: int = 0
    ticked: int = 0
    ticked_same: int = 0
    unread: int = 0
    unlike: int = 0
    unsure: int = 0


@dataclass
class Found:
    """What came of each correction, project by project."""

    projects: list[list[Counts]] = field(default_factory=list)

    def total(self, names: Sequence[str]) -> list[int]:
        """Sums over all corrections."""
        return [sum(getattr(each, name) for project in self.projects for each in project) for name in names]

    def share(self, part: str, whole: str) -> str:
        """How much of what, with its interval."""
        few, many = self.total((part, whole))
        if not many:
            return f"{few} of {many}"
        groups = self.projects if len(self.projects) > 1 else [[each] for each in self.projects[0]]
        sums = np.array([[sum(getattr(one, name) for one in group) for name in (part, whole)] for group in groups])
        drawn = np.random.default_rng(0).integers(len(sums), size=(2000, len(sums)))
        parts, wholes = sums[drawn].sum(axis=1).T
        low, high = np.percentile(parts[wholes > 0] / wholes[wholes > 0], (2.5, 97.5))
        return f"{few} of {many} ({few / many:.0%} [{low:.0%}, {high:.0%}])"


def measure(read: ReadProject | ReadBoards, *, most: int, show: bool, cased: bool = True) -> list[Counts]:
    """Correct wrong words, so many at most, each on its own."""
    project = read.project
    pages = {key: page for key in project.page_ids() if (page := project.load_page(key))}
    index = Index(project)
    for _ in index.refresh():
        pass
    wrong = {place: true for place, true in read.truths.items() if true and not _same(_read(pages, place), true, cased)}
    chosen = list(wrong)
    if len(chosen) > most:
        chosen = [chosen[at] for at in sorted(np.random.default_rng(0).permutation(len(chosen))[:most])]
    found = []
    for place in chosen:
        company = {other for other, text in wrong.items() if _same(text, wrong[place], cased) and other != place}
        corrected = Correction(place, _read(pages, place), wrong[place])
        events = list(find_similar.find(project, corrected, lambda: index))
        found.append(_count(events, corrected, company, pages, show=show, cased=cased))
    index.close()
    return found


def _count(
    events: Sequence[object],
    corrected: Correction,
    company: set[Place],
    pages: dict[str, Page],
    *,
    show: bool,
    cased: bool,
) -> Counts:
    likely = [each for each in events if isinstance(each, LookAlike)]
    offers = tuple(
        each for each in fix_everywhere.select_offers(likely) if cased or not _same(each.text, corrected.right, False)
    )
    same = [each for each in offers if each.place in company]
    ticked = [each for each in offers if each.likelihood >= TICKED]
    counts = Counts(bool(company), len(company), len(offers), len(same), len(ticked))
    counts.ticked_same = sum(each.place in company for each in ticked)
    near = {each.place for each in likely}
    read = pages[corrected.place[0]].words[corrected.place[1]].machine
    for place in company - {each.place for each in offers}:
        word = pages[place[0]].words[place[1]]
        looked_at = read is not None and fix_everywhere.select_candidates([word], corrected, read)
        counts.unsure += place in near
        counts.unlike += place not in near and bool(looked_at)
        counts.unread += place not in near and not looked_at
    if show and (offers or company):
        shown = ", ".join(f"{each.text} {each.likelihood:.2f}{'*' if each in same else ''}" for each in offers)
        seen = "" if any(isinstance(each, CorrectedLooks) for each in events) else " (no ink)"
        print(f"{corrected.misread} -> {corrected.right}{seen}: company {len(company)}; offered {shown or 'none'}")
    return counts


def _read(pages: dict[str, Page], place: Place) -> str:
    return pages[place[0]].words[place[1]].text


def _same(one: str, other: str, cased: bool) -> bool:
    return one == other if cased else one.lower() == other.lower()


def projects(name: str, data: Path, home: Path, many: int) -> Iterator[ReadProject | ReadBoards]:
    """The projects of a set, read."""
    if name == "boards":
        yield read_boards.read(data, home / name)
        return
    if name == "drawn boards":
        for seed in range(max(1, many // 3)):
            yield read_boards.read(written_projects.drawn(home / f"drawn {seed}", seed=seed), home / f"boards {seed}")
        return
    recognizer = our_recognizer(("en",))

    def read(crops: list[Crop]) -> list[Transcription]:
        return recognizer.read(crops, spaces=False)

    makers: dict[str, Callable[[int], Photos]] = {
        "handwritten": lambda seed: written_projects.of_folder(data / "handwriting_words"),
        "writers": lambda seed: written_projects.of_pens(data, train=False, seed=seed, writers=4),
        "letters": lambda seed: written_projects.of_letters(data, train=False, seed=seed),
    }
    for seed in range(1 if name == "handwritten" else many):
        photos = makers[name](seed)
        if photos:
            yield written_projects.project(photos, home / f"{name} {seed}", read)


def main(arguments: Sequence[str] | None = None) -> None:
    """Read, correct, print."""
    parser = argparse.ArgumentParser(description="Fix everywhere: what is offered, and what of it is right.")
    parser.add_argument("--data", type=Path, default=Path("../shared/data"), help="folder with boards/, strokes/, …")
    parser.add_argument("--only", nargs="+", choices=SETS, default=SETS, help="what to measure")
    parser.add_argument("--projects", type=int, default=6, help="projects of the sets that are drawn")
    parser.add_argument("--most", type=int, default=60, help="corrections in each project")
    parser.add_argument("--show", action="store_true", help="each correction and what was offered; * truly the same")
    chosen = parser.parse_args(arguments)
    for name in chosen.only:
        with main_thread.temporary_home() as home:
            read = projects(name, chosen.data, home, chosen.projects)
            cased = name not in UNCASED
            found = Found([measure(each, most=chosen.most, show=chosen.show, cased=cased) for each in read])
        corrections = sum(map(len, found.projects))
        missed = dict(zip(("unread", "unlike", "unsure"), found.total(("unread", "unlike", "unsure")), strict=True))
        company = found.total(["with_company"])[0]
        print(f"\n{name}: {corrections} corrections in {len(found.projects)} projects, {company} with company")
        print(f"  shown that truly were the same word:    {found.share('offered_same', 'offered')}")
        print(f"  ticked that truly were the same word:   {found.share('ticked_same', 'ticked')}")
        print(f"  same-word mistakes that were shown:     {found.share('offered_same', 'company')}")
        print(f"  same-word mistakes that were ticked:    {found.share('ticked_same', 'company')}")
        print(
            f"  missed: {missed['unread']} read too differently or beyond the limit, {missed['unlike']} look too "
            f"different, {missed['unsure']} beside nothing likely enough to be ticked",
            flush=True,
        )


if __name__ == "__main__":
    main()
