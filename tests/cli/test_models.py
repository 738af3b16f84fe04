"""``ocr-studio models``: what is listed, chosen, renamed, deleted, written and taken in."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from ocr_studio.cli import main as cli
from ocr_studio.core import settings
from ocr_studio.core.language.charset import Charset
from ocr_studio.core.models import archive as model_archive
from ocr_studio.core.models import downloads, registry
from ocr_studio.core.models.card import DETECTOR
from ocr_studio.core.training import runs as training_runs
from ocr_studio.core.training.events import Recipe
from ocr_studio.core.training.runs import Run
from ocr_studio.engine.nets.recognizer import build_recognizer
from ocr_studio.engine.weights import model_weights
from tests.core.made_models import CARD, installed

BASE, FINDER = registry.BUILT_IN.name, registry.BUILT_IN_DETECTOR.name


def _run(capsys: pytest.CaptureFixture[str], *arguments: str, status: int = 0) -> tuple[str, str]:
    assert cli.run(["models", *arguments]) == status
    said = capsys.readouterr()
    return said.out, said.err


def _marked(capsys: pytest.CaptureFixture[str]) -> list[str]:
    out, _ = _run(capsys, "list")
    return [line[2:].split("  ")[0] for line in out.splitlines() if line.startswith("* ")]


def test_one_of_each_kind_is_in_use(capsys: pytest.CaptureFixture[str]) -> None:
    installed("Anna")
    installed("Finder", architecture=DETECTOR, alphabet=(), scores={})
    assert _marked(capsys) == [BASE, FINDER]
    assert _run(capsys, "use", "Anna") == ("Anna\n", "")
    assert _marked(capsys) == [FINDER, "Anna"]
    _run(capsys, "use", "Finder")
    assert _marked(capsys) == ["Anna", "Finder"]
    assert (settings.load().model, settings.load().detector) == ("Anna", "Finder")
    _run(capsys, "use", BASE)
    _run(capsys, "use", FINDER)
    assert (settings.load().model, settings.load().detector) == (BASE, FINDER)
    assert _run(capsys, "default")[0].splitlines() == [BASE, FINDER]
    assert settings.load() == settings.Settings()


@pytest.mark.usefixtures("caplog")  # the log says so, too
def test_a_chosen_model_that_is_gone_is_said_beside_the_list(capsys: pytest.CaptureFixture[str]) -> None:
    assert _run(capsys, "list")[1] == ""
    settings.save(settings.Settings(model="Anna", detector="Lost"))
    out, said = _run(capsys, "list")
    assert [line for line in out.splitlines() if "Anna" in line or "Lost" in line] == []
    about_reading, about_finding = said.splitlines()
    assert f"the selected recognizer “Anna” is missing or damaged; using “{BASE}” instead" in about_reading
    assert f"the selected detector “Lost” is missing or damaged; using “{FINDER}” instead" in about_finding
    assert _marked(capsys) == [BASE, FINDER]


def test_the_list_says_what_each_model_is_used_for(capsys: pytest.CaptureFixture[str]) -> None:
    installed("hers", writer="Anna", scores={}, title="hers")
    assert _run(capsys, "use", "hers", "--writer", " Ben ") == (
        "hers\n",
        "ocr-studio: photos by “Ben” are now read with “hers”, which was trained for photos by “Anna”.\n",
    )
    lines = _run(capsys, "list")[0].splitlines()
    about = "Recognizer (reads words); profile of Anna"
    assert f"* hers  In use for photos by Ben; {about}" in lines
    assert next(line for line in lines if line.startswith(f"* {BASE}  ")).startswith(
        f"* {BASE}  In use for all other photos; "
    )
    models = {model["name"]: model for model in json.loads(_run(capsys, "list", "--format", "json")[0])}
    assert models["hers"]["in_use_for_writers"] == ["Ben"]
    assert (models["hers"]["trained_for_writer"], models["hers"]["in_use"]) == ("Anna", False)
    assert (models[BASE]["trained_for_writer"], models[BASE]["in_use"]) == (None, True)
    assert [model["kind"] for model in models.values()] == ["recognizer", "detector", "recognizer"]


def test_a_mistyped_writer_shows(capsys: pytest.CaptureFixture[str]) -> None:
    installed("hers", writer="Anna")
    assert "photos by “Anna” are now read with “hers”.\n" in _run(capsys, "use", "hers")[1]
    _, said = _run(capsys, "use", "hers", "--writer", "Ana")
    assert said.endswith("which was trained for photos by “Anna”. Did you mean “Anna”?\n")
    assert settings.load().writer_profiles == (("Ana", "hers"), ("Anna", "hers"))


def test_a_model_in_use_for_a_writer_is_deleted_after_the_command_that_is_said(
    capsys: pytest.CaptureFixture[str],
) -> None:
    installed("hers", writer="Anna")
    _run(capsys, "use", "hers", "--writer", "Ben")
    _, said = _run(capsys, "delete", "hers", status=1)
    assert 'Stop using it first ("ocr-studio models default --writer Ben"), then delete it.' in said
    out, said = _run(capsys, "default", "--writer", "Ben")
    assert out.splitlines() == [BASE, FINDER]
    assert said == "ocr-studio: photos by “Ben” are read like all others again\n"
    assert _run(capsys, "delete", "hers") == ("hers\n", "")


def test_the_list_says_what_was_gained(capsys: pytest.CaptureFixture[str]) -> None:
    installed("Anna")
    out, _ = _run(capsys, "list")
    assert "  Anna  Board 7, 30 → 36 of 40 words correct" in out.splitlines()


def test_the_list_says_of_published_networks_what_for_and_where_from(capsys: pytest.CaptureFixture[str]) -> None:
    craft, crnn = downloads.CRAFT, downloads.CRNN
    installed("craft_mlt_25k", architecture=DETECTOR, alphabet=(), scores={}, title=craft.about)
    installed("crnn_kurapan", scores={}, title=crnn.about)
    lines = _run(capsys, "list")[0].splitlines()
    assert f"  craft_mlt_25k  {craft.about}; detector (finds text); from {craft.address}, {craft.licence}" in lines
    assert f"  crnn_kurapan  {crnn.about}; recognizer (reads words); from {crnn.address}, {crnn.licence}" in lines


def test_a_name_is_said_once(capsys: pytest.CaptureFixture[str]) -> None:
    installed("Anna", title="Anna")
    installed("Berta", title="Berta", scores={})
    lines = _run(capsys, "list")[0].splitlines()
    assert lines[-2:] == ["  Anna  30 → 36 of 40 words correct", "  Berta  Recognizer (reads words)"]
    assert "Title" not in _run(capsys, "show", "Anna")[0]


def test_what_is_known_of_one_is_shown(capsys: pytest.CaptureFixture[str]) -> None:
    installed("Anna")
    installed("Berta", parent="Anna")
    registry.delete("Anna", in_use=[])
    out, _ = _run(capsys, "show", "Berta")
    assert "Based on: Anna (no longer available)" in out
    assert (
        "Held-out words: 30 of 40 correct, character error rate 10.0% → 36 of 40 correct, character error rate 5.0%"
        in out
    )
    assert "Training settings: trained layers upper, epochs 8, learning rate 0.0002" in out
    out, _ = _run(capsys, "show", BASE)
    assert "Source: included with the program" in out


def test_what_finds_writing_has_found_words(capsys: pytest.CaptureFixture[str]) -> None:
    before, after = ({"words": 40, "right": right, "found": 50, "f": right / 45} for right in (30, 36))
    scores = {"before": before, "after": after, "change": {"low": 0.1, "high": 0.2}, "speed": {"photos": 2.5}}
    installed("Finder", architecture=DETECTOR, alphabet=(), scores=scores)
    assert "  Finder  Board 7, 30 → 36 of 40 words found" in _run(capsys, "list")[0].splitlines()
    told = _run(capsys, "show", "Finder")[0].splitlines()
    assert "Held-out words: 30 of 40 found, F1 score 0.667 → 36 of 40 found, F1 score 0.800" in told
    assert "Speed: photos 2.5" in told
    assert not any(line.startswith("Change") for line in told)


def test_what_is_in_use_keeps_being_used_under_its_new_name(capsys: pytest.CaptureFixture[str]) -> None:
    installed("Anna")
    _run(capsys, "use", "Anna")
    _, said = _run(capsys, "delete", "Anna", status=1)
    assert 'is in use. Switch to another model first ("ocr-studio models use NAME")' in said
    assert _run(capsys, "rename", "Anna", "Clara") == ("Clara\n", "")
    assert _marked(capsys) == [FINDER, "Clara"]
    _run(capsys, "use", BASE)
    assert _run(capsys, "delete", "Clara") == ("Clara\n", "")
    assert [model.name for model in registry.everything()] == [BASE, FINDER]


@pytest.mark.parametrize(
    ("asked", "status"),
    [
        (["use", "nobody"], 2),
        (["show", "nobody"], 2),
        (["delete", BASE], 1),
        (["rename", BASE, "mine"], 1),
        (["export", BASE, "x.zip"], 1),
        (["import", "nothing.zip"], 1),
        (["import", "nothing.zip", "--name", "../x"], 2),
        (["rename", "Anna", "../x"], 2),
        (["rename", "Anna"], 2),
        (["export", "Anna", ""], 2),
        ([], 2),
    ],
)
def test_what_cannot_be_is_said_in_a_line(
    asked: list[str], status: int, capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    installed("Anna")
    out, said = _run(capsys, *asked, status=status)
    assert out == ""
    assert said.splitlines()[-1].startswith("ocr-studio")
    assert [model.name for model in registry.everything()] == [BASE, FINDER, "Anna"]
    assert not list(tmp_path.iterdir())


def test_a_missing_model_is_taken_in_by_a_command(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    _, said = _run(capsys, "use", "nobody", status=2)
    assert 'Import another one with "ocr-studio models import FILE"' in said
    with pytest.raises(registry.NoSuchModel) as caught:
        registry.find("nobody")
    assert "ocr-studio" not in str(caught.value)
    (tmp_path / "text.zip").write_text("no archive")
    _, said = _run(capsys, "import", str(tmp_path / "text.zip"), status=1)
    assert said.endswith('Use a file written by "ocr-studio models export".\n')


def test_a_model_is_handed_on(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    letters = Charset(tuple("ab "))
    folder = registry.candidate_folder("Anna")
    model_weights.save_model(folder, build_recognizer(len(letters)), charset=letters, card=CARD)
    registry.install(folder)
    file = tmp_path / "Board.zip"
    assert _run(capsys, "export", "Anna", str(file))[0] == f"{file}\n"
    assert _run(capsys, "import", str(file))[0] == "Board\n"
    assert _run(capsys, "import", str(file), "--name", "Berta")[0] == "Berta\n"
    assert [model.name for model in registry.available()] == [BASE, "Anna", "Berta", "Board"]


def test_models_are_imported_listed_shown_and_selected_without_importing_keras(tmp_path: Path) -> None:
    letters = Charset(tuple("ab "))
    folder = registry.candidate_folder("Anna")
    model_weights.save_model(folder, build_recognizer(len(letters)), charset=letters, card=CARD)
    model_archive.export(registry.install(folder), file := tmp_path / "Board.zip")
    script = (
        "import sys\n"
        "from ocr_studio.cli import main\n"
        "for asked in (['import', sys.argv[1]], ['list'], ['show', 'Board'], ['use', 'Board'], ['default']):\n"
        "    assert main.run(['models', *asked]) == 0, asked\n"
        "heavy = {'tensorflow', 'keras'} & set(sys.modules)\n"
        "assert not heavy, heavy\n"
    )
    done = subprocess.run([sys.executable, "-c", script, str(file)], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert registry.find("Board").card is not None


def test_a_damaged_model_is_told_and_can_be_deleted(capsys: pytest.CaptureFixture[str]) -> None:
    model = installed("Anna")
    assert model.folder is not None
    (model.folder / "run.py").write_text("raise SystemExit")
    out, said = _run(capsys, "list", status=1)
    assert "Anna" not in out
    assert "Anna: it contains “run.py”" in said
    _, said = _run(capsys, "use", "Anna", status=1)
    assert "run.py" in said
    _run(capsys, "delete", "Anna")
    _run(capsys, "list")


def test_what_a_training_began_with_stays_until_that_is_over(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    installed("Anna")
    training_runs.begin_run(run := Run("Clara", "recognizer", tmp_path, "0", Recipe(base="Anna")))
    (run.work / "checkpoint.npz").write_bytes(b"far")
    for asked in (["delete", "Anna"], ["rename", "Anna", "Berta"]):
        assert "the training run “Clara” is based on the model “Anna”" in _run(capsys, *asked, status=1)[1]
    training_runs.delete_run("Clara")
    _run(capsys, "rename", "Anna", "Berta")
    _run(capsys, "delete", "Berta")
