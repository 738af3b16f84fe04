"""The menu of how the photo is looked at."""

from __future__ import annotations

from ocr_studio.ui.actions.spec import ActionSpec, Scope, Where, has_photo

ACTIONS = (
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
)  # fmt: skip
