"""What came of a training, in plain words and in exact figures: the same for the window and the command line."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass

from ocr_studio.core.training import Comparison, Interval, Reading, Sample, Trained

_TITLES = {
    "better": "It reads your writing better",
    "worse": "It got worse",
    "no clear difference": "No clear difference",
    None: "Nobody can tell whether it helped",
}
_MINUS = "\u2212"


@dataclass(frozen=True, slots=True)
class Row:
    """One figure: before, after, and how much it changed, with 95 % certainty between the two values said."""

    title: str
    before: str
    after: str
    change: str


def title(comparison: Comparison) -> str:
    """The verdict in a few words; worse is called worse."""
    if comparison.verdict == "worse" and comparison.change.low <= 0:
        return "It forgot too much of other writing"
    return _TITLES[comparison.verdict]


def sentence(comparison: Comparison) -> str:
    """What was measured, as one says it."""
    before, after = comparison.before, comparison.after
    if before.words == 0:
        return "No word was held out, so there is nothing to compare on."
    seen = "On 1 word" if before.words == 1 else f"On {before.words} words"
    old, new = _wrong(before), _wrong(after)
    if old == new:
        return f"{seen} it had not seen it makes {_mistakes(new)}, as many as before."
    return f"{seen} it had not seen it makes {_mistakes(new)} instead of {old}."


def advice(comparison: Comparison) -> str:
    """What a person had best do."""
    if comparison.verdict == "better":
        return "Keep it, and it reads from now on. You can go back at any time."
    if comparison.verdict == "worse":
        return "Better discard it. The model before is as it was."
    if comparison.verdict is None:
        return "Correct a few more words, so that some can be held out to measure by."
    return (
        f"{comparison.before.words} words are too few to be sure of so small a difference."
        " Correct some more, and learn again."
    )


def rows(comparison: Comparison) -> tuple[Row, ...]:
    """The exact figures, of words held out and of general ones."""
    found: list[Row] = []
    for of, before, after, change in (
        ("held-out words", comparison.before, comparison.after, comparison.change),
        ("general words", comparison.keep_before, comparison.keep_after, comparison.keep_change),
    ):
        if before.words:
            found += _rows(of, before, after, change)
    return tuple(found)


def render(trained: Trained) -> list[str]:
    """The comparison for a terminal, a line for each fact."""
    comparison = trained.comparison
    lines = [f"{title(comparison)}. {sentence(comparison)}"]
    table = [("", "before", "after", "change (95 %)")]
    table += [(row.title, row.before, row.after, row.change) for row in rows(comparison)]
    if len(table) > 1:
        widths = [max(len(row[column]) for row in table) for column in range(4)]
        lines += [
            f"  {row[0]:<{widths[0]}}  {row[1]:>{widths[1]}}  {row[2]:>{widths[2]}}  {row[3]}".rstrip() for row in table
        ]
    for what, samples in (("gained", comparison.gained), ("lost", comparison.lost)):
        lines += [f"  {what}: “{each.truth}”, read “{each.before}” before, “{each.now}” now" for each in samples]
    stopped = {"": "", "early": ", stopped as it gained no more", "asked": ", stopped when asked to"}
    lines.append(f"{trained.steps} steps in {trained.seconds:.0f} s{stopped.get(trained.stopped, '')}")
    return lines


def values(trained: Trained) -> dict[str, object]:
    """The same for other programs."""
    comparison = trained.comparison
    return {
        "verdict": comparison.verdict,
        "held_out": _values(comparison.before, comparison.after, comparison.change),
        "general": _values(comparison.keep_before, comparison.keep_after, comparison.keep_change),
        "gained": _samples(comparison.gained),
        "lost": _samples(comparison.lost),
    }


def percent(share: float) -> str:
    """A share as it is written, "12.3 %"."""
    return f"{share * 100:.1f} %"


def _rows(of: str, before: Reading, after: Reading, change: Interval) -> list[Row]:
    wrong = _wrong(after) - _wrong(before)
    points = (after.cer - before.cer) * 100
    sure = f" ({_signed(change.low * 100, 1)} … {_signed(change.high * 100, 1)})"
    return [
        Row(
            f"{of} read wrongly",
            f"{_wrong(before)} of {before.words}",
            f"{_wrong(after)} of {after.words}",
            _signed(wrong, 0),
        ),
        Row(
            f"letters wrong in {of}",
            percent(before.cer),
            percent(after.cer),
            f"{_signed(points, 1)} points{sure}",
        ),
    ]


def _signed(value: float, digits: int) -> str:
    text = f"{abs(value):.{digits}f}"
    if float(text) == 0:
        return text
    return f"{_MINUS if value < 0 else '+'}{text}"


def _wrong(reading: Reading) -> int:
    return reading.words - reading.right


def _mistakes(count: int) -> str:
    return "no mistakes" if count == 0 else "1 mistake" if count == 1 else f"{count} mistakes"


def _values(before: Reading, after: Reading, change: Interval) -> dict[str, object] | None:
    if before.words == 0:
        return None
    return {
        "words": before.words,
        "right": {"before": before.right, "after": after.right},
        "cer": {"before": before.cer, "after": after.cer, "change_95": [change.low, change.high]},
    }


def _samples(samples: Sequence[Sample]) -> list[dict[str, object]]:
    return [asdict(each) for each in samples]
