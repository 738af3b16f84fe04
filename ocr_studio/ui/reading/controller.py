"""Reads the open photo in the background, one job at a time, and puts the results into the document."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import count

from PySide6.QtCore import QObject, QTimer, Signal

from ocr_studio.core.editing import edits
from ocr_studio.core.page import Page, Quad, Word
from ocr_studio.core.project.project import Project
from ocr_studio.core.project.undo_log import Step
from ocr_studio.core.reading_order import kept_order
from ocr_studio.core.settings import ReaderOptions
from ocr_studio.core.translation import later, message, number, tr, tr_n
from ocr_studio.jobs.reading import read as reading
from ocr_studio.jobs.reading import try_detection
from ocr_studio.ui.document.document import Document
from ocr_studio.ui.job_thread import Job, JobThread


class ReadingController(QObject):
    """Reads the open page or some of its words, and puts the results into the document.

    Signals:
        progressed(text, done, total): a message for the status bar; total is 0 while it is unknown.
        finished(text): the job succeeded; the text is for the status bar.
        stopped(): the job ended, whether it succeeded or not.
        failed(Trouble): the job failed.
        prepared(): the recognizer is loaded.
    """

    progressed = Signal(str, int, int)
    finished = Signal(str)
    stopped = Signal()
    failed = Signal(object)
    prepared = Signal()

    def __init__(self, document: Document, lane: JobThread, ocr_service: reading.OcrService) -> None:
        super().__init__(lane)
        self._document, self._lane, self._ocr_service = document, lane, ocr_service
        self._job: Job | None = None
        self._into: _PageInto | _WordsInto | None = None  # receives the words of that job, and identifies it
        self._being_written: Callable[[], Collection[str]] = tuple
        self._project: Callable[[], Project | None] = lambda: None
        self._numbers = count()
        self._soon: dict[str, _BoxChange] = {}
        # Words that came while the window was busy are shown in one step.
        self._waiting: tuple[_PageInto | _WordsInto, reading.WordsRead] | None = None
        self._showing = QTimer(self, interval=0, singleShot=True)
        self._showing.timeout.connect(self.show_waiting_words)
        document.opened.connect(self._cancel_all)
        document.photo_turned.connect(self._read_turned)

    @property
    def lane(self) -> JobThread:
        """The thread in which all photos are read."""
        return self._lane

    @property
    def ocr_service(self) -> reading.OcrService:
        """The models that read photos now."""
        return self._ocr_service

    @property
    def busy(self) -> bool:
        """Whether a photo or some words are being read or wait to be read."""
        return self._job is not None

    @property
    def project(self) -> Project | None:
        """The project of the open photo, if it has one."""
        return self._project()

    def prepare(self) -> None:
        """Load the recognizer before the first photo is read."""
        ocr_service = self._ocr_service
        job = self._lane.submit(lambda: reading.prepare(ocr_service), name=later("Loading the recognizer"))
        job.done.connect(self.prepared)
        job.failed.connect(self.failed)

    def use(self, options: ReaderOptions) -> None:
        """Use other options from now on. The GPU memory limit stays: it takes effect at program start only."""
        options = replace(options, gpu_memory_mb=self._ocr_service.options.gpu_memory_mb)
        if options != self._ocr_service.options:
            self._ocr_service = self._ocr_service.successor(options)
            self.prepare()

    def trial(self) -> try_detection.DetectionPreview | None:
        """A detection preview of the open photo; None if no photo is open."""
        image = self._document.image
        return None if image is None else try_detection.DetectionPreview(self._ocr_service, image)

    def protect_words(self, being_written: Callable[[], Collection[str]]) -> None:
        """Set a callback that returns the ids of words being edited; reading never removes those."""
        self._being_written = being_written

    def being_written(self) -> Collection[str]:
        """Ids of the words of the open photo that are being edited."""
        return self._being_written()

    def use_project_words(self, project: Callable[[], Project | None]) -> None:
        """Set a callback that returns the open project; words typed there make the same words more likely."""
        self._project = project

    def read_page(self) -> None:
        """Find and read everything on the page. Words typed or drawn by the user stay."""
        self.show_waiting_words()
        image, page, ocr_service = self._document.image, self._document.page, self._ocr_service
        if image is None or page is None:
            return
        project, board, writer = self._project(), page.facts.board_to_read, page.facts.writer
        streaming = all(word.touched for word in page.words.values())
        into = _PageInto(self._document, self._mark(), streaming, self._being_written)
        into.unit = ocr_service.options.unit.removesuffix("s")
        self._start(
            lambda: reading.with_order(
                reading.read_page(ocr_service, image, project=project, board=board, writer=writer)
            ),
            into,
            later("Reading"),
        )

    def read_words(self, ids: Iterable[str]) -> None:
        """Read these words again in their boxes. Texts typed by the user stay."""
        self._read_words(ids)

    def _read_words(self, ids: Iterable[str], changes: Mapping[str, _BoxChange] | None = None) -> None:
        """Read words again. changes: what the user has done to their boxes, if that is why they are read."""
        self.show_waiting_words()
        image, ocr_service = self._document.image, self._ocr_service
        words = tuple(word for word in map(self._document.word, ids) if word and word.has_box)
        page = self._document.page
        if image is None or page is None or not words:
            return
        again, writer = any(word.machine for word in words), page.facts.writer
        project, board = self._project(), page.facts.board_to_read
        self._start(
            lambda: reading.read_words(ocr_service, image, words, project=project, board=board, writer=writer),
            _WordsInto(self._document, self._mark(), again, len(words), changes or {}),
            later("Reading again") if again else later("Reading"),
        )

    def read_changed(self, word_id: str) -> None:
        """Read a box that the user has just drawn, turned or merged, after the job that is running, if any.

        The reading is undone together with the change, unless the user has changed something else since; if nothing
        is read, the word keeps its text.
        """
        if word := self._document.word(word_id):
            self._soon.pop(word_id, None)
            self._soon[word_id] = _BoxChange(word.quad, self._document.history.newest_entry)
            if not self.busy:
                self._read_changed_boxes()

    def _read_changed_boxes(self) -> None:
        """Read the boxes that wait, but for those that have changed again or are gone."""
        # The latest first, while its change is still the newest undo entry.
        soon, self._soon = dict(reversed(self._soon.items())), {}
        words = {word_id: self._document.word(word_id) for word_id in soon}
        changes = {key: soon[key] for key, word in words.items() if word and word.quad == soon[key].quad}
        self._read_words(changes, changes)

    def show_waiting_words(self) -> None:
        """Show the words that have come since the last time, and how far the photo is read."""
        if self._waiting is None:
            return
        (into, last), self._waiting = self._waiting, None
        into.show()
        said = tr("Reading… {done} of {total}", done=last.done, total=last.total)
        self.progressed.emit(said, last.done, last.total)

    def cancel(self) -> None:
        """Stop; words read so far stay."""
        if self._job is not None:
            self._job.cancel()

    def _mark(self) -> str:
        return f"reading {next(self._numbers)}"

    def _start(self, make: Callable[[], Iterator[object]], into: _PageInto | _WordsInto, name: str) -> None:
        before, self._into = self._job, into
        if before is not None:
            before.cancel()
        job = self._job = self._lane.submit(make, name=name)
        job.yielded.connect(lambda event: self._on_event(into, event))
        job.failed.connect(self.failed)
        job.ended.connect(lambda: self._end(into))
        ready = self._ocr_service.ready
        self.progressed.emit(tr("Detecting text…") if ready else tr("Waiting for the recognizer…"), 0, 0)

    def _on_event(self, into: _PageInto | _WordsInto, event: object) -> None:
        if isinstance(event, reading.LoadingRecognizer):
            self.progressed.emit(tr("Loading the recognizer (takes a few seconds)…"), 0, 0)
        elif isinstance(event, reading.LinesCounted):
            self.progressed.emit(tr("Reading…"), 0, event.lines)
        elif isinstance(event, reading.WordsRead):
            into.add(event)
            self._waiting = into, event
            self._showing.start()
        elif isinstance(event, reading.WordsDecodedAgain) and isinstance(into, _PageInto):
            self.show_waiting_words()
            into.change(event)
        elif isinstance(event, reading.ReadingDone):
            self.show_waiting_words()
            self.finished.emit(into.finish(event))

    def _cancel_all(self) -> None:
        self._waiting = None  # of the photo before; ``show_waiting_words`` is called when it is left
        self._soon.clear()
        self.cancel()

    def _read_turned(self) -> None:
        """Drop what is being read of the photo as it was before it was turned; a whole page is read anew."""
        reads_page = self.busy and isinstance(self._into, _PageInto)
        self._cancel_all()
        if reads_page:
            self.read_page()

    def _end(self, into: _PageInto | _WordsInto) -> None:
        if into is not self._into:  # another job has replaced it
            return
        self.show_waiting_words()
        self._job = self._into = None
        self.stopped.emit()
        if not self.busy:
            self._read_changed_boxes()


@dataclass(frozen=True, slots=True)
class _BoxChange:
    """A box that the user has changed and that has to be read: the new quad, and the undo entry of the change."""

    quad: Quad
    entry: object


class _PageInto:
    """Puts the words of a page into the document.

    With ``streaming``, words appear as they are read. Otherwise all appear at the end, so that a page that was read
    before keeps its words if the job is cancelled.
    """

    def __init__(
        self, document: Document, mark: str, streaming: bool, being_written: Callable[[], Collection[str]]
    ) -> None:
        self._document, self._mark, self._streaming, self._being_written = document, mark, streaming, being_written
        self.unit = "word"  # or "line": what each box holds
        self._pushed: list[Word] | None = None
        self._words: list[Word] = []
        self._order: tuple[str, ...] = ()
        self._before = document.page.words if document.page else {}
        self._step = document.undo_stack.index()

    def add(self, event: reading.WordsRead) -> None:
        """Add the words of a few lines, to be shown later."""
        self._words.extend(event.words)
        self._order = event.order

    def change(self, event: reading.WordsDecodedAgain) -> None:
        """Change the texts of words that were added."""
        changed = {word.id: word for word in event.words}
        self._words = [changed.get(word.id, word) for word in self._words]
        if self._streaming and (page := self._document.page):
            edit = replace(edits.refresh(page, event.words), order=kept_order.reset_computed_order(page))
            self._document.push(edit, join=self._mark, automatic=True)

    def show(self) -> None:
        """Put the words that were added into the document."""
        if self._streaming:
            self._push(tuple(self._words[len(self._pushed or ()) :]))

    def finish(self, event: reading.ReadingDone) -> str:
        """Finish; returns a message for the status bar."""
        if not self._streaming:
            self._push(tuple(self._words))
        self._document.set_read_at(event.when)
        if not self._words:
            return tr("No text was found on this photo")
        words, seconds = len(self._words), number(event.seconds, 1)
        if self.unit == "line":
            return tr_n("Read {count} line in {seconds} s", "Read {count} lines in {seconds} s", words, seconds=seconds)
        return tr_n("Read {count} word in {seconds} s", "Read {count} words in {seconds} s", words, seconds=seconds)

    def _push(self, words: tuple[Word, ...]) -> None:
        if page := self._document.page:
            keep = self._being_written()
            self._document.expect_order(self._words, self._order)
            edit = edits.reread(page, words, earlier=self._pushed, keep=keep, left=self._left(page))
            self._document.push(edit, join=self._mark, automatic=True)
            self._pushed = [*(self._pushed or ()), *words]

    def _left(self, page: Page) -> list[Word]:
        """The words that the user has deleted or moved since the job started, as they were then."""
        if self._document.undo_stack.index() < self._step:  # undone: nothing was deleted on purpose
            return []
        return [
            word for key, word in self._before.items() if key not in page.words or page.words[key].quad != word.quad
        ]


class _WordsInto:
    """Puts words that were read again into the document, as the machine's text of the same words."""

    def __init__(
        self, document: Document, mark: str, again: bool, total: int, changes: Mapping[str, _BoxChange]
    ) -> None:
        """Start with no words.

        Args:
            document: The open photo.
            mark: Joins the words that come one after the other to one step.
            again: Whether they had been read before, for the message.
            total: How many are to be read.
            changes: What the user has done to their boxes, by word id, if that is why they are read. The readings are
                undone together with it, and a word of which nothing is read keeps its text.
        """
        self._document, self._mark, self._again, self._number = document, mark, again, 0
        self._changes = changes
        # Only some of them are read if it is cancelled.
        self._name = edits.name_rereading(1) if total == 1 else message("Read words again")
        self._words: list[Word] = []

    def add(self, event: reading.WordsRead) -> None:
        """Add some words, to be shown later."""
        self._words.extend(event.words)

    def show(self) -> None:
        """Put the words that were added into the document."""
        self._number += len(self._words)
        if page := self._document.page:
            words = [word for word in self._words if not self._changes or _is_reading(word, page.words.get(word.id))]
            amending = {word.id for word in words if self._belongs_to_newest(word.id)}
            self._push([word for word in words if word.id in amending], amend=True)
            self._push([word for word in words if word.id not in amending])
        self._words.clear()

    def _push(self, words: list[Word], *, amend: bool = False) -> None:
        if page := self._document.page:
            edit = edits.refresh(page, words, name=self._name)
            self._document.push(edit, join=self._mark, amend=amend, automatic=True)

    def _belongs_to_newest(self, word_id: str) -> bool:
        """Whether the newest undo entry is the change of this box, or changed nothing but this word."""
        history, change = self._document.history, self._changes.get(word_id)
        if change is None or history.newest is None:
            return False
        return change.entry is history.newest_entry or _changes_only(history.newest, word_id)

    def finish(self, event: reading.ReadingDone) -> str:
        """Finish; returns a message for the status bar."""
        seconds = number(event.seconds, 1)
        if self._again:
            return tr_n(
                "Read {count} word again in {seconds} s",
                "Read {count} words again in {seconds} s",
                self._number,
                seconds=seconds,
            )
        return tr_n(
            "Read {count} word in {seconds} s", "Read {count} words in {seconds} s", self._number, seconds=seconds
        )


def _changes_only(step: Step, word_id: str) -> bool:
    return all(edit.changes.keys() == {word_id} for edit in step.edits.values())


def _is_reading(read: Word, old: Word | None) -> bool:
    """Whether anything was read of a word, or nothing before either."""
    return bool(read.machine and read.machine.text) or not (old and old.machine and old.machine.text)
