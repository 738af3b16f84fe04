"""Text recognition for scripts: images of words → text, and training. Like keras-ocr's ``recognition``."""

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

from ocr_studio.api import arguments, tools
from ocr_studio.api.model_store import (
    KURAPAN,
    KURAPAN_NOTOP,
    add_languages,
    find_download,
    find_model,
    keras_path,
    model_languages,
    save_model,
)
from ocr_studio.api.script_network import ScriptNetwork
from ocr_studio.api.startup import load_tensorflow
from ocr_studio.api.tools import Picture
from ocr_studio.core.errors import StudioError
from ocr_studio.core.geometry import ribbons
from ocr_studio.core.images.word_crops import count_ctc_steps
from ocr_studio.core.language import lexicon
from ocr_studio.core.language.charset import Charset
from ocr_studio.core.models import downloads
from ocr_studio.core.models.card import CRNN, LIGHT_CRNN, RECOGNIZER
from ocr_studio.core.settings import ReaderOptions
from ocr_studio.engine.recognition.crnn_recognizer import CrnnRecognizer
from ocr_studio.engine.recognition.line_crops import LineReader
from ocr_studio.engine.recognition.recognizer import Recognizer as EngineRecognizer
from ocr_studio.engine.training import batches
from ocr_studio.engine.training.augmentation import augment
from ocr_studio.engine.weights import model_arrays

TrainingSample: TypeAlias = tuple[Any, ...]  # image, text and, optionally, weight
Batch: TypeAlias = tuple[Any, ...]

DEFAULT_ALPHABET: Final = "0123456789abcdefghijklmnopqrstuvwxyz"  # keras-ocr's
# Default maximum number of characters in a text.
LONGEST: Final = 64
_ARCHITECTURES: Final = (LIGHT_CRNN, CRNN, RECOGNIZER)
_NOT_CHARACTERS: Final = frozenset({"Cc", "Cs"})
_MISSING: Final = object()
_UNUSED_RNG: Final = np.random.default_rng(0)


class UntrainableText(StudioError):
    """This recognizer can't be trained on a text."""


