"""One phone may send photos into one folder for ten minutes: its token, its secret, and what it has sent.

The token is in the QR code. The phone that shows it first gets a secret in exchange, and no other phone gets in: the
token is worth nothing from then on.
"""

from __future__ import annotations

import secrets
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path
from typing import Final

from ocr_studio.core.errors import StudioError
from ocr_studio.core.translation import later, tr

SECONDS: Final = 600.0
MOST_PHOTOS: Final = 200
_TOKEN_BYTES: Final = 16
_MOST_TEXT: Final = 20_000  # characters of the text of a photo that the phone is told


class Refusal(StrEnum):
    """Why a phone is refused."""

    WRONG = "wrong"
    USED = "used"
    EXPIRED = "expired"


_REASONS: Final = {
    Refusal.WRONG: later("this is not the code that the computer shows now"),
    Refusal.USED: later("another phone has used this code already"),
    Refusal.EXPIRED: later("the code has expired"),
}


class PhoneRefused(StudioError):
    """A phone may not send photos. refusal: why."""

    def __init__(self, refusal: Refusal) -> None:
        super().__init__(tr(_REASONS[refusal]), remedy=tr("Show a new code on the computer, and scan it."))
        self.refusal = refusal


class TooManyPhotos(StudioError):
    """A phone has sent as many photos as it may."""

    def __init__(self) -> None:
        super().__init__(
            tr("{count} photos were sent with this code, which is the maximum", count=MOST_PHOTOS),
            remedy=tr("Show a new code on the computer, and scan it."),
        )


class PhotoState(StrEnum):
    """What has become of a photo that a phone has sent."""

    WAITING = "waiting"
    READ = "read"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class SentPhoto:
    """A photo that a phone has sent.

    Attributes:
        number: From 1, in the order of arrival.
        path: Where it was saved.
        content_id: Of its bytes.
        state: What has become of it.
        text: What was read; if it has failed, why.
    """

    number: int
    path: Path
    content_id: str
    state: PhotoState = PhotoState.WAITING
    text: str = ""


class PhoneSession:
    """Lets one phone send photos into one folder, for a limited time. May be used from several threads."""

    def __init__(self, folder: Path, *, seconds: float = SECONDS, clock: Callable[[], float] = time.monotonic) -> None:
        """Begin a session with a new token.

        Args:
            folder: Where the photos go.
            seconds: How long it lasts.
            clock: Returns the time in seconds.
        """
        self.folder = folder
        self.token = secrets.token_urlsafe(_TOKEN_BYTES)
        self._seconds, self._clock = seconds, clock
        self._ends = clock() + seconds
        self._guard = threading.Lock()
        self._secret = ""
        self._photos: dict[str, SentPhoto] = {}  # by content id

    @property
    def seconds_left(self) -> float:
        """How long it lasts from now; 0 if it is over."""
        return max(0.0, self._ends - self._clock())

    @property
    def paired(self) -> bool:
        """Whether a phone has used the token."""
        return bool(self._secret)

    @property
    def photos(self) -> tuple[SentPhoto, ...]:
        """The photos in the order of their arrival."""
        with self._guard:
            return tuple(self._photos.values())

    def close(self) -> None:
        """End it now."""
        self._ends = self._clock()

    def extend(self) -> None:
        """Let it last its full time again from now, unless it is over."""
        if self.seconds_left:
            self._ends = self._clock() + self._seconds

    def pair(self, token: str) -> str:
        """Exchange the token for the secret of this phone, once.

        Raises:
            PhoneRefused: The token is wrong or used, or the session is over.
        """
        self._check_time()
        with self._guard:
            if not _is_same(token, self.token):
                raise PhoneRefused(Refusal.WRONG)
            if self._secret:
                raise PhoneRefused(Refusal.USED)
            self._secret = secrets.token_urlsafe(_TOKEN_BYTES)
            return self._secret

    def check(self, secret: str) -> None:
        """Check the secret of a request. Raises PhoneRefused."""
        self._check_time()
        if not self._secret or not _is_same(secret, self._secret):
            raise PhoneRefused(Refusal.WRONG)

    def check_room(self) -> None:
        """Check that one more photo may be sent. Raises TooManyPhotos."""
        if len(self.photos) >= MOST_PHOTOS:
            raise TooManyPhotos

    def find(self, content_id: str) -> SentPhoto | None:
        """Return the photo with these bytes, if it was sent before: a phone sends again what it got no answer for."""
        with self._guard:
            return self._photos.get(content_id)

    def add(self, path: Path, content_id: str) -> SentPhoto:
        """Note a photo that was saved."""
        with self._guard:
            photo = SentPhoto(len(self._photos) + 1, path, content_id)
            return self._photos.setdefault(content_id, photo)

    def set_read(self, path: Path, text: str) -> None:
        """Note that a photo was read; any other path is ignored."""
        self._change(path, PhotoState.READ, text)

    def set_failed(self, path: Path, why: str) -> None:
        """Note that a photo could not be read; any other path is ignored."""
        self._change(path, PhotoState.FAILED, why)

    def _change(self, path: Path, state: PhotoState, text: str) -> None:
        with self._guard:
            for key, photo in self._photos.items():
                if photo.path == path:
                    self._photos[key] = replace(photo, state=state, text=text[:_MOST_TEXT])
                    return

    def _check_time(self) -> None:
        if not self.seconds_left:
            raise PhoneRefused(Refusal.EXPIRED)


def _is_same(one: str, other: str) -> bool:
    """Compare in a time that says nothing about how much is the same."""
    return secrets.compare_digest(one.encode("utf-8", "replace"), other.encode())
