"""The actions of the Read menu: read, evaluate, train."""

from __future__ import annotations

from dataclasses import dataclass

from ocr_studio.ui.commands.spec import ActionSpec, Scope, Where
from ocr_studio.ui.document.document import Document
from ocr_studio.ui.document.open_photos import Opening
from ocr_studio.ui.evaluation.controller import EvaluationController
from ocr_studio.ui.menus.conditions import has_photo, has_selected
from ocr_studio.ui.reading.compare_panel import ComparisonPanel
from ocr_studio.ui.reading.controller import ReadingController
from ocr_studio.ui.reading.reread import Rereading
from ocr_studio.ui.settings.controller import SettingsController
from ocr_studio.ui.synth.controller import SynthController
from ocr_studio.ui.training.controller import TrainingController
from ocr_studio.ui.training.panel import TrainerPanel
from ocr_studio.ui.training.run_control import Origin


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadMenu:
    """What the Read menu works on."""

    document: Document
    opening: Opening
    reading: ReadingController
    evaluator: EvaluationController
    training: TrainingController
    trainer: TrainerPanel
    preferences: SettingsController
    comparison: ComparisonPanel
    rereading: Rereading
    synth: SynthController


def _evaluate(menu: ReadMenu) -> None:
    if menu.opening.project is not None:
        menu.evaluator.start(menu.opening.project)


def _learn(menu: ReadMenu) -> None:
    if menu.opening.project is not None:
        menu.opening.save()  # the latest corrections count, too
        menu.training.look_at(Origin(menu.opening.project))
    menu.trainer.open()


ACTIONS: tuple[ActionSpec[ReadMenu], ...] = (
    ActionSpec(
        "read_page", "Read &photo", lambda p: p.reading.read_page(), "&Read", 1, "mdi6.text-recognition", ("Ctrl+R",),
        Where.TOOLBAR, tip="Find and read all words, including deleted ones; your corrections are kept", when=has_photo,
        edits=True,
    ),
    ActionSpec(
        "read_words", "Read selected words &again", lambda p: p.reading.read_words(p.document.selection), "&Read", 1,
        "mdi6.refresh", ("R",), Where.BOTH, Scope.CANVAS,
        "Read the selected words again; your corrections are kept",
        has_selected, True,
    ),
    ActionSpec(
        "read_unreviewed", "Read &unchecked words again…", lambda p: p.rereading.read_unreviewed(), "&Read",
        1, "mdi6.refresh-circle", tip="Read all unchecked words again and choose which results to apply",
        when=lambda p: p.rereading.possible, edits=True, why="There are no unchecked words.",
    ),
    ActionSpec(
        "stop", "&Stop reading", lambda p: p.reading.cancel(), "&Read", 1, "mdi6.stop-circle-outline", ("Ctrl+.",),
        tip="Stop reading; words read so far are kept", when=lambda p: p.reading.busy,
        why="Nothing is being read.",
    ),
    ActionSpec(
        "lines", "One box per &line", lambda p: p.preferences.switch_unit(), "&Read", 2, "mdi6.format-align-left",
        tip="Use one box per line instead of one per word for photos you read from now on",
        checked=lambda p: p.preferences.lines,
    ),
    ActionSpec(
        "finding", "Text &detection…", lambda p: p.preferences.show_detection(), "&Read", 2, "mdi6.tune-variant",
        tip="Find fainter or smaller writing, or ignore smudges, with a preview on this photo", looks=True,
    ),
    ActionSpec(
        "models", "&Models…", lambda p: p.preferences.models_controller.show(), "&Read", 2, "mdi6.brain",
        tip="Choose the model that reads photos, and manage your models", looks=True,
    ),
    ActionSpec(
        "compare_models", "&Compare with another model", lambda p: p.comparison.begin(), "&Read", 2,
        "mdi6.file-compare",
        tip="Show the words of this photo that another model reads differently, and apply its texts",
        when=has_photo, looks=True,
    ),
    ActionSpec(
        "take_other", "Apply the &other model’s text", lambda p: p.comparison.take_current(), "&Read", 2,
        "mdi6.swap-horizontal", ("O",), scope=Scope.CANVAS,
        tip="Replace the text of this word with the other model’s text",
        when=lambda p: p.comparison.offers(p.document.current), edits=True,
        why="Compare with another model first, then select a word that it reads differently.",
    ),
    ActionSpec(
        "next_other", "&Next difference", lambda p: p.comparison.go_on(), "&Read", 2,
        "mdi6.arrow-right-bold-outline", ("N",), scope=Scope.CANVAS,
        tip="Go to the next word that the other model reads differently", when=lambda p: p.comparison.offers_any,
        why="Compare with another model first.",
    ),
    ActionSpec(
        "evaluate", "&Evaluate", _evaluate, "&Read", 3, "mdi6.chart-box-outline", ("Ctrl+E",),
        tip="Read the photos in this folder again and compare them with the checked words; nothing is changed",
        when=lambda p: p.opening.project is not None and not p.evaluator.busy,
        why="Open a photo first, or wait until the current evaluation has finished.",
    ),
    ActionSpec(
        "synthesize", "Generate synthetic &boards…", lambda p: p.synth.ask(), "&Read", 4, "mdi6.auto-fix",
        tip="Generate words and boards with known text, to train models", looks=True,
    ),
    ActionSpec(
        "learn", "T&rain model", _learn, "&Read", 4, "mdi6.school-outline", ("Ctrl+L",), Where.TOOLBAR,
        tip="Train a model on the words you have checked; you decide whether to use it",
        when=lambda p: p.opening.project is not None or p.training.busy,
    ),
)  # fmt: skip
