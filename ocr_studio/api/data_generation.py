"""Training data for detectors and recognizers: generators of texts, images and words.

Like keras-ocr's ``data_generation``, but nothing is downloaded: fonts and backgrounds are your own files. Other writers
use recorded pen strokes or synthetic handwriting. Realistic words and whole boards come from
``ocr_studio.engine.synth``. All samples are determined by seeds. Images, boxes and lines are as in ``tools``. Arguments
are checked at once, not when the first sample is generated: a wrong type raises TypeError, a wrong value ValueError.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

from ocr_studio.api import arguments, tools
from ocr_studio.api.tools import Line, Picture
from ocr_studio.api.written_pages import (
    Background,
    CachedBackground,
    GroupedWriter,
    Looks,
    WrittenPage,
    create_writers,
    rotation,
    space_between,
)
from ocr_studio.core import paths
from ocr_studio.core.files.safe_folder import TooLarge
from ocr_studio.core.images import photo_file, photo_listing, photo_stream
from ocr_studio.core.page import Quad
from ocr_studio.engine.synth import word_crops
from ocr_studio.engine.synth.boards.board_options import BoardOptions
from ocr_studio.engine.synth.boards.whole_boards import BoardMaker
from ocr_studio.engine.synth.handwriting import fonts
from ocr_studio.engine.synth.handwriting.procedural_writer import ProceduralWriter
from ocr_studio.engine.synth.handwriting.rendered_text import SourceSplit, Writer
from ocr_studio.engine.synth.sources import Sources, Stock
from ocr_studio.engine.synth.text import texts
from ocr_studio.engine.synth.text.board_texts import BoardTexts

__all__ = [
    "SPLITS",
    "BoardOptions",
    "Looks",
    "Sources",
    "convert_image_generator_to_recognizer_input",
    "get_backgrounds",
    "get_board_generator",
    "get_fonts",
    "get_image_generator",
    "get_made_hands",
    "get_text_generator",
    "get_word_generator",
    "rotation",
    "stripped",
]

Word: TypeAlias = tuple[Picture, str]

SPLITS: Final = tuple(str(split) for split in SourceSplit)
# After this many empty texts in a row, the generator gives up.
_MAX_EMPTY: Final = 1000


# ------------------------------------------------------------------------------------------------------ what there is


def get_fonts(
    folder: str | Path, alphabet: str = "", *, split: str | None = None, limit: int | None = None
) -> list[Path]:
    """List the font files in a folder and its subfolders that have every character of the alphabet.

    Args:
        folder: The folder.
        alphabet: The characters.
        split: "train", "validation" or "test": each file always belongs to one of them; None for all.
        limit: Maximum number of fonts.

    Raises:
        BadFont: The folder can't be read.
    """
    wanted = _to_split(split) if split else None
    letters = [letter for letter in alphabet if letter != " "]
    known = (
        path
        for path in fonts.list_font_files(_to_path(folder))
        for font in fonts.iter_usable([path], wanted)
        if isinstance(font, fonts.Font) and all(font.can_write(letter) for letter in letters)
    )
    return list(itertools.islice(known, None if limit is None else arguments.check_integer("limit", limit, least=0)))


def get_backgrounds(folder: str | Path, *, split: str | None = None) -> list[Path]:
    """List the images in a folder.

    Args:
        folder: The folder.
        split: As for ``get_fonts``.

    Raises:
        PhotoError: The folder can't be read.
    """
    wanted = _to_split(split) if split else None
    found = photo_listing.list_photos(_to_path(folder))
    if wanted is None:
        return found
    return [path for path in found if SourceSplit.of(_read_photo(path)) is wanted]


def _read_photo(path: Path) -> bytes:
    try:
        return paths.read_file(path, most=photo_stream.MAX_BYTES)
    except OSError as error:
        raise photo_stream.make_access_error(path, error) from error
    except TooLarge as error:
        raise photo_file.PhotoError(str(error), file=path) from error


def get_made_hands(count: int, *, split: str = "train", seed: int = 0) -> list[Writer]:
    """Generate synthetic handwriting, for use without fonts.

    Args:
        count: Number of writers.
        split: "train", "validation" or "test"; they have no writers in common.
        seed: Random seed.
    """
    rng = np.random.default_rng((arguments.check_integer("seed", seed, least=0), 11))
    return [
        ProceduralWriter.sample(rng, _to_split(split)) for _ in range(arguments.check_integer("count", count, least=0))
    ]


# ----------------------------------------------------------------------------------------------------------- texts


def get_text_generator(
    alphabet: str | None = None,
    lowercase: bool = False,
    max_string_length: int | None = None,
    *,
    count: tuple[int, int] = (2, 7),
    languages: Sequence[str] = ("en",),
    seed: int = 0,
) -> Iterator[str]:
    """Generate texts endlessly: common words of these languages, mixed with numbers, symbols and random characters.

    Args:
        alphabet: Characters to use; others are dropped, and so are texts that become empty.
        lowercase: Whether to convert the texts to lower case.
        max_string_length: Maximum number of characters; longer texts are cut.
        count: Minimum number of words, and the maximum plus one.
        languages: Languages of the words.
        seed: Random seed.

    Raises:
        ValueError: An argument is wrong, or text after text has no character of the alphabet.
    """
    letters = None if alphabet is None else "".join(arguments.check_strings("alphabet", alphabet))
    most = None if max_string_length is None else arguments.check_integer("max_string_length", max_string_length)
    if len(arguments.check_integers("count", count)) != 2:
        raise ValueError(f"count must be (minimum, maximum + 1), not {arguments.describe(count)}")
    arguments.check_integer(
        "the second number of count", count[1], least=arguments.check_integer("the first number of count", count[0]) + 1
    )
    codes = arguments.check_languages(languages)
    rng = np.random.default_rng((arguments.check_integer("seed", seed, least=0), 12))
    board_texts = BoardTexts(texts.load_vocabulary(codes))
    generated = (" ".join(board_texts.one(rng) for _ in range(int(rng.integers(*count)))) for _ in itertools.count())
    return _filter_texts(map(board_texts.words.capitals.lower, generated) if lowercase else generated, letters, most)


def _filter_texts(generated: Iterable[str], alphabet: str | None, max_string_length: int | None) -> Iterator[str]:
    empty = 0
    for text in generated:
        kept = "".join(sign for sign in text if alphabet is None or sign in alphabet)
        kept = " ".join(kept.split())[:max_string_length].strip()
        empty = 0 if kept else empty + 1
        if kept:
            yield kept
        if empty == _MAX_EMPTY:
            raise ValueError(f"{_MAX_EMPTY} texts in a row have no character of this alphabet: “{alphabet}”")


# -------------------------------------------------------------------------------------------------- words and boards


def get_word_generator(
    sources: Sources | None = None,
    *,
    split: str = "train",
    options: word_crops.WordOptions | None = None,
    seed: int = 0,
) -> Iterator[Word]:
    """Generate words endlessly, cropped as a detector crops them from photos of boards: (crop, text).

    Args:
        sources: Fonts, pen strokes and backgrounds; by default the fonts of this system and synthetic handwriting.
        split: "train", "validation" or "test"; they have no font, writer or background in common.
        options: See ``synth.word_crops``.
        seed: Random seed.

    Raises:
        StudioError: A source can't be used (BadStrokes, BadFont, BadBackgrounds …).
    """
    if not isinstance(options, word_crops.WordOptions | None):
        raise TypeError(f"options must be word_crops.WordOptions, not {arguments.describe(options)}")
    seed = arguments.check_integer("seed", seed, least=0)
    maker = word_crops.WordMaker(_check_sources(sources), _to_split(split), options=options, seed=seed)
    return ((word.crop, word.text) for word in maker.stream())


def get_board_generator(
    sources: Sources | None = None, *, split: str = "train", options: BoardOptions | None = None, seed: int = 0
) -> Iterator[tuple[Picture, list[Line]]]:
    """Generate photos of whole boards endlessly: (image, lines); see ``synth.whole_boards``.

    Writing that is crossed out, wiped away or cut off is a line with a single box, whose character is
    ``tools.UNCLEAR``. The arguments are those of ``get_word_generator``.
    """
    if not isinstance(options, BoardOptions | None):
        raise TypeError(f"options must be BoardOptions, not {arguments.describe(options)}")
    seed = arguments.check_integer("seed", seed, least=0)
    return _generate_boards(BoardMaker(Stock.open(_check_sources(sources), _to_split(split)), options, seed=seed))


def _generate_boards(maker: BoardMaker) -> Iterator[tuple[Picture, list[Line]]]:
    for board in map(maker.at, itertools.count()):
        by_line: dict[int, Line] = {}
        unclear: list[Line] = []
        for word in board.words:
            if word.ignore or len(word.letters) != len(word.text):
                unclear.append([(_quad_array(word.quad), tools.UNCLEAR)])
                continue
            line = by_line.setdefault(word.line, [])
            letters = [(_quad_array(quad), sign) for quad, sign in zip(word.letters, word.text, strict=True)]
            if line:
                line.append((space_between(line[-1][0], letters[0][0]), " "))
            line += letters
        yield board.image, [*by_line.values(), *unclear]


# --------------------------------------------------------------------------------------------------------- pictures


def get_image_generator(
    height: int,
    width: int,
    font_groups: Mapping[str, Sequence[str | Path]] | Sequence[Writer | str | Path],
    text_generator: Iterable[str],
    *,
    backgrounds: Sequence[Background] | None = None,
    looks: Looks | None = None,
) -> Iterator[tuple[Picture, list[Line]]]:
    """Generate images with text and the box of every character, until the texts end: (image, lines).

    Texts are wrapped; what doesn't fit or can't be written is dropped. Text is dark on light backgrounds and light on
    dark ones. Each image uses one font of each group, or one writer.

    Args:
        height: Height of the images in pixels.
        width: Width of the images in pixels.
        font_groups: Font files by the characters that they have; or a list of writers and font files, each with all
            characters of the texts.
        text_generator: The texts.
        backgrounds: Files or images; white by default.
        looks: Size, rotation and position of the text.

    Raises:
        BadFont: A font can't be used.
        PhotoError: A background can't be read.
        ValueError: A character is in two groups, there is no font or background, or no text can be written.
    """
    if not isinstance(looks, Looks | None):
        raise TypeError(f"looks must be data_generation.Looks, not {arguments.describe(looks)}")
    size = arguments.check_integer("width", width), arguments.check_integer("height", height)
    written = arguments.check_iterable("text_generator", text_generator)
    grounds = [CachedBackground(each) for each in _check_backgrounds(backgrounds)]
    return _generate_images(size, create_writers(font_groups), written, grounds, looks or Looks())


def _check_backgrounds(backgrounds: Sequence[Background] | None) -> Iterable[Background]:
    if backgrounds is None:
        return [np.full((8, 8, 3), 255, np.uint8)]
    if isinstance(backgrounds, str | Path):
        raise TypeError(
            "backgrounds must be a list of files or images; get_backgrounds(folder) lists those in a folder"
        )
    if not len(some := list(arguments.check_images("backgrounds", backgrounds, "images"))):
        raise ValueError("backgrounds is empty; omit it for white backgrounds")
    return some


def _generate_images(
    size: tuple[int, int],
    hands: Sequence[GroupedWriter],
    texts: Iterable[str],
    backgrounds: Sequence[CachedBackground],
    looks: Looks,
) -> Iterator[tuple[Picture, list[Line]]]:
    rng = np.random.default_rng((looks.seed, 13))
    empty, drawn = 0, False
    for text in texts:
        if not isinstance(text, str):
            raise TypeError(f"text_generator must yield strings, not {arguments.describe(text)}")
        picture = backgrounds[int(rng.integers(len(backgrounds)))].fitted(*size, looks.background_crop_mode)
        page = WrittenPage(*size, looks, rng)
        page.write(text, hands[int(rng.integers(len(hands)))])
        empty = 0 if page.lines else empty + 1
        drawn = drawn or bool(page.lines)
        if page.lines:
            yield page.draw_on(picture)
        if empty == _MAX_EMPTY:
            break
    if empty and (empty == _MAX_EMPTY or not drawn):
        where = f"{size[0]} x {size[1]} pixels with a margin of {looks.margin}"
        raise ValueError(f"none of {empty} texts in a row fits on {where}, or the fonts lack their characters")


def convert_image_generator_to_recognizer_input(
    image_generator: Iterable[tuple[Picture, list[Line]]],
    max_string_length: int | None = None,
    target_width: int | None = None,
    target_height: int | None = None,
    margin: int = 0,
) -> Iterator[Word]:
    """Convert images with lines to (crop, text) for each line, as ``Recognizer.get_batch_generator`` takes them.

    Args:
        image_generator: Yields (image, lines). Lines with ``tools.UNCLEAR`` are left out.
        max_string_length: Maximum number of characters; longer lines are cut.
        target_width: Width of the crops in pixels, see ``tools.warp_box``; by default the size on the image.
        target_height: Height of the crops in pixels.
        margin: Free pixels around the text.
    """
    most = None if max_string_length is None else arguments.check_integer("max_string_length", max_string_length)
    pictures = arguments.iter_batches(image_generator, 1, "lines")
    return _generate_crops((sample[:2] for (sample,) in pictures), most, target_width, target_height, margin)


def _generate_crops(
    pictures: Iterable[tuple[Any, ...]], longest: int | None, width: int | None, height: int | None, margin: int
) -> Iterator[Word]:
    for picture, lines in pictures:
        for whole in arguments.check_lines(lines):
            line = stripped(whole[:longest])
            if line and all(sign != tools.UNCLEAR for _, sign in line):
                box, text = tools.combine_line(line)
                yield tools.warp_box(picture, box, height, width, margin), " ".join(text.split())


def stripped(line: Line) -> Line:
    """Strip the spaces at the ends of a line."""
    written = [place for place, (_, sign) in enumerate(line) if not sign.isspace()]
    return line[written[0] : written[-1] + 1] if written else []


def _quad_array(quad: Quad) -> NDArray[np.float32]:
    return np.array(quad.corners, np.float32)


def _to_split(name: str) -> SourceSplit:
    return SourceSplit(arguments.check_choice("split", name, SPLITS))


def _to_path(folder: object) -> Path:
    if not isinstance(folder, str | Path):
        raise TypeError(f"a file or folder must be a path, not {arguments.describe(folder)}")
    return Path(folder)


def _check_sources(sources: Sources | None) -> Sources:
    """Check sources and convert their strings to paths. Raises TypeError and ValueError."""
    if not isinstance(sources, Sources | None):
        raise TypeError(f"sources must be data_generation.Sources, not {arguments.describe(sources)}")
    known = sources or Sources()
    return replace(
        known,
        strokes=_to_paths(known.strokes),
        handwriting=_to_paths(known.handwriting),
        prints=None if known.prints is None else _to_paths(known.prints),
        backgrounds=None if known.backgrounds is None else _to_path(known.backgrounds),
        words=None if known.words is None else _to_path(known.words),
        languages=arguments.check_languages(known.languages),
    )


def _to_paths(value: Any) -> tuple[Path, ...]:
    several = (value,) if isinstance(value, str | Path) else arguments.check_iterable("files and folders", value)
    return tuple(_to_path(each) for each in several)
