"""What detectors and recognizers learn from, for who scripts: generators of texts, pictures and words.

As keras-ocr's ``data_generation``, but that nothing is fetched: fonts and backgrounds are files of one's own, and there
are writers besides fonts: people whose pen strokes were recorded, and hands made up here. Words and whole boards as
photos show them come from ``ocr_studio.engine.synth``. What is drawn follows from seeds. Pictures, boxes and lines are
as in ``tools``. Arguments of another kind raise TypeError, those that mean nothing ValueError, at once and not when the
first is drawn.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

from ocr_studio.api import given, tools
from ocr_studio.api.tools import Line, Picture
from ocr_studio.api.written_pages import (
    Background,
    BackgroundPicture,
    GroupedWriter,
    Looks,
    WrittenPage,
    hands_of,
    rotation,
    space_between,
)
from ocr_studio.core import paths
from ocr_studio.core.files.safe_folder import TooLarge
from ocr_studio.core.images import photo_errors, photo_file, photo_stream
from ocr_studio.core.language import lexicon
from ocr_studio.core.page import Quad
from ocr_studio.engine.synth import word_crops
from ocr_studio.engine.synth.boards.board_options import BoardOptions
from ocr_studio.engine.synth.boards.whole_boards import BoardMaker
from ocr_studio.engine.synth.handwriting import fonts
from ocr_studio.engine.synth.handwriting.procedural_writer import MadeHand
from ocr_studio.engine.synth.handwriting.rendered_text import Split, Writer
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

SPLITS: Final = tuple(str(split) for split in Split)
# After so many texts in a row of which nothing is left, none will be.
_MOST_EMPTY: Final = 1000


# ------------------------------------------------------------------------------------------------------ what there is


def get_fonts(
    folder: str | Path, alphabet: str = "", *, split: str | None = None, limit: int | None = None
) -> list[Path]:
    """The font files in a folder, and folders in it, that have every letter of the alphabet.

    split: "train", "validation" or "test": each file belongs to one of them, wherever it lies; None: all. limit: so
    many at most. Raises BadFont where the folder cannot be read.
    """
    wanted = _split(split) if split else None
    letters = [letter for letter in alphabet if letter != " "]
    known = (
        path
        for path in fonts.files_in(_folder(folder))
        for font in fonts.usable([path], wanted)
        if isinstance(font, fonts.Font) and all(font.can_write(letter) for letter in letters)
    )
    return list(itertools.islice(known, None if limit is None else given.whole("limit", limit, least=0)))


def get_backgrounds(folder: str | Path, *, split: str | None = None) -> list[Path]:
    """The pictures in a folder. split: as for ``get_fonts``. Raises PhotoError where it cannot be read."""
    wanted = _split(split) if split else None
    found = photo_file.photos_in(_folder(folder))
    if wanted is None:
        return found
    return [path for path in found if Split.of(_photo_bytes(path)) is wanted]


def _photo_bytes(path: Path) -> bytes:
    try:
        return paths.read_file(path, most=photo_stream.MAX_BYTES)
    except OSError as error:
        raise photo_errors.refused(path, error) from error
    except TooLarge as error:
        raise photo_file.PhotoError(str(error), file=path) from error


def get_made_hands(count: int, *, split: str = "train", seed: int = 0) -> list[Writer]:
    """So many hands made up here, for where there is no font; none of one split is in another."""
    rng = np.random.default_rng((given.whole("seed", seed, least=0), 11))
    return [MadeHand.any(rng, _split(split)) for _ in range(given.whole("count", count, least=0))]


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
    """Texts, for ever: usual words of these languages, with figures, signs and letters without sense among them.

    alphabet: letters that are not in it are left out; a text of which nothing is left is, too. max_string_length: of
    letters; longer texts are cut. count: least number of words, and the first number that is too many. Raises
    ValueError where nothing is left of one text after another.
    """
    letters = None if alphabet is None else "".join(given.words("alphabet", alphabet))
    most = None if max_string_length is None else given.whole("max_string_length", max_string_length)
    if len(given.whole_numbers("count", count)) != 2:
        raise ValueError(f"count must be (least, one more than most), not {given.shown(count)}")
    given.whole("the second number of count", count[1], least=given.whole("the first one", count[0]) + 1)
    for code in (codes := given.words("languages", languages)):
        given.one_of("languages", code, lexicon.LANGUAGES)
    rng = np.random.default_rng((given.whole("seed", seed, least=0), 12))
    drawn = BoardTexts(texts.texts(codes))
    said = (" ".join(drawn.one(rng) for _ in range(int(rng.integers(*count)))) for _ in itertools.count())
    return _kept(map(drawn.words.capitals.lower, said) if lowercase else said, letters, most)


def _kept(said: Iterable[str], alphabet: str | None, max_string_length: int | None) -> Iterator[str]:
    empty = 0
    for text in said:
        kept = "".join(sign for sign in text if alphabet is None or sign in alphabet)
        kept = " ".join(kept.split())[:max_string_length].strip()
        empty = 0 if kept else empty + 1
        if kept:
            yield kept
        if empty == _MOST_EMPTY:
            raise ValueError(f"{_MOST_EMPTY} texts in a row have nothing of this alphabet: “{alphabet}”")


# -------------------------------------------------------------------------------------------------- words and boards


def get_word_generator(
    sources: Sources | None = None, *, split: str = "train", options: word_crops.Options | None = None, seed: int = 0
) -> Iterator[Word]:
    """Words as a detector cuts them out of photos of boards, for ever: (crop, text); see ``synth.words``.

    sources: fonts, pen strokes, backgrounds; by default those of this system, and hands made up here. split: "train",
    "validation" or "test"; no font, person or background is in two. Raises BadStrokes, BadFont, BadBackgrounds …
    """
    if not isinstance(options, word_crops.Options | None):
        raise TypeError(f"options must be words.Options, not {given.shown(options)}")
    seed = given.whole("seed", seed, least=0)
    maker = word_crops.WordMaker(_sources(sources), _split(split), options=options, seed=seed)
    return ((word.crop, word.text) for word in maker.stream())


def get_board_generator(
    sources: Sources | None = None, *, split: str = "train", options: BoardOptions | None = None, seed: int = 0
) -> Iterator[tuple[Picture, list[Line]]]:
    """Photos of whole boards, for ever: (picture, lines); see ``synth.whole_boards``. Arguments as for words.

    What is crossed out, wiped or cut off, and nobody should have to read, is a line of one box whose letter is
    ``tools.UNCLEAR``.
    """
    if not isinstance(options, BoardOptions | None):
        raise TypeError(f"options must be BoardOptions, not {given.shown(options)}")
    seed = given.whole("seed", seed, least=0)
    return _boards(BoardMaker(Stock.open(_sources(sources), _split(split)), options, seed=seed))


def _boards(maker: BoardMaker) -> Iterator[tuple[Picture, list[Line]]]:
    for board in map(maker.at, itertools.count()):
        by_line: dict[int, Line] = {}
        unclear: list[Line] = []
        for word in board.words:
            if word.ignore or len(word.letters) != len(word.text):
                unclear.append([(_corners(word.quad), tools.UNCLEAR)])
                continue
            line = by_line.setdefault(word.line, [])
            letters = [(_corners(quad), sign) for quad, sign in zip(word.letters, word.text, strict=True)]
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
    """Pictures with texts on them and the box of every letter, until the texts end: (picture, lines).

    height, width: pixels. font_groups: letters -> files of fonts that have them; or writers and files of fonts, each of
    which must know the texts' letters. Each picture is written by one font of each group, or one writer. Texts are
    wrapped; what finds no room, or cannot be written, is left out. backgrounds: files or pictures, by default white.
    Writing is dark on light backgrounds and light on dark ones. Raises BadFont, PhotoError; ValueError for a letter in
    two groups, where nobody writes or there is no background, and where of one text after another nothing is written.
    """
    if not isinstance(looks, Looks | None):
        raise TypeError(f"looks must be data_generation.Looks, not {given.shown(looks)}")
    size = given.whole("width", width), given.whole("height", height)
    written = given.listed("text_generator", text_generator)
    grounds = [BackgroundPicture(each) for each in _backgrounds(backgrounds)]
    return _pictures(size, hands_of(font_groups), written, grounds, looks or Looks())


def _backgrounds(backgrounds: Sequence[Background] | None) -> Iterable[Background]:
    if backgrounds is None:
        return [np.full((8, 8, 3), 255, np.uint8)]
    if isinstance(backgrounds, str | Path):
        raise TypeError("backgrounds must be a list of files or pictures; get_backgrounds(folder) lists those of one")
    if not len(some := list(given.several("backgrounds", backgrounds, "pictures"))):
        raise ValueError("there is no background: without backgrounds= they are white")
    return some


def _pictures(
    size: tuple[int, int],
    hands: Sequence[GroupedWriter],
    texts: Iterable[str],
    grounds: Sequence[BackgroundPicture],
    looks: Looks,
) -> Iterator[tuple[Picture, list[Line]]]:
    rng = np.random.default_rng((looks.seed, 13))
    empty, drawn = 0, False
    for text in texts:
        if not isinstance(text, str):
            raise TypeError(f"text_generator must give texts, not {given.shown(text)}")
        picture = grounds[int(rng.integers(len(grounds)))].fitted(*size, looks.background_crop_mode)
        page = WrittenPage(*size, looks, rng)
        page.write(text, hands[int(rng.integers(len(hands)))])
        empty = 0 if page.lines else empty + 1
        drawn = drawn or bool(page.lines)
        if page.lines:
            yield page.on(picture)
        if empty == _MOST_EMPTY:
            break
    if empty and (empty == _MOST_EMPTY or not drawn):
        where = f"{size[0]} x {size[1]} pixels with a margin of {looks.margin}"
        raise ValueError(f"nothing of {empty} texts in a row has room on {where}, or letters that the fonts have")


def convert_image_generator_to_recognizer_input(
    image_generator: Iterable[tuple[Picture, list[Line]]],
    max_string_length: int | None = None,
    target_width: int | None = None,
    target_height: int | None = None,
    margin: int = 0,
) -> Iterator[Word]:
    """Pictures with lines -> (crop, text), a line each: what ``Recognizer.get_batch_generator`` takes.

    Lines longer than ``max_string_length`` letters are cut, those with ``tools.UNCLEAR`` are left out. target_width,
    target_height: of the crops, see ``tools.warp_box``; by default each is as large as it is on its picture. margin:
    pixels that stay free around.
    """
    most = None if max_string_length is None else given.whole("max_string_length", max_string_length)
    pictures = given.batches(image_generator, 1, "lines")
    return _crops((sample[:2] for (sample,) in pictures), most, target_width, target_height, margin)


def _crops(
    pictures: Iterable[tuple[Any, ...]], longest: int | None, width: int | None, height: int | None, margin: int
) -> Iterator[Word]:
    for picture, lines in pictures:
        for whole in given.lines(lines):
            line = stripped(whole[:longest])
            if line and all(sign != tools.UNCLEAR for _, sign in line):
                box, text = tools.combine_line(line)
                yield tools.warp_box(picture, box, height, width, margin), " ".join(text.split())


def stripped(line: Line) -> Line:
    """A line without the spaces at its ends."""
    written = [place for place, (_, sign) in enumerate(line) if not sign.isspace()]
    return line[written[0] : written[-1] + 1] if written else []


def _corners(quad: Quad) -> NDArray[np.float32]:
    return np.array(quad.corners, np.float32)


def _split(name: str) -> Split:
    return Split(given.one_of("split", name, SPLITS))


def _folder(folder: object) -> Path:
    if not isinstance(folder, str | Path):
        raise TypeError(f"a file or folder is given by its path, not as {given.shown(folder)}")
    return Path(folder)


def _sources(sources: Sources | None) -> Sources:
    """With texts as paths. Raises TypeError and ValueError."""
    if not isinstance(sources, Sources | None):
        raise TypeError(f"sources must be data_generation.Sources, not {given.shown(sources)}")
    known = sources or Sources()
    for code in (codes := given.words("languages", known.languages)):
        given.one_of("languages", code, lexicon.LANGUAGES)
    return replace(
        known,
        strokes=_paths(known.strokes),
        handwriting=_paths(known.handwriting),
        prints=None if known.prints is None else _paths(known.prints),
        backgrounds=None if known.backgrounds is None else _folder(known.backgrounds),
        words=None if known.words is None else _folder(known.words),
        languages=codes,
    )


def _paths(value: Any) -> tuple[Path, ...]:
    several = (value,) if isinstance(value, str | Path) else given.listed("files and folders", value)
    return tuple(_folder(each) for each in several)
