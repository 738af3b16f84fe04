"""WHAT is written on a photo: values, files and text.

May import: numpy, OpenCV, Pillow and the standard library. Never Qt, TensorFlow, Keras or another room.
"""
