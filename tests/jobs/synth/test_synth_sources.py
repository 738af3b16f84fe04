"""What synthetic samples are made of: folders with nothing in them that can be used are refused, single files told."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest

from ocr_studio.core.datasets.dataset import Report
from ocr_studio.core.errors import StudioError
from ocr_studio.core.synth.dataset import SynthSource
from ocr_studio.core.synth.options import BadOptions, SynthOptions
from ocr_studio.engine.synth import sample_maker
from ocr_studio.engine.synth.handwriting.rendered_text import SourceSplit
from ocr_studio.engine.synth.photo import backgrounds
from ocr_studio.engine.synth.text.texts import SynthVocabulary
from ocr_studio.jobs.synth import generate
from ocr_studio.jobs.synth.generate import SourcesRead
from tests import made_synth


def write(options: SynthOptions, folder: Path, **how: Any) -> tuple[Report, list[object]]:
    events = list(generate.write(options, folder, **{"children": 0} | how))
    assert isinstance(events[-1], Report)
    return events[-1], list(events)


@pytest.mark.parametrize("children", [0, 1])
def test_a_source_that_cannot_be_read_is_said_and_nothing_stays(tmp_path: Path, children: int) -> None:
    options = made_synth.options(tmp_path, words=4, strokes=(tmp_path / "words.txt",))
    with pytest.raises(StudioError, match=r"words\.txt: .*strokes"):
        write(options, tmp_path / "out", children=children)
    assert not (tmp_path / "out").exists()


def test_single_bad_sources_are_reported_and_the_rest_goes_on(tmp_path: Path) -> None:
    for folder in ("hands", "boards"):
        (tmp_path / folder).mkdir()
    for number in range(7):
        (tmp_path / "hands" / f"torn {number}.ttf").write_bytes(b"no font")
    (tmp_path / "hands" / "whole.ttf").write_bytes(made_synth.font())
    (tmp_path / "boards" / "torn.png").write_bytes(b"no photo")
    cv2.imwrite(str(tmp_path / "boards" / "wall.png"), np.full((300, 400, 3), 200, np.uint8))
    options = made_synth.options(tmp_path, words=3, fonts=tmp_path / "hands", backgrounds=tmp_path / "boards")
    report, events = write(options, tmp_path / "out")
    assert isinstance(events[0], SourcesRead)
    boards, *kept, hands = report.trouble
    assert boards.startswith(f"{tmp_path / 'boards'}: 1 file in this folder can’t be used: torn.png (")
    assert all("is held out" in line for line in kept)  # of the one photo, where it is so
    assert hands.startswith(
        f"{tmp_path / 'hands'}: 7 files in this folder can’t be used: torn 0.ttf (the font can’t be used"
    )
    assert "torn 4.ttf" in hands
    assert "torn 5.ttf" not in hands
    assert report.written == 3


@pytest.mark.parametrize("option", ["fonts", "prints", "backgrounds"])
@pytest.mark.parametrize("file", ["", "note.txt", "torn.ttf", "torn.png"])
def test_a_folder_with_nothing_in_it_that_can_be_used_is_refused_by_name(
    tmp_path: Path, option: str, file: str
) -> None:
    (tmp_path / "given").mkdir()
    if file:
        (tmp_path / "given" / file).write_bytes(b"neither font nor photo")
    options = made_synth.options(tmp_path, words=2, **{option: tmp_path / "given"})
    with pytest.raises(StudioError) as caught:
        write(options, tmp_path / "out")
    assert caught.value.file == str(tmp_path / "given")
    assert caught.value.remedy.startswith("Choose a folder")
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("split", SourceSplit)
def test_why_no_photo_of_a_folder_can_be_opened_is_said(tmp_path: Path, split: SourceSplit) -> None:
    (tmp_path / "torn.png").write_bytes(b"no photo")
    with pytest.raises(StudioError, match=r"can be used \(\w.+\)"):  # whichever split it belongs to
        backgrounds.load_backgrounds(tmp_path, split)


def test_a_folder_of_which_nothing_is_learned_from_is_told(tmp_path: Path) -> None:
    (tmp_path / "hands").mkdir()
    (tmp_path / "hands" / "one.ttf").write_bytes(made_synth.font(SourceSplit.VALIDATION))
    report, _ = write(made_synth.options(tmp_path, words=2, fonts=tmp_path / "hands"), tmp_path / "out")
    (line,) = report.trouble
    assert line.startswith(f"{tmp_path / 'hands'}: this folder has too few files")


def test_letters_that_fonts_lack_are_told(monkeypatch: pytest.MonkeyPatch) -> None:
    from ocr_studio.engine.synth.handwriting import fonts

    carried = fonts.builtin_font()
    assert sample_maker.missing_letters([carried], "abc123") == {}
    assert sample_maker.missing_letters([carried], "ab\u0e01\u0e02") == {"carried": "\u0e01\u0e02"}
    assert sample_maker.usual_letters(SynthVocabulary(("für", "das"), np.array([0.5, 1.0]))) == "0123456789DFadfrsü"
    said = generate.about(SynthSource(("bad.ttf: broken.",), {"a": "é", "b": "é", "c": "é", "d": "é", "e": "ä"}))
    assert said[0] == "bad.ttf: broken."
    assert [line.split(": ")[-1] for line in said[1:]] == ["a, b, c and 1 more font", "e"]


def test_with_nothing_to_set_aside_that_is_said(tmp_path: Path) -> None:
    (tmp_path / "hands").mkdir()
    (tmp_path / "hands" / "one.ttf").write_bytes(made_synth.font())
    wanted = {"fonts": tmp_path / "hands", "writing": {"handwriting": 1.0}}
    for purpose, said in {"learn": "fonts", "test": "hands: .*none can be held out for evaluation"}.items():
        options = made_synth.options(tmp_path, words=4, held_out=0.5, purpose=purpose, **wanted)
        with pytest.raises(StudioError, match=said):
            write(options, tmp_path / "out")
    with pytest.raises(BadOptions):
        write(made_synth.options(tmp_path), tmp_path / "out")


def test_photos_too_narrow_to_show_a_surface_are_left_out_and_told(tmp_path: Path) -> None:
    boards = tmp_path / "boards"
    boards.mkdir()
    for name, shape in {"flat": (1, 5000), "tall": (6000, 3)}.items():
        cv2.imwrite(str(boards / f"{name}.png"), np.full((*shape, 3), 200, np.uint8))
    for split in SourceSplit:  # there is nothing else
        with pytest.raises(backgrounds.BadBackgrounds, match=r"too narrow: 3 × 6000 pixels"):
            backgrounds.load_backgrounds(boards, split)
    for number in range(20):
        cv2.imwrite(str(boards / f"wall {number}.png"), np.full((300, 400, 3), 180 + number, np.uint8))
    read = [backgrounds.load_backgrounds(boards, split) for split in SourceSplit]
    assert sum(len(photos) for photos, _ in read) == 20
    assert sorted(Path(each.file or "").name for _, refused in read for each in refused) == ["flat.png", "tall.png"]


ASIDE = {
    SourceSplit.TRAIN: ({"held_out": 0.5}, "too few {} to hold some out"),
    SourceSplit.VALIDATION: ({}, "has too few files: all are held out"),
    SourceSplit.TEST: ({"held_out": 0.5}, "has too few files: all are held out"),
}


@pytest.mark.parametrize("kind", ["words", "boards"])
@pytest.mark.parametrize("split", SourceSplit)
def test_where_the_only_photo_is_not_to_be_had_that_is_said_or_it_is_drawn_on(
    tmp_path: Path, split: SourceSplit, kind: str
) -> None:
    (tmp_path / "boards").mkdir()
    photo = tmp_path / "boards" / "wall.png"
    for tone in range(180, 256):  # what it is for depends on what it shows
        cv2.imwrite(str(photo), np.full((300, 400, 3), tone, np.uint8))
        if backgrounds.load_backgrounds(photo.parent, split)[0]:
            break
    asked: dict[str, Any] = {kind: 2, "backgrounds": photo.parent, "grounds": {"real": 1.0}}
    how, said = ASIDE[split]
    with pytest.raises(StudioError, match=said.format("photos of boards")) as caught:
        list(generate.PreviewMaker().show(made_synth.options(tmp_path, **asked | how), words=range(2), boards=range(2)))
    assert "grounds" in caught.value.remedy
    asked |= {"held_out": 0.0, "purpose": "test" if split is SourceSplit.TEST else "learn"}
    if split is not SourceSplit.VALIDATION:
        assert write(made_synth.options(tmp_path, **asked), tmp_path / "out")[0].written
    asked["purpose"] = "learn" if split is SourceSplit.TEST else "test"
    with pytest.raises(StudioError, match="has too few files"):
        write(made_synth.options(tmp_path, **asked), tmp_path / "other")


@pytest.mark.parametrize("split", SourceSplit)
def test_why_fonts_that_are_given_cannot_be_written_with_is_said(tmp_path: Path, split: SourceSplit) -> None:
    (tmp_path / "hands").mkdir()
    (tmp_path / "hands" / "one.ttf").write_bytes(made_synth.font(split))
    how, said = ASIDE[split]
    options = made_synth.options(tmp_path, words=2, fonts=tmp_path / "hands", writing={"handwriting": 1.0}, **how)
    with pytest.raises(StudioError, match=said.format("fonts and writers")) as caught:
        write(options, tmp_path / "out")
    assert ("--held-out 0" in caught.value.typed) is (split is SourceSplit.TRAIN)  # elsewhere it would not help
    assert "train" not in caught.value.typed
    assert "made=1" in caught.value.typed
