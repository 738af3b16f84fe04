"""Actors of a Ray cluster read the same as this process does. In a process of its own: Ray leaves threads behind."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

from ocr_studio.jobs.archive.pool import Ended
from ocr_studio.jobs.archive.ray_actors import RayEngine
from ocr_studio.jobs.archive.worker import Task
from tests.jobs.archive.test_read_archive import Archive

_SCRIPT = """
import json, sys
from pathlib import Path
from ocr_studio.core.archive.folder import ArchiveFolder
from ocr_studio.jobs.archive import pool
from ocr_studio.jobs.archive.pool import WorkerEnded
from ocr_studio.jobs.archive.ray_actors import RayEngine
from ocr_studio.jobs.archive.read_archive import ArchiveOrder, read_archive
from tests.jobs.archive import stub_readers

pool._MOST_ENDS = 2  # a new actor takes seconds
photos, out, log = sys.argv[1:]
engine = RayEngine(stub_readers.maker(Path(log)), size=2)
import ray
address = ray.get_runtime_context().gcs_address
events = list(read_archive(ArchiveOrder(photos, ArchiveFolder(out), {}, shard_size=4), engine))
ended = sum(isinstance(event, WorkerEnded) for event in events)
print(json.dumps([events[-1].read, ended, ray.is_initialized(), address]))
"""


def test_actors_read_the_same_and_a_photo_that_ends_them_costs_one_row(tmp_path: Path) -> None:
    archive = Archive(tmp_path, count=9)
    archive.add("005-poison.jpg")
    command = [sys.executable, "-c", _SCRIPT, *map(str, (archive.photos, archive.out, archive.log))]
    run = subprocess.run(command, capture_output=True, text=True, timeout=300, check=False)
    assert run.returncode == 0, run.stderr
    read, ended, running, address = json.loads(run.stdout.splitlines()[-1])
    assert (read, ended, running) == (10, 2, False)
    assert address.startswith("127.0.0.1:")  # others on the network can't reach it
    rows = archive.rows()
    assert {Path(row.path).name: row.error for row in rows if row.error} == {
        "005-poison.jpg": "the process that was reading it ended ten times"
    }
    archive.out.rename(tmp_path / "by actors")
    (archive.photos / "005-poison.jpg").unlink()
    archive.read()
    assert archive.rows() == [row for row in rows if not row.error]


@pytest.mark.parametrize("task", [None, Task(0, 0, "a.jpg")])
def test_an_actor_whose_answer_makes_no_sense_is_ended(monkeypatch: pytest.MonkeyPatch, task: Task | None) -> None:
    killed: list[object] = []
    fake = SimpleNamespace(
        exceptions=SimpleNamespace(RayError=RuntimeError), get=lambda _: b'[{"path": 1}]', kill=killed.append
    )
    monkeypatch.setitem(sys.modules, "ray", fake)
    engine = RayEngine.__new__(RayEngine)
    engine._ray, engine._actors, engine._calls = fake, {3: "actor"}, {"call": (3, task), "next": (3, task)}
    number, answer = engine._take("call") or (0, None)
    assert number == 3
    assert isinstance(answer, Ended)
    assert not answer.killed
    assert (killed, engine._calls) == (["actor"], {})
