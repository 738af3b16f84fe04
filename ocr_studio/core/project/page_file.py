"""The file of one page: JSON, one line for each word, so that two versions can be compared line by line.

Reading is strict: a file that says something impossible is damaged, and half of it is worth less than the whole kept
aside. A file of a newer format is not damaged; it is left alone.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Mapping
from operator import methodcaller
from typing import Annotated, Any, Final, TypeAlias, TypeVar

from msgspec import Meta, Struct, to_builtins

from ocr_studio.core.errors import newer_format
from ocr_studio.core.files import json_schema, strict_json
from ocr_studio.core.files.json_schema import Corners, Share
from ocr_studio.core.files.safe_folder import stays_inside
from ocr_studio.core.page import (
    Alternative,
    BoardLook,
    Edit,
    Mark,
    OrderChange,
    Page,
    PageFacts,
    PhotoFrame,
    Quad,
    StepName,
    TextSource,
    Transcription,
    Word,
    WordOrder,
)
from ocr_studio.core.plain_text import one_line

# 2: words may be marked or locked; a page may have a writer, tags, a note and an order of its own.
# 3: the photo may be turned and cropped; all other pages are still written as 2, so that earlier versions open them.
FORMAT: Final = 3
_UNTURNED: Final = 2

# Far beyond any photo of writing; what exceeds them is no page of ours and must not fill the memory, nor keep anybody
# waiting: of 50,000 words the reading order is found in seconds (tests/benchmarks/large_pages.py).
MAX_BYTES: Final = 64 * 2**20
MAX_WORDS: Final = 50_000
MAX_TEXT: Final = 1_000_000
MAX_ALTERNATIVES: Final = 100
MAX_PIXELS: Final = 1_000_000
MAX_TAGS: Final = 1000

# What is on or off in a BoardLook.
BOARD_SWITCHES: Final = ("straighten", "even_light", "less_glare", "strong_ink", "read")

# Word id -> the word and its line.
Lines: TypeAlias = dict[str, tuple[Word, bytes]]

# Corners may lie off the photo, but no further than this many of its longer sides on either side: what is cut out for
# the recognizer is as large as the box.
MAX_OUTSIDE: Final = 2
_ANYWHERE: Final = (-1e9, 1e9)

_Value = TypeVar("_Value")
_Version: TypeAlias = Annotated[int, Meta(ge=1, le=2**31)]
_Label: TypeAlias = Annotated[str, Meta(min_length=1, max_length=500)]
_Text: TypeAlias = Annotated[str, Meta(max_length=MAX_TEXT)]
_Length: TypeAlias = Annotated[int, Meta(ge=1, le=MAX_PIXELS)]
_Edge: TypeAlias = Annotated[int, Meta(ge=0, le=2 * MAX_PIXELS)]
_Lines: TypeAlias = Annotated[tuple[tuple[_Label, ...], ...], Meta(max_length=2 * MAX_WORDS)]
_Box: TypeAlias = Corners[Annotated[float, Meta(ge=-1e9, le=1e9)]]


class _Side(Struct, omit_defaults=True):
    text: _Text
    source: TextSource
    confidence: Share | None = None
    model: _Label | None = None
    when: _Label | None = None
    alternatives: Annotated[tuple[tuple[_Text, Share], ...], Meta(max_length=MAX_ALTERNATIVES)] = ()
    letters: Annotated[tuple[Share, ...], Meta(max_length=MAX_TEXT)] = ()


class _Word(Struct, omit_defaults=True):
    id: _Label
    quad: _Box
    quad_source: TextSource
    machine: _Side | None = None
    human: _Side | None = None
    mark: Mark | None = None
    locked: object = None


class _Board(Struct):
    corners: _Box | None = None
    straighten: bool = True
    even_light: bool = True
    less_glare: bool = True
    strong_ink: bool = True
    read: bool = False
    strength: Share = 0.5


class _Frame(Struct, omit_defaults=True):
    width: _Length
    height: _Length
    quarters: Annotated[int, Meta(ge=0, le=3)] = 0
    slant: Annotated[float, Meta(ge=-45, le=45)] = 0.0
    crop: tuple[_Edge, _Edge, _Edge, _Edge] | None = None


class _Order(Struct, omit_defaults=True):
    order: _Lines = ()
    order_arranged: bool = True


# Undo logs of earlier versions have the order among the facts.
class _Facts(_Order, omit_defaults=True):
    writer: _Label | None = None
    tags: Annotated[tuple[_Label, ...], Meta(max_length=MAX_TAGS)] = ()
    note: _Text = ""
    board: _Board | None = None
    frame: _Frame | None = None


class _Head(Struct):
    id: _Label
    image: _Text
    width: _Length
    height: _Length


class _Page(_Head):
    words: Annotated[list[_Word], Meta(max_length=MAX_WORDS)]
    read_at: _Label | None = None


class _OrderChange(Struct):
    size: Annotated[int, Meta(ge=0, le=2 * MAX_WORDS)]
    start: Annotated[int, Meta(ge=0, le=2 * MAX_WORDS)]
    lines: tuple[_Lines, _Lines]
    arranged: tuple[bool, bool]


class _Edit(Struct):
    words: dict[str, tuple[_Word | None, _Word | None]]
    facts: tuple[_Facts, _Facts] | None = None
    order: Annotated[tuple[_OrderChange, ...], Meta(max_length=MAX_WORDS)] = ()


_HEAD: Final = _Head.__struct_fields__


class NotAPage(ValueError):
    """The bytes are no page of this format; says what is wrong, and where."""


class NewerFormat(ValueError):
    """The page was written by a newer version of the program."""


def encode(page: Page, lines: Lines | None = None) -> bytes:
    """The page as UTF-8 JSON; the same page always gives the same bytes, words being sorted by id.

    Texts are written as ``plain_text.one_line`` has them, and corners too far from the photo are brought nearer.
    lines: kept by the caller from one call to the next, it saves encoding words that have not changed. Raises
    ValueError for what could not be read back: a photo outside its folder, a corner that is not finite, too many words.
    """
    if len(page.words) > MAX_WORDS:
        raise NotAPage(_too_many(len(page.words)))
    known = _head(_converted({name: getattr(page, name) for name in _HEAD}, _Head))
    head = {
        "format": FORMAT if page.facts.frame else _UNTURNED,
        **{name: getattr(known, name) for name in _HEAD},
        "read_at": page.read_at or None,
        **facts_fields(page.facts),
        **_order_fields(page.order),
    }
    heads = [f'"{key}": {line(value).decode("utf-8")}' for key, value in head.items()]
    lines, reach = {} if lines is None else lines, _reach(page.width, page.height)
    for gone in lines.keys() - page.words.keys():
        del lines[gone]
    for key, word in page.words.items():
        if key not in lines or lines[key][0] is not word:
            lines[key] = word, line(word_fields(word, reach))
    words = [lines[key][1] for key in sorted(page.words)]
    start = ("{\n" + ",\n".join(heads) + ',\n"words": [').encode()
    data = start + (b"\n" + b",\n".join(words) + b"\n" if words else b"") + b"]\n}\n"
    if len(data) > MAX_BYTES:
        raise NotAPage(f"it is larger than {MAX_BYTES >> 20} MB")
    return data


def decode(data: bytes) -> Page:
    """The page in these bytes. Raises NotAPage or NewerFormat."""
    if len(data) > MAX_BYTES:
        raise NotAPage(f"it is larger than {MAX_BYTES >> 20} MB")
    try:
        fields = an_object(strict_json.load(data), "page")
    except strict_json.BadJson as error:
        raise NotAPage(f"it is not valid JSON: {error}") from error
    version = _converted(fields.get("format"), _Version)
    if version > FORMAT:
        raise NewerFormat(newer_format(version, FORMAT))
    items = fields.get("words")
    if isinstance(items, list) and len(items) > MAX_WORDS:
        raise NotAPage(_too_many(len(items)))
    found = _converted(fields, _Page)
    head, reach = _head(found), _reach(found.width, found.height)
    by_id = {word.id: word for each in found.words if (word := _word(each, reach))}
    if len(by_id) != len(found.words):
        raise NotAPage("two words have the same id")
    read_at = found.read_at and _label(found.read_at)
    known = _converted(fields, _Facts)
    facts = _facts(known)
    if facts.frame and facts.frame.size != (head.width, head.height):
        raise NotAPage("the turned photo has another size")
    return Page(head.id, head.image, head.width, head.height, by_id, read_at, facts, _order(known))


def line(value: object) -> bytes:
    """A value as one line of JSON, UTF-8."""
    text = json.dumps(value, ensure_ascii=False, allow_nan=False)
    try:
        return text.encode("utf-8")
    except UnicodeEncodeError:
        # File names that are not UTF-8 come as lone surrogates; escaped, they survive.
        return json.dumps(value, allow_nan=False).encode("ascii")


def _reach(width: int, height: int) -> tuple[float, float]:
    """The least and the most that a corner's coordinate may be."""
    side = max(width, height)
    return -MAX_OUTSIDE * side, (1 + MAX_OUTSIDE) * side


