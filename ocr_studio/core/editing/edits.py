"""Changes to the words of a page by the user or a recognizer: pure functions from a page to an Edit.

None of them changes the page. Unknown ids are ignored; if nothing would change, the edit is empty. The names are shown
in the undo menu; nothing depends on them.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Final

import numpy as np

from ocr_studio.core.editing import split_words
from ocr_studio.core.geometry import hit_tests
from ocr_studio.core.geometry import quads as geometry
from ocr_studio.core.page import (
    Edit,
    Mark,
    Page,
    PageFacts,
    Point,
    Quad,
    StepName,
    TextSource,
    Transcription,
    Word,
    new_id,
)
from ocr_studio.core.plain_text import LONGEST, one_line
from ocr_studio.core.reading_order import kept_order, page_order
from ocr_studio.core.reading_order import layout as reading_order
from ocr_studio.core.translation import Message, later_n, message, message_n

# A word found by reading again is one that a person has already touched if they share this much (intersection over
# union), or if one has its middle inside the other.
SAME_PLACE = 0.3
# Heights of the letters: a word of the same text found so near to one without a box is that word.
_NEAR: Final = 4.0

_MARKING: Final = {
    Mark.UNREADABLE: later_n("Mark word as unreadable", "Mark {count} words as unreadable"),
    Mark.IGNORED: later_n("Mark word as ignored", "Mark {count} words as ignored"),
    None: later_n("Remove mark from word", "Remove marks from {count} words"),
}


def write(page: Page, word_id: str, text: str) -> Edit:
    """Set the user's text of a word; an empty text means that nothing is written there. Line breaks become spaces."""
    word, text = page.words.get(word_id), one_line(text)
    if word is None or (word.human and word.human.text == text and not word.mark):
        return Edit(message("Edit text"))
    human = Transcription.by_human(text)
    return Edit(name_text_change(text), {word_id: (word, replace(word, human=human, mark=None))})


def name_text_change(text: str) -> StepName:
    """Return the name of a change of a word's text to this one."""
    return message("Change text to “{text}”", text=_shorten(text)) if text else message("Clear text")


def accept(page: Page, ids: Iterable[str]) -> Edit:
    """Confirm the recognized text of words. Checked and unread words stay unchanged."""
    words = [word for word in _select_words(page, ids) if word.machine and not word.checked]
    name = message_n("Confirm word", "Confirm {count} words", len(words))
    return _make_edit(name, words, [replace(word, human=Transcription.by_human(word.text)) for word in words])


def answer(page: Page, word_id: str, text: str) -> Edit:
    """Confirm a word's text if it is unchanged, or set it; an empty text leaves a marked word as it is."""
    word = page.words.get(word_id)
    if word is None or (word.mark and not one_line(text)):
        return Edit(message("Edit text"))
    same = not word.checked and word.machine is not None and one_line(text) == word.machine.text
    return accept(page, [word_id]) if same else write(page, word_id, text)


def unaccept(page: Page, ids: Iterable[str]) -> Edit:
    """Revert words to the recognized text and remove their marks. A word that was never read keeps its text."""
    words = [word for word in _select_words(page, ids) if word.mark or (word.machine and word.human)]
    after = [replace(word, human=None if word.machine else word.human, mark=None) for word in words]
    return _make_edit(
        message_n("Revert to recognized text", "Revert {count} words to recognized text", len(words)), words, after
    )


def mark(page: Page, ids: Iterable[str], kind: Mark | None) -> Edit:
    """Mark words as unreadable or ignored, or with None remove the mark; their texts stay."""
    words = [word for word in _select_words(page, ids) if word.mark is not kind]
    return _make_edit(message_n(*_MARKING[kind], len(words)), words, [replace(word, mark=kind) for word in words])


def lock(page: Page, ids: Iterable[str], *, locked: bool) -> Edit:
    """Lock or unlock boxes against moving, reshaping and deleting."""
    words = [word for word in _select_words(page, ids) if word.locked is not locked]
    names = later_n("Lock word", "Lock {count} words") if locked else later_n("Unlock word", "Unlock {count} words")
    return _make_edit(message_n(*names, len(words)), words, [replace(word, locked=locked) for word in words])


