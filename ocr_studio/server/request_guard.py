"""Refuses requests that other web pages have sent, before the app sees them, and lets refused clients see the answer.

A page from elsewhere can make a browser in this network send requests here: to this address (CSRF), or to a name of its
own that leads here (DNS rebinding). The first is known by ``Origin`` and ``Sec-Fetch-Site``, the second by ``Host``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

import anyio
from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

_HEADERS: Final = {
    "Cache-Control": "no-store",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}
WRONG_HOST: Final = 421
FROM_ELSEWHERE: Final = 403
# What is read, and for how many seconds, of a request that was answered before it had arrived as a whole.
_MOST_DISCARDED: Final = 1 << 20
_PATIENCE: Final = 2.0


def _refuse(status: int) -> ASGIApp:
    return PlainTextResponse("refused", status)


class RequestGuard:
    """Passes on requests to one address that come from its own pages or from no page. Adds headers to the answers.

    A request may be answered before it has arrived. A client that still sends when the connection is closed may not see
    the answer, so the connection stays open for a moment longer.
    """

    def __init__(
        self,
        app: ASGIApp,
        *,
        allows_host: Callable[[str], bool],
        refuse: Callable[[int], ASGIApp] = _refuse,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        """Create the guard.

        Args:
            app: What answers the requests that pass.
            allows_host: Whether the value of a ``Host`` header is this address.
            refuse: Makes the answer with status ``WRONG_HOST`` or ``FROM_ELSEWHERE``.
            headers: Further headers of all answers that have none of these names.
        """
        self._app, self._allows_host, self._refuse = app, allows_host, refuse
        self._headers = _HEADERS | dict(headers or {})

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request, as ASGI wants it."""
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
        if scope["type"] != "http":
            return
        headers = Headers(scope=scope)
        body = _Body(receive, headers)

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                answered = MutableHeaders(scope=message)
                for name, value in self._headers.items():
                    answered.setdefault(name, value)
                if not body.whole:
                    answered["Connection"] = "close"
            if message["type"] != "http.response.body" or message.get("more_body") or body.whole:
                await send(message)
                return
            await send({**message, "more_body": True})
            await body.discard()
            await send({"type": "http.response.body", "body": b""})

        status = self._find_refusal(headers, scope["method"])
        answer = self._app if status is None else self._refuse(status)
        await answer(scope, body.receive, send_with_headers)

    def _find_refusal(self, headers: Headers, method: str) -> int | None:
        """Return the status with which a request is refused; None if it passes."""
        hosts = headers.getlist("host")
        if len(hosts) != 1 or not self._allows_host(hosts[0]):
            return WRONG_HOST
        return None if _is_own_request(headers, hosts[0].lower(), method) else FROM_ELSEWHERE


class _Body:
    """What a request sends. whole: whether all of it has arrived."""

    def __init__(self, receive: Receive, headers: Headers) -> None:
        self._receive = receive
        self.whole = "transfer-encoding" not in headers and headers.get("content-length", "0") == "0"

    async def receive(self) -> Message:
        message = await self._receive()
        self.whole = self.whole or not message.get("more_body", False)
        return message

    async def discard(self) -> None:
        """Receive the rest for nothing, for a moment."""
        count = 0
        with anyio.move_on_after(_PATIENCE):
            while not self.whole and count < _MOST_DISCARDED:
                count += len((await self.receive()).get("body", b""))


def _is_own_request(headers: Headers, host: str, method: str) -> bool:
    """Whether a request comes from a page of this address, or from no page.

    Args:
        headers: Of the request.
        host: Host and port of this address, in lower case.
        method: Of the request.
    """
    origin = headers.get("origin")
    # https: behind a proxy.
    if origin is not None and origin.lower() not in (f"http://{host}", f"https://{host}"):
        return False
    # A link in a message or a mail is followed from elsewhere, too.
    followed = method == "GET" and headers.get("sec-fetch-mode") == "navigate"
    return followed or headers.get("sec-fetch-site", "none") in ("none", "same-origin")
