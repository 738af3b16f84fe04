"""Who writes synthetic words: people whose strokes are in a file, fonts, a made-up hand; and what they refuse."""

from __future__ import annotations

import io
import struct
import sys
import zlib
from itertools import combinations
from pathlib import Path

import numpy as np
import pytest
from PIL import ImageFont

from ocr_studio.engine.synth.handwriting import fonts, marker, recorded_strokes, stroke_font
from ocr_studio.engine.synth.handwriting.fonts import BadFont
from ocr_studio.engine.synth.handwriting.hand import Hand
from ocr_studio.engine.synth.handwriting.marker import Pen, Tip
from ocr_studio.engine.synth.handwriting.procedural_writer import ProceduralWriter
from ocr_studio.engine.synth.handwriting.recorded_strokes import BadStrokes, StrokeWriter
from ocr_studio.engine.synth.handwriting.rendered_text import CannotWrite, RenderedText, SourceSplit, Writer
from ocr_studio.engine.synth.sources import Sources, Stock
from tests.engine import drawn_strokes


@pytest.fixture(scope="module")
def strokes_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("strokes") / "strokes.npz"
    drawn_strokes.write(path)
    return path


def font_bytes() -> bytes:
    """A real font file: the one that comes with Pillow."""
    font = ImageFont.load_default(20)
    assert isinstance(font, ImageFont.FreeTypeFont)
    assert isinstance(font.path, io.BytesIO)
    return font.path.getvalue()


@pytest.fixture
def font_file(tmp_path: Path) -> Path:
    path = tmp_path / "plain.ttf"
    path.write_bytes(font_bytes())
    return path


def person(path: Path) -> StrokeWriter:
    return recorded_strokes.group_by_writer([recorded_strokes.load_strokes(path)], SourceSplit.TRAIN)[0]


def boxed_share(writing: RenderedText) -> float:
    """Which share of the ink lies in some letter's box."""
    covered = np.zeros(writing.ink.shape, bool)
    for corners in writing.letters:
        left, top = np.floor(corners.min(axis=0)).astype(int).clip(0)
        right, bottom = np.ceil(corners.max(axis=0)).astype(int)
        covered[top : bottom + 1, left : right + 1] = True
    return float(writing.ink[covered].sum() / writing.ink.sum())


def inked(writing: RenderedText, index: int) -> float:
    """The darkest ink in a letter's box."""
    left, top = np.floor(writing.letters[index].min(axis=0)).astype(int).clip(0)
    right, bottom = np.ceil(writing.letters[index].max(axis=0)).astype(int)
    return float(writing.ink[top:bottom, left:right].max(initial=0))


def writers(strokes_file: Path) -> list[Writer]:
    rng = np.random.default_rng(2)
    return [
        person(strokes_file),
        fonts.builtin_font(),
        fonts.Font("as by hand", SourceSplit.TRAIN, fonts.builtin_font().face, hand=True),
        ProceduralWriter.sample(rng),
    ]


@pytest.mark.parametrize("which", range(4))
def test_each_letter_of_a_writing_lies_in_its_box(strokes_file: Path, which: int) -> None:
    writer = writers(strokes_file)[which]
    for seed, text in enumerate(("hello", "a[i] = (b)", "Team: 42", "queue,", ".")):
        size = 20.0 + 9 * seed
        writing = writer.write(text, size, np.random.default_rng(seed))
        assert writing.text == text
        assert len(writing.letters) == len(text.replace(" ", ""))
        assert boxed_share(writing) > 0.985, (writer.name, text)
        assert all(inked(writing, index) > 60 for index in range(len(writing.letters))), (writer.name, text)
        lefts = writing.letters[:, 0, 0]
        assert (np.diff(lefts) > -0.7 * size).all()
        assert 0 < writing.baseline < writing.ink.shape[0] + size


