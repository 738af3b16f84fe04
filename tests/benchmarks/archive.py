"""Archives on this computer: the same rows from every engine, through kills, a full disk and a photo that crashes.

    python -m tests.benchmarks.archive engines --photos 512       one process, two processes, two Ray actors
    python -m tests.benchmarks.archive workers --photos 512       workers killed every five seconds
    python -m tests.benchmarks.archive driver                     the program killed ten times; counts what is read
    python -m tests.benchmarks.archive full                       a disk without room (tmpfs; needs root)
    python -m tests.benchmarks.archive poison                     a photo that crashes each process that reads it
    python -m tests.benchmarks.archive listing --photos 1000000   empty files; needs as many inodes in --folder
    python -m tests.benchmarks.archive kept --photos 100000       a run that has nothing to read, with and without index
    python -m tests.benchmarks.archive stores                     memory://, file://, and s3:// through moto (--peers)
    python -m tests.benchmarks.archive search --words 1000000     seconds and memory of a query

“engines” and “workers” read drawn boards with the networks; the others have readers without networks, which note what
they read. Each writes into a folder of its own below --folder, and removes it.
"""

from __future__ import annotations

import argparse
import contextlib
import hashlib
import json
import os
import random
import resource
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any, Final
from unittest import mock

import cv2
import msgspec
import numpy as np

from ocr_studio.core.archive import listing, rows, shards
from ocr_studio.core.archive.folder import INDEX, ArchiveFolder
from ocr_studio.core.archive.search import ArchiveHits, search_archive
from ocr_studio.core.errors import StudioError
from ocr_studio.jobs.archive.pool import Engine
from ocr_studio.jobs.archive.processes import ProcessEngine
from ocr_studio.jobs.archive.ray_actors import RayEngine
from ocr_studio.jobs.archive.read_archive import ArchiveDone, ArchiveOrder, read_archive
from tests.benchmarks.machine import processor
from tests.engine import made_boards
from tests.jobs.archive import stub_readers
from tests.jobs.archive.stub_readers import HereEngine

_CHECKOUT: Final = Path(__file__).parents[2]
_BOARDS: Final = 24
_SECONDS: Final = 0.05  # of a photo, for readers without networks
_TIMEOUT: Final = 1500  # seconds; a run that takes longer has failed
_SHARD: Final = 32


