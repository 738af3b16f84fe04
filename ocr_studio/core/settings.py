"""User settings and recent files, each in a small JSON file that is written atomically."""

from __future__ import annotations

import logging
import os
import threading
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field, fields, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any, Final, Self, TypeAlias, get_type_hints

from msgspec import Meta

from ocr_studio.core import paths, state_file
from ocr_studio.core.errors import MAKE_WRITABLE, write_failed
from ocr_studio.core.files import json_schema
from ocr_studio.core.files.json_schema import one_of
from ocr_studio.core.language.languages import LANGUAGES
from ocr_studio.core.models import registry
from ocr_studio.core.models.card import Kind
from ocr_studio.core.models.registry import Model
from ocr_studio.core.translation import later, tr

log = logging.getLogger(__name__)

THEMES = ("system", "light", "dark")
DENSITIES = ("compact", "standard", "spacious")
ALPHABETS = ("latin", "all")
KEEP = ("beside", "library")
UNITS = ("words", "lines")
RUNTIMES = ("auto", "onnx", "tensorflow")  # "auto": the faster one on this computer
SYSTEM = "system"  # of the language: the one of everything else on this computer
STRONGEST = 2.0  # of what language_strength may be
MEGAPIXELS = (1, 2_000)  # least and most of what largest_photo may be
# Keys of earlier versions. Those versions ignore the new keys and detect with the defaults, which harms nothing.
_DETECTION_BEFORE = "finding"
_RENAMED = {"detail": "limit_side", "sure": "box_threshold", "grow": "unclip_ratio", "gap": "space_width"}

_Seconds: TypeAlias = Annotated[float, Meta(ge=0, le=4_000_000_000)]  # since 1970, as of this century
_Megapixels: TypeAlias = Annotated[int, Meta(ge=MEGAPIXELS[0], le=MEGAPIXELS[1])]
LONGEST_NAME: Final = 200  # characters of a writer or a model

_Name: TypeAlias = Annotated[str, Meta(min_length=1, max_length=LONGEST_NAME)]
_Texts: TypeAlias = Annotated[tuple[Annotated[str, Meta(min_length=1)], ...], Meta(max_length=99)]


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

    limit_side: Annotated[int, Meta(ge=320, le=4096)] = 1280
    threshold: Annotated[float, Meta(ge=0.05, le=0.95)] = 0.3
    box_threshold: Annotated[float, Meta(ge=0, le=0.95)] = 0.45
    unclip_ratio: Annotated[float, Meta(ge=0, le=4)] = 1.5
    space_width: Annotated[float, Meta(ge=0.1, le=2)] = 0.42  # about the width of an "o"


# Least and most of each of them, both allowed: beyond them nothing sensible is found.
RANGES: Final = json_schema.ranges(DetectionOptions)


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
        languages: Languages of the photos, keys of ``languages.LANGUAGES``.
        language_strength: Weight of dictionaries and project words: 0 none, 1 the measured optimum, 2 twice as much.
        detector: Name of the detector; None for the default of this alphabet.
        runtime: The library that runs the networks, one of ``RUNTIMES``.
        writer_profiles: The recognizers for photos of certain writers, (writer, model); one that no longer exists is
            passed over.
    """

    alphabet: Annotated[str, one_of(ALPHABETS)] = "latin"
    gpu_memory_mb: Annotated[int, Meta(ge=1)] | None = None
    model: str | None = None
    unit: Annotated[str, one_of(UNITS)] = "words"
    detection: DetectionOptions = DetectionOptions()
    languages: tuple[Annotated[str, one_of(LANGUAGES)], ...] = ("en",)
    language_strength: Annotated[float, Meta(ge=0, le=STRONGEST)] = 1.0
    detector: str | None = None
    runtime: Annotated[str, one_of(RUNTIMES)] = "auto"
    writer_profiles: Annotated[tuple[tuple[_Name, _Name], ...], Meta(max_length=999)] = ()

    def reads_with(self) -> str:
        """The name of the recognizer, chosen or default. It need not exist."""
        return self.model or registry.default("recognizer", alphabet=self.alphabet).name

    def find_profile(self, writer: str | None) -> str | None:
        """The name of the recognizer for a writer's photos, if there is one. It need not exist."""
        return dict(self.writer_profiles).get(writer) if writer else None

    def with_profile(self, writer: str, model: str | None) -> Self:
        """Options with another recognizer for a writer's photos; None: the one for all photos."""
        others = [each for each in self.writer_profiles if each[0] != writer]
        return replace(self, writer_profiles=tuple(sorted([*others, *([(writer, model)] if model else [])])))

    def finds_with(self) -> str:
        """The name of the detector, chosen or default. It need not exist."""
        return self.detector or registry.default("detector", alphabet=self.alphabet).name

    def general_models(self) -> tuple[str, str]:
        """The names of the recognizer and the detector for all photos. They need not exist."""
        return self.reads_with(), self.finds_with()

    def models_in_use(self) -> tuple[str, ...]:
        """The names of recognizer, detector and writer profiles. They need not exist."""
        return (*self.general_models(), *(model for _, model in self.writer_profiles))

    def in_general_use(self, name: str) -> bool:
        """Whether this model finds the text of all photos, or reads those of all writers without a profile."""
        return name in self.general_models()

    def writers_of(self, name: str) -> tuple[str, ...]:
        """The writers whose photos this model reads, whoever it was trained for."""
        return tuple(writer for writer, model in self.writer_profiles if model == name)

    def describe_use(self, name: str) -> tuple[str, ...]:
        """What a model is used for, a text for each; none if it isn't in use."""
        writers = self.writers_of(name)
        said = [tr("In use for photos by {writer}", writer=", ".join(writers))] if writers else []
        if name == self.reads_with() and len(writers) < len(self.writer_profiles):
            said.insert(0, tr("In use for all other photos"))
        elif self.in_general_use(name):
            said.insert(0, tr("In use"))
        return tuple(said)

    def with_renamed(self, name: str, new: str) -> Self:
        """Options in which a model has another name."""
        profiles = tuple((writer, new if model == name else model) for writer, model in self.writer_profiles)
        model, detector = (new if each == name else each for each in (self.model, self.detector))
        return replace(self, model=model, detector=detector, writer_profiles=profiles)

    def using(self, model: Model) -> Self:
        """Options that use a model for what it is for: reading, finding text, or reading a writer's photos."""
        return self.using_instead(model, model.name)

    def using_instead(self, model: Model, name: str | None) -> Self:
        """Options that use another model, by name or None for the default, for what this one is for."""
        if model.writer:
            return self.with_profile(model.writer, name)
        return replace(self, detector=name) if model.kind == "detector" else replace(self, model=name)


