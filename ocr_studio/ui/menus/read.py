"""The menu of reading, of judging it and of learning."""

from __future__ import annotations

from ocr_studio.ui.commands.spec import ActionSpec, Scope, Where
from ocr_studio.ui.menus.conditions import has_photo, has_selected
from ocr_studio.ui.menus.context import Parts
from ocr_studio.ui.training.run_control import Origin


def _evaluate(parts: Parts) -> None:
    if parts.opening.project is not None:
        parts.evaluating.start(parts.opening.project)


def _learn(parts: Parts) -> None:
    if parts.opening.project is not None:
        parts.opening.save()  # what has just been corrected counts, too
        parts.training.look_at(Origin(parts.opening.project))
    parts.trainer.open()


ACTIONS: tuple[ActionSpec[Parts], ...] = (
    ActionSpec(
        "read_page", "Read &photo", lambda p: p.reading.read_page(), "&Read", 1, "mdi6.text-recognition", ("Ctrl+R",),
        Where.TOOLBAR, tip="Find and read every word, deleted ones included; what a person wrote stays", when=has_photo,
        edits=True,
    ),
    ActionSpec(
        "read_words", "Read selected words &again", lambda p: p.reading.read_words(p.document.selection), "&Read", 1,
        "mdi6.refresh", ("R",), Where.BOTH, Scope.CANVAS,
        "Read the selected boxes again; what a person wrote stays",
        has_selected, True,
    ),
    ActionSpec(
        "read_unreviewed", "Read &unreviewed words again…", lambda p: p.choosing.rereading.read_unreviewed(), "&Read",
        1, "mdi6.refresh-circle", tip="Read every word that nobody has checked once more; you choose what to take over",
        when=lambda p: p.choosing.rereading.possible, edits=True, why="Every word here has been checked.",
    ),
    ActionSpec(
        "stop", "&Stop reading", lambda p: p.reading.cancel(), "&Read", 1, "mdi6.stop-circle-outline", ("Ctrl+.",),
        tip="Stop; what has been read so far stays", when=lambda p: p.reading.busy,
        why="Nothing is being read.",
    ),
    ActionSpec(
        "lines", "One box for each &line", lambda p: p.choosing.switch_unit(), "&Read", 2, "mdi6.format-align-left",
        tip="Photos that are read from now on get a box for each line of writing, not for each word",
        checked=lambda p: p.choosing.lines,
    ),
    ActionSpec(
        "finding", "&Finding writing…", lambda p: p.choosing.show_finding(), "&Read", 2, "mdi6.tune-variant",
        tip="Find fainter or smaller writing, or fewer smudges; shown on the open photo", looks=True,
    ),
    ActionSpec(
        "models", "&Models…", lambda p: p.choosing.modelling.show(), "&Read", 2, "mdi6.brain",
        tip="Which models can read, how well, and which one does", looks=True,
    ),
    ActionSpec(
        "compare_models", "&Compare with another model", lambda p: p.comparison.begin(), "&Read", 2,
        "mdi6.file-compare", tip="See which words of this photo another model reads differently, and take over from it",
        when=has_photo, looks=True,
    ),
    ActionSpec(
        "take_other", "Take over the &other reading", lambda p: p.comparison.take_current(), "&Read", 2,
        "mdi6.swap-horizontal", ("O",), scope=Scope.CANVAS, tip="The word gets what the other model reads there",
        when=lambda p: p.comparison.offers(p.document.current), edits=True,
        why="Compare with another model, and select a word that it reads differently.",
    ),
    ActionSpec(
        "next_other", "&Next word read differently", lambda p: p.comparison.go_on(), "&Read", 2,
        "mdi6.arrow-right-bold-outline", ("N",), scope=Scope.CANVAS,
        tip="Go to the next word that the other model reads differently", when=lambda p: p.comparison.offers_any,
        why="Compare with another model first.",
    ),
    ActionSpec(
        "evaluate", "&Evaluate", _evaluate, "&Read", 3, "mdi6.chart-box-outline", ("Ctrl+E",),
        tip="Read the photos of this folder again and compare with the words you have checked; nothing is changed",
        when=lambda p: p.opening.project is not None and not p.evaluating.busy,
        why="Open a photo first, or wait until the evaluation that is going on has ended.",
    ),
    ActionSpec(
        "synthesize", "Make synthetic &boards…", lambda p: p.synthesizing.ask(), "&Read", 4, "mdi6.auto-fix",
        tip="Draw words and boards whose text is known, for a model to learn from", looks=True,
    ),
    ActionSpec(
        "learn", "Lea&rn from my corrections", _learn, "&Read", 4, "mdi6.school-outline", ("Ctrl+L",), Where.TOOLBAR,
        tip="The recognizer learns to read this writing from the words you have checked; you decide whether to keep it",
        when=lambda p: p.opening.project is not None or p.training.busy,
    ),
)  # fmt: skip
