"""What is wrong with how ``ocr-studio`` was called is one line, and the exit status is 2."""

from __future__ import annotations

import pytest

from ocr_studio import cli


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
        ["export", "here", "--format", "docx", "--out", "there"],
        ["--scale", "7"],
        ["--scale", "big"],
        ["--theme", "pink"],
        ["one.jpg", "two.jpg"],
        ["--nonsense"],
        ["a\nb", "c\nd"],
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


def test_what_is_wrong_with_an_argument_is_said_with_where_help_is(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.run(["synth", "--nonsense"]) == 2
    told = 'ocr-studio synth: unrecognized arguments: --nonsense; see "ocr-studio synth --help"\n'
    assert capsys.readouterr().err == told
    assert cli.run(["models", "use"]) == 2
    told = 'ocr-studio models use: the following arguments are required: NAME; see "ocr-studio models use --help"\n'
    assert capsys.readouterr().err == told
