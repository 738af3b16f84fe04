"""Word frequencies of a language, from the data files of the package wordfreq, and of technical terms.

Only its files are read, as its ``read_cBpack`` does (a gzipped msgpack list: a header, then the words of frequency
1, 10^-0.01, 10^-0.02 …): importing it takes 0.1 s and parts of it do not work inside a PyInstaller program.
"""

from __future__ import annotations

import hashlib
import io
import logging
import zlib
from collections.abc import Collection, Iterator
from importlib import metadata
from pathlib import Path
from typing import Final

import msgpack
import numpy as np
from numpy.typing import NDArray

from ocr_studio.core import paths
from ocr_studio.core.errors import StudioError
from ocr_studio.core.files import array_files
from ocr_studio.core.language import technical_terms
from ocr_studio.core.language.technical_terms import TECHNICAL
from ocr_studio.core.translation import later, tr

_log = logging.getLogger(__name__)

_MOST_CACHED_BYTES: Final = 256 << 20
_MOST_KEPT: Final = 4  # combinations of languages


def cache_path(*what: object) -> Path:
    """Return the path of the cached table of a lexicon."""
    name = hashlib.sha256("\0".join(map(str, what)).encode()).hexdigest()[:16]
    return paths.cache_dir() / "words" / f"{name}.npz"


def load_cached(path: Path) -> dict[str, NDArray[np.generic]] | None:
    """Load cached arrays by name; None if there are none."""
    try:
        return dict(array_files.read_arrays(path, most=_MOST_CACHED_BYTES))
    except FileNotFoundError:
        return None
    except (OSError, ValueError) as error:
        _log.info("%s: made anew: %s", path, error)
        return None


def store_cached(path: Path, arrays: dict[str, NDArray[np.generic]]) -> None:
    """Cache arrays, and delete all but the latest caches. Errors are ignored."""
    data = io.BytesIO()
    np.savez(data, allow_pickle=False, **arrays)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        paths.replace_file(path, data.getvalue())
        for old in sorted(path.parent.glob("*.npz"), key=lambda file: file.stat().st_mtime)[:-_MOST_KEPT]:
            old.unlink(missing_ok=True)
    except OSError as error:
        _log.info("%s: not kept: %s", path, error)


PACKAGE: Final = "wordfreq"
# The largest file is 6 MB, 10 MB unpacked, and has 800 bands.
_MOST_BYTES: Final = 16 << 20
_MOST_BANDS: Final = 1000
_REMEDY: Final = later("Install {package} 3.1.1 from PyPI, or deselect all languages in the settings.")


class NoWordCounts(StudioError):
    """The word list of a language is missing."""


def load_frequencies(language: str, *, rarest: float) -> Iterator[tuple[float, list[str]]]:
    """Yield shares of all written words with the words that have it, most frequent first, down to ``rarest``.

    Raises NoWordCounts; ResourceMissing if the file of technical terms is missing or damaged.
    """
    if language == TECHNICAL:
        yield from technical_terms.load_frequencies(rarest=rarest)
        return
    path = _find_file(language)
    try:
        packed = paths.read_file(path, most=_MOST_BYTES)
        unpacker = msgpack.Unpacker(max_buffer_size=4 * _MOST_BYTES)
        unpacker.feed(_unzip(packed))
        bands = min(unpacker.read_array_header(), _MOST_BANDS) - 1
        if unpacker.unpack() != {"format": "cB", "version": 1}:
            raise ValueError("another format")
        for band in range(bands):
            frequency = 10.0 ** (-band / 100)
            if frequency < rarest:
                return
            yield frequency, unpacker.unpack()
    except (OSError, EOFError, ValueError, zlib.error, msgpack.UnpackException) as error:
        raise NoWordCounts(
            tr("can’t read the dictionary: {reason}", reason=error),
            file=path,
            remedy=tr(_REMEDY, package=PACKAGE),
        ) from error


def read_version(languages: Collection[str]) -> str:
    """Return what changes if the words of these languages do. Raises as ``load_frequencies``."""
    version = str(_find_package().version)
    return f"{version} {technical_terms.compute_checksum()}" if TECHNICAL in languages else version


def _find_package() -> metadata.Distribution:
    try:
        return metadata.distribution(PACKAGE)
    except metadata.PackageNotFoundError as error:
        raise NoWordCounts(
            tr("the package {package} is missing", package=PACKAGE), remedy=tr(_REMEDY, package=PACKAGE)
        ) from error


def _unzip(packed: bytes) -> bytes:
    unzip = zlib.decompressobj(wbits=16 + zlib.MAX_WBITS)
    return unzip.decompress(packed, 4 * _MOST_BYTES)


def _find_file(language: str) -> Path:
    folder = Path(str(_find_package().locate_file(PACKAGE))) / "data"
    found = (folder / f"{size}_{language}.msgpack.gz" for size in ("large", "small"))
    path = next((path for path in found if path.is_file()), None)
    if path is None:
        raise NoWordCounts(
            tr(
                "the package {package} has no dictionary for the language “{language}”",
                package=PACKAGE,
                language=language,
            ),
            remedy=tr(_REMEDY, package=PACKAGE),
        )
    return path
