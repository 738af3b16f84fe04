"""The model in use and another one on the words of the open photo, side by side."""

from __future__ import annotations

from PySide6.QtCore import QSize
from PySide6.QtWidgets import QWidget

from ocr_studio.core.pyramid import Pyramid
from ocr_studio.jobs.rereading import ModelsCompared, Tally, WordCompared
from ocr_studio.ui import wording
from ocr_studio.ui.job_result_dialog import JobResultDialog
from ocr_studio.ui.read_words import WordRow, WordsTable

_NOTE = (
    "Nothing of the photo is changed. A model may have learned from these very words: photos it has not seen say more"
    " (Read → Evaluate)."
)


class ModelComparisonDialog(JobResultDialog):
    """Shows how far the reading has come, then the words that the two read differently.

    photo: whose words they are. used, other: names of the models.
    """

    def __init__(self, photo: Pyramid, used: str, other: str, parent: QWidget | None = None) -> None:
        reading = f"“{used}” and “{other}” read the words of this photo…"
        super().__init__("Compare on this photo", reading, note=_NOTE, parent=parent)
        self._used, self._other = used, other
        titles = (f"{used} (in use)", other, "You wrote")
        self.table = WordsTable(titles, photo, "Words that the two models read differently")
        self.table.hide()
        self._lay_out(self.table, size=QSize(760, 560))

    def show_comparison(self, compared: ModelsCompared) -> None:
        """All is read."""
        self.bar.hide()
        other = [each for each in compared.words if each.used.text != each.other.text]
        self.said.setText(" ".join((self._checked(compared), _differing(len(other), len(compared.words)))))
        self.table.words.show_rows(map(_row, other))
        self.table.setVisible(bool(other))

    def _checked(self, compared: ModelsCompared) -> str:
        one, two = compared.tally(other=False), compared.tally(other=True)
        if one.words == 0:
            return "You have checked no word here yet, so nobody can say which is right more often."
        seen = "the only word" if one.words == 1 else f"{one.words} words"
        return f"Of {seen} you have checked here, “{self._used}” reads {_right(one)}, “{self._other}” {_right(two)}."


def _right(tally: Tally) -> str:
    return f"{tally.right} right ({100 * tally.cer:.1f} % of letters wrong)"


def _differing(number: int, total: int) -> str:
    if number == 0:
        return f"They read {wording.counted(total, 'word')} alike."
    return f"They read {number} of {wording.counted(total, 'word')} differently:"


def _row(each: WordCompared) -> WordRow:
    readings = (each.used.text, each.other.text)
    right = () if each.truth is None else tuple(text == each.truth for text in readings)
    cells = (*(text or wording.NOTHING for text in readings), each.truth or "")
    return WordRow(each.word.id, each.word.quad, cells, right or (False, False))
