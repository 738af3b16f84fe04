"""The actions of the View menu."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from ocr_studio.ui.board.board_panel import BoardPanel
from ocr_studio.ui.canvas.photo_view import PhotoView
from ocr_studio.ui.canvas.view_options_popup import LooksPopup
from ocr_studio.ui.commands.spec import ActionSpec, Scope, Where
from ocr_studio.ui.document.document import Document
from ocr_studio.ui.menus.conditions import has_photo
from ocr_studio.ui.settings.controller import SettingsController


class Layouts(Protocol):
    """The layout of the window."""

    @property
    def focused(self) -> bool:
        """Whether only the photo and one panel are shown."""

    @property
    def has_front(self) -> bool:
        """Whether there is a panel in front, or in the window of its own that has the focus."""

    @property
    def front_moved_out(self) -> bool:
        """Whether this panel has a window of its own."""

    def set_focused(self, focused: bool) -> None:
        """Show only the photo and one panel, or everything."""

    def move_front(self) -> None:
        """Move this panel to a window of its own, or back."""

    def show_words(self) -> None:
        """Show the list of words, and give it the focus."""

    def reset(self) -> None:
        """Use the layout that the program comes with."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ViewMenu:
    """What the View menu works on."""

    document: Document
    view: PhotoView
    board: BoardPanel
    preferences: SettingsController
    window: QWidget
    layouts: Layouts


def _switch_full_screen(menu: ViewMenu) -> None:
    menu.window.setWindowState(menu.window.windowState() ^ Qt.WindowState.WindowFullScreen)


def _show_looks(menu: ViewMenu) -> None:
    view = menu.view
    popup = LooksPopup(view.looks, view)
    popup.closed.connect(
        lambda: menu.preferences.remember_canvas(box_opacity=view.looks.opacity, snapping=view.snapping)
    )
    popup.show_over(view)


ACTIONS: tuple[ActionSpec[ViewMenu], ...] = (
    ActionSpec(
        "zoom_in", "Zoom &in", lambda p: p.view.zoom_by(1.25), "&View", 1, "mdi6.magnify-plus-outline",
        ("Ctrl++", "Ctrl+="), Where.TOOLBAR, tip="Zoom in on the photo", when=has_photo, looks=True,
    ),
    ActionSpec(
        "zoom_out", "Zoom &out", lambda p: p.view.zoom_by(0.8), "&View", 1, "mdi6.magnify-minus-outline",
        ("Ctrl+-",), Where.TOOLBAR, tip="Zoom out of the photo", when=has_photo, looks=True,
    ),
    ActionSpec(
        "fit", "&Fit to window", lambda p: p.view.fit(), "&View", 1, "mdi6.fit-to-page-outline", ("F",),
        Where.TOOLBAR, Scope.CANVAS, "Show the whole photo", has_photo, looks=True,
    ),
    ActionSpec(
        "actual_size", "&Actual size", lambda p: p.view.actual_size(), "&View", 1, "mdi6.numeric-1-box-outline",
        ("Ctrl+0",), tip="Show the photo at 100%", when=has_photo,
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
        tip="Show the baseline of each line of writing",
        checked=lambda p: p.view.looks.baselines, looks=True,
    ),
    ActionSpec(
        "hide_boxes", "&Hide boxes", lambda p: p.view.hide_boxes(), "&View", 2, "mdi6.eye-off-outline", ("H",),
        scope=Scope.CANVAS, tip="Hide all boxes; hold the key to hide them only for a moment",
        when=has_photo, checked=lambda p: p.view.looks.hidden, looks=True,
    ),
    ActionSpec(
        "magnifier", "Show ma&gnifier", lambda p: p.view.switch_lens(), "&View", 2, "mdi6.magnify", ("Z",),
        scope=Scope.CANVAS,
        tip="Enlarge what is under the mouse pointer; hold the key to do so only for a moment",
        when=has_photo, checked=lambda p: p.view.looks.lens, looks=True,
    ),
    ActionSpec(
        "looks", "&Brightness and boxes…", _show_looks, "&View", 2, "mdi6.brightness-6", ("B",), scope=Scope.CANVAS,
        tip="Adjust the opacity of boxes, and the brightness and contrast of the view", when=has_photo, looks=True,
    ),
    ActionSpec(
        "board_view", "Board vie&w", lambda p: p.board.toggle(), "&View", 3, "mdi6.perspective-less", ("Ctrl+B",),
        tip="Show the board straightened, evenly lit and without glare; the photo file doesn’t change", when=has_photo,
        checked=lambda p: p.board.looking.on, looks=True,
    ),
    ActionSpec(
        "full_screen", "F&ull screen", _switch_full_screen, "&View", 4, "mdi6.fullscreen", ("F11",),
        tip="Fill the whole screen with the window; Esc leaves it", checked=lambda p: p.window.isFullScreen(),
        looks=True,
    ),
    ActionSpec(
        "focus_mode", "Fo&cus mode", lambda p: p.layouts.set_focused(not p.layouts.focused), "&View", 4,
        "mdi6.image-filter-center-focus", ("Shift+F11",), tip="Show only the photo and one panel", when=has_photo,
        checked=lambda p: p.layouts.focused, looks=True,
    ),
    ActionSpec(
        "go_to_words", "Go to list of wor&ds", lambda p: p.layouts.show_words(), "&View", 4,
        "mdi6.format-list-text", ("Ctrl+Shift+W",), when=has_photo,
        tip="Show the list of words, and move the keyboard focus to it",
    ),
    ActionSpec(
        "move_panel", "&Panel in its own window", lambda p: p.layouts.move_front(), "&View", 4, "mdi6.dock-window",
        ("Ctrl+Shift+F11",), tip="Move the panel to a window of its own, for example on a second screen, or back",
        when=lambda p: p.layouts.has_front, checked=lambda p: p.layouts.front_moved_out, looks=True,
        why="Open a panel first.",
    ),
    ActionSpec(
        "reset_layout", "&Reset layout", lambda p: p.layouts.reset(), "&View", 4, "mdi6.view-quilt-outline",
        tip="Close all panels and restore the widths that the program comes with", looks=True,
    ),
)  # fmt: skip
