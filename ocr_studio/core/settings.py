"""User settings and recent files, each in a small JSON file that is written atomically."""

from __future__ import annotations

import logging
import os
import re
import threading
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field, fields
from functools import partial
from pathlib import Path
from typing import Any

from ocr_studio.core import paths, state_file
from ocr_studio.core.errors import StudioError
from ocr_studio.core.files import json_schema
from ocr_studio.core.language import lexicon
from ocr_studio.core.models import registry
from ocr_studio.core.models.card import Kind
from ocr_studio.core.translation import tr

log = logging.getLogger(__name__)

THEMES = ("system", "light", "dark")
ALPHABETS = ("latin", "all")
KEEP = ("beside", "library")
UNITS = ("words", "lines")
SYSTEM = "system"  # of the language: the one of everything else on this computer
STRONGEST = 2.0  # of what language_strength may be
MEGAPIXELS = (1, 2_000)  # least and most of what largest_photo may be
# Least and most of each value of DetectionOptions, both allowed: beyond them nothing sensible is found.
RANGES: Mapping[str, tuple[float, float]] = {
    "limit_side": (320, 4096),
    "threshold": (0.05, 0.95),
    "box_threshold": (0.0, 0.95),
    "unclip_ratio": (0.0, 4.0),
    "space_width": (0.1, 2.0),
}
# Keys of earlier versions. Those versions ignore the new keys and detect with the defaults, which harms nothing.
_DETECTION_BEFORE = "finding"
_RENAMED = {"detail": "limit_side", "sure": "box_threshold", "grow": "unclip_ratio", "gap": "space_width"}


class SettingsNotSaved(StudioError):
    """The settings could not be written; the old file is as it was."""


@dataclass(frozen=True, slots=True)
class DetectionOptions:
    """Options for detecting words. Ranges: RANGES.

    Attributes:
        limit_side: Longer side of the photo for the first pass, pixels; small writing is detected in a larger second
            pass.
        threshold: Minimum probability 0..1 of a pixel to belong to writing.
        box_threshold: Minimum mean probability 0..1 of a line.
        unclip_ratio: Distance by which a box is expanded, times area / perimeter.
        space_width: Minimum width of a space between words, as a share of the line's height.
    """

    limit_side: int = 1280
    threshold: float = 0.3
    box_threshold: float = 0.45
    unclip_ratio: float = 1.5
    space_width: float = 0.42  # about the width of an "o"


@dataclass(frozen=True, slots=True)
class ReaderOptions:
    """Options for reading photos.

    Attributes:
        alphabet: "latin" (ASCII, accented letters, common symbols) or "all" characters of the bundled model; a trained
            model has its own alphabet.
        gpu_memory_mb: Maximum GPU memory, MiB; None allocates memory as needed.
        model: Name of the recognizer; None for the default of this alphabet, ``registry.default``.
        unit: Whether boxes contain single "words" or whole "lines".
        detection: Options for detecting words.
        languages: Languages of the photos, keys of ``language.LANGUAGES``.
        language_strength: Weight of dictionaries and project words: 0 none, 1 the measured optimum, 2 twice as much.
        detector: Name of the detector; None for the default of this alphabet.
    """

    alphabet: str = "latin"
    gpu_memory_mb: int | None = None
    model: str | None = None
    unit: str = "words"
    detection: DetectionOptions = DetectionOptions()
    languages: tuple[str, ...] = ("en",)
    language_strength: float = 1.0
    detector: str | None = None

    def reads_with(self) -> str:
        """The name of the recognizer, chosen or default. It need not exist."""
        return self.model or registry.default("recognizer", alphabet=self.alphabet).name

    def finds_with(self) -> str:
        """The name of the detector, chosen or default. It need not exist."""
        return self.detector or registry.default("detector", alphabet=self.alphabet).name


