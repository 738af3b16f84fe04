"""What corrected words teach, on a photo that is read by the real networks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from ocr_studio.core.editing import edits
from ocr_studio.core.page import Page, PageFacts, Quad, TextSource, Transcription, Word, apply
from ocr_studio.core.settings import ReaderOptions
from ocr_studio.jobs.reading.learn_corrections import CorrectionLearner, CorrectionsLearned, choose_reading
from ocr_studio.jobs.reading.read import OcrService, WordsRead, read_words
from tests.core.made_pages import page_of

WORDS = ("tree", "hello", "seven", "letter", "meter", "green", "sheet", "never", "Anna", "book", "1024")
CORRECTED = 6  # of these words


@pytest.fixture(scope="module")
def service() -> OcrService:
    # Without dictionaries nothing else pulls the words back.
    return OcrService(ReaderOptions(languages=()))


def drawn(words: Sequence[str]) -> tuple[NDArray[np.uint8], list[Quad]]:
    image = np.full((70 * len(words) + 20, 300, 3), 235, np.uint8)
    quads = []
    for row, word in enumerate(words):
        top = 70 * row + 10
        cv2.putText(image, word, (20, top + 45), cv2.FONT_HERSHEY_SIMPLEX, 1.4, (40, 40, 40), 3, cv2.LINE_AA)
        (width, _), _ = cv2.getTextSize(word, cv2.FONT_HERSHEY_SIMPLEX, 1.4, 3)
        quads.append(Quad.from_box(12, top, 28 + width, top + 60))
    return image, quads


def read(service: OcrService, words: Sequence[str], writer: str = "") -> tuple[NDArray[np.uint8], Page]:
    """A photo of these words, read in their boxes, none of them with certainty."""
    image, quads = drawn(words)
    boxes = [Word(f"{number:08}", quad) for number, quad in enumerate(quads)]
    found = [
        word for event in read_words(service, image, boxes) if isinstance(event, WordsRead) for word in event.words
    ]
    doubtful = [replace(word, machine=replace(word.machine, confidence=0.8)) for word in found if word.machine]
    assert [word.text for word in doubtful] == list(words)
    return image, replace(page_of(*doubtful), facts=PageFacts(writer=writer or None))


def corrected(page: Page) -> Page:
    """The first words, as somebody writes them who has another letter there."""
    for key in sorted(page.words)[:CORRECTED]:
        page = apply(page, edits.answer(page, key, page.words[key].text.replace("e", "ø")))
    return page


def learned(
    learner: CorrectionLearner, service: OcrService, image: NDArray[np.uint8], page: Page
) -> CorrectionsLearned:
    (found,) = [each for each in learner.learn(service, image, page) if isinstance(each, CorrectionsLearned)]
    return found


def test_other_words_are_read_as_the_corrected_ones(service: OcrService) -> None:
    learner, (image, page) = CorrectionLearner(), read(service, WORDS)
    found = learned(learner, service, image, corrected(page))
    assert {page.words[word.id].text: word.text for word in found.words} == {"sheet": "shøøt", "never": "nøvør"}
    assert all(page.words[word.id].quad == word.quad for word in found.words)


def test_what_is_corrected_back_is_read_back(service: OcrService) -> None:
    learner, (image, page) = CorrectionLearner(), read(service, WORDS)
    wrong = corrected(page)
    wrong = apply(wrong, edits.refresh(wrong, learned(learner, service, image, wrong).words))
    for key in sorted(page.words)[:CORRECTED]:
        wrong = apply(wrong, edits.answer(wrong, key, page.words[key].text))
    assert sorted(word.text for word in learned(learner, service, image, wrong).words) == ["never", "sheet"]


def test_words_of_the_same_writer_teach_on_other_photos(service: OcrService) -> None:
    learner, (image, page) = CorrectionLearner(), read(service, WORDS, "Anna")
    learned(learner, service, image, corrected(page))
    for writer, changed in (("Anna", ["bøør"]), ("Ben", [])):
        picture, other = read(service, ("beer", "tall", "rain"), writer)
        other = replace(apply(other, edits.accept(other, ["00000002"])), id=f"other {writer}")
        assert [word.text for word in learned(learner, service, picture, other).words] == changed


def test_what_was_undone_on_another_photo_stops_teaching(service: OcrService) -> None:
    learner, (image, page) = CorrectionLearner(), read(service, WORDS, "Anna")
    wrong = corrected(page)
    picture, other = read(service, ("beer", "tall", "rain"), "Anna")
    other = replace(apply(other, edits.accept(other, ["00000002"])), id="other")
    by_ben = replace(wrong, facts=PageFacts(writer="Ben"))
    for now, changed in ((wrong, ["bøør"]), (page, []), (by_ben, [])):
        learned(learner, service, image, wrong)
        (found,) = [
            event
            for event in learner.learn(service, picture, other, changed=[now])
            if isinstance(event, CorrectionsLearned)
        ]
        assert [word.text for word in found.words] == changed


def test_what_was_undone_is_forgotten_though_the_model_of_the_open_photo_cannot_learn(
    service: OcrService, monkeypatch: pytest.MonkeyPatch
) -> None:
    learner, (image, page) = CorrectionLearner(), read(service, WORDS, "Anna")
    learned(learner, service, image, corrected(page))
    picture, other = read(service, ("beer", "tall", "rain"), "Anna")
    other = replace(apply(other, edits.accept(other, ["00000002"])), id="other")
    with monkeypatch.context() as patch:
        patch.setattr(CorrectionLearner, "_learner", lambda *_: None)
        assert not [*filter(_is_learned, learner.learn(service, picture, other, changed=[page]))]
    assert not learned(learner, service, picture, other).words


def test_a_page_that_is_gone_teaches_no_more(service: OcrService) -> None:
    learner, (image, page) = CorrectionLearner(), read(service, WORDS, "Anna")
    learned(learner, service, image, corrected(page))
    picture, other = read(service, ("beer", "tall", "rain"), "Anna")
    other = replace(apply(other, edits.accept(other, ["00000002"])), id="other")
    (found,) = filter(_is_learned, learner.learn(service, picture, other, missing=[page.id]))
    assert found == CorrectionsLearned(())


def _is_learned(event: object) -> bool:
    return isinstance(event, CorrectionsLearned)


def test_what_was_learned_is_read_as_usual_once_nothing_teaches_it(service: OcrService) -> None:
    learner, (image, page) = CorrectionLearner(), read(service, WORDS, "Anna")
    learned(learner, service, image, corrected(page))
    picture, other = read(service, ("beer", "tall", "rain"), "Anna")
    other = replace(other, id="other")
    other = apply(other, edits.refresh(other, learned(learner, service, picture, other).words))
    assert "bøør" in [word.text for word in other.words.values()]
    (again,) = [
        event
        for event in learner.learn(service, picture, other, changed=[page])
        if isinstance(event, CorrectionsLearned)
    ]
    assert [word.text for word in again.words] == ["beer"]
    assert not any(word.machine and word.machine.from_corrections for word in again.words)


def test_without_checked_words_nothing_is_learned(service: OcrService) -> None:
    image, page = read(service, WORDS)
    assert not [
        each for each in CorrectionLearner().learn(service, image, page) if isinstance(each, CorrectionsLearned)
    ]


def test_what_was_learned_teaches_nothing_itself(service: OcrService) -> None:
    learner, (image, page) = CorrectionLearner(), read(service, WORDS)
    page = corrected(page)
    words = learned(learner, service, image, page).words
    assert all(word.machine and word.machine.from_corrections for word in words)
    sure = [replace(word, machine=replace(word.machine, confidence=0.99)) for word in words if word.machine]
    page = apply(page, edits.refresh(page, sure))
    assert not any(page.words[word.id].certain for word in sure)
    for key in sorted(page.words)[:CORRECTED]:
        page = apply(page, edits.answer(page, key, page.words[key].text.replace("ø", "e")))
    assert sorted(word.text for word in learned(learner, service, image, page).words) == ["never", "sheet"]


def test_a_reading_that_only_its_line_gave_stays(service: OcrService) -> None:
    learner, (image, page) = CorrectionLearner(), read(service, WORDS)
    page = corrected(page)
    (place,) = [key for key, word in page.words.items() if word.text == "sheet"]
    better = replace(page.words[place], machine=replace(page.words[place].machine, text="sheets"))  # type: ignore[type-var]
    page = apply(page, edits.refresh(page, [better]))
    assert place not in {word.id for word in learned(learner, service, image, page).words}


def test_boxes_around_several_words_are_left_alone(service: OcrService) -> None:
    learner, (image, page) = CorrectionLearner(), read(service, WORDS)
    page = corrected(page)
    drawn_by_hand = {
        key: replace(word, quad_source=TextSource.HUMAN) for key, word in page.words.items() if word.text == "never"
    }
    page = replace(page, words={**page.words, **drawn_by_hand})
    assert [word.text for word in learned(learner, service, image, page).words] == ["shøøt"]


def test_after_the_writer_was_put_right_the_words_teach_no_other_hand(service: OcrService) -> None:
    learner, (image, page) = CorrectionLearner(), read(service, WORDS, "Anna")
    learned(learner, service, image, corrected(page))
    learned(learner, service, image, replace(corrected(page), facts=PageFacts(writer="Ben")))
    picture, other = read(service, ("beer", "tall", "rain"), "Anna")
    assert not [
        each
        for each in learner.learn(service, picture, replace(other, id="other"))
        if isinstance(each, CorrectionsLearned)
    ]


def test_other_models_learn_anew(service: OcrService) -> None:
    learner, (image, page) = CorrectionLearner(), read(service, WORDS)
    learned(learner, service, image, corrected(page))
    again = service.successor(replace(service.options, language_strength=0.5))
    assert sorted(word.text for word in learned(learner, again, image, corrected(page)).words) == ["nøvør", "shøøt"]


@pytest.mark.parametrize(("confidence", "text"), [(0.6, "to"), (0.5, "do"), (0.4, "do"), (None, "do")])
def test_a_reading_that_is_no_more_certain_than_before_is_not_used(confidence: float | None, text: str) -> None:
    usual, learned = (Transcription(each, TextSource.MODEL, 0.5, model="net") for each in ("do", "to"))
    chosen = choose_reading(usual, replace(learned, confidence=confidence))
    assert chosen.text == text
    assert chosen.from_corrections == (text == "to")
