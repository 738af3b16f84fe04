"""OCR for scripts, with the interface of keras-ocr, and training with Keras' ``fit``.

    from ocr_studio import api

    pipeline = api.Pipeline()
    for text, box in pipeline.recognize(["board.jpg"])[0]:
        print(text, box)

``api.Detector`` and ``api.Recognizer`` are its parts, ``api.data_generation`` generates training data, and
``api.train_from_scratch`` is a complete example. Importing this package loads TensorFlow; the program itself does not
use it. May import: ``engine``, ``core``.
"""

from ocr_studio.api.startup import silence_tensorflow

with silence_tensorflow():
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
