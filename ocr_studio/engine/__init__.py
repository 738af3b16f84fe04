"""HOW it is read and learned: networks, decoding, detection.

The only room that names TensorFlow and Keras. May import: ``core``. Importing a module of this room loads TensorFlow
(seconds), so other rooms import it inside the function that needs it, in the thread that computes.
"""
