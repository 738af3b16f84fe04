"""The dialog that starts and stops the service for other devices in the network."""

from __future__ import annotations

from collections.abc import Sequence
from enum import Enum, auto
from typing import Final

from PySide6.QtCore import QSize, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QLineEdit, QPushButton, QVBoxLayout, QWidget

from ocr_studio.core.translation import later, tr
from ocr_studio.ui.sharing.addresses import LocalAddress
from ocr_studio.ui.sharing.qr_code import CodeOrSign, lay_out_beside_code
from ocr_studio.ui.style import design
from ocr_studio.ui.widgets.elided_label import StatusLabel
from ocr_studio.ui.widgets.form_fields import ComboBox, Form
from ocr_studio.ui.widgets.plain_label import PlainLabel

_SIZE: Final = QSize(680, 440)
_WHAT: Final = later(
    "Other devices can send photos to this computer, and get their text back: in a web browser, or from a script."
)
_WHO: Final = later(
    "Everyone with the address can use it until you stop. They can’t see your photos, and nothing they send is kept."
)


class ShareState(Enum):
    """Whether the service runs."""

    OFF = auto()
    ON = auto()
    STOPPING = auto()


class ShareDialog(QDialog):
    """What sharing means, the network, and the address while the service runs.

    Signals: ``start_wanted(str)``: start at this address; ``stop_wanted()``.
    """

    start_wanted = Signal(str)
    stop_wanted = Signal()

    def __init__(self, addresses: Sequence[LocalAddress], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(tr("Share on this network"))
        self.state = ShareState.OFF
        self._place = CodeOrSign()
        self.networks = ComboBox(
            [(each.address, each.title) for each in addresses], addresses[0].address, tr("Network")
        )
        self.address = QLineEdit(readOnly=True)
        self.address.setAccessibleName(tr("Address"))
        self.status = StatusLabel()
        self.copy = QPushButton(tr("Copy &address"))
        self.copy.clicked.connect(lambda: QGuiApplication.clipboard().setText(self.address.text()))
        self.toggle = QPushButton()
        self.toggle.setProperty("primary", True)
        self.toggle.clicked.connect(self._start_or_stop)
        self.buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        self.buttons.rejected.connect(self.reject)
        for button in (self.copy, self.toggle):
            self.buttons.addButton(button, QDialogButtonBox.ButtonRole.ActionRole)
        for button in self.buttons.findChildren(QPushButton):
            button.setAutoDefault(False)
        self._lay_out()
        self.show_off()

    def _lay_out(self) -> None:
        right = QVBoxLayout()
        right.setSpacing(design.EDGE)
        for text in (_WHAT, _WHO):
            label = PlainLabel(tr(text))
            label.setWordWrap(True)
            right.addWidget(label)
        form = Form()
        form.add(tr("Network"), self.networks)
        form.add(tr("Address"), self.address)
        right.addLayout(form)
        right.addWidget(self.status)
        right.addStretch(1)
        lay_out_beside_code(self, self._place, right, self.buttons, size=_SIZE)

    def show_off(self, why: str = "") -> None:
        """Show that the service doesn't run. why: an error, if that is the reason."""
        self._show_state(ShareState.OFF)
        self.status.say(why or tr("Not shared."), wrong=bool(why))

    def show_on(self, address: str) -> None:
        """Show that the service runs. address: of its page, with the token."""
        self._show_state(ShareState.ON)
        self.address.setText(address)
        self.address.setCursorPosition(0)
        self._place.show_code(address)
        self.status.say(tr("Shared. It stays shared when you close this dialog, until you stop it or quit OCR Studio."))

    def show_stopping(self) -> None:
        """Show that the service is being stopped."""
        self._show_state(ShareState.STOPPING)
        self.status.say(tr("Stopping as soon as the current photo is read…"))

    def _show_state(self, state: ShareState) -> None:
        self.state = state
        on = state is ShareState.ON
        self.toggle.setText(tr("&Stop sharing") if on else tr("&Start sharing"))
        self.toggle.setEnabled(state is not ShareState.STOPPING)
        self.networks.setEnabled(state is ShareState.OFF)
        self.copy.setEnabled(on)
        if not on:
            self.address.clear()
            self._place.show_sign("mdi6.lan-disconnect")

    def _start_or_stop(self) -> None:
        if self.state is ShareState.ON:
            self.stop_wanted.emit()
        else:
            self.start_wanted.emit(str(self.networks.currentData()))
