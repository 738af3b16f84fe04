"""What a person is offered for a word whose spelling is doubted."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu

from ocr_studio.core.language.spelling import Doubt
from ocr_studio.core.translation import tr
from ocr_studio.ui.style import labels
from ocr_studio.ui.words.spell_checker import Spelling


def fill(menu: QMenu, spelling: Spelling, doubt: Doubt, put: Callable[[str], None]) -> None:
    """Near words, each with its digit, before what the menu has already. put: called with the one that is chosen."""
    found = spelling.suggestions(doubt)
    wanted: list[QAction] = []
    for number, text in enumerate(found, start=1):
        action = QAction(f"&{number}  {labels.label(text)}", menu)
        action.triggered.connect(lambda _=False, text=text: put(text))
        wanted.append(action)
    if not found:
        nothing = QAction(tr("No known word is near “{word}”", word=labels.label(doubt.word)), menu)
        nothing.setEnabled(False)
        wanted.append(nothing)
    add = QAction(tr("&Add “{word}” to the project’s words", word=labels.label(doubt.word)), menu)
    add.setEnabled(spelling.can_add)
    add.triggered.connect(lambda: spelling.add(doubt.word))
    wanted += [_line(menu), add]
    if there := menu.actions():
        menu.insertActions(there[0], [*wanted, _line(menu)])
    else:
        menu.addActions(wanted)


def fill_known(menu: QMenu, spelling: Spelling, word: str) -> None:
    """For a word that is not doubted as a person has added it: it can be taken out again."""
    take_out = menu.addAction(tr("&Take “{word}” out of the project’s words", word=labels.label(word)))
    take_out.setEnabled(spelling.can_add)
    take_out.triggered.connect(lambda: spelling.take_out(word))


def _line(menu: QMenu) -> QAction:
    line = QAction(menu)
    line.setSeparator(True)
    return line
