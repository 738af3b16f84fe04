"""What holds for every panel that a person opens and closes, whatever it shows, and for their places."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QScrollArea
from pytestqt.qtbot import QtBot

from ocr_studio.ui.app import window_state
from ocr_studio.ui.app.app import Studio, use_theme
from ocr_studio.ui.app.window_layout import PHOTO_SHARE, TASKS, TaskLayout, fit
from ocr_studio.ui.widgets.side_panel import SidePanel
from tests.ui.studio import Open


@pytest.fixture
def studio(open_studio: Open, folder: Path) -> Studio:
    return open_studio(folder / "board 1.png")


def _share(studio: Studio) -> float:
    window = studio.window
    return window.centre.width() / window.layouts.parts.width()


def _tabs(studio: Studio) -> list[str]:
    tabs = studio.window.side.tabs
    return [tabs.tabText(at) for at in range(tabs.count())]


def test_all_are_among_the_parts_and_closed_at_the_start(studio: Studio) -> None:
    window = studio.window
    assert set(window.panels) == set(window.findChildren(SidePanel))
    assert not any(panel.isVisible() or panel.is_open for panel in window.panels)
    names = [panel.objectName() for panel in window.panels]
    assert "" not in names
    assert len(set(names)) == len(names)
    assert _tabs(studio) == ["Words", "Text", "Review", "Find", "Training"]


def test_a_click_on_the_tab_of_the_words_leads_to_their_table(studio: Studio) -> None:
    window, tabs = studio.window, studio.window.side.tabs
    window.texts.panel.edit()
    assert window.texts.panel.text.hasFocus()
    QTest.mouseClick(tabs, Qt.MouseButton.LeftButton, pos=tabs.tabRect(0).center())
    assert window.table.hasFocus()
    tabs.setFocus()  # with the keyboard the focus stays on the tabs
    QTest.keyClick(tabs, Qt.Key.Key_Right)
    QTest.keyClick(tabs, Qt.Key.Key_Left)
    assert tabs.hasFocus()


def test_a_command_leads_to_the_list_of_words_from_anywhere(studio: Studio, qtbot: QtBot) -> None:
    window = studio.window
    window.find_panel.begin("the")
    assert window.find_panel.line.hasFocus()
    window.action_set["go_to_words"].trigger()
    assert window.table.hasFocus()
    assert window.side.front is window.side.pages[0]
    window.side.move_out(window.side.pages[0])
    window.view.setFocus()
    window.action_set["go_to_words"].trigger()
    qtbot.waitUntil(window.table.hasFocus)


def test_the_menu_view_opens_each_and_its_button_closes_it(studio: Studio, qtbot: QtBot) -> None:
    window = studio.window
    in_menu = window.action_set.menu("&View").actions()
    for panel in window.panels:
        action = panel.toggleViewAction()
        assert action in in_menu
        action.trigger()
        assert panel.isVisible()
        assert action.isChecked()
        # One page is shown at a time, and never without its tab.
        assert [page for page in window.side.pages if page.isVisible()] == [panel]
        assert panel.tab_title in _tabs(studio)
        assert panel.closer.accessibleName() == f"Close: {panel.windowTitle()}"
        assert not panel.closer.icon().isNull()
        QTest.mouseClick(panel.closer, Qt.MouseButton.LeftButton)
        assert not panel.isVisible()
        assert not action.isChecked()
        assert window.table.isVisible()


@pytest.mark.usefixtures("styled")
def test_another_theme_reaches_them(studio: Studio) -> None:
    panels = studio.window.panels
    before = [panel.closer.icon().cacheKey() for panel in panels]
    use_theme("dark")
    studio.window.retint()
    assert all(panel.closer.icon().cacheKey() != key for panel, key in zip(panels, before, strict=True))


def test_a_panel_tells_the_actions_to_look_again(studio: Studio) -> None:
    action = studio.window.action_set["open"]
    for panel in studio.window.panels:
        action.setEnabled(False)
        panel.changed.emit()
        assert studio.window.action_set["open"].isEnabled()


@pytest.mark.parametrize("total", [640, 720, 960, 1280, 1440, 1920])
@pytest.mark.parametrize("wanted", [*TASKS.values(), TaskLayout(photos=700, side=1500)])
def test_the_photo_is_never_below_its_share_unless_the_user_wants_that(total: int, wanted: TaskLayout) -> None:
    photos, side = fit(total, wanted)
    assert total - photos - side >= PHOTO_SHARE * total - 1
    assert side >= 340
    assert photos == 0 or photos >= 150
    insisting = fit(total, wanted, insists=True)
    assert insisting[0] > 0
    assert total - sum(insisting) >= PHOTO_SHARE * total - 1


@pytest.mark.parametrize("size", [(640, 360), (1280, 720)])
@pytest.mark.usefixtures("styled")
def test_window_and_photo_keep_their_size_whatever_is_opened(
    studio: Studio, size: tuple[int, int], qtbot: QtBot
) -> None:
    window = studio.window
    window.resize(*size)
    for panel in window.panels:
        panel.open()
        qtbot.wait(20)
        assert (window.width(), window.height()) == size, panel.objectName()
        assert _share(studio) >= PHOTO_SHARE - 0.005, panel.objectName()
        room = panel.widget()
        assert isinstance(room, QScrollArea)
        # Nothing is cut off: what does not fit is scrolled to.
        inside = room.widget()
        assert inside is not None
        assert inside.width() >= inside.minimumSizeHint().width()
    window.review.open()
    qtbot.wait(20)
    assert window.review.line.visibleRegion().boundingRect().height() >= 0.9 * window.review.line.height()


def test_the_panels_get_their_widths_back_after_a_small_window(studio: Studio, qtbot: QtBot) -> None:
    window = studio.window
    window.resize(1400, 800)
    before = window.layouts.parts.sizes()
    window.resize(640, 400)
    assert not window.photos_panel.isVisible()
    window.resize(1400, 800)
    assert window.layouts.parts.sizes() == before
    assert window.photos_panel.isVisible()


def _drag_side(studio: Studio, by: int) -> None:
    handle = studio.window.layouts.parts.handle(2)
    middle = handle.rect().center()
    QTest.mousePress(handle, Qt.MouseButton.LeftButton, pos=middle)
    QTest.mouseMove(handle, middle + type(middle)(by, 0))
    QTest.mouseRelease(handle, Qt.MouseButton.LeftButton, pos=middle)


def test_each_task_keeps_the_layout_that_the_user_gave_it(
    studio: Studio, open_studio: Open, folder: Path, qtbot: QtBot
) -> None:
    window = studio.window
    window.resize(1400, 800)
    width = window.side.width()
    window.review.open()
    _drag_side(studio, -300)
    dragged, share = window.side.width(), _share(studio)
    assert dragged > width + 200
    assert share < PHOTO_SHARE  # as the user wants it
    window.layouts.photos_action.trigger()
    window.side.tabs.setCurrentIndex(0)  # the words
    assert window.side.width() == width
    assert window.photos_panel.isVisible()
    window.review.open()
    assert abs(window.side.width() - dragged) <= 1
    assert not window.photos_panel.isVisible()
    other = open_studio()
    other.window.resize(1400, 800)
    other.window.layouts.restore(window.layouts.saved())
    assert not other.window.side.isVisible()  # the start page is all there is
    other.opening.open_paths([folder / "board 2.png"])
    qtbot.waitUntil(other.window.review.isVisible)
    assert abs(other.window.side.width() - dragged) <= 1
    other.window.action_set["reset_layout"].trigger()
    assert not other.window.review.isVisible()
    assert (other.window.side.width(), other.window.photos_panel.isVisible()) == (width, True)


def test_a_restart_shows_the_panel_that_was_in_front(open_studio: Open, folder: Path, qtbot: QtBot) -> None:
    studio = open_studio()
    studio.window.layouts.restore({"task": "correct", "tasks": {"correct": {"front": "text", "side": 500}}})
    assert not studio.window.side.isVisible()
    studio.opening.open_paths([folder / "board 1.png"])
    qtbot.waitUntil(studio.window.texts.panel.isVisible)
    assert studio.window.view.hasFocus()


@pytest.mark.parametrize("out", [(), ("review",)])
def test_a_restart_with_the_queue_leaves_photo_and_focus(
    open_studio: Open, folder: Path, qtbot: QtBot, out: tuple[str, ...]
) -> None:
    first = open_studio(folder / "board 1.png")  # with the first words of the queue
    assert first.autosave.flush()
    first.window.close()
    studio = open_studio()
    review = studio.window.review
    studio.window.layouts.restore({"task": "review", "tasks": {"review": {"front": "review"}}, "out": out})
    studio.opening.open_paths([folder / "board 2.png"])
    qtbot.waitUntil(lambda: review.isVisible() and review.card.has_card and not studio.busy)
    assert studio.opening.path == folder / "board 2.png"
    assert review.word_focus.apart
    assert "F5" in review.apart.text()
    assert not review.word_focus.busy
    assert not review.line.hasFocus()
    # Once the user goes on in the queue, the photo follows.
    review.window().activateWindow()
    review.line.setFocus()
    qtbot.waitUntil(lambda: studio.opening.path == folder / "board 1.png" and not review.word_focus.apart)


def test_focus_mode_leaves_the_photo_and_one_panel(studio: Studio) -> None:
    window, action = studio.window, studio.window.action_set["focus_mode"]
    window.resize(1400, 800)
    window.texts.panel.open()
    action.trigger()
    assert action.isChecked()
    hidden = window._toolbar, window.photos_panel, window.side.tabs
    assert not any(part.isVisible() for part in hidden)
    assert window.texts.panel.isVisible()
    assert window.view.isVisible()
    action.trigger()
    assert all(part.isVisible() for part in hidden)


def test_a_panel_moves_to_a_window_of_its_own_and_back(studio: Studio, qtbot: QtBot) -> None:
    window, panel = studio.window, studio.window.find_panel
    panel.begin("the")
    window.action_set["move_panel"].trigger()
    own = panel.window()
    assert own is not window
    assert own.isVisible()
    assert panel.main_window is window
    assert window.table.isVisible()
    QTest.mouseClick(own.back, Qt.MouseButton.LeftButton)  # type: ignore[attr-defined]
    assert panel.window() is window
    assert panel.isVisible()
    assert panel.line.text() == "the"
    window.side.move_out(panel)
    panel.window().close()
    qtbot.waitUntil(lambda: not panel.is_open)
    assert panel.window() is window
    # So does the table of words, which is always open.
    words = window.side.pages[0]
    window.side.move_out(words)
    assert words.isVisible()
    window.action_set["reset_layout"].trigger()
    assert words.window() is window
    assert window.side.front is words


def test_keys_in_a_window_of_its_own_find_the_actions_as_they_are_now(studio: Studio) -> None:
    window = studio.window
    words = window.side.pages[0]
    window.side.move_out(words)
    words.window().activateWindow()
    window.table.setFocus()
    [key, *_] = studio.document.order()
    studio.document.select([key])
    QTest.keyClick(window.table, Qt.Key.Key_Delete)
    assert key not in studio.document.order()
    QTest.keyClick(window.table, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert key in studio.document.order()


def test_the_layout_can_be_reset_before_a_photo_is_open(open_studio: Open, folder: Path, qtbot: QtBot) -> None:
    studio = open_studio()
    layouts = studio.window.layouts
    layouts.restore({"task": "correct", "tasks": {"correct": {"front": "text", "side": 500}}, "out": ["review"]})
    studio.window.action_set["reset_layout"].trigger()
    assert layouts.saved()["out"] == ()
    studio.opening.open_paths([folder / "board 2.png"])
    qtbot.waitUntil(lambda: studio.document.page is not None and not studio.busy)
    qtbot.wait(50)
    assert studio.window.side.front is studio.window.side.pages[0]
    assert not studio.window.review.isVisible()


def test_a_panel_that_was_closed_is_opened_again(studio: Studio, open_studio: Open) -> None:
    start = open_studio().window  # without a photo
    words_out = studio.window
    words_out.side.move_out(words_out.side.pages[0])
    for window, panel in ((start, start.trainer), (words_out, words_out.find_panel)):
        for _ in range(2):
            panel.toggleViewAction().trigger()
            assert panel.isVisible()
            panel.close()
            assert not panel.isVisible()
            assert not window.side._stack.isVisible()


def test_moving_a_panel_out_shows_no_panel_but_the_next_in_front(studio: Studio) -> None:
    window, text = studio.window, studio.window.texts.panel
    shown: list[str] = []
    for panel in window.panels:
        panel.visibilityChanged.connect(lambda on, panel=panel: shown.append(panel.objectName()) if on else None)
    text.open()
    window.side.move_out(text)
    assert set(shown) == {"text"}
    assert window.table.isVisible()
    window.side.move_out(window.side.pages[0])
    assert set(shown) == {"text"}
    assert not window.review.word_focus.active
    window.side.move_in(text)
    assert [page for page in window.side.pages if page.isVisible()] == [window.side.pages[0], text]


def test_closing_the_window_closes_those_of_panels(studio: Studio, open_studio: Open, qtbot: QtBot) -> None:
    window, panel = studio.window, studio.window.find_panel
    panel.begin("the")
    window.side.move_out(panel)
    own = panel.window()
    # A window that refuses to close would keep the program from quitting.
    assert window.close()
    assert not own.isVisible()
    other = open_studio().window
    other.state.restore()
    assert panel.objectName() in other.layouts._reopens


def test_the_window_of_a_panel_does_not_refuse_to_close(studio: Studio, qtbot: QtBot) -> None:
    window, panel = studio.window, studio.window.texts.panel
    panel.open()
    window.side.move_out(panel)
    assert panel.window().close()
    qtbot.waitUntil(lambda: not panel.is_open)
    assert panel.window() is window
    words = window.side.pages[0]
    window.side.move_out(words)
    assert words.window().close()
    qtbot.waitUntil(words.isVisible)
    assert words.window() is window


@pytest.mark.usefixtures("styled")
def test_another_theme_reaches_the_windows_of_panels(studio: Studio) -> None:
    side, panel = studio.window.side, studio.window.find_panel
    side.move_out(panel)
    back = panel.window().back  # type: ignore[attr-defined]
    before = back.icon().cacheKey()
    use_theme("dark")
    studio.window.retint()
    assert back.icon().cacheKey() != before


def test_a_panel_with_news_does_not_cover_what_is_being_typed_in(studio: Studio) -> None:
    window = studio.window
    window.table.setFocus()
    window.trainer.reveal()
    assert window.table.isVisible()
    assert "• Training" in _tabs(studio)
    window.view.setFocus()
    window.trainer.reveal()
    assert window.trainer.isVisible()
    assert "Training" in _tabs(studio)


def test_news_of_the_panel_that_is_used_leave_it_in_front(studio: Studio) -> None:
    window = studio.window
    window.trainer.open()
    window.trainer.preflight.column.advanced.setFocus()
    assert window.trainer.isAncestorOf(window.focusWidget())
    window.trainer.reveal()
    assert window.side.front is window.trainer
    assert window.side.tabs.tabText(window.side.tabs.currentIndex()) == "Training"
    assert window.trainer.isVisible()


def test_the_window_fits_on_its_screen(studio: Studio, open_studio: Open) -> None:
    window = studio.window
    window.resize(3000, 2000)
    window_state.save(window_state.describe(window, {}))
    other = open_studio().window
    window_state.restore(other)
    room = other.screen().availableGeometry()
    assert other.width() <= room.width()
    assert other.height() <= room.height()
