"""The report of a dataset export: what was saved, and what was left out and why."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QGridLayout, QScrollArea, QSizePolicy, QVBoxLayout, QWidget

from ocr_studio.core.datasets import report as dataset_report
from ocr_studio.core.datasets.dataset import Report
from ocr_studio.core.translation import tr
from ocr_studio.ui.style import labels
from ocr_studio.ui.widgets.plain_label import PlainLabel


class DatasetReportView(QScrollArea):
    """Shows the report of an export."""

    def __init__(self) -> None:
        super().__init__()
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setAccessibleName(tr("Report"))
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Ignored)  # as high as there is room
        self.lines: list[str] = []

    def show_report(self, report: Report) -> None:
        """Show a report in place of the previous one."""
        self.lines = []
        page = QWidget()
        column = QVBoxLayout(page)
        column.setContentsMargins(0, 0, 14, 0)
        column.setSpacing(6)
        headline = self._label(dataset_report.format_headline(report))
        font = headline.font()
        font.setBold(True)
        font.setPointSizeF(font.pointSizeF() * 1.2)
        headline.setFont(font)
        column.addWidget(headline)
        for fact in dataset_report.list_facts(report):
            column.addWidget(self._label(labels.sentence_case(fact)))
        self._add_counts(column, tr("Left out"), dataset_report.list_reasons(report))
        if report.trouble:
            self._add_title(column, tr("Could not be read"))
            for line in report.trouble:
                column.addWidget(self._label(line))
        column.addStretch(1)
        self.setWidget(page)

    def wanted_height(self) -> int:
        """The height of the whole report at the current width, in pixels."""
        page = self.widget()
        return page.heightForWidth(self.viewport().width()) if page else 0

    def _add_counts(self, column: QVBoxLayout, title: str, counts: list[tuple[int, str]]) -> None:
        if not counts:
            return
        self._add_title(column, title)
        grid = QGridLayout()
        grid.setHorizontalSpacing(14)
        grid.setColumnStretch(1, 1)
        for row, (count, why) in enumerate(counts):
            number = self._label(f"{count}")
            number.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignTop)
            number.setWordWrap(False)
            grid.addWidget(number, row, 0)
            grid.addWidget(self._label(why), row, 1)
        column.addLayout(grid)

    def _add_title(self, column: QVBoxLayout, title: str) -> None:
        label = self._label(title)
        label.setProperty("quiet", True)
        label.setContentsMargins(0, 10, 0, 0)
        column.addWidget(label)

    def _label(self, text: str) -> PlainLabel:
        label = PlainLabel(labels.foldable(text))
        label.setWordWrap(True)
        label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.lines.append(text)
        return label