@dataclass(frozen=True, slots=True)
class Settings(ReaderOptions):
    """All user settings, including those for reading photos.

    Attributes:
        theme: "system", "light" or "dark".
        density: "compact", "standard" or "spacious".
        keep: Where new projects are saved, "beside" the photos or in the "library".
        library_folder: The library; None for ``paths.library_dir()``.
        read_when_opened: Whether an unread photo is read as soon as it is opened.
        read_when_added: Whether photos that are added to the open folder are read.
        learn_from_corrections: Whether words that aren't checked are read again after corrections.
        box_opacity: Opacity of boxes, 0.1..1.
        snapping: Whether edges moved by the mouse snap to neighbouring boxes.
        keys: Changed shortcuts by action id, known to this version or not, in Qt's portable notation.
        hints_seen: Hints for beginners that have been shown.
        go_on: Whether the window opens the last photo at start.
        language: Language of the window, "en", "de" …, or "system"; English if unknown.
        largest_photo: Largest photo that is opened, megapixels.
    """

    theme: Annotated[str, one_of(THEMES)] = "system"
    density: Annotated[str, one_of(DENSITIES)] = "standard"
    keep: Annotated[str, one_of(KEEP)] = "beside"
    library_folder: str | None = None
    read_when_opened: bool = True
    read_when_added: bool = False
    learn_from_corrections: bool = True
    box_opacity: Annotated[float, Meta(ge=0.1, le=1)] = 1.0
    snapping: bool = True
    keys: Mapping[str, _Texts] = field(default_factory=dict)
    hints_seen: _Texts = ()
    go_on: bool = True
    language: Annotated[str, Meta(pattern=r"^(system|[a-z]{2,3}(_[A-Za-z]{2,4})?)\Z")] = SYSTEM  # known or not
    largest_photo: _Megapixels = 200

    def reader_options(self) -> ReaderOptions:
        """The part of the settings that reading depends on."""
        return ReaderOptions(**{each.name: getattr(self, each.name) for each in fields(ReaderOptions)})

    def library(self) -> Path:
        """The library folder, absolute. It need not exist yet."""
        chosen = self.library_folder
        return Path(chosen).expanduser().absolute() if chosen else paths.library_dir()


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


# What a type cannot say.
_CHECKS: Mapping[str, Callable[[Any], bool]] = {
    "model": lambda name: name is None or registry.can_be_chosen(name, "recognizer"),
    "detector": lambda name: name is None or registry.can_be_chosen(name, "detector"),
    "library_folder": lambda folder: folder is None or not folder_trouble(folder),
    "languages": lambda codes: len(set(codes)) == len(codes),
}


def settings_file() -> Path:
    """Where the settings are kept."""
    return paths.config_dir() / "settings.json"


def load(path: Path | None = None) -> Settings:
    """The settings in this file (by default the person's own).

    A missing file gives the defaults, and so does a damaged one after it was renamed. Unknown keys and values are
    skipped and logged.
    """
    return Settings(**_load_fields(path or settings_file()))


