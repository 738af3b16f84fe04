"""Our nets give what the published ones give, and files that are not those are refused."""

from __future__ import annotations

from collections.abc import Iterable
from importlib import metadata
from pathlib import Path

import keras
import numpy as np
import onnxruntime
import pytest
from numpy.typing import NDArray

from ocr_studio.core.language.charset import Charset
from ocr_studio.core.models import registry
from ocr_studio.engine.weights import bundled_weights, model_weights
from ocr_studio.engine.weights.bundled_weights import PretrainedError

Array = NDArray[np.float32]
TOLERANCE = 1e-4


@pytest.fixture(scope="module")
def detector() -> keras.Model:
    return model_weights.load_detector(registry.BUILT_IN_DETECTOR)


@pytest.fixture(scope="module")
def whole() -> tuple[keras.Model, Charset]:
    """The recognizer with all characters."""
    return model_weights.load_recognizer(registry.BUILT_IN, alphabet="all")


def session_of(which: bundled_weights.PublishedWeights) -> onnxruntime.InferenceSession:
    return onnxruntime.InferenceSession(str(bundled_weights.locate(which)), providers=["CPUExecutionProvider"])


def published(which: bundled_weights.PublishedWeights, pixels: Array) -> Array:
    """What ONNX Runtime makes of RGB pixels, (B, H, W, 3) from -1 to 1."""
    bgr = np.ascontiguousarray(pixels[..., ::-1].transpose(0, 3, 1, 2))  # B x H x W x C --> B x C x H x W
    return np.asarray(session_of(which).run(None, {"x": bgr})[0], np.float32)


def published_classes(characters: Iterable[str]) -> list[int]:
    """The published recognizer's classes of the blank and of these characters."""
    known = session_of(bundled_weights.RECOGNIZER).get_modelmeta().custom_metadata_map["character"].split("\n")
    places = {character: index for index, character in enumerate([*known, " "], start=1)}
    return [0, *(places[character] for character in characters)]


def picture(batch: int, height: int, width: int, *, seed: int = 0) -> Array:
    """Strokes on noise, so that the nets have something to see."""
    rng = np.random.default_rng(seed)
    pixels = rng.normal(0.6, 0.2, (batch, height, width, 3))
    for left in range(8, width - 12, 24):
        top, bottom = sorted(rng.integers(4, height - 4, 2))
        pixels[:, top : bottom + 4, left : left + 5] = -0.8
    return pixels.clip(-1, 1).astype(np.float32)


@pytest.mark.parametrize("shape", [(1, 32, 32), (1, 64, 160), (2, 320, 256), (1, 480, 640)])
def test_the_detector_agrees_with_onnx_runtime(detector: keras.Model, shape: tuple[int, int, int]) -> None:
    pixels = picture(*shape)
    ours = np.asarray(detector(pixels))
    assert ours.shape == (*shape, 1)
    np.testing.assert_allclose(ours.transpose(0, 3, 1, 2), published(bundled_weights.DETECTOR, pixels), atol=TOLERANCE)


@pytest.mark.parametrize("shape", [(1, 8), (1, 32), (3, 96), (2, 328), (1, 1024)])
def test_the_recognizer_agrees_with_onnx_runtime(whole: tuple[keras.Model, Charset], shape: tuple[int, int]) -> None:
    (batch, width), (net, charset) = shape, whole
    pixels = picture(batch, 48, width)
    ours = np.asarray(keras.ops.softmax(net(pixels)))
    theirs = published(bundled_weights.RECOGNIZER, pixels)
    kept = theirs[..., published_classes(charset.characters)]
    assert theirs.shape == (batch, width // 8, 18_710)
    assert len(charset) > 18_700  # all but those that Unicode calls the same as another
    np.testing.assert_allclose(ours, kept / kept.sum(axis=-1, keepdims=True, dtype=np.float64), atol=TOLERANCE)


def test_a_cut_head_gives_the_same_scores_to_the_characters_it_keeps(whole: tuple[keras.Model, Charset]) -> None:
    net, charset = whole
    cut_net, cut = model_weights.load_recognizer(registry.BUILT_IN)
    assert 400 < len(cut) < 700
    assert {*"aZ09~ é€–→✓½×÷≤≥≠…•·°£"} <= {*cut.characters}
    pixels = picture(2, 48, 128)
    kept = [0, *(charset.characters.index(character) + 1 for character in cut.characters)]
    np.testing.assert_allclose(np.asarray(cut_net(pixels)), np.asarray(net(pixels))[..., kept], atol=TOLERANCE)


def test_another_file_is_refused(tmp_path: Path) -> None:
    other = tmp_path / "weights.onnx"
    other.write_bytes(bundled_weights.locate(bundled_weights.DETECTOR).read_bytes()[:-1] + b"x")
    with pytest.raises(PretrainedError) as caught:
        bundled_weights.read_detector(other)
    line = str(caught.value)
    assert line.startswith(f"{other}: ")
    assert "SHA-256" in line
    assert f"rapidocr=={bundled_weights.VERSION}" in line
    assert "\n" not in line


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(PretrainedError, match=r"nowhere\.onnx: .*can’t be read.*Reinstall rapidocr"):
        bundled_weights.read_recognizer("latin", tmp_path / "nowhere.onnx")


def test_another_version_of_the_package_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    class Other:
        version = "9.9.9"

    monkeypatch.setattr(metadata, "distribution", lambda name: Other())
    with pytest.raises(PretrainedError, match=r"9\.9\.9 is installed.*Reinstall rapidocr=="):
        bundled_weights.read_detector()


def test_a_missing_package_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(name: str) -> None:
        raise metadata.PackageNotFoundError(name)

    monkeypatch.setattr(metadata, "distribution", missing)
    with pytest.raises(PretrainedError, match=r"not installed.*Reinstall rapidocr=="):
        bundled_weights.read_recognizer()
