"""Files that a request sends: written into a folder of that request, checked, and counted page by page."""

from __future__ import annotations

import base64
import binascii
import re
import shutil
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO, Final

import msgspec
from anyio import to_thread
from starlette.datastructures import UploadFile
from starlette.exceptions import HTTPException
from starlette.requests import Request

from ocr_studio.core.images import page_paths, photo_file, photo_listing, photo_stream
from ocr_studio.core.images.page_paths import FilePages
from ocr_studio.core.images.photo_stream import PhotoError, PhotoTooLarge
from ocr_studio.core.translation import tr
from ocr_studio.core.units import size
from ocr_studio.server.api.lane import NotRead, Photo
from ocr_studio.server.api.options import ServiceLimits
from ocr_studio.server.api.problems import Refused, describe_error

MULTIPART: Final = "multipart/form-data"
JSON: Final = "application/json"
_RAW: Final = re.compile(r"image/[\w.+-]+|application/(pdf|octet-stream)")
_LONGEST_NAME: Final = 200
# Fields of a form that are no files.
_MOST_FIELDS: Final = 20
# Of a field of a form: the words of as many pages as may be sent.
_MOST_FIELD: Final = 8 << 20
_BEGINNING: Final = 1024
_NAMELESS: Final = "photo"


@dataclass(frozen=True, slots=True)
class Upload:
    """A file that was sent. path: where it is; name: as the client calls it."""

    path: Path
    name: str


@dataclass(frozen=True, slots=True)
class Sent:
    """What a request sends. fields: other parts of a form than files, by their names."""

    files: list[Upload]
    fields: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class SentPages:
    """The pages of the files of a request. warnings: which files and pages are left out, and why."""

    photos: list[Photo]
    warnings: list[str]

    def leave_out(self, failed: Sequence[NotRead]) -> SentPages:
        """Leave out photos that can't be read, with a warning for each. Raises NotRead if no photo is left."""
        left_out = {each.photo for each in failed}
        photos = [photo for photo in self.photos if photo not in left_out]
        if not photos:
            raise failed[0]
        return SentPages(photos, self.warnings + [describe_error(each.error, file=each.photo.name) for each in failed])


class _OldRequest(msgspec.Struct, frozen=True):
    image: str


def find_media_type(request: Request) -> str:
    """Return what the body of a request is said to be, in lower case, without parameters."""
    return request.headers.get("content-type", "").partition(";")[0].strip().lower()


async def receive_files(request: Request, folder: Path, *, most: int, texts: Collection[str] = ()) -> Sent:
    """Receive the files of a request: those of a form, or its body.

    Args:
        request: The request.
        folder: Where they are written, under names of ours.
        most: How many files a form may have.
        texts: Names of the parts that are fields, even if they are sent as files.

    Raises:
        Refused: It is of another type, or holds no file, or too many, or a field is too large.
    """
    media_type = find_media_type(request)
    if media_type == MULTIPART:
        return await _receive_form(request, folder, most, texts)
    if not _RAW.fullmatch(media_type):
        raise Refused(415, "Send files as multipart/form-data, or one file as image/jpeg or another image type.")
    path = folder / "body"
    await _write_body(request, path)
    return Sent([Upload(path, _NAMELESS)])


async def _receive_form(request: Request, folder: Path, most: int, texts: Collection[str]) -> Sent:
    try:
        form = await request.form(max_files=most + len(texts), max_fields=_MOST_FIELDS, max_part_size=_MOST_FIELD)
    except HTTPException as error:  # what Starlette makes of a form that it can't read
        raise Refused(400, f"The form can’t be read. {error.detail}") from error
    try:
        sent, fields = [], {}
        for key, each in form.multi_items():
            if isinstance(each, str):
                fields[key] = each
            elif key in texts:
                fields[key] = await _read_field(key, each)
            else:
                sent.append(each)
        if not sent:
            raise Refused(422, "No file was sent. Send photos as parts named “files”.")
        if len(sent) > most:
            raise Refused(400, f"More than {most} files were sent. Send fewer at once.")
        uploads = []
        for number, each in enumerate(sent):
            path = folder / f"{number}"
            await to_thread.run_sync(_copy, each.file, path)
            uploads.append(Upload(path, _clean_name(each.filename or "")))
        return Sent(uploads, fields)
    finally:
        await form.close()


async def _read_field(name: str, file: UploadFile) -> str:
    data = await file.read(_MOST_FIELD + 1)
    if len(data) > _MOST_FIELD:
        raise Refused(413, f"“{name}” is larger than {size(_MOST_FIELD)}. Send less at once.")
    return data.decode("utf-8", "replace")


