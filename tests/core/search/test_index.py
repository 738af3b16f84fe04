"""The index knows what the pages say, no more and no less, whatever happens to it."""

from __future__ import annotations

import sqlite3
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from ocr_studio.core.images import photo_file
from ocr_studio.core.page import Alternative, Mark, Page, PageFacts, PageState, TextSource, Transcription, Word
from ocr_studio.core.project import page_file
from ocr_studio.core.project.page_cache import PageSummary
from ocr_studio.core.project.project import Project
from ocr_studio.core.search import folding, index_location, index_packing, matching
from ocr_studio.core.search.index import Index, IndexProgress
from ocr_studio.core.search.matching import MatchedSide
from tests.core.made_pages import page_of, pages, read_word
from tests.core.made_projects import page_path
from tests.core.search.test_edit_distance import distance

# Making an example smaller would take minutes, as each is a project on the disk.
_QUICK = (Phase.explicit, Phase.reuse, Phase.generate)
OTHER = "f" * 32
BOARD = page_of(read_word("modern", 100), read_word("queue", 300), read_word("map", 500))


def opened(folder: Path) -> Project:
    folder.mkdir(exist_ok=True)
    return Project.open(folder)


def indexed(project: Project) -> Index:
    index = Index(project)
    for _ in index.refresh():
        pass
    return index


def file_of(project: Project) -> Path:
    """The index's file; its folder is there."""
    path = index_location.find_index_path(project.folder)
    path.parent.mkdir(parents=True, exist_ok=True)
    return path


def found(index: Index, query: str, *, typing: bool = False) -> list[tuple[str, MatchedSide]]:
    return [(hit.text, hit.side) for hit in index.find(query, typing=typing)]


def brute_force(known: list[Page], wanted: str) -> dict[tuple[str, str], float]:
    """(page, word) → score of every word whose own text fits, in the plainest way."""
    scores: dict[tuple[str, str], float] = {}
    for page in known:
        for word in page.words.values():
            costs = [distance(wanted, token[:40]) for token in folding.tokenize(word.text)]
            if costs and min(costs) <= matching.allowed_cost(len(wanted)) + 1e-4:
                scores[page.id, word.id] = 1 / (1 + min(costs))
    return scores


