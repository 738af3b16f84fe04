"""Where a person was is known at the next start, whatever ended the last one."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from ocr_studio.core.project.last_session import Draft, LastTime, SessionFile, ViewState

PLACE = ViewState(Path("/photos/a.png"), ("w3", "w1"), 2.5, (100.0, 40.5))
DRAFT = Draft("p1", "w3", "before", "half typ\udc00")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "state" / "session.json"


def test_nothing_is_known_at_the_first_start(path: Path) -> None:
    first = SessionFile(path)
    assert first.begin() == LastTime(None, closed=True)
    first.end()


@pytest.mark.parametrize("closed", [True, False])
@pytest.mark.parametrize(
    "place", [PLACE, replace(PLACE, drafts=(DRAFT,)), ViewState(Path("/photos/stray\udcff.png")), None]
)
def test_the_place_comes_back_as_it_was_left(path: Path, place: ViewState | None, closed: bool) -> None:
    first = SessionFile(path)
    first.begin()
    first.write(place, closed=closed)
    first.end()
    second = SessionFile(path)
    assert second.begin() == LastTime(place, closed=closed)
    second.end()


def test_drafts_leave_the_file_small_enough_to_be_read(path: Path) -> None:
    first = SessionFile(path)
    first.begin()
    drafts = tuple(replace(DRAFT, word=f"w{number}", text="\U0001f600" * 1000) for number in range(1000))
    first.write(replace(PLACE, drafts=drafts), closed=False)
    first.end()
    second = SessionFile(path)
    last = second.begin()
    second.end()
    assert last is not None
    assert last.place is not None
    assert last.place.drafts == drafts[: len(last.place.drafts)]
    assert len(last.place.drafts) > 40


def test_a_second_window_leaves_it_to_the_first(path: Path) -> None:
    first, second = SessionFile(path), SessionFile(path)
    first.begin()
    first.write(PLACE, closed=False)
    assert second.begin() is None
    second.write(None, closed=True)
    assert json.loads(path.read_text())["photo"] == "/photos/a.png"
    first.end()


def test_killed_it_is_not_closed_and_locks_nobody_out(path: Path) -> None:
    code = (
        "import sys, os, signal; from pathlib import Path\n"
        "from ocr_studio.core.project.last_session import SessionFile, ViewState\n"
        f"kept = SessionFile(Path({str(path)!r})); kept.begin()\n"
        "kept.write(ViewState(Path('/photos/a.png'), ('w1',)), closed=False)\n"
        "os.kill(os.getpid(), signal.SIGKILL)"
    )
    ended = subprocess.run([sys.executable, "-c", code], check=False, cwd=Path(__file__).parents[3])
    assert ended.returncode == -signal.SIGKILL
    later = SessionFile(path)
    assert later.begin() == LastTime(ViewState(Path("/photos/a.png"), ("w1",)), closed=False)
    later.end()


@pytest.mark.parametrize(
    "text",
    [
        '{"photo": 5}', '{"photo": ""}', '{"photo": "a\\u0000b"}', '{"closed": "no"}', "[]", "{", "",
        '{"photo": "/a.png", "zoom": 1e999, "middle": [1, 2]}', '{"photo": "/a.png", "zoom": 1, "middle": [1]}',
        '{"photo": "/a.png", "selection": {"a": 1}, "zoom": true, "middle": "ab"}',
    ],
)  # fmt: skip
def test_a_damaged_file_offers_nothing_wrong(path: Path, text: str, caplog: pytest.LogCaptureFixture) -> None:
    path.parent.mkdir(parents=True)
    path.write_text(text)
    kept = SessionFile(path)
    found = kept.begin()
    assert found is not None
    assert found.place in (None, ViewState(Path("/a.png")))
    kept.end()


def test_a_full_disk_is_only_logged(
    path: Path, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept = SessionFile(path)
    kept.begin()
    kept.write(PLACE, closed=False)

    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "replace", full)
    kept.write(None, closed=True)
    assert "not kept" in caplog.text
    assert json.loads(path.read_text())["photo"] == "/photos/a.png"
    kept.end()
