"""The recipe of the detector that is adapted to whiteboards and diagrams, as one command.

    python -m tests.benchmarks.adapt_detector --out FOLDER [--data ../shared/data] [--boards N] [--minutes M] …

It learns from photos of hand-drawn diagrams (``diagrams/train``, but for held-out writers), from boards that are
made up (``engine.synth``: strokes of people, handwriting fonts, photos of empty boards) with the place of every word
known, and from photos of boards without truth (``boards_unlabelled``): there a line is believed where the reader is
sure of its words or somebody looked at them (``board_words.tsv``), and nothing is learned from other lines, nor where
the net itself suspects writing that nobody has read. On signs of all colours and on printed pages it is held to what
the published net sees.

It learns two maps: the lines, as the published net finds them, and the words, whose places are known better. Some tiles
are turned, as words on diagrams stand on their side or run aslant. Only the map of words is kept: FOLDER/model finds
words.

--begin MODEL: a second training, of the words of such a model alone, and on pictures without writing besides, in which
it sees words (``textures``; --photos: a folder of photos that may be used for them, such as those of scikit-image). The
result is between the model that it began with and what it has learned, the mean unless --average says otherwise:
on boards that is better than both (Wortsman et al. 2022, https://arxiv.org/abs/2109.01903).

Everything is kept in --out and gone on with after a stop or a kill by the same command. --minutes: stop at the first
checkpoint after so many.
"""

from __future__ import annotations

import argparse
import json
import math
import multiprocessing
import os
import sys
import time
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from dataclasses import dataclass, replace
from functools import cache, partial
from pathlib import Path
from typing import Any, Final

import cv2
import keras
import numpy as np
import tensorflow as tf
from numpy.typing import NDArray

from ocr_studio.core import paths
from ocr_studio.core.evaluation.metrics import Labelled
from ocr_studio.core.geometry import quads as geometry
from ocr_studio.core.images import photo_file
from ocr_studio.core.models import registry
from ocr_studio.core.models.card import WORD_DETECTOR, ModelCard, Setting
from ocr_studio.core.page import Quad, TextSource, Transcription, Word
from ocr_studio.core.reading_order import layout as reading_order
from ocr_studio.core.settings import DetectionOptions, ReaderOptions
from ocr_studio.core.training.detector_events import CheckedPhoto
from ocr_studio.engine import model_loader
from ocr_studio.engine.detection.detector import Detector, DetectorOptions
from ocr_studio.engine.nets.detector import build_detector
from ocr_studio.engine.networks import tensorflow_setup
from ocr_studio.engine.networks.network import Network
from ocr_studio.engine.networks.tensorflow_network import TensorFlowNetwork
from ocr_studio.engine.synth.boards.board_options import GROUNDS, BoardOptions
from ocr_studio.engine.synth.boards.whole_boards import BoardMaker, SynthBoard
from ocr_studio.engine.synth.handwriting.rendered_text import SourceSplit
from ocr_studio.engine.synth.sources import Kind, Sources, Stock
from ocr_studio.engine.training.detector.dbnet_targets import LineTargets, draw_targets
from ocr_studio.engine.training.detector.tiles import SIDE, ResizedPhoto, choose_view, draw_pixels, visible_mask
from ocr_studio.engine.training.detector.trainer import dbnet_loss
from ocr_studio.engine.training.training_data import TrainingExample
from ocr_studio.engine.weights import model_weights
from tests.benchmarks import adapt_recognizer, textures
from tests.benchmarks.adapt_recognizer import Box

