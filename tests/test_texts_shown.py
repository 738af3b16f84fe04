"""Texts from files are shown as they are: the window's sources use what sees to that, and nothing beside it."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path
from typing import Final

UI: Final = Path(__file__).parent.parent / "ocr_studio" / "ui"
SOURCES: Final = {
    path.relative_to(UI).as_posix(): list(ast.walk(ast.parse(path.read_text(encoding="utf-8"))))
    for path in UI.rglob("*.py")
}
# What guesses whether a text is markup, lays out all of it, or opens and runs what it names; and who may use it.
GUARDED: Final = {
    "QLabel": {"widgets/plain_label.py", "models/controller.py", "document/open_photos.py"},
    "elidedText": {"style/labels.py"},
    "setHtml": {"document/clipboard.py"},
    "showText": {"widgets/form_fields.py", "widgets/elided_label.py", "text/mark_painter.py"},
    # The program's own help pages.
    "QTextBrowser": {"help/help_window.py"},
    "QTextDocument": {"help/help_window.py", "formats/printing.py"},
    "setOpenExternalLinks": {"help/help_window.py"},
    # Asks the system's file manager to select a file.
    "QProcess": {"document/file_browser.py"},
}
UNUSED: Final = {
    *("QErrorMessage", "QProgressDialog", "QStaticText"),
    *("insertHtml", "appendHtml", "setMarkdown", "setWhatsThis"),
    *("webbrowser", "subprocess", "popen", "startfile"),
}
ASKING: Final = {"QMessageBox", "QInputDialog"}


def _called(node: ast.AST) -> str:
    """The name of what is called, without what it belongs to."""
    function = node.func if isinstance(node, ast.Call) else None
    return function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")


def _calls(name: str) -> Iterator[tuple[str, ast.Call]]:
    for file, nodes in SOURCES.items():
        yield from (
            (f"{file}:{each.lineno}", each) for each in nodes if isinstance(each, ast.Call) and _called(each) == name
        )


def _is_ours(node: ast.expr) -> bool:
    """Whether a text is written in the program, or made a tooltip."""
    if isinstance(node, ast.IfExp):
        return _is_ours(node.body) and _is_ours(node.orelse)
    written = isinstance(node, ast.Call) and _called(node) == "tr" and not node.keywords
    return isinstance(node, ast.Constant) or written or _called(node) == "tooltip"


def test_only_what_guards_texts_shows_them() -> None:
    for file, nodes in SOURCES.items():
        names = {getattr(each, field, "") for each in nodes for field in ("id", "attr", "name")}
        assert not names & UNUSED, file
        assert not {name for name in names & GUARDED.keys() if file not in GUARDED[name]}, file


def test_tooltips_are_plain() -> None:
    tooltips = list(_calls("setToolTip"))
    assert len(tooltips) > 50
    assert not [place for place, call in tooltips if not _is_ours(call.args[-1])]


def test_tooltips_of_cells_are_plain() -> None:
    for file, nodes in SOURCES.items():
        if any(getattr(each, "attr", "") == "ToolTipRole" for each in nodes) and file != "titled_rows.py":
            assert any(_called(each) == "tooltip" for each in nodes), file


def test_questions_are_plain() -> None:
    for file, nodes in SOURCES.items():
        asked = sum(_called(each) in ASKING for each in nodes)
        plain = sum(_called(each) == "setTextFormat" for each in nodes)
        assert file == "widgets/plain_label.py" or asked == plain, file
    static = [
        call.func for name in ("question", "warning", "critical", "information", "getText") for _, call in _calls(name)
    ]
    assert not [each for each in static if isinstance(each, ast.Attribute) and getattr(each.value, "id", "") in ASKING]


def test_only_files_of_this_computer_are_opened() -> None:
    opened = [_called(call.args[0]) for _, call in _calls("openUrl")]
    assert set(opened) == {"fromLocalFile"}
