"""The service against schemathesis, hostile requests, a crowd, and a day's worth of requests.

    tests/peers/setup.sh PEERS
    python -m tests.peers.check_service PEERS [--requests N] [--only NAME …]

Starts ``ocr-studio serve`` on 127.0.0.1, asks it, and prints a table: schemathesis over /openapi.json with all of its
checks; hostile requests with their status and time; 50 uploads at once, which have to be answered with 200 or 503;
the memory before and after N requests of all kinds; and the sockets that listen, by ``ss``. Exit status 1 if anything
is not as it has to be.
"""

from __future__ import annotations

import argparse
import base64
import os
import re
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx

from tests import drawn
from tests.server.assistants.shared_photos import write

REPOSITORY = Path(__file__).parents[2]
IMAGE = {"Content-Type": "image/png"}
QUICK = 0.1  # seconds in which hostile requests are refused, the median of some
TIMES = 5
CROWDS = 3
# A schema can't say which bytes are a photo: files that are none are refused though the schema allows them.
_CONFIGURATION = """
[checks.positive_data_acceptance]
expected-statuses = ["2xx", "413", "415", "422"]
"""
GROWTH = 60.0  # MB that a service may grow by while it is asked thousands of times


@dataclass
class Table:
    """What was checked. wrong: how many rows are not as they have to be."""

    wrong: int = 0

    def add(self, what: str, found: object, *, good: bool) -> None:
        """Print a row."""
        self.wrong += not good
        print(f"{'ok' if good else 'WRONG':6} {what:58} {found}", flush=True)


@dataclass(frozen=True)
class Service:
    """A service that runs."""

    address: str
    process: int

    @property
    def memory(self) -> float:
        """Its resident memory in MB."""
        status = Path(f"/proc/{self.process}/status").read_text(encoding="ascii")
        found = re.search(r"VmRSS:\s+(\d+) kB", status)
        assert found is not None
        return int(found[1]) / 1024

    @property
    def port(self) -> int:
        """Where it listens."""
        return int(self.address.rstrip("/").rpartition(":")[2])

    def client(self) -> httpx.Client:
        """A client without proxies."""
        return httpx.Client(base_url=self.address, timeout=600, trust_env=False)


@contextmanager
def started() -> Iterator[Service]:
    """Start the command, and stop it as a service manager does."""
    command = [sys.executable, "-m", "ocr_studio", "serve", "--port", "0"]
    with tempfile.TemporaryDirectory() as home:
        environment = {**os.environ, "OCR_STUDIO_HOME": home}
        process = subprocess.Popen(command, cwd=REPOSITORY, env=environment, stdout=subprocess.PIPE, text=True)
        try:
            assert process.stdout is not None
            found = re.search(r"http://\S+", process.stdout.readline())
            assert found is not None
            yield Service(found[0], process.pid)
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(60)


def check_listening(service: Service, table: Table, _: argparse.Namespace) -> None:
    """Check that only programs of this computer reach it."""
    lines = subprocess.run(["ss", "-ltnH"], capture_output=True, text=True, check=True).stdout.splitlines()
    at = [line.split()[3] for line in lines if line.split()[3].endswith(f":{service.port}")]
    table.add("listens at", ", ".join(at), good=at == [f"127.0.0.1:{service.port}"])


