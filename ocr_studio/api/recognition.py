"""What reads, for who scripts: pictures of words → text, and learning it. As keras-ocr's ``recognition``."""

from __future__ import annotations

import itertools
import unicodedata
from collections.abc import Iterable, Iterator, Sequence, Set
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, BinaryIO, Final, TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ocr_studio.api import given, tools
from ocr_studio.api.keeping import (
    KURAPAN,
    KURAPAN_NOTOP,
    at_hand,
    keep,
    keras_file,
    languages_of,
    opened,
    settings_with,
)
from ocr_studio.api.startup import silenced
from ocr_studio.api.tools import Picture
from ocr_studio.core.errors import StudioError
from ocr_studio.core.images.word_crops import steps_for
from ocr_studio.core.language import lexicon
from ocr_studio.core.language.charset import Charset
from ocr_studio.core.models import downloads
from ocr_studio.core.models.card import CRNN, LIGHT_CRNN, RECOGNIZER
from ocr_studio.core.settings import ReaderOptions
from ocr_studio.engine import keras_fit, runtime
from ocr_studio.engine.recognition.crnn_recognizer import CrnnRecognizer
from ocr_studio.engine.recognition.line_crops import Looking, ribbons
from ocr_studio.engine.recognition.recognizer import Recognizer as Reading
from ocr_studio.engine.training import batches
from ocr_studio.engine.training.augmentation import varied
from ocr_studio.engine.weights import alphabet_transfer, random_init
from ocr_studio.engine.weights import keras_ocr as keras_ocr_weights
from ocr_studio.engine.weights import model_weights as weights_of

Taught: TypeAlias = tuple[Any, ...]  # picture, text and, where wanted, weight
Fed: TypeAlias = tuple[Any, ...]

DEFAULT_ALPHABET: Final = "0123456789abcdefghijklmnopqrstuvwxyz"  # keras-ocr's
# So many letters a text has at most, unless a generator is asked for another number.
LONGEST: Final = 64
_READING: Final = (LIGHT_CRNN, CRNN, RECOGNIZER)
_NO_CHARACTER: Final = frozenset({"Cc", "Cs"})
_NOTHING: Final = object()
_STILL: Final = np.random.default_rng(0)


class CannotBeLearned(StudioError):
    """A text or picture cannot be taught to this recognizer."""