def main() -> int:
    """Run one of the checks and print its table. Returns 1 if what it shows is wrong."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("check", choices=[*_CHECKS, "drive"])
    parser.add_argument("--photos", type=int, default=512)
    parser.add_argument("--words", type=int, default=1_000_000)
    parser.add_argument("--folder", type=Path, default=Path(tempfile.gettempdir()), help="where to write")
    parser.add_argument("--peers", type=Path, help="environment with moto[server] and s3fs")
    parser.add_argument("--period", type=float, default=5.0, help="seconds from one kill to the next")
    parser.add_argument("--engines", nargs="+", default=["here 1", "here 2", "ray 2"])
    parser.add_argument("--drive", nargs=3, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.check == "drive":
        return _drive(*map(Path, options.drive))
    print(processor(), flush=True)
    folder = Path(tempfile.mkdtemp(prefix="archive-", dir=options.folder))
    try:
        return 0 if _CHECKS[options.check](folder, options) else 1
    finally:
        shutil.rmtree(folder, ignore_errors=True)


# ----------------------------------------------------------------------------------------------- with the networks


def _engines(folder: Path, options: argparse.Namespace) -> bool:
    _draw_photos(folder / "photos", options.photos)
    tables = {}
    print(f"{'engine':<8} {'photos':>7} {'seconds':>8} {'a second':>9} {'errors':>7} {'words':>7}  table")
    for name in options.engines:
        report = _run_command(folder, name)
        tables[name] = table = _read_table(folder / name)
        print(
            f"{name:<8} {report['read']:>7} {report['seconds']:>8.1f} {report['photos_per_second']:>9.2f}"
            f" {sum(report['errors'].values()):>7} {sum(len(row['words']) for row in table):>7}  {_digest(table)}",
            flush=True,
        )
    return _say(len({_digest(table) for table in tables.values()}) == 1, "the same table but for the seconds")


def _workers(folder: Path, options: argparse.Namespace) -> bool:
    _draw_photos(folder / "photos", options.photos)
    print(f"{'engine':<18} {'killed':>7} {'seconds':>8} {'errors':>7}  table")
    good = set()
    for name, period in [(options.engines[-1], None), *((each, options.period) for each in options.engines)]:
        shutil.rmtree(folder / name, ignore_errors=True)
        killed: list[int] = []
        report = _run_command(folder, name, while_running=partial(_kill_workers, period, killed) if period else None)
        table = _digest(_read_table(folder / name))
        good.add(table)
        label = f"{name}{', killed' if period else ''}"
        print(
            f"{label:<18} {len(killed):>7} {report['seconds']:>8.1f} {sum(report['errors'].values()):>7}  {table}",
            flush=True,
        )
    return _say(len(good) == 1, "the same table but for the seconds")


def _draw_photos(folder: Path, count: int) -> None:
    """Small boards, 320 pixels wide, in several folders, no two alike."""
    maker = made_boards.maker(long_side=(640, 640), words=(3, 6))
    boards = [
        cv2.resize(maker.at(number).image, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA)
        for number in range(_BOARDS)
    ]
    for number in range(count):
        pixels = boards[number % _BOARDS].astype(np.int16) + number // _BOARDS - 10
        path = folder / f"day {number % 7}" / f"{number:06}.png"
        path.parent.mkdir(parents=True, exist_ok=True)
        cv2.imwrite(str(path), pixels.clip(0, 255).astype(np.uint8)[:, :, ::-1])


def _run_command(
    folder: Path, name: str, while_running: Callable[[subprocess.Popen[bytes]], None] | None = None
) -> dict[str, Any]:
    """Read the photos with ``ocr-studio archive``. name: engine and number of processes; also that of the folder."""
    engine, processes = name.split()
    command = [
        *[sys.executable, "-m", "ocr_studio", "archive", "read", str(folder / "photos"), "--out", str(folder / name)],
        *["--engine", engine, "--processes", processes, "--shard-size", str(_SHARD), "--format", "json"],
    ]
    with (
        open(folder / "stderr", "wb") as said,
        subprocess.Popen(command, stdout=subprocess.PIPE, stderr=said) as process,
    ):
        try:
            if while_running:
                while_running(process)
            out, _ = process.communicate(timeout=_TIMEOUT)
        finally:
            process.kill()
    if not out:
        raise SystemExit((folder / "stderr").read_text("utf-8"))
    return dict(json.loads(out))


def _kill_workers(period: float, killed: list[int], process: subprocess.Popen[bytes]) -> None:
    """Kill a worker now and then until the program ends."""
    numbers, end = random.Random(1), time.monotonic() + _TIMEOUT
    while process.poll() is None and time.monotonic() < end:
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(period)
        if workers := _find_workers(process.pid):
            os.kill(killed_one := numbers.choice(workers), signal.SIGKILL)
            killed.append(killed_one)


def _find_workers(parent: int) -> list[int]:
    """The processes that read: children that were spawned, or Ray's actors."""
    listed = subprocess.run(["ps", "-eo", "pid=,ppid=,args="], capture_output=True, text=True, check=True).stdout
    found = [line.split(None, 2) for line in listed.splitlines()]
    return [
        int(pid)
        for pid, ppid, *args in found
        if "ray::_Actor" in args[0] or (int(ppid) == parent and "spawn_main" in args[0])
    ]


# -------------------------------------------------------------------------------------------- without the networks


