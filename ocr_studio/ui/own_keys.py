"""Keys and moves of the mouse that are no actions of the table, as they mean something at one place only."""

from __future__ import annotations

from dataclasses import dataclass

from ocr_studio.core.translation import later


@dataclass(frozen=True, slots=True)
class OwnKeys:
    """What can be done at one place. title: the place; rows: keys or moves of the mouse, and what they do."""

    title: str
    rows: tuple[tuple[str, str], ...]


MOUSE = OwnKeys(
    later("On the photo, with the mouse"),
    (
        (later("Click"), later("Select a word; click again for the one below it")),
        (later("Double-click"), later("Correct a word")),
        (later("Shift or Ctrl, and click"), later("Select one more, or one less")),
        (later("Drag over several"), later("Select them")),
        (later("Drag a selected word"), later("Move it")),
        (later("Drag a corner or a side"), later("Shape the box; with Ctrl the corner alone")),
        (later("Alt held while dragging"), later("Edges do not snap to neighbours; a new box stays upright")),
        (later("Drag the round handle"), later("Turn the box; with Shift in steps")),
        (later("Wheel"), later("Zoom; with Shift go sideways")),
        (later("Middle button, or space and drag"), later("Move the photo")),
        (later("Right button"), later("What can be done with the selected words")),
    ),
)
PHOTO_KEYS = OwnKeys(
    later("On the photo"),
    (
        (
            later("Arrows"),
            later("Move the selected boxes, or the picked corner; with Shift further. With none, the photo"),
        ),
        (later("Space held"), later("Drag the photo")),
        ("Enter", later("With Draw a box in hand: put a box in the middle")),
        ("Esc", later("Drop what is dragged, then the tool, then the selection")),
    ),
)
WRITING = OwnKeys(
    later("While you correct a word"),
    (
        ("Enter", later("Keep it and go on to the next")),
        ("Ctrl+Enter", later("Keep it and stay")),
        (later("Tab, Shift+Tab"), later("To the next word, or the one before; a text left alone says nothing")),
        (later("Alt+1 … Alt+5"), later("Take another reading")),
        ("Ctrl+/", later("Cut the word in two at the cursor")),
        ("Esc", later("Leave it as it was")),
    ),
)
LIST = OwnKeys(
    later("In the list of words"),
    (
        (later("Any letter or digit, F2"), later("Write the text anew, or correct it")),
        (later("Alt+1 … Alt+5"), later("Take another reading")),
        (later("Up, Down"), later("Go from word to word")),
    ),
)

ALWAYS = (PHOTO_KEYS, MOUSE, WRITING, LIST)
