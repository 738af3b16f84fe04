"""What the window says after a sitting that was not closed but ended: once, and it can be passed over."""

from __future__ import annotations

from ocr_studio.core.project.last_session import Whereabouts
from ocr_studio.core.translation import tr
from ocr_studio.ui.canvas.view_session import Session
from ocr_studio.ui.style import labels
from ocr_studio.ui.widgets.message_bar import MessageBar, Severity

_CUT_SHORT = "cut short"


def tell(session: Session, messages: MessageBar) -> None:
    """From now on, offer to go on."""

    def offer(place: Whereabouts) -> None:
        messages.show_message(
            tr(
                "OCR Studio did not end properly the last time. What had been saved is there. Go on with {photo}, where"
                " you were?",
                photo=labels.file_name(place.photo.name),
            ),
            Severity.INFO,
            key=_CUT_SHORT,
            offer=(tr("Go on"), session.go_on),
        )

    def follow() -> None:
        if session.offer is None:
            messages.withdraw(_CUT_SHORT)

    session.cut_short.connect(offer)
    session.changed.connect(follow)
