"""What goes wrong, and what came of something, is said in the language chosen."""

from __future__ import annotations

import ast
import errno
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PIL import UnidentifiedImageError

import ocr_studio
from ocr_studio.core.editing import edits
from ocr_studio.core.errors import StudioError
from ocr_studio.core.images import photo_stream
from ocr_studio.core.models import description as model_description
from ocr_studio.core.models import registry
from ocr_studio.core.page import Mark
from ocr_studio.core.project import project_errors
from ocr_studio.core.training import report as training_report
from tests import marked_language
from tests.core.made_pages import page_of, read_word
from tests.core.training.test_report import BETTER, FORGETFUL, FOUND, NOTHING, SAME, UNCLEAR, WORSE

SOURCE = Path(ocr_studio.__file__).parent
ROOMS = ("core", "jobs", "engine")


@pytest.fixture
def marked(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    with marked_language.spoken(monkeypatch):
        yield


def is_marked(text: str) -> bool:
    """Whether all of a text was translated: without marks there are figures and single letters only."""
    return bool(text) and not re.search("[A-Za-z]{2}", marked_language.unmarked(text))


@pytest.mark.usefixtures("marked")
@pytest.mark.parametrize(
    "error",
    [
        lambda: photo_stream.make_access_error("x", OSError(errno.ENOENT, "no")),
        lambda: photo_stream.make_access_error("x", OSError(errno.EIO, "5")),
        lambda: photo_stream.make_access_error("x", ValueError()),
        lambda: photo_stream.make_not_a_file_error("x", 0o020000),
        lambda: photo_stream.make_unreadable_error("x", b"%PDF-1.4 ...", UnidentifiedImageError()),
        lambda: photo_stream.make_unreadable_error("x", b"plain words", UnidentifiedImageError()),
        lambda: project_errors.in_use(Path("x")),
        lambda: project_errors.save_failed(Path("x"), OSError(errno.ENOSPC, "full")),
    ],
)
def test_an_error_is_said_in_it(error: Callable[[], StudioError]) -> None:
    made = error()
    assert is_marked(made.what)
    assert is_marked(made.remedy)


@pytest.mark.usefixtures("marked")
def test_names_of_edits_are() -> None:
    words = read_word("the", 100), read_word("map", 200)
    page = page_of(*words)
    for ids in ([words[0].id], [word.id for word in words]):
        for edit in (
            edits.accept(page, ids),
            edits.delete(page, ids),
            edits.mark(page, ids, Mark.IGNORED),
            edits.lock(page, ids, locked=True),
            edits.move(page, ids, 5, 5),
            edits.merge(page, ids),
            edits.write(page, ids[0], "x"),
        ):
            assert is_marked(str(edit.name))
            assert edit.changes or len(ids) == 1  # one alone cannot be merged


@pytest.mark.usefixtures("marked")
@pytest.mark.parametrize("comparison", [BETTER, WORSE, FORGETFUL, UNCLEAR, SAME, NOTHING, FOUND])
def test_what_came_of_a_training_is(comparison: training_report.AnyComparison) -> None:
    assert is_marked(training_report.format_title(comparison))
    assert is_marked(training_report.format_result(comparison))
    assert is_marked(training_report.format_advice(comparison, stopped="asked"))
    assert all(is_marked(row.title) for row in training_report.list_rows(comparison))


@pytest.mark.usefixtures("marked")
def test_facts_of_a_model_are_but_for_its_name() -> None:
    for title, value in model_description.facts(registry.BUILT_IN, ()):
        assert is_marked(title)
        assert is_marked(value) or value == registry.BUILT_IN.name


def _errors_in(source: Path) -> Iterator[ast.Call]:
    trees = [ast.parse(path.read_text(encoding="utf-8")) for room in ROOMS for path in (source / room).rglob("*.py")]
    known = {"StudioError"}
    classes = [node for tree in trees for node in ast.walk(tree) if isinstance(node, ast.ClassDef)]
    while more := {each.name for each in classes if {ast.unparse(base) for base in each.bases} & known} - known:
        known |= more
    for node in (node for tree in trees for node in ast.walk(tree)):
        if isinstance(node, ast.Call) and ast.unparse(node.func).split(".")[-1] in known:
            yield node


def test_no_error_is_raised_with_a_text_that_nobody_can_translate() -> None:
    found = list(_errors_in(SOURCE))
    assert len(found) > 100
    said = [(each, *each.args[:1], *(key.value for key in each.keywords if key.arg == "remedy")) for each in found]
    bare = [
        ast.unparse(call)
        for call, *texts in said
        if any(isinstance(each, ast.Constant | ast.JoinedStr) for each in texts)
    ]
    assert bare == []
