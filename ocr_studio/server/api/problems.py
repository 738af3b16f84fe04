"""Answers that say what went wrong, as RFC 9457 has them: without paths of this computer, and without traces."""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus
from typing import Final

from starlette.responses import JSONResponse

from ocr_studio.core.errors import StudioError
from ocr_studio.core.images.photo_stream import PhotoTooLarge
from ocr_studio.core.translation import tr

MEDIA_TYPE: Final = "application/problem+json"


class Refused(Exception):
    """A request is refused.

    Attributes:
        status: HTTP status.
        detail: What to say, one or two sentences.
        headers: Of the answer.
    """

    def __init__(self, status: int, detail: str, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(detail)
        self.status, self.detail, self.headers = status, detail, dict(headers or {})

    @classmethod
    def because(cls, error: StudioError, *, status: int, file: str = "", remedy: str = "") -> Refused:
        """Make the refusal for an error, without the path that it names.

        Args:
            error: The error.
            status: HTTP status.
            file: Name of the file as the client knows it.
            remedy: What a client can do, if that of the error is for the window.
        """
        return cls(status, describe_error(error, file=file, remedy=remedy))


def describe_error(error: StudioError, *, file: str = "", remedy: str = "") -> str:
    """Say what is wrong, without the path that an error names; see ``Refused.because``."""
    what = error.what.rstrip(".")
    said = f"{file}: {what}" if file else what[:1].upper() + what[1:]
    if isinstance(error, PhotoTooLarge):
        remedy = tr("Send a smaller copy.")
    return f"{said}. {remedy or error.remedy}".rstrip()


def answer_problem(status: int, detail: str, headers: Mapping[str, str] | None = None) -> JSONResponse:
    """Make the answer that says what went wrong."""
    content = {"type": "about:blank", "title": HTTPStatus(status).phrase, "status": status, "detail": detail}
    return JSONResponse(content, status, headers=dict(headers or {}), media_type=MEDIA_TYPE)
