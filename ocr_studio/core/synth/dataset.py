"""A synthetic dataset while it is generated: each sample is recorded at once, so that generation can be resumed.

Until it is complete, it is in a folder of its own inside the target folder, where readers do not find a dataset.
"""

from __future__ import annotations

import contextlib
import hashlib
import shutil
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Final

from msgspec import Meta

from ocr_studio.core import units
from ocr_studio.core.dataset_files import own
from ocr_studio.core.dataset_files import validation as fields
from ocr_studio.core.dataset_files.validation import MAX_EXAMPLES, Unfit
from ocr_studio.core.dataset_files.values import MAX_PHOTO_BYTES, PHOTOS, Example, TruePhoto
from ocr_studio.core.datasets.builder import DatasetBuilder
from ocr_studio.core.datasets.report import LeftOut, Reason, Report
from ocr_studio.core.errors import WriteFailed
from ocr_studio.core.files import json_schema
from ocr_studio.core.files.json_schema import one_of
from ocr_studio.core.files.safe_folder import SafeFolder
from ocr_studio.core.synth import options as synth_options
from ocr_studio.core.synth.options import SynthOptions
from ocr_studio.core.translation import tr, tr_n

WORD: Final = "word"
BOARD: Final = "board"
KINDS: Final = (WORD, BOARD)
RULE: Final = "sources"
NOTES: Final = "made.jsonl"
# Share of the free disk space to use; labels and other programs need some.
_SPARED: Final = 0.9


@dataclass(frozen=True, slots=True)
class SynthSample:
    """A word, or a board with its words, ready to be written.

    Attributes:
        kind: One of KINDS.
        index: Index among the samples of its kind, from 0.
        pictures: File name in the dataset's folder → contents.
        examples: Words to read.
        page: The board.
        left_out: Words of the board that cannot be used for training, and why.
    """

    kind: str
    index: int
    pictures: Mapping[str, bytes]
    examples: tuple[Example, ...] = ()
    page: TruePhoto | None = None
    left_out: tuple[LeftOut, ...] = ()


@dataclass(frozen=True, slots=True)
class SynthSource:
    """What the samples were generated from.

    Attributes:
        refused: What cannot be used, a line each.
        lacking: Font → characters it lacks.
    """

    refused: tuple[str, ...] = ()
    lacking: Mapping[str, str] = field(default_factory=dict)


