"""Manages the translations. Run it in the checkout, with Babel (which is installed with the tests):

python packaging/translations.py update           add new and changed texts to all catalogues, and compile them
python packaging/translations.py missing de       print a catalogue of the missing translations
python packaging/translations.py take de FILE.po  import translations from such a catalogue
python packaging/translations.py check de         list missing and wrong translations
python packaging/translations.py compile          compile the catalogues (.po) for the program (.mo)
python packaging/translations.py extract          print all texts as a template
python packaging/translations.py add fr           add a catalogue for a new language

A changed text keeps its translation, marked as fuzzy. Fuzzy translations are not used until you review them and remove
the mark.
"""

from __future__ import annotations

import argparse
import io
import os
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import shown_texts
import translation_slips
from babel.messages.catalog import Catalog, Message
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from filelock import lock_descriptor

CHECKOUT = Path(__file__).parent.parent
CATALOGUES = CHECKOUT / "resources" / "translations"
_NAME = "ocr-studio"
# A fixed date, so that files only change with their texts.
_BEGUN = datetime(2026, 11, 21, tzinfo=UTC)
_HEADER = """\
# OCR Studio in another language. Maintained with packaging/translations.py, which explains how to translate.
# This file is distributed under the same licence as OCR Studio, MIT."""


def template() -> Catalog:
    """Create a catalogue of all texts of the program. Raises shown_texts.NotPlain."""
    catalogue = _empty(None)
    for shown in (
        *shown_texts.find(CHECKOUT / "ocr_studio"),
        *shown_texts.of_models(CHECKOUT / "resources" / "models"),
    ):
        known = catalogue.get(shown.text)
        if shown.many and known and known.pluralizable and known.id[1] != shown.many:
            raise shown_texts.NotPlain(f"{shown.path}:{shown.line}: “{shown.text}” has two plurals")
        # Without the line number, which would change with every edit above.
        place = (shown.path.relative_to(CHECKOUT).as_posix(), 0)
        notes = [shown.note] if shown.note else []
        catalogue.add((shown.text, shown.many) if shown.many else shown.text, None, [place], auto_comments=notes)
    return catalogue


def catalogue_file(language: str) -> Path:
    """Return the file with the translations to a language."""
    return CATALOGUES / language / "LC_MESSAGES" / f"{_NAME}.po"


def languages() -> list[str]:
    """Return the languages with a catalogue."""
    return sorted(path.parent.parent.name for path in CATALOGUES.glob(f"*/LC_MESSAGES/{_NAME}.po"))


def read(language: str) -> Catalog:
    """Load the translations to a language."""
    with catalogue_file(language).open("rb") as file:
        return read_po(file, language, _NAME, abort_invalid=True)


def compiled(catalogue: Catalog) -> bytes:
    """Compile a catalogue. Fuzzy and missing translations are left out, so that English is shown."""
    held = Catalog(catalogue.locale, charset="utf-8")
    held.mime_headers = catalogue.mime_headers
    for message in catalogue:
        if message.id and not is_open(message):
            held.add(message.id, message.string)
    file = io.BytesIO()
    write_mo(file, held)
    return file.getvalue()


def update(catalogue: Catalog, texts: Catalog) -> None:
    """Update a catalogue to exactly these texts. Translations of removed texts are preserved as obsolete."""
    for key, gone in list(catalogue.obsolete.items()):
        if texts.get(key) is not None:
            catalogue[gone.id] = catalogue.obsolete.pop(key)
    catalogue.update(texts, update_creation_date=False)
    for message in catalogue:
        if message.id and not _says_something(message):  # same as no translation
            message.flags -= {"fuzzy"}
        # Babel reads the previous version of a text as a comment.
        message.user_comments = [each for each in message.user_comments if not each.startswith("| ")]
    for key, gone in list(catalogue.obsolete.items()):
        if gone.fuzzy or not _says_something(gone):
            del catalogue.obsolete[key]


def write(catalogue: Catalog, language: str) -> None:
    """Write the translations to a language, and compile them. Each file is replaced atomically."""
    path = catalogue_file(language)
    path.parent.mkdir(parents=True, exist_ok=True)
    for target, content in ((path, _as_text(catalogue)), (path.with_suffix(".mo"), compiled(catalogue))):
        beside = target.with_name(f".{target.name}.new")
        beside.write_bytes(content)
        os.replace(beside, target)