class Recognizer:
    """Reads pictures of words and lines. Belongs to the thread that made it.

    alphabet: the characters it shall know; None: those that the model knows, or digits and small letters.
    weights: name of a model (``ocr-studio models list``) or a model's folder; "default": the one that comes with the
    program; "kurapan": keras-ocr's, where its file is at hand; None: it knows nothing yet. Where the alphabet is not
    the model's, what the model knows of it is kept. "kurapan_notop": keras-ocr's without its last layer, which begins
    with chance, to be trained; the path of a file of keras-ocr's users (.h5): with its own alphabet, or without a last
    layer.
    architecture: of one that knows nothing yet: "light-crnn" (the usual one), "crnn" (as keras-ocr's) or
    "pp-ocrv6-small-recognizer".
    languages: whose usual words ("en") it counts with as it reads; empty: the network alone reads. By default English
    for the program's models and those that learned from corrections. None for weights=None, "kurapan", "kurapan_notop"
    and files, which read what their network sees, as in keras-ocr; what ``save`` has kept reads as it did before.

    Raises NoSuchModel, BadModel, PublishedFileMissing, PretrainedError; ValueError for an architecture that does not
    read or is not that of these weights, for an alphabet that is none, for a language whose words nobody has counted;
    TypeError for what is of another kind.

    model: the keras.Model, crops -> logits (B, T, classes), class 0 being CTC's blank. training_model: what ``fit`` is
    called on once ``compile`` was; it has the same weights. backbone: the same without its last layer.
    """

    def __init__(
        self,
        alphabet: Iterable[str] | None = None,
        weights: str | Path | None = "default",
        *,
        architecture: str | None = None,
        languages: Sequence[str] | None = None,
    ) -> None:
        with silenced():
            runtime.configure(ReaderOptions())
        letters = _letters(alphabet)
        chosen = None if languages is None else given.words("languages", languages)
        for code in chosen or ():
            given.one_of("languages", code, lexicon.LANGUAGES)
        self.languages: tuple[str, ...] = ()
        if weights is None:
            self.name, self.architecture = "", given.one_of("architecture", architecture or LIGHT_CRNN, _READING)
            self.charset = Charset(letters or tuple(DEFAULT_ALPHABET))
            self.model = random_init.begun_recognizer(self.architecture, len(self.charset))
        else:
            self._load(weights, letters)
            if architecture not in {None, self.architecture}:
                raise ValueError(f"“{self.name}” is a {self.architecture}; architecture= is for weights=None")
        if chosen is not None:
            self.languages = chosen

    def _load(self, name: str | Path, letters: tuple[str, ...] | None) -> None:
        if name == KURAPAN:
            self.architecture, self.name = CRNN, KURAPAN
            net, charset = keras_ocr_weights.load_crnn(at_hand(downloads.CRNN))
        elif file := at_hand(downloads.CRNN_NOTOP) if name == KURAPAN_NOTOP else keras_file(name):
            self.architecture, self.name = CRNN, file.stem
            self.model, self.charset = keras_ocr_weights.load_crnn(file, letters)
            return
        else:
            model = opened(name, "recognizer")
            self.architecture, self.name = model.card.architecture if model.card else RECOGNIZER, model.name
            self.languages = languages_of(model, ReaderOptions().languages)
            net, charset = weights_of.load_recognizer(model)
        if letters is not None:
            net, charset = alphabet_transfer.for_alphabet(net, charset, letters, architecture=self.architecture)
        self.model, self.charset = net, charset

    @property
    def alphabet(self) -> str:
        """The characters it knows, in the order of its classes from 1 on; the blank is class 0."""
        return "".join(self.charset.characters)

    @cached_property
    def training_model(self) -> Any:
        """See the class; its output is its loss, nats a letter."""
        return keras_fit.teaching(self.model)

    @cached_property
    def backbone(self) -> Any:
        """The network up to its last layer but one, to keep it as it is: ``backbone.trainable = False``."""
        return keras_fit.without_head(self.model)

    @cached_property
    def reader(self) -> Reading:
        """What reads with this network, as it is at each moment."""
        kind = CrnnRecognizer if self.architecture == CRNN else Reading
        reader = kind(self.model, self.charset, name=self.name)
        if self.languages:
            reader.know([lexicon.lexicon(self.languages)])
        return reader

    # ------------------------------------------------------------------------------------------------------ reading

    def recognize(self, image: str | Path | BinaryIO | NDArray[Any]) -> str:
        """What is written on a picture of one word or line; see ``tools.read`` for what it may be."""
        return self.reader.read([tools.read(image)])[0].text

    def recognize_from_boxes(
        self,
        images: Iterable[Any],
        box_groups: Iterable[ArrayLike],
        *,
        spaces: bool = True,
        batch_size: int | None = None,
        verbose: int | str = 0,
    ) -> list[list[str]]:
        """What is written in each box of each picture.

        images: as for ``tools.read``; box_groups: for each of them (N, 4, 2), pixels. Writing that stands sideways or
        on its head is turned. spaces: whether a box may hold several words. batch_size, verbose: as keras-ocr's users
        give them; nothing follows from them. Raises TypeError for a picture alone; ValueError for what are no boxes, or
        not so many groups of them as pictures; NotAPicture, PhotoError.
        """
        groups = given.listed("box_groups", box_groups)
        pairs = itertools.zip_longest(
            given.several("recognize_from_boxes", images, "pictures"), groups, fillvalue=_NOTHING
        )
        return [self._in_boxes(*_paired(image, boxes), spaces=spaces) for image, boxes in pairs]

    def _in_boxes(self, picture: Picture, boxes: NDArray[np.float32], *, spaces: bool) -> list[str]:
        if not len(boxes):
            return []
        # (as keras-ocr, a network that reads single words reads each box as one)
        lines = Looking(picture, self.reader, words=True).look(ribbons(boxes))
        space = self.charset.characters.index(" ") + 1 if " " in self.charset else 0
        steps = [line.steps if spaces else line.steps.without(space) for line in lines]
        reads = self.reader.again(self.reader.transcribe(steps), [line.crop for line in lines], steps, spaces=spaces)
        return [read.text for read in reads]

    # ----------------------------------------------------------------------------------------------------- learning

    def compile(self, *arguments: Any, **options: Any) -> None:
        """Make ``training_model`` ready for ``fit``; arguments are those of Keras' ``compile``.

        By default Adam at 1e-3, gradients no longer than 5; the loss is what the model gives.
        """
        keras_fit.compiled(self.training_model, keras_fit.as_it_comes, *arguments, **options)

    def get_batch_generator(
        self,
        image_generator: Iterable[Taught],
        batch_size: int = 8,
        lowercase: bool = False,
        max_string_length: int = LONGEST,
    ) -> Iterator[Fed]:
        """Batches to fit ``training_model`` on, for ever, or until the generator ends.

        image_generator: gives (picture, text) or (picture, text, weight): one word or line each, (h, w, 3) uint8.
        lowercase: whether texts are made so first. Each batch is ((crops, labels, steps, lengths), zeros) and, where
        there are, weights: crops as the network takes them, labels (B, max_string_length) int32 padded with 0, steps
        and lengths (B, 1) int32. Raises CannotBeLearned for a text that is empty, too long, or has a letter that the
        alphabet lacks; a picture too narrow for its text is passed over by the loss. Raises TypeError for samples that
        are none, ValueError where there is not one batch.
        """
        most = given.whole("max_string_length", max_string_length)
        return self._all_fed(given.batches(image_generator, batch_size, "text"), most, lowercase=lowercase)

    def _all_fed(
        self, samples: Iterable[list[tuple[Any, ...]]], max_string_length: int, *, lowercase: bool
    ) -> Iterator[Fed]:
        width = 0
        for batch in samples:
            texts = [_text(sample[1]) for sample in batch]
            labels = [self._labels(text.lower() if lowercase else text, max_string_length) for text in texts]
            fed = self._fed([tools.read(sample[0]) for sample in batch], labels, other_than=width)
            width = fed.crops.shape[2]
            written = np.zeros((len(batch), max_string_length), np.int32)
            written[:, : fed.labels.shape[1]] = fed.labels
            inputs = fed.crops, written, fed.steps[:, None], fed.lengths[:, None]
            yield inputs, np.zeros((len(batch), 1), np.float32), *given.weights(batch)

    def _labels(self, text: str, most: int) -> list[int]:
        if unknown := self.charset.unknown(text):
            what = f"“{text}” has letters that the alphabet lacks: {' '.join(sorted(unknown))}"
            raise CannotBeLearned(what, remedy="Make the recognizer with them, or leave such texts out.")
        labels = self.charset.encode(text)
        if not 0 < len(labels) <= most:
            raise CannotBeLearned(f"“{text}” has {len(labels)} letters, not 1 to {most}", remedy="Leave it out.")
        return labels

    def _fed(self, pictures: Sequence[Picture], labels: Sequence[list[int]], *, other_than: int) -> _Fed:
        """other_than: the width of the batch before. Keras takes the sizes of two batches for those of all where they
        are the same, so that no two that follow each other are.
        """
        if self.architecture == CRNN:
            return self._squeezed(pictures, labels)
        crops = [batches.held(varied(picture, 0.0, _STILL)) for picture in pictures]
        packed = batches.packed(crops, labels)
        if packed.pixels.shape[2] == other_than:
            packed = batches.packed(crops, labels, spare=32)
        return _Fed(packed.pixels, packed.labels, packed.steps, packed.lengths)

    def _squeezed(self, pictures: Sequence[Picture], labels: Sequence[list[int]]) -> _Fed:
        reader = self.reader
        assert isinstance(reader, CrnnRecognizer)
        crops = np.stack([reader.fitted(picture)[0] for picture in pictures])
        steps = np.full(len(crops), reader.plan.steps, np.int32)
        padded = np.zeros((len(crops), max(map(len, labels))), np.int32)
        lengths = np.zeros(len(crops), np.int32)
        for row, classes in enumerate(labels):
            fits = steps_for(classes) <= reader.plan.steps
            padded[row, : len(classes)] = classes if fits else 1
            lengths[row] = len(classes) if fits else 0
        return _Fed(crops, padded, steps, lengths)

    # ------------------------------------------------------------------------------------------------------ keeping

    def save(self, name: str, **facts: Any) -> Path:
        """Keep it among the program's models; ``ocr-studio read --model NAME`` reads with it. Returns its folder.

        facts: of its card, ``models.card.ModelCard``: title, settings, scores, licence … Raises BadName,
        ModelsNotWritten, BadModel for facts that no card can say, TypeError for those it has no place for.
        """
        facts["settings"] = settings_with(self.languages, facts.get("settings"))
        net = random_init.finished(self.model, self.architecture)
        return keep(name, net, architecture=self.architecture, charset=self.charset, parent=self.name, facts=facts)


