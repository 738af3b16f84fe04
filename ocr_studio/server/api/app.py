"""The routes of the service, and what is answered when something goes wrong."""

from __future__ import annotations

import asyncio
import json
import logging
import tempfile
from collections.abc import AsyncIterator, Callable, Coroutine, Sequence
from concurrent.futures import Future
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from functools import partial
from http import HTTPStatus
from pathlib import Path
from typing import Annotated, Any, Final, TypeVar

import anyio
import cv2
import numpy as np
from anyio import to_thread
from fastapi import FastAPI, Query, Request
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.types import ASGIApp

from ocr_studio import __version__
from ocr_studio.core.errors import StudioError, WriteFailed
from ocr_studio.core.images import page_paths, photo_file
from ocr_studio.core.images.photo_stream import PhotoError, PhotoTooLarge
from ocr_studio.core.images.pixel_formats import encode_image
from ocr_studio.core.page import Page
from ocr_studio.core.settings import UNITS
from ocr_studio.core.translation import tr
from ocr_studio.server.api import answers, corrections, schemas, uploads
from ocr_studio.server.api.answers import AnswerFormat
from ocr_studio.server.api.guard import guard_service
from ocr_studio.server.api.lane import LaneFull, NotRead, ReadingLane
from ocr_studio.server.api.options import ServiceLimits, ServiceOptions
from ocr_studio.server.api.problems import MEDIA_TYPE, Refused, answer_problem
from ocr_studio.server.web_page import WebPage

# Seconds after which a client that was refused may ask again: about as long as a photo takes.
_RETRY: Final = "5"
_PREFIX: Final = "ocr-studio-service-"
# Of pictures for browsers, in pixels: enough to read small writing.
_PICTURE_SIDE: Final = 2400
_PICTURE_QUALITY: Final = 85
_Result = TypeVar("_Result")
_log = logging.getLogger(__name__)
# It warns of every broken form, and anyone may send one.
logging.getLogger("python_multipart").setLevel(logging.ERROR)

_PROBLEMS: Final = {
    400: "The request can’t be read.",
    401: "The token is missing or wrong.",
    403: "The request comes from another web page.",
    408: "The request did not arrive in time.",
    413: "The request, a photo or the number of pages is too large.",
    415: "The content type is not supported, or a file is no photo.",
    421: "The service is not reached by this name.",
    422: "A parameter or a file is not valid.",
    500: "An unexpected error occurred.",
    503: "Too many requests are waiting.",
}
# A name of our own: that of RFC 7234, “Warning”, is obsolete, and about caches.
_WARNINGS: Final = "X-Ocr-Studio-Warnings"
# Proxies refuse answers with more than 4 or 8 kB of headers.
_MOST_WARNINGS: Final = 3000
_WARNING_HEADER: Final = {
    _WARNINGS: {
        "description": "Only if files or pages that can’t be read are left out of the answer: a JSON array of sentences"
        " in ASCII, one for each of them. Of very many, the last is “…”.",
        "schema": {"type": "string"},
    }
}
_BINARY: Final = {"type": "string", "format": "binary"}
_FILES: Final = {"type": "array", "minItems": 1, "maxItems": ServiceLimits().files, "items": _BINARY}
_FORM: Final = {"type": "object", "required": ["files"], "properties": {"files": _FILES}}
_EXPORT_FORM: Final = {
    "type": "object",
    "required": ["files", "pages"],
    "properties": {
        "files": _FILES,
        "pages": {
            "type": "string",
            "description": "JSON as /api/v1/read answers it, with corrected texts; as a field or as a file.",
        },
    },
}
_RAW_BODIES: Final = {
    kind: {"schema": _BINARY} for kind in ("image/jpeg", "image/png", "application/pdf", "application/octet-stream")
}
_FILE_BODY: Final = {"required": True, "content": {"multipart/form-data": {"schema": _FORM}, **_RAW_BODIES}}
_ONE_FILE: Final = {"type": "object", "required": ["files"], "properties": {"files": {**_FILES, "maxItems": 1}}}
_ONE_FILE_BODY: Final = {"required": True, "content": {"multipart/form-data": {"schema": _ONE_FILE}, **_RAW_BODIES}}
_OLD_BODY: Final = {
    "required": True,
    "content": {
        "application/json": {
            "schema": {
                "type": "object",
                "required": ["image"],
                "properties": {
                    "image": {
                        "type": "string",
                        "description": "A photo as base64; “data:image/jpeg;base64,” may be in front of it.",
                    }
                },
            }
        }
    },
}


