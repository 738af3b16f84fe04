"""Training reports in words and figures, shared by the window and the command line."""

from __future__ import annotations

import math
from dataclasses import asdict, dataclass
from typing import Final, TypeAlias

from ocr_studio.core.datasets import split as dataset_split
from ocr_studio.core.evaluation.metrics import Score
from ocr_studio.core.training import messages
from ocr_studio.core.training.detector_events import DetectorComparison, DetectorTrained, PlacedWord
from ocr_studio.core.training.events import HeldOutSample, Interval, ReadingScore, RecognizerComparison, Trained
from ocr_studio.core.translation import number, tr, tr_n
from ocr_studio.core.units import percent

AnyTrained: TypeAlias = Trained | DetectorTrained
AnyComparison: TypeAlias = RecognizerComparison | DetectorComparison

_MINUS = "\u2212"
# Number of words listed in a terminal; JSON has all.
_LISTED = 20
# Larger numbers of words are not worth suggesting.
_MOST_MORE: Final = 1000
_NOTHING: Final = Interval(0.0, 0.0)


@dataclass(frozen=True, slots=True)
class ReportRow:
    """One figure before and after training, and its change with a 95% confidence interval."""

    title: str
    before: str
    after: str
    change: str


def format_title(comparison: AnyComparison) -> str:
    """Return the verdict as a short headline."""
    reads = isinstance(comparison, RecognizerComparison)
    if comparison.verdict == "better":
        return tr("It reads your handwriting better") if reads else tr("It finds your handwriting better")
    if comparison.verdict == "worse":
        own = comparison.change.low > 0 if reads else comparison.change.high < 0
        return tr("It got worse") if own else tr("It got worse on other writing")
    if comparison.verdict is None:
        return tr("Not enough data to tell")
    return tr(messages.NO_DIFFERENCE[comparison.unit]) if _same(comparison) else tr("No clear difference")


def format_headline(trained: AnyTrained) -> str:
    """Return the verdict on a training as a short headline."""
    return format_title(trained.comparison) if trained.changed else tr("Nothing was learned")


def format_next_step(trained: AnyTrained) -> str:
    """Return what was done for other handwriting, and what the user should do next."""
    if not trained.changed:
        return describe_step(trained)
    writer = trained.writer if isinstance(trained, Trained) else ""
    advice = format_advice(trained.comparison, stopped=trained.stopped, writer=writer)
    return " ".join(filter(None, (advice, describe_step(trained))))


def format_result(comparison: AnyComparison) -> str:
    """Return the main result as a sentence."""
    if isinstance(comparison, DetectorComparison):
        return _found(comparison.before, comparison.after, comparison.unit)
    before, after = comparison.before, comparison.after
    forgot = f" {_mistaken(comparison)}" if comparison.keep_change.low > 0 else ""
    if before.words == 0:
        return f"{tr(messages.NONE_HELD_OUT[comparison.unit])}{forgot}"
    forms, mistakes = messages.ON_UNSEEN[comparison.unit], _compared(before, after)
    return f"{tr_n(*forms, before.words, mistakes=mistakes)}{_replacing(comparison)}{forgot}"


def format_advice(comparison: AnyComparison, *, stopped: str = "", writer: str = "") -> str:
    """Return what the user should do next. ``stopped`` and ``writer`` are as in ``Trained``."""
    reads = isinstance(comparison, RecognizerComparison)
    if comparison.verdict == "better":
        if writer:
            return tr("Keep it to read photos by {writer} with it. Other photos are read as before.", writer=writer)
        if reads:
            return tr("Keep it to read with it from now on. You can switch back at any time.")
        return tr("Keep it to find words with it from now on. You can switch back at any time.")
    if comparison.verdict == "worse":
        return tr("Discard it. The previous model is unchanged.")
    if comparison.verdict is None:
        return tr("Correct more text, so that some of it can be held out for evaluation.")
    return _when_unclear(comparison, stopped_early=stopped == "asked")


