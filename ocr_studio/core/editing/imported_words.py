"""Words of a file of labels as an edit of a page: new ones are added, and those that are there already are settled."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Final

import numpy as np

from ocr_studio.core.formats.exchange import MAX_PLACE, ExchangePage, ExchangeWord
from ocr_studio.core.geometry import overlap, photo_frame
from ocr_studio.core.geometry import quads as geometry
from ocr_studio.core.page import (
    Alternative,
    Edit,
    OrderChange,
    Page,
    PageFacts,
    Quad,
    StepName,
    TextSource,
    Transcription,
    Word,
    WordOrder,
    new_id,
    now,
)
from ocr_studio.core.plain_text import LONGEST, one_line
from ocr_studio.core.reading_order import page_order, unboxed_words
from ocr_studio.core.reading_order.places import BLOCK, LINE, SAME, Place, compose_lines

# Two boxes are of the same writing if half of either lies inside the other.
_SAME: Final = 0.5
# As many alternatives as the recognizer keeps.
_MOST_ALTERNATIVES: Final = 5
# More tags and lines of a note than these nobody has written.
_MOST_TAGS, _MOST_NOTE_LINES, _LONGEST_LABEL = 100, 100, 500
# Share by which the proportions of a photo may differ from those that the labels were made for.
_STRETCHED: Final = 0.02


class Conflict(StrEnum):
    """What becomes of words that both the page and the file have in a place.

    Attributes:
        KEEP: The page's stay, the file's are left out.
        REPLACE: The file's take their place.
        BOTH: The user's text stays the user's and the other one becomes the recognizer's, and the other way round
            where the file's are checked and the page's are not.
    """

    KEEP = "keep"
    REPLACE = "replace"
    BOTH = "both"


@dataclass(frozen=True, slots=True)
class ImportCounts:
    """What an import does to a page, in words.

    Attributes:
        new: Words where the page has none.
        equal: Words that the page has already, with the same text.
        conflicts: Words that stand where the page has others.
        outside: Words outside the photo, which are left out.
    """

    new: int = 0
    equal: int = 0
    conflicts: int = 0
    outside: int = 0

    def __add__(self, other: ImportCounts) -> ImportCounts:
        """Add the counts of another page."""
        return ImportCounts(
            self.new + other.new,
            self.equal + other.equal,
            self.conflicts + other.conflicts,
            self.outside + other.outside,
        )


@dataclass(frozen=True, slots=True)
class _Incoming:
    """A word of the file. rivals: ids of the page's words in its place."""

    word: ExchangeWord
    quad: Quad | None
    place: int
    rivals: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ImportedWords:
    """The words of a file beside those of a page.

    Attributes:
        page: The page as it is.
        labels: What the file says.
        counts: What an import would do.
    """

    page: Page
    labels: ExchangePage
    counts: ImportCounts
    _incoming: tuple[_Incoming, ...] = field(repr=False)

    @classmethod
    def compare(cls, page: Page, labels: ExchangePage) -> ImportedWords:
        """Find what of a file is new on a page."""
        found = [
            _Incoming(word, quad, follows)
            for word, follows in _list_words(labels)
            if (quad := _move(page, labels, word.quad)) is not None or word.quad is None
        ]
        outside = len(labels.words) - len(found)
        inside = [each for each in found if each.quad is None or _is_on(page, each.quad)]
        settled = _find_rivals(page, inside)
        equal = sum(_is_equal(page, each) for each in settled)
        conflicts = sum(bool(each.rivals) for each in settled) - equal
        counts = ImportCounts(len(settled) - equal - conflicts, equal, conflicts, outside + len(found) - len(inside))
        return cls(page, labels, counts, tuple(settled))

    def make_edit(self, conflict: Conflict, name: StepName) -> Edit:
        """Make the edit of the page.

        Args:
            conflict: What becomes of words that both have.
            name: What the undo menu says.
        """
        page = self.page
        changes: dict[str, tuple[Word | None, Word | None]] = {}
        order: list[Place] = []
        quads = _place_unboxed(page, self._incoming)
        for each, quad in zip(self._incoming, quads, strict=True):
            rivals = [page.words[key] for key in each.rivals if key not in changes]
            # Two words where the page has one box: the first takes its place.
            if not each.rivals or (not rivals and conflict is Conflict.REPLACE):
                word = _make_word(each.word, quad)
                changes[word.id] = None, word
                order.append(Place(word.id, each.place))
            elif rivals:
                changes |= {} if _is_equal(page, each) else _settle(each.word, quad, rivals, conflict)
                order.append(Place(rivals[0].id, each.place))
        facts = _merge_facts(page.facts, self.labels, conflict)
        ordered = self._change_order(order, changes, conflict)
        return Edit(name, changes, (page.facts, facts) if facts != page.facts else None, ordered)

    def _change_order(
        self, order: Sequence[Place], changes: Mapping[str, tuple[Word | None, Word | None]], conflict: Conflict
    ) -> tuple[OrderChange, ...] | None:
        """Take the file's reading order if that has all words of the page; None if the page's own is kept.

        Args:
            order: The words in the order of the file.
            changes: What becomes of the words.
            conflict: Whose words stay.
        """
        page = self.page
        is_new = not page.words and not page.order.lines
        if not self.labels.ordered or not order or not (is_new or conflict is Conflict.REPLACE):
            return None
        gone = {key for key, (_, after) in changes.items() if after is None}
        if (page.words.keys() | changes.keys()) - gone != {place.id for place in order}:
            return None
        lines = compose_lines([*{place.id: place for place in reversed(order)}.values()][::-1])
        if not is_new and not changes and lines == compose_lines(page_order.find_places(page)):
            return None
        return OrderChange.between(page.order, WordOrder(lines, page.order.arranged))


