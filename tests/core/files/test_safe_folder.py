from __future__ import annotations

import contextlib
import os
import socket
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from ocr_studio.core.files import safe_folder
from ocr_studio.core.files.safe_folder import SafeFolder, TooLarge, UnsafeFile, normalize_name

posix = pytest.mark.skipif(os.name != "posix", reason="links without special rights")


@pytest.fixture(params=[True, False], ids=["by descriptor", "by path"])
def relative(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> bool:
    """Both ways of opening files: with descriptors of folders and, as on Windows, without."""
    if request.param and not safe_folder._RELATIVE:
        pytest.skip("this system has no descriptors of folders")
    monkeypatch.setattr(safe_folder, "_RELATIVE", request.param)
    return bool(request.param)


@pytest.fixture
def outside(tmp_path: Path) -> Path:
    """A folder that nothing may touch, with a file that says so."""
    folder = tmp_path / "outside"
    folder.mkdir()
    (folder / "secret.txt").write_text("secret")
    return folder


@pytest.fixture
def inside(tmp_path: Path) -> SafeFolder:
    """A folder with pages/a.json in it."""
    (tmp_path / "inside" / "pages").mkdir(parents=True)
    (tmp_path / "inside" / "pages" / "a.json").write_bytes(b"{}")
    return SafeFolder(tmp_path / "inside")


@pytest.fixture(autouse=True)
def _untouched(outside: Path) -> Iterator[None]:
    yield
    assert [path.name for path in outside.iterdir()] == ["secret.txt"]
    assert (outside / "secret.txt").read_text() == "secret"


def _append(folder: SafeFolder, name: str) -> None:
    with folder.appending(name, most=1000) as stream:
        stream.write(b"more")


def _lock(folder: SafeFolder, name: str) -> None:
    os.close(folder.open_lock(name))


_WAYS: dict[str, Callable[[SafeFolder, str], object]] = {
    "read": lambda folder, name: folder.read(name, most=1000),
    "stat": lambda folder, name: folder.stat(name),
    "replace": lambda folder, name: folder.replace(name, b"other"),
    "append": _append,
    "create": lambda folder, name: folder.create(name, b"other"),
    "lock": _lock,
}


@pytest.mark.usefixtures("relative")
class TestOrdinaryFiles:
    def test_are_written_read_listed_and_removed(self, inside: SafeFolder) -> None:
        inside.make_folder("deep/er")
        inside.replace("deep/er/b.json", b"[1]")
        assert inside.read("deep//er/./b.json", most=3) == b"[1]"
        assert [(each.name, each.is_file, each.is_folder) for each in inside.entries("deep")] == [("er", False, True)]
        inside.rename("deep/er/b.json", "c.json")
        inside.remove("c.json")
        inside.remove_tree("deep")
        assert [each.name for each in inside.entries()] == ["pages"]

    def test_grow_by_what_is_added(self, inside: SafeFolder) -> None:
        _append(inside, "log.jsonl")
        _append(inside, "log.jsonl")
        assert inside.read("log.jsonl", most=8) == b"moremore"

    def test_larger_than_they_may_be_are_not_read(self, inside: SafeFolder) -> None:
        inside.replace("b", b"12345")
        with pytest.raises(TooLarge, match="larger than"):
            inside.read("b", most=4)

    @posix
    def test_keep_their_permissions_when_replaced(self, inside: SafeFolder) -> None:
        (inside.path / "pages" / "a.json").chmod(0o640)
        inside.replace("pages/a.json", b"[]")
        assert (inside.path / "pages" / "a.json").stat().st_mode & 0o777 == 0o640

    def test_leave_nothing_beside_them_when_they_cannot_be_put(self, inside: SafeFolder) -> None:
        (inside.path / "taken").mkdir()
        with pytest.raises(OSError, match="regular"):
            inside.replace("taken", b"")
        assert {each.name for each in inside.entries()} == {"pages", "taken"}

    def test_left_by_killed_programs_are_swept_when_they_are_old(self, inside: SafeFolder) -> None:
        old, new = inside.write_beside("pages/a.json", b"1"), inside.write_beside("pages/a.json", b"2")
        os.utime(inside.path / old, (0, 0))
        inside.sweep("pages")
        assert not inside.has(old)
        assert inside.has(new)


@pytest.mark.parametrize(
    "name",
    ["../outside/secret.txt", "/etc/passwd", "pages/../../outside/secret.txt", "..\\outside", "C:x", "", ".", "a\0b",
     "\ud800", "x" * 1001, "pages/.."],
)  # fmt: skip
@pytest.mark.usefixtures("relative")
def test_names_that_lead_out_are_refused(inside: SafeFolder, name: str) -> None:
    with pytest.raises(UnsafeFile):
        normalize_name(name)
    for way in _WAYS.values():
        with pytest.raises(UnsafeFile):
            way(inside, name)


@posix
@pytest.mark.parametrize("way", _WAYS.values(), ids=_WAYS.keys())
@pytest.mark.usefixtures("relative")
class TestLinks:
    def test_in_the_place_of_a_file_are_refused(
        self, inside: SafeFolder, outside: Path, way: Callable[[SafeFolder, str], object]
    ) -> None:
        for target in (outside / "secret.txt", outside / "new", Path("/dev/zero"), Path("a.json"), outside):
            link = inside.path / "pages" / "link"
            link.symlink_to(target)
            with pytest.raises(UnsafeFile, match="symbolic link"):
                way(inside, "pages/link")
            link.unlink()

    def test_in_the_place_of_a_folder_are_refused(
        self, inside: SafeFolder, outside: Path, way: Callable[[SafeFolder, str], object]
    ) -> None:
        (inside.path / "away").symlink_to(outside, target_is_directory=True)
        for name in ("away/secret.txt", "away/new"):
            with pytest.raises(UnsafeFile, match="symbolic link"):
                way(inside, name)

    def test_in_the_place_of_the_folder_itself_are_refused_unless_the_user_has_named_it(
        self, inside: SafeFolder, way: Callable[[SafeFolder, str], object], tmp_path: Path
    ) -> None:
        (tmp_path / "link").symlink_to(inside.path, target_is_directory=True)
        with pytest.raises(UnsafeFile, match="symbolic link"):
            way(SafeFolder(tmp_path / "link"), "pages/a.json")
        way(SafeFolder(tmp_path / "link", follow=True), "pages/a.json")

    def test_in_a_circle_are_refused(self, inside: SafeFolder, way: Callable[[SafeFolder, str], object]) -> None:
        (inside.path / "pages" / "circle").symlink_to("circle")
        with pytest.raises(UnsafeFile):
            way(inside, "pages/circle")


@posix
@pytest.mark.parametrize("way", _WAYS.values(), ids=_WAYS.keys())
@pytest.mark.usefixtures("relative")
def test_pipes_sockets_and_folders_are_no_files(
    inside: SafeFolder, way: Callable[[SafeFolder, str], object], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    os.mkfifo(inside.path / "pipe")
    monkeypatch.chdir(inside.path)  # the name of a socket may not be long
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind("socket")
        for name in ("pipe", "socket", "pages"):
            if way is _WAYS["stat"]:
                assert not inside.is_file(name)
            else:
                with pytest.raises(OSError, match=r"regular|directory"):
                    way(inside, name)


@posix
@pytest.mark.usefixtures("relative")
def test_a_file_with_another_name_elsewhere_is_not_written_through(inside: SafeFolder, outside: Path) -> None:
    for way, after in ((_append, b"more"), (_WAYS["replace"], b"other")):
        os.link(outside / "secret.txt", inside.path / "same")
        way(inside, "same")
        assert inside.read("same", most=100) == after
        inside.remove("same")
    os.link(outside / "secret.txt", inside.path / "lock")
    handle = inside.open_lock("lock")
    assert not safe_folder.is_own(handle)
    os.close(handle)


@posix
def test_a_folder_that_is_swapped_for_a_link_meanwhile_leads_nowhere(inside: SafeFolder, outside: Path) -> None:
    pages, kept, ended = inside.path / "pages", inside.path / "kept", threading.Event()

    def swap() -> None:
        while not ended.is_set():
            pages.rename(kept)
            pages.symlink_to(outside, target_is_directory=True)
            pages.unlink()
            kept.rename(pages)

    (pages / "secret.txt").write_text("ours")
    swapping = threading.Thread(target=swap)
    swapping.start()
    try:
        for _ in range(300):
            for way in _WAYS.values():
                with contextlib.suppress(OSError):
                    found = way(inside, "pages/secret.txt")
                    assert found != b"secret"
    finally:
        ended.set()
        swapping.join()


@posix
def test_a_file_that_the_system_calls_somebody_elses_is_added_to_as_a_copy(
    inside: SafeFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    """On some network shares every file has another owner, also the copy."""
    inside.replace("log.jsonl", b'{"a": 1}\n')
    monkeypatch.setattr(os, "geteuid", lambda: 12345)
    before = inside.stat("log.jsonl").st_ino
    _append(inside, "log.jsonl")
    assert inside.read("log.jsonl", most=100) == b'{"a": 1}\nmore'
    assert inside.stat("log.jsonl").st_ino != before


@posix
def test_the_bits_that_give_rights_to_who_runs_a_file_are_not_kept(inside: SafeFolder) -> None:
    (inside.path / "pages" / "a.json").chmod(0o4755)
    inside.replace("pages/a.json", b"[]")
    assert inside.stat("pages/a.json").st_mode & 0o7777 == 0o755


def _replace_in_two_steps(folder: SafeFolder, name: str) -> None:
    folder.put(folder.write_beside(name, b"new"), name)


@pytest.mark.parametrize("way", [_WAYS["replace"], _replace_in_two_steps])
def test_a_file_is_on_the_disk_before_it_takes_the_place_of_another(
    inside: SafeFolder, monkeypatch: pytest.MonkeyPatch, way: Callable[[SafeFolder, str], object]
) -> None:
    done: list[str] = []

    def noting(name: str) -> Callable[..., object]:
        work: Callable[..., object] = getattr(os, name)

        def noted(*given: object, **named: object) -> object:
            done.append(name)
            return work(*given, **named)

        return noted

    for name in ("fsync", "replace"):
        monkeypatch.setattr(os, name, noting(name))
    way(inside, "a.json")
    assert done[:2] == ["fsync", "replace"]
    done.clear()
    inside.replace("a.json", b"newer", flush=False)
    assert done == ["replace"]
