"""What an export has written and what it has left out, and why; the counts add up."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from types import MappingProxyType
from typing import Final

from ocr_studio.core.dataset_files.values import Checked, Dataset
from ocr_studio.core.translation import later, later_n, tr, tr_n


class Reason(StrEnum):
    """Why a word is not in a dataset."""

    UNCHECKED = "unchecked"
    EMPTY = "empty"
    UNREADABLE = "unreadable"
    IGNORED = "ignored"
    OUTSIDE = "outside"
    LETTERS = "letters"
    NARROW = "narrow"
    CROWDED = "crowded"
    DUPLICATE = "duplicate"
    PHOTO = "photo"


REASONS: Final[Mapping[Reason, str]] = MappingProxyType(
    {
        Reason.UNCHECKED: later("nobody has checked it"),
        Reason.EMPTY: later("nothing is written there"),
        Reason.UNREADABLE: later("nobody can read it"),
        Reason.IGNORED: later("it is marked as not to count"),
        Reason.OUTSIDE: later("its box lies mostly outside the photo, or has no area"),
        Reason.LETTERS: later("it has letters outside the alphabet that was asked for"),
        Reason.NARROW: later(
            "its box is too narrow for so many letters: most often the writing is turned and the box is not"
        ),
        Reason.CROWDED: later("its box holds words of other lines, too"),
        Reason.DUPLICATE: later("it is there twice"),
        Reason.PHOTO: later("its photo is gone, damaged, or another one by now"),
    }
)
# The program turns boxes as it turns what it writes.
_DRAWN_NARROW: Final = later("its box is too narrow for so many letters")
RULES: Final[Mapping[str, str]] = MappingProxyType(
    {
        "page": later("whole photos are held out, so that none is on both sides"),
        "line": later("lines are held out, as there are at most two photos: the same hand and board on both sides"),
        "word": later("single words are held out, as there is no more than one line"),
        "sources": later("what is held out shares no font, hand or photo of a board with the rest"),
        "given": later("as the files say that were read"),
        "none": later("nothing can be held out, as there are fewer than two words"),
    }
)


_PHOTOS: Final = later_n(
    "boxes for a detector: {count} photo of which every word is checked",
    "boxes for a detector: {count} photos of which every word is checked",
)
_BOARDS: Final = later_n(
    "boxes for a detector: {count} board with the place of every word",
    "boxes for a detector: {count} boards with the place of every word",
)


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A word that is not in the dataset. page, word: ids in the project."""

    page: str
    image: str
    word: str
    text: str
    reason: Reason


@dataclass(frozen=True, slots=True)
class Report:
    """What came of an export.

    unit: what is counted, "words" or "lines". found: all there are; written: those in the dataset, of which corrected
    and confirmed, and of which train and held_out. pages: photos with anything known; pages_written: those with an
    example; boxes: photos whose every word is marked, for a detector. rule: of RULES. alphabet: characters of the
    labels, sorted. trouble: what could not be read at all, one line each. synthetic: the program has drawn it all.
    """

    folder: Path
    layout: str
    unit: str
    found: int
    written: int
    corrected: int
    confirmed: int
    train: int
    held_out: int
    pages: int
    pages_written: int
    boxes: int
    rule: str
    alphabet: str
    digest: str
    left_out: tuple[LeftOut, ...] = ()
    trouble: tuple[str, ...] = ()
    synthetic: bool = False

    @property
    def counts(self) -> dict[Reason, int]:
        """How many were left out for each reason, those of which there are none included."""
        counted = dict.fromkeys(Reason, 0)
        for each in self.left_out:
            counted[each.reason] += 1
        return counted

    @property
    def adds_up(self) -> bool:
        """Whether every word found was either written or left out for a reason."""
        return self.found == self.written + len(self.left_out) and self.written == self.train + self.held_out