class Recognizer(ScriptNetwork):
    """Reads images of words and lines. Use it only in the thread that created it.

    Args:
        alphabet: The characters to recognize; by default those of the model, or digits and lower-case letters. If it
            differs from the model's alphabet, the weights of common characters are reused.
        weights: Name of a model (see ``ocr-studio models list``) or folder of a model; "default" for the bundled one;
            "kurapan" for that of keras-ocr, if it has been downloaded; "kurapan_notop" for the same with a random
            last layer, for training; path of a keras-ocr file (.h5), with its own alphabet or without a last layer;
            None for random weights.
        architecture: With random weights: "light-crnn" (the default), "crnn" (that of keras-ocr) or
            "pp-ocrv6-small-recognizer".
        languages: Languages whose common words support reading; empty for the network alone. By default English for
            models of the program and models trained from corrections, and none for weights=None, "kurapan",
            "kurapan_notop" and files. A model written by ``save`` keeps its languages.

    Attributes:
        model: The keras.Model, crops -> logits (B, T, classes); class 0 is the CTC blank.
        training_model: The model to call ``fit`` on after ``compile``; it shares the weights.
        backbone: The model without its last layer.

    Raises:
        StudioError: The weights can't be used (NoSuchModel, BadModel, PublishedFileMissing, PretrainedError).
        TypeError: An argument has the wrong type.
        ValueError: The architecture isn't that of the weights, or the alphabet or a language is wrong.
    """

    def __init__(
        self,
        alphabet: Iterable[str] | None = None,
        weights: str | Path | None = "default",
        *,
        architecture: str | None = None,
        languages: Sequence[str] | None = None,
    ) -> None:
        letters = _check_alphabet(alphabet)
        chosen = None if languages is None else arguments.check_languages(languages)
        self.languages: tuple[str, ...] = ()
        if weights is None:
            self.name = ""
            self.architecture = arguments.check_choice("architecture", architecture or LIGHT_CRNN, _ARCHITECTURES)
            self.charset = Charset(letters or tuple(DEFAULT_ALPHABET))
            load_tensorflow()
            from ocr_studio.engine.weights import random_init

            self.model = random_init.new_recognizer(self.architecture, len(self.charset))
        else:
            self._load(weights, letters)
            if architecture not in {None, self.architecture}:
                raise ValueError(f"“{self.name}” is a {self.architecture}; architecture= is for weights=None")
        if chosen is not None:
            self.languages = chosen

    def _load(self, name: str | Path, letters: tuple[str, ...] | None) -> None:
        if name == KURAPAN:
            self.name = KURAPAN
            self._load_keras_file(find_download(downloads.CRNN), None)
        elif file := find_download(downloads.CRNN_NOTOP) if name == KURAPAN_NOTOP else keras_path(name):
            self.name = file.stem
            self._load_keras_file(file, letters)
        else:
            model = find_model(name, "recognizer")
            self.name = model.name
            self.languages = model_languages(model, ReaderOptions().languages)
            read = model_arrays.read_model(model)
            assert read.charset is not None
            self.charset = read.charset
            self._use_weights(read)
        if letters is not None and Charset(letters) != self.charset:
            load_tensorflow()
            from ocr_studio.engine.weights import alphabet_transfer

            self.model, self.charset = alphabet_transfer.change_alphabet(
                self.model, self.charset, letters, architecture=self.architecture
            )

    def _load_keras_file(self, file: Path, letters: tuple[str, ...] | None) -> None:
        load_tensorflow()
        from ocr_studio.engine.weights import keras_ocr

        self.architecture = CRNN
        self.model, self.charset = keras_ocr.load_crnn(file, letters)

    @property
    def alphabet(self) -> str:
        """The characters in the order of their classes, from 1; class 0 is the blank."""
        return "".join(self.charset.characters)

    @cached_property
    def training_model(self) -> Any:
        """The model to train; its output is its loss in nats per character."""
        load_tensorflow()
        from ocr_studio.engine import keras_fit

        return keras_fit.build_training_model(self.model)

    @cached_property
    def backbone(self) -> Any:
        """The network without its last layer, for freezing it: ``backbone.trainable = False``."""
        load_tensorflow()
        from ocr_studio.engine import keras_fit

        return keras_fit.build_backbone(self.model)

    @cached_property
    def reader(self) -> EngineRecognizer:
        """The recognizer of the program with this network."""
        kind = CrnnRecognizer if self.architecture == CRNN else EngineRecognizer
        reader = kind(self._make_network(softmax=True), self.charset, name=self.name)
        if self.languages:
            reader.set_lexicons([lexicon.load_lexicon(self.languages)])
        return reader

    # ------------------------------------------------------------------------------------------------------ reading

    def recognize(self, image: str | Path | BinaryIO | NDArray[Any]) -> str:
        """Read the text on an image of one word or line; see ``tools.read`` for the types of images."""
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
        """Read the text in each box of each image. Sideways and upside-down text is rotated.

        Args:
            images: As for ``tools.read``.
            box_groups: For each image the boxes, (N, 4, 2), pixels.
            spaces: Whether a box may contain several words.
            batch_size: Ignored, for compatibility with keras-ocr.
            verbose: Ignored, for compatibility with keras-ocr.

        Raises:
            TypeError: A single image was given.
            ValueError: Boxes have the wrong form, or the numbers of images and groups of boxes differ.
            NotAPicture: Something is not an image.
            PhotoError: A file can't be read.
        """
        groups = arguments.check_iterable("box_groups", box_groups)
        pairs = itertools.zip_longest(
            arguments.check_images("recognize_from_boxes", images, "images"), groups, fillvalue=_MISSING
        )
        return [self._read_boxes(*_pair_arguments(image, boxes), spaces=spaces) for image, boxes in pairs]

    def _read_boxes(self, picture: Picture, boxes: NDArray[np.float32], *, spaces: bool) -> list[str]:
        if not len(boxes):
            return []
        # (like keras-ocr, a network for single words reads each box as one word)
        lines = LineReader(picture, self.reader, words=True).read(ribbons.straight_ribbons(boxes))
        space = self.charset.characters.index(" ") + 1 if " " in self.charset else 0
        steps = [line.steps if spaces else line.steps.without(space) for line in lines]
        reads = self.reader.reread_doubtful(
            self.reader.transcribe(steps), [line.crop for line in lines], steps, spaces=spaces
        )
        return [read.text for read in reads]

    # ----------------------------------------------------------------------------------------------------- learning

    def compile(self, *arguments: Any, **options: Any) -> None:
        """Prepare ``training_model`` for ``fit``, by default with Adam at 1e-3 and gradients clipped to a norm of 5.

        Args:
            *arguments: Arguments of Keras' ``compile``.
            **options: Arguments of Keras' ``compile``.
        """
        load_tensorflow()
        from ocr_studio.engine import keras_fit

        keras_fit.compile_model(self.training_model, keras_fit.as_it_comes, *arguments, **options)

    def get_batch_generator(
        self,
        image_generator: Iterable[TrainingSample],
        batch_size: int = 8,
        lowercase: bool = False,
        max_string_length: int = LONGEST,
    ) -> Iterator[Batch]:
        """Generate batches to fit ``training_model`` on, until the image generator ends.

        The loss ignores images that are too narrow for their text.

        Args:
            image_generator: Yields (image, text) or (image, text, weight): a word or line each, (h, w, 3) uint8.
            batch_size: Samples in a batch.
            lowercase: Whether to convert texts to lower case.
            max_string_length: Maximum number of characters in a text.

        Returns:
            Batches ((crops, labels, steps, lengths), zeros) or ((…), zeros, weights): crops as the network takes them,
            labels (B, max_string_length) int32 padded with 0, steps and lengths (B, 1) int32.

        Raises:
            UntrainableText: A text is empty or too long, or has characters that are not in the alphabet.
            TypeError: A sample has the wrong form.
            ValueError: There are too few samples for one batch.
        """
        most = arguments.check_integer("max_string_length", max_string_length)
        return self._iter_batches(
            arguments.iter_batches(image_generator, batch_size, "text"), most, lowercase=lowercase
        )

    def _iter_batches(
        self, samples: Iterable[list[tuple[Any, ...]]], max_string_length: int, *, lowercase: bool
    ) -> Iterator[Batch]:
        width = 0
        for batch in samples:
            texts = [_check_text(sample[1]) for sample in batch]
            labels = [self._labels(text.lower() if lowercase else text, max_string_length) for text in texts]
            batch_data = self._make_batch([tools.read(sample[0]) for sample in batch], labels, last_width=width)
            width = batch_data.crops.shape[2]
            written = np.zeros((len(batch), max_string_length), np.int32)
            written[:, : batch_data.labels.shape[1]] = batch_data.labels
            inputs = batch_data.crops, written, batch_data.steps[:, None], batch_data.lengths[:, None]
            yield inputs, np.zeros((len(batch), 1), np.float32), *arguments.batch_weights(batch)

    def _labels(self, text: str, most: int) -> list[int]:
        if unknown := self.charset.unknown(text):
            what = f"“{text}” has characters that are not in the alphabet: {' '.join(sorted(unknown))}"
            raise UntrainableText(what, remedy="Add them to the alphabet of the recognizer, or skip such texts.")
        labels = self.charset.encode(text)
        if not 0 < len(labels) <= most:
            what = f"“{text}” has {len(labels)} characters, not 1 to {most}"
            raise UntrainableText(what, remedy="Skip this text.")
        return labels

    def _make_batch(self, pictures: Sequence[Picture], labels: Sequence[list[int]], *, last_width: int) -> _Batch:
        """Make a batch.

        Keras assumes a fixed size if two consecutive batches have the same one, so their widths must differ.

        Args:
            pictures: Images of words or lines.
            labels: Their classes.
            last_width: Width of the previous batch.
        """
        if self.architecture == CRNN:
            return self._make_crnn_batch(pictures, labels)
        crops = [batches.limit_width(augment(picture, 0.0, _UNUSED_RNG)) for picture in pictures]
        packed = batches.pack_batch(crops, labels)
        if packed.inputs.shape[2] == last_width:
            packed = batches.pack_batch(crops, labels, padding=32)
        return _Batch(packed.inputs, packed.labels, packed.steps, packed.lengths)

    def _make_crnn_batch(self, pictures: Sequence[Picture], labels: Sequence[list[int]]) -> _Batch:
        reader = self.reader
        assert isinstance(reader, CrnnRecognizer)
        crops = np.stack([reader.fitted(picture)[0] for picture in pictures])
        steps = np.full(len(crops), reader.plan.steps, np.int32)
        padded = np.zeros((len(crops), max(map(len, labels))), np.int32)
        lengths = np.zeros(len(crops), np.int32)
        for row, classes in enumerate(labels):
            fits = count_ctc_steps(classes) <= reader.plan.steps
            padded[row, : len(classes)] = classes if fits else 1
            lengths[row] = len(classes) if fits else 0
        return _Batch(crops, padded, steps, lengths)

    # ------------------------------------------------------------------------------------------------------ keeping

    def save(self, name: str, **facts: Any) -> Path:
        """Save the recognizer as a model of the program; ``ocr-studio read --model NAME`` uses it.

        Args:
            name: Name of the model.
            **facts: Fields of its card, ``models.card.ModelCard``: title, settings, scores, licence …

        Returns:
            The folder of the model.

        Raises:
            BadName: The name can't be used.
            BadModel: A fact has a wrong value.
            ModelsNotWritten: The model can't be written.
            TypeError: A fact is unknown or of the wrong type.
        """
        facts["settings"] = add_languages(self.languages, facts.get("settings"))
        load_tensorflow()
        from ocr_studio.engine.weights import random_init

        net = random_init.fold_for_reading(self.model, self.architecture)
        return save_model(
            name, net, architecture=self.architecture, charset=self.charset, parent=self.name, facts=facts
        )


