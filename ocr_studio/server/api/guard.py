"""Refuses requests before the app sees them: from other web pages, without the token, or too large."""

from __future__ import annotations

import contextlib
import secrets
from functools import partial
from typing import Final

import anyio
from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from ocr_studio.core.translation import tr
from ocr_studio.core.units import size
from ocr_studio.server.api.options import ServiceLimits, ServiceOptions, is_allowed_host
from ocr_studio.server.api.problems import Refused, answer_problem
from ocr_studio.server.request_guard import FROM_ELSEWHERE, WRONG_HOST, RequestGuard

# Paths that need no token: nothing there belongs to the user.
_OPEN: Final = frozenset({"/", "/openapi.json", "/api/v1/health"})
# Requests of which no more is read.
_CUT_OFF: Final = (408, 413)
# A page has a policy of its own.
_POLICY: Final = {"Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'"}
_FOREIGN: Final = {
    WRONG_HOST: "This service doesn’t answer to this name. Start it with --allow-host to add a name.",
    FROM_ELSEWHERE: "Requests from other web pages are refused.",
}


def guard_service(app: ASGIApp, options: ServiceOptions, *, authority: str) -> ASGIApp:
    """Return an app that passes on requests that may be answered, and adds headers to the answers.

    Args:
        app: What answers the requests that pass.
        options: What the service was started with.
        authority: Host and port at which it listens.
    """
    return RequestGuard(
        _ServiceGuard(app, options),
        allows_host=partial(is_allowed_host, authority=authority, more=options.hosts),
        refuse=lambda status: answer_problem(status, _FOREIGN[status]),
        headers=_POLICY,
    )


class _ServiceGuard:
    """Passes on requests with the token, and counts what they send. Of others nothing is read before the answer."""

    def __init__(self, app: ASGIApp, options: ServiceOptions) -> None:
        self._app, self._options = app, options

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request, as ASGI wants it."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        is_trusted = not self._options.token or self._has_token(headers)
        if not is_trusted and scope["path"] in _OPEN:  # reads no body either
            await self._app(scope, receive, send)
            return
        refused = self._find_refusal(headers, is_trusted=is_trusted)
        if refused is not None:
            await answer_problem(refused.status, refused.detail, refused.headers)(scope, receive, send)
            return
        body = _CountedBody(receive, self._options.limits)

        async def send_when_read(message: Message) -> None:
            # Clients may look for an answer only after they have sent everything.
            if message["type"] == "http.response.start" and message["status"] not in _CUT_OFF:
                await body.discard()
            await send(message)

        await self._app(scope, body.receive, send_when_read)

    def _find_refusal(self, headers: Headers, *, is_trusted: bool) -> Refused | None:
        """Return why a request is refused; None if it passes."""
        if not is_trusted:
            return Refused(401, tr("A valid token is required."), {"WWW-Authenticate": "Bearer"})
        length = headers.get("content-length", "0")
        if length.isdecimal() and int(length[:20]) > self._options.limits.body:
            return _make_too_large(self._options.limits.body)
        return None

    def _has_token(self, headers: Headers) -> bool:
        kind, _, token = headers.get("authorization", "").partition(" ")
        given = token.strip().encode("utf-8", "replace")
        return kind.lower() == "bearer" and secrets.compare_digest(given, self._options.token.encode())


class _CountedBody:
    """What a request sends, within the limits of the service."""

    def __init__(self, receive: Receive, limits: ServiceLimits) -> None:
        self._receive, self._limits, self._count, self._whole = receive, limits, 0, False
        self._ends = anyio.current_time() + limits.arrival

    async def receive(self) -> Message:
        """Receive the next part; afterwards, that the client is gone. Raises Refused."""
        if self._whole:
            return await self._receive()
        try:
            with anyio.fail_after(min(self._limits.patience, self._ends - anyio.current_time())):
                message = await self._receive()
        except TimeoutError:
            raise Refused(408, tr("The request did not arrive in time.")) from None
        self._count += len(message.get("body", b""))
        if self._count > self._limits.body:
            raise _make_too_large(self._limits.body)
        self._whole = not message.get("more_body", False)
        return message

    async def discard(self) -> None:
        """Receive the rest for nothing."""
        with contextlib.suppress(Refused):
            while not self._whole:
                await self.receive()


def _make_too_large(most: int) -> Refused:
    return Refused(413, tr("The request is larger than {size}. Send less at once.", size=size(most)))