def word_fields(word: Word, reach: tuple[float, float] = _ANYWHERE) -> dict[str, object]:
    """What a file says of a word. reach: the least and the most that a corner's coordinate may be, in pixels."""
    a, b, c, d = ((_held(x, reach), _held(y, reach)) for x, y in word.quad.corners)
    sides = _side_to_write(word.machine), _side_to_write(word.human)
    return _builtins(_Word(word.id, (a, b, c, d), word.quad_source, *sides, word.mark, word.locked or None))


def facts_fields(facts: PageFacts) -> dict[str, object]:
    """What a file says of them; nothing of what nobody has said."""
    board = None
    if look := facts.board:
        board = _Board(look.corners.corners if look.corners else None, **_switches(look))
    writer, tags = one_line(facts.writer or "") or None, tuple(tag for tag in map(one_line, facts.tags) if tag)
    frame = None
    if turned := facts.frame:
        frame = _Frame(turned.width, turned.height, turned.quarters, turned.slant, turned.crop)
    return _builtins(_Facts(writer=writer, tags=tags, note=facts.note, board=board, frame=frame))


def order_fields(changes: Iterable[OrderChange]) -> list[dict[str, object]]:
    """What a file says of changes of the reading order."""
    return [_builtins(_OrderChange(each.size, each.start, each.lines, each.arranged)) for each in changes]


