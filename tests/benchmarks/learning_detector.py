"""What finding gains, and forgets, by learning from a few reviewed photos.

    python -m tests.benchmarks.learning_detector [--data ../shared/data] [--trouble …] [--board NAME …] [--seeds 1]

Synthetic boards first, of three kinds of trouble that a person may have: a hand that leaves as much room between its
letters as others between words (lines fall to pieces; of whole ones the reader makes no more than a third of the
words), a board full of small rings (false words), a marker that has run dry before a noisy camera (missed lines, of
which little could be read). Two boards are learned from; F of lines and words is measured on other boards with that
trouble, and on boards without. Then, as a measuring experiment only, real boards (``boards/annotations.json``): learned
from one of them, with all its words, measured on the others. No constant of the program is chosen by the real ones.
"""

from __future__ import annotations

import argparse
import resource
import shutil
import statistics
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

import cv2
import numpy as np
from numpy.typing import NDArray

from ocr_studio.core.datasets import ground_truth
from ocr_studio.core.evaluation.metrics import Labelled, PhotoScore, Score, score_photo
from ocr_studio.core.images import photo_file
from ocr_studio.core.models import registry
from ocr_studio.core.settings import ReaderOptions
from ocr_studio.core.training.detector_events import RECIPE, CheckedPhoto, DetectorData, DetectorTrained
from ocr_studio.core.training.events import Recipe, StepDone
from tests.engine import made_boards

if TYPE_CHECKING:
    from ocr_studio.engine.reader import Reader
    from ocr_studio.engine.training.detector.evaluation import LineScore

Photo: TypeAlias = NDArray[np.uint8]


def pale(photo: Photo) -> Photo:
    """Of a marker that has all but run dry, in little light."""
    noise = np.random.default_rng(0).normal(0, 3, photo.shape)
    return np.asarray(np.clip((photo.astype(np.float32) - 230) * 0.06 + 200 + noise, 0, 255), np.uint8)


def rings(photo: Photo) -> Photo:
    """With hundreds of small rings, which look like letters, all over it."""
    rng = np.random.default_rng(2)
    ringed = photo.copy()
    for _ in range(900):
        x, y = (int(place) for place in rng.integers(0, photo.shape[1], 2))
        cv2.circle(ringed, (x, y), int(rng.integers(3, 9)), (60, 60, 70), 2, cv2.LINE_AA)
    return ringed


TROUBLES: Mapping[str, Callable[[Photo], Photo] | None] = {"spaced": None, "rings": rings, "pale": pale}


@dataclass(frozen=True)
class Trial:
    """Learn from some photos, measure on others. others: title → photos."""

    title: str
    learned: tuple[CheckedPhoto, ...]
    others: Mapping[str, tuple[CheckedPhoto, ...]]


def synthetic(trouble: str) -> Trial:
    """Two boards to learn from, five others with that trouble, five without."""
    spoil = TROUBLES[trouble]

    def make(number: int) -> CheckedPhoto:
        return _spaced(number) if spoil is None else _board(number, spoil)

    return Trial(
        f"synthetic, {trouble}",
        (make(700), make(701)),
        {
            "others like it": tuple(make(number) for number in range(710, 715)),
            "general boards": tuple(_board(number, np.copy) for number in range(720, 725)),
        },
    )


def _board(number: int, spoil: Callable[[Photo], Photo]) -> CheckedPhoto:
    board = made_boards.maker(seed=7).at(number)
    return CheckedPhoto(f"board {number}", lambda: spoil(board.image), board.labelled)


def _spaced(seed: int) -> CheckedPhoto:
    """Lines of words whose letters stand wide apart, the words still wider."""
    from ocr_studio.engine.synth.boards import whole_boards
    from ocr_studio.engine.synth.boards.board_area import BoardArea, BoardWriter, WordBudget
    from ocr_studio.engine.synth.handwriting.hand import Hand
    from ocr_studio.engine.synth.handwriting.marker import Pen
    from ocr_studio.engine.synth.handwriting.procedural_writer import ProceduralWriter
    from ocr_studio.engine.synth.photo import board_surface, camera

    rng = np.random.default_rng(seed)
    writer = ProceduralWriter(replace(Hand.sample(rng, size=1.0), tracking=10.0))
    scribe = BoardWriter(writer, (), 34.0, Pen.sample(rng), (38, 38, 44), space=3.1)
    place = camera.place_board((1600, 1200), rng, framed=False, shape=4 / 3, tilt=0.1)
    patch = BoardArea(*place.sheet, rng, WordBudget(0))
    low, high = place.visible(beyond=0.0)
    for y in np.arange(low[1] + 90, high[1] - 40, 95):
        x = low[0] + float(rng.uniform(60, 300))
        inks, end = [], x
        for ink in patch.write_words(_running(rng, 6), scribe):
            end += ink.length + scribe.word_gap
            inks += [ink] if end < high[0] - 60 else []
        patch.add_line(inks, (x, float(y)), scribe)
    plan = whole_boards.BoardPlan(place, board_surface.Surface.WHITEBOARD, patch, (), (), scribe.size)
    photo = camera.take_photo(made_boards.maker().scene(plan, rng), camera.Camera(), rng)
    words = tuple(Labelled(word.quad, word.text, word.ignore) for word in whole_boards.label_words(plan, photo))
    return CheckedPhoto(f"spaced {seed}", lambda: photo, words)


