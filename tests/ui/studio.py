"""What tests ask the whole program."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

from PySide6.QtWidgets import QLabel

from ocr_studio.ui.app import Studio

Open: TypeAlias = Callable[..., Studio]


def texts(studio: Studio) -> list[str]:
    page = studio.document.page
    return [page.words[key].text for key in studio.document.order()] if page else []


def label(studio: Studio, name: str) -> str:
    return next(each.text() for each in studio.window.status.findChildren(QLabel) if each.accessibleName() == name)
