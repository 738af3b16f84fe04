"""The recipe of the recognizer that is adapted to handwriting on whiteboards and diagrams, as one command.

    python -m tests.benchmarks.adapt_recognizer --out FOLDER [--data ../shared/data] [--prints FONTS] [--minutes M] …

It begins with the recognizer that was adapted to whiteboards before (--base), and learns from words and lines of
hand-drawn diagrams (``diagrams/train``, but for every seventh writer, see ``held_out_writers``), their boxes drawn with
varied margins, and from words of 118 photos of boards without truth (``boards_unlabelled``), read by a model: 8,105 of
those that the published one was not sure of were looked at and put right by eye (``board_words.tsv``: photo, corners
of the box, text; no text where nothing can be learned), the sure ones are believed; lines of them; and from made words
(``engine.synth``). It repeats what the borrowed net sees in print of many fonts and colours and in words of other
languages, so that these are read as before. Words of three of the eight repositories are held out: only examined.

--reader: the model that reads them, such as the one that was made before, which is sure of more words.

--rounds: each begins with the borrowed net and other made words, and reads the boards by the model of the round before,
which is sure of more words; what they learned is averaged ("model soups", Wortsman et al. 2022,
https://arxiv.org/abs/2203.05482). The shipped models are of one round. The first, whiteboard-recognizer, was made with
--base pp-ocrv6-small --what upper --no-diagrams --made 40000 --printed 12000 --rate 2e-4 --replay 0.35 --batch 32
--average 0.5 --epochs 1 --seed 0. Of two rounds (--rounds 2 --average 0.6; the second with --printed 16000 --replay
0.4), held-out boards were read 1.6 points better and UNIPEN writers 1.3, but words of scenes 0.8 and handwritten ones
2.6 points worse, and the five boards as before: what is left to learn is paid for elsewhere.

handwriting-recognizer was made by two commands, which its card names: each begins with the model before, and keeps a
share of what it learned. With --hold-boards, the second is held to the outputs of the model before on all that was
found on the boards, as on print: without it, what diagrams teach costs boards three points.

Everything is kept in --out and gone on with after a stop or a kill: what was read and made, and the checkpoint of the
training (each eighth of it). --minutes: stop after so many; the same command goes on. At the end a whole model lies in
FOLDER/model, for ``tests.benchmarks.adaptation``.
"""

from __future__ import annotations

import argparse
import itertools
import json
import multiprocessing
import os
import shutil
import sys
import time
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field, replace
from functools import cache, partial
from pathlib import Path
from typing import Any, Final

import cv2
import numpy as np

from ocr_studio.core import paths
from ocr_studio.core.evaluation.metrics import Labelled
from ocr_studio.core.geometry import quads as geometry
from ocr_studio.core.geometry import ribbons
from ocr_studio.core.images import photo_file, warping, word_crops
from ocr_studio.core.images.pyramid import Pyramid
from ocr_studio.core.models import registry
from ocr_studio.core.page import Page, Quad, TextSource, Transcription, Word
from ocr_studio.core.reading_order import layout as reading_order
from ocr_studio.core.settings import ReaderOptions
from ocr_studio.core.training.events import (
    Recipe,
    StepDone,
    Trained,
    TrainingPreparing,
    TrainingStarted,
    WordsEvaluated,
)
from ocr_studio.engine.nets.plans import HEIGHT, STEP
from ocr_studio.engine.synth.sources import SHARES, Kind, Sources
from ocr_studio.engine.synth.word_crops import WordMaker, WordOptions
from ocr_studio.engine.training.training_data import Crop, TrainingData, TrainingExample

BASE: Final = "pp-ocrv6-small"
ADAPTED: Final = "whiteboard-recognizer"
# People whose boards are only examined; nobody writes in two repositories, as far as one can see.
HELD_OUT: Final = ("brandonhaynes100/", "jozue06/", "SeatownAC/")
LANGUAGES: Final = ("en", "de", "fr", "es", "pl", "cs", "sv", "tr", "hu")
SURE: Final = 0.97  # confidence of words that are believed unseen
SURE_IN_LINES: Final = 0.95
WIDEST_GAP: Final = 1.2  # heights between the words of a line
_CHUNK: Final = 250  # made words a process makes at a time


@dataclass(frozen=True, slots=True)
class Box:
    """A word as it was read or labelled. text: empty where nothing can be learned."""

    quad: Quad
    text: str
    confidence: float = 1.0

    @property
    def centre(self) -> tuple[float, float]:
        """Pixels of the photo."""
        x, y = np.mean(self.quad.corners, axis=0)
        return float(x), float(y)


