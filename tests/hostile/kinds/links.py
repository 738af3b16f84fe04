"""Links within a stranger's folders, for every name that the program writes or reads there."""

from __future__ import annotations

import json
import os
import random
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from tests.hostile import samples
from tests.hostile.kinds import datasets
from tests.hostile.kinds.projects import COMMANDS, PROJECT, project
from tests.hostile.sandbox import Sandbox
from tests.hostile.trial import Attack, Command, Kind, Trial

# Every name in a project's folder that the program writes; {id} is that of a page.
WRITTEN: Final = (
    "project.json",
    "words.json",
    "lock",
    "history.jsonl",
    "second-readings.jsonl",
    "index.sqlite",
    "index.sqlite-wal",
    "index.sqlite-shm",
    "index.sqlite-journal",
    "pages/{id}.json",
)
_WRITING: Final[Sequence[Command]] = (
    ("read", "{in}", "--keep", "--again"),
    ("@edit", "{in}"),
    ("search", "hello", "--project", "{in}"),
)


def _target(place: Sandbox, name: str, chance: random.Random) -> Path:
    """What a link leads to: a file that matters, one that is not there yet, or one such as is expected."""
    private = place.home / "private"
    twin = private / ("page.json" if name.startswith("pages/") else Path(name).name)
    return chance.choice(
        (
            place.home / ".bashrc",
            place.home / ".ssh" / "authorized_keys",
            place.home / ".config" / "autostart" / "x.desktop",
            twin if twin.exists() else place.home / ".profile",
            private / "broken.json",
        )
    )


def written_file(place: Sandbox, chance: random.Random) -> Trial:
    """One of the files that the program writes is a link to a private file."""
    first, *_ = project(place)
    name = chance.choice(WRITTEN).format(id=first)
    target = _target(place, name, chance)
    way = chance.choice(("link", "relative link", "link to a link", "hard link"))
    if way == "hard link":
        target = place.home / chance.choice((".bashrc", ".ssh/authorized_keys"))
        place.hard_link(f"{PROJECT}/{name}", target)
    elif way == "relative link":
        path = place.stranger / PROJECT / name
        place.link(f"{PROJECT}/{name}", os.path.relpath(target, path.parent))
    elif way == "link to a link":
        place.link(f"{PROJECT}/{name}", place.link("other", target))
    else:
        place.link(f"{PROJECT}/{name}", target)
    commands = [*_WRITING, *chance.sample(COMMANDS, 2)]
    return Trial(f"{name.replace(first, 'ID')} is a {way} to {target.name}", commands, lines=6)


def folder(place: Sandbox, chance: random.Random) -> Trial:
    """A folder of the project is a link to another one."""
    project(place)
    name = chance.choice((f"{PROJECT}/pages", PROJECT))
    private = place.home / "private"
    own = private / "own"
    if name == PROJECT and chance.random() < 0.5:
        (place.stranger / PROJECT).rename(own)
    place.link(
        name, chance.choice((private, private / "pages", own, place.home / ".ssh", place.elsewhere, "/proc/self"))
    )
    return Trial(f"{name} is a link to a private folder", [*_WRITING, *chance.sample(COMMANDS, 2)], lines=6)


def circle(place: Sandbox, chance: random.Random) -> Trial:
    """Links that lead in a circle, or nowhere."""
    first, *_ = project(place)
    name = chance.choice((*WRITTEN, "pages", "pages/loop.json", ".")).format(id=first)
    path = f"{PROJECT}/{name}" if name != "." else PROJECT
    way = chance.randrange(4)
    if way == 0:
        place.link(path, Path(path).name)
    elif way == 1:
        place.link("one", "two")
        place.link("two", "one")
        place.link(path, place.stranger / "one")
    elif way == 2:
        place.link(path, "nowhere")
    else:
        place.link(path, "..")
    return Trial(
        f"{name.replace(first, 'ID')} is a link in a circle", [*_WRITING, *chance.sample(COMMANDS, 2)], lines=6
    )


def photos(place: Sandbox, chance: random.Random) -> Trial:
    """Photos may be links: they are read, and nothing else happens to them or beside them."""
    project(place)
    place.link(
        "board3.png",
        chance.choice((place.home / "private" / "photo.png", place.elsewhere / "photo.jpg", place.home / ".bashrc")),
    )
    place.link("more", place.home / "private")
    return Trial("a photo is a link to a private one", [*_WRITING[:2], *chance.sample(COMMANDS, 3)])


def export_folder(place: Sandbox, chance: random.Random) -> Trial:
    """The folder that a user exports to was sent, too, and has links in it for the names that will be written."""
    project(place)
    kind = chance.choice(("text", "md", "json", "csv", "cleaned"))
    ending = " cleaned.png" if kind == "cleaned" else f".{kind}"
    names = (f"board1{ending}", f"board1.png{ending}")
    target = _target(place, "x", chance)
    for name in names:
        if chance.random() < 0.3 and target.exists():
            place.hard_link(f"export/{name}", target)
        else:
            place.link(f"export/{name}", target)
    commands = [
        ("export", "{in}", "--format", kind, "--out", "{in}/export"),
        ("read", "{in}", "--out", "{in}/export"),
        ("evaluate", "{in}", "--out", "{in}/export"),
    ]
    for name in ("index.html", "words.html", "page-0001.html", "board1.html"):
        place.link(f"export/{name}", target)
    return Trial(f"links among exported files ({kind})", commands, changing=["export"], lines=6)