def create_app(options: ServiceOptions, lane: ReadingLane, page: WebPage, *, authority: str) -> ASGIApp:
    """Create the app.

    Args:
        options: What the service was started with.
        lane: What reads the photos.
        page: What browsers show.
        authority: Host and port at which it listens.
    """
    app = FastAPI(
        title="OCR Studio",
        version=__version__,
        description="Reads photos of whiteboards, notes and documents.",
        docs_url=None,  # these pages would load scripts from elsewhere
        redoc_url=None,
        redirect_slashes=False,
        exception_handlers=_HANDLERS,
        responses={status: _describe_problem(text) for status, text in _PROBLEMS.items()},
    )
    routes = _Routes(options, lane, page, anyio.CapacityLimiter(1))
    app.get("/", include_in_schema=False)(routes.show_page)
    app.get("/api/v1/health", response_model=schemas.Health, summary="Say that the service runs")(routes.tell_health)
    app.post(
        "/api/v1/read",
        response_model=list[schemas.ReadPage],
        summary="Read photos",
        openapi_extra={"requestBody": _FILE_BODY},
        responses={200: _describe_answer("What was read.")},
    )(routes.read)
    app.post(
        "/api/v1/export",
        response_class=Response,
        summary="Make a document of corrected words",
        openapi_extra={"requestBody": {"required": True, "content": {"multipart/form-data": {"schema": _EXPORT_FORM}}}},
        responses={200: _describe_answer("The document.")},
    )(routes.export)
    app.post(
        "/api/v1/picture",
        response_class=Response,
        summary="Show a page of a file",
        openapi_extra={"requestBody": _ONE_FILE_BODY},
        responses={200: {"description": "The picture.", "content": {"image/jpeg": {"schema": _BINARY}}}},
    )(routes.show_picture)
    app.post(
        "/ocr",
        response_model=list[schemas.DoctrDocument],
        summary="Read photos, answered as docTR’s service does",
        openapi_extra={"requestBody": {"required": True, "content": {"multipart/form-data": {"schema": _FORM}}}},
        responses={200: {"headers": _WARNING_HEADER}},
    )(routes.read_for_doctr)
    app.post(
        "/api/",
        response_model=schemas.OldAnswer,
        summary="Read a photo in JSON, as the old web app did",
        openapi_extra={"requestBody": _OLD_BODY},
        responses={200: {"headers": _WARNING_HEADER}},
    )(routes.read_for_old_clients)
    return guard_service(app, options, authority=authority)


