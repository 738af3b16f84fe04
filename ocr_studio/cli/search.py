"""The command ``ocr-studio search``: finds words on the photos of a project or an archive."""

from __future__ import annotations

import argparse
import contextlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import cache, partial
from typing import Final

from ocr_studio.cli.project import add_follow_links, known_project
from ocr_studio.cli.terminal.console import (
    FAILED,
    GOOD,
    MISUSED,
    add_format,
    command_parser,
    complain,
    given_path,
    loading,
    stopping,
)
from ocr_studio.cli.terminal.progress import Progress, clear_progress
from ocr_studio.core.command_line import json_text, visible
from ocr_studio.core.errors import StudioError
from ocr_studio.core.geometry import photo_frame
from ocr_studio.core.page import Page, Quad
from ocr_studio.core.project.project import Project
from ocr_studio.core.search import matching
from ocr_studio.core.search.index import Hit, Index
from ocr_studio.core.search.matching import FoundWord, MatchedSide
from ocr_studio.core.units import counted
from ocr_studio.core.video.video_record import FolderMoments, Moment, format_time
from ocr_studio.jobs.photos import index as indexing

_EPILOG: Final = """\
Searches the photos that were read in the window or with "ocr-studio read FOLDER --keep".

Typos and misread characters are tolerated: "modern" also finds "modem" and "m0dern", ranked lower. All words of the
query must be on the photo; use '"quotes"' for an exact match. Whole words are matched: "hash" does not find "hashing",
but "hash*" does; any word outside quotes may end with a star. Alternatives of the recognizer come last, marked. For
more, see "ocr-studio help search".

Text: one line for each result: photo, place (x,y,width,height in pixels of the upright photo; empty for text without
a box) and text, separated by tabs; of a photo from a video also its name and the time of the photo.
JSON: a list with one object for each result, best first: {"page", "image", "score", "words": [{"id", "quad":
[[x, y] × 4], "text", "matched", "side": "human"|"machine"|"choice", "choice", "score"}]}; "matched" is the
text that matched, "text" the text of the word; they differ for an alternative. "choice" is 1 for the text of the word,
2 and up for alternatives. "quad" is null for text without a box. A photo from a video also has "video":
{"path", "seconds", "first", "last"}: its time, and when the words that were found were first and last seen, in seconds.

Exit status 0: all photos were searched, even if nothing was found; 1: some could not be searched; 2: incorrect usage.
"""


def parser() -> argparse.ArgumentParser:
    """The arguments of the command."""
    made = command_parser(
        "search",
        "Find words on the photos of a project or an archive.",
        _EPILOG,
    )
    made.add_argument("query", nargs="+", metavar="QUERY", help="words to find")
    where = made.add_mutually_exclusive_group(required=True)
    where.add_argument(
        "--project", type=given_path, metavar="DIR", help="project folder, or folder of photos that has one"
    )
    where.add_argument(
        "--archive", metavar="DIR", help='folder or address of an archive; see "ocr-studio help archive"'
    )
    add_format(made, "output format")
    made.add_argument("--limit", type=_count, default=100, metavar="N", help="maximum number of results; default: 100")
    add_follow_links(made)
    return made


def work(options: argparse.Namespace) -> int:
    """Search and print the hits. Returns the exit status; raises StudioError."""
    query = " ".join(options.query)
    if all(set(term.text) == {"*"} and not term.exact for term in matching.parse_query(query)):
        remedy = 'Enter at least one; a star stands for the rest of a word, as in "hash*".'
        complain(StudioError(f"the query “{query}” has no words", remedy=remedy))
        return MISUSED
    if options.archive is not None:
        return _search_archive(query, options)
    project = known_project(options.project, options)
    # If a window has the project open, or the folder is read-only, a temporary index is used.
    with contextlib.suppress(StudioError):
        project.lock()
    index = Index(project)
    try:
        return _search(project, index, query, options)
    finally:
        index.close()
        project.unlock()


def _search(project: Project, index: Index, query: str, options: argparse.Namespace) -> int:
    _bring_up_to_date(index)
    load = cache(partial(_load_frame, project))
    hits = [_in_file(load(hit.page_id), hit) for hit in index.find(query, options.limit)]
    _ANSWERS[options.format](hits, FolderMoments(project.photos))
    if not hits:
        complain(f"no results for “{query}”")
    broken = [row for row in index.pages() if row.failed]
    for row in broken:
        complain(StudioError(f"can’t read the page: {row.failed}", file=f"{row.page_id}.json"))
    return FAILED if broken else GOOD


