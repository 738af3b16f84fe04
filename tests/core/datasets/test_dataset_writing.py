"""Written again, given up, killed, in the way of other files: a dataset is whole or not there."""

from __future__ import annotations

import contextlib
import errno
import os
import shutil
import subprocess
import sys
import tempfile
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ocr_studio.core.datasets import dataset
from ocr_studio.core.datasets import sources as dataset_sources
from ocr_studio.core.datasets.dataset import ExportOptions, PhotoCut
from ocr_studio.core.datasets.eligibility import SourcePage
from ocr_studio.core.errors import WriteFailed
from ocr_studio.core.files.safe_folder import SafeFolder
from ocr_studio.core.images import photo_file
from ocr_studio.core.page import Page, PageFacts, PhotoFrame, Word
from ocr_studio.core.project.project import Project
from tests.core import made_pages
from tests.core.made_datasets import drawn, exported, project, words


def files(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()
    }


def test_the_same_words_give_the_same_files(tmp_path: Path) -> None:
    made = project(tmp_path / "photos", [words(number) for number in (1, 2, 3)])
    exported(made, tmp_path / "data")
    before = files(tmp_path / "data")
    exported(made, tmp_path / "data")
    exported(made, tmp_path / "elsewhere" / "deep")
    assert files(tmp_path / "data") == before == files(tmp_path / "elsewhere" / "deep")


def test_of_a_turned_photo_all_pictures_are_turned(tmp_path: Path) -> None:
    upright = project(tmp_path / "photos", [words(1)])
    exported(upright, tmp_path / "data")
    (page,) = (source.page for source in dataset_sources.from_project(upright).pages)
    photo = tmp_path / "sideways" / "board 1.png"
    photo.parent.mkdir()
    photo_file.save_png(photo, np.rot90(drawn(1)).copy())
    sideways, facts = Project.open(photo.parent), PageFacts(frame=PhotoFrame(240, 480, 1))
    sideways.save_page(replace(page, id=photo_file.compute_content_id(photo), facts=facts))
    exported(sideways, tmp_path / "turned")
    sideways.unlock()
    found = [dataset.read(tmp_path / name) for name in ("data", "turned")]
    assert [[example.text for example in each.examples] for each in found][1:] == [
        [example.text for example in found[0].examples]
    ]
    crops = [sorted(path.read_bytes() for path in (tmp_path / name / "crops").iterdir()) for name in ("data", "turned")]
    assert crops[0] == crops[1]
    assert [(photo.width, photo.height) for each in found for photo in each.pages] == [(480, 240)] * 2
    assert [word.quad for word in found[0].pages[0].words] == [word.quad for word in found[1].pages[0].words]


def test_what_is_gone_is_gone_from_the_dataset_too(tmp_path: Path) -> None:
    made = project(tmp_path / "photos", [words(1), words(2)])
    exported(made, tmp_path / "data")
    page = next(
        source.page for source in dataset_sources.from_project(made).pages if source.page.image == "board 2.png"
    )
    made.save_page(replace(page, words={}))
    made.unlock()
    exported(made, tmp_path / "data")
    assert len(list((tmp_path / "data" / "crops").iterdir())) == 8
    assert {each.image for each in dataset.read(tmp_path / "data").examples} == {"board 1.png"}


def test_synthetic_samples_that_were_begun_there_are_not_thrown_away(tmp_path: Path) -> None:
    begun = tmp_path / "data" / f".writing-{'0123456789ab' * 2}" / "crops" / "w00001.png"
    begun.parent.mkdir(parents=True)
    begun.write_bytes(b"drawn")
    with pytest.raises(WriteFailed, match="contains an unfinished synthetic dataset"):
        exported(project(tmp_path / "photos", [words(1)]), tmp_path / "data")
    assert begun.read_bytes() == b"drawn"


def test_given_up_half_way_it_leaves_the_folder_as_it_was(tmp_path: Path) -> None:
    made = project(tmp_path / "photos", [words(1), words(2)])
    sources = dataset_sources.from_project(made)
    going = dataset.export(sources.pages, tmp_path / "new" / "data", ExportOptions())
    assert isinstance(next(going), PhotoCut)
    going.close()  # type: ignore[attr-defined]
    assert not (tmp_path / "new").exists()
    exported(made, tmp_path / "data")
    before = files(tmp_path / "data")
    going = dataset.export(sources.pages[:1], tmp_path / "data", ExportOptions())
    next(going)
    going.close()  # type: ignore[attr-defined]
    assert files(tmp_path / "data") == before


