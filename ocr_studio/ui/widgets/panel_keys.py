"""Keys and mouse gestures that aren't actions, as they work in one place only; for the list of shortcuts."""

from __future__ import annotations

from dataclasses import dataclass

from ocr_studio.core.translation import later


@dataclass(frozen=True, slots=True)
class PanelKeys:
    """The keys of one place.

    Attributes:
        title: The place.
        rows: Keys or mouse gestures, and what they do.
    """

    title: str
    rows: tuple[tuple[str, str], ...]


MOUSE = PanelKeys(
    later("Mouse on the photo"),
    (
        (later("Click"), later("Select a word; click again for the word underneath")),
        (later("Double-click"), later("Correct a word")),
        (later("Shift+click, Ctrl+click"), later("Add a word to the selection, or remove it")),
        (later("Drag over words"), later("Select them")),
        (later("Drag a selected word"), later("Move it")),
        (later("Drag a corner or a side"), later("Resize the box; with Ctrl, move only that corner")),
        (later("Hold Alt while dragging"), later("Edges don’t snap to neighbours; a new box stays upright")),
        (later("Drag the round handle"), later("Rotate the box; with Shift, in steps")),
        (later("Mouse wheel"), later("Zoom; with Shift, scroll sideways")),
        (later("Drag with the middle button, or with Space held"), later("Move the photo")),
        (later("Right-click"), later("Open the menu of the selected words")),
    ),
)
PHOTO_KEYS = PanelKeys(
    later("On the photo"),
    (
        (
            later("Arrow keys"),
            later("Move the selected boxes or corner (farther with Shift); with nothing selected, move the photo"),
        ),
        (later("Hold Space"), later("Drag the photo")),
        (later("Enter"), later("With the Draw box tool: add a box in the middle")),
        (later("Esc"), later("Cancel dragging, then the tool, then the selection")),
    ),
)
WRITING = PanelKeys(
    later("While correcting a word"),
    (
        (later("Enter"), later("Save the text and go to the next word")),
        (later("Ctrl+Enter"), later("Save the text and stay on this word")),
        (later("Tab, Shift+Tab"), later("Next or previous word; unchanged text isn’t marked as checked")),
        (later("Alt+1 … Alt+5"), later("Use an alternative")),
        (later("Ctrl+/"), later("Split the word at the cursor")),
        (later("Esc"), later("Discard the change")),
    ),
)
LIST = PanelKeys(
    later("In the list of words"),
    (
        (later("Any letter or digit, F2"), later("Replace the text, or edit it")),
        (later("Alt+1 … Alt+5"), later("Use an alternative")),
        (later("Up, Down"), later("Previous or next word")),
        (later("Home, End"), later("First or last word")),
    ),
)

# The keys of panels, for their ``own_keys``.
REVIEW_KEYS = (
    (later("Enter"), later("Confirm the text shown, or save what you typed; then the next word")),
    (later("Ctrl+2 … Ctrl+9"), later("Confirm this number of words, starting with this one")),
    (later("PgDown"), later("Confirm all visible words")),
    (later("Shift+Enter"), later("Previous word")),
    (later("1 … 7, Alt+1 … Alt+7"), later("Use an alternative")),
    (later("F2"), later("Select the least confident characters to replace them; press again for the next ones")),
    (later("Tab"), later("Accept the completion; otherwise skip the word")),
    (later("Right, End"), later("Accept the completion and keep typing")),
    ("F7", later("Mark as no text")),
    ("F8", later("Mark as unreadable")),
    ("F9", later("Mark as ignored")),
    ("F10", later("Rotate the box of a word that is upside down or sideways")),
    ("F5", later("Show the word on its photo")),
    (later("Ctrl+Z"), later("Undo the last change; its word comes back")),
)
# In every list of changes; what Enter does there is said apart.
CHANGE_KEYS = (
    (later("Space"), later("Select or deselect this word")),
    (later("Shift+Space"), later("Select or deselect all words of this photo")),
    (later("Ctrl+A"), later("Select or deselect all words")),
    (later("Ctrl+Shift+A"), later("Select or deselect all words with the same change")),
)
FIX_KEYS = (*CHANGE_KEYS, (later("Enter"), later("Fix the selected words")), (later("Esc"), later("Cancel")))
FIND_KEYS = (
    (later("Enter, Down"), later("Go to the results; Enter on a result shows it on its photo")),
    *CHANGE_KEYS,
    (later("Enter"), later("In the list of replacements: replace the selected words")),
    (later("Ctrl+Enter"), later("In the list of replacements: show the word on its photo")),
    (later("Esc"), later("Close")),
)
TEXT_KEYS = (
    (later("Tab, Shift+Tab"), later("Next or previous uncertain word; typing replaces it")),
    (later("1 … 5, Alt+1 … Alt+5"), later("Use an alternative and go to the next uncertain word")),
    (later("Ctrl+Enter"), later("Confirm the word and go to the next uncertain word")),
    (later("Enter"), later("Start a new line; twice for a new block")),
    ("F2", later("Correct the word at the cursor on the photo")),
    (later("Esc"), later("Go back to the photo")),
)

ALWAYS = (PHOTO_KEYS, MOUSE, WRITING, LIST)
