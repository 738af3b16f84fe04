"""How well the states of a board are found in made-up lectures: states, writing, what is left of the lecturer, time.

    python -m tests.benchmarks.video /work/shared/data/lectures [--lectures 12] [--seed 1] [--scenes PYTHON]
    python -m tests.benchmarks.video /work/shared/data/lectures --varied 28 [--seed 1] [--only "still"]

Twelve lectures are put together from frames of real boards and their ink masks: their writing appears bit by bit
between true states and is wiped off, while a lecturer walks before it with a shadow, the light flickers, and every
third film is shot from the hand. People, speeds, pauses and unrest are drawn at random from the seed.

For each: states in truth and found; share of the true writing that is on the pictures, and of the writing on the
pictures that is true (within two pixels); share of the pictures' pixels that show neither the board nor its writing;
seconds of work for a minute of video; the most memory of the program and its child together. ``--scenes`` names a
Python with PySceneDetect, whose number of scenes (detect-content, default threshold) is printed beside.

With ``--varied``, so many small films are made instead that differ in all that may go wrong (see varied_films.py), and
"seen" is the share of the writing that the lecturer left free for at least five seconds.
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from ocr_studio.core.images import photo_file
from ocr_studio.jobs.video import find_states
from tests import filmed
from tests.benchmarks import varied_films
from tests.benchmarks.varied_films import TRAITS
from tests.filmed import Filming, Mask, Picture, Script, Stroke

# Of the writing of the state before, at least so much must go for a wipe that counts.
_WIPED = 0.2
_NEW = 0.1
_LEVELS = 22


@dataclass(frozen=True)
class Board:
    """Frames of a lecture: the bare board, and for each frame its strokes."""

    bare: Picture
    frames: tuple[tuple[Stroke, ...], ...]


def load_board(folder: Path) -> Board:
    """Load the frames of a lecture, with the light of all made even."""
    paths = sorted((path for path in folder.glob("*.jpg")), key=lambda path: int(path.stem))
    frames = [photo_file.open_photo(path) for path in paths]
    inks = [photo_file.open_photo(path.with_name(f"{path.stem}_ink.png"))[..., 0] < 128 for path in paths]
    masked = [
        np.where(cv2.dilate(ink.astype(np.uint8), np.ones((13, 13)))[..., None] > 0, np.nan, frame.astype(np.float32))
        for frame, ink in zip(frames, inks, strict=True)
    ]
    with np.errstate(all="ignore"):
        bare = np.stack([np.nanmedian(np.stack([each[..., c] for each in masked]), axis=0) for c in range(3)], axis=2)
    holes = np.isnan(bare).any(axis=2)
    bare = cv2.inpaint(np.nan_to_num(bare).astype(np.uint8), holes.astype(np.uint8), 5, cv2.INPAINT_TELEA)
    smooth = cv2.GaussianBlur(bare.astype(np.float32), (0, 0), 25)
    found = []
    known: list[Stroke] = []
    for frame, ink in zip(frames, inks, strict=True):
        light = cv2.GaussianBlur(
            cv2.medianBlur(cv2.resize(frame, None, fx=0.25, fy=0.25), 31).astype(np.float32), (0, 0), 6
        )
        light = cv2.resize(light, (frame.shape[1], frame.shape[0]))
        even = np.clip(frame * smooth / np.maximum(light, 1), 0, 255).astype(np.uint8)
        strokes = filmed.make_strokes(bare, even, ink, reach=25)
        # What stays on the board from one frame to the next was drawn by hand twice; it is the same writing.
        same = [next((each for each in known if _is_same(each, stroke)), stroke) for stroke in strokes]
        unique = {id(stroke): stroke for stroke in same}
        known = list(unique.values())
        found.append(tuple(known))
    return Board(bare, tuple(found))


def _is_same(one: Stroke, other: Stroke) -> bool:
    whole = np.zeros((1080, 1920), np.uint8)
    whole[one.place] += one.ink.astype(np.uint8)
    both = (whole[other.place] & other.ink).sum()
    return bool(both > 0.5 * min(one.ink.sum(), other.ink.sum()) and both > 0.3 * max(one.ink.sum(), other.ink.sum()))


def choose_states(board: Board, rng: np.random.Generator, most: int) -> list[list[Stroke]]:
    """Choose frames whose writing differs enough from one to the next."""
    order = list(range(len(board.frames)))
    start = int(rng.integers(len(order)))
    chosen = [list(board.frames[start])]
    for number in [*order[start + 1 :], *order[:start]]:
        if len(chosen) == most:
            break
        before, after = chosen[-1], list(board.frames[number])
        gone, new = _ink([s for s in before if s not in after]), _ink([s for s in after if s not in before])
        if gone >= _WIPED * _ink(before) and new >= _NEW * _ink(after):
            chosen.append(after)
    return chosen


def _ink(strokes: Sequence[Stroke]) -> int:
    return int(sum(stroke.ink.sum() for stroke in strokes))


@dataclass
class Result:
    """Figures of a lecture."""

    name: str
    minutes: float
    true: int
    found: int = 0
    recall: float = 0.0
    seen: float = 0.0
    precision: float = 0.0
    person: float = 0.0
    seconds: float = 0.0
    memory: float = 0.0
    scenes: int | None = None


def measure(
    script: Script,
    pictures: Sequence[tuple[float, Picture]],
    result: Result,
    *,
    shaken: bool,
    edges: bool = True,
    seen: Sequence[Mask] = (),
) -> None:
    """Compare pictures with the truth.

    Args:
        script: The truth.
        pictures: What was found: the times of their ends, and the pictures.
        result: Gets the figures.
        shaken: Whether the film was shot from the hand.
        edges: Whether what differs at sharp edges of the bare board counts; compression changes drawn ones.
        seen: For each state, which pixels of its writing the lecturer left free.
    """
    truths = [filmed.draw_state(script, state.strokes) for state in script.states]
    bare = script.board.astype(np.int16)
    matched, written, hit, right, marks, stray, area = set[int](), 0, 0, 0, 0, 0, 0
    written = sum(int(ink.sum()) for _, ink in truths)
    best, free = dict[int, int](), dict[int, int]()
    for end, found in pictures:
        number = min(range(len(truths)), key=lambda each: abs(script.states[each].wiped - end) if end else 0.0)
        drawn, ink = truths[number]
        picture = align(found, drawn) if shaken else found
        differs = np.abs(picture.astype(np.int16) - bare).max(axis=2).astype(np.uint8)
        true = np.abs(drawn.astype(np.int16) - bare).max(axis=2).astype(np.uint8)
        near = cv2.dilate(differs, np.ones((3, 3), np.uint8))
        shown = ink & (near >= 0.5 * true)
        best[number] = max(best.get(number, 0), int(shown.sum()))
        if seen:
            free[number] = max(free.get(number, 0), int((shown & seen[number]).sum()))
        real = cv2.dilate((ink | (true > _LEVELS / 2)).astype(np.uint8), np.ones((5, 5), np.uint8)) > 0
        mark = differs > _LEVELS
        if shaken:  # the frame's edges are beyond what the camera saw
            mark[:, :60], mark[:, -60:], mark[:40], mark[-40:] = False, False, False, False
        if shaken or not edges:
            mark &= (cv2.dilate(cv2.Canny(script.board, 30, 90), np.ones((7, 7), np.uint8)) == 0) | real
        right, marks = right + int((mark & real).sum()), marks + int(mark.sum())
        stray += int((mark & ~real).sum())
        area += mark.size
        matched.add(number)
    hit = sum(best.values())
    visible = sum(int((ink & mask).sum()) for (_, ink), mask in zip(truths, seen, strict=False))
    result.seen = sum(free.values()) / max(1, visible)
    result.found, result.recall = len(pictures), hit / max(1, written)
    result.precision, result.person = right / max(1, marks), stray / max(1, area)


def align(picture: Picture, drawn: Picture) -> Picture:
    """Give a picture of a film from the hand the view of the truth."""
    finder = cv2.SIFT.create(4000)
    one, other = (cv2.cvtColor(each, cv2.COLOR_RGB2GRAY) for each in (drawn, picture))
    here, these = finder.detectAndCompute(one, None)
    there, those = finder.detectAndCompute(other, None)
    pairs = [a for a, b in cv2.BFMatcher().knnMatch(these, those, k=2) if a.distance < 0.75 * b.distance]
    begin = np.array([here[pair.queryIdx].pt for pair in pairs], np.float32)
    end = np.array([there[pair.trainIdx].pt for pair in pairs], np.float32)
    matrix, _ = cv2.findHomography(begin, end, cv2.RANSAC, 1.5, maxIters=5000)
    size = picture.shape[1], picture.shape[0]
    flags = cv2.INTER_CUBIC | cv2.WARP_INVERSE_MAP
    return np.asarray(
        cv2.warpPerspective(picture, matrix, size, flags=flags, borderMode=cv2.BORDER_REPLICATE), np.uint8
    )


def run(film: Path, folder: Path, result: Result) -> list[tuple[float, Picture]]:
    """Find the states with the command's job, in a process of its own; returns their ends and pictures."""
    started = time.perf_counter()
    code = (
        "import sys; from pathlib import Path; from ocr_studio.jobs.video import find_states as job\n"
        "for event in job.find_states(Path(sys.argv[1]), Path(sys.argv[2])): pass"
    )
    process = subprocess.Popen([sys.executable, "-c", code, str(film), str(folder)])
    most = 0
    while process.poll() is None:
        most = max(most, _resident(process.pid))
        time.sleep(0.2)
    if process.returncode:
        raise SystemExit(f"{film}: failed")
    result.seconds = (time.perf_counter() - started) / result.minutes
    result.memory = most / (1 << 20)
    events = list(find_states.find_states(film, folder))
    saved = [event for event in events if isinstance(event, find_states.StateSaved)]
    return [(event.end, photo_file.open_photo(event.path)) for event in saved]


