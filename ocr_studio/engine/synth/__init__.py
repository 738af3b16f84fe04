"""Synthetic handwriting: generated words and boards with their ground truth.

Reproducible by random seeds. It needs neither TensorFlow nor files; recorded pen strokes, fonts and photos of empty
boards make it more realistic. May import: ``core``.
"""
