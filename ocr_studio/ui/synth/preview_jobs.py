"""Generates a preview of synthetic words and boards in the background; a new preview ends the one before it."""

from __future__ import annotations

from collections.abc import Iterator

from PySide6.QtCore import QObject, Signal

from ocr_studio.core.synth.dataset import WORD, SynthSource
from ocr_studio.core.synth.options import SynthOptions
from ocr_studio.core.translation import later
from ocr_studio.jobs.synth import generate
from ocr_studio.jobs.synth.generate import Estimate, PreviewMaker, Shown
from ocr_studio.ui.job_thread import Job, JobThread, Trouble
from ocr_studio.ui.synth.preview_view import BOARDS, WORDS


class SynthPreviewJobs(QObject):
    """Runs one preview at a time.

    Signals:
        sources_read(SynthSource): the fonts and other sources are loaded.
        shown(Shown, int): a sample, and its position among the samples of its kind.
        done(): the preview is complete.
        failed(Trouble): the preview failed.
    """

    sources_read = Signal(object)
    shown = Signal(object, int)
    done = Signal()
    failed = Signal(object)

    def __init__(self, lane: JobThread, parent: QObject) -> None:
        super().__init__(parent)
        self._lane, self._preview = lane, PreviewMaker()
        self._job: Job | None = None
        self._words, self._boards = range(0), range(0)
        self._options: SynthOptions | None = None
        self._seen: list[Shown] = []

    @property
    def busy(self) -> bool:
        """Whether a preview is being generated."""
        return self._job is not None

    @property
    def estimate(self) -> Estimate | None:
        """The estimated size of the whole dataset; None while too few samples are known."""
        return generate.estimate(self._options, self._seen) if self._options else None

    def look(self, options: SynthOptions, *, others: bool = False) -> None:
        """Generate a preview; with ``others``, of the next samples instead of the same ones."""
        self.stop()
        self._words = _next(self._words, options.words, WORDS, others=others)
        self._boards = _next(self._boards, options.boards, BOARDS, others=others)
        self._options, self._seen = options, []
        words, boards, preview = self._words, self._boards, self._preview
        job = self._job = self._lane.submit(
            lambda: preview.show(options, words=words, boards=boards), name=later("Generating a preview")
        )
        job.yielded.connect(self._on_event)
        job.failed.connect(self._fail)
        job.done.connect(self._finish)

    def stop(self) -> None:
        """Cancel the preview."""
        if self._job is not None:
            self._job.cancel()
            self._job = None

    def forget(self) -> None:
        """Cancel the preview and release the sources."""
        self.stop()
        preview = self._preview

        def make() -> Iterator[None]:
            preview.forget()
            yield

        if self._lane.isRunning():  # otherwise the program is quitting; do not restart the thread
            self._lane.submit(make, name=later("Generating a preview"))

    def _on_event(self, event: SynthSource | Shown) -> None:
        if isinstance(event, SynthSource):
            self.sources_read.emit(event)
            return
        self._seen.append(event)
        first = self._words.start if event.kind == WORD else self._boards.start
        self.shown.emit(event, event.index - first)

    def _fail(self, trouble: Trouble) -> None:
        self._job = None
        self.failed.emit(trouble)

    def _finish(self) -> None:
        self._job = None
        self.done.emit()


def _next(before: range, total: int, most: int, *, others: bool) -> range:
    """Indices of the samples to show next, starting over after the last."""
    first = before.stop if others and before.stop < total else 0
    return range(first, min(first + most, total))
