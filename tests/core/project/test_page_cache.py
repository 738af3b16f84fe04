"""Pages that need not be decoded again."""

from __future__ import annotations

import os
import threading
from dataclasses import replace
from pathlib import Path

import pytest

from ocr_studio.core.editing import edits
from ocr_studio.core.page import Page, apply
from ocr_studio.core.project import page_file
from ocr_studio.core.project.page_cache import PageCache
from ocr_studio.core.project.project import Project
from tests.core.made_pages import page_of, read_word

PAGE = page_of(read_word("map", 10), read_word("tip", 200))
STAMP = (1, 2, 3)


def test_a_page_is_kept_with_the_stamp_of_its_file_alone() -> None:
    cache = PageCache()
    assert cache.get(PAGE.id, STAMP) is None
    cache.put(PAGE, STAMP)
    assert cache.get(PAGE.id, STAMP) is PAGE
    assert cache.get(PAGE.id, (1, 2, 4)) is None
    assert cache.get(PAGE.id, None) is None
    cache.put(PAGE, None)
    assert cache.get(PAGE.id, STAMP) is None


def test_the_pages_that_were_asked_for_last_stay() -> None:
    one, two, three = (replace(PAGE, id=str(number)) for number in range(3))
    cache = PageCache(most=6)
    cache.put(one, STAMP)
    cache.put(two, STAMP)
    assert cache.get("0", STAMP) is one
    cache.put(three, STAMP)
    assert [cache.get(page.id, STAMP) for page in (one, two, three)] == [one, None, three]
    cache.put(one, STAMP)
    assert cache.get("2", STAMP) is three, "the same page again takes no more room"
    many = {f"w{number}": word for number, word in enumerate([*PAGE.words.values()] * 4)}
    cache.put(replace(PAGE, id="9", words=many), STAMP)
    assert cache.get("9", STAMP) is None, "a page that is larger than all that may be kept"
    assert cache.get("0", STAMP) is one


def test_a_page_is_decoded_once_while_nobody_changes_its_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first = Project.open(tmp_path)
    first.save_page(PAGE)
    first.unlock()
    project = Project.open(tmp_path)
    path = project.folder / "pages" / f"{PAGE.id}.json"
    decoded: list[bytes] = []
    decode = page_file.decode

    def listened(data: bytes) -> Page:
        decoded.append(data)
        return decode(data)

    monkeypatch.setattr(page_file, "decode", listened)
    assert project.load_page(PAGE.id) == PAGE
    assert project.load_page(PAGE.id) == PAGE
    assert len(decoded) == 1
    other = apply(PAGE, edits.write(PAGE, "map-10", "mop"))
    project.save_page(other)
    assert project.load_page(PAGE.id) == other
    assert len(decoded) == 1, "what was saved here is known"
    path.write_bytes(page_file.encode(PAGE))
    assert project.load_page(PAGE.id) == PAGE, "another program has written it"
    os.utime(path, ns=(1, 1))
    assert project.load_page(PAGE.id) == PAGE
    path.unlink()
    assert project.load_page(PAGE.id) is None


def test_a_page_that_is_known_waits_for_no_saving(tmp_path: Path) -> None:
    project = Project.open(tmp_path)
    project.save_page(PAGE)
    found = []
    with project._files:  # as long as another page is being saved
        asking = threading.Thread(target=lambda: found.append(project.load_page(PAGE.id)))
        asking.start()
        asking.join(5)
    assert found == [PAGE]
