"""A detector learns from reviewed photos: a tiny one for real, and the whole run with stops and trouble in between."""

from __future__ import annotations

import functools
import itertools
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest
from numpy.typing import NDArray

from ocr_studio.core.errors import StudioError
from ocr_studio.core.evaluation.metrics import Score
from ocr_studio.core.language.charset import Charset
from ocr_studio.core.models import registry
from ocr_studio.core.page import Quad, Word, new_id
from ocr_studio.core.settings import DetectionOptions, ReaderOptions
from ocr_studio.core.training.detector_events import (
    RECIPE,
    CheckedPhoto,
    DetectorComparison,
    DetectorData,
    DetectorEvent,
    DetectorTrained,
    LinesEvaluated,
)
from ocr_studio.core.training.events import Interval, Recipe, StepDone, TrainingPreparing, TrainingStarted, UsualLength
from ocr_studio.engine.detection.detector import Detector, Quads
from ocr_studio.engine.nets import architectures
from ocr_studio.engine.nets.detector import build_detector
from ocr_studio.engine.networks import tensorflow_setup
from ocr_studio.engine.networks.tensorflow_network import TensorFlowNetwork
from ocr_studio.engine.recognition.recognizer import Recognizer
from ocr_studio.engine.synth.boards.whole_boards import SynthBoard
from ocr_studio.engine.training import checkpoints
from ocr_studio.engine.training import run as training_run
from ocr_studio.engine.training.batches import Mixture
from ocr_studio.engine.training.detector import evaluation as detector_evaluation
from ocr_studio.engine.training.detector import finetune as finetune_detector
from ocr_studio.engine.training.detector import training_data as detector_training_data
from ocr_studio.engine.training.detector.dbnet_targets import LineTargets
from ocr_studio.engine.training.detector.tiles import SIDE, ResizedPhoto, TileBatches, random_tile
from ocr_studio.engine.training.detector.trainer import DetectorTrainer, dbnet_loss, freeze_layers
from ocr_studio.engine.training.detector.training_data import NoLines
from ocr_studio.engine.training.trainable_weights import TrainingFailed
from ocr_studio.engine.weights import model_arrays, model_weights
from tests.engine.tiny_detector import board, reviewed, tiny_net
from tests.engine.tiny_recognizer import build_tiny
from tests.engine.traced_once import TracedOnce

Photo = NDArray[np.uint8]
DRAWN = detector_training_data.generate_boards
# ------------------------------------------------------------------------------------------------------- learning


def test_a_tiny_detector_learns_one_photo_by_heart() -> None:
    tensorflow_setup.configure(ReaderOptions())
    photo, words = board()
    places = LineTargets.of(words)
    net = tiny_net()
    detector = Detector(TensorFlowNetwork(net))
    sized = ResizedPhoto.of("a", photo, places, scale=detector.options.scale(*photo.shape[:2]))
    assert detector_evaluation.score_detector(detector, [sized], hidden=False).found == 0
    recipe = replace(RECIPE, what="all", learning_rate=1e-2, average=1.0)
    tiles = TileBatches([sized], None, Mixture(batch=1, replay=0.0, augmentation=0.0, seed=1))
    trainee = DetectorTrainer(net, recipe, steps=160)
    losses = [trainee.train_step(tiles.at(step)) for step in range(160)]
    assert np.mean(losses[-10:]) < 0.3 * np.mean(losses[:10])
    score = detector_evaluation.score_detector(detector, [sized], hidden=False)
    # All lines; sums of floating-point numbers differ between processors, so a box more may be found.
    assert (score.found, score.wanted) == (5, 5)
    assert score.f is not None
    assert score.f >= 0.9


def teach_head(net: keras.Model, *, average: float = 1.0) -> tuple[DetectorTrainer, set[str]]:
    """Two steps, and the names of the weights that they moved."""
    photo, words = board()
    sized = ResizedPhoto.of("a", photo, LineTargets.of(words), scale=1.0)
    tiles = TileBatches([sized], None, Mixture(batch=1, replay=0.0, augmentation=1.0, seed=1))
    before = model_weights.read_weights(net)
    trainee = DetectorTrainer(net, replace(RECIPE, what="head", average=average), steps=2)
    for step in range(2):
        trainee.train_step(tiles.at(step))
    after = model_weights.read_weights(net)
    return trainee, {name for name in before if (before[name] != after[name]).any()}


