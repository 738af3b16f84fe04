"""The whole way from corrected words to a candidate, with a tiny net in place of the real one: events, cuts, stops."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import ClassVar

import keras
import numpy as np
import pytest
from numpy.typing import NDArray

from ocr_studio.core.errors import StudioError
from ocr_studio.core.files.safe_folder import SafeFolder
from ocr_studio.core.language.charset import Charset
from ocr_studio.core.models import registry
from ocr_studio.core.models.card import WEIGHTS_FILE, HandwritingVector
from ocr_studio.core.page import TextSource, Transcription
from ocr_studio.core.settings import ReaderOptions
from ocr_studio.core.training import runs
from ocr_studio.core.training.events import (
    Recipe,
    StepDone,
    Trained,
    TrainingEvent,
    TrainingPreparing,
    TrainingStarted,
    UsualLength,
    WordsEvaluated,
)
from ocr_studio.engine import model_loader
from ocr_studio.engine.nets.upper_layers import split_network
from ocr_studio.engine.networks import runtimes
from ocr_studio.engine.networks.tensorflow_network import TensorFlowNetwork
from ocr_studio.engine.training import checkpoints, finetune, rehearsal
from ocr_studio.engine.training import run as training_run
from ocr_studio.engine.training.checkpoints import CheckpointNotSaved
from ocr_studio.engine.training.finetune import NoTrainingData
from ocr_studio.engine.training.trainable_weights import TrainingFailed
from ocr_studio.engine.training.trainer import EvaluationResult, Evaluator, RecognizerTrainer
from ocr_studio.engine.training.training_data import Crop, TrainingData, TrainingExample
from ocr_studio.engine.weights import candidate, model_arrays, model_weights
from ocr_studio.engine.weights.model_arrays import ModelArrays
from ocr_studio.jobs.learning import train as training
from tests.core import made_datasets
from tests.engine.tiny_recognizer import build_tiny, printed
from tests.engine.traced_once import TracedOnce

ALPHABET = Charset(tuple(" abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789+"))
TRAIN = [printed(word) for word in ("map", "mop", "queue", "Board", "left")]
HELD_OUT = [printed(word) for word in ("poem", "table", "Bad")]
DATA = TrainingData(TRAIN, HELD_OUT, digest="1234")
RECIPE = Recipe(what="all", learning_rate=2e-3, batch=8)


@pytest.fixture(scope="module")
def once() -> TracedOnce:
    return TracedOnce(build_tiny(len(ALPHABET)))


@pytest.fixture(autouse=True)
def small(monkeypatch: pytest.MonkeyPatch, once: TracedOnce) -> None:
    """A tiny net, few general words, few steps."""
    monkeypatch.setattr(finetune, "_base", lambda recipe, data: finetune.BaseModel(once.net(), ALPHABET, "tiny"))
    monkeypatch.setattr(finetune, "RecognizerTrainer", once.trainer(RecognizerTrainer))
    monkeypatch.setattr(runtimes, "make_network", make_tiny_network)
    for name, value in {"REHEARSED": 16, "MEASURED": 8, "RECOGNIZER_LENGTH": UsualLength(1, 6)}.items():
        monkeypatch.setattr(finetune, name, value)
    monkeypatch.setattr(training_run, "EVALUATIONS", 3)


def make_tiny_network(read: ModelArrays, _: ReaderOptions, *, below: str | None = None) -> TensorFlowNetwork:
    """The tiny net has no published graph and no architecture."""
    assert read.charset is not None
    net, network = traced_network(len(read.charset), below=below)
    model_weights.assign_weights(net, read.arrays, file="tiny")
    return network


@cache
def traced_network(classes: int, *, below: str | None) -> tuple[keras.Model, TensorFlowNetwork]:
    net = build_tiny(classes)
    return net, TensorFlowNetwork(split_network(net, below)[0]) if below else TensorFlowNetwork(net, softmax=True)


def run(
    folder: Path, data: TrainingData = DATA, recipe: Recipe = RECIPE, *, stop_after: int | None = None
) -> Iterator[TrainingEvent]:
    asked = iter(range(1000))
    return finetune.finetune(
        data, recipe, folder=folder, name="mine", stop=lambda: stop_after is not None and next(asked) + 1 >= stop_after
    )


def last(events: list[TrainingEvent]) -> Trained:
    assert isinstance(events[-1], Trained)
    return events[-1]


def learned(trained: Trained) -> dict[str, np.ndarray[tuple[int, ...], np.dtype[np.float32]]]:
    return model_arrays.parse_weights((trained.folder / WEIGHTS_FILE).read_bytes(), file=trained.folder)


def test_it_tells_what_it_does_and_ends_with_a_candidate(tmp_path: Path) -> None:
    events = list(run(tmp_path / "work"))
    kinds = [type(event) for event in events if not isinstance(event, TrainingPreparing)]
    assert kinds == [TrainingStarted, WordsEvaluated, *([StepDone] * 2 + [WordsEvaluated]) * 3, Trained]
    assert events[0] == TrainingPreparing("Loading the model")
    started = next(event for event in events if isinstance(event, TrainingStarted))
    assert (started.train, started.held_out, started.steps, started.resumed_at) == (5, 3, 6, 0)
    assert 0 < started.keep <= 8
    steps = [event for event in events if isinstance(event, StepDone)]
    assert [event.step for event in steps] == list(range(1, 7))
    assert all(np.isfinite(event.loss) for event in steps)
    # The first step compiles the network: nothing is known before the second.
    assert [event.seconds_left is None for event in steps] == [True, *[False] * 5]
    checks = [event for event in events if isinstance(event, WordsEvaluated)]
    assert [event.step for event in checks] == [0, 2, 4, 6]
    assert {sample.truth for sample in checks[0].samples} == {"poem", "table", "Bad"}
    trained = last(events)
    assert trained.comparison.before.words == trained.comparison.after.words == 3
    assert registry.candidates("mine") == (trained.folder,)
    assert checkpoints.load_checkpoint(tmp_path / "work") is None


def test_the_candidate_can_be_kept_and_says_where_it_comes_from(tmp_path: Path) -> None:
    trained = last(list(run(tmp_path)))
    model = registry.install(trained.folder)
    assert (model.name, model.card is not None) == ("mine", True)
    assert model.card is not None
    assert (model.card.parent, model.card.dataset, model.card.alphabet) == ("tiny", "1234", ALPHABET.characters)
    assert model.card.settings["epochs"] == RECIPE.epochs
    assert model.card.scores["before"]["words"] == 3


def test_closed_early_there_is_no_candidate_and_it_goes_on_to_the_same_end(tmp_path: Path) -> None:
    whole = last(list(run(tmp_path / "whole", recipe=replace(RECIPE, patience=None))))
    cut = run(tmp_path / "cut", recipe=replace(RECIPE, patience=None))
    for event in cut:
        if isinstance(event, StepDone) and event.step == 5:
            break
    cut.close()  # type: ignore[attr-defined]
    assert registry.candidates("mine") == (whole.folder,)
    kept = checkpoints.load_checkpoint(tmp_path / "cut")
    assert kept is not None
    assert kept.facts["step"] == 5  # the last examination was after step 4

    events = list(run(tmp_path / "cut", recipe=replace(RECIPE, patience=None)))
    assert [event.resumed_at for event in events if isinstance(event, TrainingStarted)] == [5]
    assert [event.step for event in events if isinstance(event, StepDone)] == [6]
    one, other = learned(whole), learned(last(events))
    for name, values in one.items():
        np.testing.assert_allclose(values, other[name], atol=2e-3)


def test_a_run_that_an_earlier_version_began_is_resumed(tmp_path: Path) -> None:
    data = made_datasets.three_boards(tmp_path)
    begun = runs.Run("mine", "recognizer", data.folder, data.digest, replace(RECIPE, epochs=1, patience=None))
    runs.begin_run(begun)
    file = begun.folder / "run.json"
    raw = json.loads(file.read_bytes())
    del raw["bounded"]
    file.write_text(json.dumps(raw | {"version": 1}))
    for resumed_at in (0, 3):
        known = runs.load_run("mine")
        assert known is not None
        events = training.train(training.TrainingTask(known, data), resume=True)
        started = next(event for event in events if isinstance(event, TrainingStarted))
        assert (started.steps, started.resumed_at) == (6, resumed_at)  # at least the usual number
        assert any(isinstance(event, StepDone) and event.step == 3 + resumed_at for event in events)
        events.close()
    kept = checkpoints.load_checkpoint(begun.work)
    assert kept is not None
    assert '"epochs": 1' in kept.facts["run"]  # as the earlier version wrote it


@pytest.mark.parametrize(("step", "examined"), [(1, [2, 4, 6]), (2, [2, 4, 6]), (3, [4, 6]), (6, [6])])
def test_closed_before_an_examination_it_is_examined_when_it_goes_on(
    tmp_path: Path, step: int, examined: list[int]
) -> None:
    recipe = replace(RECIPE, patience=None)
    cut = run(tmp_path, recipe=recipe)
    assert any(isinstance(event, StepDone) and event.step == step for event in cut)
    cut.close()  # type: ignore[attr-defined]
    again = list(run(tmp_path, recipe=recipe))
    assert [event.resumed_at for event in again if isinstance(event, TrainingStarted)] == [step]
    assert [event.step for event in again if isinstance(event, WordsEvaluated)] == examined


def test_closed_where_nothing_can_be_kept_it_closes_and_what_was_kept_stays(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    cut = run(tmp_path, recipe=replace(RECIPE, patience=None))
    assert any(isinstance(event, StepDone) and event.step == 3 for event in cut)
    monkeypatch.setattr(SafeFolder, "replace", full)
    with caplog.at_level(logging.WARNING):
        cut.close()  # type: ignore[attr-defined]
    assert "the training progress could not be saved" in caplog.text
    kept = checkpoints.load_checkpoint(tmp_path)
    assert kept is not None
    assert kept.facts["step"] == 2


def test_cut_short_when_it_would_have_ended_early_it_ends(tmp_path: Path) -> None:
    recipe = replace(RECIPE, learning_rate=0.3, patience=1)  # so fast that nothing gets better
    whole = list(run(tmp_path / "whole", recipe=recipe))
    assert last(whole).stopped == "early"
    cut = run(tmp_path / "cut", recipe=recipe)
    at_last = [event for event in whole if isinstance(event, WordsEvaluated)][-1]
    for event in cut:
        kept = checkpoints.load_checkpoint(tmp_path / "cut")
        if isinstance(event, TrainingPreparing) and kept is not None and kept.facts["step"] == at_last.step:
            break  # nobody asks for the comparison
    cut.close()  # type: ignore[attr-defined]
    again = list(run(tmp_path / "cut", recipe=recipe))
    assert [event for event in again if isinstance(event, StepDone)] == []
    assert (last(again).stopped, last(again).steps) == ("early", last(whole).steps)


def test_how_far_it_has_come_is_kept_until_somebody_knows_what_came_of_it(tmp_path: Path) -> None:
    events = run(tmp_path)
    assert any(isinstance(event, Trained) for event in events)
    assert checkpoints.load_checkpoint(tmp_path) is not None
    assert list(events) == []
    assert checkpoints.load_checkpoint(tmp_path) is None


def test_a_checkpoint_that_lacks_something_is_none_of_it(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    cut = run(tmp_path)
    for event in cut:
        if isinstance(event, StepDone) and event.step == 3:
            break
    cut.close()  # type: ignore[attr-defined]
    kept = checkpoints.load_checkpoint(tmp_path)
    assert kept is not None
    facts = {key: value for key, value in kept.facts.items() if key != "seconds"}
    checkpoints.save_checkpoint(tmp_path, replace(kept, facts=facts))
    with caplog.at_level(logging.WARNING):
        events = list(run(tmp_path))
    assert "begins anew" in caplog.text
    assert [event.resumed_at for event in events if isinstance(event, TrainingStarted)] == [0]
    assert isinstance(events[-1], Trained)


@pytest.mark.parametrize("change", ["data", "recipe", "languages", "damaged"])
def test_another_run_does_not_go_on_with_the_checkpoint(
    tmp_path: Path, change: str, caplog: pytest.LogCaptureFixture
) -> None:
    cut = run(tmp_path)
    for event in cut:
        if isinstance(event, StepDone) and event.step == 3:
            break
    cut.close()  # type: ignore[attr-defined]
    data, recipe = DATA, RECIPE
    if change == "data":
        data = replace(DATA, train=[*TRAIN[1:], TrainingExample(TRAIN[0].crop, "mep")])
    if change == "languages":
        data = replace(DATA, options=replace(DATA.options, languages=()))
    if change == "recipe":
        recipe = replace(RECIPE, seed=1)
    if change == "damaged":
        path = tmp_path / checkpoints.FILE
        path.write_bytes(path.read_bytes()[:-100])
    with caplog.at_level(logging.WARNING):
        started = next(event for event in run(tmp_path, data, recipe) if isinstance(event, TrainingStarted))
    assert started.resumed_at == 0
    assert ("begins anew" in caplog.text) == (change == "damaged")


def test_asked_to_stop_it_ends_with_the_best_so_far(tmp_path: Path) -> None:
    events = list(run(tmp_path, stop_after=3))
    assert [event.step for event in events if isinstance(event, StepDone)] == [1, 2, 3]
    assert [event.step for event in events if isinstance(event, WordsEvaluated)] == [0, 2, 3]
    trained = last(events)
    assert (trained.stopped, trained.steps) == ("asked", 3)
    assert trained.folder.is_dir()


def test_without_gain_it_ends_early_with_what_it_knew(tmp_path: Path) -> None:
    # At this rate the tiny net forgets how to read anything.
    events = list(run(tmp_path, recipe=replace(RECIPE, learning_rate=5.0, patience=1, average=1.0)))
    trained = last(events)
    assert (trained.stopped, trained.steps, trained.settings["steps"]) == ("early", 2, 0)
    before = model_weights.read_weights(build_tiny(len(ALPHABET)))
    for name, values in learned(trained).items():
        np.testing.assert_array_equal(values, before[name])


def test_new_letters_are_told_and_kept(tmp_path: Path) -> None:
    data = TrainingData([*TRAIN, printed("ßa"), printed("→b"), printed("eЖ")], [printed("aß")])
    events = list(run(tmp_path, data))
    assert [event.new_letters for event in events if isinstance(event, TrainingStarted)] == ["ßЖ→"]
    card = registry.install(last(events).folder).card
    assert card is not None
    assert card.alphabet == (*ALPHABET.characters, *"ßЖ→")


def test_without_held_out_words_all_steps_are_kept_and_nothing_is_claimed(tmp_path: Path) -> None:
    trained = last(list(run(tmp_path, TrainingData(TRAIN))))
    assert trained.comparison.verdict is None
    assert trained.settings["steps"] == 6


def test_lines_of_words_are_learned_with_general_lines(tmp_path: Path) -> None:
    data = TrainingData([printed("a map"), printed("left Board")], [printed("a poem")], lines=True)
    drawn = [lesson.text for lesson in rehearsal.generate_words(5, ("en",), seed=0, lines=True)]
    assert all(" " in text for text in drawn)
    assert last(list(run(tmp_path, data))).comparison.before.words == 1


def test_words_that_cannot_be_learned_are_left_out_or_refused(tmp_path: Path) -> None:
    narrow = TrainingExample(np.full((40, 4, 3), 200, np.uint8), "abcdefgh")
    events = run(tmp_path, TrainingData([*TRAIN, narrow, TrainingExample(TRAIN[0].crop, " ")]))
    assert next(event.train for event in events if isinstance(event, TrainingStarted)) == 5
    with pytest.raises(NoTrainingData, match="none of these words"):
        list(run(tmp_path, TrainingData([narrow])))


def test_numbers_that_run_away_are_said(tmp_path: Path) -> None:
    with pytest.raises(TrainingFailed, match="lower learning rate"):
        list(run(tmp_path, recipe=replace(RECIPE, learning_rate=1e30, patience=None)))
    assert registry.candidates("mine") == ()


def test_a_full_disk_is_said_and_leaves_no_candidate(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(SafeFolder, "replace", full)
    with pytest.raises(CheckpointNotSaved, match="No space left"):
        list(run(tmp_path))
    assert registry.candidates("mine") == ()


def test_general_words_are_the_same_for_the_same_seed_and_only_then() -> None:
    def drawn(seed: int) -> list[TrainingExample]:
        return list(rehearsal.generate_words(12, ("en", "de"), seed=seed))

    one, again, other = drawn(1), drawn(1), drawn(2)
    for a, b in zip(one, again, strict=True):
        assert a.text == b.text
        np.testing.assert_array_equal(a.crop, b.crop)
    assert [lesson.text for lesson in one] != [lesson.text for lesson in other]
    assert all(lesson.crop.ndim == 3 and min(lesson.crop.shape) > 0 for lesson in one)
    assert all(a.name != b.name for a, b in pairwise(one))


HEAD_ALONE = replace(RECIPE, what="head", batch=16, patience=None, average=1.0, replay=0.25)


@pytest.mark.parametrize(
    ("what", "layers"), [("head", {"characters"}), ("neck+head", {"beside", "beside_norm", "characters"})]
)
def test_the_last_layers_alone_learn_and_all_others_stay(tmp_path: Path, what: str, layers: set[str]) -> None:
    events = list(run(tmp_path, recipe=replace(HEAD_ALONE, what=what)))
    assert any(isinstance(event, TrainingPreparing) and event.what == "Preparing the words" for event in events)
    losses = [event.loss for event in events if isinstance(event, StepDone)]
    assert losses[-1] < losses[0]
    before = model_weights.read_weights(build_tiny(len(ALPHABET)))
    moved = {name for name, values in learned(last(events)).items() if not np.array_equal(values, before[name])}
    assert {name.split("/")[0] for name in moved} == layers


def test_the_chosen_device_also_reads_and_computes_features(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """TensorFlow puts a network where it is traced."""
    entered: list[str] = []
    made: list[tuple[list[str], str | None]] = []

    @contextmanager
    def enter(name: str) -> Iterator[None]:
        entered.append(name)
        yield
        entered.pop()

    def make(read: ModelArrays, options: ReaderOptions, *, below: str | None = None) -> TensorFlowNetwork:
        made.append((list(entered), below))
        return make_tiny_network(read, options, below=below)

    monkeypatch.setattr(candidate, "device_context", enter)
    monkeypatch.setattr(runtimes, "make_network", make)
    last(list(run(tmp_path, recipe=replace(HEAD_ALONE, device="cpu"))))
    assert made == [(["cpu"], None), (["cpu"], "characters"), (["cpu"], None)]


def test_the_last_layer_alone_goes_on_to_the_same_end(tmp_path: Path) -> None:
    whole = learned(last(list(run(tmp_path / "whole", recipe=HEAD_ALONE))))
    cut = run(tmp_path / "cut", recipe=HEAD_ALONE)
    assert any(isinstance(event, StepDone) and event.step == 4 for event in cut)
    cut.close()  # type: ignore[attr-defined]
    events = list(run(tmp_path / "cut", recipe=HEAD_ALONE))
    assert [event.step for event in events if isinstance(event, StepDone)] == [5, 6]
    for name, values in learned(last(events)).items():
        np.testing.assert_allclose(values, whole[name], atol=1e-4)


def test_the_last_layer_alone_learns_new_letters(tmp_path: Path) -> None:
    data = TrainingData([*TRAIN, printed("ßa"), printed("→b")], [printed("aß")])
    trained = last(list(run(tmp_path, data, replace(HEAD_ALONE, learning_rate=2e-2))))
    assert learned(trained)["characters/bias"].shape == (len(ALPHABET) + 2,)
    assert (trained.new_letters, trained.changed) == ("ß→", True)


@pytest.mark.parametrize(("losses", "share"), [((1.0, 1.0), 1.0), ((1.0, 1.1, 0.9), 0.5), ((1.0, 2.0, 2.0), 0.0)])
def test_the_largest_step_is_taken_that_reads_no_other_handwriting_worse(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, losses: tuple[float, ...], share: float
) -> None:
    left = [1.0, 1.0, *losses]  # of the base model and of each step that is tried, in both trainings
    evaluate = Evaluator.evaluate

    def check(self: Evaluator, trainer: RecognizerTrainer) -> EvaluationResult:
        if any(example.name.startswith("check ") for example in self.examples):
            return EvaluationResult((), left.pop(0))
        return evaluate(self, trainer)

    monkeypatch.setattr(finetune, "_STEP_SHARES", (1.0, 0.5))
    monkeypatch.setattr(Evaluator, "evaluate", check)
    data = replace(DATA, held_out=())  # so that the last step counts
    whole, part = (last(list(run(tmp_path / name, data))) for name in ("whole", "part"))
    assert (whole.step_share, part.step_share, left) == (1.0, share, [])
    assert part.settings["step_share"] == share
    assert (whole.changed, part.changed) == (True, share > 0)
    base = model_weights.read_weights(finetune._base(RECIPE, DATA).net)
    for name, value in learned(whole).items():
        np.testing.assert_allclose(learned(part)[name], base[name] + share * (value - base[name]), atol=1e-5)


VECTOR = HandwritingVector("ab" * 32, (0.6, -0.8))


class StandInFeatures:
    """Makes the same vector of all words; says how many it was given."""

    seen: ClassVar[list[int]] = []

    def __init__(self, _: ReaderOptions) -> None:
        pass

    def look_at(self, crops: Sequence[Crop]) -> NDArray[np.float64]:
        return np.zeros((len(crops), 2))

    def make_vector(self, features: NDArray[np.float64]) -> HandwritingVector:
        self.seen.append(len(features))
        return VECTOR


def test_a_profile_is_kept_without_the_look_of_its_handwriting_if_nothing_can_see_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(_: ReaderOptions) -> StandInFeatures:
        raise StudioError("a file of the program is missing")

    monkeypatch.setattr(finetune, "WriterFeatures", fail)
    card = registry.install(last(list(run(tmp_path, replace(DATA, writer="Anna")))).folder).card
    assert card is not None
    assert (card.writer, card.handwriting) == ("Anna", None)
    assert "a file of the program is missing" in caplog.text


def test_a_profile_is_compared_with_the_one_in_use_for_the_writer(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    used = registry.install(last(list(run(tmp_path / "first", replace(DATA, writer="Anna")))).folder)

    class Reads:
        name = used.name

        def set_lexicons(self, *_: object, **__: object) -> None:
            """It reads without."""

        def read(self, crops: Sequence[object], **_: object) -> list[Transcription]:
            return [Transcription("poem", TextSource.MODEL, 0.9, self.name) for _ in crops]

    monkeypatch.setattr(model_loader, "load_recognizer", lambda *_: Reads())
    for profiles, found in (((), None), ((("Anna", used.name),), used.name), ((("Anna", "gone"),), None)):
        data = replace(DATA, writer="Anna", options=ReaderOptions(writer_profiles=profiles))
        replaced = last(list(run(tmp_path / str(len(profiles)), data))).comparison.replaced
        assert (replaced and replaced.name) == found
        if replaced:
            assert (replaced.score.words, replaced.score.right) == (3, 1)
    assert "gone" in caplog.text


def test_a_writer_profile_takes_the_last_step_and_is_held_to_no_other_words(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(finetune, "WriterFeatures", StandInFeatures)
    data = replace(DATA, writer="Anna", unchecked=[printed("lamp"), printed("zebra")])
    events = list(run(tmp_path, data, replace(RECIPE, patience=None)))
    started = next(event for event in events if isinstance(event, TrainingStarted))
    assert (started.train, started.held_out, started.keep) == (5, 3, 0)  # unchecked words count as neither
    assert started.unchecked == 2
    trained = last(events)
    assert (trained.writer, trained.step_share, trained.settings["steps"]) == ("Anna", 1.0, trained.steps)
    assert trained.comparison.keep_before.words == 0
    model = registry.install(trained.folder)
    assert model.card is not None
    assert (model.writer, model.card.handwriting) == ("Anna", VECTOR)
    assert StandInFeatures.seen == [10]  # trained, held out, unchecked
    without = last(list(run(tmp_path / "without", replace(data, unchecked=()), replace(RECIPE, patience=None))))
    one, other = (
        learned(without),
        model_arrays.parse_weights(((model.folder or tmp_path) / WEIGHTS_FILE).read_bytes(), file=tmp_path),
    )
    assert any(not np.array_equal(one[name], other[name]) for name in one)
