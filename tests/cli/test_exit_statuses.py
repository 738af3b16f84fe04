"""What commands end with: 0 all good, 1 something failed, 2 the command was wrong, 130 stopped with Ctrl+C."""

from __future__ import annotations

import io
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from ocr_studio.cli import main as cli
from ocr_studio.cli.terminal.console import FAILED, GOOD, INTERRUPTED, MISUSED
from ocr_studio.core import settings
from ocr_studio.core.images import photo_file
from ocr_studio.core.models import downloads, registry
from ocr_studio.core.models.card import CRNN
from ocr_studio.core.page import Page
from ocr_studio.core.project.project import Project, SaveFailed
from ocr_studio.core.training import runs as training_runs
from ocr_studio.core.training.events import Recipe
from ocr_studio.core.training.runs import Run
from ocr_studio.jobs.learning import evaluate as evaluating
from ocr_studio.jobs.learning import train as training
from ocr_studio.jobs.reading.read import OcrService
from tests import drawn
from tests.cli.test_main import TwoWords
from tests.core import made_datasets
from tests.core.made_models import installed
from tests.ui.made_course import StandInLearner

BASE, FINDER = registry.BUILT_IN.name, registry.BUILT_IN_DETECTOR.name


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The current folder: photos/ with a project, data/ (a dataset), bad.jpg, an empty folder, models and runs."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(OcrService, "reader", lambda *_: TwoWords())
    monkeypatch.setattr(training, "_LEARNERS", {"recognizer": StandInLearner(), "detector": StandInLearner()})
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO()))
    made_datasets.three_boards(tmp_path)
    photo_file.save_png(tmp_path / "board.png", drawn.board())
    (tmp_path / "bad.jpg").write_bytes(b"no photo")
    (tmp_path / "empty").mkdir()
    installed("Anna", writer="Anna")
    installed("Old", architecture=CRNN)
    settings.save(settings.Settings().with_profile("Anna", "Anna"))
    training_runs.begin_run(run := Run("cut", "recognizer", tmp_path / "data", "0", Recipe()))
    (run.work / "checkpoint.npz").write_bytes(b"far")
    return tmp_path


TRAIN = "train --dataset data --name"

STATUSES = {
    GOOD: (
        "read board.png", "read board.png --format txt", "read board.png --out out",
        "export photos --format txt --out out", "export photos --format text --out out",
        "dataset photos --out copy", "dataset data", "dataset data --format txt",
        "search --project photos nothing", "models list --format txt", "models show Anna", "models use Anna",
        "models default --writer Anna", "models export Anna Anna.zip", "models rename Anna Berta",
        f"{TRAIN} new", "help", "help start", "--version",
    ),
    FAILED: (
        "read bad.jpg", "read bad.jpg board.png", "read gone.jpg", "read empty", "read -",
        "export empty --format text --out out", "export gone --format text --out out",
        "dataset gone", "dataset empty --out copy", "search --project gone word", "evaluate gone", "evaluate empty",
        "models import gone.zip", "models import bad.jpg", "models delete Anna", f"models delete {BASE}",
        f"models rename {BASE} mine", f"models export {BASE} x.zip", "train --dataset gone --name new",
    ),
    MISUSED: (
        "read", "read - -", "read - --keep", "read board.png --again", f"read board.png --model {FINDER}",
        "read board.png --model nobody", "evaluate photos --model nobody", "evaluate photos --unit letters",
        "export photos --format cleaned --out photos", "export photos --format doc --out out",
        *(f"export photos --format {kind} --out out --one-file" for kind in ("alto", "vault", "cleaned")),
        "dataset photos", "dataset photos --out copy --unchecked --layout keras-ocr",
        "dataset data --out copy --letters ab", "dataset data --out copy --unchecked",
        "search --project photos *", "search word",
        "models show nobody", "models use nobody", f"models use {FINDER} --writer Anna",
        "models default --writer Nobody",
        "models rename Anna a/b", "models rename Anna Old",
        "models import gone.zip --name a/b", "models import gone.zip --alphabet abc", "models fetch nobody.h5",
        f"models fetch {downloads.ALL[-1].name} --name mine",
        f"{TRAIN} a/b", f"{TRAIN} Anna", f"{TRAIN} {BASE}", f"{TRAIN} new --writer Nobody",
        f"{TRAIN} new --base nobody", f"{TRAIN} new --base {FINDER}", f"{TRAIN} new --base Old",
        f"{TRAIN} new --resume", f"{TRAIN} new --epochs 0", f"{TRAIN} new --writer Anna --detector",
        f"{TRAIN} cut", f"{TRAIN} cut --resume", f"{TRAIN} cut --resume --epochs 3",
        f"{TRAIN} cut --resume --writer Anna",
        "read board.png --out bad.jpg", "read board.png --out bad.jpg/out", "evaluate photos --out bad.jpg",
        "export photos --format text --out bad.jpg", "export photos --format text --out photos/ocr-studio-project",
        "dataset photos --out bad.jpg", "dataset photos --out photos", "dataset data --out data",
        "synth --out bad.jpg --words 5", "synth --out photos --words 5", "synth --preview bad.jpg/a.png --words 5",
        "archive read photos --out bad.jpg", "archive read photos --out bad.jpg/out",
        "models export Anna photos", "models export Anna bad.jpg/Anna.zip",
        "synth", "synth --out out", "synth --out out --words 5 --fonts gone",
        "synth --out out --words 5 --languages xx", "synth --out out --words 5 --like photos", "help nothing",
    ),
}  # fmt: skip


