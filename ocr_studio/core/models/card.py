"""The model card: the description of a model, and its file ``model.json``. It contains no code."""

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
WHOLE: Final = 1  # cards with complete weights, which older programs can read
CARD_FILE: Final = "model.json"
WEIGHTS_FILE: Final = "weights.safetensors"
RECOGNIZER: Final = "pp-ocrv6-small-recognizer"
DETECTOR: Final = "pp-ocrv6-small-detector"
CRNN: Final = "crnn"  # as in keras-ocr
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
# Architectures whose inputs and classes match the published networks, so that they can be trained further.
LEARNING_ON: Final = frozenset({RECOGNIZER, LIGHT_CRNN, DETECTOR})
# Display names of the other architectures.
_NETWORKS: Final[Mapping[str, str]] = MappingProxyType({CRNN: "CRNN", CRAFT: "CRAFT", LIGHT_CRAFT: "light CRAFT"})
# Users may license what was trained on their words; the published weights have a licence of their own.
LICENCE: Final = "Apache-2.0 (begins with PP-OCRv6 small by PaddleOCR)"

# Default calibration temperature of the recognizer: probabilities are raised to 1 / temperature. Fitted on synthetic
# words (tests/benchmarks/calibration.py) for the published recognizer: about 90 % of the words shown with a confidence
# of 0.9 are correct, there and on photos.
TEMPERATURE: Final = 1.25

MOST_CARD_BYTES: Final = 4 << 20  # all 18,709 published characters take 150 kB
MOST_WEIGHT_BYTES: Final = 512 << 20  # a recognizer for all these characters takes 30 MB
_LONGEST: Final = 200  # characters of a title or a licence
_LONGEST_TEXT: Final = 2000  # characters of a command or a description
_MOST_FIGURES: Final = 100
_MOST_CHARACTERS: Final = 40_000  # twice the published number; the last layer grows with it
_SHA256: Final = re.compile(r"[0-9a-f]{64}")
_REMEDY: Final = later("It is damaged or was made by another program. Delete it, or import it again.")


class CannotLearn(StudioError):
    """This program cannot train the model's network."""


class BadModel(StudioError):
    """A model's folder or file is damaged or is not a valid model."""


@dataclass(frozen=True, slots=True)
class DataSource:
    """A source of training data.

    Attributes:
        what: Description for the user.
        licence: Licence of the data.
    """

    what: str
    licence: str


