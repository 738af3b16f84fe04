"""The help pages: all there, linked to each other, and found by their words."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from babel.messages.pofile import read_po

from ocr_studio.core import resources, translation
from ocr_studio.core.help import help_pages
from ocr_studio.core.help.help_pages import NoSuchTopic
from ocr_studio.core.search import folding

PAGES = {page.topic: page for page in help_pages.load_pages()}
LANGUAGES = ("de", "uk")


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
    with pytest.raises(NoSuchTopic, match=r"there is no help topic “trainning”. Did you mean “training”\?"):
        help_pages.find_page("trainning")
    with pytest.raises(NoSuchTopic, match=r"Choose one of these: start, photos, .*, development"):
        help_pages.find_page("nothing of the kind")


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


@pytest.fixture(params=LANGUAGES)
def language(request: pytest.FixtureRequest) -> Iterator[str]:
    assert translation.use(resources.folder() / "translations", request.param)
    yield request.param
    translation.use_english()


def skeleton(text: str) -> dict[str, list[str]]:
    """What a translation has in common with its page."""
    prose = re.sub(r"(?s)```.*?```", "", text)
    return {
        "headings": [mark[1] for mark in re.finditer(r"^(#{1,6}) ", prose, re.MULTILINE)],
        "links": sorted(re.findall(r"\]\(([^)]+)\)", prose)),
        "code": sorted(re.findall(r"`[^`]+`", prose)),
        "blocks": _code_blocks(text),
        "cells": [str(line.count("|")) for line in prose.splitlines() if line.startswith("|")],
    }


def _code_blocks(text: str) -> list[str]:
    """Blocks of code without what is translated in them: explanations beside commands, and words in diagrams."""
    blocks = re.findall(r"(?s)```.*?```", text)
    return ["" if "─" in block else re.sub(r"(?m)^(ocr-studio .*?) {3,}.*$", r"\1", block) for block in blocks]


def test_every_language_has_every_page_with_the_same_headings_links_and_code(language: str) -> None:
    files = {path.stem for path in (resources.folder() / "help" / language).iterdir()}
    assert files == set(help_pages.TOPICS)
    for page in help_pages.load_pages():
        assert page.text != PAGES[page.topic].text
        assert skeleton(page.text) == skeleton(PAGES[page.topic].text), page.topic
        assert page.summary.endswith(".")


def test_menus_are_named_as_the_window_names_them(language: str) -> None:
    catalogue = resources.folder() / "translations" / language / "LC_MESSAGES" / "ocr-studio.po"
    with catalogue.open("rb") as stream:
        texts = [each.string for each in read_po(stream, locale=language) if isinstance(each.string, str)]
    known = {text.replace("&", "").rstrip(" .:…") for text in texts}
    for page in help_pages.load_pages():
        prose = re.sub(r"(?s)```.*?```", "", page.text)
        paths = [" ".join(path.split()) for path in re.findall(r"\*\*([^*]+?)\*\*", prose) if " → " in path]
        unknown = [part for path in paths for part in path.split(" → ") if part.rstrip(" .:…") not in known]
        assert not unknown, page.topic


def test_pages_are_searched_in_the_language_of_the_program(language: str) -> None:
    query = {"de": "lernrate", "uk": "швидкість навчання"}[language]
    assert help_pages.search_pages(query)[0].page.topic == "training"
    assert help_pages.find_page("training").title == {"de": "Training", "uk": "Навчання"}[language]


def test_without_a_translation_a_page_is_in_english(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(help_pages, "language", lambda: "xx")
    assert help_pages.find_page("start") == PAGES["start"]
