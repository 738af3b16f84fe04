"""Options of synthetic words and boards: how many, written by whom, on what background, and how badly photographed.

They are saved as JSON in the dataset's manifest, so that the dataset can be reproduced.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from types import MappingProxyType
from typing import Annotated, Any, Final, get_type_hints

from msgspec import Meta

from ocr_studio.core import paths, units
from ocr_studio.core.dataset_files.validation import MAX_EXAMPLES, MAX_PAGES
from ocr_studio.core.dataset_files.values import MANIFEST
from ocr_studio.core.datasets.reader import check_ended
from ocr_studio.core.errors import StudioError
from ocr_studio.core.files import json_schema, strict_json
from ocr_studio.core.files.json_schema import FiniteNumber
from ocr_studio.core.files.safe_folder import TooLarge
from ocr_studio.core.language.languages import LANGUAGES
from ocr_studio.core.translation import later, tr

KEY: Final = "synthetic"  # of the options in a manifest
MADE_OF: Final = "made_of"  # of the fingerprints of the source files
_LISTED: Final = "word_list"  # the only fingerprint in older manifests
VERSION: Final = 1

# Kinds of handwriting and their shares. strokes: recorded words; composed: words put together from recorded letters of
# one writer; handwriting, print: fonts; made: synthetic handwriting.
WRITING: Final[Mapping[str, float]] = MappingProxyType(
    {"strokes": 0.34, "composed": 0.24, "handwriting": 0.2, "print": 0.1, "made": 0.12}
)
# Backgrounds and their shares. real: photos of empty boards, if there are any.
GROUNDS: Final[Mapping[str, float]] = MappingProxyType(
    {"whiteboard": 0.4, "real": 0.3, "paper": 0.17, "blackboard": 0.07, "glass": 0.06}
)
# What the samples are for. "test" uses fonts, writers and backgrounds of no other dataset.
PURPOSES: Final = ("learn", "test")
_FILES: Final = ("word_list",)
_FOLDERS: Final = ("fonts", "prints", "backgrounds")
_MOST_BYTES: Final = 256 << 20
_MEND: Final = later("Change the options.")
_NAMES: Final = {
    "words": later("the number of single words"),
    "boards": later("the number of boards"),
    "seed": later("the random seed"),
    "spoiled": later("photo degradation"),
    "side": later("the board size"),
    "held_out": later("the held-out share"),
}
_NONE: Final = {
    "writing": later("no handwriting is selected: all shares are 0"),
    "grounds": later("no surface is selected: all shares are 0"),
}


class BadOptions(StudioError):
    """The options cannot be fulfilled; ``option`` names the field at fault, empty if it is not a single one."""

    def __init__(
        self, what: str, *, option: str = "", file: object = None, remedy: str = "", command: str = ""
    ) -> None:
        super().__init__(what, file=file, remedy=remedy, command=command)
        self.option = option


@dataclass(frozen=True, slots=True)
class SynthOptions:
    """What to generate.

    Attributes:
        words: Number of images of single words.
        boards: Number of whole board photos with the places of all words.
        cut: Whether words of boards are also saved as images of single words.
        seed: Random seed.
        languages: Languages of the words, keys of ``LANGUAGES``.
        word_list: Text file of words, used instead of the languages.
        only_words: Whether single words are only these, without numbers, code and symbols. Boards still have those, and
            so do words cut from boards.
        fonts: Folder of handwriting fonts.
        prints: Folder of fonts for print; None for those of the system.
        strokes: Files of pen strokes.
        backgrounds: Folder of photos of empty boards.
        writing: Shares of the kinds in WRITING, on any scale; kinds without sources are left out.
        grounds: Shares of the backgrounds in GROUNDS, likewise.
        spoiled: Photo degradation, from 0 (clean) to 1 (bad); 0.5 is typical.
        side: Longer side of a board in pixels.
        held_out: Held-out share; its fonts, writers and backgrounds are not used for the rest.
        purpose: One of PURPOSES; for "test" everything is held out.
    """

    words: Annotated[int, Meta(ge=0, le=MAX_EXAMPLES)] = 2000
    boards: Annotated[int, Meta(ge=0, le=MAX_PAGES)] = 0
    cut: bool = True
    seed: Annotated[int, Meta(ge=0, le=2**31 - 1)] = 0
    languages: tuple[str, ...] = ("en",)
    word_list: Path | None = None
    only_words: bool = False
    fonts: Path | None = None
    prints: Path | None = None
    strokes: tuple[Path, ...] = ()
    backgrounds: Path | None = None
    writing: Mapping[str, FiniteNumber] = field(default_factory=lambda: WRITING)
    grounds: Mapping[str, FiniteNumber] = field(default_factory=lambda: GROUNDS)
    spoiled: Annotated[float, Meta(ge=0.0, le=1.0)] = 0.5
    side: Annotated[int, Meta(ge=640, le=4096)] = 1600
    held_out: Annotated[float, Meta(ge=0.0, le=0.5)] = 0.1
    purpose: str = "learn"

    @property
    def total(self) -> int:
        """Number of words and boards."""
        return self.words + self.boards

    def is_held_out(self, index: int) -> bool:
        """Whether the sample of this index among its kind is held out; they are spread evenly."""
        if self.purpose == "test":
            return True
        # Half a step ahead, so that a few samples have a held-out one, too. The epsilon is far above rounding errors.
        before, after = (math.floor(number * self.held_out + 0.5 + 1e-9) for number in (index, index + 1))
        return after > before

    @property
    def least_held_out(self) -> int:
        """Number of samples of a kind from which on one is held out; 1 if none is to be."""
        return 1 if self.purpose == "test" or not self.held_out else math.ceil((0.5 - 1e-9) / self.held_out)


_TYPES: Final = get_type_hints(SynthOptions, include_extras=True)
# Minimum and maximum; integers if both are.
LIMITS: Final = json_schema.ranges(SynthOptions)


def check_options(options: SynthOptions) -> None:
    """Check the options as far as possible without reading files. Raises BadOptions."""
    for key, (low, high) in LIMITS.items():
        value = getattr(options, key)
        if not low <= value <= high:
            raise BadOptions(
                tr("{option} can’t be {value}", option=_said(key), value=units.plain(value)),
                remedy=tr("Enter a value from {low} to {high}.", low=units.plain(low), high=units.plain(high)),
                option=key,
            )
    if not options.total:
        raise BadOptions(
            tr("neither words nor boards are requested"),
            remedy=tr("Request at least one word or board."),
            command="Add --words N, --boards N, or both.",
        )
    if options.purpose not in PURPOSES:
        raise BadOptions(tr("{option} can’t be {value}", option="purpose", value=options.purpose), option="purpose")
    _check_shares("writing", options.writing, WRITING)
    _check_shares("grounds", options.grounds, GROUNDS)
    _check_words(options)
    _check_sources(options)
    _check_grounds(options)


def _check_words(options: SynthOptions) -> None:
    unknown = [code for code in options.languages if code not in LANGUAGES]
    if unknown:
        raise BadOptions(
            tr("the language “{language}” is not available", language=unknown[0]),
            remedy=tr("Available languages: {languages}.", languages=", ".join(LANGUAGES)),
            option="languages",
        )
    if not options.languages and options.word_list is None:
        raise BadOptions(
            tr("no language is selected"), remedy=tr("Select a language, or choose a word list."), option="languages"
        )


def _check_sources(options: SynthOptions) -> None:
    given: list[tuple[str, Path | None]] = [(key, getattr(options, key)) for key in (*_FILES, *_FOLDERS)]
    for key, path in (*given, *(("strokes", path) for path in options.strokes)):
        if path is None:
            continue
        if not paths.exists(path):
            what = tr("the file does not exist") if key not in _FOLDERS else tr("the folder does not exist")
            raise BadOptions(what, file=path, remedy=tr("Check the path."), option=key)
        if paths.is_folder(path) is not (key in _FOLDERS):
            what = tr("it is a folder, not a file") if key not in _FOLDERS else tr("it is not a folder")
            raise BadOptions(what, file=path, remedy=tr("Check the path."), option=key)
    needs: dict[str, object] = {
        "strokes": options.strokes, "composed": options.strokes, "handwriting": options.fonts
    }  # fmt: skip
    asked = [key for key, share in options.writing.items() if share > 0]
    if all(key in needs and not needs[key] for key in asked):
        key = "fonts" if "handwriting" in asked else "strokes"
        raise BadOptions(
            tr("neither fonts nor pen strokes are specified"),
            remedy=tr("Choose a folder of fonts or a file of pen strokes, or include synthetic handwriting."),
            command="Add --fonts or --strokes, or include synthetic handwriting (made=1 in --writing).",
            option=key,
        )


def _check_grounds(options: SynthOptions) -> None:
    if options.backgrounds is None and {name for name, share in options.grounds.items() if share > 0} == {"real"}:
        raise BadOptions(
            tr("no photos of empty boards are specified"),
            remedy=tr("Choose a folder of photos of empty boards, or include synthetic backgrounds."),
            command="Add --backgrounds, or include synthetic backgrounds (whiteboard=1 in --surfaces).",
            option="backgrounds",
        )


def _check_shares(key: str, shares: Mapping[str, float], known: Mapping[str, float]) -> None:
    for name, share in shares.items():
        if name not in known:
            raise BadOptions(
                tr("“{name}” is unknown", name=name),
                remedy=tr("Possible values: {names}.", names=", ".join(known)),
                option=key,
            )
        if not (math.isfinite(share) and share >= 0):
            raise BadOptions(tr("the share of “{name}” must be 0 or more", name=name), remedy=tr(_MEND), option=key)
    if sum(shares.values()) <= 0:
        raise BadOptions(tr(_NONE[key]), remedy=tr("Increase at least one of them."), option=key)


def _said(key: str) -> str:
    return tr(_NAMES[key]) if key in _NAMES else f"“{key}”"


def _shown(value: object) -> str:
    """Format a value from a file for a message, shortened."""
    if isinstance(value, int | float) and not isinstance(value, bool):
        return units.plain(value)
    return json.dumps(value, ensure_ascii=False)[:60]


# -------------------------------------------------------------------------------------------------------------- JSON


def options_values(options: SynthOptions) -> dict[str, object]:
    """Return the options as JSON values."""
    found = {each.name: getattr(options, each.name) for each in fields(options)}
    return {"version": VERSION} | {key: _plain(value) for key, value in found.items()}


def _plain(value: object) -> object:
    if isinstance(value, Path):
        return str(value)
    if isinstance(value, Mapping):
        return dict(value)
    return [_plain(each) for each in value] if isinstance(value, tuple) else value


def parse_options(raw: object, *, file: object = None) -> SynthOptions:
    """Parse options from a JSON object; missing ones have their defaults. Raises BadOptions."""
    if not isinstance(raw, Mapping):
        raise BadOptions(tr("it contains no options for synthetic samples"), file=file, remedy=tr(_MEND))
    version = raw.get("version", VERSION)
    if version != VERSION:
        raise BadOptions(
            tr("it is from another version of the program, with different options ({version})", version=version),
            file=file,
            remedy=tr("Use that version of OCR Studio."),
            option="version",
        )
    given: dict[str, Any] = {}
    for key, value in raw.items():
        if key == "version":
            continue
        if key not in _TYPES:
            raise BadOptions(tr("“{name}” is not a known option", name=key), file=file, remedy=tr(_MEND), option=key)
        try:
            given[key] = json_schema.convert(value, _TYPES[key])
        except json_schema.BadValue as error:
            what = tr("{option} can’t be {value}", option=_said(key), value=_shown(value))
            raise BadOptions(what, file=file, remedy=tr(_MEND), option=key) from error
    return SynthOptions(**given)


def load_options(path: Path) -> SynthOptions:
    """Return the options from a file, or from a dataset's folder or manifest. Raises BadOptions, and BadDataset for an
    unfinished dataset.
    """
    about, file = _about(path)
    return parse_options(about.get("options"), file=file)


def load_fingerprints(path: Path) -> Mapping[str, str]:
    """Return the fingerprints of the files a dataset was generated from, if known. Raises the errors of
    ``load_options``.
    """
    about = _about(path)[0]
    listed, known = about.get(_LISTED), about.get(MADE_OF)
    found = {"word_list": listed} | (dict(known) if isinstance(known, Mapping) else {})
    return {str(key): value for key, value in found.items() if isinstance(value, str)}


def _about(path: Path) -> tuple[Mapping[str, object], Path]:
    """Return the entry about synthetic samples in a file or a folder's manifest, and the path of that file."""
    file = path / MANIFEST if paths.is_folder(path) else path
    try:
        raw = strict_json.load(paths.read_file(file, most=_MOST_BYTES))
    except (OSError, TooLarge) as error:
        if file != path:
            check_ended(path)
        reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
        raise BadOptions(tr("it can’t be read: {reason}", reason=reason), file=file) from error
    except strict_json.BadJson as error:
        raise BadOptions(tr("it is not valid JSON: {reason}", reason=error), file=file) from error
    if isinstance(raw, Mapping) and "format" in raw:  # a manifest
        raw = raw.get(KEY)
        about = raw if isinstance(raw, Mapping) else {}
    else:
        about = {"options": raw}
    if not about.get("options"):  # otherwise everything would silently be the default
        raise BadOptions(tr("it contains no options for synthetic samples"), file=file, remedy=tr(_MEND))
    return about, file
