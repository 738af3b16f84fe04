"""Frames of a video by FFmpeg, as it is inside OpenCV. Called in a child process with limits.

The video is read from the front to the back, as positions that OpenCV is asked for by number are often wrong. Frames
between two that are wanted are decoded, because later ones depend on them, but not converted to pictures. Times are
those of the file; where it has none, or they go backwards, they are counted by the frame rate.
"""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from typing import Any, Final

import cv2
import numpy as np

from ocr_studio.core.errors import StudioError
from ocr_studio.core.files.child_process import Answer
from ocr_studio.core.images.pixel_formats import RGB, shrink_image
from ocr_studio.core.translation import later, tr

# What FFmpeg may take a file for: containers of films. Others, such as lists of files to play, lead to other files and
# addresses. No protocol but that of files is needed.
_OPTIONS: Final = (
    "protocol_whitelist;file|format_whitelist;mov,matroska,webm,avi,mpegts,mpeg,asf,flv,ogg,m4v,h264,hevc,mjpeg"
)
# Frames that no other depends on, half of many films, are not decoded if the others are dense enough: the first so many
# of them no more than so many seconds apart on average.
_LEAVE_OUT: Final = "|avdiscard;nonref"
_TRIED, _DENSE = 8, 0.35
# A frame of 8K has 33 million pixels.
_MOST_PIXELS: Final = 36_000_000
_MOST_SIDE: Final = 8192
# Frames larger than this many pixels are reduced: no board needs more.
MOST_SIDE_READ: Final = 3840
# Frames per second that a file may claim; others are wrong.
_RATES: Final = (1.0, 240.0)
_USUAL_RATE: Final = 25.0
# Seconds of decoding after which a call answers with what it has, so that the job can be cancelled.
_PATIENCE: Final = 1.5
# How many seconds too early a seek is tried; it may go too far where frames are left out. If it misses by more than the
# last number of seconds, or the file has no times, the file is read from its beginning instead.
_EARLIER: Final = (1.0, 20.0)
_MISSED: Final = 50.0
_COPY_AGAIN: Final = later("Copy the video again from where it came from.")


