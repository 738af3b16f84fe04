"""Finds the states of the board in a video, and saves a photo of each."""

from __future__ import annotations

import os
import time
from collections.abc import Generator, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final, TypeAlias

import cv2
import numpy as np

from ocr_studio.core.errors import StudioError, WrongTarget, write_failed
from ocr_studio.core.files.file_lock import FileLock, LockedElsewhere
from ocr_studio.core.files.safe_folder import SafeFolder
from ocr_studio.core.formats.output_folder import OutputFolder
from ocr_studio.core.images.photo_stream import compute_id
from ocr_studio.core.images.pixel_formats import RGB, encode_image
from ocr_studio.core.translation import tr
from ocr_studio.core.video import checkpoint, time_maps, video_file, video_record
from ocr_studio.core.video.board_states import BoardTracker, FoundState
from ocr_studio.core.video.camera import Camera, register
from ocr_studio.core.video.checkpoint import Checkpoint, PlacedState
from ocr_studio.core.video.grid import Grid
from ocr_studio.core.video.video_file import VideoError, VideoInfo, VideoReader
from ocr_studio.core.video.video_record import StoredState, VideoRecord

# Seconds between two frames that are looked at: writing a letter takes longer.
_INTERVAL: Final = 1.0
# The bare board is looked for in so many seconds of the beginning, once every so many; more often in short videos.
LOOKED_AT: Final = 240.0
_LOOK_EVERY: Final = 3.0
_LOOKS: Final = 60
# Of the first frames, the sharpest gives the view of all pictures.
_FIRST: Final = 4
# Seconds of work between two checkpoints.
_SAVE_EVERY: Final = 20.0
# A video that ends before this share of the length that it claims is cut off.
_WHOLE: Final = 0.95


@dataclass(frozen=True, slots=True)
class VideoProgress:
    """So many seconds of the video are done. total: its length, 0 if unknown; looking: the bare board is looked for."""

    seconds: float
    total: float
    looking: bool = False


@dataclass(frozen=True, slots=True)
class StateSaved:
    """A state is a photo now, or was since an earlier run.

    Attributes:
        path: The photo.
        page: Id of its page.
        start: When the board began to show it, in seconds.
        end: When it was last seen so.
    """

    path: Path
    page: str
    start: float
    end: float


@dataclass(frozen=True, slots=True)
class VideoFinished:
    """All states are saved.

    Attributes:
        record: What is known of the video.
    """

    record: VideoRecord


VideoEvent: TypeAlias = VideoProgress | StateSaved | VideoFinished


def default_folder(video: Path) -> Path:
    """Return where the photos of a video go by default: a folder with its name, beside it."""
    return video.with_suffix("") if video.suffix else video.with_name(f"{video.name} states")


def find_states(video: Path, folder: Path) -> Generator[VideoEvent, None, None]:
    """Find the states of the board in a video, and save them as photos.

    An interrupted run is resumed. If all states were found before, those whose photos are still there are only listed.

    Args:
        video: The video.
        folder: Where the photos go; it is made if need be.

    Yields:
        VideoProgress …, StateSaved for each state, at last VideoFinished.

    Raises:
        VideoError: The video can't be read.
        WriteFailed: A photo can't be saved.
        WrongTarget: The folder has another video of this name.
        StudioError: Another program works on the same video.
    """
    fingerprint = video_file.check_video(video)
    out = OutputFolder(folder)
    with _locked(folder, video.stem):
        known = video_record.load(folder, video_record.record_name(video.stem))
        if known and known.fingerprint != fingerprint:
            raise WrongTarget(
                tr("this folder has photos of another video named {name}", name=known.name),
                file=folder,
                remedy=tr("Choose another folder."),
                command="Choose another folder with --out.",
            )
        if known and known.complete:
            # Photos may have been removed or renamed since.
            yield from _list_saved(folder, [each for each in known.states if (folder / each.image).exists()])
            yield VideoFinished(known)
            return
        yield from _Run(video, out, fingerprint).work()


