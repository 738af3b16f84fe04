"""Which folders and photos an assistant can reach, and which it can't."""

from __future__ import annotations

import io
import sys
from pathlib import Path

import pikepdf
import pytest
from PIL import Image

from ocr_studio.core.errors import StudioError
from ocr_studio.core.images import photo_file
from ocr_studio.core.project.project import FOLDER, Project
from ocr_studio.server.assistants.shared_folders import NamedPage, SharedFolders
from tests.server.assistants.shared_photos import add_ways_out, make_shared

unix = pytest.mark.skipif(sys.platform == "win32", reason="makes links and pipes")


@pytest.fixture
def boards(tmp_path: Path) -> Path:
    return make_shared(tmp_path)


def test_a_shared_folder_and_those_inside_are_listed_with_their_photos(boards: Path) -> None:
    folders = SharedFolders([boards, boards])
    assert [place.address for place in folders.list_places()] == ["boards", "boards/2026"]
    assert folders.find("boards").list_photos() == ["board.png", "new.png"]
    assert folders.find("boards/2026").list_photos() == ["scan #1.tif", "scan #2.tif"]
    assert folders.find("boards/2026").list_files() == ["scan.tif"]


def test_pages_of_a_file_are_opened_by_their_number(boards: Path) -> None:
    place = SharedFolders([boards]).find("boards/2026")
    first, second = place.open_photo("scan #1.tif"), place.open_photo("scan #2.tif")
    assert (first[0][0, 0, 0], second[0][0, 0, 0]) == (200, 90)
    paths = (boards / "2026" / name for name in ("scan #1.tif", "scan #2.tif"))
    assert [first[1], second[1]] == [photo_file.compute_content_id(path) for path in paths]


def test_pages_that_are_lost_leave_the_numbers_of_the_others(tmp_path: Path) -> None:
    scan = io.BytesIO()
    first, *others = [Image.new("L", (40, 30), grey) for grey in (200, 90, 30)]
    first.save(scan, "PDF", save_all=True, append_images=others)
    (tmp_path / "boards").mkdir()
    with pikepdf.open(scan) as pdf:
        pdf.pages[1].obj.Type = pikepdf.Name.NoPage
        pdf.save(tmp_path / "boards" / "scan.pdf")
    place = SharedFolders([tmp_path / "boards"]).find("boards")
    assert place.find_page("scan.pdf", 3) == NamedPage("scan #3.pdf", 3, 3)
    assert place.find_page("scan #3.pdf", 1) == NamedPage("scan #3.pdf")
    with pytest.raises(StudioError, match=r"page 2 of “scan.pdf” is lost: the file is damaged"):
        place.find_page("scan.pdf", 2)
    with pytest.raises(StudioError, match=r"no page 4 in “scan.pdf”, which has 3 pages"):
        place.find_page("scan.pdf", 4)


def test_folders_of_the_same_name_have_different_addresses(boards: Path, tmp_path: Path) -> None:
    other = tmp_path / "other" / "boards"
    other.mkdir(parents=True)
    folders = SharedFolders([boards, other])
    assert [place.address for place in folders.list_places()] == ["boards", "boards/2026", "boards (2)"]
    assert folders.find("boards (2)").path == other


def test_a_project_folder_stands_for_its_photos(boards: Path) -> None:
    assert SharedFolders([Project.open(boards).folder]).paths == [boards]


@pytest.mark.parametrize("missing", ["nothing", "boards/board.png"])
def test_what_is_no_folder_is_not_shared(boards: Path, tmp_path: Path, missing: str) -> None:
    with pytest.raises(StudioError):
        SharedFolders([tmp_path / missing])


@pytest.mark.parametrize(
    "address",
    ["", ".", "..", "/", "boards/..", "boards/../private", "boards/2026/../../private", "private", "boards/linked",
     "boards/2026/up", f"boards/{FOLDER}", f"boards/{FOLDER}/pages", "boards/new.png", "boards\0", "boards/\0",
     "boards\\..\\private", "boards/..\\private", "C:\\", "~", "boards/" + "x/" * 900],
)  # fmt: skip
@unix
def test_no_address_leads_out(boards: Path, address: str) -> None:
    private = add_ways_out(boards)
    folders = SharedFolders([boards])
    for each in (address, str(private), str(boards)):
        with pytest.raises(StudioError):
            folders.find(each)


@pytest.mark.parametrize(
    "photo",
    ["", ".", "..", "link.png", "pipe.png", "linked", "linked/secret.png", "../private/secret.png", "2026/scan.tif",
     "2026/../board.png", "..\\private\\secret.png", "board.png\0", "nothing.png", "2026", "x" * 300 + ".png"],
)  # fmt: skip
@unix
def test_no_name_of_a_photo_leads_out(boards: Path, photo: str) -> None:
    private = add_ways_out(boards)
    place = SharedFolders([boards]).find("boards")
    for each in (photo, str(private / "secret.png"), str(boards / "board.png")):
        assert not place.has_photo(each)
        with pytest.raises(StudioError) as caught:
            place.open_photo(each)
        assert str(private) not in str(caught.value).replace(each, "")


def test_hidden_folders_and_photos_cannot_be_reached(boards: Path) -> None:
    (boards / ".hidden").mkdir()
    (boards / ".hidden.png").write_bytes((boards / "board.png").read_bytes())
    folders = SharedFolders([boards])
    with pytest.raises(StudioError):
        folders.find("boards/.hidden")
    assert not folders.find("boards").has_photo(".hidden.png")
    with pytest.raises(StudioError):
        folders.find("boards").open_photo(".hidden.png")


@unix
def test_links_and_pipes_are_not_listed(boards: Path) -> None:
    add_ways_out(boards)
    folders = SharedFolders([boards])
    assert [place.address for place in folders.list_places()] == ["boards", "boards/2026"]
    assert folders.find("boards").list_photos() == ["board.png", "new.png"]


@unix
def test_a_link_that_the_user_names_is_followed(boards: Path, tmp_path: Path) -> None:
    link = tmp_path / "mine"
    link.symlink_to(boards, target_is_directory=True)
    assert SharedFolders([link]).find("mine").list_photos() == ["board.png", "new.png"]
