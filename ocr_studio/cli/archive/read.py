"""The command ``ocr-studio archive read``: reads the photos of a source into Parquet files."""

from __future__ import annotations

import argparse
import contextlib
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Final

from ocr_studio.cli.archive.arguments import address, number_up_to
from ocr_studio.cli.settings import settings_for
from ocr_studio.cli.terminal.console import (
    FAILED,
    GOOD,
    add_format,
    complain,
    stopping,
)
from ocr_studio.cli.terminal.progress import Progress, clear_progress
from ocr_studio.core import settings
from ocr_studio.core.archive import listing, shards
from ocr_studio.core.archive.folder import ArchiveFolder
from ocr_studio.core.archive.part_index import CountedPhotos, FailuresByReason
from ocr_studio.core.command_line import CommandParser, json_text, visible
from ocr_studio.core.errors import WrongUsage
from ocr_studio.core.units import counted, plain
from ocr_studio.jobs.archive import engines, plan, pool, read_archive

_MOST_WORKERS: Final = 10_000


def add_parser(actions: argparse._SubParsersAction[CommandParser]) -> None:
    """Add the arguments of the action."""
    read = actions.add_parser(
        "read",
        help="read the photos of a folder, a list or an address",
        description="Read the photos of a folder, a list or an address. Photos that were read before are skipped.",
        allow_abbrev=False,
    )
    read.add_argument("source", metavar="SOURCE", help="folder, text file with a list of paths, -, or address")
    read.add_argument("--out", type=address, required=True, metavar="DIR", help="folder or address for the results")
    read.add_argument(
        "--processes",
        type=number_up_to(_MOST_WORKERS),
        metavar="N",
        help="number of processes; default: one for each core",
    )
    read.add_argument(
        "--engine", choices=engines.ENGINES, default=engines.HERE, help="this computer, or a Ray cluster; default: here"
    )
    read.add_argument(
        "--address",
        metavar="ADDRESS",
        help="address of the Ray cluster; default: RAY_ADDRESS, or a cluster on this computer",
    )
    read.add_argument("--model", metavar="NAME", help="recognizer to use: its name, path or address")
    read.add_argument("--unit", choices=settings.UNITS, help="content of each box; default: as in the settings")
    read.add_argument(
        "--shard-size",
        type=number_up_to(100_000),
        default=shards.SIZE,
        metavar="N",
        help=f"photos of a file, on average; default: {shards.SIZE}",
    )
    read.add_argument("--retry", action="store_true", help="read photos again that could not be read before")
    read.add_argument(
        "--prune", action="store_true", help="remove the rows of photos that are no longer in SOURCE from the archive"
    )
    add_format(read, "format of the report")


def run_read(options: argparse.Namespace) -> int:
    """Read the photos and print a report. Returns the exit status; raises StudioError."""
    if options.address and options.engine != engines.RAY:
        raise WrongUsage("--address requires --engine ray")
    if options.source == listing.PIPED and (sys.stdin is None or sys.stdin.isatty()):
        raise WrongUsage("“-” reads a list of photos from standard input, which is a terminal")
    chosen = settings_for(["detector"] if options.model else ["detector", "recognizer"])
    reader_options = chosen.reader_options()
    if options.unit is not None:
        reader_options = replace(reader_options, unit=options.unit)
    with (
        tempfile.TemporaryDirectory(prefix="ocr-studio-archive-") as copied,
        _Watchdog() as watchdog,
        contextlib.redirect_stdout(sys.stderr),  # Ray prints there what happens to its workers
    ):
        made = plan.make_plan(reader_options, options.model, megapixels=settings.largest_photo(), folder=Path(copied))
        order = read_archive.ArchiveOrder(
            options.source,
            ArchiveFolder(options.out),
            made.settings,
            shard_size=options.shard_size,
            retry=options.retry,
            prune=options.prune,
            piped=sys.stdin.buffer if options.source == listing.PIPED else None,
        )
        if options.engine == engines.RAY:
            watchdog.doing = f"connecting to the cluster at {options.address}" if options.address else "starting Ray"
        engine = engines.make_engine(options.engine, made, size=options.processes, address=options.address)
        watchdog.doing = f"listing {options.source}"
        watcher = _Watcher(options, watchdog)
        with stopping(watcher.tell_stopped):
            done = watcher.watch(read_archive.read_archive(order, engine))
    _ANSWERS[options.format](done)
    if done.left_over and not done.pruned:
        # Photos of a folder that can't be listed may still be there.
        remedy = "not removed, as folders could not be listed" if watcher.troubles else "--prune removes them"
        complain(
            f"{counted(done.left_over, 'file')} in {options.out} {'has' if done.left_over == 1 else 'have'} photos that"
            f" are no longer in the source, or are in another file now; {remedy}"
        )
    return FAILED if done.errors or watcher.troubles else GOOD


class _Watchdog:
    """Says what the program is doing if nothing has happened for a minute."""

    def __init__(self) -> None:
        self.doing = "starting"
        self._heard = time.monotonic()
        self._closed = threading.Event()
        self._thread = threading.Thread(target=self._watch, name="watchdog", daemon=True)

    def __enter__(self) -> _Watchdog:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._closed.set()
        self._thread.join()

    def hear(self) -> None:
        """Note that something has happened."""
        self._heard = time.monotonic()

    def _watch(self) -> None:
        told = self._heard
        while not self._closed.wait(1.0):
            now = time.monotonic()
            if now - max(told, self._heard) >= pool.NOTICE_SECONDS + 1:
                told = now
                complain(f"still {self.doing} after {now - self._heard:.0f} s")


