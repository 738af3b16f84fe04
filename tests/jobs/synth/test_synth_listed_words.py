"""Words of a list that are never written: how many they are, which and why is said, and the others come."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from ocr_studio.core.datasets import dataset
from ocr_studio.core.datasets.report import Report
from ocr_studio.core.synth.options import SynthOptions
from ocr_studio.engine.synth.text import texts
from ocr_studio.engine.synth.text.texts import BadWordList
from ocr_studio.jobs.synth import generate
from tests import made_synth

LONG = "Donaudampfschifffahrtselektrizitätenhauptbetriebswerk"  # 53 letters


def asked(folder: Path, listed: str, *, words: int = 12) -> SynthOptions:
    """Options to write nothing but these words."""
    options = made_synth.options(folder, words=words, only_words=True, writing={"made": 1.0}, spoiled=0.0)
    (folder / "words.txt").write_text(listed, "utf-8")
    return options


def written(options: SynthOptions, folder: Path) -> tuple[Report, set[str]]:
    """What was said, and what stands on the pictures."""
    *_, report = generate.write(options, folder, children=0)
    assert isinstance(report, Report)
    return report, {each.text for each in dataset.read(folder).examples}


def test_long_words_come(tmp_path: Path) -> None:
    report, said = written(asked(tmp_path, LONG), tmp_path / "out")
    assert (said, report.trouble, report.written) == ({LONG}, (), 12)


def test_which_words_are_left_out_is_told_with_the_reason(tmp_path: Path) -> None:
    listed = " ".join(["board", "x" * 61, "zoo", "so\u00adft", "日本", "日", "本", "日日", "本日", "日本日"])
    report, said = written(asked(tmp_path, listed), tmp_path / "out")
    assert said == {"board", "zoo"}
    path = tmp_path / "words.txt"
    assert set(report.trouble) == {
        f"{path}: 1 word is longer than 60 characters: {'x' * 29}…. The others are used.",
        f"{path}: 1 word contains invisible characters: so\u00adft. The others are used.",
        f"{path}: no writer or font can write 6 words: 日本, 日, 本, 日日, 本日, …. The others are used.",
    }
    manifest = json.loads((tmp_path / "out" / "manifest.json").read_text("utf-8"))
    assert tuple(manifest["synthetic"]["trouble"]) == report.trouble


def test_a_word_is_found_among_many_that_nobody_can_write(tmp_path: Path) -> None:
    foreign = [chr(0x4E00 + number) for number in range(2000)]
    _, said = written(asked(tmp_path, " ".join([*foreign, "board"])), tmp_path / "out")
    assert said == {"board"}


def test_what_others_write_is_not_left_out_but_comes_by_them(tmp_path: Path) -> None:
    options = asked(tmp_path, "board zoo boárd")
    report, said = written(replace(options, writing={"print": 1.0}), tmp_path / "print")  # that font has no á
    assert said == {"board", "zoo"}
    trouble = f"{tmp_path / 'words.txt'}: no writer or font can write 1 word: boárd. The others are used."
    assert report.trouble == (trouble,)
    report, said = written(replace(options, writing={"made": 1.0, "print": 1.0}), tmp_path / "both")
    assert (said, report.trouble) == ({"board", "zoo", "boárd"}, ())


@pytest.mark.parametrize(
    ("listed", "why"),
    [
        ("x" * 300, "1 word is longer than 60 characters: xxx"),
        (
            "日本 日",
            "no writer or font can write 2 words: 日本, 日. Add fonts that have their characters, or use other words.",
        ),
        (f"日本 {'x' * 61}", "1 word is longer than 60 characters: x.*…; no writer or font can write 1 word: 日本"),
        ("\u200b \u200b\u200b", "2 words contain invisible characters"),
        (" \n", "it contains no words"),
    ],
)
def test_a_list_of_which_nothing_can_be_written_is_refused_for_what_it_is(
    tmp_path: Path, listed: str, why: str
) -> None:
    options = asked(tmp_path, listed)
    for only_words in (True, False):
        with pytest.raises(BadWordList, match=f"words.txt: the word list can’t be used: {why}"):
            written(replace(options, only_words=only_words), tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_boards_have_long_words_and_none_that_nobody_can_write(tmp_path: Path) -> None:
    options = replace(asked(tmp_path, f"{LONG} 日本", words=0), boards=1, writing={"made": 1.0})
    report, said = written(options, tmp_path / "out")
    assert any(LONG in text for text in said)
    assert not any("日" in text for text in said)
    assert len(report.trouble) == 1


def test_how_often_words_come_stays_as_it_was_without_some(tmp_path: Path) -> None:
    (tmp_path / "words.txt").write_text("a a a a b c", "utf-8")
    fewer = texts.restrict_vocabulary(texts.load_word_list(tmp_path / "words.txt"), {"a", "c"})
    assert (fewer.words, fewer.unwritable) == (("a", "c"), ("b",))
    assert fewer.shares.tolist() == pytest.approx([2 / 3, 1.0])
