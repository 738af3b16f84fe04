"""Trains a recognizer or a detector from scratch, on synthetic images: a complete example.

    python -m ocr_studio.api.train_from_scratch --what recognizer --out FOLDER [--steps 6000] [--minutes 35]
        [--fonts FOLDER …] [--backgrounds FOLDER] [--strokes FILE …] [--name NAME] [--seed 0] [--resume | --replace]

Fonts, backgrounds and writers are split into training, validation and test data, which have none in common. Without
your own files, the fonts of this computer, synthetic handwriting and synthetic boards are used.

Training stops after --steps, or early when 15 epochs (of 100 steps for a recognizer, 50 for a detector) bring no
improvement. After each epoch, FOLDER/log.csv gets a line and a checkpoint is saved: if the training is interrupted or
--minutes ends it, the same command with --resume continues after the last epoch. Without --resume, a FOLDER with a run
is refused unless --replace is given; a FOLDER with other files and no run is always refused. The model of the best
epoch is saved: use a recognizer with ``ocr-studio read PHOTO --model NAME``, and select a detector with
``ocr-studio models use NAME``.

Exit status 0: success; 1: a file or folder can't be used; 2: incorrect usage or a FOLDER with other files.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import string
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

import numpy as np

from ocr_studio.api import data_generation as data
from ocr_studio.api import model_store, run_folder, tools
from ocr_studio.api.detection import Detector
from ocr_studio.api.recognition import LONGEST, Recognizer
from ocr_studio.api.samples import Samples, SourceMissing, fingerprint
from ocr_studio.core import paths
from ocr_studio.core.command_line import CommandParser
from ocr_studio.core.errors import StudioError
from ocr_studio.core.evaluation import metrics
from ocr_studio.core.evaluation.metrics import Labelled
from ocr_studio.core.files.safe_folder import SafeFolder
from ocr_studio.core.models import registry
from ocr_studio.core.page import Quad
from ocr_studio.engine import keras_fit
from ocr_studio.engine.recognition import ctc
from ocr_studio.engine.synth import word_crops
from ocr_studio.engine.synth.boards.board_options import BoardOptions
from ocr_studio.engine.synth.sources import Sources
from ocr_studio.engine.training import checkpoints

# The characters of the recognizer: a US keyboard, including the space.
ALPHABET: Final = " " + string.digits + string.ascii_letters + string.punctuation
MODEL: Final = "from-nothing"
# The command, and its name in error messages.
_COMMAND: Final = "python -m ocr_studio.api.train_from_scratch"
_NAME: Final = "train_from_scratch"
_REMEDY: Final = "Choose another folder."
SHORT_FIRST: Final = 16_000


class RunExists(StudioError):
    """A folder contains a run that would be lost."""


class NoRun(StudioError):
    """A folder contains no run to resume."""


@dataclass(frozen=True, slots=True)
class Amounts:
    """Sizes of the datasets and of the training.

    Attributes:
        samples: Training samples.
        held_out: Samples for validation, and as many for testing.
        batch: Batch size.
        steps: Maximum number of steps.
        epoch: Steps in an epoch.
        rate: Peak learning rate.
        patience: Epochs without improvement before training stops.
        side: Side of the crops for a detector in pixels.
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
class TrainingSession:
    """One session of a training, which may take several.

    Attributes:
        out: Folder of the log, the checkpoint and the samples.
        minutes: When the session ends; None for the end of the training.
        resume: Whether it resumes an earlier session.
        seed: Random seed.
    """

    out: Path
    minutes: float | None = None
    resume: bool = False
    seed: int = 0

    @property
    def has_checkpoint(self) -> bool:
        """Whether there is a checkpoint to resume."""
        return self.resume and (self.out / checkpoints.FILE).exists()

    def check_folder(self, *, replace_run: bool) -> None:
        """Check the folder before anything else.

        Args:
            replace_run: Whether an existing run may be replaced.

        Raises:
            RunExists: There is a run that would be lost.
            NoRun: There is no run to resume.
            OtherFiles: There are other files.
        """
        has_checkpoint = (self.out / checkpoints.FILE).exists()
        if self.resume:
            if not has_checkpoint:
                raise NoRun("there is no run to resume in this folder", file=self.out, remedy="Remove --resume.")
            return
        run_folder.check(self.out)
        log = self.out / keras_fit.LOG
        has_results = (log.exists() and log.stat().st_size > 0) or (self.out / run_folder.SCORES).exists()
        if not replace_run and (has_checkpoint or has_results):
            resuming = "--resume to continue it, " if has_checkpoint else ""
            remedy = f"Use {resuming}--replace to start over, or another --out to preserve it."
            raise RunExists("there is already a run in this folder", file=self.out, remedy=remedy)

    def is_complete(self, sizes: Amounts, figure: str) -> bool:
        """Whether the run to resume is complete and its model saved.

        Args:
            sizes: Sizes of the training.
            figure: A score that only models of this kind have.
        """
        try:
            scores = json.loads(paths.read_file(self.out / run_folder.SCORES)) if self.resume else {}
        except (OSError, ValueError, RecursionError):
            return False
        known = isinstance(scores, dict) and figure in scores
        return known and keras_fit.is_complete(self.out, steps=sizes.steps, patience=sizes.patience)

    def delete_earlier_run(self) -> None:
        """When starting over, delete the checkpoint and the scores of the earlier run."""
        if not self.resume:
            checkpoints.delete_checkpoint(self.out)
            (self.out / run_folder.SCORES).unlink(missing_ok=True)

    def check(self, model: Any) -> None:
        """Check the checkpoint before samples are generated. Raises OtherNetwork if it is of another network."""
        if self.resume:
            keras_fit.check_checkpoint(model, self.out)

    def fit(
        self,
        model: Any,
        batches: Sequence[Iterator[Any]],
        sizes: Amounts,
        *,
        held_out: int,
        evaluate: Callable[[], Mapping[str, float]],
    ) -> bool:
        """Train a model. Returns whether the training is over, not only this session.

        Args:
            model: The compiled model.
            batches: Endless training and validation batches.
            sizes: Sizes of the training.
            held_out: Number of validation samples.
            evaluate: Returns further scores for the log.
        """
        options = keras_fit.FitOptions(
            self.out, sizes.steps, sizes.epoch, sizes.rate, max(1, held_out // sizes.batch), sizes.patience,
            self.minutes, self.resume,
        )  # fmt: skip
        return keras_fit.fit_model(
            model,
            *batches,
            options=options,
            evaluate=lambda: {f"val_{name}": round(value, 4) for name, value in evaluate().items()},
        )


# ---------------------------------------------------------------------------------------------------------- recognizer


def train_recognizer(sources: Sources, sizes: Amounts, session: TrainingSession) -> Recognizer | None:
    """Train a recognizer from scratch. Returns None if the session ends before the training."""
    recognizer = Recognizer(ALPHABET, weights=None, architecture="light-crnn", languages=())
    recognizer.compile()
    session.check(recognizer.training_model)
    train, validation = (_generate_words(sources, part, sizes, session) for part in ("train", "validation"))
    batches = [
        recognizer.get_batch_generator(
            part.words(
                sizes.batch,
                augmentation=strength,
                short_first=0 if session.has_checkpoint else first,
                seed=session.seed,
            ),
            sizes.batch,
        )
        for part, strength, first in ((train, 0.7, SHORT_FIRST), (validation, 0.0, 0))
    ]
    finished = session.fit(
        recognizer.training_model,
        batches,
        sizes,
        held_out=len(validation),
        evaluate=lambda: evaluate_recognizer(recognizer, validation),
    )
    return recognizer if finished else None


def _generate_words(sources: Sources, part: str, sizes: Amounts, session: TrainingSession) -> Samples:
    """Generate words and short lines; each split has its own writers."""
    count = sizes.samples if part == "train" else sizes.held_out
    options = word_crops.WordOptions(letters=frozenset(ALPHABET), lines=0.1, smallest=16)
    drawn = data.get_word_generator(sources, split=part, options=options, seed=session.seed)
    short = ((crop, text) for crop, text in drawn if len(text) <= LONGEST)
    source_hash = fingerprint(sources, "words", part, session.seed, ALPHABET)
    return Samples.load_or_generate(short, count, file=session.out / f"{part}.npz", source_hash=source_hash)


def evaluate_recognizer(recognizer: Recognizer, samples: Samples) -> dict[str, float]:
    """Evaluate the network alone: "cer", the character error rate, and "right", the share of correct samples."""
    seen = recognizer.reader.run([sample.picture() for sample in samples.all])
    read = ["".join(recognizer.charset.decode(ctc.decode_greedily(each.probabilities))) for each in seen]
    pairs = [
        (" ".join(sample.text.split()), " ".join(text.split())) for sample, text in zip(samples.all, read, strict=True)
    ]
    return {"cer": metrics.cer(pairs), "right": sum(true == text for true, text in pairs) / len(pairs)}


# ------------------------------------------------------------------------------------------------------------ detector


def train_detector(sources: Sources, sizes: Amounts, session: TrainingSession) -> Detector | None:
    """Train a detector from scratch. Returns None if the session ends before the training."""
    detector = Detector(weights=None, architecture="light-craft")
    detector.compile()
    session.check(detector.model)
    train, validation = (_generate_boards(sources, part, sizes, session) for part in ("train", "validation"))
    batches = [
        detector.get_batch_generator(part.pieces(sizes.side, augmentation=strength, seed=session.seed), sizes.batch)
        for part, strength in ((train, 1.0), (validation, 0.0))
    ]
    finished = session.fit(
        detector.model,
        batches,
        sizes,
        held_out=len(validation),
        evaluate=lambda: evaluate_detector(detector, Samples(validation.all[:8])),
    )
    return detector if finished else None


def _generate_boards(sources: Sources, part: str, sizes: Amounts, session: TrainingSession) -> Samples:
    """Generate boards with several lines; each split has its own writers."""
    count = sizes.samples if part == "train" else sizes.held_out
    drawn = data.get_board_generator(sources, split=part, options=BoardOptions(turned=0.0), seed=session.seed)
    source_hash = fingerprint(sources, "boards", part, session.seed)
    return Samples.load_or_generate(drawn, count, file=session.out / f"{part}.npz", source_hash=source_hash)


def evaluate_detector(detector: Detector, samples: Samples) -> dict[str, float]:
    """Evaluate word detection at an IoU of 0.5: "precision", "recall" and "f"."""
    total = metrics.PhotoScore()
    for sample in samples.all:
        truth = [
            Labelled(Quad.from_array(box), text, ignore=text == tools.UNCLEAR)
            for line in sample.lines()
            for box, text in _iter_words(line)
        ]
        found = [Labelled(Quad.from_array(box), "") for box in detector.detect([sample.picture()])[0]]
        total += metrics.score_photo(truth, found)
    score = total.detection
    return {"precision": score.precision or 0.0, "recall": score.recall or 0.0, "f": score.f or 0.0}


def _iter_words(line: tools.Line) -> Iterator[tuple[Any, str]]:
    """Yield the box, (4, 2), and the text of each word of a line."""
    word: tools.Line = []
    for box, sign in [*line, (np.zeros((4, 2), np.float32), " ")]:
        if not sign.isspace():
            word.append((box, sign))
        elif word:
            yield tools.combine_line(word)
            word = []


# ------------------------------------------------------------------------------------------------------ from the start


def main(arguments: Sequence[str] | None = None) -> None:
    """Train, evaluate on the test data, and save the model.

    Raises:
        StudioError: A file or folder can't be used.
    """
    chosen = _parse_arguments(arguments)
    reads = chosen.what == "recognizer"
    session = TrainingSession(chosen.out, chosen.minutes, chosen.resume, chosen.seed)
    overrides = {name: value for name in ("steps", "samples") if (value := getattr(chosen, name))}
    sizes = replace(RECOGNIZER if reads else DETECTOR, **overrides)
    session.check_folder(replace_run=chosen.replace)
    if session.is_complete(sizes, "cer" if reads else "f"):
        print("nothing to do: this run is complete and its model is saved")  # noqa: T201
        return
    model_store.check_name(chosen.name)
    sources = Sources(tuple(chosen.strokes), tuple(chosen.fonts), backgrounds=chosen.backgrounds)
    _check_sources(sources, chosen.out)
    session.delete_earlier_run()
    learn = train_recognizer if reads else train_detector
    learned = learn(sources, sizes, session)
    if learned is None:
        print("the time is up; continue with the same command and --resume")  # noqa: T201
        return
    if isinstance(learned, Recognizer):
        scores = evaluate_recognizer(learned, _generate_words(sources, "test", sizes, session))
    else:
        scores = evaluate_detector(learned, _generate_boards(sources, "test", sizes, session))
    facts = {"steps": sizes.steps, "seed": chosen.seed, "samples": sizes.samples, "rate": sizes.rate}
    # Another model may have taken the name during the training.
    folder = learned.save(registry.free_name(chosen.name), settings=facts, scores={"test": scores})
    SafeFolder(chosen.out, follow=True).replace(run_folder.SCORES, (json.dumps(scores, indent=1) + "\n").encode())
    print("on test data:", ", ".join(f"{name} {value:.3f}" for name, value in scores.items()))  # noqa: T201
    print(f"saved as “{folder.name}” in {folder.parent}")  # noqa: T201


def _parse_arguments(arguments: Sequence[str] | None) -> argparse.Namespace:
    """Parse the arguments. Ends the program with status 2 if they are wrong."""
    formatter = argparse.RawDescriptionHelpFormatter
    parser = CommandParser(speaker=_NAME, prog=_COMMAND, description=__doc__, formatter_class=formatter)
    parser.add_argument("--what", choices=("recognizer", "detector"), required=True, help="kind of model")
    parser.add_argument("--out", type=Path, required=True, help="folder for the log, the checkpoint and the samples")
    parser.add_argument(
        "--steps", type=_parse_count, help="maximum number of steps; default: 6000 (recognizer), 2400 (detector)"
    )
    parser.add_argument(
        "--samples", type=_parse_count, help="number of training samples; default: 10000 (recognizer), 300 (detector)"
    )
    parser.add_argument("--minutes", type=_parse_minutes, help="stop after this time; resume later with --resume")
    again = parser.add_mutually_exclusive_group()
    again.add_argument("--resume", action="store_true", help="continue after the last epoch")
    again.add_argument("--replace", action="store_true", help="start over, discarding the run in the folder")
    parser.add_argument("--fonts", type=Path, nargs="*", default=[], help="folders of handwriting fonts")
    parser.add_argument("--backgrounds", type=Path, help="folder of photos of empty boards, walls or paper")
    parser.add_argument("--strokes", type=Path, nargs="*", default=[], help="files of recorded pen strokes")
    parser.add_argument("--name", default=MODEL, help=f"name of the model; default: {MODEL}")
    parser.add_argument("--seed", type=_parse_seed, default=0, help="random seed; default: 0")
    chosen = parser.parse_args(arguments)
    batch = (RECOGNIZER if chosen.what == "recognizer" else DETECTOR).batch
    if chosen.samples is not None and chosen.samples < batch:
        parser.error(f"argument --samples: must be at least {batch}, the batch size")
    return chosen


def _parse_count(text: str) -> int:
    if not text.isdecimal() or not int(text):
        raise argparse.ArgumentTypeError(f"must be a whole number, at least 1, not {text}")
    return int(text)


def _parse_minutes(text: str) -> float:
    with contextlib.suppress(ValueError):
        if (value := float(text)) > 0:
            return value
    raise argparse.ArgumentTypeError(f"must be a number above 0, not {text}")


def _parse_seed(text: str) -> int:
    if not text.isdecimal():
        raise argparse.ArgumentTypeError(f"must be a whole number, at least 0, not {text}")
    return int(text)


def _check_sources(sources: Sources, out: Path) -> None:
    """Check all folders before the training. Raises StudioError."""
    for folder in sources.handwriting:
        if not data.get_fonts(folder, limit=1):
            raise SourceMissing("no usable fonts in this folder", file=folder, remedy=_REMEDY)
    if sources.backgrounds is not None and not data.get_backgrounds(sources.backgrounds):
        raise SourceMissing("no images in this folder", file=sources.backgrounds, remedy=_REMEDY)
    for path in sources.strokes:
        if not path.is_file():
            raise SourceMissing("the file does not exist", file=path, remedy="Check the path.")
    try:
        out.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise StudioError(f"can’t create the folder: {error.strerror}", file=out, remedy=_REMEDY) from error


def command(arguments: Sequence[str] | None = None) -> int:
    """Run ``main`` as a command, with errors as one line on standard error. Returns the exit status."""
    try:
        main(arguments)
    except StudioError as error:
        message, status = error.typed, 2 if isinstance(error, run_folder.OtherFiles) else 1
    except OSError as error:
        message, status = f"{error.filename or 'the system'}: {error.strerror or error}", 1
    except KeyboardInterrupt:
        has_checkpoint = (_parse_arguments(arguments).out / checkpoints.FILE).exists()
        next_time = "with --resume continues after the last epoch" if has_checkpoint else "starts over"
        message, status = f"stopped; the same command {next_time}", 130
    else:
        return 0
    print(f"{_NAME}: {message}", file=sys.stderr)  # noqa: T201
    return status


if __name__ == "__main__":
    sys.exit(command())