@pytest.mark.parametrize("which", range(4))
def test_letters_are_as_high_as_asked_and_stand_on_the_baseline(strokes_file: Path, which: int) -> None:
    writer = writers(strokes_file)[which]
    heights, feet = [], []
    for seed in range(8):
        writing = writer.write("HEH", 40.0, np.random.default_rng(seed), pen=Pen(width=0.05, pressure=0))
        heights.append(float(np.median(np.ptp(writing.letters[:, :, 1], axis=1))))
        feet.append(float(np.median(writing.letters[:, :, 1].max(axis=1))) - writing.baseline)
    assert 34 < np.median(heights) < 49
    assert abs(float(np.median(feet))) < 5


def test_the_same_numbers_bring_the_same_writing(strokes_file: Path) -> None:
    for writer in writers(strokes_file):
        one, two, three = (writer.write("answer 7", 30.0, np.random.default_rng(seed)) for seed in (4, 4, 5))
        assert np.array_equal(one.ink, two.ink)
        assert np.array_equal(one.letters, two.letters)
        if writer.name != "carried":
            assert one.ink.shape != three.ink.shape or not np.array_equal(one.ink, three.ink)


def test_a_word_is_taken_whole_where_the_person_wrote_it_and_composed_otherwise(strokes_file: Path) -> None:
    writer, rng = person(strokes_file), np.random.default_rng(0)
    assert not writer.write("board", 30.0, rng).exact
    assert not writer.write("(board),", 30.0, rng).exact
    assert writer.write("drab", 30.0, rng).exact
    assert set(drawn_strokes.WORDS) == set(writer.recorded_words)
    assert not writer.can_write("Ж")
    assert not writer.can_write("boardЖ")
    assert not writer.can_write(" ")
    with pytest.raises(CannotWrite):
        writer.write("Ж", 30.0, rng)


def test_nobody_is_in_two_splits(strokes_file: Path, tmp_path: Path) -> None:
    more = tmp_path / "more.npz"
    drawn_strokes.write(more, writers=12, words=("so",), letters="ab")
    held = [recorded_strokes.load_strokes(strokes_file), recorded_strokes.load_strokes(more)]
    names = {
        split: {writer.name for writer in recorded_strokes.group_by_writer(held[1:], split)} for split in SourceSplit
    }
    assert all(not (names[one] & names[two]) for one, two in combinations(SourceSplit, 2))
    assert set.union(*names.values()) == {f"person {number}" for number in range(12)}
    assert len(names[SourceSplit.TRAIN]) == 11


def test_nobody_is_in_two_splits_though_one_of_two_files_does_not_tell(tmp_path: Path) -> None:
    told, untold = tmp_path / "told.npz", tmp_path / "untold.npz"
    for path in (told, untold):
        drawn_strokes.write(path, writers=12, words=("so",), letters="ab")
    spoilt(untold, train=None)
    for files in ([told, untold], [untold, told]):
        held = [recorded_strokes.load_strokes(path) for path in files]
        names = {
            split: [writer.name for writer in recorded_strokes.group_by_writer(held, split)] for split in SourceSplit
        }
        everybody = [name for held_ in names.values() for name in held_]
        assert sorted(everybody) == sorted(f"person {number}" for number in range(12))
        assert len(names[SourceSplit.TRAIN]) == 11


def test_files_are_divided_by_what_they_contain() -> None:
    splits = [SourceSplit.of(bytes([number, 7])) for number in range(250)]
    assert 170 < splits.count(SourceSplit.TRAIN) < 230
    assert min(splits.count(SourceSplit.VALIDATION), splits.count(SourceSplit.TEST)) > 8
    assert splits == [SourceSplit.of(bytes([number, 7])) for number in range(250)]


def test_made_up_hands_of_two_splits_have_nothing_in_common() -> None:
    habits = {
        split: {ProceduralWriter.sample(np.random.default_rng(seed), split).hand.shape_seed for seed in range(60)}
        for split in SourceSplit
    }
    assert all(not (habits[one] & habits[two]) for one, two in combinations(SourceSplit, 2))


