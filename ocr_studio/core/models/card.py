"""What is known of a model, as values, and its file ``model.json``. Nothing of a model is ever run."""

from __future__ import annotations

import json
import math
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime
from types import MappingProxyType
from typing import Any, Final, Literal, TypeAlias

from ocr_studio.core.errors import StudioError
from ocr_studio.core.files import strict_json
from ocr_studio.core.plain_text import one_line
from ocr_studio.core.translation import later, tr

Kind: TypeAlias = Literal["recognizer", "detector"]
Scores: TypeAlias = Mapping[str, Mapping[str, float | None]]

FORMAT: Final = "ocr-studio-model"
VERSION: Final = 2
WHOLE: Final = 1  # the version of a card whose weights are whole: older programs know it, too
CARD_FILE: Final = "model.json"
WEIGHTS_FILE: Final = "weights.safetensors"
RECOGNIZER: Final = "pp-ocrv6-small-recognizer"
DETECTOR: Final = "pp-ocrv6-small-detector"
CRNN: Final = "crnn"  # as keras-ocr has it
CRAFT: Final = "craft"
LIGHT_CRNN: Final = "light-crnn"
LIGHT_CRAFT: Final = "light-craft"
ARCHITECTURES: Final[Mapping[str, Kind]] = MappingProxyType(
    {
        RECOGNIZER: "recognizer",
        CRNN: "recognizer",
        LIGHT_CRNN: "recognizer",
        DETECTOR: "detector",
        CRAFT: "detector",
        LIGHT_CRAFT: "detector",
    }
)
# Those whose pictures and classes are made as the published recognizer's and detector's, so that what trains these can
# train them further.
LEARNING_ON: Final = frozenset({RECOGNIZER, LIGHT_CRNN, DETECTOR})
# What the others are called.
_NETWORKS: Final[Mapping[str, str]] = MappingProxyType({CRNN: "CRNN", CRAFT: "CRAFT", LIGHT_CRAFT: "light CRAFT"})
# What is learned from somebody's words is theirs to licence; where it began has a licence of its own.
LICENCE: Final = "Apache-2.0 (begins with PP-OCRv6 small by PaddleOCR)"

# How much surer a net's odds look than they are: the exponent that makes them right is 1 / this. Fitted on made words
# (tests/benchmarks/calibration.py), for the borrowed recognizer: of those that are shown with 0.9 about 90 % are right,
# then and on photos.
OVERSURE: Final = 1.25

MOST_CARD_BYTES: Final = 4 << 20  # the alphabet of all 18,709 published characters takes 150 kB
MOST_WEIGHT_BYTES: Final = 512 << 20  # the reading net with all these characters takes 30 MB
_LONGEST: Final = 200  # of a title or a licence, in characters
_LONGEST_TEXT: Final = 2000  # of a command, or of what somebody has to say
_MOST_FIGURES: Final = 100
_MOST_CHARACTERS: Final = 40_000  # twice as many as were published; a network's last layer grows with them
_SHA256: Final = re.compile(r"[0-9a-f]{64}")
_REMEDY: Final = later("It was damaged or made by something else; delete it, or import it again.")


class CannotLearn(StudioError):
    """A model's network cannot be trained further by this program."""


class BadModel(StudioError):
    """A model's folder or file is damaged, not what it says, or holds what no model has."""


@dataclass(frozen=True, slots=True)
class Source:
    """Something a model learned from. what: for a person; licence: the terms it came under."""

    what: str
    licence: str