def _letters(alphabet: Iterable[str] | None) -> tuple[str, ...] | None:
    """The characters of an alphabet, as texts are written (NFC). Raises TypeError and ValueError."""
    if alphabet is None:
        return None
    if isinstance(alphabet, str):
        letters = tuple(unicodedata.normalize("NFC", alphabet))
    else:
        # (a set comes in another order each time)
        letters = given.words("alphabet", sorted(alphabet, key=str) if isinstance(alphabet, Set) else alphabet)
    if not letters:
        raise ValueError("the alphabet is empty: give its characters, or None for those of the model")
    for letter in letters:
        if len(letter) != 1 or unicodedata.category(letter) in _NO_CHARACTER:
            raise ValueError(f"an alphabet is of single characters that can be seen, and {letter!r} is none")
    try:
        return Charset(letters).characters
    except ValueError as error:
        raise ValueError(f"{error} (it comes first; a model is named by weights=)") from None


def _paired(image: Any, boxes: Any) -> tuple[Picture, NDArray[np.float32]]:
    if image is _NOTHING or boxes is _NOTHING:
        more, fewer = ("pictures", "lists of boxes") if boxes is _NOTHING else ("lists of boxes", "pictures")
        raise ValueError(f"there are more {more} than {fewer}: each picture has a list of boxes")
    return tools.read(image), given.boxes(boxes)


def _text(text: Any) -> str:
    if not isinstance(text, str):
        hint = "; see convert_image_generator_to_recognizer_input" if isinstance(text, list) else ""
        raise TypeError(f"the generator must give (picture, text), and this is no text: {given.shown(text)}{hint}")
    return " ".join(text.split())


@dataclass(frozen=True, slots=True)
class _Fed:
    """A batch: crops as the net takes them; labels (B, L), steps (B,), lengths (B,), int32."""

    crops: NDArray[np.float32]
    labels: NDArray[np.int32]
    steps: NDArray[np.int32]
    lengths: NDArray[np.int32]
