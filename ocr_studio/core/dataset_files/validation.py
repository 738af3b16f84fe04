"""Validation of dataset files, which may come from untrusted sources."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Annotated, Final, TypeAlias

import cv2
from msgspec import Meta

from ocr_studio.core import plain_text
from ocr_studio.core.dataset_files.values import BadDataset
from ocr_studio.core.files import json_schema, safe_folder, strict_json
from ocr_studio.core.files.json_schema import Corners
from ocr_studio.core.files.safe_folder import SafeFolder, TooLarge, UnsafeFile, normalize_name
from ocr_studio.core.page import Quad
from ocr_studio.core.plain_text import one_line
from ocr_studio.core.translation import tr

# Far beyond what one machine learns from in a day; what exceeds them is no dataset and must not fill the memory.
MAX_EXAMPLES: Final = 200_000
MAX_PAGES: Final = 20_000
MAX_WORDS: Final = 20_000  # on a photo
MAX_BYTES: Final = 256 << 20
MAX_LINE_BYTES: Final = 4 << 20
MAX_LETTERS: Final = plain_text.LONGEST
MAX_LABEL: Final = 5_000  # an id, or a photo's path
MAX_PLACE: Final = 1_000_000.0
# More error messages than this are of no use.
MAX_TROUBLE: Final = 200
MAX_SHOWN: Final = 300


# A value is invalid; says why in a few words.
Unfit: TypeAlias = json_schema.BadValue
Label: TypeAlias = Annotated[str, Meta(max_length=MAX_LABEL)] | None
Box: TypeAlias = Corners[Annotated[float, Meta(ge=-MAX_PLACE, le=MAX_PLACE)]]


class Troubles:
    """Collects messages about skipped entries, up to a readable number."""

    def __init__(self) -> None:
        self._lines: list[str] = []
        self._more = 0

    def add(self, where: str, why: object) -> None:
        """where: file and line, or the like."""
        if len(self._lines) < MAX_TROUBLE:
            self._lines.append(one_line(f"{where}: {why}")[:MAX_SHOWN])
        else:
            self._more += 1

    def lines(self) -> tuple[str, ...]:
        """All of them, one line each."""
        return (*self._lines, tr("and {count} more", count=self._more)) if self._more else tuple(self._lines)


def file_bytes(folder: SafeFolder, name: str, *, most: int = MAX_BYTES) -> bytes:
    """The bytes of a file of labels. Raises BadDataset."""
    try:
        return folder.read(name, most=most)
    except (OSError, TooLarge) as error:
        raise BadDataset(
            tr("it can’t be read: {reason}", reason=safe_folder.explain_error(error)), file=folder.path / name
        ) from error


def numbered_lines(folder: SafeFolder, name: str) -> Iterator[tuple[str, bytes]]:
    """The lines of a file of labels that are not empty, each with where it is: file and line, from 1. Raises BadDataset
    also where there are beyond measure many.
    """
    data = file_bytes(folder, name)
    if data.count(b"\n") > MAX_EXAMPLES:
        raise BadDataset(
            tr("it has more than {most} lines", most=MAX_EXAMPLES),
            file=str(folder.path / name),
            remedy=tr("Split it and its images into several datasets."),
        )
    for number, line in enumerate(data.removeprefix(b"\xef\xbb\xbf").split(b"\n"), start=1):
        if line.strip():
            yield tr("{name}, line {number}", name=name, number=number), line


def decoded_text(line: bytes) -> str:
    """A line of a file as text. Raises Unfit for one that is not UTF-8, or longer than any label."""
    if len(line) > MAX_LINE_BYTES:
        raise Unfit(f"it is longer than {MAX_LINE_BYTES >> 20} MB")
    try:
        return line.decode("utf-8")
    except UnicodeDecodeError as error:
        raise Unfit("it is not UTF-8") from error


def json_value(data: bytes) -> object:
    """What JSON says. Raises Unfit for what is none, NaN and Infinity included."""
    try:
        return strict_json.load(data)
    except strict_json.NotUtf8 as error:
        raise Unfit(str(error)) from error
    except strict_json.BadJson as error:
        raise Unfit(f"it is not valid JSON: {str(error)[:100]}") from error


def json_bytes(value: object, *, indent: int | None = None) -> bytes:
    """A value as JSON: as it is, for people to read; escaped where it has halves of characters, as files' names may."""
    try:
        return json.dumps(value, ensure_ascii=False, allow_nan=False, indent=indent).encode("utf-8")
    except UnicodeEncodeError:
        return json.dumps(value, allow_nan=False, indent=indent).encode("ascii")


def text(value: str) -> str:
    """What is written, one line, never empty. Raises Unfit."""
    if len(value) > MAX_LETTERS:
        raise Unfit(f"its text is longer than {MAX_LETTERS} characters")
    if not (found := one_line(value)):
        raise Unfit("its text is empty")
    return found


def name(value: object, what: str) -> str:
    """A file's name inside the folder. Raises Unfit."""
    try:
        return normalize_name(value)
    except UnsafeFile as error:
        raise Unfit(f"{what}: {error}") from error


def quad(corners: Box) -> Quad:
    """Four corners with an area. Raises Unfit."""
    found, (a, b, c, d) = Quad(corners), corners
    # The hull has no less than what the sides go around, twice of which is the cross product of the diagonals; that
    # takes a tenth of the time.
    twice = (c[0] - a[0]) * (d[1] - b[1]) - (c[1] - a[1]) * (d[0] - b[0])
    if abs(twice) < 2 and cv2.contourArea(cv2.convexHull(found.array())) < 1:
        raise Unfit(tr("its “quad” has no area"))
    return found


def corners_of(found: Quad) -> list[list[float]]:
    """A quad as JSON has it: [[x, y] × 4], clockwise from the text's own top left."""
    return [[x, y] for x, y in found.corners]