def is_open(message: Message) -> bool:
    """Whether a text needs translation: it has none, lacks plural forms, or is fuzzy."""
    forms = message.string if isinstance(message.string, tuple | list) else (message.string,)
    return bool(message.id) and (message.fuzzy or not all(forms))


def _update(options: argparse.Namespace) -> None:
    texts = template()
    for language in options.language or languages():
        catalogue = read(language)
        update(catalogue, texts)
        write(catalogue, language)
        _report(language, catalogue)


def _add(options: argparse.Namespace) -> None:
    for language in options.language:
        if catalogue_file(language).exists():
            raise SystemExit(f"“{language}” already has a catalogue: {catalogue_file(language)}")
        catalogue = _empty(language)
        update(catalogue, template())
        write(catalogue, language)


def _compile(options: argparse.Namespace) -> None:
    for language in options.language or languages():
        write(read(language), language)
        _report(language, read(language))


def _extract(_: argparse.Namespace) -> None:
    sys.stdout.buffer.write(_as_text(template()))


def _missing(options: argparse.Namespace) -> None:
    catalogue = read(options.language)
    for message in [each for each in catalogue if each.id and not is_open(each)]:
        catalogue.delete(message.id)
    catalogue.obsolete.clear()
    sys.stdout.buffer.write(_as_text(catalogue))


def _check(options: argparse.Namespace) -> None:
    slips = list(translation_slips.find(read(options.language)))
    print(*slips, f"problems: {len(slips)}", sep="\n")
    if slips:
        raise SystemExit(1)


def _take(options: argparse.Namespace) -> None:
    catalogue, taken = read(options.language), 0
    with open(options.file, "rb") as file:
        brought = read_po(file, options.language, _NAME, abort_invalid=True)
    for message in brought:
        known = catalogue.get(_key(message)) if message.id else None
        if message.id and (known is None or known.pluralizable != message.pluralizable):
            print(f"unknown text: {message.id}", file=sys.stderr)
        elif known is not None and not is_open(message):
            known.string, known.user_comments = message.string, message.user_comments
            known.flags -= {"fuzzy"}
            taken += 1
    write(catalogue, options.language)
    print(f"imported translations: {taken}")
    _report(options.language, catalogue)


def _report(language: str, catalogue: Catalog) -> None:
    messages = [message for message in catalogue if message.id]
    fuzzy = sum(message.fuzzy for message in messages)
    missing = sum(map(is_open, messages)) - fuzzy
    print(f"{language}: {len(messages)} texts, {missing} untranslated, {fuzzy} fuzzy")


def _empty(language: str | None) -> Catalog:
    return Catalog(
        language, _NAME, header_comment=_HEADER, project="OCR Studio", version="1", copyright_holder="OCR Studio",
        msgid_bugs_address="OCR Studio", creation_date=_BEGUN, revision_date=_BEGUN, last_translator="OCR Studio",
        language_team="OCR Studio", charset="utf-8", fuzzy=False,
    )  # fmt: skip


def _as_text(catalogue: Catalog) -> bytes:
    for message in catalogue:
        # Texts such as "50 % of" aren't format strings.
        message.flags -= {"python-format"}
    file = io.BytesIO()
    write_po(file, catalogue, width=120, include_lineno=False)
    return file.getvalue()


def _key(message: Message) -> str:
    return message.id[0] if isinstance(message.id, tuple | list) else message.id


def _says_something(message: Message) -> bool:
    return any(message.string) if isinstance(message.string, tuple | list) else bool(message.string)


def main() -> int:
    """Run a command. Returns the exit status."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    several: dict[str, Callable[[argparse.Namespace], None]] = {"update": _update, "compile": _compile, "add": _add}
    for name, do in several.items():
        command = commands.add_parser(name)
        command.add_argument("language", nargs="+" if do is _add else "*")
        command.set_defaults(do=do)
    for name, do in {"extract": _extract, "missing": _missing, "check": _check, "take": _take}.items():
        command = commands.add_parser(name)
        command.set_defaults(do=do)
        if do is not _extract:
            command.add_argument("language")
        if do is _take:
            command.add_argument("file", type=Path)
    options = parser.parse_args()
    with open(__file__, "rb") as file:
        lock_descriptor(file.fileno())  # so that two runs don't overwrite each other's changes
        try:
            options.do(options)
        except shown_texts.NotPlain as error:
            print(error, file=sys.stderr)
            return 1
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
