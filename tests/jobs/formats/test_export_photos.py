"""Exporting photos: which files are written, under which names, and what is skipped and why."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pikepdf
import pypdfium2
import pytest
from PIL import Image

from ocr_studio.core.errors import StudioError, WriteFailed
from ocr_studio.core.formats import CLEANED, FORMATS
from ocr_studio.core.formats.content import Content
from ocr_studio.core.formats.output_folder import OutputFolder
from ocr_studio.core.formats.pdf import pdf_writer, searchable_pdf
from ocr_studio.core.images import page_paths, photo_file
from ocr_studio.core.page import Page, Quad, Transcription, Word
from ocr_studio.core.project.project import Project
from ocr_studio.jobs.formats import planned_files
from ocr_studio.jobs.formats.export_photos import (
    ContentLost,
    ExportEvent,
    ExportProgress,
    ListedPhoto,
    PhotoExportOptions,
    PhotoSkipped,
    PhotoWritten,
    export_photos,
    list_all,
    list_pages,
)
from tests.core import drawn_boards


@pytest.fixture
def project(tmp_path: Path) -> Project:
    """Two photos with texts under one name with two endings, and one that was never read."""
    project = Project.open(tmp_path / "boards")
    project.photos.mkdir()
    for number, name in enumerate(("a.jpg", "a.png"), start=1):
        project.save_page(written(name, f"text {number}", str(number) * 32))
    photo_file.save_png(project.photos / "new.png", drawn_boards.lit(drawn_boards.face(300, 200)))
    project.unlock()
    return project


def written(image: str, text: str, page_id: str) -> Page:
    word = Word("one", Quad.from_box(1, 2, 30, 12), human=Transcription.by_human(text))
    return Page(page_id, image, 96, 64, {"one": word})


LISTED = (ListedPhoto("a.jpg", "1" * 32), ListedPhoto("a.png", "2" * 32), ListedPhoto("new.png"))


def files(out: Path) -> dict[str, str]:
    return {path.name: path.read_text() for path in sorted(out.iterdir()) if not path.name.startswith(".")}


def skipped(events: list[ExportEvent]) -> dict[str, str]:
    return {event.image: event.error.what for event in events if isinstance(event, PhotoSkipped)}


def test_one_photo_alone_never_replaces_the_file_of_another(project: Project, tmp_path: Path) -> None:
    out = tmp_path / "out"
    for name in ("a.jpg", "a.png"):
        events = list(export_photos(project, LISTED, OutputFolder(out), PhotoExportOptions("text"), chosen={name}))
        assert events == [ExportProgress(0, 1, name), PhotoWritten(name, f"{name}.txt")]
    assert files(out) == {"a.jpg.txt": "text 1\n", "a.png.txt": "text 2\n"}


def test_an_unread_photo_is_skipped_but_its_board_is_cleaned(project: Project, tmp_path: Path) -> None:
    texts = list(export_photos(project, LISTED, OutputFolder(tmp_path / "out"), PhotoExportOptions("md")))
    assert skipped(texts) == {"new.png": "not read yet"}
    assert sorted(files(tmp_path / "out")) == ["a.jpg.md", "a.png.md"]
    boards = list(
        export_photos(
            project, LISTED, OutputFolder(tmp_path / "boards out"), PhotoExportOptions(CLEANED), chosen={"new.png"}
        )
    )
    assert boards[1:] == [PhotoWritten("new.png", "new cleaned.png")]
    assert photo_file.is_photo(tmp_path / "boards out" / "new cleaned.png")


def test_a_file_that_is_no_photo_is_not_called_unread(project: Project, tmp_path: Path) -> None:
    (project.photos / "notes.pdf").write_text("Not a PDF.")
    events = list(export_photos(project, list_all(project), OutputFolder(tmp_path / "out"), PhotoExportOptions("text")))
    assert skipped(events)["notes.pdf"] == "this is a text file, not a photo"


def test_files_that_belong_to_all_photos_are_written_once(project: Project, tmp_path: Path) -> None:
    out = OutputFolder(tmp_path / "out")
    events = list(export_photos(project, LISTED, out, PhotoExportOptions("yolo-obb")))
    assert [event.file for event in events if isinstance(event, PhotoWritten)] == ["a.jpg.txt", "a.png.txt"]
    assert list(files(out.path)) == [
        *("a.jpg.texts.json", "a.jpg.txt", "a.png.texts.json", "a.png.txt"),
        "data.yaml",
    ]


def test_labels_tell_where_the_photos_are(project: Project, tmp_path: Path) -> None:
    out = OutputFolder(tmp_path / "out")
    for kind in ("labelme", "coco", "paddleocr", "label-studio", "doctr", "via"):
        assert skipped(list(export_photos(project, LISTED, out, PhotoExportOptions(kind)))) == {
            "new.png": "not read yet"
        }
    told = files(out.path)
    assert '"imagePath": "../boards/a.jpg"' in told["a.jpg.json"]
    assert '"file_name": "../boards/a.png"' in told["annotations.json"]
    assert told["Label.txt"].startswith("boards/a.jpg\t")
    assert told["fileState.txt"] == "boards/a.jpg\t1\nboards/a.png\t1\n"  # PPOCRLabel drops other labels
    assert '"ocr": "/data/local-files/?d=boards/a.jpg"' in told["boards.json"]
    assert '"a.jpg": {' in told["labels.json"]
    assert told["boards.csv"].splitlines()[1].startswith("a.jpg,-1,{},1,0,")


def test_one_file_has_all_texts_under_the_names_of_their_photos(project: Project, tmp_path: Path) -> None:
    out = OutputFolder(tmp_path / "out")
    events = list(export_photos(project, LISTED, out, PhotoExportOptions("text", one_file=True)))
    assert skipped(events) == {"new.png": "not read yet"}
    assert [event.file for event in events if isinstance(event, PhotoWritten)] == ["boards.txt"] * 2
    assert files(out.path) == {"boards.txt": "a.jpg\n=====\n\ntext 1\n\na.png\n=====\n\ntext 2\n"}
    photos = [*LISTED, ListedPhoto("boards.jpg")]  # whose own file this name is
    (*_, last) = export_photos(
        project, photos, OutputFolder(tmp_path / "second"), PhotoExportOptions("text", one_file=True)
    )
    assert last == PhotoWritten("a.png", "boards.all.txt")


@pytest.fixture
def scans(project: Project) -> list[ListedPhoto]:
    """A PDF and a TIFF file of three pages each, which have been read, and a photo."""
    for name in ("scan.pdf", "scan.tif"):
        first, *others = (Image.new("RGB", (96, 64), (shade, shade, shade)) for shade in (200, 210, 220))
        first.save(project.photos / name, save_all=True, append_images=others)
    for number in (1, 2, 3):
        for suffix in ("pdf", "tif"):
            photo = project.photos / f"scan #{number}.{suffix}"
            project.save_page(written(photo.name, f"{suffix} {number}", photo_file.compute_content_id(photo)))
    project.unlock()
    return [photo for photo in list_all(project) if photo.page_id and photo.image != "a.jpg"]


def names_of(events: list[ExportEvent]) -> dict[str, str]:
    return {event.image: event.file for event in events if isinstance(event, PhotoWritten)}


def test_pages_of_a_file_go_to_one_file(project: Project, scans: list[ListedPhoto], tmp_path: Path) -> None:
    photo_file.save_png(project.photos / "a.png", drawn_boards.lit(drawn_boards.face(96, 64)))
    before = (project.photos / "scan.pdf").read_bytes()
    out = OutputFolder(tmp_path / "out")
    found = names_of(list(export_photos(project, scans, out, PhotoExportOptions("pdf"))))
    assert found == {
        **{f"scan #{number}.{suffix}": f"scan.{suffix}.pdf" for number in (1, 2, 3) for suffix in ("pdf", "tif")},
        "a.png": "a.pdf",
    }
    for suffix in ("pdf", "tif"):
        with pikepdf.open(out.path / f"scan.{suffix}.pdf") as pdf, pdf.open_outline() as outline:
            assert len(pdf.pages) == 3
            assert str(pdf.docinfo["/Title"]) == f"scan.{suffix}"
            assert not outline.root
        with pypdfium2.PdfDocument(out.path / f"scan.{suffix}.pdf") as pdf:
            texts = [pdf[number].get_textpage().get_text_range().strip() for number in range(3)]
        assert texts == [f"{suffix} {number}" for number in (1, 2, 3)]
    list(export_photos(project, scans, out, PhotoExportOptions("pdf", one_file=True)))
    with pikepdf.open(out.path / "boards.pdf") as pdf, pdf.open_outline() as outline:
        assert [item.title for item in outline.root] == ["a.png", "scan.pdf", "scan.tif"]
        assert len(pdf.pages) == 7
    assert (project.photos / "scan.pdf").read_bytes() == before


def test_some_pages_of_a_file_never_replace_all_of_them(
    project: Project, scans: list[ListedPhoto], tmp_path: Path
) -> None:
    listed, out = [photo for photo in scans if photo.image.endswith(".pdf")], OutputFolder(tmp_path / "out")
    for chosen, name in (
        ((1, 2, 3), "scan.txt"),
        ((2, 3), "scan #2-3.txt"),
        ((1, 3), "scan #1,3.txt"),
        ((2,), "scan #2.txt"),
    ):
        images = [f"scan #{number}.pdf" for number in chosen]
        assert names_of(
            list(export_photos(project, listed, out, PhotoExportOptions("text"), chosen=images))
        ) == dict.fromkeys(images, name)
    told = files(out.path)
    assert told["scan.txt"] == "\n".join(f"Page {number}\n======\n\npdf {number}\n" for number in (1, 2, 3))
    assert told["scan #2.txt"] == "pdf 2\n"


def test_a_page_that_is_not_read_is_left_out_of_the_file(
    project: Project, scans: list[ListedPhoto], tmp_path: Path
) -> None:
    unread = next(photo for photo in scans if photo.image == "scan #2.pdf")
    project.save_page(Page(unread.page_id, unread.image, 96, 64))
    events = list(export_photos(project, scans, OutputFolder(tmp_path / "out"), PhotoExportOptions("csv")))
    assert skipped(events) == {"scan #2.pdf": "not read yet"}
    (tmp_path / "out" / "scan.pdf.csv").write_text("edited")
    events = list(export_photos(project, scans, OutputFolder(tmp_path / "out"), PhotoExportOptions("csv")))
    assert set(skipped(events)) == {"scan #1.pdf", "scan #2.pdf", "scan #3.pdf"}
    assert names_of(events)["scan #1.tif"] == "scan.tif.csv"


def test_a_pdf_of_all_photos_is_written_in_parts(
    project: Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(searchable_pdf, "_PART_PAGES", 2)
    names = [f"{letter}.png" for letter in "abcdefg"]
    for number, name in enumerate(names):
        Image.new("RGB", (96, 64), (number, 0, 0)).save(project.photos / name)
        project.save_page(written(name, f"word{number}", photo_file.compute_content_id(project.photos / name)))
    listed = [photo for photo in list_all(project) if photo.image in names and photo.page_id]
    (project.photos / "c.png").write_bytes(b"\x89PNG\r\n\x1a\n damaged")
    out = OutputFolder(tmp_path / "out")
    events = list(export_photos(project, listed, out, PhotoExportOptions("pdf", one_file=True)))
    assert set(skipped(events)) == {"c.png"}
    left = [name for name in names if name != "c.png"]
    assert names_of(events) == dict.fromkeys(left, "boards.pdf")
    with pikepdf.open(out.path / "boards.pdf") as pdf, pdf.open_outline() as outline:
        assert pdf.check_pdf_syntax() == []
        assert [item.title for item in outline.root] == left
    with pypdfium2.PdfDocument(out.path / "boards.pdf") as pdf:
        texts = [pdf[number].get_textpage().get_text_range().strip() for number in range(len(pdf))]
    assert texts == [f"word{names.index(name)}" for name in left]
    again = list(
        export_photos(project, listed, OutputFolder(tmp_path / "out"), PhotoExportOptions("pdf", one_file=True))
    )
    assert names_of(again) == names_of(events)


def test_a_pdf_that_is_not_finished_leaves_what_was_there(
    project: Project, scans: list[ListedPhoto], tmp_path: Path
) -> None:
    out = OutputFolder(tmp_path / "out")
    list(export_photos(project, scans, out, PhotoExportOptions("pdf", one_file=True)))
    before = (out.path / "boards.pdf").read_bytes()
    stopped = export_photos(project, scans, out, PhotoExportOptions("pdf", one_file=True))
    for _ in range(4):
        next(stopped)
    stopped.close()  # type: ignore[attr-defined]
    for photo in scans:
        (project.photos / page_paths.find_page(project.photos / photo.image).file).unlink(missing_ok=True)
    assert not names_of(list(export_photos(project, scans, out, PhotoExportOptions("pdf", one_file=True))))
    assert (out.path / "boards.pdf").read_bytes() == before
    assert {path.name for path in out.path.iterdir()} == {"boards.pdf", ".ocr-studio-files.jsonl"}


def test_a_pdf_that_becomes_too_large_is_not_left_half(
    project: Project, scans: list[ListedPhoto], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pdf_writer, "_MOST_BYTES", 500)
    out = OutputFolder(tmp_path / "out")
    with pytest.raises(WriteFailed, match=r"File too large\. Export fewer photos"):
        list(export_photos(project, scans, out, PhotoExportOptions("pdf", one_file=True)))
    assert not [path for path in out.path.iterdir() if not path.name.startswith(".ocr-studio")]


def test_records_are_divided_among_several_files(
    project: Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("a.jpg", "a.png"):
        Image.new("RGB", (96, 64), "grey").save(project.photos / name)
    out = OutputFolder(tmp_path / "out")
    *_, lost = export_photos(project, LISTED, out, PhotoExportOptions("tfrecord"))
    assert lost == ContentLost({Content.ORDER: 2})
    whole = (out.path / "boards.tfrecord").read_bytes()
    size = (project.photos / "a.jpg").stat().st_size
    monkeypatch.setattr(planned_files, "FORMATS", {"tfrecord": replace(FORMATS["tfrecord"], most_bytes=size)})
    events = list(export_photos(project, LISTED, OutputFolder(tmp_path / "parts"), PhotoExportOptions("tfrecord")))
    first, second = "boards-00000-of-00002.tfrecord", "boards-00001-of-00002.tfrecord"
    assert names_of(events) == {"a.jpg": first, "a.png": second}
    assert skipped(events) == {"new.png": "not read yet"}
    assert b"".join((tmp_path / "parts" / name).read_bytes() for name in (first, second)) == whole
    # What was divided otherwise before would be learned twice; what others have written stays.
    foreign, changed = tmp_path / "parts" / "boards-00002-of-00003.tfrecord", tmp_path / "parts" / second
    foreign.write_bytes(b"foreign")
    changed.write_bytes(b"changed")
    monkeypatch.setattr(planned_files, "FORMATS", FORMATS)
    missing = [(project.photos / name).rename(tmp_path / name) for name in ("a.jpg", "a.png")]
    assert not names_of(
        list(export_photos(project, LISTED, OutputFolder(tmp_path / "parts"), PhotoExportOptions("tfrecord")))
    )
    assert (tmp_path / "parts" / first).exists()  # nothing has replaced it
    for path in missing:
        path.rename(project.photos / path.name)
    list(export_photos(project, LISTED, OutputFolder(tmp_path / "parts"), PhotoExportOptions("tfrecord")))
    found = {path.name for path in (tmp_path / "parts").glob("*.tfrecord")}
    assert found == {"boards.tfrecord", foreign.name, second}
    assert (tmp_path / "parts" / "boards.tfrecord").read_bytes() == whole


def test_a_renamed_photo_is_known_by_its_bytes(project: Project, tmp_path: Path) -> None:
    photo = project.photos / "new.png"
    project.save_page(written("former name.png", "found", photo_file.compute_content_id(photo)))
    project.unlock()
    list(export_photos(project, LISTED, OutputFolder(tmp_path / "out"), PhotoExportOptions("text"), chosen={"new.png"}))
    assert files(tmp_path / "out") == {"new.txt": "found\n"}


def test_stopped_half_way_what_was_written_is_whole(project: Project, tmp_path: Path) -> None:
    for one_file, left in ((False, {"a.jpg.txt": "text 1\n"}), (True, {})):
        out = OutputFolder(tmp_path / f"out {one_file}")
        events = export_photos(project, LISTED, out, PhotoExportOptions("text", one_file=one_file))
        while next(events) != ExportProgress(1, 3, "a.png"):
            pass
        del events
        assert files(out.path) == left


@pytest.mark.usefixtures("caplog")  # which says that the page is damaged
def test_all_pages_of_a_project_are_listed_even_a_damaged_one(project: Project) -> None:
    assert list_pages(project) == list(LISTED[:2])
    (project.folder / "pages" / f"{'3' * 32}.json").write_text("{")
    assert list_pages(project) == [*LISTED[:2], ListedPhoto("3" * 32, "3" * 32)]


@pytest.mark.parametrize("kind", [CLEANED, "pdf"])
def test_what_would_be_taken_for_photos_never_goes_among_them(project: Project, kind: str) -> None:
    before = sorted(project.photos.iterdir())
    with pytest.raises(StudioError, match="the photos are in this folder"):
        list(export_photos(project, LISTED, OutputFolder(project.photos), PhotoExportOptions(kind)))
    assert sorted(path for path in project.photos.iterdir()) == before


def test_a_photo_that_is_gone_stops_no_other_in_one_file(project: Project, tmp_path: Path) -> None:
    photo_file.save_png(project.photos / "a.png", drawn_boards.lit(drawn_boards.face(96, 64)))
    events = list(
        export_photos(project, LISTED, OutputFolder(tmp_path / "out"), PhotoExportOptions("pdf", one_file=True))
    )
    assert [event.image for event in events if isinstance(event, PhotoWritten)] == ["a.png"]
    assert skipped(events) == {"new.png": "not read yet", "a.jpg": "the file does not exist"}
    assert [path.suffix for path in (tmp_path / "out").iterdir() if not path.name.startswith(".")] == [".pdf"]


def test_a_photo_outside_the_folder_is_not_opened(project: Project, tmp_path: Path) -> None:
    (event, skip) = export_photos(
        project, [ListedPhoto("../x.png")], OutputFolder(tmp_path / "out"), PhotoExportOptions(CLEANED)
    )
    assert isinstance(event, ExportProgress)
    assert isinstance(skip, PhotoSkipped)
    assert "is not in" in skip.error.what


def test_photos_without_a_page_are_listed_and_a_renamed_one_once(project: Project) -> None:
    assert list_all(project) == list(LISTED)
    photo = project.photos / "new.png"
    project.save_page(written("former name.png", "found", page_id := photo_file.compute_content_id(photo)))
    project.unlock()
    assert list_all(project) == [*LISTED[:2], ListedPhoto("new.png", page_id)]
    (project.photos / "broken.jpg").write_bytes(b"")
    assert list_all(project)[2] == ListedPhoto("broken.jpg")


def test_a_replaced_photo_that_was_read_again_is_listed_once(project: Project) -> None:
    photo = project.photos / "new.png"
    project.save_page(written("new.png", "before", photo_file.compute_content_id(photo)))
    photo_file.save_png(photo, drawn_boards.lit(drawn_boards.face(320, 200)))
    project.save_page(written("new.png", "now", page_id := photo_file.compute_content_id(photo)))
    assert list_all(project) == [*LISTED[:2], ListedPhoto("new.png", page_id)]