@dataclass(frozen=True, slots=True)
class _Routes:
    options: ServiceOptions
    lane: ReadingLane
    page: WebPage
    # Files are checked, and documents made, one at a time: each may take hundreds of megabytes.
    one: anyio.CapacityLimiter

    async def tell_health(self) -> JSONResponse:
        """Answer that the service runs, and how many requests are waiting."""
        return JSONResponse({"status": "ok", "version": __version__, "waiting": self.lane.taken})

    async def read(
        self,
        request: Request,
        format: Annotated[AnswerFormat, Query(description="What to answer with.")] = AnswerFormat.JSON,  # noqa: A002
        unit: Annotated[str | None, Query(description="What a box holds.", pattern=f"^({'|'.join(UNITS)})$")] = None,
    ) -> Response:
        """Read photos, PDF and TIFF files: parts of a form, or one as the body."""
        async with self._folder() as folder:
            sent = await uploads.receive_files(request, folder, most=self.options.limits.files)
            files, pages = await self._read(request, sent.files, unit)
            if format is AnswerFormat.JSON:
                return JSONResponse(answers.describe_pages(pages), headers=_warn(files))
            return await self._work(partial(_make_document, files, pages, format))

    async def export(
        self,
        request: Request,
        format: Annotated[AnswerFormat, Query(description="What to answer with.")] = AnswerFormat.PDF,  # noqa: A002
    ) -> Response:
        """Make a document of photos with the words in the part “pages”: what was answered for them, corrected."""
        _require_form(request)
        async with self._folder() as folder:
            sent = await uploads.receive_files(request, folder, most=self.options.limits.files, texts=["pages"])
            if "pages" not in sent.fields:
                raise Refused(422, "Send the words as a part named “pages”.")

            def make() -> Response:
                files = uploads.expand_pages(sent.files, self.options.limits)
                words = corrections.read_words(sent.fields["pages"], folder)
                if len(words) < len(files.photos):
                    files = uploads.leave_out_damaged(files)
                return _make_document(files, corrections.make_pages(files.photos, words), format)

            return await self._work(make)

    async def show_picture(
        self,
        request: Request,
        page: Annotated[int, Query(description="Number of the page in the file.", ge=1, le=100_000)] = 1,
    ) -> Response:
        """Show a page of a file, or a photo, as a JPEG that every browser can show."""
        async with self._folder() as folder:
            sent = await uploads.receive_files(request, folder, most=1)
            return await self._work(partial(_make_picture, sent.files, page, self.options.limits))

    async def show_page(self) -> Response:
        """Send the page for browsers."""
        return HTMLResponse(self.page.html, headers={"Content-Security-Policy": self.page.policy})

    async def read_for_doctr(self, request: Request) -> Response:
        """Read the files of a form, and answer as docTR's service does."""
        _require_form(request)
        async with self._folder() as folder:
            sent = await uploads.receive_files(request, folder, most=self.options.limits.files)
            files, pages = await self._read(request, sent.files, "words")
            return JSONResponse([answers.describe_for_doctr(page) for page in pages], headers=_warn(files))

    async def read_for_old_clients(self, request: Request) -> Response:
        """Read one photo, and answer with boxes and texts."""
        async with self._folder() as folder:
            sent = await uploads.receive_base64(request, folder)
            files, pages = await self._read(request, [sent], "words")
            return JSONResponse(answers.describe_for_old_clients(pages), headers=_warn(files))

    @asynccontextmanager
    async def _folder(self) -> AsyncIterator[Path]:
        """Take a place in the queue, and make a folder for the files of the request, deleted in the end."""
        with self.lane.place(), tempfile.TemporaryDirectory(prefix=_PREFIX, ignore_cleanup_errors=True) as folder:
            yield Path(folder)

    async def _read(
        self, request: Request, sent: list[uploads.Upload], unit: str | None
    ) -> tuple[uploads.SentPages, list[Page]]:
        """Read files when it is their turn; given up if the client is gone before."""
        files = await self._work(partial(uploads.expand_pages, sent, self.options.limits))
        future = self.lane.submit(files.photos, unit=unit)
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(_cancel_if_gone, request, future)
            await _wait_for(future)
            tasks.cancel_scope.cancel()
        if future.cancelled():
            raise ClientDisconnect
        results = future.result()
        if failed := [each for each in results if isinstance(each, NotRead)]:
            files = files.leave_out(failed)
        return files, [each for each in results if isinstance(each, Page)]

    async def _work(self, work: Callable[[], _Result]) -> _Result:
        return await to_thread.run_sync(work, limiter=self.one)


def _require_form(request: Request) -> None:
    if uploads.find_media_type(request) != uploads.MULTIPART:
        raise Refused(415, "Send files as multipart/form-data.")


def _warn(files: uploads.SentPages) -> dict[str, str]:
    """Make the header that says which pages are lost; none if there are none."""
    said = list(files.warnings)
    while len(text := json.dumps(said)) > _MOST_WARNINGS:
        said = [*(said[:-2] if said[-1] == "…" else said[:-1]), "…"]
    return {_WARNINGS: text} if said else {}


def _make_document(files: uploads.SentPages, pages: Sequence[Page], kind: AnswerFormat) -> Response:
    paths = {page.id: photo.path for page, photo in zip(pages, files.photos, strict=True)}
    document = answers.render_document(pages, kind, paths)
    headers = {"Content-Disposition": f'attachment; filename="text{document.suffix}"', **_warn(files)}
    return Response(document.data, media_type=document.media_type, headers=headers)


