"""Generates the samples of a dataset from the user's options."""

from __future__ import annotations

import contextlib
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, MutableMapping, Sequence
from dataclasses import replace
from functools import cached_property
from pathlib import Path, PurePath
from typing import Any, Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

from ocr_studio.core.dataset_files.values import CROPS, PHOTOS, CheckKind, Example, TruePhoto
from ocr_studio.core.dataset_files.values import Split as Side
from ocr_studio.core.datasets.report import LeftOut, Reason
from ocr_studio.core.errors import StudioError
from ocr_studio.core.geometry import quads as geometry
from ocr_studio.core.images import word_crops
from ocr_studio.core.images.pixel_formats import encode_image
from ocr_studio.core.images.pyramid import Pyramid
from ocr_studio.core.page import Quad
from ocr_studio.core.plain_text import one_line
from ocr_studio.core.synth.dataset import BOARD, WORD, SynthSample, SynthSource
from ocr_studio.core.synth.options import BadOptions, SynthOptions
from ocr_studio.core.translation import later, tr
from ocr_studio.engine.synth import word_list_filter
from ocr_studio.engine.synth.boards.board_options import BoardOptions
from ocr_studio.engine.synth.boards.whole_boards import BoardMaker, SynthBoard
from ocr_studio.engine.synth.handwriting.fonts import Font, builtin_font
from ocr_studio.engine.synth.handwriting.marker import CannotDraw
from ocr_studio.engine.synth.handwriting.rendered_text import CannotWrite, SourceSplit
from ocr_studio.engine.synth.photo.backgrounds import NoBackgroundPhotos
from ocr_studio.engine.synth.photo.board_surface import Surface
from ocr_studio.engine.synth.sources import Kind, NoSources, Sources, Stock, describe_unusable
from ocr_studio.engine.synth.text.texts import SynthVocabulary
from ocr_studio.engine.synth.word_crops import SynthCrop, WordMaker, WordOptions

Picture: TypeAlias = NDArray[np.uint8]
Floats: TypeAlias = NDArray[np.floating[Any]]
# Cached sources.
Stocks: TypeAlias = MutableMapping[tuple[Sources, SourceSplit], Stock]

# As in any dataset, boxes and strokes are those of the photo itself.
_JPEG_QUALITY: Final = 95
_PROCEDURAL: Final = "made-up hand"
_ALL_KEPT: Final = later("this folder has too few files: all are held out")
_NONE_KEPT: Final = later("this folder has too few files: none can be held out for evaluation")
# A missing letter of a font is reported if it occurs in one of this many usual words.
_USUAL_WORDS: Final = 20_000
_RARE: Final = 4_000


class SampleNotGenerated(StudioError):
    """A sample cannot be generated; others can."""


