"""An evaluation as web pages: an index, and for each photo its mistakes as pictures. Each page is one file that loads
nothing else, so that it can be sent by mail and opened without a network.
"""

from __future__ import annotations

import base64
import os
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from html import escape
from typing import BinaryIO, Final
from urllib.parse import quote

from ocr_studio.core.evaluation import error_images
from ocr_studio.core.evaluation import table as evaluation_table
from ocr_studio.core.evaluation.metrics import Labelled, PhotoScore, Score
from ocr_studio.core.evaluation.results import Evaluation, Mistake, MistakeKind, PhotoResult
from ocr_studio.core.evaluation.table import KINDS, TASKS, format_figure, format_percent
from ocr_studio.core.formats.file_names import output_names
from ocr_studio.core.formats.names import format_photo_name
from ocr_studio.core.units import counted

INDEX: Final = "index.html"
FOLDER: Final = "photos"

_WANTED, _READ = ("rgb({}, {}, {})".format(*colour) for colour in (error_images.WANTED, error_images.READ))
_STYLE: Final = f"""
:root {{ color-scheme: light dark; --line: #d9dce2; --quiet: #5b6472; --soft: #f2f4f7; --wanted: {_WANTED};
  --read: {_READ}; }}
@media (prefers-color-scheme: dark) {{ :root {{ --line: #383e47; --quiet: #a3acba; --soft: #24282e; --wanted: #7fb2ff;
  --read: #ffab66; }} }}
body {{ font: 15px/1.5 system-ui, sans-serif; max-width: 1100px; margin: 2rem auto; padding: 0 1rem; }}
h1 {{ font-size: 1.35rem; overflow-wrap: anywhere; }} h2 {{ font-size: 1.1rem; margin-top: 2rem; }}
table {{ border-collapse: collapse; }} td, th {{ padding: .3rem .8rem .3rem 0; text-align: left; }}
th {{ font-weight: 600; color: var(--quiet); }} tr {{ border-bottom: 1px solid var(--line); }}
td.n, th.n {{ text-align: right; font-variant-numeric: tabular-nums; }}
.wide {{ overflow-x: auto; }} .quiet {{ color: var(--quiet); }} .name {{ overflow-wrap: anywhere; }}
.n {{ white-space: nowrap; }} table + table {{ margin-top: 1.2rem; }}
.mistakes {{ display: grid; grid-template-columns: repeat(auto-fill, minmax(300px, 1fr)); gap: 1rem; padding: 0; }}
.mistakes li {{ list-style: none; border: 1px solid var(--line); border-radius: 8px; padding: .7rem;
  background: var(--soft); }}
.mistakes li:target {{ outline: 3px solid var(--wanted); }}
.mistakes img {{ max-width: 100%; border-radius: 4px; display: block; margin-bottom: .5rem; }}
.text {{ font-family: ui-monospace, monospace; white-space: pre-wrap; overflow-wrap: anywhere; }}
.wanted {{ color: var(--wanted); }} .read {{ color: var(--read); }}
svg {{ width: 100%; height: auto; border-radius: 6px; }}
svg polygon {{ vector-effect: non-scaling-stroke; }}
svg a:focus polygon, svg a:hover polygon {{ fill: rgba(0, 82, 204, .25); }}
"""
_HEAD: Final = (
    "<!doctype html>\n"
    '<html lang="en"><head><meta charset="utf-8"><meta name="generator" content="OCR Studio">'
    # Nothing from outside, whatever a photo's name or text may contain.
    '<meta http-equiv="Content-Security-Policy" content="default-src \'none\'; img-src data:; style-src'
    " 'unsafe-inline'; base-uri 'none'; form-action 'none'\">"
    '<meta name="viewport" content="width=device-width, initial-scale=1">'
)


def is_page(stream: BinaryIO) -> bool:
    """Whether an open file is a page that a version of the program wrote which kept no list of its files."""
    return b'<meta name="generator" content="OCR Studio, evaluation">' in stream.read(256)


