"""Notes in a vault: written once, found again wherever they are, and updated without touching what the user wrote."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import pytest
import yaml
from PIL import Image

from ocr_studio.core.errors import StudioError
from ocr_studio.core.formats.output_folder import OutputFolder
from ocr_studio.core.formats.vault import front_matter
from ocr_studio.core.images import photo_file
from ocr_studio.core.page import Page, PageFacts, Quad, Transcription, Word
from ocr_studio.core.project.project import Project
from ocr_studio.jobs.formats.export_photos import (
    ListedPhoto,
    PhotoExportOptions,
    PhotoSkipped,
    PhotoWritten,
    export_photos,
    list_all,
)

ODD = "a #1 [x] b|c.png"


@pytest.fixture
def project(tmp_path: Path) -> Project:
    """A photo from a camera, one with an odd name, and a PDF and a TIFF file of two pages each."""
    project = Project.open(tmp_path / "boards")
    project.photos.mkdir()
    exif = Image.Exif()
    exif.get_ifd(0x8769)[0x9003] = "2026:11:20 10:12:33"
    Image.new("RGB", (96, 64), "white").save(project.photos / "board.jpg", exif=exif)
    Image.new("RGB", (96, 64), "blue").save(project.photos / ODD)
    for name in ("scan.pdf", "old.tif"):
        first, other = (Image.new("RGB", (96, 64), colour) for colour in ("red", "green"))
        first.save(project.photos / name, save_all=True, append_images=[other])
    for photo in list_all(project):
        write(project, photo.image, f"text of {photo.image}")
    return project


def write(project: Project, image: str, text: str) -> None:
    word = Word("one", Quad.from_box(1, 2, 30, 12), human=Transcription.by_human(text))
    page = Page(photo_file.compute_content_id(project.photos / image), image, 96, 64, {"one": word})
    project.save_page(replace(page, read_at="2026-11-25T09:00:00+00:00", facts=PageFacts("Ann", ("to do", "b"), "why")))
    project.unlock()


def export(
    project: Project, out: Path, *chosen: str, overwrite: bool = False
) -> tuple[dict[str, str], dict[str, StudioError]]:
    """Export notes; returns the files of the photos, and the errors of those that were skipped."""
    images = chosen or tuple(photo.image for photo in list_all(project))
    listed = [
        replace(photo, page_id=photo_file.compute_content_id(project.photos / photo.image))
        for photo in list_all(project)
    ]
    options = PhotoExportOptions("vault", languages=("en", "de"))
    events = list(export_photos(project, listed, OutputFolder(out, overwrite=overwrite), options, chosen=images))
    written = {event.image: event.file for event in events if isinstance(event, PhotoWritten)}
    return written, {event.image: event.error for event in events if isinstance(event, PhotoSkipped)}


def names(folder: Path) -> list[str]:
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())


def properties(note: Path) -> dict[str, object]:
    found = yaml.safe_load(front_matter.split_note(note.read_text("utf-8"))[0])
    assert isinstance(found, dict)
    return found


def test_one_note_for_each_photo_or_file(project: Project, tmp_path: Path) -> None:
    out = tmp_path / "vault"
    written, skipped = export(project, out)
    assert not skipped
    assert written == {
        "board.jpg": "board.md",
        ODD: "a 1 x b_c.md",
        **dict.fromkeys(["old #1.tif", "old #2.tif"], "old.md"),
        **dict.fromkeys(["scan #1.pdf", "scan #2.pdf"], "scan.md"),
    }
    pictures = ["a 1 x b_c.png", "board.jpg", "old 1.jpg", "old 2.jpg", "scan.pdf"]
    assert names(out) == sorted([*set(written.values()), *(f"attachments/{name}" for name in pictures)])
    for name in ("board.jpg", "scan.pdf"):
        assert (out / "attachments" / name).read_bytes() == (project.photos / name).read_bytes()
    told = properties(out / "board.md")
    told["date"] = str(told["date"])
    assert told == {
        "title": "board",
        "source": "board.jpg",
        "date": "2026-11-20 10:12:33",
        "tags": ["to-do", "b"],
        "writer": "Ann",
        "language": ["en", "de"],
        "words": 1,
        "checked": 1,
        "ocr-studio-id": photo_file.compute_content_id(project.photos / "board.jpg"),
    }
    board, scan, old = ((out / f"{name}.md").read_text() for name in ("board", "scan", "old"))
    assert "\n![board.jpg](attachments/board.jpg)\n\n> why\n\ntext of board.jpg\n" in board
    assert "\n![scan.pdf](attachments/scan.pdf)\n\n## Page 1\n\n> why\n\ntext of scan \\#1.pdf\n\n## Page 2\n" in scan
    assert "\n## Page 2\n\n![old #2.tif](attachments/old%202.jpg)\n" in old
    assert "![a #1 x b c.png](attachments/a%201%20x%20b_c.png)" in (out / "a 1 x b_c.md").read_text()
    before = {name: (out / name).read_bytes() for name in names(out)}
    export(project, out)
    assert {name: (out / name).read_bytes() for name in names(out)} == before


def test_a_moved_note_is_updated_and_the_text_around_stays(project: Project, tmp_path: Path) -> None:
    out = tmp_path / "vault" / "boards"
    (tmp_path / "vault" / ".obsidian").mkdir(parents=True)
    export(project, out, "board.jpg")
    (moved := tmp_path / "vault" / "archive" / "monday.md").parent.mkdir()
    (out / "board.md").rename(moved)
    text = moved.read_bytes().replace(b"tags: [", b'status: done\ntags: ["mine", ')
    head, mark, rest = text.partition(b"<!-- ocr-studio begin")
    moved.write_bytes(head + b"Mine \xf0\x9f\x98\x80\r\n\n" + mark + rest + b"\nand below\n\n")
    write(project, "board.jpg", "corrected")
    written, skipped = export(project, out, "board.jpg")
    assert (written, skipped) == ({"board.jpg": "../archive/monday.md"}, {})
    now = moved.read_bytes()
    assert b"---\n\nMine \xf0\x9f\x98\x80\r\n\n<!-- ocr-studio begin" in now
    assert now.endswith(b"\n\ncorrected\n\n<!-- ocr-studio end -->\n\nand below\n\n")
    assert b"](../boards/attachments/board.jpg)" in now
    assert (properties(moved)["status"], properties(moved)["tags"]) == ("done", ["mine", "to-do", "b"])
    assert names(tmp_path / "vault") == ["archive/monday.md", "boards/attachments/board.jpg"]


def test_text_above_the_properties_stays_and_the_note_stays_one(project: Project, tmp_path: Path) -> None:
    out = tmp_path / "vault"
    export(project, out, "board.jpg")
    note = out / "board.md"
    above = "\ufeff# Monday\r\n---\nmine: 1\n---\n\n".encode()
    note.write_bytes(above + note.read_bytes())
    write(project, "board.jpg", "corrected")
    written, skipped = export(project, out, "board.jpg")
    assert (written, skipped) == ({"board.jpg": "board.md"}, {})
    assert names(out) == ["attachments/board.jpg", "board.md"]
    text = note.read_bytes()
    assert text.startswith(above + b"---\ntitle:")
    assert text.count(b"ocr-studio-id") == 1
    assert b"corrected" in text


def test_a_part_that_the_user_has_edited_stays_unless_asked_for(project: Project, tmp_path: Path) -> None:
    out = tmp_path / "vault"
    export(project, out)
    edited = (out / "board.md").read_text().replace("text of", "my text of")
    (out / "board.md").write_text(edited + "mine")
    write(project, "scan #2.pdf", "corrected")
    written, skipped = export(project, out)
    assert list(skipped) == ["board.jpg"]
    assert skipped["board.jpg"].typed.endswith("or add --overwrite.")
    assert (out / "board.md").read_text() == edited + "mine"
    assert "corrected" in (out / written["scan #2.pdf"]).read_text()
    _, skipped = export(project, out, overwrite=True)
    assert not skipped
    assert (out / "board.md").read_text() == edited.replace("my text of", "text of") + "mine"


def test_notes_and_pictures_of_the_user_are_never_overwritten(project: Project, tmp_path: Path) -> None:
    (out := tmp_path / "vault").mkdir()
    (out / "board.md").write_text("mine")
    (out / "attachments").mkdir()
    (out / "attachments" / "board.jpg").write_bytes(b"mine")
    for _ in range(2):
        written, skipped = export(project, out, "board.jpg", overwrite=True)
        assert (written, skipped) == ({"board.jpg": "board (2).md"}, {})
    assert names(out) == ["attachments/board (2).jpg", "attachments/board.jpg", "board (2).md", "board.md"]
    assert (out / "board.md").read_text() == "mine"
    assert (out / "attachments" / "board.jpg").read_bytes() == b"mine"


def test_pictures_in_the_vault_are_not_copied(project: Project, tmp_path: Path) -> None:
    vault = project.photos.parent
    (vault / ".obsidian").mkdir()
    written, _ = export(project, vault / "notes", "board.jpg", "scan #1.pdf", "scan #2.pdf")
    assert "](../boards/board.jpg)" in (vault / "notes" / written["board.jpg"]).read_text()
    assert not (vault / "notes" / "attachments").exists()
    shutil.rmtree(vault / "notes")
    export(project, project.photos, "board.jpg")
    assert "](board.jpg)" in (project.photos / "board.md").read_text()


def test_some_pages_have_a_note_of_their_own(project: Project, tmp_path: Path) -> None:
    out = tmp_path / "vault"
    export(project, out)
    whole = (out / "scan.md").read_bytes()
    written, _ = export(project, out, "scan #2.pdf")
    assert written == {"scan #2.pdf": "scan 2.md"}
    assert (out / "scan.md").read_bytes() == whole
    assert export(project, out, "scan #2.pdf")[0] == written


def test_a_note_that_is_no_text_and_a_photo_that_is_gone_stop_no_other(project: Project, tmp_path: Path) -> None:
    out = tmp_path / "vault"
    export(project, out)
    (out / "scan.md").write_bytes((out / "scan.md").read_bytes() + b"\xff")
    listed = [*list_all(project), ListedPhoto("gone.jpg", "9" * 32)]
    (project.photos / ODD).unlink()
    events = list(export_photos(project, listed, OutputFolder(out), PhotoExportOptions("vault")))
    assert {event.image for event in events if isinstance(event, PhotoSkipped)} == {
        ODD,
        "gone.jpg",
        "scan #1.pdf",
        "scan #2.pdf",
    }
    assert {event.image for event in events if isinstance(event, PhotoWritten)} == {
        "board.jpg",
        "old #1.tif",
        "old #2.tif",
    }
