"""An evaluation in figures: as a table for people, and as plain values for machines."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Final

from ocr_studio.core.evaluation.metrics import Labelled, PhotoScore, Score, TextErrors
from ocr_studio.core.evaluation.results import Evaluation, Mistake, MistakeKind, PhotoResult
from ocr_studio.core.formats.names import format_photo_name
from ocr_studio.core.geometry import photo_frame
from ocr_studio.core.page import PhotoFrame
from ocr_studio.core.translation import later

# Field of PhotoScore, what a person calls it, and what it means; both for ``tr``.
TASKS: Final = (
    # Translators: A share of the words: those that were found.
    ("detection", later("found"), later("box in the correct place: IoU ≥ 0.5")),
    ("end_to_end", later("found and read"), later("and at least half correct, ignoring case")),
    ("strict", later("read exactly"), later("and every character correct")),
    ("keras_ocr", later("keras-ocr rules"), later("found and read; misread words are not counted")),
    ("bag_of_words", later("words anywhere"), later("letters and digits, anywhere on the photo")),
)
KINDS: Final = {
    MistakeKind.MISSED: (later("missed"), later("not found")),
    # Translators: A kind of mistake of the program: it found a word where none is. "3 false".
    MistakeKind.FALSE: (later("false"), later("found where nothing is written")),
    MistakeKind.MISREAD: (later("misread"), later("found, but read incorrectly")),
    # Translators: A kind of mistake of the program: it found one word in pieces. "3 split".
    MistakeKind.SPLIT: (later("split"), later("one word found as several")),
    MistakeKind.MERGED: (later("merged"), later("several words found as one")),
    MistakeKind.MISPLACED: (later("misplaced"), later("found, but the box overlaps the word by less than half")),
}
PARTLY: Final = "only checked words count"
# A figure of nothing is none: neither perfect nor bad.
NOTHING: Final = "–"
_LONGEST_NAME: Final = 36


def list_error_lines(score: PhotoScore) -> tuple[tuple[str, str, str], ...]:
    """What (for ``tr``), of all words, of those found: the errors of the text, ready to be shown."""
    whole, found = score.text, score.text_found
    return (
        (later("character errors (CER)"), format_percent(whole.cer), format_percent(found.cer)),
        (later("word errors (WER)"), format_percent(whole.wer), format_percent(found.wer)),
        (later("mean edit distance"), format_figure(whole.mean_distance, 2), format_figure(found.mean_distance, 2)),
        (
            later("normalized edit distance"),
            format_percent(whole.normalised_distance),
            format_percent(found.normalised_distance),
        ),
    )


def format_percent(share: float | None) -> str:
    """0.1234 as "12.3%"; a share of nothing as "–"."""
    return NOTHING if share is None else f"{100 * share:.1f}%"


def format_figure(value: float | None, decimals: int = 3) -> str:
    """0.1234 as "0.123"; a figure of nothing as "–"."""
    return NOTHING if value is None else f"{value:.{decimals}f}"


def shorten_name(image: str) -> str:
    """A photo's name, short enough for a table: the end of it tells most."""
    text = format_photo_name(image)
    return text if len(text) <= _LONGEST_NAME else "…" + text[1 - _LONGEST_NAME :]


def render(evaluation: Evaluation) -> str:
    """The table for people, lines ending in ``\\n``."""
    lines = (*_render_head(evaluation), *_render_photo_table(evaluation), "", *_render_total_table(evaluation))
    return "\n".join(lines) + "\n"


def _render_head(evaluation: Evaluation) -> Iterator[str]:
    yield f"{format_photo_name(evaluation.data)}, read by {evaluation.reader}"
    if evaluation.left_out:
        pages = "photo has" if evaluation.left_out == 1 else "photos have"
        yield f"{evaluation.left_out} {pages} no checked words (not included)"
    yield ""


def _render_photo_table(evaluation: Evaluation) -> Iterator[str]:
    photos = evaluation.photos
    titles = [*(photo.image for photo in photos), *(f"by {writer}" for writer in evaluation.writers)]
    width = max([len(shorten_name(title)) for title in titles] + [12]) + 2
    yield (
        f"{'':{width}}{'words':>7}{'found':>7} |{'F1 found':>9}{'read':>7}{'exact':>7}{'bag':>7}"
        f" |{'CER':>9}{'WER':>9} |{'seconds':>8}"
    )
    for photo in photos:
        mark = "" if photo.whole else " *"
        yield _render_photo_row(shorten_name(photo.image) + mark, photo.score, photo.seconds, width)
    yield _render_photo_row("all", evaluation.score, evaluation.seconds, width)
    for writer, some in evaluation.writers.items():
        by = replace(evaluation, photos=some)
        yield _render_photo_row(shorten_name(f"by {writer}"), by.score, by.seconds, width)
    if not all(photo.whole for photo in photos):
        yield f"* {PARTLY}"


def _render_photo_row(title: str, score: PhotoScore, seconds: float | None, width: int) -> str:
    tasks = (score.detection, score.end_to_end, score.strict, score.bag_of_words)
    figures = "".join(f"{format_figure(task.f):>{9 if index == 0 else 7}}" for index, task in enumerate(tasks))
    errors = f"{format_percent(score.text.cer):>9}{format_percent(score.text.wer):>9}"
    counts = f"{score.detection.wanted:7}{score.detection.found:7}"
    return f"{title:{width}}{counts} |{figures} |{errors} |{format_figure(seconds, 2):>8}"


