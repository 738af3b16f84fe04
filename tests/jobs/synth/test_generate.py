"""Synthetic words and boards become a dataset, by however many processes, and whenever it was cut short."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest

from ocr_studio.core.dataset_files import own
from ocr_studio.core.datasets import dataset
from ocr_studio.core.datasets import folder as dataset_folder
from ocr_studio.core.datasets.dataset import BadDataset, Report, Split
from ocr_studio.core.errors import StudioError, WriteFailed
from ocr_studio.core.settings import ReaderOptions
from ocr_studio.core.synth import options as synth_options
from ocr_studio.core.synth.dataset import SynthSource
from ocr_studio.core.synth.options import SynthOptions
from ocr_studio.core.training.detector_events import RECIPE
from ocr_studio.core.training.events import Recipe
from ocr_studio.engine.synth.handwriting import marker
from ocr_studio.engine.synth.handwriting.marker import CannotDraw, Pen
from ocr_studio.engine.synth.handwriting.rendered_text import CannotWrite
from ocr_studio.engine.synth.sample_maker import SampleMaker, SampleNotGenerated
from ocr_studio.engine.synth.word_crops import WordMaker
from ocr_studio.jobs.learning import preflight
from ocr_studio.jobs.learning import train as training
from ocr_studio.jobs.learning.preflight import Preflight
from ocr_studio.jobs.synth import generate
from ocr_studio.jobs.synth.generate import PreviewMaker, SampleFailed, SampleMade, Shown, SourcesRead
from tests import made_synth


def write(options: SynthOptions, folder: Path, **how: Any) -> tuple[Report, list[object]]:
    events = list(generate.write(options, folder, **{"children": 0} | how))
    assert isinstance(events[-1], Report)
    return events[-1], list(events)


def start(options: SynthOptions, folder: Path, made: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Begin, and stop once so many are made."""
    monkeypatch.setattr(generate, "_TELL", 0.0)
    with closing(_closable(generate.write(options, folder, children=0, replace=True))) as events:
        for event in events:
            if isinstance(event, SampleMade) and event.done == made:
                return


def _closable(events: Iterator[object]) -> Any:
    return events


def test_a_dataset_like_any_other(tmp_path: Path) -> None:
    options = made_synth.options(tmp_path, words=8, boards=2, held_out=0.25)
    report, events = write(options, tmp_path / "out")
    assert isinstance(events[0], SourcesRead)
    assert (report.adds_up, report.boxes, report.trouble, report.synthetic) == (True, 2, (), True)
    found = dataset.read(tmp_path / "out")
    assert (found.trouble, found.rule, found.digest) == ((), "sources", report.digest)
    single = [each for each in found.examples if not each.page]
    assert len(single) == 8
    assert [each.split for each in single].count(Split.HELD_OUT) == 2
    assert {each.by for each in found.examples} == {"synthetic"}
    assert all(found.crop(each).shape[0] == 48 for each in found.examples)
    assert all(cv2.cvtColor(found.crop(each), cv2.COLOR_RGB2GRAY).std() > 2 for each in single)
    page = found.pages[0]
    assert max(page.width, page.height) == 640
    assert found.photo(page).shape == (page.height, page.width, 3)
    read = {each.word: each.text for each in found.examples if each.page == page.page}
    assert len(read) > 3
    assert set(read.values()) <= {word.text for word in page.words if not word.ignore}


def test_the_manifest_says_how_to_make_it_again(tmp_path: Path) -> None:
    options = made_synth.options(tmp_path, words=4, seed=9)
    report, _ = write(options, tmp_path / "one")
    again = synth_options.load_options(tmp_path / "one")
    assert again == options
    assert write(again, tmp_path / "two")[0].digest == report.digest
    assert write(replace(again, seed=10), tmp_path / "three")[0].digest != report.digest


def test_children_make_the_same(tmp_path: Path) -> None:
    options = made_synth.options(tmp_path, words=40, boards=1, cut=False)
    alone, _ = write(options, tmp_path / "alone")
    together, events = write(options, tmp_path / "together", children=2)
    assert together.digest == alone.digest
    assert (tmp_path / "together" / "labels.jsonl").read_bytes() == (tmp_path / "alone" / "labels.jsonl").read_bytes()
    assert isinstance(events[-2], SampleMade)
    assert events[-2].done == events[-2].total == 41


