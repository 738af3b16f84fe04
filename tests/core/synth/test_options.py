"""What may be asked of synthetic words and boards, and how it is kept."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from ocr_studio.core.dataset_files.validation import MAX_EXAMPLES
from ocr_studio.core.synth import options as synth_options
from ocr_studio.core.synth.options import BadOptions, SynthOptions

GOOD = SynthOptions(words=10)


def test_all_of_them_come_back_from_json(tmp_path: Path) -> None:
    options = SynthOptions(
        words=7, boards=3, cut=False, seed=5, languages=("de", "en"), word_list=tmp_path / "w.txt", only_words=True,
        fonts=tmp_path, prints=tmp_path, strokes=(tmp_path / "a.npz", tmp_path / "b.npz"), backgrounds=tmp_path,
        writing={"print": 1.0}, grounds={"paper": 0.5, "glass": 0.5}, spoiled=0.25, side=1280, held_out=0.2,
        purpose="test",
    )  # fmt: skip
    said = json.loads(json.dumps(synth_options.options_values(options)))
    assert synth_options.parse_options(said) == options
    (tmp_path / "manifest.json").write_text(json.dumps({"format": "x", "synthetic": {"options": said}}))
    assert synth_options.load_options(tmp_path) == options
    assert synth_options.parse_options({"words": 3}) == SynthOptions(words=3)


@pytest.mark.parametrize(
    ("asked", "option", "said"),
    [
        ({"words": 0}, "", "neither words nor boards"),
        ({"words": MAX_EXAMPLES + 1}, "words", "words can’t be"),
        ({"boards": -1}, "boards", "boards can’t be -1"),
        ({"spoiled": 1.5}, "spoiled", "Enter a value from 0 to 1."),
        ({"held_out": 0.7}, "held_out", "the held-out share can’t be 0.7. Enter a value from 0 to 0.5."),
        ({"languages": ("xx",)}, "languages", "“xx”"),
        ({"languages": ()}, "languages", "no language is selected"),
        ({"fonts": Path("/nowhere/at all")}, "fonts", "/nowhere/at all: the folder does not exist"),
        ({"fonts": Path(__file__)}, "fonts", "it is not a folder"),
        ({"word_list": Path(__file__).parent}, "word_list", "it is a folder, not a file"),
        ({"strokes": (Path("/nowhere.npz"),)}, "strokes", "/nowhere.npz: the file does not exist"),
        (
            {"boards": 10**11},
            "boards",
            "the number of boards can’t be 100,000,000,000. Enter a value from 0 to 20,000.",
        ),
        (
            {"words": -(10**9)},
            "words",
            "the number of single words can’t be -1,000,000,000. Enter a value from 0 to 200,000.",
        ),
        ({"writing": {"quill": 1.0}}, "writing", "“quill” is unknown. Possible values: strokes"),
        ({"writing": {"print": -1.0}}, "writing", "“print” must be 0 or more"),
        ({"writing": {"print": 0.0}}, "writing", "no handwriting is selected: all shares are 0"),
        ({"grounds": {"paper": float("nan")}}, "grounds", "“paper”"),
        ({"writing": {"strokes": 1.0}}, "strokes", "neither fonts nor pen strokes"),
        ({"writing": {"handwriting": 1.0}}, "fonts", "neither fonts nor pen strokes"),
        (
            {"grounds": {"real": 1.0, "paper": 0.0}},
            "backgrounds",
            "no photos of empty boards are specified. Choose a folder",
        ),
    ],
)
def test_what_cannot_be_made_is_said(asked: dict[str, Any], option: str, said: str) -> None:
    synth_options.check_options(GOOD)
    with pytest.raises(BadOptions) as caught:
        synth_options.check_options(replace(GOOD, **asked))
    assert caught.value.option == option
    assert said in str(caught.value)


@pytest.mark.parametrize(
    "raw",
    [
        None,
        [],
        {"words": "many"},
        {"words": True},
        {"wrods": 3},
        {"version": 99},
        {"fonts": ""},
        {"strokes": [""]},
        {"writing": {"a": "b"}},
    ],
)
def test_json_that_says_something_else_is_refused(raw: Any) -> None:
    with pytest.raises(BadOptions):
        synth_options.parse_options(raw)


def test_numbers_in_a_file_are_said_as_people_write_them() -> None:
    with pytest.raises(BadOptions, match=r"the board size can’t be 100,000,000,000\. "):
        synth_options.parse_options({"side": 100000000000.0})


def test_what_to_do_is_an_option_where_a_command_was_typed() -> None:
    with pytest.raises(BadOptions) as caught:
        synth_options.check_options(replace(GOOD, words=0))
    assert "--" not in str(caught.value)
    assert caught.value.typed.endswith("Add --words N, --boards N, or both.")


def test_files_without_options_are_refused(tmp_path: Path) -> None:
    (tmp_path / "manifest.json").write_text('{"format": "ocr-studio-dataset"}')
    (tmp_path / "broken.json").write_text('{"words": ')
    for path in (tmp_path, tmp_path / "broken.json", tmp_path / "none.json"):
        with pytest.raises(BadOptions, match=str(tmp_path)):
            synth_options.load_options(path)


@pytest.mark.parametrize(
    "said", ["{}", "[]", "null", "0", '{"format": "ocr-studio-dataset", "synthetic": {"options": {}}}']
)
def test_a_manifest_that_says_nothing_is_refused_not_taken_for_the_defaults(tmp_path: Path, said: str) -> None:
    (tmp_path / "manifest.json").write_text(said)
    with pytest.raises(BadOptions, match=r"manifest\.json: it contains no options for synthetic samples"):
        synth_options.load_options(tmp_path)


@pytest.mark.parametrize(("share", "of"), [(0.0, 100), (0.1, 100), (0.25, 80), (0.5, 10), (0.3, 1000)])
def test_what_is_held_out_is_spread_evenly(share: float, of: int) -> None:
    options = replace(GOOD, held_out=share)
    held = [options.is_held_out(index) for index in range(of)]
    assert sum(held) == round(share * of)
    assert sum(held[: of // 2]) == pytest.approx(share * of / 2, abs=1)
    assert all(replace(options, purpose="test").is_held_out(index) for index in range(of))


def test_of_a_few_one_is_held_out() -> None:
    assert sum(replace(GOOD, held_out=0.1).is_held_out(index) for index in range(5)) == 1