@given(pages(), pages(), st.data())
@settings(max_examples=25, deadline=None, phases=_QUICK, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_it_finds_what_looking_at_each_word_would_find(
    tmp_path_factory: pytest.TempPathFactory, one: Page, other: Page, data: st.DataObject
) -> None:
    known = [one, replace(other, id=OTHER)]
    project = opened(tmp_path_factory.mktemp("photos"))
    for page in known:
        project.save_page(page)
    index = indexed(project)
    texts = [token for page in known for word in page.words.values() for token in folding.tokenize(word.text)]
    wanted = data.draw(st.sampled_from(texts) if texts else st.just("map"))[:12]
    if folding.fold_word(wanted) != wanted or any(mark in wanted for mark in '"“”„«»'):
        return
    hits = [hit for hit in index.find(wanted, limit=1000) if hit.side is not MatchedSide.CHOICE]
    scores = {(hit.page_id, hit.words[0].word_id): hit.score for hit in hits}
    assert scores == pytest.approx(brute_force(known, wanted), abs=1e-3)
    for hit in hits:
        word = next(page for page in known if page.id == hit.page_id).words[hit.words[0].word_id]
        assert hit.words[0].text == word.text
        assert hit.side is (MatchedSide.HUMAN if word.human else MatchedSide.MACHINE)
    index.close()
    project.unlock()


@given(pages())
@settings(max_examples=50)
def test_a_page_row_says_what_the_page_says(page: Page) -> None:
    row = index_packing.make_page_row(page, "")
    unchecked = [word for word in page.words.values() if not word.checked]
    assert (row.image, row.state, row.words) == (page.image, page.state, len(page.words))
    assert row.unchecked == len(unchecked)
    assert row.least == min((w.confidence for w in unchecked if w.confidence is not None), default=None)
    assert row.tags == page.facts.tags


def test_rows_of_all_pages(tmp_path: Path) -> None:
    project = opened(tmp_path)
    facts = PageFacts(writer="Ada", tags=("maths", "week 3"))
    checked = replace(read_word("map", 100), human=Transcription.by_human("map"))
    project.save_page(replace(page_of(checked, read_word("queue", 300)), facts=facts))
    page_path(project, OTHER).write_bytes(b"{")
    rows = {row.page_id: row for row in indexed(project).pages()}
    row = rows[BOARD.id]
    assert (row.state, row.words, row.unchecked, row.least, row.mean) == (PageState.READ, 2, 1, 0.8, 0.9)
    assert (row.writer, row.tags, row.failed, dict(row.typed)) == ("Ada", ("maths", "week 3"), "", {"map": 1})
    assert rows[OTHER].failed
    assert not found(indexed(project), "{")


def test_a_photo_whose_name_is_not_utf_8_has_its_row(tmp_path: Path) -> None:
    project = opened(tmp_path)
    project.save_page(replace(BOARD, image="caf\udce9.jpg"))
    assert [row.image for row in indexed(project).pages()] == ["caf\udce9.jpg"]


def test_what_was_typed_a_moment_ago_is_found_and_what_it_replaced_is_not(tmp_path: Path) -> None:
    project = opened(tmp_path)
    project.save_page(BOARD)
    index = indexed(project)
    words = dict(BOARD.words)
    key = next(iter(words))
    words[key] = replace(words[key], human=Transcription.by_human("zebra"))
    later = replace(BOARD, words=words)
    project.note(later)
    assert found(index, "zebra") == [("zebra", MatchedSide.HUMAN)]
    assert found(index, "modern") == []
    assert {row.page_id: row.unchecked for row in index.pages()} == {BOARD.id: 2}
    # What is on the disk is older, and must not come back.
    assert list(index.refresh()) == [IndexProgress(0, 0)]
    assert found(index, "zebra") == [("zebra", MatchedSide.HUMAN)]
    project.save_page(later)
    assert list(index.refresh()) == [IndexProgress(0, 0)]
    assert found(index, "zebra") == [("zebra", MatchedSide.HUMAN)]


def test_only_what_changed_on_the_disk_is_read_again(tmp_path: Path) -> None:
    project = opened(tmp_path)
    project.save_page(BOARD)
    project.save_page(replace(BOARD, id=OTHER))
    indexed(project).close()
    again = Index(project)
    assert list(again.refresh()) == [IndexProgress(0, 0)]
    assert len(found(again, "map")) == 2
    page_path(project, OTHER).unlink()
    list(again.refresh())
    assert [hit.page_id for hit in again.find("map")] == [BOARD.id]
    assert [row.page_id for row in again.pages()] == [BOARD.id]


def test_a_refresh_can_be_stopped_and_goes_on_later(tmp_path: Path) -> None:
    project = opened(tmp_path)
    for number in range(50):
        project.save_page(replace(BOARD, id=f"{number:032}"))
    index = Index(project)
    next(iter(index.refresh()))
    asked = iter([False] * 30)
    told = list(index.refresh(lambda: not next(asked, False) and next(asked, True)))
    assert told[-1].done < 50
    assert not index.complete
    done = len(index.pages())
    told = list(index.refresh())
    assert told[0] == IndexProgress(0, 50 - done)
    assert told[-1] == IndexProgress(50 - done, 50 - done)
    assert index.complete
    assert len(index.find("map")) == 50


@pytest.mark.parametrize("content", [b"", b"no database at all", b"SQLite format 3\0" + bytes(5000)])
def test_a_damaged_or_foreign_file_is_made_anew(tmp_path: Path, content: bytes) -> None:
    project = opened(tmp_path)
    project.save_page(BOARD)
    file_of(project).write_bytes(content)
    assert found(indexed(project), "map") == [("map", MatchedSide.MACHINE)]


def test_a_file_of_another_version_is_made_anew(tmp_path: Path) -> None:
    project = opened(tmp_path)
    project.save_page(BOARD)
    indexed(project).close()
    database = sqlite3.connect(file_of(project))
    database.execute("PRAGMA user_version=99")
    database.close()
    assert found(indexed(project), "map") == [("map", MatchedSide.MACHINE)]


@pytest.mark.parametrize("table", ["texts", "words"])
def test_a_file_that_is_damaged_inside_is_noticed(tmp_path: Path, table: str) -> None:
    project = opened(tmp_path)
    project.save_page(BOARD)
    indexed(project).close()
    database = sqlite3.connect(file_of(project), isolation_level=None)
    database.execute({"texts": "DELETE FROM texts WHERE id = 1", "words": "UPDATE words SET crc = crc + 1"}[table])
    database.close()
    index = Index(project)
    list(index.refresh())  # nothing has changed, so nothing is noticed
    assert found(index, "map") == [("map", MatchedSide.MACHINE)]
    assert index.complete
    assert [row.page_id for row in index.pages()] == [BOARD.id]


def test_where_another_window_writes_nothing_is_written(tmp_path: Path) -> None:
    writer = opened(tmp_path)
    writer.lock(create=True)
    writer.save_page(BOARD)
    indexed(writer)
    reader = opened(tmp_path)
    index = Index(reader)
    assert list(index.refresh()) == [IndexProgress(0, 0)]  # begins with what the other knows
    assert found(index, "map") == [("map", MatchedSide.MACHINE)]
    before = kept_by(writer)
    writer.save_page(replace(BOARD, id=OTHER))
    list(index.refresh())
    assert len(found(index, "map")) == 2
    index.close()
    assert kept_by(writer) == before | {OTHER + ".json"}


def kept_by(writer: Project) -> set[str]:
    """Names of all files of the project and of its index."""
    return {path.name for folder in (writer.folder, file_of(writer).parent) for path in folder.rglob("*")}


def test_what_one_window_has_not_saved_stays_so_for_it_whatever_others_look_at(tmp_path: Path) -> None:
    writer = opened(tmp_path)
    writer.lock(create=True)
    writer.save_page(BOARD)
    index = indexed(writer)
    writer.note(page_of(read_word("zebra", 100)))
    assert found(index, "zebra") == [("zebra", MatchedSide.MACHINE)]
    other = indexed(opened(tmp_path))
    assert (found(other, "zebra"), found(other, "map")) == ([], [("map", MatchedSide.MACHINE)])
    other.close()
    list(index.refresh())
    assert (found(index, "zebra"), found(index, "map")) == ([("zebra", MatchedSide.MACHINE)], [])
    index.close()
    writer.unlock()
    again = opened(tmp_path)
    again.lock()
    assert found(indexed(again), "map") == [("map", MatchedSide.MACHINE)]  # it never was saved


def test_a_project_that_is_not_on_the_disk_stays_so(tmp_path: Path) -> None:
    project = opened(tmp_path)
    project.lock()
    index = Index(project)
    index.update(BOARD)
    list(index.refresh())
    assert found(index, "map") == [("map", MatchedSide.MACHINE)]
    assert not project.exists
    project.save_page(BOARD)
    assert list(index.refresh()) == [IndexProgress(0, 0)]
    index.close()
    # The next time it is known already, and nothing of it lies in the project's folder.
    again = Index(project)
    assert list(again.refresh()) == [IndexProgress(0, 0)]
    assert found(again, "map") == [("map", MatchedSide.MACHINE)]
    assert sorted(path.name for path in project.folder.iterdir()) == ["lock", "pages", "project.json"]


def test_who_may_write_later_goes_on_with_the_copy_and_the_next_one_catches_up(tmp_path: Path) -> None:
    writer = opened(tmp_path)
    writer.lock(create=True)
    writer.save_page(BOARD)
    reader = opened(tmp_path)
    index = indexed(reader)
    assert not file_of(writer).exists()
    writer.unlock()
    reader.lock()
    reader.save_page(replace(BOARD, id=OTHER))
    assert len(found(index, "map")) == 2
    index.close()
    assert not file_of(writer).exists()
    assert len(found(indexed(reader), "map")) == 2
    assert file_of(writer).exists()


def test_another_project_in_the_same_place_is_not_mistaken_for_it(tmp_path: Path) -> None:
    project = opened(tmp_path / "a")
    project.save_page(BOARD)
    indexed(project).close()
    project.unlock()
    other = opened(tmp_path / "b")
    other.save_page(page_of(read_word("zebra", 100)))
    other.unlock()
    (tmp_path / "a").rename(tmp_path / "c")
    (tmp_path / "b").rename(tmp_path / "a")
    swapped = opened(tmp_path / "a")
    swapped.lock()
    index = indexed(swapped)
    assert (found(index, "map"), found(index, "zebra")) == ([], [("zebra", MatchedSide.MACHINE)])


def test_second_choices_are_found_below_and_only_where_nobody_has_checked(tmp_path: Path) -> None:
    project = opened(tmp_path)
    # The runner-up of each word is its text turned round.
    checked = replace(read_word("pam", 700), human=Transcription.by_human("ham"))
    project.save_page(page_of(read_word("pam", 100), read_word("map", 300), checked))
    index = indexed(project)
    assert found(index, "map") == [("map", MatchedSide.MACHINE), ("map", MatchedSide.CHOICE)]
    assert found(index, "ham") == [("ham", MatchedSide.HUMAN)]
    assert found(index, "pam") == [("pam", MatchedSide.MACHINE), ("pam", MatchedSide.CHOICE)]
    hit = index.find("map")[1].words[0]
    assert (hit.text, hit.rank, hit.word_id) == ("pam", 2, "pam-100")


@pytest.mark.parametrize("mark", Mark)
def test_what_was_set_aside_is_not_found(tmp_path: Path, mark: Mark) -> None:
    project = opened(tmp_path)
    project.save_page(page_of(replace(read_word("map", 100), mark=mark)))
    index = indexed(project)
    assert found(index, "map") == found(index, "pam") == []
    assert [(row.text, row.mark) for row in index.words()] == [("", mark)]


def test_what_a_person_wrote_comes_before_what_was_read_and_that_before_slips(tmp_path: Path) -> None:
    project = opened(tmp_path)
    by_hand = replace(read_word("xyz", 500), human=Transcription.by_human("modern"))
    project.save_page(page_of(read_word("modem", 100), read_word("modern", 300), by_hand, read_word("madern", 700)))
    assert found(indexed(project), "modern") == [
        ("modern", MatchedSide.HUMAN),
        ("modern", MatchedSide.MACHINE),
        ("modem", MatchedSide.MACHINE),
        ("madern", MatchedSide.MACHINE),
    ]


def test_several_words_must_be_on_one_photo_and_the_nearest_come_first(tmp_path: Path) -> None:
    project = opened(tmp_path)
    near = page_of(read_word("load", 100), read_word("balancer", 190))
    far = replace(page_of(read_word("load", 100), read_word("balancer", 700, 700)), id=OTHER)
    one = replace(page_of(read_word("load", 100)), id="e" * 32)
    for page in (far, one, near):
        project.save_page(page)
    index = indexed(project)
    assert [hit.page_id for hit in index.find("balancer load")] == [near.id, OTHER]
    assert [hit.page_id for hit in index.find('"load balancer"')] == [near.id]
    assert index.find('"balancer load"') == []
    assert [word.text for word in index.find("balancer load")[0].words] == ["balancer", "load"]


def test_quotes_allow_no_slip_and_reach_across_boxes_and_inside_them(tmp_path: Path) -> None:
    project = opened(tmp_path)
    project.save_page(page_of(read_word("the load", 100), read_word("balancer here", 280), read_word("laod", 100, 300)))
    index = indexed(project)
    assert len(found(index, '"load"')) == 1
    assert found(index, '"load balancer"') == [("the load balancer here", MatchedSide.MACHINE)]
    assert found(index, '"the load"') == [("the load", MatchedSide.MACHINE)]
    assert found(index, '"the balancer"') == []


def test_the_last_word_may_go_on_while_it_is_typed(tmp_path: Path) -> None:
    project = opened(tmp_path)
    project.save_page(BOARD)
    index = indexed(project)
    assert found(index, "mod") == []
    assert found(index, "mod", typing=True) == [("modern", MatchedSide.MACHINE)]
    assert found(index, "mod ", typing=True) == []
    assert found(index, "map que", typing=True) == [("map queue", MatchedSide.MACHINE)]
    assert found(index, '"que', typing=True) == [("queue", MatchedSide.MACHINE)]


def test_a_word_with_a_star_may_go_on(tmp_path: Path) -> None:
    project = opened(tmp_path)
    project.save_page(BOARD)
    index = indexed(project)
    assert found(index, "mod*") == [("modern", MatchedSide.MACHINE)]
    assert found(index, "que* map") == found(index, "que* map*") == [("queue map", MatchedSide.MACHINE)]
    assert found(index, '"que*"') == found(index, "*") == []
    project.save_page(replace(BOARD, words={"arrow": read_word("-->", 100), "star": read_word("*", 300)}))
    index = indexed(project)
    assert found(index, "--*") == [("-->", MatchedSide.MACHINE)]
    assert found(index, '"*"') == found(index, "*") == [("*", MatchedSide.MACHINE)]


@pytest.mark.parametrize("query", ["", "  ", '"', '""', '" "', "\0", "a" * 5000, "“„»", "'"])
def test_odd_queries_find_nothing(tmp_path: Path, query: str) -> None:
    project = opened(tmp_path)
    project.save_page(BOARD)
    assert found(indexed(project), query) == []


def test_one_page_alone(tmp_path: Path) -> None:
    project = opened(tmp_path)
    project.save_page(BOARD)
    project.save_page(replace(BOARD, id=OTHER))
    index = indexed(project)
    assert [hit.page_id for hit in index.find("map", page_id=OTHER)] == [OTHER]
    assert index.find("map", page_id="0" * 32) == []


def test_a_project_takes_from_the_index_what_it_need_not_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    project = opened(tmp_path)
    checked = replace(read_word("map", 100), human=Transcription.by_human("map"))
    sure = read_word("plans", 100)
    assert sure.machine
    sure = replace(sure, machine=replace(sure.machine, confidence=0.95))
    project.save_page(page_of(checked))
    project.save_page(replace(page_of(sure), id=OTHER))
    before = project.summaries()
    words = project.count_words()
    assert words.certain == {"plans": 1}
    indexed(project).close()
    again = opened(tmp_path)
    index = Index(again)
    assert len(index.pages()) == 2
    index.close()
    assert again.count_words() == words
    later = page_of(checked, read_word("new", 300))
    project.save_page(later)
    decode, read = page_file.decode, list[bytes]()

    def noted(data: bytes) -> Page:
        read.append(data)
        return decode(data)

    monkeypatch.setattr(page_file, "decode", noted)
    assert again.summaries() == before | {BOARD.id: PageSummary.of(later)}
    assert len(read) == 1
    assert dict(again.count_words().typed) == {"map": 1}


def words_of(*sure: float | None) -> list[Word]:
    made = [read_word(f"w{number}", 50 * number) for number in range(len(sure))]
    return [
        replace(word, machine=replace(word.machine, confidence=each) if word.machine and each is not None else None)
        for word, each in zip(made, sure, strict=True)
    ]


def test_words_come_the_least_sure_first_and_no_more_than_wanted(tmp_path: Path) -> None:
    project = opened(tmp_path)
    project.save_page(page_of(*words_of(0.9, 0.2, None, 0.5), image="b.jpg"))
    checked = replace(read_word("x", 1), human=Transcription.by_human("x"))
    project.save_page(replace(page_of(checked, *words_of(0.2, 0.7), image="a.jpg"), id=OTHER))
    index = indexed(project)
    rows = index.words(unchecked_only=True)
    assert [(row.image, row.confidence) for row in rows] == [
        ("b.jpg", None), ("a.jpg", pytest.approx(0.2)), ("b.jpg", pytest.approx(0.2)), ("b.jpg", pytest.approx(0.5)),
        ("a.jpg", pytest.approx(0.7)), ("b.jpg", pytest.approx(0.9)),
    ]  # fmt: skip
    assert len(index.words()) == 7
    for limit in range(1, 8):
        assert index.words(limit=limit) == index.words()[:limit]


def test_pages_with_words_that_were_read_alike_and_that_nobody_has_checked(tmp_path: Path) -> None:
    project, held = opened(tmp_path), (Alternative("return", 0.1),)
    checked = replace(read_word("retum", 300), human=Transcription.by_human("return"))
    guess = replace(checked, human=None, machine=Transcription("vehum", TextSource.MODEL, 0.8, alternatives=held))
    words = {"same": read_word("retum", 100), "held": guess, "checked": checked, "right": read_word("return", 100)}
    for name, word in words.items():
        project.save_page(replace(page_of(word, image=f"{name}.jpg"), id=name.ljust(16, "0")))
    index = indexed(project)
    assert {page_id.rstrip("0") for page_id in index.read_alike("retum", "return", 9)} == {"held", "same"}
    assert len(index.read_alike("retum", "return", 1)) == 1


def test_a_photo_that_was_replaced_is_found_once(tmp_path: Path) -> None:
    """Until the new photo has a page, the old one's words are found; its own page stays as it is."""
    project = opened(tmp_path / "photos")
    photo, ids = project.photos / "board.png", []
    for shade, text in ((200, "modern"), (90, "modern map")):
        photo_file.save_png(photo, np.full((40, 60, 3), shade, np.uint8))
        ids.append(photo_file.compute_content_id(photo))
        words = [read_word(each, 100 * number) for number, each in enumerate(text.split(), 1)]
        project.save_page(replace(page_of(*words), id=ids[-1], image="board.png"))
    index = indexed(project)
    answer = index.search("modern")
    assert ([hit.page_id for hit in answer.hits], answer.total, answer.photos) == ([ids[1]], 1, 1)
    assert {word.page_id for word in index.words()} == {ids[1]}
    assert [hit.page_id for hit in index.find("modern", page_id=ids[0])] == ids[:1]
    photo_file.save_png(photo, np.full((40, 60, 3), 200, np.uint8))  # the old photo is there again
    assert {hit.page_id for hit in index.find("modern")} == {ids[0]}
    photo.unlink()
    assert {hit.page_id for hit in index.find("modern")} == set(ids)
    index.close()