@dataclass(frozen=True, slots=True)
class Settings(ReaderOptions):
    """All user settings, including those for reading photos.

    Attributes:
        theme: "system", "light" or "dark".
        keep: Where new projects are saved, "beside" the photos or in the "library".
        library_folder: The library; None for ``paths.library_dir()``.
        read_when_opened: Whether an unread photo is read as soon as it is opened.
        box_opacity: Opacity of boxes, 0.1..1.
        snapping: Whether edges moved by the mouse snap to neighbouring boxes.
        keys: Changed shortcuts by action id, in Qt's portable notation.
        hints_seen: Hints for beginners that have been shown.
        go_on: Whether the window opens the last photo at start.
        language: Language of the window, "en", "de" …, or "system"; English if unknown.
        largest_photo: Largest photo that is opened, megapixels.
    """

    theme: str = "system"
    keep: str = "beside"
    library_folder: str | None = None
    read_when_opened: bool = True
    box_opacity: float = 1.0
    snapping: bool = True
    keys: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    hints_seen: tuple[str, ...] = ()
    go_on: bool = True
    language: str = SYSTEM
    largest_photo: int = 200

    def reader_options(self) -> ReaderOptions:
        """The part of the settings that reading depends on."""
        return ReaderOptions(**{each.name: getattr(self, each.name) for each in fields(ReaderOptions)})

    def library(self) -> Path:
        """The library folder, absolute. It need not exist yet."""
        chosen = self.library_folder
        return Path(chosen).expanduser().absolute() if chosen else paths.library_dir()


def _known_model(kind: Kind, value: object) -> bool:
    return value is None or (isinstance(value, str) and registry.can_be_chosen(value, kind))


def _number_in(name: str, value: object) -> bool:
    low, high = RANGES[name]
    whole = name == "limit_side"
    return isinstance(value, int if whole else int | float) and not isinstance(value, bool) and low <= value <= high


def _detection(path: Path, raw: object) -> DetectionOptions:
    """The values of a JSON object that can be used; the log says which cannot."""
    if not isinstance(raw, dict):
        log.warning("%s: setting 'detection' can’t be %r; the default is used", path, raw)
        return DetectionOptions()
    chosen: dict[str, Any] = {}
    for name, value in raw.items():
        key = _RENAMED.get(name) or name
        if key not in RANGES:
            log.warning("%s: unknown setting %r left out", path, f"detection.{key}")
        elif not _number_in(key, value):
            log.warning("%s: setting %r can’t be %r; the default is used", path, f"detection.{key}", value)
        else:
            chosen[key] = value
    return DetectionOptions(**chosen)


def folder_trouble(text: str) -> str:
    """Return why a path, which may start with "~", is invalid, or "". Whether it exists is not checked."""
    try:
        # Stray bytes of a name that is no valid Unicode pass, as they lead to the file; other surrogates cannot.
        if "\0" in text or not os.fsencode(text):
            return tr("The folder name is empty or contains a null character.")
        Path(text).expanduser()
    except UnicodeEncodeError:
        return tr("The folder name contains an invalid character.")
    except RuntimeError:
        first = text.replace(os.sep, "/").split("/")[0]
        return tr("Unknown user “{name}”. Enter the full path, or use “~” for your home folder.", name=first)
    return ""


def _folder_or_none(value: object) -> bool:
    return value is None or (isinstance(value, str) and not folder_trouble(value))


def _memory(value: object) -> bool:
    # bool is an int to Python, and true is not an amount of memory.
    return value is None or (isinstance(value, int) and not isinstance(value, bool) and value > 0)


def _languages(value: object) -> bool:
    known = isinstance(value, list) and all(isinstance(code, str) and code in lexicon.LANGUAGES for code in value)
    return known and isinstance(value, list) and len(set(value)) == len(value)


