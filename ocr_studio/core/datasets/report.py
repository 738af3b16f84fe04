"""The report of an export: what was written, and what was skipped and why."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from types import MappingProxyType
from typing import Final

from ocr_studio.core.dataset_files.values import CheckKind, Dataset
from ocr_studio.core.translation import later, later_n, tr, tr_n
from ocr_studio.core.units import counted


class Reason(StrEnum):
    """Why a word is not in a dataset."""

    UNCHECKED = "unchecked"
    EMPTY = "empty"
    UNREADABLE = "unreadable"
    IGNORED = "ignored"
    UNBOXED = "without box"
    OUTSIDE = "outside"
    LETTERS = "letters"
    NARROW = "narrow"
    CROWDED = "crowded"
    DUPLICATE = "duplicate"
    PHOTO = "photo"


REASONS: Final[Mapping[Reason, str]] = MappingProxyType(
    {
        Reason.UNCHECKED: later("not checked"),
        Reason.EMPTY: later("no text"),
        Reason.UNREADABLE: later("unreadable"),
        Reason.IGNORED: later("ignored"),
        Reason.UNBOXED: later("text without a box on the photo"),
        Reason.OUTSIDE: later("the box is mostly outside the photo or has no area"),
        Reason.LETTERS: later("characters outside the chosen alphabet"),
        Reason.NARROW: later("the box is too narrow for the text; often the writing is rotated but the box is not"),
        Reason.CROWDED: later("the box contains words of other lines, too"),
        Reason.DUPLICATE: later("duplicate"),
        Reason.PHOTO: later("the photo is missing, damaged or has changed"),
    }
)
# The program turns boxes as it turns what it writes.
_DRAWN_NARROW: Final = later("the box is too narrow for the text")
RULES: Final[Mapping[str, str]] = MappingProxyType(
    {
        "page": later("whole photos are held out"),
        "line": later("lines are held out because there are at most two photos"),
        "word": later("single words are held out because there is only one line"),
        "sources": later("held-out words use different fonts, writers and photos of boards"),
        "given": later("as specified in the files"),
        "none": later("no words are held out because there are fewer than two"),
    }
)


_PHOTOS: Final = later_n(
    "boxes for a detector: {count} photo with every word checked",
    "boxes for a detector: {count} photos with every word checked",
)
_BOARDS: Final = later_n(
    "boxes for a detector: {count} board",
    "boxes for a detector: {count} boards",
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
    unchecked: unchecked words that go along, counted nowhere else; None if they weren't asked for.
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
    unchecked: int | None = None

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


def report_values(report: Report) -> dict[str, object]:
    """The report as JSON for other programs has it."""
    return {
        "folder": str(report.folder),
        "layout": report.layout,
        "unit": report.unit,
        **manifest_values(report),
        "unchecked": report.unchecked,
        "split": {"rule": report.rule, "train": report.train, "held-out": report.held_out},
        "alphabet": report.alphabet,
        "digest": report.digest,
        "trouble": list(report.trouble),
    }


def manifest_values(report: Report) -> dict[str, object]:
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


def format_headline(report: Report) -> str:
    """The number of exported words, one line."""
    if report.unit == "lines":
        one, many = later_n("{written} of {count} line written", "{written} of {count} lines written")
    else:
        one, many = later_n("{written} of {count} word written", "{written} of {count} words written")
    return tr_n(one, many, report.found, written=report.written)


def list_facts(report: Report) -> list[str]:
    """The contents of the export, a line for each fact."""
    lines = [
        tr(
            "{train} for training, {held_out} held out: {rule}",
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
    if report.unchecked is not None:
        lines.append(_describe_unchecked(report.unchecked))
    if report.alphabet:
        characters = tr_n(
            "{count} character: {characters}",
            "{count} different characters: {characters}",
            len(report.alphabet),
            characters=report.alphabet,
        )
        lines.append(characters)
    return lines


def _describe_unchecked(count: int) -> str:
    return tr_n(
        "{count} unchecked word that was read with certainty, for training only",
        "{count} unchecked words that were read with certainty, for training only",
        count,
    )


def list_reasons(report: Report) -> list[tuple[int, str]]:
    """The number of skipped words for each reason that occurred."""
    said = {**REASONS, Reason.NARROW: _DRAWN_NARROW} if report.synthetic else REASONS
    return [(count, tr(said[reason])) for reason, count in report.counts.items() if count]


def render(report: Report) -> list[str]:
    """The report as text, a line for each fact."""
    left_out = [f"{count} skipped: {why}" for count, why in list_reasons(report)]
    return [
        f"{format_headline(report)} to {report.folder}",
        *(f"  {line}" for line in (*list_facts(report), *left_out)),
    ]


def dataset_values(found: Dataset) -> dict[str, object]:
    """What is in a dataset that was read, as JSON for other programs has it."""
    return {
        "folder": str(found.folder),
        "layout": found.layout,
        "unit": found.unit,
        "examples": len(found.examples),
        "corrected": sum(each.checked is CheckKind.CORRECTED for each in found.examples),
        "confirmed": sum(each.checked is CheckKind.CONFIRMED for each in found.examples),
        "boxes": len(found.pages),
        "unchecked": len(found.unchecked),
        "split": {"rule": found.rule, "train": len(found.train), "held-out": len(found.held_out)},
        "alphabet": found.alphabet,
        "digest": found.digest,
        "trouble": list(found.trouble),
    }


def render_dataset(found: Dataset) -> list[str]:
    """What is in a dataset that was read, for a person, a line for each fact."""
    return [
        f"{counted(len(found.examples), found.unit.removesuffix('s'))} in {found.folder}, layout {found.layout}",
        f"  {len(found.train)} for training, {len(found.held_out)} held out: {RULES[found.rule]}",
        f"  boxes for a detector: {counted(len(found.pages), 'fully marked photo')}",
        *([f"  {_describe_unchecked(len(found.unchecked))}"] if found.unchecked else []),
        f"  {counted(len(found.alphabet), 'different character')}: {found.alphabet}",
    ]
