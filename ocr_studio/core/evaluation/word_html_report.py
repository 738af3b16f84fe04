"""The pictures of a dataset that were read wrongly, as a web page of one file that loads nothing from outside."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from html import escape
from typing import Final

from ocr_studio.core.dataset_files.values import BadCrop, Dataset, Example, Split
from ocr_studio.core.datasets.report import RULES
from ocr_studio.core.evaluation import html_report
from ocr_studio.core.evaluation.table import format_percent
from ocr_studio.core.evaluation.word_results import SIDES, ReadExample, WordsEvaluation
from ocr_studio.core.formats.names import format_photo_name
from ocr_studio.core.images.pixel_formats import encode_image

NAME: Final = "words.html"
# A page of more pictures is slow to open; the first of them are held-out ones.
_MOST: Final = 2_000


def render(evaluation: WordsEvaluation) -> str:
    """Figures of each side, and each picture that was read wrongly with what it says."""
    found, wrong = evaluation.dataset, evaluation.wrong
    more = f"<p>And {len(wrong) - _MOST} more.</p>" if len(wrong) > _MOST else ""
    left_out = "".join(f"<li class=name>{escape(format_photo_name(line))}" for line in evaluation.left_out)
    reader = escape(evaluation.model or "an unknown model")
    rows = "".join(_render_rows(evaluation))
    parts = (
        f"<p class=quiet>Images of {found.unit}, read by {reader}; {escape(RULES[found.rule])}</p>",
        f"<table><tr><th><th class=n>{found.unit}<th class=n>correct<th class=n>CER{rows}</table>",
        f"<h2>Misread</h2><p>{len(wrong)} of {len(evaluation.words)}</p>",
        f"<ol class=mistakes>{''.join(_render_mistake(found, each) for each in wrong[:_MOST])}</ol>{more}",
        f"<h2>Not evaluated</h2><ul>{left_out}</ul>" if left_out else "",
    )
    return html_report.render_page(f"Evaluation of {format_photo_name(str(found.folder))}", parts)


def _render_rows(evaluation: WordsEvaluation) -> Iterator[str]:
    for title, split in ((title, split) for split, title in SIDES):
        errors = evaluation.errors(split)
        if errors.wer is not None:
            yield (
                f"<tr><td>{title}<td class=n>{errors.pairs}<td class=n>{format_percent(1 - errors.wer)}"
                f"<td class=n>{format_percent(errors.cer)}"
            )


def _render_mistake(found: Dataset, each: ReadExample) -> str:
    example = each.example
    side = "" if example.split is Split.HELD_OUT else "<br><span class=quiet>training</span>"
    read = f"<span class='text read' dir=auto>{escape(each.read)}</span>" if each.read else "nothing"
    photo = escape(format_photo_name(example.image or example.crop or example.photo))
    return (
        f"<li>{_render_picture(found, example)}"
        f"correct: <span class='text wanted' dir=auto>{escape(example.text)}</span><br>read: {read}{side}"
        f"<br><span class='quiet name'>{photo}</span></li>"
    )


def _render_picture(found: Dataset, example: Example) -> str:
    try:
        png = encode_image(found.crop(example))
    except BadCrop:  # gone since it was read
        return ""
    return f"<img alt='' src='data:image/png;base64,{base64.b64encode(png).decode('ascii')}'>"