def replace_words(page: Page, labels: ExchangePage, name: StepName) -> Edit:
    """Make the edit that puts the words of a file in the place of all words of a page."""
    empty = replace(page, words={}, order=WordOrder())
    edit = ImportedWords.compare(empty, labels).make_edit(Conflict.REPLACE, name)
    gone: dict[str, tuple[Word | None, Word | None]] = {key: (word, None) for key, word in page.words.items()}
    order = empty.order
    for change in edit.order or ():
        order = change.applied(order) or order
    return replace(edit, changes={**gone, **edit.changes}, order=OrderChange.between(page.order, order))


def has_other_shape(page: Page, labels: ExchangePage) -> bool:
    """Whether the labels were made for a photo of other proportions, for example one that is turned differently."""
    if labels.width <= 1 or labels.height <= 1:  # unknown, or shares of the sides
        return False
    width, height = page.file_size
    return abs(labels.width * height / (labels.height * width) - 1) > _STRETCHED


def _list_words(labels: ExchangePage) -> list[tuple[ExchangeWord, int]]:
    """List the words with how each follows the one before it."""
    found: list[tuple[ExchangeWord, int]] = []
    for block in labels.blocks:
        begins = BLOCK
        for line in block:
            for word in line.words:
                found.append((word, begins))
                begins = SAME
            begins = max(begins, LINE) if begins != BLOCK else BLOCK
    return found


def _move(page: Page, labels: ExchangePage, quad: Quad | None) -> Quad | None:
    """Return where a box of the file is on the page; None if it has no area there."""
    if quad is None:
        return None
    width, height = page.file_size
    scale = (width / labels.width, height / labels.height) if labels.width and labels.height else (1.0, 1.0)
    corners = [(x * scale[0], y * scale[1]) for x, y in quad.corners]
    if not all(abs(value) <= MAX_PLACE for corner in corners for value in corner):  # of a strange size
        return None
    moved = photo_frame.move_quad(Quad.from_array(corners), None, page.facts.frame)
    return moved if geometry.measure_area(moved) > 0 else None


def _is_on(page: Page, quad: Quad) -> bool:
    """Whether the middle of a box is on the photo, and its corners are not far away."""
    x, y = geometry.find_centre(quad)
    left, top, right, bottom = quad.bounds()
    side = max(page.width, page.height)
    return 0 <= x <= page.width and 0 <= y <= page.height and min(left, top) > -side and max(right, bottom) < 2 * side


def _find_rivals(page: Page, incoming: Sequence[_Incoming]) -> list[_Incoming]:
    """Find the words of the page that stand where those of the file do."""
    boxed = [each for each in incoming if each.quad is not None]
    there = [word for word in page.words.values() if word.has_box]
    rows = iter(_find_boxed_rivals(there, boxed) if there and boxed else [()] * len(boxed))
    # Texts without a box are the same if they say the same.
    unboxed: dict[str, list[str]] = defaultdict(list)
    for word in page.words.values():
        if not word.has_box:
            unboxed[word.text].append(word.id)
    found = []
    for each in incoming:
        if each.quad is not None:
            found.append(replace(each, rivals=next(rows)))
        else:
            same = unboxed[_clean(each.word.text)]
            found.append(replace(each, rivals=(same.pop(0),) if same else ()))
    return found