def describe_step(trained: AnyTrained) -> str:
    """Return what was done for other handwriting, or why nothing was learned; empty if the whole change was taken."""
    if isinstance(trained, DetectorTrained):
        return (
            "" if trained.changed else tr("The new model equals the previous one. Check more photos and train again.")
        )
    if trained.step_share >= 1 and trained.changed:
        return ""
    if trained.step_share >= 1:
        return f"{tr('The new model equals the previous one.')} {tr(messages.NOTHING_LEARNED[trained.comparison.unit])}"
    if trained.step_share > 0:
        return tr(
            "Only {share} of the change was taken, so that other handwriting is read no worse.",
            share=percent(trained.step_share),
        )
    if trained.new_letters:
        return tr(
            "Only the new characters were learned, as other handwriting would be read worse. Set the writer of the"
            " photos to learn a profile instead."
        )
    return tr(
        "Nothing was changed, as other handwriting would be read worse. Correct more text, or set the writer of the"
        " photos to learn a profile instead."
    )


def estimate_missing(comparison: AnyComparison) -> int | None:
    """Estimate how many more corrected words or lines would confirm the measured difference.

    The confidence interval narrows with the square root of the number of held-out words, about a fifth of all. Its
    wider side counts: with few words, the other side is cut off if no changed word was drawn.

    Returns:
        The number; None if the difference is already clear, is zero, or is so small that too many would be needed.
    """
    gain, held_out = _gain(comparison), _held_out(comparison)
    if comparison.verdict != "no clear difference" or not gain:
        return None
    middle = -gain if isinstance(comparison, RecognizerComparison) else gain
    side = max(middle - comparison.change.low, comparison.change.high - middle)
    wanted = held_out * ((side / gain) ** 2 - 1.0) / dataset_split.SHARE
    if not wanted <= _MOST_MORE:
        return None
    step = 5 if wanted <= 50 else 10 if wanted <= 200 else 50
    return max(step, step * math.ceil(wanted / step))


def describe_missing(comparison: AnyComparison) -> str:
    """Return what would make an unclear result clear; empty if it is clear."""
    if comparison.verdict != "no clear difference":
        return ""
    unit, held_out = comparison.unit, _held_out(comparison)
    if comparison.change == _NOTHING:
        if isinstance(comparison, RecognizerComparison) and comparison.before.right == held_out:
            it = tr("It was read correctly before, so it can’t improve.")
            they = tr("All of them were read correctly before, so they can’t improve.")
            return f"{it if held_out == 1 else they} {tr(messages.WHAT_TELLS[unit])}"
        return _none_differs(comparison)
    few = tr_n(*messages.TOO_FEW[unit], held_out)
    if (more := estimate_missing(comparison)) is not None:
        return f"{few} {tr_n(*messages.WOULD_TELL[unit], more)}"
    if _gain(comparison):
        return f"{few} {tr_n(*messages.WOULD_TAKE[unit], _MOST_MORE)}"
    points = number((comparison.change.high - comparison.change.low) / 2 * 100, 1)
    return few if points == number(0.0, 1) else tr_n(*messages.EVEN[unit], held_out, points=points)


def list_rows(comparison: AnyComparison) -> tuple[ReportRow, ...]:
    """Return the figures for held-out and for general writing."""
    unit = comparison.unit
    if isinstance(comparison, DetectorComparison):
        found = _finding_rows(messages.FOUND_ROWS[unit], comparison.before, comparison.after, comparison.change)
        boards = comparison.keep_before, comparison.keep_after, comparison.keep_change
        return (*found, *_finding_rows(messages.FOUND_GENERAL_ROWS[unit], *boards))
    read = _reading_rows(messages.READ_ROWS[unit], comparison.before, comparison.after, comparison.change)
    general = comparison.keep_before, comparison.keep_after, comparison.keep_change
    return (*read, *_reading_rows(messages.READ_GENERAL_ROWS[unit], *general))


def format_duration(trained: AnyTrained) -> str:
    """Return the duration and the reason for the end."""
    return tr_n(
        *messages.TOOK.get(trained.stopped, messages.TOOK[""]),
        trained.steps,
        seconds=f"{trained.seconds:.0f}",
    )


