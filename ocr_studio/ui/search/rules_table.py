"""The editable table of rules for find and replace."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from PySide6.QtCore import Qt, Signal
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
# The fields of a rule that are texts and checkboxes, by column.
_TEXTS = {FIND: "find", PUT: "put"}
_FLAGS = {FIND: "on", WHOLE: "whole", CASE: "case", PATTERN: "pattern"}


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
        if index.column() in _TEXTS:
            flags |= Qt.ItemFlag.ItemIsEditable
        return flags | Qt.ItemFlag.ItemIsUserCheckable if index.column() in _FLAGS else flags

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Return what a cell shows."""
        rule, column = self.rules[index.row()], index.column()
        text = getattr(rule, _TEXTS[column]) if column in _TEXTS else ""
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.EditRole) and column in _TEXTS:
            return text
        if role == Qt.ItemDataRole.CheckStateRole and column in _FLAGS:
            return Qt.CheckState.Checked if getattr(rule, _FLAGS[column]) else Qt.CheckState.Unchecked
        wrong = replace_rules.describe_problem(rule) if rule.find else ""
        if role == Qt.ItemDataRole.ToolTipRole:
            return labels.tooltip(labels.sentence_case(wrong))
        if role == Qt.ItemDataRole.DecorationRole and column == FIND and wrong:
            return theme.icon("mdi6.alert-circle-outline", role="error")
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return (
                tr("{title}: {text}, invalid rule", title=self.titles[column], text=text)
                if wrong
                else f"{self.titles[column]}: {text}"
            )
        return None

    def setData(self, index: Index, value: Any, role: int = Qt.ItemDataRole.EditRole) -> bool:  # noqa: N802
        """Change a text, or tick or untick a box."""
        column, change = index.column(), dict[str, Any]()
        if role == Qt.ItemDataRole.EditRole and column in _TEXTS:
            change[_TEXTS[column]] = str(value)
        elif role == Qt.ItemDataRole.CheckStateRole and column in _FLAGS:
            change[_FLAGS[column]] = Qt.CheckState(value) == Qt.CheckState.Checked
        else:
            return False
        self.rules[index.row()] = replace(self.rules[index.row()], **change)
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
