"""The model card: the description of a model, and its file ``model.json``. It contains no code."""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime
from types import MappingProxyType
from typing import Annotated, Any, Final, Literal, TypeAlias

from msgspec import Meta

from ocr_studio.core.errors import INSTALL_NEWER, StudioError, WrongUsage, newer_format
from ocr_studio.core.files import json_schema, strict_json
from ocr_studio.core.files.json_schema import BadValue, FiniteNumber
from ocr_studio.core.plain_text import one_line
from ocr_studio.core.translation import later, tr

Kind: TypeAlias = Literal["recognizer", "detector"]
_FEW: Final = Meta(max_length=100)
_FIGURE: Final = Meta(gt=-(10**12), lt=10**12)
_Character: TypeAlias = Annotated[str, Meta(min_length=1, max_length=1)]
_Text: TypeAlias = Annotated[str, Meta(max_length=200)]  # a title or a licence
_LongText: TypeAlias = Annotated[str, Meta(max_length=2000)]  # a command or a description
Setting: TypeAlias = bool | int | FiniteNumber | _Text | None
_Figure: TypeAlias = Annotated[int, _FIGURE] | Annotated[float, _FIGURE] | None
Scores: TypeAlias = Mapping[_Text, Annotated[Mapping[_Text, _Figure], _FEW]]

FORMAT: Final = "ocr-studio-model"
VERSION: Final = 2
WHOLE: Final = 1  # cards with complete weights, which older programs can read
CARD_FILE: Final = "model.json"
WEIGHTS_FILE: Final = "weights.safetensors"
RECOGNIZER: Final = "pp-ocrv6-small-recognizer"
DETECTOR: Final = "pp-ocrv6-small-detector"
WORD_DETECTOR: Final = "pp-ocrv6-small-word-detector"  # the same network, trained to find words instead of lines
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
        WORD_DETECTOR: "detector",
        CRAFT: "detector",
        LIGHT_CRAFT: "detector",
    }
)
# Architectures whose inputs and classes match the published networks, so that they can be trained further.
LEARNING_ON: Final = frozenset({RECOGNIZER, LIGHT_CRNN, DETECTOR, WORD_DETECTOR})
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
_REMEDY: Final = later("It is damaged or was made by another program. Delete it, or import it again.")


class CannotLearn(WrongUsage):
    """This program cannot train the model's network."""


class BadModel(StudioError):
    """A model's folder or file is damaged or is not a valid model."""


@dataclass(frozen=True, slots=True)
class DataSource:
    """A source of training data, as shown to the user."""

    what: _LongText
    licence: _Text


@dataclass(frozen=True, slots=True)
class HandwritingVector:
    """The look of a writer's words as a vector of length 1; see ``engine.recognition.writer_features``.

    Attributes:
        space: SHA-256 of the projection it was made with: vectors of different spaces can't be compared.
        values: Its components.
    """

    space: Annotated[str, Meta(pattern=r"^[0-9a-f]{64}\Z")]
    values: Annotated[tuple[FiniteNumber, ...], Meta(min_length=1, max_length=1000)]


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
        scores: Evaluation name → figures: "before", "after" … (see ``training.results.make_scores``); "NAME_before" and
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
        writer: Whose handwriting it has learned, if it is a writer profile: a recognizer for this writer's photos.
        handwriting: What this handwriting looks like, so that the profile can be proposed; profiles of earlier versions
            have none.
    """

    architecture: str
    title: _Text
    parent: _Text
    alphabet: Annotated[tuple[_Character, ...], Meta(max_length=40_000)] = ()  # twice the published number
    dataset: _Text = ""
    settings: Annotated[Mapping[_Text, Setting], _FEW] = field(default_factory=dict)
    scores: Annotated[Scores, _FEW] = field(default_factory=dict)
    licence: _Text = LICENCE
    made: _Text = ""
    sha256: Annotated[str, Meta(pattern=r"^[0-9a-f]{64}\Z")] = ""
    data: Annotated[tuple[DataSource, ...], _FEW] = ()
    recipe: _LongText = ""
    weaknesses: Annotated[tuple[_LongText, ...], _FEW] = ()
    default_for: Annotated[tuple[_LongText, ...], _FEW] = ()
    difference_to: Annotated[str, Meta(pattern=r"^([0-9a-f]{64})?\Z")] = ""
    temperature: Annotated[float, Meta(ge=0.2, le=5)] = TEMPERATURE
    writer: _Text = ""
    handwriting: HandwritingVector | None = None

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
        except BadValue as error:
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


def _of_known_kind(value: object, file: object) -> dict[str, Any]:
    if not isinstance(value, dict) or value.get("format") != FORMAT:
        raise BadValue(tr("it doesn’t describe a model"))
    version = value.get("version")
    if isinstance(version, int) and version > VERSION:
        raise BadModel(newer_format(version, VERSION), file=file, remedy=tr(INSTALL_NEWER))
    if version not in (WHOLE, VERSION) or isinstance(version, bool):
        raise BadValue(tr("its format version is unknown"))
    architecture = value.get("architecture")
    if not isinstance(architecture, str) or architecture not in ARCHITECTURES:
        what = tr("its network “{name}” is unknown", name=_shown(architecture))
        raise BadModel(what, file=file, remedy=tr(INSTALL_NEWER))
    if value.get("kind") != ARCHITECTURES[architecture]:
        raise BadValue(tr("its kind doesn’t match its network"))
    return value


def _shown(value: object) -> str:
    return one_line(str(value)[:200])[:40]


def _card(value: dict[str, Any]) -> ModelCard:
    weights = value.get("weights")
    if not isinstance(weights, dict) or weights.get("file") != WEIGHTS_FILE:
        raise BadValue(tr("its weights must be in {file}", file=WEIGHTS_FILE))
    # Cards of earlier versions have no parent or licence, or name the temperature "oversure". Those versions ignore the
    # new key and take the default: they read the same texts, only with slightly different confidences.
    earlier = {"title": "", "parent": "", "licence": "", "temperature": value.get("oversure", TEMPERATURE)}
    known = {key: entry for key, entry in value.items() if key not in ("alphabet", "weights")}
    stored = {"sha256": weights.get("sha256"), "difference_to": weights.get("difference_to", "")}
    card = json_schema.convert(
        {**earlier, **_one_line_each(known), "alphabet": value.get("alphabet"), **stored}, ModelCard
    )
    if bool(card.alphabet) != (card.kind == "recognizer"):
        raise BadValue(tr("its alphabet is missing"))
    if any(unicodedata.category(character) in {"Cc", "Cs"} for character in card.alphabet):
        raise BadValue(tr("an entry of its alphabet is not a single character"))
    if len(set(card.alphabet)) != len(card.alphabet):
        raise BadValue(tr("a character is in its alphabet twice"))
    try:
        if card.made:
            datetime.fromisoformat(card.made)
    except ValueError as error:
        raise BadValue(tr("“made” must be a date and time")) from error
    return card


def _one_line_each(value: Any) -> Any:
    """Put each text of decoded JSON on one line, as it is shown to the user."""
    if isinstance(value, str):
        return one_line(value)
    if isinstance(value, list):
        return [_one_line_each(each) for each in value]
    return {one_line(key): _one_line_each(each) for key, each in value.items()} if isinstance(value, dict) else value
