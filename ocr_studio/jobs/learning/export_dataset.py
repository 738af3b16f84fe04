"""Exports the checked words of a project as a dataset."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from ocr_studio.core.datasets import dataset
from ocr_studio.core.datasets import sources as dataset_sources
from ocr_studio.core.datasets.dataset import ExportOptions, PhotoCut, Report
from ocr_studio.core.datasets.sources import DatasetSources
from ocr_studio.core.project.project import Project


def export_project(project: Project, folder: Path, wanted: ExportOptions | None = None) -> Iterator[PhotoCut | Report]:
    """Export the checked words of a project, including unsaved changes, without changing the project.

    Yields a PhotoCut for each photo, then the Report. Raises StudioError if the project has no pages, and those of
    ``dataset.export``.
    """
    yield from export_sources(dataset_sources.from_project(project), folder, wanted)


def export_sources(
    sources: DatasetSources, folder: Path, wanted: ExportOptions | None = None
) -> Iterator[PhotoCut | Report]:
    """Export the checked words of these pages; see ``export_project``."""
    options = wanted or ExportOptions()
    yield from dataset.export(sources.pages, folder, options, source=sources.folder, trouble=sources.trouble)
