"""The dialog of rules for find and replace."""

from __future__ import annotations

from PySide6.QtCore import QSize, Signal
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from ocr_studio.core.editing import replace_rules
from ocr_studio.core.editing.replace_rules import Rule
from ocr_studio.core.translation import tr
from ocr_studio.ui.search.rules_table import RulesTable
from ocr_studio.ui.style import labels
from ocr_studio.ui.widgets.plain_label import PlainLabel


class RulesDialog(QDialog):
    """Edits the rules and starts a preview.

    Signals:
        left(tuple[Rule, ...]): The dialog closes with these rules, to be saved.
        wanted(bool): Preview the rules, True on all photos, False on this one.
    """

    left = Signal(object)
    wanted = Signal(bool)

    def __init__(self, rules: tuple[Rule, ...], *, project: bool, parent: QWidget) -> None:
        """Show these rules; ``project`` says whether there are other photos to replace on."""
        super().__init__(parent)
        self.setWindowTitle(tr("Find and replace using rules"))
        self._project = project
        said = PlainLabel(
            tr("Rules are applied to every word, one after the other. You see a preview before anything changes.")
        )
        said.setWordWrap(True)
        self.table = RulesTable(rules)
        self.table.rows.edited.connect(self._check_rules)
        self.add, self.remove = QPushButton(tr("&New rule")), QPushButton(tr("&Delete rule"))
        for button, do in ((self.add, self.table.write_new), (self.remove, self.table.remove_current)):
            button.setProperty("flat", True)
            button.setAutoDefault(False)
            button.clicked.connect(do)
        self.trouble = PlainLabel()
        self.trouble.setWordWrap(True)
        self.trouble.setProperty("quiet", True)
        role = QDialogButtonBox.ButtonRole.ActionRole
        self.buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        self.buttons.button(QDialogButtonBox.StandardButton.Close).setText(tr("Close"))
        self.here = self.buttons.addButton(tr("On &this photo…"), role)
        self.everywhere = self.buttons.addButton(tr("On &all photos…"), role)
        self.here.clicked.connect(lambda: self._want(everywhere=False))
        self.everywhere.clicked.connect(lambda: self._want(everywhere=True))
        self.buttons.rejected.connect(self.reject)
        self._lay_out(said)
        self._check_rules()
        if not rules:
            self.table.write_new()

    def done(self, result: int) -> None:
        """Close the dialog and pass on the rules, in any case."""
        self.table.finish_editing()
        self.left.emit(self.rules())
        super().done(result)

    def rules(self) -> tuple[Rule, ...]:
        """Return the rules, without those that have no text to find."""
        return tuple(rule for rule in self.table.rows.rules if rule.find)

    def _want(self, *, everywhere: bool) -> None:
        self.table.finish_editing()
        if self.here.isEnabled():
            self.wanted.emit(everywhere)

    def _check_rules(self) -> None:
        wrong = [text for rule in self.rules() if rule.on and (text := replace_rules.describe_problem(rule))]
        usable = not wrong and any(rule.on for rule in self.rules())
        self.trouble.setText(labels.sentence_case(wrong[0]) if wrong else "")
        self.here.setEnabled(usable)
        self.everywhere.setEnabled(usable and self._project)
        self.remove.setEnabled(self.table.rows.count() > 0)

    def _lay_out(self, said: QWidget) -> None:
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addWidget(self.add)
        row.addWidget(self.remove)
        row.addStretch(1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(20, 18, 20, 16)
        layout.setSpacing(12)
        layout.addWidget(said)
        layout.addWidget(self.table, 1)
        layout.addLayout(row)
        layout.addWidget(self.trouble)
        layout.addWidget(self.buttons)
        self.resize(QSize(720, 420).boundedTo(self.screen().availableSize() * 0.94))