def overwritten(place: Sandbox, chance: random.Random) -> Trial:
    """Answers that would replace what a user wrote, or a photo, of their names."""
    project(place, 1)
    for name in ("board1.txt", "board1.md", "board1.json", "board1.csv", "board1 cleaned.png", "board1.png.txt"):
        place.put(name, samples.photo("PNG") if name.endswith("png") else "mine\n")
    kind = chance.choice(("text", "md", "json", "csv", "cleaned"))
    commands = [
        ("export", "{in}", "--format", kind, "--out", "{in}"),
        ("read", "{in}/board1.png", "--out", "{in}"),
        ("read", "{in}/board1.png", "--out", "{in}", "--format", "json"),
    ]
    return Trial(f"exports where the user has files of their names ({kind})", commands, lines=6)


def dataset(place: Sandbox, chance: random.Random) -> Trial:
    """Label files and pictures of a dataset are links to private files."""
    layout = chance.choice(tuple(datasets.LAYOUTS))
    datasets.put(place, layout)
    labels = datasets.LAYOUTS[layout]
    name = chance.choice((*labels, datasets.CROPS[layout], "manifest.json", os.path.dirname(datasets.CROPS[layout])))  # noqa: PTH120
    private = place.home / "private"
    target = private / chance.choice(
        ("labels.jsonl", "gt.txt", "manifest.json", "photo.jpg", "photo.png", "letter.txt")
    )
    if name and "." not in name:
        place.link(name, private)
    elif chance.random() < 0.3:
        place.hard_link(name or "manifest.json", target)
        # A hard link is the file itself: whoever could make it may read it. Only writing to it would be wrong.
        return Trial(
            f"{name} of a dataset ({layout}) is a hard link",
            [("dataset", "{in}"), ("dataset", "{in}", "--out", "{in}")],
            lines=20,
            quoted=True,
        )
    else:
        place.link(name or "manifest.json", target)
    commands = [
        ("dataset", "{in}"),
        ("dataset", "{in}", "--out", "{out}", "--layout", chance.choice(tuple(datasets.LAYOUTS))),
        ("evaluate", "{in}"),
    ]
    return Trial(f"{name} of a dataset ({layout}) is a link", commands, lines=9)


def dataset_target(place: Sandbox, chance: random.Random) -> Trial:
    """A dataset is written over an earlier one that was sent, with links in it."""
    project(place)
    layout = chance.choice(tuple(datasets.LAYOUTS))
    datasets.put(place, layout, folder="data/")
    place.put("data/manifest.json", json.dumps(samples.manifest() | {"layout": layout}))
    target = _target(place, "x", chance)
    name = chance.choice(
        (
            "manifest.json",
            *datasets.LAYOUTS[layout],
            "photos",
            datasets.CROPS[layout].partition("/")[0],
            "lock",
            ".ocr-studio",
        )
    )
    place.link(f"data/{name}", chance.choice((target, place.home / "private", place.home / "new")))
    commands = [("dataset", "{in}", "--out", "{in}/data", "--layout", layout), ("dataset", "{in}/data")]
    return Trial(f"{name} of a dataset that is replaced is a link", commands, changing=["data"], lines=9)


def model_folder(place: Sandbox, chance: random.Random) -> Trial:
    """A model's folder, copied in from elsewhere, has links."""
    models = place.studio / "data" / "models"
    private = place.home / "private"
    made = models / "theirs"
    made.mkdir(parents=True)
    (made / "model.json").write_bytes(samples.card())
    (made / "weights.safetensors").write_bytes(samples.weights())
    name = chance.choice(("model.json", "weights.safetensors", ""))
    if name:
        (made / name).unlink()
        (made / name).symlink_to(chance.choice((private / name, place.home / ".bashrc", place.home / "new")))
    else:
        made.rename(private / "model")
        made.symlink_to(private / "model")
    commands: list[Command] = [
        ("models", "list"),
        ("models", "show", "theirs"),
        ("models", "export", "theirs", "{out}/x.zip"),
        ("models", "rename", "theirs", "mine"),
        ("models", "delete", "theirs"),
    ]
    return Trial(f"{name or 'the folder'} of a model is a link", commands)


KIND: Final = Kind(
    "links",
    [
        Attack(written_file),
        Attack(folder),
        Attack(written_file),
        Attack(circle),
        Attack(written_file),
        Attack(photos),
        Attack(export_folder),
        Attack(written_file),
        Attack(overwritten),
        Attack(dataset),
        Attack(written_file),
        Attack(dataset_target),
        Attack(model_folder),
        Attack(circle),
        Attack(folder),
    ],
    share=1.6,
    quick=2,
)
