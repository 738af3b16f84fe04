"""How fast each architecture is beside those that come with the program: words a second, seconds a photo, memory; and
how much of the time of reading goes into searching for the likeliest texts, with and without knowledge of languages.

    python -m tests.benchmarks.architectures [--data ../shared/data] [--rounds 3] [--words 200] [--photos 2]

Crops and photos are real ones (boards, words in scenes). Networks that do not come with the program get weights of
chance: that changes neither what their layers cost nor their memory, but what they "read" would make the search
absurdly long, so their words a second are of the network and of preparing crops, and the search is timed with the
program's own weights only. Each runs in a process of its own, one after the other; the fastest round counts. Beside
seconds by the clock stand those of the processor, all its cores added up: they are told on a busy machine, too.
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from ocr_studio.core.images import photo_file
from ocr_studio.core.models import registry
from ocr_studio.engine import model_loader
from ocr_studio.engine.networks.tensorflow_network import TensorFlowNetwork
from tests.benchmarks.boards import truth
from tests.benchmarks.words import Crop, board_words, labelled_words

if TYPE_CHECKING:
    from ocr_studio.engine.detection.detector import Detector
    from ocr_studio.engine.recognition.recognizer import FrameProbabilities, Recognizer

READS: Final = ("default", "crnn", "light-crnn")
FINDS: Final = ("default", "craft", "light-craft")


def recognizer(architecture: str) -> Recognizer:
    """The program's own, or a network with weights of chance that knows as many letters as the published one."""
    from ocr_studio.core.language.charset import Charset
    from ocr_studio.core.models import registry
    from ocr_studio.core.models.downloads import CRNN
    from ocr_studio.engine.nets import architectures
    from ocr_studio.engine.recognition.crnn_recognizer import CrnnRecognizer
    from ocr_studio.engine.recognition.recognizer import Recognizer

    if architecture == "default":
        return model_loader.load_recognizer(registry.BUILT_IN)
    charset = Charset(CRNN.alphabet)
    kind = CrnnRecognizer if architecture == "crnn" else Recognizer
    net = architectures.build_recognizer_of(architecture, len(charset))
    return kind(TensorFlowNetwork(net, softmax=True), charset, name=architecture)


def detector(architecture: str) -> Detector:
    """The program's own, or a network with weights of chance."""
    from ocr_studio.engine.detection.craft_detector import CraftDetector
    from ocr_studio.engine.nets import architectures

    if architecture == "default":
        return model_loader.load_detector(registry.BUILT_IN_DETECTOR)
    return CraftDetector(TensorFlowNetwork(architectures.build_detector_of(architecture)))


@dataclass(frozen=True, slots=True)
class Seconds:
    """How long something takes: by the clock, and of the processor, all cores added up."""

    clock: float
    cores: float


def fastest(work: Callable[[], object], rounds: int) -> Seconds:
    """The fastest of so many rounds, after one that does not count."""
    work()
    clock, cores = [], []
    for _ in range(rounds):
        start, begun = time.perf_counter(), time.process_time()
        work()
        clock.append(time.perf_counter() - start)
        cores.append(time.process_time() - begun)
    return Seconds(min(clock), min(cores))


def megabytes() -> float:
    """The most memory that this process has taken so far."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def crops_of(data: Path, many: int) -> list[Crop]:
    """Words on boards and in scenes, half and half, evenly spread."""
    boards = board_words(data / "boards")
    scenes = labelled_words(data / "scene" / "iiit5k", "scenes", str.lower)
    return [*boards.sample(many // 2).crops, *scenes.sample(many - many // 2).crops]


def reading(architecture: str, data: Path, *, words: int, rounds: int) -> dict[str, Any]:
    """Words a second, memory, and of the program's own how long the search takes, as shares of reading."""
    from ocr_studio.core.language import lexicon

    crops = crops_of(data, words)
    before = megabytes()
    reads = recognizer(architecture)
    seconds = fastest(lambda: reads.run(crops), rounds)
    found: dict[str, Any] = {
        "words": len(crops) / seconds.clock,
        "cores": 1000 * seconds.cores / len(crops),
        "memory": megabytes() - before,
        "of": len(crops),
    }
    if architecture == "default":
        steps = [seen.without(reads._space) for seen in reads.run(crops)]
        found["search"] = {}
        for name, lexicons in (("alone", []), ("en", [lexicon.load_lexicon(("en",))])):
            reads.set_lexicons(lexicons)
            found["search"][name] = _search(reads, steps, seconds, rounds)
    return found


