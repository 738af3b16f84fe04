"""A flat number field that matches the other fields."""

from __future__ import annotations

from typing import Any

from PySide6.QtWidgets import QSpinBox


class SpinBox(QSpinBox):
    """A number field without arrows; the arrow keys and the mouse wheel change the number."""

    def __init__(self, low: int, high: int, name: str, **properties: Any) -> None:
        """Create the field.

        Args:
            low: The smallest number.
            high: The largest number.
            name: The accessible name.
            **properties: Properties of QSpinBox.
        """
        super().__init__(minimum=low, maximum=high, **properties)
        self.setAccessibleName(name)
        self.setMinimumHeight(28)
        # Aligned with the other fields: the style sheet's padding does not apply to it.
        self.lineEdit().setTextMargins(6, 0, 6, 0)