async def receive_base64(request: Request, folder: Path) -> Upload:
    """Receive a photo in JSON, as the clients of the old web app send it: {"image": "data:image/jpeg;base64,…"}.

    Raises:
        Refused: It is of another type, or not such JSON.
    """
    if find_media_type(request) != JSON:
        raise Refused(415, "Send JSON, with the content type application/json.")
    body, path = folder / "body", folder / "photo"
    await _write_body(request, body)
    await to_thread.run_sync(_decode_base64, body, path)
    return Upload(path, _NAMELESS)


def _decode_base64(body: Path, path: Path) -> None:
    try:
        text = msgspec.json.decode(body.read_bytes(), type=_OldRequest).image
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise Refused(422, "Send a JSON object with the photo as base64 in “image”.") from error
    if text.startswith("data:"):
        text = text.partition(",")[2]
    try:
        # Old clients split at "base64" and leave the comma.
        path.write_bytes(base64.b64decode(text.removeprefix(","), validate=True))
    except (binascii.Error, ValueError) as error:
        raise Refused(422, "“image” is not valid base64.") from error


def expand_pages(uploads: Sequence[Upload], limits: ServiceLimits) -> SentPages:
    """Check files by their beginnings and headers, and list their pages. May take seconds for rare formats.

    Files that can't be read, and pages that are lost as a file is damaged, are left out, with a warning for each file.

    Raises:
        Refused: No file can be read, one is too large, or there are too many pages.
    """
    photos: list[Photo] = []
    warnings: list[str] = []
    failed: Refused | None = None
    for upload in uploads:
        with upload.path.open("rb") as stream:
            beginning = stream.read(_BEGINNING)
        suffix = photo_stream.find_suffix(beginning)
        path = upload.path.rename(upload.path.with_suffix(suffix or ".photo"))
        try:
            found = photo_file.count_pages(path) if suffix in page_paths.PAGED_SUFFIXES else FilePages(1)
            if len(photos) + found.count - len(found.lost) > limits.pages:
                raise Refused(413, tr("More than {count} pages were sent. Send fewer at once.", count=limits.pages))
            pages = _list_pages(path, upload.name, found)
            photo_file.read_photo_size(pages[0].path)
        except PhotoTooLarge as error:
            raise Refused.because(error, status=413, file=upload.name) from error
        except PhotoError as error:
            remedy = tr("Send a copy without a password.") if photo_file.is_locked(path) else ""
            refused = Refused.because(error, status=422 if suffix else 415, file=upload.name, remedy=remedy)
            failed = failed or refused
            warnings.append(refused.detail)
            continue
        photos += pages
        if (missing := photo_listing.describe_missing_pages(found, path)) is not None:
            warnings.append(describe_error(missing, file=upload.name))
    if failed and not photos:
        raise failed
    return SentPages(photos, warnings)


def leave_out_damaged(files: SentPages) -> SentPages:
    """Leave out photos that can't be decoded, as reading does. Raises NotRead if no photo is left or one is too large.

    Checking the headers of files finds only some of them.
    """
    failed = []
    for photo in files.photos:
        try:
            photo_file.open_photo(photo.path)
        except PhotoTooLarge as error:
            raise NotRead(photo, error) from error
        except PhotoError as error:
            failed.append(NotRead(photo, error))
    return files.leave_out(failed)


def _list_pages(path: Path, name: str, found: FilePages) -> list[Photo]:
    if found.count == 1:
        return [Photo(path, name)]
    stem, dot, suffix = name.rpartition(".")
    return [
        Photo(
            page_paths.make_page_path(path, index),
            f"{stem} #{index + 1}{dot}{suffix}" if stem else f"{name} #{index + 1}",
        )
        for index in range(found.count)
        if index not in found.lost
    ]


async def _write_body(request: Request, path: Path) -> None:
    with path.open("wb") as stream:
        async for part in request.stream():
            stream.write(part)


def _copy(source: BinaryIO, path: Path) -> None:
    with path.open("wb") as target:
        shutil.copyfileobj(source, target)


def _clean_name(name: str) -> str:
    """Return a file name as a client sends it, without folders and characters that can't be shown."""
    last = re.split(r"[/\\]", name)[-1]
    shown = "".join(char for char in last if char.isprintable()).strip()
    return shown[-_LONGEST_NAME:].strip() or _NAMELESS