# ------------------------------------------------------------------------------------------------- real boards


def labelled() -> dict[str, list[Box]]:
    """What was looked at by eye: photo → words."""
    found: dict[str, list[Box]] = defaultdict(list)
    for row in (Path(__file__).with_name("board_words.tsv")).read_text(encoding="utf-8").splitlines():
        photo, numbers, text = row.split("\t")
        corners = np.array(numbers.split(), np.float64).reshape(4, 2)
        found[photo].append(Box(Quad.from_array(corners), text))
    return found


def read(folder: Path, out: Path, unit: str, model: str) -> dict[str, list[Box]]:
    """All photos, read by the model of this name: photo → words or lines."""
    kept = out / f"read_{unit}.json"
    if not kept.exists():
        from ocr_studio.jobs.reading.read import OcrService, PhotoRead, read_photos

        options = ReaderOptions(unit=unit, model=model, detector=f"{BASE}-detector")
        photos = sorted(folder.glob("*.jpg"))
        pages = {
            event.path.name: _words(event.page)
            for event in read_photos(OcrService(options), photos)
            if isinstance(event, PhotoRead)
        }
        paths.replace_file(kept, json.dumps(pages).encode())
    pages = json.loads(kept.read_text())
    return {photo: [Box(Quad.from_array(q), text, sure) for q, text, sure in rows] for photo, rows in pages.items()}


def _words(page: Page) -> list[tuple[Any, str, float]]:
    return [
        (word.quad.corners, word.machine.text, word.machine.confidence or 0.0)
        for word in page.words.values()
        if word.machine is not None
    ]


@dataclass(frozen=True, slots=True)
class BoardLessons:
    """Words and lines of boards: to learn from, held out, and, whatever stands there, to be read as before."""

    train: list[TrainingExample] = field(default_factory=list)
    held_out: list[TrainingExample] = field(default_factory=list)
    general: list[TrainingExample] = field(default_factory=list)


def board_lessons(data: Path, out: Path, model: str) -> BoardLessons:
    """The boards without truth, as they were looked at and as the model reads them."""
    folder = data / "boards_unlabelled"
    people = {each["image"]: each["source"] for each in json.loads((folder / "index.json").read_text())}
    looked_at, words, lines = labelled(), read(folder, out, "words", model), read(folder, out, "lines", model)
    lessons = BoardLessons()
    for photo, found in sorted(words.items()):
        image = photo_file.open_photo(folder / photo)
        known = known_words(looked_at.get(photo, []), found)
        crop = partial(warping.crop_quad, image)
        believed = [box for box in known if box.text and box.confidence >= SURE]
        if people[photo].startswith(HELD_OUT):
            lessons.held_out.extend(TrainingExample(crop(box.quad), box.text, photo) for box in believed)
            continue
        lessons.train.extend(2 * [TrainingExample(crop(box.quad), box.text, photo) for box in believed])
        whole = _whole_lines(lines[photo], known)
        lessons.train.extend(3 * [TrainingExample(crop(quad), text, photo) for quad, text in whole])
        boxes = [box for box in (*found, *lines[photo]) if box.text]
        lessons.general.extend(TrainingExample(crop(box.quad), box.text, photo) for box in boxes)
    return lessons


def known_words(looked_at: Sequence[Box], found: Sequence[Box]) -> list[Box]:
    """The words of a photo: as they were looked at, and as they were read where nobody has looked."""
    seen = {(round(x / 3), round(y / 3)) for x, y in (box.centre for box in looked_at)}
    near = {(x + i, y + j) for x, y in seen for i in (-1, 0, 1) for j in (-1, 0, 1)}
    rest = [box for box in found if (round(box.centre[0] / 3), round(box.centre[1] / 3)) not in near]
    return [*looked_at, *rest]


def _whole_lines(lines: Sequence[Box], words: Sequence[Box]) -> Iterator[tuple[Quad, str]]:
    """Lines of at least two words that are all known."""
    for line in lines:
        corners = np.array(line.quad.corners, np.float32)
        inside = [box for box in words if cv2.pointPolygonTest(corners, box.centre, False) > 0]
        inside.sort(key=lambda box: float(np.dot(box.centre, corners[1] - corners[0])))
        if len(inside) > 1 and all(box.text and box.confidence >= SURE_IN_LINES for box in inside):
            yield line.quad, " ".join(box.text for box in inside)


# ------------------------------------------------------------------------------------------------------ diagrams