def _resident(pid: int) -> int:
    """Return the bytes of memory of a process and its children."""
    try:
        own = int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * resource.getpagesize()
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
        threads = {
            each for task in Path(f"/proc/{pid}/task").iterdir() for each in (task / "children").read_text().split()
        }
    except OSError:
        return 0
    return own + sum(_resident(int(each)) for each in {*children, *threads})


def count_scenes(python: str, film: Path) -> int:
    """Count the scenes that PySceneDetect finds."""
    code = (
        "import sys; from scenedetect import ContentDetector, detect\n"
        "print(max(1, len(detect(sys.argv[1], ContentDetector()))))"
    )
    done = subprocess.run([python, "-c", code, str(film)], capture_output=True, text=True, check=False)
    return int(done.stdout.split()[-1]) if done.returncode == 0 and done.stdout.split() else -1


def make_lecture(
    boards: Sequence[tuple[str, Board]], number: int, seed: int, seconds: float
) -> tuple[str, Script, Filming, Any]:
    """Plan a lecture by its number."""
    rng = np.random.default_rng([seed, number])
    name, board = boards[number % len(boards)]
    script = filmed.write_script(board.bare, choose_states(board, rng, int(rng.integers(3, 6))), rng, seconds=seconds)
    filming = Filming(
        flicker=rng.uniform(0.005, 0.03), noise=rng.uniform(1.5, 4.5), codec="MJPG" if number % 4 == 3 else "mp4v"
    )
    if number % 3 == 2:
        filming, name = replace(filming, shake=rng.uniform(0.4, 1.0)), f"{name}, hand"
    return name, script, filming, rng


