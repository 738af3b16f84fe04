"""What all readers of labels share: values as files have them, names of photos, and words collected to a page."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import PurePosixPath
from typing import Annotated, Any, Final, TypeAlias

from msgspec import Meta

from ocr_studio.core.files import json_schema, strict_json
from ocr_studio.core.formats.exchange import MAX_PLACE, MAX_WORDS, ExchangePage, ExchangeWord, fit_quad
from ocr_studio.core.formats.import_format import LabelFile
from ocr_studio.core.formats.names import format_photo_path
from ocr_studio.core.formats.photo_source import PhotoSource
from ocr_studio.core.page import Mark, Page, Point, Quad
from ocr_studio.core.plain_text import LONGEST, one_line
from ocr_studio.core.translation import tr, tr_n
from ocr_studio.core.units import size as format_size

# What stands for writing that can't be read, in many programs.
UNREADABLE: Final = "###"
# What a box is labelled as where a program wants a class.
TEXT_CLASS: Final = "text"
# Classes that say that there is text, not which.
CLASSES: Final = frozenset(
    {"text", "texts", "word", "words", "line", "lines", "textline", "text_line", "text-line", "handwriting", "ocr"}
    | {"handwritten", "printed", "object", "region", "box"}
)

# Size of a photo whose boxes are in shares of its width and height.
SHARES: Final = (1.0, 1.0)
_FINE: Final = 100_000  # so many steps has a share

Coordinate: TypeAlias = Annotated[float, Meta(ge=-MAX_PLACE, le=MAX_PLACE)]
Size: TypeAlias = Annotated[float, Meta(ge=0, le=MAX_PLACE)]
XY: TypeAlias = tuple[Coordinate, Coordinate]
# The points of an outline; no word has more.
Outline: TypeAlias = Annotated[list[XY], Meta(min_length=2, max_length=1000)]

# Bytes, in a file of JSON without pictures: the numbers of all boxes of a photo can be 4 MB.
_MOST_BETWEEN_QUOTES: Final = 8 << 20
_MAX_TAGS: Final = 100
_MAX_NOTE: Final = 10_000


def read_without_pictures(file: LabelFile) -> bytes:
    """Read a file of JSON that holds no pictures: one with a longer text is refused before it is decoded.

    Raises:
        BadLabels: It can't be read, or has such a text.
    """
    data = file.read()
    # Between two quotes that are further apart there is a whole step.
    step = _MOST_BETWEEN_QUOTES // 2
    for start in range(0, len(data) - step + 1, step):
        if data.find(b'"', start, start + step) < 0:
            before, after = data.rfind(b'"', 0, start), data.find(b'"', start + step)
            if (after if after >= 0 else len(data)) - before > _MOST_BETWEEN_QUOTES:
                most = format_size(_MOST_BETWEEN_QUOTES)
                raise file.make_error(tr("one of its values is larger than {size}", size=most))
    return data


def load_json(file: LabelFile, *, has_pictures: bool = True) -> object:
    """Decode a file of JSON. has_pictures: whether there may be photos in it, as text. Raises BadLabels."""
    try:
        return strict_json.load(file.read() if has_pictures else read_without_pictures(file))
    except strict_json.BadJson as error:
        raise file.make_error(tr("it is not valid JSON: {reason}", reason=str(error)[:200])) from error


def check_count(file: LabelFile, words: Sequence[object] | Mapping[str, object]) -> None:
    """Check that a file has no more labels of a photo than a photo can have words. Raises BadLabels."""
    if len(words) > MAX_WORDS:
        raise file.make_error(tr("it has more than {most} labels for one photo", most=MAX_WORDS))


def name_below_parent(page: Page, photos: PhotoSource | None) -> str:
    """Return the path of a photo with the name of the folder of all photos before it, where that is known."""
    image = format_photo_path(page.image)
    if photos is None:
        return image
    folders = photos.path(page).parents
    place = len(PurePosixPath(page.image).parts) - 1
    name = format_photo_path(folders[place].name) if place < len(folders) else ""
    return f"{name}/{image}" if name else image


def find_mark(name: object) -> Mark | None:
    """Return the mark of this name; None if there is none."""
    return next((mark for mark in Mark if mark.value == name), None)


def clean_text(text: object) -> str | None:
    """Return the text of a label as one line; None if it is no text, or longer than any word."""
    if not isinstance(text, str) or len(text) > LONGEST:
        return None
    return one_line(text)


_CHECKED: Final = ExchangeWord(None, checked=True)


@dataclass(slots=True)
class LabelledWords:
    """Collects the words of a photo, and counts the labels that can't be used.

    Attributes:
        image: Path or name of the photo.
        size: Its width and height in pixels; (0, 0) if unknown, ``SHARES`` if boxes are in shares of them.
    """

    image: str
    size: tuple[float, float] = (0, 0)
    _words: list[ExchangeWord] = field(default_factory=list)
    _left_out: int = 0
    _notices: list[str] = field(default_factory=list)

    def add(self, points: Sequence[Point], text: object, word: ExchangeWord = _CHECKED) -> ExchangeWord | None:
        """Add a word, or count it as left out.

        Args:
            points: Its outline, see ``fit_quad``; in shares if that is what the size says.
            text: What is written; ``UNREADABLE`` is a mark.
            word: What else is known of it.

        Returns:
            The word; None if it is left out.
        """
        quad = _fit_shares(points) if self.size == SHARES else fit_quad(points)
        cleaned = clean_text(text)
        if quad is None or cleaned is None:
            self.leave_out()
            return None
        mark = word.mark or (Mark.UNREADABLE if cleaned == UNREADABLE else None)
        cleaned = "" if mark else cleaned
        confidence = word.confidence
        if confidence is not None and not 0 <= confidence <= 1:
            confidence = None
        checked = mark is not None or (word.checked and bool(cleaned))
        found = replace(word, quad=quad, text=cleaned, confidence=confidence, checked=checked, mark=mark)
        self._words.append(found)
        return found

    def leave_out(self, count: int = 1) -> None:
        """Count labels that can't be used."""
        self._left_out += count

    def add_notice(self, text: str) -> None:
        """Add what the user should know besides."""
        self._notices.append(text)

    @property
    def notices(self) -> tuple[str, ...]:
        """What the user should know of the labels."""
        if not self._left_out:
            return tuple(self._notices)
        text = tr_n(
            "{count} label left out: it has no valid box or text",
            "{count} labels left out: they have no valid box or text",
            self._left_out,
        )
        return (text, *self._notices)

    def page(self, *, writer: object = None, tags: Iterable[str] = (), note: object = None) -> ExchangePage:
        """Return the page with all words.

        Args:
            writer: Who wrote on the photo; what is no text doesn't count.
            tags: Tags of the photo.
            note: A note on the photo; what is no text doesn't count.
        """
        found = ExchangePage.of_words(self.image, self.size, self._words, notices=self.notices)
        kept = tuple(tag for each in tags if (tag := clean_text(each)))
        return replace(
            found,
            writer=clean_text(writer) or None,
            tags=kept[:_MAX_TAGS],
            note=note[:_MAX_NOTE] if isinstance(note, str) else "",
        )


def _fit_shares(points: Sequence[Point]) -> Quad | None:
    """As ``fit_quad``, which rounds to hundredths, for shares."""
    quad = fit_quad([(x * _FINE, y * _FINE) for x, y in points])
    if quad is None:
        return None
    a, b, c, d = ((x / _FINE, y / _FINE) for x, y in quad.corners)
    return Quad((a, b, c, d))


def convert_entries(words: LabelledWords, entries: object, wanted: type) -> list[Any]:
    """Convert the entries of a list and count the bad ones as left out."""
    found = json_schema.valid_entries(entries, wanted)
    words.leave_out(len(entries) - len(found) if isinstance(entries, list) else 0)
    return found
