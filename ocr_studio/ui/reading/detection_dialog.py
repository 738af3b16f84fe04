"""Dialog of detection settings: sliders beside the open photo, which previews their effect."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import QSize, Qt, QTimer, Signal
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QFrame,
    QHBoxLayout,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from ocr_studio.core.settings import RANGES, DetectionOptions
from ocr_studio.core.translation import later, number, tr, tr_n
from ocr_studio.core.units import percent
from ocr_studio.ui.job_thread import Trouble
from ocr_studio.ui.reading.detection_preview import DetectionTrials
from ocr_studio.ui.reading.detection_view import DetectionView
from ocr_studio.ui.widgets.plain_label import PlainLabel
from ocr_studio.ui.widgets.slider import Slider, SliderSpec

# Milliseconds after the last change of a slider before the preview is updated.
_REST = 120


def _pixels(value: float) -> str:
    return tr_n("{count} pixel", "{count} pixels", round(value))


def _of_height(value: float) -> str:
    return tr("{percent}% of the line height", percent=f"{value * 100:.0f}")


KNOBS = (
    SliderSpec(
        "limit_side",
        later("Detection resolution"),
        *RANGES["limit_side"],
        32,
        _pixels,
        later("Faster, but may miss small writing."),
        later("Finds smaller writing, but takes longer."),
    ),
    SliderSpec(
        "threshold",
        later("Pixel threshold (clarity of the writing)"),
        *RANGES["threshold"],
        0.01,
        percent,
        later("Finds fainter writing, but may mistake smudges for words."),
        later("Ignores smudges, but may miss faint writing."),
    ),
    SliderSpec(
        "box_threshold",
        later("Confidence threshold for lines"),
        *RANGES["box_threshold"],
        0.01,
        percent,
        later("Keeps uncertain lines."),
        later("Ignores what may be a drawing, a frame or a shadow."),
    ),
    SliderSpec(
        "unclip_ratio",
        later("Margin around writing (unclip ratio)"),
        *RANGES["unclip_ratio"],
        0.05,
        lambda value: f"{number(value, 2)} ×",
        later("Tighter boxes; may cut off the tops and tails of letters."),
        later("Wider boxes; may include parts of the lines above and below."),
    ),
    SliderSpec(
        "space_width",
        later("Gap between words"),
        *RANGES["space_width"],
        0.01,
        _of_height,
        later("Splits words at narrower gaps."),
        later("Keeps loosely written words together."),
    ),
)


class DetectionDialog(QDialog):
    """Changes the detection settings and previews them on the photo; the page itself never changes.

    Signals:
        chosen(DetectionOptions): the user has confirmed these settings with OK.
    """

    chosen = Signal(object)

    def __init__(
        self,
        detection: DetectionOptions,
        view: DetectionView | None,
        trials: DetectionTrials | None,
        parent: QWidget | None = None,
    ) -> None:
        """Show the current settings and start the first preview.

        Args:
            detection: the current settings.
            view: shows the photo; None if no photo is open.
            trials: runs the previews; None if no photo is open.
            parent: the window to open over.
        """
        super().__init__(parent)
        self.setWindowTitle(tr("Text detection"))
        self.view, self._trials = view, trials
        self.knobs = {spec.key: Slider(_said(spec), getattr(detection, spec.key)) for spec in KNOBS}
        self.status = PlainLabel()
        self.status.setWordWrap(True)
        self._rest = QTimer(self, singleShot=True, interval=_REST)
        self._rest.timeout.connect(self._update_preview)
        for knob in self.knobs.values():
            knob.turned.connect(self._turned)
        buttons = QDialogButtonBox.StandardButton
        self.buttons = QDialogButtonBox(buttons.RestoreDefaults | buttons.Ok | buttons.Cancel)
        self.buttons.accepted.connect(self._accept)
        self.buttons.rejected.connect(self.reject)
        self._defaults = self.buttons.button(buttons.RestoreDefaults)
        self._defaults.setText(tr("Restore &defaults"))
        self._defaults.clicked.connect(self._restore)
        self.finished.connect(self._stop)
        self._place()
        if trials:
            trials.looked.connect(self._show_found)
            trials.failed.connect(self._show_trouble)
        self._offer_defaults()
        self._update_preview()

    @property
    def detection(self) -> DetectionOptions:
        """The settings of the sliders."""
        values = {key: knob.value for key, knob in self.knobs.items()}
        return DetectionOptions(**values | {"limit_side": round(values["limit_side"])})  # type: ignore[arg-type]  # one is an int

    def _place(self) -> None:
        sliders = QWidget()
        column = QVBoxLayout(sliders)
        column.setContentsMargins(0, 0, 14, 0)
        column.setSpacing(16)
        for knob in self.knobs.values():
            column.addWidget(knob)
        column.addStretch(1)
        scroll = QScrollArea()
        scroll.setWidget(sliders)
        scroll.setWidgetResizable(True)
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        # Wide enough for its contents, so that they are neither cut off nor scrolled sideways.
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAsNeeded)
        scroll.setMinimumWidth(
            max(260, sliders.minimumSizeHint().width() + scroll.verticalScrollBar().sizeHint().width())
        )
        scroll.setMaximumWidth(max(340, scroll.minimumWidth()))
        across = QHBoxLayout()
        across.setSpacing(18)
        photo = self.view or _no_photo()
        photo.setMinimumWidth(240)
        across.addWidget(photo, 3)
        across.addWidget(scroll, 2)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(18, 18, 18, 16)
        layout.setSpacing(12)
        layout.addLayout(across, 1)
        layout.addWidget(self.status)
        layout.addWidget(self.buttons)
        parent = self.parentWidget()
        room = parent.window().size() if parent else QSize(1200, 800)
        screen = self.screen().availableSize()
        self.resize(room.expandedTo(QSize(860, 560)).boundedTo(screen * 0.94).boundedTo(QSize(1400, 900)))

    def _turned(self) -> None:
        self._offer_defaults()
        self._rest.start()

    def _restore(self) -> None:
        for key, knob in self.knobs.items():
            knob.set_value(getattr(DetectionOptions(), key))
        self._turned()

    def _offer_defaults(self) -> None:
        self._defaults.setEnabled(self.detection != DetectionOptions())

    def _update_preview(self) -> None:
        if self._trials:
            self._trials.look(self.detection)
        else:
            self.status.setText(tr("Open a photo to preview these settings."))

    def _show_found(self) -> None:
        trials, view = self._trials, self.view
        if trials is None or view is None:
            return
        view.show_found(trials.lines, trials.boxes)
        if trials.loading:
            self.status.setText(tr("Loading the recognizer (takes a few seconds)…"))
        elif trials.waiting:
            self.status.setText(tr("Detecting…"))
        elif not trials.lines:
            self.status.setText(tr("These settings find no text. Move the sliders to the left to find more."))
        else:
            lines = tr_n("{count} line (dashed)", "{count} lines (dashed)", len(trials.lines))
            boxes = tr_n("{count} box", "{count} boxes", len(trials.boxes))
            if trials.done:
                self.status.setText(tr("{lines}, {boxes}", lines=lines, boxes=boxes))
            else:
                self.status.setText(tr("{lines}, {boxes} so far…", lines=lines, boxes=boxes))

    def _show_trouble(self, trouble: Trouble) -> None:
        self.status.setText(trouble.message)

    def _accept(self) -> None:
        self.chosen.emit(self.detection)
        self.accept()

    def _stop(self) -> None:
        self._rest.stop()
        if self._trials:
            self._trials.stop()


def _said(spec: SliderSpec) -> SliderSpec:
    """The same with translated texts."""
    return replace(spec, title=tr(spec.title), less=tr(spec.less), more=tr(spec.more))


def _no_photo() -> QWidget:
    label = PlainLabel(tr("No photo is open"))
    label.setAlignment(Qt.AlignmentFlag.AlignCenter)
    label.setProperty("quiet", True)
    label.setFrameShape(QFrame.Shape.StyledPanel)
    return label
