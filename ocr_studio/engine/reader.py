"""Reads photos: find lines, read them, split them into words, read doubtful words again. Used by ``jobs``."""

from __future__ import annotations

import copy
import math
from collections import Counter, deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Final, TypeAlias, TypeVar

import numpy as np

from ocr_studio.core.geometry import quads as geometry
from ocr_studio.core.geometry import ribbons
from ocr_studio.core.geometry.quads import Floats
from ocr_studio.core.language import lexicon, typed_words
from ocr_studio.core.models import registry
from ocr_studio.core.page import CERTAIN, Quad, Transcription, Word
from ocr_studio.core.project.project_words import ProjectWords
from ocr_studio.core.settings import DetectionOptions, ReaderOptions
from ocr_studio.engine import model_loader
from ocr_studio.engine.detection.detector import Detector
from ocr_studio.engine.nets.plans import HEIGHT
from ocr_studio.engine.recognition import word_assembly, word_boxes, word_joining, word_segmentation
from ocr_studio.engine.recognition.ink_mask import InkMask
from ocr_studio.engine.recognition.language_prior import LanguagePrior
from ocr_studio.engine.recognition.line_crops import Line, LineReader, Photo, Quads
from ocr_studio.engine.recognition.recognizer import FrameProbabilities, Recognizer

# Pixels across, at the network's height, per batch: a few long lines, so that the first words arrive early and the
# network still runs at full speed.
_FIRST_BATCH, _BATCH = 2048, 8192
# Frames and drawings found as lines are as high as several lines, so at the network's height their strokes are finer
# than a pen's. Of 1,278 lines on 25 photos of boards 33, many of them drawings, have finer strokes than this (pixels)
# and a legibility below 0.5, which single letters never exceed; of 45 on synthetic drawings 37 to 39. No drawing was
# longer for its height than the last value, so long lines of fine, unclear writing are kept.
_FINE_STROKE, _MIN_LEGIBILITY, _MAX_ASPECT = 2.1, 0.4, 4
# Of the words of a project that were read with certainty, so many that are on most photos help with others.
_MOST_CERTAIN: Final = 20_000
_MOST_CONFIDENT: Final = CERTAIN - 0.01  # confidence of words that were read with the help of others
_MIN_CONFIDENCE = 1e-3  # lower confidences don't count
# Weight of word frequencies when a line can be split in two ways. At full weight word length counts too much, as a
# known word is far likelier than its letters one by one. Fitted like ``word_segmentation.GAP``.
_LANGUAGE_WEIGHT = 0.3

# A detector of words takes strokes of drawings for words, which are read as a character or two without certainty: of 30
# such readings below 0.2 on 24 diagrams whose writers no network had learned, one was a word. Where no word is beside
# it, even less of what may be a character is one. Least confidence by the number of characters, in a line and alone:
_MIN_CONFIDENCES: Final = {1: (0.2, 0.5), 2: (0.2, 0.3)}

_T = TypeVar("_T")
_SegmentReading: TypeAlias = tuple[word_segmentation.Segment, Transcription]


@dataclass(frozen=True, slots=True)
class _DoubtfulWord:
    """A word that can be decoded again. passes: the network's outputs on it."""

    word: Word
    line: Line
    segment: word_segmentation.Segment
    passes: Sequence[FrameProbabilities]


