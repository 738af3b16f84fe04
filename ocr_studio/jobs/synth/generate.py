"""Making synthetic words and boards: a few to look at, or a whole dataset of them."""

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
from ocr_studio.core.synth.dataset import BOARD, WORD, Source, SynthWriting
from ocr_studio.core.synth.options import SynthOptions
from ocr_studio.core.synth.target_folder import Place, There
from ocr_studio.core.translation import tr, tr_n
from ocr_studio.jobs.synth.workers import Crew, Task, Unmade, cores

if TYPE_CHECKING:
    from ocr_studio.engine.synth.sample_maker import SampleMaker, Stocks

Picture: TypeAlias = NDArray[np.uint8]

# Words that a child draws before it says so.
_AT_ONCE: Final = 32
# With less to draw, children would take longer to start than it takes.
_FEW_WORDS, _FEW_BOARDS = 100, 3
# If so many samples in a row could not be made, none will be.
_HOPELESS: Final = 20
# After so many samples, and each time after so many more, it is looked whether there is room for the rest: the first
# ones show how large they are, and others may fill the disk as well.
_FIRST_LOOKS: Final = frozenset({1, 4, 16})
_LOOKS: Final = 64
# Seconds between two events: on many cores hundreds are made in one.
_TELL: Final = 0.05
# Seconds until children have begun and all is read.
_STARTING: Final = 4.0
# Of fonts and letters so many are named.
_NAMED, _LETTERS = 3, 24


@dataclass(frozen=True, slots=True)
class SourcesRead:
    """All that is needed was read. done: how many samples were made before, when this was cut short."""

    source: Source
    done: int
    total: int


@dataclass(frozen=True, slots=True)
class SampleMade:
    """One more is written, or some: ``done`` of ``total``. to_come: bytes that the rest will take, as far as can be
    told."""

    done: int
    total: int
    to_come: int = 0


@dataclass(frozen=True, slots=True)
class SampleFailed:
    """A sample could not be made; the rest goes on."""

    error: StudioError
    done: int
    total: int


WritingEvent: TypeAlias = SourcesRead | SampleMade | SampleFailed | Report


def write(
    options: SynthOptions, folder: Path, *, children: int | None = None, replace: bool | There = False
) -> Iterator[WritingEvent]:
    """Write a dataset: SourcesRead, now and then SampleMade, at last the Report. Closed before, it is gone on with the
    next time.

    folder: as for ``dataset.export``. children: processes that draw; None: as many as there are cores, or none where
    there is little to do. replace: whether a dataset that was drawn by other options may be written over, or all that
    is to be lost: nothing that has come since is. Raises BadOptions, WriteFailed and what is wrong with a source; what
    was made then stays for the next time. There is no dataset before it is whole.
    """
    synth_options.check(options)
    place = Place(folder, options, __version__)
    check = partial(place.check, replace=replace)
    with dataset_folder.lasting_workshop(folder, own.LAYOUT, place.name, check) as room:
        with contextlib.closing(SynthWriting(room, options, __version__, place.made_of)) as writing:
            tasks = _tasks(writing)
            with contextlib.closing(Crew(options, children=_children(tasks) if children is None else children)) as crew:
                source = crew.source()
                yield SourcesRead(source, writing.done, options.total)
                yield from _written(crew, tasks, writing, options.total)
            report = writing.finish(folder, source)
        dataset_folder.publish(room, folder, own.LAYOUT)
    yield report


def can_go_on(options: SynthOptions, folder: Path) -> bool:
    """Whether writing these to a folder was begun and not ended, so that it would be gone on with. Never raises."""
    return Place(folder, options, __version__).can_go_on


@dataclass(frozen=True, slots=True)
class FolderState:
    """What is to be known of a folder before these are written to it. begun: writing them was begun there, and not
    ended; others: writing others was; dataset: there is one, which is replaced; taken: why that is not written over,
    whatever is wished; writer: number of the process that writes there now, 0 where it is not known; free: bytes that
    are free on the disk. there: what would be lost, for ``write``; False where it could not be looked."""

    begun: bool = False
    others: bool = False
    dataset: bool = False
    taken: str = ""
    writer: int | None = None
    free: int | None = None
    there: There | Literal[False] = False


def look_there(options: SynthOptions, folder: Path) -> Iterator[FolderState]:
    """How a folder is. Nothing there is changed; raises nothing."""
    place, taken = Place(folder, options, __version__), ""
    found = place.there  # first: what comes while it is looked is none of it
    try:
        place.check(replace=True)
    except WriteFailed as error:
        taken = error.what
    there = next((each for each in (folder, *folder.absolute().parents) if paths.is_folder(each)), None)
    free = None
    with contextlib.suppress(OSError):
        free = shutil.disk_usage(there).free if there else None
    writer = dataset_folder.writer(folder)
    yield FolderState(place.can_go_on, place.others_begun, dataset.is_dataset(folder), taken, writer, free, found)


