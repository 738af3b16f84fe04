"""The actions of the table as QActions, in menus, toolbar and context menu."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from PySide6.QtCore import QObject, Qt, QTimer, Signal
from PySide6.QtGui import QAction, QActionGroup, QKeySequence, QShortcut
from PySide6.QtWidgets import QMenu, QMenuBar, QToolBar, QToolButton, QWidget

from ocr_studio.core.translation import tr
from ocr_studio.ui.commands import key_rules
from ocr_studio.ui.commands.spec import ActionSpec, Command, Scope, Where
from ocr_studio.ui.document import commands as document_commands
from ocr_studio.ui.document.document import Document
from ocr_studio.ui.menus import conditions
from ocr_studio.ui.style import labels, theme


class ActionSet(QObject):
    """Makes the QActions, fills menus and toolbar, and keeps the actions enabled or disabled.

    ``changed_keys`` maps the ids of actions to the keys that the user has set.

    Signals: ``keys_changed()``; ``refused(str)`` the keys of an action were pressed that is not available, and why.
    """

    keys_changed = Signal()
    refused = Signal(str)

    def __init__(
        self,
        commands: Iterable[Command],
        window: QWidget,
        document: Document,
        *,
        widgets: Mapping[Scope, Sequence[QWidget]],
        near: Sequence[QWidget],
        finish_editing: Callable[[], None],
    ) -> None:
        """Make the QActions. Connect ``refresh_soon`` to the signals after which other actions are possible.

        Args:
            commands: The actions, in the order of the menus.
            window: The window.
            document: The open photo.
            widgets: For each scope, where the keys of its actions work.
            near: Where the keys ``ActionSpec.near`` work.
            finish_editing: Saves the text that is being typed anywhere in the window.
        """
        super().__init__(window)
        self._commands = {command.spec.id: command for command in commands}
        self._window, self._document, self._finish_editing = window, document, finish_editing
        self.changed_keys: Mapping[str, tuple[str, ...]] = {}
        self._soon = QTimer(self, interval=0, singleShot=True)
        self._soon.timeout.connect(self.refresh)
        self._actions = {key: self._make(command, widgets, near) for key, command in self._commands.items()}
        # A disabled QAction ignores its keys; these shortcuts then show why it is not available.
        self._disabled_keys = {
            spec.id: self._explain(spec.id) for spec in self._specs() if spec.why and spec.scope is Scope.WINDOW
        }
        self._menus: dict[str, QMenu] = {}
        # The toolbar's overflow button; the style's own icon can hardly be seen.
        self._more: QToolButton | None = None
        tools = QActionGroup(self)
        for spec in self._specs():
            self._actions[spec.id].setCheckable(spec.tool is not None or spec.checked is not None)
            if spec.tool is not None:
                tools.addAction(self._actions[spec.id])

    def __getitem__(self, action_id: str) -> QAction:
        self.refresh_if_due()
        return self._actions[action_id]

    def use_keys(self, changed: Mapping[str, tuple[str, ...]]) -> None:
        """Use these keys from now on: those set by the user, by id of the action."""
        if changed != self.changed_keys:
            self.changed_keys = changed
            for spec in self._specs():
                self._set_keys(spec, self._actions[spec.id])
            for key, shortcut in self._disabled_keys.items():
                shortcut.setKeys(self._actions[key].shortcuts())
            self.refresh()
            self.keys_changed.emit()

    def key(self, action_id: str) -> str:
        """Return the first key of an action in the system's notation; empty if it has none."""
        return _first_key(self._actions[action_id])

    def name_with_key(self, action_id: str) -> str:
        """Return the name of an action with its first key, for a sentence: "Fix mistake everywhere (F4)"."""
        return _tip(self._commands[action_id].spec.name, self._actions[action_id])

    def fill_menus(self, bar: QMenuBar) -> None:
        """Add all menus, in the order of the table."""
        groups: dict[str, int] = {}
        for spec in self._specs():
            path = spec.menu.split("/")
            for depth in range(1, len(path) + 1):
                key = "/".join(path[:depth])
                if key not in self._menus:
                    above = self._menus["/".join(path[: depth - 1])] if depth > 1 else bar
                    if depth > 1:
                        self._separate(above, groups, path[0], spec.group)
                    self._menus[key] = above.addMenu(tr(path[depth - 1]))
            if len(path) == 1:
                self._separate(self._menus[spec.menu], groups, spec.menu, spec.group)
            self._menus[spec.menu].addAction(self._actions[spec.id])

    def menu(self, name: str) -> QMenu:
        """Return a menu of the menu bar by its name in the table."""
        return self._menus[name]

    def fill_toolbar(self, bar: QToolBar) -> None:
        """Add the toolbar's actions, with a separator between those of different menus."""
        before = ""
        for spec in self._specs(Where.TOOLBAR):
            if before and spec.menu != before:
                bar.addSeparator()
            before = spec.menu
            bar.addAction(self._actions[spec.id])
        self._more = bar.findChild(QToolButton, "qt_toolbar_ext_button")
        self.retint()

    def context_menu(self, parent: QWidget, where: Where = Where.CONTEXT) -> QMenu:
        """Return a new context menu with the actions of this place, by default of the photo and the table of words.

        Actions of different menus and groups are separated; those of a submenu stand in one here, too.
        """
        menu, submenus = QMenu(parent), dict[str, QMenu]()
        before: tuple[str, int] | None = None
        for spec in self._specs(where):
            above, _, below = spec.menu.partition("/")
            group = above, spec.group if where is Where.PHOTO_LIST else 0
            if before and group != before:
                menu.addSeparator()
            before = group
            if below and below not in submenus:
                submenus[below] = menu.addMenu(tr(below))
            (submenus[below] if below else menu).addAction(self._actions[spec.id])
        return menu

    def offer_menu(self, widget: QWidget, where: Where = Where.CONTEXT) -> None:
        """Show a context menu on a right click."""
        menu = self.context_menu(widget, where)
        widget.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        widget.customContextMenuRequested.connect(lambda point: menu.popup(widget.mapToGlobal(point)))

    def refresh_soon(self) -> None:
        """Refresh once the window has painted what has changed: an edit gives several reasons to."""
        self._soon.start()

    def refresh_if_due(self) -> None:
        """Refresh now if it was to be done soon, before a key looks for its action."""
        if self._soon.isActive():
            self.refresh()

    def refresh(self) -> None:
        """Update which actions are enabled and checked, and the names of some."""
        self._soon.stop()
        for spec in self._specs():
            self._actions[spec.id].setEnabled(available := self._is_available(spec.id))
            if spec.id in self._disabled_keys:
                self._disabled_keys[spec.id].setEnabled(not available)
            if is_checked := self._commands[spec.id].is_checked:
                self._actions[spec.id].setChecked(is_checked())
            if title_now := self._commands[spec.id].title_now:
                self._actions[spec.id].setText(labels.label(title := title_now()))
                self._actions[spec.id].setToolTip(labels.tooltip(_tip(title, self._actions[spec.id])))
        self._show_alternatives()

    def retint(self) -> None:
        """Use the colours of the current theme."""
        for spec in self._specs():
            if spec.icon:
                self._actions[spec.id].setIcon(theme.icon(spec.icon))
        if self._more:
            self._more.setIcon(theme.icon("mdi6.chevron-double-right"))
            self._more.setToolTip(tr("More"))

    def reason(self, action_id: str) -> str:
        """Return why an action is not available now, as a sentence; empty if it is."""
        return conditions.reason(self._commands[action_id], self._document)

    def show_tool(self, tool: object) -> None:
        """Check the action of this tool of the photo view."""
        for spec in self._specs():
            if spec.tool is not None:
                self._actions[spec.id].setChecked(spec.tool == tool)

    def _make(self, command: Command, widgets: Mapping[Scope, Sequence[QWidget]], near: Sequence[QWidget]) -> QAction:
        spec = command.spec
        action = QAction(tr(spec.title), self._window)
        action.setObjectName(spec.id)
        action.setIconText(spec.name)
        action.setStatusTip(tr(spec.tip))
        if spec.scope is not Scope.WINDOW:
            action.setShortcutContext(Qt.ShortcutContext.WidgetShortcut)
        for widget in widgets[spec.scope]:
            widget.addAction(action)
        for key in spec.near:
            for widget in near:
                shortcut = QShortcut(QKeySequence(key), widget, context=Qt.ShortcutContext.WidgetShortcut)
                shortcut.activated.connect(action.trigger)
        action.triggered.connect(lambda: self._run(command))
        self._set_keys(spec, action)
        return action

    def _explain(self, action_id: str) -> QShortcut:
        shortcut = QShortcut(self._window)
        shortcut.setKeys(self._actions[action_id].shortcuts())
        shortcut.activated.connect(lambda: self._refuse(action_id))
        return shortcut

    def _refuse(self, action_id: str) -> None:
        """Say why an action isn't available, unless it has become available a moment ago."""
        self.refresh_if_due()
        if self._actions[action_id].isEnabled():
            self._actions[action_id].trigger()
        else:
            self.refused.emit(self.reason(action_id))

    def _set_keys(self, spec: ActionSpec[Any], action: QAction) -> None:
        action.setShortcuts([QKeySequence(key) for key in key_rules.keys_of(spec, self.changed_keys)])
        action.setToolTip(labels.tooltip(_tip(tr(spec.tip), action)))

    def _run(self, command: Command) -> None:
        if not command.spec.looks:
            # Buttons and menus take no focus, so the text that is being typed has to be saved first.
            self._finish_editing()
        # Saving that text may have changed what is possible: after a new change there is nothing to redo.
        if self._is_available(command.spec.id):
            command.do()
        else:
            self.refresh()

    def _is_available(self, action_id: str) -> bool:
        command = self._commands[action_id]
        return (self._document.writable or not command.spec.edits) and command.is_available()

    def _specs(self, where: Where | None = None) -> Sequence[ActionSpec[Any]]:
        """The actions, or only those shown in a place."""
        specs = (command.spec for command in self._commands.values())
        return [spec for spec in specs if where is None or spec.where & where]

    def _show_alternatives(self) -> None:
        word = self._document.word(self._document.current)
        readings = word.machine.alternatives if word and word.machine else ()
        for index in range(document_commands.CHOICES):
            text = labels.label(readings[index].text) if index < len(readings) else "–"
            self._actions[f"alternative_{index + 1}"].setText(text)

    @staticmethod
    def _separate(menu: QMenu | QMenuBar, groups: dict[str, int], key: str, group: int) -> None:
        if groups.setdefault(key, group) != group:
            menu.addSeparator()
        groups[key] = group


def _tip(text: str, action: QAction) -> str:
    key = _first_key(action)
    return f"{text} ({key})" if key else text


def _first_key(action: QAction) -> str:
    return action.shortcut().toString(QKeySequence.SequenceFormat.NativeText)