def render(trained: AnyTrained) -> list[str]:
    """Return the report for a terminal, as lines."""
    comparison = trained.comparison
    lines = [f"{format_headline(trained)}. {format_result(comparison)}"]
    table = [("", "before", "after", "change (95%)")]
    table += [(row.title, row.before, row.after, row.change) for row in list_rows(comparison)]
    if len(table) > 1:
        widths = [max(len(row[column]) for row in table) for column in range(4)]
        lines += [
            f"  {row[0]:<{widths[0]}}  {row[1]:>{widths[1]}}  {row[2]:>{widths[2]}}  {row[3]}".rstrip() for row in table
        ]
    for what, words in (("gained", comparison.gained), ("lost", comparison.lost)):
        lines += [f"  {what}: {_word(each)}" for each in words[:_LISTED]]
        lines += [f"  … and {len(words) - _LISTED} more"] if len(words) > _LISTED else []
    lines += filter(None, [describe_missing(comparison) if trained.changed else "", describe_step(trained)])
    lines.append(f"{format_duration(trained)}.")
    return lines


def report_values(trained: AnyTrained) -> dict[str, object]:
    """Return the report for JSON."""
    comparison = trained.comparison
    gained, lost = ([asdict(each) for each in part] for part in (comparison.gained, comparison.lost))
    found: dict[str, object] = {"verdict": comparison.verdict, "unit": comparison.unit}
    found["changed"] = trained.changed
    found["more_to_tell"] = estimate_missing(comparison)
    if isinstance(comparison, DetectorComparison):
        found["held_out"] = _finding(comparison.before, comparison.after, comparison.change)
        found["general"] = _finding(comparison.keep_before, comparison.keep_after, comparison.keep_change)
    else:
        found["held_out"] = _reading(comparison.before, comparison.after, comparison.change)
        found["general"] = _reading(comparison.keep_before, comparison.keep_after, comparison.keep_change)
        found["replaced"] = comparison.replaced and asdict(comparison.replaced)
    return found | {"gained": gained, "lost": lost}


def _same(comparison: AnyComparison) -> bool:
    """Whether nothing is read or found differently."""
    return comparison.change == _NOTHING == comparison.keep_change


def _mistaken(comparison: RecognizerComparison) -> str:
    """Return the mistakes on general words."""
    before, after = comparison.keep_before, comparison.keep_after
    return tr_n(*messages.ON_GENERAL[comparison.unit], before.words, mistakes=_compared(before, after))


def _replacing(comparison: RecognizerComparison) -> str:
    """Return the mistakes compared with the profile in use; empty without one."""
    if comparison.replaced is None:
        return ""
    mistakes = _compared(comparison.replaced.score, comparison.after)
    name = comparison.replaced.name
    return f" {tr('Compared with “{name}”, the profile in use: {mistakes}.', name=name, mistakes=mistakes)}"


def _compared(before: ReadingScore, after: ReadingScore) -> str:
    """Return the number of mistakes, with the CER if it changed in the other direction."""
    old, new = _wrong(before), _wrong(after)
    if old == new:
        mistakes = tr_n("{count} mistake, as before", "{count} mistakes, as before", new)
        words = mistakes if new else tr("no mistakes, as before")
    else:
        mistakes = tr_n("{count} mistake instead of {before}", "{count} mistakes instead of {before}", new, before=old)
        words = mistakes if new else tr("no mistakes (before: {before})", before=old)
    if (new - old) * (after.cer - before.cer) > 0 or after.cer == before.cer:
        return words
    return tr(
        "{mistakes}; the character error rate is {now} instead of {before}",
        mistakes=words,
        now=percent(after.cer, 1),
        before=percent(before.cer, 1),
    )


def _when_unclear(comparison: AnyComparison, *, stopped_early: bool) -> str:
    tells = describe_missing(comparison)
    if _same(comparison) and stopped_early:
        early = tr("Training was stopped too early to tell. Discard it and train longer.")
        return f"{_none_differs(comparison)} {early}"
    if _same(comparison):
        return f"{tells} {tr(messages.LEARN_MORE[comparison.unit])}"
    if _is_contradictory(comparison):
        return f"{tells} {tr(messages.CONTRADICTORY[comparison.unit])}"
    if _gain(comparison) > 0:
        return f"{tells} {tr('It seems to help: you can keep it and switch back at any time.')}"
    then = tr("It doesn’t seem to help: discard it, correct more text and train again.")
    return f"{tells} {then}"