def test_an_export_that_was_killed_is_said_and_cleared_up_by_the_next(tmp_path: Path) -> None:
    made = project(tmp_path / "photos", [words(1), words(2)])
    exported(made, tmp_path / "data")
    left = tmp_path / "data" / ".writing-0123456789ab"
    left.mkdir()
    (left / "half.png").write_bytes(b"x")
    (tmp_path / "data" / "manifest.json").rename(left / "manifest.json")  # killed while it was put into place
    with pytest.raises(dataset.BadDataset, match="the dataset is incomplete"):
        dataset.read(tmp_path / "data")
    exported(made, tmp_path / "data")
    assert dataset.read(tmp_path / "data").trouble == ()
    assert not left.exists()


@pytest.mark.parametrize("name", ["mine.txt", "crops/mine.txt", "crops/mine/x.png", "gt.txt"])
def test_files_of_somebody_else_are_not_touched(tmp_path: Path, name: str) -> None:
    made = project(tmp_path / "photos", [words(1)])
    exported(made, tmp_path / "data")
    (tmp_path / "data" / name).parent.mkdir(exist_ok=True)
    (tmp_path / "data" / name).write_text("mine")
    before = files(tmp_path / "data")
    with pytest.raises(WriteFailed, match="other files"):
        exported(made, tmp_path / "data")
    assert files(tmp_path / "data") == before


def test_a_folder_that_only_looks_like_a_dataset_is_not_written_over(tmp_path: Path) -> None:
    made = project(tmp_path / "photos", [words(1)])
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "gt.txt").write_text("a.png\tsomebody's own")
    with pytest.raises(WriteFailed, match="other files"):
        exported(made, tmp_path / "data", "deep-text")
    exported(made, tmp_path / "ours")
    with pytest.raises(WriteFailed, match="other files"):
        exported(made, tmp_path / "ours", "paddleocr")


def test_a_link_in_the_way_leads_nowhere(tmp_path: Path) -> None:
    made = project(tmp_path / "photos", [words(1)])
    exported(made, tmp_path / "data")
    outside = tmp_path / "outside"
    (tmp_path / "data" / "crops").rename(outside)
    (tmp_path / "data" / "crops").symlink_to(outside)
    before = files(outside)
    with pytest.raises(WriteFailed, match="other files"):
        exported(made, tmp_path / "data")
    assert files(outside) == before


@pytest.mark.skipif(os.name != "posix", reason="links without special rights")
def test_a_link_at_any_name_leads_nowhere(tmp_path: Path) -> None:
    made = project(tmp_path / "photos", [words(1)])
    exported(made, tmp_path / "whole")
    crop = next((tmp_path / "whole" / "crops").iterdir()).name
    outside = tmp_path / "outside"
    (outside / "deep").mkdir(parents=True)
    (outside / "secret.txt").write_text("secret")
    rooms = [f".writing-{'0123456789ab' * count}" for count in (1, 2)]
    for name in ("manifest.json", "labels.jsonl", "crops", "photos", f"crops/{crop}", ".writing-lock", *rooms):
        for target in (outside, outside / "secret.txt"):
            data = tmp_path / "data"
            shutil.rmtree(data, ignore_errors=True)
            shutil.copytree(tmp_path / "whole", data)
            if (data / name).is_dir():
                shutil.rmtree(data / name)
            (data / name).unlink(missing_ok=True)
            (data / name).symlink_to(target)
            with contextlib.suppress(WriteFailed):
                exported(made, data)
            assert files(outside) == {"secret.txt": b"secret"}
            assert (outside / "deep").is_dir()


@pytest.mark.skipif(os.name != "posix", reason="links without special rights")
def test_a_second_name_of_a_file_elsewhere_is_not_written_through(tmp_path: Path) -> None:
    made = project(tmp_path / "photos", [words(1)])
    exported(made, tmp_path / "data")
    (tmp_path / "data" / ".writing-lock").touch()
    inside = [path for path in (tmp_path / "data").rglob("*") if path.is_file()]
    for number, path in enumerate(inside):
        os.link(path, tmp_path / f"outside {number}")
    before = [path.read_bytes() for path in inside]
    exported(project(tmp_path / "others", [words(2)]), tmp_path / "data")
    assert [(tmp_path / f"outside {number}").read_bytes() for number in range(len(inside))] == before
    assert dataset.read(tmp_path / "data").trouble == ()


@pytest.mark.skipif(os.name != "posix", reason="links without special rights")
def test_the_folder_that_the_user_names_may_be_a_link(tmp_path: Path) -> None:
    made = project(tmp_path / "photos", [words(1)])
    (tmp_path / "there").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "there", target_is_directory=True)
    for _ in range(2):
        exported(made, tmp_path / "link")
    assert dataset.read(tmp_path / "there").trouble == ()


