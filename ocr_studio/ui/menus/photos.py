"""The actions of the Photos menu: find photos in the list, read several, set their writer and tags."""

from __future__ import annotations

from dataclasses import dataclass

from ocr_studio.core.translation import later
from ocr_studio.ui.commands.spec import ActionSpec, Scope, Where
from ocr_studio.ui.document.document import Document
from ocr_studio.ui.document.open_photos import Opening
from ocr_studio.ui.formats.controller import ExportController
from ocr_studio.ui.formats.export_dialog import ExportScope
from ocr_studio.ui.framing.crop_dialog import PhotoCropping
from ocr_studio.ui.menus.conditions import has_photo
from ocr_studio.ui.photos.photo_list_view import PhotoListView
from ocr_studio.ui.photos.photos_panel import PhotosPanel


@dataclass(frozen=True, slots=True, kw_only=True)
class PhotosMenu:
    """What the Photos menu works on."""

    document: Document
    opening: Opening
    photos: PhotoListView
    photos_panel: PhotosPanel
    cropping: PhotoCropping
    exporter: ExportController


def _chosen(menu: PhotosMenu) -> bool:
    return menu.opening.project is not None and bool(menu.photos.selectionModel().hasSelection())


def _may_rename(menu: PhotosMenu) -> bool:
    return _chosen(menu) and len(menu.photos.chosen_rows()) == 1 and not menu.photos_panel.batch.busy


_WHY = later("Select photos in the list first.")

ACTIONS: tuple[ActionSpec[PhotosMenu], ...] = (
    ActionSpec(
        "open_chosen", "Op&en", lambda p: p.photos.open_current(), "&Photos", 0, "mdi6.image-outline",
        ("Return", "Enter"), Where.PHOTO_LIST, Scope.PHOTOS, "Open the photo selected in the list, and go to it",
        _chosen, why=_WHY,
    ),
    ActionSpec(
        "show_in_folder", "&Show in folder", lambda p: p.photos_panel.photo_actions.show_in_folder(), "&Photos", 0,
        "mdi6.folder-eye-outline", where=Where.PHOTO_LIST, when=_chosen, why=_WHY,
        tip="Show the file of the selected photo in the file manager",
    ),
    ActionSpec(
        "copy_photos", "&Copy files", lambda p: p.photos_panel.photo_actions.copy(), "&Photos", 0,
        "mdi6.content-copy", ("Ctrl+C",), Where.PHOTO_LIST, Scope.PHOTOS,
        "Copy the files of the selected photos, to paste them into another program", _chosen, why=_WHY,
    ),
    ActionSpec(
        "next_unreviewed", "&Next photo to check", lambda p: p.photos_panel.go_to_review(1), "&Photos", 1,
        "mdi6.page-next-outline", ("Ctrl+Shift+PgDown",),
        tip="Open the next photo in the list that has unchecked words", when=has_photo,
    ),
    ActionSpec(
        "previous_unreviewed", "&Previous photo to check", lambda p: p.photos_panel.go_to_review(-1), "&Photos", 1,
        "mdi6.page-previous-outline", ("Ctrl+Shift+PgUp",),
        tip="Open the previous photo in the list that has unchecked words", when=has_photo,
    ),
    ActionSpec(
        "filter_photos", "&Filter photos", lambda p: p.photos_panel.begin_filter(), "&Photos", 1,
        "mdi6.filter-outline", ("Ctrl+Shift+L",), tip="Filter the list of photos by name, text, state or tag",
        when=has_photo, looks=True,
    ),
    ActionSpec(
        "read_chosen", "&Read selected photos", lambda p: p.photos_panel.read_chosen(), "&Photos", 2,
        "mdi6.image-multiple-outline", ("Ctrl+Shift+R",), Where.PHOTO_LIST,
        tip="Read the photos selected in the list; your corrections are kept", when=_chosen, edits=True, why=_WHY,
    ),
    ActionSpec(
        "read_unread", "Read &all unread photos", lambda p: p.photos_panel.read_unread(), "&Photos", 2,
        "mdi6.folder-text-outline",
        tip="Read all photos in this folder that have not been read yet; you can keep working",
        when=lambda p: p.opening.project is not None and p.photos_panel.has_unread, edits=True,
        why="No photo is open, or all photos in its folder have been read.",
    ),
    ActionSpec(
        "export_chosen", "E&xport selected photos…", lambda p: p.exporter.ask_photos(ExportScope.CHOSEN), "&Photos", 3,
        "mdi6.folder-arrow-right-outline", where=Where.PHOTO_LIST,
        tip="Save the texts or the cleaned boards of the photos selected in the list, in any format", when=_chosen,
        why=_WHY,
    ),
    ActionSpec(
        "photo_facts", "&Writer and tags…", lambda p: p.photos_panel.ask_facts(), "&Photos", 3,
        "mdi6.tag-multiple-outline", where=Where.PHOTO_LIST, tip="Set the writer and the tags of the selected photos",
        when=_chosen, edits=True, why=_WHY,
    ),
    ActionSpec(
        "rotate_photo_left", "Rotate photo &left", lambda p: p.photos_panel.rotation.rotate(-1), "&Photos", 4,
        "mdi6.rotate-left-variant", ("Ctrl+Shift+Left",), Where.PHOTO_LIST, when=has_photo, edits=True,
        tip="Turn the photo counter-clockwise with its boxes, in the list all selected photos; the files don’t change",
    ),
    ActionSpec(
        "rotate_photo_right", "Rotate photo ri&ght", lambda p: p.photos_panel.rotation.rotate(1), "&Photos", 4,
        "mdi6.rotate-right-variant", ("Ctrl+Shift+Right",), Where.PHOTO_LIST, when=has_photo, edits=True,
        tip="Turn the photo clockwise with its boxes, in the list all selected photos; the files don’t change",
    ),
    ActionSpec(
        "crop_photo", "Ro&tate and crop photo…", lambda p: p.cropping.ask(), "&Photos", 4, "mdi6.crop-rotate",
        tip="Turn the open photo by any angle and crop it; the file doesn’t change", when=has_photo, edits=True,
    ),
    ActionSpec(
        "rename_photo", "Rena&me…", lambda p: p.photos_panel.photo_actions.rename(), "&Photos", 5,
        "mdi6.rename-outline", ("F2",), Where.PHOTO_LIST, Scope.PHOTOS,
        "Rename the file of the selected photo; its words stay with it", _may_rename, True,
        why="Select one photo in the list first, and wait until no photos are being read.",
    ),
    ActionSpec(
        "remove_photos", "Rem&ove from list", lambda p: p.photos_panel.photo_actions.remove(), "&Photos", 5,
        "mdi6.playlist-remove", ("Del",), Where.PHOTO_LIST, Scope.PHOTOS,
        "Remove the selected photos from the list; their files and words stay", _chosen, True, why=_WHY,
    ),
    ActionSpec(
        "list_removed", "List remove&d photos again", lambda p: p.photos_panel.photo_actions.list_removed(),
        "&Photos", 5, "mdi6.playlist-check", tip="List the removed photos of this folder again",
        when=lambda p: bool(p.opening.removed), edits=True, why="No photo was removed from this list.",
    ),
)  # fmt: skip
