"""hOCR 1.2: HTML with the places of lines and words, and how sure they were read.

https://kba.github.io/hocr-spec/1.2/. Words are upright boxes there, for programs that know no others; those that are
not also have an outline ("poly").
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from html import escape
from typing import Final

from lxml import etree

from ocr_studio import __version__
from ocr_studio.core.formats.exchange import ExchangeLine, ExchangePage, ExchangeWord
from ocr_studio.core.formats.import_format import LabelFile
from ocr_studio.core.formats.photo_source import PhotoSource
from ocr_studio.core.formats.xml import xml_input, xml_output
from ocr_studio.core.formats.xml.box_reader import BoxReader, read_size
from ocr_studio.core.formats.xml.oddities import Oddities, Oddity
from ocr_studio.core.formats.xml.xml_input import Element
from ocr_studio.core.formats.xml.xml_output import Ids, PixelGrid, Pixels, clean_line
from ocr_studio.core.page import Alternative, Page, Point, Quad
from ocr_studio.core.plain_text import one_line
from ocr_studio.core.translation import tr

_HEAD: Final = """<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.0 Transitional//EN" "http://www.w3.org/TR/xhtml1/DTD/xhtml1-transitional.dtd">
<html xmlns="http://www.w3.org/1999/xhtml">
<head>
<title>{title}</title>
<meta http-equiv="Content-Type" content="text/html;charset=utf-8"/>
<meta name="ocr-system" content="{program}"/>
<meta name="ocr-capabilities" content="ocr_page ocr_carea ocr_par ocr_line ocrx_word ocrp_poly ocrp_wconf"/>
<meta name="ocr-number-of-pages" content="{count}"/>
<meta name="ocr-langs" content="unknown"/>
<meta name="ocr-scripts" content="unknown"/>
</head>
<body>
"""
# Degrees by which a line may rise or fall and still be a line with a slope; a steeper one is turned text.
_STEEP: Final = 45.0

_PAGE: Final = "ocr_page"
_WORDS: Final = {"ocrx_word", "ocr_word"}
_LINES: Final = {"ocr_line", "ocrx_line"}
# Lines as Tesseract writes them; for others they hold lines.
_SPECIAL_LINES: Final = {"ocr_header", "ocr_footer", "ocr_caption", "ocr_textfloat", "ocr_pageno"}
_BLOCKS: Final = {"ocr_par", "ocrx_par", "ocr_carea", "ocrx_block", "ocr_column"}
_LETTER: Final = "ocrx_cinfo"
# A quoted value ends at a quote that the next property follows: Tesseract doesn't escape those in a name.
_PROPERTY: Final = re.compile(r"""\s*([^\s;]+)(?:\s+("(?:\\.|[^"\\]|"(?!\s*(?:;|$)))*+"|[^;"][^;]*))?\s*(?:;|$)""")
_MAX_TITLE: Final = 100_000  # characters
_ESCAPED: Final = re.compile(r'\\(["\\])')


# ------------------------------------------------------------------------------------------------------------ writing


def render(pages: Sequence[Page], photos: PhotoSource | None) -> str:
    """Make the file of some photos."""
    names = [xml_output.name_image(page, photos) for page in pages]
    title = names[0] if len(names) == 1 else xml_output.PROGRAM
    program = f"{xml_output.PROGRAM} {__version__}"
    ids = Ids()
    found = [_HEAD.format(title=escape(title), program=program, count=len(pages))]
    for number, (page, name) in enumerate(zip(pages, names, strict=True)):
        found += _PageWriter(ExchangePage.from_page(page), ids).write(number, name)
    return "".join((*found, "</body>\n</html>\n"))


class _PageWriter:
    def __init__(self, page: ExchangePage, ids: Ids) -> None:
        self._page = page
        self._ids = ids
        self._grid = PixelGrid(page.width, page.height)

    def write(self, number: int, image: str) -> Iterator[str]:
        """Make the element of the page. number: from 0."""
        quoted = image.replace("\\", "\\\\").replace('"', '\\"')
        size = f"bbox 0 0 {self._grid.width} {self._grid.height}"
        yield self._open("div", "ocr_page", f'image "{quoted}"; {size}; ppageno {number}')
        yield "\n"
        for block in self._page.blocks:
            lines = [line for line in block if line.words]
            if lines:
                yield from self._write_block(lines)
        yield "</div>\n"

    def _write_block(self, lines: Sequence[ExchangeLine]) -> Iterator[str]:
        made = [self._make_line(line) for line in lines]
        around = self._format_box(tuple(corner for _, corners in made for corner in corners))
        yield f"{self._open('div', 'ocr_carea', around)}\n{self._open('p', 'ocr_par', around)}\n"
        yield from (text for text, _ in made)
        yield "</p>\n</div>\n"

    def _make_line(self, line: ExchangeLine) -> tuple[str, Pixels]:
        """Make the element of a line, and return the corners of its words."""
        boxes = [self._grid.corners(word) for word in line.words]
        corners = tuple(corner for box in boxes if box for corner in box)
        title = self._format_box(corners)
        if corners:
            title += self._format_slope(self._grid.baseline(line), corners)
        begun = self._open("span", "ocr_line", title)
        words = " ".join(self._make_word(word, box) for word, box in zip(line.words, boxes, strict=True))
        return f"{begun}{words}</span>\n", corners

    def _make_word(self, word: ExchangeWord, corners: Pixels | None) -> str:
        text = escape(clean_line(word.text), quote=False)
        if corners is None:  # a word needs a box
            return f"<span>{text}</span>"
        title = self._format_box(corners)
        if not xml_output.is_upright_box(corners):
            title += f"; poly {' '.join(f'{x} {y}' for x, y in corners)}"
        if word.confidence is not None and xml_output.is_read_text(word):
            title += f"; x_wconf {round(100 * min(1.0, max(0.0, word.confidence)))}"
        return f"{self._open('span', 'ocrx_word', title, self._ids.make('w_', word.id))}{text}</span>"

    def _open(self, tag: str, kind: str, title: str, key: str = "") -> str:
        key = key or self._ids.make(f"{kind.partition('_')[2]}_")
        return f'<{tag} class="{kind}" id="{key}" title="{escape(title)}">'

    def _format_box(self, corners: Pixels) -> str:
        """The upright box around corners; the corner of the photo where text has no place."""
        (left, top), _, (right, bottom), _ = self._grid.box(corners or ((0, 0),))
        return f"bbox {left} {top} {right} {bottom}"

    def _format_slope(self, baseline: Pixels, corners: Pixels) -> str:
        (x, y), (end, bottom) = baseline[0], baseline[-1]
        degrees = math.degrees(math.atan2(bottom - y, end - x))
        if abs(degrees) >= _STEEP:
            return f"; textangle {-degrees % 360:.2f}"
        (left, _), _, (_, lowest), _ = self._grid.box(corners)
        slope = (bottom - y) / (end - x)
        return f"; baseline {slope + 0.0:.4f} {round(y + slope * (left - x)) - lowest}"


# ------------------------------------------------------------------------------------------------------------ reading


def read(file: LabelFile) -> Iterator[ExchangePage]:
    """Read the pages of a file. Raises BadLabels."""
    root, reason = xml_input.parse_markup(file)
    metas = {meta.get("name"): meta.get("content") or "" for meta in xml_input.descendants(root, "meta")}
    exact = metas.get("ocr-system", "").startswith(xml_output.PROGRAM)
    found = False
    for element in root.iter(etree.Element):
        if _PAGE in _classes(element.get("class")) and _find_above(element, root, {_PAGE}) is root:
            found = True
            yield _PageReader(file, element, exact=exact).read(reason)
            reason = ""
    if not found:
        raise file.make_error(tr("it has no ocr_page element"))


class _PageReader:
    def __init__(self, file: LabelFile, page: Element, *, exact: bool) -> None:
        self._page = page
        self._exact = exact
        self._oddities = Oddities()
        told = _parse_title(page)
        self._image = xml_input.read_image_name(file, _unquote(told.get("image", "")))
        box = _read_box(told)
        self._corner: Point = box[0] if box else (0.0, 0.0)
        width, height = (box[1][0] - box[0][0], box[1][1] - box[0][1]) if box else (0.0, 0.0)
        self._size = read_size(width, height)
        self._boxes = BoxReader(*self._size, self._oddities, exact=exact)

    def read(self, reason: str) -> ExchangePage:
        """Read the page. reason: why the file isn't XML, to be told; "" if it is."""
        if reason:
            self._oddities.tell(tr("it was read as HTML, because it is not valid XML: {reason}", reason=reason))
        blocks: list[list[ExchangeLine]] = []
        last = None
        for block, line in self._iterate_lines():
            if block is not last or not blocks:
                blocks.append([])
            blocks[-1].append(line)
            last = block
        found = tuple(tuple(block) for block in blocks)
        return ExchangePage(self._image, *self._size, found, notices=self._oddities.describe())

    def _iterate_lines(self) -> Iterator[tuple[Element, ExchangeLine]]:
        """Iterate over the lines, each with the block that it is in, in the order of the file."""
        for element in self._page.iter(etree.Element):
            if self._oddities.is_full:
                return
            kinds = _classes(element.get("class"))
            if kinds & (_LINES | _SPECIAL_LINES):
                line = self._read_line(element)
            elif kinds & _WORDS and _find_above(element, self._page, _LINES | _SPECIAL_LINES | _WORDS) is self._page:
                word = self._read_word(element, 0.0)
                line = ExchangeLine((word,) if word else ())
            else:
                continue
            if line.words:
                yield _find_above(element, self._page, _BLOCKS), line

    def _read_line(self, line: Element) -> ExchangeLine:
        told = _parse_title(line)
        angle = xml_input.read_number(told.get("textangle")) or 0.0
        words: list[ExchangeWord] = []
        loose: list[str] = []
        for part in _iterate_parts(line):
            if self._oddities.is_full:
                break
            if not isinstance(part, str):
                words += filter(None, [self._read_word(part, angle)])
            elif text := one_line(part):
                loose.append(text)
                if self._exact or words:
                    words += filter(None, [self._admit(ExchangeWord(None, text), line)])
        if loose and not words and not self._exact and not _has_lines(line):
            self._oddities.add(Oddity.WHOLE_LINE, line)
            words += filter(None, [self._admit(self._make_word(line, " ".join(loose), angle), line)])
        return ExchangeLine(tuple(words), () if angle else self._read_baseline(told))

    def _admit(self, word: ExchangeWord, element: Element) -> ExchangeWord | None:
        return word if self._oddities.admit(element) else None

    def _read_word(self, element: Element, angle: float) -> ExchangeWord | None:
        """Read a word; None if it is a space, or the page has too many."""
        if xml_input.is_space(xml_input.find_raw_text(element)) or not self._oddities.admit(element):
            return None
        text = xml_input.find_text(element, skip=frozenset({"del"}))
        if any(_LETTER in _classes(letter.get("class")) for letter in element):
            text = "".join(text.split())
        return self._make_word(element, text, angle)

    def _make_word(self, element: Element, text: str, angle: float) -> ExchangeWord:
        told = _parse_title(element)
        confidence = _read_confidence(told)
        others = [_read_alternative(other) for other in xml_input.descendants(element, "del")]
        alternatives = (Alternative(text, confidence or 0.0), *others) if others else ()
        return ExchangeWord(
            self._read_quad(element, told, angle), text, confidence, alternatives, id=element.get("id") or ""
        )

    def _read_quad(self, element: Element, told: dict[str, str], angle: float) -> Quad | None:
        outline = xml_input.read_points(told.get("poly"))
        if outline is None or len(outline) < 3:
            outline = _read_box(told)
        if outline is None and "bbox" not in told:
            self._oddities.add(Oddity.NO_PLACE, element)
            return None
        if outline is not None:
            outline = [(x - self._corner[0], y - self._corner[1]) for x, y in outline]
        turn = math.radians(angle)
        return self._boxes.read(outline, element, (math.cos(turn), -math.sin(turn)))

    def _read_baseline(self, told: dict[str, str]) -> tuple[Point, ...]:
        box = _read_box(told)
        numbers = [xml_input.read_number(text) for text in told.get("baseline", "").split()]
        if box is None or len(numbers) < 2 or None in numbers:
            return ()
        slope, offset = numbers[-2] or 0.0, numbers[-1] or 0.0
        left, right, bottom = box[0][0] - self._corner[0], box[1][0] - self._corner[0], box[1][1] - self._corner[1]
        return xml_input.check_baseline(((left, bottom + offset), (right, bottom + offset + slope * (right - left))))


@lru_cache(maxsize=256)
def _classes(told: str | None) -> frozenset[str]:
    return frozenset((told or "").split())


def _find_above(element: Element, page: Element, kinds: set[str]) -> Element:
    """The nearest element around another one that is of one of these classes; else the page."""
    above = element.getparent()
    while above is not None and above is not page and not kinds & _classes(above.get("class")):
        above = above.getparent()
    return page if above is None else above


def _has_lines(line: Element) -> bool:
    """Whether what may be a line holds lines."""
    return any(each is not line and _LINES & _classes(each.get("class")) for each in line.iter(etree.Element))


def _iterate_parts(line: Element) -> Iterator[Element | str]:
    """Iterate over the words of a line, and the texts between them; lines in it are left out."""
    walk = etree.iterwalk(line, events=("start", "end"))
    for event, element in walk:
        kinds = _classes(element.get("class"))
        if event == "end":
            if element is not line:
                yield element.tail or ""
        elif element is line:
            yield element.text or ""
        elif kinds & _WORDS:
            yield element
            walk.skip_subtree()
        elif kinds & (_LINES | _SPECIAL_LINES):
            walk.skip_subtree()
        else:
            yield element.text or ""


def _read_alternative(element: Element) -> Alternative:
    """Read another reading, whose confidence is given by its logarithm."""
    cost = xml_input.read_number(_parse_title(element).get("nlp"))
    return Alternative(xml_input.find_text(element), 0.0 if cost is None else math.exp(-abs(cost)))


def _parse_title(element: Element) -> dict[str, str]:
    """The properties that an attribute "title" lists: ``name value; name value``."""
    title = element.get("title") or ""
    if len(title) > _MAX_TITLE:
        return {}
    found, at = {}, 0
    while '"' in title and at < len(title):
        one = _PROPERTY.match(title, at)
        if one is None:  # a quote that doesn't end
            break
        found[one[1]], at = (one[2] or "").strip(), one.end()
    else:
        if at:
            return found
    pairs = (part.strip().partition(" ") for part in title.split(";"))
    return {name: value.strip() for name, _, value in pairs if name}


def _unquote(text: str) -> str:
    if len(text) > 1 and text[0] == text[-1] and text[0] in "\"'":
        return _ESCAPED.sub(r"\1", text[1:-1])
    return text


def _read_confidence(told: dict[str, str]) -> float | None:
    """The confidence of a word, or the mean of those of its letters, which kraken writes as shares."""
    if "x_wconf" in told:
        return xml_input.read_confidence(told["x_wconf"], most=100.0)
    shares = [xml_input.read_number(text) for text in told.get("x_confs", "").split()]
    known = [share for share in shares if share is not None]
    if not known:
        return None
    return min(1.0, max(0.0, sum(known) / len(known) / (100.0 if max(known) > 1 else 1.0)))


def _read_box(told: dict[str, str]) -> list[Point] | None:
    """The top left and bottom right corners that properties tell; None if they tell none."""
    numbers = [xml_input.read_number(text) for text in told.get("bbox", "").split()]
    if len(numbers) != 4:
        return None
    left, top, right, bottom = (math.nan if number is None else number for number in numbers)
    return [(left, top), (right, bottom)]
