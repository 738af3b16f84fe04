"""Published weights files that can be downloaded: names, addresses and checksums.

Names, addresses and SHA-256 sums are those of keras-ocr 0.9.3 (MIT; ``keras_ocr/detection.py``, ``recognition.py``).
The weights of CRAFT are by its authors (NAVER Corp., MIT), those of the CRNN by kurapan. They do not come with this
program and are only downloaded on request.
"""

from __future__ import annotations

import hashlib
import os
import string
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from ocr_studio.core import paths
from ocr_studio.core.models.card import MOST_WEIGHT_BYTES, Kind
from ocr_studio.core.translation import later

WEIGHT_SUFFIXES: Final = (".h5", ".hdf5")  # weights files of older Keras versions
_RELEASE: Final = "https://github.com/faustomorales/keras-ocr/releases/download/v0.8.4"


@dataclass(frozen=True, slots=True)
class PublishedFile:
    """A published weights file.

    Attributes:
        name: File name.
        address: URL.
        sha256: SHA-256 of the file.
        kind: Kind of the network.
        about: Description for the user.
        megabytes: Approximate size.
        licence: Licence and owner of the weights.
        good_for: Use cases for the user.
        alphabet: Characters of a recognizer in the order of its classes; empty for a detector or if the last layer is
            missing.
    """

    name: str
    address: str
    sha256: str
    kind: Kind
    about: str
    megabytes: int
    licence: str
    good_for: str = ""
    alphabet: tuple[str, ...] = ()


CRAFT: Final = PublishedFile(
    name="craft_mlt_25k.h5",
    address=f"{_RELEASE}/craft_mlt_25k.h5",
    sha256="7283ce2ff05a0617e9740c316175ff3bacdd7215dbdf1a726890d5099431f899",
    kind="detector",
    about=later("CRAFT, trained on scene text in many languages"),
    megabytes=83,
    licence="MIT (NAVER Corp.)",
    good_for=later(
        "Finding single words, even slanted ones, on photos of streets, signs and packages. It is large: a photo takes "
        "many times as long as with the included detector."
    ),
)
CRNN: Final = PublishedFile(
    name="crnn_kurapan.h5",
    address=f"{_RELEASE}/crnn_kurapan.h5",
    sha256="a7d8086ac8f5c3d6a0a828f7d6fbabcaf815415dd125c32533013f85603be46d",
    kind="recognizer",
    about=later("CRNN, reads digits and lowercase letters of printed words"),
    megabytes=35,
    licence="MIT (published with keras-ocr)",
    good_for=later(
        "Comparing with keras-ocr. It reads single printed words and knows digits and the lowercase letters a to z "
        "only. It was trained on computer-generated words."
    ),
    alphabet=tuple(string.digits + string.ascii_lowercase),
)
CRNN_NOTOP: Final = PublishedFile(
    name="crnn_kurapan_notop.h5",
    address=f"{_RELEASE}/crnn_kurapan_notop.h5",
    sha256="027fd2cced3cbea0c4f5894bb8e9e85bac04f11daf96b8fdcf1e4ee95dcf51b9",
    kind="recognizer",
    about=later("CRNN without its last layer, for training with another alphabet"),
    megabytes=35,
    licence="MIT (published with keras-ocr)",
)
ALL: Final = (CRAFT, CRNN, CRNN_NOTOP)
# Ready to use; the file without its last layer can only be trained further.
USABLE: Final = (CRAFT, CRNN)


def folder() -> Path:
    """Return the folder of downloaded files. It may not exist yet. It is not a cache: 80 MB are not deleted lightly."""
    return paths.data_dir() / "published"


def at_hand(wanted: PublishedFile, environment: Mapping[str, str] = os.environ) -> Path | None:
    """Return the path of an intact copy of the file, downloaded by this program or by keras-ocr; None without one.

    The whole file is read to compute its checksum.
    """
    for place in _places(environment):
        try:
            if _size(place / wanted.name) <= MOST_WEIGHT_BYTES and sum_of(place / wanted.name) == wanted.sha256:
                return place / wanted.name
        except OSError:  # missing or not readable
            continue
    return None


def known(file: Path) -> PublishedFile | None:
    """Return which published file this is, by its checksum; None for any other file. Raises OSError."""
    if _size(file) > MOST_WEIGHT_BYTES:
        return None
    found = sum_of(file)
    return next((published for published in ALL if published.sha256 == found), None)


def sum_of(file: Path) -> str:
    """Return the SHA-256 of a file. Raises OSError."""
    with paths.open_plain(file) as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def _places(environment: Mapping[str, str]) -> Iterator[Path]:
    yield folder()
    cache = environment.get("KERAS_OCR_CACHE_DIR")
    try:
        yield Path(cache) if cache else Path.home() / ".keras-ocr"
    except RuntimeError:  # there is no home folder
        return


def _size(file: Path) -> int:
    """Return the size of a regular file. Raises OSError, also for pipes, which would block."""
    if not file.is_file():
        raise FileNotFoundError(file)
    return file.stat().st_size
