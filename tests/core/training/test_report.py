"""What came of a training, in plain words and in figures."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from ocr_studio.core.evaluation.metrics import Score
from ocr_studio.core.page import Quad
from ocr_studio.core.training import report as training_report
from ocr_studio.core.training.detector_events import DetectorComparison, DetectorTrained, PlacedWord
from ocr_studio.core.training.events import (
    HeldOutSample,
    Interval,
    ReadingScore,
    RecognizerComparison,
    ReplacedProfile,
    Trained,
)

BETTER = RecognizerComparison(
    ReadingScore(20, 5, 0.152), ReadingScore(20, 11, 0.095), Interval(-0.101, -0.013),
    ReadingScore(64, 58, 0.031), ReadingScore(64, 58, 0.03), Interval(-0.006, 0.004),
    gained=(HeldOutSample("c.png", "queues", "queves", "queues"),),
)  # fmt: skip
WORSE = replace(BETTER, after=ReadingScore(20, 3, 0.2), change=Interval(0.01, 0.09))
FORGETFUL = replace(BETTER, keep_after=ReadingScore(64, 40, 0.2), keep_change=Interval(0.1, 0.2))
UNCLEAR = replace(BETTER, change=Interval(-0.1, 0.02))
SAME = replace(BETTER, after=BETTER.before, change=Interval(0.0, 0.0), keep_change=Interval(0.0, 0.0))
NOTHING = replace(BETTER, before=ReadingScore(0, 0, 0.0), after=ReadingScore(0, 0, 0.0), change=Interval(0.0, 0.0))
FOUND = DetectorComparison(
    Score(165, 185, 200), Score(180, 192, 200), Interval(0.01, 0.09),
    Score(50, 60, 60), Score(50, 60, 60), Interval(-0.01, 0.01),
    gained=(PlacedWord("board.jpg", Quad.from_box(0, 0, 9, 9), "map"),),
)  # fmt: skip


@pytest.mark.parametrize(
    ("comparison", "title", "sentence"),
    [
        (BETTER, "It reads your handwriting better", "On 20 held-out words, it makes 9 mistakes instead of 15."),
        (WORSE, "It got worse", "On 20 held-out words, it makes 17 mistakes instead of 15."),
        (FORGETFUL, "It got worse on other writing", "9 mistakes instead of 15"),
        (
            FORGETFUL,
            "It got worse on other writing",
            "But on 64 general words, it makes 24 mistakes instead of 6.",
        ),
        (
            replace(BETTER, after=ReadingScore(20, 5, 0.1)),
            "It reads your handwriting better",
            "15 mistakes, as before; the character error rate is 10.0% instead of 15.2%.",
        ),
        (
            replace(BETTER, replaced=ReplacedProfile("Anna", ReadingScore(20, 13, 0.08))),
            "It reads your handwriting better",
            "9 mistakes instead of 15. Compared with “Anna”, the profile in use: 9 mistakes instead of 7.",
        ),
        (UNCLEAR, "No clear difference", "9 mistakes instead of 15"),
        (SAME, "No difference on the held-out words", "15 mistakes, as before"),
        (NOTHING, "Not enough data to tell", "No words were held out"),
        (
            replace(FORGETFUL, before=NOTHING.before, after=NOTHING.after, change=NOTHING.change),
            "It got worse on other writing",
            "the models can’t be compared. But on 64 general words, it makes 24 mistakes instead of 6.",
        ),
        (replace(BETTER, after=BETTER.before), "It reads your handwriting better", "15 mistakes, as before."),
        (
            replace(BETTER, after=ReadingScore(20, 20, 0.0)),
            "It reads your handwriting better",
            "no mistakes (before: 15)",
        ),
        (
            FOUND,
            "It finds your handwriting better",
            "Of 200 held-out words, it finds 180 instead of 165; 12 boxes match no word (before: 20).",
        ),
        (replace(FOUND, change=Interval(-0.2, -0.1)), "It got worse", ""),
    ],
)
def test_it_is_said_plainly(comparison: RecognizerComparison | DetectorComparison, title: str, sentence: str) -> None:
    assert training_report.format_title(comparison) == title
    assert sentence in training_report.format_result(comparison)


@pytest.mark.parametrize("comparison", [WORSE, FORGETFUL])
def test_worse_is_advised_against(comparison: RecognizerComparison) -> None:
    assert "Discard" in training_report.format_advice(comparison)


def test_what_is_unsure_is_still_advised_on() -> None:
    assert "It seems to help" in training_report.format_advice(UNCLEAR)
    assert "discard it" in training_report.format_advice(replace(UNCLEAR, after=ReadingScore(20, 4, 0.16)))
    contradictory = replace(UNCLEAR, after=ReadingScore(20, 4, 0.1))
    assert "fewer characters, but more words" in training_report.format_advice(contradictory)
    assert "stopped too early" in training_report.format_advice(SAME, stopped="asked")
    assert "discard it. To improve it, correct more" in training_report.format_advice(SAME)


def test_figures_carry_their_uncertainty() -> None:
    rows = training_report.list_rows(BETTER)
    assert [(row.title, row.before, row.after, row.change) for row in rows] == [
        ("misread held-out words", "15 of 20", "9 of 20", "−6"),
        ("character error rate, held-out words", "15.2%", "9.5%", "−5.7 points (−10.1 … −1.3)"),
        ("misread general words", "6 of 64", "6 of 64", "0"),
        ("character error rate, general words", "3.1%", "3.0%", "−0.1 points (−0.6 … +0.4)"),
    ]
    assert training_report.list_rows(NOTHING)[0].title == "misread general words"
    assert [row.change for row in training_report.list_rows(FOUND)][:3] == ["+15", "−8", "+6.1 points (+1.0 … +9.0)"]


def test_a_terminal_is_told_the_same_and_other_programs_too() -> None:
    trained = Trained("mine", Path("c"), BETTER, 40, 31.4, "early")
    text = "\n".join(training_report.render(trained))
    assert "9 mistakes instead of 15" in text
    assert "gained: “queues”, before “queves”, now “queues”" in text
    assert "40 steps in 31 s, stopped early (no further improvement)." in text
    values = training_report.report_values(trained)
    assert values["verdict"] == "better"
    assert values["held_out"] == {
        "words": 20,
        "right": {"before": 5, "after": 11},
        "cer": {"before": 0.152, "after": 0.095, "change_95": [-0.101, -0.013]},
    }
    found = DetectorTrained("mine", Path("c"), FOUND, 40, 31.4)
    assert "gained: “map” on board.jpg" in "\n".join(training_report.render(found))
    assert training_report.report_values(found)["verdict"] == "better"


@pytest.mark.parametrize(("count", "listed", "rest"), [(20, 20, None), (21, 20, "  … and 1 more")])
def test_a_terminal_lists_20_words_and_counts_the_rest(count: int, listed: int, rest: str | None) -> None:
    many = replace(BETTER, gained=BETTER.gained * count, lost=BETTER.gained)
    lines = training_report.render(Trained("mine", Path("c"), many, 40, 31.4))
    assert sum(line.startswith("  gained: ") for line in lines) == listed
    assert sum(line.startswith("  lost: ") for line in lines) == 1
    assert [line for line in lines if line.endswith(" more")] == ([rest] if rest else [])


def test_a_single_word_is_one() -> None:
    single = replace(UNCLEAR, before=ReadingScore(1, 0, 0.5), after=ReadingScore(1, 1, 0.0))
    assert training_report.format_advice(single).startswith("1 word is not enough")


@pytest.mark.parametrize(
    ("comparison", "sentence", "row"),
    [
        (BETTER, "On 20 held-out lines", "misread held-out lines"),
        (FORGETFUL, "But on 64 general lines, it makes", "character error rate, general lines"),
        (NOTHING, "No lines were held out", "misread general lines"),
        (
            FOUND,
            "Of 200 held-out lines, it finds 180 instead of 165; 12 boxes match no line",
            "held-out lines found",
        ),
    ],
)
def test_of_lines_nothing_speaks_of_words(
    comparison: RecognizerComparison | DetectorComparison, sentence: str, row: str
) -> None:
    lines = replace(comparison, unit="lines")
    assert sentence in training_report.format_result(lines)
    assert row in [each.title for each in training_report.list_rows(lines)]
    trained = (
        Trained("mine", Path("c"), lines, 40, 31.4)
        if isinstance(lines, RecognizerComparison)
        else DetectorTrained("mine", Path("c"), lines, 40, 31.4)
    )
    assert "word" not in "\n".join((training_report.format_title(lines), *training_report.render(trained)))
    assert training_report.report_values(trained)["unit"] == "lines"


@pytest.mark.parametrize("comparison", [SAME, UNCLEAR, replace(UNCLEAR, after=UNCLEAR.before)])
def test_what_is_unclear_of_lines_asks_for_lines(comparison: RecognizerComparison) -> None:
    advice = training_report.format_advice(replace(comparison, unit="lines"))
    assert "lines" in advice
    assert "word" not in advice


# One letter of nine words is read right now that was not.
FEW = replace(
    UNCLEAR, before=ReadingScore(9, 5, 4 / 36), after=ReadingScore(9, 6, 3 / 36), change=Interval(-3 / 36, 0.0)
)


def test_how_many_more_words_would_tell_is_reckoned_from_the_interval() -> None:
    # Its wider side is twice the gain: four times nine must be held out, 27 more, and a fifth of all is.
    assert training_report.estimate_missing(FEW) == 140
    assert training_report.estimate_missing(replace(FEW, change=Interval(-2 / 36, 1 / 36))) == 140
    assert training_report.estimate_missing(replace(FEW, change=Interval(-1.2 / 36, 0.0))) == 5
    assert training_report.estimate_missing(BETTER) is training_report.estimate_missing(SAME) is None
    found = replace(FOUND, change=Interval(-0.0025, 0.05))  # F 0.857 before, 0.918 after
    assert isinstance(training_report.estimate_missing(found), int)


def test_what_would_make_it_clear_is_said_in_the_window_and_in_a_terminal() -> None:
    said = "About 140 more corrected words (a fifth of them held out) could confirm it."
    assert said in training_report.format_advice(FEW)
    assert said in "\n".join(training_report.render(trained := Trained("mine", Path("c"), FEW, 40, 31.4)))
    assert training_report.report_values(trained)["more_to_tell"] == 140
    tiny = replace(FEW, after=ReadingScore(9, 6, 3.9 / 36), change=Interval(-3 / 36, 2 / 36))
    assert "more than 1000 additional corrected words" in training_report.format_advice(tiny)
    even = replace(FEW, after=FEW.before, change=Interval(-1 / 36, 1 / 36))
    assert "9 words can only show differences above 2.8 points" in training_report.format_advice(even)
    right = ReadingScore(9, 9, 0.0)
    perfect = replace(SAME, before=right, after=right)
    assert "All of them were read correctly before, so they can’t improve" in training_report.format_advice(perfect)
    # General words are read otherwise, those held out are not; or by less than can be said.
    still = replace(perfect, keep_change=UNCLEAR.keep_change)
    assert "All of them were read correctly before, so they can’t improve" in training_report.format_advice(still)
    assert "None of the held-out words is read differently." in training_report.format_advice(
        replace(SAME, keep_change=UNCLEAR.keep_change)
    )
    for hardly in (still, replace(even, change=Interval(-1e-5, 1e-5))):
        assert "can only show" not in training_report.format_advice(hardly)
    assert training_report.describe_missing(BETTER) == ""


def test_a_training_without_a_change_says_so_and_how_to_go_on() -> None:
    same = Trained("boards", Path(), SAME, 120, 31.4, changed=False)
    assert training_report.format_headline(same) == "Nothing was learned"
    assert training_report.format_next_step(same) == training_report.describe_step(same)
    assert training_report.format_next_step(same) == (
        "The new model equals the previous one. Correct more words, especially misread ones, and train again."
    )
    lines = replace(same, comparison=replace(SAME, unit="lines"))
    assert "Correct more lines" in training_report.format_next_step(lines)
    assert training_report.format_next_step(replace(same, step_share=0.0)).startswith(
        "Nothing was changed, as other handwriting would be read worse."
    )
    found = DetectorTrained("finder", Path(), FOUND, 3, 1.0, changed=False)
    assert training_report.format_headline(found) == "Nothing was learned"
    assert "Check more photos" in training_report.format_next_step(found)
    assert training_report.report_values(found)["changed"] is False
    assert training_report.describe_step(replace(found, changed=True)) == ""
    changed = replace(same, comparison=BETTER, changed=True)
    assert training_report.format_headline(changed) == training_report.format_title(BETTER)
    assert training_report.format_next_step(changed) == training_report.format_advice(BETTER)


def test_new_characters_are_a_change() -> None:
    trained = Trained("boards", Path(), SAME, 120, 31.4, step_share=0.0, new_letters="ß")
    assert training_report.describe_step(trained).startswith("Only the new characters were learned, as other")