def measure_varied(boards: Sequence[tuple[str, Board]], options: argparse.Namespace) -> None:
    """Make films of all kinds, and print the table. options: those of the command."""
    head = "film", "minutes", "true", "found", "recall", "seen", "precision", "stray", "s/min", "MB"
    print(" ".join(f"{each:>11}" for each in head), flush=True)
    right = close = 0
    numbers = [
        number
        for number in range(options.varied)
        if not options.only or TRAITS[number % len(TRAITS)].name.startswith(tuple(options.only))
    ]
    for number in numbers:
        trait = TRAITS[number % len(TRAITS)]
        rng = np.random.default_rng([options.seed, number])
        script = varied_films.plan(trait, [(board.bare, board.frames) for _, board in boards], rng)
        result = Result(trait.name, script.seconds / 60, len(script.states))
        with tempfile.TemporaryDirectory() as folder:
            film, seen = varied_films.write(Path(folder) / "film", script, trait.filming, rng)
            pictures = run(film, Path(folder) / "states", result)
        shaken = bool(trait.filming.shake)
        measure(script, pictures, result, shaken=shaken, edges=trait.real, seen=seen)
        right, close = right + (result.true == result.found), close + (abs(result.true - result.found) <= 1)
        print(
            f"{result.name:>11} {result.minutes:11.1f} {result.true:11} {result.found:11} {result.recall:11.3f}"
            f" {result.seen:11.3f} {result.precision:11.3f} {100 * result.person:10.2f}% {result.seconds:11.1f}"
            f" {result.memory:11.0f}",
            flush=True,
        )
    print(json.dumps({"states as in truth": right, "within one": close, "of": len(numbers)}))


