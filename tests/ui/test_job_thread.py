"""Lanes: one job after the other, events in the window's thread, nothing after a cancel, no bug unseen."""

from __future__ import annotations

import logging
import threading
import weakref
from collections.abc import Iterator
from functools import partial

import pytest
from pytestqt.qtbot import QtBot

from ocr_studio.core.errors import StudioError
from ocr_studio.ui.job_thread import Job, JobThread, Priority, Trouble


@pytest.fixture
def lane(qtbot: QtBot) -> Iterator[JobThread]:
    lane = JobThread("test")
    yield lane
    lane.stop()


def test_events_come_in_order_in_the_windows_thread(lane: JobThread, qtbot: QtBot) -> None:
    heard: list[tuple[object, bool]] = []
    worked: list[bool] = []
    here = threading.current_thread()

    def count() -> Iterator[int]:
        worked.append(threading.current_thread() is here)
        yield from range(3)

    job = lane.submit(count, name="Counting")
    job.yielded.connect(lambda event: heard.append((event, threading.current_thread() is here)))
    with qtbot.waitSignal(job.ended):
        pass
    assert heard == [(0, True), (1, True), (2, True)]
    assert worked == [False]
    assert not lane.busy


def test_one_job_at_a_time_in_the_order_given(lane: JobThread, qtbot: QtBot) -> None:
    running: list[int] = []
    most: list[int] = []

    def work(number: int) -> Iterator[int]:
        running.append(number)
        most.append(len(running))
        yield number
        running.remove(number)

    order: list[object] = []
    jobs = [lane.submit(partial(work, number), name=str(number)) for number in range(5)]
    for job in jobs:
        job.yielded.connect(order.append)
    with qtbot.waitSignal(jobs[-1].ended):
        pass
    assert order == [0, 1, 2, 3, 4]
    assert max(most) == 1


def test_after_a_cancel_nothing_is_heard_and_the_generator_is_closed(lane: JobThread, qtbot: QtBot) -> None:
    go_on, closed = threading.Event(), threading.Event()

    def endless() -> Iterator[int]:
        try:
            while True:
                yield 1
                go_on.wait(5)
        finally:
            closed.set()

    job = lane.submit(endless, name="Endless")
    ends: list[str] = []
    job.done.connect(lambda: ends.append("done"))
    job.ended.connect(lambda: ends.append("ended"))
    with qtbot.waitSignal(job.yielded):
        pass
    heard: list[object] = []
    job.yielded.connect(heard.append)
    job.cancel()
    assert ends == ["ended"]
    go_on.set()
    assert closed.wait(5)
    later = lane.submit(lambda: iter([2]), name="Later")
    with qtbot.waitSignal(later.ended):
        pass
    assert heard == []
    assert ends == ["ended"]


def test_a_job_cancelled_while_it_waits_never_begins(lane: JobThread, qtbot: QtBot) -> None:
    go_on = threading.Event()
    begun: list[int] = []

    def first() -> Iterator[int]:
        go_on.wait(5)
        yield 0

    def second() -> Iterator[int]:
        begun.append(1)
        yield 1

    lane.submit(first, name="First")
    waiting = lane.submit(second, name="Second")
    waiting.cancel()
    last = lane.submit(lambda: iter(()), name="Last")
    go_on.set()
    with qtbot.waitSignal(last.ended):
        pass
    assert begun == []


def test_a_long_job_gives_way_between_two_events(lane: JobThread, qtbot: QtBot) -> None:
    order: list[str] = []
    begun, go_on = threading.Event(), threading.Event()

    def work(name: str, steps: int) -> Iterator[None]:
        for number in range(steps):
            order.append(f"{name} {number}")
            if name == "index":
                begun.set()
                go_on.wait(5)
            yield None

    index = lane.submit(lambda: work("index", 2), name="Index", priority=Priority.BACKGROUND)
    assert begun.wait(5)
    assert not lane.waiting
    for name, priority in (("list", Priority.NORMAL), ("photo", Priority.URGENT), ("search", Priority.NORMAL)):
        lane.submit(partial(work, name, 2), name=name, priority=priority)
    assert lane.waiting
    go_on.set()
    with qtbot.waitSignal(index.ended):
        pass
    assert order == [
        "index 0", "photo 0", "photo 1", "list 0", "list 1", "search 0", "search 1", "index 1",
    ]  # fmt: skip


