"""Spoiled and hostile files of every format that can be imported, by the real command. Prints; asserts nothing.

    python -m tests.benchmarks.hostile_imports [--each 22] [--formats voc pdf …] [--seed 7] [--keep DIR]

For each format a file is written as the program exports it, and spoiled: bytes flipped, cut and moved, values replaced,
paths that lead out of the folder, too many words, too deep, entities, other encodings. Photos as TIFF, GIF and PDF are
spoiled with a good file of labels beside them. Each file is imported by ``ocr-studio import`` in a process of its own,
which notes what it opens, first with --dry-run. A table is printed: cases, those refused and partly read, the slowest
(processor time of one, the start of the program included), and below it each case that broke a rule: it ended with
anything but 0 or 1, with a traceback, with more than one line for a file that was refused, or after more than two
seconds; it opened, wrote or told anything outside its folders.
"""

from __future__ import annotations

import argparse
import io
import json
import os
import random
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from PIL import Image

from ocr_studio.core.formats import FORMATS
from ocr_studio.core.formats.photo_source import PhotoSource
from ocr_studio.core.formats.readers import READERS
from ocr_studio.core.page import Page, Quad, TextSource, Transcription, Word
from tests.benchmarks.machine import processor
from tests.hostile import mutations

PHOTOS: Final = ("tiff", "gif", "pdf-photo")
KINDS: Final = (*READERS, *PHOTOS)
PATIENCE: Final = 2.0
CANARY: Final = "what-nobody-may-read"
_OUTSIDE: Final = "outside"
_MANY: Final = 100_000

# Runs the command, and writes down what is opened outside the folders that are named in the environment.
WATCH: Final = """
import os, sys
inside = tuple(os.environ["HOSTILE_INSIDE"].split(os.pathsep))
def watch(event, arguments):
    if event == "socket.connect":
        os.write(2, f"WATCHED {event} {arguments}\\n".encode())
    elif event == "open" and isinstance(arguments[0], (str, bytes)):
        path = os.path.realpath(os.fsdecode(arguments[0]))
        written = bool(arguments[2] & (os.O_WRONLY | os.O_RDWR | os.O_CREAT))
        if os.environ["HOSTILE_OUTSIDE"] in path or (written and not path.startswith(inside)):
            os.write(2, f"WATCHED {event} {path}\\n".encode())
sys.addaudithook(watch)
from ocr_studio.__main__ import main
sys.argv.append("--dry-run")
main()
sys.argv.pop()
print("IMPORT", flush=True)
sys.exit(main())
"""


@dataclass
class Row:
    """What became of the cases of a format."""

    cases: int = 0
    refused: int = 0
    partly: int = 0
    slowest: float = 0.0
    broken: list[str] = field(default_factory=list)


