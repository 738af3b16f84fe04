"""Edits of the page's text as a whole: what the user typed into it becomes a change of the words.

The edited part is aligned with the words that it had (``token_alignment``). A changed token changes the text of its
word, a space typed within a token splits the box, two joined tokens merge their boxes, a deleted token deletes its
word, and typed line breaks change the reading order. A token that belongs to no box becomes a word without one, see
``Word.has_box``. All other words keep their ids, boxes, texts and order.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise
from typing import Final

from ocr_studio.core.editing import edits, split_words, token_alignment
from ocr_studio.core.editing.page_text import PageText, Token, find_tokens, shown_text
from ocr_studio.core.geometry import quads as geometry
from ocr_studio.core.page import Edit, OrderChange, Page, StepName, TextSource, Transcription, Word, WordOrder, new_id
from ocr_studio.core.reading_order import page_order, unboxed_words
from ocr_studio.core.reading_order.places import BLOCK, LINE, SAME, Place, compose_lines
from ocr_studio.core.translation import message, message_n

# Boxes are merged if no wider blank is between them, in heights of the letters.
_WIDEST: Final = 2.0


def rewrite(
    page: Page,
    text: str,
    *,
    shown: PageText | None = None,
    kept: tuple[int, int] | None = None,
    cut: Collection[Word] | None = None,
    ids: Mapping[str, str] | None = None,
) -> Edit:
    """Give a page another text.

    Args:
        page: The page.
        text: The new text. Additional spaces and empty lines in it have no meaning.
        shown: ``PageText.of(page)``, if it is known.
        kept: How many characters at the beginning and at the end of the text that the page had the user has left
            alone; by default all that are the same. It tells which of two equal words was deleted.
        cut: Words that were deleted before. If given, new tokens may be words that were deleted, in this edit or
            before, and keep their boxes.
        ids: Ids for new words, by their texts, as far as they are known.

    Returns:
        The edit, with its reading order; empty if the text is the same but for white space.
    """
    return _Rewriting(page, shown or PageText.of(page), text, kept, cut, ids or {}).edit()


def difference(page: Page, target: Page) -> Edit:
    """Return the edit that leads from a page to another state of it. Texts typed again at another time are the same."""
    changes: dict[str, tuple[Word | None, Word | None]] = {}
    for key in page.words.keys() | target.words.keys():
        before, after = page.words.get(key), target.words.get(key)
        if before != after and not (before and after and _is_same(before, after)):
            changes[key] = before, after
    order = OrderChange.between(page.order, target.order)
    return Edit(_name(changes), changes, order=order) if changes or order else Edit("")


def _is_same(one: Word, other: Word) -> bool:
    if one.human is None or other.human is None:
        return False
    return replace(one, human=replace(one.human, when=other.human.when)) == other


def _name(changes: Mapping[str, tuple[Word | None, Word | None]]) -> StepName:
    pairs = list(changes.values())
    if len(pairs) == 1 and pairs[0][0] and pairs[0][1]:
        return edits.name_text_change(pairs[0][1].text)
    if pairs and all(after is None for _, after in pairs):
        return message_n("Delete word", "Delete {count} words", len(pairs))
    return message("Edit text")


@dataclass
class _Item:
    """Words, and the tokens that they become, as ranges of the edited part."""

    words: list[str]
    new: range


@dataclass
class _Part:
    """A word of the edited part as it becomes; without a word, text whose place on the photo is still to be found."""

    text: str
    follows: int
    word: Word | None = None


@dataclass
class _Rewriting:
    page: Page
    shown: PageText
    text: str
    kept: tuple[int, int] | None
    cut: Collection[Word] | None
    ids: Mapping[str, str]
    used: set[str] = field(default_factory=set)
    emptied: dict[str, Word] = field(default_factory=dict)

    def edit(self) -> Edit:
        """Return the edit."""
        before = self.shown
        old, new = find_tokens(before.text), find_tokens(self.text)
        owners = _find_owners(before, old)
        head, tail = _find_kept(old, new, self.kept and (self.kept[0], len(before.text) - self.kept[1]))
        while 0 < head < len(old) and owners[head - 1] == owners[head]:
            head -= 1
        while 0 < tail < len(old) and owners[-tail - 1] == owners[-tail]:
            tail -= 1
        end = len(old) - tail
        typed = new[head : len(new) - tail]
        items = _join_items(old[head:end], owners[head:end], typed)
        counts = Counter(owners)
        parts = [part for item in items for part in self._become(item, typed, counts)]
        ahead, behind = _find_places(old[:head], owners), _find_places(old[end:], owners[end:])
        if behind:
            behind[0] = replace(behind[0], follows=new[-tail].follows)
        if self.cut is not None:
            self._find_moved(owners[head:end], parts)
        self._place_unboxed(ahead, parts, behind)
        words = {part.word.id: part.word for part in parts if part.word} | self.emptied
        changes = {key: (self.page.words.get(key), words.get(key)) for key in {*owners[head:end], *words}}
        changes = {key: pair for key, pair in changes.items() if pair[0] != pair[1]}
        wanted = [*ahead, *(Place(part.word.id, part.follows) for part in parts if part.word), *behind]
        edit = Edit(_name(changes), changes)
        return replace(edit, order=self._order(edit, _find_places(old, owners), wanted))

    def _become(self, item: _Item, typed: Sequence[Token], counts: Mapping[str, int]) -> list[_Part]:
        """Return what the words of an item become."""
        tokens = [typed[index] for index in item.new]
        words = [self.page.words[key] for key in item.words]
        if not tokens:
            self._empty_locked(words)
            return []
        whole = self._merge(words) if len(words) > 1 else words[0] if words else None
        apart = len(words) == 1 and counts[words[0].id] == 1 and not words[0].locked
        parts: list[_Part] = []
        for token in tokens:
            if not parts or apart or token.follows != SAME:
                parts.append(_Part(token.text, token.follows))
            else:
                parts[-1].text += f" {token.text}"
        pieces = self._cut_box(whole, [part.text for part in parts]) if whole else []
        for part, piece in zip(parts, pieces, strict=False):
            part.word = _with_text(piece, part.text)
        return parts

    def _empty_locked(self, words: Sequence[Word]) -> None:
        """Locked boxes stay, with the statement that nothing is written there."""
        for word in words:
            if word.locked:
                self.emptied[word.id] = _with_text(word, "")

    def _merge(self, words: Sequence[Word]) -> Word | None:
        """Return one word in place of several; None if their boxes are not beside each other."""
        if locked := next((word for word in words if word.locked), None):
            self._empty_locked([word for word in words if word is not locked])
            return locked
        boxed = [word for word in words if word.has_box]
        if len(boxed) < 2:
            return boxed[0] if boxed else words[0]
        if not all(page_order.is_beside(*pair, widest=_WIDEST) for pair in pairwise(boxed)):
            return None
        edit = edits.merge(self.page, [word.id for word in boxed])
        return next((after for _, after in edit.changes.values() if after), None)

    def _cut_box(self, word: Word, texts: Sequence[str]) -> list[Word]:
        """Return the parts of a word; only itself if its box can't be split."""
        if word.locked or not word.has_box:
            return [word]
        found: list[Word] = []
        rest = word
        for number, text in enumerate(texts[:-1], start=1):
            letter = token_alignment.find_cut(rest.text, text, " ".join(texts[number:]))
            place = split_words.find_cut_place(rest, None, letter) or split_words.find_cut_place(
                rest, len(text) / len(" ".join(texts[number - 1 :])), None
            )
            if place is None:
                break
            quads = geometry.split_quad(rest.quad, place.fraction)
            halves = [
                Word(key, quad, TextSource.HUMAN, *split_words.make_part(rest, place, last=last))
                for key, quad, last in ((rest.id, quads[0], False), (self._new_id(texts[number]), quads[1], True))
            ]
            found.append(halves[0])
            rest = halves[1]
        return [*found, rest]

    def _find_moved(self, words: Collection[str], parts: list[_Part]) -> None:
        """Find words that were deleted among the new tokens: they have only moved in the text."""
        there = {part.word.id for part in parts if part.word}
        gone = [self.page.words[key] for key in words if key not in there and key not in self.emptied]
        gone += [word for word in self.cut or () if word.id not in self.page.words]
        by_text = {shown_text(word): word for word in reversed(gone) if word.text}
        most = max((len(text.split()) for text in by_text), default=0)
        start = 0
        while start < len(parts):
            for end in range(min(start + most, len(parts)), start, -1):
                some = parts[start:end]
                text = " ".join(part.text for part in some)
                if text in by_text and not any(part.word or (part.follows and part is not some[0]) for part in some):
                    parts[start:end] = [_Part(text, some[0].follows, by_text.pop(text))]
                    break
            start += 1

    def _order(self, edit: Edit, shown: list[Place], wanted: list[Place]) -> tuple[OrderChange, ...]:
        """Return what the edit does to the order, if the words in the text are to follow each other as wanted."""
        if wanted == shown and (page_order.is_kept(self.page) or page_order.keeps_order(edit)):
            return ()
        now = page_order.find_places(self.page)
        texts = {key: after for key, (_, after) in edit.changes.items()}
        gone = {key for key, after in texts.items() if after is None}
        after = now if wanted == shown else _add_textless(now, gone, wanted)
        arranged = self.page.order.arranged or _joints(shown, texts) != _joints(wanted, texts, known=self.page.words)
        return OrderChange.between(self.page.order, WordOrder(compose_lines(after), arranged and bool(after)))

    def _place_unboxed(self, ahead: Sequence[Place], parts: list[_Part], behind: Sequence[Place]) -> None:
        """Place text without a box between its neighbours."""
        if all(part.word for part in parts):
            return
        words = self.page.words
        line = [
            *((words[place.id].quad, place.follows) for place in ahead),
            *((part.word.quad if part.word else None, part.follows) for part in parts),
            *((words[place.id].quad, place.follows) for place in behind),
        ]
        quads = unboxed_words.place(line, self.page.width, self.page.height)
        for part, quad in zip(parts, quads[len(ahead) :], strict=False):
            if part.word is None:
                human = Transcription.by_human(part.text)
                part.word = Word(self._new_id(part.text), quad, TextSource.HUMAN, human=human)

    def _new_id(self, text: str) -> str:
        key = self.ids.get(text)
        while key is None or key in self.used or key in self.page.words:
            key = new_id()
        self.used.add(key)
        return key


