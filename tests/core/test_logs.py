"""The log of the program, which also names what strangers have named."""

from __future__ import annotations

import logging
from pathlib import Path

import pytest

from ocr_studio.core import logs


def test_halves_of_characters_are_logged_as_they_are_escaped(
    studio_home: Path, capsys: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    with logs.in_log_file():
        logging.getLogger("ocr_studio.test").warning("%s is left out", "x\udfff")
    assert "x\\udfff is left out" in logs.last_lines(1)[0]
    assert studio_home.is_dir()
    caplog.clear()  # it is meant
    assert capsys.readouterr().err == ""