def _search(reads: Recognizer, steps: Sequence[FrameProbabilities], seeing: Seconds, rounds: int) -> dict[str, float]:
    """The share of all of reading that the search has, and all that follows on the network, where letters stand
    included. seeing: what the network takes for the same words.
    """
    search = fastest(lambda: reads._search(steps, reads.prior), rounds)
    whole = fastest(lambda: reads.transcribe(steps), rounds)
    return {
        "search": search.cores / (seeing.cores + whole.cores),
        "with letters": whole.cores / (seeing.cores + whole.cores),
        "search, by the clock": search.clock / (seeing.clock + whole.clock),
    }


def finding(architecture: str, data: Path, *, photos: int, rounds: int) -> dict[str, Any]:
    """Seconds that a photo is looked at, from its pixels to the maps, how large, and memory."""
    names = list(truth(data / "boards"))[:photos]
    opened = [photo_file.open_photo(data / "boards" / name) for name in names]
    before = megabytes()
    finds = detector(architecture)
    taken = [fastest(lambda photo=photo: finds.compute_map(photo), rounds) for photo in opened]  # type: ignore[misc]
    scales = [finds.options.scale(*photo.shape[:2]) for photo in opened]
    sides = [round(scale * max(photo.shape)) for scale, photo in zip(scales, opened, strict=True)]
    return {
        "seconds": float(np.mean([each.clock for each in taken])),
        "cores": float(np.mean([each.cores for each in taken])),
        "memory": megabytes() - before,
        "seen": max(sides),
    }


def whole_photos(data: Path, *, photos: int, rounds: int) -> dict[str, Any]:
    """The program as it is: seconds a photo, and which share of the processor's the search takes."""
    from ocr_studio.core.settings import ReaderOptions
    from ocr_studio.engine.reader import Reader

    reader = Reader(ReaderOptions())
    spent = [0.0]

    def timed(part: Callable[..., Any]) -> Callable[..., Any]:
        def work(*arguments: Any, **options: Any) -> Any:
            start = time.thread_time()  # (the next lines are looked at in another thread meanwhile)
            found = part(*arguments, **options)
            spent[0] += time.thread_time() - start
            return found

        return work

    # What is read once and what is read again after other looks goes through both.
    for name in ("_search", "_make_transcription"):
        setattr(reader.recognizer, name, timed(getattr(reader.recognizer, name)))
    opened = [photo_file.open_photo(data / "boards" / name) for name in list(truth(data / "boards"))[:photos]]

    def read() -> None:
        spent[0] = 0.0
        for photo in opened:
            for _ in reader.read_lines(photo, reader.find(photo)):
                pass

    taken = fastest(read, rounds)
    return {"seconds": taken.clock / len(opened), "search": spent[0] / taken.cores}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, default=Path("../shared/data"))
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--words", type=int, default=200)
    parser.add_argument("--photos", type=int, default=2)
    parser.add_argument("--only", help=argparse.SUPPRESS)  # one of them, in this process, as JSON
    given = parser.parse_args()
    if given.only:
        print(json.dumps(_one(given)))
        return
    print(f"{'reads':14}{'words/s (network)':>20}{'cores, ms/word':>16}{'memory, MB':>14}")
    for architecture in READS:
        found = _asked(f"reads {architecture}")
        print(f"{architecture:14}{found['words']:20.0f}{found['cores']:16.1f}{found['memory']:14.0f}", flush=True)
        for name, share in found.get("search", {}).items():
            figures = ", ".join(f"{what} {value:.1%}" for what, value in share.items())
            print(f"    of reading {found['of']} words, language {name}: {figures}", flush=True)
    print(f"{'finds':14}{'seconds/photo':>20}{'cores, s/photo':>16}{'memory, MB':>14}{'looks at, px':>14}")
    for architecture in FINDS:
        found = _asked(f"finds {architecture}")
        figures = f"{found['seconds']:20.2f}{found['cores']:16.2f}{found['memory']:14.0f}{found['seen']:14}"
        print(f"{architecture:14}{figures}", flush=True)
    found = _asked("photos")
    print(
        f"whole photos with the program's own: {found['seconds']:.2f} s, "
        f"of which the search and letters {found['search']:.1%}"
    )


def _asked(what: str) -> dict[str, Any]:
    """What a process of its own finds out."""
    command = [sys.executable, "-m", "tests.benchmarks.architectures", *sys.argv[1:], "--only", what]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        sys.exit(done.stderr[-2000:])
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found


def _one(given: argparse.Namespace) -> dict[str, Any]:
    from ocr_studio.core.settings import ReaderOptions
    from ocr_studio.engine.networks import tensorflow_setup

    tensorflow_setup.configure(ReaderOptions())
    what, _, architecture = given.only.partition(" ")
    if what == "reads":
        return reading(architecture, given.data, words=given.words, rounds=given.rounds)
    if what == "finds":
        return finding(architecture, given.data, photos=given.photos, rounds=given.rounds)
    return whole_photos(given.data, photos=given.photos, rounds=given.rounds)


if __name__ == "__main__":
    main()
