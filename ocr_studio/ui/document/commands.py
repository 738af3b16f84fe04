"""Editing commands for the words of the open page, one function each.

Each makes an edit for the selected words and pushes it to the document; none uses a widget.
"""

from __future__ import annotations

from collections.abc import Collection

from ocr_studio.core.editing import edits
from ocr_studio.core.geometry import quads as geometry
from ocr_studio.core.page import Mark, WordState
from ocr_studio.core.plain_text import one_line
from ocr_studio.core.reading_order import page_order
from ocr_studio.core.translation import later, tr
from ocr_studio.ui.document.document import ShownDocument

# Arrow keys move a box by a pixel of the photo, with Shift by ten.
NUDGE = 1.0
# Alternatives that are shown for a word, each with a digit as its key.
CHOICES = 5
# Rotation by [ or ]: small enough to fit slanted writing, large enough to need only a few key presses.
TURN_DEGREES = 2.0
# Messages for changes that are not allowed.
LOCKED = later("This box is locked. Unlock it first (Boxes → Lock).")
READ_ONLY = later("This photo is read-only: it is open in another window.")


def go(document: ShownDocument, step: int) -> bool:
    """Select the word ``step`` rows after the current one, as words are listed. Returns False if there is none."""
    word_id = document.neighbour(step)
    if word_id is not None:
        document.select([word_id], current=word_id)
    return word_id is not None


def go_to_unchecked(document: ShownDocument) -> bool:
    """Select the next unchecked word after the current one, wrapping around. Returns False if there is none.

    Words that are filtered out of the list come last.
    """
    listed, page = document.listed(), document.page
    start = listed.index(document.current) + 1 if document.current in listed else 0
    unchecked = (WordState.READ, WordState.UNREAD)
    for word_id in listed[start:] + listed[:start] + document.order():
        if page and word_id != document.current and page.words[word_id].state in unchecked:
            document.select([word_id], current=word_id)
            return True
    return False


def accept_and_next(document: ShownDocument) -> bool:
    """Mark the selected words as checked and go to the next one. Returns False at the last word."""
    accept_here(document)
    if len(document.selection) > 1:
        chosen = [word_id for word_id in _listing(document) if word_id in document.selection]
        document.select([chosen[-1]], current=chosen[-1])
    return go(document, 1)


def accept_here(document: ShownDocument) -> None:
    """Mark the selected words as checked."""
    if page := document.page:
        document.push(edits.accept(page, document.selection))


def accept_all(document: ShownDocument) -> None:
    """Mark all words of the page as checked."""
    if page := document.page:
        document.push(edits.accept(page, page.words))


def unaccept(document: ShownDocument) -> None:
    """Restore the recognized text of the selected words, and remove their marks."""
    if page := document.page:
        document.push(edits.unaccept(page, document.selection))


def is_aside(document: ShownDocument, kind: Mark) -> bool:
    """Whether words are selected and all of them have this mark."""
    words = document.selected_words()
    return bool(words) and all(word.mark is kind for word in words)


def set_aside(document: ShownDocument, kind: Mark) -> None:
    """Mark the selected words; if all of them have this mark already, remove it and restore their text."""
    if page := document.page:
        document.push(edits.mark(page, document.selection, None if is_aside(document, kind) else kind))


def write_here(document: ShownDocument, word_id: str, text: str) -> None:
    """Set the text of a word; an unchanged text marks it as checked."""
    if page := document.page:
        document.push(edits.answer(page, word_id, text))


def write_if_changed(document: ShownDocument, word_id: str, text: str) -> None:
    """Set the text of a word if it has changed; otherwise the word is not marked as checked."""
    word = document.word(word_id)
    if document.page and word and one_line(text) != word.text:
        document.push(edits.write(document.page, word_id, text))


def write_and_go(document: ShownDocument, word_id: str, text: str) -> bool:
    """Set the text of a word and go to the next one. Returns False at the last word."""
    write_here(document, word_id, text)
    return _go_from(document, word_id, 1)


def keep_and_go(document: ShownDocument, word_id: str, text: str, step: int) -> bool:
    """Go to another word without marking this one as checked; a changed text is saved.

    Args:
        document: The open document.
        word_id: The word that is left.
        text: Its text.
        step: 1 for the next word, -1 for the previous one.

    Returns:
        False if there is no such word.
    """
    write_if_changed(document, word_id, text)
    return _go_from(document, word_id, step)


def write_and_split(document: ShownDocument, word_id: str, text: str, letter: int) -> str:
    """Set the text of a word and split it before a character.

    Args:
        document: The open document.
        word_id: The word.
        text: Its new text.
        letter: Index of the character in the text.

    Returns:
        Why the word can't be split, for the user; empty if it was.
    """
    write_if_changed(document, word_id, text)
    if (word := document.word(word_id)) and word.locked:
        return tr(LOCKED)
    split_at_letter(document, word_id, letter)
    return ""


