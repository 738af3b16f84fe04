"""A temporary file for images, so that those of thousands of photos don't fill the memory."""

from __future__ import annotations

import tempfile
import threading
import weakref
from collections.abc import Iterable, Iterator, Sequence
from typing import overload

from ocr_studio.core.errors import StudioError
from ocr_studio.core.translation import tr


class ImageSpool:
    """One file for the images of many photos. The system deletes it when it is no longer used, or at the end.

    Pictures may be added by one thread while another looks at some.
    """

    def __init__(self) -> None:
        """Create the temporary file. Raises StudioError."""
        try:
            self._file = tempfile.TemporaryFile(buffering=0)  # noqa: SIM115  (lives as long as its pictures)
        except OSError as error:
            what = tr("can’t create a temporary file: {reason}", reason=error.strerror or error)
            raise StudioError(
                what, remedy=tr("Free up disk space, or set the variable TMPDIR to another folder.")
            ) from error
        self._lock = threading.Lock()
        weakref.finalize(self, self._file.close)

    def add(self, pictures: Iterable[bytes]) -> SpooledImages:
        """Store images. Raises StudioError if the disk is full."""
        places = []
        try:
            for picture in pictures:
                with self._lock:
                    places.append((self._file.seek(0, 2), len(picture)))
                    if self._file.write(picture) != len(picture):
                        raise OSError(tr("the disk is full"))
        except OSError as error:
            what = tr("can’t save an image: {reason}", reason=error.strerror or error)
            raise StudioError(what, file=tempfile.gettempdir(), remedy=tr("Free up disk space.")) from error
        return SpooledImages(self, places)

    def read(self, place: int, length: int) -> bytes:
        """Read an image; empty if the disk fails, as an image isn't worth an error."""
        with self._lock:
            try:
                self._file.seek(place)
                return self._file.read(length) or b""
            except OSError:
                return b""


class SpooledImages(Sequence[bytes]):
    """The images of one photo, each read on demand."""

    def __init__(self, file: ImageSpool, places: Sequence[tuple[int, int]]) -> None:
        self._file, self._places = file, tuple(places)

    def __len__(self) -> int:
        return len(self._places)

    @overload
    def __getitem__(self, index: int) -> bytes: ...
    @overload
    def __getitem__(self, index: slice) -> SpooledImages: ...
    def __getitem__(self, index: int | slice) -> bytes | SpooledImages:
        if isinstance(index, slice):
            return SpooledImages(self._file, self._places[index])
        return self._file.read(*self._places[index])

    def __iter__(self) -> Iterator[bytes]:
        return (self._file.read(*place) for place in self._places)
