"""Assembles words read one by one: their places on the photo, and their lines."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from ocr_studio.core.editing import split_words
from ocr_studio.core.page import Quad, Transcription, Word, new_id
from ocr_studio.core.reading_order import text_lines
from ocr_studio.engine.recognition.ink_mask import Box
from ocr_studio.engine.recognition.line_crops import Line, Quads, ReadWord, straight_ribbons


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


def group_into_lines(found: Quads) -> Quads:
    """Group words into lines: words that follow each other closely along their own slope.

    Args:
        found: (N, 6, 2), words as from ``Detector.find``.

    Returns:
        (M, 6, 2), straight lines, from top to bottom.
    """
    if len(found) == 0:
        return found
    corners = found[:, :4].astype(np.float64)
    level = text_lines.find_frame(corners)
    joined_rows = text_lines.find_rows(corners @ level.T, np.ones(len(corners), np.intp))
    quads = np.array([_line_rectangle(corners[row]) for row in joined_rows], np.float32)
    return straight_ribbons(quads[np.lexsort((quads[:, 0, 0], quads[:, 0, 1]))])


def _line_rectangle(corners: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the rectangle around the words of a line, (K, 4, 2) in reading order, along their direction."""
    if len(corners) == 1:
        return np.asarray(corners[0], np.float64)
    begin, end = corners[0, [0, 3]].mean(axis=0), corners[-1, [1, 2]].mean(axis=0)
    along = (end - begin) / max(float(np.linalg.norm(end - begin)), 1e-6)
    turn = np.array([along, [-along[1], along[0]]])
    places = corners.reshape(-1, 2) @ turn.T
    (left, top), (right, bottom) = places.min(axis=0), places.max(axis=0)
    level = np.array([[left, top], [right, top], [right, bottom], [left, bottom]])
    return np.asarray(level @ turn, np.float64)