def _find_boxed_rivals(there: Sequence[Word], incoming: Sequence[_Incoming]) -> list[tuple[str, ...]]:
    """Find the words of the page in the place of each one of the file that has a box.

    Boxes of neighbours often overlap, so those that fit best are paired first: the partner of one word is no rival of
    another that has a partner, too.
    """
    theirs = np.array([each.quad.corners for each in incoming if each.quad is not None])
    found = overlap.compute_overlap(theirs, np.array([word.quad.corners for word in there]))
    same = np.maximum(found.cover_a, found.cover_b) >= _SAME
    pairs = list(zip(found.rows[same].tolist(), found.columns[same].tolist(), found.iou[same].tolist(), strict=True))
    partners: dict[int, int] = {}
    taken: set[int] = set()
    best = sorted(
        (-round(iou, 2), there[column].text != _clean(incoming[row].word.text), row, column)
        for row, column, iou in pairs
        if iou >= _SAME
    )
    for _, _, row, column in best:
        if row not in partners and column not in taken:
            partners[row] = column
            taken.add(column)
    rivals: list[list[str]] = [[there[partners[row]].id] if row in partners else [] for row in range(len(incoming))]
    for row, column, _ in pairs:
        if row not in partners or column not in taken:
            rivals[row].append(there[column].id)
    return [tuple(each) for each in rivals]


def _is_equal(page: Page, incoming: _Incoming) -> bool:
    """Whether the page has just this word already."""
    if len(incoming.rivals) != 1:
        return False
    word = page.words[incoming.rivals[0]]
    return (word.text, word.mark) == (_clean(incoming.word.text), incoming.word.mark) and (
        word.checked or not incoming.word.checked
    )


def _place_unboxed(page: Page, incoming: Sequence[_Incoming]) -> list[Quad]:
    """Return the quads of all words; texts without a box get a place between their neighbours."""
    return unboxed_words.place([(each.quad, each.place) for each in incoming], page.width, page.height)


def _clean(text: str) -> str:
    return one_line(text[:LONGEST])


def _transcribe(word: ExchangeWord) -> Transcription | None:
    """Return the text of a word as a file has it."""
    text = _clean(word.text)
    return Transcription(text, TextSource.IMPORTED, when=now()) if text else None


def _transcribe_reading(word: ExchangeWord) -> Transcription | None:
    """Return what a recognizer has read, as far as a file tells it of a word that may be checked."""
    others = tuple(
        Alternative(_clean(each.text), _share(each.confidence) or 0.0)
        for each in word.alternatives[:_MOST_ALTERNATIVES]
    )
    if word.checked and not others and word.confidence is None and not word.ignored_text:  # labels of people
        return None
    text = others[0].text if word.checked and others else _clean(word.text or word.ignored_text)
    if not text:
        return None
    return Transcription(text, TextSource.IMPORTED, _share(word.confidence), when=now(), alternatives=others)


def _share(confidence: float | None) -> float | None:
    return None if confidence is None or not math.isfinite(confidence) else min(max(confidence, 0.0), 1.0)


def _make_word(word: ExchangeWord, quad: Quad, *, before: Word | None = None) -> Word:
    """Make the word that a file describes. before: the word whose place it takes; its recognized text stays."""
    human = _transcribe(word) if word.checked and not word.mark else None
    machine = _transcribe_reading(word) or (before.machine if before and word.checked else None)
    made = Word(before.id if before else new_id(), quad, TextSource.IMPORTED, machine, human, word.mark)
    return replace(made, locked=before.locked) if before else made


def _settle(
    word: ExchangeWord, quad: Quad, rivals: Sequence[Word], conflict: Conflict
) -> Mapping[str, tuple[Word | None, Word | None]]:
    """Return what becomes of the words in the place of another."""
    ours = rivals[0]
    match conflict:
        case Conflict.REPLACE:
            changes: dict[str, tuple[Word | None, Word | None]] = {each.id: (each, None) for each in rivals[1:]}
            return {ours.id: (ours, _make_word(word, quad, before=ours)), **changes}
        case Conflict.BOTH if len(rivals) == 1 and not word.mark:
            return {ours.id: (ours, _join(ours, word))}
    return {}


def _join(ours: Word, theirs: ExchangeWord) -> Word:
    """Put two texts of a word side by side; the box stays."""
    text = _transcribe(theirs)
    if text is None:
        return ours
    if theirs.checked and ours.human is None:
        return replace(ours, human=text)
    if not ours.checked:
        return ours
    # What somebody has checked there is worth more than what was read there.
    return replace(ours, machine=text if theirs.checked else _transcribe_reading(theirs) or text)


def _merge_facts(facts: PageFacts, labels: ExchangePage, conflict: Conflict) -> PageFacts:
    """Take over the facts of a file that the page does not have, or those of all if they replace the page's."""
    replaces = conflict is Conflict.REPLACE
    writer = labels.writer and _clean(labels.writer)[:_LONGEST_LABEL]
    tags = tuple(tag for each in labels.tags if (tag := _clean(each)[:_LONGEST_LABEL]))
    note = "\n".join(map(_clean, labels.note.splitlines()[:_MOST_NOTE_LINES]))
    return replace(
        facts,
        writer=(writer if replaces or not facts.writer else facts.writer) or facts.writer,
        tags=tuple(dict.fromkeys((*facts.tags, *tags)))[: max(_MOST_TAGS, len(facts.tags))],
        note=(note if replaces or not facts.note else facts.note) or facts.note,
    )
