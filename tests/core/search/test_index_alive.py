"""The index while it is used by several at once, and after its program was killed."""

from __future__ import annotations

import contextlib
import resource
import subprocess
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest

from ocr_studio.core.project.project import Project
from ocr_studio.core.search import index as index_module
from ocr_studio.core.search.index import Index, IndexTrouble
from tests.core.made_pages import page_of, read_word

BOARD = page_of(read_word("modern", 100), read_word("queue", 300), read_word("map", 500))
CHECKOUT = Path(__file__).parents[3]


def many(folder: Path, count: int) -> Project:
    project = Project.open(folder)
    for number in range(count):
        project.save_page(replace(BOARD, id=f"{number:032}"))
    return project


def ask(index: Index, done: threading.Event) -> int:
    asked = 0
    while not done.is_set() or not asked:
        assert {hit.text for hit in index.find("map")} <= {"map"}
        index.words(limit=5)
        index.pages()
        asked += 1
    return asked


def change(project: Project) -> None:
    for number in range(30):
        page = replace(page_of(read_word(f"zebra{number}", 100)), id=f"{number:032}")
        project.note(page)
        project.save_page(page)


def test_many_threads_ask_while_pages_change_and_it_is_made(tmp_path: Path) -> None:
    project = many(tmp_path, 60)
    index, done = Index(project), threading.Event()
    with ThreadPoolExecutor(4) as threads:
        asking = [threads.submit(ask, index, done) for _ in range(3)]
        changing = threads.submit(change, project)
        list(index.refresh())
        changing.result()
        done.set()
        assert all(each.result() for each in asking)
    list(index.refresh())
    assert len(index.find("map")) == 30
    assert [hit.text for hit in index.find('"zebra7"')] == ["zebra7"]
    index.close()
    project.unlock()


def test_a_program_that_is_killed_leaves_it_usable(tmp_path: Path) -> None:
    many(tmp_path, 200).unlock()
    code = (
        "import sys; from pathlib import Path; from ocr_studio.core.project.project import Project;"
        "from ocr_studio.core.search.index import Index\n"
        "project = Project.open(Path(sys.argv[1])); project.lock(); index = Index(project)\n"
        "for at in index.refresh(): print(at.done, flush=True)\n"
    )
    program = subprocess.Popen(
        [sys.executable, "-c", code, str(tmp_path)], cwd=CHECKOUT, stdout=subprocess.PIPE, text=True
    )
    assert program.stdout
    while int(program.stdout.readline()) < 40:
        pass
    program.kill()
    program.wait()
    program.stdout.close()
    project = Project.open(tmp_path)
    project.lock()
    index = Index(project)
    told = list(index.refresh())
    assert 0 < told[0].total <= 160  # what was stored before stays
    assert len(index.find("map")) == 200
    index.close()
    project.unlock()


@contextlib.contextmanager
def full_disk() -> Iterator[None]:
    """Files end where the first page of an index does not: as on a full disk, but that small ones have room."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (3000, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


@pytest.mark.parametrize("locked", [True, False])
def test_on_a_full_disk_that_is_said_in_a_line(tmp_path: Path, locked: bool) -> None:
    project = many(tmp_path, 1)
    if not locked:
        project.unlock()
    index = Index(project)
    with full_disk():
        with pytest.raises(IndexTrouble, match="sqlite") as trouble:
            index.find("map")
        project.save_page(replace(BOARD, id="f" * 32))  # the work goes on
    assert len(str(trouble.value).splitlines()) == 1
    assert len(index.find("map")) == 1
    list(index.refresh())
    assert len(index.find("map")) == 2
    index.close()
    project.unlock()


def test_pages_do_not_pile_up_while_it_cannot_be_kept_and_are_found_once_it_can(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(index_module, "_MOST_WAITING", 5)
    project = many(tmp_path, 1)
    index = Index(project)
    with full_disk():
        with pytest.raises(IndexTrouble):
            list(index.refresh())
        unsaved = replace(page_of(read_word("unsaved", 100)), id="e" * 32)
        index.update(unsaved)
        for number in range(70):
            project.save_page(replace(page_of(read_word(f"zebra{number}", 100)), id=f"{number:032}"))
            assert len(index._waiting) <= 7
    rows = {row.page_id: row for row in index.pages()}
    assert len(rows) == 71
    assert all(row.words == 1 for row in rows.values())
    assert index.find("unsaved")
    project.save_page(replace(page_of(read_word("quagga", 100)), id=f"{3:032}"))  # what is newer stays
    for _ in range(4):  # some at a time
        index.find("zebra5")
    assert len(index.find('"zebra5"')) == len(index.find('"zebra69"')) == 1
    assert not index.find('"zebra3"')
    assert len(index.find("quagga")) == 1
    index.close()
    project.unlock()
