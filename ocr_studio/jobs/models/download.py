"""Fetching a published file of weights: only when somebody asks for it, with its SHA-256 checked before it is used.

What has come lies in ``NAME.part`` until it is whole, so that a fetch that was cancelled or cut off goes on where it
stopped.
"""

from __future__ import annotations

import contextlib
import http.client
import os
import re
import ssl
import urllib.error
import urllib.request
from collections.abc import Generator, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO, Final

from ocr_studio import __version__
from ocr_studio.core import errors
from ocr_studio.core.errors import StudioError
from ocr_studio.core.files.file_lock import FileLock, LockedElsewhere
from ocr_studio.core.files.safe_folder import SafeFolder
from ocr_studio.core.models import downloads
from ocr_studio.core.models import registry as models
from ocr_studio.core.models.card import MOST_WEIGHT_BYTES
from ocr_studio.core.models.downloads import PublishedFile
from ocr_studio.core.translation import tr
from ocr_studio.jobs.models.import_export import LookedThrough, ModelImported, import_model

# Seconds that a server may say nothing; a cancelled fetch ends after that at the latest.
PATIENCE: Final = 20.0
_PIECE: Final = 256 << 10  # bytes between two events, at most
_IMPORT: Final = 'or get the file in another way, and take it in with "ocr-studio models import FILE"'


@dataclass(frozen=True, slots=True)
class Fetching:
    """It is coming. done: bytes that are here, those of earlier times among them; total: of all, None while unknown."""

    file: PublishedFile
    done: int
    total: int | None


@dataclass(frozen=True, slots=True)
class Fetched:
    """It is here, whole and unchanged."""

    file: PublishedFile
    path: Path


@dataclass(frozen=True, slots=True)
class Here:
    """What is here of a file. path: where it lies whole, None where it does not; begun: bytes that have come of it."""

    file: PublishedFile
    path: Path | None
    begun: int = 0


def look(files: Sequence[PublishedFile] = downloads.USABLE) -> Iterator[Here]:
    """What is here of each of these files; it takes as long as reading them."""
    for file in files:
        begun = 0
        with contextlib.suppress(OSError):
            begun = _part(downloads.folder() / file.name).stat().st_size
        yield Here(file, downloads.at_hand(file), begun)


def fetch_model(
    wanted: PublishedFile, *, name: str | None = None
) -> Generator[Fetching | Fetched | LookedThrough | ModelImported, None, None]:
    """Fetch a published file and take it in as a model; see ``fetch`` and ``import_model``. Raises StudioError: of a
    name that no model can have before anything is fetched.
    """
    if name is not None:
        models.check_name(name)
    for event in fetch(wanted):
        yield event
        if isinstance(event, Fetched):
            yield from import_model(event.path, name=name)


class FetchFailed(StudioError):
    """The file could not be fetched; what had come is kept where it can be gone on with."""


def fetch(
    wanted: PublishedFile, folder: Path | None = None, *, patience: float = PATIENCE
) -> Generator[Fetching | Fetched, None, None]:
    """Fetch a published file, or find it where it is already: Fetching again and again, at last Fetched.

    folder: where it is put, by default the program's own. Raises FetchFailed. Closed early, what has come stays for the
    next time.
    """
    place = (folder or downloads.folder()) / wanted.name
    here = place if _is_whole(place, wanted) else downloads.at_hand(wanted)
    if here is not None:
        yield Fetched(wanted, here)
        return
    part = _part(place)
    try:
        place.parent.mkdir(parents=True, exist_ok=True)
        with _alone(place):
            if not _is_whole(part, wanted):  # it may have been cut off after the last byte
                yield from _brought(wanted, part, patience=patience)
            os.replace(part, place)
            SafeFolder(place.parent, follow=True).flush()
    except OSError as error:
        what = tr("it cannot be kept: {reason}", reason=errors.write_reason(error))
        raise FetchFailed(what, file=place, remedy=errors.write_remedy(error)) from error
    yield Fetched(wanted, place)


def _part(place: Path) -> Path:
    """Where what has come of a file lies until it is whole."""
    return place.with_name(f"{place.name}.part")


@contextlib.contextmanager
def _alone(place: Path) -> Iterator[None]:
    """Nobody else fetches the same meanwhile. Raises FetchFailed where somebody does."""
    lock = FileLock(SafeFolder(place.parent, follow=True), f"{place.name}.lock", passing=True)
    try:
        lock.take()
    except LockedElsewhere as error:
        what = tr("this file is being fetched already")
        raise FetchFailed(what, file=place, remedy=tr("Wait until that has ended.")) from error
    try:
        yield
    finally:
        lock.release()


def _brought(wanted: PublishedFile, part: Path, *, patience: float) -> Iterator[Fetching]:
    """Bring what is missing of a file into its part, and look whether it is the published one. Raises as ``fetch``."""
    with open(part, "ab") as stream:
        yield from _coming(wanted, stream, patience=patience)
        stream.flush()
        os.fsync(stream.fileno())
    if not _is_whole(part, wanted):
        part.unlink()
        raise _other(wanted, tr("what came is not the published file (its SHA-256 is another); it was thrown away"))


