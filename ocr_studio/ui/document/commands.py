"""What a person can do to the words of the open page: one named function for each, over the document.

Each looks at the selection, makes an edit and pushes it; none knows a widget.
"""

from __future__ import annotations

from collections.abc import Collection

from ocr_studio.core.editing import edits
from ocr_studio.core.geometry import quads as geometry
from ocr_studio.core.page import Mark, Page, WordState
from ocr_studio.core.plain_text import one_line
from ocr_studio.core.reading_order import page_order
from ocr_studio.core.translation import later, tr
from ocr_studio.ui.document.document import Document

# Arrow keys move a box by a pixel of the photo, with Shift by ten.
NUDGE = 1.0
# Readings of a word that a person is offered, each with a digit.
CHOICES = 5
# A turn by [ or ]: small enough to follow slanted writing by eye, large enough to get there in a few strokes.
TURN_DEGREES = 2.0
# What to say to a hand that would change a page which may not be changed.
LOCKED = later("This box is locked, so it stays as it is. Boxes → Lock lets it go again.")
READ_ONLY = later("This photo is open only for looking: nothing can be changed here.")


def go(document: Document, step: int) -> bool:
    """Make the word ``step`` places on in reading order the current one. False where there is none."""
    word_id = document.neighbour(step)
    if word_id is not None:
        document.select([word_id], current=word_id)
    return word_id is not None


def go_to_unchecked(document: Document) -> bool:
    """Make the next word that nobody has checked yet, from the current one on and round the end, the current one."""
    order, page = document.order(), document.page
    start = order.index(document.current) + 1 if document.current in order else 0
    unchecked = (WordState.READ, WordState.UNREAD)
    for word_id in order[start:] + order[:start]:
        if page and word_id != document.current and page.words[word_id].state in unchecked:
            document.select([word_id], current=word_id)
            return True
    return False


def accept_and_next(document: Document) -> bool:
    """Agree with the selected words and go to the next one. False at the last word."""
    accept_here(document)
    if len(document.selection) > 1:
        chosen = [word_id for word_id in document.order() if word_id in document.selection]
        document.select([chosen[-1]], current=chosen[-1])
    return go(document, 1)


def accept_here(document: Document) -> None:
    """Agree with the selected words as they stand."""
    if page := document.page:
        document.push(edits.accept(page, document.selection))


def accept_all(document: Document) -> None:
    """Agree with every word of the page that is read."""
    if page := document.page:
        document.push(edits.accept(page, page.words))


def unaccept(document: Document) -> None:
    """Back to what the model read, for the selected words. None stays set aside."""
    if page := document.page:
        document.push(edits.unaccept(page, document.selection))


def is_aside(document: Document, kind: Mark) -> bool:
    """Whether words are selected and all of them are set aside as this."""
    words = document.selected_words()
    return bool(words) and all(word.mark is kind for word in words)


def set_aside(document: Document, kind: Mark) -> None:
    """Set the selected words aside as this; where all of them are, they count again, with the text they had."""
    if page := document.page:
        document.push(edits.mark(page, document.selection, None if is_aside(document, kind) else kind))


def write_here(document: Document, word_id: str, text: str) -> None:
    """A person wrote this text into a word, or left it as it was and agrees with it."""
    if page := document.page:
        document.push(edits.answer(page, word_id, text))


def write_if_changed(document: Document, word_id: str, text: str) -> None:
    """Keep a text that was typed; a text that is as it was says nothing, not even that it is right."""
    word = document.word(word_id)
    if document.page and word and one_line(text) != word.text:
        document.push(edits.write(document.page, word_id, text))


def write_and_go(document: Document, word_id: str, text: str) -> bool:
    """A person wrote this text and goes on to the word after it in reading order. False at the end."""
    write_here(document, word_id, text)
    return _go_from(document, word_id, 1)


def keep_and_go(document: Document, word_id: str, text: str, step: int) -> bool:
    """A person goes on from a word without saying that its text is right; one that was changed is kept."""
    write_if_changed(document, word_id, text)
    return _go_from(document, word_id, step)


