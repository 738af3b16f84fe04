"""Small pictures of those photos that somebody looks at, and no others; many photos read one after the other."""

from __future__ import annotations

from pathlib import Path

from ocr_studio.core.images import photo_file
from ocr_studio.core.page import Page
from ocr_studio.core.photo_list.thumbnail_cache import ThumbnailCache
from ocr_studio.core.project.page_cache import stamp
from ocr_studio.core.project.project import Project
from ocr_studio.jobs.photos.thumbnails import ThumbnailQueue, thumbnail, thumbnails
from ocr_studio.jobs.reading.read import PhotoFailed, PhotoRead
from ocr_studio.jobs.reading.read_batch import PhotoKnown, read_batch
from tests.ui import made_board
from tests.ui.made_board import StandInOcrService


def _photos(folder: Path, many: int = 3) -> list[Path]:
    return [made_board.write_photo(folder / f"board {number}.png", number) for number in range(1, many + 1)]


def test_a_bad_file_stops_nothing(tmp_path: Path) -> None:
    (good,) = _photos(tmp_path, 1)
    (tmp_path / "bad.png").write_text("no picture")
    wanted = ThumbnailQueue()
    wanted.replace(["bad.png", good.name])
    bad, made = thumbnails(wanted, folder=tmp_path, side=32)
    assert bad.picture is None
    assert "bad.png" in bad.why
    assert made.picture is not None
    assert max(made.picture.shape[:2]) <= 32
    assert (made.page_id, made.stamp) == (photo_file.compute_content_id(good), stamp(good))


def test_what_is_out_of_sight_is_not_made_any_more(tmp_path: Path) -> None:
    _photos(tmp_path)
    wanted = ThumbnailQueue()
    wanted.replace(["board 1.png", "board 2.png"])
    made = []
    for each in thumbnails(wanted, folder=tmp_path, side=32):
        made.append(each.name)
        if len(made) == 1:
            wanted.replace(["board 3.png"])
    assert made == ["board 1.png", "board 3.png"]


def test_a_kept_picture_is_taken_as_long_as_the_photo_is_the_same(tmp_path: Path) -> None:
    (photo,) = _photos(tmp_path / "photos", 1)
    cache = ThumbnailCache(photo.parent, side=32, root=tmp_path)
    first = thumbnail(photo, side=32, cache=cache)
    again = thumbnail(photo, side=32, cache=cache)
    assert again.page_id == first.page_id
    made_board.write_photo(photo, 100)
    assert thumbnail(photo, side=32, cache=cache).page_id == photo_file.compute_content_id(photo) != first.page_id


def test_a_batch_goes_past_what_cannot_be_read_and_what_was_read_before(tmp_path: Path) -> None:
    one, two, three = _photos(tmp_path)
    two.write_text("no picture")
    project = Project.open(tmp_path)
    project.save_page(
        Page(photo_file.compute_content_id(three), "former name.png", 480, 240, {}, "2026-01-01T00:00:00+00:00")
    )
    events = list(read_batch(StandInOcrService(), [two, three, one], project, again=False))
    ends = [event for event in events if isinstance(event, PhotoRead | PhotoFailed | PhotoKnown)]
    assert {type(event): event.path for event in ends} == {PhotoFailed: two, PhotoKnown: three, PhotoRead: one}
    again = list(read_batch(StandInOcrService(), [three], project, again=True))
    assert isinstance(again[-1], PhotoRead)
    assert len(again[-1].page.words) == 8
    project.unlock()
