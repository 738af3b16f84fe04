"""The menu of what the program is."""

from __future__ import annotations

from ocr_studio.ui.actions.spec import ActionSpec

ACTIONS = (
    ActionSpec(
        "about", "&About OCR Studio", lambda p: p.dialogs.about(), "&Help", 1, "mdi6.information-outline",
        tip="Version and licences", looks=True,
    ),
)  # fmt: skip