def test_only_the_part_that_is_to_learn_moves_and_the_mean_is_kept() -> None:
    net = tiny_net()
    before = model_weights.read_weights(net)
    trainee, moved = teach_head(net, average=0.25)
    after = model_weights.read_weights(net)
    assert {name.split("/")[0] for name in moved} == {"head2", "head3"}
    trainee.assign_weights(trainee.averaged())
    kept = model_weights.read_weights(net)
    for name in before:
        assert kept[name] == pytest.approx(0.75 * before[name] + 0.25 * after[name], abs=1e-6)


@pytest.mark.usefixtures("plain_graphs")
def test_the_head_of_the_real_net_learns() -> None:
    _, moved = teach_head(build_detector())
    assert moved
    assert all(name.startswith("head") for name in moved)


@pytest.mark.parametrize("what", ["head", "neck+head", "upper", "all"])
def test_each_part_holds_the_one_before(what: str) -> None:
    net = build_detector()
    freeze_layers(net, what)
    learning = {layer.name.split("_")[0].rstrip("0123") for layer in net.layers if layer.trainable and layer.weights}
    assert "head" in learning
    assert ("lateral" in learning) == (what != "head")
    assert ("stem" in learning) == (what == "all")
    assert any(name.startswith("block") for name in learning) == (what in {"upper", "all"})


def test_the_loss_is_nothing_where_all_is_as_it_should_be_and_finite_at_worst() -> None:
    rng = np.random.default_rng(0)
    right = rng.uniform(0, 1, (2, SIDE, SIDE, 1)).astype(np.float32)
    known = np.ones_like(right)
    assert float(dbnet_loss(right, right, known)) == pytest.approx(0, abs=1e-3)
    sure = (right > 0.5).astype(np.float32)
    assert np.isfinite(float(dbnet_loss(1 - sure, sure, known)))
    wrong = np.where(right > 0.9, 1 - right, right)
    assert float(dbnet_loss(wrong, right, known)) > 0.01
    assert float(dbnet_loss(wrong, right, (right <= 0.9).astype(np.float32))) == pytest.approx(0, abs=1e-3)
    nothing = np.zeros_like(right)
    assert float(dbnet_loss(nothing, nothing, known)) == pytest.approx(0, abs=1e-3)
    assert float(dbnet_loss(sure, nothing, known)) > 1


def test_numbers_that_run_away_are_said() -> None:
    photo, words = board()
    sized = ResizedPhoto.of("a", photo, LineTargets.of(words), scale=1.0)
    tiles = TileBatches([sized], None, Mixture(batch=1, replay=0.0, augmentation=0.0, seed=1))
    net = tiny_net()
    net.get_layer("head3").set_weights([np.full((2, 2, 1, 8), np.nan, np.float32), np.zeros(1, np.float32)])
    with pytest.raises(TrainingFailed, match="lower learning rate"):
        DetectorTrainer(net, replace(RECIPE, what="all"), steps=2).train_step(tiles.at(0))


# --------------------------------------------------------------------------------------------------------- pieces


def test_pieces_show_writing_where_they_say_and_are_the_same_for_the_same_seed() -> None:
    photo, words = board()
    sized = ResizedPhoto.of("a", photo, LineTargets.of(words), scale=1.0)
    for seed in range(8):
        first, again = (random_tile(sized, np.random.default_rng(seed), strength=1.0) for _ in range(2))
        assert (first.pixels == again.pixels).all()
        ink = first.pixels[0].min(axis=2) < first.pixels[0].min(axis=2).max() - 0.7
        core = (first.cores[0, ..., 0] > 0) & (first.known[0, ..., 0] > 0)
        away = (first.cores[0, ..., 0] == 0) & (first.known[0, ..., 0] > 0)
        if core.any():
            assert ink[core].mean() > 0.25
            assert ink[away].mean() < 0.05


