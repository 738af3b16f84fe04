"""JSON: every word with its box, its confidence and its alternatives, and the text; a list where several pages are."""

from __future__ import annotations

import json
from collections.abc import Sequence

from ocr_studio.core.formats.names import format_photo_name
from ocr_studio.core.geometry import photo_frame
from ocr_studio.core.page import Page, Word
from ocr_studio.core.reading_order import page_order


def build_page_object(page: Page) -> dict[str, object]:
    """Return a page as plain values: image, width, height, words in reading order, text.

    Of each word, ``quad`` has four [x, y] in pixels of the upright photo as its file has it, clockwise from the text's
    top left, or null for text without a box; ``confidence`` is 0..1 or null; ``line`` is the number of its line in
    reading order, from 1.
    """
    lines, text = page_order.find_lines_and_text(page)
    width, height = page.file_size
    numbered = [(word, number) for number, line in enumerate(lines, start=1) for word in line]
    return {
        "image": format_photo_name(page.image),
        "width": width,
        "height": height,
        "words": [_build_word_object(page, word, number) for word, number in numbered],
        "text": text,
    }


def render(pages: Sequence[Page]) -> str:
    """One page's object, or a list of them where there is not exactly one.

    Besides what ``build_page_object`` says, a word has what an import needs: ``state`` as in ``WordState``, ``mark``,
    null unless the word is marked, and the number of its ``block``, from 1, which an empty line ends in the text.
    """
    objects = [_add_details(page, build_page_object(page)) for page in pages]
    return json.dumps(objects[0] if len(objects) == 1 else objects, ensure_ascii=False, indent=1) + "\n"


def _build_word_object(page: Page, word: Word, line: int) -> dict[str, object]:
    alternatives = word.machine.alternatives if word.machine else ()
    return {
        "id": word.id,
        "quad": [[x, y] for x, y in photo_frame.quad_in_file(page, word.quad).corners] if word.has_box else None,
        "text": word.text,
        "confidence": word.confidence,
        "alternatives": [{"text": other.text, "confidence": other.confidence} for other in alternatives],
        "line": line,
    }


def _add_details(page: Page, built: dict[str, object]) -> dict[str, object]:
    blocks = enumerate(page_order.find_blocks(page), start=1)
    numbers = {word.id: number for number, block in blocks for line in block for word in line}
    words = built["words"]
    assert isinstance(words, list)
    for each in words:
        word = page.words[each["id"]]
        mark = word.mark.value if word.mark else None
        each.update(state=word.state.value, mark=mark, block=numbers[word.id])
    return built
