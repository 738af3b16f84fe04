"""Mutations guided by coverage, for the parsers that are plain Python; with the package atheris, where it installs."""

from __future__ import annotations

import importlib.util
import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from tests.hostile import samples


def run(seconds: float, seed: int) -> int:
    """Try each parser for its share of the time. Returns the exit status: 1 where one of them failed.

    Each runs in a process of its own, as atheris ends it. What made one fail is in the current folder.
    """
    if importlib.util.find_spec("atheris") is None:
        sys.stdout.write("the package atheris is not installed here; --many makes mutations without it\n")
        return 2
    failed = 0
    for name in _PARSERS:
        arguments = [
            f"-max_total_time={max(1, round(seconds / len(_PARSERS)))}",
            f"-seed={seed}",
            "-rss_limit_mb=2048",
            "-timeout=20",
        ]
        command = [sys.executable, "-m", "tests.hostile.guided", name, *arguments]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        failed += done.returncode != 0
        last = "\n    ".join(ascii(line)[1:-1] for line in (done.stderr + done.stdout).splitlines()[-8:])
        sys.stdout.write(f"{name}: {'failed' if done.returncode else 'good'}\n    {last}\n")
    return min(1, failed)


def _page(data: bytes) -> None:
    from ocr_studio.core.project import page_file

    try:
        page = page_file.decode(data)
    except (page_file.NotAPage, page_file.NewerFormat):
        return
    page_file.encode(page)


def _history(data: bytes) -> None:
    from ocr_studio.core.files.safe_folder import SafeFolder
    from ocr_studio.core.project import undo_log

    with TemporaryDirectory() as folder:
        Path(folder, undo_log.FILE).write_bytes(data)
        for step in undo_log.load(SafeFolder(Path(folder))).steps:
            step.inverted()


def _second_readings(data: bytes) -> None:
    from ocr_studio.core.files.safe_folder import SafeFolder
    from ocr_studio.core.project import second_readings

    with TemporaryDirectory() as folder:
        Path(folder, second_readings.FILE).write_bytes(data)
        second_readings.load(SafeFolder(Path(folder)))


def _annotations(data: bytes) -> None:
    from ocr_studio.core.datasets import ground_truth
    from ocr_studio.core.errors import StudioError

    with TemporaryDirectory() as folder:
        Path(folder, ground_truth.ANNOTATIONS).write_bytes(data)
        try:
            ground_truth.load(Path(folder))
        except StudioError:
            return


def _card(data: bytes) -> None:
    from ocr_studio.core.models.card import BadModel, ModelCard

    try:
        ModelCard.from_json(data, file="model.json").to_json()
    except BadModel:
        return


_PARSERS: Final[dict[str, tuple[Callable[[bytes], None], Callable[[], bytes]]]] = {
    "pages": (
        _page,
        lambda: json.dumps(samples.page("a.png", [samples.word("a1", "HELLO")], page_id=samples.PAGE_ID)).encode(),
    ),
    "histories": (_history, lambda: samples.history_line("HELLO") + b'{"go": -1}\n{"join": true}\n'),
    "second-readings": (_second_readings, lambda: samples.second_reading_line("HALLO")),
    "evaluations": (_annotations, lambda: json.dumps(samples.annotated("HELLO")).encode()),
    "models": (_card, samples.card),
}


def _one(name: str, arguments: list[str]) -> None:
    """Try one parser, in this process, until the time is over."""
    import logging

    import atheris  # type: ignore[import-not-found, import-untyped, unused-ignore]

    logging.disable()
    with atheris.instrument_imports(include=["ocr_studio.core"], enable_loader_override=False):
        import ocr_studio.core.datasets.ground_truth
        import ocr_studio.core.models.card
        import ocr_studio.core.project.page_file
        import ocr_studio.core.project.second_readings
        import ocr_studio.core.project.undo_log  # noqa: F401
    parser, sample = _PARSERS[name]
    with TemporaryDirectory() as corpus:
        Path(corpus, "sample").write_bytes(sample())
        atheris.Setup([sys.argv[0], *arguments, corpus], parser)
        atheris.Fuzz()


if __name__ == "__main__":
    _one(sys.argv[1], sys.argv[2:])
