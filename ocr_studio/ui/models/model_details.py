"""The details of a model: names on the left, values on the right, as text that can be copied."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFormLayout, QFrame, QScrollArea, QSizePolicy, QVBoxLayout, QWidget

from ocr_studio.core.translation import tr
from ocr_studio.ui.widgets.plain_label import PlainLabel

# Longer values are placed below their names, not beside them.
_BESIDE: Final = 40


class ModelDetails(QScrollArea):
    """Shows names and values under a heading; always as plain text, as they may come from untrusted files."""

    def __init__(self) -> None:
        super().__init__()
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setMinimumWidth(320)
        self.setAccessibleName(tr("Model details"))

    def show_facts(self, heading: str, facts: Sequence[tuple[str, str]]) -> None:
        """Replace the heading and the facts."""
        inside = QWidget()
        column = QVBoxLayout(inside)
        column.setContentsMargins(0, 0, 8, 0)
        column.setSpacing(14)
        title = _label(heading)
        font = title.font()
        font.setPointSizeF(font.pointSizeF() * 1.3)
        font.setWeight(font.Weight.DemiBold)
        title.setFont(font)
        column.addWidget(title)
        form = QFormLayout()
        form.setHorizontalSpacing(18)
        form.setVerticalSpacing(10)
        form.setLabelAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop)
        form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        for name, value in facts:
            quiet = PlainLabel(name)
            quiet.setProperty("quiet", True)
            if len(value) <= _BESIDE:
                form.addRow(quiet, _label(value))
                continue
            # A long value beside its name would be a narrow column.
            quiet.setWordWrap(True)
            both = QVBoxLayout()
            both.setSpacing(2)
            both.addWidget(quiet)
            both.addWidget(_label(value))
            form.addRow(both)
        column.addLayout(form)
        column.addStretch(1)
        self.setWidget(inside)

    def texts(self) -> list[str]:
        """All texts shown, from top to bottom."""
        inside = self.widget()
        return [] if inside is None else [label.text() for label in inside.findChildren(PlainLabel)]


def _label(text: str) -> PlainLabel:
    label = PlainLabel(text)
    label.setWordWrap(True)
    label.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
    label.setTextInteractionFlags(
        Qt.TextInteractionFlag.TextSelectableByMouse | Qt.TextInteractionFlag.TextSelectableByKeyboard
    )
    return label
