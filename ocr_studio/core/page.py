"""The values: Quad, Transcription, Word, WordOrder, Page and Edit.

All are frozen, so they cross threads without locks. A page changes in one way only: ``apply(page, edit)``.
"""

from __future__ import annotations

import math
import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from enum import StrEnum
from types import MappingProxyType
from typing import Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

from ocr_studio.core.errors import StudioError
from ocr_studio.core.files.json_schema import Corners, FiniteNumber
from ocr_studio.core.translation import Message, tr

Point: TypeAlias = tuple[float, float]


class TextSource(StrEnum):
    """Origin of a text or box: a recognizer, the user, or an imported file."""

    MODEL = "model"
    HUMAN = "human"
    IMPORTED = "imported"


# Confidence and letters of words that are believed unchecked: nine of ten are right, single letters less often.
CERTAIN: Final = 0.9
_LEAST_CERTAIN: Final = 2
# Added to the name of the model of what was read with what corrected words had taught.
FROM_CORRECTIONS: Final = " + corrections"


class WordState(StrEnum):
    """How far a word has come. ``ACCEPTED``: a person agreed with the machine; ``CORRECTED``: wrote something else;
    ``MARKED``: set it aside, see ``Mark``.
    """

    UNREAD = "unread"
    READ = "read"
    ACCEPTED = "accepted"
    CORRECTED = "corrected"
    MARKED = "marked"


class Mark(StrEnum):
    """What a person says of a box instead of a text. ``UNREADABLE``: something is written there that nobody can make
    out; ``IGNORED``: it is not to count, neither in the text nor in a dataset nor in an evaluation.
    """

    UNREADABLE = "unreadable"
    IGNORED = "ignored"


class PageState(StrEnum):
    """State of a page. ``REVIEWED``: all words are checked."""

    UNREAD = "unread"
    READ = "read"
    REVIEWED = "reviewed"


@dataclass(frozen=True, slots=True)
class Quad:
    """Where a word stands: four corners, clockwise from the text's own top left.

    corners: ((x, y), …) in pixels of the upright photo; (0, 0) is the top left corner of the top left pixel.
    """

    corners: Corners[FiniteNumber]

    @classmethod
    def from_array(cls, points: NDArray[np.floating] | Iterable[Iterable[float]]) -> Quad:
        """points: (4, 2), clockwise from the text's top left. Raises ValueError for another shape or for NaN."""
        array = np.asarray(points, dtype=np.float64)
        if array.shape != (4, 2) or not np.isfinite(array).all():
            raise ValueError(f"a quad needs four finite corners (4, 2), not {array.shape}")
        a, b, c, d = ((float(x), float(y)) for x, y in array.round(2))
        return cls((a, b, c, d))

    @classmethod
    def from_box(cls, x0: float, y0: float, x1: float, y1: float) -> Quad:
        """An upright rectangle from its top left and bottom right corners."""
        return cls.from_array([(x0, y0), (x1, y0), (x1, y1), (x0, y1)])

    def array(self) -> NDArray[np.float32]:
        """(4, 2) float32, same order."""
        return np.asarray(self.corners, dtype=np.float32)

    @property
    def has_width(self) -> bool:
        """Whether it is a box; otherwise it is a line between two letters, the mark of a word without a box."""
        a, b, c, d = self.corners
        return a != b or c != d

    def bounds(self) -> tuple[float, float, float, float]:
        """(left, top, right, bottom) of the upright rectangle around it."""
        xs, ys = zip(*self.corners, strict=True)
        return min(xs), min(ys), max(xs), max(ys)


@dataclass(frozen=True, slots=True)
class Alternative:
    """Another reading the recognizer held possible, with its confidence 0..1."""

    text: str
    confidence: float


@dataclass(frozen=True, slots=True)
class Transcription:
    """What somebody says is written in a word's quad.

    confidence: 0..1, or None where nobody gave one (people do not). model: which model read it. when: ISO 8601, UTC.
    alternatives: up to five readings, best first, the first being ``text`` itself; empty for people.
    letters: for each letter of ``text`` the position of its centre along the quad, 0 = left edge .. 1 = right edge;
    empty where unknown.
    """

    text: str
    source: TextSource
    confidence: float | None = None
    model: str | None = None
    when: str | None = None
    alternatives: tuple[Alternative, ...] = ()
    letters: tuple[float, ...] = ()

    @property
    def from_corrections(self) -> bool:
        """Whether it was read with what corrected words had taught, which belongs to no model."""
        return bool(self.model and self.model.endswith(FROM_CORRECTIONS))

    @classmethod
    def by_human(cls, text: str) -> Transcription:
        """Create a text typed by the user now."""
        return cls(text=text, source=TextSource.HUMAN, when=now())


