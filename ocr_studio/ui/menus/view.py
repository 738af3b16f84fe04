"""The menu of how the photo is looked at."""

from __future__ import annotations

from ocr_studio.ui.canvas.view_options_popup import LooksPopup
from ocr_studio.ui.commands.spec import ActionSpec, Scope, Where
from ocr_studio.ui.menus.conditions import has_photo
from ocr_studio.ui.menus.context import Parts


def _show_looks(parts: Parts) -> None:
    view = parts.view
    popup = LooksPopup(view.looks, view)
    popup.closed.connect(lambda: parts.choosing.remember_canvas(box_opacity=view.looks.opacity, snapping=view.snapping))
    popup.show_over(view)


ACTIONS: tuple[ActionSpec[Parts], ...] = (
    ActionSpec(
        "zoom_in", "Zoom &in", lambda p: p.view.zoom_by(1.25), "&View", 1, "mdi6.magnify-plus-outline",
        ("Ctrl++", "Ctrl+="), Where.TOOLBAR, tip="Show the photo larger", when=has_photo, looks=True,
    ),
    ActionSpec(
        "zoom_out", "Zoom &out", lambda p: p.view.zoom_by(0.8), "&View", 1, "mdi6.magnify-minus-outline",
        ("Ctrl+-",), Where.TOOLBAR, tip="Show the photo smaller", when=has_photo, looks=True,
    ),
    ActionSpec(
        "fit", "&Fit", lambda p: p.view.fit(), "&View", 1, "mdi6.fit-to-page-outline", ("F",),
        Where.TOOLBAR, Scope.CANVAS, "Show the whole photo", has_photo, looks=True,
    ),
    ActionSpec(
        "actual_size", "&Actual size", lambda p: p.view.actual_size(), "&View", 1, "mdi6.numeric-1-box-outline",
        ("Ctrl+0",), tip="One pixel of the photo for one of the screen", when=has_photo,
        looks=True,
    ),
    ActionSpec(
        "show_texts", "Show &texts", lambda p: p.view.set_texts_shown(not p.view.texts_shown), "&View", 2,
        "mdi6.format-text", ("T",), scope=Scope.CANVAS, tip="Show the text of each word above its box", when=has_photo,
        checked=lambda p: p.view.texts_shown, looks=True,
    ),
    ActionSpec(
        "baselines", "Show base&lines", lambda p: p.view.looks.switch_baselines(), "&View", 2,
        "mdi6.format-line-spacing", ("G",), scope=Scope.CANVAS, when=has_photo,
        tip="Show the line that each line of writing stands on, however it slopes",
        checked=lambda p: p.view.looks.baselines, looks=True,
    ),
    ActionSpec(
        "hide_boxes", "&Hide boxes", lambda p: p.view.hide_boxes(), "&View", 2, "mdi6.eye-off-outline", ("H",),
        scope=Scope.CANVAS, tip="Show the photo alone; on the photo the key does so as long as it is held",
        when=has_photo, checked=lambda p: p.view.looks.hidden, looks=True,
    ),
    ActionSpec(
        "magnifier", "Ma&gnifier", lambda p: p.view.switch_lens(), "&View", 2, "mdi6.magnify", ("Z",),
        scope=Scope.CANVAS, tip="A lens at the mouse; on the photo the key shows it as long as it is held",
        when=has_photo, checked=lambda p: p.view.looks.lens, looks=True,
    ),
    ActionSpec(
        "looks", "&Brightness and boxes…", _show_looks, "&View", 2, "mdi6.brightness-6", ("B",), scope=Scope.CANVAS,
        tip="Fainter boxes, a brighter or stronger photo: only what you see changes", when=has_photo, looks=True,
    ),
    ActionSpec(
        "board_view", "Board vie&w", lambda p: p.board.toggle(), "&View", 3, "mdi6.perspective-less", ("Ctrl+B",),
        tip="See the board straight on, in even light, without glare; the photo stays as it is", when=has_photo,
        checked=lambda p: p.board.looking.on, looks=True,
    ),
)  # fmt: skip
