"""From a video file to photos of the board with their times; interrupted, killed, run again."""

from __future__ import annotations

import contextlib
import itertools
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np
import pytest

from ocr_studio.core.errors import StudioError
from ocr_studio.core.formats.output_folder import OutputFolder
from ocr_studio.core.images import photo_file
from ocr_studio.core.images.photo_stream import compute_content_id
from ocr_studio.core.video import video_record
from ocr_studio.core.video.video_file import VideoError
from ocr_studio.jobs.video import find_states as job
from tests import filmed
from tests.filmed import Filming, Script

SIZE = 320, 192


@pytest.fixture(scope="module")
def lecture(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Script]:
    """A film of two states without a lecturer, a frame a second."""
    script = filmed.draw_lecture(np.random.default_rng(3), size=SIZE, states=2, seconds=24)
    filming = Filming(person=False, rate=1, noise=1.0, codec="MJPG")
    path = filmed.write_film(tmp_path_factory.mktemp("film") / "lecture", script, filming, np.random.default_rng(1))
    return path, script


def saved(events: Iterator[job.VideoEvent] | list[job.VideoEvent]) -> list[job.StateSaved]:
    return [event for event in events if isinstance(event, job.StateSaved)]


def hidden(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir() if path.name.startswith(".")}


def test_photos_of_the_states_with_their_times(lecture: tuple[Path, Script], tmp_path: Path) -> None:
    path, script = lecture
    events = list(job.find_states(path, tmp_path / "out"))
    found = saved(events)
    assert len(found) == 2
    finished = events[-1]
    assert isinstance(finished, job.VideoFinished)
    assert finished.record == video_record.load(tmp_path / "out", "lecture.video.json")
    assert finished.record.complete
    assert finished.record.locate(tmp_path / "out") == path
    for each, state in zip(found, script.states, strict=True):
        whole = int(each.end)
        assert each.path.name == f"lecture 00-{whole // 60:02}-{whole % 60:02}.png"
        assert each.page == compute_content_id(each.path)
        drawn, ink = filmed.draw_state(script, state.strokes)
        bare = script.board.astype(int)
        shown = np.abs(photo_file.open_photo(each.path).astype(int) - bare).max(axis=2)
        true = np.abs(drawn.astype(int) - bare).max(axis=2)
        near = cv2.dilate(shown.astype(np.uint8), np.ones((3, 3), np.uint8))
        assert (near >= true / 2)[ink].mean() > 0.95
    # Neither a checkpoint nor a lock is left.
    assert hidden(tmp_path / "out") == {".ocr-studio-files.jsonl"}
    progress = [event.seconds for event in events if isinstance(event, job.VideoProgress) and not event.looking]
    assert progress == sorted(progress)

    # Once more: nothing is computed again.
    before = {each.path: each.path.stat().st_mtime_ns for each in found}
    again = list(job.find_states(path, tmp_path / "out"))
    assert saved(again) == found
    assert not any(isinstance(event, job.VideoProgress) for event in again)
    assert before == {each.path: each.path.stat().st_mtime_ns for each in found}

    # A photo that was removed stays away.
    found[0].path.unlink()
    assert saved(job.find_states(path, tmp_path / "out")) == found[1:]


def test_a_stopped_run_goes_on(lecture: tuple[Path, Script], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path, _ = lecture
    whole = saved(job.find_states(path, tmp_path / "whole"))
    monkeypatch.setattr(job, "_SAVE_EVERY", 0.0)
    running = job.find_states(path, tmp_path / "parts")
    for event in running:
        if isinstance(event, job.StateSaved):
            break
    running.close()
    assert any(name.endswith(".npz") for name in hidden(tmp_path / "parts"))
    events = list(job.find_states(path, tmp_path / "parts"))
    progress = [event for event in events if isinstance(event, job.VideoProgress)]
    assert not any(event.looking for event in progress)
    assert progress[0].seconds > 10
    parts = saved(events)
    assert parts[0].path.name == whole[0].path.name
    assert len(parts) == len(whole)
    assert abs(parts[1].end - whole[1].end) <= 2
    assert hidden(tmp_path / "parts") == {".ocr-studio-files.jsonl"}


def test_the_bare_board_is_looked_for_in_the_first_minutes_however_fast_they_are_decoded(tmp_path: Path) -> None:
    path = tmp_path / "film.avi"
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter.fourcc(*"MJPG"), 1.0, (64, 48))
    for _ in range(300):
        writer.write(np.full((48, 64, 3), 200, np.uint8))
    writer.release()
    with contextlib.closing(job.find_states(path, tmp_path / "out")) as events:
        looks = list(itertools.takewhile(lambda each: isinstance(each, job.VideoProgress) and each.looking, events))
    assert len(looks) >= 80
    last = looks[-1]
    assert isinstance(last, job.VideoProgress)
    assert 237 <= last.seconds < 240


