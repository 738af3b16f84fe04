"""A recognizer and a detector that learn from nothing, from the first line to the last, on pictures drawn by ourselves.

    python -m ocr_studio.api.from_nothing --what recognizer --out FOLDER --minutes 35 [--fonts FOLDER]
        [--backgrounds FOLDER] [--strokes FILE …] [--name NAME] [--seed 0] [--resume]

Read it from top to bottom as what it is: an example. Fonts, backgrounds and writers are divided into those that are
learned from, those that say when to stop, and those that the end is measured on; nobody is in two parts. Whatever is
not given is done without: then this system's fonts and hands made up here write, on boards made up here.

It learns for so many minutes, stops early where that helps nothing any more, writes a line into FOLDER/log.csv after
each epoch and keeps there how far it has come: killed at any moment, the same command with --resume goes on from the
last epoch. At the end there is a model: ``ocr-studio read PHOTO --model NAME`` (of a detector: --detector NAME).
"""

from __future__ import annotations

import argparse
import json
import string
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

import numpy as np

from ocr_studio.api import data_generation as data
from ocr_studio.api import tools
from ocr_studio.api.detection import Detector
from ocr_studio.api.recognition import LONGEST, Recognizer
from ocr_studio.api.samples import Samples
from ocr_studio.core import metrics, paths
from ocr_studio.core.metrics import Labelled
from ocr_studio.core.page import Quad
from ocr_studio.engine import ctc, fitting
from ocr_studio.engine.synth import words
from ocr_studio.engine.synth.casting import BoardOptions
from ocr_studio.engine.synth.sources import Sources

# What it shall read: everything on a keyboard, the space among it.
ALPHABET: Final = " " + string.digits + string.ascii_letters + string.punctuation
MODEL: Final = "from-nothing"
SHORT_FIRST: Final = 16_000


@dataclass(frozen=True, slots=True)
class Sizes:
    """How much is drawn, and in which steps it is learned.

    samples: learned from; held_out: of each of the other two parts. batch: samples in a step; steps: of an epoch; rate:
    the highest rate of learning. patience: epochs without gain after which it stops. side: pixels of what a detector
    sees in a step.
    """

    samples: int
    held_out: int
    batch: int
    steps: int
    rate: float
    patience: int = 12
    side: int = 384


RECOGNIZER: Final = Sizes(samples=12_000, held_out=320, batch=32, steps=100, rate=2e-3)
DETECTOR: Final = Sizes(samples=500, held_out=24, batch=4, steps=60, rate=2e-3)


# ---------------------------------------------------------------------------------------------------------- recognizer


