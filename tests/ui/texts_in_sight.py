"""What a window shows in a language that marks its texts: what bears no mark stays English in every language."""

from __future__ import annotations

import re
from collections.abc import Iterator

from PySide6.QtCore import QAbstractItemModel, QAbstractListModel, QModelIndex, Qt
from PySide6.QtPrintSupport import QAbstractPrintDialog
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QComboBox,
    QDialogButtonBox,
    QDockWidget,
    QFileDialog,
    QGroupBox,
    QLabel,
    QLineEdit,
    QMenu,
    QPlainTextEdit,
    QSpinBox,
    QStatusBar,
    QTabBar,
    QTextBrowser,
    QToolButton,
    QWidget,
)

from ocr_studio.ui.help.help_window import HelpWindow
from tests import marked_language

# What is called so in every language, or is not ours: keys, names of models and files, words on the photos.
_NAMES = re.compile(
    r"<[^>]*>|http://\S+|127\.0\.0\.1|&\w+;"
    r"|\S*/[\w./ -]+|board \d\.\w+|boards|OCR Studio( [\d.]+)?|pp-ocrv6-small(-detector)?|stand-in|another"
    r"|PaddleOCR|ONNX Runtime|TensorFlow|keras-ocr|deep-text-recognition|latin (small|capital) letter .*"
    r"|sample-board\.jpg|Sample|Pasted( [\d. -]+png)?|again\d*s?"
    r"|Deutsch|English|\b(Ctrl|Alt|Shift|Return|Enter|Esc|Del|Tab|Space|Backspace|PgUp|PgDown|Up|Down|Left|Right|F\d+)\b"
    r"|\b(sh[aio]p|sheep|annn|asn|the|tho|new|build|ask|anna|ab[ao]ut|que[vu]es|again)s*\d*\b",
    re.IGNORECASE,
)
_ROLES = (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole, Qt.ItemDataRole.AccessibleTextRole)


def _texts_of(widget: QWidget) -> Iterator[str]:
    yield from (widget.toolTip(), widget.statusTip(), widget.accessibleName(), widget.accessibleDescription())
    if widget.isWindow() or isinstance(widget, QDockWidget):
        yield widget.windowTitle()
    if isinstance(widget, QLabel | QAbstractButton):
        yield widget.text()
    if isinstance(widget, QLineEdit | QPlainTextEdit):
        yield widget.placeholderText()
    yield from _lists_of(widget)
    for action in widget.actions():  # of menus as well
        yield from (action.text(), action.toolTip(), action.statusTip())


def _lists_of(widget: QWidget) -> Iterator[str]:
    if isinstance(widget, QComboBox):
        yield from (widget.itemText(index) for index in range(widget.count()))
    if isinstance(widget, QSpinBox):
        yield from (widget.suffix(), widget.specialValueText())
    if isinstance(widget, QGroupBox | QMenu):
        yield widget.title()
    if isinstance(widget, QTabBar):
        yield from (widget.tabText(index) for index in range(widget.count()))
    if isinstance(widget, QStatusBar):
        yield widget.currentMessage()
    if isinstance(widget, QAbstractItemView) and widget.model() is not None:
        yield from _cells(widget.model(), QModelIndex())


def _cells(model: QAbstractItemModel, under: QModelIndex) -> Iterator[str]:
    for column in range(1 if isinstance(model, QAbstractListModel) else model.columnCount(under)):
        yield from (str(model.headerData(column, Qt.Orientation.Horizontal, role) or "") for role in _ROLES)
        for row in range(min(30, model.rowCount(under))):
            index = model.index(row, column, under)
            yield from (str(index.data(role) or "") for role in _ROLES)
            if column == 0 and model.rowCount(index):
                yield from _cells(model, index)


def _is_within_dialog_of_qt(widget: QWidget | None) -> bool:
    of_qt = isinstance(widget, QFileDialog | QAbstractPrintDialog)
    return of_qt or (widget is not None and _is_within_dialog_of_qt(widget.parentWidget()))


def _is_of_qt(widget: QWidget) -> bool:
    """Qt names what it makes itself, in the language chosen."""
    parent = widget.parentWidget()
    box = isinstance(parent, QDialogButtonBox) and isinstance(widget, QAbstractButton)
    none = QDialogButtonBox.StandardButton.NoButton
    return (
        widget.objectName().startswith("qt_")
        or _is_within_dialog_of_qt(widget)
        or (isinstance(widget, QToolButton) and isinstance(parent, QTabBar))
        or (box and parent.standardButton(widget) != none)  # type: ignore[union-attr]
    )


def _is_drawn(widget: QWidget) -> bool:
    """Words that were drawn by chance, of a synthetic preview; help pages, which are English, and their titles."""
    parents = (widget, widget.parentWidget())
    of_help = isinstance(widget.window(), HelpWindow) and isinstance(widget, QAbstractItemView | QTextBrowser)
    return of_help or any(type(each).__name__ in {"_WordCell", "_Picture"} for each in parents)


def english(top: QWidget) -> list[str]:
    """What is shown, or would be, without a mark."""
    return sorted(
        {
            text
            for widget in (top, *top.findChildren(QWidget))
            if not _is_of_qt(widget) and not _is_drawn(widget)
            for text in _texts_of(widget)
            if re.search("[A-Za-z]{2}", _NAMES.sub("", marked_language.unmarked(text)))
        }
    )