class SynthDatasetWriter:
    """Writes samples in any order into the dataset's folder."""

    def __init__(self, room: SafeFolder, options: SynthOptions, version: str, made_of: Mapping[str, str]) -> None:
        """Resume what was generated before, if anything. Raises OSError.

        made_of: result of ``source_fingerprints.compute_fingerprints``.
        """
        self._options, self._version, self._made_of = options, version, made_of
        self._making = DatasetBuilder(room, own.LAYOUT, "words")
        self._room = room
        self._made: dict[tuple[str, int], SynthSample] = {}
        self._wanted = {WORD: options.words, BOARD: options.boards}
        # By kind: samples there are, samples generated now, and their size.
        self._count: Counter[str] = Counter()
        self._drawn: Counter[str] = Counter()
        self._bytes: Counter[str] = Counter()
        self._unmade: Counter[str] = Counter()
        for name in (own.LAYOUT.crops, PHOTOS):  # temporary files of a killed process
            room.sweep(name, seconds=0)
        for sample, digests in _noted(room):
            if all(_is_there(room, name, digest) for name, digest in digests.items()):
                self._made[sample.kind, sample.index] = sample
                for name, digest in digests.items():
                    self._making.take(name, bytes.fromhex(digest))
        self._count.update(kind for kind, _ in self._made)
        if not self._made:
            room.replace(NOTES, b"", flush=False)
        self._held = contextlib.ExitStack()
        self._file = self._held.enter_context(room.appending(NOTES, most=fields.MAX_BYTES))
        if self._made:
            self._write(b"\n")  # the last line may be incomplete

    @property
    def done(self) -> int:
        """Number of samples written."""
        return len(self._made)

    def left(self, kind: str) -> list[int]:
        """Return the indices of the samples of a kind that are missing, in order."""
        return [index for index in range(self._wanted[kind]) if (kind, index) not in self._made]

    def add(self, sample: SynthSample) -> None:
        """Write a sample. Raises OSError."""
        for name, data in sample.pictures.items():
            self._making.write_encoded(name, data)
        self._write(_note(sample) + b"\n")
        self._made[sample.kind, sample.index] = _without_pictures(sample)
        self._count[sample.kind] += 1
        self._drawn[sample.kind] += 1
        self._bytes[sample.kind] += sum(map(len, sample.pictures.values()))

    def to_come(self) -> int:
        """Estimate the size of the missing samples in bytes, by those generated now; kinds without any count as 0."""
        return sum(
            (self._wanted[kind] - self._count[kind]) * self._bytes[kind] // drawn for kind, drawn in self._drawn.items()
        )

    def check_room(self) -> None:
        """Raise WriteFailed if the missing samples will not fit on the disk."""
        free, needed = shutil.disk_usage(self._room.path).free, self.to_come()
        if needed <= free:
            return
        share = free / needed
        words, boards = (
            int(_SPARED * (made + (self._wanted[kind] - made) * share))
            for kind, made in ((kind, self._count[kind]) for kind in KINDS)
        )
        raise WriteFailed(
            tr(
                "not enough disk space: about {size} needed, {free} free",
                size=units.size(needed),
                free=units.size(free),
            ),
            file=self._room.path.parent,
            remedy=tr(
                "Free up disk space, or request fewer: about {words} and {boards} fit.",
                words=tr_n("{number} word", "{number} words", words, number=units.plain(words)),
                boards=tr_n("{number} board", "{number} boards", boards, number=units.plain(boards)),
            ),
            command=f"Free up disk space, or request fewer and add --replace: about {units.counted(words, 'word')} and"
            f" {units.counted(boards, 'board')} fit.",
        )

    def miss(self, why: str) -> None:
        """Record that a sample could not be generated."""
        self._unmade[why] += 1

    def close(self) -> None:
        """Stop writing."""
        self._held.close()
        if not self._made:  # there is nothing to resume
            self._forget()

    def finish(self, folder: Path, source: SynthSource) -> Report:
        """Write labels and manifest. folder: where the dataset will be. Raises OSError, and BadDataset for nothing."""
        self.close()
        making = self._making
        over = sum(
            self._put(self._made[key]) for key in sorted(self._made, key=lambda key: (KINDS.index(key[0]), key[1]))
        )
        if over:
            what = tr_n("{count} word of the boards was left out", "{count} words of the boards were left out", over)
            making.trouble.append(tr("{what}: a dataset can have at most {most}", what=what, most=MAX_EXAMPLES))
        about = {"program": self._version, "options": synth_options.options_values(self._options)}
        if self._made_of:
            about[synth_options.MADE_OF] = dict(self._made_of)
        if source.lacking:
            about["lacking"] = dict(source.lacking)
        if source.refused:
            about["trouble"] = list(source.refused)
        making.origin, making.wanted = {synth_options.KEY: about}, self._options.held_out
        making.trouble += source.refused
        for why, count in self._unmade.items():
            making.trouble.append(
                tr_n(
                    "{count} sample could not be generated: {why}",
                    "{count} samples could not be generated: {why}",
                    count,
                    why=why,
                )
            )
        report = making.finish(folder, rule=RULE)
        self._forget()
        return report

    def _write(self, line: bytes) -> None:
        """Append to the record. It is unbuffered, so a full disk may write only a part of a line."""
        while line:
            line = line[self._file.write(line) :]

    def _forget(self) -> None:
        with contextlib.suppress(FileNotFoundError):
            self._room.remove(NOTES)

    def _put(self, sample: SynthSample) -> int:
        """Add a sample to the labels. Returns how many of its words exceed the limit."""
        making = self._making
        room = MAX_EXAMPLES - len(making.examples)
        making.examples += sample.examples[:room]
        making.left_out += sample.left_out
        if sample.page is not None:
            making.photos.append(sample.page)
            making.pages.append((sample.page.page, sample.page.image))
        return max(0, len(sample.examples) - room)


def _without_pictures(sample: SynthSample) -> SynthSample:
    return SynthSample(sample.kind, sample.index, {}, sample.examples, sample.page, sample.left_out)


def _is_there(room: SafeFolder, name: str, digest: str) -> bool:
    try:
        return hashlib.sha256(room.read(name, most=MAX_PHOTO_BYTES)).hexdigest() == digest
    except (OSError, ValueError):
        return False


def _note(sample: SynthSample) -> bytes:
    return fields.json_bytes(
        {
            "kind": sample.kind,
            "index": sample.index,
            "pictures": {name: hashlib.sha256(data).hexdigest() for name, data in sample.pictures.items()},
            "examples": [own.encode_label(each) for each in sample.examples],
            "page": sample.page and own.encode_boxes(sample.page),
            "left_out": [[each.page, each.image, each.word, each.text, each.reason] for each in sample.left_out],
        }
    )


def _noted(room: SafeFolder) -> Iterator[tuple[SynthSample, Mapping[str, str]]]:
    """Yield the recorded samples. Incomplete or damaged lines are skipped; their samples are generated again."""
    if not room.has(NOTES):
        return
    with room.reading(NOTES) as stream:
        for line in iter(lambda: stream.readline(fields.MAX_LINE_BYTES), b""):
            with contextlib.suppress(Unfit):
                note = json_schema.convert(fields.json_value(line), _Note)
                yield _sample(note), note.pictures


@dataclass(frozen=True, slots=True)
class _Note:
    kind: Annotated[str, one_of(KINDS)]
    index: Annotated[int, Meta(ge=0, le=MAX_EXAMPLES)]
    pictures: dict[str, str]
    examples: Annotated[list[object], Meta(max_length=fields.MAX_WORDS)]
    page: object
    left_out: list[tuple[str, str, str, str, Reason]]


def _sample(note: _Note) -> SynthSample:
    return SynthSample(
        kind=note.kind,
        index=note.index,
        pictures={},
        examples=tuple(map(own.parse_label, note.examples)),
        page=None if note.page is None else own.parse_boxes(note.page),
        left_out=tuple(LeftOut(*each) for each in note.left_out),
    )
