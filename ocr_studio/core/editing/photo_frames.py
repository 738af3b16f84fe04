"""Turning and cropping the photo of a page: its boxes and the corners of its board turn along, in one step."""

from __future__ import annotations

from dataclasses import replace

from ocr_studio.core.geometry import photo_frame
from ocr_studio.core.geometry import quads as geometry
from ocr_studio.core.page import BoardLook, Edit, Page, PhotoFrame, Quad, StepName, Word, apply
from ocr_studio.core.translation import message_n


def turn_photo(page: Page, quarters: int, *, name: StepName | None = None) -> Edit:
    """Turn the photo by so many times 90° clockwise. name: name of the step in the undo menu."""
    return set_frame(
        page, photo_frame.turn_frame(page, quarters), name or message_n("Rotate photo", "Rotate {count} photos", 1)
    )


def set_frame(page: Page, frame: PhotoFrame | None, name: StepName) -> Edit:
    """Turn and crop the photo as a frame says, from however it is now.

    Words that are cropped off are deleted. The reading order stays as far as it is kept.
    """
    before, frame = page.facts.frame, frame and photo_frame.simplify(frame)
    if frame == before:
        return Edit(name)
    changes: dict[str, tuple[Word | None, Word | None]] = {}
    for key, word in page.words.items():
        quad = photo_frame.move_quad(word.quad, before, frame)
        changes[key] = word, replace(word, quad=quad) if photo_frame.is_inside(quad, frame) else None
    facts = replace(page.facts, frame=frame, board=_move_board(page.facts.board, before, frame))
    return Edit(name, changes, (page.facts, facts), order=())


def follow_frame(page: Page, frame: PhotoFrame | None) -> Page:
    """A page as it is with another frame, as its photo was turned after it was opened to be read."""
    return apply(page, set_frame(page, frame, ""))


def _move_board(look: BoardLook | None, before: PhotoFrame | None, after: PhotoFrame | None) -> BoardLook | None:
    if look is None or look.corners is None:
        return look
    corners = photo_frame.move_quad(look.corners, before, after)
    # From the top left as the photo is held now.
    return replace(look, corners=Quad.from_array(geometry.order_corners(corners.corners)))