def test_a_letter_that_a_font_lacks_is_noticed(font_file: Path) -> None:
    font = fonts.load_font(font_file)
    assert font.can_write("Hello [1]")
    for text in ("→", "Ж", "a→", "€", "\ud800", "", " "):
        assert not font.can_write(text)
    with pytest.raises(CannotWrite):
        font.write("3 €", 30.0, np.random.default_rng(0))


def test_a_font_is_not_asked_for_what_it_would_set_wrongly(font_file: Path) -> None:
    face = fonts.load_font(font_file).face
    all_letters = fonts.Font("all", SourceSplit.TRAIN, fonts._Face(face.font, ((0, 0), b""), small=True))
    assert all_letters.can_write("Жук 漢 é")
    for text in ("שלום", "سلام", "e\u0301", "\u0301", "नि"):
        assert not all_letters.can_write(text), text


def test_a_font_of_capitals_is_not_asked_for_small_letters(font_file: Path) -> None:
    face = fonts.load_font(font_file).face
    capitals = fonts.Font("capitals", SourceSplit.TRAIN, fonts._Face(face.font, face.blank, small=False))
    assert capitals.can_write("TEAM 4")
    assert not capitals.can_write("Team")


def as_woff(data: bytes) -> bytes:
    """A TrueType font packed for the web: https://www.w3.org/TR/WOFF/."""
    many = struct.unpack(">H", data[4:6])[0]
    tables = [struct.unpack(">4sLLL", data[12 + 16 * place : 28 + 16 * place]) for place in range(many)]
    begin = 44 + 20 * many
    directory, body = b"", b""
    for tag, checksum, offset, length in tables:
        packed = min(zlib.compress(data[offset : offset + length]), data[offset : offset + length], key=len)
        directory += struct.pack(">4sLLLL", tag, begin + len(body), len(packed), length, checksum)
        body += packed + bytes(-len(packed) % 4)
    full = 12 + 16 * many + sum(length + -length % 4 for *_, length in tables)
    sizes = struct.pack(">4s4sLHHL", b"wOFF", data[:4], begin + len(body), many, 0, full)
    return sizes + bytes(44 - len(sizes)) + directory + body


def test_a_font_packed_for_the_web_writes_as_it_does_unpacked(tmp_path: Path, font_file: Path) -> None:
    (tmp_path / "packed.woff").write_bytes(as_woff(font_bytes()))
    packed, plain = fonts.load_font(tmp_path / "packed.woff"), fonts.load_font(font_file)
    one, two = (font.write("Web [2]", 40.0, np.random.default_rng(1)) for font in (packed, plain))
    assert np.array_equal(one.ink, two.ink)
    assert np.array_equal(one.letters, two.letters)


def test_fonts_in_folders_are_found_and_broken_ones_named(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "good.ttf").write_bytes(font_bytes())
    (tmp_path / "broken.otf").write_bytes(font_bytes()[:900])
    (tmp_path / "none.woff").write_bytes(b"no font at all")
    (tmp_path / "note.txt").write_text("no font")
    found = list(fonts.iter_usable(fonts.list_font_files(tmp_path)))
    assert [font.name for font in found if isinstance(font, fonts.Font)] == ["good"]
    refused = {Path(str(error.file)).name: str(error) for error in found if isinstance(error, BadFont)}
    assert set(refused) == {"broken.otf", "none.woff"}
    assert all("can’t be used" in told and "Remove it" in told for told in refused.values())
    with pytest.raises(BadFont, match="not a folder"):
        fonts.list_font_files(tmp_path / "nowhere")


