"""Published files come from a server (one made for the test), whole or not at all, and go on where they stopped."""

from __future__ import annotations

import hashlib
import re
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from http.server import BaseHTTPRequestHandler
from pathlib import Path

import pytest

from ocr_studio.core.models import downloads
from ocr_studio.core.models.downloads import ALL, CRAFT, PublishedFile
from ocr_studio.jobs.models import download
from ocr_studio.jobs.models.download import Downloaded, DownloadFailed, DownloadProgress, fetch
from tests.served import serving

DATA = bytes(range(256)) * 5000  # 1.28 MB: several pieces


@dataclass
class Server:
    """What a server does, and what it was asked for."""

    address: str = ""
    data: bytes = DATA
    ranges: bool = True  # whether it can go on
    cut: int | None = None  # after so many bytes of an answer the connection is cut off
    length: bool = True  # whether it says how much comes
    code: int = 200
    leads_to: str = ""
    silent: threading.Event | None = None  # it says nothing until this is set
    asked: list[str] = field(default_factory=list)

    def let_go(self) -> None:
        """Be silent no more."""
        if self.silent is not None:
            self.silent.set()

    def answer(self, handler: BaseHTTPRequestHandler) -> None:
        asked = handler.headers.get("Range", "")
        self.asked.append(asked)
        if self.silent is not None:
            self.silent.wait()
        if self.leads_to and handler.path != "/file":
            handler.send_response(302)
            handler.send_header("Location", self.leads_to)
            handler.end_headers()
            return
        begin = int(found[1]) if self.ranges and (found := re.fullmatch(r"bytes=(\d+)-", asked)) else 0
        self._send(handler, begin, partly=begin > 0)

    def _send(self, handler: BaseHTTPRequestHandler, begin: int, *, partly: bool) -> None:
        if partly and begin >= len(self.data):
            handler.send_response(416)
            handler.send_header("Content-Length", "0")
            handler.end_headers()
            return
        rest = self.data[begin:]
        handler.send_response(206 if partly else self.code)
        if partly:
            handler.send_header("Content-Range", f"bytes {begin}-{len(self.data) - 1}/{len(self.data)}")
        if self.length:
            handler.send_header("Content-Length", str(len(rest)))
        handler.end_headers()
        handler.wfile.write(rest[: self.cut])
        handler.close_connection = True


@pytest.fixture
def server() -> Iterator[Server]:
    does = Server()
    with serving(does.answer, let_go=does.let_go) as address:
        does.address = address
        yield does


