"""The folder of models: what is listed, kept, renamed and deleted, and what is none."""

from __future__ import annotations

import json
import os
import unicodedata
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ocr_studio.core import paths
from ocr_studio.core.errors import StudioError
from ocr_studio.core.files.safe_folder import SafeFolder
from ocr_studio.core.models import registry
from ocr_studio.core.models.card import CARD_FILE, DETECTOR, WEIGHTS_FILE, BadModel
from ocr_studio.core.models.registry import BadName, ModelInUse, ModelOfProgram, ModelsNotWritten, NoSuchModel
from tests.core.made_models import CARD, fill, installed

BASE = registry.BUILT_IN.name


def test_what_comes_with_the_program_is_always_there_and_first() -> None:
    installed("Anna")
    assert [model.name for model in registry.available()] == [BASE, "Anna"]
    assert [model.name for model in registry.available("detector")] == [registry.BUILT_IN_DETECTOR.name]
    assert registry.in_use(None) == registry.BUILT_IN
    assert registry.in_use(None, "detector") == registry.BUILT_IN_DETECTOR


def test_a_model_is_listed_only_once_it_is_kept() -> None:
    folder = fill(registry.candidate_folder("Anna"))
    assert registry.available() == (registry.BUILT_IN,)
    assert registry.candidates("Anna") == (folder,)
    model = registry.install(folder)
    assert not folder.exists()
    assert registry.candidates("Anna") == ()
    assert registry.find("Anna") == model
    assert (model.name, model.title, model.kind) == ("Anna", "Board 7", "recognizer")
    assert model.card is not None
    assert model.card.scores == CARD.scores
    assert model.card.alphabet == CARD.alphabet


def test_a_candidate_can_be_thrown_away_and_nothing_else_can() -> None:
    folder = fill(registry.candidate_folder("Anna"))
    model = registry.install(fill(registry.candidate_folder("Berta")))
    registry.discard(folder)
    assert not folder.exists()
    assert model.folder is not None
    with pytest.raises(ValueError, match="no candidate"):
        registry.discard(model.folder)
    assert model.folder.exists()


def test_two_candidates_of_one_name_cannot_both_be_kept() -> None:
    first, second = (fill(registry.candidate_folder("Anna")) for _ in range(2))
    registry.install(first)
    with pytest.raises(BadName, match="already"):
        registry.install(second)
    assert registry.install(second, name="Anna 2").name == "Anna 2"


@pytest.mark.parametrize(
    "name",
    ["", ".", "..", "a/b", "a\\b", "../a", "/a", "C:a", "a\0b", "a\nb", "con", "Aux.txt", ".a", "-a", "~a", "a.", "a ",
     " a", "a?", "a" * 61, "\ud800", "e\u0301", "a\u202eb", "pp-ocrv6-small", "PP-OCRv6-small", "anna", "ANNA"],
)  # fmt: skip
def test_a_name_is_one_folder_of_its_own_on_every_system(name: str) -> None:
    installed("Anna")
    with pytest.raises(BadName):
        registry.check_name(name)
    with pytest.raises(BadName):
        registry.install(fill(registry.candidate_folder("x")), name=name)


@pytest.mark.parametrize("name", ["", "..", "../a", "con", "a\nb"])
def test_no_name_of_a_candidate_leads_elsewhere(name: str) -> None:
    with pytest.raises(BadName):
        registry.candidate_folder(name)


@pytest.mark.parametrize("name", ["Tafel 3", "Привет", "日本", "wb_293-280", "é", "a" * 60])
def test_names_may_be_in_any_script(name: str) -> None:
    assert installed(name).name == name
    assert registry.find(name).name == name


@given(st.text(max_size=80))
def test_a_free_name_is_always_a_name(wanted: str) -> None:
    name = registry.free_name(wanted)
    registry.check_name(name)
    assert name == unicodedata.normalize("NFC", name)


def test_a_free_name_counts_on() -> None:
    installed("Anna")
    installed("anna 2")
    assert registry.free_name("Anna") == "Anna 3"
    assert registry.free_name(BASE) == f"{BASE} 2"


