"""ALTO XML 4.4, written; and of any version, read: blocks, lines and strings with places and confidence.

https://www.loc.gov/standards/alto/; what other programs make of it differs, above all eScriptorium and kraken.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import Final

from lxml import etree

from ocr_studio import __version__
from ocr_studio.core.formats.exchange import ExchangeLine, ExchangePage, ExchangeWord
from ocr_studio.core.formats.import_format import LabelFile
from ocr_studio.core.formats.photo_source import PhotoSource
from ocr_studio.core.formats.xml import xml_input, xml_output
from ocr_studio.core.formats.xml.box_reader import BoxReader, find_direction, read_size
from ocr_studio.core.formats.xml.oddities import Oddities, Oddity
from ocr_studio.core.formats.xml.xml_input import Element
from ocr_studio.core.formats.xml.xml_output import Ids, PixelGrid, Pixels, add, clean_line, format_points
from ocr_studio.core.page import Alternative, Mark, Page, Point, Quad
from ocr_studio.core.plain_text import one_line
from ocr_studio.core.translation import tr, tr_n

_NAMESPACE: Final = "http://www.loc.gov/standards/alto/ns-v4#"
_SCHEMA: Final = f"{_NAMESPACE} http://www.loc.gov/standards/alto/v4/alto-4-4.xsd"
_INSTANCE: Final = "http://www.w3.org/2001/XMLSchema-instance"
# Types of the OtherTag elements.
_MARK, _WRITER, _TAG, _NOTE = "mark", "writer", "tag", "note"
_PIXEL: Final = "pixel"
_YES: Final = {"true", "1"}
_LAST: Final = 1 << 30  # the place of what has none in the reading order


# ------------------------------------------------------------------------------------------------------------ writing


def render(pages: Sequence[Page], photos: PhotoSource | None) -> str:
    """Make the file of a photo."""
    page = pages[0]
    return xml_output.serialize(_Writer(ExchangePage.from_page(page)).write(xml_output.name_image(page, photos)))


class _Writer:
    def __init__(self, page: ExchangePage) -> None:
        self._page = page
        self._grid = PixelGrid(page.width, page.height)
        self._ids = Ids()
        self._marks: dict[Mark, str] = {}

    def write(self, image: str) -> Element:
        """Make the document."""
        root = etree.Element(f"{{{_NAMESPACE}}}alto", nsmap={None: _NAMESPACE, "xsi": _INSTANCE})
        root.set(f"{{{_INSTANCE}}}schemaLocation", _SCHEMA)
        root.set("SCHEMAVERSION", "4.4")
        description = add(root, "Description")
        add(description, "MeasurementUnit", _PIXEL)
        add(add(description, "sourceImageInformation"), "fileName", image)
        software = add(add(description, "Processing", ID=self._ids.make("processing_")), "processingSoftware")
        add(software, "softwareName", xml_output.PROGRAM)
        add(software, "softwareVersion", __version__)
        self._add_tags(root)
        blocks = [(self._ids.make("block"), block) for block in self._page.blocks if any(line.words for line in block)]
        if blocks:
            order = add(add(root, "ReadingOrder"), "OrderedGroup", ID=self._ids.make("order"))
            for key, _ in blocks:
                add(order, "ElementRef", ID=self._ids.make("ref"), REF=key)
        width, height = self._grid.width, self._grid.height
        layout = add(root, "Layout")
        page = add(layout, "Page", ID=self._ids.make("page"), PHYSICAL_IMG_NR=1, WIDTH=width, HEIGHT=height)
        space = add(page, "PrintSpace", HPOS=0, VPOS=0, WIDTH=width, HEIGHT=height)
        for key, block in blocks:
            self._add_block(space, key, block)
        return root

    def _add_tags(self, root: Element) -> None:
        marks = sorted({word.mark for word in self._page.words if word.mark})
        facts = [
            (_WRITER, self._page.writer or ""),
            *((_TAG, tag) for tag in self._page.tags),
            (_NOTE, self._page.note),
        ]
        told = [*((_MARK, mark.value) for mark in marks), *((kind, text) for kind, text in facts if text)]
        if not told:
            return
        tags = add(root, "Tags")
        keys = [self._ids.make("tag") for _ in told]
        for key, (kind, text) in zip(keys, told, strict=True):
            add(tags, "OtherTag", ID=key, TYPE=kind, LABEL=text)
        self._marks = dict(zip(marks, keys, strict=False))

    def _add_block(self, space: Element, key: str, block: Sequence[ExchangeLine]) -> None:
        element = add(space, "TextBlock", ID=key)
        outlines: list[tuple[int, int]] = []
        for number, line in enumerate((line for line in block if line.words), start=1):
            outlines += self._add_line(element, f"{key}_line{number}", line)
        self._place(element, tuple(outlines), shape=True)

    def _add_line(self, block: Element, key: str, line: ExchangeLine) -> Pixels:
        """Add a line, and return its outline; () if it has no place."""
        element = add(block, "TextLine", ID=self._ids.make("", key))
        baseline = self._grid.baseline(line)
        if baseline:  # as points: kraken skips lines without
            element.set("BASELINE", format_points(baseline))
        boxes = [self._grid.corners(word) for word in line.words]
        points = (*(corner for corners in boxes if corners for corner in corners), *baseline)
        for number, (word, corners) in enumerate(zip(line.words, boxes, strict=True)):
            if number and clean_line(line.words[number - 1].text):  # kraken takes an empty string for a space
                add(element, "SP")
            self._add_word(element, word, corners)
        return self._place(element, points, shape=True)

    def _add_word(self, line: Element, word: ExchangeWord, corners: Pixels | None) -> None:
        text = clean_line(word.text)
        confidence = word.confidence if xml_output.is_read_text(word) else None
        element = add(
            line,
            "String",
            ID=self._ids.make("w_", word.id),
            CONTENT=text,
            WC=None if confidence is None else f"{min(1.0, max(0.0, confidence)):.4f}",
            CS="true" if word.checked else None,
            TAGREFS=self._marks.get(word.mark) if word.mark else None,
        )
        if corners:
            self._place(element, corners, shape=not xml_output.is_upright_box(corners), exact=True)
        for other in word.alternatives:
            if clean_line(other.text) != text:
                add(element, "ALTERNATIVE", clean_line(other.text))

    def _place(self, element: Element, points: Pixels, *, shape: bool, exact: bool = False) -> Pixels:
        """Say where an element is: its upright box and, unless it fills it, its outline, which is returned."""
        if not points:
            return ()
        outline = points if exact else self._grid.outline(points)
        (left, top), _, (right, bottom), _ = self._grid.box(outline)
        for name, value in (("HPOS", left), ("VPOS", top), ("WIDTH", right - left), ("HEIGHT", bottom - top)):
            element.set(name, str(value))
        if shape:
            polygon = add(add(element, "Shape"), "Polygon", POINTS=format_points(outline))
            element.insert(0, polygon.getparent())
        return outline


# ------------------------------------------------------------------------------------------------------------ reading


def read(file: LabelFile) -> Iterator[ExchangePage]:
    """Read the page of a file. Raises BadLabels."""
    root = xml_input.parse_page(file)
    pages = list(xml_input.descendants(root, "Page"))
    if not pages:
        raise file.make_error(tr("it has no Page element"))
    yield _Reader(file, root, pages).read()


class _Reader:
    def __init__(self, file: LabelFile, root: Element, pages: Sequence[Element]) -> None:
        self._root = root
        self._page = pages[0]
        self._oddities = Oddities()
        if len(pages) > 1:
            text = tr_n(
                "{count} more Page element was left out", "{count} more Page elements were left out", len(pages) - 1
            )
            self._oddities.tell(text)
        description = xml_input.child(root, "Description")
        self._image = xml_input.read_image_name(file, _find_description(description, "fileName"))
        self._exact = _find_description(description, "softwareName") == xml_output.PROGRAM
        width, height = (xml_input.read_number(self._page.get(name)) for name in ("WIDTH", "HEIGHT"))
        self._width, self._height = read_size(width, height)
        unit = _find_description(description, "MeasurementUnit") or _PIXEL
        self._has_places = unit == _PIXEL or self._width > 0
        if not self._has_places:
            said = tr("MeasurementUnit is {unit}, but the Page element has no WIDTH and HEIGHT; "
                      "the texts were read without boxes", unit=unit)  # fmt: skip
            self._oddities.tell(said)
        self._boxes = BoxReader(self._width, self._height, self._oddities, exact=self._exact)
        self._tags = {
            tag.get("ID"): (tag.get("TYPE"), tag.get("LABEL") or "") for tag in xml_input.descendants(root, "OtherTag")
        }

    def read(self) -> ExchangePage:
        """Read the page."""
        blocks = []
        for block in self._order_blocks():
            lines = tuple(line for line in self._read_block(block) if line.words)
            if lines:
                blocks.append(lines)
            if self._oddities.is_full:
                break
        facts = {kind: [text for told, text in self._tags.values() if told == kind and self._exact]
                 for kind in (_WRITER, _TAG, _NOTE)}  # fmt: skip
        return ExchangePage(
            self._image,
            self._width,
            self._height,
            tuple(blocks),
            next(iter(facts[_WRITER]), None),
            tuple(facts[_TAG]),
            next(iter(facts[_NOTE]), ""),
            notices=self._oddities.describe(),
        )

    def _order_blocks(self) -> list[Element]:
        """All text blocks, also those within others, in reading order."""
        order = xml_input.child(self._root, "ReadingOrder")
        refs = [] if order is None else [ref for each in order.iter() for ref in (each.get("REF") or "").split()]
        self._places: dict[str, int] = {key: place for place, key in reversed(list(enumerate(refs)))}
        return sorted(xml_input.descendants(self._page, "TextBlock"), key=self._find_place)

    def _find_place(self, element: Element) -> int:
        """The place of a block or line in the reading order, itself or what is in it, or what it is in."""
        own = self._places.get(element.get("ID"))
        inside = (self._places.get(line.get("ID")) for line in xml_input.children(element, "TextLine"))
        places = [place for place in (own, *inside) if place is not None] if self._places else []
        if places:
            return min(places)
        above = element.getparent()
        while above is not None and above is not self._page:
            if (place := self._places.get(above.get("ID"))) is not None:
                return place
            above = above.getparent()
        return _LAST

    def _read_block(self, block: Element) -> Iterator[ExchangeLine]:
        checked = block.get("CS") in _YES
        lines = list(xml_input.children(block, "TextLine"))
        if any(line.get("ID") in self._places for line in lines):
            lines.sort(key=lambda line: self._places.get(line.get("ID"), _LAST))
        for line in lines:
            if self._oddities.is_full:
                return
            yield self._read_line(line, checked=checked or line.get("CS") in _YES)

    def _read_line(self, line: Element, *, checked: bool) -> ExchangeLine:
        baseline = self._read_baseline(line)
        along = find_direction(baseline)
        strings = []
        for string in xml_input.children(line, "String"):
            if xml_input.is_space(string.get("CONTENT")):
                continue
            if not self._oddities.admit(string):
                break
            strings.append(string)
        if not strings and _read_outline(line) and self._oddities.admit(line):
            self._oddities.add(Oddity.WHOLE_LINE, line)  # a line that nobody has read is a box, too
            return ExchangeLine((ExchangeWord(self._read_quad(line, along), id=line.get("ID") or ""),), baseline)
        whole = self._find_whole_line(line, strings)
        words = [self._read_word(string, along, checked=checked, whole=whole) for string in strings]
        if whole is not None and len(words) > 1:
            words = [self._join_words(words)]
        return ExchangeLine(self._append_hyphen(line, words), baseline)

    def _find_whole_line(self, line: Element, strings: Sequence[Element]) -> Element | None:
        """The line, if its strings have no places of their own, as those of eScriptorium: then it is one box."""
        if self._exact or not strings or _read_outline(line) is None:
            return None
        own = [_read_outline(string) for string in strings]
        only = len(own) == 1 and own[0] in (_read_box(line), _read_outline(line))
        if not only and any(own):
            return None
        if len(own) > 1 or " " in one_line(strings[0].get("CONTENT") or ""):
            self._oddities.add(Oddity.WHOLE_LINE, line)
        return line

    def _join_words(self, words: Sequence[ExchangeWord]) -> ExchangeWord:
        text = " ".join(word.text for word in words if word.text)
        shares = [word.confidence for word in words if word.confidence is not None]
        checked = all(word.checked for word in words)
        return ExchangeWord(words[0].quad, text, min(shares, default=None), (), checked, None, words[0].id)

    def _append_hyphen(self, line: Element, words: list[ExchangeWord]) -> tuple[ExchangeWord, ...]:
        hyphen = xml_input.child(line, "HYP")
        if hyphen is None or not words:
            return tuple(words)
        sign = one_line(hyphen.get("CONTENT") or "").replace("\u00ad", "-")
        last = words[-1]
        if not sign or last.text.endswith(sign):
            return tuple(words)
        text = last.text + sign
        changed = ExchangeWord(last.quad, text, last.confidence, (), last.checked, last.mark, last.id)
        return (*words[:-1], changed)

    def _read_word(self, string: Element, along: Point | None, *, checked: bool, whole: Element | None) -> ExchangeWord:
        text = one_line(string.get("CONTENT") or "")
        confidence = xml_input.read_confidence(string.get("WC"))
        kinds = (self._tags.get(ref) for ref in (string.get("TAGREFS") or "").split())
        mark = next((Mark(each[1]) for each in kinds if each and each[0] == _MARK and each[1] in list(Mark)), None)
        checked = checked or string.get("CS") in _YES
        others = [one_line(xml_input.find_text(other)) for other in xml_input.children(string, "ALTERNATIVE")]
        alternatives = [Alternative(other, 0.0) for other in others]
        if alternatives and (confidence is not None or not checked):
            alternatives.insert(0, Alternative(text, confidence or 0.0))
        quad = self._read_quad(string if whole is None else whole, along)
        return ExchangeWord(quad, text, confidence, tuple(alternatives), checked, mark, string.get("ID") or "")

    def _read_quad(self, element: Element, along: Point | None) -> Quad | None:
        if not self._has_places:
            return None
        outline = _read_outline(element)
        if outline is None and not self._exact:
            self._oddities.add(Oddity.NO_PLACE, element)
        return None if outline is None else self._boxes.read(outline, element, along)

    def _read_baseline(self, line: Element) -> tuple[Point, ...]:
        told = line.get("BASELINE")
        if (height := xml_input.read_number(told)) is not None:  # before version 4.2
            box = _read_box(line)
            return xml_input.check_baseline(((box[0][0], height), (box[1][0], height)) if box else ())
        return xml_input.read_finite_points(told)


def _find_description(description: Element | None, name: str) -> str:
    found = None if description is None else next(xml_input.descendants(description, name), None)
    return xml_input.find_raw_text(found).strip()


def _read_box(element: Element) -> list[Point] | None:
    """The top left and bottom right corners of an element; None without, or if it has no extent."""
    numbers = [xml_input.read_number(element.get(name)) for name in ("HPOS", "VPOS", "WIDTH", "HEIGHT")]
    left, top, width, height = numbers
    if left is None or top is None or width is None or height is None or width <= 0 or height <= 0:
        has_numbers = all(element.get(name) for name in ("HPOS", "VPOS", "WIDTH", "HEIGHT"))
        return [(math.nan, math.nan)] * 2 if has_numbers and None in numbers else None
    return [(left, top), (left + width, top + height)]


def _read_outline(element: Element) -> list[Point] | None:
    shape = xml_input.child(element, "Shape")
    polygon = None if shape is None else xml_input.child(shape, "Polygon")
    points = None if polygon is None else xml_input.read_points(polygon.get("POINTS"))
    return points if points and len(points) > 2 else _read_box(element)