class _Watcher:
    """Shows the progress of reading an archive. troubles: folders that could not be listed."""

    def __init__(self, options: argparse.Namespace, watchdog: _Watchdog) -> None:
        self.troubles = 0
        self._out, self._engine = options.out, options.engine
        self._listed = self._kept = self._read = self._parts = 0
        self._progress, self._watchdog = Progress(logged=True), watchdog
        self._start = time.monotonic()

    def watch(self, events: Iterator[read_archive.ArchiveEvent]) -> read_archive.ArchiveDone:
        """Read to the end. Returns the report."""
        self._progress.show("starting")
        done = None
        for event in events:
            self._watchdog.hear()
            if isinstance(event, read_archive.Listed):
                self._listed, self._kept = event.photos, event.kept
                self._show()
            elif isinstance(event, read_archive.PhotoFinished):
                self._watchdog.doing = "reading photos"
                self._read += 1
                self._show()
            elif isinstance(event, read_archive.PartWritten):
                self._parts += 1
            elif isinstance(event, read_archive.ListingTrouble):
                self.troubles += 1
                complain(event.error)
            elif isinstance(event, read_archive.PartDamaged):
                complain(f"{event.error.file}: it is damaged; reading its photos again")
            elif isinstance(event, pool.WorkerEnded):
                of = f" while it read {' or '.join(event.addresses)}" if event.addresses else ""
                complain(f"a process ended{of}; starting another")
            elif isinstance(event, pool.Waiting):
                complain(self._describe_waiting(event))
            elif isinstance(event, read_archive.ArchiveDone):
                done = event
        clear_progress()
        assert done is not None
        return done

    def tell_stopped(self) -> str:
        """Say what was done before Ctrl+C."""
        said = f"{counted(self._read, 'photo')} read, {counted(self._parts, 'file')} written to {self._out}."
        return f"{said} Run the same command to read the others."

    def _show(self) -> None:
        rate = self._read / max(time.monotonic() - self._start, 1e-3)
        kept = f", {plain(self._kept)} read before" if self._kept else ""
        self._progress.show("reading", detail=f"{counted(self._read, 'photo')}{kept}, {rate:.1f} a second")

    def _describe_waiting(self, event: pool.Waiting) -> str:
        of = f"{event.started} of {counted(event.wanted, 'worker')}"
        if event.started < event.wanted:
            where = "waiting for the cluster" if self._engine == engines.RAY else "waiting"
            reason = f": {event.reason}" if event.reason else ""
            return f"{where}: {of} {'has' if event.wanted == 1 else 'have'} started after {event.seconds:.0f} s{reason}"
        return f"no photo was finished for {event.seconds:.0f} s; being read: {', '.join(event.reading[:3])}"


def _report_as_text(done: read_archive.ArchiveDone) -> None:
    rate = done.read / max(done.seconds, 1e-3)
    failed = sum(each.count for each in done.errors.values())
    now = f"{done.read - failed} read now"
    if done.read:
        now += f" in {done.seconds:.0f} s ({rate:.2f} photos a second)"
    before = f"{done.photos - done.read} in the archive before"
    lines = [f"{counted(done.photos, 'photo')} in {counted(done.parts, 'file')}: {now}, {before}"]
    if done.errors:
        lines.append(f"{counted(failed, 'photo')} could not be read:")
        lines += _list_reasons(done.errors)
    if done.errors_before:
        number = sum(each.count for each in done.errors_before.values())
        again = f"--retry reads {'it' if number == 1 else 'them'} again"
        lines.append(f"{counted(number, 'photo')} could not be read in earlier runs; {again}:")
        lines += _list_reasons(done.errors_before)
    if done.missing.count:
        lines.append(f"{counted(done.missing.count, 'photo')} can’t be found now; what was read before is kept:")
        lines += _list_photos(done.missing)
    if done.pruned:
        lines.append(f"{counted(done.pruned, 'file')} of photos that are no longer in the source removed")
    for line in lines:
        print(visible(line), file=sys.stderr, flush=True)


def _list_reasons(errors: FailuresByReason) -> list[str]:
    lines = []
    for reason, failed in errors.items():
        lines.append(f"  {failed.count} × {reason}")
        lines += _list_photos(failed)
    return lines


def _list_photos(photos: CountedPhotos) -> list[str]:
    others = photos.count - len(photos.named)
    return [f"      {path}" for path in photos.named] + ([f"      and {counted(others, 'other')}"] if others else [])


def _report_as_json(done: read_archive.ArchiveDone) -> None:
    print(
        json_text(
            {
                "photos": done.photos,
                "read": done.read,
                "seconds": round(done.seconds, 3),
                "photos_per_second": round(done.read / max(done.seconds, 1e-3), 3),
                "errors": {reason: failed.count for reason, failed in done.errors.items()},
                "errors_before": {reason: failed.count for reason, failed in done.errors_before.items()},
                "failed_photos": {reason: failed.named for reason, failed in done.errors.items()},
                "failed_photos_before": {reason: failed.named for reason, failed in done.errors_before.items()},
                "files": done.parts,
                "left_over": done.left_over,
                "pruned": done.pruned,
                "missing": done.missing.count,
            }
        )
    )


_ANSWERS: Final = {"text": _report_as_text, "json": _report_as_json}
