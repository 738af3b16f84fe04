"""Creates recognizers and detectors from models, according to their architecture."""

from __future__ import annotations

from ocr_studio.core.language.charset import Alphabet
from ocr_studio.core.models.card import CRAFT, CRNN, LIGHT_CRAFT
from ocr_studio.core.models.registry import Model
from ocr_studio.core.settings import DetectionOptions
from ocr_studio.engine.detection.craft_detector import CraftDetector, CraftOptions
from ocr_studio.engine.detection.detector import Detector, DetectorOptions
from ocr_studio.engine.recognition.crnn_recognizer import CrnnRecognizer
from ocr_studio.engine.recognition.recognizer import Recognizer
from ocr_studio.engine.weights import model_weights


def load_recognizer(model: Model, *, alphabet: Alphabet = "latin") -> Recognizer:
    """Load and warm up the recognizer of a model. Arguments and errors as ``model_weights.load_recognizer``."""
    fitting = CrnnRecognizer if model.card and model.card.architecture == CRNN else Recognizer
    return fitting.of(model, alphabet=alphabet)


def load_detector(model: Model, detection: DetectionOptions) -> Detector:
    """Load the detector of a model with the user's detection options. Raises as ``model_weights.load_detector``."""
    net = model_weights.load_detector(model)
    if model.card and model.card.architecture in (CRAFT, LIGHT_CRAFT):
        return CraftDetector(net, options=CraftOptions.of(detection))
    return Detector(net, options=DetectorOptions.of(detection))