@pytest.fixture(autouse=True)
def no_proxy(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("KERAS_OCR_CACHE_DIR", str(tmp_path / "of-keras-ocr"))


def published(server: Server, *, data: bytes = DATA, path: str = "/file") -> PublishedFile:
    return replace(CRAFT, name="net.h5", address=server.address + path, sha256=hashlib.sha256(data).hexdigest())


def part_of(folder: Path) -> bytes:
    return (folder / "net.h5.part").read_bytes()


def test_a_file_comes_whole_and_says_how_far_it_is(server: Server) -> None:
    *progress, last = fetch(published(server))
    assert isinstance(last, Downloaded)
    assert last.path == downloads.folder() / "net.h5"
    assert last.path.read_bytes() == DATA
    done = [event.done for event in progress if isinstance(event, DownloadProgress)]
    assert len(done) == len(progress) > 2
    assert done == sorted(done)
    assert (done[0], done[-1]) == (0, len(DATA))
    assert {event.total for event in progress if isinstance(event, DownloadProgress)} == {len(DATA)}
    assert [each.name for each in last.path.parent.iterdir()] == ["net.h5"]


def test_what_is_there_is_not_fetched_again(server: Server) -> None:
    list(fetch(published(server)))
    assert list(fetch(published(server))) == [Downloaded(published(server), downloads.folder() / "net.h5")]
    assert len(server.asked) == 1


def test_what_keras_ocr_has_fetched_is_used(server: Server, tmp_path: Path) -> None:
    (tmp_path / "of-keras-ocr").mkdir()
    (tmp_path / "of-keras-ocr" / "net.h5").write_bytes(DATA)
    assert list(fetch(published(server))) == [Downloaded(published(server), tmp_path / "of-keras-ocr" / "net.h5")]
    assert not server.asked


def test_a_spoiled_file_is_fetched_anew(server: Server) -> None:
    *_, last = fetch(published(server))
    assert isinstance(last, Downloaded)
    last.path.write_bytes(DATA[:-1] + b"x")
    list(fetch(published(server)))
    assert last.path.read_bytes() == DATA


def test_a_cancelled_fetch_goes_on_where_it_stopped(server: Server, tmp_path: Path) -> None:
    job = fetch(published(server), tmp_path / "here")
    while not (isinstance(event := next(job), DownloadProgress) and event.done):
        pass
    job.close()
    stopped = len(part_of(tmp_path / "here"))
    assert 0 < stopped < len(DATA)
    assert not (tmp_path / "here" / "net.h5").exists()
    first, *_, last = fetch(published(server), tmp_path / "here")
    assert first == DownloadProgress(published(server), stopped, len(DATA))
    assert isinstance(last, Downloaded)
    assert last.path.read_bytes() == DATA
    assert server.asked == ["", f"bytes={stopped}-"]


def test_a_fetch_that_is_cut_off_says_so_and_goes_on(server: Server, tmp_path: Path) -> None:
    server.cut = 500_000
    with pytest.raises(DownloadFailed, match=r"connection was lost.*to resume the download"):
        list(fetch(published(server), tmp_path))
    assert part_of(tmp_path) == DATA[:500_000]
    server.cut = None
    list(fetch(published(server), tmp_path))
    assert (tmp_path / "net.h5").read_bytes() == DATA
    assert server.asked == ["", "bytes=500000-"]


def test_a_server_that_cannot_go_on_sends_all_of_it(server: Server, tmp_path: Path) -> None:
    (tmp_path / "net.h5.part").write_bytes(DATA[:1000])
    server.ranges = False
    first, *_ = fetch(published(server), tmp_path)
    assert first == DownloadProgress(published(server), 0, len(DATA))
    assert (tmp_path / "net.h5").read_bytes() == DATA


def test_a_part_that_has_it_all_needs_no_server(server: Server, tmp_path: Path) -> None:
    (tmp_path / "net.h5.part").write_bytes(DATA)
    assert list(fetch(published(server), tmp_path)) == [Downloaded(published(server), tmp_path / "net.h5")]
    assert not server.asked


def test_a_part_that_is_longer_than_the_file_is_fetched_anew(server: Server, tmp_path: Path) -> None:
    (tmp_path / "net.h5.part").write_bytes(DATA + b"more")
    list(fetch(published(server), tmp_path))
    assert (tmp_path / "net.h5").read_bytes() == DATA
    assert server.asked == [f"bytes={len(DATA) + 4}-", ""]


def test_a_server_that_does_not_say_how_much_comes(server: Server, tmp_path: Path) -> None:
    server.length = False
    first, *_, last = fetch(published(server), tmp_path)
    assert first == DownloadProgress(published(server), 0, None)
    assert isinstance(last, Downloaded)
    assert last.path.read_bytes() == DATA


def test_another_file_is_thrown_away(server: Server, tmp_path: Path) -> None:
    wanted = published(server, data=b"what was published")
    with pytest.raises(DownloadFailed, match="SHA-256 differs") as caught:
        list(fetch(wanted, tmp_path))
    assert wanted.address in str(caught.value)
    assert not list(tmp_path.iterdir())


def test_what_is_far_too_large_is_not_written(server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(download, "MOST_WEIGHT_BYTES", 1000)
    with pytest.raises(DownloadFailed, match="unexpected file"):
        list(fetch(published(server), tmp_path))
    server.length = False
    with pytest.raises(DownloadFailed, match="unexpected file"):
        list(fetch(published(server), tmp_path))
    assert part_of(tmp_path) == b""


@pytest.mark.parametrize("code", [403, 404, 500])
def test_a_server_that_refuses_is_quoted(server: Server, tmp_path: Path, code: int) -> None:
    server.code = code
    with pytest.raises(DownloadFailed, match=f"the server responded “{code} "):
        list(fetch(published(server), tmp_path))


def test_nobody_there_is_said(server: Server, tmp_path: Path) -> None:
    wanted = replace(published(server), address="http://127.0.0.1:9/file")
    with pytest.raises(DownloadFailed, match=r"http://127\.0\.0\.1:9/file: can’t reach the server: "):
        list(fetch(wanted, tmp_path))


def test_a_server_that_says_nothing_is_not_waited_for_long(server: Server, tmp_path: Path) -> None:
    server.silent = threading.Event()
    with pytest.raises(DownloadFailed, match="timed out"):
        list(fetch(published(server), tmp_path, patience=0.1))


def test_it_follows_where_the_server_leads(server: Server, tmp_path: Path) -> None:
    server.leads_to = f"{server.address}/file"
    *_, last = fetch(published(server, path="/elsewhere"), tmp_path)
    assert isinstance(last, Downloaded)
    assert last.path.read_bytes() == DATA


@pytest.mark.parametrize("to", ["file:///etc/passwd", "ftp://127.0.0.1/file"])
def test_it_is_led_to_no_files_of_this_machine(server: Server, tmp_path: Path, to: str) -> None:
    server.leads_to = to
    with pytest.raises(DownloadFailed, match=r"redirects to an insecure connection|responded “302"):
        list(fetch(published(server, path="/elsewhere"), tmp_path))
    assert part_of(tmp_path) == b""


def test_only_one_fetches_a_file_at_a_time(server: Server, tmp_path: Path) -> None:
    first = fetch(published(server), tmp_path)
    next(first)
    with pytest.raises(DownloadFailed, match="already being downloaded"):
        list(fetch(published(server), tmp_path))
    first.close()
    list(fetch(published(server), tmp_path))


def test_a_folder_that_cannot_be_is_named(server: Server, tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(DownloadFailed, match="can’t save the download"):
        list(fetch(published(server), tmp_path / "file" / "folder"))


def test_a_file_a_person_has_is_known_by_its_bytes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "called otherwise.bin"
    file.write_bytes(DATA)
    assert downloads.known(file) is None
    monkeypatch.setattr(downloads, "ALL", (replace(CRAFT, sha256=hashlib.sha256(DATA).hexdigest()),))
    found = downloads.known(file)
    assert found is not None
    assert found.name == CRAFT.name
    with pytest.raises(OSError, match="nowhere"):
        downloads.known(tmp_path / "nowhere")


def test_the_published_files_are_told_apart() -> None:
    for one in ALL:
        assert re.fullmatch(r"[0-9a-f]{64}", one.sha256)
        assert one.address.startswith("https://")
        assert one.address.endswith(f"/{one.name}")
    assert len({one.sha256 for one in ALL}) == len({one.name for one in ALL}) == len(ALL) == 3
