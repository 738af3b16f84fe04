"""Which words of a page can be learned from, and why the others cannot."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from ocr_studio.core.dataset_files.values import CheckKind, MachineReading
from ocr_studio.core.datasets.report import Reason
from ocr_studio.core.geometry import hit_tests, overlap
from ocr_studio.core.geometry import quads as geometry
from ocr_studio.core.images import word_crops
from ocr_studio.core.page import Mark, Page, Quad, TextSource, Word, WordState
from ocr_studio.core.plain_text import one_line
from ocr_studio.core.reading_order import page_order

# Of a box, so much must lie on the photo: a cut-off letter can still be guessed, half a word cannot.
_ON_PHOTO = 0.5
_MARKED = {Mark.UNREADABLE: Reason.UNREADABLE, Mark.IGNORED: Reason.IGNORED}
# A box that has so much in common (IoU) with a checked one is of the same word, whatever was read there.
_SAME_WORD = 0.3
# Two boxes that have so much in common (IoU) are of the same word.
_TWIN = 0.8


@dataclass(frozen=True, slots=True)
class SourcePage:
    """A page to make examples of. photo: where its file is, or was; folder: where else it may be. whole: all words of
    the photo are marked and checked. ignored: ids of words that are not to count."""

    page: Page
    photo: Path
    whole: bool
    ignored: frozenset[str] = frozenset()
    folder: Path | None = None


@dataclass(frozen=True, slots=True)
class Candidate:
    """A word, or line, that may become an example; reason: why it does not. line: id of the first word of its line."""

    word: str
    line: str
    text: str
    quad: Quad
    checked: CheckKind
    by: str
    machine: MachineReading | None
    reason: Reason | None = None


def find_candidates(source: SourcePage, *, unit: str, letters: frozenset[str] | None) -> list[Candidate]:
    """The words (or lines) of a page in reading order. letters: the only ones that may be in a text; None: any."""
    lines = page_order.find_lines(source.page)
    found = list(_find_lines(lines, source) if unit == "lines" else _find_words(lines, source))
    judged = [
        each if each.reason else replace(each, reason=Reason.OUTSIDE if outside else _find_misfit(each, letters))
        for each, outside in zip(found, _mark_outside(found, source.page), strict=True)
    ]
    return _drop_twins(judged)


def find_certain(source: SourcePage, *, letters: frozenset[str] | None) -> list[Candidate]:
    """The words of a page that nobody has checked, but that were read with certainty, in reading order.

    letters: as for ``find_candidates``.
    """
    found = [
        replace(_make_candidate([word], line[0].id, None), checked=CheckKind.UNCHECKED, by="machine")
        for line in page_order.find_lines(source.page)
        for word in line
        if _find_reason(word, source) is Reason.UNCHECKED and word.certain
    ]
    outside = _mark_outside(found, source.page)
    fit = [each for each, out in zip(found, outside, strict=True) if not out and not _find_misfit(each, letters)]
    known = [word.quad.corners for word in source.page.words.values() if word.checked]
    twice = overlap.compute_overlap([each.quad.corners for each in fit], known)
    covered = twice.matrix(twice.iou).max(axis=1, initial=0.0) >= _SAME_WORD
    return [each for each, double in zip(_drop_twins(fit), covered, strict=True) if each.reason is None and not double]


def _find_words(lines: Sequence[Sequence[Word]], source: SourcePage) -> Iterator[Candidate]:
    for line in lines:
        for word in line:
            yield _make_candidate([word], line[0].id, _find_reason(word, source))


def _find_lines(lines: Sequence[Sequence[Word]], source: SourcePage) -> Iterator[Candidate]:
    """A line is known when every word of it is; a box in which nothing is written is no part of it.

    Lines that bend, or that run on across a gutter, have boxes that reach into their neighbours.
    """
    for line in lines:
        reasons = [_find_reason(word, source) for word in line]
        written = [word for word, why in zip(line, reasons, strict=True) if why is not Reason.EMPTY]
        missing = [why for why in reasons if why not in (None, Reason.EMPTY)]
        if not written:
            yield _make_candidate(line, line[0].id, Reason.EMPTY)
            continue
        found = _make_candidate(written, line[0].id, missing[0] if missing else None)
        crowded = found.reason is None and any(
            hit_tests.contains_point(found.quad, geometry.find_centre(word.quad))
            for other in lines
            if other is not line
            for word in other
            if word.text
        )
        yield replace(found, reason=Reason.CROWDED) if crowded else found


def _find_reason(word: Word, source: SourcePage) -> Reason | None:
    """Why nothing is known of what is written there."""
    if word.id in source.ignored:
        return Reason.IGNORED if word.text else Reason.UNREADABLE
    if word.mark is not None:
        return _MARKED[word.mark]
    if not word.has_box:
        return Reason.UNBOXED
    if word.human is None:
        return Reason.UNCHECKED
    return None if one_line(word.human.text) else Reason.EMPTY


def _make_candidate(words: Sequence[Word], line: str, reason: Reason | None) -> Candidate:
    """Words that stand in one line, as one."""
    confirmed = all(word.state is WordState.ACCEPTED for word in words)
    imported = any(word.human is not None and word.human.source is TextSource.IMPORTED for word in words)
    return Candidate(
        word=words[0].id,
        line=line,
        text=one_line(" ".join(word.text for word in words)),
        quad=_enclose_quads([word.quad for word in words]),
        checked=CheckKind.CONFIRMED if confirmed else CheckKind.CORRECTED,
        by="imported" if imported else "human",
        machine=_join_machine(words),
        reason=reason,
    )


def _enclose_quads(quads: Sequence[Quad]) -> Quad:
    """The box of a line: along its words' own slopes, or from the first to the last of them where that is tighter, as
    of upright boxes on a line that climbs."""
    if len(quads) == 1:
        return quads[0]
    ends = np.subtract(geometry.find_centre(quads[-1]), geometry.find_centre(quads[0]))
    boxes = geometry.union_quad(quads), geometry.union_quad(quads, along=ends)
    return min(boxes, key=lambda box: geometry.measure_size(box)[1])


def _join_machine(words: Sequence[Word]) -> MachineReading | None:
    read = [word.machine for word in words if word.machine is not None]
    if len(read) < len(words):
        return None
    sure = [each.confidence for each in read if each.confidence is not None]
    return MachineReading(
        text=one_line(" ".join(each.text for each in read)),
        confidence=min(sure) if len(sure) == len(read) else None,
        model=read[0].model,
    )


def _mark_outside(candidates: Sequence[Candidate], page: Page) -> list[bool]:
    """Which boxes lie more off the photo than on it, or have no area."""
    photo = Quad.from_box(0, 0, page.width, page.height)
    shared = overlap.compute_overlap([each.quad.corners for each in candidates], [photo.corners])
    inside = shared.matrix(shared.cover_a)[:, 0]
    return [bool(each) for each in (shared.areas_a < 1) | (inside < _ON_PHOTO)]


def _find_misfit(candidate: Candidate, letters: frozenset[str] | None) -> Reason | None:
    if letters is not None and not letters.issuperset(candidate.text):
        return Reason.LETTERS
    # The net has one step more than fit into the picture, see ``Recognizer.steps``.
    steps = word_crops.compute_crop_size(candidate.quad.array())[0] // word_crops.STEP + 1
    return Reason.NARROW if steps < word_crops.count_ctc_steps(candidate.text) else None


def _drop_twins(found: list[Candidate]) -> list[Candidate]:
    """Of boxes in the same place with the same text the first one stays."""
    fit = [index for index, each in enumerate(found) if each.reason is None]
    if len(fit) < 2:
        return found
    quads = np.array([found[index].quad.corners for index in fit])
    shared = overlap.compute_overlap(quads, quads)
    near = (shared.iou >= _TWIN) & (shared.rows < shared.columns)
    for row, column in zip(shared.rows[near].tolist(), shared.columns[near].tolist(), strict=True):
        first, second = fit[row], fit[column]
        if found[first].reason is None and found[first].text == found[second].text:
            found[second] = replace(found[second], reason=Reason.DUPLICATE)
    return found
