"""Parts of the review panel: other texts to choose, its height, the summary at the end, drafts of what was typed."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterable
from typing import Final

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtWidgets import QApplication, QHBoxLayout, QPushButton, QSizePolicy, QWidget

from ocr_studio.core.page import WordState
from ocr_studio.core.review.queue import Place
from ocr_studio.core.translation import later_n, tr, tr_n
from ocr_studio.ui.review.controller import Reviewing
from ocr_studio.ui.review.word_line import ReviewLine
from ocr_studio.ui.style import labels


class ReviewDrafts(QObject):
    """Of all words of a sitting, for as long as the window is there; what is left when that closes is kept as written,
    as in the other places to write in.
    """

    def __init__(self, line: ReviewLine, reviewing: Reviewing) -> None:
        super().__init__(line)
        self._line, self._reviewing = line, reviewing
        self._texts: dict[Place, str] = {}
        line.typed.connect(self._note)
        line.textEdited.connect(self._note)
        reviewing.settled.connect(self._forget)

    def take_up(self) -> None:
        """The line shows another word: what was typed for that one before is there again."""
        here = self._reviewing.place
        if here is not None and here in self._texts:
            self._line.take_up(self._texts[here])

    def drop(self) -> None:
        """What was typed for the word that is shown is not meant."""
        if (here := self._reviewing.place) is not None:
            self._forget([here])

    def guard(self, window: QWidget) -> None:
        """Keep all of it when this window is closed."""
        window.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802  (Qt's name)
        """Before anybody saves what there is to save."""
        if event.type() == QEvent.Type.Close:
            self._reviewing.steps.write(self._texts)
        return super().eventFilter(watched, event)

    def _note(self) -> None:
        here = self._reviewing.place
        if here is not None and self._line.isModified():
            self._texts[here] = self._line.text()
        else:
            self.drop()

    def _forget(self, places: Iterable[Place]) -> None:
        for place in places:
            self._texts.pop(place, None)


_SETTLED = (
    (WordState.ACCEPTED, later_n("{count} right", "{count} right")),
    (WordState.CORRECTED, later_n("{count} corrected", "{count} corrected")),
    (WordState.MARKED, later_n("{count} set aside", "{count} set aside")),
)


def summary_of(reviewing: Reviewing) -> str:
    """What has been done, line by line, and what is left."""
    sitting = reviewing.sitting
    if sitting is None or sitting.total == 0:
        return tr("Every word is checked. Nothing waits here.")
    done = Counter(state for place, state in reviewing.outcomes.items() if sitting.has_settled(place))
    parts = [tr_n(*forms, done[state]) for state, forms in _SETTLED if done[state]]
    minutes = max(1, round((time.monotonic() - reviewing.began) / 60))
    passed = sitting.left - reviewing.came_since
    lines = [
        tr_n(
            "Done: you have gone through {count} word.",
            "Done: you have gone through {count} words.",
            sitting.settled,
        ),
        ", ".join(parts),
        tr_n(
            "{count} was settled elsewhere meanwhile.",
            "{count} were settled elsewhere meanwhile.",
            sitting.fallen_away,
        )
        if sitting.fallen_away
        else "",
        tr_n("It took {count} minute.", "It took {count} minutes.", minutes) if sitting.settled else "",
        tr_n("{count} word was passed by; F6 shows it.", "{count} words were passed by; F6 shows them.", passed)
        if passed > 0
        else "",
        tr_n(
            "{count} photo could not be looked at.",
            "{count} photos could not be looked at.",
            len(reviewing.failures),
        )
        if reviewing.failures
        else "",
        tr_n(
            "{count} more word came meanwhile. Enter goes on with it.",
            "{count} more words came meanwhile. Enter goes on with them.",
            reviewing.came_since,
        )
        if reviewing.came_since
        else tr("Enter leads back to the photo."),
    ]
    return "\n".join(line for line in lines if line)


# Pixels more than it needs at least that a panel takes, where that is no more than this share of the window's height.
_COMFORT: Final = 130
_SHARE: Final = 0.55


class ReviewHeight(QObject):
    """The height of a panel: a window that was small for a while takes from it, and Qt never gives that back. Once a
    person has dragged its edge, it is as high as they want it.

    Signals: ``wanted()`` there may be room for more now.
    """

    wanted = Signal()

    def __init__(self, panel: QWidget) -> None:
        super().__init__(panel)
        self._panel, self._dragged = panel, False
        self._of = 0  # the window's height when the panel got its own
        panel.installEventFilter(self)

    def comfortable(self, least: int) -> int:
        """How high the panel is to be that needs so much at least."""
        share = round(self._panel.window().height() * _SHARE)
        return least if self._dragged else max(least, min(least + _COMFORT, share))

    def guard(self, window: QWidget) -> None:
        """Look how large this window is that the panel is in."""
        window.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802  (Qt's name)
        """The panel, or the window, has another size."""
        if event.type() == QEvent.Type.Resize:
            if watched is not self._panel:
                self.wanted.emit()
            else:
                before, self._of = self._of, self._panel.window().height()
                held = bool(QApplication.mouseButtons() & Qt.MouseButton.LeftButton)
                self._dragged |= held and before == self._of
        return super().eventFilter(watched, event)


class ReviewChoices(QWidget):
    """As many buttons as the line offers texts. Signals: ``chosen(index)``."""

    chosen = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(6)
        self.buttons = [self._button(index) for index in range(ReviewLine.most_choices)]
        for button in self.buttons:
            row.addWidget(button, 1)
        # Cards keep their size where nothing is offered.
        policy = self.sizePolicy()
        policy.setRetainSizeWhenHidden(True)
        self.setSizePolicy(policy)
        self.setMinimumHeight(self.buttons[0].sizeHint().height())

    def show_choices(self, line: ReviewLine) -> None:
        """Show what may be chosen in the line just now."""
        readings = line.readings
        for index, button in enumerate(self.buttons):
            known = index < len(readings)
            button.setVisible(known)
            if known:
                shown = labels.choice(index, readings[index], writing=not line.takes_digits)
                button.setText(labels.label(shown))
                button.setToolTip(labels.tooltip(labels.shown(readings[index])))
                button.setAccessibleName(
                    tr("Reading {number}: {text}", number=index + 1, text=labels.shortened(readings[index]))
                )
                chosen = line.text() == readings[index]
                if button.property("chosen") != chosen:
                    button.setProperty("chosen", chosen)
                    button.style().unpolish(button)
                    button.style().polish(button)

    def _button(self, index: int) -> QPushButton:
        button = QPushButton()
        button.setProperty("reading", True)
        # Or brackets of texts would stand at their other end where the window is read from right to left.
        button.setLayoutDirection(Qt.LayoutDirection.LeftToRight)
        button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        button.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        button.clicked.connect(lambda: self.chosen.emit(index))
        return button
