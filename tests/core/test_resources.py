"""The program's own files are found, and the sample is what its truth says."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from ocr_studio.core import resources
from ocr_studio.core.images import photo_file


def test_every_file_of_the_program_is_there() -> None:
    assert resources.icon().read_bytes().startswith(b"\x89PNG")
    assert "Apache License, Version 2.0" in resources.notices()
    assert "TERMS AND CONDITIONS" in resources.resource("licences/Apache-2.0.txt").read_text("utf-8")


def test_the_sample_has_ink_where_its_words_are() -> None:
    photo = photo_file.open_photo(resources.sample_photo())
    truth = json.loads(resources.resource("sample-board.json").read_text("utf-8"))
    assert photo.shape == (truth["height"], truth["width"], 3)
    assert truth["text"].split() == [word["text"] for word in truth["words"]]
    assert len(truth["words"]) >= 25
    for word in truth["words"]:
        (left, top), (right, bottom) = np.min(word["quad"], axis=0), np.max(word["quad"], axis=0)
        crop = photo[int(top) : int(bottom), int(left) : int(right)].min(axis=2)
        assert 0.05 < float((crop < 128).mean()) < 0.75, word["text"]


def test_a_missing_file_is_told_with_its_remedy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(resources.ResourceMissing, match=r"Reinstall the program\.$"):
        resources.resource("nowhere.txt")
    monkeypatch.setattr(resources, "files", lambda _: tmp_path / "ocr_studio")
    (tmp_path / "ocr_studio").mkdir()
    with pytest.raises(resources.ResourceMissing):
        resources.folder()