def _driver(folder: Path, options: argparse.Namespace) -> bool:
    _write_texts(folder / "photos", options.photos)
    expected = _read_stub(folder, folder / "undisturbed")
    log, out = folder / "log", folder / "out"
    numbers, twice, read_at_all = random.Random(2), 0, 0
    print(f"{'run':>4} {'read for':>13} {'read':>6} {'kept':>6}")
    for run in range(11):
        kept = {row["path"] for row in _read_table(out)} if out.exists() else set()
        log.unlink(missing_ok=True)
        command = [
            sys.executable,
            "-m",
            "tests.benchmarks.archive",
            "drive",
            "--drive",
            *map(str, (folder / "photos", out, log)),
        ]
        process = subprocess.Popen(command, cwd=_CHECKOUT)
        after = numbers.uniform(0.3, 2.0) if run < 10 else None
        while after and not log.exists() and process.poll() is None:
            time.sleep(0.05)  # until its workers have begun
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(after or _TIMEOUT)
        process.kill()
        process.wait()
        time.sleep(1.0)  # its workers notice within a moment
        read = log.read_text("utf-8").splitlines() if log.exists() else []
        twice += len(kept & set(read))
        read_at_all += len(read)
        now = len(_read_table(out)) if out.exists() else 0
        print(f"{run + 1:>4} {f'{after:.1f} s' if after else 'all':>13} {len(read):>6} {now:>6}", flush=True)
    same = _digest(_read_table(out)) == _digest(expected)
    halves = [path.name for path in out.iterdir() if path.suffix not in {".parquet", ".json"}]
    print(
        f"{read_at_all} photos read in all of {options.photos}; {twice} that were kept were read again; left: {halves}"
    )
    return _say(same and not twice, "the same table, nothing read twice that was kept")


