"""Making a dataset of what a person has checked: a generator for the window and the command line."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from ocr_studio.core.datasets import dataset
from ocr_studio.core.datasets import sources as dataset_sources
from ocr_studio.core.datasets.dataset import PhotoCut, Report, Wanted
from ocr_studio.core.datasets.sources import Sources
from ocr_studio.core.project.project import Project


def export_project(project: Project, folder: Path, wanted: Wanted | None = None) -> Iterator[PhotoCut | Report]:
    """Write what is checked in a project, unsaved changes included: PhotoCut for each photo, at last the Report.

    Nothing of the project is changed. Raises StudioError where nothing is known, and as ``dataset.export`` does.
    """
    yield from export_sources(dataset_sources.from_project(project), folder, wanted)


def export_sources(sources: Sources, folder: Path, wanted: Wanted | None = None) -> Iterator[PhotoCut | Report]:
    """Write what these pages have; see ``export_project``."""
    yield from dataset.export(sources.pages, folder, wanted or Wanted(), trouble=sources.trouble)