def set_facts(page: Page, facts: PageFacts, name: StepName) -> Edit:
    """Change facts about the whole page. name: name of the step in the undo menu."""
    return Edit(name, facts=(page.facts, facts))


def choose_alternative(page: Page, word_id: str, index: int) -> Edit:
    """Use the recognizer's alternative at ``index``, 0 for the best, as the user's text."""
    word = page.words.get(word_id)
    readings = word.machine.alternatives if word and word.machine else ()
    if not 0 <= index < len(readings):
        return Edit(message("Use alternative"))
    return write(page, word_id, readings[index].text)


def delete(page: Page, ids: Iterable[str]) -> Edit:
    """Delete words, boxes and texts."""
    words = _select_unlocked(page, ids)
    return Edit(message_n("Delete word", "Delete {count} words", len(words)), {word.id: (word, None) for word in words})


def move(page: Page, ids: Iterable[str], dx: float, dy: float) -> Edit:
    """Move words together by (dx, dy) pixels, but not beyond the photo."""
    words = _select_unlocked(page, ids)
    dx, dy = _limit_offset(page, [word.quad for word in words], (dx, dy))
    name = message_n("Move word", "Move {count} words", len(words))
    return _place_words(name, words, [geometry.move_quad(word.quad, dx, dy) for word in words])


def reshape(page: Page, word_id: str, quad: Quad) -> Edit:
    """Set the corners of a word's box."""
    return _place_words(message("Resize box"), (words := _select_unlocked(page, [word_id])), [quad] * len(words))


def give_box(page: Page, word_id: str, quad: Quad) -> Edit:
    """Give a box drawn by the user to a word that has none."""
    return replace(reshape(page, word_id, quad), name=message("Draw box"))


def rotate(page: Page, ids: Iterable[str], degrees: float) -> Edit:
    """Rotate each box about its own centre, as ``geometry.rotate_quad`` does, and keep it on the photo."""
    words = _select_unlocked(page, ids)
    turned = [geometry.rotate_quad(word.quad, degrees) for word in words]
    shifts = [_limit_offset(page, [quad], (0.0, 0.0), strictly=True) for quad in turned]
    kept = [geometry.move_quad(quad, *shift) for quad, shift in zip(turned, shifts, strict=True)]
    return _place_words(message_n("Rotate word", "Rotate {count} words", len(words)), words, kept)


def turn_writing(page: Page, ids: Iterable[str], quarters: int | None = None) -> Edit:
    """Turn the direction of writing in boxes; their outlines stay.

    quarters: by how many times 90° clockwise; None: by 180°, or by 90° in a box that is higher than wide.
    """
    words = [word for word in _select_unlocked(page, ids) if word.has_box]
    turned = []
    for word in words:
        along, across = geometry.measure_size(word.quad)
        usual = 2 if along >= across else 1
        turned.append(geometry.turn_direction(word.quad, usual if quarters is None else quarters))
    return _place_words(message_n("Turn writing", "Turn writing in {count} boxes", len(words)), words, turned)


def add(page: Page, quad: Quad, *, text: str | None = None) -> Edit:
    """Add a box drawn by the user, with a text or still to be read. The edit contains the new id."""
    human = None if text is None else Transcription.by_human(one_line(text))
    word = Word(_new_id(page), quad, TextSource.HUMAN, human=human)
    return Edit(message("Draw box"), {word.id: (None, word)})


def paste(page: Page, words: Sequence[Word], *, offset: Point) -> Edit:
    """Paste copies of words with new ids, moved by ``offset`` (dx, dy) pixels, kept on the photo.

    What is larger than the photo is cut off at its borders.
    """
    dx, dy = _limit_offset(page, [word.quad for word in words], offset, strictly=True)
    quads = [geometry.clamp_quad(geometry.move_quad(word.quad, dx, dy), page.width, page.height) for word in words]
    copies = [
        replace(word, id=_new_id(page), quad=quad, quad_source=TextSource.HUMAN)
        for word, quad in zip(words, quads, strict=True)
    ]
    return Edit(message_n("Paste word", "Paste {count} words", len(words)), {word.id: (None, word) for word in copies})


