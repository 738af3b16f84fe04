"""The words typed in a project are counted anew only where a page has changed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from pathlib import Path

import pytest

from ocr_studio.core.files.safe_folder import FolderEntry, SafeFolder
from ocr_studio.core.language import typed_words
from ocr_studio.core.page import Page, Quad, Transcription, Word
from ocr_studio.core.project.project import Project
from ocr_studio.core.search.index import Index
from tests.core.made_projects import page_path, photos

__all__ = ["photos"]  # a fixture


def typed(page_id: str, text: str) -> Page:
    """A page on which a person has written this."""
    word = Word("w", Quad.from_box(0, 0, 1, 1), human=Transcription.by_human(text))
    return Page(page_id * 32, f"{page_id}.jpg", 9, 9, {"w": word})


def test_of_the_typed_words_only_those_of_changed_pages_are_counted_anew(
    photos: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    counted: list[str] = []
    count = typed_words.find_typed_words

    def counting(words: Iterable[Word]) -> Counter[str]:
        found = count(words)
        counted.extend(found)
        return found

    monkeypatch.setattr(typed_words, "find_typed_words", counting)
    project = Project.open(photos)
    project.save_page(typed("a", "map mop"))
    project.save_page(typed("b", "mop"))
    first = project.typed_words()
    assert first == {"map": 1, "mop": 2}
    counted.clear()
    assert project.typed_words() is first
    assert counted == []
    project.note(typed("b", "tip"))
    assert project.typed_words() == {"map": 1, "mop": 1, "tip": 1}
    assert counted == ["tip"]
    project.save_page(typed("b", "tip"))
    project.note(typed("c", "tip"))
    assert project.typed_words() == {"map": 1, "mop": 1, "tip": 2}
    page_path(project, "a" * 32).unlink()
    assert project.typed_words() == {"tip": 2}
    assert first == {"map": 1, "mop": 2}  # who has it keeps it
    project.unlock()


def test_where_there_is_an_index_no_file_is_looked_at(photos: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    project = Project.open(photos)
    project.save_page(typed("a", "map mop"))
    project.save_page(typed("b", "mop"))
    index = Index(project)
    list(index.refresh())
    looked: list[str] = []
    look = SafeFolder.entries

    def listened(folder: SafeFolder, name: str = ".") -> list[FolderEntry]:
        looked.append(name)
        return look(folder, name)

    monkeypatch.setattr(SafeFolder, "entries", listened)
    first = project.typed_words()
    assert first == {"map": 1, "mop": 2}
    assert project.typed_words() is first
    project.note(typed("b", "tip"))
    assert project.typed_words() == {"map": 1, "mop": 1, "tip": 1}
    project.save_page(typed("b", "tip"))
    assert project.typed_words() == {"map": 1, "mop": 1, "tip": 1}
    assert looked == []
    index.close()
    assert project.typed_words() == {"map": 1, "mop": 1, "tip": 1}
    assert looked, "without an index the files tell"
    project.unlock()
