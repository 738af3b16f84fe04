"""What the phone asks: its page, the exchange of the token, photos, and what has become of them.

No other module of this folder needs the extra ``server``.
"""

from __future__ import annotations

import contextlib
import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Final, TypeAlias

import anyio
from anyio import to_thread
from starlette.applications import Starlette
from starlette.requests import ClientDisconnect, Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp

from ocr_studio.core.errors import StudioError, WriteFailed
from ocr_studio.core.images import photo_stream
from ocr_studio.core.translation import tr
from ocr_studio.core.units import size
from ocr_studio.jobs.photos.receive_photo import receive_photo
from ocr_studio.server.phone.page import MOST_BYTES
from ocr_studio.server.phone.session import PhoneRefused, PhoneSession, Refusal, SentPhoto, TooManyPhotos
from ocr_studio.server.request_guard import RequestGuard
from ocr_studio.server.web_page import WebPage

_MOST_QUESTION: Final = 1000
# What is read of a photo that is refused.
_MOST_DISCARDED: Final = 1 << 30
# Seconds in which a photo has to arrive, and a question.
_PATIENCE: Final = 180.0
_STATUS: Final = {Refusal.WRONG: 401, Refusal.USED: 409, Refusal.EXPIRED: 410}


@dataclass(frozen=True, slots=True)
class PhonePaired:
    """A phone has used the code."""


@dataclass(frozen=True, slots=True)
class PhotoReceived:
    """A photo was saved."""

    photo: SentPhoto


@dataclass(frozen=True, slots=True)
class PhotoRefused:
    """A photo could not be saved. why: one line for the user."""

    why: str


PhoneEvent: TypeAlias = PhonePaired | PhotoReceived | PhotoRefused


class _TooLarge(StudioError):
    def __init__(self) -> None:
        what = tr("it is larger than {size}", size=size(MOST_BYTES))
        super().__init__(what, file=tr("the photo"), remedy=tr("Send a smaller copy."))


@dataclass(frozen=True, slots=True)
class _PhoneRoutes:
    session: PhoneSession
    page: WebPage
    notify: Callable[[PhoneEvent], None]
    # One photo is decoded at a time: it takes hundreds of megabytes.
    lane: anyio.Lock

    async def show_page(self, _: Request) -> Response:
        """Send the page."""
        return HTMLResponse(self.page.html, headers={"Content-Security-Policy": self.page.policy})

    async def pair(self, request: Request) -> Response:
        """Exchange the token for a secret."""
        data = await _read_body(request, _MOST_QUESTION)
        try:
            token = json.loads(data)["token"]
        except (ValueError, TypeError, KeyError, RecursionError):
            token = None
        secret = self.session.pair(token if isinstance(token, str) else "")
        self.notify(PhonePaired())
        return JSONResponse({"secret": secret})

    async def list_photos(self, request: Request) -> Response:
        """Say what has become of the photos."""
        self._check(request)
        photos = [
            {"number": photo.number, "state": photo.state.value, "text": photo.text} for photo in self.session.photos
        ]
        return JSONResponse(
            {"folder": self.session.folder.name, "seconds_left": round(self.session.seconds_left), "photos": photos}
        )

    async def receive(self, request: Request) -> Response:
        """Save a photo."""
        self._check(request)
        try:
            async with self.lane:
                try:
                    self.session.check_room()
                except TooManyPhotos:
                    with contextlib.suppress(_TooLarge):
                        await _read_body(request, 0, discard=_MOST_DISCARDED)
                    raise
                data = await _read_body(request, MOST_BYTES, discard=_MOST_DISCARDED)
                photo = await to_thread.run_sync(partial(self._save, data))
        except StudioError as error:
            self.notify(PhotoRefused(str(error)))
            raise
        return JSONResponse({"number": photo.number})

    def _save(self, data: bytes) -> SentPhoto:
        content_id = photo_stream.compute_id(data)
        if (known := self.session.find(content_id)) is not None:
            return known
        path = receive_photo(data, folder=self.session.folder, when=datetime.now().astimezone())
        photo = self.session.add(path, content_id)
        self.notify(PhotoReceived(photo))
        return photo

    def _check(self, request: Request) -> None:
        kind, _, secret = request.headers.get("authorization", "").partition(" ")
        self.session.check(secret if kind.lower() == "bearer" else "")


def create_phone_app(
    session: PhoneSession, page: WebPage, notify: Callable[[PhoneEvent], None], *, authority: str
) -> ASGIApp:
    """Create the app.

    Args:
        session: The session of the phone.
        page: The page that the phone shows.
        notify: Called with each event, in any thread.
        authority: Host and port of the address where it is reached.
    """
    routes = _PhoneRoutes(session, page, notify, anyio.Lock())
    app = Starlette(
        routes=[
            Route("/", routes.show_page, methods=["GET"]),
            Route("/pair", routes.pair, methods=["POST"]),
            Route("/photos", routes.list_photos, methods=["GET"]),
            Route("/photos", routes.receive, methods=["POST"]),
        ],
        exception_handlers={
            StudioError: _answer_error,
            TimeoutError: _answer_lost,
            ClientDisconnect: _answer_lost,
        },
    )
    return RequestGuard(app, allows_host=lambda host: host == authority)


async def _read_body(request: Request, most: int, *, discard: int = 0) -> bytes:
    """Read a body of at most so many bytes.

    Args:
        request: The request.
        most: How many.
        discard: How many more are read for nothing if it is larger: a browser looks for the answer at the end.

    Raises:
        _TooLarge: It is larger.
    """
    parts, count = [], 0
    is_larger = int(request.headers.get("content-length") or 0) > most
    if not is_larger or discard:
        with anyio.fail_after(_PATIENCE):
            async for part in request.stream():
                count += len(part)
                is_larger = is_larger or count > most
                if not is_larger:
                    parts.append(part)
                elif count > most + discard:
                    break
    if is_larger:
        raise _TooLarge
    return b"".join(parts)


async def _answer_error(_: Request, error: Exception) -> Response:
    assert isinstance(error, StudioError)
    refusal = error.refusal.value if isinstance(error, PhoneRefused) else None
    # Without the file: where folders are on the computer is no business of the phone.
    what = error.what.rstrip(".")
    detail = f"{what[:1].upper()}{what[1:]}. {error.remedy}".rstrip()
    return JSONResponse({"detail": detail, "refusal": refusal}, status_code=_find_status(error))


async def _answer_lost(_: Request, __: Exception) -> Response:
    """Answer a phone that took too long, or is gone and will not see it."""
    return JSONResponse({"detail": tr("The connection was interrupted."), "refusal": None}, status_code=408)


def _find_status(error: StudioError) -> int:
    if isinstance(error, PhoneRefused):
        return _STATUS[error.refusal]
    if isinstance(error, WriteFailed):
        return 507
    return 413 if isinstance(error, _TooLarge | TooManyPhotos) else 415