BASE: Final = f"{adapt_recognizer.BASE}-detector"
READER: Final = "whiteboard-recognizer"
SURE: Final = 0.7  # mean confidence of the words of lines that are believed: where they are is surer than what they say
# Where the net is this sure of writing, but nobody has read a word there, nothing is learned. The program's own bars
# are 0.3 and 0.45.
SUSPECTED: Final = DetectionOptions(threshold=0.12, box_threshold=0.15)
# What is suspected was read if words cover so much of it: at that low a bar places are twice as high as their lines.
_READ: Final = 0.25
_ON: Final = dict(GROUNDS)  # as it goes to other processes
# Little is in print on real boards; datasets for readers have more of it.
BOARD: Final = BoardOptions(
    grounds=_ON,
    words=(12, 160),
    writers={Kind.STROKES: 0.3, Kind.COMPOSED: 0.28, Kind.HANDWRITING: 0.26, Kind.MADE: 0.14, Kind.PRINT: 0.02},
    empty=0.04,
)
# A sign on a wall, seen from anywhere; recoloured, as signs are of any colour.
SIGN: Final = BoardOptions(
    grounds=_ON,
    words=(2, 40),
    capitals=(0.012, 0.12),
    turned=0.0,
    pages=0.0,
    ghosts=0.0,
    tilt=1.8,
    writers={Kind.PRINT: 1.0},
)
PAGE: Final = BoardOptions(grounds=_ON, words=(60, 260), pages=1.0, turned=0.02, writers={Kind.PRINT: 1.0})
_QUALITY: Final = 95
# The tiles of a batch.
BATCH: Final = ("made", "made", "general", "boards", "boards", *3 * ("diagrams",))
SECOND_BATCH: Final = ("made", "made", "general", "boards", "boards", "diagrams", "diagrams", "nothing", "nothing")
HARD_TILES: Final = 500
# Shares of tiles that are turned by up to 60° to either side, that lie on their side, that are blurred, and that are
# enlarged, or stretched along their lines: letters on boards are larger and stand further apart than those made here.
ASLANT, ON_THEIR_SIDE, BLURRED, ENLARGED, STRETCHED = 0.12, 0.08, 0.15, 0.25, 0.3


@dataclass(frozen=True, slots=True)
class Making:
    """What is made. name: of its folder; many: how many; a board of its number follows from the rest."""

    name: str
    many: int
    sources: Sources
    options: BoardOptions
    seed: int
    split: SourceSplit = SourceSplit.TRAIN
    recoloured: bool = False


# ------------------------------------------------------------------------------------------------- made boards


@cache
def _stock(sources: Sources, split: SourceSplit) -> Stock:
    """One to a process: sources are read once."""
    return Stock.open(sources, split)


def _make(task: tuple[Making, Path, int]) -> None:
    """A board as two files, the words last: what has words is whole."""
    making, folder, number = task
    board = BoardMaker(_stock(making.sources, making.split), making.options, seed=making.seed).at(number)
    image = board.image
    if making.recoloured:
        image = next(adapt_recognizer.recoloured([TrainingExample(image, "")], seed=making.seed + number)).crop
    done, jpeg = cv2.imencode(".jpg", image[..., ::-1], [cv2.IMWRITE_JPEG_QUALITY, _QUALITY])
    if not done:
        raise RuntimeError("the picture could not be encoded")
    paths.replace_file(folder / f"{number:05}.jpg", jpeg.tobytes())
    paths.replace_file(folder / f"{number:05}.json", json.dumps(_said(board)).encode())


def _said(board: SynthBoard) -> list[tuple[tuple[tuple[float, float], ...], str, bool]]:
    return [(word.quad.corners, word.text, word.ignore) for word in board.words]


def made(making: Making, out: Path, *, held_out: bool = False) -> list[CheckedPhoto]:
    """All boards of it, made by all cores as far as they do not lie in a folder yet."""
    folder = out / f"{making.name}_{making.seed}"
    folder.mkdir(parents=True, exist_ok=True)
    left = [number for number in range(making.many) if not (folder / f"{number:05}.json").exists()]
    if left:
        spawn = multiprocessing.get_context("spawn")
        with ProcessPoolExecutor(os.cpu_count(), spawn) as pool:
            for done, _ in enumerate(pool.map(_make, [(making, folder, number) for number in left], chunksize=4)):
                if done % 100 == 0:
                    print(f"{making.name}: {done} of {len(left)}", flush=True)
    return [_made(folder / f"{number:05}.jpg", held_out=held_out) for number in range(making.many)]


def _made(photo: Path, *, held_out: bool) -> CheckedPhoto:
    rows = json.loads(photo.with_suffix(".json").read_bytes())
    words = tuple(Labelled(Quad.from_array(np.array(corners)), text, ignore) for corners, text, ignore in rows)
    return CheckedPhoto(
        f"{photo.parent.name}/{photo.name}", partial(photo_file.open_photo, photo), words, held_out=held_out
    )


