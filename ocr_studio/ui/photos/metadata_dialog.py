"""Dialog for the writer and the tags of the selected photos."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace

from PySide6.QtCore import Signal
from PySide6.QtWidgets import (
    QCompleter,
    QDialog,
    QDialogButtonBox,
    QLineEdit,
    QVBoxLayout,
    QWidget,
)

from ocr_studio.core.page import PageFacts
from ocr_studio.core.photo_list.rows import PhotoRow
from ocr_studio.core.plain_text import one_line
from ocr_studio.core.translation import tr, tr_n
from ocr_studio.ui.widgets.form_fields import Form
from ocr_studio.ui.widgets.plain_label import PlainLabel


@dataclass(frozen=True, slots=True)
class MetadataChange:
    """A change of writer and tags.

    Attributes:
        writer: the new writer, empty for none; None keeps the writer of each photo.
        add: tags to add.
        remove: tags to remove.
    """

    writer: str | None
    add: tuple[str, ...]
    remove: tuple[str, ...]

    def __bool__(self) -> bool:
        return self.writer is not None or bool(self.add or self.remove)

    def of(self, facts: PageFacts) -> PageFacts:
        """The facts of a page after this change."""
        gone = {tag.casefold() for tag in self.remove}
        kept = [tag for tag in facts.tags if tag.casefold() not in gone]
        there = {tag.casefold() for tag in kept}
        tags = (*kept, *(tag for tag in self.add if tag.casefold() not in there))
        writer = facts.writer if self.writer is None else self.writer or None
        return replace(facts, writer=writer, tags=tags)


def tags_of(typed: str) -> tuple[str, ...]:
    """Split tags at commas; removes duplicates."""
    found = {" ".join(one_line(part).split()): None for part in typed.split(",")}
    return tuple(tag for tag in found if tag)


class MetadataDialog(QDialog):
    """The fields show what all selected photos have in common.

    Signals:
        chosen(MetadataChange): apply this change.
    """

    chosen = Signal(object)

    def __init__(self, rows: Sequence[PhotoRow], known: Iterable[PhotoRow], parent: QWidget | None = None) -> None:
        """Show ``rows``, the selected photos; ``known`` are all photos, whose writers and tags are suggested."""
        super().__init__(parent)
        self.setWindowTitle(tr("Writer and tags"))
        self._shared = _shared([row.tags for row in rows])
        several = {tag for row in rows for tag in row.tags} - set(self._shared)
        writers = {row.writer for row in rows}
        self._writer_before = writers.pop() if len(writers) == 1 else None
        everybody, all_tags = _offered(known)
        self.writer = QLineEdit(self._writer_before or "")
        self.writer.setCompleter(QCompleter(everybody, self))
        if self._writer_before is None:
            self.writer.setPlaceholderText(tr("Multiple writers; leave empty to keep them"))
        self.tags = QLineEdit(", ".join(self._shared))
        self.tags.setPlaceholderText(tr("Separated by commas"))
        self.tags.setCompleter(QCompleter(all_tags, self))
        layout = QVBoxLayout(self)
        layout.setContentsMargins(20, 18, 20, 16)
        layout.setSpacing(12)
        layout.addWidget(PlainLabel(tr_n("For {count} photo:", "For {count} photos:", len(rows))))
        form = Form()
        form.add(tr("&Writer"), self.writer)
        form.add(tr("&Tags"), self.tags)
        layout.addLayout(form)
        if several:
            said = PlainLabel(tr("Some photos have other tags, which stay: {tags}.", tags=", ".join(sorted(several))))
            said.setProperty("quiet", True)
            said.setWordWrap(True)
            layout.addWidget(said)
        self.buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Ok | QDialogButtonBox.StandardButton.Cancel)
        self.buttons.accepted.connect(self._accept)
        self.buttons.rejected.connect(self.reject)
        layout.addWidget(self.buttons)
        self.setMinimumWidth(380)

    def _accept(self) -> None:
        writer = " ".join(one_line(self.writer.text()).split())
        same = writer == (self._writer_before or "")
        tags = tags_of(self.tags.text())
        add = tuple(tag for tag in tags if tag not in self._shared)
        remove = tuple(tag for tag in self._shared if tag not in tags)
        self.accept()
        self.chosen.emit(MetadataChange(None if same else writer, add, remove))


def _shared(tags: Sequence[Collection[str]]) -> tuple[str, ...]:
    return tuple(tag for tag in tags[0] if all(tag in others for others in tags)) if tags else ()


def _offered(known: Iterable[PhotoRow]) -> tuple[list[str], list[str]]:
    writers: set[str] = set()
    tags: set[str] = set()
    for row in known:
        tags.update(row.tags)
        if row.writer:
            writers.add(row.writer)
    return sorted(writers), sorted(tags)
