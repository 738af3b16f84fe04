"""Parts of the review panel: the summary at the end, and drafts."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterable, Sequence

from PySide6.QtCore import QEvent, QObject, Signal
from PySide6.QtWidgets import QWidget

from ocr_studio.core.page import WordState
from ocr_studio.core.project.last_session import Draft
from ocr_studio.core.review.queue import Place
from ocr_studio.core.translation import later_n, tr, tr_n
from ocr_studio.ui.review.controller import Reviewing
from ocr_studio.ui.review.word_line import ReviewLine


class ReviewDrafts(QObject):
    """Unconfirmed texts typed for words of the session; applied when the window closes, as in other editors.

    Texts of a killed session are only shown again with their words; those that were not shown are not applied.

    Signals:
        changed(): there are other drafts.
    """

    changed = Signal()

    def __init__(self, line: ReviewLine, reviewing: Reviewing) -> None:
        super().__init__(line)
        self._line, self._reviewing = line, reviewing
        self._texts: dict[Place, Draft] = {}
        self._restored: dict[Place, Draft] = {}
        line.typed.connect(self._note)
        line.textEdited.connect(self._note)
        reviewing.settled.connect(self._forget)

    def take_up(self) -> None:
        """Restore the draft of the word that is now in the field."""
        here, word = self._reviewing.place, self._reviewing.word
        if here is None or word is None:
            return
        restored = self._restored.pop(here, None)
        if restored is not None and restored.before == word.text:
            self._texts.setdefault(here, restored)
        if here in self._texts:
            self._line.take_up(self._texts[here].text)

    def drop(self) -> None:
        """Discard the draft of the current word."""
        if (here := self._reviewing.place) is not None:
            self._forget([here])

    def drafts(self) -> tuple[Draft, ...]:
        """Return all drafts, those of this session first, the latest of them first."""
        return (*reversed(self._texts.values()), *self._restored.values())

    def restore(self, drafts: Sequence[Draft]) -> None:
        """Show these texts again with their words."""
        self._restored = {(draft.page, draft.word): draft for draft in drafts if draft.review}
        if not self._line.isModified():
            self.take_up()

    def guard(self, window: QWidget) -> None:
        """Apply all drafts when this window closes."""
        window.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802  (Qt's name)
        """Apply drafts before the window saves and closes."""
        if event.type() == QEvent.Type.Close:
            texts, self._texts = self._texts, {}
            self._reviewing.write({place: draft.text for place, draft in texts.items()})
        return super().eventFilter(watched, event)

    def _note(self) -> None:
        here, word = self._reviewing.place, self._reviewing.word
        if here is not None and word is not None and self._line.isModified():
            self._texts.pop(here, None)
            self._texts[here] = Draft(*here, word.text, self._line.text(), review=True)
            self.changed.emit()
        else:
            self.drop()

    def _forget(self, places: Iterable[Place]) -> None:
        for place in places:
            self._texts.pop(place, None)
            self._restored.pop(place, None)
        self.changed.emit()


_SETTLED = (
    (WordState.ACCEPTED, later_n("{count} confirmed", "{count} confirmed")),
    (WordState.CORRECTED, later_n("{count} corrected", "{count} corrected")),
    (WordState.MARKED, later_n("{count} unreadable or ignored", "{count} unreadable or ignored")),
)


def summary_of(reviewing: Reviewing, *, action: str) -> str:
    """The summary at the end of the queue: what was done and what is left, one line each.

    Args:
        reviewing: The review queue.
        action: The name of the action that begins it again.
    """
    session = reviewing.session
    if session is None or session.total == 0:
        return tr("All words are checked. There is nothing to review.")
    done = Counter(state for place, state in reviewing.outcomes.items() if session.has_settled(place))
    parts = [tr_n(*forms, done[state]) for state, forms in _SETTLED if done[state]]
    minutes = max(1, round((time.monotonic() - reviewing.began) / 60))
    passed = session.left - reviewing.came_since
    lines = [
        tr_n(
            "Done: you have checked {count} word.",
            "Done: you have checked {count} words.",
            session.settled,
        ),
        ", ".join(parts),
        tr_n(
            "{count} was checked or deleted elsewhere.",
            "{count} were checked or deleted elsewhere.",
            session.fallen_away,
        )
        if session.fallen_away
        else "",
        tr_n("It took {count} minute.", "It took {count} minutes.", minutes) if session.settled else "",
        tr_n(
            "{count} word skipped; choose {action} to review it.",
            "{count} words skipped; choose {action} to review them.",
            passed,
            action=action,
        )
        if passed > 0
        else "",
        tr_n(
            "{count} photo could not be searched.",
            "{count} photos could not be searched.",
            len(reviewing.failures),
        )
        if reviewing.failures
        else "",
        tr_n(
            "{count} word was added in the meantime; press Enter to review it.",
            "{count} words were added in the meantime; press Enter to review them.",
            reviewing.came_since,
        )
        if reviewing.came_since
        else tr("Press Enter to return to the photo."),
    ]
    return "\n".join(line for line in lines if line)
