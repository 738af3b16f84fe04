"""The file of one page: JSON, one line for each word, so that two versions can be compared line by line.

Reading is strict: a file that says something impossible is damaged, and half of it is worth less than the whole kept
aside. A file of a newer format is not damaged; it is left alone.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Iterable, Mapping
from enum import StrEnum
from typing import Final, TypeAlias, TypeVar

from ocr_studio.core.files import strict_json
from ocr_studio.core.files.safe_folder import stays_inside
from ocr_studio.core.page import (
    Alternative,
    BoardLook,
    Mark,
    Page,
    PageFacts,
    Point,
    Quad,
    TextSource,
    Transcription,
    Word,
)
from ocr_studio.core.plain_text import one_line
from ocr_studio.core.translation import tr

# 2: words may be marked or locked; a page may have a writer, tags, a note and an order of its own.
FORMAT: Final = 2

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
_Name = TypeVar("_Name", bound=StrEnum)


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
    fields = {"id": page.id, "image": page.image}
    head = {
        "format": FORMAT,
        "id": _label(fields, "id"),
        "image": _photo_path(fields),
        "width": _integer(page.width, "width", least=1, most=MAX_PIXELS),
        "height": _integer(page.height, "height", least=1, most=MAX_PIXELS),
        "read_at": page.read_at or None,
        **facts_fields(page.facts),
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
    version = _integer(fields.get("format"), "format", least=1, most=2**31)
    if version > FORMAT:
        what = tr("it has format {version}; this version supports formats up to {known}", version=version, known=FORMAT)
        raise NewerFormat(what)
    width, height = (_integer(fields.get(key), key, least=1, most=MAX_PIXELS) for key in ("width", "height"))
    reach, items = _reach(width, height), fields.get("words")
    if isinstance(items, list) and len(items) > MAX_WORDS:
        raise NotAPage(_too_many(len(items)))
    words = [word_of(item, f"word {index + 1}", reach) for index, item in enumerate(_list(fields, "words", MAX_WORDS))]
    by_id = {word.id: word for word in words}
    if len(by_id) != len(words):
        raise NotAPage("two words have the same id")
    return Page(
        id=_label(fields, "id"),
        image=_photo_path(fields),
        width=width,
        height=height,
        words=by_id,
        read_at=_optional(fields, "read_at", _label),
        facts=facts_of(fields),
    )


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
    fields: dict[str, object] = {
        "id": word.id,
        "quad": [[_held(value, reach) for value in corner] for corner in word.quad.corners],
        "quad_source": word.quad_source.value,
    }
    if word.machine:
        fields["machine"] = _side_fields(word.machine)
    if word.human:
        fields["human"] = _side_fields(word.human)
    if word.mark:
        fields["mark"] = word.mark.value
    if word.locked:
        fields["locked"] = True
    return fields


def facts_fields(facts: PageFacts) -> dict[str, object]:
    """What a file says of them; nothing of what nobody has said."""
    fields: dict[str, object] = {}
    if facts.writer and (writer := one_line(facts.writer)):
        fields["writer"] = writer
    if tags := [tag for tag in map(one_line, facts.tags) if tag]:
        fields["tags"] = tags
    if facts.note:
        fields["note"] = facts.note
    if facts.order:
        fields["order"] = [list(line) for line in facts.order]
    if facts.board:
        fields["board"] = _board_fields(facts.board)
    return fields


def facts_of(fields: Mapping[str, object]) -> PageFacts:
    """What these fields say. Raises NotAPage."""
    note = fields.get("note", "")
    if not isinstance(note, str) or len(note) > MAX_TEXT:
        raise NotAPage(f"note is not a text of at most {MAX_TEXT} characters")
    tags = tuple(_label({"tag": tag}, "tag") for tag in _list(fields, "tags", MAX_TAGS, missing=()))
    lines = [_list({"order": line}, "order", MAX_WORDS) for line in _list(fields, "order", MAX_WORDS, missing=())]
    return PageFacts(
        writer=_optional(fields, "writer", _label),
        tags=tags,
        note=_whole_characters(note),
        order=tuple(tuple(_label({"order": key}, "order") for key in line) for line in lines),
        board=_optional(fields, "board", _board),
    )


def _board_fields(look: BoardLook) -> dict[str, object]:
    corners = look.corners and [list(point) for point in look.corners.corners]
    return {"corners": corners, **{name: getattr(look, name) for name in BOARD_SWITCHES}, "strength": look.strength}


def _board(fields: Mapping[str, object], key: str) -> BoardLook:
    board = an_object(fields[key], key)
    switches = {name: board[name] is True for name in BOARD_SWITCHES if name in board}
    corners = _optional(board, "corners", lambda found, name: _quad({"quad": found[name]}, _ANYWHERE))
    strength = _share_in(board, "strength") if "strength" in board else BoardLook().strength
    return BoardLook(corners=corners, strength=strength, **switches)


def _side_fields(side: Transcription) -> dict[str, object]:
    fields: dict[str, object] = {"text": (text := one_line(side.text)), "source": side.source.value}
    if side.confidence is not None:
        fields["confidence"] = _share(side.confidence)
    if side.model:
        fields["model"] = side.model
    if side.when:
        fields["when"] = side.when
    if side.alternatives:
        fields["alternatives"] = [[one_line(other.text), _share(other.confidence)] for other in side.alternatives]
    if side.letters and len(side.letters) == len(text):
        fields["letters"] = [_share(place) for place in side.letters]
    return fields


def _held(value: float, reach: tuple[float, float]) -> float:
    if not math.isfinite(value):
        raise ValueError("a corner is not finite")
    return min(reach[1], max(reach[0], float(value)))


def _share(value: float) -> float:
    # Sums of probabilities may pass 1 by a rounding error; the reader would take that for damage.
    return min(1.0, max(0.0, float(value))) if math.isfinite(value) else 0.0


def word_of(item: object, where: str, reach: tuple[float, float] = _ANYWHERE) -> Word:
    """The word that an object tells of. where: what it is called in NotAPage, which is raised for a damaged one."""
    fields = an_object(item, where)
    try:
        return Word(
            id=_label(fields, "id"),
            quad=_quad(fields, reach),
            quad_source=_name(fields, "quad_source", TextSource),
            machine=_optional(fields, "machine", _side),
            human=_optional(fields, "human", _side),
            mark=_optional(fields, "mark", lambda found, key: _name(found, key, Mark)),
            locked=fields.get("locked") is True,
        )
    except NotAPage as error:
        raise NotAPage(f"{where}: {error}") from error


def _side(fields: Mapping[str, object], key: str) -> Transcription:
    side = an_object(fields[key], key)
    text = _text(side.get("text"), "text")
    letters = tuple(_number(place, "letters", 0.0, 1.0) for place in _list(side, "letters", MAX_TEXT, missing=()))
    return Transcription(
        text=text,
        source=_name(side, "source", TextSource),
        confidence=_optional(side, "confidence", _share_in),
        model=_optional(side, "model", _label),
        when=_optional(side, "when", _label),
        alternatives=tuple(_alternative(pair) for pair in _list(side, "alternatives", MAX_ALTERNATIVES, missing=())),
        letters=letters if len(letters) == len(text) else (),
    )


def _alternative(pair: object) -> Alternative:
    if not isinstance(pair, list) or len(pair) != 2:
        raise NotAPage("an alternative is not [text, confidence]")
    return Alternative(_text(pair[0], "alternative"), _number(pair[1], "alternative", 0.0, 1.0))


def _quad(fields: Mapping[str, object], reach: tuple[float, float]) -> Quad:
    corners = _list(fields, "quad", 4)
    if len(corners) != 4:
        raise NotAPage("quad does not have four corners")
    a, b, c, d = (_point(corner, reach) for corner in corners)
    return Quad((a, b, c, d))


def _point(corner: object, reach: tuple[float, float]) -> Point:
    if not isinstance(corner, list) or len(corner) != 2:
        raise NotAPage("a corner is not [x, y]")
    least, most = reach
    return _number(corner[0], "quad", least, most), _number(corner[1], "quad", least, most)


def _photo_path(fields: Mapping[str, object]) -> str:
    image = fields.get("image")
    if not isinstance(image, str) or len(image) > MAX_TEXT or not stays_inside(image):
        raise NotAPage("image is not a path inside the photos' folder")
    return image


def an_object(value: object, where: str) -> Mapping[str, object]:
    """The value, if it is a JSON object. Raises NotAPage."""
    if not isinstance(value, dict):
        raise NotAPage(f"{where} is not an object")
    return value


def _list(
    fields: Mapping[str, object], key: str, most: int, *, missing: Iterable[object] | None = None
) -> list[object]:
    value = fields.get(key, missing if missing is None else list(missing))
    if not isinstance(value, list) or len(value) > most:
        raise NotAPage(f"{key} is not a list of at most {most}")
    return value


def _text(value: object, key: str) -> str:
    if not isinstance(value, str) or len(value) > MAX_TEXT:
        raise NotAPage(f"{key} is not a text of at most {MAX_TEXT} characters")
    return one_line(value)


def _label(fields: Mapping[str, object], key: str) -> str:
    value = fields.get(key)
    if not isinstance(value, str) or not 0 < len(value) <= 500 or not (label := _whole_characters(value)):
        raise NotAPage(f"{key} is not a text of 1 to 500 characters")
    return label


def _whole_characters(text: str) -> str:
    """The text without halves of surrogate pairs, which neither a database nor another file could take."""
    return text if text.isascii() else text.encode("utf-8", errors="ignore").decode("utf-8")


def _name(fields: Mapping[str, object], key: str, names: type[_Name]) -> _Name:
    value = fields.get(key)
    try:
        return names(str(value))
    except ValueError as error:
        raise NotAPage(f"{key} is not one of {', '.join(names)}") from error


def _too_many(count: int) -> str:
    return f"it has {count} words; a page can have at most {MAX_WORDS}"


def _integer(value: object, key: str, *, least: int, most: int) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or not least <= value <= most:
        raise NotAPage(f"{key} is not a whole number from {least} to {most}")
    return value


def _number(value: object, key: str, least: float, most: float) -> float:
    # A tuple: asking for ``int | float`` takes much longer, and a page has thousands of numbers.
    if not isinstance(value, (int, float)) or isinstance(value, bool) or not least <= value <= most:
        raise NotAPage(f"{key} is not a number from {least:g} to {most:g}")
    return float(value)


def _share_in(fields: Mapping[str, object], key: str) -> float:
    return _number(fields[key], key, 0.0, 1.0)


def _optional(
    fields: Mapping[str, object], key: str, read: Callable[[Mapping[str, object], str], _Value]
) -> _Value | None:
    return None if fields.get(key) is None else read(fields, key)