@dataclass(frozen=True, slots=True)
class Word:
    """One word on a photo: where it stands, what the machine read and what a person wrote, side by side.

    A word without a box (``has_box``) is text that the user typed and nobody has found on the photo: its quad has no
    width. It counts in texts, but not in datasets and evaluations, until a box is drawn for it.
    Reading again replaces the machine's side only. An empty text from a person means "nothing is written here".
    mark: set aside by a person; such a word has no text. locked: its box is not to be moved by hand.
    """

    id: str
    quad: Quad
    quad_source: TextSource = TextSource.MODEL
    machine: Transcription | None = None
    human: Transcription | None = None
    mark: Mark | None = None
    locked: bool = False

    @property
    def has_box(self) -> bool:
        """Whether it has a box; a word that was typed into the text of the page has only a place in a line."""
        return self.quad.has_width

    @property
    def text(self) -> str:
        """What counts: the person's text, else the machine's, else nothing; nothing of what was set aside."""
        best = None if self.mark else self.human or self.machine
        return best.text if best else ""

    @property
    def confidence(self) -> float | None:
        """The machine's confidence 0..1 in its own reading; None if it has not read, 1.0 once a person has checked."""
        if self.checked:
            return 1.0
        return self.machine.confidence if self.machine else None

    @property
    def state(self) -> WordState:
        """Unread, read, accepted, corrected or marked."""
        if self.mark:
            return WordState.MARKED
        if self.human:
            same = self.machine is not None and self.machine.text == self.human.text
            return WordState.ACCEPTED if same else WordState.CORRECTED
        return WordState.READ if self.machine else WordState.UNREAD

    @property
    def checked(self) -> bool:
        """Whether the word is checked: confirmed, corrected, unreadable or ignored."""
        return self.human is not None or self.mark is not None

    @property
    def certain(self) -> bool:
        """Whether it was read with such certainty that it counts as an example, although nobody has checked it.

        What was read after learning from corrections would only repeat them.
        """
        read = self.machine
        if self.checked or read is None or read.from_corrections:
            return False
        return len(read.text.strip()) >= _LEAST_CERTAIN and (read.confidence or 0.0) >= CERTAIN

    @property
    def touched(self) -> bool:
        """Whether the user has checked the word or placed its box; reading again changes neither."""
        return self.checked or self.locked or self.quad_source is not TextSource.MODEL


@dataclass(frozen=True, slots=True)
class BoardLook:
    """How the board on a photo is shown in the board view: a look only, the photo and all places on it stay.

    corners: where the board is, clockwise from the top left as the photo is held; None: as it is found. straighten,
    even_light, less_glare, strong_ink: see ``board_cleaning``; strength: 0..1, of the last three. read: whether the
    recognizer reads the cleaned picture instead of the photo.
    """

    corners: Quad | None = None
    straighten: bool = True
    even_light: bool = True
    less_glare: bool = True
    strong_ink: bool = True
    strength: float = 0.5
    read: bool = False


@dataclass(frozen=True, slots=True)
class PhotoFrame:
    """How a photo is turned and cropped before anything else: words, boxes and pictures are of the result.

    The file stays. First the photo is turned by quarters, then by a slant about its centre, on as much room as that
    takes, then cropped.

    Attributes:
        width: Width of the upright photo as its file has it, in pixels.
        height: Its height.
        quarters: How many times it is turned by 90° clockwise, 0..3.
        slant: Degrees by which it is turned clockwise besides, -45..45.
        crop: (left, top, right, bottom) in pixels of the turned photo; None: all of it.
    """

    width: int
    height: int
    quarters: int = 0
    slant: float = 0.0
    crop: tuple[int, int, int, int] | None = None

    @property
    def level_size(self) -> tuple[int, int]:
        """Width and height of the photo turned by quarters only, in pixels."""
        return (self.height, self.width) if self.quarters % 2 else (self.width, self.height)

    @property
    def turned_size(self) -> tuple[int, int]:
        """Width and height of the turned photo before it is cropped, in pixels."""
        width, height = self.level_size
        if not self.slant:
            return width, height
        cos, sin = math.cos(math.radians(self.slant)), abs(math.sin(math.radians(self.slant)))
        return math.ceil(round(width * cos + height * sin, 3)), math.ceil(round(width * sin + height * cos, 3))

    @property
    def size(self) -> tuple[int, int]:
        """Width and height of the turned and cropped photo, in pixels."""
        if self.crop is None:
            return self.turned_size
        left, top, right, bottom = self.crop
        return right - left, bottom - top


