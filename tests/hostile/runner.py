"""Runs inputs in forked processes, some at a time, so that the program is loaded once."""

from __future__ import annotations

import contextlib
import gc
import json
import os
import selectors
import shutil
import signal
import sys
import tempfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from tests.hostile import samples, worker
from tests.hostile.trial import KILLED, Kind, Result, result_of

# On a disk every flush waits; in memory none does.
_FAST: Final = Path("/dev/shm")


@dataclass
class Runner:
    """Runs inputs. jobs: how many at a time. keep: folder for the files of those that failed. light: without heavy
    attacks."""

    seed: int
    jobs: int = 1
    keep: Path | None = None
    keep_all: bool = False
    light: bool = False
    _running: dict[int, tuple[int, Kind, int, Path]] = field(default_factory=dict)

    def run(self, wanted: Iterable[tuple[Kind, int]]) -> Iterator[Result]:
        """What came of each input, in the order in which they end."""
        waiting = iter(wanted)
        folder = Path(tempfile.mkdtemp(prefix="hostile-", dir=_FAST if os.access(_FAST, os.W_OK) else None))
        with contextlib.ExitStack() as at_end, selectors.DefaultSelector() as pipes:
            at_end.callback(shutil.rmtree, folder, ignore_errors=True)
            at_end.callback(self._kill)
            more = True
            while more or self._running:
                while more and len(self._running) < self.jobs:
                    kind, number = next(waiting, (None, 0))
                    if kind is None:
                        more = False
                        break
                    root = folder / f"{kind.name}-{number}"
                    child, pipe = worker.forked(kind, self.seed, number, root, light=self.light)
                    pipes.register(pipe, selectors.EVENT_READ)
                    self._running[pipe] = child, kind, number, root
                for key, _ in pipes.select() if self._running else ():
                    pipes.unregister(key.fd)
                    yield self._ended(key.fd)

    def _ended(self, pipe: int) -> Result:
        child, kind, number, root = self._running.pop(pipe)
        with os.fdopen(pipe, "rb") as stream:
            told = stream.read()
        os.waitpid(child, 0)
        try:
            result = result_of(json.loads(told))
        except ValueError:
            result = Result(kind.name, number, "", KILLED, ["the input could not be made or judged; see above"])
        if self.keep is not None and (self.keep_all or not result.good):
            self.keep.mkdir(parents=True, exist_ok=True)
            worker.clean_up(self.keep / root.name)
            shutil.copytree(
                root,
                self.keep / root.name,
                symlinks=True,
                ignore=_special,
                copy_function=lambda source, target: shutil.copy2(source, target, follow_symlinks=False),
            )
        worker.clean_up(root)
        return result

    def _kill(self) -> None:
        """Nothing goes on once nobody waits for it."""
        for child, *_ in self._running.values():
            with contextlib.suppress(ProcessLookupError):
                os.kill(child, signal.SIGKILL)
            os.waitpid(child, 0)


def _special(folder: str, names: list[str]) -> list[str]:
    """What cannot be copied, or would fill the disk: pipes, sparse files."""
    found = []
    for name in names:
        status = os.lstat(os.path.join(folder, name))  # noqa: PTH118
        if (status.st_mode & 0o170000) in {0o010000, 0o140000} or status.st_size > 256 << 20:
            found.append(name)
    return found


def prepare(*, tensorflow: bool = False) -> None:
    """Load what inputs need, once, in this process, which has a single thread and keeps nothing open.

    tensorflow: that, too; else weights are looked at without it.
    """
    import cv2

    cv2.setNumThreads(1)  # threads do not come along into a forked process
    import ocr_studio.cli.main
    import ocr_studio.engine.synth.sample_maker
    import ocr_studio.engine.weights.legacy_h5
    import ocr_studio.jobs.learning.export_dataset
    import ocr_studio.jobs.photos.clean_board
    import ocr_studio.jobs.review.find_similar
    from tests.hostile import drivers

    drivers.without_networks(weights=not tensorflow)
    if tensorflow:
        import ocr_studio.engine.weights.keras_ocr
        import ocr_studio.engine.weights.model_check
        import ocr_studio.engine.weights.model_weights  # noqa: F401
    samples.warm()
    sys.stdout.flush()
    sys.stderr.flush()
    gc.collect()
    gc.freeze()