def _render_total_table(evaluation: Evaluation) -> Iterator[str]:
    score = evaluation.score
    yield f"{'all photos':22}{'precision':>10}{'recall':>10}{'F1':>10}"
    for key, title, meaning in TASKS:
        task = getattr(score, key)
        shares = "".join(f"{format_figure(share):>10}" for share in (task.precision, task.recall, task.f))
        yield f"{title:22}{shares}   {meaning}"
    yield ""
    yield f"{'text errors':22}{'all words':>10}{'found':>10}"
    for title, whole, found in list_error_lines(score):
        yield f"{title:22}{whole:>10}{found:>10}"
    yield ""
    counts = ", ".join(f"{count} {KINDS[kind][0]}" for kind, count in evaluation.kinds.items() if count)
    yield f"mistakes: {counts or 'none'}"
    total = sum(photo.seconds for photo in evaluation.photos)
    yield f"seconds per photo: {format_figure(evaluation.seconds, 2)} (median), {total:.1f} in total"
    if evaluation.failed:
        yield f"not evaluated: {len(evaluation.failed)}"


def to_values(evaluation: Evaluation) -> dict[str, object]:
    """The evaluation as plain values.

    data, model; photos: a list of {image, truth ("whole" or "checked words"), words, found, seconds, the scores,
    mistakes: [{kind, wanted, read: [{text, quad}], box: [left, top, right, bottom]}]}; total: {photos, words, found,
    seconds: {total, median}, the scores, mistakes: kind -> number}; writers: writer -> {photos, words, found, the
    scores}, for photos whose writer is known; failed: one line for each photo that could not be
    evaluated; left_out: photos without a checked word. The scores: detection, end_to_end, strict, keras_ocr,
    bag_of_words: {precision, recall, f, right, found, wanted}; text (all words), text_found (those found in their
    place): {cer, wer, mean_edit_distance, normalised_edit_distance, pairs}. A figure of nothing is None.
    """
    score = evaluation.score
    seconds = [photo.seconds for photo in evaluation.photos]
    return {
        "data": format_photo_name(evaluation.data),
        "model": evaluation.model,
        "unit": evaluation.unit,
        "photos": [_photo_values(photo) for photo in evaluation.photos],
        "total": {
            "photos": len(evaluation.photos),
            "words": score.detection.wanted,
            "found": score.detection.found,
            "seconds": {"total": round(sum(seconds), 3), "median": _round(evaluation.seconds, 3)},
            **_score_values(score),
            "mistakes": {kind.value: count for kind, count in evaluation.kinds.items()},
        },
        "writers": {
            writer: {
                "photos": len(some),
                "words": (total := replace(evaluation, photos=some).score).detection.wanted,
                "found": total.detection.found,
                **_score_values(total),
            }
            for writer, some in evaluation.writers.items()
        },
        "failed": list(evaluation.failed),
        "left_out": evaluation.left_out,
    }


def _photo_values(photo: PhotoResult) -> dict[str, object]:
    return {
        "image": format_photo_name(photo.image),
        "truth": "whole" if photo.whole else "checked words",
        "words": photo.score.detection.wanted,
        "found": photo.score.detection.found,
        "seconds": round(photo.seconds, 3),
        **_score_values(photo.score),
        "mistakes": [_mistake_values(_in_file(mistake, photo.frame)) for mistake in photo.mistakes],
    }


def _score_values(score: PhotoScore) -> dict[str, object]:
    tasks: dict[str, object] = {key: _task_values(getattr(score, key)) for key, *_ in TASKS}
    return tasks | {"text": _text_values(score.text), "text_found": _text_values(score.text_found)}


def _task_values(task: Score) -> dict[str, float | None]:
    shares = {"precision": task.precision, "recall": task.recall, "f": task.f}
    counts = {"right": task.right, "found": task.found, "wanted": task.wanted}
    return {key: _round(share) for key, share in shares.items()} | counts


def _text_values(errors: TextErrors) -> dict[str, float | None]:
    return {
        "cer": _round(errors.cer),
        "wer": _round(errors.wer),
        "mean_edit_distance": _round(errors.mean_distance),
        "normalised_edit_distance": _round(errors.normalised_distance),
        "pairs": errors.pairs,
    }


def _round(value: float | None, decimals: int = 5) -> float | None:
    return None if value is None else round(value, decimals)


def _in_file(mistake: Mistake, frame: PhotoFrame | None) -> Mistake:
    """The mistake with its places on the photo as its file has it, and other programs see it."""
    wanted, read = (
        tuple(replace(word, quad=photo_frame.move_quad(word.quad, frame, None)) for word in words)
        for words in (mistake.wanted, mistake.read)
    )
    return replace(mistake, wanted=wanted, read=read)


def _mistake_values(mistake: Mistake) -> dict[str, object]:
    return {
        "kind": mistake.kind.value,
        "wanted": _word_values(mistake.wanted),
        "read": _word_values(mistake.read),
        "box": list(mistake.bounds),
    }


def _word_values(words: Sequence[Labelled]) -> list[dict[str, object]]:
    return [{"text": word.text, "quad": [list(corner) for corner in word.quad.corners]} for word in words]
