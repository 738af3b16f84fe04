"""Generates synthetic words and boards: a few as a preview, or a whole dataset."""

from __future__ import annotations

import contextlib
import shutil
import statistics
import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Final, Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray

from ocr_studio import __version__
from ocr_studio.core import paths
from ocr_studio.core.dataset_files import own
from ocr_studio.core.datasets import dataset
from ocr_studio.core.datasets import folder as dataset_folder
from ocr_studio.core.datasets.report import Report
from ocr_studio.core.errors import StudioError, WriteFailed
from ocr_studio.core.synth import options as synth_options
from ocr_studio.core.synth.dataset import BOARD, WORD, SynthDatasetWriter, SynthSource
from ocr_studio.core.synth.options import SynthOptions
from ocr_studio.core.synth.target_folder import FolderContents, TargetFolder
from ocr_studio.core.translation import tr, tr_n
from ocr_studio.jobs.synth.workers import Crew, Task, Unmade
from ocr_studio.jobs.worker_process import count_cores

if TYPE_CHECKING:
    from ocr_studio.engine.synth.sample_maker import SampleMaker, Stocks

Picture: TypeAlias = NDArray[np.uint8]

# Words per task of a worker.
_AT_ONCE: Final = 32
# With fewer samples, starting workers would take longer than generating.
_FEW_WORDS, _FEW_BOARDS = 100, 3
# After this many failures in a row, all others are expected to fail.
_HOPELESS: Final = 20
# The free disk space is checked after these numbers of samples, and then after every ``_LOOKS`` samples: the first ones
# show how large samples are, and other programs may fill the disk as well.
_FIRST_LOOKS: Final = frozenset({1, 4, 16})
_LOOKS: Final = 64
# Minimum seconds between two events: many cores make hundreds of samples per second.
_TELL: Final = 0.05
# Seconds until the workers have started.
_STARTING: Final = 4.0
# Maximum numbers of fonts and characters that are listed.
_NAMED, _LETTERS = 3, 24


@dataclass(frozen=True, slots=True)
class SourcesRead:
    """The sources were loaded. done: number of samples from an earlier, interrupted run."""

    source: SynthSource
    done: int
    total: int


@dataclass(frozen=True, slots=True)
class SampleMade:
    """Progress: ``done`` of ``total`` samples are saved. to_come: estimated bytes of the rest."""

    done: int
    total: int
    to_come: int = 0


@dataclass(frozen=True, slots=True)
class SampleFailed:
    """A sample could not be generated; the job continues."""

    error: StudioError
    done: int
    total: int


WritingEvent: TypeAlias = SourcesRead | SampleMade | SampleFailed | Report


def write(
    options: SynthOptions, folder: Path, *, children: int | None = None, replace: bool | FolderContents = False
) -> Iterator[WritingEvent]:
    """Generate a dataset; yields SourcesRead, SampleMade …, then the Report.

    If the generator is closed early or fails, the next call with the same options resumes. The dataset appears in its
    folder only when it is complete.

    Args:
        options: What to generate.
        folder: As for ``dataset.export``.
        children: Number of worker processes; by default one per core, or none for small jobs.
        replace: Whether a dataset with other options may be replaced; given what the user has agreed to lose, nothing
            newer is lost.

    Raises:
        BadOptions: The options are invalid.
        WriteFailed: The dataset can't be saved.
        StudioError: A source can't be used.
    """
    synth_options.check_options(options)
    place = TargetFolder(folder, options, __version__)
    check = partial(place.check, replace=replace)
    with dataset_folder.open_lasting_workshop(folder, own.LAYOUT, place.name, check) as room:
        with contextlib.closing(SynthDatasetWriter(room, options, __version__, place.made_of)) as writing:
            tasks = _tasks(writing)
            with contextlib.closing(Crew(options, children=_children(tasks) if children is None else children)) as crew:
                source = crew.source()
                yield SourcesRead(source, writing.done, options.total)
                yield from _written(crew, tasks, writing, options.total)
            report = writing.finish(folder, source)
        dataset_folder.publish(room, folder, own.LAYOUT)
    yield report


