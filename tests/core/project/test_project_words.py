"""The words typed or read in a project are counted anew only where a page has changed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

import pytest

from ocr_studio.core.files.safe_folder import FolderEntry, SafeFolder
from ocr_studio.core.language import typed_words
from ocr_studio.core.page import Page, Quad, TextSource, Transcription, Word
from ocr_studio.core.project.project import Project
from ocr_studio.core.project.project_words import ProjectWords
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
    first = project.count_words().typed
    assert first == {"map": 1, "mop": 2}
    counted.clear()
    assert project.count_words().typed is first
    assert counted == []
    project.note(typed("b", "tip"))
    assert project.count_words().typed == {"map": 1, "mop": 1, "tip": 1}
    assert counted == ["tip"]
    project.save_page(typed("b", "tip"))
    project.note(typed("c", "tip"))
    assert project.count_words().typed == {"map": 1, "mop": 1, "tip": 2}
    page_path(project, "a" * 32).unlink()
    assert project.count_words().typed == {"tip": 2}
    assert first == {"map": 1, "mop": 2}  # who has it keeps it
    project.unlock()


def test_words_that_were_read_with_certainty_are_counted_once_on_each_page(photos: Path) -> None:
    def read(page_id: str, *texts: str, confidence: float = 0.95) -> Page:
        words = {
            str(place): Word(
                str(place), Quad.from_box(0, 0, 1, 1), machine=Transcription(text, TextSource.MODEL, confidence)
            )
            for place, text in enumerate(texts)
        }
        return Page(page_id * 32, f"{page_id}.jpg", 9, 9, words)

    project = Project.open(photos)
    project.save_page(read("a", "order", "order", "don't", "x", "map-mop"))
    project.note(read("b", "order"))
    project.save_page(read("c", "unsure", confidence=0.8))
    assert project.count_words().certain == {"order": 2, "don't": 1, "map": 1, "mop": 1}
    page = read("b", "order")
    checked = {key: replace(word, human=Transcription.by_human("older")) for key, word in page.words.items()}
    project.note(replace(page, words=checked))
    assert project.count_words() == ProjectWords({"older": 1}, {"order": 1, "don't": 1, "map": 1, "mop": 1})
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
    first = project.count_words().typed
    assert first == {"map": 1, "mop": 2}
    assert project.count_words().typed is first
    project.note(typed("b", "tip"))
    assert project.count_words().typed == {"map": 1, "mop": 1, "tip": 1}
    project.save_page(typed("b", "tip"))
    assert project.count_words().typed == {"map": 1, "mop": 1, "tip": 1}
    assert looked == []
    index.close()
    assert project.count_words().typed == {"map": 1, "mop": 1, "tip": 1}
    assert looked, "without an index the files tell"
    project.unlock()
