"""What came of a training, in plain words and in exact figures: the same for the window and the command line."""

from __future__ import annotations

import math
from dataclasses import asdict, dataclass
from typing import Final, TypeAlias

from ocr_studio.core import dataset_split
from ocr_studio.core.detector_training import DetectorTrained, FindingComparison, PlaceOfWord
from ocr_studio.core.metrics import Score
from ocr_studio.core.training import Comparison, Interval, Reading, Sample, Trained

AnyTrained: TypeAlias = Trained | DetectorTrained
AnyComparison: TypeAlias = Comparison | FindingComparison

_MINUS = "\u2212"
# Words that a terminal is shown; other programs get all.
_LISTED = 20
# Nobody corrects more for the sake of a figure.
_MOST_MORE: Final = 1000


@dataclass(frozen=True, slots=True)
class Row:
    """One figure: before, after, and how much it changed, with 95 % certainty between the two values said."""

    title: str
    before: str
    after: str
    change: str


def title(comparison: AnyComparison) -> str:
    """The verdict in a few words; worse is called worse."""
    reads = isinstance(comparison, Comparison)
    if comparison.verdict == "better":
        return "It reads your writing better" if reads else "It finds your writing better"
    if comparison.verdict == "worse":
        own = comparison.change.low > 0 if reads else comparison.change.high < 0
        return "It got worse" if own else "It forgot too much of other writing"
    if comparison.verdict is None:
        return "Nobody can tell whether it helped"
    return f"No difference on the held-out {comparison.unit}" if _same(comparison) else "No clear difference"


def sentence(comparison: AnyComparison) -> str:
    """What was measured, as one says it."""
    if isinstance(comparison, FindingComparison):
        return _found(comparison.before, comparison.after, comparison.unit)
    before, after = comparison.before, comparison.after
    forgot = f" {_mistaken(comparison)}" if comparison.keep_change.low > 0 else ""
    if before.words == 0:
        return f"No {comparison.unit[:-1]} was held out, so there is nothing to compare on.{forgot}"
    return f"On {_counted(before.words, comparison.unit)} it had not seen it makes {_compared(before, after)}.{forgot}"


def advice(comparison: AnyComparison, *, stopped: str = "") -> str:
    """What a person had best do. stopped: why it ended before its last step, as in ``Trained``."""
    reads = isinstance(comparison, Comparison)
    if comparison.verdict == "better":
        does = "reads" if reads else "finds writing"
        return f"Keep it, and it {does} from now on. You can go back at any time."
    if comparison.verdict == "worse":
        return "Better discard it. The model before is as it was."
    if comparison.verdict is None:
        return "Correct some more, so that something can be held out to measure by."
    return _when_unclear(comparison, stopped_early=stopped == "asked")


def more_to_tell(comparison: AnyComparison) -> int | None:
    """How many more corrected words, or lines, would show whether so large a difference is one; None where it shows
    already, where there is none, or where it is so small that nobody would correct so many.

    The interval narrows with the root of the number that is held out, about a fifth of all. Its wider side counts: of
    few words the other one is cut off where nothing of what has changed was drawn.
    """
    gain, held_out = abs(_gain(comparison)), _held_out(comparison)
    if comparison.verdict != "no clear difference" or not gain:
        return None
    middle = (comparison.after.cer - comparison.before.cer) if isinstance(comparison, Comparison) else _gain(comparison)
    side = max(middle - comparison.change.low, comparison.change.high - middle)
    wanted = held_out * ((side / gain) ** 2 - 1.0) / dataset_split.SHARE
    if not wanted <= _MOST_MORE:
        return None
    step = 5 if wanted <= 50 else 10 if wanted <= 200 else 50
    return max(step, step * math.ceil(wanted / step))