def _with_text(word: Word, text: str) -> Word:
    if shown_text(word) == text and (text or word.human):
        return word
    return replace(word, human=Transcription.by_human(text), mark=None)


def _find_owners(shown: PageText, tokens: Sequence[Token]) -> list[str]:
    """Return the word of each token."""
    return [shown.ids[bisect_right(shown.starts, token.start) - 1] for token in tokens]


def _find_places(tokens: Sequence[Token], owners: Sequence[str]) -> list[Place]:
    """Return the words of tokens, and how each follows the one before it."""
    follows: dict[str, int] = {}
    for token, owner in zip(tokens, owners, strict=False):
        follows.setdefault(owner, token.follows)
    return [Place(*each) for each in follows.items()]


def _find_kept(old: Sequence[Token], new: Sequence[Token], kept: tuple[int, int] | None) -> tuple[int, int]:
    """Find how many tokens are the same at the beginning and at the end.

    Args:
        old: The tokens before.
        new: The tokens after.
        kept: Where the first kept part ends in the old text, and where the last one begins; None if not known.
    """
    most = min(len(old), len(new))
    head = 0
    while head < most:
        one, other = old[head], new[head]
        if kept and (one.end > kept[0] or (one.start, one.end) != (other.start, other.end)):
            break
        if (one.text, one.follows) != (other.text, other.follows):
            break
        head += 1
    tail, last = 0, (old[-1].end - new[-1].end) if most else 0
    while tail < most - head:
        one, other = old[-1 - tail], new[-1 - tail]
        if kept and (one.start < kept[1] or (one.start - other.start, one.end - other.end) != (last, last)):
            break
        if one.text != other.text or (tail and old[-tail].follows != new[-tail].follows):
            break
        tail += 1
    return head, tail


