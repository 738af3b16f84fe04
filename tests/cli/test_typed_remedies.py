"""Who typed a command is told what else to type: commands and options that there are, on one line.

Every place in the program that has a remedy of its own for them is found in the source and must be in the table here.
"""

from __future__ import annotations

import ast
import contextlib
import io
import itertools
import logging
import re
import shutil
import socket
import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass, replace
from functools import lru_cache
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any, Final, TypeAlias, cast

import numpy as np
import pikepdf
import pytest

from ocr_studio.cli import main as cli
from ocr_studio.cli import models
from ocr_studio.cli.settings import complain_of_runtime
from ocr_studio.cli.terminal import console
from ocr_studio.core.errors import StudioError
from ocr_studio.core.images import photo_file
from ocr_studio.core.images.decoding import pdf_pages
from ocr_studio.core.models import downloads
from ocr_studio.core.project.project import FOLDER, Project
from ocr_studio.core.settings import ReaderOptions
from ocr_studio.core.synth.options import SynthOptions
from ocr_studio.core.training import runs as training_runs
from ocr_studio.core.training.events import Recipe
from ocr_studio.core.training.runs import Run
from ocr_studio.engine.synth.handwriting.rendered_text import SourceSplit
from ocr_studio.engine.synth.photo import backgrounds
from ocr_studio.jobs.learning import train as training
from ocr_studio.jobs.learning.train import TrainingTask
from ocr_studio.jobs.reading import read
from ocr_studio.jobs.synth import generate
from ocr_studio.jobs.video import find_states
from tests import made_synth
from tests.core import made_datasets, made_models
from tests.core.video.test_video_file import write_video
from tests.served import serving

PACKAGE = Path(cli.__file__).parent.parent
OPTION: Final = re.compile(r"(?<![\w-])--[a-z][a-z-]*")
COMMAND: Final = re.compile(r"ocr-studio((?: [a-z][a-z-]*)*)")
# Where the command line has nothing for it, the window has; it is said that it is meant.
IN_WINDOW: Final = "in the window"


# ------------------------------------------------------------------------------------------ what the source has


@dataclass(frozen=True)
class Place:
    """A place in the source that makes an error. said: its literal text; typed: whether it is for who typed alone."""

    file: str
    function: str
    lines: range
    said: str
    typed: bool


def literal(node: ast.AST) -> str:
    """What stands literally in an expression; … for what is put in."""
    parts = [each.value if isinstance(each, ast.Constant) else "…" for each in _leaves(node)]
    return "".join(str(part) for part in parts)


def _leaves(node: ast.AST) -> Iterator[ast.AST]:
    if isinstance(node, ast.JoinedStr):
        yield from node.values
    elif isinstance(node, ast.BinOp):
        yield from (*_leaves(node.left), *_leaves(node.right))
    elif isinstance(node, ast.Call):
        yield from itertools.chain.from_iterable(map(_leaves, node.args))
    else:
        yield node


def passed_on(value: ast.AST, function: ast.FunctionDef) -> bool:
    """Whether a remedy only goes through here."""
    arguments = {each.arg for each in (*function.args.args, *function.args.kwonlyargs)}
    return isinstance(value, ast.Attribute) or (isinstance(value, ast.Name) and value.id in arguments)


@lru_cache
def calls() -> tuple[tuple[str, ast.FunctionDef, ast.Call], ...]:
    """All that functions of the program call: the file, the function, the call."""
    return tuple(
        (path.relative_to(PACKAGE).as_posix(), function, call)
        for path in sorted(PACKAGE.rglob("*.py"))
        if any(word in (text := path.read_text("utf-8")) for word in ("command=", "remedy=", "complain("))
        for function in ast.walk(ast.parse(text))
        if isinstance(function, ast.FunctionDef)
        for call in ast.walk(function)
        if isinstance(call, ast.Call)
    )


@lru_cache
def places() -> tuple[Place, ...]:
    """Where errors are made whose remedy is for who typed a command."""
    return tuple(place for file, function, call in calls() if (place := place_of(file, function, call)))


