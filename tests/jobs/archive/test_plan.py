"""Models of an archive that are given by path or address are copied and checked."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import fsspec
import pytest

from ocr_studio.core.errors import StudioError
from ocr_studio.core.models import archive as model_archive
from ocr_studio.core.models.card import CARD_FILE, DETECTOR, WEIGHTS_FILE, BadModel
from ocr_studio.core.settings import ReaderOptions
from ocr_studio.jobs.archive.plan import ArchivePlan, make_plan
from ocr_studio.jobs.archive.worker import ShippedModel
from tests.core.made_models import CARD, WEIGHTS, fill, installed


@pytest.fixture
def stored(tmp_path: Path) -> str:
    """The address of a folder with a model."""
    folder = fill(tmp_path / "stored" / "anna")
    store = fsspec.filesystem("memory")
    for name in (CARD_FILE, WEIGHTS_FILE):
        store.pipe(f"/models/anna/{name}", (folder / name).read_bytes())
    return "memory://models/anna"


def plan_of(model: str, folder: Path) -> ArchivePlan:
    copies = folder / "copies"
    copies.mkdir(exist_ok=True)
    return make_plan(ReaderOptions(), model, megapixels=100, folder=copies)


@pytest.mark.parametrize("kind", ["memory", "file", "path", "exported"])
def test_a_model_is_copied_from_where_it_is(stored: str, tmp_path: Path, kind: str) -> None:
    model_archive.export(installed("Anna"), exported := tmp_path / "anna.zip")
    fsspec.filesystem("memory").pipe("/models/anna.zip", exported.read_bytes())
    path = tmp_path / "stored" / "anna"
    address = {"memory": stored, "file": f"file://{path}", "path": str(path), "exported": "memory://models/anna.zip"}
    plan = plan_of(address[kind], tmp_path)
    assert plan.recognizer == "anna"
    copy = plan.reading.recognizer
    assert isinstance(copy, Path)
    assert copy.is_relative_to(tmp_path / "copies")
    assert (copy / WEIGHTS_FILE).read_bytes() == WEIGHTS
    assert plan.settings == plan_of(str(path), tmp_path / "stored").settings
    shipped = plan.for_other_computers().recognizer
    assert isinstance(shipped, ShippedModel)
    assert shipped.weights == WEIGHTS


def test_weights_that_do_not_have_the_checksum_of_the_description_are_refused(stored: str, tmp_path: Path) -> None:
    changed = WEIGHTS[:-1] + b"?"
    fsspec.filesystem("memory").pipe(f"/models/anna/{WEIGHTS_FILE}", changed)
    with pytest.raises(BadModel, match=r"^memory://models/anna: the weights have changed .*SHA-256"):
        plan_of(stored, tmp_path)


def test_what_is_no_model_is_refused(stored: str, tmp_path: Path) -> None:
    store = fsspec.filesystem("memory")
    with pytest.raises(StudioError, match=r"^memory://models/none/model\.json: the file does not exist"):
        plan_of("memory://models/none", tmp_path)
    store.pipe(f"/models/anna/{CARD_FILE}", b"\x80\x04}.")  # a pickle
    with pytest.raises(BadModel, match=r"^memory://models/anna: the model description is not valid JSON"):
        plan_of(stored, tmp_path)
    store.pipe("/models/no.zip", b"\x80\x04}.")
    with pytest.raises(StudioError, match=r"^memory://models/no\.zip: "):
        plan_of("memory://models/no.zip", tmp_path)


def test_a_detector_is_no_recognizer(tmp_path: Path) -> None:
    folder = fill(tmp_path / "finder", replace(CARD, architecture=DETECTOR, alphabet=()))
    with pytest.raises(StudioError, match="a detector, not a recognizer"):
        plan_of(str(folder), tmp_path)
