"""The folders of one input: what a stranger sent, and around it a home folder that must stay as it is."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import stat
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, TypeAlias

from tests.hostile import samples

# Stands in every file of the home folder; where it turns up in an answer, that file was read.
CANARY: Final = "CANARY-3b9f61"
# Larger files are known by their size and time alone.
_MOST_HASHED: Final = 1 << 20
_MOST_SEARCHED: Final = 32 << 20

Facts: TypeAlias = tuple[object, ...]


@dataclass
class Sandbox:
    """Everything that one input may reach by mistake, below ``root``.

    home: of a user who has private files. stranger: what came from elsewhere. studio: the program's own files. out:
    where answers are written. elsewhere: another folder of the user's, beside the stranger's.
    """

    root: Path
    home: Path = field(init=False)
    stranger: Path = field(init=False)
    studio: Path = field(init=False)
    out: Path = field(init=False)
    elsewhere: Path = field(init=False)
    temporary: Path = field(init=False)

    def __post_init__(self) -> None:
        for name in ("home", "stranger", "studio", "out", "elsewhere", "temporary"):
            setattr(self, name, self.root / name)

    def build(self) -> None:
        """Make the folders, and the private files in them."""
        for folder in (self.home, self.stranger, self.studio, self.elsewhere, self.temporary):
            folder.mkdir(parents=True)
        for name, data in _private_files():
            put(self.home / name, data)
        put(self.elsewhere / "letter.txt", f"{CANARY} dear all\n".encode())
        put(self.elsewhere / "photo.jpg", samples.photo("JPEG"))

    def environment(self) -> dict[str, str]:
        """What the program is told of these folders."""
        return {"HOME": str(self.home), "OCR_STUDIO_HOME": str(self.studio), "TMPDIR": str(self.temporary)}

    def put(self, name: str, data: bytes | str) -> Path:
        """Write a file of the stranger's, the folders above it included."""
        return put(self.stranger / name, data)

    def link(self, name: str, target: str | Path) -> Path:
        """A symbolic link among the stranger's files, in place of what has its name."""
        path = self._free(name)
        path.symlink_to(target)
        return path

    def hard_link(self, name: str, target: Path) -> Path:
        """Another name for a file, among the stranger's."""
        path = self._free(name)
        os.link(target, path)
        return path

    def pipe(self, name: str) -> Path:
        """A FIFO: whoever opens it waits for the other end."""
        path = self._free(name)
        os.mkfifo(path)
        return path

    def sparse(self, name: str, size: int, beginning: bytes = b"") -> Path:
        """A file of any size that takes no room on the disk."""
        path = put(self.stranger / name, beginning)
        os.truncate(path, size)
        return path

    def _free(self, name: str) -> Path:
        path = self.stranger / name
        path.parent.mkdir(parents=True, exist_ok=True)
        if path.is_symlink() or path.is_file():
            path.unlink()
        elif path.is_dir():
            shutil.rmtree(path)
        return path


def put(path: Path, data: bytes | str) -> Path:
    """Write a file, the folders above it included."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data.encode("utf-8", "surrogatepass") if isinstance(data, str) else data)
    return path


def _private_files() -> Iterator[tuple[str, bytes]]:
    """Files of the user's, some such as the program reads, so that a link to them would be worth something."""
    word = f"{CANARY} secret"
    page = json.dumps(samples.page("private", [samples.word("a1", word)], page_id=samples.PAGE_ID))
    yield ".bashrc", f"# {CANARY}\nalias ll='ls -l'\n".encode()
    yield ".profile", f"# {CANARY}\n".encode()
    yield ".ssh/authorized_keys", f"ssh-ed25519 {CANARY} me@here\n".encode()
    yield ".config/autostart/mail.desktop", f"[Desktop Entry]\nName={CANARY}\n".encode()
    yield "private/letter.txt", f"{word}\n{CANARY} second line\n".encode()
    yield "private/page.json", page.encode()
    yield "private/broken.json", f'{{"{CANARY}": '.encode()
    yield f"private/pages/{samples.PAGE_ID}.json", page.encode()
    yield "private/pages/todo.json", f'["{CANARY}"]'.encode()
    yield "private/project.json", b'{"format": 1, "photos": ".."}'
    yield "private/words.json", json.dumps({"format": 1, "words": [CANARY]}).encode()
    yield "private/history.jsonl", samples.history_line(word)
    yield "private/second-readings.jsonl", samples.second_reading_line(word)
    yield "private/labels.jsonl", samples.label_line(word, "crops/a.png")
    yield "private/manifest.json", json.dumps({"format": CANARY}).encode()
    yield "private/annotations.json", json.dumps(samples.annotated(word)).encode()
    yield "private/gt.txt", f"photo.png\t{word}\n".encode()
    yield "private/photo.png", samples.photo("PNG")
    # A copy of its bytes shows the canary; what is shown of the picture does not.
    yield "private/photo.jpg", samples.with_comment(samples.photo("JPEG"), CANARY.encode())
    yield "private/model.json", samples.card(title=word)
    yield "private/weights.safetensors", samples.weights()


