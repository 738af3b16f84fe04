"""A recognizer and a detector that learn from nothing, from the first line to the last, on pictures drawn by ourselves.

    python -m ocr_studio.api.from_nothing --what recognizer --out FOLDER [--steps 6000] [--minutes 35]
        [--fonts FOLDER …] [--backgrounds FOLDER] [--strokes FILE …] [--name NAME] [--seed 0] [--resume | --replace]

Read it from top to bottom as what it is: an example. Fonts, backgrounds and writers are divided into those that are
learned from, those that say when to stop, and those that the end is measured on; nobody is in two parts. Whatever is
not given is done without: then this system's fonts and hands made up here write, on boards made up here.

It learns for so many steps, or ends early where 15 epochs, of 100 steps to read and of 50 to find, help nothing. It
writes a line into FOLDER/log.csv after each epoch and keeps there how far it has come: killed at any moment, the same
command with --resume goes on from the last epoch; so does the next sitting, where --minutes ended this one. Without
--resume a FOLDER that holds a run is refused, unless --replace says that this run may go; one that holds other files
and no run is always. What a person can mend is one line on standard error: status 2 where the command is wrong or
FOLDER holds other files, 1 where any other file or folder is. When all is done there is a model, as good as its best
epoch: ``ocr-studio read PHOTO --model NAME``; a detector finds once it was chosen by ``ocr-studio models use NAME``.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import string
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

import numpy as np

from ocr_studio.api import data_generation as data
from ocr_studio.api import keeping, run_folder, tools
from ocr_studio.api.detection import Detector
from ocr_studio.api.recognition import LONGEST, Recognizer
from ocr_studio.api.samples import Samples, SourceMissing, fingerprint
from ocr_studio.core import metrics, paths
from ocr_studio.core.command_line import CommandParser
from ocr_studio.core.errors import StudioError
from ocr_studio.core.files.safe_folder import SafeFolder
from ocr_studio.core.metrics import Labelled
from ocr_studio.core.models import registry as models
from ocr_studio.core.page import Quad
from ocr_studio.engine import keras_fit
from ocr_studio.engine.recognition import ctc
from ocr_studio.engine.synth import word_crops
from ocr_studio.engine.synth.boards.board_options import BoardOptions
from ocr_studio.engine.synth.sources import Sources
from ocr_studio.engine.training import checkpoints

# What it shall read: everything on a keyboard, the space among it.
ALPHABET: Final = " " + string.digits + string.ascii_letters + string.punctuation
MODEL: Final = "from-nothing"
# How it is called on the command line, and who says what is wrong there.
_TYPED: Final = "python -m ocr_studio.api.from_nothing"
_SPEAKER: Final = "from_nothing"
_ANOTHER: Final = "Choose another one."
SHORT_FIRST: Final = 16_000


class RunInTheWay(StudioError):
    """A folder holds a run that would be lost."""


class NoRun(StudioError):
    """A folder holds no run to go on with."""


@dataclass(frozen=True, slots=True)
class Amounts:
    """How much is drawn, and in which steps it is learned.

    samples: learned from; held_out: of each of the other two parts. batch: samples in a step; steps: all there are;
    epoch: so many are one. rate: the highest. patience: epochs without gain after which it ends. side: pixels
    of what a detector sees in a step.
    """

    samples: int
    held_out: int
    batch: int
    steps: int
    epoch: int
    rate: float
    patience: int = 15
    side: int = 320


RECOGNIZER: Final = Amounts(samples=10_000, held_out=320, batch=16, steps=6000, epoch=100, rate=2e-3)
DETECTOR: Final = Amounts(samples=300, held_out=16, batch=2, steps=2400, epoch=50, rate=2e-3)


@dataclass(frozen=True, slots=True)
class LearningSitting:
    """out: folder of the log, the checkpoint and what was drawn. minutes: after which it ends; None: when all is done.
    resume: whether it goes on from an earlier one. seed: of all that is drawn.
    """

    out: Path
    minutes: float | None = None
    resume: bool = False
    seed: int = 0

    @property
    def goes_on(self) -> bool:
        """Whether there is something to go on from."""
        return self.resume and (self.out / checkpoints.FILE).exists()

    def check_folder(self, *, replace_run: bool) -> None:
        """Before anything else. replace_run: whether a run that is there may go.

        Raises RunInTheWay, NoRun, OtherFiles.
        """
        kept = (self.out / checkpoints.FILE).exists()
        if self.resume:
            if not kept:
                raise NoRun("there is no run in this folder to go on with", file=self.out, remedy="Leave --resume out.")
            return
        run_folder.check(self.out)
        log = self.out / keras_fit.LOG
        told = (log.exists() and log.stat().st_size > 0) or (self.out / run_folder.SCORES).exists()
        if not replace_run and (kept or told):
            going_on = "--resume goes on with it, " if kept else ""
            remedy = f"{going_on}--replace begins anew in its place, another --out leaves it as it is."
            raise RunInTheWay("there is a run in this folder already", file=self.out, remedy=remedy)

    def is_over(self, sizes: Amounts, figure: str) -> bool:
        """Whether what it should go on with has left its model. figure: what is among the scores of its kind."""
        try:
            scores = json.loads(paths.read_file(self.out / run_folder.SCORES)) if self.resume else {}
        except (OSError, ValueError, RecursionError):
            return False
        known = isinstance(scores, dict) and figure in scores
        return known and keras_fit.is_over(self.out, steps=sizes.steps, patience=sizes.patience)

    def forget_earlier(self) -> None:
        """Where it begins anew, nobody goes on with the run that was there, or takes its scores for this one's."""
        if not self.resume:
            checkpoints.forget(self.out)
            (self.out / run_folder.SCORES).unlink(missing_ok=True)

    def check(self, model: Any) -> None:
        """Before anything is drawn. Raises OtherNetwork where it should go on from what another network has learned."""
        if self.resume:
            keras_fit.check(model, self.out)

    def course(self, sizes: Amounts, checks: int) -> keras_fit.Course:
        """How ``keras_fit`` is asked for it. checks: batches that are held out."""
        return keras_fit.Course(
            self.out, sizes.steps, sizes.epoch, sizes.rate, max(1, checks), minutes=self.minutes, resume=self.resume
        )