def would_tell(comparison: AnyComparison) -> str:
    """What would make clear whether it helped, where that is not; else nothing."""
    if comparison.verdict != "no clear difference":
        return ""
    unit, held_out = comparison.unit, _held_out(comparison)
    if _same(comparison):
        if isinstance(comparison, Comparison) and comparison.before.right == held_out:
            already = "It was" if held_out == 1 else "All of them were"
            return f"{already} read right before, so nothing can be gained there. What tells is misread {unit}."
        return f"None of them is {'read' if isinstance(comparison, Comparison) else 'found'} otherwise."
    few = f"{_counted(held_out, unit)} {'is' if held_out == 1 else 'are'} too few to be sure of so small a difference."
    if (more := more_to_tell(comparison)) is not None:
        return (
            f"{few} About {more} more corrected {unit}, of which a fifth is held out, would tell if it stays as large."
        )
    if _gain(comparison):
        return f"{few} It would take more than {_MOST_MORE} more corrected {unit}, as it is very small."
    wide = (comparison.change.high - comparison.change.low) / 2
    shows = f"on {_counted(held_out, unit)} only a change of more than {wide * 100:.1f} points would have shown"
    return f"What was gained and lost is even; {shows}."


def rows(comparison: AnyComparison) -> tuple[Row, ...]:
    """The exact figures, of what was held out and of general writing."""
    found: list[Row] = []
    if isinstance(comparison, FindingComparison):
        for of, score, new, change in (
            (f"held-out {comparison.unit}", comparison.before, comparison.after, comparison.change),
            (
                f"{comparison.unit} on general boards",
                comparison.keep_before,
                comparison.keep_after,
                comparison.keep_change,
            ),
        ):
            if score.wanted:
                found += _finding_rows(of, (score, new), change, comparison.unit)
        return tuple(found)
    for of, before, after, change in (
        (f"held-out {comparison.unit}", comparison.before, comparison.after, comparison.change),
        (f"general {comparison.unit}", comparison.keep_before, comparison.keep_after, comparison.keep_change),
    ):
        if before.words:
            found += _reading_rows(of, before, after, change)
    return tuple(found)


def took(trained: AnyTrained) -> str:
    """How long it was, and why it ended."""
    why = {"early": ", stopped as it gained no more", "asked": ", stopped when asked to"}
    return f"{trained.steps} steps in {trained.seconds:.0f} s{why.get(trained.stopped, '')}"


def render(trained: AnyTrained) -> list[str]:
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
    for what, words in (("gained", comparison.gained), ("lost", comparison.lost)):
        lines += [f"  {what}: {_word(each)}" for each in words[:_LISTED]]
        lines += [f"  … and {len(words) - _LISTED} more"] if len(words) > _LISTED else []
    lines += filter(None, [would_tell(comparison)])
    lines.append(f"{took(trained)}.")
    return lines


def values(trained: AnyTrained) -> dict[str, object]:
    """The same for other programs."""
    comparison = trained.comparison
    gained, lost = ([asdict(each) for each in part] for part in (comparison.gained, comparison.lost))
    found: dict[str, object] = {"verdict": comparison.verdict, "unit": comparison.unit}
    found["more_to_tell"] = more_to_tell(comparison)
    if isinstance(comparison, FindingComparison):
        found["held_out"] = _finding(comparison.before, comparison.after, comparison.change)
        found["general"] = _finding(comparison.keep_before, comparison.keep_after, comparison.keep_change)
    else:
        found["held_out"] = _reading(comparison.before, comparison.after, comparison.change)
        found["general"] = _reading(comparison.keep_before, comparison.keep_after, comparison.keep_change)
    return found | {"gained": gained, "lost": lost}


def percent(share: float) -> str:
    """A share as it is written, "12.3 %"."""
    return f"{share * 100:.1f} %"


def _same(comparison: AnyComparison) -> bool:
    """Whether nothing at all is read or found otherwise."""
    nothing = Interval(0.0, 0.0)
    return comparison.change == nothing == comparison.keep_change


def _mistaken(comparison: Comparison) -> str:
    """What of general words is read wrongly."""
    before, after = comparison.keep_before, comparison.keep_after
    return f"But on {before.words} general {comparison.unit} it makes {_compared(before, after)}."


def _compared(before: Reading, after: Reading) -> str:
    """Mistakes, and letters where words alone do not tell what has changed."""
    old, new = _wrong(before), _wrong(after)
    words = f"{_mistakes(new)}, as many as before" if old == new else f"{_mistakes(new)} instead of {old}"
    if (new - old) * (after.cer - before.cer) > 0 or after.cer == before.cer:
        return words
    return f"{words}; {percent(after.cer)} of the letters are wrong instead of {percent(before.cer)}"