# ---------------------------------------------------------------------------------------------------------- watching


def snapshot(root: Path, changing: Iterable[Path]) -> dict[str, Facts]:
    """What is below a folder, without what the program may change. Links are not followed.

    Returns:
        Path → kind and mode, number of hard links, size and time, and what is in it.
    """
    free = [os.fspath(path) for path in changing]
    found: dict[str, Facts] = {}
    waiting = [os.fspath(root)]
    while waiting:
        folder = waiting.pop()
        for entry in os.scandir(folder):
            if any(entry.path == each or entry.path.startswith(each + "/") for each in free):
                continue
            status = entry.stat(follow_symlinks=False)
            # Of a folder in which something may be made the time changes; the names in it are compared all the same.
            open_to_change = any(os.path.dirname(each) == entry.path for each in free)  # noqa: PTH120
            time = 0 if open_to_change else status.st_mtime_ns
            found[entry.path] = (status.st_mode, status.st_nlink, time, _content(entry.path, status))
            if stat.S_ISDIR(status.st_mode):
                waiting.append(entry.path)
    return found


def _content(path: str, status: os.stat_result) -> object:
    if stat.S_ISLNK(status.st_mode):
        return os.readlink(path)  # noqa: PTH115  (as bytes are kept in names)
    if stat.S_ISREG(status.st_mode) and status.st_size <= _MOST_HASHED:
        with open(path, "rb") as stream:
            return hashlib.blake2b(stream.read()).hexdigest()
    return status.st_size if stat.S_ISREG(status.st_mode) else 0


def differences(before: dict[str, Facts], after: dict[str, Facts], root: Path) -> list[str]:
    """What has changed, a line each."""

    def named(path: str) -> str:
        return ascii(os.path.relpath(path, root))[1:-1]

    lines = [f"{named(path)} is gone" for path in sorted(before.keys() - after.keys())]
    lines += [f"{named(path)} was made" for path in sorted(after.keys() - before.keys())]
    for path in sorted(before.keys() & after.keys()):
        was, now = before[path], after[path]
        # A hard link that was replaced leaves the private file with one link less: nothing happened to it.
        if stat.S_ISREG(int(str(was[0]))) and int(str(now[1])) < int(str(was[1])):
            now = (now[0], was[1], *now[2:])
        if stat.S_ISDIR(int(str(was[0]))):  # links of a folder count its folders, which are told by themselves
            was, now = (was[0], *was[2:]), (now[0], *now[2:])
        if was != now:
            lines.append(f"{named(path)} was changed")
    return lines


def canaries(folders: Iterable[Path], known: frozenset[str]) -> list[str]:
    """Files with the canary in them that were not there before. known: paths that were, with it."""
    return [path for path in sorted(files_with_canary(folders)) if path not in known]


def files_with_canary(folders: Iterable[Path]) -> frozenset[str]:
    """Paths of all regular files with the canary in them; links are not followed."""
    found = set()
    for folder in folders:
        for above, _, names in os.walk(folder):
            for name in names:
                path = os.path.join(above, name)  # noqa: PTH118
                status = os.lstat(path)
                # A file with two names is the private one itself; what was copied from it has one.
                if stat.S_ISREG(status.st_mode) and status.st_nlink == 1 and status.st_size <= _MOST_SEARCHED:
                    with open(path, "rb") as stream:
                        if CANARY.encode() in stream.read():
                            found.add(path)
    return frozenset(found)
