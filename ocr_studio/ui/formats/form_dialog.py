"""A dialog with a form that starts a job: then the progress, and a report with what was skipped."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QFrame,
    QProgressBar,
    QPushButton,
    QScrollArea,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from ocr_studio.core.translation import tr
from ocr_studio.ui.style import labels
from ocr_studio.ui.widgets.elided_label import ElidedLabel, StatusLabel
from ocr_studio.ui.widgets.plain_label import PlainLabel
from ocr_studio.ui.widgets.tables import PhotoReasons

# Pixels: least height of the list of what was skipped.
_LIST_LEAST = 84


class FormDialog(QDialog):
    """The form on top, the job's progress and report below it, buttons at the end.

    Attributes:
        doing: What the job does now.
        progress: How far it is.
        status: The report, or why it failed.
        skipped: What was skipped, and why.
        buttons: The buttons: Close, and those that were added.
    """

    def __init__(self, title: str, skipped: PhotoReasons, parent: QWidget | None) -> None:
        """Make the parts besides the form.

        Args:
            title: The title of the window.
            skipped: The list of what was skipped.
            parent: The window.
        """
        super().__init__(parent)
        self.setWindowTitle(title)
        self.doing = ElidedLabel()
        self.progress = QProgressBar(textVisible=False)
        self.progress.setAccessibleName(tr("Progress"))
        self.status = StatusLabel()
        self.skipped = skipped
        self.skipped.setMinimumHeight(_LIST_LEAST)
        self.buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        self.buttons.rejected.connect(self.reject)

    def showEvent(self, event: QShowEvent) -> None:  # noqa: N802  (Qt's name)
        """Use the height of a low screen, of which Qt would leave a third."""
        super().showEvent(event)
        self._grow()

    def _add_button(self, title: str, role: QDialogButtonBox.ButtonRole, *, default: bool = False) -> QPushButton:
        """Add a button. default: Return presses it."""
        button = self.buttons.addButton(title, role)
        for each in self.buttons.buttons():
            each.setProperty("autoDefault", False)
        button.setDefault(default)
        return button

    def _lay_out(self, about: str, form: QWidget, *results: QWidget, wide: int) -> None:
        """Lay out the dialog.

        Args:
            about: What it does, above the form.
            form: The form.
            *results: What is shown below the form, and is scrolled with it and with the list of what was skipped where
                the screen is low. Without any, that list is below the report.
            wide: The least width in pixels.
        """
        said = PlainLabel(about)
        said.setWordWrap(True)
        said.setProperty("quiet", True)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(24, 20, 24, 18)
        layout.setSpacing(16)
        if results:
            layout.addWidget(self._scrolled(said, form, stretched=(*results, self.skipped)), 1)
        else:
            layout.addWidget(self._scrolled(said, form))
        for part in (self.doing, self.progress, self.status):
            layout.addWidget(part)
        if not results:
            layout.addWidget(self.skipped, 1)
            layout.addStretch(0)
        layout.addWidget(self.buttons)
        self.setMinimumWidth(wide)
        for hidden in (self.doing, self.progress, self.status, *results, self.skipped):
            hidden.hide()

    def _scrolled(self, *parts: QWidget, stretched: Sequence[QWidget] = ()) -> QScrollArea:
        """The form, of which only a part is seen where the screen has no room for all. stretched: what takes room."""
        inside = QWidget()
        area = self._area = _ScrolledForm(inside)
        column = QVBoxLayout(inside)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(16)
        for part in parts:
            column.addWidget(part)
        for part in stretched:
            column.addWidget(part, 1)
        if stretched:
            column.addStretch(0)
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        policy = QSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Maximum)
        if stretched:
            policy.setVerticalPolicy(QSizePolicy.Policy.Preferred)
        policy.setHeightForWidth(True)
        area.setSizePolicy(policy)
        area.setWidgetResizable(True)
        area.setWidget(inside)
        return area

    def _show_progress(self, done: int, total: int, doing: str) -> None:
        """Show how far the job is. total: 0 while that is unknown."""
        self.progress.setRange(0, total)
        self.progress.setValue(done)
        self.doing.setText(doing)
        for widget in (self.doing, self.progress):
            widget.show()

    def _hide_progress(self) -> None:
        for widget in (self.doing, self.progress):
            widget.hide()

    def _say(self, text: str, *, wrong: bool = False) -> None:
        self.status.say(labels.foldable(text), wrong=wrong)
        self.status.setVisible(bool(text))

    def _grow(self) -> None:
        """Make room for the report, as far as the screen has it."""
        for part in (self.skipped, self._area):
            part.updateGeometry()  # Qt does not notice that there is more in it
        room = self.screen().availableGeometry()
        layout = self.layout()
        high = layout.totalHeightForWidth(self.width()) if layout else self.height()
        self.resize(self.width(), min(round(room.height() * 0.94), high))
        below = self.frameGeometry().bottom() - room.bottom()
        if below > 0:
            self.move(self.x(), max(room.top(), self.y() - below))


class _ScrolledForm(QScrollArea):
    """A form that is scrolled only where there is no room for it; Qt would scroll a high one anyway."""

    def __init__(self, inside: QWidget) -> None:
        super().__init__()
        self._inside = inside

    def sizeHint(self) -> QSize:  # noqa: N802  (Qt's name)
        return self._inside.sizeHint()

    def heightForWidth(self, width: int, /) -> int:  # noqa: N802  (Qt's name)
        return self._inside.heightForWidth(width)