class Reader:
    """Finds and reads the words of photos. It belongs to the thread that created it.

    Args:
        options: Alphabet, GPU memory, models, unit, detection options and languages.
        detector: The detector of these models, if already loaded.
        recognizer: The recognizer of these models, if already loaded.

    Attributes:
        space_classes: Character classes, which help to find the ends of words.
        name: Name of the recognizer.
        notice: Why another library runs the networks than was asked for, a line for the user.

    Raises:
        NoSuchModel: A model does not exist.
        BadModel: A model is damaged.
        PretrainedError: The published weights are missing.
        NoRuntime: No library can run a model's network.
    """

    def __init__(
        self, options: ReaderOptions, *, detector: Detector | None = None, recognizer: Recognizer | None = None
    ) -> None:
        reads = registry.in_use(options.model, alphabet=options.alphabet)
        finds = registry.in_use(options.detector, "detector", alphabet=options.alphabet)
        self.detector = detector or model_loader.load_detector(finds, options)
        self.recognizer = recognizer or model_loader.load_recognizer(reads, options)
        self.space_classes = word_segmentation.SpaceClasses.of(
            self.recognizer.charset.characters, gap=options.detection.space_width
        )
        self._unit = options.unit
        self.name = self.recognizer.name
        self.notice = self.detector.network.notice or self.recognizer.network.notice
        self._languages = lexicon.load_lexicon(options.languages) if options.language_strength > 0 else None
        self._strength = options.language_strength
        self.learn(ProjectWords())

    def learn(self, known: ProjectWords) -> None:
        """Use the words of a project instead of earlier ones: those that the user typed always, those that were read
        with certainty where a word is read with doubt.
        """
        self._typed = Counter(known.typed)
        # Apart from the typed ones, which would count less beside so many.
        certain = dict(Counter(known.certain).most_common(_MOST_CERTAIN))
        self._certain = lexicon.build_lexicon(certain) if certain else None
        lexicons = [] if self._languages is None else [self._languages, lexicon.build_lexicon(known.typed)]
        self.recognizer.set_lexicons(lexicons, strength=self._strength)

    def tuned_to(self, detection: DetectionOptions, recognizer: Recognizer) -> Reader:
        """Return a reader with other detection options and another recognizer of the same alphabet."""
        other = copy.copy(self)
        other.detector = self.detector.tuned_to(detection)
        other.recognizer = recognizer
        other.space_classes = replace(self.space_classes, gap=detection.space_width)
        return other

    def find(self, image: Photo) -> Quads:
        """Find the lines from top to bottom, see ``Detector.find``.

        A detector of words returns words, or the lines that contain them if lines are wanted.
        """
        return self.convert_unit(self.detector.find(image))

    def find_lines(self, image: Photo) -> Quads:
        """Find the lines, whatever is wanted of a detector of words. See ``find``."""
        found = self.detector.find(image)
        return self._join_words(found).quads if self.detector.finds_words else found

    def convert_unit(self, found: Quads) -> Quads:
        """Convert the detector's results, (N, 6, 2), to words or lines as wanted."""
        return self._join_words(found).quads if self.detector.finds_words and self._unit == "lines" else found

    def _join_words(self, found: Quads) -> word_joining.JoinedWords:
        """Join the words that a detector of words has found to lines."""
        return word_joining.join_words(found, self.detector.trim_margins(found))

    def read_lines(self, image: Photo, lines: Quads) -> Iterator[tuple[int, list[Word]]]:
        """Read lines in batches.

        Args:
            image: (H, W, 3) uint8 RGB.
            lines: (N, 6, 2), as from ``find``.

        Yields:
            Number of ``lines`` in the batch, and their words, whose quads follow the slope of the line. At last, if the
            words that were read with certainty change how others are read: 0, and those others with the same ids.
        """
        doubtful, certain = list[_DoubtfulWord](), list[str]()
        if self.detector.finds_words and self._unit == "words" and self.recognizer.widest_word is None:
            joined = self._join_words(lines)
        else:
            joined = word_joining.JoinedWords(lines, tuple(lines[:, None, :4]))
        line_reader, found = self._line_reader(image, words=self.detector.finds_words), deque(joined.words)
        for batch in _run_ahead(line_reader.read, _batches(joined.quads)):
            joined_from = [found.popleft() for _ in batch]
            words, again = self._make_words(batch, joined_from, size=(image.shape[1], image.shape[0]))
            yield sum(map(len, joined_from)), words
            doubtful += again
            certain += (word.text for word in words if word.machine and (word.machine.confidence or 0.0) >= CERTAIN)
        if changed := self._decode_again(doubtful, certain):
            yield 0, changed

    def read_quads(self, image: Photo, quads: Sequence[Quad]) -> Iterator[list[Transcription]]:
        """Read what is in each quad, in order and in batches; one transcription each, including spaces.

        Args:
            image: (H, W, 3) uint8 RGB.
            quads: Quads in pixels of the image.
        """
        corners = np.array([quad.corners for quad in quads], dtype=np.float32).reshape(-1, 4, 2)
        for seen in _run_ahead(self._line_reader(image, words=True).read, _batches(ribbons.straight_ribbons(corners))):
            if self.recognizer.widest_word is not None:
                yield [word_assembly.join_transcriptions(line, reads) for line, reads in self._transcribe_words(seen)]
                continue
            crops, steps = [line.crop for line in seen], [line.steps for line in seen]
            widths = [crop.shape[1] for crop in crops]
            yield self.recognizer.reread_doubtful(
                self.recognizer.transcribe(steps, widths=widths), crops, steps, widths=widths
            )

    def seen(self, image: Photo, lines: Quads) -> list[Line]:
        """Return the network's output for each line, before it is split into words. Arguments as for ``read_lines``."""
        return self._line_reader(image, words=self.detector.finds_words).read(lines)

    def _line_reader(self, image: Photo, *, words: bool) -> LineReader:
        """Create the line reader; ``words`` says whether quads hold single words."""
        return LineReader(image, self.recognizer, gap=self.space_classes.gap, words=words and self._unit == "words")

    def _transcribe_words(self, lines: Sequence[Line]) -> list[tuple[Line, list[Transcription]]]:
        """Split lines into words for a recognizer that reads single words."""
        words = [word for line in lines for word in line.words or ()]
        steps = [word.steps.without(self.space_classes.space) for word in words]
        reads = iter(self.recognizer.transcribe(steps, widths=[word.crop.shape[1] for word in words]))
        return [(line, [next(reads) for _ in line.words or ()]) for line in lines]

    def _make_words(
        self, lines: Sequence[Line], joined_from: Sequence[Floats], *, size: tuple[int, int]
    ) -> tuple[list[Word], list[_DoubtfulWord]]:
        """Return the words of lines, and those that can be decoded again.

        joined_from: What was found in each line, without margins, (K, 4, 2). size: (width, height) of the photo.
        """
        if self.recognizer.widest_word is not None:
            written = self._transcribe_words([line for line in lines if not _is_drawing(line)])
            found = word_assembly.make_line if self._unit == "lines" else word_assembly.make_words
            return [word for line, reads in written for word in found(line, reads, size=size)], []
        segmentations = [(line, self._segment(line, boxes)) for line, boxes in zip(lines, joined_from, strict=True)]
        pieces = [
            (line, segment)
            for line, segmentation in segmentations
            for segments in (
                segmentation.segments,
                *(alternative.segments for alternative in segmentation.alternatives),
            )
            for segment in segments
        ]
        reads = self.recognizer.transcribe([self._segment_output(line.steps, segment) for line, segment in pieces])
        read = iter(zip((segment for _, segment in pieces), reads, strict=True))
        language_scores = self.recognizer.language_scores({transcription.text for transcription in reads})
        readings = [
            choose_segmentation(segmentation, read, language_scores=language_scores)
            for _, segmentation in segmentations
        ]
        chosen = [(line, *each) for line, found in zip(lines, readings, strict=True) for each in found]
        alone = [len(boxes) == 1 for reading, boxes in zip(readings, joined_from, strict=True) for _ in reading]
        words, doubtful = list[Word](), list[_DoubtfulWord]()
        for (line, segment, _), single, (transcription, passes) in zip(
            chosen, alone, self._reread(chosen), strict=True
        ):
            if self.detector.finds_words and _is_no_writing(transcription, alone=single):
                continue
            for word in _make_word(line, segment, transcription, size=size):
                words.append(word)
                if (transcription.confidence or 0.0) < CERTAIN:
                    doubtful.append(_DoubtfulWord(word, line, segment, passes))
        return words, doubtful

    def _reread(
        self, chosen: Sequence[tuple[Line, word_segmentation.Segment, Transcription]]
    ) -> Iterator[tuple[Transcription, list[FrameProbabilities]]]:
        """Read parts of lines; doubtful ones are read again on their own. Yields the network's outputs, too."""
        crops = [_segment_crop(line, segment) for line, segment, _ in chosen]
        reads = [read for _, _, read in chosen]
        passes = [[self._segment_output(line.steps, segment)] for line, segment, _ in chosen]
        again = self.recognizer.run_again(reads, crops, spaces=self._unit == "lines")
        for index, outputs in again.items():
            passes[index] += outputs
        combined = self.recognizer.transcribe_passes([passes[index] for index in again])
        settled = dict(zip(again, combined, strict=True))
        for index, (read, outputs) in enumerate(zip(reads, passes, strict=True)):
            yield settled.get(index, read), outputs

    def _decode_again(self, doubtful: Sequence[_DoubtfulWord], certain: Sequence[str]) -> list[Word]:
        """Decode doubtful words again with the words of the same photo and project that are certain, and return those
        that change.

        People repeat the terms of their subject: on twelve boards the words of the photo removed 4 to 5 % of the letter
        errors, and on 60 diagrams those of the other photos as many again.
        """
        known = self._typed + Counter(run for text in certain for run in typed_words.find_runs(text))
        if not doubtful or self._languages is None or (known == self._typed and self._certain is None):
            return []
        lexicons = [self._languages, lexicon.build_lexicon(known)]
        if self._certain is not None:
            lexicons.append(self._certain)
        prior = LanguagePrior(self.recognizer.charset, lexicons, strength=self._strength)
        reads = self.recognizer.transcribe_passes([each.passes for each in doubtful], known=prior)
        # They stay doubtful, or one word that was read wrongly with certainty would make the next one certain.
        return [
            replace(each.word, machine=_letters_relative_to(_less_certain(read), each.line.steps.span, each.segment))
            for each, read in zip(doubtful, reads, strict=True)
            if read.text and read.text != each.word.text
        ]

    def _segment(self, line: Line, found: Floats) -> word_segmentation.Segmentation:
        """Return the parts of a line that become boxes: its words, the whole line if wanted, nothing for a drawing.

        found: The detector's results in the line, without margins, (K, 4, 2).
        """
        if _is_drawing(line):
            return word_segmentation.Segmentation()
        if self._unit == "lines":
            return word_segmentation.single_segment(line.crop, line.steps)
        segmentation = word_segmentation.split_line(line.crop, line.steps, space_classes=self.space_classes)
        if not self.detector.finds_words:
            return segmentation
        return word_boxes.tighten(segmentation, line.to_crop(found))

    def _segment_output(self, steps: FrameProbabilities, segment: word_segmentation.Segment) -> FrameProbabilities:
        part = steps.part(segment.first, segment.last)
        return part if self._unit == "lines" else part.without(self.space_classes.space)


