"""What is wrong with how ``ocr-studio`` was called is one line, and the exit status is 2."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from ocr_studio.cli import main as cli
from ocr_studio.cli.terminal import console
from ocr_studio.core import resources


@pytest.mark.parametrize(
    "wrong",
    [
        ["read"],
        ["read", "a.jpg", "--format", "xml"],
        ["read", "a.jpg", "--model", "nobody"],
        ["read", "a.jpg", "--form", "json"],
        ["read", "a.jpg", "--unit", "letters"],
        ["models"],
        ["models", "eat"],
        ["export", "here", "--out", "there"],
        ["export", "here", "--format", "doc", "--out", "there"],
        ["--scale", "7"],
        ["--scale", "big"],
        ["--theme", "pink"],
        ["--language", "fr"],
        ["--screenshot", "a.jpg"],
        ["--verbose"],
        ["--nonsense"],
        ["--no\nnsense"],
        ["dataset"],
        ["evaluate", "here", "--nonsense"],
        ["models", "use"],
        ["models", "fetch", "nobody.h5"],
        ["search"],
        ["search", "word", "--limit", "many"],
        ["synth", "--words", "few"],
        ["synth", "--out", ""],
        ["train", "--dataset", "here"],
        ["train", "--dataset", "here", "--name", "Mine", "--batch", "1.5"],
    ],
)
def test_wrong_usage_ends_with_2_and_one_line(wrong: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.run(wrong) == 2
    said = capsys.readouterr()
    assert said.out == ""
    (line,) = said.err.splitlines()
    assert line.startswith("ocr-studio")
    assert "usage" not in line


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (["read", "--frob"], "read: the following arguments are required: PHOTO; unrecognized arguments: --frob"),
        (
            ["export", "here", "--fromat=txt", "--out", "x"],
            "export: the following arguments are required: --format; unrecognized arguments: --fromat=txt",
        ),
        (["models", "use", "--frob"], "models use: the following arguments are required: NAME; unrecognized arguments"),
        (
            ["export", "here", "--out", "x", "--", "--frob"],
            "export: the following arguments are required: --format; see",
        ),
        (["export", "here", "--out=x"], "export: the following arguments are required: --format; see"),
    ],
)
def test_beside_what_is_missing_an_option_that_there_is_none_of_is_named(
    given: list[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.run(given) == 2
    assert capsys.readouterr().err.startswith(f"ocr-studio {said}")


def test_what_is_like_a_command_and_no_file_is_taken_for_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    for wrong in (["red", "photo.png"], ["red"]):
        assert cli.run(wrong) == 2
        said = "ocr-studio: “red” is neither a command nor a file. Did you mean “read”?\n"
        assert capsys.readouterr().err == said
    for other in (["boards", "photo.png"], ["boards"]):
        assert cli.run(other) != 0
        assert "Did you mean" not in capsys.readouterr().err


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        (["help", "serach"], "there is no help topic “serach”. Did you mean “search”?"),
        (
            ["models", "show", "pp-ocrv6-smal"],
            "the model “pp-ocrv6-smal” was not found. Did you mean “pp-ocrv6-small”?",
        ),
    ],
)
def test_an_unknown_name_is_answered_with_the_most_similar_one(
    wrong: list[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.run(wrong) == 2
    assert capsys.readouterr().err == f"ocr-studio: {said}\n"


def test_an_unknown_language_of_the_window_is_answered_with_those_there_are(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert cli.run(["--language", "fr"]) == 2
    said = capsys.readouterr().err
    assert "argument --language: invalid choice: 'fr'" in said
    assert all(language in said for language in resources.languages())


def test_a_screenshot_is_a_png(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.run(["--screenshot", "a.jpg"]) == 2
    assert "argument --screenshot: the file name must end in .png, not “a.jpg”" in capsys.readouterr().err


def test_verbose_alone_opens_no_window(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.run(["--verbose"]) == 2
    assert capsys.readouterr().err == 'ocr-studio: --verbose needs --version; see "ocr-studio --help"\n'


def test_the_help_page_lists_the_options_of_the_window_and_the_exit_statuses(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert cli.run(["--help"]) == 0
    options = set(re.findall(r"(?<![\w-])--[a-z]+", capsys.readouterr().out.partition("commands:")[0])) - {"--help"}
    page = resources.resource("help/command-line.md").read_text(encoding="utf-8")
    assert options >= {"--theme", "--overwrite"}
    assert not {option for option in options if f"\n| `{option}" not in page}
    statuses = (console.GOOD, console.FAILED, console.MISUSED, console.INTERRUPTED)
    assert not [status for status in statuses if f"\n| {status} | " not in page]


def test_what_is_wrong_with_an_argument_is_said_with_where_help_is(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.run(["synth", "--nonsense"]) == 2
    told = 'ocr-studio synth: unrecognized arguments: --nonsense; see "ocr-studio synth --help"\n'
    assert capsys.readouterr().err == told
    assert cli.run(["models", "use"]) == 2
    told = 'ocr-studio models use: the following arguments are required: NAME; see "ocr-studio models use --help"\n'
    assert capsys.readouterr().err == told
