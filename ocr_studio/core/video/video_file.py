"""Video files: what is one, and their frames in the order of time.

Files come from strangers, so FFmpeg decodes them in a child process with limits of time and memory; only files that
begin like a container of films are given to it.
"""

from __future__ import annotations

import hashlib
import math
import os
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Final

import numpy as np

from ocr_studio.core import paths
from ocr_studio.core.errors import StudioError
from ocr_studio.core.files.child_process import ChildFailed, Limits, OwnChild
from ocr_studio.core.images.photo_stream import make_access_error
from ocr_studio.core.images.pixel_formats import RGB
from ocr_studio.core.translation import later, tr
from ocr_studio.core.video import frame_decoder

VIDEO_SUFFIXES: Final = frozenset(
    {
        ".mp4", ".m4v", ".mov", ".mkv", ".webm", ".avi", ".mpg", ".mpeg", ".ts", ".mts", ".m2ts", ".wmv", ".flv",
        ".3gp", ".ogv",
    }
)  # fmt: skip
# A call of the decoder works for two seconds; opening a file may take longer.
_LIMITS: Final = Limits(seconds=60.0, memory=2 << 30, answer=256 << 20)
# Bytes of frames that a call of the decoder returns.
_CHUNK: Final = 40 << 20
_HEAD: Final = 1 << 20
_COPY_AGAIN: Final = later("Copy the video again from where it came from.")
_KINDS: Final = later("Choose a video, such as MP4, MOV, MKV, WebM or AVI.")
_SOUND_KINDS: Final = (b"ID3", b"fLaC", b"\xff\xfb", b"\xff\xf3", b"\xff\xf1", b"\xff\xf9", b"#!AMR")
_ISO_SOUND: Final = (b"M4A ", b"M4B ")
_MEDIA: Final = (
    b"\x1aE\xdf\xa3",  # Matroska, WebM
    b"\x00\x00\x01",  # MPEG program stream, or H.264 or H.265 without a container
    b"\x00\x00\x00\x01",  # the latter with a longer start code
    b"0&\xb2u\x8ef\xcf\x11",  # ASF, WMV
    b"FLV",
    b"OggS",
)
_BOXES: Final = (b"ftyp", b"moov", b"mdat", b"wide", b"free", b"skip", b"pnot")


class VideoError(StudioError):
    """A video can't be read; the message names it, says why, and what to do."""


@dataclass(frozen=True, slots=True)
class VideoInfo:
    """What a video file says of itself.

    Attributes:
        width: Width of its frames in pixels, upright and as they are read.
        height: Their height.
        seconds: Its length; 0 if the file doesn't tell it.
    """

    width: int
    height: int
    seconds: float


@dataclass(frozen=True, slots=True)
class Frame:
    """A frame. seconds: its time in the video; pixels: (H, W, 3) uint8 RGB, upright."""

    seconds: float
    pixels: RGB


def is_video(path: Path) -> bool:
    """Whether this looks like a video, by its suffix."""
    return path.suffix.lower() in VIDEO_SUFFIXES


def check_video(path: Path) -> str:
    """Refuse what is no video, by its first bytes.

    Returns:
        Its fingerprint, which tells whether it is still the same file: a hash of its length and parts of its bytes.

    Raises:
        VideoError: It is no video, or can't be read.
    """
    try:
        with paths.open_plain(path) as stream:
            size = os.fstat(stream.fileno()).st_size
            head = stream.read(_HEAD)
            stream.seek(max(0, size - _HEAD))
            tail = stream.read(_HEAD)
    except paths.NotPlainFile as error:
        raise VideoError(error.strerror or str(error), file=path, remedy=tr(_KINDS)) from error
    except (OSError, ValueError) as error:
        told = make_access_error(path, error)
        raise VideoError(told.what, file=path, remedy=told.remedy) from error
    _check_kind(path, head, tail)
    return hashlib.blake2b(size.to_bytes(8, "big") + head + tail, digest_size=16).hexdigest()


def _check_kind(path: Path, head: bytes, tail: bytes) -> None:
    if not head:
        raise VideoError(tr("the file is empty"), file=path, remedy=tr(_COPY_AGAIN))
    sound = later("this file contains sound but no picture")
    kind = head[4:8]
    riff = head[:4] == b"RIFF"
    if (
        head.startswith(_SOUND_KINDS)
        or (kind == b"ftyp" and head[8:12] in _ISO_SOUND)
        or (riff and head[8:12] == b"WAVE")
    ):
        raise VideoError(tr(sound), file=path, remedy=tr(_KINDS))
    transport = (head[:1] == b"G" and head[188:189] in {b"", b"G"}) or (head[4:5] == b"G" and head[196:197] == b"G")
    if not (kind in _BOXES or (riff and head[8:12] == b"AVI ") or head.startswith(_MEDIA) or transport):
        raise VideoError(tr("this is not a video in a supported format"), file=path, remedy=tr(_KINDS))
    if kind in _BOXES and b"moov" not in head and b"moov" not in tail:
        # The index may lie elsewhere; then the decoder finds it.
        if not _has_box(path, b"moov"):
            what = tr("the video is incomplete: its index is missing, as when recording or copying was interrupted")
            raise VideoError(what, file=path, remedy=tr(_COPY_AGAIN))
    elif kind in _BOXES:
        both = head + tail
        if b"soun" in both and b"vide" not in both:
            raise VideoError(tr(sound), file=path, remedy=tr(_KINDS))


