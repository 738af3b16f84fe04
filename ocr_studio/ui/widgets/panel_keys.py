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
        (later("Enter"), later("With Draw a box in hand: put a box in the middle")),
        (later("Esc"), later("Drop what is dragged, then the tool, then the selection")),
    ),
)
WRITING = OwnKeys(
    later("While you correct a word"),
    (
        (later("Enter"), later("Keep it and go on to the next")),
        (later("Ctrl+Enter"), later("Keep it and stay")),
        (later("Tab, Shift+Tab"), later("To the next word, or the one before; a text left alone says nothing")),
        (later("Alt+1 … Alt+5"), later("Take another reading")),
        (later("Ctrl+/"), later("Cut the word in two at the cursor")),
        (later("Esc"), later("Leave it as it was")),
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

# Of panels, each for its ``panel_keys``.
REVIEW_KEYS = (
    (later("Enter"), later("It is right, or as you have typed it; the next word")),
    (later("Ctrl+2 … Ctrl+9"), later("So many words are right, from this one on")),
    (later("PgDown"), later("All words in sight are right")),
    (later("Shift+Enter"), later("Back to the word before")),
    (later("1 … 7, or with Alt"), later("Take another text")),
    (later("F2"), later("To the letters that are doubted most, to be replaced; again: to the next ones")),
    (later("Tab"), later("While you type: take what is shown behind it. Else: pass this word by")),
    (later("Right, End"), later("While you type: take what is shown behind it, and type on")),
    ("F7", later("No text stands there")),
    ("F8", later("Nobody can read it")),
    ("F9", later("It does not count")),
    ("F10", later("Turn the box of a word that is shown upside down or on its side")),
    ("F5", later("Show the word on its photo")),
    (later("Ctrl+Z"), later("Take back the last word")),
)
FIX_KEYS = (
    (later("Space"), later("Tick this word, or not")),
    (later("Ctrl+A"), later("Tick all, or none")),
    (later("Enter"), later("Fix the ticked words")),
    (later("Esc"), later("Leave them as they are")),
)
FIND_KEYS = (
    (later("Enter, Down"), later("From the line to what was found; there Enter shows it on its photo")),
    (later("Esc"), later("Close")),
)
TEXT_KEYS = ((later("Enter, F2, double-click"), later("Correct the word at the cursor")),)

ALWAYS = (PHOTO_KEYS, MOUSE, WRITING, LIST)
