"""Keeps what a service reads in a project: the photo in its folder, and the page with it."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from pathlib import Path

from ocr_studio.core.images import page_paths
from ocr_studio.core.page import Page
from ocr_studio.core.project.project import Project
from ocr_studio.jobs.photos import store_readings
from ocr_studio.jobs.photos.receive_photo import store_photo
from ocr_studio.server.api.lane import Photo


class ProjectKeeper:
    """Saves photos and pages in a project, which stays locked until it is closed. Belongs to the thread that reads."""

    def __init__(self, project: Project) -> None:
        """Lock the project. Raises StudioError, for example because a window has it open."""
        project.lock(create=True)
        self._project = project
        # A file with several pages is saved once.
        self._last: tuple[Path, Path] | None = None

    def close(self) -> None:
        """Let a window write again."""
        self._project.unlock()

    def keep(self, photo: Photo, page: Page) -> Page:
        """Save a photo and its page.

        Args:
            photo: The photo.
            page: As it was read.

        Returns:
            The page of the project: with the user's corrections if the same photo is known.

        Raises:
            StudioError: It can't be saved.
        """
        project = self._project
        known = project.load_page(page.id)
        if known is None or not page_paths.exists(project.photo(known)):
            saved = self._save_file(photo.path)
            page = replace(page, image=project.relative(saved))
            if known is not None:
                project.save_page(replace(known, image=page.image))
        return store_readings.keep(project, page, again=False)

    def _save_file(self, path: Path) -> Path:
        """Save the file of a photo, and return the path of the photo there."""
        file, index = page_paths.find_page(path)
        if self._last is None or self._last[0] != file:
            folder, when = self._project.photos, datetime.now().astimezone()
            saved = store_photo(file.read_bytes(), folder=folder, name="Upload", suffix=file.suffix, when=when)
            self._last = file, saved
        saved = self._last[1]
        return page_paths.make_page_path(saved, index) if file != path else saved
