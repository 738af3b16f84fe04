"""What is stored of a video beside its photos: it is found again, and nothing else is."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from ocr_studio.core.errors import StudioError
from ocr_studio.core.page import Page, PhotoFrame, Quad
from ocr_studio.core.video import time_maps, video_record
from ocr_studio.core.video.time_maps import TimeMaps
from ocr_studio.core.video.video_record import FolderMoments, StoredState, VideoRecord

NAME = "lecture.video.json"


def maps() -> TimeMaps:
    """Something is written at (40..79, 20..39) pixels of the photo from 12 s to 90.2 s."""
    first, last = (np.full((30, 40), np.nan, np.float32) for _ in range(2))
    first[5:10, 10:20], last[5:10, 10:20] = 12.0, 90.2
    return TimeMaps(first, last, 4)


def record() -> VideoRecord:
    state = StoredState("lecture 00-01-30.png", "ab" * 16, 2.0, 90.0, time_maps.pack(maps(), 3600))
    return VideoRecord("../lecture.mp4", "f" * 32, 3600.0, 160, 120, (state,), complete=True)


def test_what_was_saved_is_loaded(tmp_path: Path) -> None:
    (tmp_path / NAME).write_bytes(video_record.encode(record()))
    assert video_record.load(tmp_path, NAME) == record()
    assert video_record.load(tmp_path, "other.video.json") is None


def test_a_photo_is_found_by_its_page_and_knows_its_moment(tmp_path: Path) -> None:
    (tmp_path / NAME).write_bytes(video_record.encode(record()))
    moments = FolderMoments(tmp_path)
    assert moments
    assert moments.find("0" * 32) is None
    moment = moments.find("ab" * 16)
    assert moment is not None
    assert (moment.video.name, moment.state.start, moment.state.end) == ("lecture.mp4", 2.0, 90.0)
    assert moment.path == tmp_path.parent / "lecture.mp4"
    page = Page("ab" * 16, "lecture 00-01-30.png", 160, 120)
    assert moment.word_times(page, Quad.from_box(38, 18, 82, 42)) == (12.0, 90.0)
    assert moment.word_times(page, Quad.from_box(100, 60, 140, 80)) is None
    assert moment.word_times(page, Quad.from_box(40, 20, 40, 40)) is None


def test_times_follow_a_photo_that_was_turned(tmp_path: Path) -> None:
    (tmp_path / NAME).write_bytes(video_record.encode(record()))
    moment = video_record.find_moment(tmp_path, "ab" * 16)
    assert moment is not None
    page = Page("ab" * 16, "lecture 00-01-30.png", 120, 160)
    page = replace(page, facts=replace(page.facts, frame=PhotoFrame(160, 120, quarters=1)))
    # Turned clockwise, x becomes 120 - y, and y becomes x.
    assert moment.word_times(page, Quad.from_box(80, 40, 100, 80)) == (12.0, 90.0)


@pytest.mark.parametrize(
    "change",
    [
        {"states": 7},
        {"seconds": -1},
        {"states": [{"image": "../x.png", "page": "a", "start": 0, "end": 1, "times": None}]},
        {"format": "new"},
    ],
)
def test_a_damaged_file_is_named_and_finds_nothing(tmp_path: Path, change: dict[str, object]) -> None:
    fields = json.loads(video_record.encode(record()))
    (tmp_path / NAME).write_text(json.dumps({**fields, **change}))
    if "format" not in change:
        with pytest.raises(StudioError, match=NAME):
            video_record.load(tmp_path, NAME)
        assert not FolderMoments(tmp_path)
    else:
        assert video_record.load(tmp_path, NAME) is not None


def test_a_photo_outside_the_folder_is_refused(tmp_path: Path) -> None:
    bad = replace(record().states[0], image="../../etc/passwd")
    (tmp_path / NAME).write_bytes(video_record.encode(replace(record(), states=(bad,))))
    with pytest.raises(StudioError, match="another folder"):
        video_record.load(tmp_path, NAME)


def test_a_newer_file_is_not_taken_for_damaged(tmp_path: Path) -> None:
    fields = json.loads(video_record.encode(record()))
    (tmp_path / NAME).write_text(json.dumps({**fields, "format": 99}))
    with pytest.raises(StudioError, match="newer version"):
        video_record.load(tmp_path, NAME)


def test_damaged_times_are_no_times() -> None:
    packed = time_maps.pack(maps(), 60)
    for bad in ("", "not base64 !", packed.first[:8]):
        assert time_maps.unpack(replace(packed, first=bad)) is None
    assert time_maps.unpack(replace(packed, width=2000, height=2000)) is None


def test_long_videos_have_coarser_times() -> None:
    day = 24 * 3600.0
    late = maps()
    late.last[5:10, 10:20] = day
    found = time_maps.unpack(time_maps.pack(late, day))
    assert found is not None
    times = found.find(Quad.from_box(40, 20, 80, 40))
    assert times is not None
    assert abs(times[1] - day) <= 2


def test_times_are_said_as_people_say_them() -> None:
    said = ["0:00:00", "0:00:59", "0:12:34", "10:00:00"]
    assert [video_record.format_time(each) for each in (0, 59.9, 754, 36_000)] == said
