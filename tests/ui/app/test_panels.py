"""What holds for every panel that a person opens and closes, whatever it shows."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QScrollArea
from pytestqt.qtbot import QtBot

from ocr_studio.ui.app.app import Studio, use_theme
from ocr_studio.ui.widgets.dock_panel import PanelDock
from ocr_studio.ui.words.word_pictures import SIZE
from tests.ui.studio import Open


@pytest.fixture
def studio(open_studio: Open, folder: Path) -> Studio:
    return open_studio(folder / "board 1.png")


def _in_sight(panel: PanelDock) -> bool:
    return not panel.visibleRegion().isEmpty()


def _close(panel: PanelDock) -> None:
    assert panel.closer.isVisible()
    QTest.mouseClick(panel.closer, Qt.MouseButton.LeftButton)


def test_all_are_among_the_parts_and_closed_at_the_start(studio: Studio) -> None:
    window = studio.window
    assert set(window.panels) == set(window.findChildren(PanelDock))
    assert window.panels[:2] == (window.evaluation, window.trainer)
    assert not any(panel.isVisible() for panel in window.panels)
    names = [panel.objectName() for panel in window.panels]
    assert "" not in names
    assert len(set(names)) == len(names)


def test_the_menu_view_opens_each_and_its_button_closes_it(studio: Studio, qtbot: QtBot) -> None:
    window = studio.window
    in_menu = window.action_set.menu("&View").actions()
    for panel in window.panels:
        assert panel.toggleViewAction() in in_menu
        panel.toggleViewAction().trigger()
        qtbot.waitUntil(panel.isVisible)
        assert window.dockWidgetArea(panel) == panel.area
        assert panel.closer.accessibleName() == f"Close: {panel.windowTitle()}"
        assert not panel.closer.icon().isNull()
        _close(panel)
        assert not panel.isVisible()


@pytest.mark.usefixtures("styled")
def test_panels_of_one_area_share_it_and_the_one_that_is_opened_is_seen(studio: Studio, qtbot: QtBot) -> None:
    window = studio.window
    for panel in window.panels:
        panel.open()
        same = {other for other in window.panels if other is not panel and other.area == panel.area}
        qtbot.waitUntil(partial(_in_sight, panel))
        for other in same:
            assert not _in_sight(other)
    for panel in window.panels:
        same = {other for other in window.panels if other is not panel and other.area == panel.area}
        assert set(window.tabifiedDockWidgets(panel)) == same
    # The table of words is always in sight, and so is most of the photo.
    assert not window.table.visibleRegion().isEmpty()
    assert window.view.height() > 100


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
        assert action.isEnabled()


@pytest.mark.parametrize("size", [(1360, 860), (1100, 700)])
@pytest.mark.usefixtures("styled")
def test_the_window_keeps_its_size_whatever_is_opened(studio: Studio, size: tuple[int, int], qtbot: QtBot) -> None:
    window = studio.window
    window.resize(*size)
    qtbot.wait(20)
    for panel in window.panels:
        panel.open()
        qtbot.wait(50)
        assert (window.width(), window.height()) == size, panel.objectName()
    for panel in window.panels:
        room = panel.widget()
        assert isinstance(room, QScrollArea)
        # Nothing is cut off: what does not fit is scrolled to.
        inside = room.widget()
        assert inside is not None
        assert room.viewport().width() >= inside.minimumSizeHint().width() or not room.isVisible()


@pytest.mark.usefixtures("styled")
def test_a_panel_that_is_opened_is_seen_as_a_whole_where_there_is_room(studio: Studio, qtbot: QtBot) -> None:
    window = studio.window
    window.resize(1360, 860)
    for panel in window.panels:
        panel.open()
        room = panel.widget()
        assert isinstance(room, QScrollArea)
        qtbot.wait(150)
        qtbot.waitUntil(lambda: not studio.busy)  # the board has been looked for, and what is said of it stands there
        qtbot.waitUntil(lambda room=room: not room.verticalScrollBar().isVisible())  # type: ignore[misc]
        panel.close()


@pytest.mark.usefixtures("styled")
def test_a_panel_with_a_list_has_room_for_some_rows_and_leaves_the_photo_its_share(
    studio: Studio, qtbot: QtBot
) -> None:
    window, fixes = studio.window, studio.window.fixes
    window.resize(1280, 800)
    fixes.open()
    qtbot.wait(150)
    assert fixes.list.tree.viewport().height() >= 3 * (SIZE.height() + 10)
    assert window.view.height() >= 0.4 * window.height()
    # Later, the height is what the user has made of it.
    window.resizeDocks([fixes], [250], Qt.Orientation.Vertical)
    fixes.close()
    fixes.open()
    qtbot.wait(150)
    assert fixes.height() < 300