def name_pages(evaluation: Evaluation) -> list[str]:
    """For each photo its page's path beside the index, "/" between parts."""
    return name_pages_of(photo.image for photo in evaluation.photos)


def name_pages_of(images: Iterable[str]) -> list[str]:
    """As ``name_pages``, for photos that are called so."""
    return [f"{FOLDER}/{file}" for file in output_names(images, ".html")]


def render_index(evaluation: Evaluation) -> str:
    """The figures of all photos, with a link to the page of each."""
    title, count = f"Evaluation of {format_photo_name(evaluation.data)}", len(evaluation.photos)
    rows = (
        _render_row(
            f'<a href="{quote(os.fsencode(link))}">{escape(format_photo_name(photo.image))}</a>'
            f"{'' if photo.whole else ' *'}",
            photo.score,
            photo.seconds,
        )
        for photo, link in zip(evaluation.photos, name_pages(evaluation), strict=True)
    )
    table = _render_table("Photos", "Photo", "".join(rows))
    by_writer = [(writer, replace(evaluation, photos=photos)) for writer, photos in evaluation.writers.items()]
    writers = "".join(_render_row(escape(writer), by.score, by.seconds or 0.0) for writer, by in by_writer)
    parts = (
        f"<p class=quiet>{counted(count, 'photo')}, read by {escape(evaluation.reader)}</p>",
        _render_figures(evaluation.score, evaluation.seconds),
        f"<p>{_render_counts(evaluation.kinds.items())}</p>",
        table,
        f"<p class=quiet>* {evaluation_table.PARTLY}</p>" if not all(p.whole for p in evaluation.photos) else "",
        _render_table("Writers", "Writer", writers) if writers else "",
        _render_list("Not evaluated", evaluation.failed),
    )
    return render_page(title, parts)


def render_photo_page(photo: PhotoResult, overview: bytes, *, model: str) -> str:
    """The mistakes of one photo as pictures, on the photo and in a list. overview: the photo as JPEG, or nothing."""
    wrong = [*enumerate(zip(photo.mistakes, photo.pictures, strict=True), start=1)]
    numbers = {kind: sum(mistake.kind is kind for mistake in photo.mistakes) for kind in MistakeKind}
    parts = (
        f'<p><a href="../{INDEX}">All photos</a> <span class=quiet>read by {escape(model)}</span></p>',
        f"<p>On this photo, {evaluation_table.PARTLY}.</p>" if not photo.whole else "",
        _render_figures(photo.score, photo.seconds),
        f"<h2>Mistakes</h2><p>{_render_counts(numbers.items())}</p>",
        f"<p><b class=wanted>Thick blue: correct text.</b> <b class=read>Thin orange: recognized text.</b></p>"
        f"<ol class=mistakes>{''.join(_render_mistake(n, mistake, jpeg) for n, (mistake, jpeg) in wrong)}</ol>"
        if wrong
        else "",
        _render_drawing(photo, overview) if overview else "",
    )
    return render_page(format_photo_name(photo.image), parts)


def render_page(title: str, parts: Iterable[str]) -> str:
    """A whole page in the style of all of them. parts: HTML; empty ones are left out."""
    body = "\n".join(part for part in parts if part)
    head = f"{_HEAD}<title>{escape(title)}</title><style>{_STYLE}</style></head>"
    return f"{head}\n<body><h1>{escape(title)}</h1>\n{body}\n</body></html>\n"


def _render_figures(score: PhotoScore, seconds: float | None) -> str:
    tasks = "".join(
        f"<tr><td title='{escape(meaning)}'>{escape(title)}{_list_numbers(getattr(score, key))}"
        f"<td class=quiet>{escape(meaning)}"
        for key, title, meaning in TASKS
    )
    errors = "".join(
        f"<tr><td>{escape(title)}<td class=n>{escape(whole)}<td class=n>{escape(found)}"
        for title, whole, found in evaluation_table.list_error_lines(score)
    )
    return (
        "<div class=wide><table><tr><th>Words<th class=n>Precision<th class=n>Recall<th class=n>F1<th>"
        f"{tasks}</table>"
        "<table><tr><th>Text errors<th class=n>all words<th class=n>found words"
        f"{errors}<tr><td>Seconds per photo<td class=n>{format_figure(seconds, 2)}<td></table></div>"
    )


