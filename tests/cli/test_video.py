"""``ocr-studio video``: from a film to photos that were read, with their times, found by search."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from ocr_studio.cli import main as cli
from ocr_studio.core.page import Quad, TextSource, Transcription, Word
from ocr_studio.jobs.reading.read import OcrService
from tests import filmed
from tests.filmed import Filming


class OneWord:
    """Reads “vector” in the left upper ninth of every photo."""

    name, notice = "one-word", None

    def find(self, image: NDArray[np.uint8]) -> list[Quad]:
        return [Quad.from_box(0, 0, image.shape[1], 10)]

    def read_lines(self, image: NDArray[np.uint8], lines: list[Quad]) -> Iterator[tuple[int, list[Word]]]:
        height, width = image.shape[:2]
        quad = Quad.from_box(0.06 * width, 0.12 * height, 0.34 * width, 0.32 * height)
        yield 1, [Word("w", quad, machine=Transcription("vector", TextSource.MODEL, 0.9, self.name))]

    def learn(self, known: object) -> None:
        """Knows enough."""


def test_photos_are_read_and_found_with_their_times(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(OcrService, "reader", lambda *_: OneWord())
    script = filmed.draw_lecture(np.random.default_rng(3), size=(320, 192), states=2, seconds=20)
    filming = Filming(person=False, rate=1, noise=1.0, codec="MJPG")
    film = filmed.write_film(tmp_path / "lecture", script, filming, np.random.default_rng(1))
    assert cli.run(["video", str(film), "--format", "json"]) == 0
    first, second = json.loads(capsys.readouterr().out)
    assert [word["text"] for word in first["words"]] == ["vector"]
    assert 0 <= first["start"] < first["words"][0]["first"] < first["end"] <= second["start"] < second["end"]
    assert first["words"][0]["last"] < second["words"][0]["first"] < second["words"][0]["last"]
    subtitles = (tmp_path / "lecture" / "lecture.vtt").read_text()
    assert subtitles.startswith("WEBVTT\n")
    assert subtitles.count("vector") == 2

    assert cli.run(["video", str(film)]) == 0  # once more: as saved
    assert f"{first['image'].rpartition('/')[2]} (0:00:00 to " in capsys.readouterr().out

    assert cli.run(["search", "vector", "--project", str(tmp_path / "lecture")]) == 0
    lines = capsys.readouterr().out.splitlines()
    seconds = int(second["end"])
    assert len(lines) == 2
    assert any(line.endswith(f"\tlecture.avi 0:{seconds // 60:02}:{seconds % 60:02}") for line in lines)
    assert cli.run(["search", "vector", "--project", str(tmp_path / "lecture"), "--format", "json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert {hit["video"]["path"] for hit in found} == {str(film)}
    assert all(hit["video"]["first"] < hit["video"]["seconds"] + 1 for hit in found)

    assert cli.run(["export", str(tmp_path / "lecture"), "--format", "vtt", "--out", str(tmp_path / "out")]) == 0
    assert (tmp_path / "out" / "lecture.vtt").read_text() == subtitles


def test_of_a_film_that_is_cut_off_each_run_tells_what_is_missing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    script = filmed.draw_lecture(np.random.default_rng(3), size=(320, 192), states=1, seconds=20)
    filming = Filming(person=False, rate=1, noise=1.0, codec="MJPG")
    film = filmed.write_film(tmp_path / "lecture", script, filming, np.random.default_rng(1))
    data = film.read_bytes()
    film.write_bytes(data[: len(data) // 2])
    for _ in range(2):
        assert cli.run(["video", str(film), "--no-read"]) == 1
        said = capsys.readouterr().err.splitlines()[-1]
        assert f"{film}: the file is incomplete: it ends after 0:00:" in said


def test_what_is_no_video_is_one_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "lecture.mp4").write_text("no video")
    assert cli.run(["video", str(tmp_path / "lecture.mp4")]) == 1
    said = capsys.readouterr().err
    assert said.count("\n") == 1
    assert "this is not a video in a supported format" in said
