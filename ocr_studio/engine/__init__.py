"""Networks, decoding, detection, training and synthesis: everything that needs ONNX Runtime or TensorFlow.

May import: ``core``. Importing modules of this package takes a second, with TensorFlow several, so other packages
import it inside the function that needs it, in the thread that computes. What reads photos must not import TensorFlow.
"""

import os

from ocr_studio.core import paths

# Read once, when Keras is first imported. With a home of its own, a keras.json of the user (another backend, float16,
# channels first) cannot break the networks, and nothing is written to ~/.keras.
os.environ.setdefault("KERAS_BACKEND", "tensorflow")
os.environ.setdefault("KERAS_HOME", str(paths.cache_dir() / "keras"))
# Otherwise TensorFlow's notes would be printed before the text of a photo in a terminal.
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
# Read when ONNX Runtime is imported. Otherwise it writes an id of this computer to ~/.cache/Microsoft, for telemetry;
# ``onnxruntime.disable_telemetry_events`` comes too late.
os.environ["ORT_DISABLE_TELEMETRY"] = "1"