def _join_items(old: Sequence[Token], owners: Sequence[str], new: Sequence[Token]) -> list[_Item]:
    """Align tokens, and join what became of the tokens of one word."""
    found: list[_Item] = []
    for group in token_alignment.align([token.text for token in old], [token.text for token in new]):
        item = _Item(list(dict.fromkeys(owners[index] for index in group.old)), group.new)
        same = next((at for at, other in enumerate(found) if other.words[-1:] == item.words[:1] != []), None)
        if same is not None:
            item = _Item(
                list(dict.fromkeys(key for other in (*found[same:], item) for key in other.words)),
                range(found[same].new.start, item.new.stop),
            )
            del found[same:]
        found.append(item)
    return found


def _joints(
    places: Sequence[Place], texts: Mapping[str, Word | None], known: Collection[str] | None = None
) -> list[tuple[str, int]]:
    """Return the words that stay in the text, and how each is separated from the one before it."""
    found: list[tuple[str, int]] = []
    waiting = SAME
    for place in places:
        waiting = max(waiting, place.follows)
        word = texts.get(place.id)
        if (known is None or place.id in known) and (place.id not in texts or (word and word.text)):
            found.append((place.id, waiting if found else BLOCK))
            waiting = SAME
    return found


def _add_textless(now: Sequence[Place], gone: Collection[str], wanted: Sequence[Place]) -> list[Place]:
    """Add the words without text to a new order of the others: each stays with the word beside it.

    Args:
        now: All words in their order.
        gone: The words of these that are deleted.
        wanted: The new order of the words in the text.
    """
    there = {place.id for place in wanted}
    before: dict[str, list[str]] = {}  # in the line, by the word after them
    after: dict[str, list[str]] = {}  # in the line, by the word before them
    lines: dict[str, list[Place]] = {}  # lines without text, by the last word before them
    last = ""
    for line in compose_lines([place for place in now if place.id not in gone]):
        leading: list[str] = []
        anchor = ""
        for key in line:
            if key in there:
                before[key], leading = leading, []
                anchor = last = key
            elif anchor:
                after.setdefault(anchor, []).append(key)
            else:
                leading.append(key)
        lines.setdefault(last, []).extend(Place(key, SAME if number else LINE) for number, key in enumerate(leading))
    found: list[Place] = lines.get("", [])
    waiting: list[Place] = []
    for place in wanted:
        if place.follows != SAME:
            found, waiting = [*found, *waiting], []
        row = [*before.get(place.id, ()), place.id, *after.get(place.id, ())]
        found += [Place(key, SAME if number else place.follows) for number, key in enumerate(row)]
        waiting += lines.get(place.id, [])
    return [*found, *waiting]
