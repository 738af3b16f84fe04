"""Display options of the photo view: opacity of boxes, brightness, contrast, baselines, magnifier."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal

from ocr_studio.core.images.tone_curve import Tones
from ocr_studio.ui.canvas.items.baselines_item import BaselinesItem
from ocr_studio.ui.canvas.items.interaction_item import SketchItem
from ocr_studio.ui.canvas.items.photo_item import PhotoItem
from ocr_studio.ui.canvas.items.word_item import WordsItem

# Boxes fainter than this are hardly visible.
FAINTEST = 0.1


class CanvasLooks(QObject):
    """The display options. Boxes are hidden and the magnifier is shown permanently, or while a key is held.

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
        """Opacity of the boxes, FAINTEST..1; selected boxes are always opaque."""
        return self._words.opacity()

    def set_opacity(self, opacity: float) -> None:
        """Set the opacity of the boxes, FAINTEST..1."""
        self._words.setOpacity(min(1.0, max(FAINTEST, opacity)))
        self.changed.emit()

    @property
    def tones(self) -> Tones:
        """Brightness and contrast of the photo."""
        return self._photo.tones

    def set_tones(self, tones: Tones) -> None:
        """Set the brightness and contrast of the photo."""
        self._photo.set_tones(tones)
        self.changed.emit()

    @property
    def hidden(self) -> bool:
        """Whether the boxes are hidden."""
        return self._hidden or self._hidden_for_now

    def hide_boxes(self, *, held: bool) -> None:
        """Hide the boxes while a key is held; otherwise until this is called again."""
        if held:
            self._hidden_for_now = True
        else:
            self._hidden = not self._hidden
        self._show()

    def show_boxes(self) -> None:
        """Show the boxes, because they are about to be used."""
        self._hidden = self._hidden_for_now = False
        self._show()

    @property
    def lens(self) -> bool:
        """Whether the magnifier is shown."""
        return self._lens or self._lens_for_now

    def switch_lens(self, *, held: bool) -> None:
        """Show the magnifier while a key is held; otherwise until this is called again."""
        if held:
            self._lens_for_now = True
        else:
            self._lens = not self._lens
        self._show()

    def let_go(self) -> None:
        """End what is active while a key is held."""
        if self._hidden_for_now or self._lens_for_now:
            self._hidden_for_now = self._lens_for_now = False
            self._show()

    @property
    def baselines(self) -> bool:
        """Whether the baselines of the writing are shown."""
        return self._baselines

    def switch_baselines(self) -> None:
        """Show or hide the baselines."""
        self._baselines = not self._baselines
        self._show()

    def _show(self) -> None:
        self._words.setVisible(not self.hidden)
        self._above.setVisible(not self.hidden)
        self._lines.setVisible(self._baselines and not self.hidden)
        self.changed.emit()