def place_of(file: str, function: ast.FunctionDef, call: ast.Call) -> Place | None:
    lines = range(call.lineno, (call.end_lineno or call.lineno) + 1)
    given = {each.arg: each.value for each in call.keywords}
    if isinstance(call.func, ast.Name) and call.func.id == "tr":
        return None  # what is put into a text; that is the same for everybody
    command, remedy = given.get("command"), given.get("remedy")
    if command is not None and not passed_on(command, function):
        return Place(file, function.name, lines, literal(command), typed=True)
    if not file.startswith("cli"):
        return None
    if remedy is not None:
        return Place(file, function.name, lines, literal(remedy), typed=False)
    if isinstance(call.func, ast.Name) and call.func.id == "complain":
        return Place(file, function.name, lines, "".join(map(literal, call.args)), typed=False)
    return None


def keyed() -> dict[str, Place]:
    """Those of every room that differ for who typed, by "file:function", numbered from the second of a function on."""
    found: dict[str, Place] = {}
    for place in places():
        if place.typed:
            key = f"{place.file}:{place.function}"
            number = 1 + sum(known.partition("#")[0] == key for known in found)
            found[key if number == 1 else f"{key}#{number}"] = place
    return found


# --------------------------------------------------------------------------------------- what the parser knows


@lru_cache
def help_of(command: tuple[str, ...]) -> str:
    """What a command says of itself; nothing where there is no such command."""
    said = io.StringIO()
    with contextlib.redirect_stdout(said), contextlib.redirect_stderr(io.StringIO()):
        status = cli.run([*command, "--help"])
    known = status == 0 and " ".join(said.getvalue().split()).startswith(" ".join(["usage: ocr-studio", *command, "["]))
    return said.getvalue() if known else ""


def unknown(said: str, command: tuple[str, ...]) -> list[str]:
    """The commands and options that a text names and that do not exist. command: whose options are meant where it names
    none.
    """
    commands = [tuple(found.split()) for found in COMMAND.findall(said)]
    missing = [" ".join(words) for words in commands if words and not help_of(words)]
    meant = next((words for words in commands if words), command)
    known = set(OPTION.findall(help_of(meant))) if meant else set()
    return missing + [option for option in OPTION.findall(said) if option not in known]


def test_a_word_that_is_no_command_or_option_is_noticed() -> None:
    assert unknown('Give "ocr-studio models import FILE", or --name.', ()) == []
    assert unknown('Give "ocr-studio models imports FILE".', ()) == ["models imports"]
    assert unknown('Give "ocr-studio trian".', ()) == ["trian"]
    assert unknown("Add --replace.", ("synth",)) == []
    assert unknown("Add --replace.", ("evaluate",)) == ["--replace"]
    assert unknown('"ocr-studio train" with --resume or --again', ("read",)) == ["--again"]


# ------------------------------------------------------------------------------------------------------ the table


@dataclass(frozen=True)
class Room:
    """Where an error is brought about. folder: empty. patch: undone at the end."""

    folder: Path
    patch: pytest.MonkeyPatch

    def run(self, *arguments: object) -> None:
        """A command that fails."""
        assert cli.run([str(each) for each in arguments]) != 0

    def told(self, work: Callable[[], object]) -> None:
        """What no command leads to yet, as one would tell it."""
        with pytest.raises(StudioError) as raised:
            work()
        console.complain(raised.value)

    def synth(self, *more: object) -> None:
        """Draw three words; it fails."""
        asked = made_synth.options(self.folder)
        quick = ("--word-list", asked.word_list, "--print-fonts", asked.prints, "--writing", "print")
        self.run("synth", "--out", self.folder / "out", *quick, "--words", 3, *more)

    def half_drawn(self) -> SynthOptions:
        """A dataset of which a word was drawn, and no more."""
        options = made_synth.options(self.folder, words=3)
        with closing(cast(Any, generate.write(options, self.folder / "out", children=0))) as drawn:
            assert len(list(itertools.islice(drawn, 2))) == 2
        return options


Bring: TypeAlias = Callable[[Room], None]


def fetched(room: Room, address: str) -> None:
    file = replace(downloads.CRAFT, address=address)
    room.patch.setattr(models, "_FETCHED", (file,))
    room.patch.setenv("no_proxy", "*")
    room.run("models", "fetch", file.name)


def cut_off(room: Room) -> None:
    fetched(room, "http://127.0.0.1:1/nobody-listens")