def everything(report: Report) -> dict[str, object]:
    """The report as JSON for other programs has it."""
    return {
        "folder": str(report.folder),
        "layout": report.layout,
        "unit": report.unit,
        **values(report),
        "split": {"rule": report.rule, "train": report.train, "held-out": report.held_out},
        "alphabet": report.alphabet,
        "digest": report.digest,
        "trouble": list(report.trouble),
    }


def values(report: Report) -> dict[str, object]:
    """The counts as they stand in a manifest."""
    return {
        "found": report.found,
        "written": report.written,
        "corrected": report.corrected,
        "confirmed": report.confirmed,
        "left_out": {reason.value: count for reason, count in report.counts.items()},
        "pages": report.pages,
        "pages_written": report.pages_written,
        "boxes": report.boxes,
    }


def headline(report: Report) -> str:
    """How many were written, in one line for a person."""
    if report.unit == "lines":
        one, many = later_n("{written} of {count} line written", "{written} of {count} lines written")
    else:
        one, many = later_n("{written} of {count} word written", "{written} of {count} words written")
    return tr_n(one, many, report.found, written=report.written)


def facts(report: Report) -> list[str]:
    """What was written, for a person, a line for each fact."""
    lines = [
        tr(
            "{train} to learn from, {held_out} held out: {rule}",
            train=report.train,
            held_out=report.held_out,
            rule=tr(RULES[report.rule]),
        ),
        tr_n(*_BOARDS, report.boxes) if report.synthetic else tr_n(*_PHOTOS, report.boxes),
    ]
    if report.pages and not report.synthetic:  # not of a copy from a layout that says neither
        checked = tr_n(
            "{corrected} corrected, {confirmed} confirmed; from {written} of {count} photo",
            "{corrected} corrected, {confirmed} confirmed; from {written} of {count} photos",
            report.pages,
            corrected=report.corrected,
            confirmed=report.confirmed,
            written=report.pages_written,
        )
        lines.insert(0, checked)
    if report.alphabet:
        characters = tr_n(
            "{count} character: {characters}",
            "{count} different characters: {characters}",
            len(report.alphabet),
            characters=report.alphabet,
        )
        lines.append(characters)
    return lines


def reasons(report: Report) -> list[tuple[int, str]]:
    """How many were left out and why, for a person; those reasons only that there were."""
    said = {**REASONS, Reason.NARROW: _DRAWN_NARROW} if report.synthetic else REASONS
    return [(count, tr(said[reason])) for reason, count in report.counts.items() if count]


def render(report: Report) -> list[str]:
    """The report for a person, a line for each fact."""
    left_out = [f"{count} left out: {why}" for count, why in reasons(report)]
    return [f"{headline(report)} to {report.folder}", *(f"  {line}" for line in (*facts(report), *left_out))]


def contents(found: Dataset) -> dict[str, object]:
    """What is in a dataset that was read, as JSON for other programs has it."""
    return {
        "folder": str(found.folder),
        "layout": found.layout,
        "unit": found.unit,
        "examples": len(found.examples),
        "corrected": sum(each.checked is Checked.CORRECTED for each in found.examples),
        "confirmed": sum(each.checked is Checked.CONFIRMED for each in found.examples),
        "boxes": len(found.pages),
        "split": {"rule": found.rule, "train": len(found.train), "held-out": len(found.held_out)},
        "alphabet": found.alphabet,
        "digest": found.digest,
        "trouble": list(found.trouble),
    }


def render_contents(found: Dataset) -> list[str]:
    """What is in a dataset that was read, for a person, a line for each fact."""
    return [
        f"{len(found.examples)} {found.unit} in {found.folder}, layout {found.layout}",
        f"  {len(found.train)} to learn from, {len(found.held_out)} held out: {RULES[found.rule]}",
        f"  boxes for a detector: {_counted(len(found.pages), 'photo')} of which every word is marked",
        f"  {len(found.alphabet)} different characters: {found.alphabet}",
    ]


def _counted(count: int, noun: str) -> str:
    return f"{count} {noun}{'' if count == 1 else 's'}"
