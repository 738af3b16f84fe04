"""Synthetic writing: words and boards drawn by our own code, with the truth of what stands where.

Seeded: the same numbers come out every time. Needs no TensorFlow, and no file: people's pen strokes, fonts and photos
of empty boards make it better where somebody has them. May import: ``core``.
"""
