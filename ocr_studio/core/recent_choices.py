"""What was chosen lately from a long list, kept between starts, so that it can stand first the next time."""

from __future__ import annotations

import logging
from pathlib import Path

from ocr_studio.core import paths, state_file

log = logging.getLogger(__name__)

_MOST = 50


class RecentChoices:
    """Names, the newest first. A comfort: trouble with their file is logged and never stops anything."""

    def __init__(self, path: Path | None = None) -> None:
        """path: the JSON file that keeps them, by default that of the command palette."""
        self._path = path or paths.state_dir() / "palette.json"
        kept = state_file.read(self._path).get("chosen")
        names = kept if isinstance(kept, list) else []
        self._names = [name for name in names if isinstance(name, str)][:_MOST]

    def ages(self) -> dict[str, int]:
        """0 for what was chosen last, 1 for what before that, and so on."""
        return {name: age for age, name in enumerate(self._names)}

    def add(self, name: str) -> None:
        """This has just been chosen."""
        self._names = [name, *(each for each in self._names if each != name)][:_MOST]
        try:
            state_file.write(self._path, {"chosen": self._names})
        except OSError as error:
            log.warning("%s: what was chosen was not kept: %s", self._path, error)
