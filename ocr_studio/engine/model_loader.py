"""Creates recognizers and detectors from models, in the runtime that suits the machine."""

from __future__ import annotations

import numpy as np

from ocr_studio.core.models.card import CRAFT, CRNN, LIGHT_CRAFT, TEMPERATURE, WORD_DETECTOR
from ocr_studio.core.models.registry import Model
from ocr_studio.core.settings import DetectionOptions, ReaderOptions
from ocr_studio.engine.detection.craft_detector import CraftDetector, CraftOptions
from ocr_studio.engine.detection.detector import Detector, DetectorOptions
from ocr_studio.engine.detection.word_detector import WordDetector, WordDetectorOptions
from ocr_studio.engine.networks import runtimes
from ocr_studio.engine.networks.network import Network
from ocr_studio.engine.recognition.crnn_recognizer import CrnnRecognizer
from ocr_studio.engine.recognition.recognizer import Recognizer
from ocr_studio.engine.weights import model_arrays


def load_recognizer(model: Model, options: ReaderOptions | None = None) -> Recognizer:
    """Load and warm up the recognizer of a model. Raises as ``model_arrays.read_model``, and NoRuntime."""
    options = options or ReaderOptions()
    read = model_arrays.read_model(model, alphabet="all" if options.alphabet == "all" else "latin")
    assert read.charset is not None
    fitting = CrnnRecognizer if read.architecture == CRNN else Recognizer
    temperature = model.card.temperature if model.card else TEMPERATURE
    network = runtimes.make_network(read, options)
    recognizer = fitting(network, read.charset, name=model.name, temperature=temperature)
    recognizer.warm_up()
    return recognizer


def load_detector(model: Model, options: ReaderOptions | None = None) -> Detector:
    """Load and warm up the detector of a model. Raises as ``model_arrays.read_model``, and NoRuntime."""
    options = options or ReaderOptions()
    read = model_arrays.read_model(model)
    detector = make_detector(read.architecture, runtimes.make_network(read, options), options.detection)
    detector.find(np.zeros((32, 32, 3), np.uint8))
    return detector


def make_detector(architecture: str, network: Network, detection: DetectionOptions | None = None) -> Detector:
    """Make the detector for a network of an architecture."""
    detection = detection or DetectionOptions()
    if architecture in (CRAFT, LIGHT_CRAFT):
        return CraftDetector(network, options=CraftOptions.of(detection))
    if architecture == WORD_DETECTOR:
        return WordDetector(network, options=WordDetectorOptions.of(detection))
    return Detector(network, options=DetectorOptions.of(detection))
