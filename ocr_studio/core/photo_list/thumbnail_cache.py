"""Small pictures of photos kept on the disk, so that a folder that was looked at once is there at once.

``thumbnails/<folder>/<photo>`` in the cache folder, both named by a hash. A file is a line that says of which state of
which photo it is and how it must add up, then the picture as PNG or JPEG. All of it may be deleted at any time; what
is damaged or of an older state of the photo is made again.
"""

from __future__ import annotations

import hashlib
import logging
import os
import zlib
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import cv2
import numpy as np

from ocr_studio.core import paths
from ocr_studio.core.files.safe_folder import SafeFolder
from ocr_studio.core.images.pixel_formats import RGB, encode_image
from ocr_studio.core.project.page_cache import Stamp

_log = logging.getLogger(__name__)

# Folders whose small pictures are kept; the ones not looked at for longest go first. One of 10,000 photos takes 60 MB.
MOST_FOLDERS: Final = 24
_MAX_BYTES: Final = 1 << 20
_QUALITY: Final = 88


@dataclass(frozen=True, slots=True)
class CachedPicture:
    """A small picture, (h, w, 3) uint8 RGB, and the content id of its photo."""

    picture: RGB
    page_id: str


class ThumbnailCache:
    """The small pictures of one folder of photos. Never raises for the disk: without it, all is made again."""

    def __init__(self, photos: Path, *, side: int, root: Path | None = None) -> None:
        """side: length of the pictures' longer side, pixels. root: in place of the program's own cache folder."""
        self._root = SafeFolder((root or paths.cache_dir()) / "thumbnails")
        self._folder = _hash_data(os.fsencode(photos))
        self._side = side
        self._ready = self._told = False

    def get(self, name: str, stamp: Stamp) -> CachedPicture | None:
        """The picture of a photo as it is now, or None. stamp: see ``page_cache.stamp``."""
        try:
            data = self._root.read(self._path(name), most=_MAX_BYTES)
        except (OSError, ValueError):
            return None
        head, _, body = data.partition(b"\n")
        page_id, _, about = head.decode("ascii", "replace").partition(" ")
        if about != self._about(stamp, body):
            return None
        pixels = cv2.imdecode(np.frombuffer(body, np.uint8), cv2.IMREAD_COLOR_RGB) if body else None
        return None if pixels is None else CachedPicture(np.asarray(pixels, np.uint8), page_id)

    def put(self, name: str, stamp: Stamp, made: CachedPicture) -> None:
        """Keep a picture: whole or not at all."""
        body = encode_image(made.picture, ".jpg", quality=_QUALITY)
        path = self._path(name)
        try:
            self._prepare()
            # Not flushed to the disk, as a page is: what a power cut leaves does not add up and is made again.
            about = f"{made.page_id} {self._about(stamp, body)}\n".encode("ascii")
            self._root.replace(path, about + body, flush=False)
            self._told = False
        except OSError as error:
            if not self._told:
                _log.info(
                    "%s: small pictures are not kept, and made again when they are wanted: %s",
                    self._root.full(path),
                    error,
                )
            self._told = True

    def _prepare(self) -> None:
        if not self._ready:
            self._root.make_folder(self._folder)
            self._ready = True
            self._root.touch(self._folder)
            self._root.sweep(self._folder)
            folders = sorted(self._root.entries(), key=lambda each: each.status.st_mtime, reverse=True)
            for old in folders[MOST_FOLDERS:]:
                self._root.remove_tree(old.name)

    def _path(self, name: str) -> str:
        return f"{self._folder}/{_hash_data(os.fsencode(name))}"

    def _about(self, stamp: Stamp, body: bytes) -> str:
        return " ".join(map(str, (*stamp, self._side, zlib.crc32(body))))


def _hash_data(data: bytes) -> str:
    return hashlib.blake2b(data, digest_size=12).hexdigest()
