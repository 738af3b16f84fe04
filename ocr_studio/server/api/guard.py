"""Refuses requests before the app sees them: from other web pages, without the token, or too large."""

from __future__ import annotations

import contextlib
import secrets
from typing import Final

import anyio
from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from ocr_studio.core.translation import tr
from ocr_studio.core.units import size
from ocr_studio.server.api.options import ServiceLimits, ServiceOptions, is_allowed_host
from ocr_studio.server.api.problems import Refused, answer_problem
from ocr_studio.server.request_guard import ANSWER_HEADERS, is_own_request

# What everybody may see who reaches the address: nothing in it is of the user.
_OPEN: Final = frozenset({"/", "/openapi.json", "/api/v1/health"})
# Requests of which no more is read.
_CUT_OFF: Final = (408, 413)
# What is read of other refused requests.
_MOST_DISCARDED: Final = 1 << 20
# A page has a policy of its own.
_POLICY: Final = {"Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'"}


class ServiceGuard:
    """Passes on requests that may be answered, and counts what they send. Adds headers to the answers."""

    def __init__(self, app: ASGIApp, options: ServiceOptions, *, authority: str) -> None:
        """Create the guard.

        Args:
            app: What answers the requests that pass.
            options: What the service was started with.
            authority: Host and port at which it listens.
        """
        self._app, self._options, self._authority = app, options, authority

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request, as ASGI wants it."""
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
        if scope["type"] != "http":
            return
        body = _CountedBody(receive, self._options.limits)
        refused = self._find_refusal(Headers(scope=scope), scope["method"], scope["path"])

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                answered = MutableHeaders(scope=message)
                for name, value in (ANSWER_HEADERS | _POLICY).items():
                    answered.setdefault(name, value)
                # A client that still sends when the connection is closed may not see the answer.
                if message["status"] not in _CUT_OFF:
                    await body.discard(self._options.limits.body if refused is None else _MOST_DISCARDED)
                if not body.whole:
                    answered["Connection"] = "close"
            await send(message)

        if refused is None:
            await self._app(scope, body.receive, send_with_headers)
        else:
            answer = answer_problem(refused.status, refused.detail, refused.headers)
            await answer(scope, receive, send_with_headers)

    def _find_refusal(self, headers: Headers, method: str, path: str) -> Refused | None:
        """Return why a request is refused; None if it passes."""
        hosts = headers.getlist("host")
        if len(hosts) != 1 or not is_allowed_host(hosts[0], authority=self._authority, more=self._options.hosts):
            return Refused(421, "This service doesn’t answer to this name. Start it with --allow-host to add a name.")
        if not is_own_request(headers, hosts[0].lower(), method):
            return Refused(403, "Requests from other web pages are refused.")
        if self._options.token and path not in _OPEN and not self._has_token(headers):
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
    """What a request sends. whole: whether all of it has arrived."""

    def __init__(self, receive: Receive, limits: ServiceLimits) -> None:
        self.whole = False
        self._receive, self._limits, self._count = receive, limits, 0
        self._ends = anyio.current_time() + limits.arrival

    async def receive(self) -> Message:
        """Receive the next part; afterwards, that the client is gone. Raises Refused."""
        if self.whole:
            return await self._receive()
        try:
            with anyio.fail_after(min(self._limits.patience, self._ends - anyio.current_time())):
                message = await self._receive()
        except TimeoutError:
            raise Refused(408, tr("The request did not arrive in time.")) from None
        self._count += len(message.get("body", b""))
        if self._count > self._limits.body:
            raise _make_too_large(self._limits.body)
        self.whole = not message.get("more_body", False)
        return message

    async def discard(self, most: int) -> None:
        """Receive the rest for nothing, up to so many bytes in all."""
        with contextlib.suppress(Refused):
            while not self.whole and self._count < most:
                await self.receive()


def _make_too_large(most: int) -> Refused:
    return Refused(413, tr("The request is larger than {size}. Send less at once.", size=size(most)))