def write_and_split(document: Document, word_id: str, text: str, letter: int) -> str:
    """Keep a text that was typed, and cut the word before this letter of it; why it is not cut, for a person, or ""."""
    write_if_changed(document, word_id, text)
    if (word := document.word(word_id)) and word.locked:
        return tr(LOCKED)
    split_at_letter(document, word_id, letter)
    return ""


def choose(document: Document, index: int) -> None:
    """The current word's alternative ``index``, 0 the best, is right."""
    if document.page and document.current:
        document.push(edits.choose(document.page, document.current, index))


def delete(document: Document) -> None:
    """Delete the selected words; the word after them becomes the current one."""
    page = document.page
    if page is None or not document.selection:
        return
    order = document.order()
    last = max(order.index(word_id) for word_id in document.selection)
    after = next((word_id for word_id in order[last + 1 :]), None)
    document.push(edits.delete(page, document.selection))
    if after:
        document.select([after], current=after)


def merge(document: Document) -> bool:
    """Make one word of the selected ones, and select it. False where ``edits.merge`` makes none of them."""
    if document.page is None or len(document.selection) < 2:
        return False
    edit = edits.merge(document.page, document.selection)
    document.push(edit)
    if edit:
        document.select(key for key, (_, after) in edit.changes.items() if after is not None)
    return bool(edit)


def split_at_letter(document: Document, word_id: str, letter: int) -> None:
    """Cut a word before this letter of its text, and select both halves."""
    if page := document.page:
        edit = edits.split(page, word_id, letter=letter)
        document.push(edit)
        halves = [key for key, (_, after) in edit.changes.items() if after is not None]
        if halves:
            document.select(halves)


def rotate(document: Document, degrees: float) -> None:
    """Turn the selected boxes, each about its middle. Turns in a row are one step of the history."""
    if page := document.page:
        document.push(edits.rotate(page, document.selection, degrees), join=_mark("rotate", document))


def nudge(document: Document, dx: float, dy: float) -> None:
    """Move the selected boxes by pixels of the photo. Moves in a row are one step of the history."""
    if page := document.page:
        document.push(edits.move(page, document.selection, dx, dy), join=_mark("nudge", document))


def move_corner(document: Document, corner: int, dx: float, dy: float) -> None:
    """Move one corner, 0..3, of the current box by pixels of the photo, not beyond it. Moves in a row are one step."""
    page, word = document.page, document.word(document.current)
    if page and word:
        x, y = word.quad.corners[corner]
        point = min(max(x + dx, 0.0), float(page.width)), min(max(y + dy, 0.0), float(page.height))
        edit = edits.reshape(page, word.id, geometry.with_corner(word.quad, corner, point))
        document.push(edit, join=f"corner {corner} {word.id}")


def all_locked(document: Document) -> bool:
    """Whether words are selected and the boxes of all of them are locked."""
    words = document.selected_words()
    return bool(words) and all(word.locked for word in words)


def lock(document: Document) -> None:
    """Lock the selected boxes; where all of them are locked, they may be moved again."""
    if page := document.page:
        document.push(edits.lock(page, document.selection, locked=not all_locked(document)))


def select_all(document: Document) -> None:
    """Select every word."""
    document.select(document.order(), current=document.current)


def deselect(document: Document) -> None:
    """Select nothing."""
    document.select(())


def move_in_order(document: Document, ids: Collection[str], before: str | None) -> None:
    """These words are read before another one, or with None at the end, and stay selected."""
    if page := document.page:
        document.push(page_order.moved(page, ids, before))
        document.select(ids, current=document.current)


def shift_in_order(document: Document, step: int) -> None:
    """The selected words are read one word earlier, step -1, or later, 1. Steps in a row are one of the history."""
    if page := document.page:
        document.push(page_order.shifted(page, document.selection, step), join=_mark("order", document))


def text_to_copy(document: Document) -> str:
    """The text of the selected words in reading order, or of the page where none is selected."""
    page = document.page
    if page is None:
        return ""
    return page_order.text(page, document.selection or None)


def page_text(page: Page) -> str:
    """The text of the whole page in reading order."""
    return page_order.text(page)


def _go_from(document: Document, word_id: str, step: int) -> bool:
    document.select([word_id], current=word_id)
    return go(document, step)


def _mark(what: str, document: Document) -> str:
    return f"{what} {' '.join(sorted(document.selection))}"