def _none_differs(comparison: AnyComparison) -> str:
    reads = isinstance(comparison, RecognizerComparison)
    return tr((messages.NONE_READ if reads else messages.NONE_FOUND)[comparison.unit])


def _gain(comparison: AnyComparison) -> float:
    """Return the improvement on held-out writing."""
    if isinstance(comparison, RecognizerComparison):
        return comparison.before.cer - comparison.after.cer
    return (comparison.after.f or 0.0) - (comparison.before.f or 0.0)


def _is_contradictory(comparison: AnyComparison) -> bool:
    """Whether fewer characters are misread, but more words."""
    if not isinstance(comparison, RecognizerComparison):
        return False
    return _gain(comparison) > 0 and comparison.after.right < comparison.before.right


def _word(each: HeldOutSample | PlacedWord) -> str:
    if isinstance(each, HeldOutSample):
        return f"“{each.truth}”, before “{each.before}”, now “{each.now}”"
    return f"“{each.text}” on {each.photo}"


def _held_out(comparison: AnyComparison) -> int:
    """Return the number of held-out words or lines."""
    return comparison.before.words if isinstance(comparison, RecognizerComparison) else comparison.before.wanted


def _found(before: Score, after: Score, unit: str) -> str:
    if before.wanted == 0:
        return tr("Nothing was held out, so the models can’t be compared.")
    same = tr("{now}, as before", now=after.right)
    right = (
        same if after.right == before.right else tr("{now} instead of {before}", now=after.right, before=before.right)
    )
    none_before, none_after = before.found - before.right, after.found - after.right
    forms = messages.FIT_NONE_AS_BEFORE if none_before == none_after else messages.FIT_NONE
    none = tr_n(*forms[unit], none_after, before=none_before)
    return tr_n(*messages.OF_UNSEEN[unit], before.wanted, found=right, boxes=none)


def _reading_rows(
    titles: tuple[str, ...], before: ReadingScore, after: ReadingScore, change: Interval
) -> list[ReportRow]:
    if not before.words:
        return []
    wrong, letters = titles
    return [
        ReportRow(
            tr(wrong),
            _share(_wrong(before), before.words),
            _share(_wrong(after), after.words),
            _signed(_wrong(after) - _wrong(before), 0),
        ),
        ReportRow(
            tr(letters),
            percent(before.cer, 1),
            percent(after.cer, 1),
            _points(after.cer - before.cer, change),
        ),
    ]


def _finding_rows(titles: tuple[str, ...], before: Score, after: Score, change: Interval) -> list[ReportRow]:
    if not before.wanted:
        return []
    found, fit_none, f = titles
    none = [score.found - score.right for score in (before, after)]
    return [
        ReportRow(
            tr(found),
            _share(before.right, before.wanted),
            _share(after.right, after.wanted),
            _signed(after.right - before.right, 0),
        ),
        ReportRow(tr(fit_none), str(none[0]), str(none[1]), _signed(none[1] - none[0], 0)),
        ReportRow(
            tr(f),
            percent(before.f or 0.0, 1),
            percent(after.f or 0.0, 1),
            _points((after.f or 0.0) - (before.f or 0.0), change),
        ),
    ]


def _points(difference: float, change: Interval) -> str:
    by, low, high = (_signed(100 * value, 1) for value in (difference, change.low, change.high))
    return tr("{change} points ({low} … {high})", change=by, low=low, high=high)


def _signed(value: float, digits: int) -> str:
    said = number(abs(value), digits)
    if round(abs(value), digits) == 0:
        return said
    return f"{_MINUS if value < 0 else '+'}{said}"


def _wrong(reading: ReadingScore) -> int:
    return reading.words - reading.right


def _share(count: int, total: int) -> str:
    return tr("{count} of {total}", count=count, total=total)


def _reading(before: ReadingScore, after: ReadingScore, change: Interval) -> dict[str, object] | None:
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
