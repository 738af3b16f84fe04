"""The actions of the table as QActions, in menus, toolbar and context menu."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QAction, QActionGroup, QKeySequence, QShortcut
from PySide6.QtWidgets import QMenu, QMenuBar, QToolBar, QToolButton, QWidget

from ocr_studio.core.translation import tr
from ocr_studio.ui.commands import key_rules
from ocr_studio.ui.document import commands
from ocr_studio.ui.menus import conditions
from ocr_studio.ui.menus.context import WindowParts
from ocr_studio.ui.menus.table import TABLE, ActionSpec, Scope, Where
from ocr_studio.ui.style import labels, theme


class ActionSet(QObject):
    """Makes the QActions, fills menus and toolbar, and keeps the actions enabled or disabled.

    ``changed_keys`` maps the ids of actions to the keys that the user has set. Signals: ``keys_changed()``.
    """

    keys_changed = Signal()

    def __init__(self, parts: WindowParts, window: QWidget) -> None:
        super().__init__(window)
        self._parts = parts
        self.changed_keys: Mapping[str, tuple[str, ...]] = parts.opening.settings.keys
        self._actions = {spec.id: self._make(spec, window) for spec in TABLE}
        # A disabled QAction ignores its keys; these shortcuts then show why it is not available.
        self._in_vain = {spec.id: self._tell(spec, window) for spec in TABLE if spec.why and spec.scope is Scope.WINDOW}
        self._menus: dict[str, QMenu] = {}
        # The toolbar's overflow button; the style's own icon can hardly be seen.
        self._more: QToolButton | None = None
        tools = QActionGroup(self)
        for spec in TABLE:
            self._actions[spec.id].setCheckable(spec.tool is not None or spec.checked is not None)
            if spec.tool is not None:
                tools.addAction(self._actions[spec.id])
        document = parts.document
        for signal in (document.opened, document.changed, document.selection_changed, parts.reading.progressed,
                       parts.reading.stopped, document.undo_stack.indexChanged, parts.view.editing.changed,
                       parts.view.looks.changed, parts.table.editing_changed, parts.evaluating.began,
                       parts.evaluating.ended, parts.training.changed,
                       parts.session.changed, parts.help.changed,
                       parts.photos.changed, parts.photos_panel.batch.changed,
                       *(panel.changed for panel in parts.panels)):  # fmt: skip
            signal.connect(self.refresh)
        parts.view.tool_changed.connect(self._show_tool)
        self._show_tool(parts.view.tool)
        self.refresh()

    def __getitem__(self, action_id: str) -> QAction:
        return self._actions[action_id]

    def use_keys(self, changed: Mapping[str, tuple[str, ...]]) -> None:
        """Use these keys from now on.

        Args:
            changed: Keys set by the user, by id of the action.
        """
        if changed != self.changed_keys:
            self.changed_keys = changed
            for spec in TABLE:
                self._give_keys(spec)
            for key, shortcut in self._in_vain.items():
                shortcut.setKeys(self._actions[key].shortcuts())
            self.refresh()
            self.keys_changed.emit()

    def key(self, action_id: str) -> str:
        """Return the first key of an action in the system's notation; empty if it has none."""
        return _first_key(self._actions[action_id])

    def fill_menus(self, bar: QMenuBar) -> None:
        """Add all menus, in the order of the table."""
        groups: dict[str, int] = {}
        for spec in TABLE:
            path = spec.menu.split("/")
            for depth in range(1, len(path) + 1):
                key = "/".join(path[:depth])
                if key not in self._menus:
                    above = self._menus["/".join(path[: depth - 1])] if depth > 1 else bar
                    if depth > 1:
                        self._part(above, groups, path[0], spec.group)
                    self._menus[key] = above.addMenu(tr(path[depth - 1]))
            if len(path) == 1:
                self._part(self._menus[spec.menu], groups, spec.menu, spec.group)
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

    def context_menu(self, parent: QWidget) -> QMenu:
        """Return a new context menu for the photo and the table of words."""
        menu = QMenu(parent)
        before = ""
        for spec in self._specs(Where.CONTEXT):
            if before and spec.menu != before:
                menu.addSeparator()
            before = spec.menu
            menu.addAction(self._actions[spec.id])
        return menu

    def offer_menu(self, widget: QWidget) -> None:
        """Show the context menu on a right click."""
        menu = self.context_menu(widget)
        widget.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        widget.customContextMenuRequested.connect(lambda point: menu.popup(widget.mapToGlobal(point)))

    def refresh(self) -> None:
        """Update which actions are enabled and checked, and the names of some."""
        for spec in TABLE:
            self._actions[spec.id].setEnabled(may := self._may(spec))
            if spec.id in self._in_vain:
                self._in_vain[spec.id].setEnabled(not may)
            if spec.checked is not None:
                self._actions[spec.id].setChecked(spec.checked(self._parts))
        stack = self._parts.document.undo_stack
        undo, redo = stack.undoText(), stack.redoText()
        titles = {
            "undo": tr("Undo “{change}”", change=undo) if undo else tr("Undo"),
            "redo": tr("Redo “{change}”", change=redo) if redo else tr("Redo"),
        }
        for key, title in titles.items():
            self._actions[key].setText(labels.label(title))
            self._actions[key].setToolTip(labels.tooltip(_tip(title, self._actions[key])))
        self._show_alternatives()

    def retint(self) -> None:
        """Use the colours of the current theme."""
        for spec in TABLE:
            if spec.icon:
                self._actions[spec.id].setIcon(theme.icon(spec.icon))
        if self._more:
            self._more.setIcon(theme.icon("mdi6.chevron-double-right"))
            self._more.setToolTip(tr("More"))

    def _make(self, spec: ActionSpec[WindowParts], window: QWidget) -> QAction:
        action = QAction(tr(spec.title), window)
        action.setObjectName(spec.id)
        action.setIconText(spec.name)
        action.setStatusTip(tr(spec.tip))
        if spec.icon:
            action.setIcon(theme.icon(spec.icon))
        widgets: Iterable[QWidget] = {
            Scope.WINDOW: (window,),
            Scope.WORDS: (self._parts.view, self._parts.table),
            Scope.CANVAS: (self._parts.view,),
        }[spec.scope]
        if spec.scope is not Scope.WINDOW:
            action.setShortcutContext(Qt.ShortcutContext.WidgetShortcut)
        for widget in widgets:
            widget.addAction(action)
        for key in spec.near:
            for widget in (self._parts.view, self._parts.photos):
                near = QShortcut(QKeySequence(key), widget, context=Qt.ShortcutContext.WidgetShortcut)
                near.activated.connect(action.trigger)
        action.triggered.connect(lambda: self._do(spec))
        self._give_keys(spec, action)
        return action

    def _tell(self, spec: ActionSpec[WindowParts], window: QWidget) -> QShortcut:
        shortcut = QShortcut(window)
        shortcut.setKeys(self._actions[spec.id].shortcuts())
        shortcut.activated.connect(lambda: self._parts.hint(conditions.reason(spec, self._parts)))
        return shortcut

    def _give_keys(self, spec: ActionSpec[WindowParts], action: QAction | None = None) -> None:
        action = action or self._actions[spec.id]
        action.setShortcuts([QKeySequence(key) for key in key_rules.keys_of(spec, self.changed_keys)])
        action.setToolTip(labels.tooltip(_tip(tr(spec.tip), action)))

    def _do(self, spec: ActionSpec[WindowParts]) -> None:
        if not spec.looks:
            # Buttons and menus take no focus, so the text that is being typed has to be saved first.
            self._parts.view.finish_editing()
            self._parts.table.finish_editing()
            for panel in self._parts.panels:
                panel.finish_editing()
        # Saving that text may have changed what is possible: after a new change there is nothing to redo.
        if self._may(spec):
            do: Callable[[WindowParts], object] = spec.do
            do(self._parts)
        else:
            self.refresh()

    def _may(self, spec: ActionSpec[WindowParts]) -> bool:
        return (self._parts.document.writable or not spec.edits) and spec.when(self._parts)

    def _specs(self, where: Where) -> Sequence[ActionSpec[WindowParts]]:
        return [spec for spec in TABLE if spec.where & where]

    def _show_tool(self, tool: object) -> None:
        for spec in TABLE:
            if spec.tool is not None:
                self._actions[spec.id].setChecked(spec.tool == tool)

    def _show_alternatives(self) -> None:
        word = self._parts.document.word(self._parts.document.current)
        readings = word.machine.alternatives if word and word.machine else ()
        for index in range(commands.CHOICES):
            text = labels.label(readings[index].text) if index < len(readings) else "–"
            self._actions[f"alternative_{index + 1}"].setText(text)

    @staticmethod
    def _part(menu: QMenu | QMenuBar, groups: dict[str, int], key: str, group: int) -> None:
        if groups.setdefault(key, group) != group:
            menu.addSeparator()
        groups[key] = group


def _tip(text: str, action: QAction) -> str:
    key = _first_key(action)
    return f"{text} ({key})" if key else text


def _first_key(action: QAction) -> str:
    return action.shortcut().toString(QKeySequence.SequenceFormat.NativeText)