@pytest.mark.parametrize("status", STATUSES)
@pytest.mark.usefixtures("place", "caplog")
def test_each_command_ends_as_the_contract_says(status: int, capsys: pytest.CaptureFixture[str]) -> None:
    others, odd = {}, {}
    for command in STATUSES[status]:
        ended = cli.run(command.split())
        said = capsys.readouterr().err.splitlines()
        if ended != status:
            others[command] = ended, said
        if status != GOOD and not all(line.startswith("ocr-studio") for line in said or [""]):
            odd[command] = said
        if status == MISUSED and len(said) != 1:
            odd[command] = said
    assert not others
    assert not odd


def pressing(events: Iterator[object], *, after: int) -> Iterator[object]:
    """Ctrl+C is pressed after so many events."""
    for number, event in enumerate(events):
        if number == after:
            raise KeyboardInterrupt
        yield event


def interrupted(command: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> str:
    """Run a command that somebody stops. Returns what it says."""
    monkeypatch.setattr(sys, "argv", ["ocr-studio", *command.split()])
    capsys.readouterr()
    assert cli.main() == INTERRUPTED
    return capsys.readouterr().err


@pytest.mark.parametrize(
    ("command", "said"),
    [
        ("read a.png b.png c.png", "1 of 3 photos read and printed."),
        ("read a.png b.png c.png --out out", "1 of 3 photos read and written to out."),
        ("read a.png b.png c.png --keep", "1 of 3 photos read and saved. Run the same command to read the others."),
        ("read a.png b.png --format json", "1 of 2 photos read, and nothing printed. Use --keep or --out to save each"),
    ],
)
def test_ctrl_c_while_photos_are_read_says_how_many_were(
    place: Path, command: str, said: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    stop_at_second_photo(place, monkeypatch)
    line = interrupted(command, monkeypatch, capsys)
    assert line.startswith(f"ocr-studio: Stopped. {said}")
    assert len(line.splitlines()) == 1


@pytest.mark.parametrize(
    ("option", "said"),
    [
        ("--keep", "1 of 3 photos read, but 1 of them not saved. Run the same command to read the others."),
        ("--out out", "1 of 3 photos read, but 1 of them not written to out."),
    ],
)
def test_ctrl_c_does_not_count_what_could_not_be_saved(
    place: Path, option: str, said: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fail(project: Project, page: Page) -> None:
        raise SaveFailed("can’t save the words: no", file=page.image, remedy="Fix it.")

    monkeypatch.setattr(Project, "save_page", fail)
    (place / "out").mkdir()
    (place / "out" / "a.txt").write_text("written by another program")
    stop_at_second_photo(place, monkeypatch)
    line = interrupted(f"read a.png b.png c.png {option}", monkeypatch, capsys)
    assert line.splitlines()[-1] == f"ocr-studio: Stopped. {said}"


def stop_at_second_photo(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Three photos, and Ctrl+C while the second is read."""
    for name, side in (("a", 90), ("b", 91), ("c", 92)):
        photo_file.save_png(place / f"{name}.png", drawn.board(side, 60))
    reads = TwoWords.read_lines
    seen: list[object] = []

    def read_lines(self: TwoWords, *given: object) -> object:
        seen.append(given)
        if len(seen) > 1:
            raise KeyboardInterrupt
        return reads(self, *given)  # type: ignore[arg-type]

    monkeypatch.setattr(TwoWords, "read_lines", read_lines)


def test_ctrl_c_elsewhere_says_what_there_is(
    place: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    usual = Project.load_page
    loaded: list[str] = []

    def load_page(self: Project, key: str, **how: bool) -> object:
        loaded.append(key)
        if len(loaded) > 1:
            raise KeyboardInterrupt
        return usual(self, key, **how)

    with monkeypatch.context() as patched:
        patched.setattr(Project, "load_page", load_page)
        line = interrupted("export photos --format text --out out", monkeypatch, capsys)
    assert line == "ocr-studio: Stopped. 1 of 3 photos written to out.\n"
    evaluate = evaluating.evaluate
    with monkeypatch.context() as patched:
        patched.setattr(evaluating, "evaluate", lambda *given, **more: pressing(evaluate(*given, **more), after=2))
        line = interrupted("evaluate photos", monkeypatch, capsys)
    assert line.startswith("ocr-studio: Stopped. ")
    assert line.endswith("of 3 photos evaluated. No results: the evaluation was not finished.\n")
