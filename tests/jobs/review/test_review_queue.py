"""Which words wait, with an index and without, and the cards of words on many photos."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest

from ocr_studio.core.editing import edits
from ocr_studio.core.images import photo_file
from ocr_studio.core.page import Page, apply
from ocr_studio.core.project import second_readings
from ocr_studio.core.project.project import Project
from ocr_studio.core.project.second_readings import SecondReading
from ocr_studio.core.reading_order import page_order
from ocr_studio.core.review import queue as review_queue
from ocr_studio.core.review.queue import QueueOrder
from ocr_studio.core.search.index import Index
from ocr_studio.jobs.review import review_queue as reviewing
from ocr_studio.jobs.review.review_queue import CardFailed, CardMade, CardMaker, PageChecked, WordsWait
from tests.ui import made_board

SIZE = (600, 200)


@pytest.fixture
def project(tmp_path: Path) -> Project:
    """Three photos of eight words each, every page's words surer than those of the page before."""
    project = Project.open(tmp_path)
    for number in (1, 2, 3):
        photo = made_board.write_photo(tmp_path / f"board {number}.png", number)
        words = {
            each.id: replace(each, machine=made_board.reading(each.text, 0.2 * number + 0.01 * at))
            for at, each in enumerate(made_board.words())
        }
        project.save_page(
            Page(photo_file.compute_content_id(photo), photo.name, 480, 240, words, "2026-01-01T00:00:00+00:00")
        )
    return project


def _waiting(project: Project, order: QueueOrder, index: Index | None = None) -> WordsWait:
    *_, last = reviewing.waiting(project, order, index)
    assert isinstance(last, WordsWait)
    return last


@pytest.mark.parametrize("order", [QueueOrder.LEAST_SURE, QueueOrder.PAGE])
def test_the_index_gives_the_words_in_the_order_of_the_pages(project: Project, order: QueueOrder) -> None:
    page, arranged, columns = _pages(project).values()
    project.save_page(apply(page, edits.accept(page, ["w0", "w3"])))
    project.save_page(apply(arranged, page_order.move_words(arranged, ["w6"], "w1")))
    words = {
        key: replace(word, quad=made_board.quad(3 * (int(key[1]) % 2), int(key[1]) // 2))
        for key, word in columns.words.items()
    }
    project.save_page(replace(columns, words=words))
    index = Index(project)
    list(index.refresh())
    known, looked = _waiting(project, order, index), _waiting(project, order)
    assert [row.key for row in known.rows] == [row.key for row in looked.rows]
    assert (known.total, known.failed) == (looked.total, looked.failed) == (22, ())
    index.close()


def _pages(project: Project) -> dict[str, Page]:
    found = {key: project.load_page(key) for key in project.page_ids()}
    return {page.image: page for page in found.values() if page}


def test_words_that_a_second_model_read_otherwise_come_first(project: Project) -> None:
    pages = _pages(project)
    second = {"w5": SecondReading("Anna", 0.65, "Hanna", 0.6), "w6": SecondReading("about", 0.66, "abaut", 0.1)}
    second_readings.add(project.files, pages["board 3.png"].id, second)
    index = Index(project)
    list(index.refresh())
    found = _waiting(project, QueueOrder.DIFFERING, index)
    assert [(row.image, row.word_id) for row in found.rows[:3]] == [
        ("board 3.png", "w5"), ("board 3.png", "w6"), ("board 1.png", "w0"),
    ]  # fmt: skip
    assert found.total == 24
    index.close()


def test_only_so_many_words_are_kept_and_all_are_counted(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(review_queue, "MOST", 3)
    monkeypatch.setattr(review_queue.select_first, "__kwdefaults__", {"most": 3})
    found = _waiting(project, QueueOrder.LEAST_SURE)
    assert [row.word_id for row in found.rows] == ["w0", "w1", "w2"]
    assert {row.image for row in found.rows} == {"board 1.png"}
    assert found.total == 24


def test_the_last_photo_that_is_kept_begins_with_its_first_words(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(review_queue, "MOST", 3)
    monkeypatch.setattr(review_queue.select_first, "__kwdefaults__", {"most": 3})
    first = _pages(project)["board 1.png"]
    project.save_page(apply(first, page_order.move_words(first, ["w6", "w7"], "w0")))
    index = Index(project)
    list(index.refresh())
    for known in (index, None):
        found = _waiting(project, QueueOrder.PAGE, known)
        assert [row.word_id for row in found.rows] == ["w6", "w7", "w0"]
        assert {row.image for row in found.rows} == {"board 1.png"}
        assert found.total == 24
    index.close()


def test_a_damaged_page_is_logged_and_the_others_are_there(project: Project, caplog: pytest.LogCaptureFixture) -> None:
    damaged = _pages(project)["board 2.png"]
    _waiting(project, QueueOrder.PAGE)
    (project.folder / "pages" / f"{damaged.id}.json").write_text("{")
    fresh = Project.open(project.photos)
    found = _waiting(fresh, QueueOrder.PAGE)
    assert found.total == 16
    assert "it is not valid JSON" in caplog.text
    assert (project.folder / "pages" / f"{damaged.id}.json").exists()  # looked at only


def test_cards_come_page_for_page_and_show_their_words(project: Project) -> None:
    pages = _pages(project)
    one, two = pages["board 1.png"], pages["board 2.png"]
    wanted = [(one.id, "w0"), (two.id, "w1"), (one.id, "w5"), (two.id, "w6"), (pages["board 3.png"].id, "w0")]
    made = list(CardMaker(project).make(wanted, SIZE, enough=2))
    assert [card.place for card in made] == [wanted[0], wanted[2], wanted[1], wanted[3]]
    for card in made:
        assert isinstance(card, CardMade)
        picture = cv2.imdecode(np.frombuffer(card.picture, np.uint8), cv2.IMREAD_COLOR)
        assert picture is not None
        assert picture.shape == (SIZE[1], SIZE[0], 3)
        left, top = np.floor(card.corners.min(axis=0)).astype(int)
        right, bottom = np.ceil(card.corners.max(axis=0)).astype(int)
        assert picture[top:bottom, left:right].min() < 120 < picture[: top // 2].min()  # ink in the box


def test_a_photo_that_is_gone_fails_its_words_only_and_a_renamed_one_is_found(project: Project) -> None:
    pages = _pages(project)
    (project.photos / "board 1.png").unlink()
    (project.photos / "board 2.png").rename(project.photos / "other.png")
    wanted = [(pages["board 1.png"].id, "w0"), (pages["board 2.png"].id, "w0"), (pages["board 3.png"].id, "gone")]
    kinds = [type(card) for card in CardMaker(project).make(wanted, SIZE, enough=9)]
    assert kinds == [CardFailed, CardMade, CardFailed]


def test_words_that_were_found_on_a_larger_photo_have_no_card(project: Project) -> None:
    page = _pages(project)["board 1.png"]
    project.save_page(replace(page, width=2 * page.width))
    (failed,) = CardMaker(project).make([(page.id, "w0")], SIZE, enough=1)
    assert isinstance(failed, CardFailed)
    assert "the size of the photo has changed since its words were found" in failed.error


def test_what_is_checked_is_told_of_pages(project: Project) -> None:
    page = _pages(project)["board 1.png"]
    project.note(apply(page, edits.accept(page, ["w0"])))
    found = list(reviewing.checked(project, [page.id, "f" * 32]))
    assert found == [PageChecked(page.id, frozenset(page.words) - {"w0"})]