@dataclass(frozen=True, slots=True)
class ModelCard:
    """What is known of a model besides its weights.

    architecture: a key of ARCHITECTURES. alphabet: the character of each class, that of class 1 first; empty for what
    only finds writing. parent: name of the model it began with. dataset: digest of what it learned from. settings: the
    recipe it was trained by. scores: "before", "after" … → figures, see ``scores_of``; of other sets than those
    "NAME_before" and "NAME_after". made: ISO 8601 UTC. sha256: of the weights' file; empty until that is written.

    data: what it learned from. recipe: the command that makes it again. weaknesses: what it is bad at, a sentence each.
    default_for: for which alphabets of the settings it is used where nobody chooses, if it comes with the program.
    difference_to: SHA-256 of the published file to whose weights its own are a difference; empty where they are whole.
    oversure: how much surer of its readings the net looks than it is, see ``OVERSURE``.
    """

    architecture: str
    title: str
    parent: str
    alphabet: tuple[str, ...] = ()
    dataset: str = ""
    settings: Mapping[str, object] = field(default_factory=dict)
    scores: Scores = field(default_factory=dict)
    licence: str = LICENCE
    made: str = ""
    sha256: str = ""
    data: tuple[Source, ...] = ()
    recipe: str = ""
    weaknesses: tuple[str, ...] = ()
    default_for: tuple[str, ...] = ()
    difference_to: str = ""
    oversure: float = OVERSURE

    @property
    def kind(self) -> Kind:
        """Whether it reads or finds writing. Raises KeyError for an architecture that there is not."""
        return ARCHITECTURES[self.architecture]

    def to_json(self) -> bytes:
        """The bytes of ``model.json``. Raises ValueError for figures that are none (a bug)."""
        known = asdict(self)
        weights = {"file": WEIGHTS_FILE, "sha256": known.pop("sha256")}
        if difference := known.pop("difference_to"):
            weights["difference_to"] = difference
        version = VERSION if difference else WHOLE
        value = {"format": FORMAT, "version": version, "kind": self.kind, **known, "weights": weights}
        return (json.dumps(value, ensure_ascii=False, indent=1, allow_nan=False) + "\n").encode("utf-8")

    @classmethod
    def from_json(cls, data: bytes, *, file: object) -> ModelCard:
        """The card in these bytes. file: for what is said. Raises BadModel."""
        if len(data) > MOST_CARD_BYTES:
            raise BadModel(
                tr("its description is larger than {most} MB", most=MOST_CARD_BYTES >> 20),
                file=file,
                remedy=tr(_REMEDY),
            )
        try:
            return _card(_of_known_kind(strict_json.load(data), file))
        except _Wrong as error:
            raise BadModel(
                tr("the model’s description is wrong: {reason}", reason=error), file=file, remedy=tr(_REMEDY)
            ) from error
        except strict_json.BadJson as error:
            raise BadModel(tr("the model’s description is not readable JSON"), file=file, remedy=tr(_REMEDY)) from error


def learning_on(card: ModelCard | None, *, usual: str) -> str:
    """The architecture of what is trained further. card: of what it begins with; usual: its architecture where it comes
    with the program and has none. Raises CannotLearn.
    """
    architecture = usual if card is None else card.architecture
    if card is not None and not can_learn(card):
        does = {
            "recognizer": later("“{name}” can read, but not be trained further here: its network is a {network}"),
            "detector": later("“{name}” can find writing, but not be trained further here: its network is a {network}"),
        }[card.kind]
        what = tr(does, name=card.title, network=_NETWORKS.get(architecture, architecture))
        raise CannotLearn(what, remedy=tr("Begin with another model; or train this one by a script (ocr_studio.api)."))
    return architecture


def can_learn(card: ModelCard | None) -> bool:
    """Whether a model can be trained further by the window and the command line. card: None for a borrowed one."""
    return card is None or card.architecture in LEARNING_ON


# ------------------------------------------------------------------------------------------------- what a file says


class _Wrong(Exception):
    """What is wrong with a description, in a few words."""


def _of_known_kind(value: object, file: object) -> dict[str, Any]:
    if not isinstance(value, dict) or value.get("format") != FORMAT:
        raise _Wrong(tr("it is not that of a model"))
    version = value.get("version")
    if isinstance(version, int) and version > VERSION:
        what = tr(
            "this model is of format {found}, and this version of the program knows {known}",
            found=version,
            known=VERSION,
        )
        raise BadModel(what, file=file, remedy=tr("Install a newer version of the program."))
    if version not in (WHOLE, VERSION) or isinstance(version, bool):
        raise _Wrong(tr("its version is unknown"))
    architecture = value.get("architecture")
    if not isinstance(architecture, str) or architecture not in ARCHITECTURES:
        what = tr("its network “{name}” is unknown here", name=_shown(architecture))
        raise BadModel(what, file=file, remedy=tr("Install a newer version of the program."))
    if value.get("kind") != ARCHITECTURES[architecture]:
        raise _Wrong(tr("its kind is not that of its network"))
    return value


def _shown(value: object) -> str:
    return one_line(str(value)[:200])[:40]


