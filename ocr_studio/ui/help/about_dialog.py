"""The About dialog: version, licences, and where the log is."""

from __future__ import annotations

from importlib import metadata
from typing import Final

from PySide6.QtCore import QSize, Qt, qVersion
from PySide6.QtGui import QPixmap
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QFrame,
    QHBoxLayout,
    QPlainTextEdit,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from ocr_studio import __version__
from ocr_studio.core import paths, resources
from ocr_studio.core.errors import StudioError
from ocr_studio.core.runtime import choose_runtime
from ocr_studio.core.translation import later, tr
from ocr_studio.ui.style import theme
from ocr_studio.ui.widgets.plain_label import PlainLabel

_WEIGHTS = later(
    "The included models are based on PP-OCRv6 (small) by PaddleOCR (licence: Apache-2.0), taken from the Python"
    " package rapidocr 3.10.0. Word frequencies come from the package wordfreq by Robyn Speer (data: CC BY-SA 4.0)."
    " Your photos never leave this computer."
)
# Their versions and licences are listed.
PACKAGES: Final = (
    "tensorflow", "keras", "numpy", "opencv-python-headless", "pillow", "pillow-heif", "qtawesome", "platformdirs",
    "onnx", "onnxruntime", "h5py", "rapidocr", "safetensors", "wordfreq", "msgpack", "msgspec", "rapidfuzz", "regex",
    "shapely", "filelock", "lxml", "pikepdf", "pypdfium2", "python-docx", "odfdo", "xlsxwriter",
)  # fmt: skip


class AboutDialog(QDialog):
    """Shows version, licences and the folder of the log."""

    def __init__(self, runtime: str, parent: QWidget | None = None) -> None:
        """Create the dialog. runtime: as in the settings."""
        super().__init__(parent)
        self.setWindowTitle(tr("About OCR Studio"))
        picture = PlainLabel()
        picture.setPixmap(_picture())
        title = PlainLabel(f"OCR Studio {__version__}")
        font = title.font()
        font.setPointSizeF(font.pointSizeF() * 1.5)
        font.setWeight(font.Weight.DemiBold)
        title.setFont(font)
        what = PlainLabel(
            tr("Reads the text on photos, lets you correct it, and saves your corrections. Licence: MIT.")
        )
        what.setWordWrap(True)
        weights = PlainLabel(tr(_WEIGHTS))
        weights.setWordWrap(True)
        self.licences = QPlainTextEdit(_licences(), readOnly=True)
        self.licences.setAccessibleName(tr("Licences"))
        self.licences.setMinimumHeight(120)
        runs = PlainLabel(choose_runtime(runtime).describe())
        runs.setWordWrap(True)
        log = PlainLabel(tr("Log: {folder}", folder=paths.log_dir()))
        log.setProperty("quiet", True)
        log.setWordWrap(True)
        log.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        self.buttons.rejected.connect(self.reject)
        head = QHBoxLayout()
        head.setSpacing(18)
        words = QVBoxLayout()
        words.addWidget(title)
        words.addWidget(what)
        head.addWidget(picture, 0, Qt.AlignmentFlag.AlignTop)
        head.addLayout(words, 1)
        inside = QWidget()
        column = QVBoxLayout(inside)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(14)
        column.addLayout(head)
        for widget in (weights, runs, self.licences, log):
            column.addWidget(widget)
        # On a low screen all of it together has no room.
        scroll = QScrollArea(widgetResizable=True)
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        scroll.setAccessibleName(self.windowTitle())
        scroll.setWidget(inside)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(24, 22, 24, 18)
        layout.setSpacing(14)
        layout.addWidget(scroll)
        layout.addWidget(self.buttons)
        self.resize(QSize(640, 560).boundedTo(self.screen().availableSize() * 0.9))


def _picture() -> QPixmap:
    try:
        return QPixmap(str(resources.icon())).scaledToHeight(64, Qt.TransformationMode.SmoothTransformation)
    except StudioError:
        return theme.icon("mdi6.text-recognition", role="accent").pixmap(64, 64)


def _licences() -> str:
    parts = [
        tr(
            "Qt {version} and PySide6: LGPL version 3, {address}",
            version=qVersion(),
            address="https://doc.qt.io/qt-6/licensing.html",
        ),
        *map(_line, PACKAGES),
        tr("Icons: Material Design Icons (Apache-2.0), from the package qtawesome"),
    ]
    try:
        parts.append("\n" + resources.notices())
    except StudioError as error:
        parts.append(str(error))
    return "\n".join(parts)


def _line(package: str) -> str:
    try:
        about = metadata.metadata(package)
    except metadata.PackageNotFoundError:
        return tr("{package}: included in this program", package=package)
    fields = about.json
    licence = str(fields.get("license_expression") or fields.get("license") or tr("see the package"))
    return f"{package} {about['Version']}: {licence.splitlines()[0][:80]}"
