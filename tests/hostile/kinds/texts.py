"""Texts that other programs would take for something else, through everything that shows or writes them."""

from __future__ import annotations

import json
import random
from typing import Final

from tests.hostile import samples
from tests.hostile.kinds import datasets
from tests.hostile.kinds.projects import EXPORTS, PROJECT, put_page
from tests.hostile.mutations import MARK, TEXTS
from tests.hostile.sandbox import Sandbox
from tests.hostile.trial import Attack, Command, Kind, Trial


def _text(chance: random.Random) -> str:
    text = chance.choice(TEXTS)
    return text if chance.random() < 0.5 else chance.choice(TEXTS)[:200] + text[:200]


def words(place: Sandbox, chance: random.Random) -> Trial:
    """Everything on a page that is a text is hostile."""
    text = _text(chance)
    data = samples.photo("PNG")
    image = chance.choice(("board.png", f"<{MARK}>.png", "=1+1.png", 'a,b".png'))
    place.put(image, data)
    found = [
        samples.word("a1", text, human=_text(chance) if chance.random() < 0.5 else None),
        samples.word("a2", _text(chance), quad=[[60, 60], [90, 60], [90, 80], [60, 80]]),
    ]
    page_id = put_page(place, image, samples.content_id(data), found)
    path = place.stranger / PROJECT / "pages" / f"{page_id}.json"
    page = json.loads(path.read_bytes())
    page |= {"writer": _text(chance)[:400] or None, "tags": [_text(chance)[:400] or "t"], "note": _text(chance)}
    page["words"][0]["machine"]["model"] = _text(chance)[:400] or None
    place.put(f"{PROJECT}/pages/{page_id}.json", json.dumps(page))
    commands: list[Command] = [*EXPORTS[:4], ("read", "{in}", "--keep"), ("read", "{in}", "--keep", "--format", "json")]
    return Trial(f"words such as {text!a:.50}", commands)


def searched(place: Sandbox, chance: random.Random) -> Trial:
    """A query that is hostile, on pages that have it."""
    text = _text(chance).replace("\0", "")
    text = text.encode("utf-8", "replace").decode()[:2000]
    data = samples.photo("PNG")
    place.put("board.png", data)
    put_page(place, "board.png", samples.content_id(data), [samples.word("a1", text), samples.word("a2", "hello")])
    query = f"./{text}" if text.startswith("-") else text
    commands: list[Command] = [
        ("search", "--project", "{in}", "--", query),
        ("search", "--project", "{in}", "--format", "json", "--", f"hel {query}*"),
    ]
    return Trial(f"a search for {text!a:.50}", commands)


def reports(place: Sandbox, chance: random.Random) -> Trial:
    """Texts in the web pages of an evaluation, and in datasets."""
    text = _text(chance)
    image = chance.choice(("photo.png", f"<{MARK}>.png", "'\"><b>.png", "=1+1.png"))
    place.put(image, samples.photo("PNG"))
    place.put(
        "annotations.json",
        json.dumps(samples.annotated(text, image) + samples.annotated(text, f"gone <{MARK}>.png")),
    )
    layout = chance.choice(tuple(datasets.LAYOUTS))
    commands: list[Command] = [
        ("evaluate", "{in}", "--out", "{out}"),
        ("dataset", "{in}", "--out", "{out}/data", "--layout", layout),
        ("dataset", "{out}/data"),
        ("evaluate", "{out}/data", "--out", "{out}/pages"),
    ]
    return Trial(f"a report of {text!a:.50}", commands)


def labels(place: Sandbox, chance: random.Random) -> Trial:
    """Texts of a dataset in the web pages of an evaluation."""
    layout = chance.choice(tuple(datasets.LAYOUTS))
    text = _text(chance).replace("\n", " ")
    datasets.put(place, layout, text=text)
    return Trial(
        f"an evaluation of labels such as {text!a:.50}",
        [("evaluate", "{in}", "--out", "{out}"), ("dataset", "{in}")],
        lines=6,
    )


KIND: Final = Kind("texts", [Attack(words), Attack(words), Attack(searched), Attack(reports), Attack(labels)])