def _batches(quads: Quads) -> Iterator[Quads]:
    """Group quads in order, in batches small enough for early results and large enough for the network."""
    sizes = geometry.measure_sizes(quads[:, :4])
    # A tall quad may be a vertical line.
    across = np.cumsum(HEIGHT * np.maximum(sizes.max(axis=1) / np.maximum(sizes.min(axis=1), 1.0), 1.0))
    start, limit = 0, float(_FIRST_BATCH)
    while start < len(quads):
        end = max(start + 1, int(np.searchsorted(across, limit)))
        yield quads[start:end]
        start, limit = end, float(across[end - 1]) + _BATCH


def _run_ahead(work: Callable[[Quads], _T], batches: Iterator[Quads]) -> Iterator[_T]:
    """Apply ``work`` to each batch in order, one batch ahead in another thread."""
    thread = ThreadPoolExecutor(1, "reader")
    try:
        waiting: deque[Future[_T]] = deque()
        for batch in batches:
            waiting.append(thread.submit(work, batch))
            if len(waiting) > 1:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()
    finally:  # also if the caller stops early
        thread.shutdown(cancel_futures=True)


def choose_segmentation(
    segmentation: word_segmentation.Segmentation,
    read: Iterator[_SegmentReading],
    *,
    language_scores: Mapping[str, float] = MappingProxyType({}),
) -> list[_SegmentReading]:
    """Return the words of a line, split in the likelier way where there are two.

    Args:
        segmentation: The segmentation of the line.
        read: The readings of its segments, then those of its alternatives.
        language_scores: Word frequencies of texts, see ``Recognizer.language_scores``.
    """
    chosen: list[list[_SegmentReading]] = [[next(read)] for _ in segmentation.segments]
    for alternative in segmentation.alternatives:
        others = [next(read) for _ in alternative.segments]
        present = [each for place in chosen[alternative.first : alternative.last] for each in place]
        if alternative.odds + _log_likelihood(others, language_scores) > _log_likelihood(present, language_scores):
            chosen[alternative.first : alternative.last] = [
                others,
                *([] for _ in range(alternative.first + 1, alternative.last)),
            ]
    return [each for place in chosen for each in place]