def learn_to_read(sources: Sources, out: Path, *, minutes: float, sizes: Sizes, seed: int, resume: bool) -> Recognizer:
    """A recognizer that knew nothing. out: the folder of its log and checkpoint."""
    train, validation = (_words(sources, part, sizes, out=out, seed=seed) for part in ("train", "validation"))
    recognizer = Recognizer(ALPHABET, weights=None, architecture="light-crnn", languages=())
    recognizer.compile()
    batches = [
        recognizer.get_batch_generator(
            part.words(sizes.batch, augmentation=much, short_first=0 if resume else first, seed=seed), sizes.batch
        )
        for part, much, first in ((train, 0.7, SHORT_FIRST), (validation, 0.0, 0))
    ]
    fitting.run(
        recognizer.training_model,
        batches[0],
        batches[1],
        course=fitting.Course(out, minutes, sizes.rate, sizes.steps, max(1, len(validation) // sizes.batch), resume),
        stopping=fitting.Stopping("val_cer", sizes.patience),
        exam=lambda: _prefixed(read_by(recognizer, validation)),
    )
    return recognizer


def _words(sources: Sources, part: str, sizes: Sizes, *, out: Path, seed: int) -> Samples:
    """Words and short lines, as other hands write them for each part."""
    count = sizes.samples if part == "train" else sizes.held_out
    options = words.Options(letters=frozenset(ALPHABET), lines=0.1, smallest=16)
    drawn = data.get_word_generator(sources, split=part, options=options, seed=seed)
    short = ((crop, text) for crop, text in drawn if len(text) <= LONGEST)
    return Samples.drawn(short, count, file=out / f"{part}.npz")


def read_by(recognizer: Recognizer, samples: Samples) -> dict[str, float]:
    """How the network alone reads: "cer", errors a letter, and "right", the share of samples without any."""
    seen = recognizer.reader.steps([sample.picture() for sample in samples.all])
    read = ["".join(recognizer.charset.decode(ctc.greedy(each.probabilities))) for each in seen]
    pairs = [
        (" ".join(sample.text.split()), " ".join(text.split())) for sample, text in zip(samples.all, read, strict=True)
    ]
    return {"cer": metrics.cer(pairs), "right": sum(true == text for true, text in pairs) / len(pairs)}


# ------------------------------------------------------------------------------------------------------------ detector


def learn_to_find(sources: Sources, out: Path, *, minutes: float, sizes: Sizes, seed: int, resume: bool) -> Detector:
    """A detector that knew nothing. out: the folder of its log and checkpoint."""
    train, validation = (_photos(sources, part, sizes, out=out, seed=seed) for part in ("train", "validation"))
    detector = Detector(weights=None, architecture="light-craft")
    detector.compile()
    batches = [
        detector.get_batch_generator(part.pieces(sizes.side, augmentation=much, seed=seed), sizes.batch)
        for part, much in ((train, 1.0), (validation, 0.0))
    ]
    fitting.run(
        detector.model,
        batches[0],
        batches[1],
        course=fitting.Course(out, minutes, sizes.rate, sizes.steps, max(1, len(validation) // sizes.batch), resume),
        stopping=fitting.Stopping("val_loss", sizes.patience),
        exam=lambda: _prefixed(found_by(detector, Samples(validation.all[:8]))),
    )
    return detector


def _photos(sources: Sources, part: str, sizes: Sizes, *, out: Path, seed: int) -> Samples:
    """Pictures with several lines, as other hands write them for each part."""
    count = sizes.samples if part == "train" else sizes.held_out
    drawn = data.get_board_generator(sources, split=part, options=BoardOptions(turned=0.0), seed=seed)
    return Samples.drawn(drawn, count, file=out / f"{part}.npz")


def found_by(detector: Detector, samples: Samples) -> dict[str, float]:
    """How many words are found at an IoU of 0.5: "precision", "recall" and "f"."""
    total = metrics.PhotoScore()
    for sample in samples.all:
        truth = [
            Labelled(Quad.from_array(box), text, ignore=text == tools.UNCLEAR)
            for line in sample.lines()
            for box, text in _words_in(line)
        ]
        found = [Labelled(Quad.from_array(box), "") for box in detector.detect([sample.picture()])[0]]
        total += metrics.score_photo(truth, found)
    score = total.detection
    return {"precision": score.precision or 0.0, "recall": score.recall or 0.0, "f": score.f or 0.0}


def _words_in(line: tools.Line) -> Iterator[tuple[Any, str]]:
    """The box of each word of a line, (4, 2), and its text."""
    word: tools.Line = []
    for box, sign in [*line, (np.zeros((4, 2), np.float32), " ")]:
        if not sign.isspace():
            word.append((box, sign))
        elif word:
            yield tools.combine_line(word)
            word = []


# ------------------------------------------------------------------------------------------------------ from the start


def _prefixed(figures: Mapping[str, float]) -> dict[str, float]:
    return {f"val_{name}": round(value, 4) for name, value in figures.items()}


def main(arguments: Sequence[str] | None = None) -> None:
    """Learn, measure on hands that neither taught nor decided, keep the model."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--what", choices=("recognizer", "detector"), required=True)
    parser.add_argument("--out", type=Path, required=True, help="folder of the log, the checkpoint and what was drawn")
    parser.add_argument("--minutes", type=float, default=35.0, help="time to learn, earlier sittings included")
    parser.add_argument("--fonts", type=Path, nargs="*", default=[], help="folders of handwriting fonts")
    parser.add_argument("--backgrounds", type=Path, help="a folder of pictures of empty boards, walls, paper")
    parser.add_argument("--strokes", type=Path, nargs="*", default=[], help="files of pen strokes")
    parser.add_argument("--name", default=MODEL, help="of the model")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--resume", action="store_true", help="go on from the last epoch")
    parser.add_argument("--samples", type=int, help="how many are drawn to learn from")
    chosen = parser.parse_args(arguments)
    sources = Sources(tuple(chosen.strokes), tuple(chosen.fonts), backgrounds=chosen.backgrounds)
    how: dict[str, Any] = {"minutes": chosen.minutes, "seed": chosen.seed, "resume": chosen.resume}
    if chosen.what == "recognizer":
        sizes = replace(RECOGNIZER, samples=chosen.samples or RECOGNIZER.samples)
        recognizer = learn_to_read(sources, chosen.out, sizes=sizes, **how)
        scores = read_by(recognizer, _words(sources, "test", sizes, out=chosen.out, seed=chosen.seed))
        learned: Recognizer | Detector = recognizer
    else:
        sizes = replace(DETECTOR, samples=chosen.samples or DETECTOR.samples)
        detector = learn_to_find(sources, chosen.out, sizes=sizes, **how)
        scores = found_by(detector, _photos(sources, "test", sizes, out=chosen.out, seed=chosen.seed))
        learned = detector
    facts = {"minutes": chosen.minutes, "seed": chosen.seed, "samples": sizes.samples, "rate": sizes.rate}
    folder = learned.save(chosen.name, settings=facts, scores={"test": scores})
    paths.replace_file(chosen.out / "scores.json", (json.dumps(scores, indent=1) + "\n").encode())
    print("on hands never seen:", ", ".join(f"{name} {value:.3f}" for name, value in scores.items()))  # noqa: T201
    print(f"kept as “{chosen.name}” in {folder}")  # noqa: T201


if __name__ == "__main__":
    main()
