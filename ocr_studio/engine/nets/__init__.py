"""The networks, one file each, in plain Keras 3 layers without ``tf.*``, so that they also train on other backends.

May import: keras. Weights are loaded by ``engine.weights``.
"""
