"""How well a model reads the pictures of a dataset: figures for each side of it, and every word read wrongly."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from ocr_studio.core.dataset_files.values import Dataset, Example, Split
from ocr_studio.core.evaluation.metrics import TextErrors
from ocr_studio.core.evaluation.table import format_percent
from ocr_studio.core.formats.names import format_photo_name

SIDES: Final = ((Split.HELD_OUT, "held out"), (Split.TRAIN, "training"))
# More of them are in JSON.
_SHOWN: Final = 40


@dataclass(frozen=True, slots=True)
class ReadExample:
    """An example and what was read on its picture, with the recognizer's confidence 0..1."""

    example: Example
    read: str
    confidence: float | None = None


@dataclass(frozen=True, slots=True)
class WordsEvaluation:
    """All examples, read by one model. left_out: those that could not be, one line each."""

    dataset: Dataset
    model: str
    words: tuple[ReadExample, ...]
    left_out: tuple[str, ...] = ()

    def errors(self, split: Split | None = None) -> TextErrors:
        """Of one side, or of all."""
        some = [each for each in self.words if split in (None, each.example.split)]
        return TextErrors.of([(each.example.text, each.read) for each in some])

    @property
    def wrong(self) -> tuple[ReadExample, ...]:
        """The words that were read otherwise, held-out ones first."""
        found = [each for each in self.words if each.read != each.example.text]
        return tuple(sorted(found, key=lambda each: each.example.split is not Split.HELD_OUT))


def to_values(evaluation: WordsEvaluation) -> dict[str, object]:
    """As JSON for other programs has it."""
    return {
        "data": str(evaluation.dataset.folder),
        "model": evaluation.model,
        "layout": evaluation.dataset.layout,
        "unit": evaluation.dataset.unit,
        **{split.value: _list_figures(evaluation.errors(split)) for split, _ in SIDES},
        "all": _list_figures(evaluation.errors()),
        "mistakes": [_mistake_values(each) for each in evaluation.wrong],
        "left_out": list(evaluation.left_out),
    }


def render(evaluation: WordsEvaluation) -> list[str]:
    """A table for people, then the words that were read wrongly."""
    found = evaluation.dataset
    model = evaluation.model or "an unknown model"
    lines = [
        f"{format_photo_name(str(found.folder))}, images of {found.unit} read by {model}",
        "",
        f"{'':16}{found.unit:>8}{'correct':>10}{'CER':>10}",
    ]
    rows = [(title, evaluation.errors(split)) for split, title in SIDES]
    if all(errors.pairs for _, errors in rows):
        rows.append(("all", evaluation.errors()))
    lines += [_render_row(title, errors) for title, errors in rows if errors.pairs]
    return [*lines, *_render_wrong(evaluation.wrong)]


def _render_row(title: str, errors: TextErrors) -> str:
    right = None if errors.wer is None else 1 - errors.wer
    return f"{title:16}{errors.pairs:>8}{format_percent(right):>10}{format_percent(errors.cer):>10}"


def _render_wrong(wrong: Sequence[ReadExample]) -> Iterable[str]:
    if wrong:
        yield ""
        yield "misread:"
    for each in wrong[:_SHOWN]:
        side = "" if each.example.split is Split.HELD_OUT else "  (training)"
        yield f"  {each.example.text} → {each.read or '(nothing)'}  {each.example.crop or each.example.photo}{side}"
    if len(wrong) > _SHOWN:
        yield f"  and {len(wrong) - _SHOWN} more; --format json has all of them"


def _list_figures(errors: TextErrors) -> dict[str, object]:
    return {
        "words": errors.pairs,
        "right": errors.pairs - errors.wrong,
        "cer": errors.cer,
        "wer": errors.wer,
        "mean_edit_distance": errors.mean_distance,
        "normalised_edit_distance": errors.normalised_distance,
    }


def _mistake_values(each: ReadExample) -> dict[str, object]:
    example = each.example
    return {
        "crop": example.crop or None,
        "photo": example.photo or None,
        "image": example.image or None,
        "word": example.word or None,
        "split": example.split.value,
        "wanted": example.text,
        "read": each.read,
        "confidence": each.confidence,
    }