# ------------------------------------------------------------------------------------------------- real boards


def real(data: Path, out: Path, reader: str) -> Iterator[CheckedPhoto]:
    """Photos of boards, with the words that are sure; what is not is to be ignored."""
    folder = data / "boards_unlabelled"
    people = {each["image"]: each["source"] for each in json.loads((folder / "index.json").read_text())}
    looked_at, read = adapt_recognizer.labelled(), adapt_recognizer.read(folder, out, "words", reader)
    suspected = _suspected(folder, out, sorted(read))
    for photo, found in sorted(read.items()):
        known = adapt_recognizer.known_words(looked_at.get(photo, []), found)
        words = list(_of_sure_lines(known))
        if not any(not word.ignore for word in words):
            continue
        doubtful = _unread(suspected[photo], words)
        held_out = people[photo].startswith(adapt_recognizer.HELD_OUT)
        yield CheckedPhoto(
            photo, partial(photo_file.open_photo, folder / photo), (*words, *doubtful), held_out=held_out
        )


def _of_sure_lines(boxes: Sequence[Box]) -> Iterator[Labelled]:
    """The words of lines that are sure on the whole, also those that nobody can read: a hole there would teach to cut
    lines. Of other lines all is to be ignored, the blanks between their words, too."""
    words = [
        Word(f"{index:08}", box.quad, human=Transcription(box.text or "?", TextSource.HUMAN))
        for index, box in enumerate(boxes)
    ]
    for line in reading_order.find_lines(words):
        some = [boxes[int(word.id)] for word in line]
        sure = float(np.mean([box.confidence if box.text else 0.0 for box in some]))
        if sure >= SURE:
            yield from (Labelled(box.quad, box.text or "?") for box in some)
        else:
            yield Labelled(geometry.union_quad([box.quad for box in some]), "?", ignore=True)


def _suspected(folder: Path, out: Path, photos: Sequence[str]) -> Mapping[str, Sequence[Quad]]:
    """Where the borrowed net sees anything that may be writing."""
    kept = out / "suspected.json"
    if not kept.exists():
        detector = model_loader.load_detector(registry.BUILT_IN_DETECTOR, ReaderOptions(detection=SUSPECTED))
        found = {photo: detector.find(photo_file.open_photo(folder / photo))[:, :4].tolist() for photo in photos}
        paths.replace_file(kept, json.dumps(found).encode())
    said = json.loads(kept.read_bytes())
    return {photo: [Quad.from_array(np.array(corners)) for corners in quads] for photo, quads in said.items()}


def _unread(suspected: Sequence[Quad], words: Sequence[Labelled]) -> list[Labelled]:
    """Those places where there are no words, or a few beside what else is there."""
    if not suspected:
        return []
    places, read = (np.array([each.corners for each in some]) for some in (suspected, [word.quad for word in words]))
    covered = geometry.compute_cover_matrix(places.reshape(-1, 4, 2), read.reshape(-1, 4, 2)).sum(axis=1)
    return [Labelled(quad, "", ignore=True) for quad, share in zip(suspected, covered, strict=True) if share < _READ]


# ----------------------------------------------------------------------------------------------------- diagrams


def diagrams(folder: Path) -> Iterator[CheckedPhoto]:
    """The pictures of hand-drawn diagrams."""
    pages = json.loads((folder / "annotations.json").read_text(encoding="utf-8"))
    left_out = adapt_recognizer.held_out_writers(pages)
    for page in pages:
        words = tuple(
            Labelled(Quad.from_array(np.array(word["quad"])), word["text"], word["ignore"]) for word in page["words"]
        )
        opens = partial(photo_file.open_photo, folder / page["image"])
        yield CheckedPhoto(page["image"], opens, words, held_out=page["writer"] in left_out)


# -------------------------------------------------------------------------------------------------- the training


@dataclass(frozen=True, slots=True)
class Lesson:
    """A photo at the detector's size, with its lines, and with its words. general: the map of lines is to stay."""

    image: NDArray[np.uint8]
    lines: ResizedPhoto
    words: LineTargets
    general: bool = False


