"""What comes with the program: none, one or several models of its own beside the borrowed ones, and which is used."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from ocr_studio.core import settings
from ocr_studio.core.models import archive as model_archive
from ocr_studio.core.models import description as model_description
from ocr_studio.core.models import registry
from ocr_studio.core.models.card import CARD_FILE, DETECTOR, BadModel, DataSource, ModelCard
from ocr_studio.core.models.registry import BadName, ModelOfProgram
from ocr_studio.core.settings import ReaderOptions, Settings
from tests.core.made_models import CARD, installed, shipped

BASE, FINDER = registry.BUILT_IN.name, registry.BUILT_IN_DETECTOR.name
FINDS: dict[str, Any] = {"architecture": DETECTOR, "alphabet": (), "scores": {}, "parent": FINDER}


def _names() -> list[str]:
    return [model.name for model in registry.everything()]


def test_without_models_of_its_own_the_program_uses_the_borrowed_ones(only_borrowed_models: Path) -> None:
    assert not only_borrowed_models.exists()
    assert _names() == [BASE, FINDER]
    assert (ReaderOptions().reads_with(), ReaderOptions().finds_with()) == (BASE, FINDER)


def test_one_that_is_no_default_can_be_chosen_and_is_not_used_by_itself() -> None:
    shipped("boards")
    assert _names() == [BASE, FINDER, "boards"]
    assert registry.in_use(None) == registry.BUILT_IN
    assert registry.in_use("boards").of_program
    assert registry.chosen("boards") == "boards"


def test_the_default_is_the_one_whose_card_says_so_for_the_alphabet_it_is_made_for() -> None:
    shipped("boards", default_for=("latin",))
    shipped("another")
    assert _names() == ["boards", BASE, FINDER, "another"]
    assert registry.in_use(None).name == ReaderOptions().reads_with() == "boards"
    assert registry.in_use(None, alphabet="all").name == ReaderOptions(alphabet="all").reads_with() == BASE
    assert ReaderOptions(model="boards", alphabet="all").reads_with() == "boards", "who names one means it"
    assert registry.in_use(None, "detector") == registry.BUILT_IN_DETECTOR


def test_what_finds_writing_has_a_default_of_its_own() -> None:
    shipped("finder", default_for=("latin", "all"), **FINDS)
    for alphabet in settings.ALPHABETS:
        assert ReaderOptions(alphabet=alphabet).finds_with() == "finder"
        assert registry.in_use(None, "detector", alphabet=alphabet).kind == "detector"
        assert registry.in_use(None, alphabet=alphabet) == registry.BUILT_IN


def test_the_borrowed_one_stays_chosen_when_another_is_the_default() -> None:
    settings.save(Settings(model=BASE, detector=FINDER))
    shipped("boards", default_for=("latin",))
    shipped("finder", default_for=("latin", "all"), **FINDS)
    kept = settings.load()
    assert (kept.reads_with(), kept.finds_with()) == (BASE, FINDER)
    assert registry.in_use(kept.model) == registry.BUILT_IN
    # Who never chose one has the program's choice, whatever it is.
    settings.save(Settings())
    assert settings.load().reads_with() == "boards"


def test_settings_that_name_a_model_which_came_with_another_version_fall_back(caplog: pytest.LogCaptureFixture) -> None:
    settings.save(Settings(model="boards"))
    assert settings.load().reads_with() == BASE
    assert "'boards'" in caplog.text


def test_what_comes_with_the_program_is_not_deleted_renamed_exported_or_called_like(tmp_path: Path) -> None:
    folder = shipped("boards")
    with pytest.raises(ModelOfProgram, match="comes with the program"):
        registry.delete("boards", in_use=[])
    with pytest.raises(ModelOfProgram, match="comes with the program"):
        registry.rename("boards", "mine")
    with pytest.raises(ModelOfProgram, match="comes with the program"):
        model_archive.export(registry.find("boards"), tmp_path / "boards.zip")
    for name in ("boards", "Boards"):
        with pytest.raises(BadName):
            registry.check_name(name)
    assert sorted(path.name for path in folder.iterdir()) == [CARD_FILE, "weights.safetensors"]


def test_ones_own_model_of_that_name_is_meant_where_it_was_there_before() -> None:
    installed("Boards")
    shipped("boards", default_for=("latin",))
    assert _names() == [BASE, FINDER, "Boards"]
    assert registry.in_use(None) == registry.BUILT_IN
    assert not registry.find("Boards").adapted
    registry.delete("Boards", in_use=[])
    assert registry.in_use(None).name == "boards"


def test_a_damaged_one_is_told_and_the_borrowed_one_reads() -> None:
    folder = shipped("boards", default_for=("latin",))
    (folder / CARD_FILE).write_text("{")
    assert registry.in_use(None) == registry.BUILT_IN
    (told,) = registry.damaged()
    assert "Reinstall the program" in str(told.error)
    with pytest.raises(BadModel, match="Reinstall the program"):
        registry.find("boards")
    with pytest.raises(ModelOfProgram):
        registry.delete("boards", in_use=[])


def test_a_learned_one_goes_back_over_it_to_the_borrowed_one() -> None:
    shipped("boards", default_for=("latin",))
    installed("Anna", parent="boards")
    assert [each.name for each in registry.history("Anna")] == ["Anna", "boards", BASE]
    registry.rename("Anna", "Berta")
    card = registry.find("boards").card
    assert card is not None
    assert card.parent == BASE


# ------------------------------------------------------------------------------------------------------------- cards

SAID = ModelCard(
    CARD.architecture, "Boards", BASE, alphabet=("a",), sha256="0" * 64,
    data=(DataSource("words of 445 people", "CC BY 4.0"), DataSource("fonts", "OFL 1.1")), recipe="python -m make it",
    weaknesses=("Chinese.", "Faint ink."), default_for=("latin",), difference_to="f" * 64,
    scores={"board_words_before": {"right": 0.8, "right_alone": 0.75},
            "board_words_after": {"right": 0.9, "right_alone": 0.85},
            "empty_boards_before": {"words_found": 12}, "empty_boards_after": {"words_found": 3},
            "my_set_before": {"f": 0.5}, "my_set_after": {"f": None}},
)  # fmt: skip


def test_what_a_card_says_comes_back() -> None:
    assert ModelCard.from_json(SAID.to_json(), file="x") == SAID


def test_cards_of_earlier_versions_are_read_and_whole_models_are_theirs_to_read_too() -> None:
    value = json.loads(CARD.to_json())
    assert value["version"] == 1
    for key in ("data", "recipe", "weaknesses", "default_for"):
        del value[key]
    value["weights"] = {"file": "weights.safetensors", "sha256": "0" * 64}
    card = ModelCard.from_json(json.dumps(value).encode(), file="x")
    assert (card.data, card.recipe, card.weaknesses, card.default_for, card.difference_to) == ((), "", (), (), "")
    assert json.loads(SAID.to_json())["version"] == 2, "what older programs would take for damaged says it is newer"


@pytest.mark.parametrize(
    "changes",
    [
        {"data": {}}, {"data": ["words"]}, {"data": [{"what": 1, "licence": ""}]}, {"data": [{}] * 101},
        {"weaknesses": "all"}, {"weaknesses": [1]}, {"weaknesses": ["a" * 2001]}, {"recipe": 3},
        {"default_for": "latin"},
        {"weights": {"file": "weights.safetensors", "sha256": "0" * 64, "difference_to": "pp-ocrv6-small"}},
        {"weights": {"file": "weights.safetensors", "sha256": "0" * 64, "difference_to": None}},
    ],
)  # fmt: skip
def test_what_no_card_says_is_refused(changes: dict[str, Any]) -> None:
    with pytest.raises(BadModel):
        ModelCard.from_json(json.dumps(json.loads(SAID.to_json()) | changes).encode(), file="x")


def test_a_person_is_told_what_it_learned_from_how_it_does_and_what_it_is_bad_at() -> None:
    shipped(
        "boards", **{name: getattr(SAID, name) for name in ("data", "recipe", "weaknesses", "default_for", "scores")}
    )
    told = dict(model_description.facts(registry.find("boards"), registry.history("boards")))
    assert told["Trained on"] == "words of 445 people (CC BY 4.0); fonts (OFL 1.1)"
    assert told["Words on boards"] == "correct 80.0 → 90.0% (network alone: 75.0 → 85.0)"
    assert told["Boards without writing"] == "false detections 12 → 3"
    assert told["My set"] == "f 0.5 → –"
    assert told["Weaknesses"] == "Chinese. Faint ink."
    assert told["Reproduce with"] == "python -m make it"
    assert told["Default"] == "for Latin characters"
    assert told["Source"].startswith("included with the program")
    assert told["Based on"] == BASE