def test_what_is_hidden_is_neither_learned_nor_left_out_of_the_exam() -> None:
    photo, words = board()
    sized = ResizedPhoto.of("a", photo, LineTargets.of(words), scale=1.0, hidden=(0, 300, 480, 400))
    for seed in range(6):
        shown = random_tile(sized, np.random.default_rng(seed), strength=0.0)
        hidden = random_tile(sized, np.random.default_rng(seed), strength=0.0, hidden=True)
        assert hidden.known[hidden.cores > 0].any()
        assert shown.known.any()
    # The piece in the middle of a photo as it is shows 48 to 432 across and 8 to 392 down.
    middle = random_tile(replace(sized, hidden=(0, 0, 480, 400)), np.random.default_rng(0), strength=0.0)
    assert not middle.known.any()


# ----------------------------------------------------------------------------------------------------------- exam


def test_lines_count_as_found_however_they_are_cut_but_not_when_they_are_joined() -> None:
    lines = np.array([[(0, y), (400, y), (400, y + 30), (0, y + 30), (200, y), (200, y + 30)] for y in (0, 50)])
    places = LineTargets(lines.astype(np.float32), np.zeros((0, 4, 2), np.float32))

    def found(*boxes: tuple[float, float, float, float]) -> detector_evaluation.LineScore:
        corners = np.array([Quad.from_box(*box).corners for box in boxes]).reshape(-1, 4, 2)
        return detector_evaluation.score_lines(np.concatenate([corners, corners[:, :2]], axis=1), places)

    assert found((0, 0, 400, 30), (0, 50, 400, 80)).f == 1.0
    assert found((0, 0, 180, 30), (200, 0, 400, 30), (0, 50, 400, 80)).f == 1.0
    joined = found((0, 0, 400, 80))
    assert (joined.found, joined.right) == (0, 1)
    stray = found((0, 0, 400, 30), (0, 50, 400, 80), (0, 200, 300, 230), (0, 300, 300, 330))
    assert stray.f == pytest.approx(2 / 3)
    assert found().f == 0.0
    assert detector_evaluation.LineScore().f is None


class FakeReader:
    """Every line that its detector finds is a word."""

    def __init__(self, options: ReaderOptions, *, detector: Detector, recognizer: object = None) -> None:
        self.find, self.recognizer = detector.find, recognizer

    def read_lines(self, image: Photo, lines: Quads) -> Iterator[tuple[int, list[Word]]]:
        yield len(lines), [Word(new_id(), Quad.from_array(line[:4])) for line in lines]


def test_more_words_found_is_better_and_fewer_worse() -> None:
    score = Score(5, 10, 10)
    same = DetectorComparison(score, score, Interval(-0.1, 0.1), score, score, Interval(0, 0))
    assert same.verdict == "no clear difference"
    assert replace(same, change=Interval(0.01, 0.2)).verdict == "better"
    assert replace(same, change=Interval(-0.2, -0.01)).verdict == "worse"
    assert replace(same, change=Interval(0.01, 0.2), keep_change=Interval(-0.2, -0.1)).verdict == "worse"
    assert replace(same, before=Score()).verdict is None


# ------------------------------------------------------------------------------------------------------ a whole run


@pytest.fixture(scope="module")
def once() -> TracedOnce:
    return TracedOnce(tiny_net())