def lesson(photo: CheckedPhoto, *, scale: float | None = None, general: bool = False) -> Lesson:
    """Resize a photo, as for the detector's first pass unless a scale is given."""
    image = photo.open()
    scale = scale or DetectorOptions().scale(*image.shape[:2])
    lines = ResizedPhoto.of(photo.name, image, LineTargets.of(photo.words), scale=scale)
    return Lesson(lines.decode(), lines, LineTargets.of(photo.words, single=True).scaled(scale), general)


@dataclass(frozen=True, slots=True)
class Nothing:
    """A tile in which the net saw words. known: (384, 384, 1), where there are none."""

    tile: NDArray[np.uint8]
    known: NDArray[np.bool_]
    general: bool = False


class Tiles:
    """The batches, by step. Args: the lessons by kind, and the published network, which says what is to stay."""

    def __init__(self, lessons: Mapping[str, Sequence[Lesson | Nothing]], published: Network, seed: int) -> None:
        self._lessons, self._published, self._seed = lessons, published, seed
        self.batch = SECOND_BATCH if "nothing" in lessons else BATCH

    def at(self, step: int) -> tuple[NDArray[np.float32], ...]:
        """Pixels, (B, 384, 384, 3), targets of lines and words, (B, 384, 384, 2), and where they are known."""
        rng = np.random.default_rng((self._seed, 7, step))
        drawn = [self._lessons[kind][int(rng.integers(len(self._lessons[kind])))] for kind in self.batch]
        tiles = [_tile(each, rng) if isinstance(each, Lesson) else _mirrored(each, rng) for each in drawn]
        pixels, targets, known = (np.stack(part) for part in zip(*tiles, strict=True))
        general = [index for index, each in enumerate(drawn) if each.general]
        targets[general, ..., :1] = self._published(pixels[general])
        known[general, ..., 0] = 1
        return pixels, targets, known


def _mirrored(nothing: Nothing, rng: np.random.Generator) -> tuple[NDArray[np.float32], ...]:
    """Such a tile, turned over."""
    across, down = (int(step) for step in rng.choice((-1, 1), 2))
    tile, known = (each[::down, ::across].astype(np.float32) for each in (nothing.tile, nothing.known))
    pixels = (tile + np.float32(rng.normal(0, 20))).clip(0, 255) / np.float32(127.5) - np.float32(1)
    return pixels.astype(np.float32), np.zeros((SIDE, SIDE, 2), np.float32), np.repeat(known, 2, axis=2)


def _tile(lesson: Lesson, rng: np.random.Generator) -> tuple[NDArray[np.float32], ...]:
    chance, turned = rng.random(), 0.0
    if not lesson.general and chance < ASLANT:
        turned = rng.uniform(-60, 60)
    elif not lesson.general and chance < ASLANT + ON_THEIR_SIDE:
        turned = float(rng.choice([-90, 90])) + rng.normal(0, 3)
    matrix = choose_view(lesson.lines, rng, strength=1.0, rotation=turned)
    if not lesson.general:
        matrix = _enlarged(matrix, rng)
    pairs = [draw_targets(each, matrix, (SIDE, SIDE)) for each in (lesson.lines.targets, lesson.words)]
    visible = visible_mask(lesson.lines, matrix, hidden=False)
    pixels = draw_pixels(lesson.image, matrix, rng, strength=1.0)
    if rng.random() < BLURRED:
        pixels = np.asarray(cv2.GaussianBlur(pixels, (0, 0), rng.uniform(0.4, 1.2)), np.float32)
    targets, known = (np.stack(part, axis=-1) for part in zip(*pairs, strict=True))
    return pixels, targets.astype(np.float32), (known & visible[..., None]).astype(np.float32)


def _enlarged(matrix: NDArray[np.floating[Any]], rng: np.random.Generator) -> NDArray[np.float64]:
    """Some views larger, some stretched or squeezed across the tile, about its middle."""
    size = math.exp(rng.uniform(0.0, 0.6)) if rng.random() < ENLARGED else 1.0
    stretch = math.exp(rng.uniform(-0.25, 0.4)) if rng.random() < STRETCHED else 1.0
    about = np.array([[size * stretch, 0, SIDE / 2 * (1 - size * stretch)], [0, size, SIDE / 2 * (1 - size)]])
    return np.asarray(about @ np.vstack([matrix, (0, 0, 1)]), np.float64)


