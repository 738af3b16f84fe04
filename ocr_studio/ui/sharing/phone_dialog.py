"""The dialog with the QR code for a phone, and the photos that arrive."""

from __future__ import annotations

from collections.abc import Sequence
from enum import Enum, auto
from pathlib import Path
from typing import Final

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QListWidget,
    QListWidgetItem,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from ocr_studio.core.translation import later, tr, tr_n
from ocr_studio.ui.sharing.addresses import LocalAddress
from ocr_studio.ui.sharing.qr_code import CodeOrSign, lay_out_beside_code
from ocr_studio.ui.style import design, labels, theme
from ocr_studio.ui.widgets.elided_label import StatusLabel
from ocr_studio.ui.widgets.form_fields import ComboBox, Form
from ocr_studio.ui.widgets.plain_label import PlainLabel

_SIZE: Final = QSize(680, 470)
_STEPS: Final = (
    later("Connect the phone to the same network as this computer."),
    later("Scan the code with the phone’s camera, and open the page."),
    later("Take photos or choose some. They are saved in “{folder}” and read."),
)
_STATES: Final = {
    "waiting": ("mdi6.progress-clock", later("Saved; being read")),
    "read": ("mdi6.check", later("Read")),
    "failed": ("mdi6.alert-outline", later("Saved, but not read")),
}


class CodeState(Enum):
    """What has become of the code.

    Attributes:
        SHOWN: It can be scanned.
        USED: A phone has used it and is connected.
        OVER: Nothing can be sent with it any more.
    """

    SHOWN = auto()
    USED = auto()
    OVER = auto()


class PhoneDialog(QDialog):
    """A QR code, how long it is good for, and what a phone has sent.

    Signals: ``new_code_wanted()``; ``more_time_wanted()``; ``address_chosen(str)``: the address in another network.
    """

    new_code_wanted = Signal()
    more_time_wanted = Signal()
    address_chosen = Signal(str)

    def __init__(self, folder: Path, addresses: Sequence[LocalAddress], parent: QWidget | None = None) -> None:
        """Create the dialog. folder: where the photos go."""
        super().__init__(parent)
        self.setWindowTitle(tr("Add photos from phone"))
        self.state = CodeState.OVER
        self._place = CodeOrSign()
        self.code = self._place.code
        self.status = StatusLabel()
        self.steps = PlainLabel(
            "\n\n".join(
                f"{number}. {tr(step, folder=labels.file_name(folder.name))}" for number, step in enumerate(_STEPS, 1)
            )
        )
        self.steps.setWordWrap(True)
        self.networks = ComboBox(
            [(each.address, each.title) for each in addresses], addresses[0].address if addresses else "", tr("Network")
        )
        self.networks.currentIndexChanged.connect(lambda _: self.address_chosen.emit(self.networks.currentData()))
        self.photos = QListWidget()
        self.photos.setAccessibleName(tr("Photos from the phone"))
        self.photos.setSelectionMode(QListWidget.SelectionMode.NoSelection)
        self.photos.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.photos.hide()
        self._items: dict[Path, QListWidgetItem] = {}
        self._address = ""
        self._make_buttons()
        self._lay_out(several=len(addresses) > 1)

    def _make_buttons(self) -> None:
        self.copy = QPushButton(tr("Copy &address"))
        self.copy.setToolTip(tr("Copy the address, to send it to the phone in another way"))
        self.copy.clicked.connect(lambda: QGuiApplication.clipboard().setText(self._address))
        self.more_time = QPushButton(tr("&10 more minutes"))
        self.more_time.clicked.connect(self.more_time_wanted)
        self.new_code = QPushButton(tr("&New code"))
        self.new_code.setToolTip(tr("Disconnect the phone, and show a code for another one"))
        self.new_code.clicked.connect(self.new_code_wanted)
        self.buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        self.buttons.rejected.connect(self.reject)
        for button in (self.copy, self.more_time, self.new_code):
            self.buttons.addButton(button, QDialogButtonBox.ButtonRole.ActionRole)
        for button in self.buttons.findChildren(QPushButton):
            button.setAutoDefault(False)

    def _lay_out(self, *, several: bool) -> None:
        right = QVBoxLayout()
        right.setSpacing(design.EDGE)
        right.addWidget(self.steps)
        choice = QWidget()
        form = Form(choice)
        form.setContentsMargins(0, 0, 0, 0)
        form.add(tr("Network"), self.networks)
        choice.setVisible(several)
        right.addWidget(choice)
        right.addWidget(self.status)
        right.addWidget(self.photos, 1)
        right.addStretch(0)
        lay_out_beside_code(self, self._place, right, self.buttons, size=_SIZE)

    def show_code(self, address: str) -> None:
        """Show a new code. address: of the page, with the token."""
        self._address = address
        self._place.show_code(address)
        self._show_state(CodeState.SHOWN)

    def show_used(self) -> None:
        """Show that a phone is connected."""
        self._show_state(CodeState.USED)

    def show_over(self, why: str, *, wrong: bool = False) -> None:
        """Show that nothing can be sent any more, and why."""
        self._show_state(CodeState.OVER)
        self.status.say(why, wrong=wrong)

    def show_time(self, seconds: float) -> None:
        """Show how long photos can still be sent."""
        left = f"{int(seconds) // 60}:{int(seconds) % 60:02}"
        if self.state is CodeState.SHOWN:
            self.status.say(tr("Waiting for a phone. The code is valid for another {time} minutes.", time=left))
        elif self.state is CodeState.USED:
            count = len(self._items)
            arrived = tr_n("{count} photo has arrived.", "{count} photos have arrived.", count) if count else ""
            connected = tr("The phone is connected for another {time} minutes.", time=left)
            self.status.say(f"{connected} {arrived}".rstrip())

    def show_photo(self, path: Path, state: str, detail: str = "") -> None:
        """Show a photo that has arrived. state: "waiting", "read" or "failed"; detail: its text, or why it failed."""
        item = self._items.get(path)
        if item is None:
            item = self._items[path] = QListWidgetItem()
            self.photos.addItem(item)
            self.photos.show()
        icon, title = _STATES[state]
        first = next((line for line in detail.splitlines() if line.strip()), "")
        item.setIcon(theme.icon(icon))
        item.setText(labels.shown(f"{tr(title)}: {first}" if first else tr(title)))
        item.setToolTip(labels.tooltip(f"{path.name}\n{detail}".rstrip()))
        self.photos.scrollToItem(item)

    def show_refused(self, why: str) -> None:
        """Show that a photo could not be saved, and why."""
        item = QListWidgetItem(theme.icon("mdi6.alert-outline"), labels.shown(tr("Not saved: {reason}", reason=why)))
        item.setToolTip(labels.tooltip(why))
        self.photos.addItem(item)
        self.photos.show()
        self.photos.scrollToItem(item)

    def _show_state(self, state: CodeState) -> None:
        self.state = state
        shown = state is CodeState.SHOWN
        if state is CodeState.USED:
            self._place.show_sign("mdi6.cellphone-check", role="accent")
        elif state is CodeState.OVER:
            self._place.show_sign("mdi6.cellphone-off")
        self.steps.setVisible(state is not CodeState.USED)
        self.copy.setEnabled(shown)
        self.more_time.setEnabled(state is not CodeState.OVER)
        self.networks.setEnabled(state is not CodeState.USED)
