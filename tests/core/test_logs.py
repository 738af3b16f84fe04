"""The log of the program, which also names what strangers have named."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from ocr_studio.core import logs

# In a program of its own: what pytest keeps of a log must be whole characters.
_LOGGING = """
import logging
from ocr_studio.core import logs
with logs.in_log_file():
    logging.getLogger("ocr_studio").warning("%s is left out", "x\\udfff")
"""


@pytest.mark.usefixtures("studio_home")
def test_halves_of_characters_are_logged_as_they_are_escaped() -> None:
    command = [sys.executable, "-c", _LOGGING]
    ended = subprocess.run(command, cwd=Path(__file__).parents[2], capture_output=True, text=True, check=False)
    assert (ended.returncode, ended.stdout, ended.stderr) == (0, "", "")
    assert logs.last_lines(1)[0].endswith("x\\udfff is left out")
