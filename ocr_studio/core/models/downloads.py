"""Files of weights that others have published, and that a person may fetch or have already: names, addresses, sums.

Names, addresses and SHA-256 sums are those of keras-ocr 0.9.3 (MIT; ``keras_ocr/detection.py``, ``recognition.py``).
The weights of CRAFT are its authors' (NAVER Corp., MIT), those of the CRNN kurapan's; they do not come with this
program, and nothing is fetched unless somebody asks for it.
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

WEIGHT_SUFFIXES: Final = (".h5", ".hdf5")  # of files of weights as older Keras wrote them
_RELEASE: Final = "https://github.com/faustomorales/keras-ocr/releases/download/v0.8.4"


@dataclass(frozen=True, slots=True)
class PublishedFile:
    """One file. kind: what its network does. sha256: of its bytes. alphabet: the characters of a network that reads, in
    the order of its classes; empty where its last layer is left out, and for one that finds. about, good_for: for a
    person. megabytes: about so large. licence: of the weights, and whose they are.
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
    about=later("CRAFT, trained on scene text of many languages"),
    megabytes=83,
    licence="MIT (NAVER Corp.)",
    good_for=later(
        "Finding single words in photos of streets, signs and packages, slanted ones too. It is large: a photo takes "
        "many times as long as with the detector that comes with the program."
    ),
)
CRNN: Final = PublishedFile(
    name="crnn_kurapan.h5",
    address=f"{_RELEASE}/crnn_kurapan.h5",
    sha256="a7d8086ac8f5c3d6a0a828f7d6fbabcaf815415dd125c32533013f85603be46d",
    kind="recognizer",
    about=later("CRNN, reads digits and lower-case letters of words drawn by a program"),
    megabytes=35,
    licence="MIT (published with keras-ocr)",
    good_for=later(
        "Comparing with keras-ocr. It reads printed words, one by one, and knows digits and the small letters a to z "
        "only: no capitals, no signs. It has learned from words that a program had drawn."
    ),
    alphabet=tuple(string.digits + string.ascii_lowercase),
)
CRNN_NOTOP: Final = PublishedFile(
    name="crnn_kurapan_notop.h5",
    address=f"{_RELEASE}/crnn_kurapan_notop.h5",
    sha256="027fd2cced3cbea0c4f5894bb8e9e85bac04f11daf96b8fdcf1e4ee95dcf51b9",
    kind="recognizer",
    about=later("CRNN without its last layer, to learn another alphabet"),
    megabytes=35,
    licence="MIT (published with keras-ocr)",
)
ALL: Final = (CRAFT, CRNN, CRNN_NOTOP)
# What can be used as it is; the file without its last layer can only be begun with.
USABLE: Final = (CRAFT, CRNN)


def folder() -> Path:
    """Where fetched files lie. They can be fetched again, but 80 MB are not thrown away lightly; it need not exist."""
    return paths.data_dir() / "published"


def at_hand(wanted: PublishedFile, environment: Mapping[str, str] = os.environ) -> Path | None:
    """Where this file is already, whole and unchanged: fetched by this program or by keras-ocr; None where it is not.

    It takes as long as reading the file.
    """
    for place in _places(environment):
        try:
            if _size(place / wanted.name) <= MOST_WEIGHT_BYTES and sum_of(place / wanted.name) == wanted.sha256:
                return place / wanted.name
        except OSError:  # it is not there, or nobody may read it
            continue
    return None


def known(file: Path) -> PublishedFile | None:
    """Which of the published files this one is, whatever it is called; None where it is none. Raises OSError."""
    if _size(file) > MOST_WEIGHT_BYTES:
        return None
    found = sum_of(file)
    return next((published for published in ALL if published.sha256 == found), None)


def sum_of(file: Path) -> str:
    """The SHA-256 of a file's bytes. Raises OSError."""
    with paths.open_plain(file) as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def _places(environment: Mapping[str, str]) -> Iterator[Path]:
    yield folder()
    cache = environment.get("KERAS_OCR_CACHE_DIR")
    try:
        yield Path(cache) if cache else Path.home() / ".keras-ocr"
    except RuntimeError:  # nobody's home folder is known
        return


def _size(file: Path) -> int:
    """Raises OSError, also for what is no plain file: a pipe would be waited for."""
    if not file.is_file():
        raise FileNotFoundError(file)
    return file.stat().st_size
