"""What tells that synthetic samples would be drawn from other files than before."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from ocr_studio.core.images import photo_file
from ocr_studio.core.synth import options as synth_options
from ocr_studio.core.synth import source_fingerprints
from ocr_studio.core.synth.options import SynthOptions

LARGE = 100_000  # bytes: more than are read of a file


@pytest.fixture
def options(tmp_path: Path) -> SynthOptions:
    """With some of each kind of files."""
    for folder in ("hands/more", "prints", "boards"):
        (tmp_path / folder).mkdir(parents=True)
    (tmp_path / "hands" / "one.ttf").write_bytes(bytes(LARGE))
    (tmp_path / "hands" / "more" / "two.otf").write_bytes(b"two")
    (tmp_path / "prints" / "three.woff").write_bytes(b"three")
    photo_file.save_png(tmp_path / "boards" / "wall.png", np.zeros((8, 8, 3), np.uint8))
    (tmp_path / "pen.npz").write_bytes(b"strokes")
    (tmp_path / "words.txt").write_text("some words", "utf-8")
    return SynthOptions(
        fonts=tmp_path / "hands",
        prints=tmp_path / "prints",
        backgrounds=tmp_path / "boards",
        strokes=(tmp_path / "pen.npz",),
        word_list=tmp_path / "words.txt",
    )


def rewritten(path: Path, at: int) -> None:
    """As large as it was, and one byte of it is another."""
    data = bytearray(path.read_bytes())
    data[at] ^= 1
    path.write_bytes(data)


CHANGES: dict[str, tuple[str, Callable[[Path], object]]] = {
    "a font more": ("fonts", lambda here: (here / "hands" / "new.TTF").write_bytes(b"new")),
    "a font less": ("fonts", lambda here: (here / "hands" / "more" / "two.otf").unlink()),
    "a font with another name": ("fonts", lambda here: (here / "hands" / "one.ttf").rename(here / "hands" / "a.ttf")),
    "a font that begins otherwise": ("fonts", lambda here: rewritten(here / "hands" / "one.ttf", 12)),
    "a font that ends otherwise": ("fonts", lambda here: rewritten(here / "hands" / "one.ttf", -1)),
    "a font with more in its middle": (
        "fonts",
        lambda here: (here / "hands" / "one.ttf").write_bytes(bytes(LARGE + 1)),
    ),
    "another font for print": ("prints", lambda here: rewritten(here / "prints" / "three.woff", 0)),
    "a photo more": (
        "backgrounds",
        lambda here: photo_file.save_png(here / "boards" / "b.png", np.ones((8, 8, 3), np.uint8)),
    ),
    "other strokes": ("strokes", lambda here: rewritten(here / "pen.npz", 3)),
    "other words": ("word_list", lambda here: rewritten(here / "words.txt", 0)),
}


@pytest.mark.parametrize("change", CHANGES)
def test_other_files_are_noticed_and_which(options: SynthOptions, tmp_path: Path, change: str) -> None:
    before = source_fingerprints.compute_fingerprints(options)
    assert set(before) == {"fonts", "prints", "backgrounds", "strokes", "word_list"}
    key, make = CHANGES[change]
    make(tmp_path)
    assert source_fingerprints.find_changed(before, source_fingerprints.compute_fingerprints(options)) == [key]


def test_what_is_not_drawn_from_changes_nothing(options: SynthOptions, tmp_path: Path) -> None:
    before = source_fingerprints.compute_fingerprints(options)
    for folder in ("hands", "prints", "boards"):
        (tmp_path / folder / "licence.txt").write_text("free", "utf-8")
    (tmp_path / "boards" / "2019").mkdir()
    photo_file.save_png(tmp_path / "boards" / "2019" / "old.png", np.ones((8, 8, 3), np.uint8))
    os.utime(tmp_path / "hands" / "one.ttf", (1, 1))
    os.utime(tmp_path / "pen.npz", (1, 1))
    assert source_fingerprints.compute_fingerprints(options) == before


def test_what_is_not_given_or_cannot_be_read_is_not_compared(options: SynthOptions, tmp_path: Path) -> None:
    assert source_fingerprints.compute_fingerprints(SynthOptions()) == {}
    gone = tmp_path / "nowhere"
    missing = SynthOptions(fonts=gone, prints=gone / "\0", backgrounds=gone, strokes=(gone,), word_list=gone)
    assert source_fingerprints.compute_fingerprints(missing) == {}
    known = source_fingerprints.compute_fingerprints(options)
    assert source_fingerprints.find_changed(known, {}) == source_fingerprints.find_changed({}, known) == []


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="needs pipes")
def test_odd_files_among_fonts_are_neither_waited_for_nor_in_the_way(options: SynthOptions, tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "hands" / "pipe.ttf")
    (tmp_path / "hands" / "gone.ttf").symlink_to(tmp_path / "nowhere")
    before = source_fingerprints.compute_fingerprints(options)
    rewritten(tmp_path / "hands" / "one.ttf", 0)
    assert source_fingerprints.find_changed(before, source_fingerprints.compute_fingerprints(options)) == ["fonts"]


def test_what_a_manifest_says_is_known_also_of_an_earlier_one(tmp_path: Path) -> None:
    said = {"options": synth_options.options_values(SynthOptions(words=1)), "word_list": "a" * 64}
    manifest = tmp_path / "manifest.json"
    manifest.write_text(json.dumps({"format": "x", "synthetic": said}), "utf-8")
    assert synth_options.load_fingerprints(tmp_path) == {"word_list": "a" * 64}
    said = {"options": said["options"], "made_of": {"fonts": "b" * 64, "word_list": "c" * 64, "prints": 3}}
    manifest.write_text(json.dumps({"format": "x", "synthetic": said}), "utf-8")
    assert synth_options.load_fingerprints(tmp_path) == {"fonts": "b" * 64, "word_list": "c" * 64}
