"""Settings, recent files and places: kept whole, and never in anybody's way when damaged."""

from __future__ import annotations

import json
import logging
import os
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, fields, replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as how
from hypothesis import strategies as st

from ocr_studio.core import paths, settings
from ocr_studio.core.errors import WriteFailed
from ocr_studio.core.models import registry
from ocr_studio.core.settings import DetectionOptions, ReaderOptions, RecentFiles, Settings

OTHER = Settings(
    theme="dark",
    alphabet="all",
    gpu_memory_mb=2048,
    model=registry.BUILT_IN.name,
    density="compact",
    keep="library",
    library_folder="/home/né/доски",
    read_when_opened=False,
    learn_from_corrections=False,
    unit="lines",
    detection=DetectionOptions(limit_side=2048, threshold=0.2, box_threshold=0.6, unclip_ratio=1.2, space_width=0.5),
    languages=("de", "fr"),
    language_strength=0.5,
    detector=registry.BUILT_IN_DETECTOR.name,
    keys={"merge": ("J", "Ctrl+J"), "delete": (), "of another version": ("X",)},
    hints_seen=("correcting",),
    go_on=False,
)


def test_settings_come_back_as_they_were_saved(tmp_path: Path) -> None:
    path = tmp_path / "deep" / "settings.json"
    settings.save(OTHER, path)
    assert settings.load(path) == OTHER
    assert [entry.name for entry in path.parent.iterdir()] == ["settings.json"]


def test_without_a_file_there_are_defaults_and_none_is_made(studio_home: Path) -> None:
    assert settings.load() == Settings()
    assert not settings.settings_file().exists()
    assert settings.settings_file().is_relative_to(studio_home)


@pytest.mark.parametrize("data", [b"", b"{", b"[]", b"null", b"\xff\xfe", b'{"theme": "da', b"[" * 100_000])
def test_a_damaged_file_is_put_aside(tmp_path: Path, caplog: pytest.LogCaptureFixture, data: bytes) -> None:
    path = tmp_path / "settings.json"
    path.write_bytes(data)
    assert settings.load(path) == Settings()
    (aside,) = tmp_path.iterdir()
    assert aside.name.startswith("settings.damaged-")
    assert aside.read_bytes() == data
    assert "put aside" in caplog.text


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("theme", "pink"),
        ("theme", None),
        ("alphabet", ["latin"]),
        ("gpu_memory_mb", "much"),
        ("gpu_memory_mb", True),
        ("gpu_memory_mb", -1),
        ("keep", "nowhere"),
        ("library_folder", 7),
        ("library_folder", ""),
        ("library_folder", "~nosuchuser/x"),
        ("library_folder", "a\0b"),
        ("library_folder", "\ud800"),
        ("model", ""),
        ("model", "mine"),
        ("model", ["mine"]),
        ("model", registry.BUILT_IN_DETECTOR.name),
        ("detector", registry.BUILT_IN.name),
        ("read_when_opened", "yes"),
        ("unit", "letters"),
        ("unit", ["words"]),
        ("detection", 3),
        ("detection", None),
        ("languages", "en"),
        ("languages", ["en", "klingon"]),
        ("languages", [["en"]]),
        ("language_strength", -0.1),
        ("language_strength", 2.5),
        ("language_strength", True),
        ("from_the_future", 1),
    ],
)
def test_what_is_unknown_or_wrong_is_left_out_and_the_rest_kept(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, key: str, value: Any
) -> None:
    path = tmp_path / "settings.json"
    chosen = {"theme": "dark", "alphabet": "all"}
    path.write_text(json.dumps(chosen | {key: value}))
    with caplog.at_level(logging.WARNING):
        loaded = settings.load(path)
    expected = {name: wanted for name, wanted in chosen.items() if name != key}
    assert loaded == Settings(**expected)  # type: ignore[arg-type]  # both are texts
    assert repr(key) in caplog.text


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("limit_side", 1280.5),
        ("limit_side", 1),
        ("limit_side", 10**30),
        ("threshold", True),
        ("threshold", "0.3"),
        ("box_threshold", -0.1),
        ("box_threshold", float("nan")),
        ("unclip_ratio", float("inf")),
        ("space_width", [0.4]),
        ("space_width", None),
        ("from_the_future", 1),
    ],
)
def test_a_bad_value_of_finding_is_left_out_and_the_rest_kept(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, key: str, value: Any
) -> None:
    path = tmp_path / "settings.json"
    path.write_text(json.dumps({"theme": "dark", "detection": {"limit_side": 2048, "space_width": 1, key: value}}))
    with caplog.at_level(logging.WARNING):
        loaded = settings.load(path)
    expected = {name: wanted for name, wanted in (("limit_side", 2048), ("space_width", 1)) if name != key}
    assert loaded == Settings(theme="dark", detection=DetectionOptions(**expected))
    assert repr(f"detection.{key}") in caplog.text