def _opacity(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and 0.1 <= value <= 1


def _texts(value: object) -> bool:
    return isinstance(value, list) and len(value) < 100 and all(isinstance(each, str) and each for each in value)


def _keys(value: object) -> bool:
    # Of actions that this version does not know they stay: another one may.
    return isinstance(value, dict) and all(_texts(keys) for keys in value.values())


def _frozen(value: object) -> object:
    if isinstance(value, dict):
        return {key: _frozen(each) for key, each in value.items()}
    return tuple(value) if isinstance(value, list) else value


def _strength(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value <= STRONGEST


def _megapixels(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and MEGAPIXELS[0] <= value <= MEGAPIXELS[1]


# Also one that only another version of the program knows: it stays.
_LANGUAGE = re.compile(r"system|[a-z]{2,3}(_[A-Za-z]{2,4})?")

_ALLOWED: Mapping[str, Callable[[object], bool]] = {
    "theme": lambda value: value in THEMES,
    "alphabet": lambda value: value in ALPHABETS,
    "gpu_memory_mb": _memory,
    "model": partial(_known_model, "recognizer"),
    "detector": partial(_known_model, "detector"),
    "keep": lambda value: value in KEEP,
    "library_folder": _folder_or_none,
    "read_when_opened": lambda value: isinstance(value, bool),
    "unit": lambda value: value in UNITS,
    "languages": _languages,
    "language_strength": _strength,
    "keys": _keys,
    "hints_seen": _texts,
    "go_on": lambda value: isinstance(value, bool),
    "language": lambda value: isinstance(value, str) and _LANGUAGE.fullmatch(value) is not None,
    "box_opacity": _opacity,
    "snapping": lambda value: isinstance(value, bool),
    "largest_photo": _megapixels,
}


def settings_file() -> Path:
    """Where the settings are kept."""
    return paths.config_dir() / "settings.json"


def load(path: Path | None = None) -> Settings:
    """The settings in this file (by default the person's own).

    A missing file gives the defaults, and so does a damaged one after it was renamed. Unknown keys and values are
    skipped and logged.
    """
    path = path or settings_file()
    raw = dict(state_file.read(path))
    if _DETECTION_BEFORE in raw:
        raw.setdefault("detection", raw.pop(_DETECTION_BEFORE))
    known = {each.name for each in fields(Settings)}
    chosen: dict[str, Any] = {}
    for key, value in raw.items():
        if key not in known:
            log.warning("%s: unknown setting %r left out", path, key)
        elif key == "detection":
            chosen[key] = _detection(path, value)
        elif not _ALLOWED[key](value):
            log.warning("%s: setting %r can’t be %r; the default is used", path, key, value)
        else:
            chosen[key] = _frozen(value)
    return Settings(**chosen)


def chosen_model(kind: Kind, path: Path | None = None) -> str | None:
    """The name of the model of a kind that stands in the file, even of one that is gone, for which ``load`` has
    None."""
    name = state_file.read(path or settings_file()).get("model" if kind == "recognizer" else "detector")
    return name if isinstance(name, str) else None


def largest_photo(path: Path | None = None) -> int:
    """As ``load`` has it, in megapixels, without a word about the rest."""
    value = state_file.read(path or settings_file()).get("largest_photo")
    return value if isinstance(value, int) and _megapixels(value) else Settings().largest_photo


def save(settings: Settings, path: Path | None = None) -> None:
    """Save the settings atomically. Raises SettingsNotSaved."""
    path = path or settings_file()
    try:
        state_file.write(path, asdict(settings))
    except OSError as error:
        raise SettingsNotSaved(
            tr("can’t save the settings: {reason}", reason=error.strerror or error),
            file=path,
            remedy=tr("Free up disk space or make the folder writable."),
        ) from error


class RecentFiles:
    """The recently opened photos and folders, newest first, saved between starts.

    They are a comfort: trouble with their file is logged and never stops anything. May be used from several threads.
    """

    def __init__(self, path: Path | None = None, *, limit: int = 12) -> None:
        """path: the JSON file that keeps them, by default the person's own. limit: how many to remember."""
        self._path = path or paths.state_dir() / "recent.json"
        self._limit = limit
        self._changing = threading.Lock()

    def paths(self) -> list[Path]:
        """Absolute paths, newest first. They may have vanished since."""
        return json_schema.valid_entries(state_file.read(self._path).get("files"), Path)[: self._limit]

    def add(self, path: Path) -> None:
        """Put one first."""
        absolute = Path(os.path.abspath(path))
        with self._changing:
            self._keep([absolute, *(entry for entry in self.paths() if entry != absolute)])

    def forget(self, path: Path) -> None:
        """Remove a path."""
        absolute = Path(os.path.abspath(path))
        with self._changing:
            self._keep([entry for entry in self.paths() if entry != absolute])

    def clear(self) -> None:
        """Forget all of them."""
        with self._changing:
            self._keep([])

    def _keep(self, entries: list[Path]) -> None:
        try:
            state_file.write(self._path, {"files": [str(entry) for entry in entries[: self._limit]]})
        except OSError as error:
            log.warning("%s: recent files were not kept: %s", self._path, error)
