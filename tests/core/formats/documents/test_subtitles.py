"""Subtitles of what is written on the board of a video."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from ocr_studio.core.errors import StudioError
from ocr_studio.core.formats import FORMATS
from ocr_studio.core.formats.photo_source import PhotoSource
from ocr_studio.core.page import Page, Quad, TextSource, Transcription, Word
from ocr_studio.core.video import time_maps, video_record
from ocr_studio.core.video.time_maps import TimeMaps
from ocr_studio.core.video.video_record import StoredState, VideoRecord


def make_page(name: str, lines: list[tuple[str, int]]) -> Page:
    """A page with a word of 100 × 20 pixels for each text at a height."""
    words = [
        Word(text, Quad.from_box(20, top, 120, top + 20), machine=Transcription(text, TextSource.MODEL, 0.9))
        for text, top in lines
    ]
    return Page(name * 32, f"{name}.png", 200, 200, {word.id: word for word in words}, "2026-01-01T00:00:00Z")


def make_state(name: str, start: float, end: float, first: dict[int, float]) -> StoredState:
    """A state on which something was first seen at these heights."""
    maps = TimeMaps(np.full((100, 100), np.nan, np.float32), np.full((100, 100), np.nan, np.float32), 2)
    for top, at in first.items():
        maps.first[top // 2 : top // 2 + 10, 10:60], maps.last[top // 2 : top // 2 + 10, 10:60] = at, end
    return StoredState(f"{name}.png", name * 32, start, end, time_maps.pack(maps, 200))


def save(folder: Path, source: str, *states: StoredState) -> None:
    record = VideoRecord(f"../{source}.mp4", "f" * 32, 200.0, 200, 200, states, complete=True)
    (folder / f"{source}.video.json").write_bytes(video_record.encode(record))


def render(folder: Path, *pages: Page) -> str:
    text = FORMATS["vtt"].render(pages, PhotoSource(lambda page: folder / page.image))
    assert isinstance(text, str)
    return text


def test_a_line_is_shown_when_it_is_written_and_never_again(tmp_path: Path) -> None:
    save(
        tmp_path,
        "lecture",
        make_state("a", 0, 60, {20: 5.0, 80: 30.0, 140: 31.0}),
        make_state("b", 60, 100.25, {20: 5.0, 80: 70.0}),
    )
    first = make_page("a", [("kept", 20), ("1 < 2 & 3", 80), ("more", 140)])
    second = make_page("b", [("kept", 20), ("new", 80)])
    expected = """\
WEBVTT

00:00:05.000 --> 00:00:30.000
kept

00:00:30.000 --> 00:01:00.000
1 &lt; 2 &amp; 3
more

00:01:10.000 --> 00:01:40.250
new
"""
    assert render(tmp_path, second, first) == expected


def test_a_board_without_text_has_no_subtitles(tmp_path: Path) -> None:
    save(tmp_path, "lecture", make_state("a", 0, 60, {}), make_state("b", 60, 100, {20: 70.0}))
    expected = "WEBVTT\n\n00:01:10.000 --> 00:01:40.000\nnew\n"
    assert render(tmp_path, make_page("a", []), make_page("b", [("new", 20)])) == expected


def test_a_photo_without_a_time_is_refused_and_so_are_two_videos(tmp_path: Path) -> None:
    save(tmp_path, "one", make_state("a", 0, 60, {20: 5.0}))
    one, other = make_page("a", [("kept", 20)]), make_page("b", [("other", 20)])
    with pytest.raises(StudioError, match="not from a video"):
        render(tmp_path, one, other)
    save(tmp_path, "two", replace(make_state("b", 0, 60, {20: 5.0})))
    with pytest.raises(StudioError, match="several videos"):
        render(tmp_path, one, other)