class SampleMaker:
    """Generates words and boards by index, reproducible for the same options, in any order.

    Held-out samples have other writers, fonts and photos than the rest.
    """

    def __init__(self, options: SynthOptions, stocks: Stocks | None = None) -> None:
        """Create it without reading anything. stocks: cache of sources, which is extended."""
        self._options = options
        self._stocks: Stocks = {} if stocks is None else stocks
        self._writable: dict[SourceSplit, Stock] = {}
        self._words: dict[SourceSplit, WordMaker] = {}
        self._boards: dict[SourceSplit, BoardMaker] = {}

    @cached_property
    def splits(self) -> tuple[SourceSplit, ...]:
        """The splits of the samples."""
        options = self._options
        if options.purpose == "test":
            return (SourceSplit.TEST,)
        longest = max(options.words, options.boards)
        held = any(options.is_held_out(index) for index in range(longest))
        return (SourceSplit.TRAIN, SourceSplit.VALIDATION) if held else (SourceSplit.TRAIN,)

    def source(self) -> SynthSource:
        """Read all sources, and return what cannot be used. Raises the errors of ``Stock.open``, and BadOptions without
        any handwriting.
        """
        refused: dict[str, StudioError] = {}
        lacking: dict[str, str] = {}
        for split in self.splits:
            stock = self._words_of(split).stock
            self._boards_of(split)
            refused |= {str(each): each for each in (*stock.refused, *self._unused_folders(stock))}
            fonts = [*stock.handwriting, *(stock.prints if self._options.prints else ())]
            lacking |= missing_letters(fonts, usual_letters(stock.texts.words))
        never = word_list_filter.report_unwritable([self._words_of(split).stock for split in self.splits])
        messages = (*merge_by_folder(refused.values(), self._folders), *never)
        return SynthSource(tuple(sorted(map(str, messages))), dict(sorted(lacking.items())))

    @property
    def _folders(self) -> list[Path]:
        options = self._options
        return [each for each in (options.fonts, options.prints, options.backgrounds) if each is not None]

    def _unused_folders(self, stock: Stock) -> Iterator[StudioError]:
        """Yield folders with so few files that all are held out."""
        options = self._options
        sources = (
            (options.fonts, stock.handwriting),
            (options.prints, [font for font in stock.prints if font is not builtin_font()]),
            (options.backgrounds, stock.grounds.photos),
        )
        for folder, found in sources:
            if folder is not None and not found and stock.split is SourceSplit.TRAIN:
                yield StudioError(tr(_ALL_KEPT), file=folder, remedy=tr("Add more files."))

    def at(self, kind: str, index: int) -> SynthSample:
        """Return a sample of ``synth.dataset.KINDS``. Raises the errors of ``source``, NoSources, and
        SampleNotGenerated.
        """
        return self.to_sample(self.word(index) if kind == WORD else self.board(index), index)

    def to_sample(self, made: SynthCrop | SynthBoard, index: int) -> SynthSample:
        """Convert a word or a board with this index to a sample."""
        side = Side.HELD_OUT if self._options.is_held_out(index) else Side.TRAIN
        if isinstance(made, SynthCrop):
            return _word_sample(made, index, side)
        return _board_sample(made, index, side, cut=self._options.cut)

    def word(self, index: int) -> SynthCrop:
        """Return a word. Raises as ``at``."""
        with _translate_errors(_word_name(index)):
            return self._words_of(self._split(index)).at(index)

    def board(self, index: int) -> SynthBoard:
        """Return a board. Raises as ``at``."""
        with _translate_errors(_board_name(index)):
            return self._boards_of(self._split(index)).at(index)

    def is_held_out(self, index: int) -> bool:
        """Whether a sample is held out."""
        return self._options.is_held_out(index)

    def _split(self, index: int) -> SourceSplit:
        if self._options.purpose == "test":
            return SourceSplit.TEST
        return SourceSplit.VALIDATION if self._options.is_held_out(index) else SourceSplit.TRAIN

    def _words_of(self, split: SourceSplit) -> WordMaker:
        if split not in self._words:
            options, stock = self._options, self._stock(split)
            word_options = WordOptions(shares=_kinds(options), harm=2 * options.spoiled, grounds=_grounds(options))
            try:
                self._words[split] = WordMaker(stock, options=word_options, seed=options.seed)
            except NoSources as error:
                raise _no_writers_error(options, stock, error) from error
            except NoBackgroundPhotos as error:
                raise _no_photos_error(options, stock, error) from error
        return self._words[split]

    def _boards_of(self, split: SourceSplit) -> BoardMaker:
        if split not in self._boards:
            options = self._options
            board_options = BoardOptions(
                long_side=(options.side, options.side),
                tilt=2 * options.spoiled,
                harm=2 * options.spoiled,
                grounds=_grounds(options),
                writers=_kinds(options),
            )
            self._boards[split] = BoardMaker(self._stock(split), board_options, seed=options.seed)
        return self._boards[split]

    def _stock(self, split: SourceSplit) -> Stock:
        key = (sources_of(self._options), split)
        if key not in self._stocks:
            for old in [each for each in self._stocks if each[0] != key[0]]:
                del self._stocks[old]  # they are large
            self._stocks[key] = Stock.open(*key)
        if split not in self._writable:
            kinds = [kind for kind, share in _kinds(self._options).items() if share > 0]
            self._writable[split] = word_list_filter.keep_writable(self._stocks[key], kinds)
        return self._writable[split]


