"""Models that come in as one file are loaded before anybody can choose them."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from ocr_studio.core.language.charset import Charset
from ocr_studio.core.models import archive as model_archive
from ocr_studio.core.models import registry
from ocr_studio.core.models.card import BadModel
from ocr_studio.core.training import runs as training_runs
from ocr_studio.core.training.events import Recipe
from ocr_studio.core.training.runs import Run
from ocr_studio.engine.nets.recognizer import build_recognizer
from ocr_studio.engine.weights import model_weights
from ocr_studio.jobs.models.import_export import LookedThrough, ModelExported, ModelImported, export_model, import_model
from tests.core.made_models import CARD, fill, installed


def test_a_model_goes_to_somebody_else(tmp_path: Path) -> None:
    letters = Charset(tuple("abß→ "))
    folder = registry.candidate_folder("Anna")
    model_weights.save_model(folder, build_recognizer(len(letters)), charset=letters, card=CARD)
    model, file = registry.install(folder), tmp_path / "To Berta.zip"
    assert list(export_model(model, file)) == [ModelExported(model, file)]
    registry.delete("Anna", in_use=[])
    seen, imported = import_model(file)
    assert seen == LookedThrough(file)
    assert isinstance(imported, ModelImported)
    assert imported.model.name == "To Berta"
    assert imported.model.card == model.card


def test_a_model_whose_weights_fit_no_network_is_refused_and_nothing_is_left(tmp_path: Path) -> None:
    model_archive.export(installed("Anna"), tmp_path / "x.zip")  # two weights only
    with pytest.raises(BadModel, match="missing") as caught:
        list(import_model(tmp_path / "x.zip"))
    assert str(tmp_path / "x.zip") in str(caught.value)
    assert not registry.candidates("x")
    assert [model.name for model in registry.available()] == [registry.BUILT_IN.name, "Anna"]


def test_an_import_that_is_cut_short_leaves_nothing(tmp_path: Path) -> None:
    model_archive.export(installed("Anna"), tmp_path / "x.zip")
    job = import_model(tmp_path / "x.zip")
    assert next(job) == LookedThrough(tmp_path / "x.zip")
    assert registry.candidates("x")
    job.close()
    assert not registry.candidates("x")


def test_what_killed_imports_left_goes_and_what_a_training_waits_with_stays(tmp_path: Path) -> None:
    left, waiting, fresh = (fill(registry.candidate_folder(name)) for name in ("left", "waiting", "fresh"))
    for folder in (left, waiting):
        os.utime(folder, (1, 1))
    training_runs.begin_run(Run("waiting", "recognizer", tmp_path, "0", Recipe()))
    with pytest.raises(BadModel):
        list(import_model(tmp_path / "nothing.zip"))
    assert not left.exists()
    assert waiting.exists()
    assert fresh.exists()
