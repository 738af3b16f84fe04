"""The actions of the Check menu: review queue, fix mistake everywhere."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

from ocr_studio.core.review.queue import QueueOrder
from ocr_studio.core.translation import later
from ocr_studio.ui.commands.spec import ActionSpec
from ocr_studio.ui.document.document import Document
from ocr_studio.ui.document.open_photos import Opening
from ocr_studio.ui.review.fix_panel import FixPanel
from ocr_studio.ui.review.panel import ReviewPanel


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckMenu:
    """What the Check menu works on."""

    document: Document
    opening: Opening
    review: ReviewPanel
    fixes: FixPanel


def _possible(menu: CheckMenu) -> bool:
    return menu.opening.project is not None and menu.document.writable


def _is_order(order: QueueOrder, menu: CheckMenu) -> bool:
    return menu.review.reviewing.order is order


ACTIONS: tuple[ActionSpec[CheckMenu], ...] = (
    ActionSpec(
        "review", "&Review queue", lambda p: p.review.begin(), "&Check", 1, "mdi6.cards-outline", ("F6",),
        tip="Check the unchecked words of all photos, one large image at a time",
        when=_possible, edits=True,
    ),
    ActionSpec(
        "fix_everywhere", "&Fix mistake everywhere", lambda p: p.fixes.begin(), "&Check", 1,
        "mdi6.checkbox-multiple-outline", ("F4",),
        tip="Show other words that look like the one you last corrected and were read the same way",
        when=lambda p: p.fixes.has_offer, edits=True, why="Correct a word first; it must occur in other places, too.",
    ),
    *(
        ActionSpec(
            f"review_{order.name.lower()}", title, partial(lambda order, p: p.review.begin(order), order),
            "&Check/Queue &order", 1, "", (), tip=tip, when=_possible, edits=True,
            checked=partial(_is_order, order),
        )
        for order, title, tip in (
            (
                QueueOrder.LEAST_SURE, later("&Least confident first"),
                later("Start with the words the recognizer is least confident about"),
            ),
            (
                QueueOrder.PAGE, later("&Photo by photo"),
                later("Check the words of each photo together, in reading order"),
            ),
            (
                QueueOrder.WRITER, later("&Writer by writer"),
                later("Check the photos of each writer together"),
            ),
            (
                QueueOrder.CLOSE, later("&Closest alternatives first"),
                later("Start with the words that have an almost equally likely alternative"),
            ),
            (
                QueueOrder.DIFFERING, later("&Model differences first"),
                later("Start with the words that two models read differently"),
            ),
        )
    ),
)  # fmt: skip