def split(page: Page, word_id: str, fraction: float | None = None, *, letter: int | None = None) -> Edit:
    """Split a word in two, each with its part of the text. Checked texts stay checked.

    fraction: where to cut along the box, 0 = its left edge .. 1 = its right edge. letter: or before which letter of
    the word's text. The first half keeps the id. Empty where one half would have no width or, by letter, no text, and
    for a locked word.
    """
    word = next(iter(_select_unlocked(page, [word_id])), None)
    place = split_words.find_cut_place(word, fraction, letter) if word else None
    if word is None or place is None:
        return Edit(message("Split word"))
    left, right = geometry.split_quad(word.quad, place.fraction)
    halves = [
        Word(word.id, left, TextSource.HUMAN, *split_words.make_part(word, place, last=False), mark=word.mark),
        Word(_new_id(page), right, TextSource.HUMAN, *split_words.make_part(word, place, last=True), mark=word.mark),
    ]
    return Edit(message("Split word"), {halves[0].id: (word, halves[0]), halves[1].id: (None, halves[1])})


def merge(page: Page, ids: Iterable[str]) -> Edit:
    """Merge words into one; texts are joined by spaces in reading order. The first word keeps its id.

    The visible text stays the same. If any part of it was written or checked by the user, the whole text counts as
    checked; otherwise it stays the recognizer's text. Empty if a word is locked or the text would become too long.
    """
    found = {word.id: word for word in _select_words(page, ids)}
    words = [found[key] for key in page_order.order_words(page, found)]
    if len(words) < 2 or any(word.locked for word in words):
        return Edit(message("Merge words"))
    boxes = [word.quad for word in words if word.has_box]
    quad = geometry.union_quad(boxes) if boxes else words[0].quad
    marks = {word.mark for word in words}
    sides = _merge_sides(words, quad)
    whole = Word(words[0].id, quad, TextSource.HUMAN, *sides, mark=marks.pop() if len(marks) == 1 else None)
    if len(whole.text) > LONGEST:
        return Edit(message("Merge words"))
    name = message_n("Merge words", "Merge {count} words", len(words))
    return Edit(name, {word.id: (word, None) for word in words} | {whole.id: (words[0], whole)})


def reread(
    page: Page,
    words: Sequence[Word],
    *,
    earlier: Sequence[Word] | None,
    keep: Collection[str] = (),
    left: Sequence[Word] = (),
) -> Edit:
    """Add words found by reading a page again, in parts; texts and boxes of the user stay.

    With the first part, all untouched words are removed, except those found again in the same place, which keep their
    ids. A word found in the place of a touched word is not added; its text becomes the recognized text of the touched
    word if that was not read before. A word without a box gets that of the same text found near it. The reading order
    is computed again, unless the user has arranged it.

    Args:
        page: The page as it is now.
        words: Words found in this part.
        earlier: Words found in earlier parts; None for the first part.
        keep: Ids of words that are treated as touched because they are being edited.
        left: Words as they were before the user deleted or moved them; words found there are skipped.
    """
    touched = [word for word in page.words.values() if word.touched or word.id in keep]
    stay = {word.id for word in touched}
    boxed, words = _box_typed_words([word for word in touched if not word.has_box], words)
    touched = [word for word in touched if word.has_box]
    places = _match_places(touched, words)
    fresh = [word for index, word in enumerate(words) if index not in places and word.id not in stay]
    before = [word for word in page.words.values() if earlier is None and word.id not in stay]
    changes: dict[str, tuple[Word | None, Word | None]] = {word.id: (word, None) for word in before}
    changes |= {key: (page.words[key], word) for key, word in boxed.items()}
    for word in _match_words(before, fresh, left=left, taken=stay):
        changes[word.id] = (page.words.get(word.id), word)
    hit = _group_by_place(places, words)
    near = _select_near([touched[place] for place in hit if touched[place].machine], earlier or ())
    sooner = _group_by_place(_match_places(touched, near), near)
    for place, here in hit.items():
        old, before_it = touched[place], sooner.get(place, [])
        mine = old.machine is None or (before_it and old.machine == _join_machine(before_it, old.quad))
        if mine and (reading := _join_machine([*before_it, *here], old.quad)):
            changes[old.id] = (old, replace(old, machine=reading))
    return Edit(message("Read photo"), changes, order=kept_order.reset_computed_order(page))