def test_a_job_cancelled_while_it_gives_way_is_closed_first(lane: JobThread, qtbot: QtBot) -> None:
    order: list[str] = []
    begun, go_on = threading.Event(), threading.Event()

    def index() -> Iterator[None]:
        try:
            while True:
                begun.set()
                yield None
        finally:
            order.append("index closed")

    def photo() -> Iterator[None]:
        order.append("photo")
        yield None
        go_on.wait(5)
        yield None
        order.append("photo opened")

    job = lane.submit(index, name="Index", priority=Priority.BACKGROUND)
    assert begun.wait(5)
    opening = lane.submit(photo, name="Photo", priority=Priority.URGENT)
    job.cancel()
    go_on.set()
    with qtbot.waitSignal(opening.ended):
        pass
    assert order.index("index closed") < order.index("photo opened")


def test_an_error_of_ours_is_one_line_without_details(lane: JobThread, qtbot: QtBot) -> None:
    def fail() -> Iterator[int]:
        yield 1
        raise StudioError("it is broken", file="x.jpg", remedy="Mend it.")

    job = lane.submit(fail, name="Failing")
    with qtbot.waitSignal(job.failed) as failed:
        pass
    assert failed.args == [Trouble("x.jpg: it is broken. Mend it.")]


def test_a_missing_library_is_one_line_with_what_to_do(
    lane: JobThread, qtbot: QtBot, caplog: pytest.LogCaptureFixture
) -> None:
    def load() -> Iterator[str]:
        yield "begun"
        raise ImportError("No module named 'tensorflow'")

    job = lane.submit(load, name="Training")
    with qtbot.waitSignal(job.failed) as failed:
        pass
    assert failed.args is not None
    assert failed.args[0].message == (
        "a part of the program can’t be loaded: No module named 'tensorflow'. Reinstall OCR Studio."
    )
    assert "ImportError" in failed.args[0].details
    assert caplog.records


def test_a_bug_is_logged_with_its_traceback_and_the_lane_goes_on(
    lane: JobThread, qtbot: QtBot, caplog: pytest.LogCaptureFixture
) -> None:
    def bug() -> Iterator[int]:
        yield 1 // 0

    job = lane.submit(bug, name="Counting sheep")
    with qtbot.waitSignal(job.failed) as failed:
        pass
    trouble = failed.args[0]
    assert "Counting sheep" in trouble.message
    assert "ZeroDivisionError" in trouble.details
    assert [record.levelno for record in caplog.records] == [logging.ERROR]
    job = lane.submit(lambda: iter([7]), name="Next")
    with qtbot.waitSignal(job.yielded) as came:
        pass
    assert came.args == [7]


def test_stopping_a_lane_that_never_ran_is_nothing(qtbot: QtBot) -> None:
    lane = JobThread("idle")
    lane.stop()
    assert not lane.isRunning()


def test_a_finished_job_keeps_nothing_alive(lane: JobThread, qtbot: QtBot) -> None:
    import gc

    import numpy as np

    class Photo(np.ndarray):
        pass

    def look(photo: Photo) -> Iterator[object]:
        yield photo.shape

    photo = np.zeros((4, 4)).view(Photo)
    gone = weakref.ref(photo)
    job = lane.submit(partial(look, photo), name="Looking")
    with qtbot.waitSignal(job.ended):
        pass
    qtbot.wait(50)
    del photo, job
    gc.collect()
    assert gone() is None


def test_a_slot_that_holds_its_job_does_not_keep_what_the_job_used(lane: JobThread, qtbot: QtBot) -> None:
    class Photo:
        pass

    def submit() -> tuple[Job, weakref.ref[Photo]]:
        photo = Photo()

        def work() -> Iterator[object]:
            yield repr(photo)

        job = lane.submit(work, name="Reading")
        job.ended.connect(lambda: job.running)
        return job, weakref.ref(photo)

    job, gone = submit()
    with qtbot.waitSignal(job.ended):
        pass
    qtbot.waitUntil(lambda: gone() is None)
