"""Where what is to be learned comes from."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from ocr_studio.core.project.project import Project
from ocr_studio.core.settings import ReaderOptions
from ocr_studio.core.translation import tr
from ocr_studio.jobs.learning import preflight


@dataclass(frozen=True, slots=True)
class Origin:
    """What is checked in a project, or a dataset that lies somewhere; neither where nobody has asked yet."""

    project: Project | None = None
    folder: Path | None = None

    def __bool__(self) -> bool:
        return self.project is not None or self.folder is not None

    @property
    def doing(self) -> str:
        """What is done while it is looked at."""
        return tr("Looking at the dataset…") if self.folder else tr("Looking at your corrections…")

    @property
    def failed(self) -> str:
        """What is said where it could not be looked at."""
        if self.folder:
            return tr("The dataset could not be looked at")
        return tr("Your corrections could not be looked at")

    def look(self, options: ReaderOptions) -> Iterator[object]:
        """See what there is to learn from; see ``jobs.preflight``. Raises StudioError."""
        if self.folder is not None:
            yield from preflight.look_at_dataset(self.folder, options=options)
        elif self.project is not None:
            yield from preflight.look(self.project, options=options)
