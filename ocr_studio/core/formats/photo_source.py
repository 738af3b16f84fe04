"""The photos of exported pages, for formats that contain them or refer to them."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from ocr_studio.core.images.photo_stream import MAX_BYTES, open_stream
from ocr_studio.core.page import Page


@dataclass(frozen=True, slots=True)
class PhotoSource:
    """Opens the photos of pages.

    Attributes:
        locate: Returns the path of a page's photo; raises StudioError for one outside the photos' folder.
        out: The folder that the file is written to; None if it is not known.
    """

    locate: Callable[[Page], Path]
    out: Path | None = None

    def path(self, page: Page) -> Path:
        """Return the path of a page's photo. Raises StudioError."""
        return self.locate(page)

    def read(self, page: Page) -> bytes:
        """Read the file of a page's photo. Raises PhotoError."""
        with open_stream(self.locate(page)) as stream:
            return stream.read(MAX_BYTES)

    def reference(self, page: Page) -> str:
        """Return the path of a page's photo from the folder that is written to, "/" between parts.

        It is the photo's name where no such path exists, for example on another drive.
        """
        if self.out is None:
            return page.image
        try:
            found = os.path.relpath(self.locate(page), self.out)
        except ValueError:
            return page.image
        return Path(found).as_posix()