def test_cut_short_it_is_no_dataset_and_is_gone_on_with(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    options = made_synth.options(tmp_path, words=9)
    whole, _ = write(options, tmp_path / "whole")
    start(options, tmp_path / "out", 4, monkeypatch)
    assert generate.can_go_on(options, tmp_path / "out")
    assert not dataset.is_dataset(tmp_path / "out")
    with pytest.raises(BadDataset):
        dataset.read(tmp_path / "out")
    (room,) = (tmp_path / "out").glob(".writing-*")
    with (room / "made.jsonl").open("ab") as notes:
        notes.write(b'{"kind": "word", "ind')  # as a power failure leaves it
    (room / "crops" / "word-000002.png").write_bytes(b"torn")
    made: list[int] = []
    at = SampleMaker.at

    def counted(maker: SampleMaker, kind: str, index: int) -> Any:
        made.append(index)
        return at(maker, kind, index)

    monkeypatch.setattr(SampleMaker, "at", counted)
    report, events = write(options, tmp_path / "out")
    assert isinstance(events[0], SourcesRead)
    assert events[0].done == 3
    assert made == [2, 4, 5, 6, 7, 8]
    assert report.digest == whole.digest
    assert not generate.can_go_on(options, tmp_path / "out")
    assert sorted(each.name for each in (tmp_path / "out").iterdir()) == [
        "boxes.jsonl", "crops", "labels.jsonl", "manifest.json", "photos",
    ]  # fmt: skip


@pytest.mark.skipif(os.name != "posix", reason="links without special rights")
@pytest.mark.parametrize("name", ["", "made.jsonl", "crops", "photos", "crops/word-000001.png", "old", "labels.jsonl"])
def test_a_link_in_what_was_begun_leads_nowhere(tmp_path: Path, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    options = made_synth.options(tmp_path, words=3)
    start(options, tmp_path / "out", 2, monkeypatch)
    outside, out = tmp_path / "outside", tmp_path / "out"
    (outside / "crops").mkdir(parents=True)
    (secret := outside / "made.jsonl").write_text("secret")
    (room,) = out.iterdir()
    link = room / name
    if link.is_dir():
        shutil.rmtree(link)
    link.unlink(missing_ok=True)
    link.symlink_to(outside if name in {"", "crops", "photos", "old"} else secret)
    with suppress(WriteFailed):
        write(options, out)
    assert secret.read_text() == "secret"
    assert sorted(path.name for path in outside.rglob("*")) == ["crops", "made.jsonl"]


@pytest.mark.skipif(os.name != "posix", reason="links without special rights")
def test_notes_that_are_the_same_file_as_another_are_not_written_through(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    options = made_synth.options(tmp_path, words=3)
    start(options, tmp_path / "out", 2, monkeypatch)
    (notes,) = (tmp_path / "out").rglob("made.jsonl")
    os.link(notes, tmp_path / "same")
    before = (tmp_path / "same").read_bytes()
    report, _ = write(options, tmp_path / "out")
    assert (tmp_path / "same").read_bytes() == before
    assert report.written == 3


def test_half_of_another_is_thrown_away_only_where_that_is_wished(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    options = made_synth.options(tmp_path, words=6)
    start(options, tmp_path / "out", 3, monkeypatch)
    others = replace(options, seed=1)
    assert not generate.can_go_on(others, tmp_path / "out")
    with pytest.raises(WriteFailed, match="contains an unfinished dataset"):
        write(others, tmp_path / "out")
    assert generate.can_go_on(options, tmp_path / "out")
    report, events = write(others, tmp_path / "out", replace=True)
    assert isinstance(events[0], SourcesRead)
    assert events[0].done == 0
    assert report.digest == write(others, tmp_path / "fresh")[0].digest
    assert list((tmp_path / "out").glob(".writing-*")) == []


def test_half_of_it_is_thrown_away_on_request_and_a_whole_one_never(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    options = made_synth.options(tmp_path, words=3)
    others = replace(options, seed=1)
    write(options, tmp_path / "out")
    start(others, tmp_path / "out", 1, monkeypatch)
    generate.throw_away(options, tmp_path / "out")  # of which nothing is left to throw away
    assert generate.can_go_on(others, tmp_path / "out")
    generate.throw_away(others, tmp_path / "out")
    assert len(dataset.read(tmp_path / "out").examples) == 3
    assert list((tmp_path / "out").glob(".writing-*")) == []
    start(options, tmp_path / "other", 1, monkeypatch)
    for _ in range(2):
        generate.throw_away(options, tmp_path / "other")
        assert not (tmp_path / "other").exists()


def test_nothing_is_thrown_away_while_somebody_writes_it(tmp_path: Path) -> None:
    options = made_synth.options(tmp_path, words=4)
    with closing(_closable(generate.write(options, tmp_path / "out", children=0))) as first:
        next(first)
        there = sorted((tmp_path / "out").iterdir())
        with pytest.raises(WriteFailed, match="another window or command"):
            generate.throw_away(options, tmp_path / "out")
        assert sorted((tmp_path / "out").iterdir()) == there
        assert tmp_path / "out" / ".writing-lock" in there
        assert [each.writer for each in generate.look_there(options, tmp_path / "out")] == [os.getpid()]
        # nor written over by an export, which clears what others left
        with (
            pytest.raises(WriteFailed, match="another window or command"),
            dataset_folder.open_workshop(tmp_path / "out", own.LAYOUT),
        ):
            pass
        assert sorted((tmp_path / "out").iterdir()) == there
        *_, report = first
    assert report.written == 4
    (place,) = generate.look_there(options, tmp_path / "out")
    assert (place.writer, place.dataset, place.taken) == (None, True, "")
    (tmp_path / "out" / ".writing-lock").write_text(" 4711")  # of one that was killed
    assert [each.writer for each in generate.look_there(options, tmp_path / "out")] == [None]


def test_two_do_not_write_into_one_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    options = made_synth.options(tmp_path, words=4)
    with closing(_closable(generate.write(options, tmp_path / "out", children=0))) as first:
        next(first)
        with pytest.raises(WriteFailed, match="another window or command"):
            write(options, tmp_path / "out")
        with pytest.raises(WriteFailed, match="another window or command"):  # not: was begun, and not ended
            write(replace(options, seed=1), tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_just_what_somebody_was_told_of_is_written_over(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    options, out = made_synth.options(tmp_path, words=3), tmp_path / "out"
    others, mine = replace(options, seed=1), replace(options, seed=2)
    write(options, out)
    start(others, out, 1, monkeypatch)
    (told,) = generate.look_there(mine, out)
    start(replace(options, seed=3), tmp_path / "third", 1, monkeypatch)
    (begun,) = (tmp_path / "third").glob(".writing-*")
    begun.rename(out / begun.name)  # as another program begins it
    with pytest.raises(WriteFailed, match="have changed in the meantime"):
        write(mine, out, replace=told.there)
    assert generate.can_go_on(others, out)
    assert generate.can_go_on(replace(options, seed=3), out)
    generate.throw_away(replace(options, seed=3), out)
    write(mine, out, replace=told.there)
    assert not generate.can_go_on(others, out)
    (told,) = generate.look_there(options, out)
    write(others, out, replace=True)
    with pytest.raises(WriteFailed, match="have changed in the meantime"):
        write(options, out, replace=told.there)
    assert dataset.read(out).digest == write(others, tmp_path / "fresh")[0].digest


def test_files_of_somebody_else_are_left_alone(tmp_path: Path) -> None:
    options = made_synth.options(tmp_path, words=2)
    (tmp_path / "mine" / "crops").mkdir(parents=True)
    (tmp_path / "mine" / "crops" / "cat.png").write_bytes(b"mine")
    with pytest.raises(WriteFailed, match="other files"):
        write(options, tmp_path / "mine")
    assert [each.name for each in (tmp_path / "mine").iterdir()] == ["crops"]
    assert (tmp_path / "mine" / "crops" / "cat.png").read_bytes() == b"mine"


def test_a_sample_that_cannot_be_made_is_told_and_the_rest_goes_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    word = SampleMaker.word

    def fails_at_two(maker: SampleMaker, index: int) -> Any:
        if index == 2:
            raise StudioError("no hand for it", remedy="Give others.")
        return word(maker, index)

    monkeypatch.setattr(SampleMaker, "word", fails_at_two)
    report, events = write(made_synth.options(tmp_path, words=5), tmp_path / "out")
    assert sum(isinstance(event, SampleFailed) for event in events) == 1
    assert report.written == 4
    assert report.trouble == ("1 sample could not be generated: no hand for it. Give others.",)


def test_what_cannot_be_drawn_is_told_with_its_sample_and_the_rest_goes_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(marker, "_MOST", 90)  # pixels: some words are longer
    report, events = write(made_synth.options(tmp_path, words=20, writing={"made": 1.0}), tmp_path / "out")
    failed = [str(event.error) for event in events if isinstance(event, SampleFailed)]
    assert 0 < len(failed) < 20
    assert report.written == 20 - len(failed)
    assert all(re.match(r"word-\d{6} can’t be generated: its strokes extend too far", each) for each in failed)
    assert report.trouble == tuple(f"1 sample could not be generated: {each}" for each in failed)


@pytest.mark.parametrize("far", [1e6, np.inf, np.nan])
def test_strokes_that_reach_too_far_are_refused(far: float) -> None:
    with pytest.raises(CannotDraw):
        marker.draw_strokes([np.array([(0, 0), (far, 5)])], Pen(), size=30, rng=np.random.default_rng(1))
    with pytest.raises(CannotDraw):
        marker.draw_strokes([], Pen(), size=30, rng=np.random.default_rng(1))


def test_a_preview_passes_over_what_cannot_be_drawn_unless_nothing_can(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    odd, draw = {1}, WordMaker.at

    def draw_others(maker: WordMaker, index: int) -> Any:
        if index in odd:
            raise CannotWrite("so")
        return draw(maker, index)

    monkeypatch.setattr(WordMaker, "at", draw_others)
    options = made_synth.options(tmp_path, words=3)
    shown = list(PreviewMaker().show(options, words=range(3), boards=()))
    assert [each.index for each in shown if isinstance(each, Shown)] == [0, 2]
    odd |= {0, 2}
    with pytest.raises(SampleNotGenerated, match=r"word-000002 can’t be generated: .*“so”"):
        list(PreviewMaker().show(options, words=range(3), boards=()))


def test_a_preview_shows_what_will_be_written(tmp_path: Path) -> None:
    options = made_synth.options(tmp_path, words=5, boards=1)
    shown = list(PreviewMaker().show(options, words=range(2, 4), boards=range(1)))
    assert isinstance(shown[0], SynthSource)
    seen = [each for each in shown if isinstance(each, Shown)]
    assert [(each.kind, each.index) for each in seen] == [("word", 2), ("word", 3), ("board", 0)]
    report, _ = write(options, tmp_path / "out")
    found = dataset.read(tmp_path / "out")
    by_crop = {each.crop: each.text for each in found.examples}
    assert [by_crop[f"crops/word-00000{each.index}.png"] for each in seen[:2]] == [each.text for each in seen[:2]]
    size = sum(each.stat().st_size for each in (tmp_path / "out").rglob("*.*g"))
    estimated = generate.estimate(options, seen)
    assert estimated is not None
    assert 0.3 < estimated.size / size < 3
    assert estimated.examples == pytest.approx(report.written, abs=8)
    assert generate.estimate(options, seen[:2]) is None
    shutil.rmtree(tmp_path / "out")


def test_children_load_neither_the_window_nor_tensorflow() -> None:
    code = (
        "import sys, ocr_studio.jobs.synth.workers, ocr_studio.engine.synth.sample_maker\n"
        "print([name for name in ('PySide6', 'tensorflow', 'keras') if name in sys.modules])"
    )
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert (told.returncode, told.stdout.strip()) == (0, "[]"), told.stderr


def test_what_is_learned_from_it_leaves_it_where_it_is(tmp_path: Path) -> None:
    write(made_synth.options(tmp_path, words=3, boards=1), tmp_path / "out")
    *_, look = preflight.look_at_dataset(tmp_path / "out", options=ReaderOptions())
    assert isinstance(look, Preflight)
    assert (look.about, look.reviewed) == (str(tmp_path / "out"), 1)
    assert look.pages["board-00000"].photo == tmp_path / "out" / "photos" / "board-00000.jpg"
    course = training.begin(look, "recognizer", Recipe(), options=ReaderOptions())
    assert course.run.data == tmp_path / "out"
    preflight.forget(look)
    training.throw_away(course.run)
    assert dataset.read(tmp_path / "out").digest == course.run.digest


def test_of_words_alone_nothing_is_learned_to_find_and_what_to_draw_is_said(tmp_path: Path) -> None:
    write(made_synth.options(tmp_path, words=3), tmp_path / "out")
    *_, look = preflight.look_at_dataset(tmp_path / "out", options=ReaderOptions())
    assert isinstance(look, Preflight)
    assert look.drawn
    assert not look.reviewed
    course = training.begin(look, "detector", RECIPE, options=ReaderOptions())
    with pytest.raises(StudioError) as caught:
        list(training.train(course))
    assert "Generate boards with Read → Generate synthetic boards." in str(caught.value)
    assert "heck every word" not in str(caught.value)


def test_a_dataset_drawn_otherwise_is_written_over_only_where_that_is_wished(tmp_path: Path) -> None:
    options, out = made_synth.options(tmp_path, words=3), tmp_path / "out"
    first, _ = write(options, out)
    write(options, out)  # the same once more
    other = replace(options, words=2)
    with pytest.raises(WriteFailed, match="generated with other options"):
        write(other, out)
    assert dataset.read(out).digest == first.digest
    write(other, out, replace=True)
    assert len(dataset.read(out).examples) == 2


def test_a_dataset_that_was_not_drawn_is_never_written_over(tmp_path: Path) -> None:
    options, out = made_synth.options(tmp_path, words=3), tmp_path / "out"
    write(options, out)
    manifest = json.loads((out / "manifest.json").read_text("utf-8"))
    del manifest["synthetic"]
    (out / "manifest.json").write_text(json.dumps(manifest), "utf-8")
    before = dataset.read(out).digest
    with pytest.raises(WriteFailed, match="is not synthetic"):
        write(options, out, replace=True)
    assert dataset.read(out).digest == before
    (place,) = generate.look_there(options, out)
    assert place.dataset
    assert place.taken == "the folder contains a dataset that is not synthetic"


def test_what_will_not_go_onto_the_disk_is_refused_with_how_much_would(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    room = shutil.disk_usage(tmp_path)._replace(free=200_000)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: room)
    options = made_synth.options(tmp_path, words=20_000)
    events: list[object] = []
    with pytest.raises(
        WriteFailed, match=r"not enough disk space.*195 kB free.*about [\d,]+ words and 0 boards"
    ) as told:
        events.extend(generate.write(options, tmp_path / "out", children=0))
    assert sum(isinstance(event, SampleMade) for event in events) <= 1
    fit = int(str(told.value).split("about ")[-1].split(" words")[0].replace(",", ""))
    assert 0 < fit < 1000
    report, _ = write(replace(options, words=min(fit, 20)), tmp_path / "out", replace=True)
    assert report.written == min(fit, 20)


def test_what_was_made_before_counts_where_the_disk_is_full(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    options = made_synth.options(tmp_path, words=20)
    start(options, tmp_path / "out", 4, monkeypatch)
    room = shutil.disk_usage(tmp_path)._replace(free=0)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: room)
    with pytest.raises(WriteFailed, match="about 4 words and 0 boards"):  # nine tenths of those and one more
        list(generate.write(options, tmp_path / "out", children=0))