def _drive(photos: Path, out: Path, log: Path) -> int:
    order = ArchiveOrder(str(photos), ArchiveFolder(str(out)), {}, shard_size=_SHARD // 2)
    for _ in read_archive(order, ProcessEngine(stub_readers.maker(log, seconds=_SECONDS), size=2)):
        pass
    return 0


def _full(folder: Path, options: argparse.Namespace) -> bool:
    _write_texts(folder / "photos", options.photos)
    small = folder / "small"
    small.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=128k", "tmpfs", str(small)], check=True)
    try:
        said = ""
        try:
            _read_stub(folder, small)
        except StudioError as error:
            said = str(error)
        names = sorted(path.name for path in small.iterdir())
        table = _read_table(small)
        others = [name for name in names if "part-" not in name]
        print(f"said: {said}\nleft: {len(names)} files with {len(table)} rows, others: {others}")
        subprocess.run(["mount", "-o", "remount,size=16m", str(small)], check=True)
        whole = _read_stub(folder, small)
    finally:
        subprocess.run(["umount", str(small)], check=True)
    good = "No space left" in said and len(whole) == options.photos and all(".tmp" not in name for name in names)
    return _say(good, "stopped and said so, nothing half; resumed with room")


def _poison(folder: Path, options: argparse.Namespace) -> bool:
    _write_texts(folder / "photos", 40)
    (folder / "photos" / "day 3" / "poison.jpg").write_bytes(b"poison")
    good = True
    for name, make, error in (
        ("here 2", partial(ProcessEngine, size=2), "reading it ended the process twice"),
        ("ray 2", partial(RayEngine, size=2), "the process that was reading it ended ten times"),
    ):
        if name not in options.engines:
            continue
        start = time.monotonic()
        table = _read_stub(folder, folder / name, make)
        errors = [(Path(row["path"]).name, row["error"]) for row in table if row["error"]]
        print(f"{name:<8} {len(table)} rows in {time.monotonic() - start:.1f} s; errors: {errors}", flush=True)
        good &= len(table) == 41 and errors == [("poison.jpg", error)]
    return _say(good, "one row with an error")


def _listing(folder: Path, options: argparse.Namespace) -> bool:
    print(f"{'source':<34} {'photos':>9} {'shards':>7} {'seconds':>8} {'MiB more':>9}")
    good = True
    for label, folders in (("1,000 photos in each folder", max(1, options.photos // 1000)), ("one folder", 1)):
        source = folder / label
        each = options.photos // folders
        for number in range(folders):
            below = source / f"{number:05}"
            below.mkdir(parents=True)
            for photo in range(each):
                os.mknod(f"{below}/board {photo:07}.jpg")
        good &= _measure_listing(label, partial(listing.list_photos, str(source), print))
        if folders == 1:
            below = source / "00000"
            lines = "".join(f"{below}/board {photo:07}.jpg\n" for photo in range(each)).encode()
            (folder / "list.txt").write_bytes(lines)
            del lines
            good &= _measure_listing("a list", lambda: listing.list_photos(str(folder / "list.txt"), print))
        shutil.rmtree(source)
    return _say(good, "below 60 s")


def _measure_listing(label: str, make: Callable[[], Iterator[listing.Photo]]) -> bool:
    """In a process of its own, so that the most memory it had is its own."""
    reader, writer = os.pipe()
    if not (child := os.fork()):
        before, start = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, time.monotonic()
        photos = count = 0
        for shard in shards.cut_shards(make(), "0" * 8):
            assert shard.name
            photos, count = photos + len(shard.photos), count + 1
        seconds = time.monotonic() - start
        more = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024
        os.write(writer, json.dumps([photos, count, seconds, more]).encode())
        os._exit(0)
    os.close(writer)
    with open(reader, "rb") as stream:
        photos, count, seconds, more = json.loads(stream.read())
    os.waitpid(child, 0)
    print(f"{label:<34} {photos:>9} {count:>7} {seconds:>8.1f} {more:>9.1f}", flush=True)
    return bool(seconds < 60)


def _kept(folder: Path, options: argparse.Namespace) -> bool:
    out, opened = folder / "out", [0]
    _write_texts(folder / "photos", options.photos)
    _read_stub(folder, out)
    real = ArchiveFolder.read_columns

    def read_columns(archive: ArchiveFolder, name: str, columns: list[str] | None) -> Any:
        opened[0] += 1
        return real(archive, name, columns)

    good = True
    print(f"{'index':<8} {'files':>6} {'opened':>7} {'seconds':>8}")
    for label in ("written", "missing", "made"):
        if label == "missing":
            (out / INDEX).unlink()
        opened[0], start = 0, time.monotonic()
        order = ArchiveOrder(str(folder / "photos"), ArchiveFolder(str(out)), {}, shard_size=_SHARD // 2)
        with mock.patch.object(ArchiveFolder, "read_columns", read_columns):
            *_, done = read_archive(order, HereEngine(stub_readers.maker(folder / "log")))
        assert isinstance(done, ArchiveDone)
        print(f"{label:<8} {done.parts:>6} {opened[0]:>7} {time.monotonic() - start:>8.2f}", flush=True)
        good &= done.read == 0 and opened[0] == (done.parts if label == "missing" else 0)
    return _say(good, "nothing read again, and files opened only without an index")


def _stores(folder: Path, options: argparse.Namespace) -> bool:
    import fsspec

    _write_texts(folder / "photos", 100)
    expected = [(Path(row["path"]).name, row["text"]) for row in _read_stub(folder, folder / "local")]
    memory = fsspec.filesystem("memory")
    memory.put(str(folder / "photos"), "/photos", recursive=True)
    pairs = [(f"file://{folder}/photos", f"file://{folder}/file-out"), ("memory://photos", "memory://out")]
    good = True
    with _served_s3(folder, options.peers) as bucket:
        if bucket:
            store, _ = fsspec.core.url_to_fs(bucket)
            store.put(str(folder / "photos"), f"{bucket}/photos", recursive=True)
            pairs.append((f"{bucket}/photos", f"{bucket}/out"))
        for source, out in pairs:
            start = time.monotonic()
            make = partial(HereEngine) if source.startswith("memory") else partial(ProcessEngine, size=2)
            table = _read_stub(folder, out, make, source=source)
            seconds = time.monotonic() - start
            again = _read_stub(folder, out, make, source=source)
            same = [(Path(row["path"]).name, row["text"]) for row in table] == expected and again == table
            print(
                f"{source[:40]:<42} {len(table):>4} rows, {seconds:>5.1f} s, {'same' if same else 'DIFFERENT'}",
                flush=True,
            )
            good &= same
    return _say(good, "the same rows from every store")


@contextlib.contextmanager
def _served_s3(folder: Path, peers: Path | None) -> Iterator[str]:
    """The address of a bucket that moto serves on the loopback; empty without it."""
    if peers is None:
        yield ""
        return
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [str(peers / "bin" / "moto_server"), "-H", "127.0.0.1", "-p", str(port)]
    with open(folder / "moto", "wb") as said, subprocess.Popen(command, stdout=said, stderr=said) as server:
        try:
            os.environ |= {
                "AWS_ENDPOINT_URL": f"http://127.0.0.1:{port}",
                "AWS_ACCESS_KEY_ID": "archive",
                "AWS_SECRET_ACCESS_KEY": "archive",
                "AWS_DEFAULT_REGION": "us-east-1",
            }
            sys.path.append(str(next((peers / "lib").glob("python3*")) / "site-packages"))
            import fsspec

            for _ in range(100):
                with contextlib.suppress(Exception):
                    fsspec.filesystem("s3").mkdir("boards")
                    break
                time.sleep(0.3)
            yield "s3://boards"
        finally:
            server.kill()


def _search(folder: Path, options: argparse.Namespace) -> bool:
    numbers = random.Random(3)
    letters = "etaoinshrdlucmfwypvbgkjqxz"
    known = [
        "".join(numbers.choices(letters, weights=range(26, 0, -1), k=numbers.randint(2, 9))) for _ in range(40_000)
    ]
    archive = ArchiveFolder(str(folder / "out"))
    archive.prepare({})
    each, left, part = 100, options.words, 0
    while left > 0:
        content = []
        for photo in range(256):
            words = numbers.choices(known, k=each)
            text = " ".join(words).encode()
            content.append([stub_readers.make_row(f"/photos/{part:05}/{photo:03}.jpg", text)])
            left -= each
        archive.write_part(f"part-a-{part:05}-x.parquet", rows.encode_part(content, ["x"] * 256))
        part += 1
    size = sum(path.stat().st_size for path in (folder / "out").iterdir()) / 2**20
    print(f"{options.words:,} words, {part} files, {size:.0f} MiB")
    print(f"{'query':<24} {'hits':>5} {'seconds':>8} {'of CPU':>7} {'MiB more':>9}")
    for query in (known[7], f"{known[7]} {known[8]}", f'"{known[9]} {known[10]}"', known[11][:3] + "*", "qqzzxxjj"):
        Path("/proc/self/clear_refs").write_text("5", "ascii")  # forgets the most memory so far
        before, start, processor_start = _read_memory("VmRSS"), time.monotonic(), time.process_time()
        *_, found = search_archive(archive, query, 100)
        assert isinstance(found, ArchiveHits)
        seconds, of_processor = time.monotonic() - start, time.process_time() - processor_start
        more = _read_memory("VmHWM") - before
        print(f"{query:<24} {len(found.hits):>5} {seconds:>8.2f} {of_processor:>7.2f} {more:>9.0f}", flush=True)
    return True


def _read_memory(key: str) -> float:
    """MiB, as the system counts it."""
    lines = Path("/proc/self/status").read_text("ascii").splitlines()
    return next(int(line.split()[1]) / 1024 for line in lines if line.startswith(key))


def _write_texts(folder: Path, count: int) -> None:
    for number in range(count):
        path = folder / f"day {number % 7}" / f"{number:06}.jpg"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"load balancer {number}", "utf-8")


def _read_stub(
    folder: Path, out: Path | str, make: Callable[..., Engine] = HereEngine, *, source: str = ""
) -> list[dict[str, Any]]:
    """Read the photos without networks. Returns the table."""
    order = ArchiveOrder(source or str(folder / "photos"), ArchiveFolder(str(out)), {}, shard_size=_SHARD // 2)
    *_, done = read_archive(order, make(stub_readers.maker(folder / "log")))
    assert isinstance(done, ArchiveDone)
    return _read_table(out)


def _read_table(out: Path | str) -> list[dict[str, Any]]:
    """All rows by path, but for the seconds."""
    archive = ArchiveFolder(str(out))
    found = [row for name in archive.parts() for row in archive.read_columns(name, None).to_pylist()]
    return sorted(({**row, "seconds": None} for row in found), key=lambda row: row["path"])


def _digest(table: list[dict[str, Any]]) -> str:
    return hashlib.sha256(msgspec.json.encode(table)).hexdigest()[:16]


def _say(good: bool, what: str) -> bool:
    print(f"{'good' if good else 'WRONG'}: {what}")
    return good


_CHECKS: Final[dict[str, Callable[[Path, argparse.Namespace], bool]]] = {
    "engines": _engines,
    "workers": _workers,
    "driver": _driver,
    "full": _full,
    "poison": _poison,
    "listing": _listing,
    "kept": _kept,
    "stores": _stores,
    "search": _search,
}

if __name__ == "__main__":
    sys.exit(main())