def _load_fields(path: Path) -> dict[str, Any]:
    """The fields that stand in the file with values they can have; none if it is missing or damaged."""
    raw = dict(state_file.read(path))
    if _DETECTION_BEFORE in raw:
        raw.setdefault("detection", raw.pop(_DETECTION_BEFORE))
    if isinstance(options := raw.get("detection"), dict):
        options = {_RENAMED.get(key) or key: value for key, value in options.items()}
        raw["detection"] = _valid(DetectionOptions, options, path, within="detection.")
    return _valid(Settings, raw, path)


def _valid(wanted: type, raw: Mapping[str, Any], path: Path, *, within: str = "") -> dict[str, Any]:
    """The values that fields of a class can have; the log says which they cannot have."""
    types, bad = get_type_hints(wanted, include_extras=True), object()
    chosen: dict[str, Any] = {}
    for key, value in raw.items():
        if key not in types:
            log.warning("%s: unknown setting %r left out", path, within + key)
            continue
        found = json_schema.convert_or(value, types[key], bad)
        if found is bad or not _CHECKS.get(key, lambda _: True)(found):
            log.warning("%s: setting %r can’t be %r; the default is used", path, within + key, value)
        else:
            chosen[key] = found
    return chosen


def chosen_model(kind: Kind, path: Path | None = None) -> str | None:
    """The name of the model of a kind that stands in the file, even of one that is gone, for which ``load`` has
    None."""
    name = state_file.read(path or settings_file()).get("model" if kind == "recognizer" else "detector")
    return name if isinstance(name, str) else None


def largest_photo(path: Path | None = None) -> int:
    """As ``load`` has it, in megapixels, without a word about the rest."""
    value = state_file.read(path or settings_file()).get("largest_photo")
    return int(json_schema.convert_or(value, _Megapixels, Settings().largest_photo))


def save(settings: Settings, path: Path | None = None) -> None:
    """Save the settings atomically. Raises WriteFailed."""
    path = path or settings_file()
    try:
        state_file.write(path, asdict(settings))
    except OSError as error:
        what = later("can’t save the settings: {reason}")
        raise write_failed(path, error, what, help_with=MAKE_WRITABLE) from error


def save_changes(base: Settings, mine: Settings, path: Path | None = None) -> Settings:
    """Save what was changed, and keep what another process, such as the command line, has saved meanwhile.

    A three-way merge by field, and by writer within ``writer_profiles``. A field that the file lacks stays as in
    ``mine``. Without changes nothing is written.

    Args:
        base: The settings when they were last loaded or saved here.
        mine: The settings to save.
        path: The file, by default the person's own.

    Returns:
        The merged settings, to use from now on.

    Raises:
        WriteFailed: They could not be saved.
    """
    path = path or settings_file()
    theirs = _load_fields(path)
    ours, before = ({each.name: getattr(chosen, each.name) for each in fields(Settings)} for chosen in (mine, base))
    merged = replace(mine, **_merge(before, ours, {**ours, **theirs}))
    if "writer_profiles" in theirs:
        profiles = [dict(each) for each in (base.writer_profiles, mine.writer_profiles, theirs["writer_profiles"])]
        merged = replace(merged, writer_profiles=tuple(sorted(_merge(*profiles).items())))
    if mine != base:
        save(merged, path)
    return merged


def _merge(base: Mapping[str, Any], mine: Mapping[str, Any], theirs: Mapping[str, Any]) -> dict[str, Any]:
    """Entries of ``theirs``, but for those that were changed, added or removed from ``base`` to ``mine``."""
    changed = {key for key in {*base, *mine} if base.get(key) != mine.get(key)}
    unchanged = {key: value for key, value in theirs.items() if key not in changed}
    return unchanged | {key: value for key, value in mine.items() if key in changed}


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

    def opened(self) -> dict[Path, datetime]:
        """When each was opened last, as far as that is known."""
        times = json_schema.convert_or(state_file.read(self._path).get("opened"), dict[str, _Seconds], {})
        return {Path(path): datetime.fromtimestamp(seconds, UTC) for path, seconds in times.items()}

    def add(self, path: Path) -> None:
        """Put one first."""
        absolute = Path(os.path.abspath(path))
        with self._changing:
            now = {**self.opened(), absolute: datetime.now(UTC)}
            self._keep([absolute, *(entry for entry in self.paths() if entry != absolute)], now)

    def forget(self, path: Path) -> None:
        """Remove a path."""
        absolute = Path(os.path.abspath(path))
        with self._changing:
            self._keep([entry for entry in self.paths() if entry != absolute], self.opened())

    def clear(self) -> None:
        """Forget all of them."""
        with self._changing:
            self._keep([], {})

    def _keep(self, entries: list[Path], opened: Mapping[Path, datetime]) -> None:
        kept = entries[: self._limit]
        times = {str(entry): opened[entry].timestamp() for entry in kept if entry in opened}
        try:
            state_file.write(self._path, {"files": [str(entry) for entry in kept], "opened": times})
        except OSError as error:
            log.warning("%s: recent files were not kept: %s", self._path, error)