@dataclass(frozen=True, slots=True)
class PageFacts:
    """What a person says of a whole page.

    writer: who wrote on the board. tags: words to find it by, in the order given. note: whatever else, any number of
    lines. board: how its board is looked at, None where nobody has changed that. frame: how the photo is turned and
    cropped, None where it is as its file has it.
    """

    writer: str | None = None
    tags: tuple[str, ...] = ()
    note: str = ""
    board: BoardLook | None = None
    frame: PhotoFrame | None = None

    @property
    def board_to_read(self) -> BoardLook | None:
        """How the board is cleaned before it is read; None if the photo itself is read."""
        return self.board if self.board and self.board.read else None


@dataclass(frozen=True, slots=True)
class WordOrder:
    """The reading order of a page, kept from the first change of a box on.

    Attributes:
        lines: Ids of words, a tuple for each line, an empty tuple between two blocks; () while the order is computed.
            Ids that the page has no more are skipped.
        arranged: Whether the user has arranged the words, so that a new reading keeps the order, too.
    """

    lines: tuple[tuple[str, ...], ...] = ()
    arranged: bool = False


@dataclass(frozen=True, slots=True)
class OrderChange:
    """A change of the kept reading order, as small as it is.

    Attributes:
        size: Number of lines in ``WordOrder.lines`` before.
        start: Index of the first changed line.
        lines: The lines there, before and after.
        arranged: ``WordOrder.arranged``, before and after.
    """

    size: int
    start: int
    lines: tuple[tuple[tuple[str, ...], ...], tuple[tuple[str, ...], ...]]
    arranged: tuple[bool, bool]

    @classmethod
    def between(cls, before: WordOrder, after: WordOrder) -> tuple[OrderChange, ...]:
        """The changes that lead from one order to another; none if they are the same."""
        if before == after:
            return ()
        old, new = before.lines, after.lines
        shorter = min(len(old), len(new))
        start = next((index for index in range(shorter) if old[index] != new[index]), shorter)
        most = shorter - start
        same = next((index for index in range(most) if old[-1 - index] != new[-1 - index]), most)
        changed = old[start : len(old) - same], new[start : len(new) - same]
        return (cls(len(old), start, changed, (before.arranged, after.arranged)),)

    def inverted(self) -> OrderChange:
        """The change that takes this one back."""
        old, new = self.lines
        return OrderChange(self.size - len(old) + len(new), self.start, (new, old), self.arranged[::-1])

    def applied(self, order: WordOrder) -> WordOrder | None:
        """The order after the change; None if it is not as it was before."""
        old, new = self.lines
        end = self.start + len(old)
        same = len(order.lines) == self.size and order.arranged is self.arranged[0]
        if not same or order.lines[self.start : end] != old:
            return None
        return WordOrder((*order.lines[: self.start], *new, *order.lines[end:]), self.arranged[1])


