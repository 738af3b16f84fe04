"""What the window's messages say about an evaluation that could not be made."""

from __future__ import annotations

from ocr_studio.ui.document.open_photos import Opening
from ocr_studio.ui.evaluation.controller import Evaluating
from ocr_studio.ui.job_thread import Trouble
from ocr_studio.ui.widgets.message_bar import MessageBar, Severity

_FAILED = "evaluation failed"


def tell(evaluating: Evaluating, opening: Opening, messages: MessageBar) -> None:
    """From now on, say why an evaluation failed, until the next one begins or another photo is opened."""

    def show(trouble: Trouble) -> None:
        messages.show_message(trouble.message, Severity.ERROR, details=trouble.details, key=_FAILED)

    evaluating.failed.connect(show)
    for over in (evaluating.began, opening.opened):
        over.connect(lambda *_: messages.withdraw(_FAILED))
