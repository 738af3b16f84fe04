"""Looking at paths never raises, whatever they are."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from ocr_studio.cli import main as cli
from ocr_studio.core import paths


@pytest.mark.parametrize("name", ["x" * 5000, "a\0b", ""])
def test_what_cannot_be_a_name_is_no_folder(tmp_path: Path, name: str) -> None:
    path = tmp_path / "missing" / name
    assert not paths.is_folder(path)
    assert not paths.exists(path)


@pytest.mark.skipif(sys.platform == "win32", reason="links need rights there")
def test_a_circle_of_links_is_no_folder(tmp_path: Path) -> None:
    circle = tmp_path / "circle"
    circle.symlink_to(circle)
    assert not paths.is_folder(circle)
    assert not paths.exists(circle)


def test_what_may_not_be_looked_at_is_no_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise PermissionError(13, os.strerror(13))

    assert paths.is_folder(tmp_path)
    assert paths.exists(tmp_path)
    monkeypatch.setattr(Path, "stat", refuse)
    assert not paths.is_folder(tmp_path)
    assert not paths.exists(tmp_path)


@pytest.mark.skipif(sys.platform == "win32", reason="any name has a home folder there")
def test_a_home_of_nobody_is_said_in_one_line(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    monkeypatch.setenv("OCR_STUDIO_HOME", "~nobody-is-called-so")
    for arguments in (["read", "photo.jpg"], ["evaluate", str(tmp_path)], ["models", "list"], [str(tmp_path)]):
        assert cli.run(arguments) == 1
        said = capsys.readouterr().err
        assert said.count("\n") == 1
        assert "OCR_STUDIO_HOME is “~nobody-is-called-so”" in said
