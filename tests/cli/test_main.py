"""The command line: what it prints, writes and returns. The recognizer here is one small enough to see through."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

import ocr_studio
from ocr_studio.cli import main as cli
from ocr_studio.cli.terminal import progress
from ocr_studio.core import settings
from ocr_studio.core.errors import StudioError
from ocr_studio.core.formats.output_folder import OutputFile
from ocr_studio.core.images import photo_file
from ocr_studio.core.page import Alternative, Quad, TextSource, Transcription, Word, new_id
from ocr_studio.core.project.project import Project
from ocr_studio.jobs.reading.read import OcrService
from tests import drawn
from tests.core.made_pages import page_of, read_word


class TwoWords:
    """Finds one line on every photo; the first word says how wide the photo is, the second how high."""

    name = "two-words"

    def find(self, image: NDArray[np.uint8]) -> list[Quad]:
        return [Quad.from_box(0, 0, image.shape[1], 10)]

    def read_lines(self, image: NDArray[np.uint8], lines: list[Quad]) -> Iterator[tuple[int, list[Word]]]:
        height, width = image.shape[:2]
        yield 1, [self._word(f"—{height}", 40), self._word(f"“{width}", 5)]

    def _word(self, text: str, left: float) -> Word:
        others = (Alternative(text, 0.75), Alternative("other", 0.1))
        read = Transcription(text, TextSource.MODEL, 0.75, self.name, alternatives=others)
        return Word(new_id(), Quad.from_box(left, 0, left + 25, 10), machine=read)


@pytest.fixture(autouse=True)
def _ocr_service(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(OcrService, "reader", lambda *_: TwoWords())


@pytest.fixture
def photo(tmp_path: Path) -> Path:
    path = tmp_path / "board.png"
    photo_file.save_png(path, drawn.board())
    return path


def started(*arguments: str, **options: Any) -> subprocess.CompletedProcess[bytes]:
    """The command as a shell starts it."""
    command = [sys.executable, "-m", "ocr_studio", *arguments]
    return subprocess.run(command, capture_output=True, check=False, timeout=300, **options)


# -------------------------------------------------------------------------------------------------------------- read


def test_the_text_of_one_photo_is_printed_and_nothing_else(photo: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.run(["read", str(photo)]) == 0
    assert capsys.readouterr() == ("“96 —64\n", "")


def test_several_texts_are_headed_by_their_names(photo: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.run(["read", str(photo), str(photo)]) == 0
    assert capsys.readouterr().out == f"{photo}:\n“96 —64\n\n{photo}:\n“96 —64\n"


def test_json_is_a_list_with_one_object_for_each_photo(photo: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.run(["read", str(photo), "--format", "json"]) == 0
    first = capsys.readouterr().out
    assert json.loads(first) == [
        {
            "image": str(photo),
            "width": 96,
            "height": 64,
            "words": [
                {
                    "id": f"w{number}",
                    "quad": [[left, 0], [left + 25, 0], [left + 25, 10], [left, 10]],
                    "text": text,
                    "confidence": 0.75,
                    "alternatives": [{"text": text, "confidence": 0.75}, {"text": "other", "confidence": 0.1}],
                    "line": 1,
                }
                for number, left, text in ((1, 5, "“96"), (2, 40, "—64"))
            ],
            "text": "“96 —64",
        }
    ]
    cli.run(["read", str(photo), "--format", "json"])
    assert capsys.readouterr().out == first


def test_bad_photos_are_told_and_the_others_read(photo: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (photo.parent / "bad.jpg").write_bytes(b"no photo")
    assert cli.run(["read", str(photo.parent / "bad.jpg"), str(photo), "gone.jpg", "--format", "json"]) == 1
    said = capsys.readouterr()
    assert [page["image"] for page in json.loads(said.out)] == [str(photo)]
    bad, gone = said.err.splitlines()
    assert bad.startswith(f"ocr-studio: {photo.parent}/bad.jpg: this is a text file, not a photo. Open a JPEG")
    assert gone.startswith("ocr-studio: gone.jpg: the file does not exist")


def test_nothing_read_is_an_empty_list(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.run(["read", "gone.jpg", "--format", "json"]) == 1
    assert json.loads(capsys.readouterr().out) == []


def test_a_folder_means_the_photos_in_it(tmp_path: Path, photo: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "notes.txt").write_text("no photo")
    for name in ("10.png", "9.png"):
        photo_file.save_png(tmp_path / name, drawn.board(50, 30))
    assert cli.run(["read", str(tmp_path), "--format", "json"]) == 0
    found = [Path(page["image"]).name for page in json.loads(capsys.readouterr().out)]
    assert found == ["9.png", "10.png", photo.name]


def test_an_empty_folder_is_told(tmp_path: Path, photo: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "empty").mkdir()
    assert cli.run(["read", str(tmp_path / "empty"), str(photo)]) == 1
    said = capsys.readouterr()
    assert said.out == "“96 —64\n"
    assert said.err.startswith(f"ocr-studio: {tmp_path}/empty: no photos in this folder.")


def test_out_writes_one_file_for_each_photo(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for name in ("a.png", "a.webp", "b.png", "deep/b.png"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(drawn.file_of(drawn.board(), "PNG"))
    given = [str(tmp_path / name) for name in ("a.png", "a.webp", "b.png", "deep/b.png", "deep/../b.png", "b.png")]
    out = tmp_path / "out" / "new"
    assert cli.run(["read", *given, "--out", str(out)]) == 0
    assert sorted(path.name for path in out.iterdir()) == [
        ".ocr-studio-files.jsonl",
        "a.png.txt",
        "a.webp.txt",
        "b.png (2).txt",
        "b.png (3).txt",
        "b.png.txt",
    ]
    assert {path.read_text(encoding="utf-8") for path in out.glob("*.txt")} == {"“96 —64\n"}
    assert capsys.readouterr() == (f"5 files written to {out}\n", "")


def test_out_as_json_holds_one_object(tmp_path: Path, photo: Path) -> None:
    assert cli.run(["read", str(photo), "--out", str(tmp_path / "out"), "--format", "json"]) == 0
    page = json.loads((tmp_path / "out" / "board.json").read_text(encoding="utf-8"))
    assert (page["width"], page["text"]) == (96, "“96 —64")


def test_an_out_folder_that_cannot_be_made_is_told_before_reading(
    photo: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.run(["read", str(photo), "--out", str(photo)]) == 2
    assert f"ocr-studio: {photo}: it is a file, not a folder. Choose another folder." in capsys.readouterr().err


def test_a_file_that_cannot_be_written_fails_that_photo_only(
    tmp_path: Path, photo: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "out" / "board.txt").mkdir(parents=True)
    photo_file.save_png(tmp_path / "second.png", drawn.board())
    assert cli.run(["read", str(photo), str(tmp_path / "second.png"), "--out", str(tmp_path / "out")]) == 1
    assert "board.txt: it can’t be written" in capsys.readouterr().err
    assert (tmp_path / "out" / "second.txt").is_file()


def test_progress_is_shown_on_a_terminal_only(
    photo: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    monkeypatch.setattr(progress, "_DRAWN_EVERY", 0.0)
    cli.run(["read", str(photo)])
    said = capsys.readouterr()
    assert said.out == "“96 —64\n"
    assert "100%  reading: line 1 of 1" in said.err
    assert said.err.endswith("\r\x1b[K")


# ------------------------------------------------------------------------------------------- the command as a whole


def test_a_scale_that_is_no_number_is_said_in_a_sentence(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.run(["--scale", "big"]) == 2
    assert "must be a percentage from 50 to 400, not “big”" in capsys.readouterr().err


def test_a_model_in_the_settings_that_is_gone_is_passed_over(
    photo: Path, capsys: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    settings.settings_file().parent.mkdir(parents=True)
    settings.settings_file().write_text('{"model": "mine"}')
    assert cli.run(["models", "list"]) == 0
    assert capsys.readouterr().out.startswith("* ")
    assert cli.run(["read", str(photo)]) == 0
    assert "setting 'model' can’t be 'mine'" in caplog.text


def test_the_model_that_comes_with_the_program_can_be_named(photo: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.run(["models", "list"]) == 0
    in_use = capsys.readouterr().out.split()
    assert in_use[0] == "*"
    assert cli.run(["read", str(photo), "--model", in_use[1]]) == 0


@pytest.mark.parametrize("asked", [["--help"], ["read", "--help"], ["models", "--help"], ["export", "--help"]])
def test_help_is_given(asked: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.run(asked) == 0
    assert "usage: ocr-studio" in capsys.readouterr().out


def test_version(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.run(["--version"]) == 0
    assert capsys.readouterr().out == f"ocr-studio {ocr_studio.__version__}\n"


def test_verbose_version_names_the_runtime_and_complains_of_an_unknown_one(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("OCR_STUDIO_RUNTIME", "onyx")
    assert cli.run(["--version", "--verbose"]) == 0
    said = capsys.readouterr()
    assert " runs the networks: " in said.out
    assert said.err == (
        "ocr-studio: OCR_STUDIO_RUNTIME=onyx is unknown and ignored. Use one of auto, onnx, tensorflow.\n"
    )


def test_a_library_that_cannot_be_loaded_is_said_with_the_version(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "onnxruntime.py").write_text("def (")
    monkeypatch.syspath_prepend(tmp_path)
    for module in [name for name in sys.modules if name.split(".")[0] == "onnxruntime"]:
        monkeypatch.delitem(sys.modules, module)
    monkeypatch.setenv("OCR_STUDIO_RUNTIME", "onnx")
    assert cli.run(["--version", "--verbose"]) == 1
    (line,) = capsys.readouterr().err.splitlines()
    assert line.startswith("ocr-studio: ONNX Runtime can’t be loaded: ")
    assert "Reinstall onnxruntime " in line


def test_without_a_screen_it_says_how_to_see_it_anyway(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "platform", "linux")
    for name in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"):
        monkeypatch.delenv(name, raising=False)
    assert cli.run([]) == 1
    (line,) = capsys.readouterr().err.splitlines()
    assert line.startswith("ocr-studio: there is no display")
    assert all(way in line for way in ("ssh -X", "xvfb-run", "--screenshot", "ocr-studio read"))


def test_the_window_opens_with_what_was_asked(photo: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from ocr_studio.ui.app import app

    asked: list[Any] = []

    def run(paths: list[Path], **named: Any) -> int:
        asked.append((paths, named))
        return 0

    monkeypatch.setattr(app, "run", run)
    monkeypatch.setenv("QT_QPA_PLATFORM", "offscreen")
    assert (
        cli.run([str(photo), "--theme", "dark", "--scale", "150%", "--language", "de", "--screenshot", "out.png"]) == 0
    )
    wanted = {
        "theme": "dark",
        "scale": 150,
        "language": "de",
        "screenshot": OutputFile(Path("out.png")),
        "style_guide": False,
    }
    assert asked == [([photo], wanted)]
    assert cli.run([str(photo), "gone.png"]) == 0  # the window says that one is gone
    assert asked[-1][0] == [photo, Path("gone.png")]
    assert cli.run([str(photo), "other.png", "--screenshot", "out.png"]) == 2


def test_a_photo_that_is_not_there_opens_no_window(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.run(["board.png"]) == 1
    assert capsys.readouterr().err == "ocr-studio: board.png: no such file or folder. Check the path.\n"


def test_a_file_called_like_a_command_can_be_opened(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    photo_file.save_png(tmp_path / "read", drawn.board())
    assert cli.run(["read", "read"]) == 0
    assert capsys.readouterr().out == "“96 —64\n"


def test_an_interruption_ends_with_130_and_one_line(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def interrupted(_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(cli, "run", interrupted)
    assert cli.main() == 130
    assert capsys.readouterr() == ("", "ocr-studio: Stopped.\n")


def test_ctrl_c_from_outside_ends_with_130(photo: Path) -> None:
    # The reader sends the signal itself, so that it comes while a photo is read.
    script = (
        "import os, signal, sys\n"
        "from ocr_studio.cli import main as cli\n"
        "from ocr_studio.jobs.reading.read import OcrService\n"
        # Where the tests run in the background of a shell, it is ignored unless one asks for it.
        "signal.signal(signal.SIGINT, signal.default_int_handler)\n"
        "OcrService.reader = lambda desk: os.kill(os.getpid(), signal.SIGINT)\n"
        "sys.exit(cli.main())\n"
    )
    command = [sys.executable, "-c", script, "read", str(photo)]
    done = subprocess.run(command, capture_output=True, check=False, timeout=300)
    said = b"ocr-studio: Stopped. 0 of 1 photo read and printed.\n"
    assert (done.returncode, done.stdout, done.stderr) == (128 + signal.SIGINT, b"", said)


def run_without(modules: set[str], *arguments: str) -> str:
    """Run a command in a process of its own, and return what it prints; it must not import any of these modules."""
    script = (
        "import sys\n"
        "from ocr_studio.cli import main\n"
        "status = main.run(sys.argv[1:])\n"
        f"loaded = {modules} & set(sys.modules)\n"
        "assert not loaded, loaded\n"
        "sys.exit(status)\n"
    )
    done = subprocess.run([sys.executable, "-c", script, *arguments], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout


@pytest.mark.parametrize("arguments", [["--help"], ["--version"]])
def test_help_is_printed_without_loading_the_commands(arguments: list[str]) -> None:
    assert run_without({"numpy", "cv2", "PIL", "ocr_studio.core.settings", "ocr_studio.cli.read"}, *arguments)


def test_texts_of_a_project_need_nothing_that_opens_photos(tmp_path: Path) -> None:
    project = Project.open(tmp_path)
    project.save_page(page_of(read_word("queue", 100)))
    project.unlock()
    heavy = {"cv2", "PIL.Image", "pillow_heif", "importlib.metadata", "onnxruntime", "tensorflow"}
    assert "queue" in run_without(heavy, "search", "queue", "--project", str(tmp_path))
    assert run_without(heavy, "export", str(tmp_path), "--format", "text", "--out", str(tmp_path / "out"))
    assert (tmp_path / "out" / "board.txt").read_text(encoding="utf-8") == "queue\n"


def test_a_command_that_cannot_be_loaded_is_an_error(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delitem(sys.modules, "ocr_studio.cli.synth", raising=False)
    monkeypatch.setitem(sys.modules, "ocr_studio.jobs.synth", None)  # as a missing system library does
    assert cli.run(["synth", "--help"]) == 1
    assert capsys.readouterr().err.startswith("ocr-studio: can’t load the program: ")


def test_a_library_that_cannot_be_loaded_while_a_command_runs_is_one_line(
    photo: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    caplog: pytest.LogCaptureFixture,
) -> None:
    def fail(*_: object) -> None:
        raise ImportError("libcc.so.2: cannot open shared object file")

    monkeypatch.setattr(OcrService, "reader", fail)
    monkeypatch.setattr(sys, "argv", ["ocr-studio", "read", str(photo)])
    assert cli.main() == 1
    assert capsys.readouterr().err == (
        "ocr-studio: a part of the program can’t be loaded: libcc.so.2: cannot open shared object file. "
        "Reinstall OCR Studio.\n"
    )
    assert "ImportError" in caplog.text


def test_when_nobody_listens_any_more_it_is_quiet() -> None:
    ear, mouth = os.pipe()
    os.close(ear)
    command = [sys.executable, "-m", "ocr_studio", "models", "list"]
    done = subprocess.run(command, stdout=mouth, stderr=subprocess.PIPE, check=False, timeout=300)
    os.close(mouth)
    assert done.stderr == b""
    assert done.returncode == 141


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no disk that is always full")
def test_a_full_disk_behind_standard_output_is_told() -> None:
    with open("/dev/full", "wb") as full:
        command = [sys.executable, "-m", "ocr_studio", "models", "list"]
        done = subprocess.run(command, stdout=full, stderr=subprocess.PIPE, check=False, timeout=300)
    assert done.stderr == b"ocr-studio: standard output: the disk is full. Free up disk space.\n"
    assert done.returncode == 1


def test_a_program_without_a_console_says_nothing_and_works(photo: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdout", None)
    monkeypatch.setattr(sys, "stderr", None)
    monkeypatch.setattr(sys, "argv", ["ocr-studio", "read", str(photo), "--out", str(photo.parent / "out")])
    assert cli.main() == 0
    assert (photo.parent / "out" / "board.txt").is_file()


def test_it_speaks_utf_8_whatever_the_locale(photo: Path) -> None:
    environment = os.environ | {"LC_ALL": "POSIX", "PYTHONCOERCECLOCALE": "0", "PYTHONUTF8": "0"}
    done = started("read", "доска.jpg", "--format", "json", env=environment)
    assert "ocr-studio: доска.jpg: the file does not exist".encode() in done.stderr
    assert done.stdout == b"[]\n"
    assert done.returncode == 1
    assert "×".encode() in started("read", "--help", env=environment).stdout


def test_what_libraries_write_to_standard_error_goes_to_the_log(photo: Path, studio_home: Path) -> None:
    script = (
        "import logging, os, sys, warnings\n"
        "from ocr_studio.cli import main as cli\n"
        "from ocr_studio.core.errors import StudioError\n"
        "from ocr_studio.jobs.reading.read import OcrService\n"
        "def reader(desk):\n"
        "    os.write(2, b'from C'); logging.warning('logged'); warnings.warn('warned', stacklevel=1)\n"
        "    raise StudioError('it does not work')\n"
        "OcrService.reader = reader\n"
        "sys.exit(cli.main())\n"
    )
    command = [sys.executable, "-c", script, "read", str(photo)]
    done = subprocess.run(command, capture_output=True, check=False, timeout=300)
    assert (done.stderr, done.returncode) == (b"ocr-studio: it does not work.\n", 1)
    logs = {path.name: path.read_text() for path in (studio_home / "log").iterdir()}
    assert logs["native.log"] == "from C"
    assert "logged" in logs["ocr-studio.log"]
    assert "warned" in logs["ocr-studio.log"]


def test_errors_are_one_line_even_for_odd_names(capsys: pytest.CaptureFixture[str]) -> None:
    for name in ("two\nlines.jpg", "clear\x1b[2Jscreen.jpg", "\u202eturned.jpg", os.fsdecode(b"\xff\xfe.jpg")):
        assert cli.run(["read", name]) == 1
        (line,) = capsys.readouterr().err.splitlines()
        assert line.isprintable()


def test_an_error_without_a_file_is_one_line_too(
    monkeypatch: pytest.MonkeyPatch, photo: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    def broken(*_: object) -> None:
        raise StudioError("the weights are missing", remedy="Install them.")

    monkeypatch.setattr(OcrService, "reader", broken)
    assert cli.run(["read", str(photo)]) == 1
    assert capsys.readouterr().err == "ocr-studio: the weights are missing. Install them.\n"