def _search_archive(query: str, options: argparse.Namespace) -> int:
    with loading():
        from ocr_studio.core.archive.folder import ArchiveFolder  # noqa: PLC0415  (most searches are of projects)
        from ocr_studio.core.archive.search import ArchiveHits, PartSkipped, search_archive  # noqa: PLC0415
    shown, hits, damaged = Progress(), list[Hit](), list[str | None]()
    for event in search_archive(ArchiveFolder(options.archive), query, options.limit):
        if isinstance(event, ArchiveHits):
            hits = list(event.hits)
        elif isinstance(event, PartSkipped):
            damaged.append(event.error.file)
        else:
            shown.show("searching", event.done, event.total, detail=f"file {event.done} of {event.total}")
    clear_progress()
    _ANSWERS[options.format](hits, FolderMoments())
    if not hits:
        complain(f"no results for “{query}”")
    for file in damaged:
        # A run that finds the file as large and as old as before doesn't open it, so it must be deleted.
        remedy = 'Delete it and run "ocr-studio archive read" again.'
        complain(StudioError("it is damaged; its photos were not searched", file=file, remedy=remedy))
    return FAILED if damaged else GOOD


def _load_frame(project: Project, page_id: str) -> Page | None:
    """Return a page without its words if its photo is rotated or cropped, else None."""
    with contextlib.suppress(StudioError):  # reported with the pages that can't be read
        page = project.load_page(page_id, aside=False)
        if page is not None and page.facts.frame is not None:
            return replace(page, words={})
    return None


def _in_file(page: Page | None, hit: Hit) -> Hit:
    """Return the hit with its places on the photo as its file has it, and other programs see it.

    page: as ``_load_frame`` returns it.
    """
    if page is None:
        return hit
    words = tuple(replace(word, quad=photo_frame.quad_in_file(page, word.quad)) for word in hit.words)
    return replace(hit, words=words)


def _bring_up_to_date(index: Index) -> None:
    """Update the index, with progress. Ctrl+C keeps what was done."""
    shown, at = Progress(), "Nothing"
    with stopping(lambda: f"{at} indexed; the next search continues."):
        for event in indexing.bring_up_to_date(index):
            at = f"{event.done} of {counted(event.total, 'photo')}"
            shown.show("updating the index", event.done, event.total, detail=f"photo {event.done} of {event.total}")
    clear_progress()


def _answer_as_text(hits: Sequence[Hit], moments: FolderMoments) -> None:
    for hit in hits:
        place = _format_place([word.quad for word in hit.words if word.quad.has_width])
        moment = moments.find(hit.page_id)
        when = f"\t{visible(moment.video.name)} {format_time(moment.state.end)}" if moment else ""
        print(f"{visible(hit.image)}\t{place}\t{visible(' '.join(_said(word) for word in hit.words))}{when}")


def _said(word: FoundWord) -> str:
    if word.side is not MatchedSide.CHOICE:
        return word.text
    return f"{word.matched} (alternative {word.rank}; read as “{word.text}”)"


def _answer_as_json(hits: Sequence[Hit], moments: FolderMoments) -> None:
    print(json_text([_fields(hit, moments.find(hit.page_id)) for hit in hits]))


def _fields(hit: Hit, moment: Moment | None) -> Mapping[str, object]:
    words = [
        {
            "id": word.word_id,
            "quad": [list(corner) for corner in word.quad.corners] if word.quad.has_width else None,
            "text": word.text,
            "matched": word.matched,
            "side": word.side.value,
            "choice": word.rank,
            "score": word.score,
        }
        for word in hit.words
    ]
    fields = {"page": hit.page_id, "image": hit.image, "score": hit.score, "words": words}
    return {**fields, "video": _video_fields(hit, moment)} if moment else fields


def _video_fields(hit: Hit, moment: Moment) -> Mapping[str, object]:
    boxes = [word.quad for word in hit.words if word.quad.has_width]
    times = [found for quad in boxes if (found := moment.state.find_times(quad))]
    first, last = (max(start for start, _ in times), min(end for _, end in times)) if times else (None, None)
    return {"path": str(moment.path), "seconds": moment.state.end, "first": first, "last": last}


def _format_place(quads: Sequence[Quad]) -> str:
    """Return the rectangle around boxes as x,y,width,height; empty without any."""
    if not quads:
        return ""
    lefts, tops, rights, bottoms = zip(*(quad.bounds() for quad in quads), strict=True)
    left, top = min(lefts), min(tops)
    return f"{left:.0f},{top:.0f},{max(rights) - left:.0f},{max(bottoms) - top:.0f}"


def _count(text: str) -> int:
    if not (text.isascii() and text.isdigit() and 1 <= int(text[:7]) <= 100_000):
        raise argparse.ArgumentTypeError(f"must be a number from 1 to 100000, not “{visible(text)}”")
    return int(text)


_ANSWERS: Final[Mapping[str, Callable[[Sequence[Hit], FolderMoments], None]]] = {
    "text": _answer_as_text,
    "json": _answer_as_json,
}