def _log_likelihood(read: Sequence[_SegmentReading], language_scores: Mapping[str, float]) -> float:
    """Return the log probability that all of these are read correctly and are usual words."""
    return sum(
        math.log(max(transcription.confidence or 0.0, _MIN_CONFIDENCE))
        + _LANGUAGE_WEIGHT * language_scores.get(transcription.text, 0.0)
        for _, transcription in read
    )


def _less_certain(read: Transcription) -> Transcription:
    return replace(read, confidence=min(read.confidence or 0.0, _MOST_CONFIDENT))


def _segment_crop(line: Line, segment: word_segmentation.Segment) -> Photo:
    """Return the image of a segment of a line. The last step may lie beyond the crop; then it is the crop's edge."""
    first = min(int(segment.first * line.steps.span), line.crop.shape[1] - 1)
    return line.crop[:, first : math.ceil(segment.last * line.steps.span)]


def _is_no_writing(read: Transcription, *, alone: bool) -> bool:
    """Whether a detector of words has found something that cannot be read. alone: it is no part of a longer line."""
    return (read.confidence or 0.0) < _MIN_CONFIDENCES.get(len(read.text), (0.0, 0.0))[alone]


def _is_drawing(line: Line) -> bool:
    """Whether the line is a frame or a drawing."""
    short = line.crop.shape[1] <= _MAX_ASPECT * HEIGHT
    return short and line.legibility < _MIN_LEGIBILITY and InkMask.of(line.crop).stroke < _FINE_STROKE


def _make_word(
    line: Line, segment: word_segmentation.Segment, read: Transcription, *, size: tuple[int, int]
) -> Iterator[Word]:
    """Return the word in a segment of a line, if there is one. size: (width, height) of the photo."""
    return word_assembly.make_word(line, segment.box, _letters_relative_to(read, line.steps.span, segment), size=size)


def _letters_relative_to(read: Transcription, span: float, segment: word_segmentation.Segment) -> Transcription:
    """Convert letter positions from steps to shares of the word's box."""
    start, width = segment.first * span, (segment.last - segment.first) * span
    left, right = segment.box[0], segment.box[2]
    places = (start + np.array(read.letters) * width - left) / max(right - left, 1e-6)
    return replace(read, letters=tuple(round(float(place), 4) for place in places.clip(0.0, 1.0)))
