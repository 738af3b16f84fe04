"""Assembles words read one by one: their places on the photo, and their lines."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import cv2
import numpy as np

from ocr_studio.core.editing import split_words
from ocr_studio.core.page import Quad, Transcription, Word, new_id
from ocr_studio.engine.recognition.ink_mask import Box
from ocr_studio.engine.recognition.line_crops import Line, ReadWord


def make_word(line: Line, box: Box, read: Transcription, *, size: tuple[int, int]) -> Iterator[Word]:
    """Yield the word in a box of a line's crop, if it has text. Its quad follows the slope and is clipped to the photo,
    (width, height).
    """
    left, top, right, bottom = box
    corners = np.clip(line.on_photo([(left, top), (right, top), (right, bottom), (left, bottom)]), 0, size)
    if read.text and cv2.contourArea(corners.astype(np.float32)) >= 1:
        yield Word(new_id(), Quad.from_array(corners), machine=read)


def make_words(line: Line, reads: Sequence[Transcription], *, size: tuple[int, int]) -> Iterator[Word]:
    """Return the words of a line that was read word by word; ``reads`` are their transcriptions."""
    for seen, read in zip(_read_words(line), reads, strict=True):
        yield from make_word(line, seen.box, read, size=size)


def make_line(line: Line, reads: Sequence[Transcription], *, size: tuple[int, int]) -> Iterator[Word]:
    """Return the whole line as one word."""
    boxes = np.array([seen.box for seen in _read_words(line)])
    low, high = boxes[:, :2].min(axis=0), boxes[:, 2:].max(axis=0)
    box = (float(low[0]), float(low[1]), float(high[0]), float(high[1]))
    yield from make_word(line, box, _join_in_box(line, reads, box), size=size)


def join_transcriptions(line: Line, reads: Sequence[Transcription]) -> Transcription:
    """Join the transcriptions of a line's words; letter positions are relative to the line's crop."""
    height, width = line.crop.shape[:2]
    return _join_in_box(line, reads, (0.0, 0.0, float(width), float(height)))


def _join_in_box(line: Line, reads: Sequence[Transcription], whole: Box) -> Transcription:
    parts = [(Quad.from_box(*seen.box), read) for seen, read in zip(_read_words(line), reads, strict=True)]
    return split_words.join_readings(parts, Quad.from_box(*whole)) or reads[0]


def _read_words(line: Line) -> tuple[ReadWord, ...]:
    if not line.words:
        raise ValueError("a line that was not read word by word")
    return line.words
