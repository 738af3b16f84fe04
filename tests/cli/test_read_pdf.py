"""PDF files and other files of several pages on the command line: their own text, passwords, and what is missing."""

from __future__ import annotations

import contextlib
import getpass
import io
import json
import logging
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pikepdf
import pytest
from numpy.typing import NDArray
from PIL import Image

from ocr_studio.cli import main as cli
from ocr_studio.core.images import photo_file, photo_stream
from ocr_studio.core.page import Page, Quad, TextSource, Transcription, Word, new_id
from ocr_studio.core.project.project import Project
from ocr_studio.jobs.reading.read import OcrService

PASSWORD = "geheim wort"


class Pixels:
    """Reads “pixels” on every photo."""

    name, notice = "pixels", None

    def find(self, image: NDArray[np.uint8]) -> list[Quad]:
        return [Quad.from_box(0, 0, 20, 10)]

    def read_lines(self, image: NDArray[np.uint8], lines: list[Quad]) -> Iterator[tuple[int, list[Word]]]:
        read = Transcription("pixels", TextSource.MODEL, 0.75, self.name)
        yield 1, [Word(new_id(), Quad.from_box(0, 0, 20, 10), machine=read)]

    def learn(self, known: object) -> None:
        """Knows enough."""


@pytest.fixture(autouse=True)
def reader(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(OcrService, "reader", lambda *_: Pixels())
    monkeypatch.setattr(sys, "stdin", io.StringIO())


def write_pdf(path: Path, *texts: str, password: str = "") -> Path:
    """A PDF with a typeset page for each text; an empty page for an empty text."""
    path.parent.mkdir(exist_ok=True)
    with pikepdf.new() as pdf:
        font = pikepdf.Dictionary(Type=pikepdf.Name.Font, Subtype=pikepdf.Name.Type1, BaseFont=pikepdf.Name.Helvetica)
        for number, text in enumerate(texts):
            pdf.add_blank_page(page_size=(300, 200))
            pdf.pages[number].Resources = pikepdf.Dictionary(Font=pikepdf.Dictionary(F=font))
            if text:
                pdf.pages[number].Contents = pdf.make_stream(f"BT /F 12 Tf 50 150 Td ({text}) Tj ET".encode())
        pdf.save(path, encryption=pikepdf.Encryption(owner="o", user=password) if password else False)
    return path


def type_passwords(monkeypatch: pytest.MonkeyPatch, *typed: str) -> list[str]:
    """Sit at a terminal and type these. Returns the prompts."""

    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    answers, prompts = iter(typed), []

    def ask(prompt: str, stream: object = None) -> str:
        assert stream is sys.stderr
        prompts.append(prompt)
        return next(answers)

    monkeypatch.setattr(sys, "stdin", Terminal())
    monkeypatch.setattr(getpass, "getpass", ask)
    return prompts


def test_text_of_its_own_is_used_and_said_once(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = write_pdf(tmp_path / "scan.pdf", "one two", "", "three", "four")
    assert cli.run(["read", str(path), "--format", "json"]) == 0
    out, err = capsys.readouterr()
    pages = json.loads(out)
    assert [page["text"] for page in pages] == ["one two", "pixels", "three", "four"]
    assert err == (
        f"ocr-studio: {path}: pages 1, 3–4 have text of their own, which was used."
        " Use --force-ocr to recognize the pages instead.\n"
    )
    words = pages[0]["words"]
    assert [(word["id"], word["text"], word["confidence"], word["alternatives"]) for word in words] == [
        ("w1", "one", None, []),
        ("w2", "two", None, []),
    ]
    (left, top), _, (right, bottom), _ = words[0]["quad"]
    assert abs(left - 50 * 200 / 72) < 3
    assert top < 50 * 200 / 72 < bottom < 70 * 200 / 72
    assert right < words[1]["quad"][0][0]


def test_pixels_are_read_if_that_is_asked_for(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = write_pdf(tmp_path / "scan.pdf", "one two")
    assert cli.run(["read", str(path), "--force-ocr"]) == 0
    assert capsys.readouterr() == ("pixels\n", "")


def test_a_single_page_a_line_as_a_box_and_a_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path, out = write_pdf(tmp_path / "scan.pdf", "one two"), tmp_path / "out"
    assert cli.run(["read", str(path), "--unit", "lines", "--format", "json", "--out", str(out)]) == 0
    assert f"{path}: it has text of its own, which was used." in capsys.readouterr().err
    assert [word["text"] for word in json.loads((out / "scan.json").read_text())["words"]] == ["one two"]


def test_kept_text_is_imported_text_and_known_afterwards(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = write_pdf(tmp_path / "scan.pdf", "one two", "three")
    assert cli.run(["read", str(path), "--keep"]) == 0
    first = capsys.readouterr()
    project = Project.find(tmp_path)
    pages = [project.load_page(key) for key in project.page_ids()]
    words = [word for page in pages if page for word in page.words.values()]
    assert {word.machine.source for word in words if word.machine} == {TextSource.IMPORTED}
    assert sorted(page.image for page in pages if page) == ["scan #1.pdf", "scan #2.pdf"]
    assert cli.run(["read", str(path), "--keep"]) == 0
    assert capsys.readouterr() == (first.out, "")
    assert cli.run(["read", str(path), "--keep", "--again", "--force-ocr"]) == 0
    assert capsys.readouterr().out.count("pixels") == 2


def test_a_password_file_unlocks(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = write_pdf(tmp_path / "pdf" / "scan.pdf", "one two", "three", password=PASSWORD)
    (passwords := tmp_path / "passwords").write_text(f"other\n{PASSWORD}\n")
    assert cli.run(["read", str(path)]) == 1
    refused = capsys.readouterr()
    assert refused.out == ""
    assert refused.err == (
        f"ocr-studio: {path}: the PDF is protected with a password."
        " Use --password-file FILE, or run the command in a terminal.\n"
    )
    assert cli.run(["read", str(path.parent), "--password-file", str(passwords)]) == 0
    assert "one two" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("content", "said"),
    [(b"wrong\n", "none of the passwords"), (b"", "1 to 100 passwords"), (b"\xff\n", "UTF-8"), (None, "can’t be read")],
)
def test_a_password_file_that_does_not_help(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], content: bytes | None, said: str
) -> None:
    path, passwords = write_pdf(tmp_path / "scan.pdf", "one", password=PASSWORD), tmp_path / "passwords"
    if content is not None:
        passwords.write_bytes(content)
    assert cli.run(["read", str(path), "--password-file", str(passwords)]) == 1
    (line,) = capsys.readouterr().err.splitlines()
    assert said in line
    assert content is not None or line.endswith("Check the path of the file with the passwords.")


def test_a_page_that_fails_late_says_what_to_type(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    path = write_pdf(tmp_path / "scan.pdf", "", "")

    def fail(page: Path) -> tuple[NDArray[np.uint8], str]:
        raise photo_file.PhotoError("it fails", file=page, remedy="Click here.", command="Type this.")

    monkeypatch.setattr(photo_file, "open_photo_with_id", fail)
    assert cli.run(["read", str(path)]) == 1
    assert capsys.readouterr().err.splitlines() == [
        f"ocr-studio: {tmp_path}/scan #{number}.pdf: it fails. Type this." for number in (1, 2)
    ]


def test_the_password_is_asked_for_and_kept_nowhere(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    caplog: pytest.LogCaptureFixture,
) -> None:
    folder = tmp_path / "pdf"
    for name in ("a.pdf", "b.pdf"):
        write_pdf(folder / name, name, password=PASSWORD)
    write_pdf(folder / "c.pdf", "c.pdf", password="another")
    prompts = type_passwords(monkeypatch, "wrong", PASSWORD, "")
    with caplog.at_level(logging.DEBUG):
        assert cli.run(["read", str(folder), "--keep"]) == 1
    out, err = capsys.readouterr()
    # What was typed for one file is tried for the next; nothing typed skips one.
    assert prompts == [*[f"Password of {folder / 'a.pdf'}: "] * 2, f"Password of {folder / 'c.pdf'}: "]
    assert all(text in out for text in ("a.pdf", "b.pdf"))
    assert "wrong password; try again" in err
    assert f"{folder / 'c.pdf'}: the PDF is protected with a password. No password was typed." in err
    assert PASSWORD not in out + err + caplog.text + _read_processes()
    files = [file for file in tmp_path.rglob("*") if file.is_file() and file.suffix != ".pdf"]
    assert files
    assert not [file for file in files if PASSWORD.encode() in file.read_bytes()]


def _read_processes() -> str:
    """Return what others may see of all processes, those that decode photos among them, where the system tells it."""
    told = []
    for file in (*Path("/proc").glob("[0-9]*/cmdline"), *Path("/proc").glob("[0-9]*/environ")):
        with contextlib.suppress(OSError):
            told.append(file.read_bytes().decode(errors="replace"))
    return "".join(told)


def test_after_three_wrong_passwords_the_file_is_left_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    path = write_pdf(tmp_path / "scan.pdf", "one", password=PASSWORD)
    assert len(type_passwords(monkeypatch, "a", "b", "c", PASSWORD)) == 0
    assert cli.run(["read", str(path)]) == 1
    assert "3 wrong passwords" in capsys.readouterr().err.splitlines()[-1]


def test_a_protected_file_is_imported_and_exported(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = write_pdf(tmp_path / "pdf" / "scan.pdf", "one two", "three", password=PASSWORD)
    (passwords := tmp_path / "passwords").write_text(PASSWORD)
    given = ["--password-file", str(passwords)]
    assert cli.run(["import", str(path), "--project", str(path.parent)]) == 1
    assert "protected with a password" in capsys.readouterr().err
    assert cli.run(["import", str(path), "--project", str(path.parent), *given]) == 0
    assert "2 photos imported: 3 new words" in capsys.readouterr().out
    out = tmp_path / "out"
    assert cli.run(["export", str(path.parent), "--format", "pdf", "--out", str(out), "--one-file", *given]) == 0
    with pikepdf.open(next(out.glob("*.pdf"))) as exported:
        assert len(exported.pages) == 2


def test_a_text_is_exported_without_the_password(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    path = write_pdf(tmp_path / "pdf" / "scan.pdf", "one two", "three", password=PASSWORD)
    type_passwords(monkeypatch, PASSWORD)
    assert cli.run(["read", str(path), "--keep"]) == 0
    path.touch()  # as after the program was started again, its password is not known
    capsys.readouterr()
    assert cli.run(["export", str(path.parent), "--format", "text", "--out", str(tmp_path / "out")]) == 0
    assert capsys.readouterr().err == ""
    [file] = (tmp_path / "out").glob("*.txt")
    assert all(text in file.read_text() for text in ("one two", "three"))


def test_a_damaged_file_is_read_as_far_as_possible(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    first, *more = (Image.new("RGB", (40, 20), colour) for colour in ("white", "black", "red", "blue"))
    first.save(path := tmp_path / "scan.tif", save_all=True, append_images=more)
    data = path.read_bytes()
    path.write_bytes(data[: len(data) * 3 // 4 - 20])
    assert cli.run(["read", str(path)]) == 1
    out, err = capsys.readouterr()
    assert out.count("pixels") == 2
    assert f"{path}: it is damaged after page 2; later pages are lost." in err
    assert cli.run(["read", str(path), "--pages", "2"]) == 0


def test_a_gif_that_was_one_photo_for_earlier_versions_keeps_its_words(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    colours = ("white", "black", "red")
    first, *more = (Image.new("RGB", (40, 20), colour) for colour in colours)
    first.save(path := tmp_path / "board.gif", save_all=True, append_images=more)
    project = Project.find(tmp_path)
    word = Word("a", Quad.from_box(0, 0, 20, 10), human=Transcription("checked", TextSource.HUMAN, when=""))
    page_id = photo_stream.compute_content_id(path)
    project.lock(create=True)
    project.save_page(Page(page_id, "board.gif", *photo_file.read_photo_size(path), {"a": word}))
    project.unlock()
    assert cli.run(["export", str(tmp_path), "--format", "text", "--out", str(tmp_path / "before")]) == 1
    [file] = (tmp_path / "before").glob("*.txt")
    assert file.read_text().count("checked") == 1
    capsys.readouterr()
    assert cli.run(["read", str(path), "--keep"]) == 0
    assert [line for line in capsys.readouterr().out.splitlines() if line] == [
        *(f"{tmp_path / 'board #1.gif'}:", "checked"),
        *(f"{tmp_path / 'board #2.gif'}:", "pixels"),
        *(f"{tmp_path / 'board #3.gif'}:", "pixels"),
    ]
    page = project.load_page(page_id)
    assert page is not None
    assert page.image == "board #1.gif"
