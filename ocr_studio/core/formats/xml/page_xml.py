"""PAGE XML of 2019-07-15, written; and of any year, read: regions, lines and words with outlines and readings.

https://github.com/PRImA-Research-Lab/PAGE-XML; the conventions are those of https://ocr-d.de/en/spec/page.html.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
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
from ocr_studio.core.translation import tr

_NAMESPACE: Final = "http://schema.primaresearch.org/PAGE/gts/pagecontent/2019-07-15"
_SCHEMA: Final = f"{_NAMESPACE} {_NAMESPACE}/pagecontent.xsd"
_INSTANCE: Final = "http://www.w3.org/2001/XMLSchema-instance"
# What has no place of its own is written into the attribute "custom", in the manner of Transkribus.
_CUSTOM: Final = re.compile(r"(\w+)\s*\{([^{}]*)\}")
_OURS: Final = "ocrStudio"
_ORDER: Final = "readingOrder"
# Names of the MetadataItem elements.
_WRITER, _TAG = "writer", "tag"
_LAST: Final = 1 << 30  # the place of what has none in the reading order
_UNKNOWN_TIME: Final = "1970-01-01T00:00:00"


# ------------------------------------------------------------------------------------------------------------ writing


def render(pages: Sequence[Page], photos: PhotoSource | None) -> str:
    """Make the file of a photo."""
    page = pages[0]
    writer = _Writer(ExchangePage.from_page(page))
    return xml_output.serialize(writer.write(xml_output.name_image(page, photos), *_find_times(page)))


def _find_times(page: Page) -> tuple[str, str]:
    """When a page was read first and changed last, in UTC."""
    said = [text.when for word in page.words.values() for text in (word.machine, word.human) if text and text.when]
    times = sorted(filter(None, map(_format_time, [*said, page.read_at or ""])))
    return (times[0], times[-1]) if times else (_UNKNOWN_TIME, _UNKNOWN_TIME)


def _format_time(text: str) -> str:
    try:
        time = datetime.fromisoformat(text)
        return time.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S") if time.year > 1 else ""
    except (ValueError, OverflowError):
        return ""


class _Writer:
    def __init__(self, page: ExchangePage) -> None:
        self._page = page
        self._grid = PixelGrid(page.width, page.height)
        self._ids = Ids()

    def write(self, image: str, created: str, changed: str) -> Element:
        """Make the document."""
        root = etree.Element(f"{{{_NAMESPACE}}}PcGts", nsmap={None: _NAMESPACE, "xsi": _INSTANCE})
        root.set(f"{{{_INSTANCE}}}schemaLocation", _SCHEMA)
        self._add_metadata(root, created, changed)
        page = add(
            root, "Page", imageFilename=image, imageWidth=int(self._page.width), imageHeight=int(self._page.height)
        )
        blocks = [(self._ids.make("r"), block) for block in self._page.blocks if block]
        if blocks:
            order = add(add(page, "ReadingOrder"), "OrderedGroup", id=self._ids.make("order"))
            for index, (key, _) in enumerate(blocks):
                add(order, "RegionRefIndexed", index=index, regionRef=key)
        for index, (key, block) in enumerate(blocks):
            self._add_region(page, index, key, block)
        return root

    def _add_metadata(self, root: Element, created: str, changed: str) -> None:
        metadata = add(root, "Metadata")
        add(metadata, "Creator", f"{xml_output.PROGRAM} {__version__}")
        add(metadata, "Created", created)
        add(metadata, "LastChange", changed)
        if self._page.note:
            add(metadata, "Comments", self._page.note)
        if self._page.writer:
            add(metadata, "MetadataItem", type="author", name=_WRITER, value=self._page.writer)
        for tag in self._page.tags:
            add(metadata, "MetadataItem", type="other", name=_TAG, value=tag)

    def _add_region(self, page: Element, index: int, key: str, block: Sequence[ExchangeLine]) -> None:
        region = add(page, "TextRegion", id=key, type="paragraph", custom=_format_custom(_ORDER, {"index": index}))
        coords = add(region, "Coords")
        outlines: list[tuple[int, int]] = []
        texts: list[str] = []
        for number, line in enumerate(line for line in block if line.words):
            outline, text = self._add_line(region, number, f"{key}_l{number + 1}", line)
            outlines += outline
            texts.append(text)
        coords.set("points", format_points(self._grid.outline(tuple(outlines))))
        _add_text(region, xml_output.join_texts(texts, "\n"))

    def _add_line(self, region: Element, index: int, key: str, line: ExchangeLine) -> tuple[Pixels, str]:
        """Add a line, and return its outline and text."""
        element = add(region, "TextLine", id=self._ids.make("", key), custom=_format_custom(_ORDER, {"index": index}))
        boxes = self._find_boxes(line)
        baseline = self._grid.baseline(line) or (boxes[0][3], boxes[-1][2])
        outline = self._grid.outline((*(corner for box in boxes for corner in box), *baseline))
        add(element, "Coords", points=format_points(outline))
        add(element, "Baseline", points=format_points(baseline))
        texts = [self._add_word(element, word, box) for word, box in zip(line.words, boxes, strict=True)]
        text = xml_output.join_texts(texts, " ")
        _add_text(element, text, empty=True)  # otherwise kraken takes the words' alternatives for the text
        return outline, text

    def _find_boxes(self, line: ExchangeLine) -> list[Pixels]:
        """The corners of each word. Text without a box, unknown to PAGE, gets a sliver beside its neighbour."""
        found = [self._grid.corners(word) for word in line.words]
        known = [index for index, corners in enumerate(found) if corners]
        boxes = []
        for index, corners in enumerate(found):
            if corners is None:
                before = next((found[at] for at in reversed(known) if at < index), None)
                after = next((found[at] for at in known if at > index), None)
                edge = before[1:3] if before else (after[0], after[3]) if after else ((0, 0), (0, 1))
                corners = self._grid.box(edge)  # noqa: PLW2901
            boxes.append(corners)
        return boxes

    def _add_word(self, line: Element, word: ExchangeWord, box: Pixels) -> str:
        """Add a word, and return its text."""
        text = clean_line(word.text)
        facts: dict[str, object] = {}
        if word.checked:
            facts["checked"] = "true"
        if word.mark:
            facts["mark"] = word.mark.value
        if word.quad is None:
            facts["box"] = "none"
        is_read = xml_output.is_read_text(word)
        if word.confidence is not None and (not is_read or not text):
            facts["confidence"] = _format_share(word.confidence)
        custom = _format_custom(_OURS, facts) if facts else None
        element = add(line, "Word", id=self._ids.make("w_", word.id), custom=custom)
        add(element, "Coords", points=format_points(box))
        others = [other for other in word.alternatives if clean_line(other.text) != text]
        if text or others:
            confidence = word.confidence if is_read else None
            _add_text(element, text, confidence, index=0 if others else None, empty=True)
        for index, other in enumerate(others, start=1):
            _add_text(element, clean_line(other.text), other.confidence, index=index, empty=True)
        return text


def _add_text(
    parent: Element, text: str, confidence: float | None = None, *, index: int | None = None, empty: bool = False
) -> None:
    if text or empty:
        share = None if confidence is None else _format_share(confidence)
        add(add(parent, "TextEquiv", index=index, conf=share), "Unicode", text)


def _format_share(share: float) -> str:
    return f"{min(1.0, max(0.0, share)):.4f}"


def _format_custom(name: str, values: Mapping[str, object]) -> str:
    return f"{name} {{{' '.join(f'{key}:{value};' for key, value in values.items())}}}"


# ------------------------------------------------------------------------------------------------------------ reading


def read(file: LabelFile) -> Iterator[ExchangePage]:
    """Read the pages of a file, nearly always one. Raises BadLabels."""
    root = xml_input.parse_page(file)
    found = list(xml_input.descendants(root, "Page"))
    if not found:
        raise file.make_error(tr("it has no Page element"))
    metadata = xml_input.child(root, "Metadata")
    for page in found:
        yield _Reader(file, page, metadata).read()


class _Reader:
    def __init__(self, file: LabelFile, page: Element, metadata: Element | None) -> None:
        self._page = page
        self._metadata = metadata
        self._oddities = Oddities()
        self._image = xml_input.read_image_name(file, page.get("imageFilename"))
        width, height = (xml_input.read_index(page.get(name)) for name in ("imageWidth", "imageHeight"))
        self._width, self._height = read_size(width, height)
        creator = xml_input.find_text(xml_input.child(metadata, "Creator")) if metadata is not None else ""
        exact = creator.startswith(xml_output.PROGRAM)
        self._boxes = BoxReader(self._width, self._height, self._oddities, exact=exact)
        status = next(xml_input.descendants(metadata, "TranskribusMetadata"), None) if metadata is not None else None
        self._truth = status is not None and status.get("status") == "GT"

    def read(self) -> ExchangePage:
        """Read the page."""
        blocks = []
        for region in self._order_regions():
            lines = tuple(line for line in self._read_region(region) if line.words)
            if lines:
                blocks.append(lines)
            if self._oddities.is_full:
                break
        writer, tags, note = self._read_facts()
        return ExchangePage(
            self._image, self._width, self._height, tuple(blocks), writer, tags, note,
            notices=self._oddities.describe(),
        )  # fmt: skip

    def _read_facts(self) -> tuple[str | None, tuple[str, ...], str]:
        if self._metadata is None:
            return None, (), ""
        items = [
            (item.get("name"), text)
            for item in xml_input.children(self._metadata, "MetadataItem")
            if (text := one_line(item.get("value") or ""))
        ]
        writer = next((text for name, text in items if name == _WRITER), None)
        tags = tuple(dict.fromkeys(text for name, text in items if name == _TAG))
        note = xml_input.find_raw_text(xml_input.child(self._metadata, "Comments"))
        return writer, tags, note if note.strip() else ""

    def _order_regions(self) -> list[Element]:
        """All text regions, also those within tables and other regions, in reading order."""
        places = {key: place for place, key in reversed(list(enumerate(_list_refs(self._page))))}
        # Transkribus has the lines of a table in its cells.
        regions = list(xml_input.descendants(self._page, "TextRegion", "TableCell"))

        def find_place(region: Element) -> int:
            while region is not None and region is not self._page:
                if (place := places.get(region.get("id"))) is not None:
                    return place
                region = region.getparent()
            return _LAST

        return sorted(regions, key=find_place)

    def _read_region(self, region: Element) -> Iterator[ExchangeLine]:
        lines = sorted(xml_input.children(region, "TextLine"), key=_find_index)
        if not lines and xml_input.child(region, "TextRegion") is None:
            yield from self._read_bare_region(region)
        for line in lines:
            if self._oddities.is_full:
                return
            yield self._read_line(line)

    def _read_bare_region(self, region: Element) -> Iterator[ExchangeLine]:
        """Read the text of a region without lines: one line has its box, of several the boxes are unknown."""
        texts = _sort_texts(region)
        lines = [text for each in (texts[0][0] if texts else "").splitlines() if (text := one_line(each))]
        if not lines:
            return
        self._oddities.add(Oddity.WHOLE_REGION, region)
        quad = self._boxes.read(_read_outline(region), region) if len(lines) == 1 else None
        for text in lines:
            if self._oddities.admit(region):
                yield ExchangeLine((ExchangeWord(quad, text, checked=self._truth),))

    def _read_line(self, line: Element) -> ExchangeLine:
        element = xml_input.child(line, "Baseline")
        baseline = () if element is None else xml_input.read_finite_points(element.get("points"))
        along = find_direction(baseline)
        words = []
        for element in xml_input.children(line, "Word"):
            told = _sort_texts(element)
            if told and xml_input.is_space(told[0][0]):
                continue
            if not self._oddities.admit(element):
                break
            words.append(self._read_word(element, along))
        readings = _sort_texts(line)
        text = one_line(readings[0][0]) if readings else ""
        if not words and (text or _read_outline(line)) and self._oddities.admit(line):
            self._oddities.add(Oddity.WHOLE_LINE, line)  # a line that nobody has read is a box, too
            words = [self._read_word(line, along)]
        elif text and words and not any(word.text or word.mark for word in words):
            words = self._divide_text(line, text, words, along)
        return ExchangeLine(tuple(words), baseline)

    def _divide_text(
        self, line: Element, text: str, words: list[ExchangeWord], along: Point | None
    ) -> list[ExchangeWord]:
        """Give the text of a line to its words, which have none; where that is unclear, the line is one word."""
        parts = text.split()
        if len(parts) != len(words):
            self._oddities.add(Oddity.WHOLE_LINE, line)
            return [self._read_word(line, along)]
        self._oddities.add(Oddity.DIVIDED, line)
        return [
            ExchangeWord(word.quad, part, word.confidence, (), word.checked or self._truth, None, word.id)
            for part, word in zip(parts, words, strict=True)
        ]

    def _read_word(self, element: Element, along: Point | None) -> ExchangeWord:
        """Read a word, or a line that has none."""
        custom = _parse_custom(element).get(_OURS, {})
        readings = [(one_line(text), confidence) for text, confidence in _sort_texts(element)]
        text, confidence = readings[0] if readings else ("", None)
        alternatives = tuple(Alternative(told, share or 0.0) for told, share in readings) if len(readings) > 1 else ()
        mark = Mark(custom["mark"]) if custom.get("mark") in list(Mark) else None
        checked = custom.get("checked") == "true" or mark is not None or (self._truth and bool(text))
        if checked and confidence is None:
            alternatives = alternatives[1:]  # the first is not the recognizer's
        if confidence is None:
            confidence = xml_input.read_confidence(custom.get("confidence"))
        quad = None if custom.get("box") == "none" else self._read_quad(element, along, text)
        return ExchangeWord(quad, text, confidence, alternatives, checked, mark, element.get("id") or "")

    def _read_quad(self, element: Element, along: Point | None, text: str) -> Quad | None:
        outline = _read_outline(element)
        if outline is None and text and xml_input.child(element, "Coords") is None:
            self._oddities.add(Oddity.NO_PLACE, element)
            return None
        return self._boxes.read(outline, element, along)


def _list_refs(page: Element) -> Iterator[str]:
    """The ids of regions in the order in which they are read."""
    order = xml_input.child(page, "ReadingOrder")
    waiting = [] if order is None else list(order)[::-1]
    while waiting:
        element = waiting.pop()
        if (ref := element.get("regionRef")) is not None:
            yield ref
        waiting += sorted(element, key=lambda each: xml_input.read_index(each.get("index")) or 0)[::-1]


def _find_index(line: Element) -> int:
    """The place of a line in its region, where it tells one; those that tell none stay as they are."""
    index = xml_input.read_index(line.get("index"))
    if index is None:
        index = xml_input.read_index(_parse_custom(line).get(_ORDER, {}).get("index"))
    return 0 if index is None else index


def _parse_custom(element: Element) -> dict[str, dict[str, str]]:
    """What an attribute "custom" says: ``name {key:value; key:value;}``."""
    found = {}
    for name, inside in _CUSTOM.findall(element.get("custom") or ""):
        pairs = (part.partition(":") for part in inside.split(";") if ":" in part)
        found[name] = {key.strip(): value.strip() for key, _, value in pairs}
    return found


def _sort_texts(element: Element) -> list[tuple[str, float | None]]:
    """The readings of an element with their confidence, the one that counts first."""
    found = []
    for reading in xml_input.children(element, "TextEquiv"):
        written = xml_input.child(reading, "Unicode")
        if written is None or not written.text:
            plain = xml_input.child(reading, "PlainText")
            written = plain if plain is not None else written
        text = xml_input.find_raw_text(written)
        found.append(
            (xml_input.read_index(reading.get("index")) or 0, text, xml_input.read_confidence(reading.get("conf")))
        )
    letters = [] if found else [_sort_texts(letter) for letter in xml_input.children(element, "Glyph")]
    if any(letters):
        return [("".join(readings[0][0] for readings in letters if readings), None)]
    return [(text, confidence) for _, text, confidence in sorted(found, key=lambda each: each[0])]


def _read_outline(element: Element) -> list[Point] | None:
    coords = xml_input.child(element, "Coords")
    if coords is None:
        return None
    if (told := coords.get("points")) is not None:
        return xml_input.read_points(told)
    points = [(point.get("x") or "nan", point.get("y") or "nan") for point in xml_input.children(coords, "Point")]
    return xml_input.read_points(" ".join(f"{x},{y}" for x, y in points))  # before 2013
