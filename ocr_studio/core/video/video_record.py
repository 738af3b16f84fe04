"""What is known of a video whose board states are photos of a folder: a small file beside them.

    lecture/                         the folder; by default beside lecture.mp4
        lecture 00-12-34.png         the board at 12 minutes 34 seconds, an ordinary photo
        lecture.video.json           this file: which video, and for each photo when it was so
        ocr-studio-project/          the ordinary project of these photos

Pages are not changed: earlier versions of the program open the photos as any others, and the folder can be moved or
renamed. A photo is recognized by the hash of its bytes, which is the id of its page, so it may be renamed, too. The
video is named by its path from the folder, so both can be moved together.

Times of words are not stored with the words. Instead, two small maps tell for each place of a photo when what is
written there was first and last seen; so words have times, too, that were read again, split or drawn by hand.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from functools import lru_cache
from pathlib import Path
from typing import Annotated, Any, Final, TypeAlias

from msgspec import Meta

from ocr_studio.core.errors import INSTALL_NEWER, StudioError, newer_format
from ocr_studio.core.files import json_schema, strict_json
from ocr_studio.core.files.safe_folder import SafeFolder, stays_inside
from ocr_studio.core.geometry import photo_frame
from ocr_studio.core.page import Page, Quad
from ocr_studio.core.translation import tr
from ocr_studio.core.video import time_maps
from ocr_studio.core.video.time_maps import PackedTimes

SUFFIX: Final = ".video.json"
FORMAT: Final = 1
MOST_STATES: Final = 5_000
_MOST_BYTES: Final = 64 << 20

_Seconds: TypeAlias = Annotated[float, Meta(ge=0, le=1e7)]
_Name: TypeAlias = Annotated[str, Meta(min_length=1, max_length=1000)]
_Side: TypeAlias = Annotated[int, Meta(ge=1, le=100_000)]


@dataclass(frozen=True, slots=True)
class StoredState:
    """A state of the board that is a photo.

    Attributes:
        image: Name of the photo when it was written.
        page: Id of its page, the hash of its bytes.
        start: When the board began to show it, in seconds of the video.
        end: When it was last seen so; the photo is named by this time, and it is the one to open the video at.
        times: When its writing was first and last seen.
    """

    image: _Name
    page: _Name
    start: _Seconds
    end: _Seconds
    times: PackedTimes

    def find_times(self, quad: Quad) -> tuple[float, float] | None:
        """Find when what is written in a box was first and last seen, in seconds.

        Args:
            quad: In pixels of the photo as its file has it.

        Returns:
            The times; None if nothing is written there.
        """
        maps = time_maps.unpack(self.times)
        return None if maps is None else maps.find(quad)


@dataclass(frozen=True, slots=True)
class VideoRecord:
    """A video, and the states of the board on it.

    Attributes:
        source: Path of the video from the folder of the photos, "/" between parts, or an absolute one.
        fingerprint: Tells whether a file is this video.
        seconds: Its length, as far as it was read.
        width: Width of its frames and of the photos, in pixels.
        height: Their height.
        states: The states, in the order of time.
        complete: Whether it was read to its end.
        missing: Seconds that the file claims beyond its last frame; 0 if it is whole.
    """

    source: _Name
    fingerprint: _Name
    seconds: _Seconds
    width: _Side
    height: _Side
    states: Annotated[tuple[StoredState, ...], Meta(max_length=MOST_STATES)] = ()
    complete: bool = False
    missing: _Seconds = 0.0

    @property
    def name(self) -> str:
        """Name of the video's file."""
        return self.source.rpartition("/")[2]

    def locate(self, folder: Path) -> Path:
        """Return where the video should be. folder: that of the photos."""
        return Path(os.path.normpath(folder / self.source))


@dataclass(frozen=True, slots=True)
class Moment:
    """A photo as a moment of a video.

    Attributes:
        folder: The folder of the photo.
        video: The video.
        state: The state that the photo shows.
    """

    folder: Path
    video: VideoRecord
    state: StoredState

    @property
    def path(self) -> Path:
        """Where the video should be; it may have been moved."""
        return self.video.locate(self.folder)

    def word_times(self, page: Page, quad: Quad) -> tuple[float, float] | None:
        """Find when a word was first and last seen on the board, in seconds.

        Args:
            page: The page of the photo.
            quad: The box of the word, in pixels of the photo as it is shown.

        Returns:
            The times; None for a word without a box, or one in whose box nothing is known to be written.
        """
        return self.state.find_times(photo_frame.quad_in_file(page, quad)) if quad.has_width else None


