"""What people have written on all pages of a project, as the index knows it."""

from __future__ import annotations

from pathlib import Path

from ocr_studio.core.editing import edits
from ocr_studio.core.page import Mark, apply
from ocr_studio.core.project.project import Project
from ocr_studio.core.search.index import Index
from ocr_studio.jobs.review import review_queue
from tests.core.made_pages import page_of, read_word

BOARD = page_of(read_word("modern", 100, key="a"), read_word("qveve", 300, key="b"), read_word("map", 500, key="c"))


def test_whole_texts_that_were_written_or_confirmed_count(tmp_path: Path) -> None:
    project = Project.open(tmp_path)
    index = Index(project)
    assert not index.written()
    page = apply(BOARD, edits.write(BOARD, "b", "a queue[i]"))
    page = apply(page, edits.accept(page, ["a"]))
    index.update(page)
    assert index.written() == {"a queue[i]": 1, "modern": 1}
    assert list(review_queue.written(index)) == [{"a queue[i]": 1, "modern": 1}]
    index.update(apply(apply(page, edits.mark(page, ["a"], Mark.IGNORED)), edits.write(page, "c", "a queue[i]")))
    assert index.written() == {"a queue[i]": 2}
    index.close()
    project.unlock()