def _box_typed_words(unboxed: Sequence[Word], found: Sequence[Word]) -> tuple[dict[str, Word], list[Word]]:
    """Give words without a box those of the same text that were found near them.

    Returns:
        The words that got one, by id, and the found words that are left.
    """
    boxed: dict[str, Word] = {}
    left = list(found)
    for word in unboxed:
        reach = _NEAR * geometry.measure_size(word.quad)[1]
        near = [
            (math.dist(geometry.find_centre(word.quad), geometry.find_centre(other.quad)), index)
            for index, other in enumerate(left)
            if other.text == word.text
        ]
        distance, index = min(near, default=(math.inf, -1))
        if distance <= reach:
            other = left.pop(index)
            boxed[word.id] = replace(word, quad=other.quad, quad_source=other.quad_source, machine=other.machine)
    return boxed, left


def refresh(page: Page, words: Iterable[Word], *, name: Message | None = None) -> Edit:
    """Update the recognized texts of words, by id, if their boxes have not changed.

    Args:
        page: The page.
        words: The words as they are read now.
        name: The name of the change; by default that these words were read again.
    """
    pairs = [(page.words[word.id], word) for word in words if word.id in page.words]
    pairs = [(old, fresh) for old, fresh in pairs if old.quad == fresh.quad]
    olds = [old for old, _ in pairs]
    fresh_words = [replace(old, machine=fresh.machine) for old, fresh in pairs]
    return _make_edit(name or name_rereading(len(olds)), olds, fresh_words)


def name_rereading(words: int) -> Message:
    """Return the name of a change that reads so many words again."""
    return message_n("Read word again", "Read {count} words again", words)


def _merge_sides(words: Sequence[Word], quad: Quad) -> tuple[Transcription | None, Transcription | None]:
    """Merge the recognized and the user's texts of words, in their order."""
    read = split_words.join_readings([(word.quad, word.machine) for word in words if word.machine], quad)
    # What a person wrote before they set a word aside is not lost either.
    seen = [text for word in words if (text := word.human.text if word.human else word.text)]
    checked = [word.checked for word in words]
    # That nothing is written in one box says nothing of another that nobody has read.
    if all(checked) or (any(checked) and seen):
        return read, Transcription.by_human(one_line(" ".join(seen)))
    return read if seen else None, None


def _select_unlocked(page: Page, ids: Iterable[str]) -> list[Word]:
    """Return the words that are not locked."""
    return [word for word in _select_words(page, ids) if not word.locked]


def _select_words(page: Page, ids: Iterable[str]) -> list[Word]:
    return [page.words[key] for key in dict.fromkeys(ids) if key in page.words]


def _make_edit(name: StepName, words: Iterable[Word], after: Iterable[Word]) -> Edit:
    return Edit(name, {word.id: (word, new) for word, new in zip(words, after, strict=True)})


def _place_words(name: StepName, words: Sequence[Word], quads: Sequence[Quad]) -> Edit:
    pairs = [(word, quad) for word, quad in zip(words, quads, strict=True) if word.quad != quad]
    return Edit(name, {word.id: (word, replace(word, quad=quad, quad_source=TextSource.HUMAN)) for word, quad in pairs})


def _shorten(text: str) -> str:
    return text if len(text) <= 24 else text[:23] + "…"


def _new_id(page: Page) -> str:
    while (key := new_id()) in page.words:
        pass
    return key


def _limit_offset(page: Page, quads: Sequence[Quad], offset: Point, *, strictly: bool = False) -> Point:
    """Limit an offset so that quads stay on the photo. strictly: also pull back those that are outside."""
    if not quads:
        return offset
    left, top, right, bottom = zip(*(quad.bounds() for quad in quads), strict=True)
    sides = ((min(left), max(right), page.width, offset[0]), (min(top), max(bottom), page.height, offset[1]))
    dx, dy = (_limit_shift(*side, strictly=strictly) for side in sides)
    return dx, dy