def test_a_photo_of_the_user_among_the_pictures_is_not_thrown_away(tmp_path: Path) -> None:
    made = project(tmp_path / "photos", [words(1)])
    exported(made, tmp_path / "data")
    for name in ("IMG_0001.jpg", "20231224.jpg", "20231224153012.jpg", "cat.png", "x.jpg"):
        (photo := tmp_path / "data" / "photos" / name).write_bytes(b"mine")
        with pytest.raises(WriteFailed, match="other files"):
            exported(made, tmp_path / "data")
        assert photo.read_bytes() == b"mine"
        photo.unlink()
    (mine := tmp_path / "data" / ".writing-notes").mkdir()
    with pytest.raises(WriteFailed, match="other files"):
        exported(made, tmp_path / "data")
    assert mine.is_dir()


def test_a_full_disk_is_said_and_the_earlier_dataset_stays(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made = project(tmp_path / "photos", [words(1), words(2)])
    exported(made, tmp_path / "data")
    before = files(tmp_path / "data")
    create, left = SafeFolder.create, iter([True] * 9)

    def fails_soon(folder: SafeFolder, name: str, data: bytes) -> None:
        if not next(left, False):
            raise OSError(errno.ENOSPC, "No space left on device", name)
        create(folder, name, data)

    monkeypatch.setattr(SafeFolder, "create", fails_soon)
    for folder in (tmp_path / "data", tmp_path / "new"):
        with pytest.raises(WriteFailed, match="No space left"):
            exported(made, folder)
    assert files(tmp_path / "data") == before
    assert not (tmp_path / "new").exists()


@pytest.mark.parametrize("place", range(8))
def test_what_cannot_be_put_into_place_leaves_the_earlier_dataset(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, place: int
) -> None:
    made = project(tmp_path / "photos", [words(1), words(2)])
    exported(made, tmp_path / "data")
    before = files(tmp_path / "data")
    move, places = SafeFolder.rename, iter(range(1000))

    def fails_once(folder: SafeFolder, source: str, target: str) -> None:
        if next(places) == place:
            raise PermissionError(errno.EACCES, "Permission denied", source)
        move(folder, source, target)

    monkeypatch.setattr(SafeFolder, "rename", fails_once)
    with pytest.raises(WriteFailed, match="Permission denied"):
        exported(made, tmp_path / "data")
    assert files(tmp_path / "data") == before


_EXPORTING = """
import sys
from pathlib import Path
from ocr_studio.core.datasets import dataset, sources as dataset_sources
sources = dataset_sources.find_sources(Path(sys.argv[1]))
for _ in range(100):
    for event in dataset.export(sources.pages, Path(sys.argv[2]), dataset.ExportOptions()):
        print(type(event).__name__, flush=True)
"""


@pytest.mark.parametrize("after", [1, 3, 4, 6])
def test_killed_at_any_time_it_leaves_a_whole_dataset_or_none(tmp_path: Path, after: int) -> None:
    made = project(tmp_path / "photos", [words(1), words(2)])
    command = [sys.executable, "-c", _EXPORTING, str(made.photos), str(tmp_path / "data")]
    with subprocess.Popen(command, cwd=Path(__file__).parents[3], stdout=subprocess.PIPE) as child:
        assert child.stdout is not None
        for _ in range(after):
            assert child.stdout.readline()
        child.kill()
    if (tmp_path / "data" / "manifest.json").exists():
        assert len(dataset.read(tmp_path / "data").examples) == 16
        assert dataset.read(tmp_path / "data").trouble == ()
    else:
        with pytest.raises(dataset.BadDataset):
            dataset.read(tmp_path / "data")
    assert exported(made, tmp_path / "data").written == 16
    assert not list((tmp_path / "data").glob(".*"))


@settings(max_examples=25)
@given(st.lists(made_pages.words(places=made_pages.boxes | made_pages.quads), max_size=8))
def test_whatever_is_on_a_page_is_written_and_read_back_or_counted(found: list[Word]) -> None:
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        photo = folder / "a  photo\u200b.png"
        photo_file.save_png(photo, np.full((1000, 1000, 3), 200, np.uint8))
        page = Page(photo_file.compute_content_id(photo), photo.name, 1000, 1000, {word.id: word for word in found})
        source = SourcePage(page, photo, whole=False)
        try:
            *_, report = dataset.export([source], folder / "data", ExportOptions())
        except dataset.BadDataset:
            assert not (folder / "data").exists()
            return
        assert isinstance(report, dataset.Report)
        assert report.adds_up
        assert report.found == len(page.words)
        data = dataset.read(folder / "data")
        assert data.trouble == ()
        assert {each.image for each in data.examples} == {photo.name}
        left = {each.word for each in report.left_out}
        assert left | {each.word for each in data.examples} == set(page.words)
        for each in data.examples:
            word = page.words[each.word]
            assert (each.text, each.quad) == (word.text, word.quad)