def _check_alphabet(alphabet: Iterable[str] | None) -> tuple[str, ...] | None:
    """Normalize the characters of an alphabet (NFC). Raises TypeError and ValueError."""
    if alphabet is None:
        return None
    if isinstance(alphabet, str):
        letters = tuple(unicodedata.normalize("NFC", alphabet))
    else:
        # (the order of a set varies)
        letters = arguments.check_strings(
            "alphabet", sorted(alphabet, key=str) if isinstance(alphabet, Set) else alphabet
        )
    if not letters:
        raise ValueError("the alphabet is empty; use None for that of the model")
    for letter in letters:
        if len(letter) != 1 or unicodedata.category(letter) in _NOT_CHARACTERS:
            raise ValueError(f"the alphabet must have single characters, no control characters; not {letter!r}")
    try:
        return Charset(letters).characters
    except ValueError as error:
        raise ValueError(f"{error} (the first argument is the alphabet; a model is named by weights=)") from None


def _pair_arguments(image: Any, boxes: Any) -> tuple[Picture, NDArray[np.float32]]:
    if image is _MISSING or boxes is _MISSING:
        more, fewer = ("images", "lists of boxes") if boxes is _MISSING else ("lists of boxes", "images")
        raise ValueError(f"there are more {more} than {fewer}; give one list of boxes for each image")
    return tools.read(image), arguments.check_boxes(boxes)


def _check_text(text: Any) -> str:
    if not isinstance(text, str):
        hint = "; see convert_image_generator_to_recognizer_input" if isinstance(text, list) else ""
        raise TypeError(f"the generator must yield (image, text) with a string, not {arguments.describe(text)}{hint}")
    return " ".join(text.split())


@dataclass(frozen=True, slots=True)
class _Batch:
    """A batch: crops as the network takes them; labels (B, L), steps (B,) and lengths (B,), int32."""

    crops: NDArray[np.float32]
    labels: NDArray[np.int32]
    steps: NDArray[np.int32]
    lengths: NDArray[np.int32]