def test_what_is_in_use_and_what_comes_with_the_program_stay() -> None:
    installed("Anna")
    for name, used in ((BASE, [None]), ("Anna", ["Anna"]), (registry.BUILT_IN_DETECTOR.name, [])):
        with pytest.raises((ModelInUse, ModelOfProgram)):
            registry.delete(name, in_use=used)
    with pytest.raises(ModelInUse) as caught:
        registry.delete("Anna", in_use=[BASE], writers=["Anna B", "Ben"])
    commands = '"ocr-studio models default --writer \'Anna B\'" and "ocr-studio models default --writer Ben"'
    assert caught.value.command == f"Stop using it first ({commands}), then delete it."
    assert str(caught.value) == (
        "the model “Anna” is in use for photos by Anna B, Ben. Stop using it first, then delete it."
    )
    with pytest.raises(NoSuchModel):
        registry.delete("Berta", in_use=[])
    registry.delete("Anna", in_use=[None, "Berta"])
    assert registry.available() == (registry.BUILT_IN,)
    assert [path.name for path in registry.models_dir().iterdir()] == [".candidates"]
    assert not list((registry.models_dir() / ".candidates").iterdir())


def test_a_model_that_is_renamed_stays_the_parent_of_its_children() -> None:
    installed("Anna")
    installed("Berta", parent="Anna")
    assert registry.rename("Anna", "Clara").name == "Clara"
    assert [ancestor.name for ancestor in registry.history("Berta")] == ["Berta", "Clara", BASE]
    assert registry.rename("Clara", "clara").name == "clara"
    for new in ("Berta", "berta", "a/b", BASE):
        with pytest.raises(BadName):
            registry.rename("clara", new)
    with pytest.raises(ModelOfProgram):
        registry.rename(BASE, "Dora")


@pytest.mark.parametrize("written", [0, 1, None], ids=["no card", "own card", "cards, but not moved"])
def test_a_model_that_cannot_be_renamed_stays_as_it_was(written: int | None, monkeypatch: pytest.MonkeyPatch) -> None:
    installed("Anna", title="Anna")
    installed("Berta", parent="Anna")
    before = {each.name: each.card for each in registry.available()}
    replace, left = SafeFolder.replace, [written]

    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    def fail_once(folder: SafeFolder, name: str, data: bytes) -> None:
        """Fail after so many cards; afterwards there is room again."""
        if left[0] is not None:
            left[0] -= 1
            if left[0] < 0:
                left[0] = None
                full()
        replace(folder, name, data)

    with monkeypatch.context() as patched:
        patched.setattr(SafeFolder, "replace", fail_once)
        if written is None:
            patched.setattr(Path, "rename", full)
        with pytest.raises(ModelsNotWritten, match="No space left"):
            registry.rename("Anna", "Clara")
    assert {each.name: each.card for each in registry.available()} == before


def test_a_title_that_was_the_name_is_renamed_with_it() -> None:
    for name, title in (("Anna", "Anna"), ("Berta", "Berta’s board hand")):
        installed(name, title=title)
    assert registry.rename("Anna", "Clara").title == "Clara"
    assert registry.rename("Berta", "Dora").title == "Berta’s board hand"


def test_history_ends_where_a_parent_is_gone_or_comes_back() -> None:
    installed("Anna", parent="Berta")
    assert [(each.name, each.model is None) for each in registry.history("Anna")] == [("Anna", False), ("Berta", True)]
    installed("Berta", parent="Anna")
    assert [each.name for each in registry.history("Anna")] == ["Anna", "Berta"]
    assert [each.name for each in registry.history(BASE)] == [BASE]


def test_a_model_of_another_kind_is_not_chosen() -> None:
    installed("Finder", architecture=DETECTOR, alphabet=())
    assert registry.chosen("Finder", "detector") == "Finder"
    for name in (None, registry.BUILT_IN_DETECTOR.name):
        assert registry.chosen(name, "detector") == name
    for name, kind in (("Finder", "recognizer"), (BASE, "detector")):
        with pytest.raises(NoSuchModel, match=r"not a (detector|recognizer)"):
            registry.chosen(name, kind)  # type: ignore[arg-type]  # one of the two


def _replaced(**changes: object) -> Callable[[Path], None]:
    def change(folder: Path) -> None:
        card = json.loads((folder / CARD_FILE).read_bytes())
        (folder / CARD_FILE).write_text(json.dumps(card | changes))

    return change


def _linked(folder: Path) -> None:
    away = paths.data_dir() / "elsewhere"
    (folder / WEIGHTS_FILE).rename(away)
    (folder / WEIGHTS_FILE).symlink_to(away)


def _piped(folder: Path) -> None:
    (folder / CARD_FILE).unlink()
    os.mkfifo(folder / CARD_FILE)


