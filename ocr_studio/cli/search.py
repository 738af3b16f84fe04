"""The command ``ocr-studio search``: where a word stands on the photos of a project, or several."""

from __future__ import annotations

import argparse
import contextlib
from collections.abc import Callable, Mapping, Sequence
from typing import Final

from ocr_studio.cli.console import FAILED, GOOD, MISUSED, command_parser, complain, given_path, show_progress
from ocr_studio.cli.project import add_follow_links, known_project
from ocr_studio.core.command_line import json_text, visible
from ocr_studio.core.errors import StudioError
from ocr_studio.core.page import Quad
from ocr_studio.core.search import matching
from ocr_studio.core.search.index import Hit, Index
from ocr_studio.core.search.matching import FoundWord, Side
from ocr_studio.jobs.photos import index as indexing

_EPILOG: Final = """\
Photos are searched that were read in the window, or by "ocr-studio read FOLDER --keep".

Slips of typing and of reading are allowed for: "modern" finds "modem" and "m0dern", too, further down. Several words
must all be on a photo; the nearer to each other, the further up. 'in "quotes"' means just so. What the recognizer held
for its second choice, or a further one, comes last and is marked.

Words are looked for as a whole: "hash" does not find "hashing". "hash*" does: with a star at its end, the last word is
taken for the beginning of one, as the window takes a last word that is still being typed.

Photos whose files were deleted are found as before, as what was read and corrected on them is kept.

Text: one line for each hit: photo, place (x,y,width,height in pixels of the upright photo), text; between tabs.
JSON: one list with one object for each hit, the best first: {"page", "image", "score", "words": [{"id", "quad":
[[x, y] × 4], "text", "matched", "side": "human"|"machine"|"choice", "choice", "score"}]}; "matched" is what was found,
"text" what stands there, which differs for a choice; "choice" is 1 for what stands there, 2 for the second choice ….

Exit status: 0 all photos were searched, whether anything was found or not, 1 some or all could not be, 2 it was called
wrongly.
"""


def parser() -> argparse.ArgumentParser:
    """What can be asked."""
    made = command_parser(
        "search",
        "Where a word, or several, stand on the photos of a project.",
        _EPILOG,
    )
    made.add_argument("query", nargs="+", metavar="QUERY", help="what to look for")
    made.add_argument(
        "--project",
        type=given_path,
        required=True,
        metavar="DIR",
        help="project folder, or folder of photos that has one",
    )
    made.add_argument("--format", choices=("text", "json"), default="text", help="default: text")
    made.add_argument("--limit", type=_count, default=100, metavar="N", help="at most so many hits; default: 100")
    add_follow_links(made)
    return made


def work(options: argparse.Namespace) -> int:
    """Find, and say where. Returns the exit status; raises StudioError."""
    if not matching.parse(" ".join(options.query).removesuffix("*")):
        complain("there is nothing to look for in an empty query; give at least one letter or sign")
        return MISUSED
    project = known_project(options.project, options)
    # Where a window has the project, or nothing may be written, the index is kept elsewhere for this once.
    with contextlib.suppress(StudioError):
        project.lock()
    index = Index(project)
    try:
        return _search(index, options)
    finally:
        index.close()
        project.unlock()


def _search(index: Index, options: argparse.Namespace) -> int:
    for progress in indexing.bring_up_to_date(index):
        show_progress(f"taking over what has changed: {progress.done} of {progress.total} photos")
    show_progress("")
    query = " ".join(options.query)
    hits = index.find(query.removesuffix("*"), options.limit, typing=query.endswith("*"))
    _ANSWERS[options.format](hits)
    broken = [row for row in index.pages() if row.failed]
    for row in broken:
        complain(StudioError(f"its page cannot be read: {row.failed}", file=f"{row.page_id}.json"))
    return FAILED if broken else GOOD


def _answer_as_text(hits: Sequence[Hit]) -> None:
    for hit in hits:
        left, top, right, bottom = _around([word.quad for word in hit.words])
        place = f"{left:.0f},{top:.0f},{right - left:.0f},{bottom - top:.0f}"
        print(f"{visible(hit.image)}\t{place}\t{visible(' '.join(_said(word) for word in hit.words))}")


def _said(word: FoundWord) -> str:
    if word.side is not Side.CHOICE:
        return word.text
    return f"{word.matched} (choice {word.rank}; it was read “{word.text}”)"


def _answer_as_json(hits: Sequence[Hit]) -> None:
    print(json_text([_fields(hit) for hit in hits]))


def _fields(hit: Hit) -> Mapping[str, object]:
    words = [
        {
            "id": word.word_id,
            "quad": [list(corner) for corner in word.quad.corners],
            "text": word.text,
            "matched": word.matched,
            "side": word.side.value,
            "choice": word.rank,
            "score": word.score,
        }
        for word in hit.words
    ]
    return {"page": hit.page_id, "image": hit.image, "score": hit.score, "words": words}


def _around(quads: Sequence[Quad]) -> tuple[float, float, float, float]:
    bounds = [quad.bounds() for quad in quads]
    lefts, tops, rights, bottoms = zip(*bounds, strict=True)
    return min(lefts), min(tops), max(rights), max(bottoms)


def _count(text: str) -> int:
    if not (text.isascii() and text.isdigit() and 1 <= int(text[:7]) <= 100_000):
        raise argparse.ArgumentTypeError(f"the limit is a number from 1 to 100000, not “{visible(text)}”")
    return int(text)


_ANSWERS: Final[Mapping[str, Callable[[Sequence[Hit]], None]]] = {"text": _answer_as_text, "json": _answer_as_json}
