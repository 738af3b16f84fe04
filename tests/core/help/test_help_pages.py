"""The help pages: all there, linked to each other, and found by their words."""

from __future__ import annotations

import re

import pytest

from ocr_studio.core import resources
from ocr_studio.core.help import help_pages
from ocr_studio.core.help.help_pages import NoSuchTopic
from ocr_studio.core.search import folding

PAGES = {page.topic: page for page in help_pages.load_pages()}


def headings(text: str) -> list[str]:
    return re.findall(r"^#{1,6} +(.+)$", text, re.MULTILINE)


def test_the_table_of_contents_is_complete() -> None:
    files = {path.stem for path in (resources.folder() / "help").glob("*.md")}
    assert files == set(help_pages.TOPICS)


@pytest.mark.parametrize("topic", help_pages.TOPICS)
def test_a_page_has_one_title_and_says_what_it_is_about(topic: str) -> None:
    page = PAGES[topic]
    assert page.text.startswith(f"# {page.title}\n")
    assert 20 < len(page.summary) < 300
    assert page.summary.endswith(".")
    assert len(set(headings(page.text))) == len(headings(page.text))


@pytest.mark.parametrize("topic", help_pages.TOPICS)
def test_links_lead_to_pages(topic: str) -> None:
    targets = re.findall(r"\]\(([^)]+)\)", PAGES[topic].text)
    assert {target.split("#")[0] for target in targets} <= {f"{each}.md" for each in help_pages.TOPICS}


def test_a_page_is_found_by_its_name() -> None:
    assert help_pages.find_page(" Training ").topic == "training"


def test_an_unknown_topic_is_answered_with_those_that_may_be_meant() -> None:
    with pytest.raises(NoSuchTopic, match=r"there is no help page “trainning”.*training"):
        help_pages.find_page("trainning")


def test_an_empty_query_finds_all_pages_in_their_order() -> None:
    assert [match.page.topic for match in help_pages.search_pages("  ")] == list(help_pages.TOPICS)


def test_a_word_of_the_title_comes_first_and_all_words_must_be_there() -> None:
    assert help_pages.search_pages("TRAINING")[0].page.topic == "training"
    assert help_pages.search_pages("train")[0].page.topic == "training"
    everywhere = {match.page.topic for match in help_pages.search_pages("export")}
    both = {match.page.topic for match in help_pages.search_pages("export dataset")}
    assert both < everywhere
    assert help_pages.search_pages("export xyzzy") == []


@pytest.mark.parametrize("topic", help_pages.TOPICS)
def test_a_section_is_found_by_its_heading(topic: str) -> None:
    for heading in headings(PAGES[topic].text)[1:]:
        found = {match.page.topic: match.heading for match in help_pages.search_pages(heading)}
        assert found[topic] == heading or set(fold(heading)) <= set(fold(found[topic]))


def fold(text: str) -> list[str]:
    return [folding.fold_word(word) for word in text.replace("-", " ").split()]


def test_the_page_that_has_a_word_most_often_comes_first() -> None:
    counts = {topic: fold(page.text).count("font") for topic, page in PAGES.items()}
    assert help_pages.search_pages("font")[0].page.topic == max(counts, key=lambda topic: counts[topic])