def _when_unclear(comparison: AnyComparison, *, stopped_early: bool) -> str:
    tells = would_tell(comparison)
    if _same(comparison) and stopped_early:
        return "None of them is read otherwise: it was stopped too early to tell. Discard it, and let it learn longer."
    if _same(comparison):
        return f"{tells} You can discard it. To learn more, correct more {comparison.unit}, above all misread ones."
    if _gain(comparison) > 0:
        return f"{tells} It seems to help: you may keep it, and go back at any time."
    return f"{tells} It does not seem to help: better discard it, correct some more, and learn again."


def _gain(comparison: AnyComparison) -> float:
    """How much better what was held out is read or found, as far as it shows."""
    if isinstance(comparison, Comparison):
        return comparison.before.cer - comparison.after.cer
    return (comparison.after.f or 0.0) - (comparison.before.f or 0.0)


def _word(each: Sample | PlaceOfWord) -> str:
    if isinstance(each, Sample):
        return f"“{each.truth}”, before “{each.before}”, now “{each.now}”"
    return f"“{each.text}” on {each.photo}"


def _held_out(comparison: AnyComparison) -> int:
    """How many words, or lines, old and new were compared on."""
    return comparison.before.words if isinstance(comparison, Comparison) else comparison.before.wanted


def _counted(count: int, unit: str) -> str:
    return f"{count} {unit[:-1] if count == 1 else unit}"


def _found(before: Score, after: Score, unit: str) -> str:
    if before.wanted == 0:
        return "Nothing was held out, so there is nothing to compare on."
    right = f" instead of {before.right}" if after.right != before.right else ", as before"
    none_before, none_after = before.found - before.right, after.found - after.right
    none = f" instead of {none_before}" if none_before != none_after else ", as before"
    found = f"Of {_counted(before.wanted, unit)} it had not seen it finds {after.right}{right}"
    return f"{found}; {none_after} boxes fit no {unit[:-1]}{none}."


def _reading_rows(of: str, before: Reading, after: Reading, change: Interval) -> list[Row]:
    return [
        Row(
            f"{of} read wrongly",
            f"{_wrong(before)} of {before.words}",
            f"{_wrong(after)} of {after.words}",
            _signed(_wrong(after) - _wrong(before), 0),
        ),
        Row(
            f"letters wrong in {of}",
            percent(before.cer),
            percent(after.cer),
            _points(after.cer - before.cer, change),
        ),
    ]


def _finding_rows(of: str, scores: tuple[Score, Score], change: Interval, unit: str) -> list[Row]:
    before, after = scores
    none = [score.found - score.right for score in (before, after)]
    return [
        Row(
            f"{of} found",
            f"{before.right} of {before.wanted}",
            f"{after.right} of {after.wanted}",
            _signed(after.right - before.right, 0),
        ),
        Row(f"boxes there that fit no {unit[:-1]}", str(none[0]), str(none[1]), _signed(none[1] - none[0], 0)),
        Row(
            f"F of {of}",
            percent(before.f or 0.0),
            percent(after.f or 0.0),
            _points((after.f or 0.0) - (before.f or 0.0), change),
        ),
    ]


def _points(difference: float, change: Interval) -> str:
    return f"{_signed(difference * 100, 1)} points ({_signed(change.low * 100, 1)} … {_signed(change.high * 100, 1)})"


def _signed(value: float, digits: int) -> str:
    text = f"{abs(value):.{digits}f}"
    if float(text) == 0:
        return text
    return f"{_MINUS if value < 0 else '+'}{text}"


def _wrong(reading: Reading) -> int:
    return reading.words - reading.right


def _mistakes(count: int) -> str:
    return "no mistakes" if count == 0 else "1 mistake" if count == 1 else f"{count} mistakes"


def _reading(before: Reading, after: Reading, change: Interval) -> dict[str, object] | None:
    if before.words == 0:
        return None
    return {
        "words": before.words,
        "right": {"before": before.right, "after": after.right},
        "cer": {"before": before.cer, "after": after.cer, "change_95": [change.low, change.high]},
    }


def _finding(before: Score, after: Score, change: Interval) -> dict[str, object] | None:
    if before.wanted == 0:
        return None
    return {
        "words": before.wanted,
        "right": {"before": before.right, "after": after.right},
        "found": {"before": before.found, "after": after.found},
        "f": {"before": before.f, "after": after.f, "change_95": [change.low, change.high]},
    }
