"""What is said at the end of the review queue."""

from __future__ import annotations

import time
from collections import Counter

from ocr_studio.core.page import WordState
from ocr_studio.core.translation import later_n, tr, tr_n
from ocr_studio.ui.review.controller import Reviewing

_SETTLED = (
    (WordState.ACCEPTED, later_n("{count} right", "{count} right")),
    (WordState.CORRECTED, later_n("{count} corrected", "{count} corrected")),
    (WordState.MARKED, later_n("{count} set aside", "{count} set aside")),
)


def summary(reviewing: Reviewing) -> str:
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