def held_out_writers(pages: Sequence[Mapping[str, Any]]) -> set[str]:
    """Every seventh writer of diagrams/train, from the fourth: nothing is learned there, but values are chosen."""
    return set(sorted({page["writer"] for page in pages})[3::7])


def diagram_lessons(folder: Path) -> tuple[list[TrainingExample], list[TrainingExample]]:
    """Words and lines of hand-drawn diagrams to learn from, and a third of the words of writers that are held out."""
    rng = np.random.default_rng(1)
    pages = json.loads((folder / "annotations.json").read_text(encoding="utf-8"))
    left_out = held_out_writers(pages)
    train: list[TrainingExample] = []
    held_out: list[TrainingExample] = []
    for page in pages:
        photo = Pyramid(photo_file.open_photo(folder / page["image"]))
        words = [
            Labelled(Quad.from_array(np.array(word["quad"])), word["text"])
            for word in page["words"]
            if word["text"].strip() and not word["ignore"]
        ]
        if page["writer"] in left_out:
            held_out += [_cut(photo, word.quad, word.text, 0.0) for word in words]
            continue
        # As loosely as people draw boxes, and as the detector cuts lines.
        for _ in range(2):
            train += [_cut(photo, word.quad, word.text, rng.uniform(0, 0.2)) for word in words]
            train += [_cut(photo, quad, text, rng.uniform(0.04, 0.24)) for quad, text in _written_lines(words)]
    return train, held_out[::3]


def _cut(photo: Pyramid, quad: Quad, text: str, margin: float) -> TrainingExample:
    """Crop what stands in a quad, widened by a share of its height."""
    corners = np.asarray(geometry.widen_quad(quad, margin), np.float32).reshape(4, 2)
    return TrainingExample(word_crops.extract_crop(photo, corners, height=HEIGHT, step=STEP), text, "diagram")


def _written_lines(words: Sequence[Labelled]) -> Iterator[tuple[Quad, str]]:
    """Lines of several words, without wide gaps."""
    known = [
        Word(f"{index:08}", word.quad, human=Transcription(word.text, TextSource.HUMAN))
        for index, word in enumerate(words)
    ]
    for line in reading_order.find_lines(known):
        corners = np.array([word.quad.corners for word in line])
        height = float(geometry.measure_sizes(ribbons.fit_ribbon(corners)[None, :4])[0, 1])
        wide = np.flatnonzero(ribbons.measure_gaps(corners) > WIDEST_GAP * height) + 1
        for part in np.split(np.arange(len(line)), wide):
            if len(part) > 1:
                whole = Quad.from_array(ribbons.fit_ribbon(corners[part])[:4])
                yield whole, " ".join(line[index].text for index in part)


# ------------------------------------------------------------------------------------------------- made words


@cache
def _maker(sources: Sources, seed: int, lines: float, smallest: float, printed: bool) -> WordMaker:
    """One to a process: sources are read once."""
    shares = {Kind.PRINT: 1.0} if printed else SHARES
    return WordMaker(sources, options=WordOptions(shares=shares, lines=lines, smallest=smallest), seed=seed)


def _make(task: tuple[tuple[Sources, int, float, float, bool], int]) -> list[tuple[Crop, str]]:
    asked, chunk = task
    maker = _maker(*asked)
    return [(word.crop, word.text) for word in map(maker.at, range(chunk * _CHUNK, (chunk + 1) * _CHUNK))]