def _limit_shift(low: float, high: float, length: float, by: float, *, strictly: bool) -> float:
    least, most = -low, length - high
    if not strictly:
        least, most = min(least, 0.0), max(most, 0.0)
    # What is longer than the photo stands at its beginning.
    return max(min(by, most), least)


def _join_machine(words: Sequence[Word], quad: Quad) -> Transcription | None:
    by_id = {word.id: word for word in words}
    found = [by_id[key] for key in reading_order.order_words(by_id.values())] if len(words) > 1 else words
    return split_words.join_readings([(word.quad, word.machine) for word in found if word.machine], quad)


def _match_words(
    before: Sequence[Word], found: Sequence[Word], *, left: Sequence[Word], taken: Collection[str]
) -> list[Word]:
    """Match found words with earlier ones; each best match updates the earlier word.

    Those that stand where one was left are not among them. taken: ids that no found word may have.
    """
    places = _match_places([*before, *left], found)
    again: dict[int, int] = {}
    for index, (place, _) in sorted(places.items(), key=lambda item: item[1][1], reverse=True):
        if place < len(before):
            again.setdefault(place, index)
    olds = {index: before[place] for place, index in again.items()}
    used = {old.id for old in olds.values()} | set(taken)
    words: list[Word] = []
    for index, word in enumerate(found):
        if old := olds.get(index):
            words.append(_update_reading(old, word))
        elif index not in places or places[index][0] < len(before):
            words.append(replace(word, id=new_id()) if word.id in used else word)
    return words


def _update_reading(old: Word, found: Word) -> Word:
    """Update the recognized text of a word; if only the time differs, the word stays unchanged."""
    when = old.machine.when if old.machine else None
    same = found.machine and old.machine == replace(found.machine, when=when)
    return replace(old, quad=found.quad, machine=old.machine if same else found.machine)


def _group_by_place(places: Mapping[int, tuple[int, float]], words: Sequence[Word]) -> dict[int, list[Word]]:
    """Group found words by the index of the old word in the same place."""
    found: dict[int, list[Word]] = {}
    for index, (place, _) in places.items():
        found.setdefault(place, []).append(words[index])
    return found


def _select_near(some: Sequence[Word], words: Sequence[Word]) -> list[Word]:
    """Return the words that may overlap any of ``some``."""
    if not some or not words:
        return []
    ours = np.array([word.quad.bounds() for word in words])[:, None]  # (words, 1, 4)
    theirs = np.array([word.quad.bounds() for word in some])
    touching = np.all((ours[..., :2] <= theirs[:, 2:]) & (ours[..., 2:] >= theirs[:, :2]), axis=2)
    return [words[index] for index in np.flatnonzero(np.any(touching, axis=1)).tolist()]


def _match_places(old: Sequence[Word], found: Sequence[Word]) -> dict[int, tuple[int, float]]:
    """Map the index of a found word to the old word that it overlaps most, and how much."""
    if not old or not found:
        return {}
    bounds = np.array([word.quad.bounds() for word in old])
    places: dict[int, tuple[int, float]] = {}
    for index, word in enumerate(found):
        left, top, right, bottom = word.quad.bounds()
        near = (bounds[:, 0] <= right) & (bounds[:, 2] >= left) & (bounds[:, 1] <= bottom) & (bounds[:, 3] >= top)
        shared = {place: _measure_shared(old[place].quad, word.quad) for place in np.flatnonzero(near).tolist()}
        best = max(shared, key=lambda place: shared[place], default=None)
        if best is not None and shared[best] > 0:
            places[index] = best, shared[best]
    return places


def _measure_shared(one: Quad, other: Quad) -> float:
    """Measure how much two boxes overlap; 0 if they are in different places."""
    if one == other:
        return 1.0
    share = float(geometry.compute_iou(one, other))
    if share > SAME_PLACE:
        return share
    inside = any(hit_tests.contains_point(a, geometry.find_centre(b)) for a, b in ((one, other), (other, one)))
    return max(share, 1e-9) if inside else 0.0
