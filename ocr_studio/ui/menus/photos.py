"""The menu of the photos of a folder: finding the next one, reading many, saying something of them."""

from __future__ import annotations

from ocr_studio.ui.commands.spec import ActionSpec
from ocr_studio.ui.menus.conditions import has_photo
from ocr_studio.ui.menus.context import Parts


def _chosen(parts: Parts) -> bool:
    return parts.opening.project is not None and bool(parts.photos.selectionModel().hasSelection())


ACTIONS: tuple[ActionSpec[Parts], ...] = (
    ActionSpec(
        "next_unreviewed", "&Next photo to review", lambda p: p.photos_panel.go_to_review(1), "&Photos", 1,
        "mdi6.page-next-outline", ("Ctrl+Shift+PgDown",),
        tip="Open the next listed photo that has words to review", when=has_photo,
    ),
    ActionSpec(
        "previous_unreviewed", "&Previous photo to review", lambda p: p.photos_panel.go_to_review(-1), "&Photos", 1,
        "mdi6.page-previous-outline", ("Ctrl+Shift+PgUp",),
        tip="Open the listed photo before this one that has words to review", when=has_photo,
    ),
    ActionSpec(
        "filter_photos", "&Filter the list", lambda p: p.photos_panel.begin_filter(), "&Photos", 1,
        "mdi6.filter-outline", ("Ctrl+Shift+L",), tip="List only photos of a name, a text, a state, a tag",
        when=has_photo, looks=True,
    ),
    ActionSpec(
        "read_chosen", "&Read selected photos", lambda p: p.photos_panel.read_chosen(), "&Photos", 2,
        "mdi6.image-multiple-outline", ("Ctrl+Shift+R",),
        tip="Read the photos selected in the list, one after the other; what a person wrote stays", when=_chosen,
        why="Select photos in the list first.",
        edits=True,
    ),
    ActionSpec(
        "read_unread", "Read &all unread photos", lambda p: p.photos_panel.read_unread(), "&Photos", 2,
        "mdi6.folder-text-outline", tip="Read every photo of this folder that has not been read; you can go on working",
        when=lambda p: p.opening.project is not None and p.photos_panel.has_unread, edits=True,
        why="No photo is open, or every photo of its folder has been read.",
    ),
    ActionSpec(
        "photo_facts", "&Writer and tags…", lambda p: p.photos_panel.ask_facts(), "&Photos", 3,
        "mdi6.tag-multiple-outline", tip="Say who wrote the selected photos, and by which tags to find them",
        when=_chosen, edits=True, why="Select photos in the list first.",
    ),
)  # fmt: skip
