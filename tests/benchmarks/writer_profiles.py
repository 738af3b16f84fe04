"""What thorough training on a hand is worth: letters wrong on its other words, and on those of other hands.

    python -m tests.benchmarks.writer_profiles [--data ../shared/data] [--part val] [--words 40] [--seeds 1] [--all]
                                               [--recognizer NAME|FOLDER] [--keep FILE] [--recipe JSON]

Of each writer of the diagrams, so many words drawn by chance are corrected, every fifth of them held out as the program
does, and up to 200 others are read: as the program comes ("before"), with the corrected words known as words
("known"), and with a writer profile ("learned"), for which the other words that were read with certainty teach, too, as
in a project. Other photos are read as before with profiles. ``--all``: a training for all photos instead, which
reads words of the other writers, too ("others"). Words are cut by their true boxes. The intervals are of a bootstrap
over writers. ``--part train``: the writers that no model has learned from. ``--keep``: a file of results, one JSON
object a line; what is in it is not measured again.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import numpy as np

from ocr_studio.core.language import lexicon, typed_words
from ocr_studio.core.models import registry
from ocr_studio.core.training.events import Recipe, Trained, suggested_recipe
from ocr_studio.engine import model_loader
from ocr_studio.engine.recognition.recognizer import Recognizer
from ocr_studio.engine.training import finetune
from ocr_studio.engine.training.training_data import Crop, TrainingData, TrainingExample
from tests.benchmarks import machine
from tests.benchmarks.adapt_recognizer import held_out_writers, installed
from tests.benchmarks.corrections import count_wrong, find_certain, relative_change, words_of

MOST, LEAST = 200, 30  # other words of a writer
OTHERS = 300  # words of other writers
Words = Sequence[tuple[Crop, str]]


@dataclass(frozen=True, slots=True)
class Row:
    """Letters wrong of a writer. others: of other writers, before and after."""

    writer: str
    words: int
    seed: int
    before: int
    known: int
    learned: int
    others: tuple[int, int] | None
    seconds: float


def learn(corrected: Words, certain: Words, recipe: Recipe, writer: str) -> tuple[Recognizer, float]:
    """Return the recognizer that has learned, and the seconds of it. writer: empty for a model for all photos."""
    examples = [TrainingExample(crop, text) for crop, text in corrected]
    train = [example for index, example in enumerate(examples) if index % 5 != 4]
    unchecked = [TrainingExample(crop, text) for crop, text in certain]
    data = TrainingData(train, examples[4::5], unchecked=unchecked, writer=writer)
    began = time.perf_counter()
    with tempfile.TemporaryDirectory() as folder:
        *_, trained = finetune.finetune(data, recipe, folder=Path(folder), name="bench", stop=lambda: False)
    seconds = time.perf_counter() - began
    assert isinstance(trained, Trained)
    reader = model_loader.load_recognizer(registry.Model("bench", "bench", folder=trained.folder))
    registry.discard(trained.folder)
    return reader, seconds


def measure(given: argparse.Namespace, recipe: Recipe, done: Sequence[Row]) -> Iterator[Row]:
    """Measure all writers that are not done."""
    folder, past = given.data / "diagrams" / given.part, {(row.writer, row.words, row.seed) for row in done}
    base = model_loader.load_recognizer(registry.find(recipe.base) if recipe.base else registry.in_use(None))
    english = lexicon.load_lexicon(("en",))
    pages = json.loads((folder / "annotations.json").read_text(encoding="utf-8"))
    by_writer = defaultdict(list)
    for page in pages:
        by_writer[page["writer"]].append(page)
    chosen = sorted(held_out_writers(pages) if given.part == "train" else by_writer)
    words = {writer: list(words_of(folder, by_writer[writer])) for writer in chosen}

    def wrong(recognizer: Recognizer, read: Words, typed: Words = ()) -> int:
        counts = Counter(run for _, text in typed for run in typed_words.find_runs(text))
        recognizer.set_lexicons([english, lexicon.build_lexicon(counts)])
        return count_wrong(recognizer.read([crop for crop, _ in read], spaces=False), read)

    for writer in chosen:
        for seed in range(given.seeds):
            order = np.random.default_rng(seed).permutation(len(words[writer])).tolist()
            for count in given.words:
                corrected = [words[writer][index] for index in order[:count]]
                others = [words[writer][index] for index in order[max(given.words) :]][:MOST]
                if len(others) < LEAST or (writer, count, seed) in past:
                    continue
                base.set_lexicons([english])
                reads = find_certain(base.read([crop for crop, _ in others], spaces=False))
                certain = [(others[index][0], text) for index, text in reads.items()]
                reader, seconds = learn(corrected, certain, replace(recipe, seed=seed), "" if given.all else writer)
                strangers = None
                if given.all:
                    rest = [word for other in chosen if other != writer for word in words[other]]
                    drawn = np.random.default_rng(seed).permutation(len(rest))[:OTHERS]
                    some = [rest[index] for index in drawn.tolist()]
                    strangers = wrong(base, some), wrong(reader, some)
                figures = wrong(base, others), wrong(base, others, corrected), wrong(reader, others, corrected)
                yield Row(writer, count, seed, *figures, strangers, seconds)


def change(pairs: Sequence[tuple[str, int, int]]) -> str:
    """Return the sums before and after, and the change in percent with its interval. pairs: of each writer."""
    sums: dict[str, list[int]] = {}
    for writer, before, after in pairs:
        kept = sums.setdefault(writer, [0, 0])
        kept[0], kept[1] = kept[0] + before, kept[1] + after
    old, new = zip(*sums.values(), strict=True)
    value, low, high = relative_change(old, new)
    worse = sum(after > before for before, after in sums.values())
    return f"{sum(old):6} → {sum(new):5} {value:+6.1f} % [{low:+5.1f}, {high:+5.1f}], {worse} writers worse"


def report(rows: Sequence[Row]) -> Iterator[str]:
    """Yield the lines of the table."""
    for count in sorted({row.words for row in rows}):
        some = [row for row in rows if row.words == count]
        seconds = float(np.median([row.seconds for row in some]))
        writers, seeds = len({row.writer for row in some}), len({row.seed for row in some})
        yield f"{count} words, {writers} writers, {seeds} seed(s), {seconds:.0f} s a training"
        yield f"  before → known    {change([(row.writer, row.before, row.known) for row in some])}"
        yield f"  before → learned  {change([(row.writer, row.before, row.learned) for row in some])}"
        yield f"  known → learned   {change([(row.writer, row.known, row.learned) for row in some])}"
        if others := [(row.writer, *row.others) for row in some if row.others is not None]:
            yield f"  other hands       {change(others)}"


def main() -> int:
    """Print the letters wrong for each number of words."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, default=Path("../shared/data"))
    parser.add_argument("--part", choices=("val", "train"), default="val")
    parser.add_argument("--words", type=int, nargs="+", default=[40])
    parser.add_argument("--seeds", type=int, default=1)
    parser.add_argument("--all", action="store_true", help="train for all photos instead of profiles")
    parser.add_argument("--recognizer", help="name or folder of the recognizer; default: that of the program")
    parser.add_argument("--recipe", default="{}", help="JSON object of values that differ from the suggested recipe")
    parser.add_argument("--keep", type=Path, help="file of results")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as home:
        os.environ["OCR_STUDIO_HOME"] = home
        base = given.recognizer
        if base and Path(base).is_dir():
            base = installed(Path(base), "base")
        wished = json.loads(given.recipe)
        recipe = suggested_recipe(wished.get("what", Recipe().what), profile=not given.all)
        kept = given.keep.read_text().splitlines() if given.keep and given.keep.exists() else []
        rows = [Row(**json.loads(line)) for line in kept]
        for row in measure(given, replace(recipe, base=base, **wished), rows):
            rows.append(row)
            print(row, file=sys.stderr, flush=True)
            if given.keep:
                with given.keep.open("a") as file:
                    file.write(json.dumps(asdict(row)) + "\n")
    print(
        f"{machine.processor()}, diagrams/{given.part}, {given.recognizer or registry.default().name}, {given.recipe}"
    )
    print("\n".join(report(rows)))
    return 0


if __name__ == "__main__":
    sys.exit(main())