@dataclass(frozen=True, slots=True)
class ModelCard:
    """The description of a model, without its weights.

    Attributes:
        architecture: A key of ARCHITECTURES.
        title: Title for the user.
        parent: Name of the model that training started from.
        alphabet: Characters in the order of the classes, beginning with class 1; empty for a detector.
        dataset: Digest of the dataset it was trained on.
        settings: The training recipe.
        scores: Evaluation name → figures: "before", "after" … (see ``training.results.scores_of``); "NAME_before" and
            "NAME_after" for other test sets.
        licence: Licence of the weights.
        made: When it was created, ISO 8601 UTC.
        sha256: SHA-256 of the weights file; empty until that is written.
        data: Sources of its training data.
        recipe: Command that reproduces it.
        weaknesses: What it does badly, a sentence each.
        default_for: Alphabets of the settings for which it is the default, if it comes with the program.
        difference_to: SHA-256 of the published weights that its own are a difference to; empty for complete weights.
        temperature: Calibration temperature, see ``TEMPERATURE``.
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
    data: tuple[DataSource, ...] = ()
    recipe: str = ""
    weaknesses: tuple[str, ...] = ()
    default_for: tuple[str, ...] = ()
    difference_to: str = ""
    temperature: float = TEMPERATURE

    @property
    def kind(self) -> Kind:
        """Whether it is a recognizer or a detector. Raises KeyError for an unknown architecture."""
        return ARCHITECTURES[self.architecture]

    def to_json(self) -> bytes:
        """Return the contents of ``model.json``. Raises ValueError for infinite figures or NaN (a bug)."""
        known = asdict(self)
        weights = {"file": WEIGHTS_FILE, "sha256": known.pop("sha256")}
        if difference := known.pop("difference_to"):
            weights["difference_to"] = difference
        version = VERSION if difference else WHOLE
        value = {"format": FORMAT, "version": version, "kind": self.kind, **known, "weights": weights}
        return (json.dumps(value, ensure_ascii=False, indent=1, allow_nan=False) + "\n").encode("utf-8")

    @classmethod
    def from_json(cls, data: bytes, *, file: object) -> ModelCard:
        """Parse and check a card.

        Args:
            data: Contents of ``model.json``.
            file: Path to name in errors.

        Raises:
            BadModel: The card is invalid.
        """
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
                tr("the model description is invalid: {reason}", reason=error), file=file, remedy=tr(_REMEDY)
            ) from error
        except strict_json.BadJson as error:
            raise BadModel(tr("the model description is not valid JSON"), file=file, remedy=tr(_REMEDY)) from error


def learning_on(card: ModelCard | None, *, usual: str) -> str:
    """Return the architecture for training that starts from a model.

    Args:
        card: Card of the base model; None for a published one.
        usual: Architecture of the published model.

    Raises:
        CannotLearn: This program cannot train the architecture.
    """
    architecture = usual if card is None else card.architecture
    if card is not None and not can_learn(card):
        does = {
            "recognizer": later("the recognizer “{name}” can’t be trained here: its network is a {network}"),
            "detector": later("the detector “{name}” can’t be trained here: its network is a {network}"),
        }[card.kind]
        what = tr(does, name=card.title, network=_NETWORKS.get(architecture, architecture))
        raise CannotLearn(
            what, remedy=tr("Start from another model, or train this one in a Python script (ocr_studio.api).")
        )
    return architecture


def can_learn(card: ModelCard | None) -> bool:
    """Whether the window and the command line can train this model. A published one has no card."""
    return card is None or card.architecture in LEARNING_ON


# ------------------------------------------------------------------------------------------------- what a file says


class _Wrong(Exception):
    """The reason why a card is invalid, as a short phrase."""


def _of_known_kind(value: object, file: object) -> dict[str, Any]:
    if not isinstance(value, dict) or value.get("format") != FORMAT:
        raise _Wrong(tr("it doesn’t describe a model"))
    version = value.get("version")
    if isinstance(version, int) and version > VERSION:
        what = tr(
            "the model has format version {found}, but this program only supports versions up to {known}",
            found=version,
            known=VERSION,
        )
        raise BadModel(what, file=file, remedy=tr("Install a newer version of the program."))
    if version not in (WHOLE, VERSION) or isinstance(version, bool):
        raise _Wrong(tr("its format version is unknown"))
    architecture = value.get("architecture")
    if not isinstance(architecture, str) or architecture not in ARCHITECTURES:
        what = tr("its network “{name}” is unknown", name=_shown(architecture))
        raise BadModel(what, file=file, remedy=tr("Install a newer version of the program."))
    if value.get("kind") != ARCHITECTURES[architecture]:
        raise _Wrong(tr("its kind doesn’t match its network"))
    return value


def _shown(value: object) -> str:
    return one_line(str(value)[:200])[:40]


def _card(value: dict[str, Any]) -> ModelCard:
    weights = value.get("weights")
    if not isinstance(weights, dict) or weights.get("file") != WEIGHTS_FILE:
        raise _Wrong(tr("its weights must be in {file}", file=WEIGHTS_FILE))
    digest, base = weights.get("sha256"), weights.get("difference_to", "")
    if not isinstance(digest, str) or not _SHA256.fullmatch(digest):
        raise _Wrong(tr("the SHA-256 of the weights is missing"))
    if not isinstance(base, str) or not (_SHA256.fullmatch(base) or base == ""):
        raise _Wrong(tr("“{key}” must be a SHA-256", key="difference_to"))
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
        # Named "oversure" in cards of earlier versions. Those versions ignore the new key and take the default: they
        # read the same texts, only with slightly different confidences.
        temperature=_temperature(value.get("temperature", value.get("oversure", TEMPERATURE))),
    )


def _temperature(value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0.2 <= value <= 5.0:
        raise _Wrong(tr("“{key}” must be a number from {low} to {high}", key="temperature", low="0.2", high="5"))
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


def _sources(value: object) -> tuple[DataSource, ...]:
    # Cards of earlier versions have no data sources.
    if not isinstance(value, list) or len(value) > _MOST_FIGURES or not all(isinstance(each, dict) for each in value):
        raise _Wrong(tr("“{key}” must be a list of objects", key="data"))
    return tuple(DataSource(_text(each, "what", most=_LONGEST_TEXT), _text(each, "licence")) for each in value)


def _moment(text: str) -> str:
    try:
        if text:
            datetime.fromisoformat(text)
    except ValueError as error:
        raise _Wrong(tr("“made” must be a date and time")) from error
    return text


def _alphabet(value: object, *, reads: bool) -> tuple[str, ...]:
    if not isinstance(value, list) or bool(value) != reads:
        raise _Wrong(tr("its alphabet is missing"))
    if len(value) > _MOST_CHARACTERS:
        raise _Wrong(tr("its alphabet has more than {most} characters", most=_MOST_CHARACTERS))
    alphabet = tuple(value)
    for entry in alphabet:
        if not isinstance(entry, str) or len(entry) != 1 or unicodedata.category(entry) in {"Cc", "Cs"}:
            raise _Wrong(tr("an entry of its alphabet is not a single character"))
    if len(set(alphabet)) != len(alphabet):
        raise _Wrong(tr("a character is in its alphabet twice"))
    return alphabet


def _settings(value: object) -> Mapping[str, object]:
    if not isinstance(value, dict) or len(value) > _MOST_FIGURES:
        raise _Wrong(tr("“settings” must be an object"))
    for key, entry in value.items():
        # 1e999 is parsed as infinity, which JSON cannot represent.
        plain = entry is None or (math.isfinite(entry) if isinstance(entry, float) else isinstance(entry, int | str))
        if not plain or len(key) > _LONGEST or len(str(entry)) > _LONGEST:
            raise _Wrong(tr("the setting “{name}” has an unsupported value", name=_shown(key)))
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
            raise _Wrong(tr("the score “{name}” contains a value that isn’t a number", name=_shown(name)))
    return {one_line(key[:_LONGEST]): figure for key, figure in figures.items()}