def _card(value: dict[str, Any]) -> ModelCard:
    weights = value.get("weights")
    if not isinstance(weights, dict) or weights.get("file") != WEIGHTS_FILE:
        raise _Wrong(tr("its weights must be in {file}", file=WEIGHTS_FILE))
    digest, base = weights.get("sha256"), weights.get("difference_to", "")
    if not isinstance(digest, str) or not _SHA256.fullmatch(digest):
        raise _Wrong(tr("the weights’ SHA-256 is missing"))
    if not isinstance(base, str) or not (_SHA256.fullmatch(base) or base == ""):
        raise _Wrong(tr("what its weights are a difference to must be a SHA-256"))
    return ModelCard(
        architecture=value["architecture"],
        title=_text(value, "title"),
        parent=_text(value, "parent"),
        alphabet=_alphabet(value.get("alphabet"), reads=value["kind"] == "recognizer"),
        dataset=_text(value, "dataset"),
        settings=_settings(value.get("settings")),
        scores=_scores(value.get("scores")),
        licence=_text(value, "licence"),
        made=_moment(_text(value, "made")),
        sha256=digest,
        data=_sources(value.get("data", [])),
        recipe=_text(value, "recipe", most=_LONGEST_TEXT),
        weaknesses=_texts(value, "weaknesses"),
        default_for=_texts(value, "default_for"),
        difference_to=base,
        oversure=_oversure(value.get("oversure", OVERSURE)),
    )


def _oversure(value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0.2 <= value <= 5.0:
        raise _Wrong(tr("“{key}” must be a number from {low} to {high}", key="oversure", low="0.2", high="5"))
    return float(value)


def _text(value: dict[str, Any], key: str, *, most: int = _LONGEST) -> str:
    text = value.get(key, "")
    if not isinstance(text, str) or len(text) > most:
        raise _Wrong(tr("“{key}” must be a text of up to {most} characters", key=key, most=most))
    return one_line(text)


def _texts(value: dict[str, Any], key: str) -> tuple[str, ...]:
    texts = value.get(key, [])
    if not isinstance(texts, list) or len(texts) > _MOST_FIGURES:
        raise _Wrong(tr("“{key}” must be a list of texts", key=key))
    return tuple(_text({key: text}, key, most=_LONGEST_TEXT) for text in texts)


def _sources(value: object) -> tuple[Source, ...]:
    # Cards of earlier versions say nothing of it.
    if not isinstance(value, list) or len(value) > _MOST_FIGURES or not all(isinstance(each, dict) for each in value):
        raise _Wrong(tr("“{key}” must be a list of objects", key="data"))
    return tuple(Source(_text(each, "what", most=_LONGEST_TEXT), _text(each, "licence")) for each in value)


def _moment(text: str) -> str:
    try:
        if text:
            datetime.fromisoformat(text)
    except ValueError as error:
        raise _Wrong(tr("“made” must be a moment")) from error
    return text


def _alphabet(value: object, *, reads: bool) -> tuple[str, ...]:
    if not isinstance(value, list) or bool(value) != reads:
        raise _Wrong(tr("its alphabet is missing"))
    if len(value) > _MOST_CHARACTERS:
        raise _Wrong(tr("its alphabet has more than {most} characters", most=_MOST_CHARACTERS))
    alphabet = tuple(value)
    for entry in alphabet:
        if not isinstance(entry, str) or len(entry) != 1 or unicodedata.category(entry) in {"Cc", "Cs"}:
            raise _Wrong(tr("an entry of its alphabet is no character"))
    if len(set(alphabet)) != len(alphabet):
        raise _Wrong(tr("a character is in its alphabet twice"))
    return alphabet


def _settings(value: object) -> Mapping[str, object]:
    if not isinstance(value, dict) or len(value) > _MOST_FIGURES:
        raise _Wrong(tr("“settings” must be an object"))
    for key, entry in value.items():
        # (1e999 is read as infinity, which no JSON can say again)
        plain = entry is None or (math.isfinite(entry) if isinstance(entry, float) else isinstance(entry, int | str))
        if not plain or len(key) > _LONGEST or len(str(entry)) > _LONGEST:
            raise _Wrong(tr("the setting “{name}” is no plain value", name=_shown(key)))
    return {one_line(key): one_line(entry) if isinstance(entry, str) else entry for key, entry in value.items()}


def _scores(value: object) -> Scores:
    if not isinstance(value, dict) or len(value) > _MOST_FIGURES:
        raise _Wrong(tr("“scores” must be an object"))
    return {one_line(name[:_LONGEST]): _score(name, figures) for name, figures in value.items()}


def _score(name: str, figures: object) -> Mapping[str, float | None]:
    if not isinstance(figures, dict) or len(figures) > _MOST_FIGURES:
        raise _Wrong(tr("the score “{name}” must be an object", name=_shown(name)))
    for figure in figures.values():
        number = isinstance(figure, int | float) and not isinstance(figure, bool)
        if figure is not None and not (number and abs(figure) < 1e12):
            raise _Wrong(tr("the score “{name}” holds what is no figure", name=_shown(name)))
    return {one_line(key[:_LONGEST]): figure for key, figure in figures.items()}