def check_hostile(service: Service, table: Table, __: argparse.Namespace) -> None:
    """Send what must be refused, and measure how long that takes."""
    photo = drawn.file_of(drawn.board(), "PNG")
    bomb = drawn.png((30_000, 30_000, 1, 0), bytes(100_000))
    heavy = b"x" * (33 << 20)
    form = {"Content-Type": "multipart/form-data; boundary=x"}
    parts = b"".join(
        b'--x\r\nContent-Disposition: form-data; name="files"; filename="a.png"\r\n\r\n\r\n' for _ in range(500)
    )
    cases: list[tuple[str, int, str, bytes, dict[str, str]]] = [
        ("Host: evil.example", 421, "/api/v1/read", photo, {**IMAGE, "Host": "evil.example"}),
        ("Origin: http://evil.example", 403, "/api/v1/read", photo, {**IMAGE, "Origin": "http://evil.example"}),
        ("Sec-Fetch-Site: cross-site", 403, "/api/v1/read", photo, {**IMAGE, "Sec-Fetch-Site": "cross-site"}),
        ("JSON as text/plain", 415, "/api/", b'{"image": "AAAA"}', {"Content-Type": "text/plain"}),
        ("a text as image/png", 415, "/api/v1/read", b"hello", IMAGE),
        ("33 MB", 413, "/api/v1/read", heavy, IMAGE),
        ("33 MB of base64", 413, "/api/", b'{"image": "' + heavy + b'"}', {"Content-Type": "application/json"}),
        (f"30,000 × 30,000 pixels in {len(bomb)} bytes", 413, "/api/v1/read", bomb, IMAGE),
        ("500 parts", 400, "/api/v1/read", parts + b"--x--\r\n", form),
        ("a form without an end", 415, "/api/v1/read", parts[:80], form),
        ("JSON 100,000 levels deep", 422, "/api/", b"[" * 100_000, {"Content-Type": "application/json"}),
        ("half a PNG", 422, "/api/v1/read", photo[: len(photo) // 2], IMAGE),
        ("a path as a name", 415, "/api/v1/read", _form("../../etc/passwd", b"x"), form),
        (
            "no file",
            422,
            "/api/v1/read",
            b'--x\r\nContent-Disposition: form-data; name="a"\r\n\r\n1\r\n--x--\r\n',
            form,
        ),
        ("TRACE", 405, "/api/v1/read", b"", {}),
    ]
    for what, status, path, body, headers in cases:
        seconds, found, clean = [], set(), True
        for _ in range(TIMES):
            with service.client() as client:
                start = time.perf_counter()
                method = "TRACE" if what == "TRACE" else "POST"
                answer = client.request(method, path, content=body, headers=headers)
                seconds.append(time.perf_counter() - start)
            found.add(answer.status_code)
            clean &= answer.headers["content-type"] == "application/problem+json" and "/tmp" not in answer.text
        quick = sorted(seconds)[TIMES // 2]
        # Large bodies are copied by the client first; nothing has to be read of the one that is announced below.
        most = QUICK if len(body) < 1 << 20 else 3 * QUICK
        good = found == {status} and clean and quick < most
        table.add(what, f"{', '.join(map(str, found))} in {1000 * quick:.0f} ms", good=good)
    _check_unread(service, table)
    _check_slow(service, table)


def _form(name: str, data: bytes) -> bytes:
    head = f'--x\r\nContent-Disposition: form-data; name="files"; filename="{name}"\r\n\r\n'.encode()
    return head + data + b"\r\n--x--\r\n"


def _check_unread(service: Service, table: Table) -> None:
    """Announce 10 GB: it has to be refused before any of it is sent."""
    with socket.create_connection(("127.0.0.1", service.port), timeout=20) as connection:
        connection.sendall(
            b"POST /api/v1/read HTTP/1.1\r\nHost: 127.0.0.1:%d\r\nContent-Type: image/png\r\n"
            b"Content-Length: 10000000000\r\n\r\n" % service.port
        )
        answer = connection.recv(1000)
        rest = _read_all(connection)
    good = b" 413 " in answer and b"connection: close" in (answer + rest).lower()
    table.add("10 GB announced, nothing sent", answer.split(b"\r\n")[0].decode(), good=good)


def _check_slow(service: Service, table: Table) -> None:
    """Send headers that never end: the connection has to be closed."""
    start = time.perf_counter()
    with socket.create_connection(("127.0.0.1", service.port), timeout=60) as connection:
        connection.sendall(b"POST / HTTP/1.1\r\nHost: x\r\nX-A: ")
        rest = _read_all(connection)
    seconds = time.perf_counter() - start
    table.add("headers that never end", f"closed after {seconds:.0f} s", good=rest == b"" and seconds < 30)


def _read_all(connection: socket.socket) -> bytes:
    found = b""
    while part := connection.recv(1 << 16):
        found += part
    return found


def check_crowd(service: Service, table: Table, _: argparse.Namespace) -> None:
    """Send 50 photos at once."""
    photo = drawn.file_of(write("Load balancer", "Queue"), "PNG") + bytes(3 << 20)
    with service.client() as client:
        client.post("/api/v1/read", content=photo, headers=IMAGE)  # loads the networks

    def ask(_: int) -> str:
        try:
            with service.client() as client:
                answer = client.post("/api/v1/read", content=photo, headers=IMAGE)
                wait = answer.status_code == 503 and "retry-after" in answer.headers
                return f"{answer.status_code}{' with Retry-After' if wait else ''}"
        except httpx.HTTPError as error:
            return type(error).__name__

    peaks: list[float] = []
    for __ in range(CROWDS):
        most = [service.memory]
        with ThreadPoolExecutor(50) as crowd:
            answers = [crowd.submit(ask, number) for number in range(50)]
            while not all(each.done() for each in answers):
                most.append(service.memory)
                time.sleep(0.05)
        found = Counter(each.result() for each in answers)
        good = set(found) <= {"200", "503 with Retry-After"} and found["200"] > 0
        table.add("50 uploads of 3 MB at once", dict(found), good=good)
        peaks.append(max(most))
    said = ", ".join(f"{each:.0f}" for each in peaks)
    # The first crowd starts threads, each with an arena of memory of its own.
    table.add("memory at most, each time", f"{said} MB", good=peaks[-1] - peaks[0] < GROWTH)


def check_day(service: Service, table: Table, options: argparse.Namespace) -> None:
    """Ask thousands of times, and compare the memory."""
    photo = drawn.file_of(write("Queue")[:120, :300], "PNG")
    pages = b'[{"image": "a", "width": 300, "height": 120, "words": [], "text": ""}]'
    old = {"image": "data:image/png;base64," + base64.b64encode(photo).decode()}
    bomb = drawn.png((30_000, 30_000, 1, 0), bytes(100_000))
    with service.client() as client:
        asked: list[tuple[int, Callable[[], httpx.Response]]] = [
            (200, lambda: client.get("/")),
            (200, lambda: client.get("/api/v1/health")),
            (200, lambda: client.post("/api/v1/read", files={"files": ("a.png", photo)})),
            (200, lambda: client.post("/api/", json=old)),
            (200, lambda: client.post("/api/v1/export?format=pdf", files={"files": photo}, data={"pages": pages})),
            (200, lambda: client.post("/api/v1/picture", content=photo, headers=IMAGE)),
            (413, lambda: client.post("/api/v1/read", content=bomb, headers=IMAGE)),
            (415, lambda: client.post("/api/v1/read", content=b"text", headers=IMAGE)),
            (422, lambda: client.post("/api/", json={"image": "?"})),
            (404, lambda: client.get("/nothing")),
        ]
        wrong: Counter[str] = Counter()

        def ask(count: int) -> None:
            for number in range(count):
                status, work = asked[number % len(asked)]
                answer = work()
                if answer.status_code != status:
                    wrong[f"{answer.status_code} for {status}"] += 1

        ask(options.requests // 5)  # what is kept once is there by then
        before, start = service.memory, time.perf_counter()
        ask(options.requests)
        grown, seconds = service.memory - before, time.perf_counter() - start
    table.add(
        f"{options.requests} requests of all kinds", f"{seconds:.0f} s, {dict(wrong) or 'as expected'}", good=not wrong
    )
    table.add("memory before and after", f"{before:.0f} MB, {grown:+.1f} MB", good=grown < GROWTH)
    left = list(Path(tempfile.gettempdir()).glob("ocr-studio-service-*"))
    table.add("folders left", len(left), good=not left)


def check_schema(service: Service, table: Table, options: argparse.Namespace) -> None:
    """Let schemathesis ask whatever the description allows, and what it doesn't."""
    tool = options.peers.resolve() / "service" / "bin" / "schemathesis"
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "schemathesis.toml").write_text(_CONFIGURATION, encoding="ascii")
        command = [str(tool), "run", f"{service.address}openapi.json", "--checks", "all", "--max-examples", "40"]
        command += ["--request-timeout", "120"]
        done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    last = [line for line in done.stdout.splitlines() if line.strip()][-1]
    if done.returncode:
        print(done.stdout[-6000:])
    table.add("schemathesis, all checks", last.strip("= "), good=done.returncode == 0)


CHECKS: dict[str, Callable[[Service, Table, argparse.Namespace], None]] = {
    "listening": check_listening,
    "hostile": check_hostile,
    "schema": check_schema,
    "crowd": check_crowd,
    "day": check_day,
}


def main() -> int:
    """Run the checks. Returns the exit status."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0] if __doc__ else None)
    parser.add_argument("peers", type=Path)
    parser.add_argument("--requests", type=int, default=3000)
    parser.add_argument("--only", nargs="+", choices=CHECKS, default=list(CHECKS))
    options = parser.parse_args()
    table = Table()
    with started() as service:
        for name in options.only:
            CHECKS[name](service, table, options)
    return int(table.wrong > 0)


if __name__ == "__main__":
    sys.exit(main())