def can_go_on(options: SynthOptions, folder: Path) -> bool:
    """Whether the folder has an unfinished dataset with these options, which can be resumed. Never raises."""
    return TargetFolder(folder, options, __version__).can_go_on


@dataclass(frozen=True, slots=True)
class FolderState:
    """The state of a target folder.

    Attributes:
        begun: It has an unfinished dataset with the same options.
        others: It has an unfinished dataset with other options.
        dataset: It has a dataset, which would be replaced.
        taken: Why it can't be used at all, or empty.
        writer: Id of the process that is writing there now; 0 if unknown, None if there is none.
        free: Free bytes on the disk; None if unknown.
        there: What would be lost, for ``write``; False if unknown.
    """

    begun: bool = False
    others: bool = False
    dataset: bool = False
    taken: str = ""
    writer: int | None = None
    free: int | None = None
    there: FolderContents | Literal[False] = False


def look_there(options: SynthOptions, folder: Path) -> Iterator[FolderState]:
    """Inspect a target folder without changing it. Never raises."""
    place, taken = TargetFolder(folder, options, __version__), ""
    found = place.there  # first, so that it doesn't include files added meanwhile
    try:
        place.check(replace=True)
    except WriteFailed as error:
        taken = error.what
    there = next((each for each in (folder, *folder.absolute().parents) if paths.is_folder(each)), None)
    free = None
    with contextlib.suppress(OSError):
        free = shutil.disk_usage(there).free if there else None
    writer = dataset_folder.find_writer(folder)
    yield FolderState(place.can_go_on, place.others_begun, dataset.is_dataset(folder), taken, writer, free, found)


def throw_away(options: SynthOptions, folder: Path) -> None:
    """Delete the unfinished dataset with these options; finished datasets and those with other options stay.

    Raises:
        WriteFailed: Another process is writing there.
    """
    TargetFolder(folder, options, __version__).throw_away()


def _written(
    crew: Crew, tasks: list[Task], writing: SynthDatasetWriter, total: int
) -> Iterator[SampleMade | SampleFailed]:
    unmade, told, made = 0, -_TELL, 0
    for sample in crew.draw(tasks):
        if isinstance(sample, Unmade):
            unmade += 1
            writing.miss(str(sample.error()))
            if unmade >= _HOPELESS or unmade == total:
                raise sample.error()
            yield SampleFailed(sample.error(), writing.done, total)
            continue
        unmade = 0
        writing.add(sample)
        made += 1
        if made in _FIRST_LOOKS or made % _LOOKS == 0:
            writing.check_room()
        if (now := time.monotonic()) >= told + _TELL or writing.done == total:
            told = now
            yield SampleMade(writing.done, total, writing.to_come())


def _tasks(writing: SynthDatasetWriter) -> list[Task]:
    """The remaining tasks, boards first: they take longer, so workers finish at about the same time."""
    words = writing.left(WORD)
    boards: list[Task] = [(BOARD, [index]) for index in writing.left(BOARD)]
    return boards + [(WORD, words[first : first + _AT_ONCE]) for first in range(0, len(words), _AT_ONCE)]


def _children(tasks: list[Task]) -> int:
    boards = sum(kind == BOARD for kind, _ in tasks)
    words = sum(len(indices) for kind, indices in tasks if kind == WORD)
    if words <= _FEW_WORDS and boards <= _FEW_BOARDS:
        return 0
    return min(count_cores(), len(tasks))


# ------------------------------------------------------------------------------------------------------- preview


@dataclass(frozen=True, slots=True, eq=False)
class Shown:
    """A sample for the preview.

    Attributes:
        kind: WORD or BOARD.
        index: Its number in the dataset.
        picture: The image, (h, w, 3) uint8 RGB.
        text: The text of the word, or the lines of the board.
        examples: Number of words for training.
        held_out: Whether it is held out from training.
        seconds: Time to generate it.
        size: Bytes of its files.
    """

    kind: str
    index: int
    picture: Picture
    text: str
    examples: int
    held_out: bool
    seconds: float
    size: int


