"""Writer profiles: what one writer's words teach is used on this writer's photos, and on no others."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from ocr_studio.core import settings
from ocr_studio.core.dataset_files.values import MANIFEST, UNCHECKED, Split
from ocr_studio.core.datasets import dataset
from ocr_studio.core.datasets import report as dataset_report
from ocr_studio.core.datasets import sources as dataset_sources
from ocr_studio.core.datasets.dataset import CheckKind, ExportOptions, Report
from ocr_studio.core.errors import StudioError
from ocr_studio.core.language.charset import Charset
from ocr_studio.core.models import registry
from ocr_studio.core.models.card import RECOGNIZER, ModelCard
from ocr_studio.core.page import Page, PageFacts
from ocr_studio.core.project.project import Project
from ocr_studio.core.settings import ReaderOptions, Settings
from ocr_studio.core.training import preflight as training_preflight
from ocr_studio.core.training.events import Recipe, TrainingEvent, suggested_recipe
from ocr_studio.engine.nets.recognizer import build_recognizer
from ocr_studio.engine.training import finetune
from ocr_studio.engine.training.training_data import TrainingData
from ocr_studio.engine.weights import candidate
from ocr_studio.jobs.learning import preflight
from ocr_studio.jobs.learning import train as training
from ocr_studio.jobs.learning.preflight import Preflight
from ocr_studio.jobs.reading.read import OcrService, PhotoRead
from ocr_studio.jobs.reading.read_batch import read_batch
from tests.core import made_datasets
from tests.core.made_models import installed


def pages_of(project: Project) -> list[Page]:
    return [page for page_id in project.page_ids() if (page := project.load_page(page_id))]


@pytest.fixture
def project(tmp_path: Path) -> Project:
    """Boards 1 and 2 are by Anna, half of their words not checked; board 3 is by Ben."""
    halves = [
        [word if index % 2 else replace(word, human=None) for index, word in enumerate(made_datasets.words(number))]
        for number in (1, 2)
    ]
    made = made_datasets.project(tmp_path / "photos", [*halves, made_datasets.words(3)])
    for page in pages_of(made):
        writer = "Ben" if page.image == "board 3.png" else "Anna"
        made.save_page(replace(page, facts=PageFacts(writer=writer)))
    made.unlock()
    return made


def test_unchecked_words_that_are_certain_go_along_in_a_file_of_their_own(project: Project, tmp_path: Path) -> None:
    sources = dataset_sources.from_project(project)
    *_, plain = dataset.export(sources.pages, tmp_path / "plain", ExportOptions())
    *_, more = dataset.export(sources.pages, tmp_path / "more", ExportOptions(unchecked=True))
    assert isinstance(plain, Report)
    assert isinstance(more, Report)
    assert more.digest != plain.digest  # something else is learned
    assert plain == replace(more, folder=plain.folder, unchecked=None, digest=plain.digest)  # they count nowhere else
    assert dataset.read(tmp_path / "plain").unchecked == ()
    found = dataset.read(tmp_path / "more")
    assert found.trouble == ()
    held_out = {each.page for each in found.held_out}
    learned = {page.id for page in pages_of(project) if page.facts.writer == "Anna"} - held_out
    assert held_out
    assert {each.page for each in found.unchecked} == learned != set()
    assert [each.text for each in found.unchecked] == ["Ship", "new", "ask", "about"] * len(learned)
    assert {(each.checked, each.by, each.writer) for each in found.unchecked} == {
        (CheckKind.UNCHECKED, "machine", "Anna")
    }
    assert all(found.crop(each).size for each in found.unchecked)
    assert not set(found.unchecked) & set(found.examples)
    assert found.digest == more.digest
    assert more.unchecked == len(found.unchecked)
    said = f"  {len(found.unchecked)} unchecked words that were read with certainty, for training only"
    assert said in dataset_report.render(more)
    assert said in dataset_report.render_dataset(found)
    assert not any("training only" in line for line in dataset_report.render(plain))


def test_the_digest_of_a_dataset_tells_its_unchecked_words(project: Project, tmp_path: Path) -> None:
    sources = dataset_sources.from_project(project)
    *_, plain = dataset.export(sources.pages, tmp_path / "plain", ExportOptions())
    *_, more = dataset.export(sources.pages, tmp_path / "more", ExportOptions(unchecked=True))
    assert isinstance(plain, Report)
    assert isinstance(more, Report)
    labels, manifest = (tmp_path / "more" / name for name in (UNCHECKED, MANIFEST))
    listed = labels.read_text("utf-8")
    labels.write_text(listed.replace('"Ship"', '"Shop"'), "utf-8")
    changed = dataset.read(tmp_path / "more")
    assert changed.digest not in (more.digest, plain.digest)
    assert "have changed" in " ".join(changed.trouble)
    labels.unlink()
    assert dataset.read(tmp_path / "more").trouble
    # Earlier versions left them out of it.
    labels.write_text(listed, "utf-8")
    manifest.write_text(manifest.read_text("utf-8").replace(more.digest, plain.digest), "utf-8")
    earlier = dataset.read(tmp_path / "more")
    assert (earlier.digest, earlier.trouble, len(earlier.unchecked)) == (plain.digest, (), more.unchecked)


def test_words_that_are_doubtful_do_not_go_along(project: Project, tmp_path: Path) -> None:
    for page in pages_of(project):
        doubtful = {
            key: replace(word, machine=replace(word.machine, confidence=0.89)) if word.machine else word
            for key, word in page.words.items()
        }
        project.save_page(replace(page, words=doubtful))
    project.unlock()
    sources = dataset_sources.from_project(project)
    *_, _ = dataset.export(sources.pages, tmp_path / "data", ExportOptions(unchecked=True))
    assert dataset.read(tmp_path / "data").unchecked == ()


def test_a_profile_learns_from_the_words_of_its_writer_only(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    *_, look = preflight.look(project, options=ReaderOptions())
    assert isinstance(look, Preflight)
    assert look.dataset is not None
    assert training_preflight.count_writers(look.dataset) == {"Anna": 8, "Ben": 8}
    given: list[TrainingData] = []

    def learn(data: TrainingData, *_: object, **__: object) -> Iterator[TrainingEvent]:
        given.append(data)
        yield from ()

    monkeypatch.setattr(finetune, "finetune", learn)
    task = training.begin(look, "recognizer", Recipe(), options=ReaderOptions(), writer="Anna")
    assert task.run.name == "Anna"
    list(training.train(task))
    (data,) = given
    assert data.writer == "Anna"
    assert len(data.train) + len(data.held_out) == 8
    assert {each.text for each in data.unchecked} == {"Ship", "new", "ask", "about"}
    nobody = replace(task, run=replace(task.run, writer="Carla"))
    with pytest.raises(StudioError, match="no words by Carla"):
        list(training.train(nobody))
    dataset = look.dataset
    hers = tuple(replace(each, split=Split.HELD_OUT) for each in dataset.examples if each.writer == "Anna")
    task = replace(task, dataset=replace(dataset, examples=hers))
    with pytest.raises(StudioError, match=r"held out for evaluation\. Check words on another photo by Anna"):
        list(training.train(task))


def test_a_profile_forgets_nothing_that_it_reads() -> None:
    usual, profile = suggested_recipe("neck+head"), suggested_recipe("neck+head", profile=True)
    assert profile == replace(usual, average=1.0, replay=0.25, patience=None)
    assert usual == Recipe()


def profile_of(writer: str, letters: str, *, seed: int) -> str:
    """The name of a real, tiny profile with random weights."""
    charset = Charset(tuple(letters))
    net = build_recognizer(len(charset))
    rng = np.random.default_rng(seed)
    for variable in net.trainable_variables[-2:]:
        variable.assign(rng.normal(0, 1, variable.shape))
    card = ModelCard(RECOGNIZER, writer, registry.BUILT_IN.name, writer=writer)
    return registry.install(candidate.write_candidate(writer, net, charset=charset, card=card)).name


def test_photos_of_a_writer_are_read_with_the_profile_and_others_as_before(project: Project) -> None:
    options = Settings().using(registry.find(profile_of("Anna", "xyz", seed=1)))
    assert options.writer_profiles == (("Anna", "Anna"),)
    photos = [project.photos / f"board {number}.png" for number in (1, 2, 3)]

    def read(wanted: ReaderOptions) -> dict[str, Page]:
        events = read_batch(OcrService(wanted), photos, project, again=True)
        return {event.page.image: event.page for event in events if isinstance(event, PhotoRead)}

    before, after = read(ReaderOptions()), read(options.reader_options())
    models = {
        image: {word.machine.model for word in page.words.values() if word.machine} for image, page in after.items()
    }
    assert models["board 3.png"] == {registry.default().name}
    assert [word.machine for word in after["board 3.png"].words.values() if word.machine] != []
    said = [
        [
            (word.text, word.quad, word.machine.confidence)
            for word in found["board 3.png"].words.values()
            if word.machine
        ]
        for found in (before, after)
    ]
    assert said[0] == said[1]
    assert all(models[f"board {number}.png"] <= {"Anna"} for number in (1, 2))


def test_a_profile_that_is_gone_leaves_the_general_model(caplog: pytest.LogCaptureFixture) -> None:
    service = OcrService(ReaderOptions(writer_profiles=(("Anna", "gone"),)))
    assert service.reader("Anna") is service.reader()
    assert "gone" in caplog.text
    (error,) = service.profile_errors.values()
    assert str(error).startswith("the profile “gone” for photos by Anna can’t be used: the model “gone” was not found")
    assert "train a new one" in str(error)
    assert "ocr-studio models default --writer Anna" in error.typed
    assert service.reader("Ben") is service.reader(None) is service.reader()


def test_profiles_are_used_renamed_and_stopped() -> None:
    anna, general = installed("Anna’s hand", writer="Anna"), installed("boards")
    chosen = Settings().using(anna).using(general)
    assert (chosen.model, chosen.find_profile("Anna"), chosen.find_profile("Ben")) == ("boards", "Anna’s hand", None)
    assert chosen.models_in_use()[0] == "boards"
    assert chosen.models_in_use()[2:] == ("Anna’s hand",)
    assert chosen.describe_use("boards") == ("In use for all other photos",)
    assert chosen.describe_use(chosen.finds_with()) == ("In use",)
    both = chosen.with_profile("Ben", "Anna’s hand")
    assert both.writers_of("Anna’s hand") == ("Anna", "Ben")
    assert both.describe_use("Anna’s hand") == ("In use for photos by Anna, Ben",)
    assert Settings().with_profile("Ben", "boards").describe_use("boards") == ("In use for photos by Ben",)
    assert chosen.describe_use("Carl’s hand") == ()
    renamed = chosen.with_renamed("Anna’s hand", "hers").with_renamed("boards", "ours")
    assert (renamed.model, renamed.writer_profiles) == ("ours", (("Anna", "hers"),))
    settings.save(replace(renamed, model=None))
    assert settings.load().writer_profiles == (("Anna", "hers"),)
    assert chosen.using_instead(anna, None).writer_profiles == ()
    assert chosen.using_instead(general, None).model is None