def two_maps(published: keras.Model) -> keras.Model:
    """A network with a map of lines and one of words that begin alike."""
    net = build_detector(2)
    for layer in net.layers:
        if layer.weights:
            weights = published.get_layer(layer.name).get_weights()
            if layer.name == "head3":  # 2 × 2 × out × in, and out
                weights = [np.repeat(weights[0], 2, axis=2), np.repeat(weights[1], 2)]
            layer.set_weights(weights)
    return net


def words_alone(net: keras.Model) -> keras.Model:
    """The network with the map of words alone."""
    found = build_detector()
    for layer in found.layers:
        if layer.weights:
            weights = net.get_layer(layer.name).get_weights()
            if layer.name == "head3":
                weights = [weights[0][:, :, 1:], weights[1][1:]]
            layer.set_weights(weights)
    return found


def make_step(net: keras.Model, optimizer: keras.optimizers.Optimizer) -> Callable[..., Any]:
    """A compiled step: losses of both maps, or of that of words if the net has no other."""
    variables, maps = list(net.trainable_variables), net.output_shape[-1]

    @tf.function(input_signature=[tf.TensorSpec((None, SIDE, SIDE, depth), tf.float32) for depth in (3, 2, 2)])  # type: ignore[untyped-decorator]
    def step(pixels: Any, targets: Any, known: Any) -> Any:
        with tf.GradientTape() as tape:
            seen = net(pixels, training=True)
            parts = (seen, targets[..., 2 - maps :], known[..., 2 - maps :])
            losses = [dbnet_loss(*(part[..., place : place + 1] for part in parts)) for place in range(maps)]
            loss = tf.add_n(losses)
        optimizer.apply_gradients(zip(tape.gradient(loss, variables), variables, strict=True))
        return tf.stack(losses)

    return step  # type: ignore[no-any-return]


# -------------------------------------------------------------------------------------------------- the command


def arguments(given: Sequence[str] | None = None) -> argparse.Namespace:
    """As given, or as the shipped model was made."""
    parser = adapt_recognizer.recipe_arguments(__doc__)
    parser.add_argument("--reader", default=READER, help="who reads the boards")
    parser.add_argument("--boards", type=int, default=400, help="made boards to learn from")
    parser.add_argument("--general", type=int, default=140, help="signs and printed pages to repeat")
    parser.add_argument("--steps", type=int, default=3600)
    parser.add_argument("--begin", metavar="MODEL", help="a detector of words that learns on")
    parser.add_argument("--photos", type=Path, help="photos without writing, for --begin")
    parser.set_defaults(rate=3e-4, seed=20)
    return parser.parse_args(given)