def test_a_name_alone_keeps_no_font_out_of_a_persons_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for folder in ("own", "Fonts"):
        (tmp_path / folder).mkdir()
        for name in ("Silicon Hand.ttf", "Plain.ttf"):
            (tmp_path / folder / name).write_bytes(font_bytes())
    files = fonts.list_font_files(tmp_path / "own")
    for hand in (False, True):
        assert [each.name for each in fonts.iter_usable(files, hand=hand) if isinstance(each, fonts.Font)] == [
            "Plain",
            "Silicon Hand",
        ]
    with monkeypatch.context() as pictures:  # of those that do not look like letters it is said
        pictures.setattr(fonts, "_print_similarity", lambda font: 0.0)
        plain, odd = fonts.iter_usable(files, hand=True)
        assert isinstance(plain, fonts.Font)
        assert "Silicon Hand.ttf: the font can’t be used: it seems to be a symbol font" in str(odd)
    monkeypatch.setattr(sys, "platform", "win32")
    monkeypatch.setenv("WINDIR", str(tmp_path))
    monkeypatch.setattr(Path, "home", lambda: tmp_path)
    assert fonts.list_system_fonts() == [tmp_path / "Fonts" / "Plain.ttf"]


def spoilt(path: Path, **changed: object) -> None:
    """The same file with some arrays exchanged; None leaves one out."""
    with np.load(path, allow_pickle=False) as file:
        held = {name: file[name] for name in file.files}
    held.update({name: np.asarray(value) for name, value in changed.items() if value is not None})
    kept = {name: value for name, value in held.items() if changed.get(name, value) is not None}
    np.savez(path, allow_pickle=True, **kept)  # a file by somebody who means harm


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({"texts": None}, "“texts” is missing"),
        ({"points": np.zeros((4, 3))}, "not pairs of numbers"),
        ({"points": np.full((10**4, 2), np.nan)}, "are not numbers"),
        ({"stroke_offsets": np.array([0, 5, 3])}, "are inconsistent"),
        ({"item_offsets": np.array([0, 1, 2, 10**9])}, "are inconsistent"),
        ({"writers": np.array([0])}, "must have one text and one writer"),
        ({"writer_names": np.array(["nobody"])}, "have no name"),
        ({"texts": np.array([object()], dtype=object)}, "not an array of numbers"),
        ({"train": np.array([True])}, "must be true or false"),
    ],
)
def test_a_spoilt_file_of_strokes_is_refused(tmp_path: Path, changed: dict[str, object], reason: str) -> None:
    path = tmp_path / "spoilt.npz"
    drawn_strokes.write(path, writers=2, words=("so",), letters="ab")
    spoilt(path, **changed)
    with pytest.raises(BadStrokes) as told:
        recorded_strokes.load_strokes(path)
    assert reason in str(told.value)
    assert "spoilt.npz" in str(told.value)
    assert "Choose a .npz file with points" in str(told.value)


def test_words_without_width_are_left_out_and_that_is_said(tmp_path: Path) -> None:
    path = tmp_path / "flat.npz"
    drawn_strokes.write(path, writers=2, words=("so", "ill"), letters="abl.")
    with np.load(path, allow_pickle=False) as file:
        points, strokes_, items = (file[name] for name in ("points", "stroke_offsets", "item_offsets"))
    for item in (1, 4):  # “ill”: a dot; “l”: a line, which letters may be
        points[strokes_[items[item]] : strokes_[items[item + 1]], 0] = 7
    spoilt(path, points=points)
    file = recorded_strokes.load_strokes(path)
    (writer,) = recorded_strokes.group_by_writer([file], SourceSplit.TRAIN)
    assert writer.recorded_words == ("so",)
    assert writer.can_write("l")
    assert not writer.can_write("ill")
    assert writer.write("so all", 30.0, np.random.default_rng(2)).letters.shape == (5, 4, 2)
    stock = Stock.open(Sources(strokes=(path,), prints=()), SourceSplit.TRAIN)
    assert [str(each) for each in stock.refused] == [f"{path}: 1 word was left out because it has no width."]