def not_found(room: Room) -> None:
    def answer(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(404)
        handler.send_header("Content-Length", "0")
        handler.end_headers()

    with serving(answer, let_go=lambda: None) as address:
        fetched(room, f"{address}/file")


def nothing_begun(room: Room) -> None:
    data = made_datasets.three_boards(room.folder)
    course = TrainingTask(Run("mine", "recognizer", data.folder, data.digest, Recipe()), data)
    room.told(lambda: list(training.train(course, resume=True)))


def unread_photo(room: Room) -> None:
    made_datasets.three_boards(room.folder)
    photo_file.save_png(room.folder / "photos" / "new.png", np.full((60, 90, 3), 200, np.uint8))
    room.run("export", room.folder / "photos", "--format", "text", "--out", room.folder / "out")


def among_the_photos(room: Room) -> None:
    made_datasets.three_boards(room.folder)
    photos = room.folder / "photos"
    room.run("export", photos, "--format", "cleaned", "--out", photos)


def into_the_project(room: Room) -> None:
    made_datasets.three_boards(room.folder)
    photos = room.folder / "photos"
    room.run("export", photos, "--format", "text", "--out", Project.find(photos).folder)


def other_words(room: Room) -> None:
    data = made_datasets.three_boards(room.folder)
    training_runs.begin_run(Run("mine", "recognizer", data.folder, "d" * 64, Recipe()))
    room.run("train", "--dataset", data.folder, "--name", "mine", "--resume")


def begun_with_it(room: Room) -> None:
    run = Run("mine", "recognizer", room.folder, "d" * 64, Recipe(base=made_models.installed("first").name))
    training_runs.begin_run(run)
    (run.work / "checkpoint.npz").write_bytes(b"far")
    room.run("models", "delete", "first")


def in_use_for_a_writer(room: Room) -> None:
    made_models.installed("Anna")
    assert cli.run(["models", "use", "Anna", "--writer", "Ben"]) == 0
    room.run("models", "delete", "Anna")


def in_use(room: Room) -> None:
    made_models.installed("first")
    assert cli.run(["models", "use", "first"]) == 0
    room.run("models", "delete", "first")


def damaged_profile(room: Room) -> None:
    room.patch.setattr(logging.getLogger(read.__name__), "disabled", True)  # it is logged, too
    folder = made_models.installed("Anna").folder
    assert folder is not None
    (folder / "weights.safetensors").write_bytes(b"")
    service = read.OcrService(ReaderOptions(writer_profiles=(("Ben", "Anna"),)))
    service.reader("Ben")
    complain_of_runtime(service)


def no_model(room: Room) -> None:
    (room.folder / "photos.zip").write_bytes(b"no archive")
    room.run("models", "import", room.folder / "photos.zip")


def unread(room: Room) -> Path:
    (room.folder / "board.png").touch()
    return room.folder


def unchecked(room: Room) -> Path:
    word = made_datasets.read("0000ff00", "new", made_datasets.place(0, 0))
    return made_datasets.project(room.folder / "photos", [[word]]).photos


def no_room(room: Room) -> None:
    full = shutil.disk_usage(room.folder)._replace(free=0)
    room.patch.setattr(shutil, "disk_usage", lambda _: full)
    room.synth()


def drawn_otherwise(room: Room) -> None:
    list(generate.write(made_synth.options(room.folder, words=1), room.folder / "out", children=0))
    room.synth()


def begun_otherwise(room: Room) -> None:
    room.half_drawn()
    room.synth()


def read_half_drawn(room: Room) -> None:
    room.half_drawn()
    room.run("train", "--dataset", room.folder / "out", "--name", "mine")


def one_font(room: Room, split: SourceSplit, *more: object) -> None:
    (hands := room.folder / "hands").mkdir()
    (hands / "one.ttf").write_bytes(made_synth.font(split))
    room.synth("--fonts", hands, "--writing", "handwriting", *more)


def one_photo(room: Room, split: SourceSplit, *more: object) -> None:
    (boards := room.folder / "boards").mkdir()
    tone = 180
    while (
        not any(boards.iterdir()) or not backgrounds.load_backgrounds(boards, split)[0]
    ):  # what it is for depends on what it shows
        tone += 1
        photo_file.save_png(boards / "wall.png", np.full((300, 400, 3), tone, np.uint8))
    room.synth("--backgrounds", boards, "--surfaces", "real", *more)


def drawn_without_boards(room: Room) -> None:
    drawn_otherwise(room)
    room.run("train", "--dataset", room.folder / "out", "--name", "mine", "--detector")


# By place: the command that it is about, and how it is brought about.
def exported(room: Room, photos: Path) -> None:
    room.run("export", photos, "--format", "text", "--out", room.folder / "out")


def foreign_files(room: Room) -> None:
    photos = unchecked(room)
    assert cli.run(["export", str(photos), "--format", "text", "--out", str(room.folder / "out")]) == 0
    for path in (room.folder / "out").glob("*.txt"):
        path.write_text("mine", encoding="utf-8")
    exported(room, photos)


def linked_project(room: Room) -> None:
    photos = unchecked(room)
    (photos / FOLDER).rename(room.folder / "elsewhere")
    (photos / FOLDER).symlink_to(room.folder / "elsewhere")
    exported(room, photos)


def edited_note(room: Room) -> None:
    made_datasets.three_boards(room.folder)
    command = ("export", room.folder / "photos", "--format", "vault", "--out", room.folder / "out")
    cli.run([str(each) for each in command])
    note = next((room.folder / "out").glob("*.md"))
    text = note.read_text("utf-8")
    note.write_text(text.replace("<!-- ocr-studio end", "mine\n<!-- ocr-studio end"), "utf-8")
    room.run(*command)


def protected(room: Room) -> None:
    with pikepdf.new() as pdf:
        pdf.add_blank_page()
        pdf.save(path := room.folder / "scan.pdf", encryption=pikepdf.Encryption(owner="one", user="other"))
    with path.open("rb") as stream:
        room.told(lambda: pdf_pages.count_pages(stream, path.name, None))


def another_video(room: Room) -> None:
    for folder in ("first", "second"):
        (room.folder / folder).mkdir()
    first, second = (room.folder / folder / "talk.avi" for folder in ("first", "second"))
    list(find_states.find_states(write_video(first, 20), room.folder / "out"))
    room.told(lambda: list(find_states.find_states(write_video(second, 30), room.folder / "out")))


def taken_port(room: Room) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        room.run("serve", "--port", taken.getsockname()[1])


TABLE: Final[dict[str, tuple[tuple[str, ...], Bring]]] = {
    "core/datasets/builder.py:_make_nothing_error": (
        ("dataset",),
        lambda room: room.run("dataset", unchecked(room), "--out", room.folder / "data"),
    ),
    "core/datasets/reader.py:check_ended": (("train",), read_half_drawn),
    "core/datasets/sources.py:from_project": (
        ("dataset",),
        lambda room: room.run("dataset", unread(room), "--out", room.folder / "data"),
    ),
    "core/datasets/ground_truth.py:from_project": (("evaluate",), lambda room: room.run("evaluate", unchecked(room))),
    "core/models/archive.py:refused": (("models", "import"), no_model),
    "core/models/registry.py:delete": (("models", "delete"), in_use),
    "core/models/registry.py:delete#2": (("models", "delete"), in_use_for_a_writer),
    "core/models/registry.py:find": (("models", "show"), lambda room: room.run("models", "show", "nobody")),
    "core/formats/output_folder.py:_check_target": (("export",), foreign_files),
    "core/formats/vault/vault_folder.py:_read_note": (("export",), edited_note),
    "core/images/decoding/pdf_passwords.py:make_locked_error": (("read",), protected),
    "core/project/project_errors.py:linked": (("export",), linked_project),
    "core/synth/dataset.py:check_room": (("synth",), no_room),
    "core/synth/options.py:_check_grounds": (("synth",), lambda room: room.synth("--surfaces", "real")),
    "core/synth/options.py:_check_sources": (("synth",), lambda room: room.synth("--writing", "strokes")),
    "core/synth/options.py:check_options": (("synth",), lambda room: room.synth("--words", 0)),
    "core/synth/target_folder.py:check": (("synth",), begun_otherwise),
    "core/synth/target_folder.py:check#2": (("synth",), drawn_otherwise),
    "core/training/runs.py:check_model_unused": (("models", "delete"), begun_with_it),
    "jobs/reading/read.py:_make_profile_error": (("models", "default"), damaged_profile),
    "engine/synth/sample_maker.py:_no_photos_error": (("synth",), lambda room: one_photo(room, SourceSplit.VALIDATION)),
    "engine/synth/sample_maker.py:_no_photos_error#2": (
        ("synth",),
        lambda room: one_photo(room, SourceSplit.TRAIN, "--held-out", 0.5),
    ),
    "engine/synth/sample_maker.py:_no_writers_error": (
        ("synth",),
        lambda room: one_font(room, SourceSplit.TRAIN, "--held-out", 0.5),
    ),
    "engine/synth/sample_maker.py:_no_writers_error#2": (
        ("synth",),
        lambda room: one_font(room, SourceSplit.VALIDATION),
    ),
    "jobs/models/download.py:_cut_off": (("models", "fetch"), cut_off),
    "jobs/models/download.py:_other": (("models", "fetch"), not_found),
    "jobs/formats/export_photos.py:_check_folder": (("export",), into_the_project),
    "jobs/formats/export_photos.py:_check_folder#2": (("export",), among_the_photos),
    "jobs/formats/export_photos.py:_load": (("export",), unread_photo),
    "jobs/learning/train.py:_check_same": (("train",), nothing_begun),
    "jobs/learning/train.py:_check_same#2": (("train",), other_words),
    "jobs/learning/train.py:_nothing": (("train",), drawn_without_boards),
    "jobs/video/find_states.py:find_states": (("video",), another_video),
    "server/server_thread.py:start": (
        ("serve",),
        lambda room: room.run("serve", "--host", "198.51.100.7", "--token"),
    ),
    "server/server_thread.py:start#2": (("serve",), taken_port),
}


def test_no_remedy_for_who_types_is_forgotten_here() -> None:
    assert sorted(keyed()) == sorted(TABLE)


@pytest.mark.parametrize("key", TABLE)
def test_who_typed_a_command_is_told_what_else_to_type(
    key: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    place, (command, bring) = keyed()[key], TABLE[key]
    made = watched(monkeypatch)
    capsys.readouterr()
    bring(Room(tmp_path, monkeypatch))
    remedies = [remedy for file, line, remedy in made if file == place.file and line in place.lines]
    assert remedies, f"this error comes from elsewhere: {made}"
    remedy = remedies[-1]
    (line,) = [line for line in capsys.readouterr().err.split("\n") if remedy in line]
    assert line.startswith("ocr-studio: ")
    assert line.endswith(f". {remedy}")
    assert OPTION.search(remedy) or COMMAND.search(remedy) or IN_WINDOW in remedy
    assert not unknown(remedy, command)


def watched(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, int, str]]:
    """From now on, each error that has a remedy for who typed: the file, the line that made it, that remedy."""
    seen: list[tuple[str, int, str]] = []
    usual = StudioError.__init__

    def made(self: StudioError, *given: Any, **named: Any) -> None:
        usual(self, *given, **named)
        frame = sys._getframe(1)
        while frame.f_back is not None and frame.f_code.co_name == "__init__":
            frame = frame.f_back
        path = Path(frame.f_code.co_filename)
        if self.command and path.is_relative_to(PACKAGE):
            seen.append((path.relative_to(PACKAGE).as_posix(), frame.f_lineno, self.command))

    monkeypatch.setattr(StudioError, "__init__", made)
    return seen


# ------------------------------------------------------------------------- what the command line says by itself

# Whose options are meant in a file of the command line; in the others a whole command has to be named.
COMMANDS: Final[dict[str, tuple[str, ...]]] = {
    f"cli/{name}.py": (name,)
    for name in ("dataset", "evaluate", "export", "models", "read", "search", "synth", "train")
}
COMMANDS["cli/keep_readings.py"] = ("read",)
COMMANDS["cli/archive/read.py"] = ("archive", "read")
COMMANDS["cli/services/serve.py"] = ("serve",)


def test_what_the_command_line_says_names_what_there_is() -> None:
    found = [place for place in places() if place.file.startswith("cli/")]
    assert {place.file for place in found} >= {"cli/main.py", "cli/dataset.py", "cli/synth.py", "cli/train.py"}
    assert sum(bool(OPTION.search(place.said)) for place in found) > 5
    wrong = {
        f"{place.file}:{place.function}": missing
        for place in found
        if (missing := unknown(place.said, COMMANDS.get(place.file, ())))
    }
    assert not wrong


def test_what_the_window_says_of_buttons_is_not_said_to_who_types() -> None:
    """A remedy that names a button or a menu, in “ ”, has another one for them."""
    quoting = {}
    for file, _, call in calls():
        given = {each.arg: each.value for each in call.keywords}
        if file.startswith(("core/", "jobs/", "engine/")) and "remedy" in given and "command" not in given:
            quoting[f"{file}:{call.lineno}"] = re.findall("“[A-Z][^”]*”", literal(given["remedy"]))
    assert len(quoting) > 100
    assert not {place: found for place, found in quoting.items() if found}