class _Reading:
    """A video that is being read.

    Attributes:
        width: Width of a frame in pixels, upright.
        height: Its height.
        seconds: Length that the file claims; 0 if it doesn't.
    """

    def __init__(self, path: str, name: str) -> None:
        self._path, self._name = path, name
        self._options = self._choose_options()
        self._capture = self._open()
        rate = self._capture.get(cv2.CAP_PROP_FPS)
        self._rate = rate if _RATES[0] <= rate <= _RATES[1] else _USUAL_RATE
        count = self._capture.get(cv2.CAP_PROP_FRAME_COUNT)
        self.seconds = count / rate if 0 < count < 1e9 and rate > 0 else 0.0
        self._at = self._due = -1.0
        self._ahead = self._capture.grab()
        if not self._ahead:
            raise StudioError(tr("the video contains no frames"), file=name, remedy=tr(_COPY_AGAIN))
        # Known only now for some files, and of the frame as it is turned upright.
        self.width, self.height = self._measure()

    def _choose_options(self) -> str:
        """Try whether frames can be left out, and return the options for that."""
        self._options = _OPTIONS + _LEAVE_OUT
        capture = self._open()
        decoded = sum(capture.grab() for _ in range(_TRIED))
        seconds = capture.get(cv2.CAP_PROP_POS_MSEC) / 1000
        capture.release()
        # Without times, frames are counted, which needs all of them.
        return self._options if decoded == _TRIED and 0 < seconds <= _TRIED * _DENSE else _OPTIONS

    def _open(self) -> cv2.VideoCapture:
        os.environ["OPENCV_FFMPEG_CAPTURE_OPTIONS"] = self._options
        capture = cv2.VideoCapture(self._path, cv2.CAP_FFMPEG)
        if not capture.isOpened():
            what = tr("the video is damaged, incomplete or in a format that can’t be decoded")
            remedy = tr("Copy it again, or convert it to MP4 with another program.")
            raise StudioError(what, file=self._name, remedy=remedy)
        return capture

    def _measure(self) -> tuple[int, int]:
        width, height = (int(self._capture.get(key)) for key in (cv2.CAP_PROP_FRAME_WIDTH, cv2.CAP_PROP_FRAME_HEIGHT))
        if width < 1 or height < 1:
            raise StudioError(tr("the video contains no frames"), file=self._name, remedy=tr(_COPY_AGAIN))
        if max(width, height) > _MOST_SIDE or width * height > _MOST_PIXELS:
            what = tr("its frames have {width} × {height} pixels; the limit is 8K", width=width, height=height)
            raise StudioError(what, file=self._name, remedy=tr("Convert it to a smaller size with another program."))
        return width, height

    def seek(self, seconds: float) -> None:
        """Go on at a time, in a video that has just been opened."""
        if seconds <= 0:
            return
        for earlier in _EARLIER:
            self._capture.set(cv2.CAP_PROP_POS_MSEC, 1000 * max(0.0, seconds - earlier))
            self._ahead = self._capture.grab()
            found = self._capture.get(cv2.CAP_PROP_POS_MSEC) / 1000
            # At 0 it is at the beginning, or the file has no times.
            if self._ahead and max(0.0, seconds - _MISSED) < found <= seconds:
                break
        else:
            self._capture.release()
            self._capture = self._open()
            self._ahead = self._capture.grab()
            found = 0.0
        self._at, self._due = found - 1 / self._rate, seconds

    def frames(self, *, interval: float, most: int) -> Iterator[tuple[float, RGB]]:
        """Yield times in seconds and frames, one for each interval; ends early where decoding takes long."""
        started = time.monotonic()
        while most and time.monotonic() < started + _PATIENCE:
            if not self._ahead:
                return
            told = self._capture.get(cv2.CAP_PROP_POS_MSEC) / 1000
            self._at = told if told > self._at else self._at + 1 / self._rate
            if self._at >= self._due:
                good, frame = self._capture.retrieve()
                if good and frame.ndim == 3:
                    self._due = (self._at // interval + 1) * interval
                    most -= 1
                    rgb = np.asarray(cv2.cvtColor(frame, cv2.COLOR_BGR2RGB), dtype=np.uint8)
                    yield self._at, shrink_image(rgb, side=MOST_SIDE_READ)
            self._ahead = self._capture.grab()

    @property
    def at(self) -> float:
        """Time of the last frame that was decoded, in seconds."""
        return max(0.0, self._at)

    @property
    def ended(self) -> bool:
        """Whether there are no more frames."""
        return not self._ahead

    def close(self) -> None:
        """Close the file."""
        self._capture.release()


# The video of this child process.
_reading: list[_Reading] = []


def open_video(arguments: dict[str, Any], _: bytes) -> Answer:
    """Open a video, in a child process.

    Args:
        arguments: "path" of the file, its "name" for errors, and "start", the seconds at which to begin.

    Returns:
        Width and height of its frames in pixels, and its length in seconds, 0 if unknown.

    Raises:
        StudioError: It can't be decoded, or contains no frames.
    """
    for earlier in _reading:
        earlier.close()
    _reading.clear()
    reading = _Reading(arguments["path"], arguments["name"])
    reading.seek(arguments["start"])
    _reading.append(reading)
    return Answer([reading.width, reading.height, reading.seconds])


def read_frames(arguments: dict[str, Any], _: bytes) -> Answer:
    """Read on in the video that ``open_video`` has opened.

    Args:
        arguments: "interval", seconds between two frames, and "most", the number of frames.

    Returns:
        The frames, (H, W, 3) uint8 RGB, upright, fewer or none where decoding takes long; their times in seconds, the
        time reached, and whether that is the end.
    """
    (reading,) = _reading
    found = list(reading.frames(interval=arguments["interval"], most=arguments["most"]))
    return Answer([[at for at, _ in found], reading.at, reading.ended], [frame for _, frame in found])
