"""A board in a film of a lecture: its states, without the lecturer, with the times of its writing."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

import cv2
import numpy as np
import pytest

from ocr_studio.core.page import Quad
from ocr_studio.core.video.board_states import BoardTracker, FoundState
from ocr_studio.core.video.camera import Camera, register
from ocr_studio.core.video.grid import Grid
from tests import filmed
from tests.filmed import Filming, Mask, Picture, Script, Stroke

SIZE = 480, 270


@dataclass
class Found:
    """A state that was found: its picture, its times, and those of its writing."""

    picture: Picture
    start: float
    end: float
    state: FoundState


@cache
def shoot(script: Script, filming: Filming, seed: int) -> list[tuple[float, Picture, Mask]]:
    """Film a lecture once for all tests."""
    return list(filmed.film(script, filming, np.random.default_rng(seed)))


@cache
def track(script: Script, filming: Filming, seed: int, *, interrupt: bool = False) -> list[Found]:
    """Find the states of a lecture. interrupt: save and load the tracker whenever that is possible."""
    frames = shoot(script, filming, seed)
    grid = Grid(*SIZE)
    works = [grid.to_work(grid.pad(picture)) for _, picture, _ in frames[::3]]
    camera = Camera(works[0])
    looks = []
    for work in works:
        view = camera.find(work)
        if view.found:
            looks.append(grid.to_small(work if view.matrix is None else register(work, view.matrix)))
    tracker = BoardTracker(grid, works[0], looks)
    found: list[FoundState] = []
    saves = 0
    for number, (at, picture, _) in enumerate(frames):
        found += tracker.add(picture, at)
        if interrupt and number % 10 == 9 and tracker.is_calm:
            again = BoardTracker.load(grid, tracker.save(), count=len(tracker.states))
            assert again is not None
            tracker, saves = again, saves + 1
    found += tracker.finish(frames[-1][0])
    assert bool(saves) is interrupt
    # An interrupted tracker goes on with copies of the states before.
    states = zip(found, tracker.states, strict=True)
    return [Found(each.picture, state.start, state.end, FoundState(state, each.picture)) for each, state in states]


def find_seen(script: Script, filming: Filming, seed: int) -> list[Mask]:
    """For each state which pixels the lecturer left free for at least eight frames since they were written."""
    written = [np.full(script.board.shape[:2], np.inf) for _ in script.states]
    for state, moments in zip(script.states, written, strict=True):
        for at, change, stroke in script.events:
            if change > 0 and at < state.wiped and any(stroke is each for each in state.strokes):
                moments[stroke.place][stroke.ink] = at
    seen = np.zeros((len(written), *script.board.shape[:2]), int)
    for at, _, covers in shoot(script, filming, seed):
        free = cv2.dilate(covers.astype(np.uint8), np.ones((31, 31), np.uint8)) == 0
        for number, state in enumerate(script.states):
            seen[number] += free & (written[number] < at) & (at < state.wiped)
    return [counts >= 8 for counts in seen]


def measure(script: Script, found: list[Found], seen: list[Mask]) -> Iterator[tuple[float, float, float]]:
    """Recall and precision of the writing of each state, and the share of the picture that shows anything else."""
    for state, each, free in zip(script.states, found, seen, strict=True):
        drawn, ink = filmed.draw_state(script, state.strokes)
        bare = script.board.astype(int)
        shown, true = (np.abs(picture.astype(int) - bare).max(axis=2) for picture in (each.picture, drawn))
        near = cv2.dilate(shown.astype(np.uint8), np.ones((3, 3), np.uint8))
        real = cv2.dilate((ink | (true > 15)).astype(np.uint8), np.ones((5, 5), np.uint8)) > 0
        marks = shown > 40
        # Around the board nothing is written; parts of it that the lecturer never left free are but guessed.
        wall = script.board.shape[0] // 10
        board = np.s_[wall:-wall, wall:-wall]
        right = real[board][marks[board]].mean()
        yield (near >= true / 2)[ink & free].mean(), right, (marks & ~real).mean()


@cache
def lecture(*, dark: bool = False, person: bool = True, shake: float = 0.0) -> tuple[Script, Filming]:
    """A lecture of two states, and how it is filmed."""
    script = filmed.draw_lecture(np.random.default_rng(3), size=SIZE, states=2, seconds=32, dark=dark)
    return script, Filming(rate=1, person=person, shake=shake)


@pytest.mark.parametrize("dark", [False, True], ids=["whiteboard", "blackboard"])
def test_a_still_of_each_state_shows_all_writing_and_no_lecturer(dark: bool) -> None:
    script, filming = lecture(dark=dark)
    found = track(script, filming, 5)
    assert len(found) == 2
    for recall, precision, stray in measure(script, found, find_seen(script, filming, 5)):
        assert recall > 0.95
        assert precision > 0.95
        assert stray < 0.005
    for state, each in zip(script.states, found, strict=True):
        # Before the wiping, and not long before it: the lecturer may have come in between.
        assert state.complete - 5 < each.end < state.wiped + 3
    assert [each.start for each in found] == [0.0, found[0].end]


def test_writing_has_the_times_at_which_it_was_seen() -> None:
    script, filming = lecture(person=False)
    found = track(script, filming, 5)
    written = {id(stroke): at for at, change, stroke in script.events if change > 0}
    wiped = {id(stroke): at for at, change, stroke in script.events if change < 0}
    assert len(found) == 2
    for state, each in zip(script.states, found, strict=True):
        for stroke in state.strokes:
            rows, columns = stroke.place
            times = each.state.state.times.find(Quad.from_box(columns.start, rows.start, columns.stop, rows.stop))
            assert times is not None
            assert abs(times[0] - written[id(stroke)]) <= 5
            assert abs(times[1] - wiped.get(id(stroke), script.seconds)) <= 5


def test_a_film_from_the_hand_is_registered() -> None:
    script, filming = lecture(shake=0.8)
    found = track(script, filming, 1)
    assert len(found) == 2
    grid = Grid(*SIZE)
    for state, each, free in zip(script.states, found, find_seen(script, filming, 1), strict=True):
        # The stills have the view of the first frame; the truth that of a camera on a stand.
        drawn, ink = filmed.draw_state(script, state.strokes)
        view = Camera(grid.to_work(grid.pad(drawn))).find(grid.to_work(grid.pad(each.picture)))
        assert view.found
        picture = each.picture if view.matrix is None else register(each.picture, view.matrix)
        shown = np.abs(picture.astype(int) - script.board.astype(int)).max(axis=2)
        near = cv2.dilate(shown.astype(np.uint8), np.ones((5, 5), np.uint8))
        assert (near > 50)[ink & free].mean() > 0.95


def test_what_is_covered_is_not_wiped() -> None:
    script = filmed.draw_lecture(np.random.default_rng(2), size=SIZE, states=1, seconds=20)
    grid = Grid(*SIZE)
    picture, _ = filmed.draw_state(script, script.states[0].strokes)
    tracker = BoardTracker(grid, grid.to_work(grid.pad(picture)), [grid.to_small(grid.to_work(grid.pad(picture)))])
    rng = np.random.default_rng(7)
    found: list[FoundState] = []
    for at in range(90):
        frame = picture.copy()
        if at >= 20:  # somebody stands before half of the board for good, and cannot stand quite still
            left = 130 + int(rng.integers(0, 8))
            frame[40:, left : left + 190] = rng.integers(60, 120, 3)
        found += tracker.add(frame, float(at))
    assert found == []
    (last,) = tracker.finish(90)
    assert np.abs(last.picture.astype(int) - picture).mean() < 2


def play(board: Picture, words: list[Stroke], changes: dict[int, tuple[float, float]]) -> list[Found]:
    """Find the states of a film of 70 seconds without a lecturer. changes: when words come and go, by their number."""
    script = Script(board, [])
    grid = Grid(*SIZE)
    tracker: BoardTracker | None = None
    found: list[FoundState] = []
    for at in range(70):
        there = [words[number] for number, (begin, end) in changes.items() if begin <= at < end]
        picture, _ = filmed.draw_state(script, there)
        work = grid.to_work(grid.pad(picture))
        tracker = tracker or BoardTracker(grid, work, [grid.to_small(work)])
        found += tracker.add(picture, float(at))
    assert tracker
    found += tracker.finish(70)
    return [Found(each.picture, each.state.start, each.state.end, each) for each in found]


def shows(board: Picture, picture: Picture, word: Stroke) -> bool:
    """Whether a word is on a picture of a board."""
    change = np.abs(picture.astype(int) - board)[word.place].max(axis=2)
    share = (change > 40)[word.ink].mean()
    assert share > 0.9 or share < 0.1
    return bool(share > 0.9)


def test_what_is_written_while_the_board_is_wiped_is_on_the_next_state() -> None:
    script = filmed.draw_lecture(np.random.default_rng(4), size=SIZE, states=1, seconds=20)
    words = script.states[0].strokes
    first, wiped, new = range(6), (0, 1, 2), (6, 7, 8)
    changes = dict.fromkeys(first, (0.0, 99.0))
    changes |= {0: (0.0, 20.0), 1: (0.0, 22.0), 2: (0.0, 25.0), 6: (21.0, 99.0), 7: (23.0, 99.0), 8: (24.0, 99.0)}
    one, other = play(script.board, words, changes)
    assert 18 < one.end <= 20
    assert [shows(script.board, one.picture, word) for word in words] == [number in first for number in range(9)]
    assert [shows(script.board, other.picture, word) for word in words] == [number not in wiped for number in range(9)]
    for number in new:
        rows, columns = words[number].place
        quad = Quad.from_box(columns.start, rows.start, columns.stop, rows.stop)
        assert one.state.state.times.find(quad) is None
        times = other.state.state.times.find(quad)
        assert times is not None
        assert abs(times[0] - changes[number][0]) <= 2


def test_what_follows_at_once_is_on_the_next_state() -> None:
    script = filmed.draw_lecture(np.random.default_rng(4), size=SIZE, states=1, seconds=20)
    words = script.states[0].strokes
    # As when slides are shown, or a film is cut.
    changes = {number: (0.0, 30.0) if number % 2 else (30.0, 99.0) for number in range(9)}
    found = play(script.board, words, changes)
    for each, shown in zip(found, (1, 0), strict=True):
        assert [shows(script.board, each.picture, word) for word in words] == [n % 2 == shown for n in range(9)]


def test_a_wipe_is_measured_by_what_was_there_when_it_began() -> None:
    script = filmed.draw_lecture(np.random.default_rng(4), size=SIZE, states=1, seconds=20)
    words = script.states[0].strokes
    sizes = [int(word.ink.sum()) for word in words]
    # A fifth is wiped; with what is written meanwhile, that is less than a seventh.
    changes = dict.fromkeys(range(4), (0.0, 99.0)) | {0: (0.0, 20.0)}
    changes |= dict.fromkeys(range(4, 9), (21.0, 99.0))
    assert sizes[0] > 0.19 * sum(sizes[:4])
    assert sizes[0] < 0.14 * sum(sizes)
    found = play(script.board, words, changes)
    assert len(found) == 2
    assert shows(script.board, found[0].picture, words[0])


def test_an_interrupted_tracker_finds_the_same() -> None:
    script, filming = lecture()
    whole, parts = (track(script, filming, 5, interrupt=interrupt) for interrupt in (False, True))
    assert len(parts) == len(whole)
    for one, other in zip(whole, parts, strict=True):
        assert abs(one.end - other.end) <= 8
        assert np.abs(one.picture.astype(int) - other.picture).mean() < 4


def test_a_damaged_state_is_not_resumed() -> None:
    grid = Grid(*SIZE)
    bare = np.full((*grid.work_shape, 3), 200, np.uint8)
    saved = BoardTracker(grid, bare, [grid.to_small(bare)]).save()
    assert BoardTracker.load(grid, saved, count=0) is not None
    assert BoardTracker.load(Grid(320, 240), saved, count=0) is None
    assert BoardTracker.load(grid, {**saved, "ink": saved["ink"][1:]}, count=0) is None
    assert BoardTracker.load(grid, {**saved, "spans": np.zeros((0, 3))}, count=0) is None
    assert BoardTracker.load(grid, saved, count=1) is None
    assert BoardTracker.load(grid, {key: value for key, value in saved.items() if key != "spans"}, count=0) is None


def test_another_scene_begins_anew() -> None:
    one, other = (filmed.draw_lecture(np.random.default_rng(seed), size=SIZE, states=1, seconds=20) for seed in (1, 2))
    (first, _), (second, _) = (filmed.draw_state(each, each.states[0].strokes) for each in (one, other))
    second = np.clip(second[:, ::-1].astype(int) - (120, 90, 20), 0, 255).astype(np.uint8)
    grid = Grid(*SIZE)
    work = grid.to_work(grid.pad(first))
    tracker = BoardTracker(grid, work, [grid.to_small(work)])
    found: list[FoundState] = []
    for at in range(110):
        found += tracker.add(first if at < 40 else second, float(at))
    found += tracker.finish(110)
    assert len(found) == 2
    assert found[0].state.end < 41
    for each, picture in zip(found, (first, second), strict=True):
        assert np.abs(each.picture.astype(int) - picture).mean() < 3