class PreviewMaker:
    """Generates a few of the samples that ``write`` would. Caches its sources, so it belongs to one thread."""

    def __init__(self) -> None:
        self._stocks: Stocks = {}

    def show(
        self, options: SynthOptions, *, words: Iterable[int], boards: Iterable[int]
    ) -> Iterator[SynthSource | Shown]:
        """Generate samples by number; yields the SynthSource, then a Shown for each word and board.

        Failed samples are skipped unless all fail. Raises as ``write``.
        """
        from ocr_studio.engine.synth.sample_maker import SampleMaker, SampleNotGenerated

        synth_options.check_options(options)
        maker = SampleMaker(options, self._stocks)
        yield maker.source()
        shown, missed = 0, None
        for kind, index in [*((WORD, index) for index in words), *((BOARD, index) for index in boards)]:
            try:
                sample = _shown(maker, kind, index)
            except SampleNotGenerated as error:
                missed = error
                continue
            shown += 1
            yield sample
        if missed is not None and not shown:
            raise missed

    def forget(self) -> None:
        """Free the cached sources, which are large."""
        self._stocks.clear()


def _shown(maker: SampleMaker, kind: str, index: int) -> Shown:
    begun = time.perf_counter()
    if kind == WORD:
        word = maker.word(index)
        picture, text, made = word.crop, word.text, maker.to_sample(word, index)
    else:
        board = maker.board(index)
        picture, text, made = board.image, "\n".join(line.text for line in board.lines), maker.to_sample(board, index)
    seconds, size = time.perf_counter() - begun, sum(map(len, made.pictures.values()))
    return Shown(kind, index, picture, text, len(made.examples), maker.is_held_out(index), seconds, size)


@dataclass(frozen=True, slots=True)
class Estimate:
    """An estimate of the whole dataset.

    Attributes:
        seconds: Time to generate it.
        size: Bytes on the disk.
        examples: Number of words for training.
    """

    seconds: float
    size: int
    examples: int


def estimate(options: SynthOptions, shown: Sequence[Shown]) -> Estimate | None:
    """Estimate from samples made with these options; None if there are none of a wanted kind."""
    seconds = size = examples = 0.0
    for kind, wanted in ((WORD, options.words), (BOARD, options.boards)):
        some = [each for each in shown if each.kind == kind]
        if wanted and not some:
            return None
        if wanted:
            # The first one of each kind takes far longer, as sources are loaded; so use the median.
            seconds += wanted * statistics.median_low([each.seconds for each in some])
            size += wanted * statistics.fmean([each.size for each in some])
            examples += wanted * statistics.fmean([each.examples for each in some])
    return Estimate(_STARTING + seconds / count_cores(), round(size), round(examples))


def about(source: SynthSource) -> list[str]:
    """Notes for the user about the sources, one line each."""
    return [*source.refused, *lacking(source)]


def lacking(source: SynthSource) -> list[str]:
    """Notes for the user about characters that fonts lack; fonts that lack the same ones share a line."""
    alike: dict[str, list[str]] = {}
    for font, letters in source.lacking.items():
        alike.setdefault(letters, []).append(font)
    return [_said_lacking(fonts, letters) for letters, fonts in alike.items()]


def _said_lacking(fonts: list[str], letters: str) -> str:
    named = ", ".join(fonts[:_NAMED])
    if len(fonts) > _NAMED:
        more = len(fonts) - _NAMED
        named = tr_n("{names} and {count} more font", "{names} and {count} more fonts", more, names=named)
    shown = " ".join(letters[:_LETTERS]) + (" …" if len(letters) > _LETTERS else "")
    return tr("Fonts without {letters} (used for other words only): {fonts}", letters=shown, fonts=named)
