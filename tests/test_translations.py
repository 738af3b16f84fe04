"""Texts go to translators and come back: all of them are found, none is lost, and slips are seen."""

from __future__ import annotations

import dataclasses
import gettext
import subprocess
import sys
from io import BytesIO
from pathlib import Path

import pytest
import shown_texts
import translation_slips
import translations
from babel.messages.catalog import Catalog
from babel.messages.plurals import get_plural

from ocr_studio.core import resources, translation
from ocr_studio.ui.commands.spec import ActionSpec


def _found(tmp_path: Path, source: str) -> list[tuple[str, str]]:
    (tmp_path / "module.py").write_text(source, encoding="utf-8")
    return [(shown.text, shown.many) for shown in shown_texts.find(tmp_path)]


@pytest.mark.parametrize(
    ("source", "texts"),
    [
        ('tr("Open")', [("Open", "")]),
        ('tr("One " "sentence, {of} " "pieces", of=1)', [("One sentence, {of} pieces", "")]),
        ('tr_n("{count} word", "{count} words", n, x=1)', [("{count} word", "{count} words")]),
        ('A = later("Find")\ntr(A)', [("Find", "")]),
        ('A = later_n("a box", "{count} boxes")\ntr_n(*A, 3)', [("a box", "{count} boxes")]),
        ('tr("On" if on else "Off")', [("On", ""), ("Off", "")]),
        ('tr(why or TABLE.get(key) or "No")', [("No", "")]),
        ("for title, tip in TABLE: tr(title)\ntr(spec.tip)\ntr(TITLES[key])", []),
        ('ActionSpec("open", "&Open…", do, "&File/&More", tip="Open it")', "&Open… &File &More Open_it"),
        ('ActionSpec(id="a", title="&A", do=do, menu="&B", why="No")', "&A &B No"),
        ('ActionSpec("a", later("&A"), do, "&B", 1, "", (), W, S, "Tip", has_photo)', "&A &B Tip"),
        ('ActionSpec(f"a{n}", title, do, "&B", tip=tip)', "&B"),
    ],
)
def test_all_texts_are_found(tmp_path: Path, source: str, texts: list[tuple[str, str]] | str) -> None:
    wanted = [(text.replace("_", " "), "") for text in texts.split()] if isinstance(texts, str) else texts
    assert sorted(_found(tmp_path, source)) == sorted(wanted)


@pytest.mark.parametrize(
    "source",
    [
        'tr(f"Open {name}")',
        'tr("Open " + name)',
        'tr("Open {}".format(name))',
        'tr("Open %s" % name)',
        "tr()",
        'A = "Open"\ntr(A)',
        'A = f"Open {name}"\ntr(A)',
        "later(name)",
        'tr_n("a word", f"{n} words", n)',
        'tr_n("a word", words, n)',
        'ActionSpec("a", f"A&{n}", do, "&B")',
        'ActionSpec("a", "&A", do, "&B", tip=f"Open {name}")',
    ],
)
def test_a_text_that_nobody_could_translate_is_refused(tmp_path: Path, source: str) -> None:
    with pytest.raises(shown_texts.NotPlain, match=r"module\.py:\d"):
        _found(tmp_path, source)


def test_the_places_of_an_actions_texts_are_known() -> None:
    places = {name: place for name, (place, _) in shown_texts._ACTION.items()}
    names = [field.name for field in dataclasses.fields(ActionSpec)]
    assert places == {name: names.index(name) for name in places}