def _order_fields(order: WordOrder) -> dict[str, object]:
    return _builtins(_Order(order.lines, order.arranged)) if order.lines else {}


def _order(found: _Order) -> WordOrder:
    return WordOrder(_order_lines(found.order), found.order_arranged) if found.order else WordOrder()


def _order_lines(found: Iterable[tuple[str, ...]]) -> tuple[tuple[str, ...], ...]:
    return tuple(tuple(map(_label, line)) for line in found)


def _facts(found: _Facts) -> PageFacts:
    return PageFacts(
        writer=found.writer and _label(found.writer),
        tags=tuple(map(_label, found.tags)),
        note=_whole_characters(found.note),
        board=_board(found.board),
        frame=_photo_frame(found.frame),
    )


def _builtins(fields: Struct) -> dict[str, object]:
    # Geometry comes from numpy, whose numbers msgspec doesn't write.
    found: dict[str, object] = to_builtins(fields, enc_hook=methodcaller("item"))
    return found


def _board(found: _Board | None) -> BoardLook | None:
    return None if found is None else BoardLook(found.corners and Quad(found.corners), **_switches(found))


def _photo_frame(found: _Frame | None) -> PhotoFrame | None:
    if found is None:
        return None
    frame = PhotoFrame(found.width, found.height, found.quarters, found.slant, found.crop)
    width, height = frame.turned_size
    left, top, right, bottom = frame.crop or (0, 0, width, height)
    if not (0 <= left < right <= width and 0 <= top < bottom <= height):
        raise NotAPage("the photo is cropped to what is no part of it")
    return frame


