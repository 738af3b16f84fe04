"""The editable table of rules for find and replace."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QWidget

from ocr_studio.core.editing import replace_rules
from ocr_studio.core.editing.replace_rules import Rule
from ocr_studio.core.translation import later, tr
from ocr_studio.ui.style import labels, theme
from ocr_studio.ui.widgets.tables import NOWHERE, Index, RowTable, TitledRows

FIND, PUT, WHOLE, CASE, PATTERN = range(5)
_TITLES = (later("Find"), later("Replace with"), later("Whole word"), later("Match case"), later("Pattern"))
_HINTS = (
    later("Text to find in a word; the checkbox turns the rule on or off"),
    later("Replacement text; with a pattern, \\1 is what the first pair of parentheses matched"),
    later("Match only whole words, not parts of longer ones"),
    later("Distinguish uppercase from lowercase"),
    later("Regular expression: \\d is a digit, + is one or more, [aeiou] is one of these letters"),
)
_FLAGS = {WHOLE: "whole", CASE: "case", PATTERN: "pattern"}


def _ticked(rule: Rule, column: int, ticked: bool) -> Rule:
    """Return the rule with the box of a column ticked or unticked; that of the first column enables the rule."""
    if column == WHOLE:
        return replace(rule, whole=ticked)
    if column == CASE:
        return replace(rule, case=ticked)
    return replace(rule, pattern=ticked) if column == PATTERN else replace(rule, on=ticked)


class RuleRows(TitledRows):
    """Rules as rows. Signals: ``edited()``."""

    edited = Signal()

    def __init__(self, rules: tuple[Rule, ...], parent: QWidget) -> None:
        super().__init__([tr(title) for title in _TITLES], parent, hints=[tr(hint) for hint in _HINTS])
        self.rules = list(rules)

    def count(self) -> int:
        """Return the number of rules."""
        return len(self.rules)

    def add(self, rule: Rule) -> None:
        """Append a rule."""
        self.beginInsertRows(NOWHERE, len(self.rules), len(self.rules))
        self.rules.append(rule)
        self.endInsertRows()
        self.edited.emit()

    def remove(self, row: int) -> None:
        """Remove the rule of a row."""
        self.beginRemoveRows(NOWHERE, row, row)
        del self.rules[row]
        self.endRemoveRows()
        self.edited.emit()

    def flags(self, index: Index) -> Qt.ItemFlag:
        """Make texts editable and the other cells tickable."""
        flags = super().flags(index)
        if index.column() in (FIND, PUT):
            flags |= Qt.ItemFlag.ItemIsEditable
        return flags if index.column() == PUT else flags | Qt.ItemFlag.ItemIsUserCheckable

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Return what a cell shows."""
        rule, column = self.rules[index.row()], index.column()
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.EditRole) and column in (FIND, PUT):
            return (rule.find, rule.put)[column]
        if role == Qt.ItemDataRole.CheckStateRole and column != PUT:
            on = rule.on if column == FIND else getattr(rule, _FLAGS[column])
            return Qt.CheckState.Checked if on else Qt.CheckState.Unchecked
        wrong = replace_rules.describe_problem(rule) if rule.find else ""
        if role == Qt.ItemDataRole.ToolTipRole:
            return labels.tooltip(wrong)
        if role == Qt.ItemDataRole.ForegroundRole and wrong:
            return QColor(theme.colours().error)
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return f"{self.titles[column]}: {(rule.find, rule.put)[column] if column in (FIND, PUT) else ''}"
        return None

    def setData(self, index: Index, value: Any, role: int = Qt.ItemDataRole.EditRole) -> bool:  # noqa: N802
        """Change a text, or tick or untick a box."""
        rule, column = self.rules[index.row()], index.column()
        if role == Qt.ItemDataRole.EditRole and column in (FIND, PUT):
            self.rules[index.row()] = (
                replace(rule, find=str(value)) if column == FIND else replace(rule, put=str(value))
            )
        elif role == Qt.ItemDataRole.CheckStateRole and column != PUT:
            ticked = Qt.CheckState(value) == Qt.CheckState.Checked
            self.rules[index.row()] = _ticked(rule, column, ticked)
        else:
            return False
        self.dataChanged.emit(self.index(index.row(), 0), self.index(index.row(), PATTERN))
        self.edited.emit()
        return True


class RulesTable(RowTable):
    """The table of rules in their order: each is applied to the result of those before it."""

    def __init__(self, rules: tuple[Rule, ...]) -> None:
        super().__init__()
        self.rows = RuleRows(rules, self)
        self.setModel(self.rows)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectItems)
        self.setTabKeyNavigation(True)
        triggers = QAbstractItemView.EditTrigger
        self.setEditTriggers(triggers.DoubleClicked | triggers.EditKeyPressed | triggers.AnyKeyPressed)
        self.setAccessibleName(tr("Rules"))
        header = self.horizontalHeader()
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        for column in (FIND, PUT):
            header.setSectionResizeMode(column, QHeaderView.ResizeMode.Stretch)
        for column in (WHOLE, CASE, PATTERN):
            header.setSectionResizeMode(column, QHeaderView.ResizeMode.ResizeToContents)
        header.setMinimumSectionSize(6 * self.fontMetrics().horizontalAdvance("0"))

    def write_new(self) -> None:
        """Append an empty rule and start editing it."""
        self.rows.add(Rule("", ""))
        index = self.rows.index(self.rows.count() - 1, FIND)
        self.setCurrentIndex(index)
        self.setFocus()
        self.edit(index)

    def remove_current(self) -> None:
        """Remove the current rule."""
        if self.currentIndex().isValid():
            self.rows.remove(self.currentIndex().row())

    def finish_editing(self) -> None:
        """Save what is being typed."""
        index = self.currentIndex()
        editor = self.indexWidget(index) if index.isValid() else None
        if editor is not None:
            self.commitData(editor)
            self.closeEditor(editor, self.itemDelegate().EndEditHint.NoHint)
