"""The service as it is used: over the network of this computer, with the real networks."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
from pathlib import Path

import httpx
import pytest

from ocr_studio.cli import main
from ocr_studio.cli.services import serve
from ocr_studio.core import extras
from ocr_studio.core.errors import StudioError
from ocr_studio.core.images import photo_file
from ocr_studio.core.settings import ReaderOptions
from ocr_studio.server.api.options import ServiceOptions
from ocr_studio.server.api.service import OcrServer
from tests.server.assistants.shared_photos import write

REPOSITORY = Path(__file__).parents[3]


def test_the_command_answers_with_the_words_that_read_prints(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """From the command line to the last answer, stopped as a service manager stops it."""
    photo = tmp_path / "board.png"
    photo_file.save_png(photo, write("Queue", "Load balancer"))
    folder = tmp_path / "kept"
    folder.mkdir()
    command = [sys.executable, "-m", "ocr_studio", "serve", "--port", "0", "--token", "--keep", str(folder)]
    service = subprocess.Popen(command, cwd=REPOSITORY, env={**os.environ}, stdout=subprocess.PIPE, text=True)
    try:
        assert service.stdout is not None
        line = service.stdout.readline()
        found = re.fullmatch(r"Reading photos at (http://127\.0\.0\.1:\d+/)#([\w-]{22})\n", line)
        assert found is not None, line
        assert service.stdout.readline() == "Press Ctrl+C to stop.\n"
        address, token = found[1], {"Authorization": f"Bearer {found[2]}"}
        with httpx.Client(base_url=address, timeout=120, headers=token, trust_env=False) as client:
            page = client.get("/")
            assert (page.status_code, found[2] in page.text) == (200, False)
            answer = client.post("/api/v1/read", files={"files": ("board.png", photo.read_bytes())})
            assert answer.status_code == 200
            assert client.post("/api/v1/read", headers={"Authorization": "Bearer x"}).status_code == 401
    finally:
        service.send_signal(signal.SIGTERM)
        rest, _ = service.communicate(timeout=60)
    assert (service.returncode, rest) == (0, "Stopped.\n")
    read = [sys.executable, "-m", "ocr_studio", "read", "--format", "json", str(photo)]
    done = subprocess.run(read, cwd=REPOSITORY, capture_output=True, check=True)
    (printed,) = json.loads(done.stdout)
    (answered,) = answer.json()
    assert printed["text"] == "Queue\nLoad balancer"
    assert {**answered, "image": printed["image"]} == printed
    assert main.run(["read", "--keep", str(next(folder.glob("Upload *.png")))]) == 0
    assert "Queue" in capsys.readouterr().out


def test_an_address_for_others_needs_a_token(capsys: pytest.CaptureFixture[str]) -> None:
    assert main.run(["serve", "--host", "0.0.0.0", "--port", "0"]) == 2
    assert "--token" in capsys.readouterr().err
    assert main.run(["serve", "--token", "short", "--port", "0"]) == 2
    assert main.run(["serve", "--port", "70000"]) == 2
    assert main.run(["serve", "--host", "example.org"]) == 2
    with pytest.raises(ValueError, match="token"):
        OcrServer(ServiceOptions(), ReaderOptions(), host="192.168.1.2")


def test_photos_are_only_kept_in_a_folder_that_exists(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main.run(["serve", "--port", "0", "--keep", str(tmp_path / "none")]) == 1
    assert "none: the folder does not exist." in capsys.readouterr().err
    (tmp_path / "file").touch()
    assert main.run(["serve", "--port", "0", "--keep", str(tmp_path / "file")]) == 1
    assert "file: this is a file, not a folder." in capsys.readouterr().err


def test_a_port_that_is_taken_is_said_and_nothing_stays_open() -> None:
    first = OcrServer(ServiceOptions(), ReaderOptions())
    first.start()
    port = int(first.address.rpartition(":")[2].strip("/"))
    with pytest.raises(StudioError, match=f"port {port} is in use"):
        OcrServer(ServiceOptions(), ReaderOptions(), port=port).start()
    first.stop()


def test_without_the_extra_it_says_how_to_install_it(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(extras, "find_spec", lambda name: None)
    assert main.run(["serve"]) == 1
    assert "[server]" in capsys.readouterr().err


def test_a_token_can_be_in_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OCR_STUDIO_TOKEN", "k" * 20)
    assert serve._find_token(None) == "k" * 20
    monkeypatch.delenv("OCR_STUDIO_TOKEN")
    assert serve._find_token(None) == ""
    assert len(serve._find_token("")) == 22
