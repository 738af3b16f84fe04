"""The networks, one file each, in plain Keras 3 layers: no ``tf.*``, so that they also train on another Keras backend.

May import: keras. Where their weights come from is ``engine.pretrained``'s business.
"""