def _has_box(path: Path, wanted: bytes) -> bool:
    """Whether an MP4 or MOV has a box of this kind at its top level (ISO 14496-12, 4.2)."""
    with paths.open_plain(path) as stream:
        for _ in range(10_000):
            header = stream.read(8)
            if len(header) < 8:
                return False
            size, kind = int.from_bytes(header[:4], "big"), header[4:]
            if kind == wanted:
                return True
            if size == 1:
                size = int.from_bytes(stream.read(8), "big") - 8
            if size < 8:
                return False
            stream.seek(size - 8, os.SEEK_CUR)
    return False


class VideoReader:
    """Reads the frames of a video, one for each interval, while the caller works on those before.

    A context manager; leaving it ends the child process.

    Attributes:
        info: What the file says of itself.
        interval: Seconds between two frames.
        at: Time of the frame that was yielded last, in seconds; of the last one that was decoded once all are yielded.
    """

    def __init__(self, path: Path, *, interval: float, start: float = 0.0) -> None:
        """Open a video.

        Args:
            path: The file.
            interval: Seconds between two frames.
            start: Seconds at which to begin.

        Raises:
            VideoError: It is no video, can't be decoded, or contains no frames.
        """
        self._path = Path(os.path.abspath(path))
        check_video(self._path)
        self.interval = interval
        self._child = self._start()
        try:
            width, height, seconds = self._open(start)
        except BaseException:
            self._child.close()
            raise
        shrink = min(1.0, frame_decoder.MOST_SIDE_READ / max(width, height))
        self._shape = max(1, round(height * shrink)), max(1, round(width * shrink)), 3
        self._most = max(1, _CHUNK // math.prod(self._shape))
        self.info = VideoInfo(self._shape[1], self._shape[0], seconds)
        self.at = start
        self._thread = ThreadPoolExecutor(1, "video")

    def __enter__(self) -> VideoReader:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._child.close()
        self._thread.shutdown(wait=True, cancel_futures=True)

    def frames(self) -> Iterator[Frame | None]:
        """Yield the frames in order; None where decoding the next one takes long. Raises VideoError."""
        ahead = self._thread.submit(self._read)
        while True:
            found, at, ended = ahead.result()
            if not ended:
                ahead = self._thread.submit(self._read)
            for frame in found:
                self.at = frame.seconds
                yield frame
            self.at = at
            if ended:
                return
            if not found:
                yield None

    def _start(self) -> OwnChild:
        try:
            return OwnChild()
        except ChildFailed as error:
            raise self._failed(error) from error

    def _open(self, start: float) -> tuple[int, int, float]:
        arguments = {"path": str(self._path), "name": str(self._path), "start": start}
        try:
            answer = self._child.call(frame_decoder.open_video, arguments, limits=_LIMITS)
        except ChildFailed as error:
            raise self._failed(error) from error
        except StudioError as error:
            raise VideoError(error.what, file=error.file, remedy=error.remedy) from error
        match answer.values:
            case [int(width), int(height), int() | float() as seconds] if 0 < width <= 8192 and 0 < height <= 8192:
                return width, height, float(seconds) if 0 <= seconds < 1e7 else 0.0
        raise self._damaged()

    def _read(self) -> tuple[list[Frame], float, bool]:
        arguments = {"interval": self.interval, "most": self._most}
        try:
            answer = self._child.call(frame_decoder.read_frames, arguments, limits=_LIMITS)
        except ChildFailed as error:
            raise self._failed(error) from error
        except StudioError as error:
            raise VideoError(error.what, file=error.file, remedy=error.remedy) from error
        match answer.values:
            case [list(times), int() | float() as at, bool(ended)] if len(times) == len(answer.arrays):
                frames = [
                    Frame(float(seconds), pixels)
                    for seconds, pixels in zip(times, answer.arrays, strict=True)
                    # The size may change in a stream; such frames show something else.
                    if pixels.dtype == np.uint8 and pixels.shape == self._shape
                ]
                return frames, float(at), ended
        raise self._damaged()

    def _failed(self, error: ChildFailed) -> VideoError:
        remedy = tr(_COPY_AGAIN) if error.failure == "crashed" else tr("Convert it to MP4 with another program.")
        if error.failure == "start":
            remedy = tr("Close other programs.")
        return VideoError(error.reason, file=self._path, remedy=remedy)

    def _damaged(self) -> VideoError:
        return VideoError(tr("the video is damaged or incomplete"), file=self._path, remedy=tr(_COPY_AGAIN))
