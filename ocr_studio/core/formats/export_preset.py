"""How photos were exported last, to offer the same again."""

from __future__ import annotations

import logging
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Annotated, Final

from msgspec import Meta

from ocr_studio.core import paths, state_file
from ocr_studio.core.files import json_schema

_FILE: Final = "export.json"
_Name = Annotated[str, Meta(max_length=40)]

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class ExportPreset:
    """What was chosen last.

    Attributes:
        kind: The format, as in ``export_photos``; it need not be known any more.
        one_file: Whether all texts went to one file.
        photos: The folder of the photos, None if nothing was exported yet.
        folder: Where they were exported to.
    """

    kind: _Name = "text"
    one_file: bool = False
    photos: Path | None = None
    folder: Path | None = None

    def folder_for(self, photos: Path) -> Path:
        """Return where to export these photos: where they went last, else to a folder beside them.

        Photos of another folder may have the same names, so their files should not go to the same place unasked.
        """
        return self.folder if self.folder is not None and photos == self.photos else photos / "export"


def load() -> ExportPreset:
    """Load the last choice; the default if there is none."""
    found: ExportPreset = json_schema.convert_or(
        dict(state_file.read(paths.state_dir() / _FILE)), ExportPreset, ExportPreset()
    )
    return found


def save(preset: ExportPreset) -> None:
    """Save a choice. It is a comfort: trouble with its file is logged and stops nothing."""
    values = {key: str(value) if isinstance(value, Path) else value for key, value in asdict(preset).items()}
    try:
        state_file.write(paths.state_dir() / _FILE, values)
    except OSError as error:
        log.warning("%s: the choices of the export were not kept: %s", _FILE, error)