def main() -> None:
    """Try all cases, and print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--each", type=int, default=18)
    parser.add_argument("--formats", nargs="+", choices=KINDS, default=KINDS)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--keep", type=Path, help="keep the files of cases that broke a rule there")
    options = parser.parse_args()
    print(processor())
    with tempfile.TemporaryDirectory(prefix="hostile-imports-") as temporary:
        home = Path(temporary)
        start, _ = _run(home / "start", "labelme", "board.json", b"{}", None)
        print(f"a file that is refused at once takes {start:.2f} s\n")
        print("| format | cases | refused | partly read | read | slowest, s |\n|---|---|---|---|---|---|")
        rows = {kind: _try(home / kind, kind, options, start) for kind in options.formats}
        total = sum(row.cases for row in rows.values())
        print(f"\n{total} cases, {sum(len(row.broken) for row in rows.values())} broke a rule")
        for row in rows.values():
            print(*row.broken, sep="\n" if row.broken else "", end="\n" if row.broken else "")


def _try(folder: Path, kind: str, options: argparse.Namespace, start: float) -> Row:
    row = Row()
    for number, (what, name, data, photo) in enumerate(_cases(kind, options.each, random.Random(options.seed))):
        where = folder / str(number)
        both, done = _run(where, kind, name, data, photo)
        spent = (both + start) / 2  # of one of the two, the program started anew
        row.cases += 1
        row.slowest = max(row.slowest, spent)
        said = done.stderr.strip().splitlines()
        told = list(dict.fromkeys(line for line in said if not line.startswith("WATCHED")))  # the preview says the same
        notes = [line for line in done.stdout.splitlines() if line.startswith("  ")]
        row.refused += bool(told)
        row.partly += bool(notes) and not told
        wrong = [line for line in said if line.startswith("WATCHED")][:1]
        wrong += [f"status {done.returncode}"] if done.returncode not in {0, 1} else []
        wrong += ["traceback"] if "Traceback" in done.stderr else []
        wrong += [f"{len(told)} lines: {told[:2]}"] if len(told) > 1 else []
        wrong += [f"{spent:.1f} s"] if spent > PATIENCE else []
        wrong += ["tells what is outside"] if CANARY in done.stdout + done.stderr + _read_project(where) else []
        wrong += ["changed outside"] if _list(where / _OUTSIDE) != ["secret.txt"] else []
        if wrong:
            row.broken.append(f"  {kind} {number} ({what}): {'; '.join(wrong)}")
            if options.keep:
                shutil.copytree(where, options.keep / f"{kind}-{number}", dirs_exist_ok=True)
        shutil.rmtree(where)
    read = row.cases - row.refused - row.partly
    print(f"| {kind} | {row.cases} | {row.refused} | {row.partly} | {read} | {row.slowest:.2f} |", flush=True)
    return row


def _run(
    where: Path, kind: str, name: str, data: bytes, photo: tuple[str, bytes] | None
) -> tuple[float, subprocess.CompletedProcess[str]]:
    """Import a file into a new project. Returns processor time and what was said."""
    photos, labels, outside = where / "photos", where / "labels", where / _OUTSIDE
    for each in (photos, labels, outside):
        each.mkdir(parents=True)
    (outside / "secret.txt").write_text(CANARY)
    image, picture = photo or ("board.jpg", _draw("JPEG"))
    (photos / image).write_bytes(picture)
    (labels / name).write_bytes(data.replace(b"OUTSIDE", os.fsencode(outside)))
    if kind == "yolo-obb":
        (labels / "data.yaml").write_text("names: [text]\n")
    command = [sys.executable, "-c", WATCH, "import", str(labels / name), "--project", str(photos)]
    command += ["--format", "pdf"] if kind == "pdf" else []
    inside = os.pathsep.join(os.path.realpath(each) for each in (photos, where / "home", "/dev", "/proc"))
    told = {"OCR_STUDIO_HOME": str(where / "home"), "HOSTILE_INSIDE": inside, "HOSTILE_OUTSIDE": str(outside)}
    before = os.times()
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=os.environ | told, timeout=300)
    after = os.times()
    return after.children_user + after.children_system - before.children_user - before.children_system, done


def _read_project(where: Path) -> str:
    pages = (where / "photos" / "ocr-studio-project").rglob("*.json")
    return "".join(path.read_text("utf-8", "replace") for path in pages)


def _list(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


# --------------------------------------------------------------------------------------------------------------- cases


def _draw(kind: str, frames: int = 1) -> bytes:
    out, board = io.BytesIO(), Image.new("RGB", (1000, 800), "white")
    more = {"save_all": True, "append_images": [board.copy() for _ in range(frames - 1)]} if frames > 1 else {}
    board.save(out, kind, **more)
    return out.getvalue()


def _make_page(image: str) -> Page:
    words = {}
    for number in range(12):
        x, y = 40 + number % 4 * 230, 60 + number // 4 * 120
        read = Transcription(f"word{number}", TextSource.MODEL, 0.7)
        human = Transcription.by_human(f"wört,{number}") if number % 3 == 0 else None
        key = f"{number:012x}"
        words[key] = Word(key, Quad.from_box(x, y, x + 200, y + 50), machine=read, human=human)
    return Page("0" * 16, image, 1000, 800, words)


def _export(kind: str, folder: Path) -> bytes:
    if kind == "pdf":
        (folder / "board.jpg").write_bytes(_draw("JPEG"))
    data = FORMATS[kind].render([_make_page("board.jpg")], PhotoSource(lambda page: folder / page.image, folder))
    return data.encode() if isinstance(data, str) else data


def _cases(kind: str, count: int, chance: random.Random) -> Iterator[tuple[str, str, bytes, tuple[str, bytes] | None]]:
    """What is wrong, the name and content of the file of labels, and of the photo, None for a good one."""
    with tempfile.TemporaryDirectory() as temporary:
        if kind in PHOTOS:
            yield from _photo_cases(kind, count, chance, Path(temporary))
            return
        good = _export(kind, Path(temporary))
    name = f"{FORMATS[kind].prefix}board{FORMATS[kind].suffix}"
    if kind == "imagefolder":
        name = "metadata.jsonl"
    special = _special(kind, good)
    for what, data in list(special.items())[: count - 4]:
        yield what, name, data, None
    for number in range(max(4, count - len(special))):
        if good[:1] in {b"[", b"{"} and number % 2 and kind != "imagefolder":
            yield "a value replaced", name, mutations.broken_json(json.loads(good), chance), None
        else:
            yield "bytes changed", name, mutations.broken_bytes(good, chance), None


def _special(kind: str, good: bytes) -> dict[str, bytes]:
    """What an attacker would write, the worst first."""
    text = good.decode("utf-8", "replace")
    path = "OUTSIDE/secret.txt"
    found = {
        "a path outside": good.replace(b"board.jpg", path.encode()),
        "a path that climbs": good.replace(b"board.jpg", b"../outside/secret.txt"),
        "cut off": good[: len(good) * 2 // 3],
        "empty": b"",
    }
    if kind == "pdf":
        return found | {
            "a page of no size": good.replace(b"/MediaBox", b"/MediaBxx"),
            "no end": good[: good.rfind(b"startxref")],
            "zeros": good[:200] + bytes(len(good)),
        }
    if good.lstrip().startswith((b"<", b"\xef\xbb\xbf<")):
        return found | _special_xml(kind, text, path)
    found |= {
        "a very long text": text.replace("word1", "x" * 20_000_000).encode(),
        "no number": text.replace("60", "NaN").encode(),
        "very far away": text.replace("60", "1e300").encode(),
        "below zero": text.replace("60", "-999999999").encode(),
        "UTF-16": text.encode("utf-16"),
        "half of a letter": good.replace(b"word1", b"w\xff\xfe\xc3"),
        "zeros": good.replace(b"word1", b"\0\0\0"),
        "controls": good.replace(b"word1", b"\x1b[31m\x07\\u001b\\u0000"),
    }
    if good[:1] in {b"[", b"{"}:
        found |= {
            "too deep": (
                text[: text.rfind(text.strip()[-1])]
                + ","
                + '"x":' * text.startswith("{")
                + mutations.nested(100_000)
                + text.strip()[-1]
            ).encode(),
            "half a letter escaped": good.replace(b"word1", b"\\ud800"),
            "too many": _repeat_longest(json.loads(good)) if kind != "imagefolder" else good * 200_000,
        }
    else:
        lines = good.splitlines(keepends=True)
        found |= {
            "too many lines": b"".join(lines[:1]) + lines[-1] * (_MANY * 10),
            "a very long line": good.rstrip() + b"," * 30_000_000,
            "an open quote": good.replace(b"word1", b'"'),
        }
    return found


def _special_xml(kind: str, text: str, path: str) -> dict[str, bytes]:
    """What an attacker would write in XML. path: a file outside."""
    head, root = text[: text.find("?>") + 2], text[text.find("?>") + 2 :].lstrip()
    laughs = "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 10))
    tag = root[1 : min(root.find(end) for end in " >" if end in root)]
    word = {"voc": "object", "page": "Word", "alto": "String", "hocr": "span"}[kind]
    return {
        "many entities": f'{head}<!DOCTYPE x [<!ENTITY a0 "ha">{laughs}]>{root.replace("word1", "&a9;")}'.encode(),
        "a file as an entity": (
            f'{head}<!DOCTYPE x [<!ENTITY a SYSTEM "file://{path}">]>{root.replace("word1", "&a;")}'.encode()
        ),
        "a file included": text.replace(f"<{tag}", f'<{tag} xmlns:xi="http://www.w3.org/2001/XInclude"', 1)
        .replace(f"</{tag}>", f'<xi:include href="file://{path}" parse="text"/></{tag}>').encode(),
        "too deep": (head + root[: root.find(">") + 1] + f"<{word}>" * 50_000).encode(),
        "too many": text.replace(f"</{tag}>", f"<{word}/>" * 1_500_000 + f"</{tag}>").encode(),
        "a very long text": text.replace("word1", "x" * 20_000_000).encode(),
        "no number": text.replace("60", "NaN").encode(),
        "very far away": text.replace("60", "1e300").encode(),
        "below zero": text.replace("60", "-999999999").encode(),
        "UTF-16 without a mark": text.encode("utf-16-le"),
        "another tag": text.replace(f"<{word}", "<x").encode(),
    }  # fmt: skip


def _repeat_longest(value: object) -> bytes:
    """A JSON value whose longest list is as long as no photo has words."""
    lists: list[list[object]] = []

    def walk(each: object) -> None:
        if isinstance(each, list):
            lists.append(each)
        for inner in each.values() if isinstance(each, dict) else each if isinstance(each, list) else ():
            walk(inner)

    walk(value)
    longest = max(lists, key=len, default=[])
    longest *= _MANY // max(1, len(longest))
    return json.dumps(value).encode()


def _photo_cases(
    kind: str, count: int, chance: random.Random, folder: Path
) -> Iterator[tuple[str, str, bytes, tuple[str, bytes]]]:
    """Photos that are spoiled, with good labels beside them."""
    image = {"tiff": "board.tiff", "gif": "board.gif", "pdf-photo": "board.pdf"}[kind]
    good = _export("pdf", folder) if kind == "pdf-photo" else _draw(kind.upper(), frames=3)
    labels = FORMATS["labelme"].render([_make_page(image)], None)
    data = labels.encode() if isinstance(labels, str) else labels
    special = {"cut off": good[: len(good) // 2], "empty": b"", "zeros": good[:16] + bytes(len(good))}
    for number in range(count):
        what, spoiled = [*special.items()][number] if number < len(special) else (
            "bytes changed", good[:8] + mutations.broken_bytes(good[8:], chance)
        )  # fmt: skip
        yield what, "board.json", data, (image, spoiled)


if __name__ == "__main__":
    main()