def made(many: int, sources: Sources, *, seed: int, kept: Path, printed: bool = False) -> list[TrainingExample]:
    """So many made words, some in lines, made by all cores, kept in a file. printed: in fonts for print only, which may
    be smaller."""
    if not kept.exists():
        spawn = multiprocessing.get_context("spawn")
        asked = (sources, seed, 0.12, 9.0 if printed else 13.0, printed)
        with ProcessPoolExecutor(os.cpu_count(), spawn) as pool:
            chunks = pool.map(_make, [(asked, chunk) for chunk in range(-(-many // _CHUNK))])
            words = list(itertools.chain.from_iterable(chunks))[:many]
        flat = np.concatenate([crop.ravel() for crop, _ in words])
        half = kept.with_name(f"half_{kept.name}")  # a kill leaves no half of a file to go on with
        shapes, said = [crop.shape[:2] for crop, _ in words], [text for _, text in words]
        np.savez(half, pixels=flat, sizes=shapes, texts=said)
        os.replace(half, kept)
    with np.load(kept, allow_pickle=False) as file:
        pixels, sizes, texts = file["pixels"], file["sizes"], file["texts"]
    starts = np.concatenate([[0], np.cumsum(sizes.prod(axis=1) * 3)])
    return [
        TrainingExample(pixels[start : start + 3 * h * w].reshape(h, w, 3), str(text), "made")
        for start, (h, w), text in zip(starts, sizes, texts, strict=False)
    ]


def recoloured(lessons: Sequence[TrainingExample], *, seed: int) -> Iterator[TrainingExample]:
    """Signs are of any colour on any other, light on dark as well: print on paper becomes so."""
    rng = np.random.default_rng((seed, 5))
    for lesson in lessons:
        ink = lesson.crop[:, :, rng.permutation(3)].astype(np.float64)
        if rng.random() < 0.5:
            ink = 255 - ink
        low, high = rng.uniform(0, 110, 3), rng.uniform(130, 255, 3)
        crop = low + (high - low) * ink / 255
        yield TrainingExample(crop.clip(0, 255).astype(np.uint8), lesson.text, "sign")


def general_lessons(data: Path, out: Path, given: argparse.Namespace) -> list[TrainingExample]:
    """What is to be read as before, in an order by chance."""
    from ocr_studio.engine.training import rehearsal

    prints = (given.prints,) if given.prints else None  # those of the system
    sources = Sources(prints=prints, backgrounds=data / "backgrounds", languages=LANGUAGES)
    kept = out / f"printed_{given.printed}_{given.seed}.npz"
    printed = made(given.printed, sources, seed=given.seed + 1, kept=kept, printed=True)
    half = len(printed) // 2
    words = list(rehearsal.generate_words(given.printed // 3, LANGUAGES, seed=given.seed))
    lines = list(rehearsal.generate_words(given.printed // 12, LANGUAGES, seed=given.seed + 1, lines=True))
    found = [*printed[:half], *recoloured(printed[half:], seed=given.seed), *words, *lines]
    return shuffled(found, given.seed)


def shuffled(lessons: Sequence[TrainingExample], seed: int) -> list[TrainingExample]:
    """The lessons in an order by chance."""
    return [lessons[index] for index in np.random.default_rng(seed).permutation(len(lessons))]


# -------------------------------------------------------------------------------------------------- the command


def recipe_arguments(about: str | None) -> argparse.ArgumentParser:
    """What each recipe of an adapted model is asked. about: its docstring; defaults of its own it sets itself."""
    parser = argparse.ArgumentParser(description=about, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, default=Path("../shared/data"), help="the folder of labelled data")
    parser.add_argument("--out", type=Path, required=True, help="everything is kept there, the model at last")
    parser.add_argument("--prints", type=Path, help="a folder of fonts for print; those of the system if not given")
    parser.add_argument("--rate", type=float, help="highest learning rate")
    parser.add_argument("--average", type=float, default=0.5, help="how much of what was learned is kept")
    parser.add_argument("--replay", type=float, help="how much of a batch is repeated")
    parser.add_argument("--batch", type=int, help="words, or pieces of photos, in a step")
    parser.add_argument("--what", default="upper")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--minutes", type=float, help="stop after so many; the same command goes on")
    return parser


def hands(data: Path) -> Sources:
    """Who writes made words and boards: people whose strokes are known, and fonts; on photos of empty boards."""
    strokes = tuple(data / "strokes" / f"unipen_{what}.npz" for what in ("words", "chars"))
    return Sources(strokes, (data / "fonts" / "handwriting",), backgrounds=data / "backgrounds", prints=())


def arguments() -> argparse.Namespace:
    """As given, or as the shipped model was made."""
    parser = recipe_arguments(__doc__)
    parser.add_argument("--rounds", type=int, default=1)
    parser.add_argument("--base", default=ADAPTED, help="the model that learns, or its folder; it then also reads")
    parser.add_argument("--reader", default=ADAPTED, help="the model that reads the boards for the first round")
    parser.add_argument("--diagrams", action=argparse.BooleanOptionalAction, default=True, help="learn from diagrams")
    parser.add_argument(
        "--hold-boards", action=argparse.BooleanOptionalAction, default=False, help="hold the outputs on boards, too"
    )
    parser.add_argument("--made", type=int, default=20_000, help="made words to learn from in a round")
    parser.add_argument("--printed", type=int, default=9_000, help="made words in print to repeat")
    parser.add_argument("--epochs", type=int, default=1)
    parser.set_defaults(rate=3e-4, replay=0.25, batch=48, what="all", average=1.0, seed=20)
    return parser.parse_args()


def training_data(given: argparse.Namespace, reader: str, out: Path) -> TrainingData:
    """All lessons of a round, kept in its folder as far as they were read or made. reader: the model that reads."""
    boards = board_lessons(given.data, out, reader)
    own, held_out = boards.train, boards.held_out
    if given.diagrams:
        learned, others = diagram_lessons(given.data / "diagrams" / "train")
        own, held_out = [*own, *learned], [*held_out, *others]
    written = made(given.made, hands(given.data), seed=given.seed, kept=out / f"made_{given.made}_{given.seed}.npz")
    general = general_lessons(given.data, out, given)
    if given.hold_boards:
        general = shuffled([*general, *boards.general], given.seed)
    print(f"{len(own)} of boards, {len(written)} made, {len(general)} to repeat, {len(held_out)} held out", flush=True)
    return TrainingData([*own, *written], held_out, general=general, digest=f"adapt_recognizer {given.seed}")


def trained(given: argparse.Namespace, reader: str, out: Path) -> Path | None:
    """The model of a round; None where --minutes were over before."""
    from ocr_studio.engine.training import finetune

    out.mkdir(parents=True, exist_ok=True)
    recipe = Recipe(
        base=given.base,
        what=given.what,
        epochs=given.epochs,
        learning_rate=given.rate,
        batch=given.batch,
        replay=given.replay,
        average=given.average,
        patience=None,
        seed=given.seed,
    )
    data, began = training_data(given, reader, out), time.monotonic()
    losses: list[float] = []
    enough = False
    for event in finetune.finetune(data, recipe, folder=out / "run", name="whiteboards", stop=lambda: False):
        match event:
            case TrainingPreparing() if event.done % 640 == 0:
                print(event.what, event.done, event.total, flush=True)
            case TrainingStarted():
                print(event, flush=True)
            case StepDone():
                if enough:  # there is more to do; a checkpoint is kept after its examination
                    return None
                losses.append(event.loss)
                if event.step % 100 == 0:
                    minutes = (time.monotonic() - began) / 60
                    print(f"{event.step}/{event.steps} {np.mean(losses[-100:]):.4f} {minutes:.1f} min", flush=True)
            case WordsEvaluated():
                print(f"step {event.step}: CER held out {event.held_out_cer}, general {event.keep_cer}", flush=True)
                enough = bool(given.minutes and time.monotonic() - began > 60 * given.minutes)
            case Trained():
                print(event.comparison.before, event.comparison.after, event.comparison.change, flush=True)
                os.replace(event.folder, out / "model")
    return out / "model"


def mean(folders: Sequence[Path]) -> Path:
    """A candidate that is the mean of models which began with the same one. Its card is that of the last."""
    from ocr_studio.engine.weights import candidate, model_weights

    nets = [model_weights.load_recognizer(registry.in_folder(folder)) for folder in folders]
    net, charset = nets[-1]
    for variable, *others in zip(net.weights, *(other.weights for other, _ in nets[:-1]), strict=True):
        variable.assign(np.mean([each.numpy() for each in (variable, *others)], axis=0))
    card = registry.in_folder(folders[-1]).card
    assert card is not None  # a training writes one
    settings = {**card.settings, "rounds": len(folders)}
    return candidate.write_candidate(card.title, net, charset=charset, card=replace(card, settings=settings, scores={}))


def installed(folder: Path, name: str) -> str:
    """Install a model under this name, if there is none of it, and return the name."""
    if not registry.is_taken(name):
        copy = registry.candidate_folder(name)
        shutil.copytree(folder, copy, dirs_exist_ok=True)
        registry.install(copy)
    return name


def main() -> int:
    """Read, make, train, round after round; go on where it was stopped."""
    given = arguments()
    if (given.out / "model").exists():
        print(f"{given.out / 'model'} is there already: move it, or give another --out", file=sys.stderr)
        return 2
    os.environ["OCR_STUDIO_HOME"] = str(given.out / "home")
    if Path(given.base).is_dir():
        given.base = given.reader = installed(Path(given.base), "base")
    reader, rounds, first = given.reader, list[Path](), given.seed
    for number in range(given.rounds):
        given.seed, out = first + number, given.out / f"round_{number + 1}"
        model = out / "model" if (out / "model").exists() else trained(given, reader, out)
        if model is None:
            return 3
        rounds.append(model)
        reader = installed(model, f"round-{number + 1}")
    os.replace(mean(rounds), given.out / "model")
    return 0


if __name__ == "__main__":
    sys.exit(main())
