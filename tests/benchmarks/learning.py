"""Whether learning from corrections helps: the story played on real boards and on writers nobody has seen.

    python -m tests.benchmarks.learning [--data FOLDER] [--part boards|others|writers|hands] [--seeds 0 1 2]
                                        [--writers 20] [--views 4] [--keep FILE] [--minutes M]

boards: all words of one board of a repository are corrected, every fifth of them held out as the program does; the new
model reads the other board of that repository and everybody else's. others: the same from four boards to the fifth.
writers: 40 words of a UNIPEN writer are learned (8 of them held out), 60 others are read; drawn as marker on boards.
hands: 40 words of a writer of diagrams/train are learned, up to 150 words of that writer's other pictures are read.
Errors are of letters, upper and lower case told apart, as the program reads: with the words of English and those
corrected; “greedy” is the net alone. Nothing of the data is kept: models are thrown away.

--views: each word is read as it is and in so many further views of it, its box drawn a little otherwise (at most 3 % of
its height on each side). A word of a few letters is right or wrong by chance: on 150 strange words the model that comes
with the program makes 50 errors as they are and 53 to 66 in ten such views. Intervals: 95 %, over words (bootstrap).

--keep: a file of results, one JSON object a line; what is in it is not measured again, so that a long run can be cut
into short ones of so many minutes.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

import cv2
import numpy as np
from numpy.typing import NDArray

if __package__ in (None, ""):  # run as a script
    sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from ocr_studio.core.evaluation import metrics
from ocr_studio.core.images import photo_file, warping
from ocr_studio.core.language import lexicon, typed_words
from ocr_studio.core.models import registry
from ocr_studio.core.page import Quad
from ocr_studio.core.training.events import Recipe, Trained, suggested_recipe
from ocr_studio.engine import model_loader
from ocr_studio.engine.recognition import ctc
from ocr_studio.engine.recognition.recognizer import Recognizer
from ocr_studio.engine.training import finetune
from ocr_studio.engine.training.training_data import TrainingData, TrainingExample
from tests.benchmarks.words import labelled_words, letters_and_digits
from tests.benchmarks.written_words import Desk, Pens

PAIR: Final = ("wb_293", "wb_280")  # of one repository
LEARNED, READ = 40, 60  # words of a UNIPEN writer
HANDS, HAND_READ = "diagrams/train", 150  # words of a writer there


@dataclass(frozen=True, slots=True)
class Play:
    """One story. lessons: corrected; tests: what is read before and after, by name."""

    name: str
    lessons: Sequence[TrainingExample]
    tests: dict[str, Sequence[TrainingExample]]


@lru_cache(maxsize=1)
def boards(folder: Path) -> dict[str, list[TrainingExample]]:
    """The words of each board, cropped by their true boxes."""
    found = {}
    for photo in json.loads((folder / "annotations.json").read_text(encoding="utf-8")):
        image = photo_file.open_photo(folder / photo["image"])
        words = [word for word in photo["words"] if not word["ignore"]]
        quads = [Quad.from_array(np.asarray(word["quad"], np.float64)) for word in words]
        found[Path(photo["image"]).stem] = [
            TrainingExample(warping.crop_quad(image, quad), word["text"])
            for quad, word in zip(quads, words, strict=True)
        ]
    return found


def other_sets(data: Path) -> dict[str, Sequence[TrainingExample]]:
    """Words of strangers, compared without case (and signs), as their labels are."""
    sets = [
        labelled_words(data / "handwriting_words", "handwritten", str.lower),
        labelled_words(data / "scene" / "iiit5k", "iiit5k", letters_and_digits),
    ]
    return {
        words.name: [TrainingExample(crop, text) for crop, text in zip(words.crops, words.texts, strict=True)]
        for words in sets
    }


def plays(part: str, data: Path, many: int) -> Iterator[Play]:
    """The stories of one part."""
    if part in {"writers", "hands"}:
        yield from writers(data, many) if part == "writers" else hands(data / HANDS, many)
        return
    known = boards(data / "boards")
    for test in PAIR[::-1] if part == "boards" else known:
        taught = [PAIR[test == PAIR[0]]] if part == "boards" else [name for name in known if name != test]
        lessons = [lesson for name in taught for lesson in known[name]]
        others = [lesson for name in known if name not in {test, *taught} for lesson in known[name]]
        tests = {"own": known[test], **({"others": others} if others else {}), **other_sets(data)}
        yield Play(f"{'+'.join(taught)} -> {test}", lessons, tests)


def writers(data: Path, many: int) -> Iterator[Play]:
    """Writers of the test half with words enough, each writing in all of these inks and on all these boards."""
    pens = Pens.load(data / "strokes" / "unipen_words.npz", train=False)
    by_writer: dict[int, dict[str, int]] = {}
    for item in pens.chosen.tolist():
        text = str(pens.texts[item])
        if text.isascii() and len(text) > 1:
            by_writer.setdefault(int(pens.writers[item]), {}).setdefault(text, item)
    enough = [writer for writer, words in by_writer.items() if len(words) >= LEARNED + READ]
    for writer in np.random.default_rng(0).permutation(enough)[:many].tolist():
        desk = Desk(data, train=False, rng=np.random.default_rng(writer))
        items = desk.rng.permutation(list(by_writer[writer].values()))[: LEARNED + READ]
        drawn = [TrainingExample(desk.marker(pens.of(int(item))), str(pens.texts[item])) for item in items]
        yield Play(f"writer {writer}", drawn[:LEARNED], {"own": drawn[LEARNED:]})


def hands(folder: Path, many: int) -> Iterator[Play]:
    """Writers with four pictures and 200 words or more: words of a third of the pictures are learned."""
    by_writer: dict[str, list[dict[str, Any]]] = {}
    for page in json.loads((folder / "annotations.json").read_text(encoding="utf-8")):
        by_writer.setdefault(page["writer"], []).append(page)
    enough = [
        writer
        for writer, pages in sorted(by_writer.items())
        if len(pages) >= 4 and sum(len(page["words"]) for page in pages) > 200
    ]
    for writer in np.random.default_rng(19).permutation(enough)[:many].tolist():
        rng = np.random.default_rng(int(writer[-4:]))
        pages = [by_writer[writer][index] for index in rng.permutation(len(by_writer[writer]))]
        third = len(pages) // 3
        lessons, tests = ([*cut(folder, part)] for part in (pages[:third], pages[third:]))
        taught = [lessons[index] for index in rng.permutation(len(lessons))[:LEARNED]]
        yield Play(writer, taught, {"own": [tests[index] for index in rng.permutation(len(tests))[:HAND_READ]]})


def cut(folder: Path, pages: Sequence[dict[str, Any]]) -> Iterator[TrainingExample]:
    """The words of some pictures that have two letters or more."""
    for page in pages:
        image = photo_file.open_photo(folder / page["image"])
        for word in page["words"]:
            if not word["ignore"] and len(word["text"]) > 1:
                quad = Quad.from_array(np.asarray(word["quad"], np.float64))
                yield TrainingExample(warping.crop_quad(image, quad), word["text"])


def read(reader: Recognizer, lessons: Sequence[TrainingExample], typed: Sequence[TrainingExample]) -> list[str]:
    """As the program reads these words when those have been typed."""
    counted = Counter(word for lesson in typed for word in typed_words.find_runs(lesson.text))
    reader.set_lexicons([lexicon.load_lexicon(("en",)), lexicon.build_lexicon(counted)])
    return [word.text for word in reader.read([lesson.crop for lesson in lessons], spaces=False)]


def greedy(reader: Recognizer, lessons: Sequence[TrainingExample]) -> list[str]:
    """As the net reads them, word by word, by the likeliest class of every step."""
    steps = reader.run([lesson.crop for lesson in lessons])
    return ["".join(reader.charset.decode(ctc.decode_greedily(seen.probabilities)).split()) for seen in steps]


def errors(name: str, lessons: Sequence[TrainingExample], texts: Sequence[str]) -> tuple[NDArray[np.int64], int]:
    """Letters wrong of each word, and letters that there are."""
    counted = {"handwritten": str.lower, "iiit5k": letters_and_digits}.get(name, str)
    pairs = [(counted(lesson.text), counted(text)) for lesson, text in zip(lessons, texts, strict=True)]
    return np.asarray(metrics.edit_distances(pairs), np.int64), sum(len(true) for true, _ in pairs)


def otherwise(crop: NDArray[np.uint8], rng: np.random.Generator) -> NDArray[np.uint8]:
    """The same word, its box drawn by another hand."""
    height, width = crop.shape[:2]
    top, bottom, left, right = (int(side) for side in np.round(rng.uniform(-0.03, 0.03, 4) * height))
    grown = cv2.copyMakeBorder(
        crop, max(0, top), max(0, bottom), max(0, left), max(0, right), borderType=cv2.BORDER_REPLICATE
    )
    cut = grown[max(0, -top) : len(grown) - max(0, -bottom), max(0, -left) : grown.shape[1] - max(0, -right)]
    wider = max(4, round((cut.shape[1] or width) * rng.uniform(0.96, 1.04)))
    return np.asarray(cv2.resize(cut if cut.size else crop, (wider, max(4, len(cut)))), np.uint8)


def measured(reader: Recognizer, play: Play, views: int) -> dict[str, Any]:
    """How many letters of each word are wrong, in all views, and how many there are; of each of its tests, and of the
    net alone on its own."""
    found: dict[str, Any] = {}
    for name, lessons in play.tests.items():
        for view in range(views + 1):
            shown = [
                replace(lesson, crop=otherwise(lesson.crop, np.random.default_rng((view, index)))) if view else lesson
                for index, lesson in enumerate(lessons)
            ]
            texts = {name: read(reader, shown, play.lessons)}
            if name == "own":
                texts["greedy"] = greedy(reader, shown)
            for key, said in texts.items():
                wrong, letters = errors(name, lessons, said)
                kept = found.setdefault(key, {"wrong": [0] * len(lessons), "letters": 0, "right": 0.0})
                kept["wrong"] = [int(old + new) for old, new in zip(kept["wrong"], wrong, strict=True)]
                kept["letters"] += letters
                kept["right"] += float((wrong == 0).sum()) / (views + 1)
    return found


@lru_cache(maxsize=1)
def base() -> Recognizer:
    """The model that a recipe begins with where it names none."""
    return model_loader.load_recognizer(registry.default())


def learned(play: Play, recipe: Recipe) -> tuple[Recognizer, Trained]:
    """What the program makes of it; every fifth word is held out."""
    held_out = play.lessons[4::5]
    train = [lesson for index, lesson in enumerate(play.lessons) if index % 5 != 4]
    with tempfile.TemporaryDirectory() as folder:
        data = TrainingData(train, held_out)
        *_, trained = finetune.finetune(data, recipe, folder=Path(folder), name="bench", stop=lambda: False)
    assert isinstance(trained, Trained)
    reader = model_loader.load_recognizer(registry.Model("bench", "bench", folder=trained.folder))
    registry.discard(trained.folder)
    return reader, trained


def play_all(options: argparse.Namespace, recipe: Recipe) -> list[dict[str, Any]]:
    """All stories with all seeds; what was measured before is taken from the file."""
    kept = [json.loads(line) for line in options.keep.read_text().splitlines()] if options.keep.exists() else []
    same = options.part, options.views, replaced(recipe)
    rows = [row for row in kept if (row["part"], row.get("views"), row["recipe"]) == same]
    done = {(row["play"], row["seed"]) for row in rows}
    end = time.monotonic() + 60 * options.minutes
    for play in plays(options.part, options.data, options.writers):
        todo = [seed for seed in options.seeds if (play.name, seed) not in done]
        if not todo or time.monotonic() > end:
            continue
        before = measured(base(), play, options.views)
        for seed in todo:
            reader, trained = learned(play, replace(recipe, seed=seed))
            row = {
                "part": options.part,
                "views": options.views,
                "play": play.name,
                "seed": seed,
                "recipe": replaced(recipe),
                "before": before,
                "after": measured(reader, play, options.views),
                "seconds": round(trained.seconds, 1),
                "steps": trained.steps,
                "share": trained.settings.get("average"),
                "verdict": trained.comparison.verdict,
            }
            print(line(row), flush=True)
            rows.append(row)
            with open(options.keep, "a", encoding="utf-8") as file:
                file.write(json.dumps(row) + "\n")
    return rows


def replaced(recipe: Recipe) -> dict[str, object]:
    """The recipe but for its seed."""
    return {key: value for key, value in asdict(recipe).items() if key != "seed"}


def line(row: dict[str, Any]) -> str:
    """One story, before and after: character errors, words right."""
    parts = []
    for name, before in row["before"].items():
        after = row["after"][name]
        old, new = (100 * sum(side["wrong"]) / side["letters"] for side in (before, after))
        parts.append(f"{name} {old:.1f} → {new:.1f} % ({before['right']:.0f} → {after['right']:.0f} right)")
    return f"{row['play']}, seed {row['seed']}: {'; '.join(parts)}; {row['seconds']} s, {row['steps']} steps"


def summary(rows: Sequence[dict[str, Any]]) -> Iterator[str]:
    """Over all stories: how errors change, with the spread over seeds and over stories."""
    for name in dict.fromkeys(key for row in rows for key in row["before"]):
        with_it = [row for row in rows if name in row["before"]]
        change: dict[str, list[float]] = {}
        for row in with_it:
            before, after = (sum(row[side][name]["wrong"]) for side in ("before", "after"))
            change.setdefault(row["play"], []).append((after - before) / max(1, before))
        means = np.array([np.mean(each) for each in change.values()])
        spread = [np.std(each, ddof=1) for each in change.values() if len(each) > 1]
        seeds = f"{100 * np.mean(spread):.0f} points" if spread else "unknown: one seed"
        low, change_of_all, high = together(with_it, name)
        yield (
            f"{name}: errors {100 * means.mean():+.0f} % on average over {len(means)} stories "
            f"(from {100 * means.min():+.0f} to {100 * means.max():+.0f} %; standard deviation over seeds "
            f"{seeds}), all together {change_of_all:+.0f} % [{low:+.0f}, {high:+.0f}]"
        )


def together(rows: Sequence[dict[str, Any]], name: str) -> tuple[float, float, float]:
    """Change of all errors in percent, seeds averaged: lower end, itself, upper end. Words are drawn anew."""
    sides = []
    for side in ("before", "after"):
        stories: dict[str, list[list[int]]] = {}
        for row in rows:
            stories.setdefault(row["play"], []).append(row[side][name]["wrong"])
        sides.append(np.concatenate([np.mean(each, axis=0) for each in stories.values()]))
    before, after = sides
    drawn = np.random.default_rng(0).integers(len(before), size=(4000, len(before)))
    ratios = after[drawn].sum(axis=1) / np.maximum(1, before[drawn].sum(axis=1))
    low, high = 100 * (np.percentile(ratios, [2.5, 97.5]) - 1)
    return float(low), 100 * (float(after.sum()) / max(1.0, float(before.sum())) - 1), float(high)


def main() -> None:
    """Play, print each story and the summary."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, default=Path("../shared/data"), help="the folder with the labelled data")
    parser.add_argument("--part", choices=("boards", "others", "writers", "hands"), default="boards")
    parser.add_argument("--seeds", type=int, nargs="+", default=[0])
    parser.add_argument("--writers", type=int, default=20, help="number of writers")
    parser.add_argument("--views", type=int, default=4, help="how many further views of each word are read")
    parser.add_argument("--keep", type=Path, default=Path(tempfile.gettempdir()) / "learning.jsonl")
    parser.add_argument("--minutes", type=float, default=1e9, help="begin no story after so many")
    parser.add_argument("--recipe", default="{}", help="JSON object of values that differ from suggested_recipe()")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as home:
        os.environ["OCR_STUDIO_HOME"] = home
        wished = json.loads(options.recipe)
        rows = play_all(options, replace(suggested_recipe(wished.get("what", Recipe().what)), **wished))
    for text in summary(rows):
        print(text)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (1 << 20 if sys.platform != "darwin" else 1 << 30)
    print(f"most memory: {peak:.1f} GiB; seconds a run: {np.median([row['seconds'] for row in rows]):.0f}")


if __name__ == "__main__":
    main()
