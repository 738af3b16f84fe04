"""OCR for scripts, with the interface of keras-ocr, and training with Keras' ``fit``.

    from ocr_studio import api

    pipeline = api.Pipeline()
    for text, box in pipeline.recognize(["board.jpg"])[0]:
        print(text, box)

``api.Detector`` and ``api.Recognizer`` are its parts, ``api.data_generation`` generates training data, and
``api.train_from_scratch`` is a complete example. TensorFlow is loaded for training, and for networks that ONNX Runtime
can't run. The program itself does not use this package. May import: ``engine``, ``core``.
"""

from ocr_studio.api import data_generation, detection, pipeline, recognition, tools
from ocr_studio.api.detection import Detector
from ocr_studio.api.pipeline import Pipeline
from ocr_studio.api.recognition import Recognizer
from ocr_studio.api.tools import draw_annotations, draw_boxes

__all__ = [
    "Detector",
    "Pipeline",
    "Recognizer",
    "data_generation",
    "detection",
    "draw_annotations",
    "draw_boxes",
    "pipeline",
    "recognition",
    "tools",
]