def choose(document: ShownDocument, index: int) -> None:
    """Use an alternative of the current word as its text; index 0 is the best one."""
    if document.page and document.current:
        document.push(edits.choose_alternative(document.page, document.current, index))


def delete(document: ShownDocument) -> None:
    """Delete the selected words; the word after them becomes the current one."""
    page = document.page
    if page is None or not document.selection:
        return
    order = _listing(document)
    last = max(order.index(word_id) for word_id in document.selection)
    after = next((word_id for word_id in order[last + 1 :]), None)
    document.push(edits.delete(page, document.selection))
    if after:
        document.select([after], current=after)


def merge(document: ShownDocument) -> bool:
    """Merge the selected words and select the result. Returns False if ``edits.merge`` can't merge them."""
    if document.page is None or len(document.selection) < 2:
        return False
    edit = edits.merge(document.page, document.selection)
    document.push(edit)
    if edit:
        document.select(key for key, (_, after) in edit.changes.items() if after is not None)
    return bool(edit)


def split_at_letter(document: ShownDocument, word_id: str, letter: int) -> None:
    """Split a word before this character of its text, and select both halves."""
    if page := document.page:
        edit = edits.split(page, word_id, letter=letter)
        document.push(edit)
        halves = [key for key, (_, after) in edit.changes.items() if after is not None]
        if halves:
            document.select(halves)


def rotate(document: ShownDocument, degrees: float) -> None:
    """Rotate the selected boxes, each around its centre. Consecutive rotations are one undo step."""
    if page := document.page:
        document.push(edits.rotate(page, document.selection, degrees), join=_mark("rotate", document))


def turn_writing(document: ShownDocument, quarters: int) -> list[str]:
    """Turn the direction of writing in the selected boxes by so many times 90° clockwise.

    Returns:
        Ids of the turned words that are not checked: what was read of them no longer counts.
    """
    if document.page is None:
        return []
    edit = edits.turn_writing(document.page, document.selection, quarters)
    document.push(edit, join=_mark("turn", document))
    return [key for key, (_, after) in edit.changes.items() if after and not after.checked]


def nudge(document: ShownDocument, dx: float, dy: float) -> None:
    """Move the selected boxes by pixels of the photo. Consecutive moves are one undo step."""
    if page := document.page:
        document.push(edits.move(page, document.selection, dx, dy), join=_mark("nudge", document))


def move_corner(document: ShownDocument, corner: int, dx: float, dy: float) -> None:
    """Move a corner (0..3) of the current box by pixels, within the photo. Consecutive moves are one undo step."""
    page, word = document.page, document.word(document.current)
    if page and word:
        x, y = word.quad.corners[corner]
        point = min(max(x + dx, 0.0), float(page.width)), min(max(y + dy, 0.0), float(page.height))
        edit = edits.reshape(page, word.id, geometry.replace_corner(word.quad, corner, point))
        document.push(edit, join=f"corner {corner} {word.id}")


def all_locked(document: ShownDocument) -> bool:
    """Whether words are selected and the boxes of all of them are locked."""
    words = document.selected_words()
    return bool(words) and all(word.locked for word in words)


def lock(document: ShownDocument) -> None:
    """Lock the selected boxes; if all of them are locked already, unlock them."""
    if page := document.page:
        document.push(edits.lock(page, document.selection, locked=not all_locked(document)))


def select_all(document: ShownDocument, *, listed: bool = False) -> None:
    """Select every word, or only those ``listed`` beside the photo."""
    document.select(document.listed() if listed else document.order(), current=document.current)


def deselect(document: ShownDocument) -> None:
    """Select nothing."""
    document.select(())


def move_in_order(document: ShownDocument, ids: Collection[str], before: str | None) -> None:
    """Move words before another one in the reading order (None: to the end), and keep them selected."""
    if page := document.page:
        document.push(page_order.move_words(page, ids, before))
        document.select(ids, current=document.current)


def shift_in_order(document: ShownDocument, step: int) -> None:
    """Move the selected words one place earlier (-1) or later (1) in the reading order; joined as one undo step."""
    if page := document.page:
        document.push(page_order.shift_words(page, document.selection, step), join=_mark("order", document))


def text_to_copy(document: ShownDocument) -> str:
    """Return the text of the selected words in reading order, or of the whole page if none is selected."""
    page = document.page
    if page is None:
        return ""
    return page_order.compose_text(page, document.selection or None)


def _go_from(document: ShownDocument, word_id: str, step: int) -> bool:
    document.select([word_id], current=word_id)
    return go(document, step)


def _listing(document: ShownDocument) -> tuple[str, ...]:
    """The words as they are listed, or all in reading order where a selected one is filtered out."""
    listed = document.listed()
    return listed if document.selection <= set(listed) else document.order()


def _mark(what: str, document: ShownDocument) -> str:
    return f"{what} {' '.join(sorted(document.selection))}"
