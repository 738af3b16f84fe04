"""What a person asks of synthetic words and boards, as a form on three pages."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QCheckBox, QFormLayout, QFrame, QScrollArea, QSpinBox, QTabWidget, QWidget

from ocr_studio.core.synth.options import LIMITS, SynthOptions
from ocr_studio.core.translation import later, tr, tr_n
from ocr_studio.ui.synth.form_rows import PathRow, ShareKind, Shares
from ocr_studio.ui.widgets.combo_box import Choice
from ocr_studio.ui.widgets.language_picker import LanguageChoice
from ocr_studio.ui.widgets.plain_label import PlainLabel
from ocr_studio.ui.widgets.slider import Knob, KnobSpec

_WRITING: Final = (
    ShareKind("strokes", later("People, whole words"), later("Words as people wrote them with a pen"),
         later("Give a file of pen strokes first")),
    ShareKind("composed", later("People, letter by letter"), later("Any word, put together from one person’s letters"),
         later("Give a file of pen strokes first")),
    ShareKind("handwriting", later("Handwriting fonts"), later("Fonts that look like somebody’s hand"),
         later("Give a folder of handwriting fonts first")),
    ShareKind("print", later("Printed letters"), later("Fonts as books and labels have them")),
    ShareKind("made", later("Made-up hands"), later("Hands that the program makes up; they need no file")),
)  # fmt: skip
_GROUNDS: Final = (
    ShareKind("whiteboard", later("Whiteboards"), later("Drawn by the program, with frame and tray")),
    ShareKind("real", later("Your photos of boards"), later("Photos of empty boards, walls or paper"),
         later("Give a folder of photos of empty boards first")),
    ShareKind("paper", later("Paper"), later("Plain, ruled or squared")),
    ShareKind("blackboard", later("Blackboards"), later("Chalk on green or black")),
    ShareKind("glass", later("Glass"), later("A pane with a room behind it")),
)  # fmt: skip
_SIDES: Final = (1024, 1280, 1600, 2048, 3072, 4096)
# In steps of a person's choice, not of the program's.
_STEPS: Final = {"words": 500, "boards": 10, "held_out": 5, "seed": 1}


class SynthForm(QTabWidget):
    """Shows options for changing. Signals: ``changed()`` a person has changed something."""

    changed = Signal()

    def __init__(self, options: SynthOptions) -> None:
        super().__init__()
        self.setDocumentMode(True)
        self._options = options
        self._make_numbers()
        self.cut = QCheckBox(tr("Words of the boards one by one, too"))
        self.cut.setToolTip(tr("Each word of a board also counts as a word to learn reading from"))
        self.only_words = QCheckBox(tr("Nothing but these words"))
        self.only_words.setToolTip(
            tr(
                "Single words come without figures, code and signs among them. On boards these still come, and so among"
                " the words of boards."
            )
        )
        self.languages = LanguageChoice(options.languages, none=tr("None"))
        self._make_paths()
        self.writing = Shares(_WRITING, self._has_writing)
        self.grounds = Shares(_GROUNDS, lambda key: key != "real" or self.backgrounds.path is not None)
        self.spoiled = Knob(_spoiled(), options.spoiled)
        sides = sorted({*_SIDES, options.side})
        self.side = Choice([(str(side), _said_side(side)) for side in sides], str(options.side), tr("Size of boards"))
        for title, page in (
            (tr("How &many"), self._counts()),
            (tr("&Writing"), self._hands()),
            (tr("B&oard and photo"), self._surfaces()),
        ):
            self.addTab(_scrolled(page), title)
        self.show_options(options)
        self._connect()

    @property
    def options(self) -> SynthOptions:
        """What is chosen."""
        return replace(
            self._options,
            words=self.words.value(),
            boards=self.boards.value(),
            cut=self.cut.isChecked(),
            seed=self.seed.value(),
            languages=self.languages.chosen(),
            word_list=self.word_list.path,
            only_words=self.only_words.isChecked(),
            fonts=self.fonts.path,
            prints=self.prints.path,
            strokes=self.strokes.paths,
            backgrounds=self.backgrounds.path,
            writing=self.writing.shares,
            grounds=self.grounds.shares,
            spoiled=self.spoiled.value,
            side=int(self.side.currentData()),
            held_out=self.held_out.value() / 100,
        )

    def show_options(self, options: SynthOptions) -> None:
        """Show these; nothing is said."""
        self._options = options
        spins = (self.words, self.boards, self.seed, self.held_out)
        fields = (*spins, self.cut, self.only_words, self.languages, self.side)
        before = [field.blockSignals(True) for field in fields]
        self.words.setValue(options.words)
        self.boards.setValue(options.boards)
        self.seed.setValue(options.seed)
        self.held_out.setValue(round(100 * options.held_out))
        self.cut.setChecked(options.cut)
        self.only_words.setChecked(options.only_words)
        self.side.setCurrentIndex(max(0, self.side.findData(str(options.side))))
        for field, blocked in zip(fields, before, strict=True):
            field.blockSignals(blocked)
        for row, path in (
            (self.word_list, options.word_list),
            (self.fonts, options.fonts),
            (self.prints, options.prints),
            (self.backgrounds, options.backgrounds),
        ):
            row.show_paths([path] if path else [])
        self.strokes.show_paths(options.strokes)
        self.writing.show_shares(options.writing)
        self.grounds.show_shares(options.grounds)
        self.spoiled.set_value(options.spoiled)
        self._offer()

    def _make_numbers(self) -> None:
        self.words = _number("words", tr("Single words"))
        self.boards = _number("boards", tr("Whole boards"))
        self.held_out = _number("held_out", tr("Held out"), scale=100)
        self.held_out.setSuffix(" %")
        self.held_out.setSpecialValueText(tr("Nothing"))
        self.seed = _number("seed", tr("Number of the draw"))
        self.seed.setToolTip(tr("With the same number the same is drawn again, with another one something else"))

    def _make_paths(self) -> None:
        self.word_list = PathRow(
            tr("List of words"), placeholder=tr("Words of the languages above"), files=tr("Text files (*.txt)")
        )
        self.fonts = PathRow(tr("Folder of handwriting fonts"), placeholder=tr("None"))
        self.prints = PathRow(tr("Folder of printed fonts"), placeholder=tr("Those of this computer"))
        self.strokes = PathRow(
            tr("Files of pen strokes"), placeholder=tr("None"), files=tr("Pen strokes (*.npz)"), several=True
        )
        self.backgrounds = PathRow(tr("Folder of photos of empty boards"), placeholder=tr("None"))

    def _counts(self) -> QWidget:
        page, form = _page()
        _add(form, tr("&Single words"), self.words, tr("Pictures of one word each. From them a model learns to read."))
        _add(
            form,
            tr("Whole &boards"),
            self.boards,
            tr("Photos of boards on which the place of every word is known. From them a model learns to find words."),
        )
        form.addRow(self.cut)
        _add(
            form,
            tr("&Held out"),
            self.held_out,
            tr(
                "Not learned from, but read afterwards to see whether a model has become better. Its fonts, hands and"
                " photos are in nothing else."
            ),
        )
        _add(form, tr("&Number of the draw"), self.seed, tr("Another number draws other words and boards."))
        return page

    def _hands(self) -> QWidget:
        page, form = _page()
        _add(form, tr("&Languages"), self.languages)
        _add(form, tr("List of wor&ds"), self.word_list)
        form.addRow(self.only_words)
        _add(form, tr("Handwriting &fonts"), self.fonts)
        _add(form, tr("Printed fon&ts"), self.prints)
        _add(form, tr("&Pen strokes"), self.strokes)
        form.addRow(_title(tr("How often who writes")))
        form.addRow(self.writing)
        return page

    def _surfaces(self) -> QWidget:
        page, form = _page()
        _add(form, tr("&Empty boards"), self.backgrounds)
        _add(form, tr("Si&ze of boards"), self.side)
        form.addRow(self.spoiled)
        form.addRow(_title(tr("How often on what")))
        form.addRow(self.grounds)
        return page

    def _connect(self) -> None:
        for number in (self.words, self.boards, self.held_out, self.seed):
            number.valueChanged.connect(self._change)
        self.cut.toggled.connect(self._change)
        self.only_words.toggled.connect(self._change)
        self.side.currentIndexChanged.connect(self._change)
        self.spoiled.turned.connect(self._change)
        for part in (
            self.languages, self.word_list, self.fonts, self.prints, self.strokes, self.backgrounds, self.writing,
            self.grounds,
        ):  # fmt: skip
            part.changed.connect(self._change)

    def _has_writing(self, key: str) -> bool:
        if key in ("strokes", "composed"):
            return bool(self.strokes.paths)
        return key != "handwriting" or self.fonts.path is not None

    def _change(self) -> None:
        self._offer()
        self.changed.emit()

    def _offer(self) -> None:
        self.cut.setEnabled(self.boards.value() > 0)
        self.languages.setEnabled(self.word_list.path is None)
        self.writing.look()
        self.grounds.look()


def _spoiled() -> KnobSpec:
    return KnobSpec(
        "spoiled",
        tr("How bad the photos are"),
        *LIMITS["spoiled"],
        0.05,
        lambda value: f"{100 * value:.0f} %",
        tr("Sharp, evenly lit, straight on."),
        tr("Blurred, noisy, with shadows and glare, from the side. The middle is as people take photos."),
    )


def _said_side(side: int) -> str:
    return tr_n("{count} pixel on the longer side", "{count} pixels on the longer side", side)


def _number(key: str, name: str, *, scale: int = 1) -> QSpinBox:
    low, high = LIMITS[key]
    box = QSpinBox()
    box.setRange(round(scale * low), round(scale * high))
    box.setSingleStep(_STEPS[key])
    box.setGroupSeparatorShown(key != "seed")
    box.setAccessibleName(name)
    box.setMinimumHeight(28)
    box.lineEdit().setTextMargins(6, 0, 6, 0)
    return box


def _page() -> tuple[QWidget, QFormLayout]:
    page = QWidget()
    form = QFormLayout(page)
    form.setContentsMargins(0, 14, 14, 8)
    form.setHorizontalSpacing(16)
    form.setVerticalSpacing(9)
    form.setLabelAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
    form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.ExpandingFieldsGrow)
    return page, form


def _add(form: QFormLayout, title: str, field: QWidget, note: str = "") -> None:
    label = PlainLabel(title)
    label.setBuddy(field)
    form.addRow(label, field)
    if note:
        said = PlainLabel(note)
        said.setWordWrap(True)
        said.setProperty("quiet", True)
        form.addRow(said)
        field.setAccessibleDescription(note)


def _title(text: str) -> PlainLabel:
    label = PlainLabel(text)
    label.setProperty("quiet", True)
    label.setContentsMargins(0, 8, 0, 0)
    return label


def _scrolled(page: QWidget) -> QScrollArea:
    scroll = QScrollArea(widgetResizable=True)
    scroll.setFrameShape(QFrame.Shape.NoFrame)
    scroll.setWidget(page)
    # Nothing is cut off at the side; what there is no room for below is scrolled to.
    scroll.setMinimumWidth(page.minimumSizeHint().width() + scroll.verticalScrollBar().sizeHint().width())
    return scroll