def test_detection_options_of_earlier_versions_are_read_and_written_with_their_new_names(tmp_path: Path) -> None:
    path = tmp_path / "settings.json"
    earlier = {"detail": 2048, "threshold": 0.2, "sure": 0.6, "grow": 1.2, "gap": 0.5}
    path.write_text(json.dumps({"theme": "dark", "finding": earlier}))
    loaded = settings.load(path)
    assert loaded == Settings(theme="dark", detection=OTHER.detection)
    settings.save(loaded, path)
    kept = json.loads(path.read_text())
    assert "finding" not in kept
    assert kept["detection"] == asdict(OTHER.detection)


def test_the_ranges_are_those_of_all_values_and_hold_the_defaults() -> None:
    assert list(settings.RANGES) == [field.name for field in fields(DetectionOptions)]
    assert all(low <= getattr(DetectionOptions(), name) <= high for name, (low, high) in settings.RANGES.items())


def test_a_setting_that_cannot_be_saved_is_said_and_the_old_file_stays(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "settings.json"
    settings.save(OTHER, path)

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(WriteFailed, match=r"settings\.json: .*No space left on device\. Free up"):
        settings.save(Settings(), path)
    assert settings.load(path) == OTHER
    assert len(list(tmp_path.iterdir())) == 1


def test_what_another_process_saved_meanwhile_is_kept(tmp_path: Path) -> None:
    path = tmp_path / "settings.json"
    base = Settings(box_opacity=0.5, writer_profiles=(("Ben", "his"), ("Carl", "ours")))
    theirs = replace(base, theme="dark", box_opacity=0.7, unit="lines").with_profile("Anna", "hers")
    settings.save(theirs.with_profile("Ben", "theirs"), path)
    mine = replace(base, box_opacity=0.3, hints_seen=("keys",)).with_profile("Carl", None).with_profile("Ben", "mine")
    merged = settings.save_changes(base, mine, path)
    profiles = (("Anna", "hers"), ("Ben", "mine"))
    assert merged == replace(theirs, box_opacity=0.3, hints_seen=("keys",), writer_profiles=profiles)
    assert settings.load(path) == merged


def test_a_field_reset_to_its_default_is_a_change(tmp_path: Path) -> None:
    path = tmp_path / "settings.json"
    settings.save(replace(OTHER, theme="light"), path)
    assert settings.save_changes(OTHER, Settings(), path) == Settings()
    assert settings.load(path) == Settings()


def test_without_changes_settings_are_taken_over_and_nothing_is_written(tmp_path: Path) -> None:
    path = tmp_path / "settings.json"
    assert settings.save_changes(OTHER, OTHER, path) == OTHER
    assert not path.exists()
    path.write_text('{"theme": "light"}', "utf-8")
    assert settings.save_changes(OTHER, OTHER, path) == replace(OTHER, theme="light")
    assert path.read_text("utf-8") == '{"theme": "light"}'


@pytest.mark.usefixtures("caplog")  # the log says what is wrong
@pytest.mark.parametrize("text", [None, "", "{", '{"theme": "pink", "model": "Lost", "unit": 7}'])
def test_what_a_missing_or_damaged_file_lacks_stays_as_it_was(tmp_path: Path, text: str | None) -> None:
    path = tmp_path / "settings.json"
    if text is not None:
        path.write_text(text, "utf-8")
    mine = replace(OTHER, box_opacity=0.5)
    assert settings.save_changes(OTHER, mine, path) == mine
    assert settings.load(path) == mine


def test_the_reader_gets_what_concerns_it() -> None:
    assert OTHER.reader_options() == ReaderOptions(
        alphabet="all",
        gpu_memory_mb=2048,
        model=registry.BUILT_IN.name,
        unit="lines",
        detection=DetectionOptions(
            limit_side=2048, threshold=0.2, box_threshold=0.6, unclip_ratio=1.2, space_width=0.5
        ),
        languages=("de", "fr"),
        language_strength=0.5,
        detector=registry.BUILT_IN_DETECTOR.name,
    )


def test_the_library_is_where_the_person_wants_it(studio_home: Path) -> None:
    assert Settings().library() == studio_home / "library"
    assert Settings(library_folder="~/boards").library() == Path.home() / "boards"


def test_a_library_whose_name_is_stray_bytes_is_as_good_as_any(tmp_path: Path) -> None:
    path, folder = tmp_path / "settings.json", os.fsdecode(b"/home/b\xffd")
    settings.save(Settings(library_folder=folder), path)
    assert settings.load(path).library() == Path(folder)
    assert settings.folder_trouble(folder) == ""


# ------------------------------------------------------------------------------------------------------ recent files


def test_recent_files_come_newest_first_and_once(tmp_path: Path) -> None:
    recent = RecentFiles(tmp_path / "recent.json", limit=3)
    for name in ("a.jpg", "b.jpg", "c.jpg", "a.jpg", "d.jpg"):
        recent.add(tmp_path / name)
    assert [path.name for path in recent.paths()] == ["d.jpg", "a.jpg", "c.jpg"]
    recent.forget(tmp_path / "a.jpg")
    assert [path.name for path in RecentFiles(tmp_path / "recent.json").paths()] == ["d.jpg", "c.jpg"]
    recent.clear()
    assert recent.paths() == []


@given(name=st.binary(min_size=1, max_size=40).filter(lambda name: not set(name) & set(b"\0/")))
@how(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=50)
def test_any_name_a_file_can_have_is_remembered(tmp_path: Path, name: bytes) -> None:
    path = tmp_path / os.fsdecode(name)
    recent = RecentFiles(tmp_path / "state" / "recent.json")
    recent.add(path)
    assert recent.paths()[0] == Path(os.path.abspath(path))


def test_trouble_with_recent_files_stops_nothing(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    (tmp_path / "file").write_text("in the way")
    recent = RecentFiles(tmp_path / "file" / "recent.json")
    recent.add(tmp_path / "a.jpg")
    assert recent.paths() == []
    assert "recent files were not kept" in caplog.text


@pytest.mark.parametrize("text", ['{"files": "a"}', '{"files": [1, null, "", "/a"]}', "{}"])
def test_entries_that_make_no_sense_are_left_out(tmp_path: Path, text: str) -> None:
    path = tmp_path / "recent.json"
    path.write_text(text)
    assert all(str(entry) == "/a" for entry in RecentFiles(path).paths())


# ------------------------------------------------------------------------------------------------------------ places


def test_every_place_can_be_moved_under_one_folder(studio_home: Path) -> None:
    places = [paths.config_dir(), paths.state_dir(), paths.cache_dir(), paths.log_dir(), paths.library_dir()]
    assert len(set(places)) == 5
    assert all(place.is_relative_to(studio_home) for place in places)


def test_else_places_are_the_systems_own(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("OCR_STUDIO_HOME")
    for place in (paths.config_dir(), paths.state_dir(), paths.cache_dir(), paths.log_dir(), paths.library_dir()):
        assert place.is_absolute()
        assert "ocr-studio" in place.parts


def test_a_replaced_file_keeps_its_permissions_and_its_link(tmp_path: Path) -> None:
    real, link = tmp_path / "real", tmp_path / "link"
    real.write_text("old")
    real.chmod(0o640)
    link.symlink_to(real)
    paths.replace_file(link, b"new")
    assert link.is_symlink()
    assert real.read_bytes() == b"new"
    assert real.stat().st_mode & 0o777 == 0o640


def test_a_name_as_long_as_can_be_is_no_trouble(tmp_path: Path) -> None:
    path = tmp_path / ("n" * 255)
    paths.replace_file(path, b"data")
    assert path.read_bytes() == b"data"


def test_recent_files_of_two_threads_are_all_kept(tmp_path: Path) -> None:
    recent = RecentFiles(tmp_path / "recent.json", limit=100)
    with ThreadPoolExecutor(4) as threads:
        list(threads.map(lambda number: recent.add(tmp_path / f"{number}.jpg"), range(40)))
    assert {path.name for path in recent.paths()} == {f"{number}.jpg" for number in range(40)}


@pytest.mark.usefixtures("caplog")
def test_settings_too_large_to_be_any_are_put_aside_unread(tmp_path: Path) -> None:
    path = tmp_path / "settings.json"
    path.write_bytes(b" " * (2 << 20) + b'{"theme": "dark"}')
    assert settings.load(path) == Settings()
    assert [other.name.startswith("settings.damaged-") for other in tmp_path.iterdir()] == [True]
