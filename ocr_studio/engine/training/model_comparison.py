"""Comparison of two recognizers on the same words, with confidence intervals."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

from ocr_studio.core.evaluation import metrics
from ocr_studio.core.language.charset import normalize_text
from ocr_studio.core.training.events import HeldOutSample, Interval, ReadingScore, RecognizerComparison
from ocr_studio.engine.training.training_data import TrainingExample

Counts: TypeAlias = NDArray[np.int64]

# Bootstrap samples; the bounds of an interval are accurate to about a twentieth of its width.
_SAMPLES: Final = 2000


def compare_readings(
    examples: Sequence[TrainingExample],
    read: tuple[Sequence[str], Sequence[str]],
    keep: Sequence[TrainingExample],
    keep_read: tuple[Sequence[str], Sequence[str]],
    *,
    unit: str = "words",
) -> RecognizerComparison:
    """Compare the readings of held-out and of general words, or lines, by the old and by the new model."""
    texts = [normalize_text(example.text) for example in examples]
    keep_texts = [normalize_text(example.text) for example in keep]
    before, after = (_edit_distances(texts, side) for side in read)
    keep_before, keep_after = (_edit_distances(keep_texts, side) for side in keep_read)
    changed = [
        HeldOutSample(example.name, text, old, new, example.place)
        for example, text, old, new in zip(examples, texts, *read, strict=True)
    ]
    return RecognizerComparison(
        before=_summarize(texts, before),
        after=_summarize(texts, after),
        change=_interval(texts, after - before),
        keep_before=_summarize(keep_texts, keep_before),
        keep_after=_summarize(keep_texts, keep_after),
        keep_change=_interval(keep_texts, keep_after - keep_before),
        gained=tuple(word for word in changed if word.before != word.truth == word.now),
        lost=tuple(word for word in changed if word.before == word.truth != word.now),
        unit=unit,
    )


def score_readings(examples: Sequence[TrainingExample], read: Sequence[str]) -> ReadingScore:
    """Return how well words, or lines, were read."""
    texts = [normalize_text(example.text) for example in examples]
    return _summarize(texts, _edit_distances(texts, read))


def character_error_rate(examples: Sequence[TrainingExample], read: Sequence[str]) -> float | None:
    """Return the character error rate; None without characters."""
    texts = [normalize_text(example.text) for example in examples]
    length = sum(map(len, texts))
    return float(_edit_distances(texts, read).sum()) / length if length else None


def _edit_distances(texts: Sequence[str], read: Sequence[str]) -> Counts:
    """Return the edit distance of each text, (N,)."""
    return metrics.edit_distances(list(zip(texts, map(normalize_text, read), strict=True)))


def _summarize(texts: Sequence[str], edits: Counts) -> ReadingScore:
    length = sum(map(len, texts))
    return ReadingScore(len(texts), int((edits == 0).sum()), float(edits.sum()) / length if length else 0.0)


def _interval(texts: Sequence[str], change: Counts) -> Interval:
    """Return the confidence interval of the change of the CER by bootstrap over the words, with a fixed seed."""
    lengths = np.array([len(text) for text in texts], np.int64)
    if not lengths.sum():
        return Interval(0.0, 0.0)
    rng = np.random.default_rng(0)
    rates = []
    for _ in range(_SAMPLES):  # one by one, as a large dataset would fill the memory at once
        chosen = rng.integers(len(texts), size=len(texts))
        rates.append(change[chosen].sum() / max(lengths[chosen].sum(), 1))
    low, high = np.quantile(rates, (0.025, 0.975))
    return Interval(float(low), float(high))
