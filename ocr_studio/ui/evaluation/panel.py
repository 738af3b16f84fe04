"""The panel of an evaluation: progress, metrics, and mistakes."""

from __future__ import annotations

from itertools import takewhile
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtGui import QResizeEvent, QStandardItem, QStandardItemModel
from PySide6.QtWidgets import (
    QFileDialog,
    QHBoxLayout,
    QHeaderView,
    QProgressBar,
    QScrollArea,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from ocr_studio.core import translation
from ocr_studio.core.evaluation import table as evaluation_table
from ocr_studio.core.evaluation.metrics import PhotoScore
from ocr_studio.core.evaluation.results import Evaluation, MistakeKind, PhotoResult
from ocr_studio.core.evaluation.table import KINDS, NOTHING, TASKS, format_figure
from ocr_studio.core.translation import later, tr, tr_n
from ocr_studio.core.units import percent
from ocr_studio.ui.canvas.go_to_word import MistakePlaces
from ocr_studio.ui.evaluation.controller import EvaluationController
from ocr_studio.ui.evaluation.error_table import MistakeTable
from ocr_studio.ui.job_thread import Trouble
from ocr_studio.ui.style import labels, theme
from ocr_studio.ui.widgets import file_dialogs
from ocr_studio.ui.widgets.elided_label import ElidedLabel
from ocr_studio.ui.widgets.form_fields import ButtonRow, ComboBox
from ocr_studio.ui.widgets.plain_label import RichLabel
from ocr_studio.ui.widgets.side_panel import AdaptiveSplitter, SidePanel
from ocr_studio.ui.widgets.tables import RowTable

_COLUMNS = (later("Photo"), later("Words"), later("Found"), later("Read"), later("Exact"), later("CER"))
_HINTS = (
    later("Select a row to see its metrics and mistakes"),
    later("Number of words evaluated"),
    later("F1 score of words found in the right place; 1 is perfect"),
    later("F1 score of words found and at least half right"),
    later("F1 score of words found and read exactly"),
    later("Character error rate, including missed and false words"),
)
_ALL = later("All photos")
_LEFT, _RIGHT = (
    side | Qt.AlignmentFlag.AlignVCenter for side in (Qt.AlignmentFlag.AlignLeft, Qt.AlignmentFlag.AlignRight)
)
_LEAST_NAME = 110  # minimum width of a photo's name, in pixels
_AIR = 24  # pixels beside a title
_FIGURES = 330  # least width of the metrics, in pixels
_MOST_NEEDED = (3, 2, 5, 4, 1)  # columns, the most needed first


class EvaluationPanel(SidePanel):
    """Shows a running or finished evaluation; choosing a mistake shows it on its photo.

    Attributes:
        evaluation: The evaluation shown.
    """

    task = "train"

    def __init__(self, evaluator: EvaluationController, places: MistakePlaces) -> None:
        super().__init__(tr("Evaluation"), "evaluation")
        self._evaluating, self.places = evaluator, places
        self.evaluation: Evaluation | None = None
        self.status = ElidedLabel(tr("Nothing has been evaluated yet."))
        self.bar = QProgressBar(textVisible=False)
        self.bar.setFixedWidth(120)
        self.bar.setAccessibleName(tr("Progress of the evaluation"))
        self.kind = ComboBox((), "", tr("Mistakes to show"))
        self.kind.setMinimumWidth(110)
        self.stop = _button(tr("Stop"), tr("Stop; the results of finished photos are kept"), evaluator.cancel)
        self.again = _button(tr("Evaluate again"), tr("Read the photos again and compare"), evaluator.again)
        self.export = _button(tr("Export…"), tr("Export every mistake as web pages"), self.ask_folder)
        self.photos = _Photos()
        self.figures = RichLabel()
        self.figures.setAlignment(Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeft)
        self.figures.setContentsMargins(12, 0, 12, 4)
        self.figures.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
        self.figures.setAccessibleName(tr("Metrics"))
        self.mistakes = MistakeTable()
        self.mistakes.chosen.connect(lambda photo, mistake: places.go(photo.photo, mistake))
        self.kind.currentIndexChanged.connect(self._show_mistakes)
        self.photos.selectionModel().currentRowChanged.connect(lambda *_: self._show_chosen())
        self._scroll = QScrollArea(widgetResizable=True)
        self._lay_out()
        self._show_busy(False)
        self._show(None)
        self.retint()
        evaluator.began.connect(self._begin)
        evaluator.progressed.connect(self._show_progress)
        evaluator.updated.connect(self._show)
        evaluator.ended.connect(self._end)
        evaluator.failed.connect(self._fail)
        evaluator.written.connect(self._show_written)
        evaluator.write_failed.connect(self.status.setText)
        # Opening a photo takes the focus; return it for going through mistakes by keyboard.
        places.shown.connect(self.mistakes.setFocus)

    def _begin(self) -> None:
        """Clear the panel when an evaluation starts."""
        self._show_busy(True)
        self._show(None)
        self.open()

    def _show_progress(self, text: str, done: int, total: int) -> None:
        """Show the progress; total is 0 if unknown."""
        self.status.setText(text)
        self.bar.setRange(0, total)
        self.bar.setValue(done)

    def _end(self, evaluation: Evaluation, whole: bool) -> None:
        """Show the result of a finished or stopped evaluation."""
        self._show_busy(False)
        self._show(evaluation)
        self.status.setText(_ending(evaluation, whole))
        self.status.setToolTip(labels.tooltip("\n".join(evaluation.failed)))

    def _fail(self, trouble: Trouble) -> None:
        """Show why the evaluation failed."""
        self.status.setText(trouble.message)
        self.status.setToolTip(labels.tooltip(trouble.message))

    def _show_written(self, index: Path) -> None:
        """Show where the web pages were saved."""
        self.status.setText(tr("Exported to {file}", file=labels.file_name(str(index))))

    def ask_folder(self) -> None:
        """Ask where to save the web pages."""
        evaluation = self.evaluation
        if evaluation is None:
            return
        dialog = file_dialogs.make(self.window(), tr("Folder for the web pages"), str(Path.home()))
        dialog.setFileMode(QFileDialog.FileMode.Directory)
        dialog.setOption(QFileDialog.Option.ShowDirsOnly)
        dialog.fileSelected.connect(lambda chosen: self._evaluating.write(evaluation, Path(chosen)))
        dialog.open()

    def retint(self) -> None:
        """Apply the colours of the current theme."""
        super().retint()
        self._show_chosen()

    def _lay_out(self) -> None:
        head, below = QHBoxLayout(), ButtonRow()
        for row in (head, below):
            row.setContentsMargins(12, 4, 12, 4)
        head.setSpacing(8)
        head.addWidget(self.status, 1)
        for widget in (self.bar, self.stop, self.closer):
            head.addWidget(widget)
        self._scroll.setWidget(self.figures)
        self._scroll.setFrameShape(QScrollArea.Shape.NoFrame)
        split = AdaptiveSplitter()
        split.add(self.photos, 160, 460)
        split.add(self._scroll, 160, 330)
        split.add(self.mistakes, 160, 570)
        whole = QWidget()
        layout = QVBoxLayout(whole)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addLayout(head)
        layout.addLayout(below)
        for field in (self.kind, self.again, self.export):
            below.add(field)
        layout.addWidget(split, 1)
        self.setWidget(whole)

    def _show_busy(self, busy: bool) -> None:
        self.bar.setVisible(busy)
        self.stop.setVisible(busy)
        self.again.setEnabled(not busy)

    def _show(self, evaluation: Evaluation | None) -> None:
        self.evaluation = evaluation
        self.export.setEnabled(evaluation is not None and bool(evaluation.photos))
        self.photos.show_evaluation(evaluation)
        self._show_chosen()

    def _show_chosen(self) -> None:
        chosen = self._chosen()
        score = sum((photo.score for photo in chosen), PhotoScore())
        self.figures.setText(_figures(score, chosen) if chosen else "")
        wide = self.figures.sizeHint().width() + self._scroll.verticalScrollBar().sizeHint().width()
        self._scroll.setMinimumWidth(min(_FIGURES, wide))
        counted = {kind: sum(each.kind is kind for photo in chosen for each in photo.mistakes) for kind in MistakeKind}
        before = self.kind.currentData()
        self.kind.blockSignals(True)
        self.kind.clear()
        self.kind.addItem(tr_n("{count} mistake", "{count} mistakes", sum(counted.values())), None)
        for kind, count in counted.items():
            if count:
                # Translators: {kind} is a kind of mistakes, such as “missed”.
                self.kind.addItem(tr("{count} {kind}", count=count, kind=tr(KINDS[kind][0])), kind)
        self.kind.setCurrentIndex(max(0, self.kind.findData(before)))
        self.kind.blockSignals(False)
        self._show_mistakes()

    def _show_mistakes(self) -> None:
        self.mistakes.mistakes.show_mistakes(self._chosen(), self.kind.currentData())

    def _chosen(self) -> tuple[PhotoResult, ...]:
        if self.evaluation is None:
            return ()
        photos, row = self.evaluation.photos, self.photos.currentIndex().row()
        by_writer = list(self.evaluation.writers.values())
        if row > len(photos):
            return by_writer[min(row - len(photos), len(by_writer)) - 1]
        return photos[row - 1 : row] if row >= 1 else photos


class _Photos(RowTable):
    """A table of metrics: a row for all photos, one for each, then one for each writer."""

    def __init__(self) -> None:
        super().__init__()
        self._model = QStandardItemModel(0, len(_COLUMNS), self)
        self._shown: tuple[PhotoResult, ...] = ()
        self._writers: list[str] = []
        self.setModel(self._model)
        self.setAccessibleName(tr("Evaluated photos"))
        header = self.horizontalHeader()
        header.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        self._set_titles()
        header.setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)

    def show_evaluation(self, evaluation: Evaluation | None) -> None:
        """Show an evaluation; existing rows stay, so that the selection does, and new ones are appended."""
        photos = evaluation.photos if evaluation else ()
        place = self.currentIndex().row() - len(self._shown) - 1
        selected = self._writers[place] if 0 <= place < len(self._writers) else None
        self._writers = list(evaluation.writers) if evaluation else []
        rows = [(tr(_ALL), evaluation.score, True)] if evaluation and photos else []
        rows += [(labels.file_name(photo.image), photo.score, photo.whole) for photo in photos]
        for writer, some in evaluation.writers.items() if evaluation else ():
            score = sum((photo.score for photo in some), PhotoScore())
            rows.append((tr("Photos by {writer}", writer=labels.label(writer)), score, True))
        self._model.setRowCount(len(rows))
        pairs = zip(photos, self._shown, strict=False)
        same = sum(1 for _ in takewhile(lambda pair: pair[0] is pair[1], pairs))
        self._shown = photos
        partly = tr("Only checked words count on this photo")
        for number, (title, score, whole) in enumerate(rows):
            if 0 < number <= same:
                continue
            for column, text in enumerate(_cells(title if whole else f"* {title}", score)):
                item = QStandardItem(text)
                if column:
                    item.setTextAlignment(_RIGHT)
                item.setToolTip(labels.tooltip(title if whole else f"* {title}\n{partly}"))
                self._model.setItem(number, column, item)
        if selected in self._writers:  # its row has moved if a photo was added
            self.setCurrentIndex(self._model.index(1 + len(photos) + self._writers.index(selected), 0))
        elif rows and (selected or not self.currentIndex().isValid()):
            self.setCurrentIndex(self._model.index(0, 0))
        self._fit()

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802  (Qt's name)
        """Hide the least needed columns of a narrow table, to leave room for the names."""
        self._fit()
        super().resizeEvent(event)

    def _fit(self) -> None:
        # A header has no size for hidden columns.
        titles = {
            key: self.horizontalHeader().fontMetrics().horizontalAdvance(tr(_COLUMNS[key])) for key in _MOST_NEEDED
        }
        sizes = {key: max(self.sizeHintForColumn(key), width + _AIR) for key, width in titles.items()}
        self.leave_room(_LEAST_NAME, sizes)

    def _set_titles(self) -> None:
        for column, (title, hint) in enumerate(zip(_COLUMNS, _HINTS, strict=True)):
            item = QStandardItem(tr(title))
            item.setTextAlignment(_RIGHT if column else _LEFT)
            item.setToolTip(tr(hint))
            self._model.setHorizontalHeaderItem(column, item)


def _cells(title: str, score: PhotoScore) -> tuple[str, ...]:
    shares = (_written(task.f) for task in (score.detection, score.end_to_end, score.strict))
    errors = NOTHING if score.text.cer is None else percent(score.text.cer, 1)
    return title, str(score.detection.wanted), *shares, errors


def _written(value: float | None, digits: int = 3) -> str:
    return translation.figure(format_figure(value, digits))


def _figures(score: PhotoScore, photos: tuple[PhotoResult, ...]) -> str:
    quiet = theme.colours().quiet
    parts = [_row(("", tr("precision"), tr("recall"), tr("F1")), quiet)]
    for key, title, _ in TASKS:
        task = getattr(score, key)
        parts.append(_row((tr(title), *(_written(share) for share in (task.precision, task.recall, task.f)))))
    parts.append(_row((tr("text errors"), tr("all words"), tr("found words"), ""), quiet))
    parts += [
        _row((tr(what), *map(translation.figure, shares), ""))
        for what, *shares in evaluation_table.list_error_lines(score)
    ]
    seconds = Evaluation("", "", photos).seconds
    parts.append(_row((tr("seconds per photo"), _written(seconds, 2), "", "")))
    return f"<table cellspacing=0 cellpadding=1>{''.join(parts)}</table>"


def _row(cells: tuple[str, ...], colour: str = "") -> str:
    return labels.table_row(cells[0], cells[1:], colour=colour)


def _ending(evaluation: Evaluation, whole: bool) -> str:
    photos = len(evaluation.photos)
    if whole:
        reader = evaluation.reader
        parts = [
            tr_n("{count} photo, read with “{reader}”", "{count} photos, read with “{reader}”", photos, reader=reader)
        ]
    else:
        parts = [tr_n("{count} photo", "{count} photos", photos), tr("stopped early")]
    if failed := len(evaluation.failed):
        # Translators: Photos.
        parts.append(tr_n("{count} failed", "{count} failed", failed))
    if left := evaluation.left_out:
        # Translators: Photos.
        parts.append(tr_n("{count} without checked words", "{count} without checked words", left))
    return "; ".join(parts)


def _button(title: str, tip: str, do: object) -> QToolButton:
    button = QToolButton()
    button.setText(title)
    button.setToolTip(labels.tooltip(tip))
    button.clicked.connect(do)
    return button
