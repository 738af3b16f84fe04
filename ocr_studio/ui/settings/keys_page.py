"""The page of keyboard shortcuts: change the shortcuts of all actions, without conflicts."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QHBoxLayout,
    QHeaderView,
    QPushButton,
    QSizePolicy,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from ocr_studio.core.help import fuzzy_title
from ocr_studio.core.settings import Settings
from ocr_studio.core.translation import tr
from ocr_studio.ui.commands import key_rules
from ocr_studio.ui.commands.key_field import KeyCatcher
from ocr_studio.ui.commands.spec import ActionSpec
from ocr_studio.ui.settings.page import SettingsPage
from ocr_studio.ui.style import labels
from ocr_studio.ui.widgets.elided_label import StatusLabel
from ocr_studio.ui.widgets.tables import ItemTree

_ID = Qt.ItemDataRole.UserRole


class KeysPage(SettingsPage):
    """All actions with their shortcuts, by menu. Enter on an action sets its shortcut to the next key pressed."""

    def __init__(self, settings: Settings, table: tuple[ActionSpec[Any], ...]) -> None:
        super().__init__()
        self._table, self._by_id = table, {spec.id: spec for spec in table}
        self.title = tr("&Keyboard shortcuts")
        self._changed: dict[str, tuple[str, ...]] = dict(settings.keys)
        self._wanted = ""  # a key that another action uses
        self._adds = False
        self._menus: dict[str, QTreeWidgetItem] = {}
        self._items: list[QTreeWidgetItem] = []
        self.tree = ItemTree()
        self.tree.setAccessibleName(tr("Actions and their shortcuts"))
        self.tree.setHeaderLabels([tr("Action"), tr("Shortcut")])
        self.tree.header().setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        self.tree.header().setSectionResizeMode(1, QHeaderView.ResizeMode.ResizeToContents)
        self.tree.header().setStretchLastSection(False)
        self.tree.setUniformRowHeights(True)
        self.tree.setMinimumHeight(260)
        self.tree.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.tree.installEventFilter(self)
        self.tree.itemDoubleClicked.connect(lambda *_: self._ask_key(adds=False))
        self.tree.currentItemChanged.connect(self._reset_controls)
        self.catcher = KeyCatcher()
        self.catcher.key_pressed.connect(self._set_key)
        self.catcher.left.connect(self.tree.setFocus)
        self.status = StatusLabel()
        self.set_key = self._button(tr("&Set shortcut…"), lambda: self._ask_key(adds=False))
        self.add_key = self._button(tr("A&dd shortcut…"), lambda: self._ask_key(adds=True))
        self.no_key = self._button(tr("Re&move"), lambda: self._set_keys(self._spec, ()))
        self.reset_one = self._button(tr("R&eset to default"), self._reset_one)
        self.reset_one.setToolTip(tr("Reset this action to its default shortcut"))
        self.take_over = self._button(tr("Re&assign"), self._reassign)
        self._fill_tree()
        self._place()
        self.show_settings(settings)

    def fill(self, settings: Settings) -> None:
        """Show the shortcuts of these settings."""
        self._changed = dict(settings.keys)
        self._show_keys()
        self._reset_controls()

    def defaults(self, settings: Settings) -> Settings:
        """Return these settings with the default shortcuts."""
        return replace(settings, keys={})

    def look_for(self, typed: str, *, slips: bool) -> int:
        """Show only the actions that match by name, menu or key; all for an empty text.

        Returns:
            The number of matches, 0 for an empty text.
        """
        found = 0
        for item in self._items:
            spec, keys = self._by_id[item.data(0, _ID)], item.text(1)
            english = spec.title.replace("&", "")  # its name in English, as in articles about the program
            fit = fuzzy_title.match_title(
                typed, f"{spec.name} {spec.menu_name} {english}", scattered=False, slips=slips
            )
            whole = typed.strip().casefold() in {key.casefold() for key in keys.split(",  ")}
            here = whole or fit is not None
            item.setHidden(not here)
            found += here
        for menu in self._menus.values():
            menu.setHidden(all(item.isHidden() for item in self._items if item.parent() is menu))
        return found if typed.strip() else 0

    def go_to_found(self) -> None:
        """Move the focus to the first action found."""
        first = next((item for item in self._items if not item.isHidden()), None)
        if first is not None:
            self.tree.setCurrentItem(first)
            self.tree.setFocus()

    def choose(self, action_id: str) -> None:
        """Make an action the current one."""
        self.tree.setCurrentItem(next(item for item in self._items if item.data(0, _ID) == action_id))

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802  (Qt's name)
        """Let Enter set a shortcut and Del remove all of them."""
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress and self._spec is not None:
            if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
                self._ask_key(adds=False)
                return True
            if event.key() == Qt.Key.Key_Delete:
                self._set_keys(self._spec, ())
                return True
        return super().eventFilter(watched, event)

    @property
    def _spec(self) -> ActionSpec[Any] | None:
        """The current action, even if its shortcuts are fixed."""
        item = self.tree.currentItem()
        return self._by_id.get(item.data(0, _ID)) if item is not None else None

    # ------------------------------------------------------------------------------------------------------ changing

    def _ask_key(self, *, adds: bool) -> None:
        spec = self._spec
        if spec is None or key_rules.is_fixed(spec):
            return
        self._adds = adds
        self._show_info("")
        self.catcher.catch(tr("Press the new shortcut for “{action}”, or Esc to cancel.", action=spec.name))

    def _set_key(self, key: str) -> None:
        spec = self._spec
        if spec is None:
            return
        if trouble := key_rules.trouble(spec, key):
            self._show_info(trouble, wrong=True)  # and waits for another key
            return
        rivals = key_rules.rivals(spec, key, self._table, self._changed)
        if rivals:
            fixed = any(
                key_rules.is_fixed(rival) or any(key_rules.same(key, near) for near in rival.near) for rival in rivals
            )
            said = tr("{key} is already used by “{action}”.", key=labels.key(key), action=rivals[0].name)
            self._show_info(said, wrong=True)
            if not fixed:
                self._wanted = key
                self.take_over.show()
                self.take_over.setFocus()
            return
        self._set_keys(spec, self._with(spec, key))
        self._back()

    def _reassign(self) -> None:
        spec, key = self._spec, self._wanted
        if spec is None or not key:
            return
        lost = self._free(spec, (key,))
        self._set_keys(spec, self._with(spec, key))
        self._show_info(lost)
        self._back()

    def _reset_one(self) -> None:
        spec = self._spec
        if spec is not None:
            lost = self._free(spec, spec.keys)
            self._set_keys(spec, spec.keys)
            self._show_info(lost)

    def _free(self, spec: ActionSpec[Any], keys: tuple[str, ...]) -> str:
        """Remove these keys from other actions. Returns the message about it."""
        said: list[str] = []
        for key in keys:
            for rival in key_rules.rivals(spec, key, self._table, self._changed):
                left = tuple(each for each in key_rules.keys_of(rival, self._changed) if not key_rules.same(each, key))
                self._note(rival, left)
                said.append(tr("“{action}” no longer uses {key}.", action=rival.name, key=labels.key(key)))
        return " ".join(said)

    def _with(self, spec: ActionSpec[Any], key: str) -> tuple[str, ...]:
        before = key_rules.keys_of(spec, self._changed) if self._adds else ()
        return (*(each for each in before if not key_rules.same(each, key)), key)

    def _set_keys(self, spec: ActionSpec[Any] | None, keys: tuple[str, ...]) -> None:
        if spec is None or key_rules.is_fixed(spec):
            return
        self._note(spec, keys)
        self._show_keys()
        self._reset_controls()
        self.say(keys=dict(self._changed))

    def _note(self, spec: ActionSpec[Any], keys: tuple[str, ...]) -> None:
        if keys == spec.keys:
            self._changed.pop(spec.id, None)
        else:
            self._changed[spec.id] = keys

    # ------------------------------------------------------------------------------------------------------- showing

    def _button(self, text: str, do: object) -> QPushButton:
        button = QPushButton(text)
        button.setAutoDefault(False)
        button.clicked.connect(do)
        return button

    def _place(self) -> None:
        buttons = QHBoxLayout()
        buttons.setSpacing(8)
        for button in (self.set_key, self.add_key, self.no_key, self.reset_one):
            buttons.addWidget(button)
        buttons.addStretch(1)
        said = QHBoxLayout()
        said.addWidget(self.status, 1)
        said.addWidget(self.take_over)
        # A fixed height, so that the list does not move when a message appears.
        below = QWidget()
        below.setFixedHeight(92)
        inside = QVBoxLayout(below)
        inside.setContentsMargins(0, 0, 0, 0)
        inside.addLayout(said)
        inside.addWidget(self.catcher)
        inside.addStretch(1)
        self.form.addRow(self.tree)
        self.form.addRow(buttons)
        self.form.addRow(below)
        self.take_over.hide()

    def _fill_tree(self) -> None:
        for spec in self._table:
            if spec.menu_name not in self._menus:
                self._menus[spec.menu_name] = QTreeWidgetItem(self.tree, [spec.menu_name])
            item = QTreeWidgetItem(self._menus[spec.menu_name], [spec.name])
            item.setData(0, _ID, spec.id)
            item.setToolTip(0, tr(spec.tip))
            self._items.append(item)
        self.tree.expandAll()

    def _show_keys(self) -> None:
        for item in self._items:
            spec = self._by_id[item.data(0, _ID)]
            item.setText(1, ",  ".join(map(labels.key, key_rules.shown(spec, self._changed))))
            for column in (0, 1):
                font = item.font(column)
                font.setBold(spec.id in self._changed)
                item.setFont(column, font)

    def _reset_controls(self) -> None:
        spec = self._spec
        fixed = spec is not None and key_rules.is_fixed(spec)
        self._show_info(tr("These shortcuts can’t be changed: each digit stands for an alternative.") if fixed else "")
        free = spec is not None and not fixed
        for button in (self.set_key, self.add_key):
            button.setEnabled(free)
        self.no_key.setEnabled(spec is not None and free and bool(key_rules.keys_of(spec, self._changed)))
        self.reset_one.setEnabled(spec is not None and spec.id in self._changed)

    def _show_info(self, text: str, *, wrong: bool = False) -> None:
        self._wanted = ""
        self.take_over.hide()
        self.status.say(text, wrong=wrong)

    def _back(self) -> None:
        self.tree.setFocus()  # this hides the key field