def _list_saved(folder: Path, states: Iterable[StoredState | PlacedState]) -> Iterator[StateSaved]:
    for state in states:
        yield StateSaved(folder / state.image, state.page, state.start, state.end)


@contextmanager
def _locked(folder: Path, stem: str) -> Iterator[None]:
    """Keep other programs from working on the same video. Raises StudioError."""
    lock = FileLock(SafeFolder(folder, follow=True), f".{stem}.video-lock", passing=True)
    try:
        lock.take()
    except LockedElsewhere as error:
        remedy = tr("Wait until it has finished, or stop it.")
        raise StudioError(tr("another OCR Studio is working on this video"), file=folder, remedy=remedy) from error
    except OSError as error:
        raise write_failed(folder, error) from error
    try:
        yield
    finally:
        lock.release()


class _Run:
    """One run over a video."""

    def __init__(self, video: Path, out: OutputFolder, fingerprint: str) -> None:
        self._video, self._out, self._folder = Path(os.path.abspath(video)), out, out.path
        self._fingerprint = fingerprint
        self._states: list[PlacedState] = []
        self._checkpoint = checkpoint.checkpoint_name(video.stem)
        self._saved = time.monotonic()

    def work(self) -> Iterator[VideoEvent]:
        """Look at the board, then follow it."""
        earlier = checkpoint.load(self._folder, self._checkpoint, self._fingerprint)
        tracker = self._resume(earlier) if earlier else None
        start = earlier.seconds if earlier and tracker else 0.0
        if tracker is None:
            tracker = yield from self._look()
        else:
            yield from _list_saved(self._folder, self._states)
        with VideoReader(self._video, interval=_INTERVAL, start=start) as reader:
            info = reader.info
            for frame in reader.frames():
                if frame is not None:
                    yield from self._place(list(tracker.add(frame.pixels, frame.seconds)), tracker, info, frame.seconds)
                    if time.monotonic() > self._saved + _SAVE_EVERY:
                        self._save(tracker, frame.seconds)
                yield VideoProgress(reader.at, max(info.seconds, reader.at) if info.seconds else 0.0)
            yield from self._place(list(tracker.finish(reader.at)), tracker, info, reader.at)
            record = self._write_record(tracker, info, reader.at, complete=True)
        checkpoint.remove(self._folder, self._checkpoint)
        yield VideoFinished(record)

    def _resume(self, earlier: Checkpoint) -> BoardTracker | None:
        """Go on from a checkpoint, with its last photos in their place; None if it is damaged."""
        with VideoReader(self._video, interval=_INTERVAL) as reader:
            grid = Grid(reader.info.width, reader.info.height)
        tracker = BoardTracker.load(grid, earlier.tracker, count=len(earlier.states))
        if tracker is None:
            return None
        self._states = list(earlier.states)
        for state, picture in zip(reversed(self._states), reversed(earlier.pictures), strict=False):
            if compute_id(picture) == state.page:
                self._out.write(state.image, picture)
        return tracker

    def _look(self) -> Generator[VideoEvent, None, BoardTracker]:
        """Look at the beginning for the bare board. Returns a tracker that has seen nothing yet."""
        with VideoReader(self._video, interval=_LOOK_EVERY) as reader:
            info = reader.info
            if info.seconds:
                reader.interval = min(_LOOK_EVERY, max(0.5, info.seconds / _LOOKS))
            grid = Grid(info.width, info.height)
            first: list[RGB] = []
            camera: Camera | None = None
            looks: list[RGB] = []
            for frame in reader.frames():
                if reader.at >= LOOKED_AT:
                    break
                if frame is not None:
                    work = grid.to_work(grid.pad(frame.pixels))
                    if len(first) < _FIRST:
                        first.append(work)
                    else:
                        camera = camera or Camera(_choose_sharpest(first))
                        looks += _look_at(grid, camera, work)
                yield VideoProgress(reader.at, info.seconds, looking=True)
            if not first:
                raise VideoError(tr("the video contains no frames"), file=self._video)
            reference = _choose_sharpest(first)
            camera = camera or Camera(reference)
            looks += [each for work in first for each in _look_at(grid, camera, work)]
        return BoardTracker(grid, reference, looks or [grid.to_small(reference)])

    def _place(
        self, found: Sequence[FoundState], tracker: BoardTracker, info: VideoInfo, seconds: float
    ) -> Iterator[StateSaved]:
        """Save states as photos.

        Args:
            found: All states that a frame has ended: only with all of them can the tracker be saved.
            tracker: The tracker that has found them.
            info: The video.
            seconds: How much of it is done.
        """
        if not found:
            return
        pictures = [encode_image(each.picture) for each in found]
        for each, picture in zip(found, pictures, strict=True):
            name = self._choose_name(each.state.end)
            self._states.append(PlacedState(name, compute_id(picture), each.state.start, each.state.end))
        # First: killed in between, the next run puts the photos in their place, and does not find them once more.
        self._save(tracker, seconds, pictures)
        placed = self._states[-len(found) :]
        for state, picture in zip(placed, pictures, strict=True):
            self._out.write(state.image, picture)
        self._write_record(tracker, info, seconds, complete=False)
        yield from _list_saved(self._folder, placed)

    def _choose_name(self, seconds: float) -> str:
        whole, taken = int(seconds), {each.image for each in self._states}
        base = f"{self._video.stem} {whole // 3600:02}-{whole // 60 % 60:02}-{whole % 60:02}"
        names = (f"{base}{f' ({number})' if number > 1 else ''}.png" for number in range(1, len(taken) + 2))
        return next(name for name in names if name not in taken)

    def _save(self, tracker: BoardTracker, seconds: float, pictures: Sequence[bytes] = ()) -> None:
        """Save a checkpoint, unless something is being wiped off. pictures: the files of the last photos."""
        if tracker.is_calm:
            states = tuple(self._states)
            saved = Checkpoint(self._fingerprint, seconds + 1e-3, states, tuple(pictures), tracker.save())
            checkpoint.save(self._folder, self._checkpoint, saved)
            self._saved = time.monotonic()

    def _write_record(self, tracker: BoardTracker, info: VideoInfo, seconds: float, *, complete: bool) -> VideoRecord:
        length = max(info.seconds, seconds)
        states = tuple(
            StoredState(each.image, each.page, each.start, each.end, time_maps.pack(state.times, length))
            for each, state in zip(self._states, tracker.states, strict=True)
        )
        record = VideoRecord(
            _relative(self._video, self._folder),
            self._fingerprint,
            seconds,
            info.width,
            info.height,
            states,
            complete,
            info.seconds - seconds if complete and seconds < _WHOLE * info.seconds - 1 else 0.0,
        )
        self._out.write(video_record.record_name(self._video.stem), video_record.encode(record))
        return record


def _relative(video: Path, folder: Path) -> str:
    """Return the path of a video from a folder; an absolute one on another drive."""
    try:
        return Path(os.path.relpath(video, os.path.abspath(folder))).as_posix()
    except ValueError:
        return video.as_posix()


def _choose_sharpest(frames: Sequence[RGB]) -> RGB:
    """Choose the frame with the least blur, by the variance of its Laplacian."""
    return max(frames, key=lambda each: float(cv2.Laplacian(cv2.cvtColor(each, cv2.COLOR_RGB2GRAY), cv2.CV_32F).var()))


def _look_at(grid: Grid, camera: Camera, work: RGB) -> list[RGB]:
    """Return the small frame of a look, registered; nothing if it shows another view."""
    view = camera.find(work)
    if not view.found:
        return []
    return [grid.to_small(np.asarray(work if view.matrix is None else register(work, view.matrix), np.uint8))]
