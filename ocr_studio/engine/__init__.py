"""HOW it is read and learned: networks, decoding, detection.

The only room that names TensorFlow and Keras. May import: ``core``. Importing a module of this room loads TensorFlow
(seconds), so other rooms import it inside the function that needs it, in the thread that computes.
"""

import os

from ocr_studio.core import paths

# Keras reads these once, when it is first imported: its home, so that a keras.json of the user's (another backend,
# float16, channels first) cannot break the nets and nothing is written to ~/.keras.
os.environ.setdefault("KERAS_BACKEND", "tensorflow")
os.environ.setdefault("KERAS_HOME", str(paths.cache_dir() / "keras"))
# TensorFlow's start-up notes on standard error would stand before the text of a photo in a terminal.
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