def merge_by_folder(refused: Iterable[StudioError], folders: Sequence[Path]) -> Iterator[StudioError]:
    """Merge the errors of files by folder; others are returned unchanged."""
    inside: dict[Path, list[StudioError]] = {}
    for each in refused:
        of_file = Path(each.file) if each.file else Path()
        folder = next((folder for folder in folders if folder in of_file.parents), None)
        if folder is None:
            yield each
        else:
            inside.setdefault(folder, []).append(each)
    for folder, some in inside.items():
        some.sort(key=lambda each: each.file or "")
        yield StudioError(describe_unusable(some), file=folder, remedy=tr("The others are used."))


def sources_of(options: SynthOptions) -> Sources:
    """Return the sources of the handwriting."""
    return Sources(
        strokes=options.strokes,
        handwriting=(options.fonts,) if options.fonts else (),
        prints=(options.prints,) if options.prints else None,
        backgrounds=options.backgrounds,
        words=options.word_list,
        languages=options.languages,
        only_words=options.only_words,
    )


def _kinds(options: SynthOptions) -> Mapping[Kind, float]:
    return {Kind(name): share for name, share in options.writing.items()}


def _grounds(options: SynthOptions) -> Mapping[Surface, float]:
    return {Surface(name): share for name, share in options.grounds.items() if share > 0}


def _no_writers_error(options: SynthOptions, stock: Stock, error: NoSources) -> StudioError:
    """Return the error for a split without writers although sources were given."""
    if stock.split is SourceSplit.VALIDATION:
        return BadOptions(
            tr("there are too few fonts and writers to hold some out"),
            remedy=tr("Hold nothing out, add more, or include synthetic handwriting."),
            command="Use --held-out 0, add more, or include synthetic handwriting (made=1 in --writing).",
            option="held_out",
        )
    sources = (("handwriting", options.fonts, stock.handwriting), ("print", options.prints, stock.prints))
    for kind, folder, found in sources:
        if options.writing.get(kind, 0) > 0 and folder is not None and not found:
            return NoSources(
                tr(_NONE_KEPT if stock.split is SourceSplit.TEST else _ALL_KEPT),
                file=folder,
                remedy=tr("Add more files, or include synthetic handwriting."),
                command="Add more files, or include synthetic handwriting (made=1 in --writing).",
            )
    return error


def _no_photos_error(options: SynthOptions, stock: Stock, error: NoBackgroundPhotos) -> StudioError:
    """Return the error for a split without backgrounds although photos were given."""
    if options.backgrounds is None:
        return error
    if stock.split is SourceSplit.VALIDATION:
        return BadOptions(
            tr("there are too few photos of boards to hold some out"),
            remedy=tr("Hold nothing out, add more, or include synthetic backgrounds."),
            command="Use --held-out 0, add more, or include synthetic backgrounds (whiteboard=1 in --surfaces).",
            option="held_out",
        )
    return NoBackgroundPhotos(
        tr(_NONE_KEPT if stock.split is SourceSplit.TEST else _ALL_KEPT),
        file=options.backgrounds,
        remedy=tr("Add more files, or include synthetic backgrounds."),
        command="Add more files, or include synthetic backgrounds (whiteboard=1 in --surfaces).",
    )


def usual_letters(words: SynthVocabulary) -> str:
    """Return the letters of usual words, also capitalized, and digits, sorted."""
    some = words.words[:_USUAL_WORDS]
    counts = Counter(letter for word in some for letter in set(word) | set(words.capitals.capitalize(word)))
    usual = {letter for letter, count in counts.items() if count * _RARE >= len(some)}
    return "".join(sorted(usual | set("0123456789")))


def missing_letters(fonts: Iterable[Font], letters: str) -> dict[str, str]:
    """Return the missing letters of fonts by name; complete fonts are left out."""
    lacking = {font.name: "".join(each for each in letters if not font.can_write(each)) for font in fonts}
    return {name: missing for name, missing in lacking.items() if missing}