@pytest.mark.parametrize("data", [b"", b"PK\x03\x04 cut off", b"\x93NUMPY\x01\x00", b"text"])
def test_what_is_no_file_of_strokes_is_refused(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "other.npz"
    path.write_bytes(data)
    with pytest.raises(BadStrokes, match=r"other\.npz: the pen strokes can’t be read"):
        recorded_strokes.load_strokes(path)
    with pytest.raises(BadStrokes, match="No such file"):
        recorded_strokes.load_strokes(tmp_path / "missing.npz")


def test_a_chisel_is_wide_across_its_edge_and_thin_along_it() -> None:
    rng = np.random.default_rng(0)
    pen = Pen(width=0.4, tip=Tip.CHISEL, angle=0.0, aspect=0.3, pressure=0, opacity=1.0)
    down = marker.draw_strokes([np.array([(0.0, 0.0), (0.0, 60.0)])], pen, size=40, rng=rng).ink
    along = marker.draw_strokes([np.array([(0.0, 0.0), (60.0, 0.0)])], pen, size=40, rng=rng).ink
    assert (down[30] > 128).sum() > 2.2 * (along[:, along.shape[1] // 2] > 128).sum()


def test_a_dry_marker_leaves_less_ink_than_a_full_one_and_crossings_more() -> None:
    line = np.stack([np.linspace(0, 200, 60), np.zeros(60)], axis=1)
    full, dry = (
        marker.draw_strokes(
            [line], Pen(width=0.3, opacity=1.0, dryness=dry), size=40, rng=np.random.default_rng(1)
        ).ink.astype(float)
        for dry in (0.0, 0.9)
    )
    assert dry.sum() < 0.75 * full.sum()
    cross = marker.draw_strokes(
        [line, line[:, ::-1] + (100.0, -100.0)], Pen(width=0.3, opacity=0.5, pressure=0), size=40,
        rng=np.random.default_rng(1),
    ).ink.astype(float)  # fmt: skip
    middle = cross.shape[0] // 2, cross.shape[1] // 2
    assert cross[middle] > 1.15 * cross[middle[0], 20]


def test_ink_so_pale_that_nothing_of_it_is_dark_is_seen_or_not_as_any_other() -> None:
    ink = np.zeros((20, 40), np.uint8)
    ink[5:15, 10:30] = 60
    photo = np.full((20, 40), 200, np.uint8)
    assert marker.measure_contrast(photo, ink) == 0
    photo[ink > 0] = 150
    assert marker.measure_contrast(photo, ink) == 50
    assert marker.measure_contrast(photo, np.zeros_like(ink)) == 0


def test_ink_on_a_ground_darkens_it_and_chalk_lightens_it() -> None:
    ink = np.array([[0, 128, 255]], np.uint8)
    light = marker.blend_ink(np.full((1, 3, 3), 240, np.uint8), ink, (30, 60, 160))
    assert light[0, 0].tolist() == [240, 240, 240]
    assert (np.diff(light[0].astype(int), axis=0) < 0).all()
    dark = marker.blend_ink(np.full((1, 3, 3), 30, np.uint8), ink, (240, 230, 120), opaque=True)
    assert dark[0, 2].tolist() == [240, 230, 120]
    assert 30 < dark[0, 1, 0] < 240


def test_every_letter_of_the_hand_can_be_written() -> None:
    rng, hand = np.random.default_rng(0), Hand(4.0)
    for letter in [*stroke_font.LETTERS, *"äöüÄÖÜéèêçñåšÅÉ"]:
        strokes_, advance = hand.write_letter(letter, rng)
        assert advance > 0
        assert all(np.isfinite(stroke).all() for stroke in strokes_), letter
    ascii_letters = "".join(map(chr, range(33, 127)))
    assert stroke_font.can_write(ascii_letters)
    assert not stroke_font.can_write("字")
    with pytest.raises(ValueError, match="字"):
        hand.write_letter("字", rng)