def write_film_of_a_late_wipe(path: Path) -> Path:
    """A film that ends while its board is being wiped, and after something was written on it meanwhile."""
    script = filmed.draw_lecture(np.random.default_rng(4), size=(480, 270), states=1, seconds=20)
    strokes = script.states[0].strokes
    events = [(0.0, 1, stroke) for stroke in strokes[:6]]
    events += [(20.0, -1, stroke) for stroke in strokes[:3]] + [(22.0, 1, stroke) for stroke in strokes[6:9]]
    filming = Filming(person=False, rate=1, noise=0.0, codec="MJPG")
    return filmed.write_film(
        path, Script(script.board, script.states, events, seconds=26), filming, np.random.default_rng(1)
    )


@pytest.mark.parametrize("killed", [False, True])
def test_two_states_that_end_at_once_are_two_photos(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, killed: bool
) -> None:
    path, out = write_film_of_a_late_wipe(tmp_path / "late"), tmp_path / "out"
    if killed:
        with monkeypatch.context() as patched:
            # As if it were killed before the first of them is in its place.
            patched.setattr(OutputFolder, "write", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
            with pytest.raises(KeyboardInterrupt):
                list(job.find_states(path, out))
    found = saved(job.find_states(path, out))
    assert len(found) == 2
    assert sorted(out.glob("*.png")) == [each.path for each in found]
    assert [each.page for each in found] == [compute_content_id(each.path) for each in found]


@pytest.mark.skipif(sys.platform == "win32", reason="there is no SIGKILL")
def test_a_killed_run_goes_on_and_leaves_whole_photos_only(lecture: tuple[Path, Script], tmp_path: Path) -> None:
    path, _ = lecture
    out = tmp_path / "out"
    code = (
        "import sys; from pathlib import Path; from ocr_studio.jobs.video import find_states as job\n"
        "job._SAVE_EVERY = 0.0\n"
        "for event in job.find_states(Path(sys.argv[1]), Path(sys.argv[2])): print(type(event).__name__, flush=True)"
    )
    with subprocess.Popen([sys.executable, "-c", code, str(path), str(out)], stdout=subprocess.PIPE, text=True) as run:
        assert run.stdout is not None
        for line in run.stdout:
            if line.strip() == "StateSaved":
                run.send_signal(signal.SIGKILL)
                break
    for photo in out.glob("*.png"):
        assert photo_file.open_photo(photo).shape == (SIZE[1], SIZE[0], 3)
    found = saved(job.find_states(path, out))
    assert len(found) == 2
    assert sorted(out.glob("*.png")) == [each.path for each in found]


def test_another_video_of_the_same_name_is_refused(lecture: tuple[Path, Script], tmp_path: Path) -> None:
    path, _ = lecture
    list(job.find_states(path, tmp_path / "out"))
    other = tmp_path / "lecture.avi"
    other.write_bytes(path.read_bytes()[:-1000])
    with pytest.raises(StudioError, match="another video") as refused:
        list(job.find_states(other, tmp_path / "out"))
    assert "--out" in refused.value.typed


def test_two_at_a_time_are_refused(lecture: tuple[Path, Script], tmp_path: Path) -> None:
    path, _ = lecture
    first = job.find_states(path, tmp_path / "out")
    next(first)
    with pytest.raises(StudioError, match="is working on this video"):
        next(job.find_states(path, tmp_path / "out"))
    first.close()


def test_what_is_no_video_leaves_no_folder(tmp_path: Path) -> None:
    (tmp_path / "notes.mp4").write_text("no video")
    with pytest.raises(VideoError):
        next(job.find_states(tmp_path / "notes.mp4", tmp_path / "out"))
    assert not (tmp_path / "out").exists()


def test_the_default_folder_is_beside_the_video() -> None:
    assert job.default_folder(Path("/films/lecture 1.mp4")) == Path("/films/lecture 1")
    assert job.default_folder(Path("/films/lecture")) == Path("/films/lecture states")
