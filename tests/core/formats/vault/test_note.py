"""Notes: what the user writes around our part stays byte for byte, and properties are what a YAML parser reads."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from datetime import datetime
from urllib.parse import unquote

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from ocr_studio.core.formats.documents.outline import Heading, ListItems, Paragraph, TableBlock
from ocr_studio.core.formats.vault import front_matter, note
from ocr_studio.core.formats.vault.front_matter import Plain, Value
from ocr_studio.core.formats.vault.note import NotePart
from ocr_studio.core.formats.vault.note_text import PageText, escape, format_body, format_picture
from tests.core.formats.documents.test_office import BLOCKS, outlined
from tests.core.formats.test_formats import as_read
from tests.core.made_pages import page_of, read_word

ID = "0123456789abcdef" * 2
few = settings(max_examples=60, deadline=None)
texts = st.text(max_size=30)
# What users write: any lines, but none of our comments.
lines = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\r"), max_size=60)
tags = st.lists(
    st.text("abcäöж-/1", min_size=1, max_size=8).filter(lambda tag: tag.strip("-")), unique=True, max_size=4
)
properties = st.fixed_dictionaries(
    {"title": texts, "source": texts, "words": st.integers(0, 10**6).map(Plain)},
    optional={
        "tags": tags,
        "writer": texts,
        "date": st.datetimes(datetime(1900, 1, 1)).map(  # noqa: DTZ001
            lambda when: Plain(when.isoformat(timespec="seconds"))
        ),
    },
)
parts = st.builds(NotePart, properties, lines.map(escape))
own_keys = st.dictionaries(
    st.sampled_from(["aliases", "cssclasses", "status", "project.name", "my key"]),
    st.sampled_from(
        [
            "",
            " text",
            " [a, b]",
            "\n  - a\n  - b: c",
            "\n- x",
            " |\n  title: no\n\n  more",
            " 'it''s' # why",
            " 2026-01-01",
        ]
    ),
    max_size=4,
)


def load(text: str) -> Mapping[str, object]:
    front, _ = front_matter.split_note(text.removeprefix("\ufeff"))
    found = yaml.safe_load(front)
    assert isinstance(found, dict)
    return found


def expect(part: NotePart) -> dict[str, object]:
    found: dict[str, object] = {}
    for key, value in part.properties.items():
        if isinstance(value, list):
            found[key] = [clean(each) for each in value]
        elif isinstance(value, Plain):
            found[key] = datetime.fromisoformat(value) if key == "date" else int(value)
        else:
            found[key] = clean(value)
    return {**found, note.ID_KEY: ID}


def clean(text: str) -> str:
    return "".join("\ufffd" if "\ud800" <= letter <= "\udfff" else letter for letter in text)


@few
@given(parts)
def test_properties_are_what_a_yaml_parser_reads(part: NotePart) -> None:
    text = note.make_note(ID, part)
    assert load(text) == expect(part)
    assert note.read_id(text) == ID
    assert not note.is_edited(text)
    assert note.update_note(text, ID, part) == text


@few
@given(st.lists(parts, min_size=2, max_size=4), lines, lines, own_keys, st.sampled_from(["\n", "\r\n"]), st.booleans())
def test_what_the_user_writes_stays_byte_for_byte(
    versions: list[NotePart], before: str, after: str, own: dict[str, str], end: str, marked: bool
) -> None:
    first, *others = versions
    made = note.make_note(ID, first)
    front, rest = front_matter.split_note(made)
    begin = rest.index("<!--")
    users = "".join(f"{key}:{value}\n" for key, value in own.items())
    above, ours, below = f"\n{before}\n", rest[begin:].rstrip("\n"), f"\n{after}"
    text = f"---\n{front}{users}---\n{above}{ours}{below}".replace("\n", end)
    above, below, users = (each.replace("\n", end) for each in (above, below, users))
    text = ("\ufeff" if marked else "") + text
    for part in others:
        assert not note.is_edited(text)
        assert note.read_id(text) == ID
        text = note.update_note(text, ID, part)
        assert users in text
        assert text.startswith("\ufeff---" if marked else "---")
        _, rest = front_matter.split_note(text.removeprefix("\ufeff"))
        assert rest.startswith(above + "<!-- ocr-studio begin")
        assert rest.endswith("<!-- ocr-studio end -->" + below)
        known = load(text)
        assert {key: known[key] for key in own} == yaml.safe_load(users or "{}")
        kept = {key: value for key, value in expect(part).items() if key not in {"title", "tags"}}
        assert {key: known[key] for key in kept} == kept


@few
@given(lines.map(escape), st.integers(0, 10**6), st.text("abc1*", min_size=1, max_size=5))
def test_a_change_inside_is_noticed(body: str, place: int, more: str) -> None:
    text = note.make_note(ID, NotePart({}, body))
    start, end = text.index("-->") + 3, text.index("<!-- ocr-studio end")
    at = start + place % (end - start)
    if "](" in text:  # a target of a link may change
        return
    assert note.is_edited(text[:at] + more + text[at:])


def test_moved_pictures_and_other_line_ends_are_no_changes() -> None:
    text = note.make_note(ID, NotePart({}, "![a](attachments/a.jpg)\n\nthe map"))
    for other in (
        text.replace("attachments/a.jpg", "../other/a%20b.jpg"),
        text.replace("attachments/a.jpg", "<../other/a b.jpg>"),
        text.replace("\n", "\r\n"),
        text.replace("the map", "the map  "),
    ):
        assert other != text
        assert not note.is_edited(other)
    for edited in (
        text.replace("![a]", "![b]"),
        text.replace("<!-- ocr-studio end -->", ""),
        text.replace("<!-- ocr-studio end -->", " <!-- ocr-studio end -->"),
        text + text,
        "the map",
    ):
        assert note.is_edited(edited)


def test_a_part_that_was_removed_comes_last() -> None:
    part = NotePart({"title": "a"}, "the map")
    text = f'---\r\n{note.ID_KEY}: "{ID}"\r\n---\r\nmine'
    updated = note.update_note(text, ID, part)
    assert updated.startswith(f'---\r\n{note.ID_KEY}: "{ID}"\r\ntitle: "a"\r\n---\r\nmine\r\n\r\n<!-- ocr-studio begin')
    assert not note.is_edited(updated)
    assert "\n" not in updated.replace("\r\n", "")


@pytest.mark.parametrize(
    ("front", "expected"),
    [
        ('tags: ["mine", "a"]\n', 'tags: ["mine", "a", "b"]\n'),
        ("tags:\n  - mine\n  - a\n# why\nx: 1\n", 'tags: ["mine", "a", "b"]\n# why\nx: 1\n'),
        ("tags:\n- b\n- a\n", "tags:\n- b\n- a\n"),
        ("tags: [mine, 'it''s'] # why\n", 'tags: ["mine", "it\'s", "a", "b"]\n'),
        ("tags: mine, a\n", 'tags: ["mine", "a", "b"]\n'),
        ("tags:\n", 'tags: ["a", "b"]\n'),
        ("'tags' : [a, b]\n", "'tags' : [a, b]\n"),
        ("tags: &x [a]\n", "tags: &x [a]\n"),
        ("tags: [a,\n  c]\n", "tags: [a,\n  c]\n"),
    ],
)
def test_tags_of_the_user_stay(front: str, expected: str) -> None:
    assert front_matter.update(front, {"tags": ["a", "b"]}, joined=["tags"]) == expected


@pytest.mark.parametrize(
    ("front", "expected"),
    [
        ("writer: Ann\n", "writer: Ann\n"),
        ("writer: 'Ann' # who\n", 'writer: "Bea"\n'),
        ("writer: |\n  Ann\n\n  and I\n\n# a\nx: 1\n", 'writer: "Ann"\n\n# a\nx: 1\n'),
        ("writer: Bea", 'writer: "Ann"\n'),
        ("  writer: Bea\nxwriter: Bea\n", '  writer: Bea\nxwriter: Bea\nwriter: "Ann"\n'),
    ],
)
def test_other_values_are_set(front: str, expected: str) -> None:
    name = "Bea" if "who" in front else "Ann"
    assert front_matter.update(front, {"writer": name}) == expected


def test_titles_of_the_user_stay() -> None:
    assert front_matter.update("title: Mine\n", {"title": "a"}, kept=["title"]) == "title: Mine\n"
    assert front_matter.update("title:\n", {"title": "a"}, kept=["title"]) == 'title: "a"\n'
    for front in ('title: "Mine" # or not\n', "title: >-\n  Mine\n"):
        assert front_matter.update(front, {"title": "a"}, kept=["title"]) == front


@pytest.mark.parametrize(
    "text",
    [
        "",
        "---\nocr-studio-id: x\n---\n",
        f"ocr-studio-id: {ID}\n",
        f"---\na: |\n  ocr-studio-id: {ID}\n---\n",
        f"---\nocr-studio-id: {ID}\n",
    ],
)
def test_other_notes_have_no_id(text: str) -> None:
    assert note.read_id(text) == ""


@pytest.mark.parametrize(
    "line",
    [
        "#urgent now",
        "a #tag",
        "%%hidden%%",
        "==high==",
        "so ^block-1",
        "due:: friday",
        "{{query}}",
        "[[link]]",
        "$x$",
        "C# 50%",
        "a\\#b",
    ],
)
def test_nothing_in_a_text_means_something_to_programs_for_notes(line: str) -> None:
    assert as_read(escape(line)) == line
    plain = escape(line).replace("\\\\", "").replace("\\", "\0")
    assert not re.search(r"(?<!\0)(#tag|%%|==|\^b|::|\{\{|\[\[|\$x)", plain), plain
    assert not plain.startswith("#")


def test_names_of_programs_can_be_searched() -> None:
    assert escape("list_1.next_node _x_ a__b") == r"list_1.next_node \_x\_ a\_\_b"


@few
@given(st.text(st.sampled_from("ab1 .)#-+*_=>~`|[]<>&;!\\:(x$^\"'/?%{"), min_size=1, max_size=12))
def test_text_is_shown_as_it_is(line: str) -> None:
    line = " ".join(line.split()) or "a"
    assert as_read(f"x\n{escape(line)}\ny") == f"x\n{line}\ny"


@few
@given(
    st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=20), st.text("ab #|[]()<>%\\äж^", min_size=1)
)
def test_pictures_are_found(name: str, path: str) -> None:
    [_, inline, _] = MarkdownIt("commonmark").parse(format_picture(name, path))
    assert inline.children is not None
    [image] = inline.children
    assert unquote(str(image.attrs["src"])) == path
    assert "|" not in image.content


def test_a_note_of_several_pages() -> None:
    words = read_word("the", 100, 100), read_word("map", 170, 100), read_word("here", 100, 400)
    pages = [PageText(page_of(*words), f"Page {number}") for number in (1, 2)]
    assert format_body(pages, source="a/b c.pdf", name="b c.pdf") == (
        "![b c.pdf](a/b%20c.pdf)\n\n## Page 1\n\nthe map\n\nhere\n\n## Page 2\n\nthe map\n\nhere"
    )


def test_headings_lists_and_tables_are_shown_and_comments_are_not() -> None:
    text = note.make_note(ID, NotePart({}, format_body([PageText(outlined(), "", "a.jpg")])))
    found = MarkdownIt("commonmark").enable("table").parse(front_matter.split_note(text)[1])
    kinds = [token.type.removesuffix("_open") for token in found if token.level == 0 and token.nesting >= 0]
    assert kinds == ["html_block", "paragraph", "heading", "paragraph", "bullet_list", "table", "html_block"]
    assert all(re.fullmatch(r"<!-- .* -->\n?", token.content) for token in found if token.type == "html_block")
    heading, paragraph, items, table = BLOCKS
    assert isinstance(heading, Heading)
    assert isinstance(paragraph, Paragraph)
    assert isinstance(items, ListItems)
    assert isinstance(table, TableBlock)
    cells = [cell for row in table.rows for cell in row]
    assert [token.content for token in found if token.type == "inline"] == [
        "![board.jpg](a.jpg)",
        heading.text,
        "\n".join(paragraph.lines),
        *items.items,
        *cells,
    ]


def test_values_are_on_one_line() -> None:
    value: Value = 'a\n"b"\x85\u2028\ufeff\x7f\ud800'
    assert "\n" not in front_matter.format_value(value)
    assert yaml.safe_load(front_matter.format_value(value)) == 'a\n"b"\x85\u2028\ufeff\x7f\ufffd'
    assert json.loads(front_matter.format_value(["a: b", "#c"])) == ["a: b", "#c"]
