"""Networks of keras-ocr come in as models, read and find beside the others, and say what they cannot do."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import cv2
import keras
import numpy as np
import pytest

from ocr_studio.cli import models as cli_models
from ocr_studio.core.language.charset import Charset
from ocr_studio.core.models import downloads, registry
from ocr_studio.core.models.card import CRAFT, CRNN, LIGHT_CRAFT, LIGHT_CRNN, BadModel, CannotLearn
from ocr_studio.core.models.registry import Model
from ocr_studio.core.settings import DetectionOptions, ReaderOptions
from ocr_studio.core.training.events import Recipe
from ocr_studio.engine import model_loader
from ocr_studio.engine.detection.craft_detector import CraftDetector
from ocr_studio.engine.nets.light_craft import build_light_craft
from ocr_studio.engine.nets.light_crnn import build_light_crnn
from ocr_studio.engine.reader import Reader
from ocr_studio.engine.recognition.crnn_recognizer import CrnnRecognizer
from ocr_studio.engine.training.finetune import finetune
from ocr_studio.engine.training.training_data import TrainingData
from ocr_studio.engine.weights import model_weights
from ocr_studio.engine.weights.keras_ocr import load_craft, load_crnn
from ocr_studio.jobs.models import download
from ocr_studio.jobs.models.download import Downloaded, DownloadProgress, fetch_model
from ocr_studio.jobs.models.import_export import LookedThrough, ModelImported, export_model, import_model
from tests.core.made_models import CARD
from tests.engine.keras_ocr_files import RECORDED, write

LAYOUTS = RECORDED["layouts"]


def took_in(file: Path, **given: str) -> Model:
    first, last = import_model(file, **given)
    assert first == LookedThrough(file)
    assert isinstance(last, ModelImported)
    return last.model


@pytest.fixture
def crnn(tmp_path: Path) -> Model:
    return took_in(write(tmp_path / "crnn_kurapan.h5", LAYOUTS["crnn"]))


def board() -> np.ndarray[tuple[int, ...], np.dtype[np.uint8]]:
    photo = np.full((240, 400, 3), 240, np.uint8)
    cv2.putText(photo, "one two", (40, 100), cv2.FONT_HERSHEY_SIMPLEX, 1.6, (20, 20, 20), 3, cv2.LINE_AA)
    return photo


def test_a_recognizer_comes_in_as_a_model_that_reads_as_its_file_does(tmp_path: Path, crnn: Model) -> None:
    assert (crnn.name, crnn.kind) == ("crnn_kurapan", "recognizer")
    assert crnn.card is not None
    assert crnn.card.architecture == CRNN
    assert "".join(crnn.card.alphabet) == RECORDED["alphabet"]
    assert [model.name for model in registry.available()] == [registry.BUILT_IN.name, "crnn_kurapan"]
    reader = model_loader.load_recognizer(crnn)
    assert isinstance(reader, CrnnRecognizer)
    words = np.random.default_rng(0).random((2, 31, 200, 1)).astype(np.float32)
    theirs, _ = load_crnn(tmp_path / "crnn_kurapan.h5")
    wanted = keras.ops.softmax(theirs(words, training=False))
    np.testing.assert_allclose(reader.network(words), wanted, atol=1e-6)
    assert list(export_model(crnn, tmp_path / "handed on.zip"))
    assert took_in(tmp_path / "handed on.zip").card == crnn.card


def test_a_detector_comes_in_as_a_model_and_both_read_a_photo(tmp_path: Path, crnn: Model) -> None:
    file = write(tmp_path / "craft_mlt_25k.h5", LAYOUTS["craft"])
    model = took_in(file)
    assert (model.name, model.kind) == ("craft_mlt_25k", "detector")
    assert model.card is not None
    assert model.card.architecture == CRAFT
    detector = model_loader.load_detector(model, ReaderOptions(detection=DetectionOptions(limit_side=320)))
    assert isinstance(detector, CraftDetector)
    photo = np.random.default_rng(0).uniform(-1, 1, (1, 32, 32, 3)).astype(np.float32)
    np.testing.assert_allclose(detector.run_batch(photo), load_craft(file)(photo, training=False), atol=1e-5)
    options = ReaderOptions(model=crnn.name, detector=model.name, detection=DetectionOptions(limit_side=320))
    reader = Reader(options, detector=detector)
    found = reader.find(board())
    assert found.shape[1:] == (6, 2)
    lines = found if len(found) else np.array([[[30, 60], [260, 60], [260, 110], [30, 110], [145, 60], [145, 110]]])
    assert sum(done for done, _ in reader.read_lines(board(), lines.astype(np.float32)[:4])) == min(4, len(lines))


def test_the_built_in_detector_works_with_a_recognizer_of_keras_ocr(crnn: Model) -> None:
    reader = Reader(ReaderOptions(model=crnn.name))
    reads = [word for _, words in reader.read_lines(board(), reader.find(board())) for word in words]
    assert len(reads) >= 2
    assert {word.machine and word.machine.model for word in reads} == {"crnn_kurapan"}
    letters = {letter for word in reads if word.machine for letter in word.machine.text}
    assert letters
    assert letters <= {*RECORDED["alphabet"]}


def test_a_recognizer_of_ones_own_needs_its_alphabet(tmp_path: Path) -> None:
    layout = {**LAYOUTS["crnn"], "fc_12": {"fc_12/kernel:0": [256, 4], "fc_12/bias:0": [4]}}
    file = write(tmp_path / "mine.h5", layout)
    with pytest.raises(BadModel, match="has 3 characters, but the alphabet has 36"):
        took_in(file)
    with pytest.raises(BadModel, match="in its alphabet twice"):
        took_in(file, alphabet="äöä")
    model = took_in(file, alphabet="äöü", name="Mine")
    assert model.name == "Mine"
    assert model.card is not None
    assert model.card.alphabet == ("ä", "ö", "ü")
    assert model.card.licence.startswith("unknown")


@pytest.mark.parametrize(
    ("which", "said"),
    [
        ("crnn_notop", "last layer is missing.*train this one in a Python script"),
        ("nothing", "not an HDF5 file"),
        ("part", "contains 2 layers"),
    ],
)
def test_what_cannot_read_is_refused_and_nothing_is_left(tmp_path: Path, which: str, said: str) -> None:
    file = tmp_path / "file.H5"
    if which == "nothing":
        file.write_bytes(b"nothing")
    else:
        write(file, LAYOUTS[which] if which in LAYOUTS else dict(list(LAYOUTS["crnn"].items())[:2]))
    with pytest.raises(BadModel, match=said):
        took_in(file)
    assert not registry.candidates("file")
    assert [model.name for model in registry.available()] == [registry.BUILT_IN.name]


def test_a_published_file_keeps_its_licence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = write(tmp_path / "mine.h5", LAYOUTS["crnn"])
    known = replace(downloads.CRNN, sha256=downloads.sum_of(file), licence="whoever's")
    monkeypatch.setattr(downloads, "ALL", (known,))
    card = took_in(file).card
    assert card is not None
    assert (card.licence, card.title) == ("whoever's", known.about)


def test_what_cannot_be_trained_further_says_so(tmp_path: Path, crnn: Model) -> None:
    began = finetune(
        TrainingData([], [], digest="0"), Recipe(base=crnn.name), folder=tmp_path, name="mine", stop=lambda: False
    )
    with pytest.raises(CannotLearn, match=r"can’t be trained here: its network is a CRNN\. Start from another"):
        list(began)


def test_light_networks_are_kept_and_come_back() -> None:
    letters = Charset(tuple("ab "))
    folder = registry.candidate_folder("Light")
    net = build_light_crnn(len(letters))
    model_weights.save_model(folder, net, charset=letters, card=replace(CARD, architecture=LIGHT_CRNN))
    reader = model_loader.load_recognizer(registry.install(folder))
    line = np.random.default_rng(0).uniform(-1, 1, (1, 48, 64, 3)).astype(np.float32)
    np.testing.assert_allclose(reader.network(line), keras.ops.softmax(net(line)), atol=1e-6)
    assert reader.read([board()[60:110, 30:260]])[0].model == "Light"
    folder = registry.candidate_folder("Finder")
    model_weights.save_model(folder, build_light_craft(), charset=None, card=replace(CARD, architecture=LIGHT_CRAFT))
    assert isinstance(model_loader.load_detector(registry.install(folder)), CraftDetector)


def test_a_fetched_file_becomes_a_model(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    file = write(tmp_path / "crnn_kurapan.h5", LAYOUTS["crnn"])

    def instead(wanted: downloads.PublishedFile) -> Iterator[DownloadProgress | Downloaded]:
        yield DownloadProgress(wanted, 5 << 20, 33 << 20)
        yield Downloaded(wanted, file)

    monkeypatch.setattr(download, "fetch", instead)
    assert isinstance(list(fetch_model(downloads.CRNN))[-1], ModelImported)
    assert cli_models.work(cli_models.parser().parse_args(["fetch", "crnn_kurapan.h5", "--name", "Theirs"])) == 0
    assert capsys.readouterr().out == "Theirs\n"
    # What reads nothing yet becomes no model: where it lies is what a script asks for.
    assert cli_models.work(cli_models.parser().parse_args(["fetch", "crnn_kurapan_notop.h5"])) == 0
    assert capsys.readouterr().out == f"{file}\n"
    assert [model.name for model in registry.available()] == [registry.BUILT_IN.name, "Theirs", "crnn_kurapan"]
    with pytest.raises(registry.BadName):  # before anything is fetched
        next(fetch_model(downloads.CRNN, name="Theirs"))