def record_name(stem: str) -> str:
    """Return the name of the file about a video. stem: the video's name without its suffix."""
    return f"{stem}{SUFFIX}"


def format_time(seconds: float) -> str:
    """Format a time of a video as people say it: 0:12:34."""
    whole = int(seconds)
    return f"{whole // 3600}:{whole // 60 % 60:02}:{whole % 60:02}"


def encode(record: VideoRecord) -> bytes:
    """Return the file about a video, UTF-8 JSON."""
    states = [
        {
            "image": each.image,
            "page": each.page,
            "start": round(each.start, 2),
            "end": round(each.end, 2),
            "times": asdict(each.times),
        }
        for each in record.states
    ]
    fields: dict[str, Any] = {
        "format": FORMAT,
        "source": record.source,
        "fingerprint": record.fingerprint,
        "seconds": round(record.seconds, 2),
        "width": record.width,
        "height": record.height,
        "complete": record.complete,
        "missing": round(record.missing, 2),
        "states": states,
    }
    return (json.dumps(fields, indent=1) + "\n").encode("ascii")


def load(folder: Path, name: str) -> VideoRecord | None:
    """Read the file about a video.

    Args:
        folder: The folder of the photos.
        name: Name of the file.

    Returns:
        What it says; None if there is none.

    Raises:
        StudioError: It can't be read, is damaged, or of a newer version.
    """
    files = SafeFolder(folder, follow=True)
    try:
        data = files.read(name, most=_MOST_BYTES)
    except FileNotFoundError:
        return None
    except (OSError, ValueError) as error:
        what = tr("it can’t be read: {reason}", reason=getattr(error, "strerror", None) or error)
        raise StudioError(what, file=folder / name) from error
    try:
        fields = strict_json.load(data)
        version = fields.get("format") if isinstance(fields, dict) else None
        if isinstance(version, int) and version > FORMAT:
            raise StudioError(newer_format(version, FORMAT), file=folder / name, remedy=tr(INSTALL_NEWER))
        record: VideoRecord = json_schema.convert(fields, VideoRecord)
    except ValueError as error:
        remedy = tr("Move it away, and open the video again.")
        raise StudioError(tr("it is damaged: {reason}", reason=error), file=folder / name, remedy=remedy) from error
    if not all(stays_inside(state.image) for state in record.states):
        raise StudioError(tr("it names a photo in another folder"), file=folder / name)
    return record


def list_records(folder: Path) -> dict[str, VideoRecord]:
    """Read all files about videos in a folder, by their names; those that can't be read are left out. Never raises."""
    try:
        found = sorted(
            (entry.name, entry.status.st_mtime_ns, entry.status.st_size)
            for entry in SafeFolder(folder, follow=True).entries()
            if entry.is_file and entry.name.endswith(SUFFIX)
        )
    except (OSError, ValueError):
        return {}
    return {name: record for name, *state in found if (record := _load_known(folder, name, tuple(state)))}


@lru_cache(maxsize=64)
def _load_known(folder: Path, name: str, _: tuple[int, ...]) -> VideoRecord | None:
    """Read a file that is in this state; once."""
    try:
        return load(folder, name)
    except StudioError:
        return None


class FolderMoments:
    """The photos of a folder that are moments of videos."""

    def __init__(self, folder: Path | None = None) -> None:
        """Look into a folder, if any. Never raises: without a readable file about a video, there are none."""
        self._moments: dict[str, Moment] = {}
        if folder is None:
            return
        for record in list_records(folder).values():
            self._moments |= {state.page: Moment(folder, record, state) for state in record.states}

    def find(self, page_id: str) -> Moment | None:
        """Find the moment that a photo shows, by the id of its page; None for any other photo."""
        return self._moments.get(page_id)

    def __bool__(self) -> bool:
        """Whether there are any."""
        return bool(self._moments)


def find_moment(folder: Path, page_id: str) -> Moment | None:
    """Find the moment of a video that a photo shows; None for any other photo. Never raises.

    Args:
        folder: The folder of the photo.
        page_id: The id of its page.
    """
    return FolderMoments(folder).find(page_id)


def order_moments(moments: Iterable[Moment]) -> list[Moment]:
    """Sort moments by video and time."""
    return sorted(moments, key=lambda moment: (moment.video.source, moment.state.end))