@pytest.fixture
def tiny(monkeypatch: pytest.MonkeyPatch, once: TracedOnce, plain_graphs: None) -> None:
    """Runs of a few steps with a tiny net, two general boards, and a reader that only finds."""
    load = model_weights.load_detector
    monkeypatch.setattr(
        model_weights, "load_detector", lambda model: once.net() if model.folder is None else load(model)
    )
    monkeypatch.setattr(finetune_detector, "DetectorTrainer", once.trainer(DetectorTrainer))
    monkeypatch.setattr(finetune_detector, "Detector", once.reader(Detector))
    monkeypatch.setattr(finetune_detector, "Reader", FakeReader)
    monkeypatch.setattr(finetune_detector, "DETECTOR_LENGTH", UsualLength(epochs=10, least=6, most=6))
    monkeypatch.setattr(training_run, "EVALUATIONS", 3)
    monkeypatch.setattr(detector_training_data, "_REHEARSED_BOARDS", 1)
    monkeypatch.setattr(detector_training_data, "_MEASURED_BOARDS", 1)
    monkeypatch.setattr(detector_training_data, "_VALIDATION_TILES", 2)
    monkeypatch.setattr(detector_training_data, "generate_boards", general_boards)


@functools.cache
def general_boards(numbers: range, *, seed: int) -> tuple[SynthBoard, ...]:
    """Drawn once for all runs."""
    return tuple(DRAWN(numbers, seed=seed))


# General boards are examined no larger than the photo.
SMALL = ReaderOptions(detection=DetectionOptions(limit_side=480))
TINY = replace(RECIPE, what="all", learning_rate=1e-3, batch=2, patience=None)


def begun(folder: Path, recipe: Recipe = TINY, *, stop: bool = False) -> Iterator[DetectorEvent]:
    photos = (reviewed(), reviewed("b", held_out=True))
    data = DetectorData(photos, digest="d", options=SMALL)
    return finetune_detector.finetune_detector(data, recipe, folder=folder, name="mine", stop=lambda: stop)


@pytest.mark.usefixtures("tiny")
def test_a_run_tells_how_it_goes_and_ends_with_a_candidate(tmp_path: Path) -> None:
    events = list(begun(tmp_path / "work"))
    kinds = [kind for kind, _ in itertools.groupby(map(type, events))]
    assert kinds == [
        TrainingPreparing,
        TrainingStarted,
        LinesEvaluated,
        *[StepDone, LinesEvaluated] * 3,
        TrainingPreparing,
        DetectorTrained,
    ]
    started = next(event for event in events if isinstance(event, TrainingStarted))
    assert (started.train, started.held_out, started.steps) == (5, 5, 6)
    assert [event.step for event in events if isinstance(event, LinesEvaluated)] == [0, 2, 4, 6]
    trained = events[-1]
    assert isinstance(trained, DetectorTrained)
    assert (trained.steps, trained.stopped) == (6, "")
    assert trained.comparison.before.wanted == len(board()[1])
    assert registry.candidates("mine") == (trained.folder,)
    assert checkpoints.load_checkpoint(tmp_path / "work") is None


@pytest.mark.usefixtures("tiny")
def test_who_wants_to_stop_gets_the_best_so_far(tmp_path: Path) -> None:
    events = list(begun(tmp_path, stop=True))
    trained = events[-1]
    assert isinstance(trained, DetectorTrained)
    assert (trained.steps, trained.stopped) == (1, "asked")


@pytest.mark.usefixtures("tiny")
def test_cancelled_anywhere_no_half_model_is_left(tmp_path: Path) -> None:
    for last in (
        TrainingPreparing,
        LinesEvaluated,
        StepDone,
        None,
    ):  # while boards are drawn, examined, taught, compared
        run = begun(tmp_path / str(last))
        taught = False
        for event in run:
            taught = taught or isinstance(event, StepDone)
            if isinstance(event, last) if last else taught and isinstance(event, TrainingPreparing):
                break
        else:
            pytest.fail("it came to its end")
        run.close()  # type: ignore[attr-defined]
        assert not registry.candidates("mine")


