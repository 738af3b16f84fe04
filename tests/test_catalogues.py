"""The catalogues hold every text of the program, translated, and nothing is wrong with them that can be seen."""

from __future__ import annotations

import pytest
import translation_slips
import translations


@pytest.mark.parametrize("language", translations.languages())
def test_everything_is_translated(language: str) -> None:
    """Every text, in all its forms, with its places, letters to press and dots."""
    assert list(translation_slips.find(translations.read(language))) == []


@pytest.mark.parametrize("language", translations.languages())
def test_a_catalogue_holds_the_texts_of_the_program(language: str) -> None:
    """None is missing, none is too many: after a change of texts the catalogues were updated."""
    texts, known = translations.template(), translations.read(language)
    assert {message.id for message in known} == {message.id for message in texts}


@pytest.mark.parametrize("language", translations.languages())
def test_what_is_read_is_what_was_written(language: str) -> None:
    """The program reads compiled catalogues, kept beside the ones that people change."""
    catalogue = translations.catalogue_file(language)
    assert catalogue.with_suffix(".mo").read_bytes() == translations.compiled(translations.read(language))