# ---------------------------------------------------------------------------------------------------------- recognizer


def learn_to_read(sources: Sources, sizes: Amounts, sitting: LearningSitting) -> Recognizer | None:
    """A recognizer that knew nothing; None where the sitting is over before the run is."""
    recognizer = Recognizer(ALPHABET, weights=None, architecture="light-crnn", languages=())
    recognizer.compile()
    sitting.check(recognizer.training_model)
    train, validation = (_words(sources, part, sizes, sitting) for part in ("train", "validation"))
    batches = [
        recognizer.get_batch_generator(
            part.words(sizes.batch, augmentation=much, short_first=0 if sitting.goes_on else first, seed=sitting.seed),
            sizes.batch,
        )
        for part, much, first in ((train, 0.7, SHORT_FIRST), (validation, 0.0, 0))
    ]
    over = keras_fit.run(
        recognizer.training_model,
        batches[0],
        batches[1],
        course=sitting.course(sizes, len(validation) // sizes.batch),
        stopping=keras_fit.Stopping("val_loss", sizes.patience),
        exam=lambda: _prefixed(read_by(recognizer, validation)),
    )
    return recognizer if over else None


def _words(sources: Sources, part: str, sizes: Amounts, sitting: LearningSitting) -> Samples:
    """Words and short lines, as other hands write them for each part."""
    count = sizes.samples if part == "train" else sizes.held_out
    options = word_crops.Options(letters=frozenset(ALPHABET), lines=0.1, smallest=16)
    drawn = data.get_word_generator(sources, split=part, options=options, seed=sitting.seed)
    short = ((crop, text) for crop, text in drawn if len(text) <= LONGEST)
    made_of = fingerprint(sources, "words", part, sitting.seed, ALPHABET)
    return Samples.drawn(short, count, file=sitting.out / f"{part}.npz", made_of=made_of)


def read_by(recognizer: Recognizer, samples: Samples) -> dict[str, float]:
    """How the network alone reads: "cer", errors a letter, and "right", the share of samples without any."""
    seen = recognizer.reader.steps([sample.picture() for sample in samples.all])
    read = ["".join(recognizer.charset.decode(ctc.greedy(each.probabilities))) for each in seen]
    pairs = [
        (" ".join(sample.text.split()), " ".join(text.split())) for sample, text in zip(samples.all, read, strict=True)
    ]
    return {"cer": metrics.cer(pairs), "right": sum(true == text for true, text in pairs) / len(pairs)}


# ------------------------------------------------------------------------------------------------------------ detector


def learn_to_find(sources: Sources, sizes: Amounts, sitting: LearningSitting) -> Detector | None:
    """A detector that knew nothing; None where the sitting is over before the run is."""
    detector = Detector(weights=None, architecture="light-craft")
    detector.compile()
    sitting.check(detector.model)
    train, validation = (_photos(sources, part, sizes, sitting) for part in ("train", "validation"))
    batches = [
        detector.get_batch_generator(part.pieces(sizes.side, augmentation=much, seed=sitting.seed), sizes.batch)
        for part, much in ((train, 1.0), (validation, 0.0))
    ]
    over = keras_fit.run(
        detector.model,
        batches[0],
        batches[1],
        course=sitting.course(sizes, len(validation) // sizes.batch),
        stopping=keras_fit.Stopping("val_loss", sizes.patience),
        exam=lambda: _prefixed(found_by(detector, Samples(validation.all[:8]))),
    )
    return detector if over else None


def _photos(sources: Sources, part: str, sizes: Amounts, sitting: LearningSitting) -> Samples:
    """Pictures with several lines, as other hands write them for each part."""
    count = sizes.samples if part == "train" else sizes.held_out
    drawn = data.get_board_generator(sources, split=part, options=BoardOptions(turned=0.0), seed=sitting.seed)
    made_of = fingerprint(sources, "boards", part, sitting.seed)
    return Samples.drawn(drawn, count, file=sitting.out / f"{part}.npz", made_of=made_of)


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
    """Learn; once that is over, measure on hands that neither taught nor decided, and keep the model.

    Raises StudioError.
    """
    chosen = _chosen(arguments)
    reads = chosen.what == "recognizer"
    sitting = LearningSitting(chosen.out, chosen.minutes, chosen.resume, chosen.seed)
    asked = {name: value for name in ("steps", "samples") if (value := getattr(chosen, name))}
    sizes = replace(RECOGNIZER if reads else DETECTOR, **asked)
    sitting.check_folder(replace_run=chosen.replace)
    if sitting.is_over(sizes, "cer" if reads else "f"):
        print("all is done: this run is over, and its model was kept")  # noqa: T201
        return
    keeping.check_name(chosen.name)
    sources = Sources(tuple(chosen.strokes), tuple(chosen.fonts), backgrounds=chosen.backgrounds)
    _check(sources, chosen.out)
    sitting.forget_earlier()
    learn = learn_to_read if reads else learn_to_find
    learned = learn(sources, sizes, sitting)
    if learned is None:
        print("this sitting is over, the run is not: the same command with --resume goes on")  # noqa: T201
        return
    if isinstance(learned, Recognizer):
        scores = read_by(learned, _words(sources, "test", sizes, sitting))
    else:
        scores = found_by(learned, _photos(sources, "test", sizes, sitting))
    facts = {"steps": sizes.steps, "seed": chosen.seed, "samples": sizes.samples, "rate": sizes.rate}
    # Another model may have got this name in these hours.
    folder = learned.save(models.free_name(chosen.name), settings=facts, scores={"test": scores})
    SafeFolder(chosen.out, follow=True).replace(run_folder.SCORES, (json.dumps(scores, indent=1) + "\n").encode())
    print("on hands never seen:", ", ".join(f"{name} {value:.3f}" for name, value in scores.items()))  # noqa: T201
    print(f"kept as “{folder.name}” in {folder.parent}")  # noqa: T201


def _chosen(arguments: Sequence[str] | None) -> argparse.Namespace:
    """What was asked for. Ends the program with status 2 where that is no sense."""
    shown = argparse.RawDescriptionHelpFormatter
    parser = CommandParser(speaker=_SPEAKER, prog=_TYPED, description=__doc__, formatter_class=shown)
    parser.add_argument("--what", choices=("recognizer", "detector"), required=True)
    parser.add_argument("--out", type=Path, required=True, help="folder of the log, the checkpoint and what was drawn")
    parser.add_argument("--steps", type=_count, help="the most there will be (default: 6000 to read, 2400 to find)")
    parser.add_argument("--samples", type=_count, help="how many are drawn to learn from (default: 10000, 300)")
    parser.add_argument("--minutes", type=_minutes, help="after which this sitting ends")
    again = parser.add_mutually_exclusive_group()
    again.add_argument("--resume", action="store_true", help="go on from the last epoch")
    again.add_argument("--replace", action="store_true", help="begin anew where a run is; it is lost")
    parser.add_argument("--fonts", type=Path, nargs="*", default=[], help="folders of handwriting fonts")
    parser.add_argument("--backgrounds", type=Path, help="a folder of pictures of empty boards, walls, paper")
    parser.add_argument("--strokes", type=Path, nargs="*", default=[], help="files of pen strokes")
    parser.add_argument("--name", default=MODEL, help="of the model")
    parser.add_argument("--seed", type=_seed, default=0)
    chosen = parser.parse_args(arguments)
    batch = (RECOGNIZER if chosen.what == "recognizer" else DETECTOR).batch
    if chosen.samples is not None and chosen.samples < batch:
        parser.error(f"argument --samples: a step takes {batch}")
    return chosen


def _count(text: str) -> int:
    if not text.isdecimal() or not int(text):
        raise argparse.ArgumentTypeError(f"it must be a whole number, at least 1, not {text}")
    return int(text)


def _minutes(text: str) -> float:
    with contextlib.suppress(ValueError):
        if (value := float(text)) > 0:
            return value
    raise argparse.ArgumentTypeError(f"it must be a number above 0, not {text}")


def _seed(text: str) -> int:
    if not text.isdecimal():
        raise argparse.ArgumentTypeError(f"it must be a whole number, at least 0, not {text}")
    return int(text)


def _check(sources: Sources, out: Path) -> None:
    """Before hours are spent. Raises StudioError where a folder holds nothing of its kind, or OUT cannot be made."""
    for folder in sources.handwriting:
        if not data.get_fonts(folder, limit=1):
            raise SourceMissing("there is no font in this folder that can be used", file=folder, remedy=_ANOTHER)
    if sources.backgrounds is not None and not data.get_backgrounds(sources.backgrounds):
        raise SourceMissing("there is no picture in this folder", file=sources.backgrounds, remedy=_ANOTHER)
    for path in sources.strokes:
        if not path.is_file():
            raise SourceMissing("there is no such file of pen strokes", file=path, remedy="Check the path.")
    try:
        out.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise StudioError(f"no folder can be made there: {error.strerror}", file=out, remedy=_ANOTHER) from error


def command(arguments: Sequence[str] | None = None) -> int:
    """``main`` as a command: what a person can mend is one line on standard error. Returns the exit status."""
    try:
        main(arguments)
    except StudioError as error:
        said, status = error.typed, 2 if isinstance(error, run_folder.OtherFiles) else 1
    except OSError as error:
        said, status = f"{error.filename or 'the system'}: {error.strerror or error}", 1
    except KeyboardInterrupt:
        kept = (_chosen(arguments).out / checkpoints.FILE).exists()
        goes_on = "with --resume goes on from the last epoch" if kept else "begins anew"
        said, status = f"stopped; the same command {goes_on}", 130
    else:
        return 0
    print(f"{_SPEAKER}: {said}", file=sys.stderr)  # noqa: T201
    return status


if __name__ == "__main__":
    sys.exit(command())
