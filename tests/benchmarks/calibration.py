"""Whether confidence means something: of words that are shown with 0.9, are about 90 % right?

    python -m tests.benchmarks.calibration [--data FOLDER] [--many 1500] [--model NAME] [--fit]

For each set of word crops the curve: words by the confidence of the reading that is shown, how many of them are right,
and the expected calibration error, the mean distance of the two (Naeini et al. 2015; bins as wide as they are, words
counted). "before" is the probability that the net alone gives its best reading; "after" is what the program shows. What
is drawn here (``written_words``) is what the one constant was fitted on, by other hands than those that are measured;
boards, handwritten words and IIIT5K are measured only. Right is what has the same letters, large or small.
"""

from __future__ import annotations

import argparse
import math
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

if __package__ in (None, ""):  # run as a script
    sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from ocr_studio.engine.recognition import ctc
from ocr_studio.engine.recognition.language_prior import LanguagePrior
from ocr_studio.engine.recognition.recognizer import REREAD_BELOW, Crop, Recognizer, calibrate, merge_hypotheses
from tests.benchmarks.words import LANGUAGES, WordSet, board_words, labelled_words, letters_and_digits, our_recognizer
from tests.benchmarks.written_words import KINDS, Desk

EDGES: Final = (0.0, 0.2, 0.4, 0.6, 0.7, 0.8, 0.85, 0.9, 0.95, 0.99, 1.0001)
FITTED: Final = ("unipen words", "manual, fonts", "manual, letters")


@dataclass(frozen=True, slots=True)
class Judged:
    """The readings of a set's words. readings: best first. right: (N,), whether the first is."""

    words: WordSet
    readings: list[list[ctc.Hypothesis]]
    right: NDArray[np.bool_]

    def shown(self, temperature: float) -> NDArray[np.float64]:
        """The confidence of each first reading, (N,)."""
        return np.array([calibrate(found, temperature=temperature)[0] for found in self.readings])


def judged(words: WordSet, recognizer: Recognizer, prior: LanguagePrior | None) -> Judged:
    """What the recognizer makes of each word, looked at again where it is in doubt."""
    space = recognizer.charset.characters.index(" ") + 1

    def look(crops: Sequence[Crop], stretch: float = 1.0) -> list[list[ctc.Hypothesis]]:
        steps = [
            seen.without(space).probabilities for seen in recognizer.run(crops, width_factors=[stretch] * len(crops))
        ]
        return ctc.search_beams(steps, best=ctc.BEAMS, prior=prior)

    readings = look(words.crops)
    sure = [calibrate(found, temperature=recognizer.temperature)[0] for found in readings]
    doubtful = [index for index, chance in enumerate(sure) if readings[index][0].labels and chance < REREAD_BELOW]
    some = [words.crops[index] for index in doubtful]
    again = [look(some, stretch) for stretch in recognizer.width_factors]
    for index, *looks in zip(doubtful, *again, strict=True):
        found = merge_hypotheses([readings[index], *looks])
        readings[index] = sorted(found, key=lambda one: -math.log(max(one.confidence, 1e-30)) - one.weight)
    pairs = words.pairs([recognizer.charset.decode(found[0].labels) for found in readings])
    return Judged(words, readings, np.array([true == read for true, read in pairs]))


def error(shown: NDArray[np.float64], right: NDArray[np.bool_]) -> float:
    """Expected calibration error."""
    bins = np.digitize(shown, EDGES)
    far = [abs(shown[bins == one].mean() - right[bins == one].mean()) * (bins == one).mean() for one in np.unique(bins)]
    return float(sum(far))


def loss(shown: NDArray[np.float64], right: NDArray[np.bool_]) -> float:
    """Mean logarithmic loss, which is least where the confidences are true and tell most."""
    sure = np.where(right, shown, 1 - shown).clip(1e-4, 1.0)
    return float(-np.log(sure).mean())


def curve(title: str, shown: NDArray[np.float64], right: NDArray[np.bool_]) -> None:
    """Print the curve of one set."""
    print(f"{title:<28}{len(right):>6} words, {right.mean():6.1%} right; error {error(shown, right):.3f}")
    bins = np.digitize(shown, EDGES)
    for one in np.unique(bins):
        here = bins == one
        upper = min(EDGES[one], 1.0)
        print(
            f"    shown {EDGES[one - 1]:.2f} to {upper:.2f}  {here.sum():>6} words   "
            f"mean {shown[here].mean():.3f}   right {right[here].mean():.3f}"
        )


def written(data: Path, kind: str, many: int, *, train: bool) -> WordSet:
    """Words of one kind, drawn."""
    desk = Desk(data, train=train, rng=np.random.default_rng(1 if train else 2))
    words = list(KINDS[kind](desk, many))
    return WordSet(kind, [word.crop for word in words], [word.text for word in words], str.lower)


def fit(sets: Sequence[Judged]) -> float:
    """The constant for which the sets' mean loss is least."""
    tried = np.arange(0.8, 2.51, 0.05)
    losses = [np.mean([loss(one.shown(value), one.right) for one in sets]) for value in tried]
    return float(tried[int(np.argmin(losses))])


def main() -> None:
    """Print the curves."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, default=Path("../shared/data"), help="the folder with the labelled data")
    parser.add_argument("--many", type=int, default=1500, help="words of each kind that are drawn")
    parser.add_argument("--model", help="what reads; the program's choice if not given")
    parser.add_argument(
        "--fit", action="store_true", help="say which constant would be best, with and without language"
    )
    options = parser.parse_args()

    recognizer = our_recognizer(LANGUAGES, options.model)
    priors = {"before": None, "after": recognizer.prior}
    if options.fit:
        drawn = [written(options.data, kind, options.many, train=True) for kind in FITTED]
        for prior in priors.values():
            best = fit([judged(words, recognizer, prior) for words in drawn])
            known = "with" if prior else "without"
            print(f"{known} language, fitted on {', '.join(FITTED)}: {best:.2f} ({recognizer.temperature} is used)")
        return
    sets = [
        board_words(options.data / "boards"),
        labelled_words(options.data / "handwriting_words", "handwritten", str.lower),
        labelled_words(options.data / "scene" / "iiit5k", "iiit5k", letters_and_digits),
        *(written(options.data, kind, options.many, train=False) for kind in KINDS),
    ]
    table: list[str] = []
    for words in sets:
        before, after = (judged(words, recognizer, prior) for prior in priors.values())
        alone = np.array([found[0].confidence for found in before.readings])
        curve(f"{words.name}, before", alone, before.right)
        curve(f"{words.name}, after", after.shown(recognizer.temperature), after.right)
        pairs = ((alone, before.right), (after.shown(recognizer.temperature), after.right))
        figures = [value for of in (error, loss) for value in (of(*pair) for pair in pairs)]
        table.append(f"{words.name:<20}" + "".join(f"{value:>10.3f}" for value in figures))
    print(f"\n{'':<20}{'calibration error':>20}{'mean log loss':>20}")
    print(f"{'set':<20}" + f"{'before':>10}{'after':>10}" * 2)
    print("\n".join(table))


if __name__ == "__main__":
    main()
