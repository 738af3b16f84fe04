"""What a person has chosen, and which files were open lately. Both are small JSON files written whole or not at all."""

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
from ocr_studio.core.files.safe_folder import can_be_path
from ocr_studio.core.language import lexicon
from ocr_studio.core.models import registry as models
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
# Least and most of each value of Finding, both allowed: beyond them nothing sensible is found.
RANGES: Mapping[str, tuple[float, float]] = {
    "detail": (320, 4096),
    "threshold": (0.05, 0.95),
    "sure": (0.0, 0.95),
    "grow": (0.0, 4.0),
    "gap": (0.1, 2.0),
}


class SettingsNotSaved(StudioError):
    """The settings could not be written; the old file is as it was."""


@dataclass(frozen=True, slots=True)
class Finding:
    """How writing is found on a photo. Ranges: RANGES.

    detail: pixels the photo's longer side is looked at with first; where its writing is small it is looked at again,
    larger. threshold: how likely (0..1) a place must be writing to count as such. sure: how likely (0..1) a line must
    be writing on the whole. grow: how far a box reaches beyond the core of its letters, times area / perimeter of that
    core. gap: a blank this wide parts words, as a share of the line's height.
    """

    detail: int = 1280
    threshold: float = 0.3
    sure: float = 0.45
    grow: float = 1.5
    gap: float = 0.42  # about the width of an "o"


@dataclass(frozen=True, slots=True)
class ReaderOptions:
    """How photos are read.

    unit: whether the boxes found hold single "words" or whole "lines". finding: how writing is found.
    alphabet: "latin" (ASCII, accented Latin letters, common signs) or "all" characters the weights know, of the
    borrowed model that comes with the program; one that was learned keeps its own.
    languages: what is written in, keys of ``language.LANGUAGES``. language_strength: how much it counts which words are
    usual, there and in the project: 0 not at all, 1 as measured best, 2 twice as much.
    gpu_memory_mb: the most GPU memory to take, in MiB; None takes more only as it is needed. model: which model reads;
    detector: which finds writing; None is the program's choice for this alphabet, ``models.default``.
    """

    alphabet: str = "latin"
    gpu_memory_mb: int | None = None
    model: str | None = None
    unit: str = "words"
    finding: Finding = Finding()
    languages: tuple[str, ...] = ("en",)
    language_strength: float = 1.0
    detector: str | None = None

    def reads_with(self) -> str:
        """The name of the model that reads, chosen or not. Whether it is there is not asked."""
        return self.model or models.default("recognizer", alphabet=self.alphabet).name

    def finds_with(self) -> str:
        """The name of the model that finds writing, chosen or not. Whether it is there is not asked."""
        return self.detector or models.default("detector", alphabet=self.alphabet).name


@dataclass(frozen=True, slots=True)
class Settings(ReaderOptions):
    """What a person has chosen: how photos are read, and the rest.

    theme: "system", "light" or "dark". keep: whether projects lie "beside" the photos or in the "library".
    library_folder: where that is; None is ``paths.library_dir()``. keys: of actions that a person has given others, by
    the action's id, in Qt's portable notation. hints_seen: hints for beginners that have been shown. go_on: whether the
    window opens with the photo it was closed with. language: what the window speaks, "en", "de" …, or "system" for what
    the system speaks; one that it does not know is English. read_when_opened: whether a photo that nobody has read yet
    is read as soon as it is opened in the window. box_opacity: how faint boxes are shown, 0.1..1; snapping: whether
    edges that are placed by the mouse jump to their neighbours'. largest_photo: in megapixels; larger ones are not
    opened.
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
    return value is None or (isinstance(value, str) and models.can_be_chosen(value, kind))


def _number_in(name: str, value: object) -> bool:
    low, high = RANGES[name]
    whole = name == "detail"
    return isinstance(value, int if whole else int | float) and not isinstance(value, bool) and low <= value <= high


def _finding(path: Path, raw: object) -> Finding:
    """The values of a JSON object that can be used; the log says which cannot."""
    if not isinstance(raw, dict):
        log.warning("%s: setting 'finding' cannot be %r; the default is used", path, raw)
        return Finding()
    chosen: dict[str, Any] = {}
    for key, value in raw.items():
        if key not in RANGES:
            log.warning("%s: unknown setting %r left out", path, f"finding.{key}")
        elif not _number_in(key, value):
            log.warning("%s: setting %r cannot be %r; the default is used", path, f"finding.{key}", value)
        else:
            chosen[key] = value
    return Finding(**chosen)


def folder_trouble(text: str) -> str:
    """Why no folder can have this path, which may begin with "~"; nothing if one can. Whether there is one is open."""
    try:
        # Stray bytes of a name that is no valid Unicode pass, as they lead to the file; other surrogates cannot.
        if "\0" in text or not os.fsencode(text):
            return tr("A folder’s name cannot be empty or hold the sign with the number 0.")
        Path(text).expanduser()
    except UnicodeEncodeError:
        return tr("A folder’s name cannot hold half a sign; type it anew.")
    except RuntimeError:
        first = text.replace(os.sep, "/").split("/")[0]
        return tr(
            "Nobody’s home folder is known as “{name}”. Write the whole path, or “~” for your own home.", name=first
        )
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

    A file that is missing gives the defaults; one that is damaged too, after it was put aside under another name. A key
    or a value this version does not know is left out; the log says which.
    """
    path = path or settings_file()
    raw = state_file.read(path)
    known = {each.name for each in fields(Settings)}
    chosen: dict[str, Any] = {}
    for key, value in raw.items():
        if key not in known:
            log.warning("%s: unknown setting %r left out", path, key)
        elif key == "finding":
            chosen[key] = _finding(path, value)
        elif not _ALLOWED[key](value):
            log.warning("%s: setting %r cannot be %r; the default is used", path, key, value)
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
    """Keep the settings, all or nothing. Raises SettingsNotSaved."""
    path = path or settings_file()
    try:
        state_file.write(path, asdict(settings))
    except OSError as error:
        raise SettingsNotSaved(
            tr("the settings could not be saved: {reason}", reason=error.strerror or error),
            file=path,
            remedy=tr("Make room or make the folder writable."),
        ) from error


class RecentFiles:
    """The photos and folders opened lately, newest first, kept between starts.

    They are a comfort: trouble with their file is logged and never stops anything. May be used from several threads.
    """

    def __init__(self, path: Path | None = None, *, limit: int = 12) -> None:
        """path: the JSON file that keeps them, by default the person's own. limit: how many to remember."""
        self._path = path or paths.state_dir() / "recent.json"
        self._limit = limit
        self._changing = threading.Lock()

    def paths(self) -> list[Path]:
        """Absolute paths, newest first. They may have vanished since."""
        entries = state_file.read(self._path).get("files")
        if not isinstance(entries, list):
            return []
        return [Path(entry) for entry in entries if isinstance(entry, str) and can_be_path(entry)][: self._limit]

    def add(self, path: Path) -> None:
        """Put one first."""
        absolute = Path(os.path.abspath(path))
        with self._changing:
            self._keep([absolute, *(entry for entry in self.paths() if entry != absolute)])

    def forget(self, path: Path) -> None:
        """Leave one out, because it is gone or unwanted."""
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
