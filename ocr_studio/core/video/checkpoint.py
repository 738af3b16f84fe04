"""How far the states of a video were found, so that an interrupted run goes on: a hidden file beside the photos.

It is written whole or not at all, and only while nothing is being wiped off. The photos of new states are part of it
until they are in their place, so a program that was killed leaves nothing half done.
"""

from __future__ import annotations

import io
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from ocr_studio.core.errors import write_failed
from ocr_studio.core.files import array_files, json_schema, strict_json
from ocr_studio.core.files.array_files import BadArrays
from ocr_studio.core.files.safe_folder import SafeFolder, TooLarge, stays_inside

FORMAT: Final = 1
# A frame of 4K, several maps for each state, and pictures that are not yet in their place.
_MOST: Final = 1 << 30

Arrays = dict[str, NDArray[Any]]


@dataclass(frozen=True, slots=True)
class PlacedState:
    """A state that is a photo: name and page id of that, and its times in seconds."""

    image: str
    page: str
    start: float
    end: float


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """What an interrupted run goes on with.

    Attributes:
        fingerprint: Of the video.
        seconds: How much of it is done.
        states: Those found so far.
        pictures: The files of the last photos, PNG, that may not be in their place yet.
        tracker: See ``BoardTracker.save``.
    """

    fingerprint: str
    seconds: float
    states: tuple[PlacedState, ...]
    pictures: tuple[bytes, ...]
    tracker: Arrays


def checkpoint_name(stem: str) -> str:
    """Return the name of the file. stem: the video's name without its suffix."""
    return f".{stem}.video-checkpoint.npz"


def save(folder: Path, name: str, checkpoint: Checkpoint) -> None:
    """Save a checkpoint, whole or not at all. Raises WriteFailed."""
    about = {
        "format": FORMAT,
        "fingerprint": checkpoint.fingerprint,
        "seconds": checkpoint.seconds,
        "states": [[each.image, each.page, each.start, each.end] for each in checkpoint.states],
        "pictures": len(checkpoint.pictures),
    }
    arrays: Mapping[str, Any] = {
        "about": np.frombuffer(json.dumps(about).encode("ascii"), np.uint8),
        **{f"picture.{number}": np.frombuffer(each, np.uint8) for number, each in enumerate(checkpoint.pictures)},
        **{f"tracker.{key}": value for key, value in checkpoint.tracker.items()},
    }
    stream = io.BytesIO()
    np.savez(stream, **arrays)
    try:
        SafeFolder(folder, follow=True).replace(name, stream.getvalue())
    except OSError as error:
        raise write_failed(folder / name, error) from error


def load(folder: Path, name: str, fingerprint: str) -> Checkpoint | None:
    """Load a checkpoint; None if there is none that can be used for the video with this fingerprint. Never raises."""
    try:
        with SafeFolder(folder, follow=True).reading(name) as stream:
            arrays = array_files.read_stream(stream, most=_MOST)
        about = json_schema.convert(strict_json.load(arrays.pop("about").tobytes()), _About)
        pictures = tuple(arrays.pop(f"picture.{number}").tobytes() for number in range(about.pictures))
    except (OSError, BadArrays, TooLarge, ValueError, KeyError):
        return None
    if about.format != FORMAT or about.fingerprint != fingerprint:
        return None
    if not all(stays_inside(image) for image, *_ in about.states):
        return None
    tracker = {key.removeprefix("tracker."): value for key, value in arrays.items()}
    states = tuple(PlacedState(*each) for each in about.states)
    return Checkpoint(fingerprint, about.seconds, states, pictures, tracker)


@dataclass(frozen=True, slots=True)
class _About:
    format: int
    fingerprint: str
    seconds: json_schema.FiniteNumber
    states: list[tuple[str, str, json_schema.FiniteNumber, json_schema.FiniteNumber]]
    pictures: json_schema.Count


def remove(folder: Path, name: str) -> None:
    """Remove a checkpoint, if there is one. Raises WriteFailed."""
    try:
        SafeFolder(folder, follow=True).remove(name)
    except FileNotFoundError:
        pass
    except OSError as error:
        raise write_failed(folder / name, error) from error