def _switches(board: _Board | BoardLook) -> dict[str, Any]:
    return {name: getattr(board, name) for name in (*BOARD_SWITCHES, "strength")}


def _side_to_write(side: Transcription | None) -> _Side | None:
    if side is None:
        return None
    text, sure = one_line(side.text), None if side.confidence is None else _share(side.confidence)
    others = tuple([(one_line(other.text), _share(other.confidence)) for other in side.alternatives])
    letters = tuple(map(_share, side.letters)) if len(side.letters) == len(text) else ()
    return _Side(text, side.source, sure, side.model or None, side.when or None, others, letters)


def _held(value: float, reach: tuple[float, float]) -> float:
    if not math.isfinite(value):
        raise ValueError("a corner is not finite")
    return min(reach[1], max(reach[0], float(value)))


def _share(value: float) -> float:
    # Sums of probabilities may pass 1 by a rounding error; the reader would take that for damage.
    return min(1.0, max(0.0, float(value))) if math.isfinite(value) else 0.0


def edit_of(value: object, name: StepName) -> Edit:
    """The edit that an object tells of. Raises NotAPage."""
    found = _converted(value, _Edit)
    changes = {key: (_word(old), _word(new)) for key, (old, new) in found.words.items()}
    for key, pair in changes.items():
        if any(word and word.id != key for word in pair):
            raise NotAPage(f"word {key} has another id")
    order = tuple(
        OrderChange(each.size, each.start, (_order_lines(each.lines[0]), _order_lines(each.lines[1])), each.arranged)
        for each in found.order
    )
    if found.facts is None:
        return Edit(name, changes, None, order or None)
    before, after = found.facts
    order = order or OrderChange.between(_order(before), _order(after))
    return Edit(name, changes, (_facts(before), _facts(after)), order or None)


def _word(found: _Word | None, reach: tuple[float, float] = _ANYWHERE) -> Word | None:
    if found is None:
        return None
    least, most = reach
    for x, y in found.quad:
        if not (least <= x <= most and least <= y <= most):
            raise NotAPage(f"word {_label(found.id)}: a corner is too far from the photo")
    return Word(
        _label(found.id),
        Quad(found.quad),
        found.quad_source,
        _side(found.machine),
        _side(found.human),
        found.mark,
        found.locked is True,
    )


def _side(found: _Side | None) -> Transcription | None:
    if found is None:
        return None
    text = one_line(found.text)
    return Transcription(
        text,
        found.source,
        found.confidence,
        found.model and _label(found.model),
        found.when and _label(found.when),
        tuple([Alternative(one_line(other), confidence) for other, confidence in found.alternatives]),
        found.letters if len(found.letters) == len(text) else (),
    )


def _head(found: _Head) -> _Head:
    """The same, with an id without halves of characters. Raises NotAPage for a photo outside its folder."""
    if not stays_inside(found.image):
        raise NotAPage("image is not a path inside the photos' folder")
    return _Head(id=_label(found.id), image=found.image, width=found.width, height=found.height)


def an_object(value: object, where: str) -> Mapping[str, object]:
    """The value, if it is a JSON object. Raises NotAPage."""
    if not isinstance(value, dict):
        raise NotAPage(f"{where} is not an object")
    return value


def _converted(value: object, wanted: type[_Value]) -> _Value:
    try:
        return json_schema.convert(value, wanted)
    except json_schema.BadValue as error:
        raise NotAPage(str(error)) from error


def _label(text: str) -> str:
    if not (label := _whole_characters(text)):
        raise NotAPage("a label has no valid character")
    return label


def _whole_characters(text: str) -> str:
    """The text without halves of surrogate pairs, which neither a database nor another file could take."""
    return text if text.isascii() else text.encode("utf-8", errors="ignore").decode("utf-8")


def _too_many(count: int) -> str:
    return f"it has {count} words; a page can have at most {MAX_WORDS}"