@dataclass(frozen=True, slots=True)
class Page:
    """One photo and the words on it. Lines and text are computed, never stored; so is the reading order until a box
    changes or the user arranges the words (``order``).

    id: hash of the photo's bytes (``photo_file.compute_content_id``). image: path of the photo relative to the
    project's photo folder, "/" between parts. width, height: pixels of the upright photo, turned as ``facts.frame``
    says. read_at: when it was last read, ISO 8601 UTC.
    """

    id: str
    image: str
    width: int
    height: int
    words: Mapping[str, Word] = field(default_factory=dict)
    read_at: str | None = None
    facts: PageFacts = PageFacts()
    order: WordOrder = WordOrder()

    def __post_init__(self) -> None:
        object.__setattr__(self, "words", MappingProxyType(dict(self.words)))

    @property
    def file_size(self) -> tuple[int, int]:
        """Width and height of the upright photo as its file has it, in pixels."""
        frame = self.facts.frame
        return (frame.width, frame.height) if frame else (self.width, self.height)

    @property
    def state(self) -> PageState:
        """Unread, read, or reviewed if all of its words are checked."""
        if self.words and all(word.checked for word in self.words.values()):
            return PageState.REVIEWED
        return PageState.READ if self.read_at or self.words else PageState.UNREAD

    @property
    def has_imported(self) -> bool:
        """Whether any words come from a file, so that the photo is not read unless the user asks for it."""
        return any(word.quad_source is TextSource.IMPORTED for word in self.words.values())


# What the undo menu says; a finished text in undo logs of earlier versions.
StepName: TypeAlias = Message | str


@dataclass(frozen=True, slots=True)
class Edit:
    """A change of a page: word id -> (before, after), None for "was not there" and "is gone".

    name: what the undo menu says, in the imperative ("Delete 3 words"). facts: the page's own, (before, after).
    order: what it does to the kept reading order, one change after the other; () where it leaves that as it is, None
    where this is not decided yet: ``kept_order.keep_order`` does so before the edit is done.
    """

    name: StepName
    changes: Mapping[str, tuple[Word | None, Word | None]] = field(default_factory=dict)
    facts: tuple[PageFacts, PageFacts] | None = None
    order: tuple[OrderChange, ...] | None = None

    def __post_init__(self) -> None:
        real = {key: pair for key, pair in self.changes.items() if pair[0] != pair[1]}
        object.__setattr__(self, "changes", MappingProxyType(real))
        if self.facts and self.facts[0] == self.facts[1]:
            object.__setattr__(self, "facts", None)

    def __bool__(self) -> bool:
        return bool(self.changes) or self.facts is not None or bool(self.order)

    def inverted(self) -> Edit:
        """The edit that takes this one back."""
        changes = {key: (after, before) for key, (before, after) in self.changes.items()}
        order = self.order and tuple(each.inverted() for each in reversed(self.order))
        return Edit(self.name, changes, self.facts and (self.facts[1], self.facts[0]), order)

    def then(self, later: Edit) -> Edit:
        """This edit and a later one as one, under this one's name."""
        changes = dict(self.changes)
        for key, (before, after) in later.changes.items():
            changes[key] = (changes[key][0] if key in changes else before, after)
        both = (self.facts[0], later.facts[1]) if self.facts and later.facts else self.facts or later.facts
        if self.order is None and later.order is None:
            return Edit(self.name, changes, both)
        order: list[OrderChange] = []
        for each in (*(self.order or ()), *(later.order or ())):
            if order and order[-1] == each.inverted():
                order.pop()
            else:
                order.append(each)
        return Edit(self.name, changes, both, tuple(order))


class EditMismatch(StudioError):
    """An edit was made for another state of the page."""


def apply(page: Page, edit: Edit) -> Page:
    """The page after the edit. Raises EditMismatch if a word, a fact or the order is not as the edit says it was."""
    order: WordOrder | None = page.order
    for change in edit.order or ():
        order = order and change.applied(order)
    if order is None or (edit.facts and edit.facts[0] != page.facts):
        raise EditMismatch(
            tr("“{name}” no longer applies: the words on the photo have changed", name=edit.name), file=page.image
        )
    words = dict(page.words)
    for key, (before, after) in edit.changes.items():
        if words.get(key) != before:
            raise EditMismatch(
                tr("“{name}” no longer applies: word {key} has changed", name=edit.name, key=key), file=page.image
            )
        if after is None:
            del words[key]
        else:
            words[key] = after
    facts = edit.facts[1] if edit.facts else page.facts
    width, height = facts.frame.size if facts.frame else page.file_size
    return replace(page, width=width, height=height, words=words, facts=facts, order=order)


def new_id() -> str:
    """A fresh word id, unique for all practical purposes."""
    return secrets.token_hex(6)


def now() -> str:
    """This moment as ISO 8601 in UTC, to the second."""
    return datetime.now(UTC).isoformat(timespec="seconds")