BROKEN: dict[str, Callable[[Path], object]] = {
    "no card": lambda folder: (folder / CARD_FILE).unlink(),
    "no weights": lambda folder: (folder / WEIGHTS_FILE).unlink(),
    "other weights": lambda folder: (folder / WEIGHTS_FILE).write_bytes(b"x"),
    "linked weights": _linked,
    "a pipe": _piped,
    "a pickle": lambda folder: (folder / "weights.pkl").write_bytes(b"cos\nsystem\n(S'false'\ntR."),
    "a keras file": lambda folder: (folder / "model.keras").write_bytes(b"PK"),
    "a folder": lambda folder: (folder / "more").mkdir(),
    "no JSON": lambda folder: (folder / CARD_FILE).write_bytes(b"\xff"),
    "too deep": lambda folder: (folder / CARD_FILE).write_bytes(b"[" * 100_000),
    "NaN": lambda folder: (folder / CARD_FILE).write_text('{"format": NaN}'),
    "too large": lambda folder: (folder / CARD_FILE).write_bytes(b" " * (5 << 20)),
    "a list": lambda folder: (folder / CARD_FILE).write_text("[]"),
    "another format": _replaced(format="ocr-studio-dataset"),
    "a newer one": _replaced(version=3),
    "no version": _replaced(version=True),
    "another network": _replaced(architecture="lambda"),
    "a network that is none": _replaced(architecture=["lambda"]),
    "another kind": _replaced(kind="detector"),
    "no alphabet": _replaced(alphabet=[]),
    "twice": _replaced(alphabet=["a", "a"]),
    "words": _replaced(alphabet=["ab"]),
    "a line break": _replaced(alphabet=["a", "\n"]),
    "half a sign": _replaced(alphabet=["a", "\ud800"]),
    "numbers": _replaced(alphabet=[1]),
    "a title": _replaced(title="a" * 201),
    "a number": _replaced(title=1),
    "a moment": _replaced(made="yesterday"),
    "weights elsewhere": _replaced(weights={"file": "../../secret", "sha256": "0" * 64}),
    "no digest": _replaced(weights={"file": WEIGHTS_FILE, "sha256": 3}),
    "settings": _replaced(settings={"a": {"b": 1}}),
    "scores": _replaced(scores={"before": 3}),
    "figures": _replaced(scores={"before": {"cer": "0"}}),
    "endless": _replaced(scores={"before": {"cer": 10**400}}),
}


@pytest.mark.parametrize("how", BROKEN)
def test_what_is_no_model_is_neither_kept_nor_listed_and_says_why(how: str) -> None:
    candidate = fill(registry.candidate_folder("Anna"))
    BROKEN[how](candidate)
    with pytest.raises(BadModel) as caught:
        registry.install(candidate)
    assert str(candidate) in str(caught.value)
    assert candidate.exists()
    installed("Berta")
    candidate.rename(registry.models_dir() / "Anna")
    if how != "other weights":  # which is seen when they are read
        assert [model.name for model in registry.available()] == [BASE, "Berta"]
        assert [found.name for found in registry.damaged()] == ["Anna"]
        with pytest.raises(BadModel):
            registry.find("Anna")
    registry.delete("Anna", in_use=[])
    assert not registry.damaged()


def test_what_systems_leave_behind_harms_no_model() -> None:
    folder = fill(registry.candidate_folder("Anna"))
    (folder / ".DS_Store").touch()
    (folder / f".{'0' * 16}.tmp").touch()
    registry.install(folder)
    (registry.models_dir() / "Thumbs.db").touch()
    assert [model.name for model in registry.available()] == [BASE, "Anna"]
    assert not registry.damaged()


def test_a_link_among_the_models_is_none_and_what_it_leads_to_stays(tmp_path: Path) -> None:
    away = fill(tmp_path / "away")
    registry.models_dir().mkdir(parents=True)
    (registry.models_dir() / "Anna").symlink_to(away)
    assert [found.name for found in registry.damaged()] == ["Anna"]
    registry.delete("Anna", in_use=[])
    assert (away / CARD_FILE).exists()
    assert not registry.damaged()


def test_no_room_for_models_is_said(studio_home: Path) -> None:
    (studio_home / "data").write_text("a file")
    assert registry.available() == (registry.BUILT_IN,)
    with pytest.raises(ModelsNotWritten):
        registry.candidate_folder("Anna")


def test_every_error_is_one_line() -> None:
    candidate = fill(registry.candidate_folder("Anna"))
    _replaced(architecture="x\ny" * 50)(candidate)
    with pytest.raises(StudioError) as caught:
        registry.install(candidate)
    assert "\n" not in str(caught.value)


def test_only_what_was_left_long_ago_is_abandoned() -> None:
    old, new = (fill(registry.candidate_folder(name)) for name in ("Anna-Lena", "Berta"))
    os.utime(old, (1, 1))
    assert registry.abandoned(seconds=3600) == (("Anna-Lena", old),)
    assert new in registry.candidates("Berta")
