"""How the photo and its boxes are looked at: fainter boxes or none, other tones, baselines, a lens. Changes nothing."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal

from ocr_studio.core.images.tone_curve import Tones
from ocr_studio.ui.canvas.items.baselines_item import BaselinesItem
from ocr_studio.ui.canvas.items.interaction_item import SketchItem
from ocr_studio.ui.canvas.items.photo_item import PhotoItem
from ocr_studio.ui.canvas.items.word_item import WordsItem

# Boxes fainter than this would be as good as hidden.
FAINTEST = 0.1


class CanvasLooks(QObject):
    """What is shown how. Boxes are hidden, and the lens is there, for good or as long as a key is held.

    Signals: ``changed()``.
    """

    changed = Signal()

    def __init__(
        self, photo: PhotoItem, lines: BaselinesItem, words: WordsItem, above: SketchItem, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._photo, self._lines, self._words, self._above = photo, lines, words, above
        self._hidden = self._hidden_for_now = self._lens = self._lens_for_now = self._baselines = False

    @property
    def opacity(self) -> float:
        """Of the boxes, FAINTEST..1; those that are selected always show in full."""
        return self._words.opacity()

    def set_opacity(self, opacity: float) -> None:
        """Show the boxes fainter, or in full."""
        self._words.setOpacity(min(1.0, max(FAINTEST, opacity)))
        self.changed.emit()

    @property
    def tones(self) -> Tones:
        """In which the photo is shown."""
        return self._photo.tones

    def set_tones(self, tones: Tones) -> None:
        """Show the photo in other tones."""
        self._photo.set_tones(tones)
        self.changed.emit()

    @property
    def hidden(self) -> bool:
        """Whether no boxes are shown."""
        return self._hidden or self._hidden_for_now

    def hide_boxes(self, *, held: bool) -> None:
        """Show no boxes as long as a key is held; otherwise until this is asked for again."""
        if held:
            self._hidden_for_now = True
        else:
            self._hidden = not self._hidden
        self._show()

    def show_boxes(self) -> None:
        """A hand wants to do something with them."""
        self._hidden = self._hidden_for_now = False
        self._show()

    @property
    def lens(self) -> bool:
        """Whether there is a lens at the mouse."""
        return self._lens or self._lens_for_now

    def switch_lens(self, *, held: bool) -> None:
        """Show the lens as long as a key is held; otherwise until this is asked for again."""
        if held:
            self._lens_for_now = True
        else:
            self._lens = not self._lens
        self._show()

    def let_go(self) -> None:
        """No key is held any more."""
        if self._hidden_for_now or self._lens_for_now:
            self._hidden_for_now = self._lens_for_now = False
            self._show()

    @property
    def baselines(self) -> bool:
        """Whether the lines are shown that the writing stands on."""
        return self._baselines

    def switch_baselines(self) -> None:
        """Show them, or do not."""
        self._baselines = not self._baselines
        self._show()

    def _show(self) -> None:
        self._words.setVisible(not self.hidden)
        self._above.setVisible(not self.hidden)
        self._lines.setVisible(self._baselines and not self.hidden)
        self.changed.emit()
