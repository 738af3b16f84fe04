"""Refuses requests that other web pages have sent, before the app sees them.

A page from elsewhere can make a browser in this network send requests here: to this address (CSRF), or to a name of its
own that leads here (DNS rebinding). The first is known by ``Origin`` and ``Sec-Fetch-Site``, the second by ``Host``.
"""

from __future__ import annotations

from typing import Final

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

ANSWER_HEADERS: Final = {
    "Cache-Control": "no-store",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}


class RequestGuard:
    """Passes on requests to one address that come from its own pages or from no page. Adds headers to the answers."""

    def __init__(self, app: ASGIApp, *, authority: str) -> None:
        """Create the guard.

        Args:
            app: What answers the requests that pass.
            authority: Host and port of the address.
        """
        self._app, self._authority = app, authority

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request, as ASGI wants it."""
        if scope["type"] != "http":
            return

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in ANSWER_HEADERS.items():
                    headers.setdefault(name, value)
            await send(message)

        status = self._find_refusal(Headers(scope=scope), scope["method"])
        answer = self._app if status is None else PlainTextResponse("refused", status)
        await answer(scope, receive, send_with_headers)

    def _find_refusal(self, headers: Headers, method: str) -> int | None:
        """Return the status with which a request is refused; None if it passes."""
        if headers.getlist("host") != [self._authority]:
            return 421
        return None if is_own_request(headers, self._authority, method) else 403


def is_own_request(headers: Headers, host: str, method: str) -> bool:
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