def test_translators_are_told_what_stands_before_a_text(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text('# Translators: a verb\ntr("Read")\n# Reasons\ntr("Board")\n', encoding="utf-8")
    assert [(shown.text, shown.note, shown.line) for shown in shown_texts.find(tmp_path)] == [
        ("Read", "a verb", 2),
        ("Board", "", 4),
    ]


def _catalogue(language: str = "de", **texts: str) -> Catalog:
    made = Catalog(language)
    for text, said in texts.items():
        made.add(text.replace("_", " "), said)
    return made


def test_translations_stay_and_changed_texts_are_to_be_looked_at_again() -> None:
    known = _catalogue(
        Open="Öffnen", Close_this_window_now="Dieses Fenster jetzt schließen", Gone_for_a_while="Weg", Nothing=""
    )
    translations.update(known, _catalogue(Open="", Close_that_window_now="", New=""))
    said = {message.id: (message.string, message.fuzzy) for message in known if message.id}
    assert said == {
        "Open": ("Öffnen", False),
        "Close that window now": ("Dieses Fenster jetzt schließen", True),
        "New": ("", False),
    }
    translations.update(known, _catalogue(Gone_for_a_while="", Nothing=""))
    assert {message.id: message.string for message in known if message.id} == {"Gone for a while": "Weg", "Nothing": ""}


def test_only_what_is_translated_is_shown(tmp_path: Path) -> None:
    known = _catalogue("uk", Open="Відкрити", Close="")
    known.add("Cut", "Вирізати", flags={"fuzzy"})
    known.add(("{count} word", "{count} words"), ("{count} слово", "{count} слова", "{count} слів"))
    known.add(("{count} box", "{count} boxes"), ("{count} рамка", "", ""))
    said = gettext.GNUTranslations(BytesIO(translations.compiled(known)))
    assert [said.gettext(text) for text in ("Open", "Close", "Cut")] == ["Відкрити", "Close", "Cut"]
    counted = {n: said.ngettext("{count} word", "{count} words", n).split()[1] for n in (1, 2, 5, 11, 21, 22, 25)}
    assert counted == {1: "слово", 2: "слова", 5: "слів", 11: "слів", 21: "слово", 22: "слова", 25: "слів"}
    assert said.ngettext("{count} box", "{count} boxes", 1) == "{count} box"


@pytest.mark.parametrize(
    ("text", "said", "slip"),
    [
        ("{count} of {total}", "{total}: {count}", ""),
        ("{count} of {total}", "{count}", "placeholders"),
        ("{share:.1f} %", "{share} %", "placeholders"),
        ("{count} words", "{Count} Wörter", "placeholders"),
        ("{count} words", "{count Wörter", "placeholders"),
        ("No { at all", "Keine {", ""),
        ("&Open…", "Ö&ffnen…", ""),
        ("&Open…", "Öffnen…", "mnemonics"),
        ("Light && dark", "Hell && dunkel", ""),
        ("&Open…", "Ö&ffnen", "…"),
        ("Name:", "Name", ":"),
        ("It is open.", "Ist offen", "."),
        ("<b>Read</b> it", "<b>Lies</b> es", ""),
        ("<b>Read</b> it", "Lies es", "<b>"),
        (" and ", "und", "spaces"),
        ("Open", "", "no translation"),
    ],
)
def test_slips_are_seen(text: str, said: str, slip: str) -> None:
    known = Catalog("de")
    known.add(text, said)
    slips = list(translation_slips.find(known))
    assert bool(slips) == bool(slip)
    assert all(slip in each for each in slips)


@pytest.mark.parametrize(
    ("language", "forms", "good"),
    [
        ("de", ("Ein Wort", "{count} Wörter"), True),
        ("de", ("{count} Wort", "{count} Wörter"), True),
        ("de", ("Ein Wort", "Wörter"), False),
        ("de", ("Ein Wort", ""), False),
        ("uk", ("{count} слово", "{count} слова", "{count} слів"), True),
        # The first form is for 21 words, too.
        ("uk", ("Одне слово", "{count} слова", "{count} слів"), False),
        ("uk", ("{count} слово", "{count} слова", ""), False),
    ],
)
def test_slips_are_seen_in_every_form(language: str, forms: tuple[str, ...], good: bool) -> None:
    known = Catalog(language)
    known.add(("One word", "{count} words"), forms)
    assert (list(translation_slips.find(known)) == []) == good


@pytest.mark.parametrize("language", translations.languages())
def test_a_catalogue_knows_the_forms_of_its_language(language: str) -> None:
    known = translations.read(language)
    assert (known.num_plurals, known.plural_expr) == tuple(get_plural(language))[:2]
    assert resources.translations() / language / "LC_MESSAGES" == translations.catalogue_file(language).parent
    assert language in translation.available(resources.translations())


def test_translators_get_what_is_missing_and_give_it_back(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(translations, "CATALOGUES", tmp_path)
    monkeypatch.setattr(translations, "template", lambda: _catalogue(Open="", Close=""))
    monkeypatch.setattr(sys, "argv", ["translations.py", "add", "fr"])
    assert translations.main() == 0
    brought = tmp_path / "brought.po"
    brought.write_text(
        'msgid ""\nmsgstr "Content-Type: text/plain; charset=utf-8\\n"\n\nmsgid "Open"\nmsgstr "Ouvrir"\n'
    )
    monkeypatch.setattr(sys, "argv", ["translations.py", "take", "fr", str(brought)])
    assert translations.main() == 0
    assert {each.id: each.string for each in translations.read("fr") if each.id} == {"Open": "Ouvrir", "Close": ""}
    assert gettext.translation(translation.DOMAIN, tmp_path, ["fr"]).gettext("Open") == "Ouvrir"


def test_it_is_a_command() -> None:
    told = subprocess.run(
        [sys.executable, "packaging/translations.py", "extract"],
        cwd=translations.CHECKOUT,
        capture_output=True,
        check=True,
    )
    assert 'msgid "&Open' in told.stdout.decode("utf-8")