def _coming(wanted: PublishedFile, stream: BinaryIO, *, patience: float) -> Iterator[Fetching]:
    """Write what is missing of a file to the end of its part. Raises FetchFailed, and OSError where that fails."""
    done = stream.seek(0, os.SEEK_END)
    with _told(wanted):
        answer = _asked(wanted.address, done, patience=patience)
    with answer:
        begin, total = _extent(answer, done)
        if begin not in (0, done) or (total or 0) > MOST_WEIGHT_BYTES:
            raise _other(wanted, tr("the server sends something else than was asked for"))
        if begin != done:  # the server knows nothing of going on: all of it once more
            stream.truncate(0)
            done = 0
        yield Fetching(wanted, done, total)
        while total is None or done < total:
            with _told(wanted):
                piece = answer.read1(_PIECE)
            if not piece:
                break
            done += len(piece)
            if done > MOST_WEIGHT_BYTES:
                raise _other(wanted, tr("the server sends something else than was asked for"))
            stream.write(piece)
            yield Fetching(wanted, done, total)
    if total is not None and done < total:
        raise _cut_off(wanted, tr("the connection was cut off"))


def _asked(address: str, done: int, *, patience: float) -> Any:
    """The server's answer, an ``http.client.HTTPResponse``, to being asked for what comes after so many bytes."""
    # Numbers hardly pack, and of what is packed nobody could say where to go on.
    headers = {"User-Agent": f"ocr-studio/{__version__}", "Accept-Encoding": "identity"}
    opener = urllib.request.build_opener(_SafeRedirects)
    if not done:
        return opener.open(urllib.request.Request(address, headers=headers), timeout=patience)
    try:
        rest = urllib.request.Request(address, headers={**headers, "Range": f"bytes={done}-"})
        return opener.open(rest, timeout=patience)
    except urllib.error.HTTPError as error:
        error.close()
        if error.code != http.client.REQUESTED_RANGE_NOT_SATISFIABLE:
            raise
        return opener.open(urllib.request.Request(address, headers=headers), timeout=patience)


class _SafeRedirects(urllib.request.HTTPRedirectHandler):
    """Goes where a server sends it, but to servers only, and from a safe connection to safe ones."""

    def redirect_request(self, req: Any, fp: Any, code: int, msg: str, headers: Any, newurl: str) -> Any:
        fitting = ("https://",) if req.type == "https" else ("https://", "http://")
        if not newurl.lower().startswith(fitting):
            raise urllib.error.URLError(tr("it leads to an unsafe connection"))
        return super().redirect_request(req, fp, code, msg, headers, newurl)


def _extent(answer: Any, asked: int) -> tuple[int, int | None]:
    """Where what a server sends begins in the file, and how long the whole file is, None where it does not say."""
    if answer.status == http.client.PARTIAL_CONTENT:
        found = re.fullmatch(r"bytes (\d{1,12})-\d{1,12}/(\d{1,12}|\*)", answer.headers.get("Content-Range", ""))
        if found is None or int(found[1]) != asked:
            return -1, None
        return asked, None if found[2] == "*" else int(found[2])
    length = answer.headers.get("Content-Length", "")
    return 0, int(length) if re.fullmatch(r"\d{1,12}", length) else None


def _is_whole(path: Path, wanted: PublishedFile) -> bool:
    try:
        return downloads.sum_of(path) == wanted.sha256
    except OSError:
        return False


@contextlib.contextmanager
def _told(wanted: PublishedFile) -> Iterator[None]:
    """What goes wrong on the way, as a person can understand it."""
    try:
        yield
    except urllib.error.HTTPError as error:
        error.close()
        raise _other(
            wanted, tr("the server answers “{code} {reason}”", code=error.code, reason=error.reason)
        ) from error
    except (OSError, http.client.HTTPException, ssl.CertificateError) as error:
        cause = error.reason if isinstance(error, urllib.error.URLError) else error
        reason = getattr(cause, "strerror", None) or str(cause) or type(cause).__name__
        raise _cut_off(wanted, tr("the server cannot be reached: {reason}", reason=reason)) from error


def _cut_off(wanted: PublishedFile, what: str) -> FetchFailed:
    remedy = tr("Try again, it goes on where it stopped; or get the file in another way and choose it.")
    return FetchFailed(
        what, file=wanted.address, remedy=remedy, command=f"Try again, it goes on where it stopped; {_IMPORT}."
    )


def _other(wanted: PublishedFile, what: str) -> FetchFailed:
    remedy = tr("Try again later; or get the file in another way and choose it.")
    return FetchFailed(what, file=wanted.address, remedy=remedy, command=f"Try again later; {_IMPORT}.")
