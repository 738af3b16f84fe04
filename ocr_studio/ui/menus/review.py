"""The menu of checking the words of all photos, one after the other."""

from __future__ import annotations

from functools import partial

from ocr_studio.core.review.queue import Order
from ocr_studio.core.translation import later
from ocr_studio.ui.commands.spec import ActionSpec
from ocr_studio.ui.menus.context import Parts


def _possible(parts: Parts) -> bool:
    return parts.opening.project is not None and parts.document.writable


def _is_order(order: Order, parts: Parts) -> bool:
    return parts.review.reviewing.order is order


ACTIONS: tuple[ActionSpec[Parts], ...] = (
    ActionSpec(
        "review", "&Review queue", lambda p: p.review.begin(), "&Check", 1, "mdi6.cards-outline", ("F6",),
        tip="Go through the words of all photos that nobody has checked, one large picture after the other",
        when=_possible, edits=True,
    ),
    ActionSpec(
        "fix_everywhere", "&Fix everywhere", lambda p: p.fixes.begin(), "&Check", 1, "mdi6.checkbox-multiple-outline",
        ("F4",), tip="Show other words that look like the one you corrected last, and were read alike",
        when=lambda p: p.fixes.has_offer, edits=True, why="Correct a word first that stands in other places as well.",
    ),
    *(
        ActionSpec(
            f"review_{order.name.lower()}", title, partial(lambda order, p: p.review.begin(order), order),
            "&Check/&Order of the queue", 1, "", (), tip=tip, when=_possible, edits=True,
            checked=partial(_is_order, order),
        )
        for order, title, tip in (
            (
                Order.LEAST_SURE, later("&Least sure first"),
                later("Begin with the words of which the recognizer was least sure"),
            ),
            (Order.PAGE, later("&Photo by photo"), later("Take the words of each photo together, in reading order")),
            (Order.WRITER, later("&Writer by writer"), later("Take the photos of each writer together")),
            (
                Order.CLOSE, later("&Two likely readings first"),
                later("Begin where another reading was nearly as likely"),
            ),
            (
                Order.DIFFERING, later("Where two &models differ first"),
                later("Begin with the words that a second model has read otherwise"),
            ),
        )
    ),
)  # fmt: skip