def main() -> None:
    """Measure, and print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path)
    parser.add_argument("--lectures", type=int, default=12)
    parser.add_argument("--varied", type=int, default=0, help="films of all kinds, instead of lectures")
    parser.add_argument("--only", nargs="*", default=(), help="numbers of lectures, or beginnings of films' names")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--seconds", type=float, default=50.0, help="mean length of a state")
    parser.add_argument("--scenes", help="Python with PySceneDetect")
    parser.add_argument("--films", type=Path, help="folder to keep films and pictures in")
    options = parser.parse_args()
    folders = sorted(path for path in options.data.iterdir() if path.is_dir())
    boards = [(path.name.rpartition("_")[2], load_board(path)) for path in folders]
    if options.varied:
        measure_varied(boards, options)
        return
    head = "lecture", "minutes", "true", "found", "recall", "precision", "stray", "s/min", "MB", "PySceneDetect"
    print(" ".join(f"{each:>9}" for each in head), flush=True)
    results = []
    with tempfile.TemporaryDirectory() as temporary:
        place = options.films or Path(temporary)
        place.mkdir(exist_ok=True, parents=True)
        for number in [int(each) for each in options.only] or range(options.lectures):
            name, script, filming, rng = make_lecture(boards, number, options.seed, options.seconds)
            stem = place / f"lecture{number}-{options.seed}"
            film = stem.with_suffix(filmed.SUFFIX[filming.codec])
            if not film.exists():
                filmed.write_film(stem, script, filming, rng)
            result = Result(name, script.seconds / 60, len(script.states))
            with tempfile.TemporaryDirectory() as states:
                folder = Path(states) if options.films is None else stem
                measure(script, run(film, folder, result), result, shaken=bool(filming.shake))
            if options.scenes:
                result.scenes = count_scenes(options.scenes, film)
            results.append(result)
            print(
                f"{result.name:>9} {result.minutes:9.1f} {result.true:9} {result.found:9} {result.recall:9.3f}"
                f" {result.precision:9.3f} {100 * result.person:8.2f}% {result.seconds:9.1f} {result.memory:9.0f}"
                f" {'' if result.scenes is None else result.scenes:>9}",
                flush=True,
            )
    print(
        json.dumps({"states within one": sum(abs(each.true - each.found) <= 1 for each in results), "of": len(results)})
    )


if __name__ == "__main__":
    main()
