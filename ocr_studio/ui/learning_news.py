"""What the window's messages say about learning that could not go on."""

from __future__ import annotations

from ocr_studio.ui.job_thread import Trouble
from ocr_studio.ui.training.controller import Stage, Training
from ocr_studio.ui.widgets.message_bar import MessageBar, Severity

_FAILED = "learning failed"


def tell(training: Training, messages: MessageBar) -> None:
    """From now on, say why learning failed, until it begins anew."""

    def show(trouble: Trouble) -> None:
        messages.show_message(trouble.message, Severity.ERROR, details=trouble.details, key=_FAILED)

    def follow() -> None:
        if training.stage is Stage.LEARNING:
            messages.withdraw(_FAILED)

    training.failed.connect(show)
    training.changed.connect(follow)