def _running(rng: np.random.Generator, count: int) -> list[str]:
    """So many words of running text."""
    from ocr_studio.engine.synth.text import phrases

    words: list[str] = []
    while len(words) < count:
        words.extend(phrases.random_phrase(rng).split())
    return words[:count]


def real(folder: Path, name: str) -> Trial:
    """One real board to learn from, the others to measure on."""
    photos = [
        CheckedPhoto(Path(page.image).stem, partial(photo_file.open_photo, page.photo), tuple(page.words))
        for page in ground_truth.from_annotations(folder).pages
    ]
    learned = tuple(photo for photo in photos if name in photo.name)
    if len(learned) != 1:
        raise SystemExit(f"{name}: one of {', '.join(photo.name for photo in photos)} is wanted")
    others = tuple(photo for photo in photos if name not in photo.name)
    return Trial(f"real board {learned[0].name}", learned, {"the same": learned, "the other boards": others})


def run(trial: Trial, recipe: Recipe) -> None:
    """Learn, and print what came of it."""
    from ocr_studio.engine.detection.detector import Detector
    from ocr_studio.engine.reader import Reader
    from ocr_studio.engine.training.detector import finetune as finetune_detector
    from ocr_studio.engine.weights import model_weights

    print(f"{trial.title}, seed {recipe.seed}", flush=True)
    work = Path(tempfile.mkdtemp(prefix="learning-detector-"))
    data = DetectorData(trial.learned)
    begun, trained = time.perf_counter(), None
    moments: list[float] = []
    for event in finetune_detector.finetune_detector(data, recipe, folder=work, name="trial", stop=lambda: False):
        if isinstance(event, StepDone):
            moments.append(time.perf_counter())
        if isinstance(event, DetectorTrained):
            trained = event
    shutil.rmtree(work)
    assert trained is not None
    compared = trained.comparison
    own, general = (compared.before, compared.after), (compared.keep_before, compared.keep_after)
    step = statistics.median(after - before for before, after in pairwise(moments))
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6
    print(
        f"  {trained.steps} steps of {step:.2f} s, the best after {trained.settings['steps']}, "
        f"{time.perf_counter() - begun:.0f} s in all, at most {peak:.2f} GB"
    )
    print(f"  it says: {compared.verdict}; held-out part {_change(*own)}, its general boards {_change(*general)}")
    before = Reader(ReaderOptions())
    folder = trained.folder
    candidate = replace(registry.BUILT_IN_DETECTOR, name="trial", folder=folder)
    after = Reader(
        ReaderOptions(), detector=Detector(model_weights.load_detector(candidate)), recognizer=before.recognizer
    )
    registry.discard(folder)
    for title, photos in trial.others.items():
        (lines, words), (more_lines, more_words) = (_scores(reader, photos) for reader in (before, after))
        print(f"  {title:18} lines found F {lines.f or 0:.3f} → {more_lines.f or 0:.3f};", end=" ")
        print(f"words found {_change(words.detection, more_words.detection)};", end=" ")
        print(f"and read {_change(words.end_to_end, more_words.end_to_end)}", flush=True)


def _scores(reader: Reader, photos: Sequence[CheckedPhoto]) -> tuple[LineScore, PhotoScore]:
    from ocr_studio.engine.training.detector.dbnet_targets import LineTargets
    from ocr_studio.engine.training.detector.evaluation import LineScore, score_lines

    lines, words = LineScore(), PhotoScore()
    for photo in photos:
        image = photo.open()
        found = reader.find(image)
        lines += score_lines(found, LineTargets.of(photo.words))
        read = {word.id: Labelled(word.quad, word.text) for _, some in reader.read_lines(image, found) for word in some}
        words += score_photo(photo.words, [*read.values()])
    return lines, words


def _change(before: Score, after: Score) -> str:
    return f"F {before.f or 0:.3f} → {after.f or 0:.3f} ({before.right} → {after.right} of {before.wanted})"


def main(arguments: Sequence[str] | None = None) -> None:
    """Learn and print."""
    parser = argparse.ArgumentParser(description="What finding gains by learning from reviewed photos.")
    parser.add_argument("--data", type=Path, default=Path("../shared/data"), help="folder with boards/")
    parser.add_argument(
        "--trouble", nargs="*", choices=TROUBLES, default=list(TROUBLES), help="synthetic boards (default: all)"
    )
    parser.add_argument("--board", nargs="*", default=["wb_293"], help="names of real boards to learn from, one by one")
    parser.add_argument("--seeds", type=int, default=1, help="runs of each (default: 1)")
    chosen = parser.parse_args(arguments)
    trials = [synthetic(trouble) for trouble in chosen.trouble]
    trials += [real(chosen.data / "boards", board) for board in chosen.board]
    for trial in trials:
        for seed in range(chosen.seeds):
            run(trial, replace(RECIPE, seed=seed))


if __name__ == "__main__":
    main()