# ------------------------------------------------------------------------------------------------------- for a dataset


def _word_sample(word: SynthCrop, index: int, side: Side) -> SynthSample:
    name, text = _word_name(index), one_line(word.text)
    height, width = word.crop.shape[:2]
    corners = Quad.from_box(0, 0, width, height).array()
    if _is_too_narrow(corners, text):
        return SynthSample(WORD, index, {}, left_out=(LeftOut("", "", name, text, Reason.NARROW),))
    crop = f"{CROPS}/{name}.png"
    picture = word_crops.extract_crop(Pyramid(word.crop), corners)
    example = Example(text, crop, split=side, checked=CheckKind.CONFIRMED, by="synthetic", writer=_writer(word.writer))
    return SynthSample(WORD, index, {crop: _encode(crop, picture)}, (example,))


def _board_sample(board: SynthBoard, index: int, side: Side, *, cut: bool) -> SynthSample:
    name = _board_name(index)
    photo = f"{PHOTOS}/{name}.jpg"
    height, width = board.image.shape[:2]
    flat = [geometry.measure_area(each.quad) < 1 for each in board.labelled]
    words = tuple(
        replace(each, text=one_line(each.text)) for each, thin in zip(board.labelled, flat, strict=True) if not thin
    )
    writers = [_writer(each.writer) for each, thin in zip(board.words, flat, strict=True) if not thin]
    pictures, examples, left_out = {photo: _encode(photo, board.image)}, [], []
    pyramid = Pyramid(board.image)
    for number, (word, writer) in enumerate(zip(words, writers, strict=True) if cut else ()):
        own, text = f"{number:03d}", word.text
        why = Reason.UNREADABLE if word.ignore else Reason.NARROW if _is_too_narrow(word.quad.array(), text) else None
        if why is not None:
            left_out.append(LeftOut(name, photo, own, text, why))
            continue
        crop = f"{CROPS}/{name}-{own}.png"
        pictures[crop] = _encode(crop, word_crops.extract_crop(pyramid, word.quad.array()))
        examples.append(
            Example(
                text=text, crop=crop, page=name, image=photo, word=own, quad=word.quad, split=side,
                checked=CheckKind.CONFIRMED, by="synthetic", writer=writer,
            )
        )  # fmt: skip
    page = TruePhoto(photo, name, photo, width, height, words, side)
    return SynthSample(BOARD, index, pictures, tuple(examples), page, tuple(left_out))


def _word_name(index: int) -> str:
    return f"word-{index:06d}"


def _board_name(index: int) -> str:
    return f"board-{index:05d}"


@contextlib.contextmanager
def _translate_errors(name: str) -> Iterator[None]:
    """Turn an error of a single item into SampleNotGenerated."""
    try:
        yield
    except CannotWrite as error:
        why = tr("its writer lacks a character of “{text}”", text=str(error))
        raise _not_generated(name, why) from error
    except CannotDraw as error:
        raise _not_generated(name, tr("its strokes extend too far")) from error


def _not_generated(name: str, why: str) -> SampleNotGenerated:
    return SampleNotGenerated(tr("{name} can’t be generated: {reason}", name=name, reason=why))


def _writer(name: str) -> str:
    """Return the name of a writer or font; generated handwritings, a new one for each word, share one name."""
    return _PROCEDURAL if name.startswith("made ") else name


def _is_too_narrow(corners: Floats, text: str) -> bool:
    """Whether the recognizer has fewer steps for it than letters, as in ``eligibility``."""
    return word_crops.compute_crop_size(corners)[0] // word_crops.STEP + 1 < word_crops.count_ctc_steps(text)


def _encode(name: str, picture: Picture) -> bytes:
    """Encode an image, (h, w, 3) uint8 RGB, as JPEG or PNG according to its name."""
    return encode_image(picture, PurePath(name).suffix, quality=_JPEG_QUALITY)