def _list_numbers(task: Score) -> str:
    return "".join(f"<td class=n>{format_figure(share)}" for share in (task.precision, task.recall, task.f))


def _render_table(heading: str, first: str, rows: str) -> str:
    return (
        f"<h2>{heading}</h2><div class=wide><table><tr><th>{first}<th class=n>Words<th class=n>Found"
        "<th class=n>F1 found<th class=n>F1 read<th class=n>F1 exact<th class=n>CER<th class=n>WER<th class=n>Seconds"
        f"{rows}</table></div>"
    )


def _render_row(title: str, score: PhotoScore, seconds: float) -> str:
    counts = f"<td class=n>{score.detection.wanted}<td class=n>{score.detection.found}"
    shares = "".join(
        f"<td class=n>{format_figure(task.f)}" for task in (score.detection, score.end_to_end, score.strict)
    )
    errors = f"<td class=n>{format_percent(score.text.cer)}<td class=n>{format_percent(score.text.wer)}"
    return f"<tr><td class=name>{title}{counts}{shares}{errors}<td class=n>{seconds:.2f}"


def _render_counts(numbers: Iterable[tuple[MistakeKind, int]]) -> str:
    some = [f"<b>{count}</b> {KINDS[kind][0]} ({KINDS[kind][1]})" for kind, count in numbers if count]
    return "; ".join(some) or "None."


def _render_mistake(number: int, mistake: Mistake, jpeg: bytes) -> str:
    wanted = f"<span class='text wanted' dir=auto>{escape(mistake.wanted_text)}</span>" if mistake.wanted else "nothing"
    read = f"<span class='text read' dir=auto>{escape(mistake.read_text)}</span>" if mistake.read else "nothing"
    title, meaning = KINDS[mistake.kind]
    return (
        f"<li id=m{number}><img alt='Part of the photo' src='{_encode_image(jpeg)}'>"
        f"<b title='{escape(meaning)}'>{title}</b><br>correct: {wanted}<br>read: {read}</li>"
    )


def _render_drawing(photo: PhotoResult, overview: bytes) -> str:
    """The photo with every mistake on it, each a link to its picture."""
    shapes = "".join(
        f'<a href="#m{number}"><title>{escape(KINDS[mistake.kind][0])}: {escape(_describe_mistake(mistake))}</title>'
        f"{''.join(_render_polygons(mistake.wanted, _WANTED, 3))}"
        f"{''.join(_render_polygons(mistake.read, _READ, 1.5))}</a>"
        for number, mistake in enumerate(photo.mistakes, start=1)
    )
    return (
        f'<h2>On the photo</h2><svg viewBox="0 0 {photo.width} {photo.height}" role="img" aria-label="The photo">'
        f'<image href="{_encode_image(overview)}" width="{photo.width}" height="{photo.height}"/>{shapes}</svg>'
    )


def _describe_mistake(mistake: Mistake) -> str:
    return " → ".join(text for text in (mistake.wanted_text, mistake.read_text) if text)


def _render_polygons(words: Sequence[Labelled], colour: str, width: float) -> Iterator[str]:
    how = f'fill="none" stroke="{colour}" stroke-width="{width}" pointer-events="all"'
    for word in words:
        points = " ".join(f"{x:.1f},{y:.1f}" for x, y in word.quad.corners)
        yield f'<polygon {how} points="{points}"/>'


def _render_list(title: str, lines: Sequence[str]) -> str:
    items = "".join(f"<li class=name>{escape(format_photo_name(line))}" for line in lines)
    return f"<h2>{title}</h2><ul>{items}</ul>" if lines else ""


def _encode_image(jpeg: bytes) -> str:
    return "data:image/jpeg;base64," + base64.b64encode(jpeg).decode("ascii")