def lessons(given: argparse.Namespace, published: Detector) -> dict[str, list[Lesson]]:
    """All photos by kind, kept in --out as far as they were made or read."""
    data, out, seed = given.data, given.out, given.seed
    prints = (given.prints,) if given.prints else None  # those of the system
    hands = replace(adapt_recognizer.hands(data), prints=prints)
    printed = Sources(prints=prints, backgrounds=data / "backgrounds")
    signs = Making("signs", given.general // 2, printed, SIGN, seed, recoloured=True)
    pages = Making("pages", given.general - signs.many, printed, PAGE, seed)
    boards = [photo for photo in real(data, out, given.reader) if not photo.held_out]
    found = {
        "made": [lesson(photo) for photo in made(Making("boards", given.boards, hands, BOARD, seed), out)],
        "general": [lesson(photo, general=True) for kind in (signs, pages) for photo in made(kind, out)],
        "boards": [lesson(photo, scale=published.compute_map(photo.open())[1]) for photo in boards],
        "diagrams": [lesson(photo) for photo in diagrams(data / "diagrams" / "train") if not photo.held_out],
    }
    print({kind: len(some) for kind, some in found.items()}, flush=True)
    return found


def nothing(given: argparse.Namespace, net: Network, published: Network) -> list[Nothing]:
    """Views without writing in which the net sees words."""
    files = sorted(given.photos.iterdir()) if given.photos else []
    found = []
    for tile, known in textures.hard_tiles(
        HARD_TILES, [photo_file.open_photo(file) for file in files], net, published, seed=given.seed
    ):
        found.append(Nothing(tile, known))
        if len(found) % 100 == 0:
            print(f"without writing: {len(found)} of {HARD_TILES}", flush=True)
    return found


def main(arguments_given: Sequence[str] | None = None) -> int:
    """Make, read, train; go on where it was stopped. Returns 0 with the model in its place, 3 with more to do."""
    given = arguments(arguments_given)
    if (given.out / "model").exists():
        print(f"{given.out / 'model'} is there already: move it, or give another --out", file=sys.stderr)
        return 2
    given.out.mkdir(parents=True, exist_ok=True)
    os.environ["OCR_STUDIO_HOME"] = str((given.out / "home").resolve())
    tensorflow_setup.configure(ReaderOptions())
    published = model_weights.load_detector(registry.find(BASE))
    network = TensorFlowNetwork(published)
    found: dict[str, list[Any]] = {**lessons(given, Detector(network))}
    net = two_maps(published)
    if given.begin:
        begin = Path(given.begin)
        net = model_weights.load_detector(registry.in_folder(begin) if begin.exists() else registry.find(given.begin))
        found["nothing"] = nothing(given, TensorFlowNetwork(net), network)
    tiles = Tiles(found, network, given.seed)
    warm_up = max(1, given.steps // 20)
    schedule = keras.optimizers.schedules.CosineDecay(
        0.0, given.steps - warm_up, warmup_target=given.rate, warmup_steps=warm_up
    )
    optimizer = keras.optimizers.Adam(schedule, global_clipnorm=1.0)
    optimizer.build(net.trainable_variables)
    initial = [variable.numpy() for variable in net.trainable_variables]
    step, checkpoint = make_step(net, optimizer), given.out / "checkpoint.npz"
    state = [*net.trainable_variables, *optimizer.variables]
    done, began, losses = _resume(checkpoint, state), time.monotonic(), list[Any]()
    with ThreadPoolExecutor(1) as thread:
        waiting = deque(thread.submit(tiles.at, number) for number in range(done, min(done + 4, given.steps)))
        while done < given.steps:
            losses.append(step(*waiting.popleft().result()).numpy())
            done += 1
            if done + len(waiting) < given.steps:
                waiting.append(thread.submit(tiles.at, done + len(waiting)))
            if done % 50 == 0:
                minutes = (time.monotonic() - began) / 60
                print(f"{done}/{given.steps} {np.mean(losses[-50:], axis=0).round(4)} {minutes:.1f} min", flush=True)
            if done % 300 == 0 and done < given.steps:
                _save(checkpoint, state, done)
                if given.minutes and time.monotonic() - began > 60 * given.minutes:
                    thread.shutdown(cancel_futures=True)
                    return 3
    settings: dict[str, Setting] = {
        "rate": given.rate,
        "steps": given.steps,
        "batch": len(tiles.batch),
        "seed": given.seed,
    }
    if given.begin:
        settings["average"] = given.average
        for variable, old in zip(net.trainable_variables, initial, strict=True):
            variable.assign(old + given.average * (variable.numpy() - old))
    card = ModelCard(WORD_DETECTOR, "Words on whiteboards and diagrams", BASE, settings=settings)
    model_weights.save_model(given.out / "model", net if given.begin else words_alone(net), charset=None, card=card)
    checkpoint.unlink(missing_ok=True)
    return 0


def _resume(checkpoint: Path, state: Sequence[keras.Variable]) -> int:
    """Restore the state of a run. Returns how many steps are done."""
    if not checkpoint.exists():
        return 0
    with np.load(checkpoint, allow_pickle=False) as file:
        for index, variable in enumerate(state):
            variable.assign(file[f"{index}"])
        return int(file["done"])


def _save(checkpoint: Path, state: Sequence[keras.Variable], done: int) -> None:
    """Keep the state of a run; a kill leaves the last one."""
    half = checkpoint.with_name(f"half_{checkpoint.name}")
    np.savez(half, done=done, **{f"{index}": variable.numpy() for index, variable in enumerate(state)})
    os.replace(half, checkpoint)


if __name__ == "__main__":
    sys.exit(main())