def throw_away(options: SynthOptions, folder: Path) -> None:
    """Delete what was written of the dataset of these options before its end; a whole one stays, and so does what was
    begun with other options. Raises WriteFailed while somebody writes there."""
    Place(folder, options, __version__).throw_away()


def _written(crew: Crew, tasks: list[Task], writing: SynthWriting, total: int) -> Iterator[SampleMade | SampleFailed]:
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


def _tasks(writing: SynthWriting) -> list[Task]:
    """What is left, boards first: at the end all children have something to do."""
    words = writing.left(WORD)
    boards: list[Task] = [(BOARD, [index]) for index in writing.left(BOARD)]
    return boards + [(WORD, words[first : first + _AT_ONCE]) for first in range(0, len(words), _AT_ONCE)]


def _children(tasks: list[Task]) -> int:
    boards = sum(kind == BOARD for kind, _ in tasks)
    words = sum(len(indices) for kind, indices in tasks if kind == WORD)
    if words <= _FEW_WORDS and boards <= _FEW_BOARDS:
        return 0
    return min(cores(), len(tasks))


# --------------------------------------------------------------------------------------------------- to look at


@dataclass(frozen=True, slots=True, eq=False)
class Shown:
    """A sample to look at. picture: (h, w, 3) uint8 RGB; text: what is written there, of a board all of it; examples:
    how many words it has to learn from; held_out: whether it would be measured by, not learned from. seconds: how long
    it took; size: bytes of its files."""

    kind: str
    index: int
    picture: Picture
    text: str
    examples: int
    held_out: bool
    seconds: float
    size: int


class Preview:
    """Makes a few of the samples that ``write`` would write, one after the other. What was read stays for the next
    time; so it belongs to one thread."""

    def __init__(self) -> None:
        self._stocks: Stocks = {}

    def show(self, options: SynthOptions, *, words: Iterable[int], boards: Iterable[int]) -> Iterator[Source | Shown]:
        """What is to be known of the sources, then the words and the boards of some numbers. Raises as ``write``
        does; single ones that cannot be drawn are passed over, as there, if others can."""
        from ocr_studio.engine.synth.sample_maker import NotDrawn, SampleMaker

        synth_options.check(options)
        maker = SampleMaker(options, self._stocks)
        yield maker.source()
        shown, missed = 0, None
        for kind, index in [*((WORD, index) for index in words), *((BOARD, index) for index in boards)]:
            try:
                sample = _shown(maker, kind, index)
            except NotDrawn as error:
                missed = error
                continue
            shown += 1
            yield sample
        if missed is not None and not shown:
            raise missed

    def forget(self) -> None:
        """Nothing of what was read is needed any more; it is large."""
        self._stocks.clear()


def _shown(maker: SampleMaker, kind: str, index: int) -> Shown:
    begun = time.perf_counter()
    if kind == WORD:
        word = maker.word(index)
        picture, text, made = word.crop, word.text, maker.taken(word, index)
    else:
        board = maker.board(index)
        picture, text, made = board.image, "\n".join(line.text for line in board.lines), maker.taken(board, index)
    seconds, size = time.perf_counter() - begun, sum(map(len, made.pictures.values()))
    return Shown(kind, index, picture, text, len(made.examples), maker.is_held_out(index), seconds, size)


@dataclass(frozen=True, slots=True)
class Estimate:
    """What writing will come to, as far as a preview shows. examples: words to learn from; size: bytes."""

    seconds: float
    size: int
    examples: int


def estimate(options: SynthOptions, shown: Sequence[Shown]) -> Estimate | None:
    """From some samples that were made with these options; None where none of a kind that is wanted was."""
    seconds = size = examples = 0.0
    for kind, wanted in ((WORD, options.words), (BOARD, options.boards)):
        some = [each for each in shown if each.kind == kind]
        if wanted and not some:
            return None
        if wanted:
            # The first one of each kind takes far longer: a ground, a font is made ready. So the middle one.
            seconds += wanted * statistics.median_low([each.seconds for each in some])
            size += wanted * statistics.fmean([each.size for each in some])
            examples += wanted * statistics.fmean([each.examples for each in some])
    return Estimate(_STARTING + seconds / cores(), round(size), round(examples))


def about(source: Source) -> list[str]:
    """What is to be known of the sources, for a person, a line for each."""
    return [*source.refused, *lacking(source)]


def lacking(source: Source) -> list[str]:
    """Which letters fonts have not, for a person: those that lack the same ones together."""
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
    return tr("Fonts without {letters}, which get other words to write: {fonts}", letters=shown, fonts=named)
