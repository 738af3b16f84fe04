"""Downloads published weights files at the user's request, and verifies their SHA-256.

An incomplete download is stored in ``NAME.part``, so that it can be resumed after it was cancelled or interrupted.
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
from ocr_studio.core.models import downloads, registry
from ocr_studio.core.models.card import MOST_WEIGHT_BYTES
from ocr_studio.core.models.downloads import PublishedFile
from ocr_studio.core.translation import tr
from ocr_studio.jobs.models.import_export import LookedThrough, ModelImported, import_model

# Timeout in seconds for a silent server; a cancelled download ends after that at the latest.
PATIENCE: Final = 20.0
_PIECE: Final = 256 << 10  # maximum bytes between two events
_IMPORT: Final = 'or get the file in another way and import it with "ocr-studio models import FILE"'


@dataclass(frozen=True, slots=True)
class DownloadProgress:
    """Progress of a download. done: bytes, including those of earlier attempts; total: bytes, None if unknown."""

    file: PublishedFile
    done: int
    total: int | None


@dataclass(frozen=True, slots=True)
class Downloaded:
    """The file is complete and verified."""

    file: PublishedFile
    path: Path


@dataclass(frozen=True, slots=True)
class Here:
    """How much of a file is present. path: the complete file, else None; begun: bytes of an incomplete download."""

    file: PublishedFile
    path: Path | None
    begun: int = 0


def look(files: Sequence[PublishedFile] = downloads.USABLE) -> Iterator[Here]:
    """Check how much of each file is present, which takes as long as reading them."""
    for file in files:
        begun = 0
        with contextlib.suppress(OSError):
            begun = _part(downloads.folder() / file.name).stat().st_size
        yield Here(file, downloads.at_hand(file), begun)


def fetch_model(
    wanted: PublishedFile, *, name: str | None = None
) -> Generator[DownloadProgress | Downloaded | LookedThrough | ModelImported, None, None]:
    """Download a published file and import it as a model; see ``fetch`` and ``import_model``.

    Raises:
        StudioError: It failed; an invalid name is reported before the download.
    """
    if name is not None:
        registry.check_name(name)
    for event in fetch(wanted):
        yield event
        if isinstance(event, Downloaded):
            yield from import_model(event.path, name=name)


class DownloadFailed(StudioError):
    """The download failed; it can be resumed."""


def fetch(
    wanted: PublishedFile, folder: Path | None = None, *, patience: float = PATIENCE
) -> Generator[DownloadProgress | Downloaded, None, None]:
    """Download a published file unless it is present; yields DownloadProgress …, then Downloaded.

    If the generator is closed early, the download can be resumed later.

    Args:
        wanted: The file.
        folder: The target folder; by default the program's own.
        patience: Timeout in seconds.

    Raises:
        DownloadFailed: The download failed.
    """
    place = (folder or downloads.folder()) / wanted.name
    here = place if _is_whole(place, wanted) else downloads.at_hand(wanted)
    if here is not None:
        yield Downloaded(wanted, here)
        return
    part = _part(place)
    try:
        place.parent.mkdir(parents=True, exist_ok=True)
        with _alone(place):
            if not _is_whole(part, wanted):  # it may have been interrupted after the last byte
                yield from _brought(wanted, part, patience=patience)
            os.replace(part, place)
            SafeFolder(place.parent, follow=True).flush()
    except OSError as error:
        what = tr("can’t save the download: {reason}", reason=errors.write_reason(error))
        raise DownloadFailed(what, file=place, remedy=errors.write_remedy(error)) from error
    yield Downloaded(wanted, place)


def _part(place: Path) -> Path:
    """The path of an incomplete download."""
    return place.with_name(f"{place.name}.part")


@contextlib.contextmanager
def _alone(place: Path) -> Iterator[None]:
    """Lock a file against other downloads. Raises DownloadFailed if it is locked already."""
    lock = FileLock(SafeFolder(place.parent, follow=True), f"{place.name}.lock", passing=True)
    try:
        lock.take()
    except LockedElsewhere as error:
        what = tr("this file is already being downloaded")
        raise DownloadFailed(what, file=place, remedy=tr("Wait until that download has finished.")) from error
    try:
        yield
    finally:
        lock.release()


def _brought(wanted: PublishedFile, part: Path, *, patience: float) -> Iterator[DownloadProgress]:
    """Download the rest of a file into its part, and verify it. Raises as ``fetch``."""
    with open(part, "ab") as stream:
        yield from _coming(wanted, stream, patience=patience)
        stream.flush()
        os.fsync(stream.fileno())
    if not _is_whole(part, wanted):
        part.unlink()
        raise _other(wanted, tr("the download isn’t the published file (its SHA-256 differs), so it was deleted"))


def _coming(wanted: PublishedFile, stream: BinaryIO, *, patience: float) -> Iterator[DownloadProgress]:
    """Append the rest of a file to its part.

    Raises:
        DownloadFailed: The server can't be reached, or sends something else.
        OSError: Writing failed.
    """
    done = stream.seek(0, os.SEEK_END)
    with _explain_errors(wanted):
        answer = _request(wanted.address, done, patience=patience)
    with answer:
        begin, total = _extent(answer, done)
        if begin not in (0, done) or (total or 0) > MOST_WEIGHT_BYTES:
            raise _other(wanted, tr("the server sent an unexpected file"))
        if begin != done:  # the server can't resume: start over
            stream.truncate(0)
            done = 0
        yield DownloadProgress(wanted, done, total)
        while total is None or done < total:
            with _explain_errors(wanted):
                piece = answer.read1(_PIECE)
            if not piece:
                break
            done += len(piece)
            if done > MOST_WEIGHT_BYTES:
                raise _other(wanted, tr("the server sent an unexpected file"))
            stream.write(piece)
            yield DownloadProgress(wanted, done, total)
    if total is not None and done < total:
        raise _cut_off(wanted, tr("the connection was lost"))


def _request(address: str, done: int, *, patience: float) -> Any:
    """Request a file from byte ``done`` on; returns an ``http.client.HTTPResponse``."""
    # Weights hardly compress, and a compressed stream could not be resumed.
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
    """Follows redirects to http(s) addresses only, and never from https to http."""

    def redirect_request(self, req: Any, fp: Any, code: int, msg: str, headers: Any, newurl: str) -> Any:
        fitting = ("https://",) if req.type == "https" else ("https://", "http://")
        if not newurl.lower().startswith(fitting):
            raise urllib.error.URLError(tr("it redirects to an insecure connection"))
        return super().redirect_request(req, fp, code, msg, headers, newurl)


def _extent(answer: Any, asked: int) -> tuple[int, int | None]:
    """The offset of the response in the file, and the size of the whole file, None if unknown."""
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
def _explain_errors(wanted: PublishedFile) -> Iterator[None]:
    """Turn network errors into DownloadFailed with messages for the user."""
    try:
        yield
    except urllib.error.HTTPError as error:
        error.close()
        raise _other(
            wanted, tr("the server responded “{code} {reason}”", code=error.code, reason=error.reason)
        ) from error
    except (OSError, http.client.HTTPException, ssl.CertificateError) as error:
        cause = error.reason if isinstance(error, urllib.error.URLError) else error
        reason = getattr(cause, "strerror", None) or str(cause) or type(cause).__name__
        raise _cut_off(wanted, tr("can’t reach the server: {reason}", reason=reason)) from error


def _cut_off(wanted: PublishedFile, what: str) -> DownloadFailed:
    remedy = tr("Try again to resume the download, or get the file in another way and choose it.")
    return DownloadFailed(
        what, file=wanted.address, remedy=remedy, command=f"Try again to resume the download, {_IMPORT}."
    )


def _other(wanted: PublishedFile, what: str) -> DownloadFailed:
    remedy = tr("Try again later, or get the file in another way and choose it.")
    return DownloadFailed(what, file=wanted.address, remedy=remedy, command=f"Try again later, {_IMPORT}.")