@pytest.mark.usefixtures("tiny")
def test_a_run_that_was_cut_short_goes_on_to_the_same_end(tmp_path: Path) -> None:
    whole = end_of(begun(tmp_path / "whole"))
    run = begun(tmp_path / "cut")
    for event in run:
        if isinstance(event, StepDone) and event.step == 5:
            break
    run.close()  # type: ignore[attr-defined]
    events = list(begun(tmp_path / "cut"))
    started = next(event for event in events if isinstance(event, TrainingStarted))
    assert started.resumed_at == 5
    again = end_of(iter(events))
    a, b = (
        model_arrays.parse_weights((each.folder / "weights.safetensors").read_bytes(), file="")
        for each in (whole, again)
    )
    assert all(a[name] == pytest.approx(b[name], abs=1e-4) for name in a)
    # Another recipe begins anew.
    other = begun(tmp_path / "cut", replace(TINY, learning_rate=2e-3))
    started = next(event for event in other if isinstance(event, TrainingStarted))
    assert started.resumed_at == 0


@pytest.mark.usefixtures("tiny")
def test_a_candidate_that_cannot_be_written_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: Any, **__: Any) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(model_weights, "save_model", full)
    with pytest.raises(registry.ModelsNotWritten, match="Free up disk space"):
        list(begun(tmp_path))
    assert not registry.candidates("mine")
    assert checkpoints.load_checkpoint(tmp_path) is not None


@pytest.mark.usefixtures("tiny")
def test_photos_without_lines_teach_nothing(tmp_path: Path) -> None:
    empty = CheckedPhoto("empty", lambda: board(())[0], ())
    with pytest.raises(NoLines, match="no line"):
        list(finetune_detector.finetune_detector(
            DetectorData((empty,)), TINY, folder=tmp_path, name="mine", stop=lambda: False
        ))  # fmt: skip


@pytest.mark.usefixtures("tiny")
def test_a_run_has_exactly_the_epochs_that_are_chosen(tmp_path: Path) -> None:
    for epochs in (1, 50):  # fewer and more steps than usual
        run = begun(tmp_path, replace(TINY, epochs=epochs))
        started = next(event for event in run if isinstance(event, TrainingStarted))
        assert started.steps == 2 * epochs  # two steps see all tiles
        run.close()  # type: ignore[attr-defined]


@pytest.mark.usefixtures("tiny", "caplog")
def test_a_photo_that_is_gone_is_left_out(tmp_path: Path) -> None:
    def gone() -> Photo:
        raise StudioError("the file is not there", file="gone.jpg")

    data = DetectorData((reviewed(), CheckedPhoto("gone", gone, board()[1])))
    run = finetune_detector.finetune_detector(data, TINY, folder=tmp_path, name="mine", stop=lambda: True)
    started = next(event for event in run if isinstance(event, TrainingStarted))
    assert (started.train, started.held_out) == (4, 1)  # of a single photo a part is held out
    run.close()  # type: ignore[attr-defined]


@pytest.mark.usefixtures("tiny")
def test_saved_and_loaded_it_finds_the_same_and_a_reader_uses_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from ocr_studio.engine.reader import Reader

    monkeypatch.setattr(architectures, "build_detector_of", lambda architecture: tiny_net())
    nets: list[keras.Model] = []
    save = model_weights.save_model

    def seen(folder: Path, net: keras.Model, **known: Any) -> Any:
        nets.append(net)
        return save(folder, net, **known)

    monkeypatch.setattr(model_weights, "save_model", seen)
    trained = end_of(begun(tmp_path, replace(TINY, average=1.0)))
    assert trained.comparison.before.wanted > 0
    model = registry.install(trained.folder)
    assert (model.kind, model.card and model.card.parent) == ("detector", registry.BUILT_IN_DETECTOR.name)
    photo, _ = board()
    nobody = Recognizer(TensorFlowNetwork(build_tiny(2), softmax=True), Charset(("a",)), name="nobody")
    options = ReaderOptions(detector="mine", runtime="tensorflow")  # there is no graph for the tiny net
    saved, reader = Detector(TensorFlowNetwork(nets[0])), Reader(options, recognizer=nobody)
    assert (saved.compute_map(photo)[0] == reader.detector.compute_map(photo)[0]).all()
    assert (reader.find(photo) == saved.find(photo)).all()


def end_of(events: Iterator[DetectorEvent]) -> DetectorTrained:
    *_, last = events
    assert isinstance(last, DetectorTrained)
    return last
