"""Pictures kept in a temporary file, so that those of a thousand photos do not fill the memory."""

from __future__ import annotations

import tempfile
import threading
import weakref
from collections.abc import Iterable, Iterator, Sequence
from typing import overload

from ocr_studio.core.errors import StudioError
from ocr_studio.core.translation import tr


class ImageSpool:
    """One file for the pictures of many photos. The system removes it when nobody uses it any more, or at the end.

    Pictures may be added by one thread while another looks at some.
    """

    def __init__(self) -> None:
        """Raises StudioError where no temporary file can be made."""
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
        """Keep these. Raises StudioError where there is no room."""
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
        """What is kept there; nothing where the disk fails, as a picture is not worth an error."""
        with self._lock:
            try:
                self._file.seek(place)
                return self._file.read(length) or b""
            except OSError:
                return b""


class SpooledImages(Sequence[bytes]):
    """The pictures of one photo, each read when it is asked for."""

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