def _make_picture(sent: Sequence[uploads.Upload], number: int, limits: ServiceLimits) -> Response:
    files = uploads.expand_pages(sent, limits)
    photo = next((each for each in files.photos if page_paths.find_page(each.path).page == number - 1), None)
    if photo is None:
        raise Refused(422, " ".join([f"The file has no page {number} that can be read.", *files.warnings]))
    try:
        pixels = photo_file.open_photo(photo.path)
    except PhotoError as error:
        raise NotRead(photo, error) from error
    height, width = pixels.shape[:2]
    scale = min(1.0, _PICTURE_SIDE / max(width, height))
    if scale < 1:
        smaller = max(1, round(width * scale)), max(1, round(height * scale))
        pixels = cv2.resize(pixels, smaller, interpolation=cv2.INTER_AREA).astype(np.uint8, copy=False)
    return Response(encode_image(pixels, ".jpg", quality=_PICTURE_QUALITY), media_type="image/jpeg")


async def _wait_for(future: Future[list[Page | NotRead]]) -> None:
    """Wait until a future is done or cancelled."""
    loop, done = asyncio.get_running_loop(), asyncio.Event()

    def wake(_: object) -> None:
        with suppress(RuntimeError):  # the service was stopped meanwhile, and its loop is closed
            loop.call_soon_threadsafe(done.set)

    future.add_done_callback(wake)
    await done.wait()


async def _cancel_if_gone(request: Request, future: Future[list[Page | NotRead]]) -> None:
    """Drop what is waiting once nobody waits for the answer any more."""
    while (await request.receive())["type"] != "http.disconnect":
        pass
    future.cancel()


# ------------------------------------------------------------------------------------------------------------ problems


def _describe_problem(text: str) -> dict[str, Any]:
    return {"description": text, "content": {MEDIA_TYPE: {"schema": schemas.Problem.model_json_schema()}}}


def _describe_answer(text: str) -> dict[str, Any]:
    """Describe an answer that may be in formats other than JSON."""
    kinds = {kind.partition(";")[0] for kind in answers.MEDIA_TYPES.values()} - {uploads.JSON}
    content = {kind: {"schema": {"type": "string"}} for kind in sorted(kinds)}
    return {"description": text, "content": content, "headers": _WARNING_HEADER}


async def _answer_refused(_: Request, error: Exception) -> Response:
    assert isinstance(error, Refused)
    return answer_problem(error.status, error.detail, error.headers)


async def _answer_full(_: Request, __: Exception) -> Response:
    return answer_problem(503, tr("Too many requests are waiting. Try again later."), {"Retry-After": _RETRY})


async def _answer_not_read(_: Request, error: Exception) -> Response:
    assert isinstance(error, NotRead)
    status = 413 if isinstance(error.error, PhotoTooLarge) else 422 if isinstance(error.error, PhotoError) else 500
    refused = Refused.because(error.error, status=status, file=error.photo.name)
    return answer_problem(refused.status, refused.detail)


async def _answer_studio_error(_: Request, error: Exception) -> Response:
    assert isinstance(error, StudioError)
    _log.error("%s", error)
    refused = Refused.because(error, status=507 if isinstance(error, WriteFailed) else 500)
    return answer_problem(refused.status, refused.detail)


async def _answer_invalid(_: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)
    first = error.errors()[0]
    return answer_problem(422, f"{first['loc'][-1]}: {first['msg']}.")


async def _answer_http(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    said = HTTPStatus(error.status_code).description or error.detail
    if error.status_code == HTTPStatus.NOT_FOUND:
        said = "There is no such page."
    elif error.status_code == HTTPStatus.METHOD_NOT_ALLOWED:
        allowed = (error.headers or {}).get("Allow", "")
        said = f"This page doesn’t answer to {request.method}. Use {allowed}."
    return answer_problem(error.status_code, said, error.headers)


async def _answer_gone(_: Request, __: Exception) -> Response:
    return answer_problem(408, tr("The connection was interrupted."))


async def _answer_bug(_: Request, __: Exception) -> Response:
    return answer_problem(500, tr("An unexpected error occurred on the computer."))


_HANDLERS: Final[dict[int | type[Exception], Callable[[Request, Any], Coroutine[Any, Any, Response]]]] = {
    Refused: _answer_refused,
    LaneFull: _answer_full,
    NotRead: _answer_not_read,
    StudioError: _answer_studio_error,
    RequestValidationError: _answer_invalid,
    HTTPException: _answer_http,
    ClientDisconnect: _answer_gone,
    Exception: _answer_bug,
}
